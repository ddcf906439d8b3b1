"""The desk's pages through the client: what is written, what is refused, and what is typed stays."""

import io
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.core.clock import frozen
from app.core.db import db, unit_of_work
from app.files.models import StoredFile
from app.organisation.models import Person
from complaints.models.clocks import Clock
from complaints.models.petitions import Petition
from complaints.services.perform import perform
from reception.models import Visit
from reception.services.visits import continue_visit, record_visit
from tests.factories import World, build_petition
from tests.reception.builders import ordinary_visit

LoginAs = Callable[[Person], FlaskClient]
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"


@pytest.fixture
def desk(world: World, login_as: LoginAs) -> FlaskClient:
    """The reception officer of Long Biên, signed in."""
    return login_as(world.person("tiepdan.lb"))


def typed(world: World, **changes: Any) -> dict[str, Any]:
    """Return an ordinary visit as the browser sends it; None leaves a field out."""
    values = {
        "submission_key": "k" * 32,
        "unit_id": str(world.unit("LB").id),
        "received_on": "16/11/2026",
        "visitors-0-full_name": "Lê Thị Sen",
        "visitors-0-identity_number": "999190000001",
        "visitors-0-phone": "0912 345 678",
        "visitors-0-address": "Số 5 ngõ 12, phường Long Biên",
        "people_count": "1",
        "kind": "complaint",
        "summary": "Không đồng ý mức bồi thường khi Nhà nước thu hồi đất.",
        "field": "land",
        "respondent": "Chủ tịch UBND phường",
        "respondent_level": "commune_chair",
        "respondent_unit_id": "0",
        "outcome": "taken_in",
        "reception": "regular",
    }
    values.update(changes)
    return {name: value for name, value in values.items() if value is not None}


def typed_letter(world: World, **changes: Any) -> dict[str, Any]:
    """Return a letter by post as the browser sends it."""
    values = {
        "submission_key": "k" * 32,
        "unit_id": str(world.unit("LB").id),
        "source": "post",
        "received_on": "16/11/2026",
        "senders-0-full_name": "Trần Văn Bàng",
        "kind": "complaint",
        "summary": "Khiếu nại quyết định xử phạt.",
        "field": "construction",
        "respondent_level": "",
        "respondent_unit_id": "0",
    }
    values.update(changes)
    return {name: value for name, value in values.items() if value is not None}


def count(table: type) -> int:
    """Return how many rows a table has."""
    return db.session.execute(select(func.count()).select_from(table)).scalar_one()


def test_a_visit_is_written_and_leads_to_its_tracking_code(desk: FlaskClient, world: World) -> None:
    answer = desk.post("/desk/visits/new", data=typed(world), follow_redirects=True)
    visit = db.session.execute(select(Visit)).scalar_one()
    assert visit.petition is not None
    assert answer.request.path == f"/desk/visits/{visit.id}/done"
    assert visit.petition.tracking_code in answer.text
    assert "chậm nhất ngày" in answer.text and "01/12/2026" in answer.text  # 10 working days over 24 November


def test_the_same_form_twice_is_one_visit_and_says_so(desk: FlaskClient, world: World) -> None:
    desk.post("/desk/visits/new", data=typed(world))
    again = desk.post("/desk/visits/new", data=typed(world), follow_redirects=True)
    assert "đã được ghi trước đó" in again.text
    assert (count(Visit), count(Petition)) == (1, 1)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"received_on": "17/11/2026"}, "Ngày nhận không thể ở tương lai."),
        ({"received_on": "31/12/2012"}, "Ngày nhận quá xa"),
        ({"received_on": "16 tháng 11"}, "Ghi ngày theo dạng"),
        ({"visitors-0-identity_number": "12345678901"}, "Đã gõ 11 ký tự"),
        ({"visitors-0-full_name": "Sen 😀"}, "Họ tên có ký tự lạ"),
        ({"visitors-0-phone": "123"}, "Số điện thoại gồm"),
        ({"summary": "Đơn dài. " * 66_000}, "nhiều nhất 20000"),
        ({"people_count": "mười hai"}, "Ghi bằng chữ số"),
        ({"people_count": "12"}, "đã có văn bản cử người đại diện hay chưa"),
        ({"outcome": None}, "Chọn kết quả tiếp."),
        ({"kind": None}, "Chọn loại nội dung."),
        ({"outcome": "refused", "outcome_note": "Say rượu, đã mời ra."}, "Chọn căn cứ từ chối"),
        ({"outcome": "guided"}, "Ghi cơ quan được hướng dẫn"),
        ({"kind": "denunciation", "summary": "Bà Sen, tức Lê Thị Sen, tố cáo"}, "người tố cáo"),
    ],
)
def test_bad_input_is_refused_in_words_and_what_was_typed_stays(
    desk: FlaskClient, world: World, changes: dict[str, Any], words: str
) -> None:
    data = typed(world, **changes)
    answer = desk.post("/desk/visits/new", data=data)
    assert answer.status_code == 422
    assert words in answer.text.replace("&#39;", "'")
    assert "Số 5 ngõ 12, phường Long Biên" in answer.text
    assert count(Visit) == 0


def test_everything_wrong_is_said_at_once(desk: FlaskClient, world: World) -> None:
    data = typed(world, summary="", outcome=None, received_on="17/11/2026", **{"visitors-0-phone": "12"})
    text = desk.post("/desk/visits/new", data=data).text
    for words in ("Ngày nhận không thể", "Số điện thoại gồm", "Ghi tóm tắt", "Chọn kết quả"):
        assert words in text


def test_decomposed_text_is_composed(desk: FlaskClient, world: World) -> None:
    desk.post("/desk/visits/new", data=typed(world, **{"visitors-0-full_name": "Le\u0302 Thi\u0323 Sen"}))
    visit = db.session.execute(select(Visit)).scalar_one()
    assert visit.people[0].party.full_name == "Lê Thị Sen"


def test_a_lying_attachment_is_refused_beside_its_row_and_leaves_nothing(
    desk: FlaskClient, world: World
) -> None:
    papers = {
        "papers-0-title": "Đơn",
        "papers-1-title": "Ảnh",
        "papers-1-file": (io.BytesIO(b"MZ\x90\x00exe"), "a.pdf"),
    }
    answer = desk.post("/desk/visits/new", data=typed(world, **papers))
    assert answer.status_code == 422
    assert 'id="papers-1-file-error"' in answer.text
    assert (count(Visit), count(Petition), count(StoredFile)) == (0, 0, 0)


def test_papers_handed_over_are_kept_with_their_files(desk: FlaskClient, world: World) -> None:
    papers = {
        "papers-0-title": "Đơn khiếu nại",
        "papers-0-pages": "3",
        "papers-0-is_original": "y",
        "papers-0-file": (io.BytesIO(PDF), "Đơn của tôi.pdf"),
        "papers-1-title": "",
        "papers-2-title": "Ảnh hiện trạng",
    }
    desk.post("/desk/visits/new", data=typed(world, **papers))
    petition = db.session.execute(select(Petition)).scalar_one()
    kept = [(paper.title, paper.pages, paper.is_original) for paper in petition.attachments]
    assert kept == [("Đơn khiếu nại", 3, True), ("Ảnh hiện trạng", None, False)]
    assert petition.attachments[0].file is not None and petition.attachments[0].file.name == "Đơn của tôi.pdf"


def test_sending_twice_stores_the_file_once(desk: FlaskClient, world: World) -> None:
    for _ in range(2):
        papers = {"papers-0-title": "Đơn", "papers-0-file": (io.BytesIO(PDF), "don.pdf")}
        desk.post("/desk/visits/new", data=typed(world, **papers))
    assert count(StoredFile) == 1


def test_rows_are_added_and_removed_without_javascript(desk: FlaskClient, world: World) -> None:
    data = typed(world, add="visitors")
    text = desk.post("/desk/visits/new", data=data).text
    assert 'name="visitors-1-full_name"' in text and "alert-danger" not in text
    data = typed(
        world, remove="visitors-1", **{"visitors-1-full_name": "Bàng", "visitors-2-full_name": "Mai"}
    )
    text = desk.post("/desk/visits/new", data=data).text
    assert 'value="Mai"' in text and 'value="Bàng"' not in text
    assert count(Visit) == 0


def test_many_rows_are_cut_to_what_a_form_holds(desk: FlaskClient, world: World) -> None:
    data = typed(world, add="visitors", **{f"visitors-{n}-full_name": f"Người {n}" for n in range(70)})
    text = desk.post("/desk/visits/new", data=data).text
    assert len(re.findall(r'name="visitors-\d+-full_name"', text)) == 50


def test_the_search_button_shows_earlier_matters_without_javascript(desk: FlaskClient, world: World) -> None:
    with unit_of_work():
        record_visit(ordinary_visit(world), actor=world.principal("tiepdan.lb"))
    text = desk.post("/desk/visits/new", data=typed(world, find="1")).text
    assert "trùng số giấy tờ" in text and "Cùng vụ việc này" in text


@pytest.mark.parametrize(
    ("sent", "found"),
    [
        ({"identity_number": "999 190 000 001"}, "trùng số giấy tờ"),
        ({"phone": "0912.345.678"}, "trùng điện thoại"),
        ({"name": "le thi sen"}, "trùng họ tên"),
        ({"name": "Lê Thị"}, "trùng họ tên"),
        ({"name": "Lê"}, "các lượt tiếp và đơn trước đây của người này hiện ở đây"),
        ({"name": "%%%%%% %"}, "hiện ở đây"),
        ({"identity_number": "999190000009"}, "Chưa thấy lượt tiếp"),
        ({}, "hiện ở đây"),
    ],
)
def test_earlier_matters_are_found_by_number_telephone_or_name(
    desk: FlaskClient, world: World, sent: dict[str, str], found: str
) -> None:
    with unit_of_work():
        record_visit(ordinary_visit(world), actor=world.principal("tiepdan.lb"))
    assert found in desk.post("/desk/earlier", data=sent).text


def test_another_body_does_not_see_who_was_here(world: World, login_as: LoginAs) -> None:
    with unit_of_work():
        record_visit(ordinary_visit(world), actor=world.principal("tiepdan.lb"))
    text = login_as(world.person("tiepdan.bd")).post("/desk/earlier", data={"name": "Lê Thị Sen"}).text
    assert "Chưa thấy lượt tiếp" in text


def test_what_is_typed_stands_in_no_address(desk: FlaskClient) -> None:
    assert desk.get("/desk/earlier?name=Sen").status_code in (404, 405)


def test_a_letter_is_registered(desk: FlaskClient, world: World) -> None:
    answer = desk.post("/desk/letters/new", data=typed_letter(world), follow_redirects=True)
    petition = db.session.execute(select(Petition)).scalar_one()
    assert petition.tracking_code in answer.text and petition.number in answer.text


def test_a_letter_may_be_classified_later(desk: FlaskClient, world: World) -> None:
    desk.post("/desk/letters/new", data=typed_letter(world, kind="later"))
    assert db.session.execute(select(Petition)).scalar_one().kind is None


def test_a_denunciation_by_email_is_sent_to_feedback(desk: FlaskClient, world: World) -> None:
    answer = desk.post("/desk/letters/new", data=typed_letter(world, source="online", kind="denunciation"))
    assert answer.status_code == 422 and "không phải hình thức tố cáo" in answer.text
    desk.post("/desk/letters/new", data=typed_letter(world, source="online", kind="proposal"))
    assert db.session.execute(select(Petition)).scalar_one().kind == "proposal"


def test_the_log_book_shows_the_month_and_keeps_its_filters(desk: FlaskClient, world: World) -> None:
    actor = world.principal("tiepdan.lb")
    with unit_of_work():
        record_visit(ordinary_visit(world, summary="Nội dung tháng Mười Một"), actor=actor)
        record_visit(
            ordinary_visit(world, summary="Nội dung tháng Mười", received_on=date(2026, 10, 5)), actor=actor
        )
    page = desk.get("/desk/log-book").text
    assert "Nội dung tháng Mười Một" in page and "•••••••••001" in page
    assert "999190000001" not in page  # shown on a click that is recorded (R03)
    assert page.count("Nội dung tháng Mười<") == 0
    assert "Nội dung tháng Mười<" in desk.get("/desk/log-book?from=01/10/2026&to=31/10/2026").text
    assert "Không có lượt tiếp nào" in desk.get("/desk/log-book?kind=denunciation").text
    assert "Nội dung tháng Mười Một" in desk.get("/desk/log-book?from=hôm qua&cursor=xx&unit=abc").text


def test_the_log_book_turns_its_pages(desk: FlaskClient, world: World) -> None:
    with unit_of_work():
        for _ in range(27):
            record_visit(ordinary_visit(world), actor=world.principal("tiepdan.lb"))
    first = desk.get("/desk/log-book").text
    link = re.search(r'rel="next" href="([^"]+)"', first)
    assert link is not None
    second = desk.get(link.group(1).replace("&amp;", "&")).text
    assert "Lượt tiếp số 27/2026/LB" in first and "Lượt tiếp số 2/2026/LB" in second
    assert 'rel="prev"' in second


def test_the_log_book_costs_the_same_queries_however_long(
    desk: FlaskClient, world: World, count_queries: list[str]
) -> None:
    lengths = []
    for rows in (2, 20):
        with unit_of_work():
            for _ in range(rows):
                record_visit(ordinary_visit(world), actor=world.principal("tiepdan.lb"))
        db.session.expire_all()
        count_queries.clear()
        desk.get("/desk/log-book")
        lengths.append(len(count_queries))
    assert lengths[0] == lengths[1] <= 15


def test_a_refusal_that_needs_a_written_notice_says_until_when(desk: FlaskClient, world: World) -> None:
    data = typed(world, outcome="refused", refusal_ground="L9.3", outcome_note="Đã giải thích nhiều lần.")
    text = desk.post("/desk/visits/new", data=data, follow_redirects=True).text
    assert "Mẫu 01/TCD" in text and "19/11/2026" in text


def test_the_head_enters_the_signed_refusal_on_the_page_of_the_visit(world: World, login_as: LoginAs) -> None:
    new = ordinary_visit(
        world, outcome="refused", refusal_ground="D4.h", outcome_note="Đã trả lời, không mới."
    )
    with unit_of_work():
        visit = record_visit(new, actor=world.principal("tiepdan.lb"))
    officer, step = login_as(world.person("tiepdan.lb")), f"/desk/visits/{visit.id}/do/sign_refusal"
    assert "Ký thông báo từ chối" not in officer.get(f"/desk/visits/{visit.id}").text
    assert officer.post(step, data={"document_no": "1"}).status_code == 404
    officer.post("/sign-out")
    head = login_as(world.person("chutich.lb"))
    page = head.get(f"/desk/visits/{visit.id}").text
    assert "Ký thông báo từ chối" in page and "19/11/2026" in page
    form = head.get(step).text
    assert re.search(r'<input[^>]*checked[^>]*value="D4.h"', form)
    data = {"document_no": "", "on": "16/11/2026", "point": "D4.h", "version": str(visit.version)}
    empty = head.post(step, data=data)
    assert empty.status_code == 422 and "Hãy nhập: số văn bản." in empty.text
    wrong = head.post(step, data={**data, "document_no": "12/TB-UBND", "point": "L9.3"})
    assert wrong.status_code == 422 and "điểm h" in wrong.text and "12/TB-UBND" in wrong.text
    text = head.post(step, data={**data, "document_no": "12/TB-UBND"}, follow_redirects=True).text
    assert "số 12/TB-UBND, ký ngày 16/11/2026" in text and "Từ chối tiếp bằng văn bản" in text
    assert "theo khoản 3 Điều 4" in text and "Chủ tịch LB" in text
    gone = head.get(step, follow_redirects=True)
    assert "không còn thực hiện được" in gone.text
    assert head.post(f"/desk/visits/{visit.id}/do/hear").status_code == 404  # walked by the form, never alone


def test_an_alert_leads_from_the_duty_to_the_visit_and_its_clock_is_explained(
    world: World, login_as: LoginAs
) -> None:
    new = ordinary_visit(
        world, outcome="refused", refusal_ground="L9.3", outcome_note="Đã giải thích ba lần."
    )
    with unit_of_work():
        visit = record_visit(new, actor=world.principal("tiepdan.lb"))
    head = login_as(world.person("chutich.lb"))
    assert head.get(f"/desk/duties/{visit.refusal_duty_id}").location == f"/desk/visits/{visit.id}"
    assert head.get("/desk/duties/999999").status_code == 404
    clock = db.session.scalars(select(Clock).where(Clock.duty_id == visit.refusal_duty_id)).one()
    assert "19/11/2026" in head.get(f"/clocks/{clock.id}").text
    with frozen(date(2026, 11, 23)):
        late = head.get("/supervision/").text
        assert "Thông báo từ chối tiếp quá hạn ký" in late and visit.number in late
    head.post("/sign-out")
    other = login_as(world.person("chutich.bd"))
    assert other.get(f"/clocks/{clock.id}").status_code == 404


def test_the_desk_is_told_what_the_body_has_answered_before(desk: FlaskClient, world: World) -> None:
    earlier = build_petition(world, kind="proposal")
    with unit_of_work():
        perform(earlier, "transfer", actor=world.principal("chutich.lb"),
                data={"on": "16/11/2026", "to_body": "Sở Xây dựng", "document_no": "1", "words": "Đã chuyển."})  # fmt: skip
    typed_person = {"identity_number": "001090000001", "unit_id": world.unit("LB").id}
    text = desk.post("/desk/earlier", data=typed_person).text
    assert "đã trả lời kiến nghị, phản ánh" in text and earlier.number in text
    elsewhere = desk.post("/desk/earlier", data={**typed_person, "unit_id": world.unit("BD").id}).text
    assert "đã trả lời kiến nghị, phản ánh" not in elsewhere


def test_a_visit_goes_on_with_what_was_known_and_keeps_what_was_typed(
    world: World, desk: FlaskClient
) -> None:
    waits = ordinary_visit(world, outcome="await_reps", people_count=12, representatives_appointed=False)
    with unit_of_work():
        visit = record_visit(waits, actor=world.principal("tiepdan.lb"))
    assert "Nhận văn bản cử người đại diện" in desk.get(f"/desk/visits/{visit.id}").text
    form = desk.get(f"/desk/visits/{visit.id}/continue").text
    assert f"Tiếp tục lượt tiếp số {visit.number}" in form and "Lê Thị Sen" in form
    data = typed(world, people_count="12", representatives_appointed="yes", version=str(visit.version))
    refused = desk.post(f"/desk/visits/{visit.id}/continue", data=data)
    assert refused.status_code == 422 and "Đánh dấu ai là người đại diện." in refused.text
    more = desk.post(f"/desk/visits/{visit.id}/continue", data={**data, "add": "papers"})
    assert more.status_code == 200
    data["visitors-0-is_representative"] = "y"
    done = desk.post(f"/desk/visits/{visit.id}/continue", data=data, follow_redirects=True)
    assert "Mã tra cứu" in done.text and visit.outcome == "taken_in"
    again = desk.get(f"/desk/visits/{visit.id}/continue", follow_redirects=True)
    assert "không chờ tiếp tục" in again.text


def test_what_was_written_before_the_seal_is_not_shown(world: World, login_as: LoginAs) -> None:
    words = "Bà Lê Thị Sen đã được giải thích ba lần."
    new = ordinary_visit(world, outcome="refused", refusal_ground="L9.3", outcome_note=words)
    with unit_of_work():
        visit = record_visit(new, actor=world.principal("tiepdan.lb"))
    client = login_as(world.person("chutich.lb"))
    client.post(
        f"/desk/visits/{visit.id}/do/refusal_back",
        data={"words": "Phải tiếp.", "version": str(visit.version)},
    )
    assert words in client.get(f"/desk/visits/{visit.id}").text
    summary = "Người tố cáo nêu việc thu tiền ngoài quy định."
    with frozen(datetime(2026, 11, 16, 9, 0, tzinfo=UTC)), unit_of_work():
        continue_visit(
            visit,
            ordinary_visit(world, kind="denunciation", summary=summary),
            actor=world.principal("tiepdan.lb"),
        )
    page = client.get(f"/desk/visits/{visit.id}").text
    assert "Sen" not in page and "không hiện ở đây" in page and "Phải tiếp." not in page


def test_home_shows_today_and_the_receipts_that_wait(desk: FlaskClient, world: World) -> None:
    with unit_of_work():
        record_visit(ordinary_visit(world), actor=world.principal("tiepdan.lb"))
    text = desk.get("/desk").text
    assert text.count("Lê Thị Sen") == 2
    with frozen(date(2026, 11, 17)):
        text = desk.get("/desk").text
    assert "Hôm nay chưa tiếp ai." in text and text.count("Lê Thị Sen") == 1


@pytest.mark.parametrize("page", ["", "/done"])
def test_a_visit_of_another_body_looks_like_none(world: World, login_as: LoginAs, page: str) -> None:
    with unit_of_work():
        visit = record_visit(ordinary_visit(world), actor=world.principal("tiepdan.lb"))
    client = login_as(world.person("tiepdan.bd"))
    assert client.get(f"/desk/visits/{visit.id}{page}").status_code == 404
    assert client.get(f"/desk/visits/{visit.id + 1}{page}").status_code == 404
