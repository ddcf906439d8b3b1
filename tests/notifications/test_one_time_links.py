"""One-time links: mailed or handed over, used once, for a while, and readable in no outbox."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.clock import frozen, now
from app.organisation.jobs import forget_old_tries
from app.organisation.models import Person
from app.organisation.signin.models import OneTimeLink
from notifications.jobs import deliver
from notifications.models import OutboundMessage
from tests.conftest import PASSWORD
from tests.factories import World
from tests.notifications.builders import Mailbox, words_of

SignIn = Callable[[Person], FlaskClient]
NEW = "trời xanh mây trắng"
FORM = {"new": NEW, "again": NEW}


def shown_link(page: str) -> str:
    found = re.search(r"data-one-time-link[^>]*>https?://[^/]+(/sign-in/link/[\w-]+)<", page)
    assert found, page
    return found.group(1)


def hand_out(admin: FlaskClient, person: Person) -> str:
    return admin.post(f"/admin/people/{person.id}/link").text


def can_sign_in(app: Flask, username: str, password: str) -> bool:
    answer = app.test_client().post("/sign-in", data={"username": username, "password": password})
    return answer.status_code == 302


def test_without_mail_the_administrator_copies_the_link_and_it_works_once(
    world: World, app: Flask, login_as: SignIn, session: Session
) -> None:
    """Opening does not use it up: mail scanners open links too."""
    theirs = app.test_client()
    theirs.post("/sign-in", data={"username": "thuly.lb", "password": PASSWORD})
    path = shown_link(hand_out(login_as(world.person("quantri")), world.person("thuly.lb")))
    token = path.rpartition("/")[2]
    assert token not in repr([vars(row) for row in session.scalars(select(OneTimeLink))])
    visitor = app.test_client()
    assert visitor.get(path).status_code == visitor.get(path).status_code == 200
    bad = visitor.post(path, data={"new": "thuly.lb-2026", "again": "thuly.lb-2026"})
    assert bad.status_code == 422 and "quá dễ đoán" in bad.text
    assert visitor.post(path, data=FORM).headers["Location"] == "/sign-in"
    assert can_sign_in(app, "thuly.lb", NEW) and not can_sign_in(app, "thuly.lb", PASSWORD)
    assert theirs.get("/account").status_code == 302, "all sessions end"
    again = visitor.post(path, data=FORM)
    assert again.status_code == 404 and "đã dùng, đã hết hạn" in again.text
    assert session.scalars(select(OutboundMessage).where(OutboundMessage.kind == "one_time_link")).all() == []


def test_a_new_link_replaces_the_one_before(world: World, app: Flask, login_as: SignIn) -> None:
    admin, person = login_as(world.person("quantri")), world.person("thuly.lb")
    first, second = (shown_link(hand_out(admin, person)) for _n in range(2))
    assert app.test_client().get(first).status_code == 404
    assert app.test_client().get(second).status_code == 200


@pytest.mark.parametrize("signed_in_before, hours", [(False, 72), (True, 24)])
def test_links_expire(
    world: World, app: Flask, login_as: SignIn, session: Session, signed_in_before: bool, hours: int
) -> None:
    """An invitation lasts three days, a reset one."""
    person = world.person("thuly.lb")
    person.last_sign_in_at = now() if signed_in_before else None
    session.commit()
    path, start = shown_link(hand_out(login_as(world.person("quantri")), person)), now()
    for minutes, status in ((-1, 200), (1, 404)):
        with frozen(start + timedelta(hours=hours, minutes=minutes)):
            assert app.test_client().get(path).status_code == status


def test_a_closed_account_has_no_link(world: World, app: Flask, login_as: SignIn, session: Session) -> None:
    admin, person = login_as(world.person("quantri")), world.person("thuly.lb")
    path = shown_link(hand_out(admin, person))
    person.is_active = False
    session.commit()
    assert app.test_client().get(path).status_code == 404
    assert admin.post(f"/admin/people/{person.id}/link").status_code == 404


@pytest.mark.parametrize("who", ["the person", "an administrator"])
def test_a_link_is_over_once_the_password_was_set_another_way(
    world: World, app: Flask, login_as: SignIn, who: str
) -> None:
    """What lies about in a mailbox does not undo the change."""
    admin, person = login_as(world.person("quantri")), world.person("thuly.lb")
    path = shown_link(hand_out(admin, person))
    if who == "the person":
        changed = login_as(person).post("/account", data={"current": PASSWORD, **FORM})
        assert changed.status_code == 302
    else:
        assert admin.post(f"/admin/people/{person.id}/password").status_code == 200
    assert app.test_client().get(path).status_code == 404


def test_a_new_person_is_invited_by_link(world: World, app: Flask, login_as: SignIn) -> None:
    form = {
        "full_name": "Đỗ Thị Hoa", "username": "do.hoa", "email": "do.hoa@example.vn", "role": "handler",
        "unit_id": str(world.unit("LB-KT").id), "valid_from": "16/11/2026", "invite": "yes",
    }  # fmt: skip
    page = login_as(world.person("quantri")).post("/admin/people/new", data=form).text
    assert "data-one-time>" not in page
    app.test_client().post(shown_link(page), data=FORM)
    assert can_sign_in(app, "do.hoa", NEW)


def test_the_mail_carries_the_link_and_the_outbox_does_not(
    world: World, app: Flask, login_as: SignIn, session: Session, smtp: Mailbox, empty_queue: None
) -> None:
    """Whoever reads the outbox, or a dump of it, cannot use the link."""
    page = hand_out(login_as(world.person("quantri")), world.person("thuly.lb"))
    assert "Đã gửi đến thuly.lb@example.vn" in page and "/sign-in/link/" not in page
    message = session.scalars(select(OutboundMessage).where(OutboundMessage.kind == "one_time_link")).one()
    deliver(message.id)
    [letter] = smtp.letters
    found = re.search(r"/sign-in/link/([\w-]{20,})", words_of(letter))
    assert found
    assert found.group(1) not in repr(vars(message)) and "{token}" in message.body
    assert app.test_client().get(found.group(0)).status_code == 200


@pytest.mark.parametrize("username, letters", [("Thuly.LB ", 1), ("khong.co.ai", 0)])
def test_a_forgotten_password_is_answered_alike_whoever_asks(
    world: World, app: Flask, session: Session, smtp: Mailbox, empty_queue: None, username: str, letters: int
) -> None:
    client = app.test_client()
    page = client.post("/sign-in/forgotten", data={"username": username})
    assert page.status_code == 200 and "Nếu có tài khoản với tên đó" in page.text
    for message in session.scalars(select(OutboundMessage)):
        deliver(message.id)
    assert len(smtp.letters) == letters


def test_nobodys_mailbox_is_filled(
    world: World, app: Flask, session: Session, smtp: Mailbox, empty_queue: None
) -> None:
    """After four letters an account gets none for a while, and after eleven asks an address waits."""
    statuses = [
        app.test_client().post("/sign-in/forgotten", data={"username": "thuly.lb"}).status_code
        for _n in range(12)
    ]
    assert statuses == [200] * 11 + [429]
    assert len(session.scalars(select(OutboundMessage)).all()) == 4


def test_without_mail_the_page_says_whom_to_ask(world: World, client: FlaskClient) -> None:
    page = client.get("/sign-in/forgotten").text
    assert "Liên hệ người quản trị" in page and "<input" not in page.partition("<main")[2]


@pytest.mark.parametrize("token", ["x", "a" * 5000, "../../account"])
def test_a_made_up_token_opens_nothing(world: World, client: FlaskClient, token: str) -> None:
    assert client.get(f"/sign-in/link/{token}").status_code == 404
    assert client.post(f"/sign-in/link/{token}", data=FORM).status_code == 404


def test_links_that_expired_long_ago_are_forgotten(world: World, login_as: SignIn, session: Session) -> None:
    hand_out(login_as(world.person("quantri")), world.person("thuly.lb"))
    forget_old_tries()
    assert len(session.scalars(select(OneTimeLink)).all()) == 1
    with frozen(now() + timedelta(days=94)):
        forget_old_tries()
    assert session.scalars(select(OneTimeLink)).all() == []
