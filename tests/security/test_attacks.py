"""Forged cookies, replayed forms, posts from other sites, redirects and headers that lead elsewhere."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface, TaggedJSONSerializer
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.organisation.login import safe_target
from app.web.access import route_table
from complaints.models.history import HistoryEntry
from complaints.models.petitions import Petition
from tests.access.test_every_route import address, objects, sign_in  # noqa: F401 - a fixture
from tests.conftest import PASSWORD
from tests.factories import World
from tests.reception.test_pages import typed_letter
from tests.security.forms import read

ELSEWHERE = [
    "https://evil.example", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example",
    "/\n/evil.example", "javascript:alert(1)", "data:text/html,x", "https:evil.example", " //evil.example", "/%09/evil",
    "http:///evil.example", "/\r\nLocation: https://evil.example", "\0//evil.example", "/.//evil.example", "evil.example",
]  # fmt: skip
SESSION_COOKIE = "tiepdan"


@pytest.fixture
def guarded(session: Session, app: Flask) -> Flask:
    """The application with its guard against other sites' posts, on the test's own transaction."""
    app.config["WTF_CSRF_ENABLED"] = True
    return app


@pytest.fixture(autouse=True)
def _guard_off_again(app: Flask) -> Iterator[None]:
    yield
    app.config["WTF_CSRF_ENABLED"] = False


def signed(content: dict[str, object], key: str) -> str:
    """Return a session cookie as Flask writes it, signed with a key."""
    made = SecureCookieSessionInterface
    return URLSafeTimedSerializer(
        key, salt=made.salt, serializer=TaggedJSONSerializer(),
        signer_kwargs={"key_derivation": made.key_derivation, "digest_method": made.digest_method},
    ).dumps(content)  # fmt: skip


def test_a_forged_cookie_signs_nobody_in(app: Flask, client: FlaskClient, world: World) -> None:
    """Neither a foreign signature, nor a session guessed under our own (the key stolen), nor a cookie that is rubbish."""
    person = world.person("chutich.lb")
    forged = [
        signed({"_user_id": str(person.id), "_fresh": True}, "not-our-key"),
        signed({"_user_id": str(person.id), "_fresh": True}, app.config["SECRET_KEY"]),
        signed({"_user_id": "0" * 64}, app.config["SECRET_KEY"]),
        signed({"half": [person.id, 0, "2026-11-16T08:00:00+07:00", "password"]}, "not-our-key"),
        "rubbish", "a.b.c", "", "." * 50, "é",
    ]  # fmt: skip
    for cookie in forged:
        client.set_cookie(SESSION_COOKIE, cookie)
        answer = client.get("/petitions/")
        assert answer.status_code == 302, cookie
        assert "/sign-in" in answer.headers["Location"]


def test_a_cookie_that_was_changed_is_no_session(client: FlaskClient, world: World) -> None:
    sign_in(client, world, "donthu.lb")
    cookie = client.get_cookie(SESSION_COOKIE)
    assert cookie is not None
    for changed in (cookie.value[:-1], "A" + cookie.value[1:], cookie.value.replace(".", "..", 1)):
        client.set_cookie(SESSION_COOKIE, changed)
        assert client.get("/petitions/").status_code == 302
    client.set_cookie(SESSION_COOKIE, cookie.value)
    assert client.get("/petitions/").status_code == 200


def test_a_stolen_cookie_opens_nothing_once_its_owner_signed_out(
    app: Flask, client: FlaskClient, world: World
) -> None:
    sign_in(client, world, "donthu.lb")
    cookie = client.get_cookie(SESSION_COOKIE)
    assert cookie is not None
    thief = app.test_client()
    thief.set_cookie(SESSION_COOKIE, cookie.value)
    assert thief.get("/petitions/").status_code == 200  # what a stolen session can do: docs/security.md
    client.post("/sign-out")
    assert thief.get("/petitions/").status_code == 302


def test_no_route_takes_a_post_from_another_site(
    guarded: Flask, world: World, objects: dict[str, int], session: Session  # noqa: F811
) -> None:  # fmt: skip
    """Signed in or not: a POST without the page's own token is refused before anything is looked at."""
    client = guarded.test_client()
    guarded.config["WTF_CSRF_ENABLED"] = False
    sign_in(client, world, "chutich.lb")
    guarded.config["WTF_CSRF_ENABLED"] = True
    before = session.scalar(select(func.count(HistoryEntry.id)))
    for row in route_table(guarded):
        if "POST" in row.methods:
            for data in ({}, {"csrf_token": "x"}, {"csrf_token": signed({"a": 1}, "not-our-key")}):
                answer = client.post(address(guarded, row, objects), data=data)
                assert answer.status_code in ({400, 404} if row.permission else {400}), row.rule
    assert session.scalar(select(func.count(HistoryEntry.id))) == before
    assert client.get("/petitions/").status_code == 200  # not even signed out


def test_the_token_of_one_session_is_none_in_another(guarded: Flask, world: World) -> None:
    token = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
    mine, theirs = guarded.test_client(), guarded.test_client()
    stolen = token.search(mine.get("/sign-in").text)
    own = token.search(theirs.get("/sign-in").text)
    assert stolen is not None
    assert own is not None
    who = {"username": "donthu.lb", "password": PASSWORD}
    assert theirs.post("/sign-in", data={**who, "csrf_token": stolen[1]}).status_code == 400
    assert theirs.post("/sign-in", data={**who, "csrf_token": own[1]}).status_code == 302


def test_the_same_letter_sent_twice_is_one_letter(
    client: FlaskClient, world: World, session: Session
) -> None:
    """A replay, a double click, the Back button: the first one's number comes back; somebody else's key opens nothing."""
    sign_in(client, world, "donthu.lb")
    letter = {**typed_letter(world), "submission_key": "k" * 32}
    before = session.scalar(select(func.count(Petition.id))) or 0
    answers = [client.post("/desk/letters/new", data=letter) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [302] * 3, answers[0].text
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert session.scalar(select(func.count(Petition.id))) == before + 1
    client.post("/sign-out")
    sign_in(client, world, "donthu.bd")
    other = client.post(
        "/desk/letters/new", data={**letter, "unit_id": str(world.unit("BD").id)}, follow_redirects=True
    )
    assert answers[0].headers["Location"].split("/")[-2] not in other.request.path
    assert session.scalar(select(func.count(Petition.id))) <= before + 2


def test_the_same_step_sent_twice_is_taken_once(
    client: FlaskClient, world: World, objects: dict[str, int], session: Session  # noqa: F811
) -> None:  # fmt: skip
    """The step is still there after it was taken; only the version that the form was made from tells the second one."""
    sign_in(client, world, "thuly.lb")
    path = f"/cases/{objects['case']}/do/withdraw_part"
    [form] = [form for form in read(path, client.get(path).text)[0] if form.action == path]
    typed = {name: values[0] for name, values in form.fields.items() if values}
    typed["words"] = "Rút nội dung thứ hai."
    answers = [client.post(path, data=typed) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 422], answers[0].text
    taken = select(func.count(HistoryEntry.id)).where(
        HistoryEntry.case_id == objects["case"], HistoryEntry.act == "withdraw_part"
    )
    assert session.scalar(taken) == 1


def test_a_form_of_an_older_version_is_refused(
    client: FlaskClient, world: World, objects: dict[str, int]  # noqa: F811
) -> None:  # fmt: skip
    sign_in(client, world, "chutich.lb")
    handed = {"unit_id": str(world.unit("LB-KT").id), "version": "1", "note": "x"}
    first = client.post(f"/cases/{objects['case']}/assign", data=handed)
    assert first.status_code in {409, 422}  # the page was of an older version: somebody was here in between
    assert client.get(f"/cases/{objects['case']}/notes").status_code == 405


@pytest.mark.parametrize("target", ELSEWHERE)
def test_nobody_is_led_elsewhere_after_signing_in(client: FlaskClient, world: World, target: str) -> None:
    who = {"username": "donthu.lb", "password": PASSWORD}
    answer = client.post("/sign-in", query_string={"next": target}, data=who)
    if "\x00" in target:
        assert answer.status_code == 400  # such an address is refused before anybody looks where it leads
        return
    assert answer.status_code == 302
    assert "evil" not in answer.headers["Location"] or answer.headers["Location"].startswith(("/%09", "/.//"))
    assert re.match(r"/(?![/\\])", answer.headers["Location"])
    chosen = client.post("/locale", data={"locale": "en", "next": target})
    assert re.match(r"/(?![/\\])", chosen.headers["Location"])
    assert "\n" not in (safe_target(target) or "")


@pytest.mark.parametrize(
    "value", ["a\r\nSet-Cookie: evil=1", "a\nX-Evil: 1", "%0d%0aX-Evil: 1", "\r\n\r\n<script>"]
)
def test_what_is_typed_never_becomes_a_header(client: FlaskClient, world: World, value: str) -> None:
    sign_in(client, world, "chutich.lb")
    for answer in (
        client.get("/petitions/", query_string={"q": value, "cursor": value}),
        client.post("/locale", data={"locale": value, "next": f"/{value}"}),
        client.get("/rules/", query_string={"q": value, "as_of": value}),
        client.post("/rules/rehearsal/", data={"name": value, "as_of": value}),
    ):
        assert answer.status_code < 500
        assert not any("evil" in name.lower() for name, _value in answer.headers)
        assert "evil=1" not in answer.headers.get("Set-Cookie", "")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "PROPFIND"])
def test_other_methods_do_nothing(client: FlaskClient, world: World, method: str) -> None:
    sign_in(client, world, "quantri")
    for path in ("/", "/admin/people", "/petitions/", "/static/css/app.css"):
        with client.open(path, method=method) as answer:
            assert answer.status_code in {405, 404}, path


@pytest.mark.parametrize("number", ["0", "99999999999", "9223372036854775808", "9" * 60])
def test_numbers_that_no_record_has_are_not_found(
    app: Flask, client: FlaskClient, world: World, objects: dict[str, int], number: str  # noqa: F811
) -> None:  # fmt: skip
    for username in ("chutich.lb", "quantri"):
        sign_in(client, world, username)
        for row in route_table(app):
            if "<int:" not in row.rule:
                continue
            path = re.sub(r"<[a-z]+:\w+>", number, row.rule).replace("<action>", "note")
            for method in row.methods:
                answer = client.open(path, method=method)
                # A POST that says too little may be refused for that before anybody looks whose it is.
                assert answer.status_code in {404, 403, 405, 422, 302}, (
                    f"{method} {path}: {answer.status_code}"
                )
                assert method == "POST" or answer.status_code in {404, 403, 405}, path
        client.post("/sign-out")


def test_an_address_with_a_null_in_it_is_refused_before_the_database_sees_it(
    app: Flask, client: FlaskClient, world: World, objects: dict[str, int]  # noqa: F811
) -> None:  # fmt: skip
    """Found by wapiti: PostgreSQL takes no such character, and the page answered 500."""
    sign_in(client, world, "chutich.lb")
    for row in route_table(app):
        if "GET" in row.methods and row.permission is not None:
            path = address(app, row, objects)
            answer = client.get(f"{path}?q=%00&state=a%00&kind=%00&cursor=%00&unit=%00&person=1%00&%00=1")
            assert answer.status_code in {400, 404}, path
