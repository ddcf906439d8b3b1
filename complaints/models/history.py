"""What happened to a petition or case: the append-only timeline, and the documents issued on the way."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base
from app.organisation.models import Person


class Document(Base):
    """A paper issued by a transition; its issue, dispatch and delivery are three dates."""

    __tablename__ = "documents"
    __table_args__ = (CheckConstraint("num_nonnulls(petition_id, case_id) = 1", name="one_subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    petition_id: Mapped[int | None] = mapped_column(ForeignKey("petitions.id"), index=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    form: Mapped[str] = mapped_column(String(60))
    number: Mapped[str] = mapped_column(String(60), default="")
    issued_on: Mapped[date]
    dispatched_on: Mapped[date | None]
    delivered_on: Mapped[date | None]


class HistoryEntry(Base):
    """One line of the timeline; appended, never edited (the database refuses)."""

    __tablename__ = "history"
    __table_args__ = (
        CheckConstraint("num_nonnulls(petition_id, case_id, duty_id) = 1", name="one_subject"),
        Index("ix_history_petition", "petition_id", "id"),
        Index("ix_history_case", "case_id", "id"),
        Index("ix_history_duty", "duty_id", "id", postgresql_where=text("duty_id IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    petition_id: Mapped[int | None] = mapped_column(ForeignKey("petitions.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    duty_id: Mapped[int | None] = mapped_column(ForeignKey("duties.id"))
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    act: Mapped[str] = mapped_column(String(40))  # a workflow action, or 'note', 'assigned', 'escalated', ...
    transition: Mapped[str] = mapped_column(String(10), default="")  # law.md's number: 'C-1'
    from_state: Mapped[str | None] = mapped_column(String(40))
    to_state: Mapped[str | None] = mapped_column(String(40))
    on: Mapped[date | None]  # the legal day of the act, where it is not the day of recording
    data: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    document_id: Mapped[int | None] = mapped_column(ForeignKey("documents.id"))

    actor: Mapped[Person | None] = relationship()
    document: Mapped[Document | None] = relationship()
