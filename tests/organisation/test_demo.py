"""The demo's organisation: enough people for every role, all invented, all able to sign in."""

from datetime import date, time

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.clock import at_local, frozen, today
from app.core.db import unit_of_work
from app.core.permissions import Permission, Role
from app.demo.accounts import DEMO_ACCOUNTS, DEMO_PASSWORD, PEOPLE
from app.demo.city import load_city
from app.demo.organisation import load_organisation
from app.demo.showcase import load_showcase
from app.organisation.login import PASSWORD_MIN
from app.organisation.models import UnitKind
from app.organisation.queries import contacts_for
from complaints.models.cases import Case
from complaints.models.clocks import Clock
from complaints.models.local_rules import LocalRule
from complaints.models.petitions import Petition
from complaints.queries.successions import successor_of
from complaints.services.protection import measures_of
from reception.models import OnlineSession, Visit


def test_the_demo_is_hanoi_after_the_reorganisation(session: Session):
    units = load_organisation().units
    by_kind = {kind: [code for code, unit in units.items() if unit.kind is kind] for kind in UnitKind}
    assert by_kind[UnitKind.PROVINCE] == ["HN"]
    assert by_kind[UnitKind.RECEPTION_OFFICE] == ["BTCD"]
    assert by_kind[UnitKind.INSPECTORATE] == ["TTTP"]
    assert by_kind[UnitKind.DEPARTMENT] == ["SNNMT", "SXD", "SNV"]
    assert by_kind[UnitKind.COMMUNE] == ["LB", "BD", "VH", "PL"]
    for code in by_kind[UnitKind.COMMUNE]:
        assert len([unit for unit in units.values() if unit.parent is units[code]]) == 3
        assert units[code].advisory_unit is units[f"{code}-VP"]
    for unit in units.values():
        assert unit.path.endswith(f"/{unit.id}/")
        assert unit.body is (unit.parent if unit.kind is UnitKind.DIVISION else unit)


def test_long_bien_has_somebody_for_every_task_and_every_clock_somebody_to_tell(session: Session):
    world = load_organisation()
    held = {role for person in PEOPLE if person.unit.startswith("LB") for role in person.roles}
    assert held == set(Role) - {Role.ADMINISTRATOR}
    contacts = contacts_for([world.units["LB"].id, world.units["LB-KT"].id], today())
    for found in contacts.values():
        assert all(vars(found).values())


def test_the_demo_accounts_sign_in(session: Session, client: FlaskClient):
    load_organisation()
    session.commit()
    assert len(DEMO_PASSWORD) >= PASSWORD_MIN
    assert {username for username, _what in DEMO_ACCOUNTS} <= {person.username for person in PEOPLE}
    for username, _what in DEMO_ACCOUNTS:
        answer = client.post("/sign-in", data={"username": username, "password": DEMO_PASSWORD})
        assert answer.status_code == 302, username
        client.post("/sign-out")


def test_demo_accounts_are_marked_and_named_once(session: Session):
    world = load_organisation()
    assert all(person.is_demo for person in world.people.values())
    assert len({person.full_name for person in PEOPLE}) == len(PEOPLE) == len(world.people)
    assert world.principal("thanhtra").reach(Permission.CASE_VIEW).paths == (world.units["HN"].path,)


def test_the_city_handles_feedback_on_its_own_regulation_and_knows_who_succeeds_a_former_district(
    session: Session,
):
    world = load_organisation()
    session.commit()
    assert load_city(world) == 1
    case = session.scalars(select(Case).where(Case.kind == "admin_feedback")).one()
    assert (case.state, case.unit.code) == ("fb_handling", "HN")
    found = successor_of(unit_id=None, name="UBND quận Long Biên", kind="complaint", field="land", on=today())
    assert found is not None
    assert found.new_unit.code == "LB"


@pytest.mark.parametrize("day", [date(2026, 11, 16), date(2027, 2, 10), date(2027, 6, 6)], ids=str)
def test_the_showcase_has_each_rarer_matter_whatever_the_day_also_at_new_year_and_on_a_sunday(
    session: Session, day: date
):
    with frozen(day):
        with unit_of_work():
            world = load_organisation()
        told = load_showcase(world)
    assert told.failed == {}
    assert told.petitions == 11
    cases = session.scalars(select(Case).order_by(Case.id)).all()
    first, second = cases[0], cases[1]
    assert [case.state for case in cases] == [
        "appealed",
        "accepted_2",
        "decided_1",
        "verified",
        "tc_accepted",
        "tc_accepted",
        "sup_waiting",
        "decided_1",
    ]
    overdue, continued, sent_on = cases[5:]
    assert (continued.first_case_id, continued.unit.code) == (overdue.id, "HN")
    owed = session.scalars(select(Clock).where(Clock.code == "REFERRER_RESULT")).one()
    letter = session.get_one(Petition, owed.petition_id)
    assert (owed.state, letter.source, letter.case_id) == ("running", "forwarded_deputy", sent_on.id)
    assert owed.due_on is not None and owed.due_on >= day
    assert (second.instance, second.first_case_id) == ("second", first.id)
    assert [case.disciplinary for case in cases] == [False, False, False, True, False, False, False, False]
    ends = select(Clock.due_on).where(
        Clock.case_id == cases[2].id, Clock.code.in_(("KN_EFFECT", "KN_WINDOW2"))
    )
    both = session.scalars(ends).all()
    assert len(set(both)) == 2 and all(end is not None and end < day for end in both), (
        "the head can choose today"
    )
    assert [m.state for m in measures_of(cases[4])] == ["secrecy_on", "prot_active"]
    planned, waiting = session.scalars(select(OnlineSession).order_by(OnlineSession.id)).all()
    assert (planned.state, waiting.state) == ("notified", "proposed")
    assert planned.starts_at is not None and planned.starts_at > at_local(day, time(12))
    visits = [visit.state for visit in session.scalars(select(Visit).order_by(Visit.id))]
    assert len(visits) == 7
    assert {"await_reps", "refusal_pending"} <= set(visits)
    assert len(session.scalars(select(LocalRule)).all()) == 1
