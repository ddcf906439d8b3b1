"""The ladder (thang nhắc hạn): which alert at which distance from the due date, to which level. Pure.

The law has no warning stage before a deadline (law.md 8.2): alerts are the office's own, in its working days.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.core.calendar import WorkCalendar


class Level(StrEnum):
    """Who hears of an alert, from the nearest to the highest."""

    HANDLER = "handler"
    UNIT_HEAD = "unit_head"
    LEADER = "leader"
    LEADER_ABOVE = "leader_above"
    OVERSIGHT = "oversight"  # the inspectorate, or the advisory unit where there is none


@dataclass(frozen=True)
class Rung:
    """One alert: `offset` working days from the due date (negative: before), and who is told."""

    key: str
    offset: int
    levels: tuple[Level, ...]
    label_vi: str
    label_en: str


_H, _U, _L, _A, _O = Level.HANDLER, Level.UNIT_HEAD, Level.LEADER, Level.LEADER_ABOVE, Level.OVERSIGHT

DEFAULT: tuple[Rung, ...] = (
    Rung("before_5", -5, (_H,), "còn 5 ngày làm việc", "5 working days left"),
    Rung("before_3", -3, (_H,), "còn 3 ngày làm việc", "3 working days left"),
    Rung("before_1", -1, (_H, _U), "còn 1 ngày làm việc", "1 working day left"),
    Rung("on_day", 0, (_H, _U), "hôm nay là hạn cuối", "due today"),
    Rung("after_1", 1, (_H, _U, _L), "quá hạn 1 ngày làm việc", "1 working day late"),
    Rung("after_3", 3, (_U, _L), "quá hạn 3 ngày làm việc", "3 working days late"),
    Rung("after_5", 5, (_L, _A), "quá hạn 5 ngày làm việc", "5 working days late"),
    Rung("after_10", 10, (_L, _A, _O), "quá hạn 10 ngày làm việc", "10 working days late"),
)

# Another's clock is for whoever handles the matter, to remind the other side or to go on without the answer.
_TO_REMIND: tuple[Rung, ...] = (
    Rung(
        "other_on_day",
        0,
        (_H,),
        "hôm nay nơi được yêu cầu phải trả lời",
        "the other side has to answer today",
    ),
    Rung(
        "other_after_1",
        1,
        (_H,),
        "nơi được yêu cầu chậm 1 ngày làm việc",
        "the other side is 1 working day late",
    ),
    Rung(
        "other_after_5",
        5,
        (_H,),
        "nơi được yêu cầu chậm 5 ngày làm việc",
        "the other side is 5 working days late",
    ),
)
# The end of a year's keeping is no deadline that somebody can miss: the head learns that the petition may be destroyed.
_KEPT = Rung("kept", 0, (_U, _L), "hết thời hạn lưu, có thể quyết định huỷ", "kept long enough")
KEEPING = "PETITION_RETENTION"  # runs on what is closed, and ends in the decision to destroy it (X22)

# Ladders of their own, by clock. Clocks of the citizen or of the calendar: nobody in the office can miss them.
OVERRIDES: Mapping[str, tuple[Rung, ...]] = {
    "KN_WINDOW2": (), "KN_EFFECT": (), "KN_TIMEBAR": (), "KNK_TIMEBAR": (), "KNK_WINDOW2": (),
    KEEPING: (_KEPT,), "KNK_WINDOW2_DISMISSAL": (), "KNK_EFFECT": (), "PROTECTION_TARGET": (),
    "KN_INFO_REQUEST": _TO_REMIND,
}  # fmt: skip

# That a denouncer asked for protection is itself known to few: such a clock shows on no page that others open, raises
# no alert that others would read, and leaves the case's own due date as it is.
CONFIDENTIAL: frozenset[str] = frozenset({"PROTECTION_TARGET"})

# Clocks that others have towards the office (C16, TC23): they never make the petition or case itself late. That a
# resolver below does not report is for the head of the superior as well, so that clock has the whole ladder.
OF_OTHERS: frozenset[str] = frozenset({"KN_INFO_REQUEST", "TC_OVERDUE_REPORT"})
# Clocks that nobody can miss (the window of the citizen, the day when a decision takes effect): their end opens or
# closes something and is no failure of the office.
NOBODYS: frozenset[str] = frozenset(code for code, rungs in OVERRIDES.items() if not rungs) - CONFIDENTIAL
# What never makes a petition or case due or late.
NOT_OF_THE_CASE: frozenset[str] = OF_OTHERS | CONFIDENTIAL | NOBODYS | {KEEPING}

# A key means the same rung in every ladder: raised alerts are kept by key, and outlive a change of ladders.
RUNGS: Mapping[str, Rung] = {rung.key: rung for ladder in (*OVERRIDES.values(), DEFAULT) for rung in ladder}


def ladder_for(clock_code: str) -> tuple[Rung, ...]:
    """Return the rungs of a clock in the order of time."""
    return OVERRIDES.get(clock_code, DEFAULT)


def alert_days(
    clock_code: str, started_on: date, due_on: date, calendar: WorkCalendar
) -> list[tuple[Rung, date]]:
    """Return each rung with its day; rungs that would fall on or before the start are left out."""
    days = []
    for rung in ladder_for(clock_code):
        day = calendar.add_working_days(due_on, rung.offset)
        if rung.offset >= 0 or day > started_on:
            days.append((rung, day))
    return days


def next_alert(
    clock_code: str, started_on: date, due_on: date, calendar: WorkCalendar, *, after: str | None
) -> tuple[Rung, date] | None:
    """Return the first rung after the one last raised (None: from the beginning), with its day; None at the top."""
    floor = RUNGS[after].offset if after is not None else None
    for rung, day in alert_days(clock_code, started_on, due_on, calendar):
        if floor is None or rung.offset > floor:
            return rung, day
    return None


def due_alerts(
    clock_code: str, started_on: date, due_on: date, calendar: WorkCalendar, *, after: str | None, today: date
) -> list[tuple[Rung, date]]:
    """Return every rung that should have been raised by today and comes after the one last raised."""
    floor = RUNGS[after].offset if after is not None else None
    return [
        (rung, day)
        for rung, day in alert_days(clock_code, started_on, due_on, calendar)
        if day <= today and (floor is None or rung.offset > floor)
    ]
