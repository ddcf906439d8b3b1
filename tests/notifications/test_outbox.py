"""The outbox: mail leaves after the commit, comes back after failures, and is recognised when sent twice."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.clock import frozen, now
from app.core.db import unit_of_work
from complaints.services.assignment import assign
from complaints.services.perform import perform
from notifications.jobs import ATTEMPTS_MAX, deliver, sweep_outbox
from notifications.models import MessageState, OutboundMessage
from tests.factories import World, build_petition


class Inbox:
    """A real SMTP server's handler that can be told to refuse."""

    def __init__(self) -> None:
        self.letters: list[Any] = []
        self.refuse = False

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Take a letter, or refuse it for now."""
        if self.refuse:
            return "451 try again later"
        self.letters.append(envelope.content.decode())
        return "250 OK"


@pytest.fixture
def smtp(app: Flask, session: Session) -> Iterator[Inbox]:
    """A real SMTP server on loopback, and the application set to use it."""
    inbox = Inbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    before = app.extensions["tiepdan.settings"]
    app.extensions["tiepdan.settings"] = replace(
        before, smtp_host="127.0.0.1", smtp_port=port, smtp_tls="none"
    )
    yield inbox
    app.extensions["tiepdan.settings"] = before
    controller.stop()


def message_of_an_assignment(world: World, session: Session) -> OutboundMessage:
    """Assign a case, and return the mail to its handler."""
    petition = build_petition(world, kind="complaint")
    chair = world.principal("chutich.lb")
    with unit_of_work():
        perform(petition, "open_case", actor=world.principal("donthu.lb"), data={"on": "16/11/2026"})
        assert petition.case is not None
        handler = world.person("thuly.lb").id
        assign(petition.case, unit_id=world.unit("LB-KT").id, handler_id=handler, actor=chair)
    return session.execute(select(OutboundMessage)).scalar_one()


def test_without_a_mail_server_the_mail_is_held(world: World, session: Session) -> None:
    """It stands on the page 'Thư đã gửi' and nothing leaves."""
    assert message_of_an_assignment(world, session).state is MessageState.HELD


def test_a_mail_is_delivered_once(world: World, session: Session, smtp: Inbox) -> None:
    """A job that runs twice sends once; the letter names the case and no citizen."""
    message = message_of_an_assignment(world, session)
    deliver(message.id)
    deliver(message.id)
    assert len(smtp.letters) == 1
    assert message.message_id in smtp.letters[0]
    assert "Nguyễn Văn Thử" not in smtp.letters[0]
    session.refresh(message)
    assert message.state is MessageState.SENT


def test_a_refused_mail_waits_longer_each_time_and_then_goes(
    world: World, session: Session, smtp: Inbox
) -> None:
    """The delays grow; when the server accepts again the mail leaves."""
    message = message_of_an_assignment(world, session)
    smtp.refuse = True
    deliver(message.id)
    session.refresh(message)
    first = message.next_try_at - now()
    assert message.state is MessageState.PENDING
    assert message.last_error
    with frozen(now() + first):
        deliver(message.id)
        session.refresh(message)
        assert message.next_try_at - now() > first
        smtp.refuse = False
        with frozen(message.next_try_at):
            deliver(message.id)
    assert len(smtp.letters) == 1


def test_after_the_last_try_a_person_decides(world: World, session: Session, smtp: Inbox) -> None:
    """The message is given up visibly, not silently."""
    message = message_of_an_assignment(world, session)
    smtp.refuse = True
    moment = now()
    for _ in range(ATTEMPTS_MAX):
        with frozen(moment):
            deliver(message.id)
        session.refresh(message)
        moment = message.next_try_at
    assert message.state is MessageState.FAILED


def test_what_the_queue_forgot_the_sweep_finds(
    app: Flask, world: World, session: Session, smtp: Inbox
) -> None:
    """The crash between the commit and the queue: the row is pending, no job exists, the sweep puts it on again."""
    message = message_of_an_assignment(world, session)
    redis = app.extensions["tiepdan.redis"]
    redis.flushdb()
    sweep_outbox()
    assert redis.llen("rq:queue:mail") == 1
    redis.flushdb()
    with frozen(now() + timedelta(minutes=1)):
        deliver(message.id)
    assert len(smtp.letters) == 1
