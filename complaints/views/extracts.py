"""The page on which an extract of a denunciation is made, confirmed by a second person and released (I04)."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField

from app.core.db import unit_of_work
from app.core.errors import DomainError, NotFound
from app.core.permissions import Permission
from app.organisation.signin.fresh import fresh_sign_in
from app.web.access import access, current_principal
from app.web.forms import AppForm
from complaints.models.extracts import Extract
from complaints.models.petitions import Petition
from complaints.services import extracts, masked_pictures
from complaints.views import shared
from complaints.views.words import words

blueprint = Blueprint("extracts", __name__, url_prefix="/petitions", template_folder="../templates")
_P = Permission


class ExtractForm(AppForm):
    """The text of an extract; `version` is the number of the version that it was made from."""

    text = TextAreaField(_l("Bản trích"), render_kw={"rows": 18})


@blueprint.get("/<int:subject_id>/extract")
@access(_P.IDENTITY_OPEN)
@fresh_sign_in()
def edit(subject_id: int) -> ResponseReturnValue:
    """Show the editor; that it was opened is kept."""
    petition = shared.opened_petition(subject_id)
    with unit_of_work():
        extracts.open_editor(petition, actor=current_principal())
    return _show(petition)


@blueprint.post("/<int:subject_id>/extract")
@access(_P.IDENTITY_OPEN)
@fresh_sign_in()
def save(subject_id: int) -> ResponseReturnValue:
    """Keep a new version; what was typed stays when it gives somebody away."""
    petition, form = shared.opened_petition(subject_id), ExtractForm()
    try:
        with unit_of_work():
            extracts.save_extract(
                petition,
                form.text.data or "",
                actor=current_principal(),
                number=form.version_number or 0,
            )
    except NotFound:
        raise
    except DomainError as error:
        return _show(petition, form, error=error), 422
    flash(_("Đã lưu bản trích. Một người khác được mở thông tin cần đọc và xác nhận."), "success")
    return redirect(url_for("extracts.edit", subject_id=subject_id))


@blueprint.post("/<int:subject_id>/extract/confirm")
@access(_P.IDENTITY_OPEN)
@fresh_sign_in()
def confirm(subject_id: int) -> ResponseReturnValue:
    """Confirm as the second person."""
    return _act(subject_id, extracts.confirm_extract, _("Đã xác nhận bản trích."))


@blueprint.post("/<int:subject_id>/extract/release")
@access(_P.IDENTITY_OPEN)
@fresh_sign_in()
def release(subject_id: int) -> ResponseReturnValue:
    """Release what two people stand for."""
    return _act(subject_id, extracts.release_extract, _("Đã phát hành bản trích cho người xác minh."))


def _act(subject_id: int, act: Callable[..., Extract], done: str) -> ResponseReturnValue:
    petition, form = shared.opened_petition(subject_id), ExtractForm()
    try:
        with unit_of_work():
            act(petition, actor=current_principal(), number=form.version_number or 0)
    except NotFound:
        raise
    except DomainError as error:
        return _show(petition, error=error), 422
    flash(done, "success")
    return redirect(url_for("extracts.edit", subject_id=subject_id))


def _show(petition: Petition, form: ExtractForm | None = None, *, error: DomainError | None = None) -> str:
    versions = extracts.versions_of(petition)
    if form is None:
        form = ExtractForm(formdata=None)
        form.text.data = extracts.first_text(petition, versions)
    if error is not None:
        form.show(error)
    # Whoever has read that another version came, and saves once more, means it as it stands now.
    form.version.data = str(versions[0].number if versions else 0)
    return render_template(
        "complaints/extract.html",
        petition=petition,
        versions=versions,
        pictures=masked_pictures.newest_of(petition),
        can_be_masked=masked_pictures.can_be_masked,
        form=form,
        me=current_principal().person_id,
        **words(),
    )
