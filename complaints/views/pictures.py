"""The page on which a paper of a denunciation is masked as a picture, confirmed by a second person, released (I04)."""

import math
from base64 import b64encode
from collections.abc import Callable, Sequence

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FieldList, Form, FormField, StringField

from app.core.clock import now
from app.core.db import unit_of_work
from app.core.errors import DomainError, Invalid, NotFound
from app.core.permissions import Permission
from app.files.masking import PAGE_MAX, Box
from app.files.services import read_file, send_picture
from app.organisation.signin.fresh import confirm_first, fresh_sign_in
from app.web.access import access, current_principal
from app.web.forms import AppForm
from complaints.access import petition_for
from complaints.models.extracts import MaskedPicture
from complaints.models.petitions import Petition
from complaints.services import masked_pictures
from complaints.services.masked_pictures import BOXES_MAX
from complaints.views import shared
from complaints.views.words import words

blueprint = Blueprint("pictures", __name__, url_prefix="/petitions", template_folder="../templates")
_P = Permission
_TYPED = {"inputmode": "decimal", "autocomplete": "off", "maxlength": 6}


class BoxForm(Form):
    """A box in hundredths of the picture; typed, or drawn by hand."""

    left = StringField(_l("Trái %"), render_kw=_TYPED)
    top = StringField(_l("Trên %"), render_kw=_TYPED)
    width = StringField(_l("Rộng %"), render_kw=_TYPED)
    height = StringField(_l("Cao %"), render_kw=_TYPED)


class MaskForm(AppForm):
    """What is masked of a page; `version` is the number of the version that it was made from."""

    boxes = FieldList(FormField(BoxForm), _l("Ô che"), min_entries=BOXES_MAX, max_entries=BOXES_MAX)
    nothing = BooleanField(_l("Ảnh không có gì cần che"))

    def typed_boxes(self) -> list[Box]:
        """Return the boxes of the rows that are filled in. Raises Invalid (boxes), each wrong number marked."""
        found: list[Box] = []
        wrong: list[int] = []
        for number, row in enumerate(self.boxes, start=1):
            fields = (row.form.left, row.form.top, row.form.width, row.form.height)
            if not any((field.data or "").strip() for field in fields):
                continue
            values = [_hundredths(field) for field in fields]
            if None in values:
                wrong.append(number)
            else:
                found.append(Box(*[value for value in values if value is not None]))
        if wrong:
            rows = ", ".join(str(number) for number in wrong)
            raise Invalid(_("Ô %(rows)s: ghi đủ bốn số từ 0 đến 100.", rows=rows), field="boxes")
        return found

    def fill(self, boxes: Sequence[Sequence[float]]) -> None:
        """Put boxes that were kept into the rows."""
        for row, box in zip(self.boxes, boxes, strict=False):
            for field, value in zip(("left", "top", "width", "height"), box, strict=True):
                row.form[field].data = f"{value:g}".replace(".", ",")


def _hundredths(field: StringField) -> float | None:
    try:
        value = float((field.data or "").strip().replace(",", "."))
    except ValueError:
        value = math.nan
    if not 0 <= value <= 100:
        field.errors = [_("Ghi số từ 0 đến 100.")]
        return None
    return value


@blueprint.get("/<int:subject_id>/extract/pictures/<int:attachment_id>")
@access(_P.IDENTITY_OPEN)
@fresh_sign_in()
def edit(subject_id: int, attachment_id: int) -> ResponseReturnValue:
    """Show the paper as it was handed in, to mask it; that it was opened is kept."""
    return _show(shared.opened_petition(subject_id), attachment_id)


@blueprint.post("/<int:subject_id>/extract/pictures/<int:attachment_id>")
@access(_P.IDENTITY_OPEN)
@fresh_sign_in()
def save(subject_id: int, attachment_id: int) -> ResponseReturnValue:
    """Keep a new version; what was drawn or typed stays when it is refused."""
    petition, form = shared.opened_petition(subject_id), MaskForm()
    try:
        with unit_of_work():
            masked_pictures.save_picture(
                petition,
                attachment_id,
                page=_page(),
                boxes=form.typed_boxes(),
                nothing=bool(form.nothing.data),
                number=form.version_number or 0,
                actor=current_principal(),
            )
    except NotFound:
        raise
    except DomainError as error:
        form.show(error)
        return _show(petition, attachment_id, form), 422
    flash(_("Đã lưu ảnh đã che. Một người khác được mở thông tin cần xem và xác nhận."), "success")
    return redirect(_address(subject_id, attachment_id))


@blueprint.post("/<int:subject_id>/extract/pictures/<int:attachment_id>/confirm")
@access(_P.IDENTITY_OPEN)
@fresh_sign_in()
def confirm(subject_id: int, attachment_id: int) -> ResponseReturnValue:
    """Confirm as the second person."""
    return _act(subject_id, attachment_id, masked_pictures.confirm_picture, _("Đã xác nhận ảnh đã che."))


@blueprint.post("/<int:subject_id>/extract/pictures/<int:attachment_id>/release")
@access(_P.IDENTITY_OPEN)
@fresh_sign_in()
def release(subject_id: int, attachment_id: int) -> ResponseReturnValue:
    """Release what two people stand for."""
    done = _("Đã phát hành ảnh đã che cho người xác minh.")
    return _act(subject_id, attachment_id, masked_pictures.release_picture, done)


@blueprint.get("/<int:subject_id>/extract/masked/<int:picture_id>")
@access(_P.PETITION_VIEW)
def masked(subject_id: int, picture_id: int) -> ResponseReturnValue:
    """Send a masked picture: a released one to whoever sees the petition, another to who is let in."""
    petition = petition_for(current_principal(), subject_id)
    picture = masked_pictures.picture_for(petition, picture_id, actor=current_principal())
    if picture.state != "released" and (confirming := confirm_first()) is not None:
        return confirming
    return _sent(picture)


def _sent(picture: MaskedPicture) -> Response:
    return send_picture(read_file(picture.file))


def _page() -> int:
    """Return the page of a PDF that is asked for; what is no such number is the first one."""
    asked = request.args.get("page", "1")
    return int(asked) if asked.isdecimal() and 1 <= int(asked[:6]) <= PAGE_MAX else 1


def _address(subject_id: int, attachment_id: int) -> str:
    return url_for("pictures.edit", subject_id=subject_id, attachment_id=attachment_id, page=_page())


def _act(
    subject_id: int, attachment_id: int, act: Callable[..., MaskedPicture], done: str
) -> ResponseReturnValue:
    petition, form = shared.opened_petition(subject_id), MaskForm()
    try:
        with unit_of_work():
            act(
                petition,
                attachment_id,
                page=_page(),
                number=form.version_number or 0,
                actor=current_principal(),
            )
    except NotFound:
        raise
    except DomainError as error:
        again = MaskForm(formdata=None)
        again.show(error)
        return _show(petition, attachment_id, again), 422
    flash(done, "success")
    return redirect(_address(subject_id, attachment_id))


def _show(petition: Petition, attachment_id: int, form: MaskForm | None = None) -> str:
    """Render the page; the paper stands inside it, so that it has no address of its own."""
    page, actor = _page(), current_principal()
    paper = masked_pictures.paper_of(petition, attachment_id, actor=actor)
    picture, refusal = None, ""
    try:
        with unit_of_work():
            content = masked_pictures.shown_picture(petition, attachment_id, page=page, actor=actor)
        picture = b64encode(content).decode("ascii")
    except Invalid as error:
        refusal = error.message
    versions = masked_pictures.versions_of(petition, attachment_id, page)
    if form is None:
        form = MaskForm(formdata=None)
        form.fill(versions[0].boxes if versions else ())
    if refusal:
        form.boxes.errors = [refusal]
    # Whoever has read that another version came, and saves once more, means it as it stands now.
    form.version.data = str(versions[0].number if versions else 0)
    return render_template(
        "complaints/picture.html",
        petition=petition,
        paper=paper,
        page=page,
        picture=picture,
        versions=versions,
        form=form,
        me=actor.person_id,
        at=now(),
        **words(),
    )
