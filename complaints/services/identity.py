"""The sealed identity: sealing who denounces, opening it for the few who may, letting one person in (law.md 4.5)."""

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.core import audit, seal, wall
from app.core.clock import now, today
from app.core.db import db, in_unit_of_work
from app.core.errors import Invalid, NotFound
from app.core.events import publish
from app.core.permissions import Permission, Principal
from app.core.text import clean_line, digits
from app.core.wall import Opening
from app.organisation.models import Person
from app.organisation.queries import principal_for
from complaints.access import acting, shut_out
from complaints.events import IdentityGranted
from complaints.models.cases import Case
from complaints.models.parties import IdentityGrant, SealedIdentity
from complaints.models.petitions import Petition
from complaints.services import leak_marks

GRANT_DAYS_MAX = 30


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
    )
    db.session.add(sealed)
    db.session.flush()
    leak_marks.keep_marks(sealed.id, senders)
    audit.record("identity.sealed", actor=actor, subject=("sealed_identity", sealed.id))
    return sealed


def _competent_head(actor: Principal, petition: Petition) -> bool:
    """Tell whether the actor heads the body that is to resolve: the case's, else the receiving one while unrouted."""
    if shut_out(actor, petition):
        return False
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
    if sealed is None or shut_out(actor, petition) or not actor.may(Permission.IDENTITY_OPEN):
        return False
    if sealed.registered_by_id == actor.person_id or _competent_head(actor, petition):
        return True
    return _granted(actor, sealed.id, now())


def open_identity(petition: Petition, *, actor: Principal, reason: str, purpose: str = "look") -> Opening:
    """Have the database keep that somebody opens the identity; `opened_senders` gives it once this is committed.

    Raises NotFound unless the actor is let in, Invalid without a reason.
    """
    if petition.sealed_identity is None or not may_open_identity(actor, petition):
        raise NotFound
    if len(clean_line(reason)) < 5:
        raise Invalid("Ghi lý do mở thông tin (ít nhất 5 ký tự).", field="reason")
    sealed = petition.sealed_identity
    return wall.begin(
        "identity.opened",
        actor=acting(actor, Permission.IDENTITY_GRANT, petition) or actor,
        subject=("petition", petition.id),
        purpose=purpose,
        detail={"sealed_identity_id": sealed.id},
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
    known = principal_for(person_id, today())
    if known is None or not known.memberships:
        raise Invalid("Chọn một người đang làm việc.", field="person_id")
    if shut_out(known, petition):
        raise Invalid("Người này bị tố cáo hoặc có xung đột lợi ích trong hồ sơ này.", field="person_id")
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
