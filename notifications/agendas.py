"""The mails of the morning: on working days at 07:30 each person's day, and on the week's first the leaders' week.

Whose day was looked at is kept with the mail in one transaction: sweeps that meet, come late or run twice write it
once. Who has nothing to do gets none.
"""

from datetime import date, time, timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.core.clock import HANOI, now, today
from app.core.db import db, unit_of_work
from app.core.permissions import Principal
from app.organisation.chart import chart
from app.organisation.queries import principal_for, work_calendar
from complaints.queries.agenda import agenda_of, week_of
from notifications import outbox, services
from notifications.models import AgendaDay
from notifications.rules import Kind

FROM, UNTIL = (
    time(7, 30),
    time(17, 0),
)  # in Hanoi: whoever was off all day is not sent the morning in the evening
BATCH = 50
UNITS_LISTED = 15


def send_agendas() -> None:
    """Do what `rq cron` asks for every five minutes; repeatable, and killed it goes on where it was."""
    if not outbox.mail_is_on() or not FROM <= now().astimezone(HANOI).time() < UNTIL:
        return
    day = today()
    people = _left(sorted(chart().people), day)
    for start in range(0, len(people), BATCH):
        with unit_of_work():
            taken = _taken(people[start : start + BATCH], day)
            for kind in (Kind.DAILY, Kind.WEEKLY):
                for person_id in sorted(outbox.who_get(taken, kind)):
                    _tell(person_id, kind, day)


def _left(people: list[int], day: date) -> list[int]:
    """Return those of some people whose day was not looked at yet."""
    done = select(AgendaDay.person_id).where(AgendaDay.day >= day)
    seen = set(db.session.scalars(done))
    return [person for person in people if person not in seen]


def _taken(people: list[int], day: date) -> list[int]:
    """Take those of some people whose day nobody else is looking at or has looked at; return them."""
    rows = insert(AgendaDay).values([{"person_id": person, "day": day} for person in people])
    taken = rows.on_conflict_do_update(
        index_elements=[AgendaDay.person_id], set_={"day": day}, where=AgendaDay.day < day
    )
    return sorted(db.session.scalars(taken.returning(AgendaDay.person_id)))


def _tell(person_id: int, kind: Kind, day: date) -> None:
    principal = principal_for(person_id, day)
    if principal is None or not principal.memberships:
        return
    calendar = work_calendar(principal.memberships[0].body_id)
    if not calendar.is_working(day):
        return
    monday = day - timedelta(days=day.weekday())
    if kind is Kind.DAILY:
        _tell_day(principal, day)
    elif not any(calendar.is_working(monday + timedelta(days=n)) for n in range(day.weekday())):
        _tell_week(principal, day)


def _tell_day(principal: Principal, day: date) -> None:
    agenda = agenda_of(principal)
    if agenda.empty:
        return
    facts = {
        "due_today": agenda.due_today, "late": agenda.late, "around": agenda.around, "day": day.isoformat(),
        "matters": [
            {"number": line.number, "due": line.due_on.isoformat(), "path": line.path} for line in agenda.lines
        ],
    }  # fmt: skip
    key = _key(Kind.DAILY, principal.person_id, day)
    services.queue_message(principal.person_id, Kind.DAILY, facts, "/", dedupe_key=key)


def _tell_week(principal: Principal, day: date) -> None:
    units = week_of(principal)
    if not units:
        return
    facts = {
        "day": day.isoformat(),
        "late": sum(row.late for row in units), "soon": sum(row.soon for row in units),
        "open": sum(row.open for row in units),
        "units": [
            {"name": row.name, "open": row.open, "soon": row.soon, "late": row.late} for row in units[:UNITS_LISTED]
        ],
        "more": max(0, len(units) - UNITS_LISTED),
    }  # fmt: skip
    key = _key(Kind.WEEKLY, principal.person_id, day)
    services.queue_message(principal.person_id, Kind.WEEKLY, facts, "/supervision/", dedupe_key=key)


def _key(kind: Kind, person_id: int, day: date) -> str:
    return f"{kind}:{day.isoformat()}:{person_id}"
