"""Signing in and out: who gets in, what is said, what is kept, where it leads."""

import unicodedata
from collections.abc import Callable
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.audit import AuditEntry
from app.core.clock import frozen, today
from app.organisation import login
from app.organisation.models import Membership, Person
from tests.conftest import PASSWORD
from tests.factories import World, build_person

SignIn = Callable[[Person], FlaskClient]
WRONG = "Tên đăng nhập hoặc mật khẩu không đúng."


def try_to_sign_in(client: FlaskClient, username: str, password: str, target: str = "/sign-in"):
    return client.post(target, data={"username": username, "password": password})


def audited(session: Session, action: str) -> list[AuditEntry]:
    return list(session.execute(select(AuditEntry).where(AuditEntry.action == action)).scalars())


def test_name_and_password_open_a_session_and_leave_an_entry(
    world: World, client: FlaskClient, session: Session
):
    answer = try_to_sign_in(client, "quantri", PASSWORD)
    assert answer.status_code == 302
    assert client.get("/account").status_code == 200
    person = world.person("quantri")
    session.refresh(person)
    assert person.last_sign_in_at is not None
    assert [entry.subject_id for entry in audited(session, "sign_in")] == [person.id]


@pytest.mark.parametrize("username", ["QuanTri", "  quantri "])
def test_the_user_name_is_found_however_it_is_written(world: World, client: FlaskClient, username: str):
    assert try_to_sign_in(client, username, PASSWORD).status_code == 302


def test_a_password_in_another_normal_form_is_the_same_password(
    world: World, client: FlaskClient, session: Session
):
    world.person("quantri").password_hash = login.hash_password("mật khẩu tiếng Việt")
    session.commit()
    decomposed = unicodedata.normalize("NFD", "mật khẩu tiếng Việt")
    assert try_to_sign_in(client, "quantri", decomposed).status_code == 302


def test_unknown_name_wrong_password_and_closed_account_get_the_same_answer(
    world: World, client: FlaskClient, session: Session
):
    world.person("thanhtra").is_active = False
    session.commit()
    answers = [
        try_to_sign_in(client, "khong.co.ai", PASSWORD),
        try_to_sign_in(client, "quantri", "sai mat khau roi"),
        try_to_sign_in(client, "thanhtra", PASSWORD),
    ]
    assert {answer.status_code for answer in answers} == {422}
    bodies = {
        answer.text.replace(name, "")
        for answer, name in zip(answers, ("khong.co.ai", "quantri", "thanhtra"), strict=True)
    }
    drawn_anew = (
        "submission_key",
        "csrf_token",
    )  # for every answer; the token holds the second it was made in
    without_keys = {
        "\n".join(line for line in body.splitlines() if not any(name in line for name in drawn_anew))
        for body in bodies
    }
    assert len(without_keys) == 1
    assert all(WRONG in answer.text for answer in answers)


@pytest.mark.parametrize("username", ["khong.co.ai", "quantri", "thanhtra"])
def test_every_refusal_costs_exactly_one_verified_hash(
    world: World, client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch, username: str
):
    world.person("thanhtra").is_active = False
    session.commit()
    verified: list[str] = []
    real = login.password_matches
    monkeypatch.setattr(login, "password_matches", lambda h, p: verified.append(h) or real(h, p))
    try_to_sign_in(client, username, "sai mat khau roi")
    assert len(verified) == 1
    assert verified[0].startswith("$argon2id$")


def test_the_hash_for_nobody_is_as_strong_as_a_real_one():
    kept = login.Passwords()
    assert not kept.hasher.check_needs_rehash(kept.nobody)
    assert (kept.hasher.memory_cost, kept.hasher.type.name) == (46 * 1024, "ID")


def test_a_refusal_is_audited_without_what_was_typed(world: World, client: FlaskClient, session: Session):
    try_to_sign_in(client, "mat-khau-go-nham-vao-o-ten", "sai mat khau roi")
    try_to_sign_in(client, "quantri", "sai mat khau roi")
    entries = audited(session, "sign_in.refused")
    assert [entry.subject_id for entry in entries] == [None, world.person("quantri").id]
    assert "go-nham" not in repr([vars(entry) for entry in entries])
    assert all(entry.detail == {} for entry in entries)


def test_a_hash_made_with_other_parameters_is_renewed_at_sign_in(
    world: World, client: FlaskClient, session: Session
):
    person = world.person("quantri")
    person.password_hash = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1).hash(PASSWORD)
    session.commit()
    before = person.password_hash
    try_to_sign_in(client, "quantri", "sai mat khau roi")
    session.refresh(person)
    assert person.password_hash == before
    try_to_sign_in(client, "quantri", PASSWORD)
    session.refresh(person)
    assert person.password_hash != before
    assert not login.passwords().hasher.check_needs_rehash(person.password_hash)


def test_the_session_before_signing_in_does_not_live_on(world: World, client: FlaskClient):
    with client.session_transaction() as before:
        before["planted"] = "by somebody else"
        before["locale"] = "en"
    try_to_sign_in(client, "quantri", PASSWORD)
    with client.session_transaction() as after:
        assert "planted" not in after
        assert after["locale"] == "en"
        assert after.permanent


def test_signing_out_ends_the_session(world: World, login_as: SignIn):
    client = login_as(world.person("quantri"))
    assert client.post("/sign-out").headers["Location"] == "/sign-in"
    assert client.get("/account").headers["Location"].startswith("/sign-in")


def test_signing_out_needs_a_button_not_an_address(world: World, login_as: SignIn):
    assert login_as(world.person("quantri")).get("/sign-out").status_code == 405


def test_a_signed_in_person_is_not_asked_again(world: World, login_as: SignIn):
    client = login_as(world.person("quantri"))
    assert client.get("/sign-in?next=/account").headers["Location"] == "/account"


@pytest.mark.parametrize("target", ["/account", "/admin/people?q=thu+l%C3%BD", "/cases?late=1"])
def test_after_signing_in_one_goes_on_where_one_wanted(world: World, client: FlaskClient, target: str):
    answer = client.post(
        "/sign-in", query_string={"next": target}, data={"username": "quantri", "password": PASSWORD}
    )
    assert answer.headers["Location"] == target


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example", "/ /evil.example",
        "javascript:alert(1)", "evil", "", " /account", "/\n/evil.example", "http:evil.example", "/a\\b", "/%0d%0aX: 1\r\nX: 2",
    ],
)  # fmt: skip
def test_nothing_leads_to_another_site(world: World, client: FlaskClient, target: str):
    assert login.safe_target(target) is None
    answer = client.post(
        "/sign-in", query_string={"next": target}, data={"username": "quantri", "password": PASSWORD}
    )
    assert answer.headers["Location"] == "/"


def test_whoever_left_yesterday_is_signed_out_today(world: World, login_as: SignIn, session: Session):
    client = login_as(world.person("thuly.lb"))
    assert client.get("/account").status_code == 200
    world.person("thuly.lb").memberships[0].valid_to = today() + timedelta(days=1)
    session.commit()
    assert client.get("/account").status_code == 200
    with frozen(today() + timedelta(days=1)):
        assert client.get("/account").headers["Location"].startswith("/sign-in")
        answer = try_to_sign_in(client, "thuly.lb", PASSWORD)
    assert answer.status_code == 422
    assert "không giữ vai trò nào" in answer.text


def test_that_somebody_holds_no_role_is_told_only_with_the_right_password(
    world: World, client: FlaskClient, session: Session
):
    build_person("moi.vao", "Người Mới Vào", PASSWORD)
    session.commit()
    assert WRONG in try_to_sign_in(client, "moi.vao", "sai mat khau roi").text
    assert "không giữ vai trò nào" in try_to_sign_in(client, "moi.vao", PASSWORD).text


def test_a_closed_account_is_out_at_the_next_click(world: World, login_as: SignIn, session: Session):
    client = login_as(world.person("thuly.lb"))
    world.person("thuly.lb").is_active = False
    session.commit()
    assert client.get("/account").headers["Location"].startswith("/sign-in")


def test_a_tampered_session_is_nobody(world: World, client: FlaskClient):
    for planted in ("1", "1.0.0", "x.y", "-1.0", "9" * 30 + ".0", "²5.0"):
        with client.session_transaction() as session:
            session["_user_id"] = planted
        assert client.get("/account").headers["Location"].startswith("/sign-in"), planted


def test_the_own_password_is_changed_and_other_sessions_end(
    world: World, app: Flask, login_as: SignIn, session: Session
):
    here, elsewhere = login_as(world.person("quantri")), app.test_client()
    try_to_sign_in(elsewhere, "quantri", PASSWORD)
    new = "trời xanh mây trắng"
    answer = here.post("/account", data={"current": PASSWORD, "new": new, "again": new})
    assert answer.status_code == 302
    assert here.get("/account").status_code == 200
    assert elsewhere.get("/account").headers["Location"].startswith("/sign-in")
    assert try_to_sign_in(app.test_client(), "quantri", new).status_code == 302
    assert try_to_sign_in(app.test_client(), "quantri", PASSWORD).status_code == 422


@pytest.mark.parametrize(
    "current, new, again, message",
    [
        ("sai", "trời xanh mây trắng", "trời xanh mây trắng", "Mật khẩu hiện tại không đúng."),
        (PASSWORD, "ngắn", "ngắn", "Mật khẩu có ít nhất 10 ký tự."),
        (PASSWORD, "trời xanh mây trắng", "một câu khác hẳn", "Hai lần nhập không giống nhau."),
        (PASSWORD, "aaaaaaaaaaaa", "aaaaaaaaaaaa", "quá dễ đoán"),
        (PASSWORD, "QUANTRI-2026", "QUANTRI-2026", "quá dễ đoán"),
        (PASSWORD, PASSWORD, PASSWORD, "phải khác mật khẩu hiện tại"),
        (PASSWORD, "x" * 201, "x" * 201, "Dài nhất 200 ký tự."),
    ],
)
def test_a_bad_change_of_password_is_refused_beside_the_field(
    world: World, login_as: SignIn, current: str, new: str, again: str, message: str
):
    client = login_as(world.person("quantri"))
    answer = client.post("/account", data={"current": current, "new": new, "again": again})
    assert answer.status_code == 422
    assert message in answer.text
    assert new not in answer.text


def test_the_own_password_is_not_guessed_from_an_open_screen(world: World, login_as: SignIn, counting: None):
    client = login_as(world.person("quantri"))
    guess = {"current": "đoán mò thôi", "new": "trời xanh mây trắng", "again": "trời xanh mây trắng"}
    assert [client.post("/account", data=guess).status_code for _try in range(6)] == [422] * 5 + [429]


def test_signing_out_everywhere_keeps_this_session(world: World, app: Flask, login_as: SignIn):
    here, elsewhere = login_as(world.person("quantri")), app.test_client()
    try_to_sign_in(elsewhere, "quantri", PASSWORD)
    here.post("/account/sign-out-everywhere")
    assert here.get("/account").status_code == 200
    assert elsewhere.get("/account").headers["Location"].startswith("/sign-in")


def test_a_password_that_was_handed_out_is_changed_before_anything_else(
    world: World, login_as: SignIn, session: Session
):
    world.person("quantri").must_change_password = True
    session.commit()
    client = login_as(world.person("quantri"))
    assert client.get("/admin/people").headers["Location"] == "/account"
    assert "Hãy đặt mật khẩu của riêng bạn." in client.get("/account").text
    assert client.get("/healthz").status_code == 200
    new = "trời xanh mây trắng"
    client.post("/account", data={"current": PASSWORD, "new": new, "again": new})
    assert client.get("/admin/people").status_code == 200


def test_the_language_is_kept_for_the_session_and_for_the_person(
    world: World, login_as: SignIn, session: Session
):
    client = login_as(world.person("quantri"))
    answer = client.post("/locale", data={"locale": "en", "next": "/account"})
    assert answer.headers["Location"] == "/account"
    assert '<html lang="en"' in client.get("/account").text
    session.expire_all()
    assert world.person("quantri").locale == "en"
    client.post("/locale", data={"locale": "xx", "next": "https://evil.example"})
    assert '<html lang="en"' in client.get("/account").text


def test_the_language_can_be_chosen_before_signing_in(client: FlaskClient):
    answer = client.post("/locale", data={"locale": "en", "next": "/sign-in"})
    assert answer.headers["Location"] == "/sign-in"
    assert '<html lang="en"' in client.get("/sign-in").text


def test_the_account_page_shows_the_roles_held_today(world: World, login_as: SignIn, session: Session):
    past = Membership(
        person=world.person("thuly.lb"), unit=world.unit("BD-KT"), role="handler",
        valid_from=today() - timedelta(days=300), valid_to=today() - timedelta(days=1),
    )  # fmt: skip
    session.add(past)
    session.commit()
    page = login_as(world.person("thuly.lb")).get("/account").text
    assert world.unit("LB-KT").name in page
    assert world.unit("BD-KT").name not in page
