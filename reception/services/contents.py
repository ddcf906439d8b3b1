"""What a visit brings into the register: one petition, or one a content when the desk takes mixed contents apart."""

from collections.abc import Sequence

from app.core.errors import Invalid
from app.core.permissions import Principal
from app.files.services import store_upload
from complaints.codes import PetitionKind, Source
from complaints.models.parties import SealedIdentity
from complaints.models.petitions import Petition
from complaints.services.identity import seal_senders
from complaints.services.registration import NewPetition, Paper, register_petition, sealed_kind
from reception.entries import Content, HandedPaper, NewVisit


def register_contents(new: NewVisit, *, actor: Principal) -> list[Petition]:
    """Register what a visit brought, each petition with its own clocks from the day of the visit; the first leads.

    Mixed contents stay under one seal, all of them: among them may be a denunciation, and one name would open the rest.
    Raises like register_petition. (V9, V10, V11, R06, R09)
    """
    papers = store_papers(new.papers, new.kind, actor)
    if not is_split(new):
        return [_register(new, Content(new.kind, new.summary), papers, actor, key=new.submission_key)]
    seal = seal_senders(new.visitors, actor=actor)
    return [
        _register(new, content, papers, actor, key=new.submission_key if at == 0 else None, seal=seal)
        for at, content in enumerate(new.contents)
    ]


def is_split(new: NewVisit) -> bool:
    """Tell whether the desk takes the contents of a visit apart."""
    return new.kind == PetitionKind.MIXED and bool(new.contents)


def store_papers(papers: Sequence[HandedPaper], kind: str | None, actor: Principal) -> tuple[Paper, ...]:
    """Store the scans, sealed for a denunciation, and return the lines of the receipt."""
    kept = []
    for paper in papers:
        file = None
        if paper.upload is not None:
            try:
                file = store_upload(paper.upload, actor=actor, sealed=sealed_kind(kind))
            except Invalid as error:
                raise Invalid(error.message, field=f"papers-{paper.row}-file") from None
        kept.append(Paper(paper.title, paper.pages, paper.is_original, file))
    return tuple(kept)


def _register(
    new: NewVisit, content: Content, papers: tuple[Paper, ...], actor: Principal, *, key: str | None,
    seal: SealedIdentity | None = None,
) -> Petition:  # fmt: skip
    return register_petition(
        NewPetition(
            unit_id=new.unit_id,
            source=Source.IN_PERSON,
            received_on=new.received_on,
            summary=content.summary,
            senders=new.visitors,
            kind=content.kind,
            letter_date=new.letter_date,
            request=new.request,
            respondent=new.respondent,
            respondent_level=new.respondent_level,
            respondent_unit_id=new.respondent_unit_id,
            field=new.field,
            signer_count=new.signer_count or new.people_count,
            representatives_appointed=bool(new.representatives_appointed),
            earlier_body=new.earlier_body,
            in_person=True,
            papers=papers,
            submission_key=key,
            sealed_identity=seal,
        ),
        actor=actor,
    )
