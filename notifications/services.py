"""Telling people: notices in the application and messages in the outbox, written where the cause is written."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from app.core.clock import now
from app.core.db import db
from app.core.errors import Conflict
from app.core.jobs import QueueName, enqueue_after_commit
from app.core.permissions import Principal
from app.organisation.models import Person
from notifications import jobs
from notifications.models import MessageState, Notice, OutboundMessage


@dataclass(frozen=True)
class Telling:
    """One thing to tell one person: numbers, codes and ids only, never a protected name."""

    person_id: int
    kind: str
    facts: Mapping[str, Any]
    target: str
    dedupe_key: str
    subject: str
    body: str


def tell(tellings: Iterable[Telling]) -> int:
    """Write a notice and, for whoever has an address, a message for each; return how many people-things were new.

    The dedupe key makes a second writing do nothing, whatever ran twice. Messages leave after the commit.
    """
    tellings = list(tellings)
    if not tellings:
        return 0
    at = now()
    rows = [
        {"person_id": t.person_id, "kind": t.kind, "facts": dict(t.facts), "target": t.target,
         "dedupe_key": t.dedupe_key, "created_at": at}
        for t in tellings
    ]  # fmt: skip
    fresh = set(
        db.session.execute(
            insert(Notice).values(rows).on_conflict_do_nothing().returning(Notice.dedupe_key)
        ).scalars()
    )
    post([t for t in tellings if t.dedupe_key in fresh])
    return len(fresh)


def post(tellings: list[Telling]) -> None:
    """Put a mail in the outbox for each of these that has an address; a key posted before posts nothing."""
    if not tellings:
        return
    people = {t.person_id for t in tellings}
    wanted = select(Person.id, Person.email).where(
        Person.id.in_(people), Person.email != "", Person.is_active
    )
    addresses = {row.id: row.email for row in db.session.execute(wanted)}
    at, on = now(), mail_is_on()
    state = MessageState.PENDING if on else MessageState.HELD
    rows = [
        {
            "person_id": t.person_id,
            "channel": "email",
            "address": addresses[t.person_id],
            "subject": t.subject[:200],
            "body": t.body,
            "dedupe_key": f"mail:{t.dedupe_key}",
            "message_id": f"<{t.dedupe_key}@tiepdan>".replace(":", "."),
            "state": state,
            "attempts": 0,
            "last_error": "",
            "next_try_at": at,
            "created_at": at,
        }
        for t in tellings
        if t.person_id in addresses
    ]
    if not rows:
        return
    statement = insert(OutboundMessage).values(rows).on_conflict_do_nothing()
    ids = db.session.execute(statement.returning(OutboundMessage.id)).scalars().all()
    if on:
        for message_id in ids:
            enqueue_after_commit(jobs.deliver, message_id, to=QueueName.MAIL)


def mail_is_on() -> bool:
    """Tell whether mail leaves; without an SMTP server messages are held and shown on 'Thư đã gửi'."""
    return bool(current_app.extensions["tiepdan.settings"].smtp_host)


def mark_read(principal: Principal, notice_id: int | None = None) -> None:
    """Mark one notice of the principal read, or all of them."""
    statement = update(Notice).where(Notice.person_id == principal.person_id, Notice.read_at.is_(None))
    if notice_id is not None:
        statement = statement.where(Notice.id == notice_id)
    db.session.execute(statement.values(read_at=now()))


def retry(message: OutboundMessage) -> None:
    """Try a message again that was given up or held. Raises Conflict while mail is off or when it has been sent."""
    if message.state is MessageState.SENT:
        raise Conflict("Thư này đã gửi.")
    if not mail_is_on():
        raise Conflict("Chưa cấu hình máy chủ gửi thư (SMTP).")
    message.state, message.attempts, message.next_try_at = MessageState.PENDING, 0, now()
    db.session.flush()
    enqueue_after_commit(jobs.deliver, message.id, to=QueueName.MAIL)
