"""Deriving due dates again after a change of the calendar: how far it has come, and every date that moved."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base
from app.organisation.models import CalendarChange
from complaints.models.clocks import Clock
from complaints.models.shared import Shown


class Recalculation(Base):
    """The recomputing that follows one change of the calendar. It goes on from `last_clock_id`, whatever was killed.

    `passed_over` holds the clocks whose petition or case somebody was moving at that moment: they come last.
    """

    __tablename__ = "recalculations"
    __table_args__ = (
        Index("ix_recalculations_open", "touched_at", postgresql_where=text("finished_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    change_id: Mapped[int] = mapped_column(ForeignKey("calendar_changes.id"), unique=True)
    total: Mapped[int]  # open clocks when it began
    done: Mapped[int] = mapped_column(default=0)
    moved: Mapped[int] = mapped_column(default=0)
    last_clock_id: Mapped[int] = mapped_column(default=0)
    passed_over: Mapped[list[Any]] = mapped_column(JSONB, default=list)
    touched_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    change: Mapped[CalendarChange] = relationship()

    @property
    def is_finished(self) -> bool:
        """Tell whether every clock has been derived again and those concerned have been told."""
        return self.finished_at is not None


class ClockMove(Base):
    """A due date that moved because the calendar changed; appended, never edited (the database refuses)."""

    __tablename__ = "clock_moves"
    __table_args__ = (
        CheckConstraint("num_nonnulls(petition_id, case_id, duty_id) = 1", name="one_subject"),
        UniqueConstraint("change_id", "clock_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    change_id: Mapped[int] = mapped_column(ForeignKey("calendar_changes.id"))
    clock_id: Mapped[int] = mapped_column(ForeignKey("clocks.id"), index=True)
    petition_id: Mapped[int | None] = mapped_column(
        ForeignKey("petitions.id")
    )  # where it shows: a petition ...
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))  # ... or the case that it belongs to
    duty_id: Mapped[int | None] = mapped_column(ForeignKey("duties.id"))  # ... or a duty
    old_due_on: Mapped[date]
    new_due_on: Mapped[date]
    at: Mapped[datetime]

    clock: Mapped[Clock] = relationship()

    @property
    def shown(self) -> Shown:
        """Return where the moved date shows."""
        return Shown(self.petition_id, self.case_id, self.duty_id)
