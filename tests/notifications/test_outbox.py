"""The outbox: mail leaves after the commit, comes back after failures, and is recognised when sent twice."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.clock import frozen, now
from app.core.db import unit_of_work
from app.core.errors import Conflict
from app.core.jobs import redis_connection
from notifications.jobs import deliver, sweep_outbox
from notifications.models import MessageState, OutboundMessage
from notifications.outbox import ATTEMPTS_MAX
from notifications.rules import Kind
from notifications.services import queue_message, retry_failed
from tests.conftest import as_owner
from tests.factories import World
from tests.notifications.builders import Mailbox, assigned_case, words_of


def mail_of_an_assignment(world: World, session: Session) -> OutboundMessage:
    """Assign a case, and return the mail to its handler."""
    assigned_case(world)
    return session.scalars(select(OutboundMessage)).one()


def queued() -> int:
    """Return how many jobs wait on the queue of mail."""
    return int(redis_connection().llen("rq:queue:mail"))


def test_without_a_mail_server_the_mail_is_held(world: World, session: Session, empty_queue: None) -> None:
    """It stands on the page 'Thư đã gửi'; nothing leaves, nothing is queued, and nothing can be sent by hand."""
    message = mail_of_an_assignment(world, session)
    assert message.state is MessageState.HELD
    deliver(message.id)
    assert (message.state, message.attempts, queued()) == (MessageState.HELD, 0, 0)
    with pytest.raises(Conflict):
        retry_failed(message, actor=world.principal("quantri"))


def test_a_mail_is_delivered_once(world: World, session: Session, smtp: Mailbox, empty_queue: None) -> None:
    """A job that runs twice sends once; the letter has two parts, names the case and no citizen."""
    message = mail_of_an_assignment(world, session)
    assert queued() == 1
    deliver(message.id)
    deliver(message.id)
    [letter] = smtp.letters
    assert letter["Message-ID"] == message.message_id
    assert letter["To"] == "thuly.lb@example.vn"
    assert [part.get_content_type() for part in letter.walk()] == [
        "multipart/alternative", "text/plain", "text/html",
    ]  # fmt: skip
    assert "VV-1/2026/LB được giao cho bạn" in words_of(letter)
    assert "/cases/" in words_of(letter)
    assert (message.state, message.sent_at, message.attempts) == (MessageState.SENT, now(), 1)


def test_a_refused_mail_waits_longer_each_time_and_then_goes(
    world: World, session: Session, smtp: Mailbox, empty_queue: None
) -> None:
    """The delays grow; before its time a job does nothing; when the server accepts again the mail leaves."""
    message = mail_of_an_assignment(world, session)
    smtp.refuse = True
    delays, moment = [], now()
    for _try in range(4):
        with frozen(moment):
            deliver(message.id)
            deliver(message.id)
            delays.append(message.next_try_at - now())
        moment = message.next_try_at
    assert message.attempts == 4
    assert delays == sorted(set(delays))
    assert message.last_error == "SMTPDataError 451"
    smtp.refuse = False
    with frozen(moment):
        deliver(message.id)
    assert len(smtp.letters) == 1
    assert (message.state, message.last_error) == (MessageState.SENT, "")


def test_after_the_last_try_a_person_decides(
    world: World, session: Session, smtp: Mailbox, empty_queue: None
) -> None:
    """The message is given up visibly, not silently; 'Gửi lại' starts it again with the same words."""
    message = mail_of_an_assignment(world, session)
    smtp.refuse = True
    moment = now()
    for _try in range(ATTEMPTS_MAX):
        with frozen(moment):
            deliver(message.id)
        moment = message.next_try_at
    assert message.state is MessageState.FAILED
    smtp.refuse = False
    words = message.body
    with unit_of_work():
        retry_failed(message, actor=world.principal("quantri"))
    deliver(message.id)
    assert (message.state, message.body, len(smtp.letters)) == (MessageState.SENT, words, 1)


def test_a_server_that_is_not_there_is_a_failed_try(
    world: World, session: Session, smtp: Mailbox, app: Flask
) -> None:
    """A refused connection is recorded by its kind alone: the error's own words may quote an address."""
    message = mail_of_an_assignment(world, session)
    message.address = "không phải địa chỉ\r\nBcc: x@example.vn"
    session.flush()
    deliver(message.id)
    assert (message.state, message.last_error) == (MessageState.PENDING, "ValueError")
    assert smtp.letters == []


def test_what_the_queue_forgot_the_sweep_finds(
    world: World, session: Session, smtp: Mailbox, empty_queue: None
) -> None:
    """The crash between the commit and the queue: the row is pending, no job exists, the sweep puts it on again."""
    message = mail_of_an_assignment(world, session)
    redis_connection().flushdb()
    sweep_outbox()
    assert queued() == 1
    redis_connection().flushdb()
    with frozen(now() + timedelta(minutes=1)):
        deliver(message.id)
        sweep_outbox()
    assert queued() == 0
    assert len(smtp.letters) == 1


def test_a_message_is_written_once_for_a_key_and_not_at_all_when_the_act_fails(
    world: World, session: Session, smtp: Mailbox, empty_queue: None
) -> None:
    """The unique key holds; what is rolled back has no mail and no job."""
    person = world.person("thuly.lb").id

    def queue_it() -> int | None:
        return queue_message(
            person, Kind.ASSIGNED, {"number": "VV-1/2026/LB"}, "/cases/1", dedupe_key="assigned:1"
        )

    with pytest.raises(RuntimeError), unit_of_work():  # noqa: PT012 - the act and the failure belong to one unit
        queue_it()
        raise RuntimeError
    assert queued() == 0
    with unit_of_work():
        assert queue_it() is not None
        assert queue_it() is None
    assert queued() == 1
    assert session.scalars(select(func.count(OutboundMessage.id))).one() == 1


def test_the_message_id_follows_from_the_key_and_tells_nothing(world: World, session: Session) -> None:
    """The same tidings have the same id for ever; it shows neither people nor cases."""
    message = mail_of_an_assignment(world, session)
    first = message.message_id
    assert first.startswith("<")
    assert first.endswith("@localhost>")
    assert message.dedupe_key.split(":")[0] not in first
    with as_owner(session):
        session.delete(message)
        session.flush()
    with unit_of_work():
        queue_message(
            message.person_id or 0, Kind.ASSIGNED, {"number": "x"}, "/", dedupe_key=message.dedupe_key
        )
    assert session.scalars(select(OutboundMessage.message_id)).one() == first


def test_somebody_without_an_address_has_the_notice_alone(world: World, session: Session) -> None:
    """Nothing fails for want of an address."""
    world.person("thuly.lb").email = ""
    session.flush()
    assigned_case(world)
    assert session.scalars(select(func.count(OutboundMessage.id))).one() == 0


def test_mail_speaks_the_recipients_language(world: World, session: Session) -> None:
    """Whoever is signed in while it is written."""
    world.person("thuly.lb").locale = "en"
    session.flush()
    message = mail_of_an_assignment(world, session)
    assert '<html lang="en">' in message.html
