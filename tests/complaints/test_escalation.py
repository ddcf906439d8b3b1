"""Raising alerts: the ladder, who hears, what is passed over, and what a batch costs."""

import threading
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.clock import HANOI, frozen, now
from app.core.db import db, unit_of_work
from app.core.permissions import Role
from app.organisation.models import Membership
from complaints.models.clocks import Clock, Escalation, EscalationTold
from complaints.models.petitions import Petition
from complaints.services.assignment import assign
from complaints.services.escalation import preview_alerts, raise_due_alerts
from complaints.services.perform import perform
from notifications.models import Notice
from tests.conftest import TODAY
from tests.factories import SINCE, World, build_petition
from tests.notifications.builders import assigned_case, case_of, clock_of, heard, petitions, raised

LATER = TODAY + timedelta(days=40)


def sweep(day: date = LATER) -> None:
    """Raise everything due on a day."""
    with frozen(day):
        while True:
            with unit_of_work():
                if not raise_due_alerts().more:
                    break


def test_alerts_climb_from_the_officer_to_the_city(world: World, session: Session) -> None:
    """Five days before: the petition officer. Ten after: the chair, the chair above, and the inspectorate."""
    petitions(world, 1)
    sweep()
    told = heard(clock_of("KN_ACCEPT"), world)
    assert told["before_5"] == told["before_3"] == {"donthu.lb": "handler"}
    # The office has no head of its own, so its level goes up to the chair at once, and says so.
    assert told["before_1"] == told["on_day"] == {"donthu.lb": "handler", "chutich.lb": "leader"}
    assert told["after_1"] == {"donthu.lb": "handler", "chutich.lb": "leader"}
    assert told["after_3"] == {"chutich.lb": "leader"}
    assert told["after_5"] == {"chutich.lb": "leader", "chutich.hn": "leader_above"}
    assert told["after_10"] == {"chutich.lb": "leader", "chutich.hn": "leader_above", "thanhtra": "oversight"}


def test_a_case_with_a_handler_alarms_the_handler_and_then_the_head_of_the_division(
    world: World, session: Session
) -> None:
    """The petition's clock that runs on within a case is the case's business, and shows there."""
    case = assigned_case(world)
    sweep()
    told = heard(clock_of("KN_ACCEPT"), world)
    assert told["before_5"] == {"thuly.lb": "handler"}
    assert told["on_day"] == {"thuly.lb": "handler", "truongphong.lb": "unit_head"}
    escalations = session.scalars(select(Escalation)).all()
    assert {(row.petition_id, row.case_id) for row in escalations} == {(None, case.id)}


def test_a_case_of_a_division_without_a_handler_alarms_its_head(world: World, session: Session) -> None:
    """Nobody is named yet: the level of the handler goes up at once."""
    case = case_of(world, build_petition(world, kind="complaint"))
    with unit_of_work():
        assign(case, unit_id=world.unit("LB-KT").id, handler_id=None, actor=world.principal("chutich.lb"))
    sweep()
    assert heard(clock_of("KN_ACCEPT"), world)["before_5"] == {"truongphong.lb": "unit_head"}


@pytest.mark.parametrize("gone", ["signed out for good", "moved elsewhere"])
def test_a_handler_who_is_gone_hears_nothing_and_the_head_does(
    world: World, session: Session, gone: str
) -> None:
    """Levels name roles, not people: whoever does not work here any more is nobody."""
    assigned_case(world)
    person = world.person("thuly.lb")
    if gone == "moved elsewhere":
        person.memberships[0].valid_to = TODAY + timedelta(days=1)
    else:
        person.is_active = False
    session.flush()
    sweep()
    assert heard(clock_of("KN_ACCEPT"), world)["before_5"] == {"truongphong.lb": "unit_head"}


def test_a_level_with_nobody_goes_up_at_once(world: World, session: Session) -> None:
    """No officer, no head, no chair: the chair of the city hears from the first alert on."""
    petitions(world, 1)
    gone = [world.person(name).id for name in ("donthu.lb", "chutich.lb")]
    session.query(Membership).filter(Membership.person_id.in_(gone)).update(
        {"valid_to": TODAY + timedelta(days=1)}
    )
    session.flush()
    sweep()
    told = heard(clock_of("KN_ACCEPT"), world)
    assert told["before_5"] == {"chutich.hn": "leader_above"}
    assert told["after_10"] == {"chutich.hn": "leader_above", "thanhtra": "oversight"}


def test_where_nobody_stands_above_the_nearest_below_hears(world: World, session: Session) -> None:
    """An alert that nobody hears would be none."""
    petitions(world, 1)
    gone = [world.person(name).id for name in ("chutich.lb", "chutich.hn", "thanhtra")]
    session.query(Membership).filter(Membership.person_id.in_(gone)).update(
        {"valid_to": TODAY + timedelta(days=1)}
    )
    session.flush()
    sweep()
    told = heard(clock_of("KN_ACCEPT"), world)
    assert told["after_10"] == {"donthu.lb": "handler"}


def test_one_person_at_two_levels_is_told_once_as_the_nearer(world: World, session: Session) -> None:
    """A chair who also heads the office hears each alert once."""
    petitions(world, 1)
    person, unit = world.person("chutich.lb"), world.unit("LB-VP")
    session.add(Membership(person=person, unit=unit, role=Role.UNIT_HEAD, valid_from=SINCE))
    session.flush()
    sweep()
    told = heard(clock_of("KN_ACCEPT"), world)
    assert told["after_1"] == {"donthu.lb": "handler", "chutich.lb": "unit_head"}


def test_the_next_alert_is_at_seven_in_hanoi_and_the_ladder_ends(world: World, session: Session) -> None:
    """next_alert_at moves on with each alert; at the top of the ladder the clock leaves the index for good."""
    petitions(world, 1)
    clock = clock_of("KN_ACCEPT")
    seen = []
    while clock.next_alert_at is not None:
        moment = clock.next_alert_at
        assert moment.astimezone(HANOI).hour == 7
        with frozen(moment), unit_of_work():
            raise_due_alerts()
        session.refresh(clock)
        assert clock.next_alert_at is None or clock.next_alert_at > moment
        seen.append(clock.last_rung)
    assert seen == ["before_5", "before_3", "before_1", "on_day", "after_1", "after_3", "after_5", "after_10"]


def test_what_stands_already_is_not_raised_again(world: World, session: Session) -> None:
    """The unique constraint is the promise: a clock put back by hand raises nothing, and moves on."""
    petitions(world, 2)
    sweep()
    before = sorted(raised())
    session.query(Clock).update({"last_rung": None, "next_alert_at": now()})
    session.commit()
    sweep()
    assert sorted(raised()) == before
    assert (
        session.scalars(select(func.count(EscalationTold.id)).where(EscalationTold.told_at.is_(None))).one()
        == 0
    )


def test_a_new_due_date_has_a_ladder_of_its_own(world: World, session: Session) -> None:
    """An alert is unique by clock, rung and due date: an extended clock alarms again before its new end."""
    petitions(world, 1)
    sweep()
    clock = clock_of("KN_ACCEPT")
    clock.due_on, clock.last_rung = LATER + timedelta(days=10), None
    clock.next_alert_at = now()
    session.commit()
    sweep(LATER + timedelta(days=40))
    rungs = [rung for id_, rung, _due in raised() if id_ == clock.id]
    assert rungs.count("before_5") == rungs.count("after_10") == 2


def test_a_batch_takes_what_it_may_and_says_whether_there_is_more(world: World, session: Session) -> None:
    """The longest due first; a batch of two clocks leaves the rest as it is."""
    petitions(world, 3)
    with frozen(LATER):
        with unit_of_work():
            first = raise_due_alerts(limit=2)
        assert (first.examined, first.more) == (2, True)
        assert first.raised == len(first.escalation_ids) > 2
        left = session.scalars(select(func.count(Clock.id)).where(Clock.next_alert_at <= now())).one()
        with unit_of_work():
            assert raise_due_alerts(limit=500).examined == left
        with unit_of_work():
            assert raise_due_alerts().examined == 0


def test_a_batch_costs_the_same_statements_whatever_its_size(
    world: World, session: Session, count_queries: list[str]
) -> None:
    """Bulk statements only: fifty clocks take as many as five."""

    def statements(number: int) -> int:
        petitions(world, number)
        count_queries.clear()
        with frozen(LATER), unit_of_work():
            assert raise_due_alerts().examined >= number
        return sum("SAVEPOINT" not in statement for statement in count_queries)

    with frozen(LATER):
        statements(1)  # makes everybody's notice of the day
        small = statements(5)
        assert statements(50) == small <= 25


def test_the_rehearsal_of_a_day_to_come_knows_the_people_of_that_day(world: World, session: Session) -> None:
    """Who leaves before then is not among them."""
    petitions(world, 1)
    person = world.person("donthu.lb")
    person.memberships[0].valid_to = TODAY + timedelta(days=20)
    session.flush()
    rows = [row for row in preview_alerts(LATER) if row.clock_code == "KN_ACCEPT"]
    assert person.id not in {one for row in rows for people in row.people.values() for one in people}


@pytest.mark.crash
def test_a_sweep_and_somebody_who_moves_the_petition_do_not_block_each_other(
    real_database: Flask, live_world: World
) -> None:
    """Whoever moves a petition holds it and then wants its clocks: the sweep passes it over and takes it next time."""
    first, second = petitions(live_world, 2)
    db.session.commit()
    ids, reached, go_on, errors = (
        (first.id, second.id),
        threading.Event(),
        threading.Event(),
        list[BaseException](),
    )
    officer = live_world.principal("donthu.lb")

    def move() -> None:
        with real_database.app_context():
            try:
                with unit_of_work():
                    petition = db.session.get_one(Petition, ids[0], with_for_update=True)
                    reached.set()
                    go_on.wait(10)
                    perform(petition, "open_case", actor=officer, data={"on": TODAY})
            except BaseException as error:  # noqa: BLE001 - reported below
                errors.append(error)

    with frozen(LATER):
        thread = threading.Thread(target=move)
        thread.start()
        assert reached.wait(10)
        with unit_of_work():
            batch = raise_due_alerts()
        assert {row.petition_id for row in db.session.scalars(select(Escalation))} == {ids[1]}
        assert not batch.more
        go_on.set()
        thread.join(20)
        assert errors == []
        with unit_of_work():
            assert raise_due_alerts().raised > 0
        db.session.expire_all()
        assert all(
            clock.next_alert_at is None or clock.next_alert_at > now()
            for clock in db.session.scalars(select(Clock))
        )
        assert db.session.scalars(select(func.count(Notice.id)).where(Notice.kind == "alerts")).one() > 0
