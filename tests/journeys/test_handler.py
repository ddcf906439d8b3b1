"""Way 3: a complaint, a denunciation and a proposal, each walked from start to end by its handler and its head."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from app.core.clock import frozen
from app.core.db import db, unit_of_work
from app.organisation.models import Person
from complaints.models.cases import Case
from complaints.models.clocks import Clock
from complaints.services.perform import perform
from tests.factories import World, build_petition
from tests.hands import approve, leave, submit

pytestmark = pytest.mark.browser
SignIn = Callable[[Person], Page]


def open_case(world: World, kind: str, **changes: object) -> Case:
    """Register a petition of a kind and open its case, as the petition officer does."""
    petition = build_petition(world, kind=kind, **changes)
    with unit_of_work():
        perform(petition, "open_case", actor=world.principal("donthu.lb"), data={"on": "16/11/2026"})
    assert petition.case is not None
    return petition.case


class Desk:
    """Two people at one browser: whoever acts signs in, opens the case and takes a step."""

    def __init__(self, world: World, page: Page, sign_in: SignIn, case: Case) -> None:
        self.world, self.page, self._sign_in, self.case_id = world, page, sign_in, case.id
        self._who = ""

    def be(self, username: str) -> "Desk":
        """Sign in as somebody and open the case."""
        if self._who != username:
            leave(self.page)
            self._sign_in(self.world.person(username))
            self._who = username
        self.page.goto(f"/cases/{self.case_id}")
        return self

    def step(
        self, label: str, action: str, fields: dict[str, str] | None = None, check: tuple[str, ...] = ()
    ) -> None:
        """Open a step by its button, fill it in, and take it."""
        self.page.get_by_role("link", name=label, exact=True).click()
        expect(self.page).to_have_url(re.compile(f"/do/{action}$"))
        for name, value in (fields or {}).items():
            self.page.locator(f"#{name}").fill(value)
        for value in check:
            self.page.locator(f'input[value="{value}"]').check()
        basis = self.page.locator("#basis_checked")
        if basis.count():  # the step rests on a row of the law that is not certain
            basis.check()
        self.page.get_by_role("button", name=label, exact=True).click()
        expect(self.page.get_by_text(f"Đã thực hiện: {label}.")).to_be_visible()

    def assign(self, unit: str, handler: str) -> None:
        """Give the case to somebody."""
        self.page.locator("#unit_id").select_option(str(self.world.unit(unit).id))
        self.page.locator("#handler_id").select_option(str(self.world.person(handler).id))
        self.page.get_by_role("button", name="Giao việc").click()
        expect(self.page.get_by_text("Đã giao việc.")).to_be_visible()

    @property
    def state(self) -> str:
        """Return the state that the database holds."""
        db.session.expire_all()
        return db.session.get_one(Case, self.case_id).state


def test_a_first_complaint_from_acceptance_to_its_end(
    live_world: World, page: Page, sign_in: SignIn, screenshot: Callable[[str], None]
) -> None:
    """Accept, assign, verify, declare complex, report, dialogue, decide, send, deliver, effect, execute, close (7.3)."""
    case = open_case(live_world, "complaint")
    desk = Desk(live_world, page, sign_in, case)
    desk.be("chutich.lb").step("Thụ lý", "accept", {"document_no": "15/TB-UBND"}, ("act",))
    desk.assign("LB-KT", "thuly.lb")
    desk.step("Giao xác minh", "verify", {"document_no": "21/QĐ-UBND"})
    page.get_by_text("Vì sao ngày này?").first.click()
    expect(page.locator(".steps").first).to_be_visible()
    screenshot("case")
    desk.step("Xác định vụ việc phức tạp", "declare_complex",
              {"document_no": "3/VB", "words": "Hai nơi phải xác minh."}, ("places",))  # fmt: skip
    resolve = db.session.query(Clock).filter_by(case_id=case.id, code="KN1_RESOLVE").one()
    db.session.refresh(resolve)
    assert resolve.due_on == date(2026, 12, 31)  # 45 days in all from 16/11, a Thursday
    desk.be("thuly.lb").step(
        "Nộp báo cáo xác minh", "report", {"document_no": "8/BC", "words": "Có cơ sở một phần."}
    )
    desk.be("chutich.lb").step("Hẹn đối thoại", "set_dialogue", {"dialogue_on": "24/11/2026"})
    with frozen(date(2026, 11, 24)):
        desk.be("thuly.lb").step(
            "Đã đối thoại", "hold_dialogue", {"copies": "3", "words": "Hai bên thống nhất một phần."}
        )
        desk.be("chutich.lb").step("Ký quyết định giải quyết", "decide",
                                   {"document_no": "99/QĐ-UBND", "words": "Chấp nhận một phần."}, ("partly",))  # fmt: skip
        desk.be("thuly.lb").step("Ghi ngày gửi quyết định", "dispatch")
    with frozen(date(2026, 11, 26)):
        desk.be("thuly.lb").step("Ghi ngày người khiếu nại nhận", "deliver", {"delivered_on": "25/11/2026"})
    with frozen(date(2026, 12, 20)):
        desk.be("chutich.lb")
        expect(
            page.get_by_text("thời hạn khiếu nại lần hai").or_(page.get_by_text("thời hạn có hiệu lực")).first
        ).to_be_visible()
        expect(page.get_by_role("link", name="Xác nhận có hiệu lực")).to_have_count(0)
    with frozen(date(2026, 12, 29)):
        desk.be("chutich.lb").step("Xác nhận có hiệu lực", "confirm_effect")
        desk.step("Tổ chức thi hành", "execute", {"document_no": "7/KH", "words": "Kế hoạch thi hành."})
        desk.step("Kết thúc vụ việc", "close")
    assert desk.state == "closed"


def test_a_denunciation_from_the_check_to_its_end(
    live_world: World, page: Page, sign_in: SignIn, screenshot: Callable[[str], None]
) -> None:
    """Accept, notify, verify, extend, report, conclude, send, handle, publish twice, close (7.5); never a name."""
    case = open_case(live_world, "denunciation", respondent_level="commune_officer", field="construction")
    desk = Desk(live_world, page, sign_in, case)
    desk.be("chutich.lb").step("Thụ lý tố cáo", "accept", {"document_no": "5/QĐ-TL"})
    expect(page.get_by_text("Nguyễn Văn Thử")).to_have_count(0)
    desk.assign("LB-KT", "thuly.lb")
    desk.step("Thành lập tổ xác minh", "verify",
              {"document_no": "6/QĐ", "team_size": "3", "leader": "Trưởng phòng"}, ("y",))  # fmt: skip
    desk.be("thuly.lb")
    expect(page.get_by_text("Người tố cáo 1 (bí mật)")).to_be_visible()
    screenshot("denunciation")
    desk.step("Ghi ngày gửi thông báo thụ lý", "notify")
    desk.step("Ghi biên bản làm việc", "record_work", {"copies": "2", "words": "Làm việc tại trụ sở."})
    desk.be("chutich.lb").step("Gia hạn giải quyết", "extend",
                               {"days": "30", "document_no": "1/GH", "words": "Nhiều nơi."}, ("places",))  # fmt: skip
    resolve = db.session.query(Clock).filter_by(case_id=case.id, code="TC_RESOLVE").one()
    db.session.refresh(resolve)
    assert resolve.due_on == date(2027, 1, 15)  # 30 + 30 days from 16/11, a Friday
    desk.be("thuly.lb").step("Nộp báo cáo xác minh", "report", {"words": "Báo cáo."})
    desk.be("chutich.lb").step(
        "Ký kết luận", "conclude", {"document_no": "2/KL", "words": "Đúng một phần."}, ("partly",)
    )
    desk.be("thuly.lb").step("Ghi ngày gửi kết luận", "send_conclusion")
    desk.be("chutich.lb").step("Xử lý kết luận", "handle", {"words": "Kiểm điểm."})
    desk.be("thuly.lb")
    page.get_by_role("link", name="Ghi ngày công khai", exact=True).click()
    page.get_by_label("Niêm yết tại trụ sở, nơi tiếp công dân").check()
    page.get_by_label("Niêm yết từ ngày").fill("16/11/2026")
    page.get_by_label("Niêm yết đến hết ngày").fill("30/11/2026")
    page.get_by_label("Nơi công khai").fill("Trụ sở UBND phường")
    page.get_by_role("button", name="Ghi ngày công khai").click()
    page.wait_for_load_state("load")
    expect(page.locator(".field.has-error", has=page.locator("#posted_to"))).to_contain_text(
        "ít nhất 15 ngày liên tục, không tính ngày bắt đầu: đến hết ngày 01/12/2026 (Luật Tố cáo Điều 40"
    )
    expect(page.get_by_label("Nơi công khai")).to_have_value("Trụ sở UBND phường")
    page.get_by_label("Niêm yết đến hết ngày").fill("01/12/2026")
    page.get_by_role("button", name="Ghi ngày công khai").click()
    expect(page.get_by_text("Đã thực hiện: Ghi ngày công khai.")).to_be_visible()
    desk.be("chutich.lb").step("Kết thúc vụ việc", "close")
    assert desk.state == "tc_closed"


def test_a_proposal_is_answered(live_world: World, page: Page, sign_in: SignIn) -> None:
    """Assign, study, add a note, answer (7.7)."""
    case = open_case(live_world, "proposal", field="environment", respondent_level="commune")
    desk = Desk(live_world, page, sign_in, case)
    desk.be("chutich.lb").assign("LB-KT", "thuly.lb")
    desk.step("Bắt đầu giải quyết", "study")
    desk.be("thuly.lb")
    page.locator("#text").fill("Đã gọi công ty môi trường.")
    page.get_by_role("button", name="Ghi", exact=True).click()
    expect(page.get_by_text("Đã gọi công ty môi trường.")).to_be_visible()
    page.get_by_role("link", name="Trả lời", exact=True).click()
    page.locator("#words").fill("Đã dọn bãi rác và lắp biển cấm.")
    submit(page)
    desk.be("chutich.lb")
    approve(page)
    assert desk.state == "answered"


def test_a_handler_returns_a_case_with_a_reason(live_world: World, page: Page, sign_in: SignIn) -> None:
    """The case goes back to the head and leaves the handler's list."""
    case = open_case(live_world, "proposal", field="environment", respondent_level="commune")
    desk = Desk(live_world, page, sign_in, case)
    desk.be("chutich.lb").assign("LB-KT", "thuly.lb")
    desk.be("thuly.lb")
    page.get_by_text("Trả lại vụ việc").click()
    page.locator("#hb").fill("Không thuộc mảng việc được phân công.")
    page.get_by_role("button", name="Trả lại").click()
    expect(page.get_by_text("Đã trả lại vụ việc.")).to_be_visible()
    assert page.goto(f"/cases/{case.id}").status == 404  # type: ignore[union-attr]


def test_a_case_changes_hands_by_unfolding_the_choice(live_world: World, page: Page, sign_in: SignIn) -> None:
    """Who holds a case stands on its page; the choice of somebody else is fetched when it is wanted."""
    case = open_case(live_world, "proposal", field="environment", respondent_level="commune")
    desk = Desk(live_world, page, sign_in, case)
    desk.be("chutich.lb").assign("LB-KT", "thuly.lb")
    expect(page.locator("#assign + p")).to_contain_text("Cán bộ Thụ lý LB")
    page.get_by_text("Giao cho người khác").click()
    desk.assign("LB-VP", "donthu.lb")
    expect(page.locator("#assign + p")).to_contain_text("Cán bộ Đơn thư LB")
