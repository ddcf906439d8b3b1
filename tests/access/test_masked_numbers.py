"""Every citizen's numbers are masked on pages and in lists, and shown on a click that is recorded (R03)."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.audit import AuditEntry
from app.core.db import unit_of_work
from app.core.text import masked
from app.organisation.models import Person
from complaints.services.perform import perform
from reception.services.visits import record_visit
from tests.conftest import PASSWORD
from tests.factories import World, build_petition
from tests.reception.builders import ordinary_visit

SignIn = Callable[[Person], FlaskClient]
NUMBER, PHONE = "001090000001", "0912345678"  # those of tests/factories.py


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (NUMBER, "•••••••••001"), (PHONE, "•••••••678"), ("C1234567", "•••••567"), ("", ""), ("123456", "••••••"),
        ("12", "••"), ("chưa xuất trình", "chưa xuất trình"),
    ],
)  # fmt: skip
def test_the_last_three_characters_are_shown(number: str, shown: str) -> None:
    assert masked(number) == shown


def shown_entries(session: Session, kind: str) -> list[tuple[int | None, int | None]]:
    wanted = select(AuditEntry).where(AuditEntry.action == f"{kind}.numbers_shown")
    return [(entry.actor_id, entry.subject_id) for entry in session.scalars(wanted)]


@pytest.mark.law("R03")
def test_a_petition_shows_the_numbers_on_a_click_that_is_recorded(
    world: World, session: Session, login_as: SignIn
) -> None:
    petition, officer = build_petition(world), world.person("donthu.lb")
    client = login_as(officer)
    page = client.get(f"/petitions/{petition.id}").text
    assert NUMBER not in page and PHONE not in page and masked(NUMBER) in page and masked(PHONE) in page
    assert shown_entries(session, "petition") == []
    page = client.post(f"/petitions/{petition.id}/numbers").text
    assert NUMBER in page and PHONE in page and "Hiện số giấy tờ" not in page
    assert shown_entries(session, "petition") == [(officer.id, petition.id)]
    assert NUMBER not in client.get(f"/petitions/{petition.id}").text
    assert NUMBER not in client.get("/petitions/").text


def test_a_denunciation_has_no_numbers_to_show(world: World, session: Session, login_as: SignIn) -> None:
    petition = build_petition(world, kind="denunciation", respondent_level="commune_officer")
    assert login_as(world.person("chutich.lb")).post(f"/petitions/{petition.id}/numbers").status_code == 404
    assert shown_entries(session, "petition") == []


def test_the_page_of_a_case_masks_the_telephone(world: World, session: Session, login_as: SignIn) -> None:
    petition, officer = build_petition(world), world.principal("donthu.lb")
    with unit_of_work():
        perform(petition, "classify", actor=officer, data={"kind": "complaint", "field": "land"})
        perform(petition, "open_case", actor=officer, data={"on": "16/11/2026"})
    page = login_as(world.person("chutich.lb")).get(f"/cases/{petition.case_id}").text
    assert PHONE not in page and masked(PHONE) in page


def test_a_visit_and_the_log_book_mask_them_too(world: World, session: Session, login_as: SignIn) -> None:
    with unit_of_work():
        visit = record_visit(ordinary_visit(world), actor=world.principal("tiepdan.lb"))
    number = visit.people[0].party.identity_number
    assert number
    client = login_as(world.person("tiepdan.lb"))
    for path in (f"/desk/visits/{visit.id}", "/desk/log-book"):
        page = client.get(path)
        assert page.status_code == 200 and number not in page.text and masked(number) in page.text, path
    assert number in client.post(f"/desk/visits/{visit.id}/numbers").text
    assert shown_entries(session, "visit") == [(world.person("tiepdan.lb").id, visit.id)]


@pytest.mark.browser
def test_the_click_works_without_javascript(live_world: World, live_server: str, chromium: Browser) -> None:
    petition = build_petition(live_world)
    context = chromium.new_context(base_url=live_server, locale="vi-VN", java_script_enabled=False)
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_label("Tên đăng nhập").fill("donthu.lb")
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    page.goto(f"/petitions/{petition.id}")
    expect(page.get_by_text(masked(NUMBER))).to_be_visible()
    page.get_by_role("button", name="Hiện số giấy tờ, điện thoại").click()
    expect(page.get_by_text(NUMBER)).to_be_visible()
    context.close()
