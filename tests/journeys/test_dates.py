"""In the browser: the strip of dates, and a step that is not allowed says why in place, wide and narrow."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from app.core.clock import today
from app.core.db import unit_of_work
from app.organisation.models import Person
from complaints.services.perform import perform
from tests.factories import World, build_petition
from tests.hands import fits

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [1440, 390])
def test_the_dates_stand_in_a_strip_and_a_step_not_allowed_says_why(
    live_world: World, page: Page, sign_in: Callable[[Person], Page], width: int
) -> None:
    petition = build_petition(live_world, kind="complaint")
    with unit_of_work():
        perform(petition, "open_case", actor=live_world.principal("donthu.lb"), data={"on": today()})
    case = petition.case
    assert case is not None
    with unit_of_work():
        perform(
            case, "accept", actor=live_world.principal("chutich.lb"), data={"on": today(), "contested": "act"}
        )
    number = case.id
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(live_world.person("chutich.lb"))
    page.goto(f"/cases/{number}")
    strip = page.get_by_role("region", name="Các mốc ngày")
    expect(strip.locator("dt")).to_have_text(
        [
            "Nhận đơn",
            "Vào sổ",
            "Thụ lý",
            "Ban hành",
            "Gửi đi",
            "Người nhận đã nhận",
            "Công khai",
            "Có hiệu lực",
        ]
    )
    expect(strip.locator("dd")).to_have_text(["16/11/2026"] * 3 + ["chưa có"] * 5)
    step = page.get_by_role("button", name="Giao xác minh", disabled=True)
    expect(step).to_have_accessible_description("Chưa giao vụ việc cho người thụ lý; hãy giao việc trước.")
    step.focus()
    expect(step).to_be_focused()
    fits(page)
