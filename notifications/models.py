"""Tables of what people are told: notices in the application, and the outbox of messages that leave."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Computed, ForeignKey, Index, String, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base
from app.organisation.models import Person


class Notice(Base):
    """A line under the bell of one person. `dedupe_key` makes telling somebody twice impossible.

    The notice of a day's alerts (`alerts:<person>:<day>`) grows during that day; its row is also the lock under which a
    person is told of alerts.
    """

    __tablename__ = "notices"
    __table_args__ = (Index("ix_notices_list", "person_id", "unread", "changed_at", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    kind: Mapped[str] = mapped_column(String(40))  # rules.Kind
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)  # numbers, codes and ids; never a protected name
    target: Mapped[str] = mapped_column(String(200), default="")  # the path of the page it leads to
    dedupe_key: Mapped[str] = mapped_column(String(120), unique=True)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]  # when it last grew
    read_at: Mapped[datetime | None]
    unread: Mapped[bool] = mapped_column(Computed("read_at IS NULL", persisted=True))


class AgendaDay(Base):
    """The last day whose morning was looked at for a person (notifications/agendas.py)."""

    __tablename__ = "agenda_days"

    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), primary_key=True)
    day: Mapped[date]


class MailSwitchedOff(Base):
    """A kind of mail that a person does not want; under the bell everything stays."""

    __tablename__ = "mail_switched_off"

    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40), primary_key=True)  # rules.Kind
    since: Mapped[datetime]


class MessageState(StrEnum):
    """The life of an outgoing message."""

    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"  # given up after the last retry; a person may try again
    HELD = "held"  # the channel is off: kept for the page 'Thư đã gửi'


class OutboundMessage(Base):
    """The outbox: a message written in the transaction that caused it, delivered by a job after the commit.

    Once a delivery has been tried (`attempts`) the words never change: what arrives twice is the same letter.
    """

    __tablename__ = "outbound_messages"
    __table_args__ = (
        Index(
            "ix_outbound_messages_pending", "next_try_at", "id", postgresql_where=text("state = 'pending'")
        ),
        Index("ix_outbound_messages_state", "state", "id"),
        # What health asks: the oldest that waits, and whether any has left lately.
        Index("ix_outbound_messages_unsent", "leave_at", postgresql_where=text("state = 'pending'")),
        Index("ix_outbound_messages_sent", "sent_at", postgresql_where=text("state = 'sent'")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"), index=True)
    channel: Mapped[str] = mapped_column(String(10), default="email")
    kind: Mapped[str] = mapped_column(String(40))  # rules.Kind
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)  # from which a digest's words are made
    address: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text, default="")
    dedupe_key: Mapped[str] = mapped_column(String(120), unique=True)
    # Stable, so that a mail sent twice can be recognised.
    message_id: Mapped[str] = mapped_column(String(120))
    state: Mapped[MessageState] = mapped_column(default=MessageState.PENDING)
    attempts: Mapped[int] = mapped_column(default=0)
    leave_at: Mapped[datetime]  # when it was first to leave; retries do not move it
    next_try_at: Mapped[datetime]
    last_error: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]

    person: Mapped[Person | None] = relationship()
