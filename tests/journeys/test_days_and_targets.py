"""In the browser: an administrator closes a day and watches due dates move; sets a target beside the law and ends it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.core.db import db, unit_of_work
from app.organisation.models import CalendarChange, Person
from app.organisation.queries import forget_calendars
from complaints.jobs import recalculate
from complaints.services.recalculation import recalculate_batch
from tests.factories import World, build_petition
from tests.hands import fits, leave, sound

pytestmark = pytest.mark.browser
SignIn = Callable[[Person], Page]


@pytest.mark.parametrize("width", [1440, 390])
def test_a_day_closed_on_the_calendar_moves_due_dates_while_a_bar_shows_how_far(
    live_world: World, page: Page, sign_in: SignIn, screenshot: Callable[[str], None], width: int
) -> None:
    """The page asks the server by itself how far it has come, and shows the moves when all is done."""
    with unit_of_work():
        numbers = [build_petition(live_world, kind="complaint").number for _ in range(3)]
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(live_world.person("quantri"))
    page.goto("/calendar/")
    page.get_by_role("button", name="Lưu").click()
    expect(page.get_by_role("alert")).to_contain_text("Hãy nhập ngày.")
    page.locator("#day").fill("20/11/2026")
    page.locator("#kind").select_option("closure")
    page.locator("#reason").fill("Bão số 12")
    page.locator("#decision_no").fill("12/QĐ-UBND")
    page.locator("#decided_on").fill("16/11/2026")
    page.get_by_role("button", name="Lưu").click()
    expect(page.get_by_text("Hạn của các hồ sơ đang mở đang được tính lại.")).to_be_visible()
    expect(page.get_by_text("đang tính")).to_be_visible()
    bar = page.get_by_role("progressbar", name="Tính lại thời hạn")
    expect(bar).to_be_visible()
    change = db.session.scalars(select(CalendarChange.id)).one()
    db.session.rollback()
    forget_calendars()  # a worker has a context of its own
    with unit_of_work():
        recalculate_batch(change, limit=2)
    expect(page.locator("[data-done]")).to_have_text("2")
    sound(page)
    if width == 1440:
        screenshot("recalculation")
    recalculate(change)
    expect(page.get_by_text("xong", exact=True)).to_be_visible()
    for number in numbers:
        expect(page.locator("tr", has_text=number)).to_contain_text("27/11/2026")
    fits(page)
    leave(page)
    sign_in(live_world.person("donthu.lb"))
    page.goto("/notifications/")
    expect(page.get_by_text("3 thời hạn của bạn đổi ngày vì lịch làm việc thay đổi")).to_be_visible()


@pytest.mark.parametrize("width", [1440, 390])
def test_a_target_of_the_unit_is_set_beside_the_law_and_ended_with_a_reason(
    live_world: World, page: Page, sign_in: SignIn, screenshot: Callable[[str], None], width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(live_world.person("quantri"))
    page.goto("/rules/")
    page.get_by_role("link", name="Quy định của đơn vị").click()
    expect(page.get_by_text("Chưa đặt quy định riêng nào")).to_be_visible()
    page.locator("#code").select_option("KN_ACCEPT")
    page.locator("#unit_id").select_option(str(live_world.unit("LB").id))
    page.locator("#number").fill("5")
    page.locator("#days").select_option("wd")
    page.get_by_role("button", name="Đặt quy định").click()
    expect(page.get_by_role("alert")).to_contain_text("Hãy ghi văn bản làm căn cứ.")
    expect(page.locator("#number")).to_have_value("5")
    page.locator("#source").fill("Kế hoạch 12/KH-UBND ngày 01/11/2026")
    page.locator("#reason").fill("Trả lời dân sớm hơn.")
    page.get_by_role("button", name="Đặt quy định").click()
    row = page.locator("tr", has_text="Thụ lý khiếu nại")
    expect(row).to_contain_text("mục tiêu nội bộ")
    expect(row).to_contain_text("theo luật: 7 ngày làm việc")
    sound(page)
    if width == 1440:
        screenshot("local-rules")
    row.locator("summary").click()
    row.get_by_label("Lý do").fill("Không còn cần.")
    row.get_by_role("button", name="Kết thúc quy định").click()
    expect(page.get_by_text("Đã kết thúc. Thời hạn đang chạy vẫn theo quy định lúc bắt đầu.")).to_be_visible()
    expect(row).to_contain_text("Không còn cần.")
    fits(page)
