"""From events to notices. Handlers run in the transaction of the cause; names of citizens never appear."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from app.core.clock import HANOI, today
from app.core.db import db
from app.core.permissions import Permission
from app.organisation.queries import contacts_for, principal_for
from complaints.access import may_act
from complaints.events import (
    AlertsRaised,
    CaseAssigned,
    CaseHandedBack,
    DueDatesMoved,
    HandedOver,
    IdentityGranted,
    Moved,
    ProposalSentBack,
    ProposalWaiting,
)
from complaints.models.cases import Case
from complaints.models.history import HistoryEntry
from complaints.models.parties import IdentityGrant
from complaints.models.petitions import Petition
from complaints.models.recalculations import ClockMove
from complaints.queries.numbers import numbers_of
from complaints.services.facts import Subject, workflow_of
from complaints.services.recalculation import holders_of_moved
from complaints.workflow.base import Transition
from notifications import rules
from notifications.digest import tell_alerts
from notifications.rules import Kind
from notifications.services import Telling, tell, who_may_hear

MOVES_LISTED = 20  # the page of the change has them all


def alerts_raised(event: AlertsRaised) -> None:
    """Tell everybody who is to hear of these alerts: one notice and one mail a person."""
    tell_alerts(event.escalation_ids)


def due_dates_moved(event: DueDatesMoved) -> None:
    """Tell everybody whose due dates a change of the calendar moved: one combined notice a person, numbers only."""
    told = holders_of_moved(event.change_id)
    moves = [move for moves in told.values() for move in moves]
    numbers = numbers_of(move.shown for move in moves)

    def line(move: ClockMove) -> dict[str, str]:
        return {"number": numbers[move.shown], "path": move.shown.path, "version": move.clock.rule_version,
                "old": move.old_due_on.isoformat(), "new": move.new_due_on.isoformat()}  # fmt: skip

    tell(
        Telling(
            person,
            Kind.DATES_MOVED,
            {"count": len(moved), "moves": [line(move) for move in moved[:MOVES_LISTED]]},
            f"/calendar/changes/{event.change_id}",
            f"{Kind.DATES_MOVED}:{event.change_id}:{person}",
        )
        for person, moved in told.items()
    )


def case_assigned(event: CaseAssigned) -> None:
    """Tell the handler, or the heads of the unit when nobody is named."""
    case = db.session.get_one(Case, event.case_id)
    heads: tuple[int, ...] = ()
    if event.handler_id is None and event.unit_id is not None:
        heads = contacts_for([event.unit_id], today())[event.unit_id].unit_heads
    _tell(case, rules.of_assignment(event.handler_id, heads, event.actor_id))


def case_handed_back(event: CaseHandedBack) -> None:
    """Tell the heads that a handler returned a case."""
    case = db.session.get_one(Case, event.case_id)
    unit_id = case.assigned_unit_id or case.unit_id
    contacts = contacts_for([unit_id], today())[unit_id]
    _tell(case, rules.of_hand_back(contacts.unit_heads, contacts.leaders, event.actor_id))


def handed_over(event: HandedOver) -> None:
    """Tell the leaders of the body that now has a file: number and path, no names."""
    contacts = contacts_for([event.to_unit_id], today())[event.to_unit_id]
    _tell(_subject(event.petition_id, event.case_id), rules.of_hand_over(contacts.leaders, event.actor_id))


def proposal_waiting(event: ProposalWaiting) -> None:
    """Tell those heads and leaders of the body who may approve this very step on this very file."""
    subject = _subject(event.petition_id, event.case_id)
    transition = _pending(subject)
    if transition is None:
        return
    contacts = contacts_for([subject.unit_id], today())[subject.unit_id]
    heads = dict.fromkeys((*contacts.unit_heads, *contacts.leaders))
    able = [person for person in heads if _may(person, transition.permission, subject)]
    _tell(subject, rules.of_proposal(able, event.actor_id), _step(transition))


def proposal_sent_back(event: ProposalSentBack) -> None:
    """Tell whoever prepared a step that the head sent it back."""
    _tell(_subject(event.petition_id, event.case_id), {event.prepared_by_id: Kind.SENT_BACK})


def moved(event: Moved) -> None:
    """Tell whoever prepared the step that it was approved, and the handler of what somebody else has moved."""
    subject = _subject(event.petition_id, event.case_id)
    line, preparer_id = _last_step(subject)
    told = rules.of_move(subject.handler_id, preparer_id, event.actor_id)
    if line is None or not told:
        return
    taken = (line.transition, line.act)  # several steps of a table may share a number of the law
    transition = next((t for t in workflow_of(subject).transitions if (t.code, t.action) == taken), None)
    if transition is not None:
        _tell(subject, told, _step(transition))


def identity_granted(event: IdentityGranted) -> None:
    """Tell a person that a head let them see a sealed identity; says neither whose nor why."""
    grant = db.session.get_one(IdentityGrant, event.grant_id)
    sealed = select(Petition).where(Petition.sealed_identity_id == grant.sealed_identity_id)
    petition = db.session.scalar(sealed.order_by(Petition.id).limit(1))
    if petition is None:
        return
    until = grant.expires_at.astimezone(HANOI).date().isoformat()
    facts = {"number": petition.number, "until": until}
    key = f"identity:{grant.id}"
    tell([Telling(event.person_id, Kind.IDENTITY, facts, f"/petitions/{petition.id}", key)])


def _tell(subject: Subject, people: Mapping[int, Kind], extra: Mapping[str, str] | None = None) -> None:
    """Tell people of something on a petition or case; its version makes the key that of this very act."""
    name = "petition" if isinstance(subject, Petition) else "case"
    facts = {"number": subject.number, **(extra or {})}
    free = who_may_hear(people, subject)
    tell(
        Telling(
            person,
            kind,
            facts,
            f"/{name}s/{subject.id}",
            f"{kind}:{name}:{subject.id}:{subject.version}:{person}",
        )
        for person, kind in people.items()
        if person in free
    )


def _subject(petition_id: int | None, case_id: int | None) -> Subject:
    if petition_id is not None:
        return db.session.get_one(Petition, petition_id)
    return db.session.get_one(Case, case_id)


def _pending(subject: Subject) -> Transition | None:
    leaving = workflow_of(subject).leaving(subject.state)
    return next((t for t in leaving if t.action == subject.pending_action), None)


def _step(transition: Transition) -> dict[str, str]:
    return {"step_vi": transition.label_vi, "step_en": transition.label_en}


def _may(person_id: int, permission: Permission, subject: Subject) -> bool:
    principal = principal_for(person_id, today())
    return principal is not None and may_act(principal, permission, subject)


def _last_step(subject: Subject) -> tuple[HistoryEntry | None, int | None]:
    """Return the line of the step just taken, and who had prepared it when it was a prepared one."""
    of: Any = HistoryEntry.petition_id if isinstance(subject, Petition) else HistoryEntry.case_id
    steps = (
        select(HistoryEntry)
        .where(of == subject.id, HistoryEntry.transition != "")
        .order_by(HistoryEntry.id.desc())
        .limit(2)
    )
    line, before = (*db.session.scalars(steps), None, None)[:2]
    if line is None or before is None or (before.act, before.transition) != ("proposed", line.transition):
        return line, None
    return line, before.actor_id
