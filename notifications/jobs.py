"""What runs in a worker: delivering one message, and the sweep that finds what the queue forgot. Repeatable."""

from flask import current_app
from sqlalchemy import select

from app.core.clock import now
from app.core.db import db, unit_of_work
from app.core.jobs import QueueName, enqueue_after_commit
from notifications import outbox
from notifications.channels import NotDelivered, channel_for
from notifications.models import MessageState, OutboundMessage

SWEEP_LIMIT = 500


def deliver(message_id: int) -> None:
    """Send one message of the outbox; a message that was sent, or that another worker holds, is left alone.

    The row is claimed in one transaction, the slow sending happens in none (no connection is held meanwhile), and the
    outcome is written in another. A crash in between sends at most one copy more: the same words, the same Message-ID.
    """
    with unit_of_work():
        letter = outbox.claim(message_id)
    if letter is None:
        return
    error = ""
    try:
        channel_for(current_app.extensions["tiepdan.settings"]).send(letter)
    except NotDelivered as refusal:
        error = str(refusal)
    with unit_of_work():
        if error:
            outbox.mark_failed(message_id, error)
        else:
            outbox.mark_sent(message_id)


def sweep_outbox() -> None:
    """Put on the queue what is pending and whose time has come: digests, retries, and all that a lost queue forgot."""
    with unit_of_work():
        due = (
            select(OutboundMessage.id)
            .where(OutboundMessage.state == MessageState.PENDING, OutboundMessage.next_try_at <= now())
            .order_by(OutboundMessage.next_try_at, OutboundMessage.id)
            .limit(SWEEP_LIMIT)
        )
        for message_id in db.session.scalars(due):
            enqueue_after_commit(deliver, message_id, to=QueueName.MAIL)
