"""A mail about a denunciation whose words give the denouncer away stays here, and what is kept of it says nothing."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.db import unit_of_work
from notifications.jobs import deliver
from notifications.models import MessageState, OutboundMessage
from notifications.rules import Kind
from notifications.services import queue_message
from tests.factories import World, build_petition
from tests.notifications.builders import Mailbox

NAME = "Nguyễn Văn Thử"


def written(world: World, session: Session, kind: str, number: str) -> OutboundMessage:
    """Write the mail of an assignment that calls the matter by `number`."""
    petition = build_petition(world, kind=kind, respondent_level="commune_officer", field="construction")
    with unit_of_work():
        queue_message(world.person("thuly.lb").id, Kind.ASSIGNED, {"number": number}, f"/petitions/{petition.id}",
                      dedupe_key=f"test:{petition.id}")  # fmt: skip
    return (
        session.scalars(select(OutboundMessage).order_by(OutboundMessage.id.desc())).first()
        or OutboundMessage()
    )


def test_a_mail_that_names_a_denouncer_is_held_without_its_words(
    world: World, session: Session, smtp: Mailbox, empty_queue: None
) -> None:
    message = written(world, session, "denunciation", f"đơn của {NAME.upper()}")
    deliver(message.id)
    assert (message.state, smtp.letters) == (MessageState.HELD, [])
    kept = f"{message.subject}{message.body}{message.html}{message.facts}".casefold()
    assert "giữ lại" in kept
    assert NAME.casefold() not in kept


def test_every_other_mail_leaves_as_before(
    world: World, session: Session, smtp: Mailbox, empty_queue: None
) -> None:
    assert written(world, session, "denunciation", "Đ-1/2026/LB").state is MessageState.PENDING
    assert written(world, session, "complaint", f"đơn của {NAME}").state is MessageState.PENDING
