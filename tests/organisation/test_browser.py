"""Signing in and managing units and people, in a real browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from app.organisation.models import Person
from tests import hands
from tests.conftest import PASSWORD
from tests.factories import World

pytestmark = pytest.mark.browser
SignIn = Callable[[Person], Page]


def test_signing_in_with_the_keyboard_alone(live_world: World, page: Page, screenshot: Callable[[str], None]):
    page.goto("/admin/people")
    expect(page).to_have_url("/sign-in?next=/admin/people")
    expect(page.get_by_label("Tên đăng nhập")).to_be_focused()
    screenshot("sign-in")
    page.keyboard.type("quantri")
    page.keyboard.press("Tab")
    page.keyboard.type("sai mat khau roi")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("Tên đăng nhập hoặc mật khẩu không đúng.")
    page.wait_for_load_state("load")  # the script of the page moves the focus once more
    expect(page.get_by_label("Mật khẩu")).to_be_focused()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url("/admin/people")
    expect(page.get_by_role("heading", level=1)).to_have_text("Người dùng")


def test_an_administrator_adds_a_unit_and_ends_it(
    live_world: World, sign_in: SignIn, screenshot: Callable[[str], None]
):
    page = sign_in(live_world.person("quantri"))
    page.goto("/admin/units")
    screenshot("units")
    page.get_by_role("link", name="Thêm bên trong UBND phường Long Biên").click()
    expect(page.get_by_label("Thuộc")).to_have_value(str(live_world.unit("LB").id))
    page.get_by_label("Tên đầy đủ").fill("Tổ Hoà giải, phường Long Biên")
    page.get_by_label("Tên gọi ngắn").fill("Tổ Hoà giải")
    page.get_by_label("Ký hiệu").fill("lb")
    page.get_by_role("button", name="Lưu").click()
    expect(page.get_by_role("alert")).to_contain_text("Ký hiệu này đã dùng cho đơn vị khác.")
    page.get_by_label("Ký hiệu").fill("lb-hg")
    page.get_by_role("button", name="Lưu").click()
    expect(page.get_by_role("status")).to_have_text("Đã thêm đơn vị.")
    page.get_by_label("Kết thúc từ ngày").fill("17/11/2026")
    page.get_by_role("button", name="Kết thúc đơn vị").click()
    expect(page.get_by_text("hết hiệu lực từ 17/11/2026")).to_be_visible()


def test_an_administrator_adds_a_person_who_then_chooses_a_password(
    live_world: World, sign_in: SignIn, screenshot: Callable[[str], None]
):
    page = sign_in(live_world.person("quantri"))
    page.goto("/admin/people")
    screenshot("people")
    page.get_by_role("link", name="Thêm người dùng").click()
    page.get_by_label("Họ và tên").fill("Đỗ Thị Hoa")
    page.get_by_label("Tên đăng nhập").fill("do.hoa")
    page.get_by_role("combobox", name="Đơn vị").select_option(str(live_world.unit("LB-KT").id))
    page.get_by_role("combobox", name="Vai trò").select_option("handler")
    page.get_by_role("button", name="Lưu và cấp mật khẩu").click()
    password = page.locator("[data-one-time]").inner_text()
    page.get_by_role("link", name="Đã trao, tiếp tục").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Đỗ Thị Hoa")
    screenshot("person")

    page.get_by_text("Quản trị", exact=True).first.click()
    page.get_by_role("button", name="Đăng xuất").click()
    page.get_by_label("Tên đăng nhập").fill("do.hoa")
    page.get_by_label("Mật khẩu").fill(password)
    page.get_by_role("button", name="Đăng nhập").click()
    expect(page).to_have_url("/account")
    expect(page.get_by_text("Hãy đặt mật khẩu của riêng bạn.")).to_be_visible()
    page.get_by_label("Mật khẩu hiện tại").fill(password)
    page.get_by_label("Mật khẩu mới", exact=False).first.fill("trời xanh mây trắng")
    page.get_by_label("Nhập lại mật khẩu mới").fill("trời xanh mây trắng")
    page.get_by_role("button", name="Đổi mật khẩu").click()
    expect(page.get_by_role("status")).to_contain_text("Đã đổi mật khẩu.")


@pytest.mark.parametrize("width", [1440, 820, 390])
def test_no_page_is_wider_than_the_screen(live_world: World, sign_in: SignIn, width: int):
    page = sign_in(live_world.person("quantri"))
    page.set_viewport_size({"width": width, "height": 900})
    unit, person = live_world.unit("LB").id, live_world.person("thuly.lb").id
    for path in ("units", f"units/{unit}", "people", "people/new", f"people/{person}", "roles", "rules/"):
        page.goto(f"/admin/{path}")
        hands.fits(page)


def test_the_menu_is_there_again_when_a_tablet_is_turned(live_world: World, page: Page, sign_in: SignIn):
    page.set_viewport_size({"width": 820, "height": 1100})
    sign_in(live_world.person("quantri"))
    page.wait_for_load_state("load")
    menu = page.get_by_role("navigation", name="Trình đơn chính")
    expect(menu).to_be_hidden()
    page.set_viewport_size({"width": 1280, "height": 820})
    expect(menu).to_be_visible()
    page.set_viewport_size({"width": 820, "height": 1100})
    expect(menu).to_be_hidden()
