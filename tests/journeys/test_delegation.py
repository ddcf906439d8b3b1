"""Going on leave, the way of the people: the head writes down who stands in; that one works and the page says for whom."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from app.organisation.models import Person
from tests.complaints.test_conflicts import build_denunciation
from tests.factories import World
from tests.hands import leave

pytestmark = pytest.mark.browser


def test_a_head_on_leave_has_somebody_assign_cases_meanwhile(
    live_world: World, page: Page, sign_in: Callable[[Person], Page]
) -> None:
    """A refusal keeps what was typed; history then says on whose behalf."""
    case_id = build_denunciation(live_world, assigned=False).id
    sign_in(live_world.person("chutich.lb"))
    page.get_by_role("link", name="Uỷ quyền khi vắng mặt").click()
    page.get_by_label("Người nhận uỷ quyền").fill("thuly.bd")
    page.get_by_label("Đến hết ngày").fill("20/11/2026")
    page.get_by_label("Văn bản uỷ quyền").fill("12/QĐ-UBND")
    page.get_by_label("Giao vụ việc").check()
    page.get_by_role("button", name="Ghi uỷ quyền").click()
    expect(page.locator("#to_name-error")).to_contain_text("cùng cơ quan")
    page.wait_for_load_state()
    expect(page.get_by_label("Giao vụ việc")).to_be_checked()
    page.get_by_label("Người nhận uỷ quyền").fill("truongphong.lb")
    page.get_by_role("button", name="Ghi uỷ quyền").click()
    expect(page.get_by_text("Đã ghi uỷ quyền.")).to_be_visible()
    expect(page.get_by_text("đang có hiệu lực")).to_be_visible()
    leave(page)

    sign_in(live_world.person("truongphong.lb"))
    expect(page.get_by_text("thay mặt Chủ tịch LB đến hết ngày 20/11/2026")).to_be_visible()
    page.goto(f"/cases/{case_id}")
    assigning = page.locator("form[action$='/assign']")
    assigning.get_by_label("Đơn vị").select_option(label="Phòng Kinh tế phường Long Biên")
    assigning.get_by_label("Người thụ lý").select_option(label="Cán bộ Thụ lý LB")
    assigning.get_by_role("button", name="Giao việc").click()
    expect(page.get_by_text("Đã giao việc.")).to_be_visible()
    expect(page.locator(".timeline li").first).to_contain_text("Chủ tịch LB")
    leave(page)

    sign_in(live_world.person("chutich.lb"))
    page.goto("/delegations/")
    page.get_by_role("button", name="Kết thúc từ hôm nay").click()
    expect(page.get_by_text("Uỷ quyền kết thúc từ hôm nay.")).to_be_visible()
    expect(page.get_by_text("đã hết")).to_be_visible()
