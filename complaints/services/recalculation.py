"""Due dates after a change of the calendar: open clocks are derived again in batches, every move is kept and told.

Each batch is a transaction of its own and the row of the recalculation says how far it has come, so that a worker may
be killed anywhere and another goes on. The law's dates move by an event of the clock or by a change of the calendar,
never otherwise: each move names its change.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func, null, or_, select
from sqlalchemy.orm import selectinload

from app.core.clock import now, today
from app.core.db import db
from app.core.events import publish
from app.organisation.models import CalendarChange
from app.organisation.queries import (
    Contacts,
    contacts_for,
    people_at_work,
    units_with_calendar_of,
    work_calendar,
)
from complaints.events import DueDatesMoved
from complaints.models.cases import Case
from complaints.models.clocks import Clock
from complaints.models.duties import Duty
from complaints.models.history import HistoryEntry
from complaints.models.petitions import Petition
from complaints.models.recalculations import ClockMove, Recalculation
from complaints.models.shared import NOT_DUE, Shown
from complaints.services.clocks import MAKES_DUE, refresh, refresh_due
from complaints.services.conflicts import free_people

BATCH = 200
SILENT = timedelta(minutes=2)  # a recalculation that nobody touched for so long was lost or killed
_OPEN = ("running", "paused")


@dataclass(frozen=True)
class Progress:
    """How far a recalculation has come: `busy` when only clocks were left that others hold at this moment."""

    finished: bool
    busy: bool


def open_recalculation(change_id: int) -> Recalculation:
    """Write down that clocks are to be derived again after a change of the calendar."""
    change = db.session.get_one(CalendarChange, change_id)
    total = db.session.execute(
        select(func.count()).select_from(_clocks(change.unit_id).subquery())
    ).scalar_one()
    row = Recalculation(change_id=change_id, total=total, touched_at=now())
    db.session.add(row)
    db.session.flush()
    return row


def recalculate_batch(change_id: int, *, limit: int = BATCH) -> Progress:
    """Derive the next clocks again in the caller's unit of work; when none is left, tell those concerned and finish.

    Whoever works on the same recalculation waits for the row and then goes on behind this batch.
    """
    held = select(Recalculation).where(Recalculation.change_id == change_id).with_for_update(of=Recalculation)
    row = db.session.execute(held.execution_options(populate_existing=True)).scalar_one()
    if row.is_finished:
        return Progress(finished=True, busy=False)
    clocks = _clocks(row.change.unit_id).order_by(Clock.id).limit(limit)
    found = db.session.execute(clocks.where(Clock.id > row.last_clock_id)).all()
    again = not found
    if again and row.passed_over:
        found = db.session.execute(clocks.where(Clock.id.in_(row.passed_over[:limit]))).all()
    taken = _take(found)
    row.moved += _derive(taken, row.change_id, row.change.unit_id)
    taken_ids = {clock.id for clock in taken}
    left = [line.id for line in found if line.id not in taken_ids]
    if again:
        row.passed_over = [*row.passed_over[limit:], *left]
        row.done = row.total - len(row.passed_over)
    else:
        row.passed_over = [*row.passed_over, *left]
        row.last_clock_id = found[-1].id
        row.done = min(row.total, row.done + len(taken))
    row.touched_at = now()
    finished = again and not row.passed_over
    if finished:
        row.done, row.finished_at = row.total, now()
        if row.moved:
            publish(DueDatesMoved(change_id))
    db.session.flush()
    return Progress(finished, busy=again and not taken and not finished)


def forgotten() -> Sequence[int]:
    """Return the changes whose recalculation nobody works on: the queue was lost, or a worker killed."""
    statement = select(Recalculation.change_id).where(
        Recalculation.finished_at.is_(None), Recalculation.touched_at < now() - SILENT
    )
    return db.session.scalars(statement.order_by(Recalculation.id)).all()


def _clocks(calendar_of: int) -> Any:
    """Select the open clocks, with where each shows, of all units that follow a calendar."""
    units = units_with_calendar_of(calendar_of)
    return (
        select(
            Clock.id, Clock.petition_id, func.coalesce(Clock.case_id, Petition.case_id).label("case_id"), Clock.duty_id,
        )
        .outerjoin(Petition, Petition.id == Clock.petition_id)
        .outerjoin(Case, Case.id == Clock.case_id)
        .outerjoin(Duty, Duty.id == Clock.duty_id)
        .where(
            Clock.state.in_(_OPEN),
            or_(Petition.unit_id.in_(units), Case.unit_id.in_(units), Duty.unit_id.in_(units)),
        )
    )  # fmt: skip


# ---------------------------------------------------------------------------------------------------------- one batch


def _take(found: Sequence[Any]) -> list[Clock]:
    """Lock what may be changed now, cases and petitions before clocks, and wait for nobody.

    Whoever moves a case holds it and then wants its clocks: waiting here with half of them could block both for ever.
    """
    cases = _locked(Case, {line.case_id for line in found})
    petitions = _locked(Petition, {line.petition_id for line in found})
    duties = _locked(Duty, {line.duty_id for line in found})
    free = [
        line.id
        for line in found
        if (line.case_id is None or line.case_id in cases)
        and (line.petition_id is None or line.petition_id in petitions)
        and (line.duty_id is None or line.duty_id in duties)
    ]
    statement = (
        select(Clock)
        .where(Clock.id.in_(free), Clock.state.in_(_OPEN))
        .options(selectinload(Clock.events))
        .order_by(Clock.id)
        .with_for_update(of=Clock, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return list(db.session.scalars(statement))


def _locked(table: type[Case] | type[Petition] | type[Duty], ids: Collection[int | None]) -> set[int]:
    wanted = [id_ for id_ in ids if id_ is not None]
    statement = select(table).where(table.id.in_(wanted)).order_by(table.id)
    held = statement.with_for_update(of=table, skip_locked=True).execution_options(populate_existing=True)
    rows: Iterable[Case | Petition | Duty] = db.session.scalars(held) if wanted else ()
    return {row.id for row in rows}


def _derive(clocks: Sequence[Clock], change_id: int, calendar_of: int) -> int:
    """Derive clocks again; keep each date that moved with a line of history. Return how many moved."""
    calendar, moves = work_calendar(calendar_of), list[ClockMove]()
    for clock in clocks:
        before = clock.due_on
        refresh(clock, calendar)
        if before is None or clock.due_on is None or before == clock.due_on:
            continue
        shown = _shown_at(clock)._asdict()
        moves.append(
            ClockMove(**shown, change_id=change_id, clock_id=clock.id,
                      old_due_on=before, new_due_on=clock.due_on, at=now())
        )  # fmt: skip
        data = {"clock": clock.code, "clock_id": clock.id, "old_due_on": before.isoformat(),
                "new_due_on": clock.due_on.isoformat(), "calendar_change": change_id}  # fmt: skip
        db.session.add(HistoryEntry(**shown, at=now(), act="recalculated", data=data))
    db.session.add_all(moves)
    db.session.flush()
    _renew_nearest(
        {clock.petition_id for clock in clocks if clock.petition_id is not None},
        {move.case_id for move in moves if move.case_id is not None},
    )
    for duty_id in {clock.duty_id for clock in clocks if clock.duty_id is not None}:
        refresh_due(db.session.get_one(Duty, duty_id))
    return len(moves)


def _shown_at(clock: Clock) -> Shown:
    """Return where a clock shows: a petition's clock that runs on within a case is the case's business."""
    if clock.petition_id is None:
        return Shown(case_id=clock.case_id, duty_id=clock.duty_id)
    case_id = db.session.get_one(Petition, clock.petition_id).case_id
    return Shown(case_id=case_id) if case_id is not None else Shown(petition_id=clock.petition_id)


def _renew_nearest(petition_ids: Collection[int], case_ids: Collection[int]) -> None:
    """Set the nearest due date of petitions and cases, all of them locked by this batch."""
    least = func.min(Clock.due_on)
    own = select(Clock.petition_id, least).where(Clock.petition_id.in_(petition_ids), MAKES_DUE)
    nearest = dict(db.session.execute(own.group_by(Clock.petition_id)).all())
    for petition_id in petition_ids:
        db.session.get_one(Petition, petition_id).next_due_on = nearest.get(petition_id) or NOT_DUE
    of_case = select(Clock.case_id, least).where(Clock.case_id.in_(case_ids), MAKES_DUE)
    of_petitions = select(Petition.case_id, least).join(Clock, Clock.petition_id == Petition.id)
    of_petitions = of_petitions.where(Petition.case_id.in_(case_ids), MAKES_DUE)
    days = [
        *db.session.execute(of_case.group_by(Clock.case_id)),
        *db.session.execute(of_petitions.group_by(Petition.case_id)),
    ]
    for case_id in case_ids:
        known = [day for id_, day in days if id_ == case_id and day is not None]
        db.session.get_one(Case, case_id).next_due_on = min(known, default=NOT_DUE)
    db.session.flush()


# ----------------------------------------------------------------------------------------------------- who is to hear


def holders_of_moved(change_id: int) -> Mapping[int, list[ClockMove]]:
    """Return the moves of a change by who has the petition or case: its handler, else whoever holds it meanwhile."""
    moves = db.session.scalars(
        select(ClockMove).where(ClockMove.change_id == change_id).order_by(ClockMove.id)
    ).all()
    of_petitions = select(Petition.id, Petition.handler_id, Petition.unit_id, null())
    petitions = _places(of_petitions, [m.petition_id for m in moves])
    of_cases = select(Case.id, Case.handler_id, Case.unit_id, Case.assigned_unit_id)
    cases = _places(of_cases, [m.case_id for m in moves])
    of_duties = select(Duty.id, null(), Duty.unit_id, null())
    duties = _places(of_duties, [m.duty_id for m in moves])
    places = [*petitions.values(), *cases.values(), *duties.values()]
    units = {unit for _handler, *around in places for unit in around if unit is not None}
    contacts = contacts_for(units, today())
    at_work = people_at_work({handler for handler, *_units in places if handler is not None}, today())
    told: dict[int, list[ClockMove]] = {}
    for move in moves:
        if move.duty_id is not None:
            around = contacts.get(duties[move.duty_id][1], Contacts())
            near: Sequence[int] = around.unit_heads or around.leaders  # what the head owes
        else:
            place = petitions[move.petition_id] if move.petition_id is not None else cases[move.case_id or 0]
            near = _nearest(place, contacts, at_work)
        for person in _free(near, move):
            told.setdefault(person, []).append(move)
    return told


def _free(people: Sequence[int], move: ClockMove) -> Sequence[int]:
    """Leave out who may know nothing of the file that a move is on (I12)."""
    subject: Petition | Case | None = None
    if move.petition_id is not None:
        subject = db.session.get(Petition, move.petition_id)
    elif move.case_id is not None:
        subject = db.session.get(Case, move.case_id)
    return people if subject is None else free_people(people, subject.barred_ids, subject.closed_unit_ids)


_Place = tuple[int | None, int, int | None]  # handler, body, the division that it was given to


def _places(columns: Any, ids: Iterable[int | None]) -> dict[int, _Place]:
    wanted = {id_ for id_ in ids if id_ is not None}
    if not wanted:
        return {}
    rows = db.session.execute(columns.where(columns.selected_columns[0].in_(wanted)))
    return {id_: (handler, body, division) for id_, handler, body, division in rows}


def _nearest(place: _Place, contacts: Mapping[int, Contacts], at_work: Collection[int]) -> Sequence[int]:
    """Return the handler; else the heads of the division; else the petition officers, the heads or the leaders."""
    handler, body, division = place
    if handler is not None and handler in at_work:
        return (handler,)
    around = contacts.get(body, Contacts())
    near = contacts.get(division, around) if division is not None else around
    heads, officers = near.unit_heads, around.officers
    return (
        (heads or officers or around.leaders)
        if division is not None
        else (officers or heads or around.leaders)
    )
