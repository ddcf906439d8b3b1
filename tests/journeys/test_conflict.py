"""A conflict of interest, the way of the people: declared on the case, felt by the one who gives out the work."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from app.core.db import db
from app.organisation.models import Person
from tests.complaints.test_conflicts import build_denunciation
from tests.conftest import PASSWORD
from tests.factories import Role, World, build_person
from tests.hands import leave

pytestmark = pytest.mark.browser


def test_a_handler_declares_a_conflict_and_is_not_given_the_case_again(
    live_world: World, page: Page, sign_in: Callable[[Person], Page]
) -> None:
    """The case leaves the handler's list at once; the head is refused with the reason beside the field."""
    case = build_denunciation(live_world)
    number, case_id = case.number, case.id
    build_person("thuly2.lb", "Người Thụ Lý Khác", PASSWORD, (live_world.unit("LB-KT"), Role.HANDLER))
    db.session.commit()
    sign_in(live_world.person("thuly.lb"))
    page.goto(f"/cases/{case_id}")
    page.get_by_text("Khai xung đột lợi ích").first.click()
    page.get_by_label("Lý do").first.fill("Người bị tố cáo là anh ruột của tôi.")
    page.get_by_role("button", name="Khai và thôi xem hồ sơ này").click()
    expect(page.get_by_text("không còn thấy hồ sơ này")).to_be_visible()
    page.goto("/cases/")
    expect(page.get_by_text(number)).to_have_count(0)
    leave(page)

    sign_in(live_world.person("truongphong.lb"))
    page.goto(f"/cases/{case_id}")
    assigning = page.locator("form[action$='/assign']")
    assigning.get_by_label("Đơn vị").select_option(label="Phòng Kinh tế phường Long Biên")
    assigning.get_by_label("Người thụ lý").select_option(label="Cán bộ Thụ lý LB")
    assigning.get_by_role("button", name="Giao việc").click()
    expect(page.locator("#handler_id-error")).to_contain_text("đã khai xung đột lợi ích")
    page.wait_for_load_state()
    assigning.get_by_label("Người thụ lý").select_option(label="Người Thụ Lý Khác")
    assigning.get_by_role("button", name="Giao việc").click()
    expect(page.get_by_text("Đã giao việc.")).to_be_visible()

    page.get_by_role("link", name="Xung đột lợi ích, người bị tố cáo").click()
    expect(page.get_by_text("Người bị tố cáo là anh ruột của tôi.")).to_be_visible()
    page.get_by_label("Người bị tố cáo", exact=True).fill("không có ai")
    page.get_by_role("button", name="Ghi người bị tố cáo").click()
    expect(page.locator("#name-error")).to_contain_text("Không có người nào trong hệ thống")
    page.wait_for_load_state()
    page.get_by_label("Người bị tố cáo", exact=True).fill("chutich.lb")
    page.get_by_role("button", name="Ghi người bị tố cáo").click()
    expect(page.get_by_text("Đã ghi. Người bị tố cáo không thấy hồ sơ này.")).to_be_visible()
    leave(page)

    sign_in(live_world.person("chutich.lb"))
    assert page.goto(f"/cases/{case_id}").status == 404
