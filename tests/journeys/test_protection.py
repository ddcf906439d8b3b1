"""In the browser: the head takes a request for protection, decides, changes and ends it, and opens the sealed file."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import func, select

from app.core.audit import AuditEntry
from app.core.db import db
from app.organisation.models import Person
from tests.factories import World
from tests.hands import fits, leave, sound
from tests.journeys.test_handler import open_case

pytestmark = pytest.mark.browser
SignIn = Callable[[Person], Page]
PEOPLE = "Đàm Thị Kín Đáo, số 9 ngách Vông"


def denunciation(world: World) -> int:
    """Open a case of a denunciation at Long Biên and return its number in addresses."""
    return open_case(world, "denunciation", respondent_level="commune_officer", field="construction").id


def request(page: Page) -> Locator:
    """Return the part of the page that holds the first request."""
    return page.get_by_role("region", name=re.compile("Đề nghị bảo vệ 1"))


def ask(page: Page) -> None:
    """Fill in a written request and send it."""
    page.get_by_role("link", name="Ghi đề nghị bảo vệ").click()
    page.get_by_label("Văn bản", exact=True).check()
    page.get_by_label("Ngày của văn bản đề nghị").fill("16/11/2026")
    page.get_by_label("Vợ, chồng").check()
    page.get_by_label("Họ tên, địa chỉ").fill(PEOPLE)
    page.get_by_label("Tính mạng", exact=True).check()
    page.locator("input[name=measures]").first.check()
    page.locator("#words").fill("Bị nhắn tin đe doạ.")
    page.get_by_role("button", name="Ghi đề nghị bảo vệ").click()
    expect(page.get_by_text("Đã thực hiện: Ghi đề nghị bảo vệ.")).to_be_visible()


@pytest.mark.parametrize("width", [1440, 390])
def test_protection_is_asked_for_decided_changed_and_ended(
    live_world: World, page: Page, sign_in: SignIn, screenshot: Callable[[str], None], width: int
) -> None:
    number = denunciation(live_world)
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(live_world.person("chutich.lb"))
    page.goto(f"/cases/{number}")
    page.get_by_role("link", name="Mở hồ sơ bảo vệ").click()
    expect(page.get_by_role("heading", name="Bí mật thông tin: Đang giữ bí mật thông tin")).to_be_visible()
    page.get_by_role("link", name="Ghi đề nghị bảo vệ").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ghi đề nghị bảo vệ")
    sound(page)
    page.get_by_label("Văn bản", exact=True).check()
    page.get_by_role("button", name="Ghi đề nghị bảo vệ").click()
    expect(page.get_by_role("alert")).to_contain_text("Chưa lưu được")
    expect(page.get_by_label("Văn bản", exact=True)).to_be_checked()
    page.get_by_role("link", name="Thôi").click()
    ask(page)
    expect(request(page)).to_contain_text("Đề nghị bảo vệ chờ quyết định")

    page.get_by_role("link", name="Quyết định bảo vệ").click()
    page.get_by_label("Số văn bản").fill("7/QĐ-UBND")
    page.locator("input[name=decided_by]").first.check()
    page.locator("input[name=measures]").nth(1).check()
    page.get_by_label("Bắt đầu từ ngày").fill("16/11/2026")
    page.get_by_label("Bắt đầu từ giờ").fill("25:00")
    page.locator("#words").fill("Có căn cứ.")
    page.get_by_role("button", name="Quyết định bảo vệ").click()
    expect(page.get_by_role("alert")).to_contain_text("Ghi giờ và phút, ví dụ 08:30.")
    expect(page.get_by_label("Số văn bản")).to_have_value("7/QĐ-UBND")
    page.get_by_label("Bắt đầu từ giờ").fill("8:30")
    page.get_by_role("button", name="Quyết định bảo vệ").click()
    expect(request(page)).to_contain_text("Đang áp dụng biện pháp bảo vệ")
    expect(request(page)).to_contain_text("08:30")
    sound(page)
    if width == 1440:
        screenshot("protection")

    page.get_by_role("link", name="Thay đổi biện pháp").click()
    page.get_by_label("Số văn bản").fill("8/QĐ-UBND")
    page.locator("input[name=measures]").nth(2).check()
    page.locator("#words").fill("Thêm biện pháp bảo vệ việc làm.")
    page.get_by_role("button", name="Thay đổi biện pháp").click()
    expect(page.get_by_text("Đã thực hiện: Thay đổi biện pháp.")).to_be_visible()

    page.get_by_role("link", name="Chấm dứt bảo vệ").click()
    page.get_by_label("Số văn bản").fill("9/QĐ-UBND")
    page.locator("input[name=ground]").first.check()
    page.locator("#words").fill("Căn cứ bảo vệ không còn.")
    page.get_by_role("button", name="Chấm dứt bảo vệ").click()
    expect(request(page)).to_contain_text("Đã chấm dứt biện pháp bảo vệ")
    expect(page.get_by_role("heading", name="Bí mật thông tin: Đang giữ bí mật thông tin")).to_be_visible()
    fits(page)


def test_the_sealed_file_opens_for_the_head_alone_with_a_reason_that_is_kept(
    live_world: World, page: Page, sign_in: SignIn
) -> None:
    number = denunciation(live_world)
    sign_in(live_world.person("chutich.lb"))
    page.goto(f"/cases/{number}/protection")
    ask(page)
    assert "Kín Đáo" not in page.content() and "đe doạ" not in page.content()
    box = request(page)
    box.locator("summary").click()
    box.get_by_role("button", name="Mở tên và nội dung").click()
    expect(request(page).get_by_text("Ghi lý do mở thông tin (ít nhất 5 ký tự).")).to_be_visible()
    request(page).get_by_label("Lý do").fill("Giao công an phường bảo vệ.")
    request(page).get_by_role("button", name="Mở tên và nội dung").click()
    expect(page.get_by_text(PEOPLE)).to_be_visible()
    expect(page.get_by_text("Bị nhắn tin đe doạ.")).to_be_visible()
    expect(page.get_by_text("Lần mở này đã được ghi")).to_be_visible()
    page.get_by_role("link", name="Đóng", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Hồ sơ bảo vệ người tố cáo")
    opened = request(page).get_by_role("list", name="Ai đã mở")
    expect(opened).to_contain_text("Chủ tịch LB")
    expect(opened).not_to_contain_text("Giao công an")
    request(page).locator("summary").click()
    request(page).get_by_label("Lý do").fill("Ký quyết định bảo vệ.")
    request(page).get_by_role("button", name="Mở tên và nội dung").click()
    expect(page.get_by_text("Giao công an phường bảo vệ.")).to_be_visible()
    db.session.rollback()
    looks = select(func.count()).where(AuditEntry.action == "protection.opened")
    assert db.session.execute(looks).scalar_one() == 2
    leave(page)
    sign_in(live_world.person("donthu.lb"))
    answer = page.goto(f"/cases/{number}/protection")
    assert answer is not None and answer.status in (403, 404)
