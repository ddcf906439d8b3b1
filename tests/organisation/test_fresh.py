"""Sensitive acts need a fresh sign-in: asked for in place, by the second factor where there is one, nothing lost."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.audit import AuditEntry
from app.core.clock import frozen, now
from app.organisation.models import Person
from tests.conftest import PASSWORD
from tests.factories import World, build_petition
from tests.organisation.test_second_factor import code_of, enrol, first_step, second_step

SignIn = Callable[[Person], FlaskClient]
REASON = "Xác minh nội dung tố cáo theo kế hoạch 5/KH"


@pytest.fixture
def ten_minutes(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sign-in is fresh for ten minutes."""
    monkeypatch.setitem(app.config, "FRESH_FOR", timedelta(minutes=10))


@pytest.fixture
def later(ten_minutes: None) -> Iterator[Callable[[], object]]:
    """A quarter of an hour later, once called."""
    stops: list[object] = []

    def go() -> None:
        stop = frozen(now() + timedelta(minutes=15))
        stop.__enter__()
        stops.append(stop)

    yield go
    for stop in stops:
        stop.__exit__(None, None, None)  # type: ignore[attr-defined]


def denunciation(world: World, session: Session) -> str:
    petition = build_petition(world, kind="denunciation", respondent_level="commune_officer")
    session.commit()
    return f"/petitions/{petition.id}/identity"


def opened(session: Session) -> list[AuditEntry]:
    return list(session.scalars(select(AuditEntry).where(AuditEntry.action.like("identity%"))))


def test_an_identity_opens_right_after_signing_in(
    world: World, login_as: SignIn, session: Session, ten_minutes: None
):
    path = denunciation(world, session)
    page = login_as(world.person("chutich.lb")).post(path, data={"purpose": "meeting", "reason": REASON})
    assert page.status_code == 200 and "Nguyễn Văn Thử" in page.text


def test_later_the_password_is_asked_for_and_the_reason_is_kept(
    world: World, login_as: SignIn, session: Session, later: Callable[[], None]
):
    path = denunciation(world, session)
    client = login_as(world.person("chutich.lb"))
    before = len(opened(session))
    later()
    page = client.post(path, data={"purpose": "meeting", "reason": REASON})
    assert page.status_code == 401
    assert f'name="reason" value="{REASON}"' in page.text and "Nguyễn Văn Thử" not in page.text
    wrong = client.post(path, data={"purpose": "meeting", "reason": REASON, "proof_password": "sai mat khau"})
    assert wrong.status_code == 401
    assert (
        "Chưa đúng" in wrong.text and f'value="{REASON}"' in wrong.text and "sai mat khau" not in wrong.text
    )
    assert len(opened(session)) == before
    page = client.post(path, data={"purpose": "meeting", "reason": REASON, "proof_password": PASSWORD})
    assert page.status_code == 200 and "Nguyễn Văn Thử" in page.text
    assert client.post(path, data={"purpose": "meeting", "reason": REASON}).status_code == 200, (
        "for ten minutes more"
    )


def test_whoever_has_a_second_factor_proves_that_and_not_the_password(
    world: World, client: FlaskClient, session: Session, later: Callable[[], None]
):
    path = denunciation(world, session)
    secret, codes = enrol(world, "chutich.lb")
    first_step(client, "chutich.lb")
    second_step(client, code_of(secret))
    later()
    assert (
        client.post(
            path, data={"purpose": "meeting", "reason": REASON, "proof_password": PASSWORD}
        ).status_code
        == 401
    )
    assert (
        client.post(path, data={"purpose": "meeting", "reason": REASON, "proof_code": "000000"}).status_code
        == 401
    )
    assert (
        client.post(
            path, data={"purpose": "meeting", "reason": REASON, "proof_code": code_of(secret)}
        ).status_code
        == 200
    )
    assert codes


def test_wrong_proofs_wait(world: World, login_as: SignIn, session: Session, later: Callable[[], None]):
    path = denunciation(world, session)
    client = login_as(world.person("chutich.lb"))
    later()
    tries = [client.post(path, data={"proof_password": "sai"}).status_code for _n in range(6)]
    assert tries == [401] * 5 + [429]


@pytest.mark.parametrize("path", ["/account/second-factor/app", "/account/second-factor/app?x=1"])
def test_a_page_behind_it_leads_to_the_proof_and_back(
    world: World, login_as: SignIn, later: Callable[[], None], path: str
):
    client = login_as(world.person("chutich.lb"))
    later()
    there = client.get(path).headers["Location"]
    assert there.startswith("/account/confirm?next=")
    assert client.get(there).status_code == 401
    back = client.post(there, data={"proof_password": PASSWORD})
    assert back.headers["Location"] == path
    assert client.get(path).status_code == 200


def test_the_password_of_whoever_has_a_second_factor_changes_only_freshly(
    world: World, client: FlaskClient, later: Callable[[], None]
):
    secret, _codes = enrol(world, "chutich.lb")
    first_step(client, "chutich.lb")
    second_step(client, code_of(secret))
    later()
    assert "hãy xác nhận lại là bạn trước" in client.get("/account").text
    new = "trời xanh mây trắng"
    form = {"current": PASSWORD, "new": new, "again": new}
    refused = client.post("/account", data=form)
    assert refused.status_code == 401 and new not in refused.text
    client.post("/account/confirm?next=/account", data={"proof_code": code_of(secret)})
    assert client.post("/account", data=form).status_code == 302


def test_the_second_factor_itself_and_links_for_others_need_it(
    world: World, login_as: SignIn, later: Callable[[], None]
):
    client = login_as(world.person("quantri"))
    later()
    person_id = world.person("thuly.lb").id
    for path in (
        "/account/second-factor/app", "/account/second-factor/app/remove", "/account/second-factor/codes",
        f"/admin/people/{person_id}/link", f"/admin/people/{person_id}/password", f"/admin/people/{person_id}/factors/remove",
    ):  # fmt: skip
        assert client.post(path).status_code == 401, path


def test_a_password_that_was_handed_out_can_still_be_changed_after_a_while(
    world: World, client: FlaskClient, session: Session, later: Callable[[], None]
):
    """Whoever must change it first, has a second factor and let the page wait is led to the proof, and through it."""
    secret, _codes = enrol(world, "chutich.lb")
    world.person("chutich.lb").must_change_password = True
    session.commit()
    first_step(client, "chutich.lb")
    second_step(client, code_of(secret))
    later()
    assert "/account/confirm" in client.get("/account").text
    assert client.get("/account/confirm?next=/account").status_code == 401
    back = client.post("/account/confirm?next=/account", data={"proof_code": code_of(secret)})
    assert back.headers["Location"] == "/account"
    assert 'name="new"' in client.get("/account").text
