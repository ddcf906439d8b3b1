"""Tables of the reception desk: one row of the log book a visit (Mẫu 03/TCD)."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base
from app.organisation.models import Person, Unit
from complaints.models.parties import Party, SealedIdentity
from complaints.models.petitions import Petition


class Visit(Base):
    """One visit (lượt tiếp công dân): who came, about what, and how it ended."""

    __tablename__ = "visits"
    __table_args__ = (
        UniqueConstraint("unit_id", "log_year", "log_no"),
        CheckConstraint("people_count >= 1", name="people_count"),
        Index("ix_visits_log_book", "unit_id", "received_on", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    log_year: Mapped[int]
    log_no: Mapped[int]
    submission_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    received_on: Mapped[date]
    recorded_at: Mapped[datetime]
    officer_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    reception: Mapped[str] = mapped_column(String(20), default="regular")  # regular / head / delegate (01/TCD)
    people_count: Mapped[int] = mapped_column(default=1)
    sealed_identity_id: Mapped[int | None] = mapped_column(ForeignKey("sealed_identities.id"))
    kind: Mapped[str] = mapped_column(String(30))  # codes.PetitionKind as first heard
    summary: Mapped[str] = mapped_column(Text)
    request: Mapped[str] = mapped_column(Text, default="")
    earlier_body: Mapped[str] = mapped_column(String(200), default="")
    outcome: Mapped[str] = mapped_column(String(30))  # reception outcomes of law.md 7.1
    outcome_note: Mapped[str] = mapped_column(Text, default="")
    refusal_ground: Mapped[str | None] = mapped_column(String(10))  # codes.RefusalGround
    petition_id: Mapped[int | None] = mapped_column(ForeignKey("petitions.id"), index=True)

    unit: Mapped[Unit] = relationship()
    officer: Mapped[Person] = relationship()
    petition: Mapped[Petition | None] = relationship()
    sealed_identity: Mapped[SealedIdentity | None] = relationship()
    visitors: Mapped[list["VisitParty"]] = relationship(order_by="VisitParty.id")

    @property
    def is_group(self) -> bool:
        """Tell whether a large group came (đoàn đông người: five people or more)."""
        return self.people_count >= 5


class VisitParty(Base):
    """A person who came, and whether they represent the group. A denouncer has no row here."""

    __tablename__ = "visit_parties"

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visits.id"), index=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("parties.id"), index=True)
    is_representative: Mapped[bool] = mapped_column(default=False)

    party: Mapped[Party] = relationship()
