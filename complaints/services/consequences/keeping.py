"""What becomes of a petition that is not processed: linked to an earlier one, kept a year, destroyed, withdrawn."""

from datetime import date

from sqlalchemy import func, select

from app.core import audit
from app.core.clock import now
from app.core.db import db
from app.core.errors import Invalid
from app.core.permissions import Principal
from app.files.services import destroy_stored
from complaints.access import petition_for
from complaints.models.cases import CaseAttachment
from complaints.models.history import HistoryEntry
from complaints.models.petitions import Petition, PetitionAttachment
from complaints.services.consequences.shared import Typed

# What an earlier petition has become when a new paper on the same content needs no second answer (2.3).
ANSWERED_BEFORE = ("stored", "linked", "guided", "transferred", "returned", "split_guided")


def link(petition: Petition, typed: Typed, on: date, actor: Principal) -> None:
    """Tie a new paper to the petition on the same content that was stored, guided or transferred before (X23).

    Raises NotFound for a petition that the actor may not see, Invalid for one that is no such petition.
    """
    earlier = petition_for(actor, typed["petition_id"])
    if earlier.id == petition.id or earlier.unit.body_id != petition.unit.body_id:
        raise Invalid("Chọn một đơn khác trong sổ của cơ quan mình.", field="petition_id")
    if earlier.state not in ANSWERED_BEFORE or earlier.kind != petition.kind:
        raise Invalid(
            "Chỉ gắn với đơn cùng loại đã lưu, hướng dẫn, chuyển hoặc trả lại.", field="petition_id"
        )
    if earlier.received_on > petition.received_on:
        raise Invalid("Đơn được chọn nhận sau đơn này.", field="petition_id")
    petition.linked_to_id, petition.guided_before, petition.eligible = earlier.id, True, False
    earlier.version += 1
    db.session.add(
        HistoryEntry(petition_id=earlier.id, at=now(), actor_id=actor.person_id, act="linked_from", transition="X23",
                     on=on, data={"number": petition.number})
    )  # fmt: skip


def store(petition: Petition, _typed: Typed, _on: date, _actor: Principal) -> None:
    """Note that it does not meet the conditions of processing (X3, X6, X11, X12); ground and words are in history."""
    petition.eligible = False


def destroy(petition: Petition, typed: Typed, on: date, actor: Principal) -> None:
    """Destroy the papers by the head's decision (X22); the row of the register, its history and the seal stay.

    A paper that another petition (a split one) or a case still has is kept for it.
    """
    return_originals(petition, typed, on, actor)
    gone = 0
    for paper in petition.attachments:
        if paper.file is not None and not _used_elsewhere(paper):
            destroy_stored(paper.file)
            gone += 1
    audit.record(
        "petition.papers_destroyed", actor=actor, subject=("petition", petition.id), detail={"files": gone}
    )


def _used_elsewhere(paper: PetitionAttachment) -> bool:
    others = (
        select(func.count(PetitionAttachment.id))
        .join(Petition, Petition.id == PetitionAttachment.petition_id)
        .where(
            PetitionAttachment.file_id == paper.file_id,
            Petition.id != paper.petition_id,
            Petition.state != "destroyed",
        )
    )
    in_case = select(func.count(CaseAttachment.id)).where(CaseAttachment.file_id == paper.file_id)
    return bool(db.session.execute(others).scalar_one() or db.session.execute(in_case).scalar_one())


def return_originals(petition: Petition, typed: Typed, on: date, _actor: Principal) -> None:
    """Record the day on which original papers went back to the sender (P12)."""
    if (
        typed.get("originals_returned")
        and petition.originals_attached
        and petition.originals_returned_on is None
    ):
        petition.originals_returned_on = on


def flag(petition: Petition, _typed: Typed, _on: date, _actor: Principal) -> None:
    """Mark a petition as reported to the head: complex, acute, of a crowd (X21)."""
    petition.flagged = True


def withdraw_some(petition: Petition, typed: Typed, _on: date, _actor: Principal) -> None:
    """Keep how many go on with it."""
    petition.signer_count = typed["remaining"]
