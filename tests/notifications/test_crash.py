"""The promise with real processes: no alert is lost, none is raised twice, and each person is told once, whatever dies."""

import signal
import time
from datetime import date

import psutil
import pytest
from flask import Flask

from app.core.clock import frozen
from app.core.db import db, unit_of_work
from app.core.jobs import QueueName, queue
from notifications.jobs import deliver
from notifications.models import MessageState, OutboundMessage
from notifications.outbox import DELAYS
from notifications.rules import Kind
from notifications.services import queue_message
from notifications.sweep import sweep_clocks
from tests.factories import World
from tests.notifications.builders import check_once, foretold, mail_server, raised, words_of
from tests.notifications.conftest import Start

pytestmark = pytest.mark.crash

SWEEP = """
from app.factory import create_app
from notifications.sweep import run_sweep
with create_app().app_context():
    print("go", flush=True)
    run_sweep(batch_size=4)
"""
WORKER = """
from app.factory import create_app
from app.worker import work
work(create_app(), burst=True)
"""


def test_a_sweep_killed_in_the_middle_again_and_again_loses_and_doubles_nothing(
    overdue: date, start: Start
) -> None:
    """Kill -9 at moments that differ; the next sweep goes on from whole batches, notices included."""
    with frozen(overdue):
        expected = foretold(overdue)
    partial = 0
    for round_ in range(6):
        child = start(SWEEP)
        assert child.stdout is not None
        assert child.stdout.readline() == b"go\n"
        before, deadline = len(raised()), time.monotonic() + 20
        while len(raised()) == before and child.poll() is None and time.monotonic() < deadline:
            db.session.rollback()
        time.sleep(0.004 * round_)  # somewhere in a later batch
        child.send_signal(signal.SIGKILL)
        child.wait()
        db.session.rollback()
        partial += 0 < len(raised()) < len(expected)
    assert partial, "no kill fell into the middle of a sweep: the test would prove nothing"
    assert start(SWEEP).wait(60) == 0
    check_once(expected)


def test_two_workers_that_sweep_at_once_share_the_work(
    app: Flask, overdue: date, empty_queue: None, start: Start
) -> None:
    """Real RQ workers, the same periodic job on the queue several times."""
    with frozen(overdue):
        expected = foretold(overdue)
    for _ in range(4):
        queue(QueueName.URGENT).enqueue(sweep_clocks)
    workers = [start(WORKER) for _ in range(2)]
    assert [worker.wait(90) for worker in workers] == [0, 0]
    check_once(expected)


def test_two_sweeps_at_once_with_small_batches_and_one_of_them_killed(overdue: date, start: Start) -> None:
    """They meet in the same people's notices, over and over; the one that lives finishes for both."""
    with frozen(overdue):
        expected = foretold(overdue)
    first, second = start(SWEEP), start(SWEEP)
    deadline = time.monotonic() + 20
    while not raised() and time.monotonic() < deadline:
        db.session.rollback()
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert second.wait(60) == 0
    assert start(SWEEP).wait(60) == 0
    check_once(expected)


def kill_with_children(pid: int) -> None:
    """Kill -9 a worker and the process in which it runs its job."""
    worker = psutil.Process(pid)
    for process in [*worker.children(recursive=True), worker]:
        process.kill()


def test_a_worker_killed_between_sending_and_noting_it_sends_the_same_letter_again(
    app: Flask, live_world: World, empty_queue: None, start: Start
) -> None:
    """At least once, and recognisable: the copy has the same Message-ID and the same words."""
    with mail_server() as mailbox:
        server = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(mailbox.port), "SMTP_TLS": "none"}
        with unit_of_work():
            person = live_world.person("thuly.lb").id
            id_ = queue_message(
                person, Kind.ASSIGNED, {"number": "VV-1/2026/LB"}, "/cases/1", dedupe_key="assigned:x"
            )
            message = db.session.get_one(OutboundMessage, id_)
            message.state = MessageState.PENDING  # this process has no mail server; the workers have
        queue(QueueName.MAIL).enqueue(deliver, id_)
        worker = start(WORKER, **server)
        mailbox.on_data = lambda: kill_with_children(worker.pid)
        worker.wait(60)
        mailbox.on_data = None
        db.session.rollback()
        assert (message.state, message.attempts, len(mailbox.letters)) == (MessageState.PENDING, 1, 1)
        # The claim of the dead worker runs out after some minutes; the test does not wait for them.
        with unit_of_work():
            message.next_try_at -= DELAYS[-1]
        queue(QueueName.MAIL).enqueue(deliver, id_)
        assert start(WORKER, **server).wait(60) == 0
    db.session.rollback()
    assert message.state is MessageState.SENT
    first, second = mailbox.letters
    assert first["Message-ID"] == second["Message-ID"] == message.message_id
    assert first.get_body(("plain",)).get_content() == second.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "VV-1/2026/LB" in words_of(second)
