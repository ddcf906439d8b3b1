"""The dates of a decision that are not its issue: dispatched, delivered, published, in effect; none stands for another.

Which step records which day is read from the tables, so that a new kind of case has its dates with its table.
"""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from app.core.clock import today
from app.core.db import db
from app.core.errors import Invalid
from complaints.clocks import ClockState
from complaints.models.cases import Case
from complaints.models.history import Document, HistoryEntry
from complaints.services.clocks import clocks_of
from complaints.services.consequences.shared import Subject, Typed
from complaints.workflow.base import Transition, Workflow
from complaints.workflow.catalogue import case_workflow
from complaints.workflow.milestones import DECIDES, DELIVERS, PUBLISHES, TAKES_EFFECT, issuing, sends


def check(subject: Subject, transition: Transition, typed: Typed) -> None:
    """Check that a decision is dispatched, delivered, published after its issue. Raises Invalid with the field."""
    if not isinstance(subject, Case):
        return
    name = "delivered_on" if typed.get("delivered_on") is not None else "on"
    day: date = typed.get(name) or today()
    issued = max((paper.issued_on for paper in _papers(subject, transition)), default=None)
    if issued is None and transition.action in PUBLISHES:
        issued = subject.decided_on
    if issued is not None and day < issued:
        raise Invalid(
            f"Ngày này không thể trước ngày ban hành {issued:%d/%m/%Y}; hãy ghi lại ngày.", field=name
        )
    if transition.action in DELIVERS and subject.dispatched_on is not None and day < subject.dispatched_on:
        sent = f"{subject.dispatched_on:%d/%m/%Y}"
        raise Invalid(f"Ngày nhận không thể trước ngày gửi {sent}; hãy ghi lại ngày.", field=name)


def record(case: Case, transition: Transition, on: date, *, effective_on: date | None = None) -> None:
    """Keep the day that a step tells: on the case for its decision, and on each paper that was sent.

    `effective_on` is what the head chose where two rules speak of the effect; else the clock of the effect says it.
    """
    acts = issuing(_table(case), transition)
    delivered = transition.action in DELIVERS
    for paper in _papers(case, transition):
        if delivered:
            paper.delivered_on = on
        else:
            paper.dispatched_on = on
    if acts & DECIDES and not delivered and case.dispatched_on is None:
        case.dispatched_on = on
    if transition.action in PUBLISHES and case.published_on is None:
        case.published_on = on
    if transition.action in TAKES_EFFECT:
        case.effective_on = effective_on or _end_of_effect_clock(case) or on


def _papers(case: Case, transition: Transition) -> Sequence[Document]:
    """Return the papers that a step sends or delivers and that have no such day yet."""
    acts = issuing(_table(case), transition) if sends(transition) else frozenset()
    if not acts:
        return ()
    empty = Document.delivered_on if transition.action in DELIVERS else Document.dispatched_on
    wanted = (
        select(Document)
        .join(HistoryEntry, HistoryEntry.document_id == Document.id)
        .where(HistoryEntry.case_id == case.id, HistoryEntry.act.in_(acts), empty.is_(None))
        .order_by(Document.id)
    )
    return db.session.execute(wanted).scalars().all()


def _table(case: Case) -> Workflow:
    return case_workflow(case.kind, case.instance, case.disciplinary)


def _end_of_effect_clock(case: Case) -> date | None:
    """Return the day to which the clock of the effect was counted, from the issue and never from the receipt (C35)."""
    ends = [
        clock.stopped_on
        for clock in clocks_of(case)
        if clock.code.endswith("_EFFECT") and clock.state == ClockState.MET.value and clock.stopped_on
    ]
    return max(ends, default=None)
