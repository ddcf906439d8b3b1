"""Who is this: the earlier petitions of a person, for the desk and the petition officer. Denouncers never show."""

from collections.abc import Sequence

from sqlalchemy import or_, select

from app.core.db import db
from app.core.permissions import Principal
from app.core.text import clean_line, digits, fold
from complaints.access import visible_petitions
from complaints.models.parties import Party
from complaints.models.petitions import Petition, PetitionParty

NAME_MIN = 5  # shorter names match half the register


def earlier_petitions(
    principal: Principal, *, identity_number: str = "", phone: str = "", name: str = "", limit: int = 10
) -> Sequence[Petition]:
    """Return the newest petitions in clear of a person that the principal may see.

    A person is recognised by identity number or telephone, else by the folded name from its beginning. Sealed petitions
    have no party rows, so they cannot be found here.
    """
    number, tel, key = clean_line(identity_number).replace(" ", "").upper(), digits(phone), fold(name)
    who = []
    if len(number) >= 8:
        who.append(Party.identity_number == number)
    if len(tel) >= 9:
        who.append(Party.phone == tel)
    if len(key) >= NAME_MIN:
        who.append(Party.name_key.like(f"{key.replace('%', '').replace('_', '')}%"))
    if not who:
        return []
    statement = (
        select(Petition)
        .join(PetitionParty, PetitionParty.petition_id == Petition.id)
        .join(Party, Party.id == PetitionParty.party_id)
        .where(or_(*who), visible_petitions(principal))
        .order_by(Petition.id.desc())
        .limit(limit)
    )
    return db.session.execute(statement).unique().scalars().all()
