"""Those who complain in a case, by the rows of its petitions."""

from collections.abc import Collection

from sqlalchemy import select

from app.core.db import db
from complaints.models.parties import Party
from complaints.models.petitions import Petition, PetitionParty


def staying_in(case_id: int) -> list[tuple[int, str]]:
    """Return (id of the petition's party, name) of those of a case who have not withdrawn; no denouncer has a row."""
    wanted = (
        select(PetitionParty.id, Party.full_name)
        .join(Party, Party.id == PetitionParty.party_id)
        .join(Petition, Petition.id == PetitionParty.petition_id)
        .where(Petition.case_id == case_id, PetitionParty.withdrawn_on.is_(None))
        .order_by(PetitionParty.id)
    )
    return [(row.id, row.full_name) for row in db.session.execute(wanted)]


def names_of(party_ids: Collection[int]) -> list[str]:
    """Return the names of parties by the ids of their rows in petitions; rows that were sealed since have none."""
    wanted = (
        select(Party.full_name)
        .join(PetitionParty, PetitionParty.party_id == Party.id)
        .where(PetitionParty.id.in_(party_ids))
        .order_by(PetitionParty.id)
    )
    return list(db.session.execute(wanted).scalars())
