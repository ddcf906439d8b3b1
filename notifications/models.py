"""Tables of what people are told: notices in the application, and the outbox of messages that leave."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base
from app.organisation.models import Person


class Notice(Base):
    """A line under the bell of one person. `dedupe_key` makes telling somebody twice impossible."""

    __tablename__ = "notices"
    __table_args__ = (
        Index("ix_notices_person", "person_id", "id"),
        Index("ix_notices_unread", "person_id", postgresql_where=text("read_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    kind: Mapped[str] = mapped_column(String(40))
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)  # numbers, codes and ids; never a protected name
    target: Mapped[str] = mapped_column(String(200), default="")  # the path of the page it leads to
    dedupe_key: Mapped[str] = mapped_column(String(120), unique=True)
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]


class MessageState(StrEnum):
    """The life of an outgoing message."""

    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"  # given up after the last retry; a person may try again
    HELD = "held"  # the channel is off: kept for the page 'Thư đã gửi'


class OutboundMessage(Base):
    """The outbox: a message written in the transaction that caused it, delivered by a job after the commit."""

    __tablename__ = "outbound_messages"
    __table_args__ = (
        Index(
            "ix_outbound_messages_pending", "next_try_at", "id", postgresql_where=text("state = 'pending'")
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"), index=True)
    channel: Mapped[str] = mapped_column(String(10), default="email")
    address: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    dedupe_key: Mapped[str] = mapped_column(String(120), unique=True)
    message_id: Mapped[str] = mapped_column(
        String(120)
    )  # stable, so that a mail sent twice can be recognised
    state: Mapped[MessageState] = mapped_column(default=MessageState.PENDING)
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    last_error: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]

    person: Mapped[Person | None] = relationship()
