"""In the browser: the result of a resolved case is told to whoever sent the petition on, and by them to the citizen."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from app.core.db import db
from app.organisation.models import Person
from complaints.models.petitions import Petition
from tests.complaints.test_referrer import DEPUTY, TODAY, decide, of, opened, sent_on
from tests.factories import World

pytestmark = pytest.mark.browser


def test_the_officer_tells_the_deputy_the_result_of_the_case(
    live_world: World, page: Page, sign_in: Callable[[Person], Page]
) -> None:
    petition = opened(live_world, **DEPUTY)
    assert petition.case is not None
    decide(live_world, petition.case)
    sign_in(live_world.person("donthu.lb"))
    page.goto(f"/petitions/{petition.id}")
    expect(page.get_by_text("Báo kết quả giải quyết cho nơi chuyển đơn").first).to_be_visible()
    page.get_by_role("link", name="Báo kết quả giải quyết cho nơi chuyển đơn", exact=True).click()
    page.get_by_role("button", name="Báo kết quả giải quyết cho nơi chuyển đơn").click()
    page.wait_for_load_state("load")
    expect(page.locator(".field.has-error", has=page.locator("#document_no"))).to_be_visible()
    page.locator("#document_no").fill("9/UBND-VP")
    page.get_by_role("button", name="Báo kết quả giải quyết cho nơi chuyển đơn").click()
    expect(page.get_by_text("Đã thực hiện: Báo kết quả giải quyết cho nơi chuyển đơn.")).to_be_visible()
    expect(page.get_by_text("9/UBND-VP").first).to_be_visible()
    db.session.expire_all()
    assert db.session.get_one(Petition, petition.id).referrer_told_on == TODAY


def test_the_reception_office_records_the_notice_and_tells_the_citizen_who_asked(
    live_world: World, page: Page, sign_in: Callable[[Person], Page]
) -> None:
    petition = sent_on(live_world)
    sign_in(live_world.person("donthu.btcd"))
    page.goto(f"/petitions/{petition.id}")
    page.get_by_role("link", name="Ghi nhận thông báo kết quả", exact=True).click()
    page.locator("#document_no").fill("5/UBND")
    page.locator("#asked_on").fill("17/11/2026")
    page.get_by_role("button", name="Ghi nhận thông báo kết quả").click()
    page.wait_for_load_state("load")
    expect(page.locator(".field.has-error", has=page.locator("#asked_on"))).to_contain_text("xem lại ngày")
    page.locator("#asked_on").fill("16/11/2026")
    page.get_by_role("button", name="Ghi nhận thông báo kết quả").click()
    expect(page.get_by_text("Đã thực hiện: Ghi nhận thông báo kết quả.")).to_be_visible()
    page.get_by_role("link", name="Báo kết quả cho công dân", exact=True).click()
    page.locator("#document_no").fill("6/BTCD")
    page.locator("#words").fill("Đã gửi thông báo kết quả.")
    page.get_by_role("button", name="Báo kết quả cho công dân").click()
    expect(page.get_by_text("Đã thực hiện: Báo kết quả cho công dân.")).to_be_visible()
    db.session.expire_all()
    assert of(petition, "REFERRER_TO_CITIZEN")[0][0] == "met"
