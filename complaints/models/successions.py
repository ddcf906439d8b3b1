"""Bodies that took over from others (law.md 9): who succeeds whom in what, and what was handed over by it."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base
from app.organisation.models import Person, Unit


class AuthoritySuccession(Base):
    """One row of a province's own table, from its hand-over minutes. Only its end is ever written later.

    An empty `kind` or `field` means every one. The old body is a unit of ours, or a name when it never was one.
    """

    __tablename__ = "authority_successions"
    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="validity"),
        CheckConstraint("old_unit_id IS NULL OR old_unit_id <> new_unit_id", name="two_bodies"),
        Index("ix_authority_successions_old_unit_id", "old_unit_id"),
        Index("ix_authority_successions_old_body_key", "old_body_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    old_body: Mapped[str] = mapped_column(String(200))
    old_body_key: Mapped[str] = mapped_column(String(200))  # folded: lower case, no diacritics
    old_unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    kind: Mapped[str] = mapped_column(String(30), default="")  # codes.PetitionKind
    field: Mapped[str] = mapped_column(String(40), default="")  # codes.Field
    new_unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]  # its first day of no more
    legal_basis: Mapped[str] = mapped_column(String(300))
    note: Mapped[str] = mapped_column(String(500), default="")
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    entered_at: Mapped[datetime]
    end_reason: Mapped[str] = mapped_column(String(500), default="")
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    ended_at: Mapped[datetime | None]

    old_unit: Mapped[Unit | None] = relationship(foreign_keys=[old_unit_id])
    new_unit: Mapped[Unit] = relationship(foreign_keys=[new_unit_id])
    entered_by: Mapped[Person] = relationship(foreign_keys=[entered_by_id])
    ended_by: Mapped[Person | None] = relationship(foreign_keys=[ended_by_id])

    def covers(self, day: date) -> bool:
        """Tell whether the new body has taken over by a day, and still has it."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


class HandOver(Base):
    """A petition or case that changed bodies; appended, never edited. The old register number stays here."""

    __tablename__ = "hand_overs"
    __table_args__ = (
        CheckConstraint("num_nonnulls(petition_id, case_id) = 1", name="one_subject"),
        Index("ix_hand_overs_case_id", "case_id"),
        Index("ix_hand_overs_petition_id", "petition_id"),
        Index("ix_hand_overs_from_unit_id", "from_unit_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    petition_id: Mapped[int | None] = mapped_column(ForeignKey("petitions.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    succession_id: Mapped[int] = mapped_column(ForeignKey("authority_successions.id"))
    from_unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    to_unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    old_number: Mapped[str] = mapped_column(String(40))
    new_number: Mapped[str] = mapped_column(String(40))
    minutes: Mapped[str] = mapped_column(String(200))  # number and day of the hand-over minutes
    on: Mapped[date]
    # Whether the body that handed over may go on reading: never a denunciation (I12).
    old_body_reads: Mapped[bool]
    by_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    at: Mapped[datetime]

    from_unit: Mapped[Unit] = relationship(foreign_keys=[from_unit_id])
    to_unit: Mapped[Unit] = relationship(foreign_keys=[to_unit_id])
    succession: Mapped[AuthoritySuccession] = relationship()
