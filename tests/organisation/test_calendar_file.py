"""Importing official days: what a file may say, what it is told when it says nonsense, and the way over the preview."""

import io
import re
from collections.abc import Callable
from datetime import date
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.calendar import DayKind, WorkCalendar
from app.core.db import unit_of_work
from app.organisation.calendar_file import plan, read_file, with_rest_of_years
from app.organisation.models import CalendarChange, CalendarDay, Person
from app.organisation.services.calendar import DayEntry, set_calendar_days
from app.web.locale import speaking
from tests.factories import World

SignIn = Callable[[Person], FlaskClient]
CSV = """\ufeffngày;loại;lý do;số quyết định;ngày quyết định
05/02/2027;nghỉ lễ;Tết Nguyên đán;123/TB-BNV;01/10/2026
2027-02-13;LÀM BÙ;Bù cho ngày 12/02;;
"""
ICS = """BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//BNV//VN\r
BEGIN:VEVENT\r
UID:1\r
DTSTART;VALUE=DATE:20270205\r
DTEND;VALUE=DATE:20270210\r
SUMMARY:Tết Nguyên đán\r
END:VEVENT\r
BEGIN:VEVENT\r
UID:2\r
DTSTART;VALUE=DATE:20270213\r
SUMMARY:Làm bù cho ngày 12/02\r
END:VEVENT\r
BEGIN:VEVENT\r
UID:3\r
DTSTART;VALUE=DATE:20270212\r
SUMMARY:Nghỉ Tết dài\r
CATEGORIES:nghỉ hoán đổi\r
END:VEVENT\r
END:VCALENDAR\r
"""
pytestmark = pytest.mark.usefixtures("session")


def test_a_csv_as_excel_saves_it_is_read_with_the_decision_given_for_what_names_none(world: World):
    read = read_file(CSV.encode(), decision_no="9/TB", decided_on=date(2026, 11, 1))
    assert read.problems == []
    assert read.entries == [
        DayEntry(date(2027, 2, 5), DayKind.HOLIDAY, "Tết Nguyên đán", "123/TB-BNV", date(2026, 10, 1)),
        DayEntry(date(2027, 2, 13), DayKind.SWAPPED_IN, "Bù cho ngày 12/02", "9/TB", date(2026, 11, 1)),
    ]


def test_an_ics_is_read_day_by_day_its_end_not_counted(world: World):
    read = read_file(ICS.encode())
    assert read.problems == []
    assert [(entry.day.day, entry.kind) for entry in read.entries] == [
        *((day, DayKind.HOLIDAY) for day in (5, 6, 7, 8, 9)), (13, DayKind.SWAPPED_IN), (12, DayKind.SWAPPED_OFF),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text, message",
    [
        ("ngày,loại,lý do\n31/02/2027,nghỉ lễ,x\n", "Dòng 2: không đọc được ngày “31/02/2027”"),
        ("ngày,loại,lý do\n05/02/2027,nghỉ mát,x\n", "Dòng 2: không biết loại “nghỉ mát”"),
        ("ngày,loại,lý do\n05/02/2027,nghỉ lễ,\n", "Dòng 2: Hãy nhập lý do."),
        ("ngày,loại,lý do\n\n05/02/2027,làm bù,x\n", "Dòng 3: Chỉ làm bù vào thứ Bảy, Chủ nhật"),
        ("ngày,loại,lý do\n05/02/2027,lễ,x\n05/02/2027,lễ,y\n", "Dòng 3: ngày 05/02/2027 có hai lần"),
        ("ngày,loại,lý do,ngày quyết định\n05/02/2027,lễ,x,hôm qua\n", "Dòng 2: không đọc được ngày quyết định"),
        ('ngày,loại,lý do\n05/02/2027,lễ,"x\n', "dấu ngoặc kép không khớp"),
        ("ngày,lý do\n05/02/2027,x\n", "Dòng đầu phải ghi tên cột"),
        ("ngày,loại,lý do\n", "Tệp không có ngày nào."),
        ("", "Dòng đầu phải ghi tên cột"),
        ("BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:x\n", "Không đọc được tệp lịch ICS"),
        (ICS.replace("DTSTART;VALUE=DATE:20270213", "RRULE:FREQ=YEARLY\r\nDTSTART;VALUE=DATE:20270213"),
         "Sự kiện 2 (Làm bù cho ngày 12/02): sự kiện lặp lại"),
        (ICS.replace("DTSTART;VALUE=DATE:20270213\r\n", ""), "Sự kiện 2 (Làm bù cho ngày 12/02): không đọc được ngày"),
        (ICS.replace("20270210", "20280210"), "Sự kiện 1 (Tết Nguyên đán): không đọc được ngày, hoặc kéo dài"),
    ],
)  # fmt: skip
def test_nonsense_is_named_by_its_line(world: World, text: str, message: str):
    assert any(message in problem for problem in read_file(text.encode()).problems), read_file(
        text.encode()
    ).problems


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"x" * 300_000])
def test_what_is_no_text_or_too_much_is_refused(world: World, data: bytes):
    assert len(read_file(data).problems) == 1


def test_a_complete_list_takes_back_what_was_only_computed(world: World):
    """Every computed holiday of the year that the list does not name becomes a day like any other."""
    entries = [DayEntry(date(2026, 11, 24), DayKind.HOLIDAY, "Ngày Văn hoá", "1/TB", date(2026, 10, 1))]
    added = with_rest_of_years(entries)[1:]
    general = WorkCalendar()
    assert {entry.day for entry in added} == {
        day
        for n in range(365)
        for day in [date.fromordinal(date(2026, 1, 1).toordinal() + n)]
        if general.is_working(day) is not (day.weekday() < 5) and day != date(2026, 11, 24)
    }
    assert {(entry.kind, entry.decision_no) for entry in added} == {(DayKind.ORDINARY, "1/TB")}


def test_the_plan_says_what_stands_now_and_leaves_out_what_stays(world: World):
    city, day = world.unit("HN").id, date(2026, 11, 24)
    known = DayEntry(day, DayKind.HOLIDAY, "Ngày Văn hoá")
    with unit_of_work():
        set_calendar_days(city, [known], actor=world.principal("quantri"))
    calendar = WorkCalendar()
    (planned,) = plan(city, [known, DayEntry(date(2026, 11, 23), DayKind.SWAPPED_OFF, "Nghỉ cầu")], calendar)
    assert (planned.entry.day.day, planned.before, planned.moves, planned.official_before) == (
        23,
        "làm việc",
        True,
        False,
    )


def upload(client: FlaskClient, text: str, **more: str):  # type: ignore[no-untyped-def]
    """Send a file to the preview."""
    return client.post("/calendar/import", data={"file": (io.BytesIO(text.encode()), "lich.csv"), **more})


def carried(page: str) -> dict[str, str]:
    """Return what the preview carries to its confirmation."""
    names = ("entries", "fingerprint")
    return {name: unescape(re.search(f'name="{name}" value="([^"]*)"', page)[1]) for name in names}  # type: ignore[index]


def test_nothing_is_written_before_the_preview_is_confirmed(world: World, login_as: SignIn, session: Session):
    client = login_as(world.person("quantri"))
    preview = upload(client, CSV)
    assert "2 ngày thay đổi" in preview.text
    assert session.scalars(select(CalendarDay)).all() == []
    answer = client.post("/calendar/import/confirm", data=carried(preview.text))
    change = session.scalars(select(CalendarChange)).one()
    assert (change.how, len(change.days)) == ("imported", 2)
    assert answer.headers["Location"] == f"/calendar/changes/{change.id}"
    assert {row.day.day for row in session.scalars(select(CalendarDay))} == {5, 13}
    assert "Lịch đã đúng như tệp này" in upload(client, CSV).text


def test_a_preview_that_is_out_of_date_is_shown_anew(world: World, login_as: SignIn, session: Session):
    client = login_as(world.person("quantri"))
    preview = upload(client, CSV)
    day = DayEntry(date(2027, 2, 13), DayKind.ORDINARY, "Không làm bù")
    with unit_of_work():
        set_calendar_days(world.unit("HN").id, [day], actor=world.principal("quantri"))
    answer = client.post("/calendar/import/confirm", data=carried(preview.text))
    assert answer.status_code == 409
    assert "chưa ghi gì" in answer.text
    assert "như ngày thường: Không làm bù" in answer.text
    assert len(session.scalars(select(CalendarDay)).all()) == 1


def test_a_file_of_nonsense_and_a_forged_preview_write_nothing(
    world: World, login_as: SignIn, session: Session
):
    client = login_as(world.person("quantri"))
    bad = upload(client, "ngày,loại,lý do\n05/02/2027,nghỉ lễ,Tết\nhôm kia,nghỉ lễ,Tết\n")
    assert bad.status_code == 422
    assert "Dòng 3" in bad.text
    assert client.post("/calendar/import", data={}).status_code == 422
    for entries in ("", "[]", "{", '[{"day": "x"}]', '[{"day": "2027-02-05"}]', "[1]"):
        forged = {"entries": entries, "fingerprint": "x"}
        assert client.post("/calendar/import/confirm", data=forged).status_code == 422, entries
    assert session.scalars(select(CalendarDay)).all() == []


def test_a_file_may_name_the_kinds_in_the_words_that_its_reader_sees(world: World, app: Flask):
    text = b"day,kind,reason\n2027-02-05,public holiday,Tet\n2027-02-12,day off in exchange,Tet\n"
    with app.test_request_context(), speaking("en"):
        found = read_file(text)
    assert [entry.kind for entry in found.entries] == [DayKind.HOLIDAY, DayKind.SWAPPED_OFF]
    assert not found.problems
