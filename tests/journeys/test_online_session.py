"""In the browser: an online session from its proposal to the archive, its three lead times, and the way out of it."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from playwright.sync_api import Page, expect

from app.core.clock import frozen
from app.organisation.models import Person
from tests.factories import World
from tests.hands import fits, leave, sound

pytestmark = pytest.mark.browser
SignIn = Callable[[Person], Page]


def propose(page: Page) -> None:
    """Propose a session on a complaint with two points."""
    page.goto("/online")
    page.get_by_role("link", name="Đề xuất buổi tiếp").click()
    page.get_by_label("Khiếu nại", exact=True).check()
    page.get_by_label("Tóm tắt nội dung").fill("Khiếu nại kéo dài, cần Sở Xây dựng cùng tham gia")
    page.get_by_label("Điểm cầu thành phần").fill("Sở Xây dựng\nUBND phường Bồ Đề")
    page.get_by_role("button", name="Trình người đứng đầu").click()
    expect(page.get_by_text("Đã trình người đứng đầu quyết định.")).to_be_visible()


def decide(page: Page) -> None:
    """Decide on the session and give it its day, Tuesday 1 December 2026 at 8:30."""
    page.get_by_role("link", name="Quyết định tiếp trực tuyến").click()
    page.get_by_label("Khiếu nại, kiến nghị phức tạp").check()
    page.get_by_label("Ngày tiếp").fill("01/12/2026")
    page.get_by_label("Giờ bắt đầu").fill("8:30")
    page.get_by_role("button", name="Quyết định tiếp trực tuyến").click()
    expect(page.get_by_text("Thông báo chậm nhất")).to_be_visible()


def take(page: Page, label: str, *, check: str = "", **fields: str) -> None:
    """Take a step of the session: open it, fill it in, send it, and see that it is done."""
    page.get_by_role("link", name=label, exact=True).click()
    for name, value in fields.items():
        page.locator(f"#{name}").fill(value)
    if check:
        page.get_by_label(check).check()
    page.get_by_role("button", name=label, exact=True).click()
    expect(page.get_by_text(f"Đã thực hiện: {label}.")).to_be_visible()


@pytest.mark.parametrize("width", [1440, 390])
def test_a_session_is_proposed_and_decided(
    live_world: World, page: Page, sign_in: SignIn, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(live_world.person("chutich.lb"))
    page.goto("/online")
    expect(page.get_by_text("Chưa có buổi tiếp trực tuyến nào")).to_be_visible()
    propose(page)
    decide(page)
    expect(page.get_by_text("23/11/2026")).to_be_visible()
    expect(page.get_by_role("link", name="Ghi đã thông báo, thiết lập điểm cầu")).to_be_visible()
    sound(page)


def test_a_session_goes_from_its_notice_to_the_archive(
    live_world: World, page: Page, sign_in: SignIn, screenshot: Callable[[str], None]
) -> None:
    """The desk walks what the head decided: each lead time kept, everybody identified, recorded, and the recording filed."""
    sign_in(live_world.person("chutich.lb"))
    propose(page)
    decide(page)
    screenshot("online")
    leave(page)
    sign_in(live_world.person("tiepdan.lb"))
    page.goto("/online")
    page.get_by_role("link", name="Khiếu nại", exact=True).click()
    take(page, "Ghi đã thông báo, thiết lập điểm cầu", document_no="12/TB-UBND")
    with frozen(date(2026, 11, 30)):
        take(page, "Ghi kết nối thử thành công", on="30/11/2026")
    with frozen(datetime(2026, 12, 1, 0, 20, tzinfo=UTC)):  # 07:20 in Hanoi
        take(page, "Các điểm cầu đã kết nối")
        page.get_by_role("link", name="Xác định nhân thân tất cả").click()
        page.get_by_role("button", name="Xác định nhân thân tất cả").click()
        expect(page.get_by_role("alert")).to_contain_text("Chỉ bắt đầu khi đã xác định nhân thân")
        page.get_by_label("Đã xác định nhân thân tất cả").check()
        page.get_by_role("button", name="Xác định nhân thân tất cả").click()
        expect(page.get_by_text("Đã thực hiện: Xác định nhân thân")).to_be_visible()
        take(page, "Bắt đầu tiếp", check="Đang ghi âm, ghi hình")
        take(page, "Kết thúc buổi tiếp", words="Hai bên thống nhất đo lại thửa đất.")
        page.get_by_role("link", name="Lưu hồ sơ, bản ghi").click()
        page.locator("#place").fill("Máy chủ của UBND thành phố")
        page.locator("#sha256").fill("abc")
        page.locator("#retention").fill("10 năm")
        page.locator("#authenticated").fill("Văn thư, 01/12/2026")
        page.get_by_role("button", name="Lưu hồ sơ, bản ghi").click()
        expect(page.get_by_role("alert")).to_contain_text("64 ký tự")
        expect(page.locator("#place")).to_have_value("Máy chủ của UBND thành phố")
        page.locator("#sha256").fill("a" * 64)
        page.get_by_role("button", name="Lưu hồ sơ, bản ghi").click()
        expect(page.get_by_text("Đã thực hiện: Lưu hồ sơ, bản ghi.")).to_be_visible()
        expect(page.get_by_text("Buổi tiếp này không chờ bạn làm gì.")).to_be_visible()
        page.set_viewport_size({"width": 390, "height": 900})
        fits(page)


def test_a_notice_that_is_late_says_the_latest_day_and_leaves_the_way_to_another_day_or_a_room(
    live_world: World, page: Page, sign_in: SignIn
) -> None:
    sign_in(live_world.person("chutich.lb"))
    propose(page)
    decide(page)
    with frozen(date(2026, 11, 25)):
        page.reload()
        step = page.get_by_role("button", name="Ghi đã thông báo, thiết lập điểm cầu", disabled=True)
        expect(page.get_by_text("Phải thông báo chậm nhất 23/11/2026")).to_be_visible()
        expect(step).to_be_visible()
        take(
            page, "Hẹn lại buổi khác", starts_on="08/12/2026", starts_time="9:00", words="Chưa kịp thông báo."
        )
        expect(page.get_by_text("01/12/2026").first).to_be_visible()
        take(page, "Chuyển sang tiếp trực tiếp", words="Người dân muốn gặp trực tiếp.")
        expect(page.get_by_text("Chuyển sang tiếp trực tiếp").first).to_be_visible()
