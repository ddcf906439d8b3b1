"""In the browser: one person writes an extract of a denunciation, another confirms it, and the verifier reads it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from app.core.db import unit_of_work
from app.organisation.models import Person
from complaints.services.assignment import assign
from tests.factories import World
from tests.hands import fits, leave, sound
from tests.journeys.test_handler import open_case

pytestmark = pytest.mark.browser
SignIn = Callable[[Person], Page]
NAME, TEXT = "Nguyễn Văn Thử", "Người tố cáo cho rằng cán bộ thu tiền sai quy định."


@pytest.mark.parametrize("width", [1440, 390])
def test_an_extract_is_written_confirmed_by_another_released_and_read(
    live_world: World, page: Page, sign_in: SignIn, width: int
) -> None:
    case = open_case(live_world, "denunciation", respondent_level="commune_officer", field="construction")
    head, handler = live_world.principal("chutich.lb"), live_world.person("thuly.lb")
    with unit_of_work():
        assign(case, unit_id=live_world.unit("LB-KT").id, handler_id=handler.id, actor=head)
    number = case.id
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(live_world.person("donthu.lb"))
    page.goto(f"/cases/{number}")
    page.get_by_role("link", name=re.compile("^Đ-")).first.click()
    page.get_by_role("link", name="Soạn, xác nhận bản trích").click()
    sound(page)
    fits(page)
    words = page.get_by_label("Bản trích", exact=True)
    words.fill(f"{TEXT}\n{NAME.upper()} đã viết đơn.")
    page.get_by_role("button", name="Lưu bản trích").click()
    expect(page.get_by_role("alert")).to_contain_text("họ tên (dòng 2)")
    page.wait_for_load_state()
    expect(words).to_have_value(re.compile("đã viết đơn"))
    words.fill(TEXT)
    page.get_by_role("button", name="Lưu bản trích").click()
    expect(page.get_by_text("chờ người thứ hai xác nhận")).to_be_visible()
    expect(page.get_by_role("button", name="Xác nhận không lộ người tố cáo")).to_have_count(0)
    editor = page.url
    leave(page)

    sign_in(live_world.person("chutich.lb"))
    page.goto(editor)
    page.get_by_role("button", name="Xác nhận không lộ người tố cáo").click()
    expect(page.get_by_text("đã có người thứ hai xác nhận")).to_be_visible()
    page.get_by_role("button", name="Phát hành cho người xác minh").click()
    expect(page.get_by_text("đã phát hành", exact=True)).to_be_visible()
    sound(page)
    leave(page)

    sign_in(handler)
    page.goto(f"/cases/{number}")
    read = page.get_by_role("region", name=re.compile("Bản trích của đơn"))
    expect(read).to_contain_text(TEXT)
    fits(page)
