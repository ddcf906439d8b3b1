"""Failures make the next try wait longer and longer; a stranger delays themselves, and nobody is locked out."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.clock import frozen, now
from app.core.db import unit_of_work
from app.organisation.signin import delays
from app.organisation.signin.delays import Growth
from app.organisation.signin.models import SignInDelay
from notifications.models import Notice
from tests.conftest import PASSWORD
from tests.factories import World

FAR = {"REMOTE_ADDR": "10.0.0.9"}


def attempt(client: FlaskClient, username: str, password: str, address: str = "127.0.0.1"):
    return client.post(
        "/sign-in",
        data={"username": username, "password": password},
        environ_base={"REMOTE_ADDR": address},
    )


def fail(client: FlaskClient, username: str, times: int, address: str = "127.0.0.1") -> list[int]:
    return [attempt(client, username, "sai mat khau roi", address).status_code for _n in range(times)]


def test_delays_grow_from_nothing_to_a_longest_one():
    growth = Growth(4, timedelta(seconds=15), timedelta(minutes=15))
    waits = [growth.after(n).total_seconds() for n in (0, 4, 5, 6, 7, 10, 11, 500)]
    assert waits == [0, 0, 15, 30, 60, 480, 900, 900]


def test_after_five_failures_the_next_try_waits_and_then_is_heard(world: World, client: FlaskClient):
    assert fail(client, "quantri", 5) == [422] * 5
    answer = attempt(client, "quantri", PASSWORD)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "15")
    assert "Chờ 15 giây" in answer.text
    with frozen(now() + timedelta(seconds=16)):
        assert attempt(client, "quantri", "sai mat khau roi").status_code == 422
        answer = attempt(client, "quantri", PASSWORD)
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "30")
    with frozen(now() + timedelta(seconds=50)):
        assert attempt(client, "quantri", PASSWORD).status_code == 302


def test_tries_that_are_not_heard_do_not_lengthen_the_wait(world: World, client: FlaskClient):
    fail(client, "quantri", 5)
    assert fail(client, "quantri", 30) == [429] * 30
    with frozen(now() + timedelta(seconds=16)):
        assert attempt(client, "quantri", PASSWORD).status_code == 302


def test_a_stranger_elsewhere_delays_only_themselves(world: World, app: Flask, client: FlaskClient):
    assert fail(app.test_client(), "quantri", 6, "10.0.0.9") == [422] * 5 + [429]
    assert attempt(client, "quantri", PASSWORD).status_code == 302


def test_a_stranger_in_the_same_office_does_not_delay_a_browser_that_is_known(
    world: World, app: Flask, client: FlaskClient
):
    assert attempt(client, "quantri", PASSWORD).status_code == 302
    client.post("/sign-out")
    stranger = app.test_client()
    assert fail(stranger, "quantri", 6) == [422] * 5 + [429]
    for n in range(30):
        fail(stranger, f"ai.do.{n}", 1)
    assert attempt(stranger, "thanhtra", PASSWORD).status_code == 429
    assert attempt(client, "quantri", PASSWORD).status_code == 302


def test_a_known_browser_is_no_free_pass_for_guessing(world: World, client: FlaskClient):
    attempt(client, "quantri", PASSWORD)
    client.post("/sign-out")
    assert fail(client, "quantri", 6) == [422] * 5 + [429]


def test_a_forged_mark_of_a_known_browser_is_a_new_browser(app: Flask, world: World):
    with app.app_context():
        for forged in ("", "x", "W10.abc", None):
            assert not delays.KnownBrowser.read(forged).knows("quantri")


def test_one_address_may_fail_twenty_times_over_all_names(world: World, client: FlaskClient):
    statuses = [attempt(client, f"ai.do.{n}", "sai mat khau roi").status_code for n in range(22)]
    assert statuses == [422] * 21 + [429]


def test_an_office_behind_one_address_signs_in_at_eight(world: World, client: FlaskClient):
    for person in world.people.values():
        for _again in range(2):
            assert attempt(client, person.username, PASSWORD).status_code == 302
            client.post("/sign-out")


def test_what_was_typed_is_kept_nowhere(world: World, client: FlaskClient, session: Session):
    attempt(client, "go-nham-mat-khau-vao-day", "sai mat khau roi")
    kept = session.scalars(select(SignInDelay.key)).all()
    assert kept
    assert not [key for key in kept if "go-nham" in key]


def test_success_forgets_the_failures_of_that_account_there(world: World, client: FlaskClient):
    fail(client, "quantri", 4)
    attempt(client, "quantri", PASSWORD)
    client.post("/sign-out")
    client.delete_cookie("tiepdan-browser")
    assert fail(client, "quantri", 5) == [422] * 5


def test_failures_are_forgotten_after_a_day(world: World, client: FlaskClient, session: Session):
    fail(client, "quantri", 5)
    with frozen(now() + timedelta(days=1, minutes=1)):
        assert fail(client, "quantri", 5) == [422] * 5
        with frozen(now() + timedelta(days=2)), unit_of_work():
            assert delays.forget_old() >= 2
    assert session.scalars(select(SignInDelay.key)).all() == []


@pytest.mark.parametrize("username, told", [("thuly.lb", {"thuly.lb", "quantri"}), ("khong.co.ai", set())])
def test_the_person_and_the_administrators_hear_of_ten_failures(
    world: World, app: Flask, session: Session, username: str, told: set[str]
):
    for n in range(9):
        fail(app.test_client(), username, 1, f"10.0.1.{n}")
    assert session.scalars(select(Notice).where(Notice.kind == "sign_in_trouble")).all() == []
    fail(app.test_client(), username, 3, "10.0.2.1")
    notices = session.scalars(select(Notice).where(Notice.kind == "sign_in_trouble")).all()
    assert {n.person_id for n in notices} == {world.person(name).id for name in told}
    assert len(notices) == len(told)


def test_a_slip_a_day_is_no_trouble(world: World, app: Flask, session: Session):
    start = now()
    for n in range(15):
        with frozen(start + timedelta(hours=20 * n)):
            fail(app.test_client(), "thuly.lb", 1)
    assert session.scalars(select(Notice).where(Notice.kind == "sign_in_trouble")).all() == []


def test_many_tries_at_once_are_counted_one_after_the_other(live_world: World, real_database: Flask):
    """Guesses sent in one burst do not slip through between the check and the count."""

    def guess(_n: int) -> int:
        return attempt(real_database.test_client(), "quantri", "sai mat khau roi").status_code

    with ThreadPoolExecutor(4) as pool:
        statuses = list(pool.map(guess, range(16)))
    assert statuses.count(422) == 5
    assert statuses.count(429) == 11
