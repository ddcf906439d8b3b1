"""Moving what stands in clear into the seal: 'TC -> identity vault first' (X2, design consequence 16)."""

from collections.abc import Sequence

from sqlalchemy import select

from app.core.clock import now
from app.core.db import db
from app.core.events import publish
from app.core.permissions import Principal
from app.files.services import seal_stored
from complaints.codes import PetitionKind
from complaints.events import SendersSealed
from complaints.models.cases import Case
from complaints.models.parties import Party
from complaints.models.petitions import Petition, PetitionParty
from complaints.services.identity import Sender, seal_senders
from complaints.services.pseudonyms import give_pseudonym

SEALED_KINDS = frozenset({PetitionKind.DENUNCIATION.value, PetitionKind.MIXED.value})


def seal_petition(petition: Petition, actor: Principal) -> None:
    """Seal the senders of a petition, the titles of its papers, and the papers: handwriting identifies (I01)."""
    links, parties = list(petition.parties), list[Party]()
    if links:
        senders = [
            Sender(
                p.party.full_name,
                p.party.identity_number,
                p.party.phone,
                p.party.address,
                p.is_representative,
            )
            for p in links
        ]
        petition.sealed_identity = seal_senders(
            senders, actor=actor, registered_by_id=petition.registered_by_id
        )
        parties = [link.party for link in links]
        petition.parties = []
        for link in links:
            db.session.delete(link)
        db.session.flush()
    for number, paper in enumerate(petition.attachments, start=1):
        paper.title = f"Tài liệu {number}"
        if paper.file is not None:
            seal_stored(paper.file)
    if links:
        _let_go(petition, parties)
    give_pseudonym(petition)


def _let_go(petition: Petition, parties: Sequence[Party]) -> None:
    """Delete the senders in clear, also where a visit holds them; a party that another petition has stays there."""
    sealed = petition.sealed_identity
    if sealed is not None:
        publish(SendersSealed(petition.id, sealed.id, tuple(party.id for party in parties)))
    for party in parties:
        still_used = select(PetitionParty.id).where(PetitionParty.party_id == party.id).limit(1)
        if db.session.execute(still_used).first() is None:
            db.session.delete(party)


def seal_case(case: Case) -> None:
    """Seal the files of a case whose petitions turned out to be a denunciation, and hide what was written in it."""
    case.sealed_at = now()
    for number, paper in enumerate(case.attachments, start=1):
        paper.title = f"Tệp hồ sơ {number}"
        seal_stored(paper.file)
    db.session.flush()
