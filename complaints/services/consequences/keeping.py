"""What becomes of a petition that is not processed: linked to an earlier one, kept a year, destroyed, withdrawn."""

from datetime import date

from sqlalchemy import select

from app.core import audit
from app.core.clock import now
from app.core.db import db
from app.core.errors import Invalid, NotFound
from app.core.permissions import Principal
from app.files.models import StoredFile
from app.files.services import discard
from complaints.access import petition_for
from complaints.codes import IneligibleReason
from complaints.models.cases import CaseAttachment
from complaints.models.history import HistoryEntry
from complaints.models.petitions import Petition, PetitionAttachment
from complaints.services.consequences.shared import Typed

_RESOLVED = frozenset({IneligibleReason.DECIDED.value, IneligibleReason.CONCLUDED.value})
# What an earlier petition has become when a new paper on the same content needs no second answer (2.3).
ANSWERED_BEFORE = ("stored", "linked", "guided", "transferred", "returned", "split_guided")


def link(petition: Petition, typed: Typed, on: date, actor: Principal) -> None:
    """Tie a new paper to the petition on the same content that was stored, guided or transferred before (X23).

    Raises Invalid for what is no such petition, alike for one that the actor may not see.
    """
    try:
        earlier = petition_for(actor, typed["petition_id"])
    except NotFound:
        raise Invalid("Chọn một đơn khác trong sổ của cơ quan mình.", field="petition_id") from None
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


def store(petition: Petition, typed: Typed, _on: date, _actor: Principal) -> None:
    """Note that it does not meet the conditions of processing (X3, X6, X11, X12); ground and words are in history."""
    petition.eligible = False
    petition.resolved_before = typed["ground"] in _RESOLVED


def tell_referrer(petition: Petition, _typed: Typed, on: date, _actor: Principal) -> None:
    """Keep the day on which whoever sent the petition on was told its result (R10)."""
    petition.referrer_told_on = on


def destroy(petition: Petition, typed: Typed, on: date, actor: Principal) -> None:
    """Let go of the papers of a petition that was kept for its year (X22); its line in the register stays.

    A file that another petition or a case still has (items of a split petition share theirs) is left to them.
    """
    return_originals(petition, typed, on, actor)
    gone = 0
    for paper in petition.attachments:
        stored, paper.file = paper.file, None
        db.session.flush()
        if stored is not None and not _still_used(stored):
            discard(stored)
            gone += 1
    audit.record(
        "petition.papers_destroyed", actor=actor, subject=("petition", petition.id), detail={"files": gone}
    )


def _still_used(stored: StoredFile) -> bool:
    columns = (PetitionAttachment.file_id, CaseAttachment.file_id)
    return any(db.session.execute(select(c).where(c == stored.id).limit(1)).first() for c in columns)


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
