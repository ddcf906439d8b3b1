"""Being let in to a sealed identity: asking, the head's answer, and the early end of it."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core.db import unit_of_work
from app.core.errors import DomainError, NotFound
from app.core.permissions import Permission
from app.organisation.signin.fresh import fresh_sign_in
from app.web.access import access, current_principal
from app.web.forms import AppForm
from complaints.access import petition_for
from complaints.forms_identity import AskForm, DecideForm
from complaints.services import opening
from complaints.views.petitions import show_refused

blueprint = Blueprint(
    "identities", __name__, url_prefix="/petitions/<int:subject_id>/identity", template_folder="../templates"
)
_P = Permission


def _back(subject_id: int) -> ResponseReturnValue:
    return redirect(url_for("petitions.show", subject_id=subject_id))


@blueprint.post("/requests")
@access(_P.IDENTITY_OPEN)
def ask(subject_id: int) -> ResponseReturnValue:
    """Ask the competent head to be let in; a refusal keeps what was typed."""
    petition = petition_for(current_principal(), subject_id)
    form = AskForm()
    try:
        with unit_of_work():
            opening.ask_for_identity(
                petition, **form.asked, days=form.days.data or 0, actor=current_principal()
            )
    except NotFound:
        raise
    except DomainError as error:
        form.show(error)
        return show_refused(petition)("ask", form), 422
    flash(_("Đã gửi đề nghị đến người đứng đầu."), "success")
    return _back(subject_id)


@blueprint.post("/requests/<int:request_id>")
@access(_P.IDENTITY_GRANT)
@fresh_sign_in()
def decide(subject_id: int, request_id: int) -> ResponseReturnValue:
    """Let in whoever asked, or not."""
    petition = petition_for(current_principal(), subject_id)
    form, approve = DecideForm(), request.form.get("answer") == "yes"
    try:
        with unit_of_work():
            opening.decide_request(
                petition, request_id, approve=approve, days=form.days.data or 0, download=bool(form.download.data),
                actor=current_principal(),
            )  # fmt: skip
    except NotFound:
        raise
    except DomainError as error:
        form.show(error)
        return show_refused(petition)(f"decide-{request_id}", form), 422
    flash(_("Đã cho xem.") if approve else _("Đã từ chối đề nghị."), "success")
    return _back(subject_id)


@blueprint.post("/grants/<int:grant_id>/end")
@access(_P.IDENTITY_GRANT)
@fresh_sign_in()
def revoke(subject_id: int, grant_id: int) -> ResponseReturnValue:
    """End somebody's right to look, now."""
    petition = petition_for(current_principal(), subject_id)
    form = AppForm()
    try:
        with unit_of_work():
            opening.revoke_grant(petition, grant_id, actor=current_principal())
    except NotFound:
        raise
    except DomainError as error:
        form.show(error)
        return show_refused(petition)("revoke", form), 422
    flash(_("Đã thôi cho xem."), "success")
    return _back(subject_id)
