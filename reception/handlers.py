"""How the desk reacts to petitions: a sender who turns out to be a denouncer leaves the log book too."""

from sqlalchemy import delete, select

from app.core.db import db
from complaints.events import SendersSealed
from complaints.models.parties import Party
from complaints.models.petitions import PetitionParty
from reception.models import Visit, VisitParty


def seal_visitors(event: SendersSealed) -> None:
    """Move the visitors of the sealed parties into the same seal (design consequence 16: log book columns 3 and 4)."""
    visits = select(VisitParty.visit_id).where(VisitParty.party_id.in_(event.party_ids))
    of_petition = select(Visit.id).where(Visit.petition_id == event.petition_id)
    found = (
        db.session.execute(select(Visit).where(Visit.id.in_(visits) | Visit.id.in_(of_petition)))
        .scalars()
        .all()
    )
    for visit in found:
        visit.sealed_identity_id = event.sealed_identity_id
    db.session.flush()
    ids = [visit.id for visit in found]
    gone = select(VisitParty.party_id).where(VisitParty.visit_id.in_(ids))
    parties = set(db.session.scalars(gone)) - set(event.party_ids)
    db.session.execute(delete(VisitParty).where(VisitParty.visit_id.in_(ids)))
    # The desk may have written the person down anew at the visit: that row goes too, unless something else has it.
    db.session.execute(
        delete(Party).where(
            Party.id.in_(parties),
            Party.id.not_in(select(PetitionParty.party_id)),
            Party.id.not_in(select(VisitParty.party_id)),
        )
    )
    db.session.expire_all()
