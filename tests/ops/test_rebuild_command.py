"""`tiepdan clocks rebuild`: a cache that was tampered with is found, told, put right and answered with exit code 1."""

import json
from datetime import date, timedelta

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.commands.main import tiepdan
from app.core.calendar import DayKind
from app.core.clock import frozen, now
from app.core.db import db, unit_of_work
from app.organisation.models import CalendarChange
from app.organisation.past_calendars import PastCalendars
from app.organisation.services.calendar import DayEntry, forget_calendar_day, set_calendar_days
from complaints.clocks import Verb
from complaints.models.cases import Case
from complaints.models.clocks import Clock
from complaints.models.petitions import Petition
from complaints.services.clocks import append_event, rebuild_all, refresh_due
from complaints.services.perform import perform
from tests.factories import World, build_petition

DUE = date(2026, 11, 26)  # law.md 6.1: received on Monday 16 November
FRIDAY = date(2026, 11, 20)


def rebuild(env: dict[str, str]) -> Result:
    """Run the command as the operator would."""
    return CliRunner(env=env).invoke(tiepdan, ["clocks", "rebuild"])


def acceptance(petition: Petition) -> Clock:
    """Return the clock of acceptance."""
    wanted = select(Clock).where(Clock.petition_id == petition.id, Clock.code == "KN_ACCEPT")
    return db.session.scalars(wanted).one()


def tamper(clock_id: int, **values: object) -> None:
    """Write into the cache, past every service."""
    db.session.execute(update(Clock).where(Clock.id == clock_id).values(**values))


def test_a_tampered_cache_is_found_put_right_and_answered_with_exit_1(
    live_world: World, command_environment: dict[str, str]
) -> None:
    running, ended = (build_petition(live_world, kind="complaint") for _ in range(2))
    clock_id, ended_id = acceptance(running).id, acceptance(ended).id
    petition_id = running.id
    append_event(acceptance(ended), Verb.STOP, on=date(2026, 11, 23), actor=None)
    refresh_due(ended)
    db.session.commit()
    assert rebuild(command_environment).exit_code == 0

    tamper(clock_id, due_on=date(2026, 12, 24))
    tamper(ended_id, late=True, stopped_on=date(2026, 11, 30))
    db.session.execute(
        update(Petition).where(Petition.id == petition_id).values(next_due_on=date(2026, 12, 24))
    )
    db.session.commit()
    found = rebuild(command_environment)
    assert found.exit_code == 1
    told = json.loads(found.stdout)["differences"]
    assert {(d["kind"], d["id"], d["field"], d["cached"], d["derived"]) for d in told} == {
        ("clock", clock_id, "due_on", "2026-12-24", "2026-11-26"),
        ("clock", ended_id, "late", "True", "False"),
        ("clock", ended_id, "stopped_on", "2026-11-30", "2026-11-23"),
        ("petition", petition_id, "next_due_on", "2026-12-24", "2026-11-26"),
    }
    db.session.expire_all()
    assert db.session.get_one(Clock, clock_id).due_on == DUE
    assert db.session.get_one(Clock, ended_id).late is False
    assert db.session.get_one(Petition, petition_id).next_due_on == DUE
    again = rebuild(command_environment)
    assert (again.exit_code, json.loads(again.stdout)) == (0, {"differences": []})


def test_a_clock_called_ended_that_is_not_runs_again(world: World, session: Session) -> None:
    clock = acceptance(build_petition(world, kind="complaint"))
    tamper(clock.id, state="met", stopped_on=date(2026, 11, 17), next_alert_at=None)
    session.expire_all()
    clock_id = clock.id
    assert {(d.id, d.field) for d in rebuild_all()} >= {(clock_id, "state"), (clock_id, "stopped_on")}
    again = session.get_one(Clock, clock_id)
    assert (again.state, again.stopped_on, again.due_on) == ("running", None, DUE)
    assert again.next_alert_at is not None


def test_the_nearest_date_of_a_case_is_derived_too(world: World, session: Session) -> None:
    petition = build_petition(world, kind="complaint")
    perform(petition, "open_case", actor=world.principal("donthu.lb"), data={"on": "16/11/2026"})
    case = petition.case
    assert case is not None
    case_id, due = case.id, case.next_due_on
    assert rebuild_all() == []
    session.execute(update(Case).where(Case.id == case_id).values(next_due_on=date(2030, 1, 1)))
    [found] = rebuild_all()
    assert (found.kind, found.id, found.field, found.cached, found.derived) == (
        "case", case_id, "next_due_on", "2030-01-01", str(due)
    )  # fmt: skip
    session.expire_all()
    assert session.get_one(Case, case_id).next_due_on == due


@pytest.mark.parametrize("stopped, late", [(date(2026, 11, 26), False), (date(2026, 11, 27), True)])
def test_a_calendar_that_is_changed_after_a_clock_ended_does_not_touch_it(
    world: World, session: Session, stopped: date, late: bool
) -> None:
    """A closure entered afterwards would move the last day of 26 to 27 November, and make what was late be in time."""
    petition = build_petition(world, kind="complaint")
    clock_id = acceptance(petition).id
    append_event(acceptance(petition), Verb.STOP, on=stopped, actor=None)
    refresh_due(petition)
    entry = DayEntry(FRIDAY, DayKind.CLOSURE, "Bão số 12", "12/QĐ-UBND", FRIDAY)
    with frozen(now() + timedelta(days=10)):
        with unit_of_work():
            set_calendar_days(world.unit("HN").id, [entry], actor=world.principal("quantri"))
        differing = [d for d in rebuild_all() if d.id == clock_id and d.kind == "clock"]
    assert differing == []
    ended = session.get_one(Clock, clock_id)
    assert (ended.due_on, ended.late) == (DUE, late)


def test_the_calendar_of_a_moment_is_that_of_today_without_the_changes_since(
    world: World, session: Session
) -> None:
    """Closed, corrected, forgotten: each moment knows what had been entered by then, and no other province's days."""
    unit_id, actor = world.unit("LB").id, world.principal("quantri")
    city, start = world.unit("HN").id, now()

    def closed(kind: DayKind) -> DayEntry:
        return DayEntry(FRIDAY, kind, "Bão số 12", "12/QĐ-UBND", FRIDAY if kind is DayKind.CLOSURE else None)

    with frozen(start + timedelta(days=5)), unit_of_work():
        set_calendar_days(city, [closed(DayKind.CLOSURE)], actor=actor)
    with frozen(start + timedelta(days=6)), unit_of_work():
        set_calendar_days(city, [closed(DayKind.ORDINARY)], actor=actor)
    with frozen(start + timedelta(days=7)), unit_of_work():
        forget_calendar_day(city, FRIDAY, actor=actor)
    past = PastCalendars()
    worked = [
        past.known_at(unit_id, start + timedelta(days=n, hours=1)).is_working(FRIDAY) for n in range(4, 9)
    ]
    assert worked == [True, False, True, True, True]
    at_once = past.known_at(unit_id, start + timedelta(days=5))
    assert at_once.why_off(FRIDAY) is not None
    assert past.known_at(None, start).is_working(FRIDAY)
    changes = session.scalars(select(CalendarChange)).all()
    assert [change.how for change in changes] == ["typed", "typed", "forgotten"]
