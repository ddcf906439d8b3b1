"""Pages of the file of protection of a denunciation: for the head of the competent body, and nobody else."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from app.core.db import unit_of_work
from app.core.errors import DomainError, NotFound
from app.core.permissions import Permission
from app.organisation.signin.fresh import fresh_sign_in
from app.web.access import access, current_principal
from app.web.forms import AppForm
from complaints import codes_protection
from complaints.access import case_for
from complaints.forms import ReasonForm, step_form
from complaints.models.cases import Case
from complaints.models.protection import ProtectionMeasure
from complaints.services import protection
from complaints.views.plain_step import plain_step
from complaints.views.words import said, words
from complaints.workflow.protection import WORKFLOW

blueprint = Blueprint("protection", __name__, url_prefix="/cases", template_folder="../templates")
_P = Permission


@blueprint.get("/<int:subject_id>/protection")
@access(_P.PROTECTION_VIEW)
def show(subject_id: int) -> ResponseReturnValue:
    """Show the file: the secrecy, the requests, what was decided and what may be done now; no name."""
    return _show(_case(subject_id))


@blueprint.route("/<int:subject_id>/protection/<int:measure_id>/do/<action>", methods=["GET", "POST"])
@access(_P.PROTECTION_DECIDE)
def step(subject_id: int, measure_id: int, action: str) -> ResponseReturnValue:
    """Show the form of a step, or take it; a refusal keeps what was typed."""
    case = _case(subject_id, _P.PROTECTION_DECIDE)
    measure = _measure(case, measure_id)
    transition = next((t for t in WORKFLOW.transitions if t.action == action), None)
    if transition is None:
        raise NotFound
    back = url_for("protection.show", subject_id=case.id)
    if request.method == "GET" and measure.state not in transition.sources:
        flash(
            _("Hồ sơ vừa được người khác cập nhật: bước này không còn thực hiện được. Chưa ghi gì."), "danger"
        )
        return redirect(back)
    actor = current_principal()
    return plain_step(
        measure, transition, step_form(transition), facts=lambda: protection.facts_of(measure),
        take=lambda data, version: protection.take(case, measure, action, actor=actor, data=data, version=version),
        lead=case.number, back=back,
    )  # fmt: skip


@blueprint.post("/<int:subject_id>/protection/<int:measure_id>/file")
@access(_P.PROTECTION_VIEW)
@fresh_sign_in()
def open_file(subject_id: int, measure_id: int) -> ResponseReturnValue:
    """Open who is protected and what was written, for one look, with a reason; never kept in a cache."""
    try:
        case = _case(subject_id)
        measure = _measure(case, measure_id)
    except NotFound:
        # The refusal itself is worth keeping: it is written in a transaction of its own.
        with unit_of_work():
            protection.note_refusal(subject_id, actor=current_principal())
        raise
    form = ReasonForm()
    try:
        with unit_of_work():
            opening = protection.open_file(
                case, measure, actor=current_principal(), reason=form.reason.data or ""
            )
        opened = protection.opened_file(opening)
    except DomainError as error:
        form.show(error)
        return _show(case, (measure.id, form)), 422
    return render_template(
        "complaints/protection_file.html",
        case=case,
        measure=measure,
        opened=opened,
        step_said=_step_said,
        **words(),
    )


def _case(subject_id: int, permission: Permission = _P.PROTECTION_VIEW) -> Case:
    case = case_for(current_principal(), subject_id, permission, load=(joinedload(Case.unit),))
    if not case.is_denunciation:
        raise NotFound
    return case


def _measure(case: Case, measure_id: int) -> ProtectionMeasure:
    measure = next((m for m in protection.measures_of(case) if m.id == measure_id), None)
    if measure is None:
        raise NotFound
    return measure


def _show(case: Case, refused: tuple[int, AppForm] | None = None) -> str:
    files: list[dict[str, Any]] = []
    for measure in protection.measures_of(case):
        steps = WORKFLOW.available(measure.state, protection.facts_of(measure))
        form = refused[1] if refused and refused[0] == measure.id else ReasonForm(formdata=None)
        files.append(
            {"measure": measure, "steps": [t for t, refusal in steps if refusal is None], "form": form}
        )
    return render_template(
        "complaints/protection.html",
        case=case,
        files=files,
        lists=codes_protection,
        step_said=_step_said,
        **words(),
    )


def _step_said(action: str) -> str:
    """Return the words for a line of the file."""
    if action == protection.OPENED:
        return _("Đã mở")
    step_ = next((t for t in WORKFLOW.transitions if t.action == action), None)
    return said(step_) if step_ is not None else _("Bắt đầu giữ bí mật thông tin")
