"""The sealed identity: sealing who denounces, opening it for the few who may, letting one person in (law.md 4.5)."""

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select

from app.core import audit, seal, wall
from app.core.clock import now
from app.core.db import db, in_unit_of_work
from app.core.errors import Invalid, NotFound
from app.core.permissions import Permission, Principal
from app.core.seal_rotation import Sealed
from app.core.text import clean_line, digits
from app.core.wall import Opening
from complaints.access import acting, shut_out
from complaints.codes_identity import OpeningPurpose
from complaints.models.cases import Case
from complaints.models.openings import IdentityOpening
from complaints.models.parties import IdentityGrant, SealedIdentity
from complaints.models.petitions import Petition
from complaints.services import leak_marks
from complaints.services.identity_hashes import note_hashes

SEALED = (
    Sealed("identities", SealedIdentity, SealedIdentity.ciphertext, lambda row: row.context,
           (SealedIdentity.context,)),
    Sealed("reasons_of_openings", IdentityOpening, IdentityOpening.ciphertext, lambda row: row.context,
           (IdentityOpening.context,)),
)  # fmt: skip


@dataclass(frozen=True)
class Sender:
    """Who sends a petition, as typed at the desk."""

    full_name: str
    identity_number: str = ""
    phone: str = ""
    address: str = ""
    is_representative: bool = False

    def tidy(self) -> "Sender":
        """Return the sender with clean text: NFC, single spaces, digits only in the telephone number."""
        return Sender(
            clean_line(self.full_name),
            clean_line(self.identity_number).replace(" ", "").upper(),
            digits(self.phone),
            clean_line(self.address),
            self.is_representative,
        )


def seal_senders(
    senders: Sequence[Sender], *, actor: Principal, registered_by_id: int | None = None
) -> SealedIdentity:
    """Encrypt who denounces in a record of its own; nothing of it is kept anywhere else (I01, I02).

    Whoever registered the petition (by default the actor) keeps the right to see whom they registered.
    """
    context = f"identity:{uuid.uuid4()}"
    plain = [asdict(sender.tidy()) for sender in senders]
    sealed = SealedIdentity(
        context=context,
        ciphertext=seal.encrypt_json(plain, context=context),
        registered_by_id=registered_by_id or actor.person_id,
        created_at=now(),
        hashed_under=seal.keys()[0].key_id,
    )
    db.session.add(sealed)
    db.session.flush()
    note_hashes(sealed.id, plain)
    leak_marks.keep_marks(sealed.id, senders)
    audit.record("identity.sealed", actor=actor, subject=("sealed_identity", sealed.id))
    return sealed


def competent_head(actor: Principal, petition: Petition) -> bool:
    """Tell whether the actor heads the body that is to resolve: the case's, else the receiving one while unrouted."""
    if shut_out(actor, petition):
        return False
    unit = petition.case.unit if petition.case is not None else petition.unit
    return any(
        hat.own_reach(Permission.IDENTITY_GRANT).covers(path=unit.path, body_id=unit.body_id)
        for hat in actor.hats
        if hat is actor or not shut_out(hat, petition)
    )


def _granted(actor: Principal, sealed_id: int, *, download: bool) -> bool:
    statement = select(IdentityGrant.id).where(
        IdentityGrant.sealed_identity_id == sealed_id,
        IdentityGrant.person_id == actor.person_id,
        IdentityGrant.granted_by_id != actor.person_id,
        IdentityGrant.revoked_at.is_(None),
        IdentityGrant.expires_at > now(),
    )
    if download:
        statement = statement.where(IdentityGrant.may_download)
    return db.session.execute(statement.limit(1)).first() is not None


def may_open_identity(actor: Principal, petition: Petition) -> bool:
    """Tell who is let in: who registered it, the head competent to resolve it, and whom that head lets in."""
    return _let_in(actor, petition, download=False)


def may_download(actor: Principal, petition: Petition) -> bool:
    """Tell who may take the sealed papers along or print: who is let in by law, and whom the head lets do it."""
    return _let_in(actor, petition, download=True)


def _let_in(actor: Principal, petition: Petition, *, download: bool) -> bool:
    sealed = petition.sealed_identity
    if sealed is None or shut_out(actor, petition) or not actor.may(Permission.IDENTITY_OPEN):
        return False
    by_law = sealed.registered_by_id == actor.person_id or competent_head(actor, petition)
    return by_law or _granted(actor, sealed.id, download=download)


def as_head(actor: Principal, petition: Petition) -> Principal:
    """Return the actor as the record names them: on behalf of the head who is away, where they stand in."""
    return acting(actor, Permission.IDENTITY_GRANT, petition) or actor


def open_identity(petition: Petition, *, actor: Principal, purpose: str, reason: str) -> Opening:
    """Have the database keep that somebody opens the identity; `opened_senders` gives it once this is committed.

    The purpose stands in the record, the words under the seal: they may name people. Raises NotFound unless the actor
    is let in, Invalid (purpose, reason) without a purpose of the list or words.
    """
    sealed = petition.sealed_identity
    if sealed is None or not may_open_identity(actor, petition):
        raise NotFound
    words = checked_words(purpose, reason)
    return wall.begin(
        "identity.opened",
        actor=as_head(actor, petition),
        subject=("petition", petition.id),
        purpose=purpose,
        detail={"sealed_identity_id": sealed.id},
        words=seal_words("identity-opening", words),
    )


def opened_senders(opening: Opening) -> list[Sender]:
    """Return who denounces, for an opening that was committed less than a minute ago. Raises NotFound.

    In a unit of work it also keeps the leak marks of an identity that has none.
    """
    found: list[Sender] = []
    for row in wall.read(opening):
        senders = senders_in(seal.decrypt_json(row.ciphertext, context=row.context))
        if in_unit_of_work():
            leak_marks.keep_marks(row.row_id, senders)
        found += senders
    return found


def senders_in(opened: list[dict[str, Any]]) -> list[Sender]:
    """Return whom an opened seal holds."""
    return [Sender(**sender) for sender in opened]


def mark_sealed_before() -> int:
    """Keep the leak marks of who was sealed before there were marks, as the owner of the database; return how many."""
    return leak_marks.mark_sealed_before(senders_in)


def checked_words(purpose: str, reason: str) -> str:
    """Return the words for an opening, clean. Raises Invalid (purpose, reason)."""
    if purpose not in set(OpeningPurpose):
        raise Invalid("Chọn mục đích mở thông tin.", field="purpose")
    words = clean_line(reason)[:500]
    if len(words) < 5:
        raise Invalid("Ghi lý do mở thông tin (ít nhất 5 ký tự).", field="reason")
    return words


def seal_words(kind: str, words: str) -> tuple[str, bytes]:
    """Return the context and the ciphertext of words that may name people."""
    context = f"{kind}:{uuid.uuid4()}"
    return context, seal.encrypt(words.encode(), context=context)


def words_in(context: str | None, ciphertext: bytes | None) -> str:
    """Return sealed words; the reader is asked about before. Raises SealError."""
    if context is None or ciphertext is None:
        return ""
    return seal.decrypt(ciphertext, context=context).decode()


def show_numbers(petition: Petition, *, actor: Principal) -> None:
    """Keep that somebody has the senders' numbers shown whole (R03). Raises NotFound for what is sealed."""
    if petition.is_denunciation:
        raise NotFound
    audit.record("petition.numbers_shown", actor=actor, subject=("petition", petition.id))


def note_refusal(petition: Petition, *, actor: Principal) -> None:
    """Leave an audit entry that somebody tried to open a sealed identity and was not let in."""
    audit.record("identity.refused", actor=actor, subject=("petition", petition.id))


def note_opened_file(petition: Petition, attachment_id: int, *, actor: Principal) -> None:
    """Leave an audit entry that a paper of a denunciation was opened: handwriting identifies (I01)."""
    detail = {"attachment_id": attachment_id}
    audit.record("identity.file_opened", actor=actor, subject=("petition", petition.id), detail=detail)


def petitions_of(case: Case) -> Sequence[Petition]:
    """Return the petitions that a case answers, in the order of receipt."""
    statement = (
        select(Petition).where(Petition.case_id == case.id).order_by(Petition.received_on, Petition.id)
    )
    return db.session.execute(statement).scalars().all()
