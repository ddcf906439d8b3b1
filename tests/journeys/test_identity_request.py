"""A handler asks to be let in, the head lets them in for two days and ends it again; as each would do it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from app.core.db import unit_of_work
from app.organisation.models import Person
from complaints.services.assignment import assign
from complaints.services.perform import perform
from tests.access.test_planted_name import NAME
from tests.factories import World, build_petition
from tests.seal.test_rotation import WHO

pytestmark = pytest.mark.browser


def test_a_handler_is_let_in_and_out_again(
    live_world: World, page: Page, sign_in: Callable[[Person], Page]
) -> None:
    world = live_world
    petition = build_petition(
        world, kind="denunciation", senders=WHO, respondent_level="commune_officer", field="construction"
    )
    with unit_of_work():
        perform(petition, "open_case", actor=world.principal("donthu.lb"), data={"on": "16/11/2026"})
        assert petition.case is not None
        assign(petition.case, unit_id=world.unit("LB-KT").id, handler_id=world.person("thuly.lb").id,
               actor=world.principal("chutich.lb"))  # fmt: skip
    path = f"/petitions/{petition.id}"

    sign_in(world.person("thuly.lb"))
    page.goto(path)
    expect(page.get_by_role("button", name="Mở thông tin người tố cáo")).to_have_count(0)
    page.get_by_text("Đề nghị được xem", exact=True).click()
    page.get_by_label("Mục đích").select_option("meeting")
    page.get_by_label("Lý do mở").fill("gặp người tố cáo để làm rõ")
    page.get_by_label("Trong số ngày").fill("2")
    page.get_by_role("button", name="Gửi đề nghị").click()
    expect(page.get_by_text("Đã gửi đề nghị")).to_be_visible()
    expect(page.get_by_text("Đã đề nghị, đang chờ")).to_be_visible()

    page.context.clear_cookies()
    sign_in(world.person("chutich.lb"))
    page.goto(path)
    expect(page.get_by_text("gặp người tố cáo để làm rõ")).to_be_visible()
    page.get_by_role("button", name="Cho xem").first.click()
    expect(page.get_by_text("Đã cho xem.")).to_be_visible()
    expect(page.get_by_role("button", name="Thôi cho xem")).to_be_visible()

    page.context.clear_cookies()
    sign_in(world.person("thuly.lb"))
    page.goto(path)
    page.get_by_label("Mục đích").select_option("meeting")
    page.get_by_label("Lý do mở").fill("gọi điện hẹn ngày gặp")
    page.get_by_role("button", name="Mở thông tin người tố cáo").click()
    expect(page.get_by_text(NAME)).to_be_visible()
    expect(page.locator(".mark span").first).to_contain_text(world.person("thuly.lb").full_name)
    page.emulate_media(media="print")
    expect(page.get_by_text(NAME)).to_be_hidden()
    expect(page.get_by_text("Trang này không được in.")).to_be_visible()
    page.emulate_media(media="screen")

    page.context.clear_cookies()
    sign_in(world.person("chutich.lb"))
    page.goto(path)
    page.get_by_role("button", name="Thôi cho xem").click()
    expect(page.get_by_text("Đã thôi cho xem.")).to_be_visible()
    page.get_by_text("Ai đã mở, vì sao").click()
    expect(page.get_by_text("gọi điện hẹn ngày gặp")).to_be_visible()
