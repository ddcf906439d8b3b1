"""A year of a calendar as its page shows it: every day with its sign and words, official and provisional told apart."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.core.calendar import DayKind, WorkCalendar
from app.core.db import db
from app.organisation.calendar_file import KIND_WORDS
from app.organisation.models import CalendarChange, CalendarDay
from app.organisation.queries import work_calendar

WEEKEND, PROVISIONAL, PROVISIONAL_IN = "weekend", "provisional", "provisional_in"
# The sign in the day's cell, so that colour is never alone; '?' is for what nobody has confirmed.
SIGNS: Mapping[str, str] = {
    DayKind.HOLIDAY: "L", DayKind.COMPENSATORY: "B", DayKind.SWAPPED_OFF: "H", DayKind.SWAPPED_IN: "+",
    DayKind.CLOSURE: "×", DayKind.ORDINARY: "=", PROVISIONAL: "L?", PROVISIONAL_IN: "+?",
}  # fmt: skip


@dataclass(frozen=True)
class Cell:
    """A day: `tone` is '' (as any), 'weekend', 'provisional', 'provisional_in', or the DayKind entered for it."""

    day: date
    off: bool
    tone: str
    why: str

    @property
    def sign(self) -> str:
        """Return the sign shown beside the number, '' for an ordinary day."""
        return SIGNS.get(self.tone, "")


@dataclass(frozen=True)
class Month:
    """A month in weeks from Monday to Sunday; None fills up the first and last week."""

    number: int
    weeks: tuple[tuple[Cell | None, ...], ...]
    working_days: int


@dataclass(frozen=True)
class Span:
    """Days on end of the same kind, for the same reason, by the same decision."""

    first: date
    last: date
    tone: str
    why: str
    decision: str


@dataclass(frozen=True)
class Year:
    """A year of a calendar."""

    number: int
    months: tuple[Month, ...]
    spans: tuple[Span, ...]  # every day that is no ordinary one, in order
    own: tuple[CalendarDay, ...]
    working_days: int
    has_official: bool


def tone_words(tone: str) -> str:
    """Return what a sign means."""
    if tone == PROVISIONAL:
        return str(_("ngày lễ tạm tính"))
    if tone == PROVISIONAL_IN:
        return str(_("làm bù tạm tính"))
    return str(KIND_WORDS[DayKind(tone)])


def calendar_year(unit_id: int, number: int) -> Year:
    """Return a year of a unit's own calendar; one query besides the calendar's own."""
    first, last = date(number, 1, 1), date(number, 12, 31)
    statement = (
        select(CalendarDay)
        .where(CalendarDay.unit_id == unit_id, CalendarDay.day.between(first, last))
        .order_by(CalendarDay.day)
    )
    own = {row.day: row for row in db.session.execute(statement).scalars()}
    office = work_calendar(unit_id)
    cells = [_cell(first + timedelta(days=n), office, own) for n in range((last - first).days + 1)]
    months = tuple(_month(n, [cell for cell in cells if cell.day.month == n]) for n in range(1, 13))
    return Year(
        number,
        months,
        spans=tuple(_spans(cells, own)),
        own=tuple(own.values()),
        working_days=sum(month.working_days for month in months),
        has_official=any(row.kind is not DayKind.CLOSURE for row in own.values()),
    )


def _cell(day: date, office: WorkCalendar, own: Mapping[date, CalendarDay]) -> Cell:
    why = office.why_off(day)
    if day in own:
        return Cell(day, why is not None, own[day].kind, own[day].reason)
    if why is None:
        return Cell(day, off=False, tone=PROVISIONAL_IN if day.weekday() >= 5 else "", why="")
    plain = day.weekday() >= 5 and why in ("Thứ Bảy", "Chủ nhật")
    return Cell(day, off=True, tone=WEEKEND if plain else PROVISIONAL, why=why)


def _month(number: int, cells: Sequence[Cell]) -> Month:
    padded: list[Cell | None] = [None] * cells[0].day.weekday() + list(cells)
    padded += [None] * (-len(padded) % 7)
    weeks = tuple(tuple(padded[n : n + 7]) for n in range(0, len(padded), 7))
    return Month(number, weeks, sum(not cell.off for cell in cells))


def _spans(cells: Iterable[Cell], own: Mapping[date, CalendarDay]) -> Iterable[Span]:
    """Return the days that are no ordinary ones, those on end together."""
    special = [cell for cell in cells if cell.tone not in ("", WEEKEND)]

    def alike(numbered: tuple[int, Cell]) -> tuple[int, str, str, str]:
        place, cell = numbered
        return cell.day.toordinal() - place, cell.tone, cell.why, _decision(own.get(cell.day))

    for (_run, tone, why, decision), days in groupby(enumerate(special), key=alike):
        run = [cell.day for _place, cell in days]
        yield Span(run[0], run[-1], tone, why, decision)


def _decision(row: CalendarDay | None) -> str:
    if row is None or not row.decision_no:
        return ""
    return f"{row.decision_no} ({row.decided_on:%d/%m/%Y})" if row.decided_on else row.decision_no


def latest_changes(unit_id: int, limit: int = 6) -> Sequence[CalendarChange]:
    """Return the last changes of a calendar, the newest first, with who made them."""
    statement = select(CalendarChange).where(CalendarChange.unit_id == unit_id)
    statement = (
        statement.options(joinedload(CalendarChange.actor)).order_by(CalendarChange.id.desc()).limit(limit)
    )
    return db.session.scalars(statement).all()
