"""The leak check on what leaves a denunciation: letters, notices, notes, extracts (law.md I01, I04, I05, I07, I14).

Whoever writes a letter is seldom let in to the identity, and must not be: texts are compared with keyed hashes, made
when the identity is sealed. A message says the kind and the line, never what stood there.
"""

import hmac
import logging
import os
import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.dialects.postgresql import insert

from app.core import seal
from app.core.db import db
from app.core.errors import Invalid
from app.core.seal_rotation import Sealed
from complaints.leaks import Leak, LeakKind, Named, find_leaks, marks_of
from complaints.models.cases import Case
from complaints.models.extracts import LeakMarks
from complaints.models.parties import SealedIdentity
from complaints.models.petitions import Petition
from complaints.workflow.base import FieldKind, Transition

SEALED = (
    Sealed(
        "keys_of_leak_marks", LeakMarks, LeakMarks.ciphertext, lambda row: row.context, (LeakMarks.context,)
    ),
)
_LOG = logging.getLogger(__name__)
_HASH = 16  # bytes: enough that no two texts meet by chance
_TEXTS = frozenset({FieldKind.LINE, FieldKind.TEXT})


def keep_marks(sealed_identity_id: int, people: Iterable[Named]) -> None:
    """Keep by which hashes a leak of a sealed identity is known; once is enough, for an identity never changes."""
    known = select(LeakMarks.sealed_identity_id).where(LeakMarks.sealed_identity_id == sealed_identity_id)
    if db.session.scalar(known) is not None:
        return
    key, context = os.urandom(32), f"leak-marks:{uuid.uuid4()}"
    values = {
        "sealed_identity_id": sealed_identity_id,
        "context": context,
        "ciphertext": seal.encrypt(key, context=context),
        "hashes": sorted(_hash(key, mark) for mark in marks_of(people)),
    }
    # Two who open an identity of old at once make marks of the same people: one of them is enough.
    db.session.execute(insert(LeakMarks).values(**values).on_conflict_do_nothing())


def mark_sealed_before(of: Callable[[Any], Iterable[Named]]) -> int:
    """Keep the marks of identities that were sealed before there were marks; return how many got them.

    Only the owner of the database may: the application's role reads no sealed row. `of` makes people of what a seal
    holds. An identity whose seal does not open is named in the log and left.
    """
    sealed = SealedIdentity.__table__.c
    wanted = (
        select(sealed.id, sealed.context, sealed.ciphertext)
        .where(~exists().where(LeakMarks.sealed_identity_id == sealed.id))
        .order_by(sealed.id)
    )
    done = 0
    for row in db.session.execute(wanted).all():
        try:
            people = of(seal.decrypt_json(row.ciphertext, context=row.context))
        except seal.SealError:
            _LOG.error("the seal of identity %s does not open: texts are not checked for it", row.id)
            continue
        keep_marks(row.id, people)
        done += 1
    return done


Check = Callable[[str], list[Leak]]
_Marks = list[tuple[bytes, frozenset[str]]]  # a key with the hashes under it, for each identity


def checker_of(subject: Petition | Case) -> Check:
    """Return the check of texts about a petition or case: whoever denounces in it is looked for."""
    within = select(Petition.sealed_identity_id).where(_belongs(subject))
    return _checker(_marks(LeakMarks.sealed_identity_id.in_(within)))


def strict_checker_of(petition: Petition) -> Check:
    """Return the check of what goes out of a petition. Raises Invalid when somebody in it cannot be looked for."""
    within = select(Petition.sealed_identity_id).where(_belongs(petition)).distinct()
    ids = db.session.scalars(within.where(Petition.sealed_identity_id.is_not(None))).all()
    marks = _marks(LeakMarks.sealed_identity_id.in_(ids))
    if len(marks) < len(ids):
        raise Invalid(_("Chưa kiểm tra được nội dung này có lộ người tố cáo không. Hãy báo người quản trị."))
    return _checker(marks)


def checker_of_identities(ids: Iterable[int | None]) -> Check:
    """Return the check of texts for the people of some sealed identities, as a visit has them."""
    held = {identity for identity in ids if identity is not None}
    return _checker(_marks(LeakMarks.sealed_identity_id.in_(held)) if held else [])


def _marks(which: ColumnElement[bool]) -> _Marks:
    """Return the marks whose seal opens. A lost key stops no step that the law gives days for: the log tells."""
    found: _Marks = []
    for row in db.session.scalars(select(LeakMarks).where(which)).all():
        try:
            found.append((seal.decrypt(row.ciphertext, context=row.context), frozenset(row.hashes)))
        except seal.SealError:
            _LOG.error(
                "the leak marks of identity %s do not open: a text is not checked", row.sealed_identity_id
            )
    return found


def _checker(marks: _Marks) -> Check:
    if not marks:
        return lambda _text: []
    return lambda text: find_leaks(
        text, lambda mark: any(_hash(key, mark) in hashes for key, hashes in marks)
    )


def refuse_leaks(subject: Petition | Case, transition: Transition, typed: Mapping[str, Any]) -> None:
    """Refuse a step of a denunciation whose texts give away who denounces. Raises Invalid beside the field."""
    refuse_words(subject, **texts_of(transition, typed))


def texts_of(transition: Transition, typed: Mapping[str, Any]) -> dict[str, str]:
    """Return what was typed in the free texts of a step, by field."""
    names = [spec.name for spec in transition.fields if spec.kind in _TEXTS]
    return {name: typed[name] for name in names if isinstance(typed.get(name), str) and typed[name]}


def refuse_texts(check: Check, texts: Mapping[str, str]) -> None:
    """Refuse the first of some texts that gives somebody away. Raises Invalid with its field."""
    for name, text in texts.items():
        refuse_leak(check, text, field=name)


def refuse_words(subject: Petition | Case, **texts: str) -> None:
    """Refuse texts about a denunciation, by field, that give the denouncer away. Raises Invalid with the field."""
    if any(texts.values()) and subject.is_denunciation:
        refuse_texts(checker_of(subject), texts)


def refuse_leak(check: Check, text: str, *, field: str) -> None:
    """Refuse one text that gives somebody away. Raises Invalid with the field."""
    leaks = check(text)
    if leaks:
        message = _(
            "Phần này làm lộ người tố cáo: %(what)s. Hãy viết 'người tố cáo' thay vào hoặc bỏ đi.",
            what=told(leaks, text),
        )
        raise Invalid(message, field=field)


def told(leaks: Iterable[Leak], text: str) -> str:
    """Say what was found and in which lines; never the words themselves."""
    names = {
        LeakKind.NAME: _("họ tên"),
        LeakKind.PART: _("một phần họ tên"),
        LeakKind.NUMBER: _("số giấy tờ hoặc số điện thoại"),
        LeakKind.ADDRESS: _("địa chỉ"),
    }
    several = "\n" in text
    said = [
        _("%(what)s (dòng %(n)s)", what=names[leak.kind], n=leak.line(text)) if several else names[leak.kind]
        for leak in leaks
    ]
    return ", ".join(dict.fromkeys(said))


def _belongs(subject: Petition | Case) -> ColumnElement[bool]:
    """Return which petitions a subject's texts may give away: its own, and those of the same case."""
    if isinstance(subject, Case):
        return Petition.case_id == subject.id
    if subject.case_id is None:
        return Petition.id == subject.id
    return or_(Petition.id == subject.id, Petition.case_id == subject.case_id)


def _hash(key: bytes, mark: str) -> str:
    return hmac.digest(key, mark.encode(), "sha256")[:_HASH].hex()
