"""The calendar of a unit as it was known at a moment: the official days of today without the changes made since."""

from collections.abc import Mapping
from datetime import date, datetime
from itertools import takewhile

from sqlalchemy import select

from app.core.calendar import Adjustment, DayKind, WorkCalendar
from app.core.db import db
from app.organisation.models import CalendarChange, CalendarDay
from app.organisation.queries import calendar_unit

Days = Mapping[date, DayKind]


class PastCalendars:
    """Calendars as they were known, read once for each unit; for one long run, such as deriving all dates again.

    What a clock's last day was when it ended stays so: a calendar that is changed later moves open clocks only.
    """

    def __init__(self) -> None:
        self._owners: dict[int | None, int | None] = {}
        self._changes: dict[int | None, list[CalendarChange]] = {}
        self._days: dict[int | None, Days] = {}
        self._known: dict[tuple[int | None, int], WorkCalendar] = {}

    def known_at(self, unit_id: int | None, moment: datetime) -> WorkCalendar:
        """Return the calendar that a unit followed at a moment; a change of this very moment is in it."""
        if unit_id not in self._owners:
            self._owners[unit_id] = calendar_unit(unit_id) if unit_id is not None else None
        owner = self._owners[unit_id]
        if owner not in self._changes:
            self._read(owner)
        since = list(takewhile(lambda change: change.at > moment, self._changes[owner]))
        key = (owner, len(since))
        if key not in self._known:
            self._known[key] = _without(self._days[owner], since)
        return self._known[key]

    def _read(self, owner: int | None) -> None:
        newest_first = (CalendarChange.at.desc(), CalendarChange.id.desc())
        changes = select(CalendarChange).where(CalendarChange.unit_id == owner).order_by(*newest_first)
        self._changes[owner] = list(db.session.scalars(changes))
        for change in self._changes[owner]:  # kept while the session is emptied between batches
            db.session.expunge(change)
        days = select(CalendarDay.day, CalendarDay.kind).where(CalendarDay.unit_id == owner)
        self._days[owner] = {day: kind for day, kind in db.session.execute(days)}


def _without(days: Days, since: list[CalendarChange]) -> WorkCalendar:
    """Take changes back, the newest first. Why a day was off is not told: this calendar only counts."""
    kinds = dict(days)
    for change in since:
        for line in change.days:
            day = date.fromisoformat(line["day"])
            if line["before"] is None:
                kinds.pop(day, None)
            else:
                kinds[day] = DayKind(line["before"])
    return WorkCalendar(Adjustment(day, kind.is_worked(day), kind.value) for day, kind in kinds.items())
