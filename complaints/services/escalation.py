"""Raising alerts: what is due is taken from an index in batches, each alert written once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert

from app.core.calendar import WorkCalendar
from app.core.clock import at_local, local_day, now
from app.core.db import db
from app.core.events import publish
from app.organisation.queries import Contacts, contacts_for, work_calendar
from complaints.events import AlertsRaised
from complaints.ladder import RUNGS, Level, Rung, due_alerts, next_alert
from complaints.models.cases import Case
from complaints.models.clocks import Clock, Escalation, EscalationTold
from complaints.models.history import HistoryEntry
from complaints.models.petitions import Petition
from complaints.services.clocks import ALERT_TIME

BATCH = 500


@dataclass(frozen=True)
class DueAlert:
    """One alert that is to be raised now, and who is to be told as what."""

    clock_id: int
    code: str
    petition_id: int | None
    case_id: int | None
    due_on: date
    rung: Rung
    alert_on: date
    told: Mapping[int, Level]


@dataclass(frozen=True)
class RaisedBatch:
    """What one batch did: clocks looked at, alerts raised, and whether more may be due."""

    examined: int
    escalation_ids: tuple[int, ...]

    @property
    def more(self) -> bool:
        """Tell whether another batch may find something."""
        return self.examined > 0


def raise_due_alerts(*, as_of: date | None = None, limit: int = BATCH) -> RaisedBatch:
    """Raise what is due now (or by the end of a day), at most `limit` clocks, in the caller's unit of work.

    Clocks that another process holds are skipped, not waited for. An alert is unique by clock, rung and due date, so a
    sweep that ran twice, or died in the middle, raises each once. Publishes AlertsRaised.
    """
    moment, day = _moment(as_of)
    rows = _due_clocks(moment, limit, lock=True)
    if not rows:
        return RaisedBatch(0, ())
    calendar = work_calendar()
    alerts = _alerts(rows, day, calendar)
    raised = _insert(alerts) if alerts else {}
    _advance(rows, day, calendar)
    if raised:
        publish(AlertsRaised(tuple(raised)))
    return RaisedBatch(len(rows), tuple(raised))


def preview_alerts(as_of: date) -> list[DueAlert]:
    """Return what a sweep on a day would raise; writes nothing."""
    moment, day = _moment(as_of)
    return _alerts(_due_clocks(moment, None, lock=False), day, work_calendar())


def _moment(as_of: date | None) -> tuple[datetime, date]:
    if as_of is None:
        return now(), local_day(now())
    return at_local(as_of + timedelta(days=1), ALERT_TIME) - timedelta(seconds=1), as_of


def _due_clocks(moment: datetime, limit: int | None, *, lock: bool) -> Sequence[Any]:
    """Return the clocks whose next alert has come, oldest first, with their holder; locked without waiting."""
    statement = (
        select(
            Clock.id,
            Clock.code,
            Clock.petition_id,
            Clock.case_id,
            Clock.started_on,
            Clock.due_on,
            Clock.last_rung,
            Petition.handler_id.label("petition_handler"),
            Petition.unit_id.label("petition_unit"),
            Case.handler_id.label("case_handler"),
            Case.unit_id.label("case_unit"),
            Case.assigned_unit_id.label("assigned_unit"),
            Petition.case_id.label("petition_case"),
        )
        .outerjoin(Petition, Petition.id == Clock.petition_id)
        .outerjoin(Case, Case.id == Clock.case_id)
        .where(Clock.next_alert_at.is_not(None), Clock.next_alert_at <= moment)
        .order_by(Clock.next_alert_at, Clock.id)
    )
    if limit is not None:
        statement = statement.limit(limit)
    if lock:
        statement = statement.with_for_update(of=Clock, skip_locked=True)
    return db.session.execute(statement).all()


def _alerts(rows: Sequence[Any], day: date, calendar: WorkCalendar) -> list[DueAlert]:
    cases = _cases_of([row.petition_case for row in rows if row.petition_case])
    units = {_holding_unit(row, cases) for row in rows} | {_body(row, cases) for row in rows}
    contacts = contacts_for(units, day)
    alerts = []
    for row in rows:
        for rung, alert_on in due_alerts(
            row.code, row.started_on, row.due_on, calendar, after=row.last_rung, today=day
        ):
            told = _told(rung, row, cases, contacts)
            # A petition's clock that runs on within a case is the case's business, and shows there.
            case_id = row.case_id or row.petition_case
            petition_id = None if case_id else row.petition_id
            alerts.append(DueAlert(row.id, row.code, petition_id, case_id, row.due_on, rung, alert_on, told))
    return alerts


def _cases_of(ids: Sequence[int]) -> dict[int, Any]:
    """Return the holders of the cases that petitions belong to: a petition's clock then alarms the case's people."""
    if not ids:
        return {}
    statement = select(Case.id, Case.handler_id, Case.unit_id, Case.assigned_unit_id).where(
        Case.id.in_(set(ids))
    )
    return {row.id: row for row in db.session.execute(statement)}


def _holder(row: Any, cases: Mapping[int, Any]) -> tuple[int | None, int, int | None]:
    """Return (handler, body, division) of whatever a clock runs on."""
    case = cases.get(row.petition_case)
    if case is not None:
        return case.handler_id, case.unit_id, case.assigned_unit_id
    if row.case_id is not None:
        return row.case_handler, row.case_unit, row.assigned_unit
    return row.petition_handler, row.petition_unit, None


def _holding_unit(row: Any, cases: Mapping[int, Any]) -> int:
    _handler, body, division = _holder(row, cases)
    return division or body


def _body(row: Any, cases: Mapping[int, Any]) -> int:
    return _holder(row, cases)[1]


def _told(
    rung: Rung, row: Any, cases: Mapping[int, Any], contacts: Mapping[int, Contacts]
) -> dict[int, Level]:
    """Return who hears of an alert: each level of the rung, or the next level up that has somebody in it."""
    handler, body, division = _holder(row, cases)
    at_body = contacts.get(body, Contacts())
    near = contacts.get(division, at_body) if division is not None else at_body
    people: dict[Level, tuple[int, ...]] = {
        Level.HANDLER: (handler,)
        if handler is not None
        else ()
        if division is not None
        else at_body.officers,
        Level.UNIT_HEAD: near.unit_heads,
        Level.LEADER: at_body.leaders,
        Level.LEADER_ABOVE: at_body.leaders_above,
        Level.OVERSIGHT: at_body.oversight,
    }
    order = list(Level)
    told: dict[int, Level] = {}
    for level in rung.levels:
        for higher in order[order.index(level) :]:
            if people[higher]:
                for person in people[higher]:
                    told.setdefault(person, higher)
                break
    return told


def _insert(alerts: Sequence[DueAlert]) -> dict[int, DueAlert]:
    """Write the alerts that were not written before, who was told, and a line of history each."""
    at = now()
    values = [
        {"clock_id": a.clock_id, "petition_id": a.petition_id, "case_id": a.case_id, "rung": a.rung.key,
         "due_on": a.due_on, "alert_on": a.alert_on, "raised_at": at}
        for a in alerts
    ]  # fmt: skip
    statement = pg_insert(Escalation).values(values).on_conflict_do_nothing()
    returned = db.session.execute(
        statement.returning(Escalation.id, Escalation.clock_id, Escalation.rung)
    ).all()
    by_key = {(a.clock_id, a.rung.key): a for a in alerts}
    raised = {row.id: by_key[row.clock_id, row.rung] for row in returned}
    told = [
        {"escalation_id": escalation_id, "person_id": person, "level": level.value}
        for escalation_id, alert in raised.items()
        for person, level in alert.told.items()
    ]
    if told:
        db.session.execute(insert(EscalationTold), told)
    lines = [
        {"petition_id": a.petition_id, "case_id": a.case_id, "at": at, "act": "escalated", "transition": "",
         "on": a.alert_on, "data": {"clock": a.code, "rung": a.rung.key}}
        for a in raised.values()
    ]  # fmt: skip
    if lines:
        db.session.execute(insert(HistoryEntry), lines)
    return raised


def _advance(rows: Sequence[Any], day: date, calendar: WorkCalendar) -> None:
    """Move each clock on to its next rung; the top of the ladder has none."""
    changes = []
    for row in rows:
        due = due_alerts(row.code, row.started_on, row.due_on, calendar, after=row.last_rung, today=day)
        last = due[-1][0].key if due else row.last_rung
        step = next_alert(row.code, row.started_on, row.due_on, calendar, after=last)
        at = at_local(step[1], ALERT_TIME) if step else None
        changes.append({"id": row.id, "last_rung": last, "next_alert_at": at})
    db.session.execute(update(Clock), changes)


def rung_label(key: str) -> str:
    """Return the words of a rung."""
    return RUNGS[key].label_vi if key in RUNGS else key
