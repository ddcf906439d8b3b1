"""Sessions live on the server: listed, ended one by one, idle and absolute ends, a new token at each sign-in."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.clock import frozen, now, today
from app.organisation.models import Person
from app.organisation.signin.models import SignInSession
from app.organisation.signin.sessions import Browser
from tests.conftest import PASSWORD
from tests.factories import World

SignIn = Callable[[Person], FlaskClient]
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


@pytest.fixture
def short_sessions(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sessions as in production: an hour of nothing, or twelve hours in all."""
    monkeypatch.setitem(app.config, "SESSION_IDLE", timedelta(hours=1))
    monkeypatch.setitem(app.config, "SESSION_ABSOLUTE", timedelta(hours=12))


def elsewhere(app: Flask, username: str) -> FlaskClient:
    client = app.test_client()
    data = {"username": username, "password": PASSWORD}
    client.post(
        "/sign-in", data=data, headers={"User-Agent": FIREFOX}, environ_base={"REMOTE_ADDR": "10.1.2.3"}
    )
    return client


def is_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def rows(session: Session, person: Person) -> list[SignInSession]:
    session.expire_all()
    wanted = select(SignInSession).where(SignInSession.person_id == person.id).order_by(SignInSession.id)
    return list(session.scalars(wanted))


@pytest.mark.parametrize(
    "agent, name, system",
    [
        (FIREFOX, "Firefox", "Linux"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36 Edg/126.0", "Edge", "Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) coc_coc_browser/126.0 Chrome/120.0 Safari/537.36", "Cốc Cốc", "Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile/15E148 Safari/604.1", "Safari", "iPhone"),
        ("curl/8.0", "", ""),
    ],
)  # fmt: skip
def test_a_browser_is_kept_by_name_only(agent: str, name: str, system: str):
    browser = Browser("10.0.0.1", agent)
    assert (browser.name, browser.system) == (name, system)


def test_the_account_page_lists_the_sessions(world: World, app: Flask, login_as: SignIn):
    elsewhere(app, "quantri")
    page = login_as(world.person("quantri")).get("/account").text
    assert "Firefox · Linux" in page
    assert "10.1.2.3" in page
    assert page.count("phiên này") == 1


def test_one_session_is_ended_from_another(world: World, app: Flask, login_as: SignIn, session: Session):
    other, here = elsewhere(app, "quantri"), login_as(world.person("quantri"))
    first = rows(session, world.person("quantri"))[0]
    assert here.post(f"/account/sessions/{first.id}/end").status_code == 302
    assert not is_in(other)
    assert is_in(here)


def test_nobody_ends_somebody_elses_session(world: World, app: Flask, login_as: SignIn, session: Session):
    other = elsewhere(app, "thanhtra")
    theirs = rows(session, world.person("thanhtra"))[0]
    here = login_as(world.person("quantri"))
    for wanted in (theirs.id, 999_999, 2**40):
        assert here.post(f"/account/sessions/{wanted}/end").status_code == 404
    assert is_in(other)


def test_an_administrator_ends_all_sessions_of_somebody_and_nobody_else_does(
    world: World, app: Flask, login_as: SignIn
):
    theirs, officer = elsewhere(app, "thuly.lb"), elsewhere(app, "chutich.lb")
    path = f"/admin/people/{world.person('thuly.lb').id}/sessions/end"
    assert officer.post(path).status_code == 404
    assert is_in(theirs)
    assert login_as(world.person("quantri")).post(path).status_code == 302
    assert not is_in(theirs)
    assert is_in(elsewhere(app, "thuly.lb"))


def test_the_present_session_is_left_by_signing_out(world: World, login_as: SignIn, session: Session):
    here = login_as(world.person("quantri"))
    mine = rows(session, world.person("quantri"))[0]
    here.post(f"/account/sessions/{mine.id}/end")
    assert is_in(here)
    here.post("/sign-out")
    assert rows(session, world.person("quantri"))[0].end_reason == "signed_out"


def test_each_sign_in_has_a_token_of_its_own_and_the_old_one_opens_nothing(
    world: World, app: Flask, login_as: SignIn, session: Session
):
    here = login_as(world.person("quantri"))
    with here.session_transaction() as cookie:
        token = cookie["_user_id"]
    here.post("/sign-in", data={"username": "quantri", "password": PASSWORD})
    with here.session_transaction() as cookie:
        assert cookie["_user_id"] != token
    assert token not in repr([vars(row) for row in rows(session, world.person("quantri"))])
    thief = app.test_client()
    with thief.session_transaction() as cookie:
        cookie["_user_id"] = token
    assert not is_in(thief)


def test_an_idle_session_ends_and_one_in_use_does_not(
    world: World, login_as: SignIn, session: Session, short_sessions: None
):
    here, start = login_as(world.person("quantri")), now()
    for minutes in (50, 100, 150):
        with frozen(start + timedelta(minutes=minutes)):
            assert is_in(here)
    with frozen(start + timedelta(minutes=211)):
        answer = here.get("/account")
        assert answer.headers["Location"].startswith("/sign-in")
        assert "Phiên làm việc đã hết" in here.get("/sign-in").text
    assert rows(session, world.person("quantri"))[0].end_reason == "expired"


def test_the_bell_alone_keeps_no_session_alive(world: World, login_as: SignIn, short_sessions: None):
    here, start = login_as(world.person("quantri")), now()
    for minutes in (30, 59):
        with frozen(start + timedelta(minutes=minutes)):
            here.get("/notifications/count.json", headers={"Accept": "application/json"})
    with frozen(start + timedelta(minutes=62)):
        assert not is_in(here)


def test_the_bell_of_somebody_who_types_does(world: World, login_as: SignIn, short_sessions: None):
    here, start = login_as(world.person("quantri")), now()
    for minutes in (30, 59):
        with frozen(start + timedelta(minutes=minutes)):
            here.get("/notifications/count.json", headers={"Accept": "application/json", "X-In-Use": "yes"})
    with frozen(start + timedelta(minutes=62)):
        assert is_in(here)


def test_a_session_in_constant_use_ends_after_its_hours(world: World, login_as: SignIn, short_sessions: None):
    here, start = login_as(world.person("quantri")), now()
    for half_hours in range(1, 25):
        with frozen(start + timedelta(minutes=30 * half_hours)):
            assert is_in(here)
    with frozen(start + timedelta(hours=12, minutes=5)):
        assert not is_in(here)


def test_being_seen_is_written_at_most_once_a_minute(
    world: World, login_as: SignIn, count_queries: list[str]
):
    here, start = login_as(world.person("quantri")), now()
    count_queries.clear()
    for seconds in (0, 20, 40, 59):
        with frozen(start + timedelta(seconds=seconds)):
            is_in(here)
    assert not [statement for statement in count_queries if statement.startswith("UPDATE sign_in")]
    with frozen(start + timedelta(seconds=61)):
        is_in(here)
    with frozen(start + timedelta(seconds=90)):
        is_in(here)
    assert len([statement for statement in count_queries if statement.startswith("UPDATE sign_in")]) == 1


def test_who_is_signed_in_costs_one_query(world: World, login_as: SignIn, count_queries: list[str]):
    here = login_as(world.person("quantri"))
    here.get("/account")
    count_queries.clear()
    here.post("/locale", data={"locale": "xx"})
    assert len([statement for statement in count_queries if "sign_in_sessions" in statement]) == 1
    assert not [s for s in count_queries if s.startswith("SELECT chart_version")]


def test_a_session_that_a_lost_role_ended_does_not_come_back_with_the_role(
    world: World, login_as: SignIn, session: Session
):
    person = world.person("thuly.lb")
    here = login_as(person)
    person.memberships[0].valid_to = today()
    session.commit()
    assert not is_in(here)
    person.memberships[0].valid_to = None
    session.commit()
    assert not is_in(here)


def test_old_sessions_are_forgotten_at_the_next_sign_in(world: World, app: Flask, session: Session):
    elsewhere(app, "quantri")
    with frozen(now() + timedelta(days=91)):
        elsewhere(app, "quantri")
    assert len(rows(session, world.person("quantri"))) == 1
