"""Registering a petition: the register row, the senders (sealed for a denunciation), and the first clocks (X1, V9)."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.core import audit
from app.core.clock import now, today
from app.core.db import db
from app.core.errors import Invalid, NotFound
from app.core.events import publish
from app.core.permissions import Permission, Principal
from app.core.text import clean_line, clean_text, fold
from app.files.models import StoredFile
from app.organisation.models import Unit
from complaints.codes import PetitionKind, statutory_field
from complaints.events import PetitionRegistered
from complaints.models.history import HistoryEntry
from complaints.models.parties import Party, SealedIdentity
from complaints.models.petitions import Petition, PetitionAttachment, PetitionParty
from complaints.services import numbering, perform
from complaints.services.clocks import refresh_due, start_clock
from complaints.services.identity import Sender, seal_senders

EARLIEST = date(2013, 1, 1)  # before the Law on Citizen Reception there is nothing to register
SEALED_KINDS = frozenset(
    {PetitionKind.DENUNCIATION, PetitionKind.MIXED}
)  # a mixed petition may hold a denunciation


@dataclass(frozen=True)
class Paper:
    """A paper handed in: its line on the receipt (Mẫu 02/TCD), and its scan where there is one."""

    title: str
    pages: int | None = None
    is_original: bool = False
    file: StoredFile | None = None


@dataclass(frozen=True)
class NewPetition:
    """What is known when a petition is registered. `kind` given means that it was classified on the spot."""

    unit_id: int
    source: str
    received_on: date
    summary: str
    senders: tuple[Sender, ...] = ()
    kind: str | None = None
    letter_date: date | None = None
    request: str = ""
    respondent: str = ""
    respondent_level: str = ""
    respondent_unit_id: int | None = None
    field: str | None = None
    signer_count: int = 1
    representatives_appointed: bool = False
    anonymous: bool = False
    earlier_body: str = ""
    forwarded_by: str = ""
    in_person: bool = False
    origin_body: str = (
        ""  # a body that is no more, to which it was sent first (law.md 9); its day of receipt stays
    )
    handover_minutes: str = ""
    papers: tuple[Paper, ...] = ()
    submission_key: str | None = None
    sealed_identity: SealedIdentity | None = None  # one seal for several contents of the same people (V10)


def register_petition(new: NewPetition, *, actor: Principal) -> Petition:
    """Put a petition in the register of a unit and start its first clocks from the day of receipt.

    The same `submission_key` again returns the petition of the first time. Raises NotFound when the actor may not
    register there, Invalid (with the field) for a date in the future, no sender, or no content (P01, P06, R09, R28).
    """
    unit = db.session.get(Unit, new.unit_id)
    if unit is None or not actor.reach(Permission.PETITION_REGISTER).covers(
        path=unit.path, body_id=unit.body_id
    ):
        raise NotFound
    if new.submission_key:
        numbering.only_one_at_a_time(new.submission_key)
        first = db.session.execute(
            select(Petition).where(Petition.submission_key == new.submission_key)
        ).scalar()
        if first is not None:
            return first
    _check(new)
    petition = _row(new, unit, actor)
    db.session.add(petition)
    _attach_senders(petition, new, actor)
    petition.attachments = [
        PetitionAttachment(
            title=_paper_title(new, n, p), pages=p.pages, is_original=p.is_original, file=p.file
        )
        for n, p in enumerate(new.papers, start=1)
    ]
    db.session.flush()
    _open_history(petition, actor)
    start_clock(petition, "PETITION_DISCIPLINE", on=new.received_on, actor=actor)
    if new.in_person:
        start_clock(petition, "RECEP_REPLY", on=new.received_on, actor=actor)
    refresh_due(petition)
    audit.record("petition.registered", actor=actor, subject=("petition", petition.id))
    publish(PetitionRegistered(petition.id))
    if new.kind is not None:
        data = {"kind": new.kind, "field": new.field, "respondent_level": new.respondent_level}
        perform.classify_on_registration(petition, actor=actor, data=data)
    return petition


def sealed_kind(kind: str | None) -> bool:
    """Tell whether the senders of a petition of this kind must be sealed."""
    return kind in SEALED_KINDS


def _check(new: NewPetition) -> None:
    if new.received_on > today():
        raise Invalid("Ngày nhận không thể ở tương lai.", field="received_on")
    if new.received_on < EARLIEST:
        raise Invalid("Ngày nhận quá xa trong quá khứ; hãy kiểm tra lại năm.", field="received_on")
    if new.letter_date is not None and new.letter_date > new.received_on:
        raise Invalid("Ngày ghi trên đơn không thể sau ngày nhận.", field="letter_date")
    if not clean_text(new.summary):
        raise Invalid("Hãy ghi tóm tắt nội dung.", field="summary")
    if not new.anonymous and not any(clean_line(s.full_name) for s in new.senders):
        raise Invalid("Hãy ghi họ tên người gửi, hoặc chọn 'đơn không ghi tên'.", field="full_name")
    if clean_line(new.handover_minutes) and not clean_line(new.origin_body):
        raise Invalid("Ghi cơ quan nhận ban đầu của hồ sơ bàn giao.", field="origin_body")
    if new.signer_count < max(1, len(new.senders)):
        raise Invalid("Số người ký không thể ít hơn số người đã ghi.", field="signer_count")


def _row(new: NewPetition, unit: Unit, actor: Principal) -> Petition:
    year = today().year
    return Petition(
        unit_id=unit.id,
        unit=unit,
        register_year=year,
        register_no=numbering.next_number(unit.id, "petition", year),
        tracking_code=numbering.new_tracking_code(),
        submission_key=new.submission_key,
        registered_by_id=actor.person_id,
        registered_at=now(),
        received_on=new.received_on,
        letter_date=new.letter_date,
        source=new.source,
        forwarded_by=clean_line(new.forwarded_by),
        in_person=new.in_person,
        anonymous=new.anonymous,
        signer_count=new.signer_count,
        representatives_appointed=new.representatives_appointed,
        summary=clean_text(new.summary),
        request=clean_text(new.request),
        respondent=clean_line(new.respondent),
        respondent_level=new.respondent_level,
        respondent_unit_id=new.respondent_unit_id,
        earlier_body=clean_line(new.earlier_body),
        origin_body=clean_line(new.origin_body)[:200],
        handover_minutes=clean_line(new.handover_minutes)[:200],
        originals_attached=any(paper.is_original for paper in new.papers),
        field=new.field,
        statutory_field=statutory_field(new.kind, new.field) if new.kind and new.field else None,
        state="registered",
        state_since=now(),
    )


def _attach_senders(petition: Petition, new: NewPetition, actor: Principal) -> None:
    if new.sealed_identity is not None:
        petition.sealed_identity = new.sealed_identity
        return
    senders = [s.tidy() for s in new.senders if clean_line(s.full_name)]
    if not senders:
        return
    if sealed_kind(new.kind):
        petition.sealed_identity = seal_senders(senders, actor=actor)
        return
    petition.parties = [
        PetitionParty(party=party_of(sender), is_representative=sender.is_representative)
        for sender in senders
    ]


def party_of(sender: Sender) -> Party:
    """Return a new party row of a sender in clear; the name's folded form serves finding."""
    return Party(
        full_name=sender.full_name[:200],
        name_key=fold(sender.full_name)[:200],
        identity_number=sender.identity_number[:20],
        phone=sender.phone[:20],
        address=sender.address[:300],
    )


def _paper_title(new: NewPetition, number: int, paper: Paper) -> str:
    """Return the paper's title; for a sealed kind a neutral one, since titles name people."""
    return (
        f"Tài liệu {number}"
        if sealed_kind(new.kind) or new.sealed_identity is not None
        else clean_line(paper.title)[:200] or f"Tài liệu {number}"
    )


def _open_history(petition: Petition, actor: Principal) -> None:
    db.session.add(
        HistoryEntry(
            petition_id=petition.id,
            at=now(),
            actor_id=actor.person_id,
            act="registered",
            transition="X1",
            to_state=petition.state,
            on=petition.received_on,
        )
    )
