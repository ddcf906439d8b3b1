"""Who somebody is on a day: roles in force, how far each permission reaches, who is to be told."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.core.clock import today
from app.core.db import db
from app.core.permissions import GRANTS, Permission, Role, Scope
from app.organisation.models import Membership, UnitKind
from app.organisation.queries import (
    Contacts,
    authority_of,
    bodies,
    contacts_for,
    descendants,
    facts_of_person,
    people_in,
    principal_for,
    superior_of,
    work_calendar,
)
from tests.factories import SINCE, World, build_person, build_unit

PLACES = ("HN", "BTCD", "TTTP", "SXD", "LB", "LB-VP", "LB-KT", "BD", "BD-KT")


@pytest.fixture
def queries(session: Session) -> Iterator[list[str]]:
    """The queries sent to the database."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if statement.startswith("SELECT"):
            sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield sent
    event.remove(db.engine, "before_cursor_execute", note)


def hold(world: World, username: str, unit: str, role: Role, **dates: date | None) -> None:
    world.people[username] = build_person(username, f"Người giữ {role}", "x" * 12)
    period = {"valid_from": SINCE, **dates}
    db.session.add(Membership(person=world.people[username], unit=world.unit(unit), role=role, **period))
    db.session.flush()


# Whoever holds the role in the unit reaches exactly these places with the permission.
REACH = [
    (Role.RECEPTION_OFFICER, "LB-VP", Permission.PETITION_VIEW, "LB LB-VP LB-KT"),
    (Role.PETITION_OFFICER, "LB-VP", Permission.PETITION_PROCESS, "LB LB-VP LB-KT"),
    (Role.PETITION_OFFICER, "BTCD", Permission.PETITION_PROCESS, "BTCD"),
    (Role.HANDLER, "LB-KT", Permission.CASE_VIEW, ""),
    (Role.UNIT_HEAD, "LB-KT", Permission.CASE_ASSIGN, "LB-KT"),
    (Role.UNIT_HEAD, "LB-KT", Permission.CASE_DECIDE, ""),
    (Role.LEADER, "LB", Permission.CASE_DECIDE, "LB LB-VP LB-KT"),
    (Role.LEADER, "LB", Permission.CASE_VIEW, "LB LB-VP LB-KT"),
    (Role.LEADER, "HN", Permission.CASE_DECIDE, "HN"),
    (Role.LEADER, "HN", Permission.CASE_VIEW, "HN BTCD TTTP SXD LB LB-VP LB-KT BD BD-KT"),
    (Role.LEADER, "SXD", Permission.CASE_VIEW, "SXD"),
    (Role.LEADER, "HN", Permission.CASE_REVIEW, "BTCD TTTP SXD LB LB-VP LB-KT BD BD-KT"),
    (Role.LEADER, "LB", Permission.CASE_REVIEW, ""),
    (Role.INSPECTOR, "TTTP", Permission.SUPERVISION_VIEW, "HN BTCD TTTP SXD LB LB-VP LB-KT BD BD-KT"),
    (Role.INSPECTOR, "BTCD", Permission.SUPERVISION_VIEW, "HN BTCD TTTP SXD LB LB-VP LB-KT BD BD-KT"),
    (Role.INSPECTOR, "LB-VP", Permission.SUPERVISION_VIEW, "LB LB-VP LB-KT"),
    (Role.INSPECTOR, "LB", Permission.SUPERVISION_VIEW, "LB LB-VP LB-KT"),
    (Role.INSPECTOR, "SXD", Permission.CASE_VIEW, "SXD"),
    (Role.ADMINISTRATOR, "LB", Permission.ORGANISATION_MANAGE, " ".join(PLACES)),
    (Role.ADMINISTRATOR, "HN", Permission.CASE_VIEW, ""),
]


@pytest.mark.parametrize("role, unit, permission, reached", REACH)
def test_a_role_in_a_unit_reaches_this_far(
    world: World, role: Role, unit: str, permission: Permission, reached: str
):
    hold(world, "nguoi.thu", unit, role)
    reach = world.principal("nguoi.thu").reach(permission)
    covered = {
        code for code in PLACES if reach.covers(path=world.unit(code).path, body_id=world.unit(code).body_id)
    }
    assert covered == set(reached.split())
    assert reach.own is (GRANTS[role].get(permission) is Scope.OWN)


def test_a_division_of_the_inspectorate_watches_the_whole_province(world: World):
    world.units["TTTP-P1"] = build_unit("TTTP-P1", "Phòng Nghiệp vụ 1", UnitKind.DIVISION, world.unit("TTTP"))
    hold(world, "nguoi.thu", "TTTP-P1", Role.INSPECTOR)
    reach = world.principal("nguoi.thu").reach(Permission.CASE_VIEW)
    assert reach.paths == (world.unit("HN").path,)


def test_several_roles_add_up(world: World):
    hold(world, "nguoi.thu", "LB-VP", Role.PETITION_OFFICER)
    db.session.add(
        Membership(
            person=world.person("nguoi.thu"), unit=world.unit("BD-KT"), role=Role.UNIT_HEAD, valid_from=SINCE
        )
    )
    db.session.flush()
    principal = world.principal("nguoi.thu")
    reach = principal.reach(Permission.PETITION_VIEW)
    assert reach.body_ids == (world.unit("LB").id,)
    assert reach.paths == (world.unit("BD-KT").path,)
    assert [m.role for m in principal.memberships] == [Role.PETITION_OFFICER, Role.UNIT_HEAD]


def test_a_principal_costs_one_small_query(world: World, queries: list[str]):
    facts_of_person(world.people["donthu.lb"].id, today())
    queries.clear()
    facts = facts_of_person(world.people["donthu.lb"].id, today())
    assert facts is not None
    assert facts.main_unit == "UBND phường Long Biên"
    assert len(queries) == 1
    assert "chart_version" in queries[0]


def test_a_person_without_roles_is_known_but_may_nothing(world: World):
    person = build_person("moi.vao", "Người Mới", "x" * 12)
    principal = principal_for(person.id, today())
    assert principal is not None
    assert principal.memberships == ()
    assert not any(principal.may(permission) for permission in Permission)


def test_nobody_and_a_closed_account_are_no_principal(world: World):
    world.person("thanhtra").is_active = False
    db.session.flush()
    assert principal_for(10**6, today()) is None
    assert principal_for(world.person("thanhtra").id, today()) is None


DAY = timedelta(days=1)


@pytest.mark.parametrize(
    "start, end, held",
    [(0, None, True), (1, None, False), (-9, 1, True), (-9, 0, False), (-9, -1, False), (0, 1, True)],
)
def test_a_role_is_held_from_its_first_day_to_before_its_end(
    world: World, start: int, end: int | None, held: bool
):
    hold(
        world, "nguoi.thu", "LB-KT", Role.HANDLER,
        valid_from=today() + start * DAY, valid_to=None if end is None else today() + end * DAY,
    )  # fmt: skip
    assert bool(world.principal("nguoi.thu").memberships) is held


@pytest.mark.parametrize("ended", ["LB-KT", "LB"])
def test_a_role_falls_with_its_unit_or_the_body_around_it(world: World, ended: str):
    world.unit(ended).valid_to = today()
    db.session.flush()
    assert world.principal("thuly.lb").memberships == ()
    yesterday = principal_for(world.person("thuly.lb").id, today() - DAY)
    assert yesterday is not None
    assert yesterday.memberships


def test_the_authority_of_an_office_that_acts_for_the_province_is_the_province(world: World):
    expected = {"HN": "HN", "BTCD": "HN", "TTTP": "HN", "SXD": "SXD", "LB": "LB", "LB-KT": "LB"}
    assert {code: authority_of(world.unit(code)).code for code in expected} == expected
    above = superior_of(world.unit("LB"))
    assert above is not None
    assert above.code == "HN"
    assert superior_of(world.unit("HN")) is None


def test_bodies_and_descendants_are_those_in_force(world: World):
    world.unit("BD-KT").valid_to = today()
    db.session.flush()
    assert {unit.code for unit in bodies(today())} == {"HN", "BTCD", "TTTP", "SXD", "LB", "BD"}
    assert [unit.code for unit in descendants(world.unit("BD"), today())] == ["BD", "BD-VP"]


def test_people_in_units_are_listed_once_and_only_while_they_hold_the_role(world: World):
    person = world.person("thuly.lb")
    db.session.add(Membership(person=person, unit=world.unit("LB-KT"), role=Role.UNIT_HEAD, valid_from=SINCE))
    world.person("truongphong.lb").memberships[0].valid_to = today()
    db.session.flush()
    assert people_in([world.unit("LB-KT").id], [Role.HANDLER, Role.UNIT_HEAD], today()) == [person]


# ------------------------------------------------------------------------------------------------------- contacts


def names(world: World, contacts: Contacts) -> dict[str, list[str]]:
    by_id = {person.id: username for username, person in world.people.items()}
    return {level: [by_id[person] for person in people] for level, people in vars(contacts).items()}


def test_who_is_to_be_told_of_a_division_of_a_commune(world: World):
    found = contacts_for([world.unit("LB-KT").id], today())[world.unit("LB-KT").id]
    assert names(world, found) == {
        "unit_heads": ["truongphong.lb"],
        "officers": ["donthu.lb"],
        "leaders": ["chutich.lb"],
        "leaders_above": ["chutich.hn"],
        "oversight": ["thanhtra"],
    }


def test_the_inspectors_of_the_advisory_unit_watch_besides_the_inspectorate(world: World):
    hold(world, "theodoi.lb", "LB-VP", Role.INSPECTOR)
    found = contacts_for([world.unit("LB").id, world.unit("BD").id], today())
    assert names(world, found[world.unit("LB").id])["oversight"] == ["theodoi.lb", "thanhtra"]
    assert names(world, found[world.unit("BD").id])["oversight"] == ["thanhtra"]


def test_a_unit_without_a_head_has_that_of_the_unit_around_it(world: World):
    inner = build_unit("LB-KT-1", "Tổ 1", UnitKind.DIVISION, world.unit("LB-KT"))
    found = contacts_for([inner.id], today())[inner.id]
    assert names(world, found)["unit_heads"] == ["truongphong.lb"]


def test_a_body_without_a_head_has_that_of_its_advisory_unit(world: World):
    hold(world, "chanhvp.lb", "LB-VP", Role.UNIT_HEAD)
    found = contacts_for([world.unit("LB").id], today())[world.unit("LB").id]
    assert names(world, found)["unit_heads"] == ["chanhvp.lb"]


def test_the_reception_office_answers_to_the_chair_of_the_province(world: World):
    found = contacts_for([world.unit("BTCD").id], today())[world.unit("BTCD").id]
    assert names(world, found)["leaders"] == ["chutich.hn"]


def test_a_department_is_watched_by_the_province(world: World):
    found = names(world, contacts_for([world.unit("SXD").id], today())[world.unit("SXD").id])
    assert (found["leaders"], found["leaders_above"], found["oversight"]) == (
        ["giamdoc.sxd"], ["chutich.hn"], ["thanhtra"],
    )  # fmt: skip


def test_whoever_left_or_was_closed_is_told_nothing(world: World):
    world.person("chutich.lb").memberships[0].valid_to = today()
    world.person("truongphong.lb").is_active = False
    db.session.flush()
    found = names(world, contacts_for([world.unit("LB-KT").id], today())[world.unit("LB-KT").id])
    assert (found["unit_heads"], found["leaders"]) == ([], [])


def test_contacts_cost_two_queries_however_many_units_are_asked_for(world: World, queries: list[str]):
    ids = [unit.id for unit in world.units.values()]
    queries.clear()
    found = contacts_for(ids, today())
    assert len(queries) == 2
    assert set(found) == set(ids)
    queries.clear()
    assert contacts_for([], today()) == {}
    assert contacts_for([10**6], today()) == {}
    assert len(queries) <= 2


def test_the_calendar_is_read_once_a_request(world: World, queries: list[str]):
    queries.clear()
    assert work_calendar(world.unit("LB-KT").id) is work_calendar(world.unit("HN").id)
    read = [query for query in queries if "calendar_days" in query]
    assert len(read) == 1
