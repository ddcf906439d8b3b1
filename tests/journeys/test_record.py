"""Way 4, after the fact: the inspector asks who looked at a case, narrows it to one person and day, and prints it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from app.core import audit
from app.core.audit_seals import seal_all
from app.core.db import unit_of_work
from app.organisation.models import Person
from tests.factories import World
from tests.journeys.test_handler import open_case

pytestmark = pytest.mark.browser


def test_an_inspector_sees_who_looked_at_a_case_and_why(
    live_world: World, page: Page, sign_in: Callable[[Person], Page], screenshot: Callable[[str], None]
) -> None:
    case = open_case(live_world, "denunciation", respondent_level="commune_officer")
    case_id, number = case.id, case.number
    handler, other = live_world.principal("thuly.lb"), live_world.principal("thuly.bd")
    with unit_of_work():
        for _ in range(60):
            audit.record(
                "case.viewed", actor=handler, subject=("case", case_id), detail={"page": "cases.show"}
            )
        audit.record("access.refused", actor=other, subject=("case", case_id), detail={"page": "cases.show"})
    seal_all()
    sign_in(live_world.person("thanhtra"))
    page.goto(f"/cases/{case_id}")
    page.get_by_role("link", name="Ai đã xem").click()
    expect(page).to_have_url(re.compile(f"/cases/{case_id}/record$"))
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Ai đã xem vụ việc {number}")
    rows = page.locator("table.list tbody tr")
    expect(rows).to_have_count(50)
    expect(rows.first).to_contain_text("Thanh tra viên")  # this very visit, a moment ago
    expect(rows.first).to_contain_text("chờ niêm phong")
    expect(rows.nth(1)).to_contain_text("Tìm cách mở trang")
    screenshot("record")

    page.get_by_role("link", name="Trang sau").click()
    expect(rows.last).to_contain_text("Vào sổ đơn")

    page.get_by_label("Người").select_option(label="Cán bộ Thụ lý BD")
    page.get_by_role("button", name="Xem").click()
    expect(rows).to_have_count(1)
    expect(rows.first).to_contain_text("Bị từ chối")

    page.get_by_label("Ngày").fill("31/02/2026")
    page.get_by_role("button", name="Xem").click()
    expect(page.locator("#day-error")).to_be_visible()
    expect(page.get_by_label("Ngày")).to_have_value("31/02/2026")
    expect(page.get_by_label("Người")).to_have_value(str(other.person_id))

    page.get_by_label("Ngày").fill("15/11/2026")
    page.get_by_role("button", name="Xem").click()
    expect(page.get_by_text("Không có dòng nào như vậy")).to_be_visible()
    page.get_by_role("link", name="Bỏ lọc").click()
    expect(rows).to_have_count(50)

    expect(page.get_by_role("button", name="In", exact=True)).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator("form.filters")).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(rows.first).to_be_visible()
