"""In the browser: a complaint out of time is refused its acceptance with the way out, and what was typed is kept."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from app.organisation.models import Person
from tests.complaints.test_discipline import open_disciplinary
from tests.factories import World
from tests.journeys.test_handler import Desk, open_case

pytestmark = pytest.mark.browser


def test_a_complaint_out_of_time_says_the_way_out_keeps_what_was_typed_and_is_accepted_with_an_obstacle(
    live_world: World, page: Page, sign_in: Callable[[Person], Page]
) -> None:
    desk = Desk(live_world, page, sign_in, open_case(live_world, "complaint")).be("chutich.lb")
    page.get_by_role("link", name="Thụ lý", exact=True).click()
    page.locator("#document_no").fill("15/TB-UBND")
    page.get_by_label("Quyết định hành chính").check()
    page.get_by_role("button", name="Thụ lý", exact=True).click()
    page.wait_for_load_state("load")
    expect(page.locator(".field.has-error", has=page.locator("#known_on"))).to_contain_text(
        "phải ghi ngày nhận hoặc biết quyết định"
    )
    page.locator("#known_on").fill("03/08/2026")
    page.get_by_role("button", name="Thụ lý", exact=True).click()
    expect(page.get_by_text("Đã quá thời hiệu 90 ngày")).to_be_visible()
    expect(page.get_by_text("ghi trở ngại khách quan và số ngày không tính")).to_be_visible()
    expect(page.locator("#document_no")).to_have_value("15/TB-UBND")
    expect(page.locator("#known_on")).to_have_value("03/08/2026")
    assert desk.state == "propose_accept"
    page.locator("#obstacle").select_option("illness")
    page.locator("#obstacle_days").fill("20")
    page.locator("#obstacle_words").fill("Nằm viện từ 10/08 đến 30/08/2026, có giấy ra viện.")
    page.locator("#attorney").select_option("certified")
    page.locator("#attorney_on").fill("02/11/2026")
    page.locator("#agents").fill("Trần A: bồi thường\nLê B: bồi thường")
    page.get_by_role("button", name="Thụ lý", exact=True).click()
    page.wait_for_load_state("load")
    expect(page.locator(".field.has-error", has=page.locator("#agents"))).to_contain_text("cho một người")
    page.locator("#agents").fill("Trần A: bồi thường\nLê B: tái định cư")
    page.get_by_role("button", name="Thụ lý", exact=True).click()
    expect(page.get_by_text("Đã thực hiện: Thụ lý.")).to_be_visible()
    assert desk.state == "accepted_1"


def test_a_disciplinary_complaint_out_of_time_is_refused_its_acceptance_by_its_own_fifteen_days(
    live_world: World, page: Page, sign_in: Callable[[Person], Page]
) -> None:
    case = open_disciplinary(live_world)
    desk = Desk(live_world, page, sign_in, case).be("chutich.lb")
    page.get_by_role("link", name="Thụ lý", exact=True).click()
    page.get_by_label("Ngày nhận quyết định kỷ luật").fill("29/10/2026")
    page.get_by_role("button", name="Thụ lý", exact=True).click()
    expect(page.get_by_text("Đã quá thời hiệu 15 ngày")).to_be_visible()
    assert desk.state == "propose_accept"
    page.get_by_role("link", name="Thôi").click()
    page.get_by_role("link", name="Không thụ lý", exact=True).click()
    page.locator("#ground").select_option("6")
    page.locator("#words").fill("Hết thời hiệu, không có lý do chính đáng.")
    page.get_by_role("button", name="Không thụ lý", exact=True).click()
    expect(page.get_by_text("Đã thực hiện: Không thụ lý.")).to_be_visible()
    assert desk.state == "refused"
