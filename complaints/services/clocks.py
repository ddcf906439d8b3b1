"""Clocks on petitions, cases and duties: events are appended here, dates derived by complaints/clocks.py."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, time

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.orm import selectinload

from app.core.calendar import WorkCalendar, in_words
from app.core.clock import at_local, now
from app.core.db import db
from app.core.errors import Invalid
from app.core.permissions import Principal
from app.organisation.past_calendars import PastCalendars
from app.organisation.queries import work_calendar
from complaints.clocks import ClockEvent, ClockState, Reading, Step, Verb, read_clock
from complaints.ladder import NOT_OF_THE_CASE, next_alert
from complaints.models.cases import Case
from complaints.models.clocks import Clock, ClockEventRow
from complaints.models.duties import Duty
from complaints.models.petitions import Petition
from complaints.models.shared import NOT_DUE
from complaints.rulebook.loader import Rule, load_rulebook
from complaints.services.rule_layers import beside, code_beside, instead_of_default, rule_by_version

Subject = Petition | Case | Duty
# What makes its subject due: what a unit has set beside the law does not, nor what somebody else owes the office (C16).
MAKES_DUE = and_(
    Clock.state == ClockState.RUNNING.value,
    Clock.beside_id.is_(None),
    Clock.code.not_in(NOT_OF_THE_CASE),
)
ALERT_TIME = time(7, 0)  # in Hanoi, so that an alert stands on the screen when the office opens


@dataclass(frozen=True)
class Difference:
    """A cached date that did not agree with the events of its clocks: of a 'clock', 'petition', 'case' or 'duty'."""

    kind: str
    id: int
    field: str
    cached: str
    derived: str


def clocks_of(subject: Subject) -> Sequence[Clock]:
    """Return the clocks of a petition, case or duty in the order in which they started."""
    return db.session.execute(select(Clock).where(_own(subject)).order_by(Clock.id)).scalars().all()


def _own(subject: Subject) -> ColumnElement[bool]:
    """Return the condition under which a clock runs on this very subject."""
    if isinstance(subject, Duty):
        return Clock.duty_id == subject.id
    return (Clock.petition_id if isinstance(subject, Petition) else Clock.case_id) == subject.id


def with_petitions(subject: Subject) -> ColumnElement[bool]:
    """Return the condition under which a clock is a subject's business: for a case also those of its petitions."""
    if not isinstance(subject, Case):
        return _own(subject)
    petitions = select(Petition.id).where(Petition.case_id == subject.id)
    # Two indexes, one each: an OR of both would read the whole table.
    own = select(Clock.id).where(_own(subject))
    theirs = select(Clock.id).where(Clock.petition_id.in_(petitions))
    return Clock.id.in_(own.union_all(theirs))


def rule_of(clock: Clock) -> Rule:
    """Return the rule that governs a clock now: the one it started under, or its successor by a transition rule."""
    return rule_by_version(clock.switched_to or clock.rule_version)


def reading_of(clock: Clock, calendar: WorkCalendar | None = None, *, lang: str = "vi") -> Reading:
    """Return what the clock's events say: state, due date and the steps that explain it, in 'vi' or 'en'."""
    events = [
        ClockEvent(
            verb=Verb(row.verb),
            on=row.on,
            days=row.days,
            remote=row.remote,
            complex=row.complex,
            document=row.document,
        )
        for row in clock.events
    ]
    reading = read_clock(rule_of(clock), events, calendar or calendar_of(clock), lang=lang)
    if clock.switched_to is None or clock.switched_on is None:
        return reading
    before = rule_by_version(clock.rule_version).article
    if lang == "en":
        what, why = f"Counted by the new rules from {clock.switched_on:%d/%m/%Y}", f"before by {before}"
    else:
        what, why = f"Từ {in_words(clock.switched_on)} tính theo quy định mới", f"trước đó theo {before}"
    switch = Step(clock.switched_on, what, why)
    return replace(reading, steps=(reading.steps[0], switch, *reading.steps[1:]))


def calendar_of(clock: Clock) -> WorkCalendar:
    """Return the calendar that a clock runs by: that of the unit which has its petition or case, or owes the duty."""
    subject: Subject | None
    if clock.duty_id is not None:
        subject = db.session.get(Duty, clock.duty_id)
    elif clock.petition_id is not None:
        subject = db.session.get(Petition, clock.petition_id)
    else:
        subject = db.session.get(Case, clock.case_id)
    return work_calendar(subject.unit_id if subject is not None else None)


def start_clock(
    subject: Subject,
    code: str,
    *,
    on: date,
    actor: Principal | None,
    remote: bool = False,
    document: str = "",
) -> Clock:
    """Start a clock on the event day `on` (not counted) under the rule's version in force on that day.

    Beside a statutory clock start those of the unit's local rule and internal target; a default that is no law gives
    way to what the unit has set.
    """
    try:
        rule = load_rulebook().rule(code, on)
    except (
        KeyError
    ):  # such as a denunciation dated before the law of 2018: a slip of the year, not a case of ours
        message = f"Ngày {on:%d/%m/%Y} có trước khi quy định về thời hạn có hiệu lực; hãy kiểm tra lại năm."
        raise Invalid(message, field="received_on") from None
    unit_id = getattr(subject, "assigned_unit_id", None) or subject.unit_id
    own = instead_of_default(rule, unit_id, on)
    clock = _new_clock(subject, code, own.version if own is not None else rule.version, on)
    append_event(clock, Verb.START, on=on, actor=actor, remote=remote, document=document)
    for row in beside(rule, unit_id, on):
        companion = _new_clock(subject, code_beside(row), row.version, on)
        companion.beside_id = clock.id
        append_event(companion, Verb.START, on=on, actor=actor, document=document)
    return clock


def _new_clock(subject: Subject, code: str, rule_version: str, on: date) -> Clock:
    clock = Clock(
        petition_id=subject.id if isinstance(subject, Petition) else None,
        case_id=subject.id if isinstance(subject, Case) else None,
        duty_id=subject.id if isinstance(subject, Duty) else None,
        code=code,
        rule_version=rule_version,
        state=ClockState.RUNNING.value,
        started_on=on,
    )
    db.session.add(clock)
    return clock


def append_event(
    clock: Clock,
    verb: Verb,
    *,
    on: date,
    actor: Principal | None,
    days: int | None = None,
    remote: bool = False,
    complex_: bool = False,
    document: str = "",
) -> None:
    """Append one event and derive the clock's dates again. Raises ClockError when the law does not allow it.

    The clocks beside it follow; an extension, decided in writing, ends them: they were set for the normal length.
    """
    clock.events.append(
        ClockEventRow(
            verb=verb.value,
            on=on,
            days=days,
            remote=remote,
            complex=complex_,
            document=document,
            recorded_at=now(),
            recorded_by_id=actor.person_id if actor else None,
        )
    )
    refresh(clock)
    db.session.flush()
    if verb is Verb.START:
        return
    follows = Verb.CANCEL if verb is Verb.EXTEND else verb
    for companion in _beside(clock):
        append_event(companion, follows, on=on, actor=actor, document=document)


def _beside(clock: Clock) -> Sequence[Clock]:
    """Return the clocks of local rules and internal targets that still go with a statutory one."""
    states = (ClockState.RUNNING.value, ClockState.PAUSED.value)
    statement = select(Clock).where(Clock.beside_id == clock.id, Clock.state.in_(states)).order_by(Clock.id)
    return db.session.execute(statement).scalars().all()


def refresh(clock: Clock, calendar: WorkCalendar | None = None) -> list[Difference]:
    """Derive the cached dates of one clock from its events; return what was different."""
    calendar = calendar or calendar_of(clock)
    reading = reading_of(clock, calendar)
    alert_at = None
    if reading.state is ClockState.RUNNING and reading.due_on is not None:
        if clock.due_on != reading.due_on:
            clock.last_rung = None  # a new due date has a ladder of its own,
            clock.acted_at = None  # and an end of its own
        step = next_alert(clock.code, reading.started_on, reading.due_on, calendar, after=clock.last_rung)
        alert_at = at_local(step[1], ALERT_TIME) if step else None
    derived = {
        "state": reading.state.value,
        "started_on": reading.started_on,
        "due_on": reading.due_on,
        "stopped_on": reading.stopped_on,
        "late": reading.late,
        "next_alert_at": alert_at,
    }
    differences = []
    for name, value in derived.items():
        cached = getattr(clock, name)
        if cached != value:
            differences.append(Difference("clock", clock.id, name, str(cached), str(value)))
            setattr(clock, name, value)
    return differences


def refresh_due(subject: Subject) -> None:
    """Set the subject's nearest due date: the earliest end of its running clocks, or NOT_DUE.

    A case is due by its own clocks and by those of its petitions that still run (acceptance, reply).
    """
    db.session.flush()
    nearest = select(func.min(Clock.due_on)).where(with_petitions(subject), MAKES_DUE)
    earliest = db.session.execute(nearest).scalar_one()
    subject.next_due_on = earliest or NOT_DUE
    db.session.flush()


def running(subject: Subject, code: str) -> Iterable[Clock]:
    """Return the running or paused clocks of a code on a subject; for a case also those of its petitions."""
    wanted, states = with_petitions(subject), (ClockState.RUNNING.value, ClockState.PAUSED.value)
    statement = select(Clock).where(wanted, Clock.code == code, Clock.state.in_(states)).order_by(Clock.id)
    return db.session.execute(statement).scalars().all()


def rebuild_all(*, batch: int = 1000) -> list[Difference]:
    """Derive every clock and every open subject's nearest due date again, put them right; return the differences.

    A clock that has ended keeps to the calendar that was known when it ended; whether it has ended is read from its
    events, never from its cached state.
    """
    differences: list[Difference] = []
    last_id = 0
    past = PastCalendars()
    unit_id = func.coalesce(Petition.unit_id, Case.unit_id, Duty.unit_id)
    clocks = select(Clock, unit_id).outerjoin(Petition, Petition.id == Clock.petition_id)
    clocks = clocks.outerjoin(Duty, Duty.id == Clock.duty_id)
    clocks = clocks.outerjoin(Case, Case.id == Clock.case_id).options(selectinload(Clock.events))
    while True:
        found = db.session.execute(clocks.where(Clock.id > last_id).order_by(Clock.id).limit(batch)).all()
        if not found:
            break
        for clock, unit in found:
            last = clock.events[-1] if clock.events else None
            ended = last is not None and last.verb in (Verb.STOP, Verb.CANCEL)
            calendar = past.known_at(unit, last.recorded_at) if last and ended else work_calendar(unit)
            differences += refresh(clock, calendar)
        last_id = found[-1][0].id
        db.session.flush()
        db.session.expunge_all()
    return differences + _rebuild_due_dates()


def _rebuild_due_dates() -> list[Difference]:
    """Set next_due_on of all open petitions, cases and duties, and return where it was another."""
    least = func.coalesce(func.min(Clock.due_on), NOT_DUE)
    of_petition = select(least).where(Clock.petition_id == Petition.id, MAKES_DUE)
    inner = (
        select(Petition.id).where(Petition.case_id == Case.id).correlate(Case)
    )  # this case's, not any case's
    of_case = select(least).where((Clock.case_id == Case.id) | Clock.petition_id.in_(inner), MAKES_DUE)
    of_duty = select(least).where(Clock.duty_id == Duty.id, MAKES_DUE)
    differences = []
    for kind, model, wanted in (
        ("petition", Petition, of_petition.correlate(Petition)),
        ("case", Case, of_case.correlate(Case)),
        ("duty", Duty, of_duty.correlate(Duty)),
    ):
        derived = wanted.scalar_subquery()
        wrong = select(model.id, model.next_due_on, derived).where(
            model.is_open, model.next_due_on != derived
        )
        rows = db.session.execute(wrong.order_by(model.id)).all()
        differences += [Difference(kind, id_, "next_due_on", str(was), str(due)) for id_, was, due in rows]
        if rows:
            fixed = update(model).where(model.id.in_([row[0] for row in rows])).values(next_due_on=derived)
            db.session.execute(fixed, execution_options={"synchronize_session": False})
    return differences
