"""Who is this: the earlier petitions of a person, for the desk and the petition officer. Denouncers never show."""

from collections.abc import Sequence

from sqlalchemy import or_, select

from app.core.db import db
from app.core.permissions import Principal
from app.core.text import clean_line, digits, fold
from app.organisation.models import Unit
from complaints.access import visible_petitions
from complaints.models.cases import Case
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


def answered_before(
    unit_id: int, *, identity_number: str = "", phone: str = "", field: str = "", limit: int = 5
) -> Sequence[Petition]:
    """Return the proposals of a person that the body of a unit has answered or guided in writing, newest first (F04).

    Whether a new one says anything new is for a person to judge (D154 Điều 4 khoản 1 điểm h). Only an identity number
    or a telephone number tells a person for certain; denouncers have no party rows and cannot be found.
    """
    number, tel = clean_line(identity_number).replace(" ", "").upper(), digits(phone)
    who = [Party.identity_number == number] if len(number) >= 8 else []
    who += [Party.phone == tel] if len(tel) >= 9 else []
    body = db.session.get(Unit, unit_id)
    if not who or body is None:
        return []
    senders = (
        select(PetitionParty.petition_id).join(Party, Party.id == PetitionParty.party_id).where(or_(*who))
    )
    wanted = [
        Petition.id.in_(senders),
        Petition.unit_id.in_(select(Unit.id).where(Unit.body_id == (body.body_id or body.id))),
        Petition.kind == "proposal",
        or_(Petition.state.in_(("guided", "transferred")), Case.state.in_(("answered", "transferred"))),
    ]
    if field:
        wanted.append(Petition.field == field)
    statement = select(Petition).outerjoin(Case, Case.id == Petition.case_id).where(*wanted)
    return db.session.scalars(statement.order_by(Petition.id.desc()).limit(limit)).all()


def answered_for(petition: Petition) -> Sequence[Petition]:
    """Return the earlier proposals on the same field by a sender of this one that were answered."""
    found = [
        earlier
        for line in petition.parties
        for earlier in answered_before(
            petition.unit_id, identity_number=line.party.identity_number, phone=line.party.phone,
            field=petition.field or "",
        )
        if earlier.id != petition.id and earlier.received_on <= petition.received_on
    ]  # fmt: skip
    return list(dict.fromkeys(found))
