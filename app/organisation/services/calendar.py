"""The office's own days: a day off that the general calendar does not know, or a Saturday worked instead."""

from datetime import date

from flask import g
from flask_babel import gettext as _
from sqlalchemy import select

from app.core import audit
from app.core.db import db
from app.core.errors import Invalid, NotAllowed, NotFound
from app.core.events import publish
from app.core.permissions import Permission, Principal
from app.core.text import clean_line
from app.organisation.events import CalendarChanged
from app.organisation.models import CalendarDay

FIRST_YEAR, LAST_YEAR = 2014, 2100


def set_calendar_day(
    day: date, *, working: bool, reason: str, decision_no: str, actor: Principal
) -> CalendarDay:
    """Say that a day is worked or off, whatever the general calendar says; clocks are derived again.

    A day entered before is changed. Raises NotAllowed, Invalid beside the field.
    """
    _check(actor)
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Invalid(_("Năm này không hợp lý."), field="day")
    reason, decision_no = clean_line(reason), clean_line(decision_no)
    if not reason:
        raise Invalid(_("Hãy nhập lý do."), field="reason")
    row = _own_day(day)
    if row is None:
        row = CalendarDay(day=day)
        db.session.add(row)
    row.working, row.reason = working, reason[:200]
    row.decision_no, row.entered_by_id = decision_no[:80], actor.person_id
    _changed(day, "set_working" if working else "set_off", actor)
    return row


def forget_calendar_day(day: date, *, actor: Principal) -> None:
    """Let a day follow the general calendar again; clocks are derived again. Raises NotAllowed, NotFound."""
    _check(actor)
    row = _own_day(day)
    if row is None:
        raise NotFound
    db.session.delete(row)
    _changed(day, "forgotten", actor)


def _check(actor: Principal) -> None:
    if not actor.may(Permission.CALENDAR_MANAGE):
        raise NotAllowed(_("Chỉ người quản trị được sửa lịch."))


def _own_day(day: date) -> CalendarDay | None:
    return db.session.execute(select(CalendarDay).where(CalendarDay.day == day)).scalar_one_or_none()


def _changed(day: date, how: str, actor: Principal) -> None:
    audit.record(
        "calendar.changed",
        actor=actor,
        subject=("calendar", None),
        detail={"day": day.isoformat(), "how": how},
    )
    db.session.flush()
    g.pop("work_calendar", None)
    publish(CalendarChanged(day.year))
