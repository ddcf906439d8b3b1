"""Who must not know of a petition or case, or work on it: the denounced, and whoever is in conflict (I12)."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base
from app.organisation.models import Person, Unit


class Ground(StrEnum):
    """Why somebody is kept from a file."""

    DECLARED = "declared"  # a conflict of interest that somebody has declared
    DENOUNCED = "denounced"  # one of ours whom the denunciation is about, and their unit


class Conflict(Base):
    """A reason why a person, or a unit, is kept from a petition or case; appended, never edited (the database refuses).

    A row with `ends_id` ends the row that it names. A person and a unit in one row: the denounced and where they sit.
    """

    __tablename__ = "conflicts"
    __table_args__ = (
        CheckConstraint("num_nonnulls(petition_id, case_id) = 1", name="one_subject"),
        CheckConstraint("num_nonnulls(person_id, unit_id, ends_id) >= 1", name="somebody"),
        Index("ix_conflicts_petition", "petition_id", postgresql_where=text("petition_id IS NOT NULL")),
        Index("ix_conflicts_case", "case_id", postgresql_where=text("case_id IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    petition_id: Mapped[int | None] = mapped_column(ForeignKey("petitions.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    ground: Mapped[str] = mapped_column(String(20))  # Ground
    reason: Mapped[str] = mapped_column(String(2000))
    declared_by_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    declared_at: Mapped[datetime]
    ends_id: Mapped[int | None] = mapped_column(ForeignKey("conflicts.id"), unique=True)

    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])
    unit: Mapped[Unit | None] = relationship(foreign_keys=[unit_id])
    declared_by: Mapped[Person] = relationship(foreign_keys=[declared_by_id])
