"""Letting people in to a sealed identity: asked for and approved by a second person, for a time, revocable (I12)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import aliased

from app.core import audit
from app.core.clock import now, today
from app.core.db import db
from app.core.errors import Conflict, Invalid, NotFound
from app.core.events import publish
from app.core.permissions import Permission, Principal, Role
from app.core.seal_rotation import Sealed
from app.organisation.models import Person
from app.organisation.queries import authority_of, people_in, principal_for
from complaints.access import shut_out
from complaints.events import IdentityAsked, IdentityGranted, IdentityRefused
from complaints.models.openings import IdentityOpening, IdentityRequest
from complaints.models.parties import IdentityGrant
from complaints.models.petitions import Petition
from complaints.services.identity import (
    as_head,
    checked_words,
    competent_head,
    may_open_identity,
    seal_words,
    words_in,
)

GRANT_DAYS_MAX = 30
LINES = 50
SEALED = (
    Sealed("reasons_of_grants", IdentityGrant, IdentityGrant.ciphertext, lambda row: row.context,
           (IdentityGrant.context,)),
    Sealed("reasons_of_requests", IdentityRequest, IdentityRequest.ciphertext, lambda row: row.context,
           (IdentityRequest.context,)),
)  # fmt: skip


def ask_for_identity(
    petition: Petition, *, purpose: str, reason: str, days: int, actor: Principal
) -> IdentityRequest:
    """Ask the competent head to be let in for some calendar days.

    Raises NotFound where nothing is sealed or the work never opens seals, Invalid for a bad purpose, reason or length,
    Conflict when the actor is let in already or has asked already.
    """
    sealed = petition.sealed_identity
    if sealed is None or not actor.may(Permission.IDENTITY_OPEN):
        raise NotFound
    words = checked_words(purpose, reason)
    _check_days(days)
    if may_open_identity(actor, petition):
        raise Conflict("Bạn đã được phép mở thông tin này: không cần đề nghị.")
    if my_request(petition, actor) is not None:
        raise Conflict("Bạn đã đề nghị, đang chờ người đứng đầu quyết định.")
    context, ciphertext = seal_words("identity-request", words)
    request = IdentityRequest(
        sealed_identity_id=sealed.id, person_id=actor.person_id, purpose=purpose, days=days, context=context,
        ciphertext=ciphertext, requested_at=now(),
    )  # fmt: skip
    db.session.add(request)
    db.session.flush()
    detail = {"request_id": request.id, "purpose": purpose, "days": days}
    audit.record("identity.asked", actor=actor, subject=("petition", petition.id), detail=detail)
    publish(IdentityAsked(request.id, petition.id, tuple(p.id for p in _heads(petition))))
    return request


def decide_request(
    petition: Petition, request_id: int, *, approve: bool, days: int, download: bool, actor: Principal
) -> IdentityGrant | None:
    """Let in whoever asked, for as many days as the head says, or not. Nobody decides on their own request.

    Raises NotFound for whoever is not the competent head, Conflict when it was decided already, Invalid (days).
    """
    if petition.sealed_identity is None or not competent_head(actor, petition):
        raise NotFound
    request = db.session.scalar(
        select(IdentityRequest)
        .where(
            IdentityRequest.id == request_id,
            IdentityRequest.sealed_identity_id == petition.sealed_identity.id,
        )
        .with_for_update()
    )
    if request is None or request.person_id == actor.person_id:
        raise NotFound
    if request.decided_at is not None:
        raise Conflict("Đề nghị này đã được quyết định.")
    grant = None
    if approve:
        _check_days(days)
        words = words_in(request.context, request.ciphertext)
        grant = _let_in(petition, _Way(request.person_id, request.purpose, words, days, download), actor)
    request.decided_at, request.decided_by_id = now(), actor.person_id
    request.grant_id = grant.id if grant is not None else None
    db.session.flush()
    if grant is None:
        detail = {"request_id": request.id, "person_id": request.person_id}
        audit.record(
            "identity.not_granted",
            actor=as_head(actor, petition),
            subject=("petition", petition.id),
            detail=detail,
        )
        publish(IdentityRefused(request.id, petition.id, request.person_id))
    return grant


def grant_identity(
    petition: Petition, *, person_id: int, purpose: str, reason: str, days: int, actor: Principal,
    download: bool = False,
) -> IdentityGrant:  # fmt: skip
    """Let one other person see the sealed identity for some calendar days. Only the competent head may.

    Raises NotFound when the actor may not, Invalid for a bad purpose, reason, person or length.
    """
    if petition.sealed_identity is None or not competent_head(actor, petition):
        raise NotFound
    _check_days(days)
    words = checked_words(purpose, reason)
    if person_id == actor.person_id:
        raise Invalid("Không tự cho mình xem: việc này cần người thứ hai.", field="person_id")
    return _let_in(petition, _Way(person_id, purpose, words, days, download), actor)


@dataclass(frozen=True)
class _Way:
    """Whom a head lets in, for what, why, how long, and whether papers may be taken along."""

    person_id: int
    purpose: str
    words: str
    days: int
    download: bool


def _let_in(petition: Petition, way: _Way, actor: Principal) -> IdentityGrant:
    assert petition.sealed_identity is not None
    _check_person(petition, way.person_id)
    context, ciphertext = seal_words("identity-grant", way.words)
    grant = IdentityGrant(
        sealed_identity_id=petition.sealed_identity.id, person_id=way.person_id, granted_by_id=actor.person_id,
        purpose=way.purpose, reason="", context=context, ciphertext=ciphertext, may_download=way.download,
        granted_at=now(), expires_at=now() + timedelta(days=way.days),
    )  # fmt: skip
    db.session.add(grant)
    db.session.flush()
    detail = {
        "grant_id": grant.id,
        "person_id": way.person_id,
        "days": way.days,
        "purpose": way.purpose,
        "download": way.download,
    }
    audit.record(
        "identity.granted", actor=as_head(actor, petition), subject=("petition", petition.id), detail=detail
    )
    publish(IdentityGranted(grant.id, way.person_id, actor.person_id))
    return grant


def _check_person(petition: Petition, person_id: int) -> None:
    """Raise Invalid for who does not work here any more, and for whom the file is closed to."""
    known = principal_for(person_id, today())
    if known is None or not known.memberships:
        raise Invalid("Chọn một người đang làm việc.", field="person_id")
    if shut_out(known, petition):
        raise Invalid("Người này bị tố cáo hoặc có xung đột lợi ích trong hồ sơ này.", field="person_id")


def revoke_grant(petition: Petition, grant_id: int, *, actor: Principal) -> None:
    """End a grant now. Raises NotFound for whoever is not the competent head, Conflict when it has ended already."""
    if petition.sealed_identity is None or not competent_head(actor, petition):
        raise NotFound
    mine = IdentityGrant.sealed_identity_id == petition.sealed_identity.id
    grant = db.session.scalar(
        select(IdentityGrant).where(IdentityGrant.id == grant_id, mine).with_for_update()
    )
    if grant is None:
        raise NotFound
    if grant.revoked_at is not None or grant.expires_at <= now():
        raise Conflict("Quyền xem này đã hết.")
    grant.revoked_at, grant.revoked_by_id = now(), actor.person_id
    db.session.flush()
    detail = {"grant_id": grant.id, "person_id": grant.person_id}
    audit.record(
        "identity.revoked", actor=as_head(actor, petition), subject=("petition", petition.id), detail=detail
    )


def _check_days(days: int) -> None:
    if not 1 <= days <= GRANT_DAYS_MAX:
        raise Invalid(f"Số ngày cho xem từ 1 đến {GRANT_DAYS_MAX}.", field="days")


def _heads(petition: Petition) -> Sequence[Person]:
    unit = petition.case.unit if petition.case is not None else petition.unit
    return people_in({unit.id, authority_of(unit).id}, (Role.LEADER,), today())


def my_request(petition: Petition, actor: Principal) -> IdentityRequest | None:
    """Return the actor's own request that waits for a decision."""
    return db.session.scalar(
        select(IdentityRequest).where(
            IdentityRequest.sealed_identity_id == petition.sealed_identity_id,
            IdentityRequest.person_id == actor.person_id,
            IdentityRequest.decided_at.is_(None),
        )
    )


@dataclass(frozen=True)
class Line:
    """Who was let in, asks or has opened: for what, why (empty for whoever may not read it), and until when."""

    id: int
    person: str
    purpose: str
    words: str
    at: datetime
    until: datetime | None = None
    by: str = ""
    download: bool = False
    ended: bool = False
    days: int = 0


def waiting_requests(petition: Petition, actor: Principal) -> list[Line]:
    """Return what waits for the actor's decision; nothing for whoever is not the competent head."""
    if petition.sealed_identity_id is None or not competent_head(actor, petition):
        return []
    mine = IdentityRequest.sealed_identity_id == petition.sealed_identity_id
    wanted = select(IdentityRequest).where(
        mine, IdentityRequest.decided_at.is_(None), IdentityRequest.person_id != actor.person_id
    )
    return [
        Line(
            r.id,
            r.person.full_name,
            r.purpose,
            words_in(r.context, r.ciphertext),
            r.requested_at,
            days=r.days,
        )
        for r in db.session.scalars(wanted.order_by(IdentityRequest.id))
    ]


def grants_of(petition: Petition, actor: Principal) -> list[Line]:
    """Return who was let in, the newest first, to whoever is let in; why in words to the competent head alone."""
    if petition.sealed_identity_id is None or not may_open_identity(actor, petition):
        return []
    reads = competent_head(actor, petition)
    who, by = aliased(Person), aliased(Person)
    wanted = (
        select(IdentityGrant, who.full_name, by.full_name)
        .join(who, who.id == IdentityGrant.person_id)
        .join(by, by.id == IdentityGrant.granted_by_id)
        .where(IdentityGrant.sealed_identity_id == petition.sealed_identity_id)
    )
    return [
        Line(
            g.id, name, g.purpose or "", (g.reason or words_in(g.context, g.ciphertext)) if reads else "", g.granted_at,
            g.revoked_at or g.expires_at, head, g.may_download, g.revoked_at is not None or g.expires_at <= now(),
        )
        for g, name, head in db.session.execute(wanted.order_by(IdentityGrant.id.desc()).limit(LINES))
    ]  # fmt: skip


def openings_of(petition: Petition, actor: Principal) -> list[Line]:
    """Return who has opened it, the newest first, with their words; for the competent head alone."""
    if petition.sealed_identity_id is None or not competent_head(actor, petition):
        return []
    mine = IdentityOpening.sealed_identity_id == petition.sealed_identity_id
    wanted = select(IdentityOpening).where(mine).order_by(IdentityOpening.id.desc()).limit(LINES)
    return [
        Line(o.id, o.person.full_name, o.purpose, words_in(o.context, o.ciphertext), o.opened_at)
        for o in db.session.scalars(wanted)
    ]
