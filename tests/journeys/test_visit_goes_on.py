"""In the browser: a written refusal is signed or sent back, a group comes back, contents are split, a demand is signed."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.core.db import db, unit_of_work
from app.core.permissions import Role
from app.organisation.models import Person
from complaints.models.petitions import Petition
from complaints.services.perform import perform
from reception.models import Visit
from tests.conftest import PASSWORD
from tests.factories import World, build_person
from tests.hands import fits, leave, record

pytestmark = pytest.mark.browser

SignIn = Callable[[Person], Page]


def as_other(page: Page, sign_in: SignIn, person: Person) -> None:
    """Sign out, and in as somebody else."""
    leave(page)
    sign_in(person)


def fill_in(page: Page, kind: str = "Khiếu nại", outcome: str = "Nhận đơn, chuyển xử lý") -> None:
    """Fill in a visit on the desk's form, without saving it."""
    page.goto("/desk/visits/new")
    page.get_by_label("Họ và tên").first.fill("Lê Thị Sen")
    page.get_by_label("Số căn cước, hộ chiếu").first.fill("999190000001")
    page.get_by_label("Địa chỉ").first.fill("Số 5 ngõ 12, phường Long Biên")
    page.get_by_label(kind, exact=True).check()
    page.get_by_label("Tóm tắt nội dung").fill("Không đồng ý mức bồi thường khi thu hồi đất ở.")
    page.get_by_label(outcome, exact=True).check()


def save(page: Page) -> None:
    """Save by the keyboard and wait for what was written."""
    record(page)
    page.wait_for_url("**/done")


def only_visit() -> Visit:
    """Return the one visit there is, freshly read."""
    db.session.rollback()
    return db.session.execute(select(Visit)).scalar_one()


def refuse(page: Page) -> None:
    """Refuse in writing at the desk."""
    fill_in(page, outcome="Từ chối tiếp")
    page.get_by_label("Căn cứ từ chối").select_option("L9.3")
    page.get_by_label("Đã giải thích, trả lời").fill("Đã giải thích ba lần, có thông báo bằng văn bản.")
    save(page)


@pytest.mark.parametrize("width", [1440, 390])
def test_the_head_signs_a_written_refusal(live_world: World, page: Page, sign_in: SignIn, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(live_world.person("tiepdan.lb"))
    refuse(page)
    expect(page.get_by_text("Còn việc của người đứng đầu")).to_contain_text("19/11/2026")
    as_other(page, sign_in, live_world.person("chutich.lb"))
    page.goto("/desk")
    page.locator("section", has_text="Lượt tiếp còn chờ").last.get_by_role("link", name="Lê Thị Sen").click()
    page.get_by_role("link", name="Ký thông báo từ chối").click()
    expect(page.get_by_label("Khoản 3 Điều 9 Luật Tiếp công dân")).to_be_checked()
    page.get_by_role("button", name="Ký thông báo từ chối").click()
    page.wait_for_load_state()
    expect(page.get_by_role("alert")).to_contain_text("số văn bản")
    page.get_by_label("Số văn bản").fill("12/TB-UBND")
    page.get_by_role("button", name="Ký thông báo từ chối").click()
    expect(page.get_by_text("số 12/TB-UBND, ký ngày 16/11/2026")).to_be_visible()
    fits(page)
    assert only_visit().state == "refused_written"


def test_a_refusal_that_is_sent_back_goes_on_at_the_desk(
    live_world: World, page: Page, sign_in: SignIn
) -> None:
    sign_in(live_world.person("tiepdan.lb"))
    refuse(page)
    as_other(page, sign_in, live_world.person("chutich.lb"))
    page.goto(f"/desk/visits/{only_visit().id}")
    page.get_by_role("link", name="Không đủ căn cứ từ chối, trả lại bàn tiếp").click()
    page.get_by_label("Nội dung, lý do").fill("Đơn nêu tình tiết mới, phải tiếp.")
    page.get_by_role("button", name="Không đủ căn cứ từ chối").click()
    expect(page.get_by_text("Đơn nêu tình tiết mới, phải tiếp.")).to_be_visible()
    as_other(page, sign_in, live_world.person("tiepdan.lb"))
    page.goto("/desk")
    expect(page.get_by_text("Bàn tiếp tiếp tục")).to_be_visible()
    page.locator("section", has_text="Lượt tiếp còn chờ").last.get_by_role("link", name="Lê Thị Sen").click()
    page.get_by_role("link", name="Tiếp tục tiếp").click()
    expect(page.get_by_label("Họ và tên").first).to_have_value("Lê Thị Sen")
    page.get_by_label("Nhận đơn, chuyển xử lý").check()
    save(page)
    visit = only_visit()
    assert (visit.outcome, visit.log_no) == ("taken_in", 1) and visit.petition is not None
    expect(page.locator(".tracking")).to_have_text(visit.petition.tracking_code)
    page.get_by_role("link", name="Xem lượt tiếp").click()


def test_a_group_appoints_its_representatives_and_goes_on(
    live_world: World, page: Page, sign_in: SignIn
) -> None:
    sign_in(live_world.person("tiepdan.lb"))
    fill_in(page, "Kiến nghị, phản ánh")
    page.locator("summary", has_text="Đi nhiều người").click()
    page.get_by_label("Số người đến").fill("12")
    page.get_by_label("Chưa có", exact=True).check()
    page.get_by_label("Yêu cầu cử người đại diện").check()
    save(page)
    page.get_by_role("link", name="Xem lượt tiếp").click()
    page.get_by_role("link", name="Nhận văn bản cử người đại diện, tiếp tục").click()
    page.get_by_label("Nhận đơn, chuyển xử lý").check()
    page.get_by_label("Đã có, mọi người ký").check()
    record(page)
    expect(page.get_by_role("alert")).to_contain_text("Đánh dấu ai là người đại diện.")
    page.get_by_label("Người thứ nhất là người đại diện").check()
    page.get_by_label("Nhận đơn, chuyển xử lý").focus()
    save(page)
    visit = only_visit()
    assert (visit.outcome, visit.representatives_appointed) == ("taken_in", True)
    assert [line.transition for line in visit.entries] == ["V1", "V6", "V7", "V9", "V11"]


@pytest.mark.parametrize("width", [1440, 390])
def test_mixed_contents_are_split_at_the_desk(
    live_world: World, page: Page, sign_in: SignIn, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(live_world.person("tiepdan.lb"))
    fill_in(page)
    expect(
        page.get_by_label("Nội dung tố cáo")
    ).to_be_hidden()  # nothing new in the way of the ordinary visit
    page.locator(".choice-mixed label").click()
    page.get_by_label("Nội dung khiếu nại").fill("Không đồng ý mức bồi thường.")
    page.get_by_label("Nội dung tố cáo").fill("Cán bộ thu tiền ngoài quy định.")
    save(page)
    expect(page.locator(".tracking")).to_have_count(2)
    db.session.rollback()
    petitions = db.session.scalars(select(Petition).order_by(Petition.id)).all()
    assert [p.kind for p in petitions] == ["complaint", "denunciation"]
    page.get_by_role("link", name="Xem lượt tiếp").click()
    expect(page.get_by_text("Các nội dung đã tách")).to_be_visible()
    expect(page.get_by_role("link", name="Có nguy hại với người tố cáo: đã xử lý ngay")).to_be_visible()
    page.get_by_role("link", name=petitions[1].number, exact=True).click()
    page.wait_for_url(f"**/petitions/{petitions[1].id}")
    page.go_back()
    page.get_by_role("link", name="Có nguy hại với người tố cáo: đã xử lý ngay").click()
    page.get_by_label("Báo cơ quan công an").check()
    page.get_by_label("Đã báo ai, lúc nào").fill("Công an phường, 9 giờ")
    page.get_by_label("Nội dung, lý do").fill("Người tố cáo bị gọi điện đe doạ.")
    page.get_by_role("button", name="Có nguy hại").click()
    expect(page.get_by_text("Báo cơ quan công an · Công an phường, 9 giờ")).to_be_visible()
    fits(page)


def test_a_demand_on_a_subordinate_is_prepared_and_signed(
    live_world: World, page: Page, sign_in: SignIn
) -> None:
    head = build_person("truongban", "Trưởng Ban", PASSWORD, (live_world.unit("BTCD"), Role.LEADER))
    db.session.commit()
    sign_in(live_world.person("tiepdan.lb"))
    page.goto("/desk/visits/new")
    expect(page.get_by_label("Trình yêu cầu cấp dưới giải quyết")).to_have_count(0)  # a commune is not asked
    as_other(page, sign_in, live_world.person("tiepdan.hn"))
    fill_in(page, outcome="Trình yêu cầu cấp dưới giải quyết")
    page.get_by_label("Cơ quan có thẩm quyền").fill("UBND phường Bồ Đề")
    page.get_by_label("Đã giải thích, trả lời").fill("Quá hạn hai tháng chưa giải quyết.")
    save(page)
    as_other(page, sign_in, head)
    page.goto(f"/desk/visits/{only_visit().id}")
    page.get_by_role("link", name="Ký văn bản yêu cầu cấp dưới giải quyết").click()
    expect(page.get_by_label("Cơ quan cấp dưới")).to_have_value("UBND phường Bồ Đề")
    page.get_by_label("Số văn bản").fill("45/BTCD")
    page.get_by_role("button", name="Ký văn bản yêu cầu").click()
    expect(page.get_by_text("UBND phường Bồ Đề, 45/BTCD")).to_be_visible()
    assert only_visit().state == "demand_subordinate"


def test_the_desk_sees_that_feedback_was_answered_before(
    live_world: World, page: Page, sign_in: SignIn
) -> None:
    sign_in(live_world.person("tiepdan.lb"))
    fill_in(page, "Kiến nghị, phản ánh")
    save(page)
    with unit_of_work():
        petition = db.session.scalars(select(Petition)).one()
        perform(petition, "transfer", actor=live_world.principal("chutich.lb"),
                data={"on": "16/11/2026", "to_body": "Sở Xây dựng", "document_no": "1", "words": "Đã chuyển."})  # fmt: skip
        number = petition.number
    page.goto("/desk/visits/new")
    page.get_by_label("Số căn cước, hộ chiếu").first.press_sequentially("999190000001")
    panel = page.get_by_role("complementary", name="Đã đến trước đây")
    expect(panel.get_by_role("note")).to_contain_text("đã trả lời kiến nghị, phản ánh")
    expect(panel.get_by_role("note")).to_contain_text(number)
