"""In the browser: a paper stored by mistake is taken up again, and a denunciation that is none goes back to the desk."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from app.core.db import db
from app.organisation.models import Person
from complaints.models.petitions import Petition
from tests.complaints.test_reclassification import denunciation, left
from tests.factories import World
from tests.hands import leave
from tests.journeys.test_handler import Desk

pytestmark = pytest.mark.browser


def test_a_paper_stored_by_mistake_is_prepared_by_the_officer_and_taken_up_by_the_head(
    live_world: World, page: Page, sign_in: Callable[[Person], Page]
) -> None:
    petition = left(live_world, "stored")
    sign_in(live_world.person("donthu.lb"))
    page.goto(f"/petitions/{petition.id}")
    page.get_by_role("link", name="Xử lý lại đơn", exact=True).click()
    page.get_by_label("Tố cáo", exact=True).check()
    page.get_by_role("button", name="Trình lãnh đạo duyệt").click()
    page.wait_for_load_state("load")
    expect(page.locator(".field.has-error", has=page.locator("#words"))).to_be_visible()
    expect(page.get_by_label("Tố cáo", exact=True)).to_be_checked()
    page.locator("#words").fill("Lưu nhầm: thực chất là tố cáo.")
    page.get_by_role("button", name="Trình lãnh đạo duyệt").click()
    expect(page.get_by_text("Đã trình lãnh đạo duyệt")).to_be_visible()
    leave(page)
    sign_in(live_world.person("chutich.lb"))
    page.goto(f"/petitions/{petition.id}")
    page.get_by_role("button", name="Duyệt").click()
    expect(page.get_by_text("Đã duyệt.")).to_be_visible()
    expect(page.get_by_text("Nguyễn Văn Thử")).to_have_count(0)
    db.session.expire_all()
    taken = db.session.get_one(Petition, petition.id)
    assert (taken.state, taken.kind, taken.sealed_identity_id is not None) == (
        "classified",
        "denunciation",
        True,
    )


def test_a_denunciation_that_is_none_is_sent_back_to_the_desk_by_the_head(
    live_world: World, page: Page, sign_in: Callable[[Person], Page]
) -> None:
    desk = Desk(live_world, page, sign_in, denunciation(live_world, "tc_verifying")).be("chutich.lb")
    desk.step("Phân loại lại", "reclassify", {"words": "Thực chất là kiến nghị."}, ("proposal",))
    assert desk.state == "reclassified"
