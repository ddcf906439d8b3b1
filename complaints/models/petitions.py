"""The petition (đơn): one letter or recorded statement, whatever it asks for."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base
from app.files.models import StoredFile
from app.organisation.models import Person, Unit
from complaints.models.cases import Case
from complaints.models.parties import Party, SealedIdentity
from complaints.models.shared import MovedByWorkflow
from complaints.rulebook.figures import newest

GROUP_FROM = newest("GROUP_FROM").number  # signers of a large group (đoàn đông người, reports.md 01/TCD)


def petition_number(register_no: int, register_year: int, unit_code: str) -> str:
    """Return a register number as people say it: 'Đ-12/2026/LB'."""
    return f"Đ-{register_no}/{register_year}/{unit_code}"


class Petition(MovedByWorkflow, Base):
    """One petition in the register of the unit that received it."""

    __tablename__ = "petitions"
    __table_args__ = (
        UniqueConstraint("unit_id", "register_year", "register_no"),
        CheckConstraint("signer_count >= 1", name="signer_count"),
        Index("ix_petitions_inbox", "unit_id", "next_due_on", "id", postgresql_where=text("is_open")),
        Index(
            "ix_petitions_inbox_state",
            "unit_id",
            "state",
            "next_due_on",
            "id",
            postgresql_where=text("is_open"),
        ),
        Index("ix_petitions_due", "next_due_on", "id", postgresql_where=text("is_open")),
        Index("ix_petitions_register", "unit_id", "id"),
        Index("ix_petitions_received", "unit_id", "received_on", "id"),
        Index("ix_petitions_registered_by", "registered_by_id", "id"),  # what I registered last, at the desk
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # The register
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))  # the body in whose register it stands
    register_year: Mapped[int]
    register_no: Mapped[int]
    tracking_code: Mapped[str] = mapped_column(String(16), unique=True)
    submission_key: Mapped[str | None] = mapped_column(
        String(64), unique=True
    )  # one form sent twice is one petition
    registered_by_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    registered_at: Mapped[datetime]
    received_on: Mapped[date]
    letter_date: Mapped[date | None]
    source: Mapped[str] = mapped_column(String(30))  # codes.Source
    forwarded_by: Mapped[str] = mapped_column(String(200), default="")
    in_person: Mapped[bool] = mapped_column(default=False)
    # Who
    sealed_identity_id: Mapped[int | None] = mapped_column(ForeignKey("sealed_identities.id"), index=True)
    anonymous: Mapped[bool] = mapped_column(default=False)
    signer_count: Mapped[int] = mapped_column(default=1)
    representatives_appointed: Mapped[bool] = mapped_column(default=False)  # paper signed by all (R21)
    # What
    summary: Mapped[str] = mapped_column(Text)
    request: Mapped[str] = mapped_column(Text, default="")
    respondent: Mapped[str] = mapped_column(String(300), default="")
    respondent_level: Mapped[str] = mapped_column(String(40), default="")  # codes.RespondentLevel
    respondent_unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    earlier_body: Mapped[str] = mapped_column(
        String(200), default=""
    )  # who has already resolved (log book column 8)
    originals_attached: Mapped[bool] = mapped_column(default=False)
    originals_returned_on: Mapped[date | None]  # P12
    # Where it came from before: a body that is no more, and the minutes by which it was handed over (law.md 9)
    origin_body: Mapped[str] = mapped_column(String(200), default="")
    handover_minutes: Mapped[str] = mapped_column(String(200), default="")
    # Classification and eligibility
    kind: Mapped[str | None] = mapped_column(String(30))  # codes.PetitionKind
    field: Mapped[str | None] = mapped_column(String(40))  # codes.Field
    statutory_field: Mapped[str | None] = mapped_column(String(40))  # reports.md's word, suggested from field
    instance: Mapped[str | None] = mapped_column(String(20))  # codes.Instance
    disciplinary: Mapped[bool] = mapped_column(
        default=False
    )  # a complaint about a decision of discipline (K01-K10)
    dismissal: Mapped[bool] = mapped_column(default=False)
    eligible: Mapped[bool | None]
    conditions: Mapped[dict[str, bool] | None] = mapped_column(
        JSONB
    )  # P03 as a person found it: eligibility's code -> met
    overdue_claim: Mapped[bool] = mapped_column(default=False)  # continued: a subordinate let the limit pass
    flagged: Mapped[bool] = mapped_column(default=False)  # reported to the head as complex, a crowd (P21)
    has_evidence: Mapped[bool] = mapped_column(default=False)
    guided_before: Mapped[bool] = mapped_column(default=False)
    in_jurisdiction: Mapped[bool | None]
    competent_body: Mapped[str | None] = mapped_column(String(60))  # routing's code, confirmed by a person
    competent_unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    # Outcome
    outcome: Mapped[str | None] = mapped_column(String(40))
    processed_on: Mapped[date | None]
    resolved_before: Mapped[bool] = mapped_column(
        default=False
    )  # stored as decided or concluded already (P16)
    referrer_told_on: Mapped[date | None]  # R10
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    pseudonym_no: Mapped[int | None]  # of its first denouncer within the case: 'Người tố cáo 2'
    split_from_id: Mapped[int | None] = mapped_column(ForeignKey("petitions.id"), index=True)
    linked_to_id: Mapped[int | None] = mapped_column(ForeignKey("petitions.id"), index=True)  # X23

    unit: Mapped[Unit] = relationship(foreign_keys=[unit_id])
    competent_unit: Mapped[Unit | None] = relationship(foreign_keys=[competent_unit_id])
    respondent_unit: Mapped[Unit | None] = relationship(foreign_keys=[respondent_unit_id])
    registered_by: Mapped[Person] = relationship(foreign_keys=[registered_by_id])
    handler: Mapped[Person | None] = relationship(foreign_keys="Petition.handler_id")
    sealed_identity: Mapped[SealedIdentity | None] = relationship()
    case: Mapped[Case | None] = relationship()
    parties: Mapped[list["PetitionParty"]] = relationship(order_by="PetitionParty.id")
    attachments: Mapped[list["PetitionAttachment"]] = relationship(order_by="PetitionAttachment.id")

    @property
    def pseudonyms(self) -> str:
        """Return the numbers under which the case speaks of those who denounce: '2', '3-5', '' outside a case."""
        if self.pseudonym_no is None or self.case_id is None or not self.is_denunciation:
            return ""
        last = self.pseudonym_no + self.signer_count - 1
        return str(last) if self.signer_count == 1 else f"{self.pseudonym_no}-{last}"

    @property
    def number(self) -> str:
        """Return the register number as people say it: 'Đ-12/2026/LB'."""
        return petition_number(self.register_no, self.register_year, self.unit.code)

    @property
    def is_denunciation(self) -> bool:
        """Tell whether the sender is (or may be) a denouncer, whose identity is sealed."""
        return self.sealed_identity_id is not None or self.kind == "denunciation"

    @property
    def is_group(self) -> bool:
        """Tell whether it is a large group's (đoàn đông người: five people or more, reports.md 01/TCD)."""
        return self.signer_count >= GROUP_FROM

    @property
    def senders(self) -> tuple[str, ...]:
        """Return the names of the senders in clear; a denouncer has none."""
        return () if self.is_denunciation else tuple(line.party.full_name for line in self.parties)


class PetitionParty(Base):
    """A sender of a petition, and whether they represent the others."""

    __tablename__ = "petition_parties"

    id: Mapped[int] = mapped_column(primary_key=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"), index=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("parties.id"), index=True)
    is_representative: Mapped[bool] = mapped_column(default=False)
    withdrawn_on: Mapped[date | None]  # no longer one of the complainants (C28); the row is kept

    party: Mapped[Party] = relationship()


class PetitionAttachment(Base):
    """A paper handed in with a petition (column of the receipt, Mẫu 02/TCD), with its file where it was scanned."""

    __tablename__ = "petition_attachments"

    id: Mapped[int] = mapped_column(primary_key=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"), index=True)
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))
    title: Mapped[str] = mapped_column(String(200))
    pages: Mapped[int | None]
    is_original: Mapped[bool] = mapped_column(default=False)

    file: Mapped[StoredFile | None] = relationship()


class RegisterCounter(Base):
    """The last number given in a register of a unit in a year; locked while the next is taken, so no gaps arise."""

    __tablename__ = "register_counters"

    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True)
    register: Mapped[str] = mapped_column(String(20), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last_no: Mapped[int]


class Competence(Base):
    """A proposal of who is competent, as shown to the person who confirmed or changed it."""

    __tablename__ = "competence_proposals"

    id: Mapped[int] = mapped_column(primary_key=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"), index=True)
    proposed_at: Mapped[datetime]
    proposal: Mapped[dict[str, Any]] = mapped_column(JSONB)
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    confirmed_at: Mapped[datetime | None]
    changed_reason: Mapped[str] = mapped_column(Text, default="")
