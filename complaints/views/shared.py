"""What the pages of petitions and cases share: the step pages, approval and notes."""

from collections.abc import Callable, Iterable
from typing import Any

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.datastructures import FileStorage

from app.core.db import db, unit_of_work
from app.core.errors import Conflict, DomainError, Invalid, NotFound
from app.core.permissions import Permission
from app.files.services import store_upload
from app.organisation.queries import authority_of
from app.web.access import current_principal
from app.web.forms import AppForm
from app.web.locale import language
from complaints.access import may_act, open_to, petition_for, shut_out
from complaints.eligibility import missing
from complaints.forms import ApproveForm, NoteForm, ReasonForm, step_data, step_form
from complaints.models.cases import Case
from complaints.models.petitions import Petition
from complaints.queries import pages
from complaints.queries.parties import staying_in
from complaints.queries.related import linkable
from complaints.services import confirmation, continued, first_instance, identity, notes
from complaints.services.competing import FIELD as CONTESTED
from complaints.services.competing import contest_for
from complaints.services.eligibility import checklist_of
from complaints.services.facts import Subject, facts_of, workflow_of
from complaints.services.perform import approve, perform, propose, send_back
from complaints.views.law import offer_days
from complaints.views.words import said, url_of, words
from complaints.workflow.base import FieldKind, Transition
from complaints.workflow.catalogue import state_label

# Shows the page of a subject with a form on it that was refused: (name of the form, the form).
ShowRefused = Callable[[str, AppForm], str]


def opened_petition(subject_id: int) -> Petition:
    """Return a petition for a page beside whose forms its sealed papers lie; a refusal is kept. Raises NotFound."""
    petition = petition_for(current_principal(), subject_id, load=pages.PETITION_SHOWN)
    if not identity.may_open_identity(current_principal(), petition):
        with unit_of_work():
            identity.note_refusal(petition, actor=current_principal())
        raise NotFound
    return petition


def step(subject: Subject, action: str, *, preparer: Permission) -> ResponseReturnValue:
    """Show the form of a step, or take it (or prepare it for the head) and return to the page.

    A step that somebody else has made impossible in the meantime says so and keeps what was typed, to be copied.
    """
    principal = current_principal()
    transition = next(
        (t for t in workflow_of(subject).leaving(subject.state) if t.action == action and not t.by_system),
        None,
    )
    if transition is None:
        return _too_late(subject, action)
    may_do = may_act(principal, transition.permission, subject)
    if not may_do and not (transition.proposable and may_act(principal, preparer, subject)):
        raise NotFound
    contest = contest_for(subject, transition)
    form = step_form(transition, cases=_joinable(subject, action), parties=_staying(subject, transition),
                     petitions=_linkable(subject, action), values=_known(subject, action))  # fmt: skip
    if contest is not None and CONTESTED in form:
        offer_days(form[CONTESTED], contest)
    if request.method == "GET":
        form.version.data = str(subject.version)
    elif form.validate():
        try:
            _take(subject, transition, form, propose_only=not may_do)
            return redirect(url_of(subject))
        except DomainError as error:
            form.show(error)
            db.session.refresh(subject)
            # Whoever has read that the subject changed, and sends once more, means it as it stands now.
            form.version.data = str(subject.version)
    refusal = transition.refusal(facts_of(subject), {}) if request.method == "GET" else None
    page = render_template(
        "complaints/step.html", subject=subject, transition=transition, form=form, may_do=may_do, refusal=refusal,
        uncertain=confirmation.uncertain_rows(subject, transition), contest=contest, **words(),
    )  # fmt: skip
    return page, 422 if request.method == "POST" else 200


def _too_late(subject: Subject, action: str) -> ResponseReturnValue:
    message = _("Hồ sơ vừa được người khác cập nhật: bước này không còn thực hiện được. Chưa ghi gì.")
    transition = next((t for t in workflow_of(subject).transitions if t.action == action), None)
    if transition is None and request.method == "POST":
        raise NotFound  # no page of ours has such a form
    if transition is None or request.method == "GET":
        flash(message, "danger")
        return redirect(url_of(subject))
    page = render_template(
        "complaints/step.html", subject=subject, transition=transition, form=step_form(transition),
        may_do=True, refusal=message, too_late=True, **words(),
    )  # fmt: skip
    return page, 409


def _take(subject: Subject, transition: Transition, form: AppForm, *, propose_only: bool) -> None:
    act = propose if propose_only else perform
    data = {**step_data(form, transition), confirmation.FIELD: form[confirmation.FIELD].data}
    with unit_of_work():
        act(subject, transition.action, actor=current_principal(), data=data, version=form.version_number)
    if propose_only:
        flash(_("Đã trình lãnh đạo duyệt: %(a)s.", a=said(transition)), "success")
    else:
        flash(_("Đã thực hiện: %(a)s.", a=said(transition)), "success")


def _known(subject: Subject, action: str) -> dict[str, Any]:
    """Return what is known already, to be shown in the form of a step."""
    if action == "classify" and isinstance(subject, Petition):
        names = (
            "kind",
            "field",
            "statutory_field",
            "instance",
            "respondent_level",
            "has_evidence",
            "guided_before",
            "overdue_claim",
            "disciplinary",
            "dismissal",
        )
        return {name: getattr(subject, name) for name in names}
    if (
        action in ("guide", "transfer", "transfer_conduct")
        and isinstance(subject, Petition)
        and subject.competent_unit is not None
    ):
        return {"to_body": subject.competent_unit.name}
    if action == "store" and isinstance(subject, Petition):
        lacking = missing(checklist_of(subject))
        return {"ground": lacking[0].ground} if lacking else {}
    return {}


def _joinable(subject: Subject, action: str) -> list[tuple[int, str]]:
    if action == "open_second" and isinstance(subject, Petition):
        return [
            (case.id, f"{case.number}: {case.summary[:80]}")
            for case in _open_ones(first_instance.offered(subject))
        ]
    if action == "open_continued" and isinstance(subject, Petition):
        return [(case.id, _case_words(case)) for case in _open_ones(continued.offered(subject))]
    if action != "join_case" or not isinstance(subject, Petition):
        return []
    wanted = (
        select(Case)
        .where(Case.kind == subject.kind, Case.is_open, Case.unit_id == authority_of(subject.unit).id)
        .where(open_to(current_principal(), Case))
        .options(joinedload(Case.unit))
        .order_by(Case.id.desc())
        .limit(50)
    )
    return [(case.id, _case_words(case)) for case in db.session.execute(wanted).scalars()]


def _open_ones(cases: Iterable[Case]) -> list[Case]:
    """Leave out what is closed to whoever is asked to choose: not even its number is offered (I12)."""
    return [case for case in cases if not shut_out(current_principal(), case)]


def _case_words(case: Case) -> str:
    """Return how a case is offered to be joined or continued: what it says only to who may see it."""
    if may_act(current_principal(), Permission.CASE_VIEW, case):
        return f"{case.number}: {case.summary[:80]}"
    return f"{case.number}: {case.unit.short_name}, {state_label(case.state, language())}"


def _linkable(subject: Subject, action: str) -> list[tuple[int, str]]:
    if action != "link" or not isinstance(subject, Petition):
        return []
    return [
        (p.id, f"{p.number} ({p.received_on:%d/%m/%Y}): {p.summary[:80]}")
        for p in linkable(subject, principal=current_principal())
    ]


def _staying(subject: Subject, transition: Transition) -> list[tuple[int, str]]:
    asked = any(field.kind is FieldKind.PARTIES for field in transition.fields)
    return staying_in(subject.id) if asked and isinstance(subject, Case) else []


def approve_pending(subject: Subject, show: ShowRefused) -> ResponseReturnValue:
    """Approve the prepared step; without the confirmation that an uncertain basis needs, the page asks for it."""
    form = ApproveForm()
    try:
        with unit_of_work():
            approve(
                subject, actor=current_principal(), version=form.version_number,
                basis_checked=bool(form.basis_checked.data),
            )  # fmt: skip
    except Invalid as error:
        form.show(error)
        return show("approve", form), 422
    flash(_("Đã duyệt."), "success")
    return redirect(url_of(subject))


def send_back_pending(subject: Subject, show: ShowRefused) -> ResponseReturnValue:
    """Return the prepared step with a reason; a refusal keeps what was typed."""
    form = ReasonForm()
    try:
        with unit_of_work():
            send_back(
                subject, actor=current_principal(), reason=form.reason.data or "", version=form.version_number
            )
    except (Invalid, Conflict) as error:
        form.show(error)
        return show("send_back", form), 422
    flash(_("Đã trả lại người trình."), "success")
    return redirect(url_of(subject))


def add_note(subject: Subject, show: ShowRefused) -> ResponseReturnValue:
    """Add a note, and a file to a case; a refusal keeps what was typed."""
    form, principal = NoteForm(), current_principal()
    upload = form.attachments.data
    has_file = isinstance(upload, FileStorage) and bool(upload.filename)
    try:
        with unit_of_work():
            if (form.text.data or "").strip() or not has_file:
                notes.add_note(subject, form.text.data or "", actor=principal)
            if has_file and isinstance(subject, Case):
                stored = store_upload(upload, actor=principal, sealed=subject.is_denunciation)
                title = _("Tệp hồ sơ") if subject.is_denunciation else stored.name
                notes.attach(subject, [(stored, title)], actor=principal)
    except DomainError as error:
        form.show(error)
        return show("note", form), 422
    flash(_("Đã ghi."), "success")
    return redirect(url_of(subject) + "#notes")
