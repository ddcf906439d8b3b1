"""Telling people: notices in the application and messages in the outbox, written where the cause is written."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from app.core import audit
from app.core.clock import now, today
from app.core.db import db
from app.core.errors import Conflict
from app.core.jobs import QueueName, enqueue_after_commit
from app.core.permissions import Principal
from app.organisation.queries import people_at_work
from complaints.models.cases import Case
from complaints.models.petitions import Petition
from complaints.services.conflicts import free_people
from notifications import jobs, outbox
from notifications.models import MessageState, Notice, OutboundMessage
from notifications.outbox import Draft
from notifications.rules import MAILED, Kind


@dataclass(frozen=True)
class Telling:
    """One thing to tell one person: numbers, codes and labels of steps only, never a protected word."""

    person_id: int
    kind: Kind
    facts: Mapping[str, Any]
    target: str  # the path of the page it leads to
    dedupe_key: str


def who_may_hear(people: Iterable[int], subject: Petition | Case) -> set[int]:
    """Return those of some people who may be told of a petition or case today: at work here, and not kept from it."""
    at_work = people_at_work(set(people), today())  # whoever left yesterday hears nothing today
    return set(free_people(sorted(at_work), subject.barred_ids or (), subject.closed_unit_ids or ()))


def tell(tellings: Iterable[Telling]) -> int:
    """Write a notice for each, and a message where the kind also leaves as mail; return how many were new.

    The dedupe key makes a second writing do nothing, whatever ran twice. Messages leave after the commit.
    """
    tellings = list(tellings)
    if not tellings:
        return 0
    at = now()
    rows = [
        {"person_id": t.person_id, "kind": t.kind, "facts": dict(t.facts), "target": t.target,
         "dedupe_key": t.dedupe_key, "created_at": at, "changed_at": at}
        for t in tellings
    ]  # fmt: skip
    statement = insert(Notice).on_conflict_do_nothing().returning(Notice.dedupe_key)
    fresh = set(db.session.scalars(statement, rows))
    for telling in tellings:
        if telling.dedupe_key in fresh and telling.kind in MAILED:
            queue_message(
                telling.person_id, telling.kind, telling.facts, telling.target, dedupe_key=telling.dedupe_key
            )
    return len(fresh)


def queue_message(
    person_id: int, kind: Kind, facts: Mapping[str, Any], target: str, *, dedupe_key: str
) -> int | None:
    """Write a message to a person, to be delivered after the commit; return its id.

    None when the person has no address or the key was written before.
    """
    message_id = outbox.write([Draft(person_id, kind, facts, target, dedupe_key)]).get(dedupe_key)
    if message_id is not None and outbox.mail_is_on():
        enqueue_after_commit(jobs.deliver, message_id, to=QueueName.MAIL)
    return message_id


def mark_read(principal: Principal, notice_id: int) -> None:
    """Mark one notice of the principal read; somebody else's stays as it is."""
    _mark(principal, Notice.id == notice_id)


def mark_all_read(principal: Principal, seen_until: datetime) -> None:
    """Mark the principal's notices read as far as they had been seen: what grew or came since stays unread."""
    _mark(principal, Notice.changed_at <= seen_until)


def _mark(principal: Principal, which: Any) -> None:
    mine = update(Notice).where(Notice.person_id == principal.person_id, Notice.read_at.is_(None), which)
    db.session.execute(mine.values(read_at=now()))


def retry_failed(message: OutboundMessage, *, actor: Principal) -> None:
    """Try a message again that was given up or held. Raises Conflict while mail is off, or when it has been sent."""
    db.session.refresh(message, with_for_update={"of": OutboundMessage})
    if message.state not in (MessageState.FAILED, MessageState.HELD):
        raise Conflict("Thư này đã gửi hoặc đang chờ gửi.")
    if not outbox.mail_is_on():
        raise Conflict("Chưa cấu hình máy chủ gửi thư (SMTP).")
    outbox.reopen(message)
    audit.record("mail.retried", actor=actor, subject=("message", message.id))
    enqueue_after_commit(jobs.deliver, message.id, to=QueueName.MAIL)
