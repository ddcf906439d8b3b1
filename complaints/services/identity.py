"""The sealed identity: sealing who denounces, opening it for the few who may, letting one person in (law.md 4.5)."""

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from app.core import audit, seal
from app.core.clock import now
from app.core.db import db
from app.core.errors import Invalid, NotFound
from app.core.events import publish
from app.core.permissions import Permission, Principal
from app.core.seal_rotation import Sealed
from app.core.text import clean_line, digits
from app.organisation.models import Person
from complaints.events import IdentityGranted
from complaints.models.cases import Case
from complaints.models.parties import IdentityGrant, SealedIdentity
from complaints.models.petitions import Petition

GRANT_DAYS_MAX = 30
SEALED = (
    Sealed(
        "identities",
        SealedIdentity,
        SealedIdentity.ciphertext,
        lambda row: row.context,
        (SealedIdentity.context,),
    ),
)


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


def seal_senders(senders: Sequence[Sender], *, actor: Principal) -> SealedIdentity:
    """Encrypt who denounces in a record of its own; nothing of it is kept anywhere else (I01, I02)."""
    context = f"identity:{uuid.uuid4()}"
    plain = [asdict(sender.tidy()) for sender in senders]
    sealed = SealedIdentity(
        context=context,
        ciphertext=seal.encrypt_json(plain, context=context),
        registered_by_id=actor.person_id,
        created_at=now(),
    )
    db.session.add(sealed)
    db.session.flush()
    audit.record("identity.sealed", actor=actor, subject=("sealed_identity", sealed.id))
    return sealed


def _competent_head(actor: Principal, petition: Petition) -> bool:
    """Tell whether the actor heads the body that is to resolve: the case's, else the receiving one while unrouted."""
    reach = actor.reach(Permission.IDENTITY_GRANT)
    unit = petition.case.unit if petition.case is not None else petition.unit
    return reach.covers(path=unit.path, body_id=unit.body_id)


def _granted(actor: Principal, sealed_id: int, at: datetime) -> bool:
    statement = select(IdentityGrant.id).where(
        IdentityGrant.sealed_identity_id == sealed_id,
        IdentityGrant.person_id == actor.person_id,
        IdentityGrant.revoked_at.is_(None),
        IdentityGrant.expires_at > at,
    )
    return db.session.execute(statement.limit(1)).first() is not None


def may_open_identity(actor: Principal, petition: Petition) -> bool:
    """Tell who is let in: who registered it, the head competent to resolve it, and whom that head lets in."""
    sealed = petition.sealed_identity
    if sealed is None or not actor.may(Permission.IDENTITY_OPEN):
        return False
    if sealed.registered_by_id == actor.person_id or _competent_head(actor, petition):
        return True
    return _granted(actor, sealed.id, now())


def open_identity(petition: Petition, *, actor: Principal, reason: str) -> list[Sender]:
    """Return who denounces and leave an audit entry.

    Raises NotFound unless the actor is let in, Invalid without a reason.
    """
    if petition.sealed_identity is None or not may_open_identity(actor, petition):
        raise NotFound
    if len(clean_line(reason)) < 5:
        raise Invalid("Ghi lý do mở thông tin (ít nhất 5 ký tự).", field="reason")
    sealed = petition.sealed_identity
    audit.record(
        "identity.opened",
        actor=actor,
        subject=("petition", petition.id),
        detail={"sealed_identity_id": sealed.id},
    )
    return [Sender(**row) for row in seal.decrypt_json(sealed.ciphertext, context=sealed.context)]


def note_refusal(petition: Petition, *, actor: Principal) -> None:
    """Leave an audit entry that somebody tried to open a sealed identity and was not let in."""
    audit.record("identity.refused", actor=actor, subject=("petition", petition.id))


def note_opened_file(petition: Petition, attachment_id: int, *, actor: Principal) -> None:
    """Leave an audit entry that a paper of a denunciation was opened: handwriting identifies (I01)."""
    detail = {"attachment_id": attachment_id}
    audit.record("identity.file_opened", actor=actor, subject=("petition", petition.id), detail=detail)


def grant_identity(
    petition: Petition, *, person_id: int, reason: str, days: int, actor: Principal
) -> IdentityGrant:
    """Let one person see the sealed identity for some calendar days. Only the competent head may.

    Raises NotFound when the actor may not, Invalid for a bad reason, person or length.
    """
    if petition.sealed_identity is None or not _competent_head(actor, petition):
        raise NotFound
    if not 1 <= days <= GRANT_DAYS_MAX:
        raise Invalid(f"Số ngày cho xem từ 1 đến {GRANT_DAYS_MAX}.", field="days")
    if len(clean_line(reason)) < 5:
        raise Invalid("Ghi lý do cho xem (ít nhất 5 ký tự).", field="reason")
    person = db.session.get(Person, person_id)
    if person is None or not person.is_active:
        raise Invalid("Chọn một người đang làm việc.", field="person_id")
    grant = IdentityGrant(
        sealed_identity_id=petition.sealed_identity.id,
        person_id=person_id,
        granted_by_id=actor.person_id,
        reason=clean_line(reason)[:500],
        granted_at=now(),
        expires_at=now() + timedelta(days=days),
    )
    db.session.add(grant)
    db.session.flush()
    audit.record(
        "identity.granted",
        actor=actor,
        subject=("petition", petition.id),
        detail={"grant_id": grant.id, "person_id": person_id, "days": days},
    )
    publish(IdentityGranted(grant.id, person_id, actor.person_id))
    return grant


def petitions_of(case: Case) -> Sequence[Petition]:
    """Return the petitions that a case answers, in the order of receipt."""
    statement = (
        select(Petition).where(Petition.case_id == case.id).order_by(Petition.received_on, Petition.id)
    )
    return db.session.execute(statement).scalars().all()
