"""The law in the browser: the head chooses the day of effect and confirms what is uncertain; the rules; a rehearsal."""

from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from app.core.clock import frozen
from app.core.db import db, unit_of_work
from app.organisation.models import Person
from complaints.models.cases import Case
from complaints.models.history import HistoryEntry
from tests.complaints.test_confirmation import decided, drafted
from tests.factories import World, build_petition
from tests.hands import approve, leave, sound, submit

pytestmark = pytest.mark.browser
SignIn = Callable[[Person], Page]


def test_the_head_reads_both_days_of_effect_and_chooses_one(
    live_world: World, page: Page, sign_in: SignIn, screenshot: Callable[[str], None]
) -> None:
    case = decided(live_world)
    number = case.id
    with frozen(date(2026, 12, 29)):
        sign_in(live_world.person("chutich.lb"))
        page.goto(f"/cases/{number}")
        contest = page.get_by_role("region", name="Ngày quyết định giải quyết lần đầu có hiệu lực")
        expect(contest).to_contain_text("20/12/2026")
        expect(contest).to_contain_text("28/12/2026")
        contest.get_by_text("Vì sao ngày này?").first.click()
        expect(contest.locator(".steps")).to_be_visible()
        sound(page)
        screenshot("competing-dates")
        page.get_by_role("link", name="Xác nhận có hiệu lực").click()
        expect(page.get_by_role("radio", name="28/12/2026")).to_be_checked()
        sound(page)
        page.set_viewport_size({"width": 390, "height": 900})
        sound(page)
        page.get_by_role("radio", name="20/12/2026").check()
        page.get_by_label("Tôi đã kiểm tra căn cứ này").check()
        page.get_by_role("button", name="Xác nhận có hiệu lực").click()
        expect(page.get_by_role("alert")).to_contain_text("Chọn ngày khác với đề xuất thì phải ghi lý do.")
        expect(page.get_by_role("radio", name="20/12/2026")).to_be_checked()
        page.get_by_label("Ghi chú").fill("Điều 44 tính từ ngày ban hành.")
        page.get_by_label("Tôi đã kiểm tra căn cứ này").check()
        page.get_by_role("button", name="Xác nhận có hiệu lực").click()
        expect(page.get_by_text("Đã thực hiện: Xác nhận có hiệu lực.")).to_be_visible()
    db.session.expire_all()
    assert db.session.get_one(Case, number).effective_on == date(2026, 12, 20)


def test_a_prepared_decision_is_approved_only_with_the_uncertain_row_confirmed(
    live_world: World, page: Page, sign_in: SignIn
) -> None:
    number = drafted(live_world).id
    sign_in(live_world.person("thuly.lb"))
    page.goto(f"/cases/{number}/do/decide")
    basis = page.get_by_role("region", name="Căn cứ chưa chắc chắn")
    expect(basis).to_contain_text("Luật Khiếu nại Điều 44")
    expect(basis).to_contain_text("Lãnh đạo phải xác nhận đã kiểm tra căn cứ này khi duyệt.")
    page.get_by_label("Số quyết định").fill("99/QĐ-UBND")
    page.get_by_label("Đúng một phần").check()
    page.locator("#words").fill("Chấp nhận một phần.")
    submit(page)
    leave(page)
    sign_in(live_world.person("chutich.lb"))
    page.goto(f"/cases/{number}")
    box = page.get_by_label("Tôi đã kiểm tra căn cứ này")
    expect(box).not_to_be_checked()
    sound(page)
    page.get_by_role("button", name="Duyệt", exact=True).click()
    assert box.evaluate("box => box.validity.valueMissing"), "the browser asks before the server does"
    box.check()
    approve(page)
    expect(page.get_by_text("Đã kiểm tra căn cứ chưa chắc chắn")).to_be_visible()
    line = db.session.query(HistoryEntry).filter_by(case_id=number, act="decide").one()
    assert line.data["basis"] == ["KN_EFFECT@2012-07-01"]


@pytest.mark.parametrize("width", [1440, 820, 390])
def test_the_rules_read_well_at_every_width(
    live_world: World, page: Page, sign_in: SignIn, screenshot: Callable[[str], None], width: int
) -> None:
    build_petition(live_world, kind="complaint")
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(live_world.person("thanhtra"))
    page.goto("/rules/")
    expect(page.get_by_role("heading", level=1, name="Quy định")).to_be_visible()
    expect(page.get_by_role("button", name="In")).to_be_visible()
    sound(page)
    page.get_by_label("Tìm (không cần dấu)").fill("thu ly khieu nai")
    page.get_by_role("button", name="Xem").click()
    card = page.get_by_role("article", name="Thụ lý khiếu nại", exact=True)
    expect(card).to_contain_text("10 ngày")
    expect(card).to_contain_text("7 ngày làm việc")
    expect(card).to_contain_text("thay đổi")
    expect(card.get_by_text("chắc chắn", exact=True).first).to_be_visible()
    if width == 1440:
        before, after = (card.locator(".version").nth(n).bounding_box() for n in (0, 1))
        assert before is not None and after is not None
        assert before["y"] == after["y"] and before["x"] != after["x"], "versions stand side by side"
        screenshot("rules")
    expect(card).to_contain_text("1 thời hạn đang chạy")
    sound(page)
    page.get_by_label("Tìm (không cần dấu)").fill("hieu luc")
    page.get_by_role("button", name="Xem").click()
    expect(page.get_by_text("chưa chắc chắn", exact=True).first).to_be_visible()


def test_the_rules_print_without_menus_and_buttons(live_world: World, page: Page, sign_in: SignIn) -> None:
    sign_in(live_world.person("thuly.lb"))
    page.goto("/rules/")
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="In")).to_be_hidden()
    expect(page.get_by_label("Tìm (không cần dấu)")).to_be_hidden()
    expect(page.get_by_role("heading", name="Giải quyết khiếu nại lần đầu")).to_be_visible()


@pytest.mark.parametrize("width", [1440, 390])
def test_an_inspector_rehearses_a_version_page_by_page_and_takes_the_sheet(
    live_world: World,
    page: Page,
    sign_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
    screenshot: Callable[[str], None],
    width: int,
) -> None:
    monkeypatch.setattr("complaints.views.rehearsal.PAGE_SIZE", 2)
    with unit_of_work():
        petitions = [build_petition(live_world, kind="complaint") for _ in range(3)]
        numbers = [petition.number for petition in petitions]
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(live_world.person("thanhtra"))
    page.goto("/rules/")
    page.get_by_role("link", name="Thử quy định mới").click()
    expect(page.get_by_role("heading", name="Phiên bản mới")).to_be_visible()
    sound(page)
    page.get_by_label("Quy định", exact=True).select_option("KN_ACCEPT")
    page.get_by_label("Tính theo").select_option("wd")
    page.get_by_label("Áp dụng cả cho hồ sơ đang giải quyết").check()
    page.get_by_role("button", name="Thử", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Hãy nhập số ngày.")
    page.get_by_label("Số ngày mới").fill("5")
    page.get_by_label("Có hiệu lực từ ngày").fill("01/01/2027")
    page.get_by_role("button", name="Thử", exact=True).click()
    expect(page.get_by_role("heading", name="Kết quả thử")).to_be_focused(timeout=20_000)
    expect(page.get_by_text("3 thời hạn sẽ đổi ngày.")).to_be_visible()
    expect(page.get_by_role("link", name=numbers[0])).to_be_visible()
    expect(page.get_by_text("sớm hơn 3 ngày").first).to_be_visible()
    sound(page)
    if width == 1440:
        screenshot("rehearsal")
    page.get_by_role("button", name="Trang sau").click()
    expect(page.get_by_role("link", name=numbers[2])).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Tải CSV").click()
    sheet = download.value.path().read_text(encoding="utf-8-sig")
    assert all(number in sheet for number in numbers)
