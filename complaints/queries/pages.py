"""Everything that the page of one petition or one case shows, in few queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, or_, select
from sqlalchemy.orm import joinedload, load_only, selectinload
from sqlalchemy.sql.base import ExecutableOption

from app.core.clock import today
from app.core.db import db
from app.core.permissions import Permission, Principal
from app.organisation.models import Person, Unit
from complaints.access import may_act, open_to, shut_out
from complaints.codes import CaseKind
from complaints.ladder import CONFIDENTIAL, NOBODYS
from complaints.models.cases import Case, CaseAttachment
from complaints.models.clocks import Clock, Escalation, EscalationTold
from complaints.models.history import Document, HistoryEntry
from complaints.models.parties import Party
from complaints.models.petitions import Petition, PetitionAttachment, PetitionParty
from complaints.rulebook.loader import Rule
from complaints.services.clocks import rule_of
from complaints.services.facts import Subject, facts_of, relevant_clocks, workflow_of
from complaints.workflow.base import Transition

HISTORY_SHOWN = 60
PETITIONS_SHOWN = 50
# What the pages read together with their subject, in the same query.
CASE_SHOWN: tuple[ExecutableOption, ...] = (
    joinedload(Case.unit), joinedload(Case.assigned_unit), joinedload(Case.handler).load_only(Person.full_name),
    joinedload(Case.attachments).joinedload(CaseAttachment.file),
)  # fmt: skip
PETITION_SHOWN: tuple[ExecutableOption, ...] = (
    joinedload(Petition.unit), joinedload(Petition.case), joinedload(Petition.competent_unit),
    joinedload(Petition.registered_by).load_only(Person.full_name),
    joinedload(Petition.attachments).joinedload(PetitionAttachment.file),
)  # fmt: skip


@dataclass(frozen=True)
class ClockLine:
    """One clock as the page shows it."""

    clock: Clock
    rule: Rule

    @property
    def running(self) -> bool:
        """Tell whether the clock runs."""
        return self.clock.state == "running"

    @property
    def passes_by_itself(self) -> bool:
        """Tell whether it is a span that only passes, the citizen's or the calendar's: nobody can be late with it."""
        return self.clock.code in NOBODYS


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
    wanted = _petitions_of_case().where(open_to(principal, Petition))
    petitions = db.session.execute(wanted, {"case_id": case.id}).unique().scalars().all()
    return _page(case, petitions, principal)


@cache
def _petitions_of_case() -> Select[Petition]:
    """Return the query for the petitions of a case with their senders, of each no more than a page shows."""
    contacts = (Party.full_name, Party.phone, Party.address)
    some = (
        select(Petition.id)
        .where(Petition.case_id == bindparam("case_id"))
        .order_by(Petition.received_on, Petition.id)
        .limit(PETITIONS_SHOWN)
    )
    return (
        select(Petition)
        .where(Petition.id.in_(some))
        .options(
            load_only(
                Petition.register_no, Petition.register_year, Petition.received_on, Petition.kind,
                Petition.sealed_identity_id, Petition.anonymous, Petition.signer_count, Petition.overdue_claim,
                Petition.pseudonym_no, Petition.case_id,
                Petition.representatives_appointed,
            ),
            joinedload(Petition.unit).load_only(Unit.code),
            joinedload(Petition.parties).joinedload(PetitionParty.party).load_only(*contacts),
        )
        .order_by(Petition.received_on, Petition.id)
    )  # fmt: skip


def _page(subject: Subject, petitions: Sequence[Petition], principal: Principal) -> SubjectPage:
    clocks = relevant_clocks(subject)
    facts = facts_of(subject, clocks=clocks, petitions=petitions)
    workflow = workflow_of(subject)
    prepares = Permission.PETITION_PROCESS if isinstance(subject, Petition) else Permission.CASE_HANDLE
    may_prepare = may_act(principal, prepares, subject)
    actions = []
    for transition, refusal in workflow.available(subject.state, facts):
        may_do = may_act(principal, transition.permission, subject)
        may_propose = not may_do and transition.proposable and may_prepare
        if may_do or may_propose:
            actions.append(ActionLine(transition, refusal, may_do, may_propose))
    pending = next((t for t in workflow.leaving(subject.state) if t.action == subject.pending_action), None)
    history = _history(subject)
    return SubjectPage(
        subject=subject,
        petitions=petitions,
        clocks=[ClockLine(clock, rule_of(clock)) for clock in clocks if clock.code not in CONFIDENTIAL],
        history=history,
        documents=_documents(subject, history),
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
    statement = _history_statement("petition" if isinstance(subject, Petition) else "case")
    return db.session.execute(statement, {"subject_id": subject.id}).scalars().all()


@cache
def _history_statement(kind: str) -> Select[HistoryEntry]:
    """Return the query for a timeline, newest first; built once a kind."""
    column = HistoryEntry.petition_id if kind == "petition" else HistoryEntry.case_id
    return (
        select(HistoryEntry)
        .where(column == bindparam("subject_id"))
        .options(
            joinedload(HistoryEntry.actor).load_only(Person.full_name), joinedload(HistoryEntry.document)
        )
        .order_by(HistoryEntry.id.desc())
        .limit(HISTORY_SHOWN)
    )


def _documents(subject: Subject, history: Sequence[HistoryEntry]) -> Sequence[Document]:
    """Return the documents of a subject; each stands in its timeline, so a timeline read whole has them all."""
    if len(history) < HISTORY_SHOWN:
        issued = {line.document.id: line.document for line in history if line.document is not None}
        return [issued[key] for key in sorted(issued)]
    statement = select(Document).where(_of(subject, Document)).order_by(Document.id)
    return db.session.execute(statement).scalars().all()


def escalations_of(subject: Subject) -> Sequence[Escalation]:
    """Return the alerts that were raised on a subject, newest first, with who was told."""
    statement = (
        select(Escalation)
        .where(_of(subject, Escalation))
        .options(selectinload(Escalation.told).joinedload(EscalationTold.person).load_only(Person.full_name))
        .order_by(Escalation.id.desc())
        .limit(HISTORY_SHOWN)
    )
    return db.session.execute(statement).scalars().all()


@dataclass(frozen=True)
class LinkedCase:
    """The case of another instance of the same matter; a link only for who may see it."""

    number: str
    unit: str
    instance: str
    state: str
    case_id: int | None


def other_instances(case: Case, *, principal: Principal) -> list[LinkedCase]:
    """Return the first case of a second complaint and the second ones of a first, oldest first (C-24, S-1).

    So for a continued denunciation (T-25, T-27), but there a case that the reader may not see is not mentioned at all.
    """
    if case.kind not in (CaseKind.COMPLAINT.value, CaseKind.DENUNCIATION.value):
        return []
    wanted = select(Case).where(
        or_(Case.id == case.first_case_id, Case.first_case_id == case.id)
        if case.first_case_id is not None
        else Case.first_case_id == case.id
    )
    found = db.session.execute(wanted.options(joinedload(Case.unit)).order_by(Case.id)).scalars().all()
    found = [other for other in found if not shut_out(principal, other)]
    seen = {other.id for other in found if may_act(principal, Permission.CASE_VIEW, other)}
    return [
        LinkedCase(
            other.number, other.unit.short_name, other.instance, other.state,
            other.id if other.id in seen else None,
        )
        for other in found
        if other.id in seen or not other.is_denunciation
    ]  # fmt: skip


def days_overdue(due_on: date | None) -> int:
    """Return by how many calendar days a due date has passed, 0 when it has not."""
    return max(0, (today() - due_on).days) if due_on is not None else 0
