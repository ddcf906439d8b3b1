"""Way 2 to its ends: stored and destroyed after a year, papers that join a case, a body that takes over from another."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from app.core.clock import frozen
from app.core.db import db, unit_of_work
from app.organisation.models import Person
from complaints.models.cases import Case
from complaints.models.petitions import Petition
from complaints.services.perform import perform
from complaints.services.succession import NewSuccession, enter_succession
from tests.factories import World, build_petition
from tests.hands import approve, leave, submit
from tests.journeys.test_handler import open_case

pytestmark = pytest.mark.browser
SignIn = Callable[[Person], Page]


def test_a_petition_is_checked_stored_and_destroyed_after_a_year(
    live_world: World, page: Page, sign_in: SignIn, screenshot: Callable[[str], None]
) -> None:
    """The officer marks what the paper has and proposes to store; the head approves; a year later the head destroys."""
    petition = build_petition(live_world, kind="complaint", signer_count=7)
    sign_in(live_world.person("donthu.lb"))
    page.goto(f"/petitions/{petition.id}")
    panel = page.locator("#conditions")
    panel.get_by_label("Bằng tiếng Việt, hoặc có bản dịch công chứng").check()
    panel.get_by_label("Ghi ngày, tháng, năm").check()
    panel.get_by_label("Nội dung, lý do, tài liệu và yêu cầu giải quyết").check()
    screenshot("petition-conditions")
    panel.get_by_role("button", name="Ghi kết quả kiểm tra").click()
    expect(page.get_by_text("Đã ghi: còn thiếu 1 điều kiện.")).to_be_visible()
    expect(panel).to_contain_text("chưa đủ điều kiện")
    page.get_by_role("link", name="Lưu đơn", exact=True).click()
    expect(page.locator("#ground")).to_have_value("no_signature")
    page.locator("#words").fill("Đơn không có chữ ký.")
    submit(page)
    leave(page)
    sign_in(live_world.person("chutich.lb"))
    page.goto(f"/petitions/{petition.id}")
    approve(page)
    expect(page.locator("section[aria-labelledby=clocks]")).to_contain_text("lưu đến hết ngày 16/11/2027")
    expect(page.locator("section[aria-labelledby=actions]")).to_contain_text(
        "Đơn phải lưu đến hết ngày 16/11/2027"
    )
    leave(page)
    with frozen(date(2027, 11, 17)):
        sign_in(live_world.person("chutich.lb"))
        page.goto("/petitions/")
        page.get_by_role("link", name="Đơn đã hết thời hạn lưu").click()
        page.get_by_role("link", name=petition.number).click()
        page.get_by_role("link", name="Huỷ đơn lưu", exact=True).click()
        page.locator("#words").fill("Hết thời hạn lưu.")
        page.get_by_role("button", name="Huỷ đơn lưu", exact=True).click()
        expect(page.get_by_text("Đã thực hiện: Huỷ đơn lưu.")).to_be_visible()
        screenshot("petition-destroyed")
    db.session.expire_all()
    assert db.session.get_one(Petition, petition.id).state == "destroyed"


def test_a_new_paper_joins_the_case_and_a_later_one_is_linked_to_an_answered_petition(
    live_world: World, page: Page, sign_in: SignIn, screenshot: Callable[[str], None]
) -> None:
    """One paper goes to the open case; another repeats what was guided before, and is linked instead of guided again."""
    case = open_case(live_world, "complaint")
    again = build_petition(live_world, kind="complaint")
    sign_in(live_world.person("donthu.lb"))
    page.goto(f"/petitions/{again.id}")
    expect(page.locator("#related")).to_contain_text("Có thể cùng nội dung")
    page.get_by_role("link", name="Nhập vào vụ việc đã có").click()
    page.locator("#case_id").select_option(str(case.id))
    page.get_by_role("button", name="Nhập vào vụ việc đã có").click()
    expect(page.get_by_text("Đã thực hiện: Nhập vào vụ việc đã có.")).to_be_visible()
    page.get_by_role("link", name=case.number).first.click()
    expect(page.get_by_role("link", name=again.number)).to_be_visible()
    guided = build_petition(live_world, kind="complaint", respondent_level="department")
    with unit_of_work():
        perform(guided, "guide", actor=live_world.principal("chutich.lb"),
                data={"on": "16/11/2026", "to_body": "Sở Xây dựng", "words": "Gửi đến Sở."})  # fmt: skip
    repeated = build_petition(live_world, kind="complaint", respondent_level="department")
    page.goto(f"/petitions/{repeated.id}")
    page.get_by_role("link", name="Gắn với đơn trước cùng nội dung").click()
    page.locator("#petition_id").select_option(str(guided.id))
    page.locator("#words").fill("Cùng nội dung đã hướng dẫn.")
    submit(page)
    leave(page)
    sign_in(live_world.person("chutich.lb"))
    page.goto(f"/petitions/{repeated.id}")
    expect(page.locator(".pending")).to_contain_text(guided.number)
    approve(page)
    page.locator("#related").get_by_role("link", name=guided.number).click()
    expect(page.locator("#related")).to_contain_text(repeated.number)
    screenshot("petition-linked")


def test_an_administrator_enters_a_succession_and_the_head_hands_a_case_over(
    live_world: World, page: Page, sign_in: SignIn, screenshot: Callable[[str], None]
) -> None:
    """The table names the new body; the case goes there with its number, and the old body still reads it."""
    case = open_case(live_world, "complaint")
    sign_in(live_world.person("quantri"))
    page.get_by_role("link", name="Cơ quan kế tiếp").first.click()
    page.get_by_role("button", name="Ghi vào bảng").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.locator("#old_unit_id").select_option(str(live_world.unit("LB").id))
    page.locator("#new_unit_id").select_option(str(live_world.unit("BD").id))
    page.locator("#valid_from").fill("16/11/2026")
    page.locator("#legal_basis").fill("Nghị quyết sáp nhập số 5 ngày 01/11/2026")
    page.get_by_role("button", name="Ghi vào bảng").click()
    expect(page.get_by_text("Đã ghi vào bảng cơ quan kế tiếp.")).to_be_visible()
    screenshot("successions")
    leave(page)
    sign_in(live_world.person("chutich.lb"))
    page.goto(f"/cases/{case.id}")
    page.get_by_role("link", name="Chuyển giao").click()
    page.locator("#minutes").fill("BB 3 ngày 16/11/2026")
    page.get_by_role("button", name="Chuyển giao").click()
    expect(page.get_by_text(re.compile("Đã chuyển giao VV-1/2026/LB .* số mới VV-1/2026/BD"))).to_be_visible()
    expect(page.get_by_role("heading", name="Đã chuyển giao")).to_be_visible()
    screenshot("case-handed-over")
    db.session.expire_all()
    assert db.session.get_one(Case, case.id).unit_id == live_world.unit("BD").id


def test_a_row_is_ended_with_its_reason(live_world: World, page: Page, sign_in: SignIn) -> None:
    """Entered wrongly: ended, never deleted."""
    with unit_of_work():
        enter_succession(
            NewSuccession(
                "UBND quận Long Biên", None, "", "", live_world.unit("LB").id, date(2025, 7, 1), "BB 1"
            ),
            actor=live_world.principal("quantri"),
        )
    sign_in(live_world.person("quantri"))
    page.goto("/admin/successions/")
    page.locator("summary", has_text="Kết thúc").click()
    page.get_by_label("Lý do").fill("Ghi nhầm.")
    page.get_by_role("button", name="Kết thúc dòng này").click()
    expect(page.get_by_text("Đã kết thúc dòng này.")).to_be_visible()
    expect(page.get_by_text("đã hết hiệu lực")).to_be_visible()
