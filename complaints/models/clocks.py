"""Running clocks (thời hạn): their events, and the derived dates kept as an indexed cache."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base
from app.organisation.models import Person


class Clock(Base):
    """One time limit on a petition, a case or a duty, under the version of the rule it started with.

    `due_on`, `state`, `next_alert_on` are derived from the events by complaints/clocks.py and never set otherwise.
    """

    __tablename__ = "clocks"
    __table_args__ = (
        CheckConstraint("num_nonnulls(petition_id, case_id, duty_id) = 1", name="one_subject"),
        Index(
            "ix_clocks_next_alert_at",
            "next_alert_at",
            "id",
            postgresql_where=text("next_alert_at IS NOT NULL"),
        ),
        Index("ix_clocks_running", "due_on", postgresql_where=text("state = 'running'")),
        Index(
            "ix_clocks_ended",
            "due_on",
            "id",
            postgresql_where=text("state = 'running' AND acted_at IS NULL AND beside_id IS NULL"),
        ),
        Index("ix_clocks_beside_id", "beside_id", postgresql_where=text("beside_id IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    petition_id: Mapped[int | None] = mapped_column(ForeignKey("petitions.id"), index=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    duty_id: Mapped[int | None] = mapped_column(ForeignKey("duties.id"), index=True)
    # A clock of a local rule or internal target goes with the statutory one that started it, and never counts as law.
    beside_id: Mapped[int | None] = mapped_column(ForeignKey("clocks.id"))
    code: Mapped[str] = mapped_column(String(30))
    rule_version: Mapped[str] = mapped_column(String(60))  # 'KN_ACCEPT@2026-07-01'
    # The version that a transition rule of law.md 0.4 has put in its place, and from which day.
    switched_to: Mapped[str | None] = mapped_column(String(60))
    switched_on: Mapped[date | None]
    state: Mapped[str] = mapped_column(String(12))  # clocks.ClockState
    started_on: Mapped[date]
    due_on: Mapped[date | None]
    stopped_on: Mapped[date | None]
    late: Mapped[bool] = mapped_column(default=False)
    last_rung: Mapped[str | None] = mapped_column(String(20))  # the last rung of the ladder that was raised
    next_alert_at: Mapped[datetime | None]
    acted_at: Mapped[datetime | None]  # when the system took what follows by law from the end of this clock

    events: Mapped[list["ClockEventRow"]] = relationship(order_by="ClockEventRow.id")


class ClockEventRow(Base):
    """One event of a clock; appended, never edited (the database refuses)."""

    __tablename__ = "clock_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    clock_id: Mapped[int] = mapped_column(ForeignKey("clocks.id"), index=True)
    verb: Mapped[str] = mapped_column(String(10))  # clocks.Verb
    on: Mapped[date]
    days: Mapped[int | None]
    remote: Mapped[bool] = mapped_column(default=False)
    complex: Mapped[bool] = mapped_column(default=False)
    document: Mapped[str] = mapped_column(String(120), default="")
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))


class Escalation(Base):
    """An alert that has been raised: once for each clock, rung and due date, whatever crashes (unique)."""

    __tablename__ = "escalations"
    __table_args__ = (UniqueConstraint("clock_id", "rung", "due_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    clock_id: Mapped[int] = mapped_column(ForeignKey("clocks.id"))
    petition_id: Mapped[int | None] = mapped_column(ForeignKey("petitions.id"), index=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    duty_id: Mapped[int | None] = mapped_column(ForeignKey("duties.id"), index=True)
    rung: Mapped[str] = mapped_column(String(20))
    due_on: Mapped[date]
    alert_on: Mapped[date]  # the day on which it should have been raised
    raised_at: Mapped[datetime]

    clock: Mapped[Clock] = relationship()
    told: Mapped[list["EscalationTold"]] = relationship(order_by="EscalationTold.id")


class EscalationTold(Base):
    """Who is to be told of an escalation, and as what; `told_at` is set when the notice is written."""

    __tablename__ = "escalation_told"
    __table_args__ = (
        UniqueConstraint("escalation_id", "person_id"),
        Index("ix_escalation_told_waiting", "person_id", "id", postgresql_where=text("told_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    escalation_id: Mapped[int] = mapped_column(ForeignKey("escalations.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    level: Mapped[str] = mapped_column(String(20))  # ladder.Level
    told_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()
