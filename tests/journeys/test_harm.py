"""In the browser: harm to a denouncer is seen, acted on at once, and written down on the petition (TC09)."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.core.db import db
from app.organisation.models import Person
from complaints.models.history import HistoryEntry
from tests.factories import World, build_petition
from tests.hands import fits

pytestmark = pytest.mark.browser
STEP = "Có nguy hại với người tố cáo: đã xử lý ngay"


def test_the_officer_writes_down_on_a_petition_what_was_done_at_once_for_a_threatened_denouncer(
    live_world: World, page: Page, sign_in: Callable[[Person], Page]
) -> None:
    """On a narrow screen; what is missing is said beside its field, and what was typed stays."""
    petition_id = build_petition(live_world, kind="denunciation", respondent_level="commune_officer").id
    sign_in(live_world.person("donthu.lb"))
    page.set_viewport_size({"width": 390, "height": 900})
    page.goto(f"/petitions/{petition_id}")
    page.get_by_role("link", name=STEP, exact=True).click()
    page.wait_for_load_state("load")
    page.get_by_label("Báo cơ quan công an").check()
    page.locator("#words").fill("Có người lạ đến tận nhà đe doạ người tố cáo.")
    page.get_by_role("button", name=STEP, exact=True).click()
    expect(page.locator("#told")).to_have_attribute("aria-invalid", "true")
    page.wait_for_load_state("load")
    expect(page.locator("#words")).to_have_value("Có người lạ đến tận nhà đe doạ người tố cáo.")
    fits(page)
    page.locator("#told").fill("Công an phường, nguyen van thu, 9 giờ 16/11/2026")
    page.get_by_role("button", name=STEP, exact=True).click()
    told = page.locator(".field.has-error", has=page.locator("#told"))
    expect(told).to_contain_text("Hãy viết 'người tố cáo' thay vào")
    page.wait_for_load_state("load")
    page.locator("#told").fill("Công an phường, 9 giờ 16/11/2026")
    page.get_by_role("button", name=STEP, exact=True).click()
    expect(page.get_by_text(f"Đã thực hiện: {STEP}.")).to_be_visible()
    expect(page.get_by_text("Công an phường, 9 giờ 16/11/2026").first).to_be_visible()
    db.session.rollback()
    line = db.session.scalars(select(HistoryEntry).where(HistoryEntry.act == "harm_told")).one()
    assert (line.petition_id, line.transition) == (petition_id, "TC09")
    assert "police" in line.data["measures"]
