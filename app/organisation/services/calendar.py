"""Acts on the calendar of a province or city: official days are entered, imported, taken back; each on record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from app.core import audit
from app.core.calendar import DayKind, WorkCalendar
from app.core.clock import now, today
from app.core.db import db
from app.core.errors import Invalid, NotAllowed, NotFound
from app.core.events import publish
from app.core.permissions import Permission, Principal
from app.core.text import clean_line
from app.organisation.events import CalendarChanged
from app.organisation.models import CalendarChange, CalendarDay, Unit
from app.organisation.queries import calendar_unit, forget_calendars, work_calendar

FIRST_YEAR, LAST_YEAR = 2014, 2100
DAYS_MAX = 400  # of one change: more than a year has
_OFF_ON_WORKDAYS = frozenset({DayKind.COMPENSATORY, DayKind.SWAPPED_OFF, DayKind.CLOSURE})


@dataclass(frozen=True)
class DayEntry:
    """What is said of one day, and by which decision."""

    day: date
    kind: DayKind
    reason: str
    decision_no: str = ""
    decided_on: date | None = None

    def tidied(self) -> "DayEntry":
        """Return the entry with clean words."""
        return DayEntry(
            self.day, self.kind, clean_line(self.reason), clean_line(self.decision_no), self.decided_on
        )


def check_entry(entry: DayEntry) -> Invalid | None:
    """Return what is wrong with an entry, with the field, or None."""
    weekend = entry.day.weekday() >= 5
    wrong: Sequence[tuple[bool, str, str]] = (
        (not FIRST_YEAR <= entry.day.year <= LAST_YEAR, "day", _("Năm này không hợp lý.")),
        (not entry.reason, "reason", _("Hãy nhập lý do.")),
        (len(entry.reason) > 200, "reason", _("Lý do dài nhất 200 ký tự.")),
        (len(entry.decision_no) > 80, "decision_no", _("Số quyết định dài nhất 80 ký tự.")),
        (entry.kind is DayKind.SWAPPED_IN and not weekend, "kind",
         _("Chỉ làm bù vào thứ Bảy, Chủ nhật; ngày này là ngày làm việc.")),
        (entry.kind in _OFF_ON_WORKDAYS and weekend, "kind",
         _("Ngày này là thứ Bảy, Chủ nhật, đã nghỉ sẵn.")),
        (entry.kind is DayKind.CLOSURE and not entry.decision_no, "decision_no",
         _("Đóng cửa đột xuất cần số quyết định.")),
        (entry.kind is DayKind.CLOSURE and entry.decided_on is None, "decided_on",
         _("Đóng cửa đột xuất cần ngày của quyết định.")),
        (entry.decided_on is not None and entry.decided_on > today(), "decided_on",
         _("Ngày của quyết định không thể ở tương lai.")),
    )  # fmt: skip
    found = next(((field, message) for is_wrong, field, message in wrong if is_wrong), None)
    return Invalid(found[1], field=found[0]) if found else None


def set_calendar_days(
    unit_id: int, entries: Sequence[DayEntry], *, actor: Principal, how: str = "typed"
) -> CalendarChange | None:
    """Enter official days into a calendar, all or none; return the change, None when nothing is different.

    A day entered before is changed. Clocks are derived again when a day went from worked to off or back. Raises
    NotAllowed, NotFound for a unit without a calendar of its own, Invalid beside the field.
    """
    _hold(unit_id, actor)
    tidied = [entry.tidied() for entry in entries]
    if len(tidied) > DAYS_MAX or len({entry.day for entry in tidied}) != len(tidied):
        raise Invalid(_("Mỗi ngày một lần, nhiều nhất %(n)s ngày.", n=DAYS_MAX), field="day")
    for entry in tidied:
        refusal = check_entry(entry)
        if refusal is not None:
            raise refusal
    calendar, known = work_calendar(unit_id), own_days(unit_id, [entry.day for entry in tidied])
    changed = []
    for entry in tidied:
        row = known.get(entry.day)
        if row is not None and entry_of(row) == entry:
            continue
        changed.append(_line(entry.day, row, entry.kind, calendar, worked=entry.kind.is_worked(entry.day)))
        if row is None:
            row = CalendarDay(unit_id=unit_id, day=entry.day)
            db.session.add(row)
        row.kind, row.reason, row.decision_no = entry.kind, entry.reason, entry.decision_no
        row.decided_on, row.entered_by_id = entry.decided_on, actor.person_id
    return _record(unit_id, how, changed, actor) if changed else None


def forget_calendar_day(unit_id: int, day: date, *, actor: Principal) -> CalendarChange:
    """Let a day follow what is computed again. Raises NotAllowed, NotFound."""
    _hold(unit_id, actor)
    row = own_days(unit_id, [day]).get(day)
    if row is None:
        raise NotFound
    line = _line(day, row, None, work_calendar(unit_id), worked=WorkCalendar().is_working(day))
    db.session.delete(row)
    return _record(unit_id, "forgotten", [line], actor)


def own_days(unit_id: int, days: Sequence[date]) -> Mapping[date, CalendarDay]:
    """Return what a calendar says officially of some days."""
    statement = select(CalendarDay).where(CalendarDay.unit_id == unit_id, CalendarDay.day.in_(days))
    return {row.day: row for row in db.session.scalars(statement)}


def entry_of(row: CalendarDay) -> DayEntry:
    """Return what a row says."""
    return DayEntry(row.day, row.kind, row.reason, row.decision_no, row.decided_on)


def _hold(unit_id: int, actor: Principal) -> None:
    """Check the right, and let one change of a calendar at a time through."""
    if not actor.may(Permission.CALENDAR_MANAGE):
        raise NotAllowed(_("Chỉ người quản trị được sửa lịch."))
    if calendar_unit(unit_id) != unit_id:
        raise NotFound
    db.session.execute(select(Unit.id).where(Unit.id == unit_id).with_for_update(key_share=True))
    forget_calendars()


def _line(
    day: date, row: CalendarDay | None, after: DayKind | None, calendar: WorkCalendar, *, worked: bool
) -> dict[str, Any]:
    """Return one day of a change as it is kept."""
    return {
        "day": day.isoformat(), "before": row.kind if row is not None else None, "after": after,
        "was_worked": calendar.is_working(day), "worked": worked,
    }  # fmt: skip


def _record(unit_id: int, how: str, days: list[dict[str, Any]], actor: Principal) -> CalendarChange:
    change = CalendarChange(unit_id=unit_id, at=now(), actor_id=actor.person_id, how=how, days=days)
    db.session.add(change)
    db.session.flush()
    detail = {"change": change.id, "how": how, "days": [line["day"] for line in days]}
    audit.record("calendar.changed", actor=actor, subject=("unit", unit_id), detail=detail)
    forget_calendars()
    if change.moves_dates:
        publish(CalendarChanged(change.id, unit_id))
    return change
