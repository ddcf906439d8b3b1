"""The sweep: raises what is due, tells each person once, and ends in the same state however often and late it runs."""

from collections import Counter
from datetime import date, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.clock import HANOI, at_local, frozen, local_day
from app.core.db import Base, db, unit_of_work
from complaints.models.clocks import Clock, Escalation, EscalationTold
from complaints.models.history import HistoryEntry
from complaints.services.perform import perform
from notifications.models import Notice, OutboundMessage
from notifications.sweep import run_sweep
from tests.conftest import TODAY, as_owner
from tests.factories import World, build_petition
from tests.notifications.builders import (
    alert_notices,
    check_once,
    counts,
    deadlines_told,
    foretold,
    petitions,
    raised,
)

LATER = TODAY + timedelta(days=40)


def test_a_sweep_raises_what_the_rehearsal_foretold(world: World, session: Session) -> None:
    """The dry run and the sweep agree; a second sweep has nothing left to do."""
    petitions(world, 3)
    expected = foretold(LATER)
    with frozen(LATER):
        result = run_sweep()
        assert (result.raised, result.notified) == (len(expected), len(counts()))
        assert run_sweep().raised == 0
    check_once(expected)


def test_a_rehearsal_writes_nothing(world: World, session: Session) -> None:
    """Not a row in any table, and no clock moves on; it says who would hear, by level."""
    petitions(world, 2)

    def rows() -> dict[str, int]:
        tables = Base.metadata.sorted_tables
        with as_owner(session):
            return {t.name: session.execute(select(func.count()).select_from(t)).scalar_one() for t in tables}

    def clocks() -> list[object]:
        return list(
            session.execute(select(Clock.id, Clock.last_rung, Clock.next_alert_at).order_by(Clock.id))
        )

    before = rows(), clocks()
    result = run_sweep(LATER, dry_run=True)
    assert (rows(), clocks()) == before
    assert result.raised == len(result.preview) > 0
    last = next(row for row in result.preview if row.rung.key == "after_10")
    assert last.number == "Đ-1/2026/LB"
    assert {level.value: len(people) for level, people in last.people.items()} == {
        "leader": 1, "leader_above": 1, "oversight": 1,
    }  # fmt: skip


def kinds_of_alerts(clocks: set[int]) -> Counter[tuple[str, str, date, date, int, str]]:
    """Return the alerts of some clocks with who was told as what, whichever petitions they are on."""
    statement = (
        select(Clock.code, Escalation.rung, Escalation.due_on, Escalation.alert_on, EscalationTold.person_id,
               EscalationTold.level)
        .join(Escalation, Escalation.clock_id == Clock.id)
        .join(EscalationTold, EscalationTold.escalation_id == Escalation.id)
        .where(Clock.id.in_(clocks))
    )  # fmt: skip
    return Counter(tuple(row) for row in db.session.execute(statement))  # type: ignore[misc]


def test_weeks_of_silence_end_in_the_same_alerts_as_a_sweep_a_day(world: World, session: Session) -> None:
    """And each person gets one combined notice and one mail, with one line a deadline, not a flood."""
    petitions(world, 4)
    watched = set(session.scalars(select(Clock.id)))
    for days in range(40):
        with frozen(TODAY + timedelta(days=days)):
            run_sweep()
    mails = session.execute(select(func.count(OutboundMessage.id))).scalar_one()
    with frozen(LATER):
        petitions(world, 4, received_on=TODAY)
        silent = set(session.scalars(select(Clock.id))) - watched
        run_sweep()
        assert kinds_of_alerts(silent) == kinds_of_alerts(watched)
        notices = [notice for notice in alert_notices() if notice.created_at.date() >= LATER]
    assert len({notice.person_id for notice in notices}) == len(notices) > 1
    for notice in notices:
        clocks = [line["clock"] for line in notice.facts["lines"]]
        assert len(set(clocks)) == len(clocks) == notice.facts["count"] <= len(silent)
    assert session.execute(select(func.count(OutboundMessage.id))).scalar_one() == mails + len(notices)


def test_small_batches_end_like_one(world: World, session: Session) -> None:
    """However many transactions a sweep takes, a person has one notice and one mail of all of it."""
    petitions(world, 9)
    expected = foretold(LATER)
    with frozen(LATER):
        result = run_sweep(batch_size=2)
        assert result.raised == len(expected)
    check_once(expected)


def test_before_seven_in_the_morning_the_day_has_not_begun(world: World, session: Session) -> None:
    """A sweep at night raises what yesterday brought, and the morning's alerts wait for the morning."""
    petitions(world, 1)
    first = session.scalars(select(Clock.next_alert_at).order_by(Clock.next_alert_at).limit(1)).one()
    assert first is not None
    assert first.astimezone(HANOI).hour == 7
    with frozen(first - timedelta(minutes=1)):
        assert run_sweep().raised == 0
    with frozen(first):
        assert run_sweep().raised > 0
    tomorrow = local_day(first) + timedelta(days=1)
    with frozen(at_local(tomorrow, time(0, 30))):
        assert run_sweep().raised == 0
    with frozen(first + timedelta(days=60)):
        run_sweep()
    assert len(raised()) == len(set(raised()))


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


def test_alerts_that_were_raised_without_notices_are_told_by_the_next_sweep(
    world: World, session: Session
) -> None:
    """escalation_told is the truth: what stands there untold is told, by whichever sweep comes."""
    petitions(world, 2)
    with frozen(LATER):
        run_sweep()
        expected = counts()
        with as_owner(session):
            session.query(Notice).delete()
            session.query(OutboundMessage).delete()
        session.query(EscalationTold).update({"told_at": None})
        session.commit()
        result = run_sweep()
    assert (result.raised, result.notified) == (0, len(expected))
    assert counts() == expected == deadlines_told()


def test_every_alert_has_its_line_of_history(world: World, session: Session) -> None:
    """The timeline of the petition says what was raised and for which day."""
    [petition] = petitions(world, 1)
    with frozen(LATER):
        run_sweep()
    lines = session.scalars(select(HistoryEntry).where(HistoryEntry.act == "escalated")).all()
    assert {line.petition_id for line in lines} == {petition.id}
    assert {(line.data["rung"], line.on) for line in lines if line.data["clock"] == "KN_ACCEPT"} == {
        (row.rung, row.alert_on)
        for row in session.scalars(select(Escalation))
        if row.clock.code == "KN_ACCEPT"
    }


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
