"""A change of the calendar: open clocks are derived again, every move is kept and told once, whatever is killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

import psutil
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.config import Settings
from app.core.calendar import DayKind
from app.core.clock import at_local, frozen, now, today
from app.core.db import db, unit_of_work
from app.core.jobs import queue, redis_connection
from app.organisation.chart import chart
from app.organisation.models import CalendarChange, Person, UnitKind
from app.organisation.services.calendar import DayEntry, set_calendar_days
from complaints.jobs import recalculate, sweep_recalculations
from complaints.models.clocks import Clock
from complaints.models.history import HistoryEntry
from complaints.models.petitions import Petition
from complaints.models.recalculations import ClockMove, Recalculation
from complaints.services.assignment import assign
from complaints.services.clocks import ALERT_TIME, rebuild_all
from complaints.services.perform import perform
from complaints.services.recalculation import SILENT, recalculate_batch
from notifications.models import Notice, OutboundMessage
from tests.factories import World, build_petition, build_unit

ROOT = Path(__file__).resolve().parent.parent.parent
FRIDAY = date(2026, 11, 20)
SENDER = "Nguyễn Văn Thử"


def close(world: World, *days: date) -> int:
    """Close the city's offices on days, by a decision; return the change."""
    entries = [DayEntry(day, DayKind.CLOSURE, "Bão số 12", "12/QĐ-UBND", today()) for day in days]
    with unit_of_work():
        change = set_calendar_days(world.unit("HN").id, entries, actor=world.principal("quantri"))
        assert change is not None
        return change.id


def acceptance(petition: Petition) -> Clock:
    """Return the clock of acceptance."""
    return db.session.scalars(
        select(Clock).where(Clock.petition_id == petition.id, Clock.code == "KN_ACCEPT")
    ).one()


def complaint(world: World) -> Petition:
    """Register a complaint on Monday 16 November: due Thursday 26, over the holiday of the 24th (law.md 6.1)."""
    return build_petition(world, kind="complaint")


def test_due_dates_move_with_the_calendar_and_each_move_is_kept(world: World, session: Session):
    petition = complaint(world)
    clock = acceptance(petition)
    assert clock.due_on == date(2026, 11, 26)
    change_id = close(world, FRIDAY)
    recalculate(change_id)
    session.expire_all()
    assert clock.due_on == date(2026, 11, 27)
    assert petition.next_due_on == date(2026, 11, 27)
    move = session.scalars(select(ClockMove).where(ClockMove.clock_id == clock.id)).one()
    assert (move.change_id, move.old_due_on.day, move.new_due_on.day) == (change_id, 26, 27)
    line = session.scalars(select(HistoryEntry).where(HistoryEntry.act == "recalculated")).one()
    assert line.data == {"clock": "KN_ACCEPT", "clock_id": clock.id, "old_due_on": "2026-11-26",
                         "new_due_on": "2026-11-27", "calendar_change": change_id}  # fmt: skip
    run = session.scalars(select(Recalculation)).one()
    assert (run.done, run.moved, run.is_finished) == (run.total, 1, True)
    assert rebuild_all() == []


def test_an_alert_moves_even_where_the_due_date_stands(world: World, session: Session):
    """45 calendar days end on 31 December; 'five working days before' steps over the closed Monday."""
    petition = complaint(world)
    wanted = select(Clock).where(Clock.petition_id == petition.id, Clock.code == "PETITION_DISCIPLINE")
    clock = session.scalars(wanted).one()
    assert (clock.due_on, clock.next_alert_at) == (
        date(2026, 12, 31),
        at_local(date(2026, 12, 24), ALERT_TIME),
    )
    recalculate(close(world, date(2026, 12, 28)))
    session.expire_all()
    assert (clock.due_on, clock.next_alert_at) == (
        date(2026, 12, 31),
        at_local(date(2026, 12, 23), ALERT_TIME),
    )
    assert session.scalars(select(ClockMove)).all() == []


def test_a_day_taken_back_brings_the_old_date_back_as_a_change_of_its_own(world: World, session: Session):
    clock = acceptance(complaint(world))
    recalculate(close(world, FRIDAY))
    with unit_of_work():
        entry = DayEntry(FRIDAY, DayKind.ORDINARY, "Bão không vào")
        change = set_calendar_days(world.unit("HN").id, [entry], actor=world.principal("quantri"))
        assert change is not None
        second = change.id
    recalculate(second)
    session.expire_all()
    assert clock.due_on == date(2026, 11, 26)
    moves = session.scalars(
        select(ClockMove).where(ClockMove.clock_id == clock.id).order_by(ClockMove.id)
    ).all()
    assert [(m.old_due_on.day, m.new_due_on.day) for m in moves] == [(26, 27), (27, 26)]
    with pytest.raises(DBAPIError, match=r"appended|permission denied"), session.begin_nested():
        session.execute(text("UPDATE clock_moves SET new_due_on = old_due_on"))


def test_units_of_another_province_keep_their_dates(world: World, session: Session):
    other = build_unit("QN", "UBND tỉnh Quảng Ninh", UnitKind.PROVINCE)
    chart(fresh=True)
    petition = complaint(world)
    clock = acceptance(petition)
    petition.unit = other
    session.commit()
    recalculate(close(world, FRIDAY))
    session.expire_all()
    assert clock.due_on == date(2026, 11, 26)
    assert session.scalars(select(ClockMove)).all() == []


def test_holders_of_what_moved_are_told_once_together_and_without_names(world: World, session: Session):
    """The handler of the case, and the petition officer of what nobody has yet; nobody else."""
    first, second, third = complaint(world), complaint(world), complaint(world)
    with unit_of_work():
        perform(third, "open_case", actor=world.principal("donthu.lb"), data={"on": "16/11/2026"})
        assert third.case is not None
        assign(third.case, unit_id=world.unit("LB-KT").id, handler_id=world.person("thuly.lb").id,
               actor=world.principal("chutich.lb"))  # fmt: skip
    change_id = close(world, FRIDAY)
    recalculate(change_id)
    recalculate(change_id)
    notices = session.scalars(
        select(Notice).where(Notice.kind == "dates_moved").order_by(Notice.person_id)
    ).all()
    told = {world.person(name).id: name for name in ("donthu.lb", "thuly.lb")}
    assert {told[n.person_id]: n.facts["count"] for n in notices} == {"donthu.lb": 2, "thuly.lb": 1}
    by_name = {told[n.person_id]: n for n in notices}
    numbers = {line["number"] for line in by_name["donthu.lb"].facts["moves"]}
    assert numbers == {first.number, second.number}
    assert by_name["thuly.lb"].facts["moves"][0]["number"] == third.case.number
    mails = session.scalars(select(OutboundMessage).where(OutboundMessage.kind == "dates_moved")).all()
    assert len(mails) == 2
    assert all(SENDER not in str(n.facts) for n in notices)
    assert all(SENDER not in mail.body + mail.html + mail.subject for mail in mails)


def test_a_clock_whose_petition_somebody_moves_at_the_moment_comes_last(
    real_database: Flask, live_world: World
):
    """Nobody waits for anybody: the other clocks go on, and this one is taken when it is free."""
    busy, free = complaint(live_world), complaint(live_world)
    busy_id, free_id = acceptance(busy).id, acceptance(free).id
    change_id = close(live_world, FRIDAY)
    with db.engine.connect() as other:
        other.execute(select(Petition.id).where(Petition.id == busy.id).with_for_update())
        with unit_of_work():
            recalculate_batch(change_id)
        with unit_of_work():
            progress = recalculate_batch(change_id)
        assert (progress.finished, progress.busy) == (False, True)
        assert db.session.get_one(Clock, free_id).due_on == date(2026, 11, 27)
        assert db.session.get_one(Clock, busy_id).due_on == date(2026, 11, 26)
        other.rollback()
    recalculate(change_id)
    db.session.expire_all()
    assert db.session.get_one(Clock, busy_id).due_on == date(2026, 11, 27)
    assert db.session.scalars(select(Recalculation)).one().is_finished


def test_the_sweep_puts_what_was_forgotten_on_the_queue(real_database: Flask, live_world: World):
    redis_connection().flushdb()
    complaint(live_world)
    change_id = close(live_world, FRIDAY)
    redis_connection().flushdb()  # the queue is lost
    sweep_recalculations()
    assert queue().jobs == []
    with frozen(now() + SILENT + timedelta(seconds=1)):
        sweep_recalculations()
    (job,) = queue().jobs
    assert (job.func_name, job.args) == ("complaints.jobs.recalculate", [change_id])
    redis_connection().flushdb()


@pytest.fixture
def worker(settings: Settings) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Start a real RQ worker on this test's servers; what is left at the end is killed."""
    children: list[subprocess.Popen[bytes]] = []
    environment = dict(
        os.environ, TIEPDAN_ENV="test", DATABASE_URL=settings.database_url, REDIS_URL=settings.redis_url,
        SECRET_KEY=settings.secret_key, TIEPDAN_SEAL_KEY="MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
        TIEPDAN_AUDIT_KEY="YXVkaXQta2V5LW9mLXRoZS10ZXN0LXN1aXRlLTMyYnk=", FILES_DIR=str(settings.files_dir),
    )  # fmt: skip
    code = "from app.factory import create_app\nfrom app.worker import work\nwork(create_app(), burst=True)"

    def start() -> subprocess.Popen[bytes]:
        children.append(
            subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=environment, start_new_session=True)
        )
        return children[-1]

    yield start
    for child in children:
        if child.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()


@pytest.mark.crash
def test_a_worker_killed_in_the_middle_leaves_whole_batches_and_the_next_goes_on(
    real_database: Flask, live_world: World, worker: Callable[[], subprocess.Popen[bytes]]
):
    """Kill -9 on a real worker; run again, every clock has moved once and each holder has one notice."""
    redis_connection().flushdb()
    clocks = [acceptance(complaint(live_world)).id for _ in range(60)]
    change_id = close(live_world, FRIDAY)
    redis_connection().flushdb()
    queue().enqueue(recalculate, change_id, 2)
    moved = select(func.count()).select_from(ClockMove)
    first = worker()
    deadline = time.monotonic() + 60
    while db.session.execute(moved).scalar_one() < 4 and time.monotonic() < deadline:
        db.session.rollback()
    process = psutil.Process(first.pid)
    for one in [*process.children(recursive=True), process]:
        one.kill()
    first.wait()
    db.session.rollback()
    run = db.session.scalars(select(Recalculation)).one()
    assert 4 <= db.session.execute(moved).scalar_one() < 60, "the kill did not fall into the middle"
    assert not run.is_finished
    assert run.moved == db.session.execute(moved).scalar_one()
    assert db.session.scalars(select(Notice)).all() == []
    db.session.rollback()
    redis_connection().flushdb()
    queue().enqueue(recalculate, change_id, 7)
    assert worker().wait(90) == 0
    db.session.rollback()
    db.session.expire_all()
    assert run.is_finished
    assert (run.done, run.moved) == (run.total, 60)
    moves = db.session.scalars(select(ClockMove)).all()
    assert sorted(move.clock_id for move in moves) == sorted(clocks)
    assert {move.new_due_on for move in moves} == {date(2026, 11, 27)}
    lines = select(func.count()).where(HistoryEntry.act == "recalculated")
    assert db.session.execute(lines).scalar_one() == 60
    (notice,) = db.session.scalars(select(Notice)).all()
    assert (notice.person_id, notice.facts["count"]) == (live_world.person("donthu.lb").id, 60)
    redis_connection().flushdb()


def test_the_page_shows_each_person_the_moves_of_what_they_may_see(
    world: World, session: Session, login_as: Callable[[Person], FlaskClient]
):
    petition = complaint(world)
    change_id = close(world, FRIDAY)
    client = login_as(world.person("quantri"))
    before = client.get(f"/calendar/changes/{change_id}")
    assert "đang tính" in before.text
    total = client.get(f"/calendar/changes/{change_id}/progress.json").json
    assert total == {"done": 0, "total": total["total"], "moved": 0, "finished": False}
    recalculate(change_id)
    page = client.get(f"/calendar/changes/{change_id}").text
    assert petition.number in page and "26/11/2026" in page and "27/11/2026" in page
    assert SENDER not in page
    for name, sees in (("donthu.lb", True), ("donthu.bd", False), ("tiepdan.hn", False)):
        client.post("/sign-out")
        page = login_as(world.person(name)).get(f"/calendar/changes/{change_id}").text
        assert (petition.number in page) is sees, name
    assert client.get("/calendar/changes/99999").status_code == 404
    assert client.get("/calendar/changes/99999/progress.json").status_code == 404
    assert session.scalars(select(CalendarChange)).one().id == change_id


def test_the_timeline_tells_the_move_in_words(world: World, login_as: Callable[[Person], FlaskClient]):
    petition = complaint(world)
    recalculate(close(world, FRIDAY))
    client = login_as(world.person("donthu.lb"))
    page = client.get(f"/petitions/{petition.id}").text
    assert "Tính lại thời hạn theo lịch làm việc: Thụ lý khiếu nại" in page
    assert "Hạn mới" in page
    notice = client.get("/notifications/").text
    assert "1 thời hạn của bạn đổi ngày vì lịch làm việc thay đổi" in notice
    assert petition.number in notice
