"""Raising alerts: what is due is taken from an index in batches, each alert written once, whatever crashes."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    Date,
    DateTime,
    Integer,
    Select,
    String,
    TableValuedAlias,
    any_,
    column,
    func,
    literal,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from app.core.calendar import WorkCalendar
from app.core.clock import at_local, local_day, now, today
from app.core.db import db
from app.core.events import publish
from app.organisation.queries import Contacts, contacts_for, people_at_work, work_calendar
from complaints.clocks import ClockState
from complaints.events import AlertsRaised
from complaints.ladder import Level, Rung, due_alerts, next_alert
from complaints.models.cases import Case
from complaints.models.clocks import Clock, Escalation, EscalationTold
from complaints.models.duties import Duty
from complaints.models.history import HistoryEntry
from complaints.models.petitions import Petition
from complaints.models.shared import Shown
from complaints.queries.numbers import numbers_of
from complaints.services.clocks import ALERT_TIME
from complaints.services.conflicts import free_people

BATCH = 500
_MORNING = timedelta(hours=ALERT_TIME.hour, minutes=ALERT_TIME.minute)


@dataclass(frozen=True)
class RaisedBatch:
    """What one batch did: clocks looked at, alerts raised, who is to be told, and whether more may be due."""

    examined: int
    escalation_ids: tuple[int, ...] = ()
    people: frozenset[int] = frozenset()
    more: bool = False

    @property
    def raised(self) -> int:
        """Return how many alerts were raised."""
        return len(self.escalation_ids)


@dataclass(frozen=True)
class PreviewRow:
    """One alert that a sweep would raise, and whom it would tell as what (ids of people)."""

    number: str  # of the petition, case or duty: 'VV-5/2026/LB'
    clock_id: int
    clock_code: str
    rung: Rung
    alert_on: date
    due_on: date
    people: Mapping[Level, tuple[int, ...]]


class _Holder(NamedTuple):
    """Who has whatever a clock runs on: a person perhaps, the body, and the division that it was given to."""

    handler: int | None
    body: int
    division: int | None
    shown: Shown  # where the alert shows
    barred: tuple[int, ...] = ()  # who may know nothing of it, and whose units may not (I12)
    closed_units: tuple[int, ...] = ()


class _Alert(NamedTuple):
    """One alert that is due."""

    clock: Any
    rung: Rung
    alert_on: date
    holder: _Holder
    told: Mapping[int, Level]


def raise_due_alerts(*, as_of: date | None = None, limit: int = BATCH) -> RaisedBatch:
    """Raise what is due now (or by the end of the day `as_of`) on at most `limit` clocks, in the caller's unit of work.

    Writes escalations, who is to be told and a line of history each, moves the clocks on to their next alert and
    publishes AlertsRaised: a fixed number of statements, however many clocks. Clocks that another process holds, or
    whose petition or case somebody is moving this moment, are passed over, not waited for; they stay due. An alert is
    unique by clock, rung and due date, so a sweep that ran twice, or died in the middle, raises each once.
    """
    moment = _moment(as_of)
    clocks = db.session.execute(
        _due_clocks(moment).limit(limit).with_for_update(of=Clock, skip_locked=True)
    ).all()
    if not clocks:
        return RaisedBatch(0)
    holders = _holders(clocks, lock=True)
    taken = [clock for clock in clocks if clock.id in holders]
    day = _alert_day(moment)
    alerts = _alerts(taken, holders, day)
    raised = _insert(alerts) if alerts else {}
    if taken:
        _advance(taken, holders, day)
    people = frozenset(person for alert in raised.values() for person in alert.told)
    if raised:
        publish(AlertsRaised(tuple(raised)))
    return RaisedBatch(len(taken), tuple(raised), people, more=bool(taken) and len(clocks) == limit)


def preview_alerts(as_of: date) -> list[PreviewRow]:
    """Return what a sweep at the end of a day would raise, the longest due first; writes and locks nothing."""
    moment = _moment(as_of)
    clocks = db.session.execute(_due_clocks(moment)).all()
    alerts = _alerts(clocks, _holders(clocks, lock=False), _alert_day(moment))
    numbers = numbers_of(a.holder.shown for a in alerts)
    return [
        PreviewRow(numbers[a.holder.shown], a.clock.id, a.clock.code, a.rung, a.alert_on,
                   a.clock.due_on, _by_level(a.told))
        for a in alerts
    ]  # fmt: skip


# ------------------------------------------------------------------------------------------------- what is due, whose


def _moment(as_of: date | None) -> datetime:
    """Return the instant up to which alerts are raised: now, or the last second before the morning after a day."""
    if as_of is None:
        return now()
    return at_local(as_of + timedelta(days=1), ALERT_TIME) - timedelta(seconds=1)


def _alert_day(moment: datetime) -> date:
    """Return the last day whose alerts are out: before the hour of alerts that is the day before."""
    return local_day(moment - _MORNING)


def _due_clocks(moment: datetime) -> Select[*tuple[Any, ...]]:
    """Select the clocks whose next alert has come, the longest due first."""
    return (
        select(
            Clock.id,
            Clock.code,
            Clock.state,
            Clock.petition_id,
            Clock.case_id,
            Clock.duty_id,
            Clock.started_on,
            Clock.due_on,
            Clock.last_rung,
        )
        .where(Clock.next_alert_at.is_not(None), Clock.next_alert_at <= moment)
        .order_by(Clock.next_alert_at, Clock.id)
    )


def _holders(clocks: Sequence[Any], *, lock: bool) -> dict[int, _Holder]:
    """Return who has each clock's subject, without the clocks whose subject somebody is moving this moment.

    A petition's clock that runs on within a case is the case's business: its people hear of it, and it shows there. The
    subjects are held by the lock that a foreign key takes. Waiting for it would be a deadlock: whoever moves a case
    holds the case and then wants its clocks, the sweep holds clocks and then wants their case.
    """
    petitions = _locked(
        select(
            Petition.id,
            Petition.handler_id,
            Petition.unit_id,
            Petition.case_id,
            Petition.barred_ids,
            Petition.closed_unit_ids,
        ),
        Petition,
        {clock.petition_id for clock in clocks},
        lock=lock,
    )
    case_ids = {clock.case_id for clock in clocks} | {petition.case_id for petition in petitions.values()}
    columns = select(
        Case.id, Case.handler_id, Case.unit_id, Case.assigned_unit_id, Case.barred_ids, Case.closed_unit_ids
    )
    cases = _locked(columns, Case, case_ids, lock=lock)
    duties = _locked(select(Duty.id, Duty.unit_id), Duty, {clock.duty_id for clock in clocks}, lock=lock)
    holders = {}
    for clock in clocks:
        petition = petitions.get(clock.petition_id)
        case_id = clock.case_id if petition is None else petition.case_id
        if clock.duty_id is not None:
            if clock.duty_id in duties:
                shown = Shown(duty_id=clock.duty_id)
                holders[clock.id] = _Holder(None, duties[clock.duty_id].unit_id, None, shown)
        elif case_id is not None and case_id in cases:
            case = cases[case_id]
            shown = Shown(case_id=case.id)
            holders[clock.id] = _Holder(
                case.handler_id, case.unit_id, case.assigned_unit_id, shown, tuple(case.barred_ids),
                tuple(case.closed_unit_ids),
            )  # fmt: skip
        elif case_id is None and petition is not None:
            shown = Shown(petition_id=petition.id)
            holders[clock.id] = _Holder(
                petition.handler_id, petition.unit_id, None, shown, tuple(petition.barred_ids),
                tuple(petition.closed_unit_ids),
            )  # fmt: skip
    return holders


def _locked(
    columns: Select[*tuple[Any, ...]],
    table: type[Petition] | type[Case] | type[Duty],
    ids: Collection[int | None],
    *,
    lock: bool,
) -> dict[int, Any]:
    wanted = {id_ for id_ in ids if id_ is not None}
    if not wanted:
        return {}
    statement = columns.where(table.id.in_(wanted))
    if lock:
        statement = statement.with_for_update(read=True, key_share=True, skip_locked=True)
    return {row.id: row for row in db.session.execute(statement)}


# ---------------------------------------------------------------------------------------------------------- who hears


def _alerts(clocks: Sequence[Any], holders: Mapping[int, _Holder], day: date) -> list[_Alert]:
    """Return every alert due by a day and not yet raised, with who is to hear of it."""
    held, people_of = set(holders.values()), max(day, today())
    contacts = contacts_for(
        {unit for h in held for unit in (h.body, h.division) if unit is not None}, people_of
    )
    at_work = people_at_work({h.handler for h in held if h.handler is not None}, people_of)
    alerts = []
    for clock in clocks:
        holder = holders[clock.id]
        levels = _levels(holder, contacts, at_work)
        for rung, alert_on in _due(clock, day, work_calendar(holder.body)):
            alerts.append(_Alert(clock, rung, alert_on, holder, _hearers(rung, levels)))
    return alerts


def _due(clock: Any, day: date, calendar: WorkCalendar) -> list[tuple[Rung, date]]:
    if clock.state != ClockState.RUNNING or clock.due_on is None:
        return []
    return due_alerts(clock.code, clock.started_on, clock.due_on, calendar, after=clock.last_rung, today=day)


def _levels(
    holder: _Holder, contacts: Mapping[int, Contacts], at_work: Collection[int]
) -> dict[Level, tuple[int, ...]]:
    """Return the people of each level around a holder. What no division has yet is held by the petition officers."""
    body = contacts.get(holder.body, Contacts())
    near = body if holder.division is None else contacts.get(holder.division, body)
    nearest = body.officers if holder.division is None else ()
    if holder.shown.duty_id is not None:
        nearest = body.unit_heads or body.leaders  # what the head owes: they hear from the first alert on
    if holder.handler is not None and holder.handler in at_work:
        nearest = (holder.handler,)
    levels = {
        Level.HANDLER: nearest,
        Level.UNIT_HEAD: near.unit_heads,
        Level.LEADER: body.leaders,
        Level.LEADER_ABOVE: body.leaders_above,
        Level.OVERSIGHT: body.oversight,
    }
    return {
        level: tuple(free_people(people, holder.barred, holder.closed_units))
        for level, people in levels.items()
    }


def _hearers(rung: Rung, levels: Mapping[Level, tuple[int, ...]]) -> dict[int, Level]:
    """Return who hears of an alert: each level of the rung, or at once the next one up that has somebody.

    Where nobody stands above either, the nearest below hears: an alert that nobody hears would be none.
    """
    order, told = list(Level), dict[int, Level]()
    for level in rung.levels:
        place = order.index(level)
        found = next((higher for higher in order[place:] if levels[higher]), None)
        if found is not None:
            for person in levels[found]:
                told.setdefault(person, found)
    if not told and rung.levels:
        below = reversed(order[: order.index(rung.levels[0])])
        found = next((lower for lower in below if levels[lower]), None)
        told = dict.fromkeys(levels[found], found) if found is not None else {}
    return told


def _by_level(told: Mapping[int, Level]) -> dict[Level, tuple[int, ...]]:
    return {
        level: tuple(person for person, heard_as in told.items() if heard_as is level)
        for level in Level
        if level in told.values()
    }


# ---------------------------------------------------------------------------------------------------- what is written


def _insert(alerts: Sequence[_Alert]) -> dict[int, _Alert]:
    """Write the alerts that were not written before, who is to be told, and a line of history each."""
    rows = _rows(
        clock_id=(Integer, [a.clock.id for a in alerts]),
        petition_id=(Integer, [a.holder.shown.petition_id for a in alerts]),
        case_id=(Integer, [a.holder.shown.case_id for a in alerts]),
        duty_id=(Integer, [a.holder.shown.duty_id for a in alerts]),
        rung=(String, [a.rung.key for a in alerts]),
        due_on=(Date, [a.clock.due_on for a in alerts]),
        alert_on=(Date, [a.alert_on for a in alerts]),
    )
    source = select(*rows.c, literal(now(), DateTime(timezone=True)))
    statement = insert(Escalation).from_select([*rows.c.keys(), "raised_at"], source).on_conflict_do_nothing()
    returned = db.session.execute(
        statement.returning(Escalation.id, Escalation.clock_id, Escalation.rung)
    ).all()
    by_key = {(a.clock.id, a.rung.key): a for a in alerts}
    raised = {row.id: by_key[row.clock_id, row.rung] for row in sorted(returned)}
    if raised:
        _insert_told(raised)
        _insert_history(raised)
    return raised


def _insert_told(raised: Mapping[int, _Alert]) -> None:
    told = [(id_, person, level.value) for id_, a in raised.items() for person, level in a.told.items()]
    rows = _rows(
        escalation_id=(Integer, [id_ for id_, _person, _level in told]),
        person_id=(Integer, [person for _id, person, _level in told]),
        level=(String, [level for _id, _person, level in told]),
    )
    db.session.execute(insert(EscalationTold).from_select(list(rows.c.keys()), select(*rows.c)))


def _insert_history(raised: Mapping[int, _Alert]) -> None:
    data = func.jsonb_build_object("clock", Clock.code, "rung", Escalation.rung)
    source = (
        select(Escalation.petition_id, Escalation.case_id, Escalation.duty_id, Escalation.raised_at,
               literal("escalated"), literal(""), Escalation.alert_on, data)
        .join(Clock, Clock.id == Escalation.clock_id)
        .where(Escalation.id == any_(literal(list(raised), ARRAY(Integer))))
        .order_by(Escalation.id)
    )  # fmt: skip
    names = ["petition_id", "case_id", "duty_id", "at", "act", "transition", "on", "data"]
    db.session.execute(insert(HistoryEntry).from_select(names, source))


def _advance(clocks: Sequence[Any], holders: Mapping[int, _Holder], day: date) -> None:
    """Move each clock on to its next alert; the top of the ladder and a clock at rest have none."""
    rungs, instants = [], []
    for clock in clocks:
        calendar = work_calendar(holders[clock.id].body)
        due = _due(clock, day, calendar)
        last = due[-1][0].key if due else clock.last_rung
        step = None
        if clock.state == ClockState.RUNNING and clock.due_on is not None:
            step = next_alert(clock.code, clock.started_on, clock.due_on, calendar, after=last)
        rungs.append(last)
        instants.append(at_local(step[1], ALERT_TIME) if step else None)
    moved = _rows(
        id=(Integer, [clock.id for clock in clocks]),
        last_rung=(String, rungs),
        next_alert_at=(DateTime(timezone=True), instants),
    )
    db.session.execute(
        update(Clock)
        .where(Clock.id == moved.c.id)
        .values(last_rung=moved.c.last_rung, next_alert_at=moved.c.next_alert_at)
        .execution_options(synchronize_session=False)
    )


def _rows(**columns: tuple[Any, Sequence[Any]]) -> TableValuedAlias:
    """Return columns of values as a table: one array a column travels quicker than a thousand parameters."""
    arrays = [literal(list(values), ARRAY(type_)) for type_, values in columns.values()]
    named = [column(name, type_) for name, (type_, _values) in columns.items()]
    return func.unnest(*arrays).table_valued(*named, name="rows").render_derived()
