"""In the browser: an online session is proposed at the desk and decided by the head, wide and narrow."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from app.organisation.models import Person
from tests.factories import World
from tests.hands import fits

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [1440, 390])
def test_a_session_is_proposed_and_decided(
    live_world: World, page: Page, sign_in: Callable[[Person], Page], width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(live_world.person("chutich.lb"))
    page.goto("/online")
    expect(page.get_by_text("Chưa có buổi tiếp trực tuyến nào")).to_be_visible()
    page.get_by_role("link", name="Đề xuất buổi tiếp").click()
    page.get_by_label("Khiếu nại", exact=True).check()
    page.get_by_label("Tóm tắt nội dung").fill("Khiếu nại kéo dài, cần Sở Xây dựng cùng tham gia")
    page.get_by_label("Điểm cầu thành phần").fill("Sở Xây dựng\nUBND phường Bồ Đề")
    page.get_by_role("button", name="Trình người đứng đầu").click()
    page.get_by_role("link", name="Quyết định tiếp trực tuyến").click()
    page.get_by_label("Khiếu nại, kiến nghị phức tạp").check()
    page.get_by_label("Ngày tiếp").fill("01/12/2026")
    page.get_by_label("Giờ bắt đầu").fill("8:30")
    page.get_by_role("button", name="Quyết định tiếp trực tuyến").click()
    expect(page.get_by_text("Thông báo chậm nhất")).to_be_visible()
    expect(page.get_by_text("23/11/2026")).to_be_visible()
    expect(page.get_by_role("link", name="Ghi đã thông báo, thiết lập điểm cầu")).to_be_visible()
    fits(page)
