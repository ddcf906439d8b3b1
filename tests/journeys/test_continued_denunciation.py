"""In the browser: a denunciation is continued at the city, once because the commune is overdue, once after its conclusion."""

from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from app.core.clock import frozen
from app.core.db import db
from app.organisation.models import Person
from complaints.models.cases import Case
from complaints.models.petitions import Petition
from tests.complaints.test_continued import (
    LATE,
    concluded_case,
    continued_petition,
    of_the_city,
    overdue_case,
)
from tests.factories import World, build_petition
from tests.hands import fits, leave

pytestmark = pytest.mark.browser
SignIn = Callable[[Person], Page]


def take(page: Page, step: str) -> None:
    """Open the form of a step from the page of a petition or case, once that page stands whole."""
    page.wait_for_load_state()
    page.locator("section[aria-labelledby=actions]").get_by_role("link", name=step, exact=True).first.click()
    expect(page.get_by_role("heading", name=step)).to_be_visible()
    page.wait_for_load_state()


def send(page: Page, step: str) -> None:
    """Send the form of a step and see that it was taken."""
    page.get_by_role("button", name=step, exact=True).click()
    expect(page.get_by_text(f"Đã thực hiện: {step}.")).to_be_visible()


def case_of(letter: Petition) -> Case:
    """Return the case that a petition became, read again."""
    db.session.expire_all()
    db.session.rollback()
    assert letter.case is not None
    return letter.case


def test_an_overdue_denunciation_is_continued_demanded_reported_and_taken_over(
    live_world: World, page: Page, sign_in: SignIn
) -> None:
    """The desk classifies and opens, the head of the city demands, hears the report and takes the case over."""
    first = overdue_case(live_world)
    of_the_city(live_world)
    with frozen(LATE):
        letter = build_petition(live_world, by="donthu.hn", unit="BTCD", respondent="Ông Trần Văn X")
        letter_id, first_id, first_number = letter.id, first.id, first.number
        sign_in(live_world.person("donthu.hn"))
        page.goto(f"/petitions/{letter_id}")
        take(page, "Phân loại")
        page.locator("#kind").get_by_text("Tố cáo", exact=True).click()
        page.locator("#field").select_option("land")
        page.locator("#respondent_level").select_option("commune_officer")
        page.get_by_label("Tố cáo tiếp vì cấp dưới quá thời hạn mà chưa giải quyết").check()
        send(page, "Phân loại")
        expect(page.locator("#competence")).to_contain_text("Mở vụ việc tố cáo tiếp")
        take(page, "Mở vụ việc tố cáo tiếp")
        page.get_by_role("button", name="Mở vụ việc tố cáo tiếp").click()
        expect(
            page.get_by_text("Chọn vụ việc trước, hoặc ghi nơi đã giải quyết trước đó.").first
        ).to_be_visible()
        page.wait_for_load_state()
        choices = page.get_by_label("Vụ việc tố cáo trước")
        expect(choices.locator("option").nth(1)).to_contain_text(f"{first_number}: ")
        choices.select_option(index=1)
        send(page, "Mở vụ việc tố cáo tiếp")
        leave(page)
        case_id = case_of(letter).id
        sign_in(live_world.person("chutich.hn"))
        page.set_viewport_size({"width": 390, "height": 900})
        page.goto(f"/cases/{case_id}")
        expect(page.get_by_text("Vụ việc tố cáo trước:")).to_be_visible()
        expect(page.get_by_role("link", name=first_number)).to_have_attribute("href", f"/cases/{first_id}")
        fits(page)
        take(page, "Yêu cầu cấp dưới báo cáo")
        page.get_by_label("Gửi người giải quyết tố cáo").fill("Chủ tịch UBND phường Long Biên")
        page.locator("#words").fill("Báo cáo quá trình giải quyết, lý do chậm.")
        send(page, "Yêu cầu cấp dưới báo cáo")
        take(page, "Ghi ngày cấp dưới nhận yêu cầu")
        page.get_by_label("Ngày cấp dưới nhận văn bản yêu cầu").fill("21/12/2026")
        send(page, "Ghi ngày cấp dưới nhận yêu cầu")
        expect(page.locator("section[aria-labelledby=clocks]")).to_contain_text(
            "Báo cáo cấp trên về việc quá thời hạn"
        )
        take(page, "Ghi nhận báo cáo của cấp dưới")
        page.locator("#words").fill("Người giải quyết là anh ruột của người bị tố cáo.")
        send(page, "Ghi nhận báo cáo của cấp dưới")
        take(page, "Rút vụ việc lên giải quyết")
        page.get_by_text("Người bị tố cáo là người thân thích của người xác minh, người giải quyết").click()
        page.locator("#words").fill("Có dấu hiệu không khách quan.")
        send(page, "Rút vụ việc lên giải quyết")
        take(page, "Thụ lý tố cáo")
        page.get_by_label("Số quyết định thụ lý").fill("9/QĐ-UBND")
        send(page, "Thụ lý tố cáo")
        expect(page.locator("section[aria-labelledby=clocks]")).to_contain_text("20/01/2027")
        leave(page)
        sign_in(live_world.person("chutich.lb"))
        page.goto(f"/cases/{first_id}")
        expect(page.get_by_text("Cấp trên đã rút lên giải quyết").first).to_be_visible()
        expect(page.get_by_text("Cấp trên yêu cầu báo cáo").first).to_be_visible()


def test_a_concluded_denunciation_is_continued_reviewed_and_rejected_with_its_reason(
    live_world: World, page: Page, sign_in: SignIn
) -> None:
    """The desk opens the review; the head finds the settlement correct and says why."""
    first = concluded_case(live_world)
    today = date(2026, 11, 16)
    letter = continued_petition(live_world, today, overdue=False)
    letter_id, first_id = letter.id, first.id
    sign_in(live_world.person("donthu.hn"))
    page.goto(f"/petitions/{letter_id}")
    take(page, "Mở vụ việc tố cáo tiếp")
    page.get_by_label("Vụ việc tố cáo trước").select_option(str(first_id))
    send(page, "Mở vụ việc tố cáo tiếp")
    leave(page)
    case_id = case_of(letter).id
    sign_in(live_world.person("chutich.hn"))
    page.goto(f"/cases/{case_id}")
    expect(page.locator("section[aria-labelledby=clocks]")).to_contain_text("07/12/2026")
    take(page, "Không giải quyết lại")
    page.get_by_role("button", name="Không giải quyết lại").click()
    expect(page.locator("#words")).to_have_attribute("aria-invalid", "true")
    page.wait_for_load_state()
    page.locator("#words").fill("Việc giải quyết trước đó đúng quy định.")
    send(page, "Không giải quyết lại")
    expect(page.get_by_text("Không giải quyết lại").first).to_be_visible()
    page.goto(f"/cases/{first_id}")
    expect(page.get_by_text("Vụ việc tố cáo tiếp:")).to_be_visible()
