"""How a case speaks of those who denounce: 'Người tố cáo 1, 2', the same throughout the case, unlinked to any other."""

from sqlalchemy import select

from app.core.db import db
from complaints.models.cases import Case
from complaints.models.parties import IdentityHash
from complaints.models.petitions import Petition


def give_pseudonym(petition: Petition) -> None:
    """Give a number to those who denounce in a petition of a case; what has one keeps it, in clear nobody gets one.

    A single denouncer who denounces once more in the same case keeps their number: the keyed hashes tell.
    """
    if petition.case is None or petition.sealed_identity is None or petition.pseudonym_no is not None:
        return
    db.session.flush()
    # Two petitions that join a case at once wait for each other here.
    db.session.execute(select(Case.id).where(Case.id == petition.case.id).with_for_update())
    others = select(Petition.pseudonym_no, Petition.signer_count, Petition.sealed_identity_id).where(
        Petition.case_id == petition.case.id, Petition.id != petition.id, Petition.pseudonym_no.is_not(None)
    )
    taken = [
        (first or 0, count, sealed)
        for first, count, sealed in db.session.execute(others.order_by(Petition.id))
    ]
    same = _same_alone(petition, [sealed for _first, count, sealed in taken if sealed and count == 1])
    known = next((first for first, _count, sealed in taken if sealed in same), None)
    petition.pseudonym_no = known or 1 + max(
        (first + count - 1 for first, count, _sealed in taken), default=0
    )
    db.session.flush()


def _same_alone(petition: Petition, sealed_ids: list[int]) -> set[int]:
    """Return which of some identities of single denouncers tell the same person as this one's."""
    if petition.signer_count != 1:
        return set()
    mine = select(IdentityHash.digest).where(IdentityHash.sealed_identity_id == petition.sealed_identity_id)
    found = select(IdentityHash.sealed_identity_id).where(
        IdentityHash.sealed_identity_id.in_(sealed_ids), IdentityHash.digest.in_(mine)
    )
    return {petition.sealed_identity_id or 0} & set(sealed_ids) | set(db.session.scalars(found))
