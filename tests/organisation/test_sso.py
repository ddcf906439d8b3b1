"""Single sign-on against a real provider in a process of its own: who is linked comes in, with the rights held here."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.config_sign_in import SignInSettings
from app.core.audit import AuditEntry
from app.core.db import unit_of_work
from app.organisation.models import Person
from app.organisation.signin import sso
from app.organisation.signin.models import ExternalIdentity
from tests.factories import World
from tests.organisation.oidc_provider import CLIENT_ID, CLIENT_SECRET
from tests.organisation.test_second_factor import code_of, enrol

ROOT = Path(__file__).resolve().parents[2]
SignIn = Callable[[Person], FlaskClient]
SUBJECT = "8f14e45f-ceea-467f"


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """The provider, a process of its own; yields its address."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.organisation.oidc_provider"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert child.stdout is not None
    yield child.stdout.readline().strip()
    child.terminate()
    child.wait()
    child.stdout.close()


def switch_on(app: Flask, issuer: str, **more: object) -> None:
    """Set the application to use a provider."""
    told = SignInSettings(oidc_issuer=issuer, oidc_client_id=CLIENT_ID, oidc_client_secret=CLIENT_SECRET,
                          oidc_name="Cổng tỉnh", **more)  # type: ignore[arg-type] # fmt: skip
    app.extensions["tiepdan.settings"] = replace(app.extensions["tiepdan.settings"], sign_in=told)
    sso.init_app(app)


@pytest.fixture
def connected(app: Flask, provider: str) -> Iterator[Flask]:
    """The application with the provider as its single sign-on."""
    before = app.extensions["tiepdan.settings"]
    switch_on(app, provider)
    yield app
    app.extensions["tiepdan.settings"] = before
    app.extensions.pop("tiepdan.sso", None)


def link(world: World, username: str, subject: str = SUBJECT) -> None:
    with unit_of_work():
        sso.link(world.person(username), subject, actor=world.principal("quantri"))


def come_back(client: FlaskClient, sub: str = SUBJECT, target: str = "", **said: str):
    """Go to the provider and come back as somebody; return the answer to the callback."""
    there = client.get(f"/sign-in/sso{target}").headers["Location"]
    answer = requests.post(there, data={"sub": sub, **said}, allow_redirects=False, timeout=10)
    assert answer.status_code == 302, answer.text
    back = urlsplit(answer.headers["Location"])
    assert back.path == "/sign-in/sso/callback"
    return client.get(f"{back.path}?{back.query}")


def test_who_is_linked_comes_in_with_the_roles_held_here(world: World, connected: Flask, client: FlaskClient):
    link(world, "thuly.lb")
    answer = come_back(client, target="?next=/cases/")
    assert answer.headers["Location"] == "/cases/"
    page = client.get("/account").text
    assert "thuly.lb" in page
    assert client.get("/admin/people").status_code == 404, "the name and mail told there open nothing"


def test_who_is_not_linked_learns_the_code_to_hand_on_and_no_account_is_made(
    world: World, connected: Flask, client: FlaskClient, session: Session
):
    before = len(session.scalars(select(Person.id)).all())
    answer = come_back(client, "somebody-else")
    assert answer.status_code == 403
    assert "somebody-else" in answer.text
    assert client.get("/account").status_code == 302
    assert len(session.scalars(select(Person.id)).all()) == before
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "sign_in.sso_unknown")).one()
    assert "somebody-else" not in repr(entry.detail)


@pytest.mark.parametrize("lie", ["nonce", "audience", "key", "expired", "issuer"])
def test_a_token_that_lies_opens_nothing(world: World, connected: Flask, client: FlaskClient, lie: str):
    link(world, "thuly.lb")
    answer = come_back(client, lie=lie)
    assert answer.status_code == 502
    assert client.get("/account").status_code == 302


def test_an_answer_to_no_question_opens_nothing(
    world: World, connected: Flask, app: Flask, client: FlaskClient
):
    link(world, "thuly.lb")
    for query in ("", "?code=x&state=y", "?error=access_denied", "?state=", "?code=%20&state[]=1"):
        assert client.get(f"/sign-in/sso/callback{query}").status_code == 502, query
    there = client.get("/sign-in/sso").headers["Location"]
    answer = requests.post(there, data={"sub": SUBJECT}, allow_redirects=False, timeout=10)
    stolen = urlsplit(answer.headers["Location"])
    victim = app.test_client()
    assert victim.get(f"{stolen.path}?{stolen.query}").status_code == 502, "begun in another browser"
    assert victim.get("/account").status_code == 302
    client.get(f"{stolen.path}?{stolen.query}")
    client.post("/sign-out")
    assert client.get(f"{stolen.path}?{stolen.query}").status_code == 502, "a second time"


def test_the_second_step_is_asked_for_as_after_a_password(
    world: World, connected: Flask, client: FlaskClient
):
    link(world, "thuly.lb")
    secret, _codes = enrol(world, "thuly.lb")
    answer = come_back(client, target="?next=/cases/", mfa="yes")
    assert answer.headers["Location"] == "/sign-in/second?next=/cases/"
    assert client.get("/account").status_code == 302
    client.post("/sign-in/second", data={"proof_code": code_of(secret)})
    assert client.get("/account").status_code == 200


@pytest.mark.parametrize("mfa, where", [("yes", "/"), ("", "/sign-in/second")])
def test_a_second_factor_proved_there_counts_only_where_the_settings_trust_it(
    world: World, connected: Flask, provider: str, client: FlaskClient, mfa: str, where: str
):
    switch_on(connected, provider, oidc_second_factor=True)
    link(world, "thuly.lb")
    enrol(world, "thuly.lb")
    assert come_back(client, mfa=mfa).headers["Location"] == where


@pytest.mark.parametrize("change", ["closed", "no role", "unlinked"])
def test_a_link_gives_nothing_to_whoever_may_not_work_here(
    world: World, connected: Flask, client: FlaskClient, session: Session, change: str
):
    link(world, "thuly.lb")
    person = world.person("thuly.lb")
    if change == "closed":
        person.is_active = False
    elif change == "no role":
        session.delete(person.memberships[0])
    else:
        link(world, "thuly.lb", "")
    session.commit()
    assert come_back(client).status_code in {403, 502}
    assert client.get("/account").status_code == 302
    noted = "sign_in.no_role" if change == "no role" else "sign_in.sso_unknown"
    assert session.scalars(select(AuditEntry.id).where(AuditEntry.action == noted)).all(), (
        "the record says so"
    )


def test_one_subject_is_one_person_and_unlinking_ends_the_sessions(
    world: World, connected: Flask, app: Flask, login_as: SignIn, session: Session
):
    link(world, "thuly.lb")
    theirs = app.test_client()
    come_back(theirs)
    admin = login_as(world.person("quantri"))
    taken = admin.post(f"/admin/people/{world.person('donthu.lb').id}/sso", data={"subject": SUBJECT})
    assert taken.status_code == 422 and "đã liên kết với người khác" in taken.text and SUBJECT in taken.text
    assert theirs.get("/account").status_code == 200
    admin.post(f"/admin/people/{world.person('thuly.lb').id}/sso", data={"subject": ""})
    assert theirs.get("/account").status_code == 302
    assert session.scalars(select(ExternalIdentity)).all() == []


def test_only_administrators_link(world: World, connected: Flask, login_as: SignIn):
    client = login_as(world.person("chutich.lb"))
    path = f"/admin/people/{world.person('chutich.lb').id}/sso"
    assert client.get(path).status_code == client.post(path, data={"subject": "x"}).status_code == 404


def test_without_a_provider_there_is_no_such_page(world: World, login_as: SignIn):
    client = login_as(world.person("quantri"))
    for path in ("/sign-in/sso", "/sign-in/sso/callback", f"/admin/people/{world.person('thuly.lb').id}/sso"):
        assert client.get(path).status_code == 404


def test_a_provider_that_is_away_is_said_plainly(
    world: World, app: Flask, connected: Flask, client: FlaskClient
):
    switch_on(app, "http://127.0.0.1:9")
    answer = client.get("/sign-in/sso")
    assert answer.status_code == 502 and "Chưa kết nối được" in answer.text


@pytest.mark.browser
def test_in_the_browser_an_administrator_links_somebody_who_then_comes_in(
    live_world: World, connected: Flask, page: Page, sign_in: Callable[[Person], Page]
):
    page.goto("/sign-in")
    page.get_by_role("link", name="Đăng nhập qua Cổng tỉnh").click()
    page.get_by_label("Who").fill(SUBJECT)
    page.get_by_role("button", name="Sign in").click()
    subject = page.locator("[data-subject]").inner_text()
    assert subject == SUBJECT

    sign_in(live_world.person("quantri"))
    page.goto(f"/admin/people/{live_world.person('thuly.lb').id}")
    page.get_by_role("link", name="Liên kết đăng nhập chung").click()
    page.get_by_label("Mã định danh ở hệ thống đăng nhập chung").fill(subject)
    page.get_by_role("button", name="Lưu").click()
    expect(page.get_by_role("status")).to_contain_text("Đã lưu liên kết đăng nhập chung.")
    page.locator("details.person summary").click()
    page.get_by_role("button", name="Đăng xuất").click()

    page.goto("/sign-in?next=/account")
    page.get_by_role("link", name="Đăng nhập qua Cổng tỉnh").click()
    page.get_by_label("Who").fill(SUBJECT)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile("/account$"))
    expect(page.get_by_text("thuly.lb").first).to_be_visible()
