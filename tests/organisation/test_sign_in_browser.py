"""The second factor, sessions, fresh sign-ins, passkeys and links as people use them, in a real browser."""

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect

from app.core.clock import frozen, now
from app.organisation.models import Person
from tests import hands
from tests.conftest import PASSWORD
from tests.factories import World, build_petition
from tests.organisation.test_second_factor import code_of, enrol

pytestmark = pytest.mark.browser
SignIn = Callable[[Person], Page]


def in_order(page: Page) -> None:
    """Hold that nothing runs over the edge at any width, and that axe finds nothing serious."""
    before = page.viewport_size
    for width in (1440, 820, 390):
        page.set_viewport_size({"width": width, "height": 900})
        hands.fits(page)
    hands.sound(page)
    if before:
        page.set_viewport_size(before)


def first_step(page: Page, username: str, password: str = PASSWORD) -> None:
    page.goto("/sign-in")
    page.locator("#username").fill(username)
    page.locator("#password").fill(password)
    page.locator("form .btn-primary").click()


@pytest.fixture
def demanded(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings of production: a second factor is demanded."""
    monkeypatch.setitem(app.config, "SECOND_FACTOR_REQUIRED", True)


def test_a_head_sets_an_app_up_first_and_signs_in_with_it(
    live_world: World, page: Page, demanded: None, screenshot: Callable[[str], None]
):
    console: list[str] = []
    page.on("console", lambda said: console.append(said.text))
    first_step(page, "chutich.lb")
    expect(page).to_have_url("/account/second-factor")
    expect(page.get_by_role("status")).to_contain_text("Hãy thiết lập lớp xác thực thứ hai")
    in_order(page)
    page.get_by_role("link", name="Thiết lập ứng dụng").click()
    expect(page.get_by_role("img", name="Mã QR cho ứng dụng xác thực")).to_be_visible()
    in_order(page)
    screenshot("second-factor")
    secret = page.locator("[data-secret]").inner_text().replace(" ", "")
    page.get_by_label("Mã 6 số ứng dụng đang hiện").fill("000000")
    page.get_by_role("button", name="Xong, bắt đầu dùng").click()
    expect(page.get_by_role("alert")).to_contain_text("Mã chưa đúng")
    page.get_by_label("Mã 6 số ứng dụng đang hiện").fill(code_of(secret, -1))
    page.get_by_role("button", name="Xong, bắt đầu dùng").click()
    expect(page.locator("[data-recovery]")).to_have_count(10)
    in_order(page)
    recovery = page.locator("[data-recovery]").first.inner_text()
    page.get_by_role("link", name="Đã cất, tiếp tục").click()
    page.goto("/petitions/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Đơn thư")

    page.locator("details.person summary").click()
    page.get_by_role("button", name="Đăng xuất").click()
    first_step(page, "chutich.lb")
    expect(page).to_have_url("/sign-in/second")
    in_order(page)
    screenshot("second-step")
    page.get_by_label("Mã của ứng dụng xác thực").fill("111111")
    page.get_by_role("button", name="Tiếp tục").click()
    expect(page.get_by_role("alert")).to_contain_text("Mã không đúng hoặc đã dùng rồi.")
    page.get_by_label("Mã của ứng dụng xác thực").fill(code_of(secret))
    page.keyboard.press("Enter")
    expect(page).to_have_url("/")

    page.locator("details.person summary").click()
    page.get_by_role("button", name="Đăng xuất").click()
    first_step(page, "chutich.lb")
    page.get_by_label("Mã của ứng dụng xác thực").fill(recovery)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("còn 9 mã")
    assert not [line for line in console if "Content Security Policy" in line]


def test_the_second_factor_speaks_english(live_world: World, page: Page, demanded: None):
    first_step(page, "chutich.lb")
    page.locator("details.person summary").click()
    page.get_by_role("button", name="English").click()
    page.goto("/account/second-factor")
    expect(page.get_by_role("heading", level=1)).to_have_text("Second factor")
    page.get_by_role("link", name="Set up the app").click()
    secret = page.locator("[data-secret]").inner_text().replace(" ", "")
    page.get_by_label("The 6 digits that the app shows").fill(code_of(secret))
    page.get_by_role("button", name="Done, start using it").click()
    page.get_by_role("link", name="Locked away, continue").click()
    page.get_by_role("button", name="Make 10 new codes").click()
    expect(page.locator("[data-recovery]")).to_have_count(10)


def test_a_session_elsewhere_is_seen_and_ended(
    live_world: World, sign_in: SignIn, chromium: Browser, live_server: str, screenshot: Callable[[str], None]
):
    elsewhere = chromium.new_context(base_url=live_server)
    other = elsewhere.new_page()
    first_step(other, "quantri")
    expect(other).to_have_url("/admin/units")
    page = sign_in(live_world.person("quantri"))
    page.goto("/account")
    section = page.get_by_role("region", name="Phiên đăng nhập")
    expect(section.get_by_role("listitem")).to_have_count(2)
    expect(section.get_by_text("phiên này")).to_have_count(1)
    in_order(page)
    screenshot("account")
    section.get_by_role("button", name=re.compile("^Kết thúc")).click()
    expect(page.get_by_role("status")).to_contain_text("Phiên đăng nhập đó đã kết thúc.")
    other.goto("/account")
    expect(other).to_have_url("/sign-in?next=/account")
    elsewhere.close()


def test_all_other_sessions_are_ended_at_once(
    live_world: World, sign_in: SignIn, chromium: Browser, live_server: str
):
    elsewhere = chromium.new_context(base_url=live_server)
    other = elsewhere.new_page()
    first_step(other, "quantri")
    expect(other).to_have_url("/admin/units")
    page = sign_in(live_world.person("quantri"))
    page.goto("/account")
    page.get_by_role("button", name="Đăng xuất ở mọi nơi khác").click()
    expect(page.get_by_role("status")).to_contain_text("Các phiên đăng nhập khác đã kết thúc.")
    other.goto("/account")
    expect(other).to_have_url("/sign-in?next=/account")
    elsewhere.close()


def test_an_identity_opens_after_a_fresh_proof_and_the_reason_is_kept(
    live_world: World,
    sign_in: SignIn,
    app: Flask,
    monkeypatch: pytest.MonkeyPatch,
    screenshot: Callable[[str], None],
):
    monkeypatch.setitem(app.config, "FRESH_FOR", app.config["FRESH_FOR"] * 0)
    number = build_petition(live_world, kind="denunciation", respondent_level="commune_officer").id
    page = sign_in(live_world.person("chutich.lb"))
    with frozen(now().replace(minute=59)):
        page.goto(f"/petitions/{number}")
        page.get_by_label("Mục đích").first.select_option("check")
        page.get_by_label("Lý do mở").first.fill("Xác minh theo kế hoạch 5/KH")
        page.get_by_role("button", name="Mở thông tin người tố cáo").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Xác nhận lại là bạn")
        in_order(page)
        screenshot("fresh-sign-in")
        page.get_by_label("Mật khẩu").fill("sai mat khau roi")
        page.get_by_role("button", name="Xác nhận").click()
        expect(page.get_by_role("alert")).to_contain_text("Chưa đúng.")
        page.get_by_label("Mật khẩu").fill(PASSWORD)
        page.get_by_role("button", name="Xác nhận").click()
        expect(page.get_by_text("Nguyễn Văn Thử")).to_be_visible()


def test_typing_keeps_a_session_alive_and_an_empty_chair_does_not(
    live_world: World, page: Page, sign_in: SignIn
):
    page.clock.install()
    sign_in(live_world.person("donthu.lb"))
    page.goto("/desk/letters/new")
    told = []
    for typed in ("", "Nguyễn", ""):
        if typed:
            page.locator("input:visible, textarea:visible").first.fill(typed)
        with page.expect_request("**/count.json") as asked:
            page.clock.fast_forward(61_000)
        told.append(asked.value.headers.get("x-in-use"))
    assert told == [None, "yes", None]


@pytest.fixture
def on_localhost(chromium: Browser, live_server: str) -> Iterator[BrowserContext]:
    """A browser profile on the live server by its name: passkeys hold on no bare address."""
    context = chromium.new_context(base_url=live_server.replace("127.0.0.1", "localhost"), locale="vi-VN")
    context.set_default_timeout(10_000)
    yield context
    context.close()


def test_a_passkey_is_made_and_signs_in(
    live_world: World, on_localhost: BrowserContext, screenshot: Callable[[str], None]
):
    page = on_localhost.new_page()
    page.on("pageerror", lambda error: pytest.fail(f"JavaScript error on {page.url}: {error}"))
    device = on_localhost.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
                     "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True}},
    )  # fmt: skip
    first_step(page, "chutich.lb")
    page.goto("/account/second-factor")
    page.get_by_role("link", name="Thêm khoá truy cập").click()
    in_order(page)
    page.get_by_label("Đặt tên cho khoá").fill("Máy ở cơ quan")
    page.get_by_role("button", name="Tạo khoá truy cập").click()
    expect(page.locator("[data-recovery]")).to_have_count(10)
    page.get_by_role("link", name="Đã cất, tiếp tục").click()
    expect(page.get_by_text("Máy ở cơ quan").first).to_be_visible()
    in_order(page)

    page.locator("details.person summary").click()
    page.get_by_role("button", name="Đăng xuất").click()
    first_step(page, "chutich.lb")
    expect(page).to_have_url(re.compile("/sign-in/second$"))
    in_order(page)
    page.get_by_role("button", name="Dùng khoá truy cập").click()
    expect(page).to_have_url(re.compile("localhost:[0-9]+/$"))
    page.goto("/account/second-factor")
    expect(page.get_by_text("dùng lần cuối")).to_be_visible()
    page.get_by_role("button", name="Xoá Máy ở cơ quan").click()
    expect(page.get_by_role("status")).to_contain_text("Đã xoá khoá truy cập.")


def test_a_new_colleague_is_invited_by_a_link(
    live_world: World, sign_in: SignIn, screenshot: Callable[[str], None]
):
    page = sign_in(live_world.person("quantri"))
    page.goto("/admin/people/new")
    page.get_by_label("Họ và tên").fill("Đỗ Thị Hoa")
    page.get_by_label("Tên đăng nhập").fill("do.hoa")
    page.get_by_role("combobox", name="Đơn vị").select_option(str(live_world.unit("LB-KT").id))
    page.get_by_role("combobox", name="Vai trò").select_option("handler")
    page.get_by_role("button", name="Lưu và mời bằng liên kết").click()
    link = page.locator("[data-one-time-link]").inner_text()
    in_order(page)
    page.context.clear_cookies()
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text("Đặt mật khẩu")
    in_order(page)
    page.get_by_label("Mật khẩu mới", exact=False).first.fill("trời xanh mây trắng")
    page.get_by_label("Nhập lại mật khẩu mới").fill("trời xanh mây trắng")
    page.get_by_role("button", name="Đặt mật khẩu").click()
    expect(page.get_by_role("status")).to_contain_text("Đã đặt mật khẩu.")
    first_step(page, "do.hoa", "trời xanh mây trắng")
    expect(page).to_have_url("/")
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text("Liên kết không còn dùng được")
    in_order(page)
    page.get_by_role("link", name="Quên mật khẩu?").click()
    expect(page.get_by_text("Liên hệ người quản trị")).to_be_visible()
    in_order(page)


def test_an_administrator_removes_a_lost_second_factor(live_world: World, sign_in: SignIn):
    enrol(live_world, "thuly.lb")
    page = sign_in(live_world.person("quantri"))
    page.goto(f"/admin/people/{live_world.person('thuly.lb').id}")
    in_order(page)
    page.get_by_role("button", name="Kết thúc mọi phiên đăng nhập").click()
    expect(page.get_by_role("status")).to_contain_text("Các phiên đăng nhập của người này đã kết thúc.")
    page.get_by_role("button", name="Gỡ xác thực hai lớp").click()
    expect(page.get_by_role("status")).to_contain_text("Đã gỡ xác thực hai lớp")
    expect(page.get_by_role("button", name="Gỡ xác thực hai lớp")).to_have_count(0)
