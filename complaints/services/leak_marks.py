"""The leak check on what leaves a denunciation: letters, notices, notes, extracts (law.md I01, I04, I05, I07, I14).

Whoever writes a letter is seldom let in to the identity, and must not be: texts are compared with keyed hashes, made
when the identity is sealed. A message says the kind and the line, never what stood there.
"""

import hmac
import os
import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import or_, select

from app.core import seal
from app.core.db import db
from app.core.errors import Invalid
from complaints.leaks import Leak, LeakKind, Named, find_leaks, marks_of
from complaints.models.cases import Case
from complaints.models.extracts import LeakMarks
from complaints.models.petitions import Petition
from complaints.workflow.base import FieldKind, Transition

_HASH = 16  # bytes: enough that no two texts meet by chance
_TEXTS = frozenset({FieldKind.LINE, FieldKind.TEXT})


def keep_marks(sealed_identity_id: int, people: Iterable[Named]) -> None:
    """Keep by which hashes a leak of a sealed identity is known; once is enough, for an identity never changes."""
    if db.session.get(LeakMarks, sealed_identity_id) is not None:
        return
    key, context = os.urandom(32), f"leak-marks:{uuid.uuid4()}"
    hashes = sorted(_hash(key, mark) for mark in marks_of(people))
    db.session.add(
        LeakMarks(
            sealed_identity_id=sealed_identity_id,
            context=context,
            ciphertext=seal.encrypt(key, context=context),
            hashes=hashes,
        )
    )
    db.session.flush()


def checker_of(subject: Petition | Case) -> Callable[[str], list[Leak]]:
    """Return the check of texts about a petition or case: whoever denounces in it is looked for."""
    identities = select(Petition.sealed_identity_id).where(_belongs(subject))
    rows = db.session.scalars(select(LeakMarks).where(LeakMarks.sealed_identity_id.in_(identities))).all()
    keys = [(seal.decrypt(row.ciphertext, context=row.context), frozenset(row.hashes)) for row in rows]
    if not keys:
        return lambda _text: []
    return lambda text: find_leaks(text, lambda mark: any(_hash(key, mark) in hashes for key, hashes in keys))


def refuse_leaks(subject: Petition | Case, transition: Transition, typed: Mapping[str, Any]) -> None:
    """Refuse a step of a denunciation whose texts give away who denounces. Raises Invalid beside the field."""
    texts = [
        (spec.name, typed[spec.name])
        for spec in transition.fields
        if spec.kind in _TEXTS and isinstance(typed.get(spec.name), str) and typed[spec.name]
    ]
    if texts and subject.is_denunciation:
        check = checker_of(subject)
        for name, text in texts:
            refuse_leak(check, text, field=name)


def refuse_words(subject: Petition | Case, text: str, *, field: str) -> None:
    """Refuse one text about a denunciation that gives the denouncer away. Raises Invalid with the field."""
    if text and subject.is_denunciation:
        refuse_leak(checker_of(subject), text, field=field)


def refuse_leak(check: Callable[[str], list[Leak]], text: str, *, field: str) -> None:
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


def _belongs(subject: Petition | Case) -> Any:
    """Return which petitions a subject's texts may give away: its own, and those of the same case."""
    if isinstance(subject, Case):
        return Petition.case_id == subject.id
    if subject.case_id is None:
        return Petition.id == subject.id
    return or_(Petition.id == subject.id, Petition.case_id == subject.case_id)


def _hash(key: bytes, mark: str) -> str:
    return hmac.digest(key, mark.encode(), "sha256")[:_HASH].hex()
