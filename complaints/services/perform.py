"""The one mover: permission, transition, state, history, clocks, document, event and audit in one transaction."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from app.core import audit
from app.core.clock import now, today
from app.core.db import db
from app.core.errors import Conflict, Invalid, NotAllowed
from app.core.events import publish
from app.core.permissions import Permission, Principal
from complaints.access import acting
from complaints.clocks import ClockError, Verb
from complaints.events import Moved, ProposalSentBack, ProposalWaiting
from complaints.models.cases import Case
from complaints.models.history import Document, HistoryEntry
from complaints.models.petitions import Petition
from complaints.services import competing, confirmation, leak_marks
from complaints.services.clocks import append_event, refresh_due, running, start_clock
from complaints.services.consequences import dates
from complaints.services.consequences import table as consequences
from complaints.services.facts import Subject, facts_of, relevant_clocks, workflow_of
from complaints.services.steps import checked_step
from complaints.services.which_law import settle_law
from complaints.workflow.base import PREVIOUS, ClockEffect, Facts, Transition
from complaints.workflow.fields import to_json

# Who may prepare a step for the head's approval.
_PREPARER = {Petition: Permission.PETITION_PROCESS, Case: Permission.CASE_HANDLE}


def perform(
    subject: Subject, action: str, *, actor: Principal, data: Mapping[str, Any], version: int | None = None
) -> HistoryEntry:
    """Move a petition or case by one step of its workflow and return the line of history.

    `data` may be typed or as a form or JSON gives it. Raises Conflict when somebody else has moved it since `version`
    or the state has no such step, NotAllowed when a guard or the permission forbids it, Invalid (with the field) for
    bad data, or when the step rests on a low row of the law and `data` does not say that it was checked
    (confirmation.FIELD). Nothing is written then.
    """
    _hold(subject, version)
    clocks = relevant_clocks(subject)
    facts = facts_of(subject, clocks=clocks)
    transition, typed = _checked(subject, facts, action, data)
    who = acting(actor, transition.permission, subject)
    if who is None:
        raise NotAllowed("Bạn không có quyền thực hiện bước này với hồ sơ này.")
    leak_marks.refuse_leaks(subject, transition, typed)
    checked = confirmation.demand_confirmation(
        subject, transition, typed, confirmed=bool(data.get(confirmation.FIELD)), clocks=clocks
    )
    return _apply(subject, facts, transition, typed, who, basis=checked)


def propose(
    subject: Subject, action: str, *, actor: Principal, data: Mapping[str, Any], version: int | None = None
) -> None:
    """Prepare a step for the head to approve; nothing moves yet. Raises like `perform`."""
    _hold(subject, version)
    transition, typed = _checked(subject, facts_of(subject), action, data)
    who = acting(actor, _PREPARER[type(subject)], subject)
    if not transition.proposable or who is None:
        raise NotAllowed("Bạn không có quyền trình bước này.")
    leak_marks.refuse_leaks(subject, transition, typed)
    subject.pending_action = action
    subject.pending_data = to_json(typed)
    subject.pending_by_id = actor.person_id
    subject.pending_at = now()
    subject.version += 1
    _line(subject, "proposed", who, transition=transition.code, data={"action": action})
    db.session.flush()
    publish(ProposalWaiting(*_ids(subject), actor.person_id))


def perform_at_expiry(subject: Subject, clock_code: str, *, on: date) -> HistoryEntry | None:
    """Take the step that follows by law from the end of a clock, as the system; None when there is none (any more).

    `on` is the day on which the clock ended. History names no actor.
    """
    _hold(subject, None)
    facts = facts_of(subject)
    transition = workflow_of(subject).at_expiry(subject.state, clock_code, facts)
    return None if transition is None else _apply(subject, facts, transition, {"on": on}, None)


def perform_following(subject: Subject, act: str, *, on: date) -> HistoryEntry | None:
    """Take the step that follows by law from an act on another matter, as the system; None when there is none."""
    _hold(subject, None)
    facts = facts_of(subject)
    transition = workflow_of(subject).following(subject.state, act, facts)
    return None if transition is None else _apply(subject, facts, transition, {"on": on}, None)


def approve(
    subject: Subject, *, actor: Principal, version: int | None = None, basis_checked: bool = False
) -> HistoryEntry:
    """Perform the step that was prepared, as the head who approves it. Raises like `perform`, Conflict without one.

    `basis_checked`: the head, and nobody else, confirms the uncertain rows that the step rests on.
    """
    if subject.pending_action is None:
        raise Conflict("Không còn đề xuất nào chờ duyệt; hồ sơ đã được xử lý.")
    data = {**(subject.pending_data or {}), confirmation.FIELD: basis_checked}
    return perform(subject, subject.pending_action, actor=actor, data=data, version=version)


def send_back(subject: Subject, *, actor: Principal, reason: str, version: int | None = None) -> None:
    """Return a prepared step to whoever prepared it, with the reason. Raises NotAllowed, Conflict, Invalid."""
    _hold(subject, version)
    if subject.pending_action is None or subject.pending_by_id is None:
        raise Conflict("Không còn đề xuất nào chờ duyệt; hồ sơ đã được xử lý.")
    # Also what the law, or a newer version of the form, no longer allows goes back: that is how it is put right.
    transition = next(
        (t for t in workflow_of(subject).leaving(subject.state) if t.action == subject.pending_action), None
    )
    who = acting(actor, transition.permission, subject) if transition is not None else None
    if transition is None or who is None:
        raise NotAllowed("Bạn không có quyền trả lại đề xuất này.")
    if not reason.strip():
        raise Invalid("Hãy ghi lý do trả lại.", field="reason")
    leak_marks.refuse_words(subject, reason=reason)
    prepared_by = subject.pending_by_id
    forget_proposal(subject)
    subject.version += 1
    _line(subject, "sent_back", who, transition=transition.code, data={"words": reason.strip()[:2000]})
    db.session.flush()
    publish(ProposalSentBack(*_ids(subject), prepared_by, actor.person_id))


def classify_on_registration(petition: Petition, *, actor: Principal, data: Mapping[str, Any]) -> None:
    """Classify a petition at the moment it is registered (X2), by whoever registered it: the desk heard what it is."""
    values = {"field": "other", **{name: value for name, value in data.items() if value}}
    facts = facts_of(petition)
    transition, typed = _checked(petition, facts, "classify", values)
    _apply(petition, facts, transition, typed, actor)


def _hold(subject: Subject, version: int | None) -> None:
    """Lock the row and refuse a form that was made from an older version of it."""
    db.session.refresh(subject, with_for_update={"of": type(subject)})
    if version is not None and subject.version != version:
        raise Conflict(
            "Hồ sơ vừa được người khác cập nhật. Xem lại nội dung mới rồi thực hiện lại nếu vẫn cần."
        )


def _checked(
    subject: Subject, facts: Facts, action: str, data: Mapping[str, Any]
) -> tuple[Transition, dict[str, Any]]:
    """Return the transition that the table and its guards allow, with the typed data."""
    transition, typed = checked_step(
        workflow_of(subject), subject.state, action, facts, data,
        gone="Bước này không còn thực hiện được ở trạng thái hiện tại của hồ sơ.",
    )  # fmt: skip
    _check_dates(subject, typed)
    consequences.check(typed)
    dates.check(subject, transition, typed)
    competing.settled_day(subject, transition, typed)
    return transition, typed


def _check_dates(subject: Subject, typed: Mapping[str, Any]) -> None:
    for name in ("on", "delivered_on"):
        day = typed.get(name)
        if day is None:
            continue
        if day > today():
            raise Invalid("Ngày không thể ở tương lai.", field=name)
        if day < subject.received_on:
            raise Invalid("Ngày không thể trước ngày nhận đơn.", field=name)


def _apply(
    subject: Subject, facts: Facts, transition: Transition, typed: dict[str, Any], actor: Principal | None, *,
    basis: Sequence[str] = (),
) -> HistoryEntry:  # fmt: skip
    before, was_open = subject.state, subject.is_open
    on: date = typed.get("on") or typed.get("delivered_on") or today()
    settled = competing.settled_day(subject, transition, typed)
    document = _issue(subject, transition, typed, on)
    target = subject.previous_state if transition.target == PREVIOUS else transition.target
    if target is not None and target != before:
        subject.previous_state = before
        subject.state = target
        subject.state_since = now()
        subject.is_open = workflow_of(subject).states[target].open
    if actor is not None or (was_open and not subject.is_open):
        forget_proposal(subject)
    subject.version += 1
    days = {"on": on, "received": subject.received_on, "effect_on": facts.effect_on,
            "window_ends_on": facts.window_ends_on, "retention_ends_on": facts.retention_ends_on,
            "settled_on": settled, **typed}  # fmt: skip
    try:
        for effect in transition.effects:
            _drive(subject, effect, days, actor, document)
    except ClockError as error:
        raise NotAllowed(error.reason_vi, code="clock") from None
    line = _line(subject, transition.action, actor, transition=transition.code, before=before, on=on,
                 data=to_json({**typed, "effective_on": settled, "basis": list(basis) or None}),
                 document=document)  # fmt: skip
    consequences.follow(subject, transition, {**typed, "settled_on": settled}, on, actor)
    settle_law(subject)
    refresh_due(subject)
    if isinstance(subject, Petition) and subject.case is not None:
        refresh_due(subject.case)  # its petitions' clocks make a case due
    audit.record(f"{_kind(subject)}.{transition.action}", actor=actor, subject=(_kind(subject), subject.id),
                 detail={"transition": transition.code, "from": before, "to": subject.state})  # fmt: skip
    db.session.flush()
    publish(Moved(*_ids(subject), transition.action, actor.person_id if actor else None))
    return line


def _drive(
    subject: Subject,
    effect: ClockEffect,
    days: Mapping[str, Any],
    actor: Principal | None,
    document: Document | None,
) -> None:
    """Apply one effect of a transition to the clocks that it names; a clock that does not run is passed over."""
    on = days.get(effect.basis) or days["on"]
    words = f"{document.form} số {document.number}" if document is not None and document.number else ""
    if effect.verb is Verb.START:
        remote = bool(days.get("remote")) or bool(getattr(subject, "remote", False))
        start_clock(subject, effect.clock, on=on, actor=actor, remote=remote, document=words)
        return
    moved = running(subject, effect.clock)
    for clock in moved:
        verb = effect.verb
        append_event(clock, verb, on=max(on, clock.started_on), actor=actor, days=days.get("days"),
                     complex_=verb is Verb.EXTEND, document=words)  # fmt: skip
    if isinstance(subject, Case):  # what a case met for its petitions makes them due no more
        for id_ in sorted({clock.petition_id for clock in moved if clock.petition_id is not None}):
            refresh_due(db.session.get_one(Petition, id_))


def _issue(subject: Subject, transition: Transition, typed: Mapping[str, Any], on: date) -> Document | None:
    if transition.document is None:
        return None
    document = Document(
        petition_id=subject.id if isinstance(subject, Petition) else None,
        case_id=subject.id if isinstance(subject, Case) else None,
        form=transition.document,
        number=typed.get("document_no") or "",
        issued_on=on,
    )
    db.session.add(document)
    db.session.flush()
    return document


def _line(
    subject: Subject, act: str, actor: Principal | None, *, transition: str = "", before: str | None = None,
    on: date | None = None, data: dict[str, Any] | None = None, document: Document | None = None,
) -> HistoryEntry:  # fmt: skip
    petition_id, case_id = _ids(subject)
    if actor is not None and actor.acting_for is not None:
        data = {**(data or {}), "on_behalf_of": actor.acting_for}
    line = HistoryEntry(
        petition_id=petition_id,
        case_id=case_id,
        at=now(),
        actor_id=actor.person_id if actor else None,
        act=act,
        transition=transition,
        from_state=before,
        to_state=subject.state if before is not None else None,
        on=on,
        data=data or {},
        document=document,
    )
    db.session.add(line)
    return line


def forget_proposal(subject: Subject) -> None:
    """Let go of the step that was prepared: it is approved no more."""
    subject.pending_action = subject.pending_data = subject.pending_by_id = subject.pending_at = None


def _ids(subject: Subject) -> tuple[int | None, int | None]:
    return (subject.id, None) if isinstance(subject, Petition) else (None, subject.id)


def _kind(subject: Subject) -> str:
    return "petition" if isinstance(subject, Petition) else "case"
