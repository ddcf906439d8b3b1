"""Rehearsing a new version of a rule on the open clocks: which would end when; nothing is written.

Clocks are read in batches as plain columns, and clocks with the same events on the same calendar are counted once, so
that a hundred thousand of them are seconds.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, false, func, or_, select, true

from app.core.db import db
from app.core.permissions import Permission, Principal
from app.organisation.queries import work_calendar
from complaints.access import units_within, visible_cases, visible_duties, visible_petitions
from complaints.clocks import ClockEvent, Verb
from complaints.models.cases import Case
from complaints.models.clocks import Clock, ClockEventRow
from complaints.models.duties import Duty
from complaints.models.petitions import Petition
from complaints.models.shared import Shown
from complaints.rulebook.rehearsal import NewVersion, Outcome, outcome

BATCH = 5000
_OPEN = ("running", "paused")


@dataclass(frozen=True, slots=True)
class Change:
    """One open clock that would end on another day (or could not be counted at all)."""

    clock_id: int
    code: str
    petition_id: int | None
    case_id: int | None
    unit_id: int
    old_due_on: date | None
    new_due_on: date | None
    impossible: str = ""
    duty_id: int | None = None

    @property
    def shown(self) -> Shown:
        """Return where the clock shows: a petition's clock that runs on within a case shows with the case."""
        petition_id = self.petition_id if self.case_id is None else None
        return Shown(petition_id, self.case_id, self.duty_id)

    @property
    def days(self) -> int | None:
        """Return by how many calendar days the end moves; negative: earlier."""
        return (self.new_due_on - self.old_due_on).days if self.new_due_on and self.old_due_on else None


@dataclass
class UnitCount:
    """How many clocks of one unit would change."""

    changed: int = 0
    earlier: int = 0
    later: int = 0
    impossible: int = 0


@dataclass
class Rehearsed:
    """What a rehearsal found: counts of everything in reach, and of the clocks that may be seen a slice."""

    examined: int = 0
    untouched: int = 0  # of the codes, but governed by the version they started under
    resting: int = 0  # suspended: their end is counted when they go on
    total: UnitCount = field(default_factory=UnitCount)
    units: dict[int, UnitCount] = field(default_factory=dict)
    visible: int = 0
    changes: list[Change] = field(default_factory=list)


def rehearse(
    versions: Sequence[NewVersion], *, actor: Principal | None, skip: int = 0, limit: int | None = None
) -> Rehearsed:
    """Return what versions would do to the open clocks of their codes.

    Counts cover the units that the actor's RULE_REHEARSE reaches; `changes` holds, from `skip` on and no more than
    `limit`, those on petitions and cases that the actor may see. Without an actor (the command line) it is everything.
    """
    by_code = {version.rule.code: version for version in versions}
    found, known = Rehearsed(), dict[tuple[Any, ...], Outcome]()
    for row, events in _clocks(list(by_code), actor):
        version = by_code[row.code]
        found.examined += 1
        if not version.governs(row.started_on):
            found.untouched += 1
            continue
        calendar = work_calendar(row.unit_id)
        key = (row.code, id(calendar), events)
        if key not in known:
            known[key] = outcome(version, [_event(event) for event in events], calendar)
        _note(found, row, known[key], skip, limit)
    return found


def _note(found: Rehearsed, row: Row[Any], result: Outcome, skip: int, limit: int | None) -> None:
    if result.resting:
        found.resting += 1
        return
    if not result.impossible and result.due_on == row.due_on:
        return
    change = Change(row.id, row.code, row.petition_id, row.shown_case_id, row.unit_id, row.due_on, result.due_on,
                    result.impossible, row.duty_id)  # fmt: skip
    for count in (found.total, found.units.setdefault(row.unit_id, UnitCount())):
        count.changed += 1
        count.impossible += bool(change.impossible)
        count.earlier += (change.days or 0) < 0
        count.later += (change.days or 0) > 0
    if row.visible:
        if found.visible >= skip and (limit is None or len(found.changes) < limit):
            found.changes.append(change)
        found.visible += 1


_Event = tuple[str, date, int | None, bool, bool]


def _event(event: _Event) -> ClockEvent:
    verb, on, days, remote, complex_ = event
    return ClockEvent(Verb(verb), on, days, remote, complex_)


def _clocks(codes: Sequence[str], actor: Principal | None) -> Iterator[tuple[Row[Any], tuple[_Event, ...]]]:
    """Yield the open statutory clocks of some codes with their events, in batches by id."""
    statement = _statement(codes, actor)
    last_id = 0
    while True:
        rows = db.session.execute(statement.where(Clock.id > last_id).order_by(Clock.id).limit(BATCH)).all()
        if not rows:
            return
        events = _events(rows[0].id, rows[-1].id, codes)
        for row in rows:
            yield row, tuple(events.get(row.id, ()))
        last_id = rows[-1].id


def _statement(codes: Sequence[str], actor: Principal | None) -> Any:
    unit_id = func.coalesce(Petition.unit_id, Case.unit_id, Duty.unit_id)
    reached, visible = _reach(actor)
    return (
        select(
            Clock.id, Clock.code, Clock.started_on, Clock.due_on, Clock.petition_id,
            func.coalesce(Clock.case_id, Petition.case_id).label("shown_case_id"), unit_id.label("unit_id"),
            visible.label("visible"), Clock.duty_id,
        )
        .outerjoin(Petition, Petition.id == Clock.petition_id)
        .outerjoin(Case, Case.id == Clock.case_id)
        .outerjoin(Duty, Duty.id == Clock.duty_id)
        .where(Clock.code.in_(codes), Clock.state.in_(_OPEN), Clock.beside_id.is_(None), reached)
    )  # fmt: skip


def _reach(actor: Principal | None) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Return the conditions under which a clock counts, and under which it may be shown."""
    if actor is None:
        return true(), true()
    units = units_within(actor.reach(Permission.RULE_REHEARSE))
    parts = list[ColumnElement[bool]]()
    if actor.may(Permission.CASE_VIEW):
        parts.append(Clock.case_id.in_(select(Case.id).where(visible_cases(actor))))
    if actor.may(Permission.PETITION_VIEW):
        parts.append(Clock.petition_id.in_(select(Petition.id).where(visible_petitions(actor))))
    if actor.may(Permission.VISIT_VIEW):
        parts.append(visible_duties(actor))
    shown = func.coalesce(or_(false(), *parts), false()) if parts else false()
    return or_(Petition.unit_id.in_(units), Case.unit_id.in_(units), Duty.unit_id.in_(units)), shown


def _events(first: int, last: int, codes: Sequence[str]) -> Mapping[int, list[_Event]]:
    statement = (
        select(
            ClockEventRow.clock_id, ClockEventRow.verb, ClockEventRow.on, ClockEventRow.days, ClockEventRow.remote,
            ClockEventRow.complex,
        )
        .join(Clock, Clock.id == ClockEventRow.clock_id)
        .where(Clock.id.between(first, last), Clock.code.in_(codes), Clock.state.in_(_OPEN))
        .order_by(ClockEventRow.clock_id, ClockEventRow.id)
    )  # fmt: skip
    found: dict[int, list[_Event]] = {}
    for clock_id, verb, on, days, remote, complex_ in db.session.execute(statement):
        found.setdefault(clock_id, []).append((verb, on, days, remote, complex_))
    return found
