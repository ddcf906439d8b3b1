"""Tables of reception: one row of the log book a visit (Mẫu 03/TCD), and online sessions with their history."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base
from app.organisation.models import Person, Unit
from complaints.models.duties import Duty
from complaints.models.parties import Party, SealedIdentity
from complaints.models.petitions import Petition, PetitionParty
from reception.codes import GROUP_SIZE

# complaints.codes.PetitionKind; a mixed matter may hold a denunciation.
SEALED_KINDS = ("denunciation", "mixed")


# States of a visit to which somebody has to come back: the desk lists them, however many visits there were.
WAITING = ("arrived", "await_reps", "demand_proposed", "heard", "refusal_pending")


class Visit(Base):
    """One visit (lượt tiếp công dân): who came, about what, where it stands and how it ended.

    Only reception/services/moving.py writes `state` and `outcome`. `outcome` is what the log book says, None while the
    visit goes on; `version` guards against stale forms.
    """

    __tablename__ = "visits"
    __table_args__ = (
        UniqueConstraint("unit_id", "log_year", "log_no"),
        CheckConstraint("people_count >= 1", name="people_count"),
        CheckConstraint("same_matter_id <> id", name="same_matter"),
        Index("ix_visits_log_book", "unit_id", "received_on", "id"),
        Index("ix_visits_received", "received_on", "id"),
        Index("ix_visits_officer", "officer_id", "id"),
        Index("ix_visits_waiting", "unit_id", "id", postgresql_where=text(f"state IN {WAITING}")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # The log book
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))  # the body whose book it is
    log_year: Mapped[int]
    log_no: Mapped[int]
    submission_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    received_on: Mapped[date]
    recorded_at: Mapped[datetime]
    officer_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    reception: Mapped[str] = mapped_column(String(20), default="regular")  # codes.Reception (01/TCD)
    # Who
    people_count: Mapped[int] = mapped_column(default=1)  # who came; signatures stand on the petition
    representatives_appointed: Mapped[bool | None]  # for a group: whether the paper of R21 was handed in
    papers_not_shown: Mapped[bool] = mapped_column(default=False)  # came without an identity paper (R02)
    sealed_identity_id: Mapped[int | None] = mapped_column(ForeignKey("sealed_identities.id"))
    # What
    kind: Mapped[str] = mapped_column(String(30))  # complaints.codes.PetitionKind as first heard
    summary: Mapped[str] = mapped_column(Text)
    request: Mapped[str] = mapped_column(Text, default="")
    respondent: Mapped[str] = mapped_column(String(300), default="")
    respondent_level: Mapped[str] = mapped_column(String(40), default="")  # complaints.codes.RespondentLevel
    respondent_unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    earlier_body: Mapped[str] = mapped_column(String(200), default="")  # column 8
    # The first visit about the same matter, so that 01/TCD can count matters apart from visits.
    same_matter_id: Mapped[int | None] = mapped_column(ForeignKey("visits.id"), index=True)
    # Where it stands, and how it ended
    state: Mapped[str] = mapped_column(String(30), default="arrived")  # of reception/workflow/visit.py
    version: Mapped[int] = mapped_column(default=1)
    outcome: Mapped[str | None] = mapped_column(String(30))  # codes.VisitOutcome
    outcome_note: Mapped[str] = mapped_column(Text, default="")  # what was explained, answered, asked for
    directed_to: Mapped[str] = mapped_column(String(200), default="")  # guided or transferred to (10, 11)
    document_no: Mapped[str] = mapped_column(String(60), default="")  # number of the guide or transfer letter
    refusal_ground: Mapped[str | None] = mapped_column(String(10))  # complaints.codes.RefusalGround
    refusal_point: Mapped[str | None] = mapped_column(String(10))  # codes.CitedPoint: what Mẫu 01/TCD cites
    refusal_signed_on: Mapped[date | None]  # Mẫu 01/TCD, where the ground asks for it in writing (R12)
    refusal_signed_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    refusal_duty_id: Mapped[int | None] = mapped_column(
        ForeignKey("duties.id"), index=True
    )  # carries RECEP_REFUSE
    petition_id: Mapped[int | None] = mapped_column(ForeignKey("petitions.id"), index=True)
    receipt_given_at: Mapped[datetime | None]  # first time Mẫu 02/TCD was opened for printing
    note: Mapped[str] = mapped_column(Text, default="")  # column 13

    unit: Mapped[Unit] = relationship(foreign_keys=[unit_id])
    respondent_unit: Mapped[Unit | None] = relationship(foreign_keys=[respondent_unit_id])
    officer: Mapped[Person] = relationship(foreign_keys=[officer_id])
    refusal_signed_by: Mapped[Person | None] = relationship(foreign_keys=[refusal_signed_by_id])
    refusal_duty: Mapped[Duty | None] = relationship()
    petition: Mapped[Petition | None] = relationship()
    sealed_identity: Mapped[SealedIdentity | None] = relationship()
    same_matter: Mapped["Visit | None"] = relationship(remote_side=[id])
    visitors: Mapped[list["VisitParty"]] = relationship(order_by="VisitParty.id")
    items: Mapped[list["VisitItem"]] = relationship(order_by="VisitItem.id")
    entries: Mapped[list["VisitEntry"]] = relationship(order_by="VisitEntry.id")

    @property
    def number(self) -> str:
        """Return the log-book number as people say it: '12/2026/LB'."""
        return f"{self.log_no}/{self.log_year}/{self.unit.code}"

    @property
    def is_group(self) -> bool:
        """Tell whether a large group came (đoàn đông người)."""
        return self.people_count >= GROUP_SIZE

    @property
    def is_sealed(self) -> bool:
        """Tell whether who came is (or may be) a denouncer, also when that was found out only later."""
        if self.sealed_identity_id is not None or self.kind in SEALED_KINDS:
            return True
        return self.petition is not None and self.petition.is_denunciation

    @property
    def people(self) -> "list[VisitParty] | list[PetitionParty]":
        """Return who came, in clear: the senders of the petition where one was taken in. Empty under the seal."""
        if self.is_sealed:
            return []
        return self.petition.parties if self.petition is not None else self.visitors


class VisitParty(Base):
    """A person who came without leaving a petition, and whether they represent the group.

    Names stand in one place only: with a petition they are its senders, so that sealing the petition later (it turns
    out to be a denunciation) seals the visit too. A denouncer has no row here.
    """

    __tablename__ = "visit_parties"

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visits.id"), index=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("parties.id"), index=True)
    is_representative: Mapped[bool] = mapped_column(default=False)

    party: Mapped[Party] = relationship()


class VisitItem(Base):
    """One of several contents of a visit, each a petition with its own clocks (V10); the first is visits.petition."""

    __tablename__ = "visit_items"

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visits.id"), index=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"), unique=True)

    petition: Mapped[Petition] = relationship()


class VisitEntry(Base):
    """One line of a visit's history: who, when, which step, in what words. Appended; the database refuses edits."""

    __tablename__ = "visit_entries"

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visits.id"), index=True)
    at: Mapped[datetime]
    actor_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    act: Mapped[str] = mapped_column(String(40))
    transition: Mapped[str] = mapped_column(String(10), default="")  # law.md's number: 'V3'
    from_state: Mapped[str | None] = mapped_column(String(30))
    to_state: Mapped[str] = mapped_column(String(30))
    on: Mapped[date | None]
    data: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)

    actor: Mapped[Person] = relationship()


class OnlineSession(Base):
    """One online reception (tiếp công dân trực tuyến), from its proposal to its archive. It names no denouncer.

    Only reception/services/online.py writes `state`; the days of notice, test and connection are set by its steps.
    """

    __tablename__ = "online_sessions"
    __table_args__ = (
        CheckConstraint("people_count >= 1", name="people_count"),
        Index("ix_online_sessions_unit", "unit_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))  # the body at the central point
    state: Mapped[str] = mapped_column(String(30), default="proposed")
    version: Mapped[int] = mapped_column(default=1)
    kind: Mapped[str] = mapped_column(String(30))  # complaints.codes.PetitionKind
    summary: Mapped[str] = mapped_column(Text)
    people_count: Mapped[int] = mapped_column(default=1)
    points: Mapped[list[str]] = mapped_column(JSONB, default=list)  # the component connection points
    protection_requested: Mapped[bool] = mapped_column(default=False)  # of the denouncer's identity
    ground: Mapped[str | None] = mapped_column(String(20))  # codes.OnlineGround
    starts_at: Mapped[datetime | None]
    notified_on: Mapped[date | None]
    tested_on: Mapped[date | None]
    connected_at: Mapped[datetime | None]
    recording_place: Mapped[str] = mapped_column(String(300), default="")
    recording_sha256: Mapped[str] = mapped_column(String(64), default="")
    created_by_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    created_at: Mapped[datetime]
    submission_key: Mapped[str | None] = mapped_column(String(64), unique=True)

    unit: Mapped[Unit] = relationship()
    entries: Mapped[list["OnlineSessionEntry"]] = relationship(order_by="OnlineSessionEntry.id")


class OnlineSessionEntry(Base):
    """One line of an online session's history; appended, never edited (the database refuses)."""

    __tablename__ = "online_session_entries"

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("online_sessions.id"), index=True)
    at: Mapped[datetime]
    actor_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    act: Mapped[str] = mapped_column(String(40))
    from_state: Mapped[str | None] = mapped_column(String(30))
    to_state: Mapped[str] = mapped_column(String(30))
    on: Mapped[date | None]
    data: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)

    actor: Mapped[Person] = relationship()
