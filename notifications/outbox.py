"""The rows of the outbox: written with their cause, claimed by one worker at a time, closed with the outcome."""

import hmac
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import joinedload

from app.core.clock import now
from app.core.db import db
from app.organisation.models import Person
from notifications.channels import Letter, channel_for
from notifications.leaks import leaks, withheld
from notifications.models import MessageState, OutboundMessage
from notifications.one_time import filled
from notifications.preferences import unwanted
from notifications.words import MailText, mail_text

ATTEMPTS_MAX = 8
CLAIM = timedelta(minutes=5)  # how long a worker may take before the sweep gives a message to another
DELAYS = tuple(
    timedelta(minutes=m) for m in (1, 5, 15, 60, 120, 240, 480)
)  # after the first try, the second, ...


@dataclass(frozen=True)
class Draft:
    """A message to be written: to whom, why, and the facts its words are made from."""

    person_id: int
    kind: str
    facts: Mapping[str, Any]
    target: str
    dedupe_key: str
    not_before: datetime | None = None  # None: leaves as soon as the transaction is committed


def write(drafts: Iterable[Draft]) -> dict[str, int]:
    """Write the messages of those who have an address and want them; return the ids of the new ones by dedupe key.

    A key that was written before writes nothing. Without a mail server messages are held, to be seen and not sent;
    so is, without its words, one that gives a denouncer away.
    """
    drafts = list(drafts)
    people = _addresses({draft.person_id for draft in drafts})
    off = unwanted(people)
    at, state = now(), MessageState.PENDING if mail_is_on() else MessageState.HELD
    rows = []
    for draft in drafts:
        if draft.person_id not in people or (draft.person_id, draft.kind) in off:
            continue
        address, locale = people[draft.person_id]
        text, facts = mail_text(draft.kind, draft.facts, draft.target, locale), dict(draft.facts)
        leaking = leaks(text, draft.target)
        if leaking:
            text, facts = withheld(), {}  # it stands on 'Thư đã gửi', saying why and nothing else
        rows.append(
            {"person_id": draft.person_id, "channel": "email", "kind": draft.kind, "facts": facts,
             "address": address, **_words(text), "dedupe_key": draft.dedupe_key,
             "message_id": _message_id(draft.dedupe_key),
             "state": MessageState.HELD if leaking else state, "attempts": 0, "last_error": "",
             "leave_at": draft.not_before or at, "next_try_at": draft.not_before or at, "created_at": at}
        )  # fmt: skip
    if not rows:
        return {}
    statement = insert(OutboundMessage).on_conflict_do_nothing()
    returned = db.session.execute(statement.returning(OutboundMessage.dedupe_key, OutboundMessage.id), rows)
    return {row.dedupe_key: row.id for row in returned}


def who_get(people: Collection[int], kind: str) -> set[int]:
    """Return those of some people whom a mail of a kind reaches: they have an address and have not switched it off."""
    off = unwanted(people)
    return {person for person in _addresses(set(people)) if (person, kind) not in off}


def open_digests(ids: Iterable[int]) -> dict[int, OutboundMessage]:
    """Lock and return those of some messages that no worker has touched: their words may still grow."""
    statement = (
        select(OutboundMessage)
        .where(
            OutboundMessage.id.in_(list(ids)),
            OutboundMessage.attempts == 0,
            OutboundMessage.state.in_((MessageState.PENDING, MessageState.HELD)),
        )
        .options(joinedload(OutboundMessage.person))
        .order_by(OutboundMessage.id)
        .with_for_update(of=OutboundMessage)
        .execution_options(populate_existing=True)
    )
    return {message.id: message for message in db.session.scalars(statement)}


def rewrite(message: OutboundMessage, facts: Mapping[str, Any], not_before: datetime) -> None:
    """Give an untouched message new facts, and the words that follow from them."""
    text = mail_text(message.kind, facts, "", message.person.locale if message.person else "vi")
    message.facts, message.leave_at, message.next_try_at = dict(facts), not_before, not_before
    message.subject, message.body, message.html = text.subject, text.body, text.html


def claim(message_id: int) -> Letter | None:
    """Take a message for sending; None when it was sent, is not due, or another worker has it."""
    message = db.session.scalar(
        select(OutboundMessage).where(OutboundMessage.id == message_id).with_for_update(skip_locked=True)
    )
    if message is None or message.state is not MessageState.PENDING or message.next_try_at > now():
        return None
    if not mail_is_on():
        message.state = MessageState.HELD
        return None
    message.attempts += 1
    message.next_try_at = now() + CLAIM
    body, html = filled(message.body, message.facts), filled(message.html, message.facts)
    return Letter(message.address, message.subject, body, html, message.message_id, now())


def mark_sent(message_id: int) -> None:
    """Close a message that the server took."""
    message = _locked(message_id)
    message.state, message.sent_at, message.last_error = MessageState.SENT, now(), ""


def mark_failed(message_id: int, error: str) -> None:
    """Put a message back with a growing delay; after the last try it is given up, visibly, for a person to decide."""
    message = _locked(message_id)
    if message.state is not MessageState.PENDING:
        return
    message.last_error = error[:300]
    if message.attempts >= ATTEMPTS_MAX:
        message.state = MessageState.FAILED
    else:
        message.next_try_at = now() + DELAYS[min(message.attempts, len(DELAYS)) - 1]


def reopen(message: OutboundMessage) -> None:
    """Start a message again that was given up or held. One that was tried before keeps its words."""
    message.state, message.last_error = MessageState.PENDING, ""
    message.leave_at = message.next_try_at = now()
    message.attempts = min(message.attempts, 1)
    db.session.flush()


def mail_is_on() -> bool:
    """Tell whether mail leaves; without a mail server messages are held and shown on 'Thư đã gửi'."""
    return channel_for(current_app.extensions["tiepdan.settings"]).leaves


def _locked(message_id: int) -> OutboundMessage:
    return db.session.get_one(OutboundMessage, message_id, with_for_update=True, populate_existing=True)


def _addresses(people: set[int]) -> dict[int, tuple[str, str]]:
    """Return address and language of those people who have an address."""
    if not people:
        return {}
    wanted = select(Person.id, Person.email, Person.locale).where(
        Person.id.in_(people), Person.email != "", Person.is_active
    )
    return {person_id: (email, locale) for person_id, email, locale in db.session.execute(wanted)}


def _words(text: MailText) -> dict[str, str]:
    return {"subject": text.subject, "body": text.body, "html": text.html}


def _message_id(dedupe_key: str) -> str:
    """Return an id that follows from the key alone, and tells nobody outside what it was."""
    settings = current_app.extensions["tiepdan.settings"]
    mark = hmac.new(settings.secret_key.encode(), f"mail:{dedupe_key}".encode(), "sha256").hexdigest()[:32]
    domain = urlsplit(settings.base_url).hostname or settings.mail_from.rpartition("@")[2].strip(" >")
    return f"<{mark}@{(domain or 'tiepdan')[:80]}>"
