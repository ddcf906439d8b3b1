"""The second factor: set up, asked for, never taken twice, demanded of whoever may open identities."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.audit import AuditEntry
from app.core.clock import frozen, now
from app.core.db import unit_of_work
from app.core.errors import Conflict
from app.organisation.models import Person
from app.organisation.signin import second_factor
from app.organisation.signin.models import RecoveryCode, TotpSecret
from tests.conftest import PASSWORD
from tests.factories import World

SignIn = Callable[[Person], FlaskClient]


@pytest.fixture
def demanded(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings of production: a second factor is demanded."""
    monkeypatch.setitem(app.config, "SECOND_FACTOR_REQUIRED", True)


@pytest.fixture
def moving() -> Iterator[Callable[[int], None]]:
    """A clock to be moved on by seconds."""
    start = now()
    stops: list[frozen] = []  # type: ignore[valid-type]

    def move(seconds: int) -> None:
        stop = frozen(start + timedelta(seconds=seconds))
        stop.__enter__()
        stops.append(stop)

    yield move
    for stop in reversed(stops):
        stop.__exit__(None, None, None)


def code_of(secret: str, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(now() + timedelta(seconds=30 * steps))


def enrol(world: World, username: str) -> tuple[str, list[str]]:
    """Set an app up for a person through the service; return its secret and the recovery codes."""
    actor = world.principal(username)
    with unit_of_work():
        secret = second_factor.begin_totp(actor=actor).secret
        codes = second_factor.confirm_totp(code_of(secret, -1), actor=actor)
    return secret, codes


def first_step(client: FlaskClient, username: str, target: str = "/sign-in"):
    return client.post(target, data={"username": username, "password": PASSWORD})


def second_step(client: FlaskClient, code: str, target: str = "/sign-in/second"):
    return client.post(target, data={"proof_code": code})


def test_the_app_is_set_up_on_the_page_and_recovery_codes_are_shown_once(
    world: World, login_as: SignIn, session: Session
):
    client = login_as(world.person("chutich.lb"))
    page = client.get("/account/second-factor/app").text
    assert "<svg" in page and "style=" not in page and "<script>" not in page
    secret = re.search(r"data-secret[^>]*>([A-Z2-7 ]+)<", page)
    assert secret
    bare = secret.group(1).replace(" ", "")
    wrong = client.post("/account/second-factor/app", data={"code": "000000"})
    assert wrong.status_code == 422 and "Mã chưa đúng" in wrong.text
    assert secret.group(1) in wrong.text, "the secret to be scanned stays the same"
    done = client.post("/account/second-factor/app", data={"code": code_of(bare)})
    codes = re.findall(r"data-recovery>([a-z2-9-]{19})<", done.text)
    assert len(set(codes)) == 10
    assert "Còn 10 mã" in client.get("/account/second-factor").text
    kept = session.scalars(select(RecoveryCode.code_hash)).all()
    assert not set(codes) & set(kept)
    row = session.scalars(select(TotpSecret)).one()
    assert bare.encode() not in row.ciphertext


def test_signing_in_takes_two_steps(world: World, client: FlaskClient):
    secret, _codes = enrol(world, "chutich.lb")
    answer = first_step(client, "chutich.lb", "/sign-in?next=/cases/")
    assert answer.headers["Location"] == "/sign-in/second?next=/cases/"
    assert client.get("/account").headers["Location"].startswith("/sign-in"), "half-way is not in"
    assert second_step(client, "000000").status_code == 422
    done = second_step(client, code_of(secret), "/sign-in/second?next=/cases/")
    assert done.headers["Location"] == "/cases/"
    assert client.get("/account").status_code == 200


def test_a_code_is_taken_once(world: World, app: Flask, client: FlaskClient, moving: Callable[[int], None]):
    secret, _codes = enrol(world, "chutich.lb")
    code = code_of(secret)
    first_step(client, "chutich.lb")
    assert second_step(client, code).status_code == 302
    again = app.test_client()
    first_step(again, "chutich.lb")
    assert second_step(again, code).status_code == 422
    assert second_step(again, code_of(secret, -1)).status_code == 422, "nor an older one"
    moving(30)
    assert second_step(again, code_of(secret)).status_code == 302


def test_a_code_holds_a_step_before_and_after_and_no_longer(
    world: World, client: FlaskClient, moving: Callable[[int], None]
):
    secret, _codes = enrol(world, "chutich.lb")
    moving(300)
    first_step(client, "chutich.lb")
    for steps in (-3, -2, 2, 3):
        assert second_step(client, code_of(secret, steps)).status_code == 422, steps
    assert second_step(client, code_of(secret, -1)).status_code == 302


def test_a_recovery_code_stands_in_once_and_the_person_is_told(
    world: World, app: Flask, client: FlaskClient, session: Session
):
    _secret, codes = enrol(world, "chutich.lb")
    first_step(client, "chutich.lb")
    assert second_step(client, codes[0].upper().replace("-", " ")).status_code == 302
    assert "còn 9 mã" in client.get("/account").text
    again = app.test_client()
    first_step(again, "chutich.lb")
    assert second_step(again, codes[0]).status_code == 422
    assert second_step(again, codes[1]).status_code == 302
    used = session.scalars(select(AuditEntry).where(AuditEntry.action == "person.recovery_used")).all()
    assert len(used) == 2 and codes[0] not in repr([vars(entry) for entry in used])


def test_somebody_elses_recovery_code_opens_nothing(world: World, client: FlaskClient):
    enrol(world, "chutich.lb")
    _secret, codes = enrol(world, "thanhtra")
    first_step(client, "chutich.lb")
    assert second_step(client, codes[0]).status_code == 422


def test_wrong_codes_wait_longer_and_longer(world: World, app: Flask, client: FlaskClient):
    secret, _codes = enrol(world, "chutich.lb")
    first_step(client, "chutich.lb")
    assert [second_step(client, "000000").status_code for _n in range(6)] == [422] * 5 + [429]
    assert second_step(client, code_of(secret)).status_code == 429
    elsewhere = app.test_client()
    first_step(elsewhere, "chutich.lb")
    answer = elsewhere.post(
        "/sign-in/second", data={"proof_code": code_of(secret)}, environ_base={"REMOTE_ADDR": "10.0.0.9"}
    )
    assert answer.status_code == 302, "whoever guesses delays only their own address"


def test_codes_are_not_guessed_from_many_addresses_at_once(world: World, app: Flask):
    enrol(world, "chutich.lb")
    statuses = []
    for n in range(22):
        client = app.test_client()
        first_step(client, "chutich.lb")
        answer = client.post(
            "/sign-in/second", data={"proof_code": "000000"}, environ_base={"REMOTE_ADDR": f"10.0.0.{n}"}
        )
        statuses.append(answer.status_code)
    assert statuses == [422] * 21 + [429]


def test_half_way_lasts_ten_minutes_and_not_past_a_new_password(
    world: World, client: FlaskClient, session: Session, moving: Callable[[int], None]
):
    secret, _codes = enrol(world, "chutich.lb")
    first_step(client, "chutich.lb")
    moving(601)
    assert second_step(client, code_of(secret)).headers["Location"].startswith("/sign-in")
    assert client.get("/account").status_code == 302
    first_step(client, "chutich.lb")
    world.person("chutich.lb").session_epoch += 1
    session.commit()
    assert second_step(client, code_of(secret)).headers["Location"].startswith("/sign-in")


def test_without_a_first_step_there_is_no_second(world: World, client: FlaskClient):
    assert client.get("/sign-in/second").headers["Location"] == "/sign-in"
    assert second_step(client, "123456").headers["Location"] == "/sign-in"


def test_who_may_open_identities_sets_it_up_before_anything_else(
    world: World, login_as: SignIn, demanded: None
):
    client = login_as(world.person("chutich.lb"))
    for path in ("/", "/petitions/", "/cases/", "/notifications/"):
        assert client.get(path).headers["Location"] == "/account/second-factor", path
    assert "Hãy thiết lập lớp xác thực thứ hai" in client.get("/account/second-factor").text
    for path in ("/account", "/account/second-factor/app", "/healthz"):
        assert client.get(path).status_code == 200, path
    page = client.get("/account/second-factor/app").text
    secret = re.search(r"data-secret[^>]*>([A-Z2-7 ]+)<", page)
    assert secret
    client.post("/account/second-factor/app", data={"code": code_of(secret.group(1).replace(" ", ""))})
    assert client.get("/petitions/").status_code == 200


def test_who_could_take_it_from_others_needs_it_too(world: World, login_as: SignIn, demanded: None):
    assert (
        login_as(world.person("quantri")).get("/admin/people").headers["Location"] == "/account/second-factor"
    )


@pytest.mark.parametrize("username", ["chutich.lb", "thuly.lb", "thanhtra", "quantri"])
def test_where_it_is_only_offered_nobody_is_led_there(world: World, login_as: SignIn, username: str):
    assert login_as(world.person(username)).get("/notifications/").status_code == 200


def test_setting_it_up_ends_the_sessions_that_know_the_password_alone(
    world: World, app: Flask, login_as: SignIn
):
    elsewhere = app.test_client()
    first_step(elsewhere, "chutich.lb")
    here = login_as(world.person("chutich.lb"))
    page = here.get("/account/second-factor/app").text
    secret = re.search(r"data-secret[^>]*>([A-Z2-7 ]+)<", page)
    assert secret
    here.post("/account/second-factor/app", data={"code": code_of(secret.group(1).replace(" ", ""))})
    assert here.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 302


def test_a_secret_that_waited_half_an_hour_is_not_taken_into_use(
    world: World, login_as: SignIn, moving: Callable[[int], None]
):
    client = login_as(world.person("chutich.lb"))
    secrets = []
    for seconds in (0, 60, 1900):
        moving(seconds)
        found = re.search(r"data-secret[^>]*>([A-Z2-7 ]+)<", client.get("/account/second-factor/app").text)
        assert found
        secrets.append(found.group(1))
    assert secrets[0] == secrets[1] != secrets[2]


def test_the_last_factor_is_removed_only_where_it_is_not_demanded(
    world: World, app: Flask, monkeypatch: pytest.MonkeyPatch
):
    enrol(world, "chutich.lb")
    actor = world.principal("chutich.lb")
    monkeypatch.setitem(app.config, "SECOND_FACTOR_REQUIRED", True)
    with pytest.raises(Conflict, match="lớp xác thực thứ hai"), unit_of_work():
        second_factor.remove_totp(actor=actor)
    assert second_factor.factors_of(actor.person_id).totp
    monkeypatch.setitem(app.config, "SECOND_FACTOR_REQUIRED", False)
    with unit_of_work():
        second_factor.remove_totp(actor=actor)
    left = second_factor.factors_of(actor.person_id)
    assert not left and left.codes_left == 0


def test_an_administrator_takes_it_from_whoever_lost_theirs(
    world: World, app: Flask, login_as: SignIn, session: Session
):
    secret, _codes = enrol(world, "chutich.lb")
    theirs = app.test_client()
    first_step(theirs, "chutich.lb")
    second_step(theirs, code_of(secret))
    admin = login_as(world.person("quantri"))
    person_id = world.person("chutich.lb").id
    assert "Gỡ xác thực hai lớp" in admin.get(f"/admin/people/{person_id}").text
    assert admin.post(f"/admin/people/{person_id}/factors/remove").status_code == 302
    assert theirs.get("/account").status_code == 302
    assert first_step(app.test_client(), "chutich.lb").headers["Location"] == "/"
    removed = session.scalars(select(AuditEntry).where(AuditEntry.action == "person.factor_removed")).all()
    assert [entry.actor_id for entry in removed] == [world.person("quantri").id]


def test_only_an_administrator_takes_somebodys_factor(world: World, login_as: SignIn):
    client = login_as(world.person("chutich.lb"))
    assert client.post(f"/admin/people/{world.person('thuly.lb').id}/factors/remove").status_code == 404


def test_codes_are_renewed_and_the_old_ones_are_worth_nothing(world: World, app: Flask, client: FlaskClient):
    secret, codes = enrol(world, "chutich.lb")
    first_step(client, "chutich.lb")
    second_step(client, code_of(secret))
    page = client.post("/account/second-factor/codes").text
    fresh = re.findall(r"data-recovery>([a-z2-9-]{19})<", page)
    assert len(fresh) == 10 and not set(fresh) & set(codes)
    again = app.test_client()
    first_step(again, "chutich.lb")
    assert second_step(again, codes[0]).status_code == 422
    assert second_step(again, fresh[0]).status_code == 302


def test_a_secret_under_a_lost_seal_key_is_refused_and_a_recovery_code_still_helps(
    world: World, client: FlaskClient, session: Session, caplog: pytest.LogCaptureFixture
):
    secret, codes = enrol(world, "chutich.lb")
    row = session.scalars(select(TotpSecret)).one()
    row.ciphertext = row.ciphertext[:1] + b"elderkey" + row.ciphertext[9:]
    session.commit()
    first_step(client, "chutich.lb")
    assert second_step(client, code_of(secret)).status_code == 422
    assert "elder seal key" in caplog.text and secret not in caplog.text
    assert second_step(client, codes[0]).status_code == 302
    assert client.get("/account/second-factor/app").status_code == 200
