"""In the browser: a second complaint is opened with the first case named, and its dialogue is set by the rule of C19."""

from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from app.core.db import unit_of_work
from app.organisation.models import Person
from complaints.services.assignment import assign
from tests.complaints.test_complaint_second import decided, first_case, open_second, second_petition, step
from tests.factories import World
from tests.hands import fits, leave

pytestmark = pytest.mark.browser
TODAY = date(2026, 11, 16)


def test_the_petition_officer_of_the_city_opens_a_second_complaint_and_names_the_first_case(
    live_world: World, page: Page, sign_in: Callable[[Person], Page]
) -> None:
    first = first_case(live_world)
    decided(live_world, first)
    letter = second_petition(live_world, TODAY)
    number, summary = first.number, first.summary[:30]
    page.set_viewport_size({"width": 390, "height": 900})
    sign_in(live_world.person("donthu.hn"))
    page.goto(f"/petitions/{letter.id}")
    page.get_by_role("link", name="Mở vụ việc khiếu nại lần hai").first.click()
    page.get_by_role("button", name="Mở vụ việc khiếu nại lần hai").click()
    expect(
        page.get_by_text("Chọn vụ việc lần đầu, hoặc ghi nơi đã giải quyết lần đầu.").first
    ).to_be_visible()
    choices = page.get_by_label("Vụ việc khiếu nại lần đầu")
    expect(choices.locator("option").nth(1)).to_contain_text(f"{number}: {summary}")
    choices.select_option(index=1)
    page.get_by_role("button", name="Mở vụ việc khiếu nại lần hai").click()
    expect(page.get_by_text("Đã thực hiện: Mở vụ việc khiếu nại lần hai.")).to_be_visible()
    fits(page)
    leave(page)
    sign_in(live_world.person("chutich.lb"))
    page.goto(f"/cases/{first.id}")
    expect(page.get_by_text("Đã bị khiếu nại lần hai").first).to_be_visible()
    expect(page.get_by_text("Khiếu nại lần hai: VV-", exact=False)).to_be_visible()


def test_a_dialogue_of_an_acute_second_complaint_is_not_given_to_a_deputy(
    live_world: World, page: Page, sign_in: Callable[[Person], Page]
) -> None:
    first = first_case(live_world)
    decided(live_world, first)
    case = open_second(live_world, second_petition(live_world, TODAY), TODAY, first_case_id=first.id)
    step(live_world, case, "accept", "chutich.hn", on=TODAY)
    with unit_of_work():
        assign(case, unit_id=live_world.unit("HN").id, handler_id=live_world.person("thuly.hn").id,
               actor=live_world.principal("chutich.hn"))  # fmt: skip
    step(live_world, case, "verify", "chutich.hn", on=TODAY)
    step(live_world, case, "report", "chutich.hn", on=TODAY, words="Báo cáo.")
    sign_in(live_world.person("chutich.hn"))
    page.goto(f"/cases/{case.id}")
    page.get_by_role("link", name="Hẹn đối thoại").first.click()
    page.get_by_label("Ngày đối thoại").fill("23/11/2026")
    page.get_by_text("Cấp phó của người giải quyết").click()
    page.get_by_text("Vụ việc gay gắt").click()
    page.get_by_role("button", name="Hẹn đối thoại").click()
    expect(page.get_by_text("không giao người khác", exact=False).first).to_be_visible()
    page.get_by_text("Người giải quyết lần hai", exact=True).click()
    page.get_by_role("button", name="Hẹn đối thoại").click()
    expect(page.get_by_text("Đã thực hiện: Hẹn đối thoại.")).to_be_visible()
    expect(page.get_by_text("Đã hẹn đối thoại").first).to_be_visible()
