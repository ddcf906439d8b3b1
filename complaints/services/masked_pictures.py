"""Papers of a denunciation as pictures that verifiers may see (bản trích, law.md I04).

Like the text: someone who is let in to the identity masks what identifies the denouncer, a second one looks and
confirms, then the picture may be released. A masked picture is a new file (app/files/masking.py); the paper itself
stays sealed. No program reads what is left in a picture: that is what the second person is for.
"""

from collections.abc import Sequence
from functools import cache

from flask_babel import gettext as _
from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import joinedload, selectinload

from app.core.clock import now
from app.core.db import db
from app.core.errors import Invalid, NotFound
from app.core.permissions import Principal
from app.files import masking
from app.files.masking import Box
from app.files.models import StoredFile
from app.files.services import read_file, store_made
from complaints.models.extracts import CONFIRMED, RELEASED, MaskedPicture, MaskedPictureAct
from complaints.models.petitions import Petition, PetitionAttachment
from complaints.services.identity import note_opened_file
from complaints.services.two_people import by_another, hold, let_in, made_from, note, record, waiting

BOXES_MAX = 16


def versions_of(petition: Petition, attachment_id: int, page: int) -> Sequence[MaskedPicture]:
    """Return all versions of a masked page, the newest first, with what became of each."""
    wanted = (
        select(MaskedPicture)
        .where(MaskedPicture.petition_id == petition.id)
        .where(MaskedPicture.attachment_id == attachment_id, MaskedPicture.page == page)
        .order_by(MaskedPicture.number.desc())
        .options(
            joinedload(MaskedPicture.made_by),
            selectinload(MaskedPicture.acts).joinedload(MaskedPictureAct.by),
        )
        .execution_options(populate_existing=True)
    )
    return db.session.execute(wanted).scalars().all()


def newest_of(petition: Petition) -> Sequence[MaskedPicture]:
    """Return the newest version of each masked page of a petition, in the order of its papers."""
    last = (
        select(func.max(MaskedPicture.id))
        .where(MaskedPicture.petition_id == petition.id)
        .group_by(MaskedPicture.attachment_id, MaskedPicture.page)
    )
    wanted = (
        select(MaskedPicture)
        .where(MaskedPicture.id.in_(last))
        .order_by(MaskedPicture.attachment_id, MaskedPicture.page)
        .options(selectinload(MaskedPicture.acts))
    )
    return db.session.execute(wanted).scalars().all()


def released_of(petitions: Sequence[Petition]) -> dict[int, list[MaskedPicture]]:
    """Return the newest released picture of each page by petition id; the caller has been let see the petitions."""
    ids = [petition.id for petition in petitions if petition.is_denunciation]
    if not ids:
        return {}
    newest = {
        (row.attachment_id, row.page): row for row in db.session.execute(_released(), {"ids": ids}).scalars()
    }
    found: dict[int, list[MaskedPicture]] = {}
    for key in sorted(newest):
        found.setdefault(newest[key].petition_id, []).append(newest[key])
    return found


@cache
def _released() -> Select[MaskedPicture]:
    return (
        select(MaskedPicture)
        .join(
            MaskedPictureAct,
            (MaskedPictureAct.picture_id == MaskedPicture.id) & (MaskedPictureAct.act == RELEASED),
        )
        .where(MaskedPicture.petition_id.in_(bindparam("ids", expanding=True)))
        .order_by(MaskedPicture.number)
    )


def paper_of(petition: Petition, attachment_id: int, *, actor: Principal) -> PetitionAttachment:
    """Return a paper that can be masked, for whoever is let in. Raises NotFound."""
    let_in(petition, actor)
    row = next((a for a in petition.attachments if a.id == attachment_id), None)
    if row is None or not can_be_masked(row):
        raise NotFound
    return row


def can_be_masked(paper: PetitionAttachment) -> bool:
    """Tell whether a paper has a file that becomes a picture: JPEG, PNG, WebP, or a page of a PDF."""
    return paper.file is not None and paper.file.extension in masking.MASKABLE


def shown_picture(petition: Petition, attachment_id: int, *, page: int, actor: Principal) -> bytes:
    """Return the sealed paper as the JPEG on which boxes are drawn; that it was opened is kept.

    Raises NotFound, Invalid (page or boxes) when no picture can be made of it.
    """
    paper = paper_of(petition, attachment_id, actor=actor)
    note_opened_file(petition, attachment_id, actor=actor)
    file = _file(paper)
    try:
        return masking.shown_picture(file.extension, read_file(file), page=page)
    except masking.NotAPicture as error:
        raise _refusal(error) from None


def save_picture(
    petition: Petition, attachment_id: int, *, page: int, boxes: Sequence[Box], nothing: bool, number: int,
    actor: Principal,
) -> MaskedPicture:  # fmt: skip
    """Keep a new version of a masked page. `number` is the version it was made from, 0 for none.

    `nothing` says that the page identifies nobody as it is. Raises NotFound, Conflict when somebody else saved one
    meanwhile, Invalid (boxes or page).
    """
    paper = paper_of(petition, attachment_id, actor=actor)
    hold(petition)
    newest = next(iter(versions_of(petition, attachment_id, page)), None)
    otherwise = _("Người khác vừa lưu một bản che mới. Xem lại rồi lưu lần nữa nếu vẫn cần.")
    made_from(newest, number, otherwise=otherwise)
    _check(boxes, nothing=nothing)
    file = _file(paper)
    try:
        content = masking.masked_picture(file.extension, read_file(file), boxes, page=page)
    except masking.NotAPicture as error:
        raise _refusal(error) from None
    made = MaskedPicture(
        petition_id=petition.id, attachment_id=attachment_id, page=page, number=number + 1,
        boxes=[[box.left, box.top, box.width, box.height] for box in boxes],
        file=store_made(content, extension=masking.EXTENSION, media_type=masking.MEDIA_TYPE, actor=actor),
        made_by_id=actor.person_id, made_at=now(),
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    _record("picture.masked", petition, made, actor)
    return made


def confirm_picture(
    petition: Petition, attachment_id: int, *, page: int, number: int, actor: Principal
) -> MaskedPicture:
    """Confirm, as a second person who is let in, that the newest version identifies nobody.

    Raises NotFound, Conflict when it is no longer the newest or not a draft, NotAllowed for whoever made it.
    """
    picture = _for_act(petition, attachment_id, page, number, "draft", actor=actor)
    otherwise = _("Người che ảnh không tự xác nhận; cần một người khác được mở thông tin.")
    by_another(picture, actor, otherwise=otherwise)
    return _act(petition, picture, CONFIRMED, actor)


def release_picture(
    petition: Petition, attachment_id: int, *, page: int, number: int, actor: Principal
) -> MaskedPicture:
    """Release the newest version to whoever sees the petition, once a second person confirmed it. Raises as above."""
    return _act(
        petition, _for_act(petition, attachment_id, page, number, "confirmed", actor=actor), RELEASED, actor
    )


def picture_for(petition: Petition, picture_id: int, *, actor: Principal) -> MaskedPicture:
    """Return a masked picture to show: a released one to whoever sees the petition, another to who is let in.

    Raises NotFound.
    """
    picture = db.session.get(MaskedPicture, picture_id)
    if picture is None or picture.petition_id != petition.id:
        raise NotFound
    if picture.state != "released":
        let_in(petition, actor)
    return picture


def _file(paper: PetitionAttachment) -> StoredFile:
    if paper.file is None:
        raise NotFound
    return paper.file


def _check(boxes: Sequence[Box], *, nothing: bool) -> None:
    if len(boxes) > BOXES_MAX:
        raise Invalid(_("Nhiều nhất %(n)s ô che.", n=BOXES_MAX), field="boxes")
    if any(not _inside(box) for box in boxes):
        raise Invalid(_("Ô che nằm ngoài ảnh hoặc không có diện tích."), field="boxes")
    if not boxes and not nothing:
        raise Invalid(_("Vẽ ít nhất một ô che, hoặc xác nhận ảnh không có gì cần che."), field="boxes")
    if boxes and nothing:
        raise Invalid(_("Đã có ô che: bỏ xác nhận ảnh không có gì cần che, hoặc xoá các ô."), field="nothing")


def _inside(box: Box) -> bool:
    return 0 <= box.left < 100 and 0 <= box.top < 100 and 0 < box.width <= 100 and 0 < box.height <= 100


def _refusal(error: masking.NotAPicture) -> Invalid:
    if isinstance(error, masking.NoSuchPage):
        return Invalid(_("Tệp không có trang này."), field="page")
    if isinstance(error, masking.TooLarge):
        return Invalid(
            _("Ảnh có kích thước quá lớn để che. Hãy gõ lại nội dung vào bản trích."), field="boxes"
        )
    return Invalid(_("Không đọc được ảnh này. Hãy gõ lại nội dung vào bản trích."), field="boxes")


def _for_act(
    petition: Petition, attachment_id: int, page: int, number: int, state: str, *, actor: Principal
) -> MaskedPicture:
    paper_of(petition, attachment_id, actor=actor)
    hold(petition)
    newest = next(iter(versions_of(petition, attachment_id, page)), None)
    otherwise = _("Bản che vừa được người khác cập nhật. Xem lại rồi thực hiện lại nếu vẫn cần.")
    return waiting(newest, number, state, otherwise=otherwise)


def _act(petition: Petition, picture: MaskedPicture, act: str, actor: Principal) -> MaskedPicture:
    note(picture, MaskedPictureAct(picture_id=picture.id, act=act, by_id=actor.person_id, at=now()))
    _record(f"picture.{act}", petition, picture, actor)
    return picture


def _record(action: str, petition: Petition, picture: MaskedPicture, actor: Principal) -> None:
    record(
        action, petition, actor, picture_id=picture.id, attachment_id=picture.attachment_id, page=picture.page,
        number=picture.number,
    )  # fmt: skip
