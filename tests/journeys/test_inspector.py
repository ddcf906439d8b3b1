"""Way 4: the inspector sees what is late across units, whose it is, and who was told."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from app.core.clock import frozen
from app.organisation.models import Person
from notifications.sweep import run_sweep
from tests.factories import World
from tests.journeys.test_handler import open_case

pytestmark = pytest.mark.browser


def test_an_inspector_sees_late_work_and_who_was_told(
    live_world: World, page: Page, sign_in: Callable[[Person], Page], screenshot: Callable[[str], None]
) -> None:
    """A complaint that nobody accepted: late, alerted up the ladder, and visible to the city's inspectorate."""
    case = open_case(live_world, "complaint")
    number, case_id = case.number, case.id
    with frozen(date(2026, 12, 4)):  # the acceptance was due on 26/11
        assert run_sweep().raised > 0
        sign_in(live_world.person("thanhtra"))
        page.get_by_role("link", name="Theo dõi, đôn đốc").click()
        row = page.get_by_role("row", name=number)
        expect(row).to_contain_text("quá hạn 8 ngày")
        expect(row).to_contain_text("Chủ tịch")
        screenshot("supervision")
        page.get_by_role("link", name=number).click()
        expect(page).to_have_url(re.compile(f"/cases/{case_id}$"))
        expect(page.get_by_role("heading", name="Đã nhắc")).to_be_visible()
        expect(page.get_by_role("heading", name="Diễn biến")).to_be_visible()
        assert page.goto(f"/cases/{case_id}/do/accept").status == 404  # type: ignore[union-attr]
