"""Extracts of a denunciation (bản trích, law.md I04): what verifiers read instead of the petition and its papers.

Someone who is let in to the identity types it, a second one confirms that it identifies nobody, then it may be
released. Every version is kept; whoever sees the petition reads the newest released one.
"""

from collections.abc import Sequence
from functools import cache

from flask_babel import gettext as _
from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import joinedload, selectinload

from app.core.clock import now
from app.core.db import db
from app.core.errors import Invalid
from app.core.permissions import Principal
from app.core.text import clean_text
from complaints.leaks import masked
from complaints.models.extracts import CONFIRMED, RELEASED, Extract, ExtractAct
from complaints.models.petitions import Petition
from complaints.services.leak_marks import checker_of, refuse_leak, strict_checker_of
from complaints.services.two_people import by_another, hold, let_in, made_from, note, record, waiting

TEXT_MAX = 20_000
TEXT_MIN = 20


def versions_of(petition: Petition) -> Sequence[Extract]:
    """Return all versions of a petition's extract, the newest first, with what became of each."""
    wanted = (
        select(Extract)
        .where(Extract.petition_id == petition.id)
        .order_by(Extract.number.desc())
        .options(joinedload(Extract.made_by), selectinload(Extract.acts).joinedload(ExtractAct.by))
        .execution_options(populate_existing=True)
    )
    return db.session.execute(wanted).scalars().all()


def released_of(petitions: Sequence[Petition]) -> dict[int, Extract]:
    """Return the newest released extract by petition id; the caller has been let see the petitions."""
    ids = [petition.id for petition in petitions if petition.is_denunciation]
    if not ids:
        return {}
    rows = db.session.execute(_released(), {"ids": ids}).unique().scalars()
    return {row.petition_id: row for row in rows}


@cache
def _released() -> Select[Extract]:
    return (
        select(Extract)
        .join(ExtractAct, (ExtractAct.extract_id == Extract.id) & (ExtractAct.act == RELEASED))
        .where(Extract.petition_id.in_(bindparam("ids", expanding=True)))
        .order_by(Extract.number)
        .options(joinedload(Extract.acts))
    )


def first_text(petition: Petition, versions: Sequence[Extract]) -> str:
    """Return what the editor begins with: the newest version, else the petition's words, masked where they leak."""
    if versions:
        return versions[0].text
    text = "\n\n".join(part for part in (petition.summary, petition.request) if part)
    return masked(text, checker_of(petition)(text), name=_("[người tố cáo]"), other=_("[đã che]"))


def open_editor(petition: Petition, *, actor: Principal) -> None:
    """Keep that somebody opened the editor, beside which the papers as handed in lie. Raises NotFound."""
    let_in(petition, actor)
    record("extract.opened", petition, actor)


def save_extract(petition: Petition, text: str, *, actor: Principal, number: int) -> Extract:
    """Keep a new version. `number` is the version it was made from, 0 for none.

    Raises NotFound for who is not let in, Conflict when somebody else saved one meanwhile, Invalid (text) for an empty
    or too long text, or one that gives the denouncer away.
    """
    newest = _newest(petition, actor)
    otherwise = _("Người khác vừa lưu một bản trích mới. Xem lại rồi lưu lần nữa nếu vẫn cần.")
    made_from(newest, number, otherwise=otherwise)
    words = _checked(petition, text)
    if newest is not None and newest.text == words:
        raise Invalid(_("Bản trích chưa có gì thay đổi."), field="text")
    made = Extract(
        petition_id=petition.id, number=number + 1, text=words, made_by_id=actor.person_id, made_at=now()
    )
    db.session.add(made)
    db.session.flush()
    record("extract.saved", petition, actor, extract_id=made.id, number=made.number)
    return made


def confirm_extract(petition: Petition, *, actor: Principal, number: int) -> Extract:
    """Confirm, as a second person who is let in, that the newest version identifies nobody.

    Raises NotFound, Conflict when it is no longer the newest or not a draft, NotAllowed for whoever made it, Invalid
    when the check finds something after all.
    """
    extract = _for_act(petition, actor, number, "draft")
    otherwise = _("Người làm bản trích không tự xác nhận; cần một người khác được mở thông tin.")
    by_another(extract, actor, otherwise=otherwise)
    return _act(petition, extract, CONFIRMED, actor)


def release_extract(petition: Petition, *, actor: Principal, number: int) -> Extract:
    """Release the newest version to whoever sees the petition, once a second person confirmed it. Raises as above."""
    return _act(petition, _for_act(petition, actor, number, "confirmed"), RELEASED, actor)


def _newest(petition: Petition, actor: Principal) -> Extract | None:
    let_in(petition, actor)
    hold(petition)
    return next(iter(versions_of(petition)), None)


def _checked(petition: Petition, text: str) -> str:
    words = clean_text(text)
    if len(words) < TEXT_MIN:
        raise Invalid(_("Ghi nội dung bản trích (ít nhất %(n)s ký tự).", n=TEXT_MIN), field="text")
    if len(words) > TEXT_MAX:
        raise Invalid(
            _("Dài %(length)s ký tự, nhiều nhất %(most)s.", length=len(words), most=TEXT_MAX), field="text"
        )
    refuse_leak(strict_checker_of(petition), words, field="text")
    return words


def _for_act(petition: Petition, actor: Principal, number: int, state: str) -> Extract:
    otherwise = _("Bản trích vừa được người khác cập nhật. Xem lại rồi thực hiện lại nếu vẫn cần.")
    extract = waiting(_newest(petition, actor), number, state, otherwise=otherwise)
    refuse_leak(strict_checker_of(petition), extract.text, field="text")
    return extract


def _act(petition: Petition, extract: Extract, act: str, actor: Principal) -> Extract:
    note(extract, ExtractAct(extract_id=extract.id, act=act, by_id=actor.person_id, at=now()))
    record(f"extract.{act}", petition, actor, extract_id=extract.id, number=extract.number)
    return extract
