"""Way 2: the petition officer sorts, the head approves and assigns."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from app.core.db import db
from app.organisation.models import Person
from complaints.models.cases import Case
from complaints.models.petitions import Petition
from tests.factories import World, build_petition
from tests.hands import approve, leave, submit

pytestmark = pytest.mark.browser
SignIn = Callable[[Person], Page]


def test_an_officer_classifies_confirms_competence_and_opens_a_case(
    live_world: World, page: Page, sign_in: SignIn, screenshot: Callable[[str], None]
) -> None:
    """From the inbox to a case, with the proposal and its reasons read on the way."""
    petition = build_petition(live_world)
    sign_in(live_world.person("donthu.lb"))
    page.get_by_role("link", name="Đơn thư").first.click()
    expect(page.get_by_role("link", name=petition.number)).to_be_visible()
    screenshot("inbox")
    page.get_by_role("link", name=petition.number).click()
    page.get_by_role("link", name="Phân loại", exact=True).click()
    page.get_by_label("Khiếu nại", exact=True).check()
    page.locator("#field").select_option("land")
    page.locator("#respondent_level").select_option("commune_chair")
    page.get_by_role("button", name="Phân loại").click()
    expect(page.get_by_role("heading", name="Thẩm quyền")).to_be_visible()
    expect(page.locator("#competence")).to_contain_text("Chủ tịch UBND xã, phường")
    screenshot("petition")
    page.get_by_role("button", name="Xác nhận thẩm quyền").click()
    expect(page.get_by_text("đã xác nhận")).to_be_visible()
    page.get_by_role("link", name="Đề xuất thụ lý, mở vụ việc").click()
    page.get_by_role("button", name="Đề xuất thụ lý, mở vụ việc").click()
    expect(page.get_by_role("link", name="VV-1/2026/LB")).to_be_visible()
    db.session.expire_all()
    assert db.session.get_one(Petition, petition.id).state == "with_case"


def test_an_outcome_is_prepared_by_the_officer_and_approved_by_the_head(
    live_world: World, page: Page, sign_in: SignIn
) -> None:
    """A complaint that is not ours: the officer proposes guidance, the chair approves with one click."""
    petition = build_petition(live_world, kind="complaint", respondent_level="department_director")
    sign_in(live_world.person("donthu.lb"))
    page.goto(f"/petitions/{petition.id}")
    expect(page.locator("#competence")).to_contain_text("Giám đốc sở")
    page.get_by_role("link", name="Hướng dẫn", exact=True).click()
    page.locator("#to_body").fill("Giám đốc Sở Xây dựng")
    page.locator("#words").fill("Đề nghị gửi đơn đến người có thẩm quyền.")
    submit(page)
    expect(page.get_by_role("heading", name="Chờ duyệt: Hướng dẫn")).to_be_visible()
    leave(page)
    sign_in(live_world.person("chutich.lb"))
    page.goto("/notifications/")
    expect(page.get_by_text(f"Hồ sơ {petition.number} chờ bạn duyệt")).to_be_visible()
    page.get_by_role("button", name="Mở hồ sơ").click()
    approve(page)
    db.session.expire_all()
    assert db.session.get_one(Petition, petition.id).state == "guided"


def test_filters_live_in_the_address_and_a_stale_form_changes_nothing(
    live_world: World, page: Page, sign_in: SignIn
) -> None:
    """Two officers on one petition: the second is told, and nothing is overwritten."""
    petition = build_petition(live_world, kind="complaint")
    sign_in(live_world.person("donthu.lb"))
    page.goto("/petitions/?kind=proposal")
    expect(page.get_by_text("Không có đơn nào ở đây")).to_be_visible()
    page.goto(f"/petitions/{petition.id}/do/open_case")
    other = page.context.new_page()
    other.goto(f"/petitions/{petition.id}/do/open_case")
    other.get_by_role("button", name="Đề xuất thụ lý, mở vụ việc").click()
    expect(other.get_by_role("link", name="VV-1/2026/LB")).to_be_visible()
    page.get_by_role("button", name="Đề xuất thụ lý, mở vụ việc").click()
    expect(page.get_by_role("alert")).to_contain_text("vừa được người khác cập nhật")
    assert db.session.query(Case).count() == 1
