"""In the browser: a paper of a denunciation is masked by hand or by numbers, confirmed by another, seen by the verifier."""

import io
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from app.core.db import db, unit_of_work
from app.files.services import read_file, store_upload
from app.organisation.models import Person
from complaints.models.cases import Case
from complaints.models.extracts import MaskedPicture
from complaints.models.petitions import Petition
from complaints.services.assignment import assign
from complaints.services.registration import Paper
from tests.factories import World
from tests.files.test_masking import WHITE, jpeg, near, opened, paper, scan
from tests.hands import fits, leave, sound
from tests.journeys.test_handler import open_case

pytestmark = pytest.mark.browser
SignIn = Callable[[Person], Page]


def given(world: World, *files: tuple[str, bytes]) -> tuple[Case, Petition]:
    """Open the case of a denunciation with files and give it to the handler."""
    with unit_of_work():
        stored = [
            store_upload(
                FileStorage(io.BytesIO(content), name), actor=world.principal("donthu.lb"), sealed=True
            )
            for name, content in files
        ]
    papers = tuple(Paper("Đơn viết tay", 1, False, file) for file in stored)
    case = open_case(
        world, "denunciation", respondent_level="commune_officer", field="construction", papers=papers
    )
    with unit_of_work():
        assign(case, unit_id=world.unit("LB-KT").id, handler_id=world.person("thuly.lb").id,
               actor=world.principal("chutich.lb"))  # fmt: skip
    return case, db.session.scalars(select(Petition).where(Petition.case_id == case.id)).one()


def drag(page: Page, area: Locator, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Draw with the mouse from one place of the picture to another, in parts of its size."""
    area.scroll_into_view_if_needed()
    box = area.bounding_box()
    assert box is not None
    at = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in (start, end)]
    page.mouse.move(*at[0])
    page.mouse.down()
    page.mouse.move(*at[1], steps=4)
    page.mouse.up()


def touch(page: Page, area: Locator, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Draw with a finger."""
    area.scroll_into_view_if_needed()
    box = area.bounding_box()
    assert box is not None
    line = page.context.new_cdp_session(page)
    line.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    for kind, (x, y) in (("touchStart", start), ("touchMove", end), ("touchEnd", end)):
        points = (
            []
            if kind == "touchEnd"
            else [{"x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"]}]
        )
        line.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    line.detach()


@pytest.mark.parametrize("width", [1440, 390])
def test_a_paper_is_masked_confirmed_by_another_and_the_verifier_sees_what_is_left(
    live_world: World, page: Page, sign_in: SignIn, width: int
) -> None:
    case, petition = given(live_world, ("anh.jpg", jpeg(paper((1200, 800)))))
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(live_world.person("donthu.lb"))
    page.goto(f"/petitions/{petition.id}/extract")
    page.get_by_role("link", name=re.compile("Che rồi đưa vào bản trích")).click()
    page.wait_for_load_state("load")
    sound(page)
    page.get_by_role("button", name="Lưu ảnh đã che").click()
    expect(page.get_by_role("alert")).to_contain_text("Vẽ ít nhất một ô che")
    page.wait_for_load_state("load")
    # Who photographs the paper as it was handed in photographs their own name and the time.
    expect(page.locator(".mask-picture .mark span").first).to_have_text(
        "Cán bộ Đơn thư LB · 16/11/2026 09:00"
    )
    area = page.locator("[data-mask-area]")
    (drag if width == 1440 else touch)(page, area, (0.5, 0.002), (0.999, 0.998))
    left = page.get_by_role("group", name="Ô 1", exact=True).get_by_label("Trái %")
    expect(left).to_have_value(re.compile(r"^(49|50)"))
    expect(area.locator("rect")).to_have_count(1)
    page.get_by_role("button", name="Lưu ảnh đã che").click()
    expect(page.get_by_text("chờ người thứ hai xác nhận").first).to_be_visible()
    expect(page.get_by_role("button", name="Xác nhận không lộ người tố cáo")).to_have_count(0)
    page.wait_for_load_state("networkidle")
    sound(page)
    editor = page.url
    leave(page)

    db.session.rollback()
    kept = opened(read_file(db.session.scalars(select(MaskedPicture)).one().file))
    dark = kept.crop((620, 20, 1180, 780))
    assert max(highest for _lowest, highest in dark.getextrema()) <= 2  # type: ignore[misc]
    assert near(kept.getpixel((200, 400)), WHITE)

    sign_in(live_world.person("chutich.lb"))
    page.goto(editor)
    page.get_by_role("button", name="Xác nhận không lộ người tố cáo").click()
    expect(page.get_by_text("đã có người thứ hai xác nhận").first).to_be_visible()
    page.get_by_role("button", name="Phát hành cho người xác minh").click()
    expect(page.get_by_text("đã phát hành", exact=True)).to_be_visible()
    leave(page)

    sign_in(live_world.person("thuly.lb"))
    page.goto(f"/cases/{case.id}")
    read = page.get_by_role("region", name=re.compile("Bản trích của đơn"))
    read.get_by_text("Tài liệu 1, trang 1 (đã che)").click()
    picture = read.get_by_role("img", name=re.compile("Ảnh đã che"))
    expect(picture).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert picture.evaluate("image => image.complete && image.naturalWidth") == 1200
    fits(page)


def test_boxes_are_typed_changed_and_taken_back_by_keyboard_alone_on_a_page_of_a_scan(
    live_world: World, page: Page, sign_in: SignIn
) -> None:
    _case, petition = given(live_world, ("quet.pdf", scan()))
    sign_in(live_world.person("donthu.lb"))
    page.goto(f"/petitions/{petition.id}/extract/pictures/{petition.attachments[0].id}")
    page.wait_for_load_state("load")
    number = page.get_by_role("spinbutton", name="Trang")
    number.focus()
    number.fill("2")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Trang 2 như đã nộp")).to_be_visible()
    page.wait_for_load_state("load")
    page.get_by_role("button", name="Thêm ô bằng số").focus()
    page.keyboard.press("Enter")
    for value in ("10", "20,5", "30", "40"):
        page.keyboard.type(value)
        page.keyboard.press("Tab")
    area = page.locator("[data-mask-area]")
    expect(area.locator("rect")).to_have_attribute("y", "20.5")
    expect(page.get_by_role("button", name="Bỏ ô 1")).to_be_focused()
    page.keyboard.press("Enter")
    expect(area.locator("rect")).to_have_count(0)
    for value in ("0", "50", "100", "50"):
        page.keyboard.type(value)
        page.keyboard.press("Tab")
    page.get_by_role("button", name="Lưu ảnh đã che").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Đã lưu ảnh đã che.")).to_be_visible()
    db.session.rollback()
    kept = db.session.scalars(select(MaskedPicture)).one()
    assert (kept.page, kept.boxes) == (2, [[0, 50, 100, 50]])


def test_without_scripts_the_numbers_do_it(live_world: World, page: Page, sign_in: SignIn) -> None:
    _case, petition = given(live_world, ("anh.jpg", jpeg()))
    sign_in(live_world.person("donthu.lb"))
    page.route("**/*.js", lambda route: route.abort())
    page.goto(f"/petitions/{petition.id}/extract/pictures/{petition.attachments[0].id}")
    for name, value in (("Trái %", "0"), ("Trên %", "0"), ("Rộng %", "300"), ("Cao %", "20")):
        page.get_by_role("group", name="Ô 16").get_by_label(name).fill(value)
    page.get_by_role("button", name="Lưu ảnh đã che").click()
    wide = page.get_by_role("group", name="Ô 16").get_by_label("Rộng %")
    expect(wide).to_have_attribute("aria-invalid", "true")
    expect(wide).to_have_value("300")
    wide.fill("30")
    page.get_by_role("button", name="Lưu ảnh đã che").click()
    expect(page.get_by_text("Đã lưu ảnh đã che.")).to_be_visible()
