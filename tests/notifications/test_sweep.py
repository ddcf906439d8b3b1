"""The promise of the sweep: no alert is lost, none is raised twice, whoever should know is told once, whatever crashes."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.config import Settings
from app.core.clock import frozen, local_day, now
from app.core.db import db, unit_of_work
from app.core.jobs import QueueName, queue
from complaints.models.clocks import Clock, Escalation, EscalationTold
from complaints.models.history import HistoryEntry
from complaints.services.escalation import preview_alerts
from complaints.services.perform import perform
from notifications.models import Notice, OutboundMessage
from notifications.sweep import run_sweep, sweep_clocks
from tests.conftest import TODAY
from tests.factories import World, build_petition

ROOT = Path(__file__).resolve().parent.parent.parent
LATER = TODAY + timedelta(days=40)
Key = tuple[int, str, date]


def raised() -> list[Key]:
    """Return what stands in the table of escalations."""
    return [
        tuple(row)
        for row in db.session.execute(select(Escalation.clock_id, Escalation.rung, Escalation.due_on))
    ]  # type: ignore[misc]


def told() -> dict[int, int]:
    """Return how many alerts each person's notice counts."""
    notices = db.session.execute(select(Notice).where(Notice.kind == "alerts")).scalars()
    return {notice.person_id: notice.facts["count"] for notice in notices}


def petitions(world: World, number: int, received_on: date = TODAY) -> None:
    """Register complaints that nobody then touches."""
    for _ in range(number):
        build_petition(world, kind="complaint", received_on=received_on)


def test_a_sweep_raises_what_the_rehearsal_foretold_and_writes_nothing_in_it(
    world: World, session: Session
) -> None:
    """The dry run and the sweep agree; a second sweep has nothing left to do."""
    petitions(world, 3)
    foretold = {(a.clock_id, a.rung.key, a.due_on) for a in preview_alerts(LATER)}
    assert foretold
    assert raised() == []
    with frozen(LATER):
        result = run_sweep()
        assert set(raised()) == foretold
        assert result.raised == len(foretold)
        assert run_sweep().raised == 0
    assert session.execute(select(func.count()).where(HistoryEntry.act == "escalated")).scalar_one() == len(
        foretold
    )


def kinds_of_alerts(clocks: set[int]) -> Counter[tuple[str, str, date]]:
    """Return the alerts of some clocks by code, rung and due date, however many petitions they are on."""
    statement = select(Clock.code, Escalation.rung, Escalation.due_on).join(Clock).where(Clock.id.in_(clocks))
    return Counter((code, rung, due) for code, rung, due in db.session.execute(statement))


def test_weeks_of_silence_end_in_the_same_alerts_as_a_sweep_a_day(world: World, session: Session) -> None:
    """And each person gets one combined notice and one mail, not a flood."""
    petitions(world, 4)
    watched = set(session.execute(select(Clock.id)).scalars())
    day = TODAY
    while day < LATER:
        with frozen(day):
            run_sweep()
        day += timedelta(days=1)
    mails = session.execute(select(func.count(OutboundMessage.id))).scalar_one()
    with frozen(LATER):
        petitions(world, 4, received_on=TODAY)
        silent = set(session.execute(select(Clock.id)).scalars()) - watched
        run_sweep()
        assert kinds_of_alerts(silent) == kinds_of_alerts(watched)
        today = select(Notice).where(Notice.created_at >= now(), Notice.kind == "alerts")
        notices = session.execute(today).scalars().all()
    assert len({notice.person_id for notice in notices}) == len(notices)
    assert sum(notice.facts["count"] for notice in notices) > 8 * len(notices)
    assert session.execute(select(func.count(OutboundMessage.id))).scalar_one() == mails + len(notices)


def test_alerts_climb_from_the_officer_to_the_city(world: World, session: Session) -> None:
    """Five days before: the petition officer. Ten after: the chair, the chair above, and the inspectorate."""
    petitions(world, 1)
    with frozen(LATER):
        run_sweep()
    clock = session.execute(select(Clock).where(Clock.code == "KN_ACCEPT")).scalar_one()
    people = {person.id: name for name, person in world.people.items()}
    heard = {
        row.rung: {people[t.person_id] for t in row.told}
        for row in session.execute(select(Escalation).where(Escalation.clock_id == clock.id)).scalars()
    }
    assert heard["before_5"] == {"donthu.lb"}
    # The unit has no head of its own, so its level goes up to the chair at once.
    assert heard["on_day"] == {"donthu.lb", "chutich.lb"}
    assert heard["after_5"] == {"chutich.lb", "chutich.hn"}
    assert heard["after_10"] == {"chutich.lb", "chutich.hn", "thanhtra"}


def test_a_met_clock_is_silent(world: World, session: Session) -> None:
    """What was done in time is never alarmed about."""
    petition = build_petition(world, kind="complaint", respondent_level="department_director")
    chair = world.principal("chutich.lb")
    with unit_of_work():
        perform(
            petition, "guide", actor=chair, data={"on": TODAY, "to_body": "Giám đốc Sở", "words": "hướng dẫn"}
        )
    with frozen(LATER):
        assert run_sweep().raised == 0


def test_a_later_alert_of_the_same_day_joins_the_notice(world: World, session: Session) -> None:
    """Two sweeps on one morning make one notice that counts both."""
    petitions(world, 1)
    with frozen(LATER):
        run_sweep()
        before = told()
        petitions(world, 1, received_on=TODAY)
        run_sweep()
        after = told()
    assert set(before) == set(after)
    assert all(after[person] > before[person] for person in before)


# --- real processes ---------------------------------------------------------------------------------------------------


@pytest.fixture
def overdue(live_world: World) -> Iterator[date]:
    """Committed complaints that are long overdue on the machine's own calendar day."""
    real = local_day(datetime.now(UTC))
    received = real - timedelta(days=80)
    with frozen(received):
        petitions(live_world, 40, received_on=received)
    return real


@pytest.fixture
def environment(settings: Settings) -> dict[str, str]:
    """The environment of a child process on this worker's servers."""
    return dict(
        os.environ,
        TIEPDAN_ENV="test",
        DATABASE_URL=settings.database_url,
        REDIS_URL=settings.redis_url,
        SECRET_KEY=settings.secret_key,
        TIEPDAN_SEAL_KEY="MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
        FILES_DIR=str(settings.files_dir),
    )


def check_once(foretold: set[Key]) -> None:
    """Assert that every alert stands exactly once, everybody was told, and each has one notice of the right count."""
    db.session.rollback()
    found = raised()
    assert len(found) == len(set(found))
    assert set(found) == foretold
    untold = select(func.count()).where(EscalationTold.told_at.is_(None))
    assert db.session.execute(untold).scalar_one() == 0
    per_person = select(EscalationTold.person_id, func.count()).group_by(EscalationTold.person_id)
    assert told() == dict(db.session.execute(per_person).all())
    mails = select(func.count(OutboundMessage.id)).group_by(OutboundMessage.person_id)
    assert set(db.session.execute(mails).scalars()) == {1}
    lines = select(func.count()).where(HistoryEntry.act == "escalated")
    assert db.session.execute(lines).scalar_one() == len(foretold)


SWEEP = """
from app.factory import create_app
from notifications.sweep import run_sweep
app = create_app()
with app.app_context():
    print("go", flush=True)
    run_sweep(batch_size=4)
"""


@pytest.mark.crash
def test_a_sweep_killed_in_the_middle_again_and_again_loses_and_doubles_nothing(
    overdue: date, environment: dict[str, str]
) -> None:
    """Kill -9 at random moments; the next sweep goes on from whole batches."""
    with frozen(overdue):
        foretold = {(a.clock_id, a.rung.key, a.due_on) for a in preview_alerts(overdue)}
    partial = 0
    for round_ in range(5):
        child = subprocess.Popen(
            [sys.executable, "-c", SWEEP], cwd=ROOT, env=environment, stdout=subprocess.PIPE
        )
        assert child.stdout is not None
        assert child.stdout.readline() == b"go\n"
        before, deadline = len(raised()), time.monotonic() + 20
        while len(raised()) == before and time.monotonic() < deadline:
            db.session.rollback()
        time.sleep(0.003 * round_)  # somewhere in a later batch
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
        db.session.rollback()
        partial += 0 < len(raised()) < len(foretold)
    assert partial, "no kill fell into the middle of a sweep: the test would prove nothing"
    subprocess.run([sys.executable, "-c", SWEEP], cwd=ROOT, env=environment, check=True, capture_output=True)
    check_once(foretold)


@pytest.mark.crash
def test_two_workers_that_sweep_at_once_share_the_work(
    app: Flask, overdue: date, environment: dict[str, str]
) -> None:
    """Real RQ workers, the same periodic job on the queue several times."""
    with frozen(overdue):
        foretold = {(a.clock_id, a.rung.key, a.due_on) for a in preview_alerts(overdue)}
    for _ in range(4):
        queue(QueueName.URGENT).enqueue(sweep_clocks)
    command = [sys.executable, "-c", "from app.worker import work; work(burst=True)"]
    workers = [subprocess.Popen(command, cwd=ROOT, env=environment) for _ in range(2)]
    assert [worker.wait(60) for worker in workers] == [0, 0]
    check_once(foretold)


def test_the_cost_follows_what_is_due_and_not_what_is_open(
    world: World, session: Session, count_queries: list[str]
) -> None:
    """Open clocks that are not due cost the sweep nothing: the same statements as without them."""

    def statements_of_a_sweep() -> int:
        count_queries.clear()
        with frozen(TODAY):
            assert run_sweep().examined == 0
        return sum("SAVEPOINT" not in statement for statement in count_queries)

    idle = statements_of_a_sweep()
    petitions(world, 10)
    assert statements_of_a_sweep() == idle
