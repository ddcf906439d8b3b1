"""Pages of cases: the worklist, one case, its steps, assignment, notes and files."""

from datetime import date

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core.clock import today
from app.core.db import unit_of_work
from app.core.errors import DomainError, NotFound
from app.core.permissions import Permission
from app.files.services import send_stored
from app.organisation.queries import descendants, people_in
from app.web.access import access, current_principal
from app.web.forms import AppForm
from app.web.locale import language
from complaints.access import case_for, may_act
from complaints.codes import CaseKind, choices
from complaints.forms import AssignForm, ReasonForm, options
from complaints.models.cases import Case
from complaints.models.protection import ProtectionMeasure
from complaints.queries import pages, worklists
from complaints.queries.successions import hand_overs_of
from complaints.services import assignment, extracts, masked_pictures, protection
from complaints.views import shared
from complaints.views.petitions import wanted_from_request
from complaints.views.successions import hand_over_page, may_go_to
from complaints.views.words import words

blueprint = Blueprint("cases", __name__, url_prefix="/cases", template_folder="../templates")
_P = Permission


@blueprint.get("/")
@access(_P.CASE_VIEW)
def worklist() -> ResponseReturnValue:
    """Show the cases, due first."""
    principal, wanted = current_principal(), wanted_from_request()
    seen = worklists.reached(principal, _P.CASE_VIEW)
    return render_template(
        "complaints/worklist.html",
        page=worklists.worklist(wanted, seen),
        counts=worklists.case_counts(seen),
        wanted=wanted,
        kinds=choices(CaseKind, language()),
        units=worklists.filter_units(seen),
        **words(),
    )


@blueprint.get("/<int:subject_id>")
@access(_P.CASE_VIEW)
def show(subject_id: int) -> ResponseReturnValue:
    """Show one case."""
    return _show(case_for(current_principal(), subject_id, load=pages.CASE_SHOWN))


def _show(case: Case, assign_form: AssignForm | None = None, **refused: AppForm) -> str:
    principal = current_principal()
    page = pages.case_page(case, principal=principal)
    # Who holds no case yet is asked for at once; a change of hands is rare and unfolds.
    asked = page.may_assign and (assign_form is not None or case.handler_id is None)
    return render_template(
        "complaints/case.html",
        page=page,
        case=case,
        assign=_assign_form(case, assign_form) if asked else None,
        emergency_until=_emergency_until(case),
        may_hand_back=case.is_open and case.handler_id == principal.person_id,
        instances=pages.other_instances(case, principal=principal),
        escalations=pages.escalations_of(case),
        hand_overs=hand_overs_of(case),
        hidden_before=case.sealed_at,
        hand_over_to=may_go_to(case, principal),
        refused=refused,
        protection=_protection(case),
        extracts=extracts.released_of(page.petitions),
        pictures=masked_pictures.released_of(page.petitions),
        may_see_record=may_act(principal, _P.RECORD_VIEW, case),
        **words(),
    )


def _emergency_until(case: Case) -> date | None:
    """Return until when the contested decision is suspended, or None when it is not today (C23)."""
    until = case.emergency_until
    return until if case.is_open and until is not None and until >= today() else None


def _protection(case: Case) -> list[ProtectionMeasure]:
    """Return the file of protection for the few who may know that there is one."""
    may_see = case.is_denunciation and may_act(current_principal(), _P.PROTECTION_VIEW, case)
    return protection.measures_of(case) if may_see else []


def _show_refused(case: Case) -> shared.ShowRefused:
    return lambda name, form: _show(case, **{name: form})


def _assign_form(case: Case, given: AssignForm | None) -> AssignForm:
    form = given or AssignForm(formdata=None)
    units = descendants(case.unit, today())
    own = [unit for unit in units if unit.body_id == case.unit.body_id]
    form.unit_id.choices = options((unit.id, unit.short_name) for unit in own)
    people = people_in([unit.id for unit in own], assignment.WORKERS, today())
    nobody = (0, _("(để trưởng đơn vị giao)"))
    form.handler_id.choices = options([nobody, *((p.id, p.full_name) for p in people)])
    if given is None:
        form.unit_id.data = case.assigned_unit_id or case.unit_id
        form.handler_id.data = case.handler_id or 0
        form.version.data = str(case.version)
    return form


@blueprint.route("/<int:subject_id>/do/<action>", methods=["GET", "POST"])
@access(_P.CASE_VIEW)
def step(subject_id: int, action: str) -> ResponseReturnValue:
    """Show or take a step of the case."""
    return shared.step(case_for(current_principal(), subject_id), action, preparer=_P.CASE_HANDLE)


@blueprint.post("/<int:subject_id>/approve")
@access(_P.CASE_DECIDE)
def approve(subject_id: int) -> ResponseReturnValue:
    """Approve the prepared step."""
    case = case_for(current_principal(), subject_id, _P.CASE_DECIDE)
    return shared.approve_pending(case, _show_refused(case))


@blueprint.post("/<int:subject_id>/send-back")
@access(_P.CASE_DECIDE)
def send_back(subject_id: int) -> ResponseReturnValue:
    """Return the prepared step with a reason."""
    case = case_for(current_principal(), subject_id, _P.CASE_DECIDE)
    return shared.send_back_pending(case, _show_refused(case))


@blueprint.get("/<int:subject_id>/assign")
@access(_P.CASE_ASSIGN)
def choose_handler(subject_id: int) -> ResponseReturnValue:
    """Ask whom to give the case to; a fragment when asked for one."""
    case = case_for(current_principal(), subject_id, _P.CASE_ASSIGN)
    template = "_assign.html" if request.headers.get("X-Fragment") else "assign.html"
    return render_template(f"complaints/{template}", case=case, assign=_assign_form(case, None))


@blueprint.post("/<int:subject_id>/assign")
@access(_P.CASE_ASSIGN)
def assign(subject_id: int) -> ResponseReturnValue:
    """Give the case to a unit and a handler."""
    case = case_for(current_principal(), subject_id, _P.CASE_ASSIGN)
    form = AssignForm()
    if form.validate():
        try:
            with unit_of_work():
                assignment.assign(
                    case, unit_id=form.unit_id.data or 0, handler_id=form.handler_id.data or None,
                    note=form.note.data or "", actor=current_principal(), version=form.version_number,
                )  # fmt: skip
            flash(_("Đã giao việc."), "success")
            return redirect(url_for("cases.show", subject_id=subject_id))
        except DomainError as error:
            form.show(error)
    return _show(case, form), 422


@blueprint.route("/<int:subject_id>/hand-over", methods=["GET", "POST"])
@access(_P.CASE_DECIDE)
def hand_over(subject_id: int) -> ResponseReturnValue:
    """Give the case to the body that succeeds the one that has it."""
    return hand_over_page(case_for(current_principal(), subject_id, _P.CASE_DECIDE))


@blueprint.post("/<int:subject_id>/hand-back")
@access(_P.CASE_HANDLE)
def hand_back(subject_id: int) -> ResponseReturnValue:
    """Return the case to the head with a reason; the handler then no longer sees it."""
    case = case_for(current_principal(), subject_id, _P.CASE_HANDLE)
    form = ReasonForm()
    try:
        with unit_of_work():
            assignment.hand_back(
                case, actor=current_principal(), reason=form.reason.data or "", version=form.version_number
            )
    except DomainError as error:
        form.show(error)
        return _show(case, hand_back=form), 422
    flash(_("Đã trả lại vụ việc."), "success")
    return redirect(url_for("cases.worklist"))


@blueprint.post("/<int:subject_id>/notes")
@access(_P.CASE_HANDLE)
def note(subject_id: int) -> ResponseReturnValue:
    """Add a note or a file."""
    case = case_for(current_principal(), subject_id, _P.CASE_HANDLE)
    return shared.add_note(case, _show_refused(case))


@blueprint.get("/<int:subject_id>/attachments/<int:attachment_id>")
@access(_P.CASE_VIEW)
def attachment(subject_id: int, attachment_id: int) -> Response:
    """Send a file of the case."""
    case = case_for(current_principal(), subject_id)
    row = next((a for a in case.attachments if a.id == attachment_id), None)
    if row is None:
        raise NotFound
    return send_stored(row.file, name=f"ho-so-{row.id}" if row.file.sealed else row.file.name)
