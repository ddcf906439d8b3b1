"""People: accounts, one-time passwords, roles from - to; nobody can lock the last administrator out."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.audit import AuditEntry
from app.core.clock import frozen, today
from app.core.errors import Invalid, NotAllowed
from app.core.permissions import Role
from app.organisation.directory import PeopleFilter, people_page
from app.organisation.models import Membership, Person
from app.organisation.services.people import (
    NewRole,
    PersonDetails,
    add_from_console,
    change_person,
    close_account,
    create_person,
    end_role,
    give_role,
    one_time_password,
    reset_password,
)
from tests.conftest import PASSWORD
from tests.factories import SINCE, World, build_person

SignIn = Callable[[Person], FlaskClient]
DAY = timedelta(days=1)
NEW = PersonDetails("Đỗ Thị Hoa", "do.hoa", "Chuyên viên", "do.hoa@example.vn", "0912 345 678")


def test_a_new_person_gets_a_role_and_a_password_to_be_changed(
    world: World, client: FlaskClient, session: Session
):
    role = NewRole(world.unit("LB-KT").id, Role.HANDLER, today())
    person, password = create_person(NEW, actor=world.principal("quantri"), first_role=role)
    session.commit()
    assert person.must_change_password
    assert password not in person.password_hash
    answer = client.post("/sign-in", data={"username": "do.hoa", "password": password})
    assert answer.status_code == 302
    assert client.get("/cases/").headers["Location"] == "/account"


def test_one_time_passwords_are_easy_to_read_out_and_never_the_same():
    many = {one_time_password() for _n in range(200)}
    assert len(many) == 200
    assert all(re.fullmatch(r"[a-hj-km-np-z2-9]{4}(-[a-hj-km-np-z2-9]{4}){2}", password) for password in many)


@pytest.mark.parametrize(
    "details, field, words",
    [
        (PersonDetails("Đỗ Thị Hoa", "QuanTri "), "username", "đã có người dùng"),
        (PersonDetails("Đỗ Thị Hoa", "đỗ.hoa"), "username", "không dấu"),
        (PersonDetails("Đỗ Thị Hoa", "do hoa"), "username", "không dấu"),
        (PersonDetails("Đỗ Thị Hoa", "do"), "username", "3 đến 60"),
        (PersonDetails("Đỗ Thị Hoa", ".dohoa"), "username", "không dấu"),
        (PersonDetails(" \u200b ", "do.hoa"), "full_name", "Hãy nhập họ tên"),
        (PersonDetails("Đỗ Thị Hoa", "do.hoa", email="do.hoa"), "email", "không đúng"),
    ],
)
def test_an_account_that_cannot_be_is_refused_beside_its_field(
    world: World, details: PersonDetails, field: str, words: str
):
    with pytest.raises(Invalid, match=words) as refusal:
        create_person(details, actor=world.principal("quantri"))
    assert refusal.value.field == field


def test_a_person_keeps_the_own_user_name_when_changed(world: World):
    person = world.person("thuly.lb")
    change_person(person, PersonDetails("Lê Văn Đổi", "thuly.lb"), actor=world.principal("quantri"))
    assert (person.full_name, person.name_key) == ("Lê Văn Đổi", "le van doi")
    with pytest.raises(Invalid, match="đã có người dùng"):
        change_person(person, PersonDetails("Lê Văn Đổi", "quantri"), actor=world.principal("quantri"))


def test_a_reset_password_ends_all_sessions(world: World, app: Flask, login_as: SignIn, session: Session):
    client = login_as(world.person("thuly.lb"))
    password = reset_password(world.person("thuly.lb"), actor=world.principal("quantri"))
    session.commit()
    assert client.get("/account").headers["Location"].startswith("/sign-in")
    fresh = app.test_client()
    assert fresh.post("/sign-in", data={"username": "thuly.lb", "password": PASSWORD}).status_code == 422
    assert fresh.post("/sign-in", data={"username": "thuly.lb", "password": password}).status_code == 302


def test_the_last_administrator_stays(world: World):
    actor, person = world.principal("quantri"), world.person("quantri")
    with pytest.raises(Invalid, match="quản trị cuối cùng"):
        close_account(person, actor=actor)
    with pytest.raises(Invalid, match="quản trị cuối cùng"):
        end_role(person.memberships[0], on=today(), actor=actor)
    with pytest.raises(Invalid, match="quản trị cuối cùng"):
        end_role(person.memberships[0], on=today() + 30 * DAY, actor=actor)


@pytest.mark.parametrize("obstacle", ["closed", "ended", "not yet"])
def test_an_administrator_who_cannot_act_does_not_count(world: World, session: Session, obstacle: str):
    other = build_person("quantri2", "Quản trị hai", "x" * 12)
    role = Membership(person=other, unit=world.unit("LB"), role=Role.ADMINISTRATOR, valid_from=SINCE)
    session.add(role)
    if obstacle == "closed":
        other.is_active = False
    elif obstacle == "ended":
        role.valid_to = today()
    else:
        role.valid_from = today() + DAY
    session.flush()
    with pytest.raises(Invalid, match="quản trị cuối cùng"):
        close_account(world.person("quantri"), actor=world.principal("quantri"))


def test_with_another_administrator_the_first_may_go(world: World, session: Session):
    actor = world.principal("quantri")
    other = build_person("quantri2", "Quản trị hai", "x" * 12, (world.unit("LB"), Role.ADMINISTRATOR))
    end_role(world.person("quantri").memberships[0], on=today(), actor=actor)
    close_account(world.person("quantri"), actor=actor)
    assert other.is_active
    assert not world.person("quantri").is_active


def test_closing_an_account_that_is_no_administrator_is_simple(world: World, login_as: SignIn):
    close_account(world.person("thanhtra"), actor=world.principal("quantri"))
    assert not world.person("thanhtra").is_active


def period(start: int, end: int | None) -> dict[str, date | None]:
    return {"valid_from": today() + start * DAY, "valid_to": None if end is None else today() + end * DAY}


@pytest.mark.parametrize(
    "first, second, clash",
    [
        ((0, None), (5, None), True),
        ((0, 10), (10, None), False),
        ((0, 10), (9, None), True),
        ((10, 20), (0, 10), False),
        ((10, 20), (0, 11), True),
        ((10, 20), (0, None), True),
        ((10, None), (0, 5), False),
    ],
)
def test_the_same_role_in_the_same_unit_is_not_held_twice_at_once(
    world: World, first: tuple[int, int | None], second: tuple[int, int | None], clash: bool
):
    person, unit, actor = world.person("thanhtra"), world.unit("LB-KT").id, world.principal("quantri")
    give_role(person, NewRole(unit, Role.HANDLER, **period(*first)), actor=actor)  # type: ignore[arg-type]
    again = NewRole(unit, Role.HANDLER, **period(*second))  # type: ignore[arg-type]
    if clash:
        with pytest.raises(Invalid, match="đã giữ vai trò đó") as refusal:
            give_role(person, again, actor=actor)
        assert refusal.value.field == "role"
    else:
        give_role(person, again, actor=actor)
    give_role(person, NewRole(unit, Role.UNIT_HEAD, **period(*second)), actor=actor)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "role, field, words",
    [
        ({"valid_from": today(), "valid_to": today()}, "valid_to", "phải sau ngày bắt đầu"),
        ({"valid_from": date(2025, 6, 30)}, "valid_from", "có từ 01/07/2025"),
        ({"valid_from": date(26, 11, 1)}, "valid_from", "không hợp lý"),
        ({"unit_id": 10**6}, "unit_id", "Không có đơn vị này"),
    ],
)
def test_a_role_that_cannot_be_is_refused_beside_its_field(
    world: World, role: dict[str, date | int], field: str, words: str
):
    values = {"unit_id": world.unit("LB-KT").id, "role": Role.HANDLER, "valid_from": today(), **role}
    with pytest.raises(Invalid, match=words) as refusal:
        give_role(world.person("thanhtra"), NewRole(**values), actor=world.principal("quantri"))  # type: ignore[arg-type]
    assert refusal.value.field == field


def test_no_role_is_given_in_a_unit_that_has_ended(world: World, session: Session):
    world.unit("LB-KT").valid_to = today()
    session.flush()
    with pytest.raises(Invalid, match="đã kết thúc"):
        give_role(
            world.person("thanhtra"), NewRole(world.unit("LB-KT").id, Role.HANDLER, today()),
            actor=world.principal("quantri"),
        )  # fmt: skip


def test_a_role_ends_and_history_keeps_it(world: World, session: Session):
    membership = world.person("thuly.lb").memberships[0]
    end_role(membership, on=today(), actor=world.principal("quantri"))
    assert membership.valid_to == today()
    assert world.principal("thuly.lb").memberships == ()
    entry = session.execute(select(AuditEntry).where(AuditEntry.action == "role.ended")).scalar_one()
    assert entry.detail == {"unit_id": world.unit("LB-KT").id, "role": "handler", "on": "2026-11-16"}
    with pytest.raises(Invalid, match="đã kết thúc"):
        end_role(membership, on=today(), actor=world.principal("quantri"))


def test_a_role_given_by_mistake_is_taken_back(world: World, session: Session):
    actor, person = world.principal("quantri"), world.person("thanhtra")
    mistake = give_role(person, NewRole(world.unit("LB-KT").id, Role.HANDLER, today()), actor=actor)
    end_role(mistake, on=today(), actor=actor)
    session.expire(person)
    assert [m.role for m in person.memberships] == [Role.INSPECTOR]


def test_nobody_else_manages_people(world: World):
    actor = world.principal("chutich.hn")
    with pytest.raises(NotAllowed):
        create_person(NEW, actor=actor)
    with pytest.raises(NotAllowed):
        reset_password(world.person("quantri"), actor=actor)
    with pytest.raises(NotAllowed):
        give_role(
            world.person("chutich.hn"), NewRole(world.unit("HN").id, Role.ADMINISTRATOR, today()), actor=actor
        )


def test_the_first_account_is_made_on_the_command_line(world: World, client: FlaskClient, session: Session):
    person = add_from_console(NEW, "trời xanh mây trắng", unit=world.unit("HN"), role=Role.ADMINISTRATOR)
    session.commit()
    assert not person.must_change_password
    answer = client.post("/sign-in", data={"username": "do.hoa", "password": "trời xanh mây trắng"})
    assert answer.status_code == 302
    with pytest.raises(Invalid, match="ít nhất 10"):
        add_from_console(PersonDetails("Ai Đó", "ai.do"), "ngắn")


# ---------------------------------------------------------------------------------------------------------- pages


@pytest.mark.parametrize(
    "words, found",
    [
        ("thu ly bd", {"thuly.bd"}),
        ("Thụ lý BD", {"thuly.bd"}),
        ("THUỲ", set()),
        ("chutich", {"chutich.lb", "chutich.bd", "chutich.hn"}),
        ("tich pho thanh", {"chutich.hn"}),
        ("100%", set()),
        ("_", set()),
    ],
)
def test_people_are_found_without_diacritics(world: World, words: str, found: set[str]):
    page = people_page(PeopleFilter(words=words), today(), None)
    assert {person.username for person in page.items} == found


def test_people_are_narrowed_to_a_unit_and_a_role(world: World):
    ward, city = world.unit("LB").id, world.unit("HN").id
    found = people_page(PeopleFilter(unit_id=ward), today(), None).items
    assert {p.username for p in found} == {
        "tiepdan.lb",
        "donthu.lb",
        "thuly.lb",
        "truongphong.lb",
        "chutich.lb",
    }
    found = people_page(PeopleFilter(unit_id=city, role=Role.LEADER), today(), None).items
    assert {p.username for p in found} == {"chutich.lb", "chutich.bd", "chutich.hn", "giamdoc.sxd"}


def test_people_are_paged_without_losing_anybody(world: World, session: Session):
    for n in range(60):
        build_person(f"nguoi.{n}", f"Nguyễn Văn {n % 7}", "x" * 12)
    seen, cursor = [], None
    while True:
        page = people_page(PeopleFilter(), today(), cursor)
        seen += [person.id for person in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    everybody = session.execute(select(Person.id)).scalars().all()
    assert len(seen) == len(everybody)
    assert set(seen) == set(everybody)


def test_an_administrator_adds_a_person_on_pages_and_sees_the_password_once(
    world: World, login_as: SignIn, session: Session
):
    client = login_as(world.person("quantri"))
    form = {
        "full_name": "Đỗ Thị Hoa", "username": "do.hoa", "position": "Chuyên viên", "email": "", "phone": "",
        "unit_id": world.unit("LB-KT").id, "role": "handler", "valid_from": "16/11/2026", "valid_to": "",
    }  # fmt: skip
    answer = client.post("/admin/people/new", data=form)
    match = re.search(r"data-one-time[^>]*>([a-z2-9-]{14})<", answer.text)
    assert match is not None
    assert answer.headers["Cache-Control"] == "private, no-store"
    person = session.execute(select(Person).where(Person.username == "do.hoa")).scalar_one()
    page = client.get(f"/admin/people/{person.id}").text
    assert match[1] not in page
    assert "Người thụ lý, xác minh" in page
    twice = client.post("/admin/people/new", data=form)
    assert twice.status_code == 422
    assert re.search(r'id="username-error">Tên đăng nhập này đã có người dùng', twice.text)


def test_a_person_is_not_made_when_the_first_role_cannot_be(world: World, login_as: SignIn, session: Session):
    client = login_as(world.person("quantri"))
    form = {
        "full_name": "Đỗ Thị Hoa", "username": "do.hoa", "unit_id": world.unit("LB-KT").id, "role": "handler",
        "valid_from": "01/01/2025",
    }  # fmt: skip
    answer = client.post("/admin/people/new", data=form)
    assert answer.status_code == 422
    assert "Đơn vị này có từ 01/07/2025" in answer.text
    assert session.execute(select(Person).where(Person.username == "do.hoa")).first() is None


def test_roles_are_given_and_ended_on_the_page(world: World, login_as: SignIn, session: Session):
    client, person = login_as(world.person("quantri")), world.person("thuly.lb")
    address = f"/admin/people/{person.id}"
    role = {"unit_id": world.unit("BD-KT").id, "role": "unit_head", "valid_from": "16/11/2026"}
    assert client.post(f"{address}/roles", data=role).status_code == 302
    assert client.post(f"{address}/roles", data=role).status_code == 422
    held = session.execute(
        select(Membership).where(Membership.person_id == person.id, Membership.role == Role.UNIT_HEAD)
    ).scalar_one()
    with frozen(today() + DAY):
        assert client.post(f"/admin/roles/{held.id}/end", data={"ends_on": "17/11/2026"}).status_code == 302
        assert "1 vai trò đã kết thúc" in client.get(address).text
    assert "Hãy nhập ngày kết thúc" in client.post(
        f"/admin/roles/{held.id}/end", data={"ends_on": "mai"}, follow_redirects=True
    ).text  # fmt: skip


def test_the_page_says_that_the_last_administrator_stays(world: World, login_as: SignIn):
    client, person = login_as(world.person("quantri")), world.person("quantri")
    answer = client.post(f"/admin/people/{person.id}/close", follow_redirects=True)
    assert "Đây là người quản trị cuối cùng" in answer.text
    membership = person.memberships[0]
    answer = client.post(
        f"/admin/roles/{membership.id}/end", data={"ends_on": "16/11/2026"}, follow_redirects=True
    )
    assert "Đây là người quản trị cuối cùng" in answer.text


def test_an_account_is_closed_and_reopened_on_the_page(
    world: World, app: Flask, login_as: SignIn, session: Session
):
    client, person = login_as(world.person("quantri")), world.person("thuly.lb")
    client.post(f"/admin/people/{person.id}/close")
    assert (
        app.test_client().post("/sign-in", data={"username": "thuly.lb", "password": PASSWORD}).status_code
        == 422
    )
    assert person.full_name not in client.get("/admin/people").text
    assert person.full_name in client.get("/admin/people?closed=y").text
    client.post(f"/admin/people/{person.id}/reopen")
    assert (
        app.test_client().post("/sign-in", data={"username": "thuly.lb", "password": PASSWORD}).status_code
        == 302
    )


def test_a_reset_password_is_shown_once_on_the_answer(world: World, login_as: SignIn):
    client, person = login_as(world.person("quantri")), world.person("thuly.lb")
    answer = client.post(f"/admin/people/{person.id}/password")
    assert re.search(r"data-one-time[^>]*>[a-z2-9-]{14}<", answer.text)
    assert "Đang giữ mật khẩu dùng một lần" in client.get(f"/admin/people/{person.id}").text


@pytest.mark.parametrize(
    "query", ["unit=abc", "role=xx", "cursor=%20", "unit=99999999999", "q=%25%5C_", "closed=y&unit=1"]
)
def test_a_mangled_filter_is_no_error(world: World, login_as: SignIn, query: str):
    assert login_as(world.person("quantri")).get(f"/admin/people?{query}").status_code == 200
