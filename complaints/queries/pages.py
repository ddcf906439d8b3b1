"""Everything that the page of one petition or one case shows, in few queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app.core.clock import today
from app.core.db import db
from app.core.permissions import Permission, Principal
from complaints.access import may_act
from complaints.models.cases import Case
from complaints.models.clocks import Clock, Escalation, EscalationTold
from complaints.models.history import Document, HistoryEntry
from complaints.models.petitions import Petition, PetitionAttachment, PetitionParty
from complaints.rulebook.loader import Rule, load_rulebook
from complaints.services.facts import Subject, facts_of, relevant_clocks, workflow_of
from complaints.workflow.base import Transition

HISTORY_SHOWN = 60


@dataclass(frozen=True)
class ClockLine:
    """One clock as the page shows it."""

    clock: Clock
    rule: Rule

    @property
    def running(self) -> bool:
        """Tell whether the clock runs."""
        return self.clock.state == "running"


@dataclass(frozen=True)
class ActionLine:
    """A step that is allowed from here, for this person: to do, to prepare for the head, or why not now."""

    transition: Transition
    refusal: str | None
    may_do: bool
    may_propose: bool


@dataclass(frozen=True)
class SubjectPage:
    """A petition or case with what belongs to it."""

    subject: Any
    petitions: Sequence[Petition]
    clocks: Sequence[ClockLine]
    history: Sequence[HistoryEntry]
    documents: Sequence[Document]
    actions: Sequence[ActionLine]
    pending: Transition | None
    may_approve: bool
    may_assign: bool
    may_write: bool


def petition_page(petition: Petition, *, principal: Principal) -> SubjectPage:
    """Return the page of a petition."""
    return _page(petition, [petition], principal)


def case_page(case: Case, *, principal: Principal) -> SubjectPage:
    """Return the page of a case, with the petitions that it answers."""
    statement = (
        select(Petition)
        .where(Petition.case_id == case.id)
        .options(
            joinedload(Petition.unit),
            selectinload(Petition.parties).joinedload(PetitionParty.party),
            selectinload(Petition.attachments).joinedload(PetitionAttachment.file),
            joinedload(Petition.sealed_identity),
        )
        .order_by(Petition.received_on, Petition.id)
        .limit(50)
    )
    return _page(case, db.session.execute(statement).scalars().all(), principal)


def _page(subject: Subject, petitions: Sequence[Petition], principal: Principal) -> SubjectPage:
    clocks = relevant_clocks(subject)
    facts = facts_of(subject, clocks=clocks, petitions=petitions)
    workflow, rulebook = workflow_of(subject), load_rulebook()
    prepares = Permission.PETITION_PROCESS if isinstance(subject, Petition) else Permission.CASE_HANDLE
    may_prepare = may_act(principal, prepares, subject)
    actions = []
    for transition, refusal in workflow.available(subject.state, facts):
        may_do = may_act(principal, transition.permission, subject)
        may_propose = not may_do and transition.proposable and may_prepare
        if may_do or may_propose:
            actions.append(ActionLine(transition, refusal, may_do, may_propose))
    pending = next((t for t in workflow.leaving(subject.state) if t.action == subject.pending_action), None)
    return SubjectPage(
        subject=subject,
        petitions=petitions,
        clocks=[ClockLine(clock, rulebook.by_version(clock.rule_version)) for clock in clocks],
        history=_history(subject),
        documents=_documents(subject),
        actions=sorted(actions, key=lambda line: line.refusal is not None),
        pending=pending,
        may_approve=pending is not None and may_act(principal, pending.permission, subject),
        may_assign=isinstance(subject, Case)
        and subject.is_open
        and may_act(principal, Permission.CASE_ASSIGN, subject),
        may_write=may_prepare,
    )


def _of(subject: Subject, table: Any) -> Any:
    column = table.petition_id if isinstance(subject, Petition) else table.case_id
    return column == subject.id


def _history(subject: Subject) -> Sequence[HistoryEntry]:
    statement = (
        select(HistoryEntry)
        .where(_of(subject, HistoryEntry))
        .options(joinedload(HistoryEntry.actor), joinedload(HistoryEntry.document))
        .order_by(HistoryEntry.id.desc())
        .limit(HISTORY_SHOWN)
    )
    return db.session.execute(statement).scalars().all()


def _documents(subject: Subject) -> Sequence[Document]:
    return (
        db.session.execute(select(Document).where(_of(subject, Document)).order_by(Document.id))
        .scalars()
        .all()
    )


def escalations_of(subject: Subject) -> Sequence[Escalation]:
    """Return the alerts that were raised on a subject, newest first, with who was told."""
    statement = (
        select(Escalation)
        .where(_of(subject, Escalation))
        .options(
            joinedload(Escalation.clock), selectinload(Escalation.told).joinedload(EscalationTold.person)
        )
        .order_by(Escalation.id.desc())
        .limit(HISTORY_SHOWN)
    )
    return db.session.execute(statement).scalars().all()


def days_overdue(due_on: date | None) -> int:
    """Return by how many calendar days a due date has passed, 0 when it has not."""
    return max(0, (today() - due_on).days) if due_on is not None else 0
