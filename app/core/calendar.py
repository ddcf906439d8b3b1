"""Working days of state bodies: the general holidays of Vietnam, and the office's own adjustments over them. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

import holidays

_ONE_DAY = timedelta(days=1)
_AMERICAN = re.compile(r"(\d\d)/(\d\d)/(\d{4})")  # a day as the English names of `holidays` write it
WEEKDAYS_VI = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
WEEKDAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class DayKind(StrEnum):
    """What an office enters for a day; entered, a day is official, whatever was computed before."""

    HOLIDAY = "holiday"  # ngày lễ, tết
    COMPENSATORY = "compensatory"  # nghỉ bù: the holiday fell on a weekly rest day
    SWAPPED_OFF = "swapped_off"  # nghỉ hoán đổi: off, worked on another day instead
    SWAPPED_IN = "swapped_in"  # làm bù: a weekend day worked instead
    CLOSURE = "closure"  # đóng cửa đột xuất, by a decision of its own
    ORDINARY = "ordinary"  # as any such weekday: what was computed for it does not hold

    def is_worked(self, day: date) -> bool:
        """Tell whether the office works on a day of this kind."""
        return self is DayKind.SWAPPED_IN or (self is DayKind.ORDINARY and day.weekday() < 5)


@dataclass(frozen=True)
class Adjustment:
    """A day on which the office differs from the general calendar, and why."""

    day: date
    working: bool
    reason: str


@dataclass(frozen=True)
class _Year:
    """The general calendar of one year: holidays by name, and the Saturdays and Sundays worked in exchange."""

    holidays: Mapping[date, str]
    swapped_in: frozenset[date]


@lru_cache(maxsize=256)
def _general(year: int) -> _Year:
    """Return a year of the general calendar; computed once a process, whatever the number of calendars."""
    found = holidays.country_holidays("VN", years=year, language="vi", expand=False)
    return _Year({day: str(name) for day, name in found.items()}, frozenset(found.weekend_workdays))


@lru_cache(maxsize=64)
def _names_en(year: int) -> Mapping[date, str]:
    """Return the English names of a year's holidays."""
    found = holidays.country_holidays("VN", years=year, language="en_US", expand=False)
    return {day: _AMERICAN.sub(r"\2/\1/\3", str(name)) for day, name in found.items()}


class WorkCalendar:
    """Tells working days from days off (law.md T06).

    Saturdays, Sundays and public holidays are off; working Saturdays that were swapped in count; the office's
    adjustments win over both. The general calendar comes from `holidays` and is provisional until confirmed.
    """

    def __init__(self, adjustments: Iterable[Adjustment] = ()) -> None:
        self._adjusted = {adjustment.day: adjustment for adjustment in adjustments}
        self._off: dict[date, str | None] = {}

    def is_working(self, day: date) -> bool:
        """Tell whether the office works on a day."""
        return self.why_off(day) is None

    def why_off(self, day: date) -> str | None:
        """Return why a day is off ('Thứ Bảy', the holiday's name, the office's reason), or None when it is worked."""
        if day not in self._off:
            self._off[day] = self._look_up(day)
        return self._off[day]

    def why_off_in(self, day: date, language: str) -> str | None:
        """Return why a day is off in 'vi' or 'en'; what the office typed stays as it typed it."""
        why = self.why_off(day)
        if why is None or language == "vi" or day in self._adjusted:
            return why
        return _names_en(day.year).get(day, WEEKDAYS_EN[day.weekday()])

    def is_rest_day(self, day: date) -> bool:
        """Tell whether a day is off as a plain Saturday or Sunday, neither a holiday nor a day of the office's own."""
        return day not in self._adjusted and self.why_off(day) in ("Thứ Bảy", "Chủ nhật")

    def _look_up(self, day: date) -> str | None:
        adjusted = self._adjusted.get(day)
        if adjusted is not None:
            return None if adjusted.working else adjusted.reason
        general = _general(day.year)
        if day in general.holidays:
            return general.holidays[day]
        weekday = day.weekday()
        if weekday < 5 or day in general.swapped_in:
            return None
        return "Thứ Bảy" if weekday == 5 else "Chủ nhật"

    def roll_forward(self, day: date) -> date:
        """Return the day itself when it is worked, else the next working day (BLDS Điều 148 khoản 5)."""
        while not self.is_working(day):
            day += _ONE_DAY
        return day

    def roll_back(self, day: date) -> date:
        """Return the day itself when it is worked, else the last working day before it."""
        while not self.is_working(day):
            day -= _ONE_DAY
        return day

    def add_working_days(self, day: date, number: int) -> date:
        """Return the working day `number` working days after `day` (before it when negative); `day` is not counted.

        Zero returns the day rolled forward.
        """
        if number == 0:
            return self.roll_forward(day)
        step = _ONE_DAY if number > 0 else -_ONE_DAY
        left = abs(number)
        while left:
            day += step
            if self.is_working(day):
                left -= 1
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """Return how many working days lie after `start` up to and with `end`; negative when `end` is earlier."""
        if end < start:
            return -self.working_days_between(end, start)
        days = (end - start).days
        return sum(self.is_working(start + timedelta(days=n)) for n in range(1, days + 1))


def in_words(day: date, language: str = "vi") -> str:
    """Return a day as a citizen reads it: 'thứ Hai 23/11/2026', in English 'Monday 23/11/2026'."""
    weekdays = WEEKDAYS_EN if language == "en" else WEEKDAYS_VI
    return f"{weekdays[day.weekday()]} {day:%d/%m/%Y}"
