"""Who hears that somebody asks to be let in to a sealed identity, and what became of it; neither whose nor why."""

from app.core.db import db
from complaints.events import IdentityAsked, IdentityRefused
from complaints.models.petitions import Petition
from notifications.rules import Kind
from notifications.services import Telling, tell, who_may_hear


def identity_asked(event: IdentityAsked) -> None:
    """Tell the competent heads that somebody asks."""
    _tell(event.petition_id, event.head_ids, Kind.IDENTITY_ASKED, event.request_id)


def identity_refused(event: IdentityRefused) -> None:
    """Tell whoever asked that they were not let in."""
    _tell(event.petition_id, (event.person_id,), Kind.IDENTITY_REFUSED, event.request_id)


def _tell(petition_id: int, people: tuple[int, ...], kind: Kind, request_id: int) -> None:
    petition = db.session.get_one(Petition, petition_id)
    facts = {"number": petition.number}
    tell(
        Telling(person, kind, facts, f"/petitions/{petition_id}", f"{kind}:{request_id}:{person}")
        for person in sorted(who_may_hear(people, petition))
    )
