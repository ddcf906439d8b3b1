"""The digest of alerts: one notice a person and day that grows, one mail until a worker has taken it."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.clock import frozen, now
from app.core.db import unit_of_work
from notifications import digest
from notifications.digest import LISTED, SETTLE
from notifications.jobs import deliver, sweep_outbox
from notifications.models import MessageState, OutboundMessage
from notifications.services import mark_all_read, mark_read
from notifications.sweep import run_sweep
from tests.conftest import TODAY
from tests.factories import World
from tests.notifications.builders import Mailbox, alert_notices, petitions, words_of
from tests.notifications.test_outbox import queued

LATER = TODAY + timedelta(days=40)


def line(
    clock: int, rung: str = "after_1", due: str = "2026-11-20", *, new: bool = True
) -> dict[str, object]:
    """Return a line of a digest."""
    return {"clock": clock, "rung": rung, "due": due, "new": new}


def folded(*batches: list[dict[str, object]]) -> dict[str, object]:
    """Fold batches of lines into one digest, in this order."""
    facts: dict[str, object] = {"count": 0, "lines": []}
    for batch in batches:
        facts = digest._folded(facts, batch)  # type: ignore[arg-type]
    return facts


def test_batches_fold_into_the_same_digest_in_any_order() -> None:
    """Two sweeps that share the work, or one that was cut in pieces, end with the same notice."""
    first = [line(n, "after_3") for n in range(15)]
    second = [line(n, "before_5") for n in range(100, 115)]
    third = [line(n, "after_10") for n in range(200, 203)]
    forward, backward = folded(first, second, third), folded(third, second, first)
    assert forward == backward == folded([*second, *third, *first])
    assert forward["count"] == 33
    lines = forward["lines"]
    assert isinstance(lines, list)
    assert len(lines) == LISTED
    assert [x["clock"] for x in lines[:3]] == [200, 201, 202]


def test_a_deadline_that_is_raised_again_replaces_its_line_and_counts_once() -> None:
    """The last rung says it all."""
    facts = folded([line(1, "on_day")], [line(1, "after_1"), line(2)])
    assert facts["count"] == 2
    assert digest._newest_of_each_clock([line(1, "on_day"), line(1, "after_5"), line(1, "after_3")]) == [
        line(1, "after_5")
    ]


def test_a_later_alert_of_the_same_day_joins_the_notice_and_the_mail(world: World, session: Session) -> None:
    """Two sweeps on one morning make one notice and one mail that count both."""
    with frozen(LATER):
        petitions(world, 1)
        run_sweep()
        before = {notice.person_id: notice.facts["count"] for notice in alert_notices()}
        petitions(world, 1, received_on=TODAY)
        run_sweep()
        after = {notice.person_id: notice.facts["count"] for notice in alert_notices()}
    assert after
    assert all(after[person] > before.get(person, 0) for person in after)
    mails = session.scalars(select(OutboundMessage)).all()
    assert {mail.person_id: mail.facts["count"] for mail in mails} == after
    assert len(mails) == len(after)
    assert all(f"{mail.facts['count']} thời hạn cần chú ý" in mail.body for mail in mails)


def test_a_notice_that_was_read_opens_again_for_what_is_new(world: World, session: Session) -> None:
    """What was seen stays in the list, marked as seen, below what has come since."""
    chair = world.principal("chutich.lb")
    with frozen(LATER):
        petitions(world, 1, received_on=TODAY)
        run_sweep()
        [notice] = [n for n in alert_notices() if n.person_id == chair.person_id]
        with unit_of_work():
            mark_read(chair, notice.id)
        session.refresh(notice)
        assert not notice.unread
        seen = {x["clock"] for x in notice.facts["lines"]}
        petitions(world, 1, received_on=TODAY)
        run_sweep()
        session.refresh(notice)
    assert notice.unread
    assert {x["clock"] for x in notice.facts["lines"] if not x["new"]} == seen
    assert notice.facts["lines"][0]["new"]
    assert notice.facts["count"] == len(notice.facts["lines"]) > len(seen)


def test_marking_all_read_spares_what_has_come_since_the_page_was_shown(
    world: World, session: Session
) -> None:
    """A notice that grew after somebody looked is not read."""
    chair = world.principal("chutich.lb")
    with frozen(LATER):
        petitions(world, 1, received_on=TODAY)
        run_sweep()
        [notice] = [n for n in alert_notices() if n.person_id == chair.person_id]
        shown = notice.changed_at
    with frozen(shown + timedelta(minutes=3)):
        petitions(world, 1, received_on=TODAY)
        run_sweep()
        with unit_of_work():
            mark_all_read(chair, shown)
        session.refresh(notice)
        assert notice.unread
        with unit_of_work():
            mark_all_read(chair, notice.changed_at)
        session.refresh(notice)
        assert not notice.unread


def test_the_mail_waits_for_the_sweep_to_settle_and_then_leaves_once(
    world: World, session: Session, smtp: Mailbox, empty_queue: None
) -> None:
    """It is put on no queue at first; each batch moves it on a little; then the sweep of the outbox finds it."""
    with frozen(LATER):
        petitions(world, 5, received_on=TODAY)
        run_sweep(batch_size=3)
        mails = session.scalars(select(OutboundMessage)).all()
        assert len(mails) > 1
        sweep_outbox()
        assert queued() == 0
        moment = now() + SETTLE
    with frozen(moment):
        sweep_outbox()
        assert queued() == len(mails)
        for mail in mails:
            deliver(mail.id)
        sweep_outbox()
    assert len(smtp.letters) == len(mails)
    assert len({letter["To"] for letter in smtp.letters}) == len(mails)
    letter = next(letter for letter in smtp.letters if letter["To"] == "donthu.lb@example.vn")
    assert "quá hạn 1 ngày làm việc" in words_of(letter) or "còn" in words_of(letter)
    assert "/petitions/" in words_of(letter)


def test_what_comes_after_the_mail_has_left_is_a_mail_of_its_own(
    world: World, session: Session, smtp: Mailbox, empty_queue: None
) -> None:
    """A mail that a worker has touched never changes: what is new goes into the next, with an id of its own."""
    chair = world.person("chutich.lb")
    with frozen(LATER):
        petitions(world, 1, received_on=TODAY)
        run_sweep()
        moment = now() + SETTLE
    mine = select(OutboundMessage).where(OutboundMessage.person_id == chair.id).order_by(OutboundMessage.id)
    smtp.refuse = True
    with frozen(moment):
        [first] = session.scalars(mine)
        words = first.body
        deliver(first.id)
        assert (first.state, first.attempts) == (MessageState.PENDING, 1)
        petitions(world, 1, received_on=TODAY)
        run_sweep()
        first, second = session.scalars(mine)
    assert first.body == words
    assert second.message_id != first.message_id
    assert second.facts["count"] > 0
    [notice] = [n for n in alert_notices() if n.person_id == chair.id]
    assert notice.facts["count"] == first.facts["count"] + second.facts["count"]
    assert notice.facts["mails"] == 2


def test_a_mail_does_not_wait_for_ever(
    world: World, session: Session, smtp: Mailbox, empty_queue: None
) -> None:
    """Alerts that keep coming push it on for a quarter of an hour at most."""
    with frozen(LATER):
        petitions(world, 1, received_on=TODAY)
        run_sweep()
        start = now()
    for minute in range(1, 20):
        with frozen(start + timedelta(minutes=minute)):
            petitions(world, 1, received_on=TODAY)
            run_sweep()
    latest = {mail.next_try_at for mail in session.scalars(select(OutboundMessage))}
    assert max(latest) == start + digest.SETTLE_MAX
