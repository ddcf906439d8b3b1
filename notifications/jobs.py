"""What runs in a worker: delivering one message, and the two sweeps that find what a queue forgot. Repeatable."""

import smtplib
from datetime import timedelta

from flask import current_app
from sqlalchemy import select

from app.core.clock import now
from app.core.db import db, unit_of_work
from app.core.jobs import QueueName, enqueue_after_commit
from notifications.channels import SmtpChannel, letter_of
from notifications.models import MessageState, OutboundMessage

ATTEMPTS_MAX = 8
CLAIM = timedelta(minutes=5)  # how long a worker may take before the sweep gives a message to another
SWEEP_LIMIT = 500


def deliver(message_id: int) -> None:
    """Send one message of the outbox; a message that was sent, or that another worker holds, is left alone.

    The row is claimed in one transaction, the slow sending happens in none, and the outcome is written in another. A
    crash in between sends at most one copy more, with the same Message-ID.
    """
    settings = current_app.extensions["tiepdan.settings"]
    with unit_of_work():
        message = db.session.execute(
            select(OutboundMessage).where(OutboundMessage.id == message_id).with_for_update(skip_locked=True)
        ).scalar_one_or_none()
        if message is None or message.state is not MessageState.PENDING or message.next_try_at > now():
            return
        message.attempts += 1
        message.next_try_at = now() + CLAIM
        letter = letter_of(message, settings)
    error = ""
    try:
        SmtpChannel(settings).send(letter)
    except (OSError, smtplib.SMTPException) as failure:
        error = type(failure).__name__
    with unit_of_work():
        message = db.session.get_one(OutboundMessage, message_id)
        if not error:
            message.state, message.sent_at, message.last_error = MessageState.SENT, now(), ""
            return
        message.last_error = error
        message.next_try_at = now() + min(timedelta(minutes=2 ** (message.attempts - 1)), timedelta(hours=4))
        if message.attempts >= ATTEMPTS_MAX:
            message.state = MessageState.FAILED


def sweep_outbox() -> None:
    """Put on the queue again what is pending and whose time has come: a lost queue loses no mail."""
    with unit_of_work():
        due = select(OutboundMessage.id).where(
            OutboundMessage.state == MessageState.PENDING, OutboundMessage.next_try_at <= now()
        )
        for message_id in db.session.execute(
            due.order_by(OutboundMessage.next_try_at).limit(SWEEP_LIMIT)
        ).scalars():
            enqueue_after_commit(deliver, message_id, to=QueueName.MAIL)
