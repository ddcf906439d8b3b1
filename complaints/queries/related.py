"""Petitions that belong together: split, joined in one case or linked (X23), or perhaps on the same matter."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import aliased, joinedload

from app.core.db import db
from app.core.permissions import Principal
from app.organisation.models import Unit
from complaints.access import open_to
from complaints.models.parties import Party
from complaints.models.petitions import Petition, PetitionParty
from complaints.services.consequences.keeping import ANSWERED_BEFORE

SUGGESTED, OFFERED, SHOWN = 5, 50, 50


@dataclass(frozen=True)
class Related:
    """What a petition's page shows beside it. `perhaps` is only suggested: a person says whether it is the same."""

    linked_to: Petition | None
    linked_from: Sequence[Petition]
    same_case: Sequence[Petition]
    split_from: Petition | None
    split_into: Sequence[Petition]
    perhaps: Sequence[Petition]

    def __bool__(self) -> bool:
        return bool(
            self.linked_to
            or self.linked_from
            or self.same_case
            or self.split_from
            or self.split_into
            or self.perhaps
        )


def related_to(petition: Petition, *, principal: Principal) -> Related:
    """Return the petitions beside one, in one query, and one more for suggestions while it is at the desk."""
    wanted = [Petition.split_from_id == petition.id, Petition.linked_to_id == petition.id]
    ids = [i for i in (petition.split_from_id, petition.linked_to_id) if i is not None]
    if ids:
        wanted.append(Petition.id.in_(ids))
    if petition.case_id is not None:
        wanted.append(Petition.case_id == petition.case_id)
    statement = select(Petition).where(or_(*wanted), Petition.id != petition.id, open_to(principal, Petition))
    statement = statement.limit(SHOWN)
    found = db.session.scalars(statement.options(joinedload(Petition.unit)).order_by(Petition.id)).all()
    return Related(
        linked_to=next((p for p in found if p.id == petition.linked_to_id), None),
        linked_from=[p for p in found if p.linked_to_id == petition.id],
        same_case=[p for p in found if petition.case_id is not None and p.case_id == petition.case_id],
        split_from=next((p for p in found if p.id == petition.split_from_id), None),
        split_into=[p for p in found if p.split_from_id == petition.id],
        perhaps=perhaps_the_same(petition, principal=principal) if petition.is_open else (),
    )


def perhaps_the_same(petition: Petition, *, principal: Principal) -> Sequence[Petition]:
    """Return earlier petitions of the same sender on the same respondent, newest first (2.3); sealed ones never."""
    numbers = [p.party.identity_number for p in petition.parties if p.party.identity_number]
    phones = [p.party.phone for p in petition.parties if p.party.phone]
    if petition.sealed_identity_id is not None or not (numbers or phones):
        return ()
    senders = select(PetitionParty.petition_id).join(Party, Party.id == PetitionParty.party_id)
    senders = senders.where(or_(Party.identity_number.in_(numbers), Party.phone.in_(phones)))
    statement = select(Petition).where(
        Petition.id.in_(senders),
        Petition.id != petition.id,
        Petition.id.is_distinct_from(petition.linked_to_id),
        Petition.sealed_identity_id.is_(None),
        Petition.respondent_level == petition.respondent_level,
        _same_body(petition),
        open_to(principal, Petition),
    )
    statement = statement.options(joinedload(Petition.unit)).order_by(Petition.id.desc()).limit(SUGGESTED)
    return db.session.scalars(statement).all()


def linkable(petition: Petition, *, principal: Principal) -> Sequence[Petition]:
    """Return the petitions of the same body and kind that one may be linked to (X23); the likely ones come first.

    Those of a denunciation are told by number and content alone: no sender is compared outside the seal.
    """
    likely = [p.id for p in perhaps_the_same(petition, principal=principal)]
    statement = (
        select(Petition)
        .where(
            Petition.state.in_(ANSWERED_BEFORE),
            Petition.kind == petition.kind,
            Petition.id != petition.id,
            Petition.received_on <= petition.received_on,
            _same_body(petition),
            open_to(principal, Petition),
        )
        .options(joinedload(Petition.unit))
        .order_by(Petition.id.in_(likely).desc(), Petition.id.desc())
        .limit(OFFERED)
    )
    return db.session.scalars(statement).all()


def _same_body(petition: Petition) -> ColumnElement[bool]:
    unit = aliased(Unit)
    return Petition.unit_id.in_(select(unit.id).where(unit.body_id == petition.unit.body_id))
