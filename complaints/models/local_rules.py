"""Rules on time that are not law: local regulations and internal targets, set by a unit for itself and those below."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base
from app.organisation.models import Person, Unit


class LocalRule(Base):
    """One version of a rule of the second or third layer. Only its end is ever written later, never its number.

    `code` is the clock of the rulebook that it stands beside (or, where the law has no number, takes the place of).
    """

    __tablename__ = "local_rules"
    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="validity"),
        CheckConstraint("number BETWEEN 1 AND 365", name="number"),
        CheckConstraint("layer IN ('local', 'internal')", name="not_law"),
        Index("ix_local_rules_code", "code", "unit_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    layer: Mapped[str] = mapped_column(String(12))  # rulebook.loader.Layer, without the statutory one
    code: Mapped[str] = mapped_column(String(30))
    unit: Mapped[str] = mapped_column(String(3))  # rulebook.loader.Unit: 'cal' or 'wd'
    number: Mapped[int]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]  # its first day of no more
    reason: Mapped[str] = mapped_column(String(500))
    source: Mapped[str] = mapped_column(String(300))  # the document: number, day, who signed
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    entered_at: Mapped[datetime]
    end_reason: Mapped[str] = mapped_column(String(500), default="")
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    ended_at: Mapped[datetime | None]

    of_unit: Mapped[Unit] = relationship()
    entered_by: Mapped[Person] = relationship(foreign_keys=[entered_by_id])
    ended_by: Mapped[Person | None] = relationship(foreign_keys=[ended_by_id])

    @property
    def version(self) -> str:
        """Return the name under which clocks keep this version: 'KN_ACCEPT#17'."""
        return f"{self.code}#{self.id}"

    def covers(self, day: date) -> bool:
        """Tell whether clocks that start on a day run under this version."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)
