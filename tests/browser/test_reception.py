"""The reception officer's day in a real browser, by the keyboard alone where the office asks for it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.core.db import db
from app.organisation.models import Person
from complaints.models.petitions import Petition
from reception.models import Visit
from tests.factories import World
from tests.hands import record

pytestmark = pytest.mark.browser

SignIn = Callable[[Person], Page]
Shot = Callable[[str], None]
FIELDS_MAX = 12


class Keys:
    """Fingers on the keyboard: types, goes on with Tab, and counts the fields that were filled."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.filled: list[str] = []

    def focused(self) -> str:
        """Return the name of the field in focus."""
        return str(self.page.evaluate("document.activeElement.name || document.activeElement.tagName"))

    def go_to(self, name: str) -> None:
        """Press Tab until a field is in focus; the order of the page is the order of the conversation."""
        for _ in range(12):
            if self.focused() == name:
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{name} is not within reach of the Tab key; at {self.focused()}")

    def type(self, name: str, text: str) -> None:
        """Type into a text field."""
        self.go_to(name)
        self.filled.append(name)
        self.page.keyboard.type(text)

    def choose(self, name: str, down: int) -> None:
        """Choose in a group of radio buttons or a list by the arrow keys, `down` steps below the first."""
        self.go_to(name)
        self.filled.append(name)
        if self.page.evaluate("document.activeElement.type") == "radio":
            self.page.keyboard.press("Space")
        for _ in range(down):
            self.page.keyboard.press("ArrowDown")


@pytest.fixture
def desk(live_world: World, sign_in: SignIn) -> Page:
    """The reception officer of Long Biên, signed in, at the desk."""
    page = sign_in(live_world.person("tiepdan.lb"))
    page.goto("/desk")
    return page


@pytest.fixture
def shot(desk: Page, screenshot: Shot) -> Shot:
    """Take a picture from the top of the page."""

    def take(name: str) -> None:
        desk.evaluate("window.scrollTo(0, 0)")
        screenshot(name)

    return take


def only_visit() -> Visit:
    """Return the one visit there is, freshly read."""
    db.session.rollback()
    return db.session.execute(select(Visit)).scalar_one()


def test_an_ordinary_visit_by_the_keyboard_alone_in_twelve_fields(desk: Page, shot: Shot) -> None:
    shot("desk-home")
    expect(desk.get_by_role("main").get_by_role("link", name="Tiếp công dân", exact=True)).to_be_focused()
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/desk/visits/new")
    expect(desk.get_by_label("Họ và tên").first).to_be_focused()
    keys = Keys(desk)
    keys.type("visitors-0-full_name", "Lê Thị Sen")
    keys.type("visitors-0-identity_number", "999190000001")
    keys.type("visitors-0-phone", "0912345678")
    keys.type("visitors-0-address", "Số 5 ngõ 12, phường Long Biên")
    keys.choose("kind", 0)
    keys.type("summary", "Không đồng ý mức bồi thường khi Nhà nước thu hồi 120 m² đất ở.")
    keys.choose("field", 1)
    keys.type("respondent", "Chủ tịch UBND phường Long Biên")
    keys.choose("respondent_level", 2)
    keys.choose("outcome", 0)
    shot("visit-ordinary")
    record(desk)
    desk.wait_for_url("**/done")
    assert len(keys.filled) <= FIELDS_MAX
    visit = only_visit()
    assert (visit.kind, visit.outcome, visit.respondent_level) == ("complaint", "taken_in", "commune_chair")
    assert visit.petition is not None
    expect(desk.locator(".tracking")).to_have_text(visit.petition.tracking_code)
    shot("visit-done")
    expect(desk.get_by_role("link", name="In giấy biên nhận")).to_be_focused()
    desk.keyboard.press("Tab")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/desk/visits/new")
    expect(desk.get_by_label("Họ và tên").first).to_be_focused()


def test_who_was_here_before_shows_while_the_number_is_typed(desk: Page, shot: Shot) -> None:
    _ordinary(desk, outcome="Hướng dẫn", directed="Tòa án nhân dân khu vực 2")
    desk.goto("/desk/visits/new")
    desk.get_by_label("Họ và tên").first.fill("Lê Thị Sen")
    desk.get_by_label("Số căn cước, hộ chiếu").first.press_sequentially("999190000001")
    panel = desk.get_by_role("complementary", name="Đã đến trước đây")
    expect(panel.get_by_text("trùng số giấy tờ")).to_be_visible()
    expect(panel.get_by_text("Tòa án nhân dân khu vực 2")).to_be_visible()
    shot("visit-earlier")
    panel.get_by_label("Cùng vụ việc này").check()
    desk.get_by_label("Tố cáo", exact=True).check()
    expect(panel.get_by_text("Tòa án nhân dân khu vực 2")).to_be_hidden()
    expect(panel.get_by_text("Không tra cứu người tố cáo")).to_be_visible()


def test_a_group_comes_with_its_representative(desk: Page, shot: Shot) -> None:
    desk.goto("/desk/visits/new")
    _who(desk)
    desk.locator("summary", has_text="Đi nhiều người").click()
    desk.get_by_label("Số người đến").fill("12")
    desk.get_by_label("Đã có, mọi người ký").check()
    desk.get_by_label("Người thứ nhất là người đại diện").check()
    desk.get_by_role("button", name="Thêm người").click()
    expect(desk.locator("[name='visitors-1-full_name']")).to_be_focused()
    desk.keyboard.type("Trần Văn Bàng")
    desk.locator("[name='visitors-1-is_representative']").check()
    desk.get_by_role("button", name="Thêm người").click()
    desk.keyboard.type("Người Gõ Nhầm")
    desk.get_by_role("button", name="Bỏ", exact=True).nth(1).click()
    desk.get_by_label("Kiến nghị, phản ánh", exact=True).check()
    desk.get_by_label("Tóm tắt nội dung").fill("Đề nghị dừng di dời chợ cũ.")
    desk.get_by_label("Nhận đơn, chuyển xử lý").check()
    shot("visit-group")
    record(desk)
    desk.wait_for_url("**/done")
    visit = only_visit()
    assert (visit.people_count, visit.representatives_appointed) == (12, True)
    people = [(row.party.full_name, row.is_representative) for row in visit.people]
    assert people == [("Lê Thị Sen", True), ("Trần Văn Bàng", True)]


def test_a_denouncer_is_sealed_and_the_page_says_so(desk: Page, shot: Shot) -> None:
    desk.goto("/desk/visits/new")
    _who(desk)
    note = desk.get_by_text("Danh tính người tố cáo được niêm phong.").first
    expect(note).to_be_hidden()
    desk.get_by_label("Tố cáo", exact=True).check()
    expect(note).to_be_visible()
    desk.get_by_label("Tóm tắt nội dung").fill("Lê Thị Sen tố cáo hiệu trưởng thu tiền ngoài quy định.")
    desk.get_by_label("Nhận đơn, chuyển xử lý").check()
    record(desk)
    expect(desk.get_by_text("hãy viết 'người tố cáo' thay vào").first).to_be_visible()
    desk.get_by_label("Tóm tắt nội dung").fill("Người tố cáo nêu việc hiệu trưởng thu tiền ngoài quy định.")
    shot("visit-denunciation")
    record(desk)
    desk.wait_for_url("**/done")
    visit = only_visit()
    assert visit.is_sealed and visit.people == []
    for address in (f"/desk/visits/{visit.id}", "/desk/log-book", "/desk"):
        desk.goto(address)
        expect(desk.get_by_text("Người tố cáo (bí mật)").first).to_be_visible()
        assert "Sen" not in desk.content()
    desk.goto("/desk/log-book")
    shot("log-book")


def test_a_letter_by_post_is_registered_on_its_own_page(desk: Page, shot: Shot) -> None:
    desk.get_by_role("main").get_by_role("link", name="Nhập đơn đến").click()
    desk.get_by_label("Đơn đến bằng").select_option("forwarded_deputy")
    desk.get_by_label("Nơi chuyển đơn").fill("Đoàn đại biểu Quốc hội thành phố")
    desk.get_by_label("Ngày ghi trên đơn").fill("02/11/2026")
    desk.get_by_label("Họ và tên").first.fill("Trần Văn Bàng")
    desk.get_by_label("Khiếu nại", exact=True).check()
    desk.get_by_label("Tóm tắt nội dung").fill("Khiếu nại quyết định xử phạt vi phạm hành chính về xây dựng.")
    shot("letter")
    record(desk)
    desk.wait_for_url("**/done")
    db.session.rollback()
    petition = db.session.execute(select(Petition)).scalar_one()
    assert (petition.source, petition.forwarded_by) == (
        "forwarded_deputy",
        "Đoàn đại biểu Quốc hội thành phố",
    )
    expect(desk.locator(".tracking")).to_have_text(petition.tracking_code)


def test_a_double_click_writes_one_visit(desk: Page) -> None:
    desk.goto("/desk/visits/new")
    _who(desk)
    _what(desk)
    desk.get_by_label("Nhận đơn, chuyển xử lý").check()
    desk.get_by_role("button", name="Ghi vào sổ").dblclick()
    desk.wait_for_url("**/done")
    assert only_visit().log_no == 1


def test_what_is_typed_stays_when_something_is_missing(desk: Page) -> None:
    desk.goto("/desk/visits/new")
    _who(desk)
    record(desk)
    expect(desk.get_by_role("alert")).to_contain_text("Ghi tóm tắt nội dung.")
    expect(desk.get_by_label("Họ và tên").first).to_have_value("Lê Thị Sen")
    assert db.session.execute(select(Visit)).scalar_one_or_none() is None


def _who(page: Page) -> None:
    page.get_by_label("Họ và tên").first.fill("Lê Thị Sen")
    page.get_by_label("Số căn cước, hộ chiếu").first.fill("999190000001")
    page.get_by_label("Địa chỉ").first.fill("Số 5 ngõ 12, phường Long Biên")


def _what(page: Page) -> None:
    page.get_by_label("Khiếu nại", exact=True).check()
    page.get_by_label("Tóm tắt nội dung").fill("Không đồng ý mức bồi thường đất.")


def _ordinary(page: Page, outcome: str, directed: str) -> None:
    page.goto("/desk/visits/new")
    _who(page)
    _what(page)
    page.get_by_label(outcome, exact=True).check()
    page.get_by_label("Cơ quan có thẩm quyền").fill(directed)
    record(page)
    page.wait_for_url("**/done")
