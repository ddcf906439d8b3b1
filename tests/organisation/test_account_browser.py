"""The own account over time, in a real browser: another phone, no phone, a new password later, a forgotten one."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.core.clock import frozen, now
from app.core.db import db
from app.organisation.models import Person
from notifications.models import OutboundMessage
from tests.conftest import PASSWORD
from tests.factories import World
from tests.organisation.test_second_factor import code_of, enrol
from tests.organisation.test_sign_in_browser import first_step, in_order

pytestmark = pytest.mark.browser
SignIn = Callable[[Person], Page]
NEW = "trời xanh mây trắng"


def with_app(page: Page, secret: str) -> None:
    """Go through both steps of signing in."""
    first_step(page, "chutich.lb")
    page.get_by_label("Mã của ứng dụng xác thực").fill(code_of(secret))
    page.keyboard.press("Enter")
    expect(page).to_have_url("/")


def test_the_app_moves_to_another_phone_and_is_removed(live_world: World, page: Page):
    secret, _codes = enrol(live_world, "chutich.lb")
    with_app(page, secret)
    page.goto("/account")
    page.get_by_role("link", name="Thiết lập, thay đổi").click()
    in_order(page)
    page.get_by_role("link", name="Đổi sang điện thoại khác").click()
    other = page.locator("[data-secret]").inner_text().replace(" ", "")
    assert other != secret
    page.get_by_label("Mã 6 số ứng dụng đang hiện").fill(code_of(other))
    page.get_by_role("button", name="Xong, bắt đầu dùng").click()
    expect(page.locator("[data-recovery]")).to_have_count(10)
    page.get_by_role("link", name="Đã cất, tiếp tục").click()
    page.get_by_role("button", name="Gỡ ứng dụng xác thực").click()
    expect(page.get_by_role("status")).to_contain_text("Đã gỡ ứng dụng xác thực.")
    page.locator("details.person summary").click()
    page.get_by_role("button", name="Đăng xuất").click()
    first_step(page, "chutich.lb")
    expect(page).to_have_url("/")


def test_later_the_password_is_changed_after_a_proof(
    live_world: World, page: Page, app: Flask, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(app.config, "FRESH_FOR", timedelta(minutes=10))
    secret, _codes = enrol(live_world, "chutich.lb")
    with_app(page, secret)
    with frozen(now() + timedelta(minutes=15)):
        page.goto("/account")
        expect(page.get_by_label("Mật khẩu hiện tại")).to_have_count(0)
        in_order(page)
        page.get_by_role("link", name="Xác nhận lại").click()
        page.get_by_label("Mã của ứng dụng xác thực").fill(code_of(secret))
        page.get_by_role("button", name="Xác nhận").click()
        expect(page).to_have_url("/account")
        page.get_by_label("Mật khẩu hiện tại").fill(PASSWORD)
        page.get_by_label("Mật khẩu mới", exact=False).first.fill(NEW)
        page.get_by_label("Nhập lại mật khẩu mới").fill(NEW)
        page.get_by_role("button", name="Đổi mật khẩu").click()
        expect(page.get_by_role("status")).to_contain_text("Đã đổi mật khẩu.")


def test_a_forgotten_password_is_asked_for_by_mail(live_world: World, page: Page, app: Flask):
    before = app.extensions["tiepdan.settings"]
    app.extensions["tiepdan.settings"] = replace(before, smtp_host="mail.invalid")
    try:
        page.goto("/sign-in")
        page.get_by_role("link", name="Quên mật khẩu?").click()
        in_order(page)
        page.get_by_role("button", name="Gửi liên kết").click()
        expect(page.get_by_role("alert")).to_contain_text("Hãy nhập tên đăng nhập.")
        page.get_by_label("Tên đăng nhập").fill("chutich.lb")
        page.get_by_role("button", name="Gửi liên kết").click()
        expect(page.get_by_role("status")).to_contain_text("liên kết đã được gửi đi")
    finally:
        app.extensions["tiepdan.settings"] = before
    db.session.expire_all()
    assert [m.kind for m in db.session.scalars(select(OutboundMessage))] == ["one_time_link"]


def test_an_administrator_hands_a_link_out_to_a_colleague(live_world: World, sign_in: SignIn):
    page = sign_in(live_world.person("quantri"))
    page.goto(f"/admin/people/{live_world.person('thuly.lb').id}")
    page.get_by_role("button", name="Gửi liên kết đặt mật khẩu").click()
    expect(page.get_by_text("Chỉ hiện một lần, trên trang này.")).to_be_visible()
    in_order(page)
    link = page.locator("[data-one-time-link]").inner_text()
    page.context.clear_cookies()
    page.goto(link)
    page.get_by_label("Mật khẩu mới", exact=False).first.fill("ngắn")
    page.get_by_role("button", name="Đặt mật khẩu").click()
    expect(page.get_by_role("alert")).to_contain_text("Mật khẩu có ít nhất 10 ký tự.")
