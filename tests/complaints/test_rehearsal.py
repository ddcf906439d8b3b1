"""A new version of a rule is rehearsed on the open clocks: who would end when; nothing is written."""

import csv
import io
import json
import re
import time
from collections.abc import Callable
from contextlib import nullcontext
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.commands import rehearse as command
from app.core.calendar import WorkCalendar
from app.core.db import unit_of_work
from app.organisation.models import Person
from complaints.clocks import ClockEvent, Verb
from complaints.models.clocks import Clock
from complaints.models.history import HistoryEntry
from complaints.rulebook.loader import load_rulebook
from complaints.rulebook.rehearsal import RehearsalError, new_version, outcome, read_versions
from complaints.services.clocks import append_event
from complaints.services.perform import perform
from complaints.services.rehearsal import rehearse
from tests.factories import World, build_petition

LOGIN = Callable[[Person], FlaskClient]
D = date
BOOK = load_rulebook()
SHORTER = {"code": "KN_ACCEPT", "number": 5, "valid_from": D(2027, 1, 1), "applies_to_open": True}
TOML = """
[[rule]]
code = "KN_ACCEPT"
number = 5
valid_from = 2027-01-01
applies_to_open = true
"""


def changed(number: int, unit: str = "wd", **more: object):
    row = {
        "code": "KN_ACCEPT",
        "number": number,
        "unit": unit,
        "valid_from": D(2027, 1, 1),
        "applies_to_open": True,
        **more,
    }
    return new_version(row, BOOK)


# ------------------------------------------------------------------------------------------------------------- the rows


def test_a_row_takes_what_it_does_not_say_from_the_newest_version():
    (version,) = read_versions(TOML, BOOK)
    assert (version.rule.number, version.rule.unit, version.rule.version) == (5, "wd", "KN_ACCEPT@2027-01-01")
    assert version.rule.article.startswith("Luật Khiếu nại Điều 27")
    assert version.applies_to_open


def test_a_whole_row_of_the_rulebook_may_be_given():
    row = """
[[rule]]
code = "TC_RESOLVE"
name_vi = "Giải quyết tố cáo"
name_en = "Resolving a denunciation"
unit = "wd"
number = 25
extension = { mode = "add", days = 20, times = 1, article = "Điều 30" }
end_roll = "none"
start_event = "denunciation_accepted"
stop_event = "conclusion_issued"
role = "resolver"
source = ["L-TC"]
form = "12/TC"
article = "Luật Tố cáo mới Điều 30"
cites = ["TC12"]
valid_from = 2027-07-01
confidence = "high"
"""
    (version,) = read_versions(row, BOOK)
    assert (version.rule.unit, version.rule.roll_end, version.applies_to_open) == ("wd", False, False)


@pytest.mark.parametrize(
    "text_, finding",
    [
        ("[[", "Không đọc được TOML"),
        ("", "Không có dòng [[rule]]"),
        ("rule = 1", "Không có dòng [[rule]]"),
        (TOML * 21, "Nhiều nhất 20"),
        (TOML * 2, "chỉ thử một phiên bản"),
        (TOML.replace("number = 5", ""), "thiếu 'number'"),
        (TOML.replace("number = 5", "number = 0"), "từ 1 đến 3650"),
        (TOML.replace("number = 5", 'number = "5"'), "'number' không phải int"),
        (TOML + "color = 1", "không có từ 'color'"),
        (TOML + 'unit = "hour"', "'unit' là"),
        (TOML.replace("2027-01-01", "2026-07-01"), "Ngày hiệu lực phải sau 01/07/2026"),
        (TOML.replace("KN_ACCEPT", "NO_SUCH"), "Không có quy định mã NO_SUCH"),
        (TOML.replace("KN_ACCEPT", "KN1_RESOLVE"), "hãy ghi cả các thời hạn đó"),
        (TOML.replace("KN_ACCEPT", "KN_DIALOGUE_NOTICE"), "tính lùi"),
        (TOML + "lengths = { normal = 6 }", "the number is the normal length"),
        (TOML + 'lengths = { normal = "a" }', "không phải số nguyên"),
        (TOML + "extension = { days = 3 }", "'extension' gồm"),
        (TOML + 'end_roll = "backward"', "'end_roll' là"),
    ],
)
def test_a_row_that_cannot_be_rehearsed_says_why(text_: str, finding: str):
    with pytest.raises(RehearsalError) as refused:
        read_versions(text_, BOOK)
    assert any(finding in one for one in refused.value.findings), refused.value.findings


# ------------------------------------------------------------------------------------------------------------ one clock


def test_a_version_valid_later_touches_open_clocks_only_where_a_transition_says_so():
    later = new_version({**SHORTER, "applies_to_open": False}, BOOK)
    assert not later.governs(D(2026, 12, 31)) and later.governs(D(2027, 1, 1))
    assert new_version(SHORTER, BOOK).governs(D(2026, 11, 16))


@pytest.mark.parametrize(
    "number, unit, due",
    [
        (5, "wd", D(2026, 11, 23)),
        (9, "wd", D(2026, 11, 30)),
        (7, "cal", D(2026, 11, 23)),
        (5, "cal", D(2026, 11, 23)),
    ],
)
def test_a_clock_is_counted_anew_from_its_own_events(number: int, unit: str, due: date):
    events = [ClockEvent(Verb.START, D(2026, 11, 16))]
    assert outcome(changed(number, unit), events, WorkCalendar()).due_on == due


def test_a_clock_that_rests_or_whose_past_is_impossible_says_so():
    calendar = WorkCalendar()
    resting = [ClockEvent(Verb.START, D(2026, 11, 16)), ClockEvent(Verb.PAUSE, D(2026, 11, 17))]
    assert outcome(changed(5), resting, calendar).resting
    extended = [ClockEvent(Verb.START, D(2026, 11, 16)), ClockEvent(Verb.EXTEND, D(2026, 11, 17), days=9)]
    assert outcome(changed(5), extended, calendar).impossible == "Thời hạn này không được gia hạn."


# ---------------------------------------------------------------------------------------------------------- all of them


def test_the_rehearsal_counts_by_unit_shows_what_may_be_seen_and_writes_nothing(
    world: World, session: Session
):
    for unit, by, n in (("LB", "donthu.lb", 3), ("BD", "donthu.bd", 2)):
        for _ in range(n):
            build_petition(world, by=by, unit=unit, kind="complaint")
    before = [session.scalar(select(func.count()).select_from(table)) for table in (Clock, HistoryEntry)]
    dues = session.scalars(select(Clock.due_on).order_by(Clock.id)).all()
    found = rehearse([changed(5)], actor=world.principal("thanhtra"))
    assert (found.examined, found.total.changed, found.total.earlier, found.visible) == (5, 5, 5, 5)
    assert {unit_id: count.changed for unit_id, count in found.units.items()} == {
        world.unit("LB").id: 3, world.unit("BD").id: 2,
    }  # fmt: skip
    assert {(c.old_due_on, c.new_due_on, c.days) for c in found.changes} == {
        (D(2026, 11, 26), D(2026, 11, 23), -3)
    }
    assert [
        session.scalar(select(func.count()).select_from(table)) for table in (Clock, HistoryEntry)
    ] == before
    assert session.scalars(select(Clock.due_on).order_by(Clock.id)).all() == dues
    assert not session.dirty and not session.new


def test_a_slice_is_taken_of_what_is_seen_and_the_counts_stay_whole(world: World):
    for _ in range(5):
        build_petition(world, kind="complaint")
    found = rehearse([changed(9)], actor=world.principal("thanhtra"), skip=3, limit=1)
    assert (len(found.changes), found.visible, found.total.later) == (1, 5, 5)


def test_an_administrator_sees_counts_and_no_matter(world: World):
    build_petition(world, kind="complaint")
    found = rehearse([changed(5)], actor=world.principal("quantri"))
    assert (found.total.changed, found.visible, found.changes) == (1, 0, [])


def test_clocks_that_keep_their_version_or_rest_are_told_apart(world: World, session: Session):
    for _ in range(2):
        build_petition(world, kind="complaint")
    clock = session.scalars(select(Clock).where(Clock.code == "KN_ACCEPT").order_by(Clock.id)).first()
    assert clock is not None
    with unit_of_work():
        append_event(clock, Verb.PAUSE, on=D(2026, 11, 16), actor=None)
    inspector = world.principal("thanhtra")
    found = rehearse([changed(5)], actor=inspector)
    assert (found.examined, found.resting, found.total.changed) == (2, 1, 1)
    kept = rehearse([changed(5, applies_to_open=False)], actor=inspector)
    assert (kept.untouched, kept.total.changed) == (2, 0)


def test_the_clock_of_a_petition_within_a_case_shows_the_case(world: World):
    petition = build_petition(world, kind="complaint")
    with unit_of_work():
        perform(petition, "open_case", actor=world.principal("donthu.lb"), data={"on": "16/11/2026"})
    (change,) = rehearse([changed(5)], actor=world.principal("thanhtra")).changes
    assert change.case_id == petition.case_id


def test_a_hundred_thousand_clocks_are_seconds(world: World, session: Session):
    """Ten thousand here; a hundred thousand clocks of one rule took 5 to 8 seconds on two busy cores."""
    petition = build_petition(world, kind="complaint")
    session.flush()
    values = {"petition": petition.id}
    session.execute(text(
        "INSERT INTO clocks (petition_id, code, rule_version, state, started_on, due_on, late) SELECT :petition, 'KN_ACCEPT', "
        "'KN_ACCEPT@2026-07-01', 'running', DATE '2026-08-01' + n % 100, DATE '2026-11-20', false FROM generate_series(1, 10000) n"
    ), values)  # fmt: skip
    session.execute(text(
        'INSERT INTO clock_events (clock_id, verb, "on", remote, complex, document, recorded_at) '
        "SELECT id, 'start', started_on, false, false, '', now() FROM clocks WHERE petition_id = :petition AND id NOT IN "
        "(SELECT clock_id FROM clock_events)"
    ), values)  # fmt: skip
    started = time.monotonic()
    found = rehearse([changed(5)], actor=world.principal("thanhtra"), limit=50)
    assert found.examined == 10_001 and len(found.changes) == 50
    assert time.monotonic() - started < 5.0


# ------------------------------------------------------------------------------------------------------------ the page

FORM = {"code": "KN_ACCEPT", "number": "5", "unit": "wd", "valid_from": "01/01/2027", "applies_to_open": "y"}


def test_the_page_shows_old_and_new_days_and_exports_them(world: World, login_as: LOGIN):
    petition = build_petition(world, kind="complaint")
    client = login_as(world.person("thanhtra"))
    assert "Thử quy định mới" in client.get("/rules/rehearsal/").text
    page = client.post("/rules/rehearsal/", data=FORM)
    assert page.status_code == 200
    assert petition.number in page.text and "26/11/2026" in page.text and "23/11/2026" in page.text
    assert (
        "sớm hơn 3 ngày" in page.text
        and "1 thời hạn sẽ đổi ngày" in page.text
        and "Chưa ghi gì." in page.text
    )
    sheet = client.post("/rules/rehearsal/", data={**FORM, "csv": "1"})
    assert sheet.mimetype == "text/csv"
    rows = list(csv.reader(io.StringIO(sheet.get_data(as_text=True).removeprefix("\ufeff"))))
    assert rows[1][:1] + rows[1][3:6] == [petition.number, "26/11/2026", "23/11/2026", "-3"]


def test_pages_follow_one_another_and_carry_what_was_asked(
    world: World, login_as: LOGIN, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("complaints.views.rehearsal.PAGE_SIZE", 2)
    numbers = [build_petition(world, kind="complaint").number for _ in range(5)]
    client = login_as(world.person("thanhtra"))
    shown = []
    for page_number in (1, 2, 3):
        page = client.post("/rules/rehearsal/", data={**FORM, "page": str(page_number)}).text
        assert f"Trang {page_number} trên 3" in page
        assert re.search(r'name="valid_from" value="01/01/2027"', page)
        shown += [number for number in numbers if f">{number}</a>" in page]
    assert shown == numbers


def test_rows_may_be_pasted_or_uploaded(world: World, login_as: LOGIN):
    build_petition(world, kind="complaint")
    client = login_as(world.person("thanhtra"))
    assert (
        "1 thời hạn sẽ đổi ngày"
        in client.post("/rules/rehearsal/", data={"code": "KN_ACCEPT", "unit": "wd", "toml": TOML}).text
    )
    upload = {"code": "KN_ACCEPT", "unit": "wd", "file": (io.BytesIO(TOML.encode()), "moi.toml")}
    assert "1 thời hạn sẽ đổi ngày" in client.post("/rules/rehearsal/", data=upload).text
    broken = {"code": "KN_ACCEPT", "unit": "wd", "file": (io.BytesIO(b"\xff\xfe\x00"), "moi.toml")}
    refused = client.post("/rules/rehearsal/", data=broken)
    assert refused.status_code == 422 and "Tệp phải là văn bản UTF-8" in refused.text


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"number": ""}, "Hãy nhập số ngày."),
        ({"valid_from": ""}, "Hãy nhập ngày."),
        ({"valid_from": "32/01/2027"}, "Ghi ngày theo dạng"),
        ({"valid_from": "01/07/2026"}, "Ngày hiệu lực phải sau 01/07/2026"),
        ({"number": "4000"}, "Từ 1 đến 3650."),
        ({"code": "KN1_RESOLVE"}, "hãy ghi cả các thời hạn đó"),
        ({"toml": "[["}, "Không đọc được TOML"),
    ],
)
def test_what_cannot_be_rehearsed_is_said_and_what_was_typed_stays(
    world: World, login_as: LOGIN, changes: dict[str, str], message: str
):
    page = login_as(world.person("thanhtra")).post("/rules/rehearsal/", data={**FORM, **changes})
    assert page.status_code == 422
    assert message in page.text


def test_lengths_of_complex_and_remote_cases_are_asked_for(world: World, login_as: LOGIN):
    form = {**FORM, "code": "KN1_RESOLVE", "number": "20", "unit": "cal", "complex_number": "30", "remote_number": "30",
            "both_number": "40"}  # fmt: skip
    assert login_as(world.person("thanhtra")).post("/rules/rehearsal/", data=form).status_code == 200


@pytest.mark.parametrize("username", ["donthu.lb", "thuly.lb", "chutich.lb"])
def test_only_inspectors_and_administrators_rehearse(world: World, login_as: LOGIN, username: str):
    client = login_as(world.person(username))
    assert client.get("/rules/rehearsal/").status_code == 404
    assert client.post("/rules/rehearsal/", data=FORM).status_code == 404


def test_an_administrator_gets_counts_and_is_told_why_no_list(world: World, login_as: LOGIN):
    petition = build_petition(world, kind="complaint")
    page = login_as(world.person("quantri")).post("/rules/rehearsal/", data=FORM).text
    assert "1 thời hạn sẽ đổi ngày" in page and petition.number not in page
    assert "danh sách chỉ gồm hồ sơ bạn được xem" in page


# --------------------------------------------------------------------------------------------------------- the command


@pytest.fixture
def run(app: object, session: Session, monkeypatch: pytest.MonkeyPatch) -> Callable[..., object]:
    """Run the command on the test's own transaction."""
    monkeypatch.setattr(command, "application", lambda: nullcontext(app))
    return lambda *arguments: CliRunner().invoke(command.rehearse, [str(a) for a in arguments])


def test_the_command_reports_in_words_and_as_json(world: World, run: Callable[..., object], tmp_path: Path):
    petition = build_petition(world, kind="complaint")
    file = tmp_path / "new.toml"
    file.write_text(TOML, encoding="utf-8")
    told = run(file)
    assert (
        told.exit_code == 0 and petition.number in told.output and "2026-11-26 -> 2026-11-23" in told.output
    )
    report = json.loads(run(file, "--json").output)
    assert report["versions"] == [
        {"rule": "KN_ACCEPT@2027-01-01", "number": 5, "unit": "wd", "applies_to_open": True}
    ]  # fmt: skip
    assert (report["examined"], report["changed"], report["earlier"]) == (1, 1, 1)
    assert report["units"] == [{"unit": "LB", "changed": 1, "earlier": 1, "later": 0, "impossible": 0}]
    assert report["clocks"][0]["number"] == petition.number


def test_the_command_refuses_a_faulty_file(run: Callable[..., object], tmp_path: Path):
    file = tmp_path / "new.toml"
    file.write_text("[[", encoding="utf-8")
    assert run(file).exit_code == 2
    file.write_bytes(b"\xff\xfe")
    assert "not a text in UTF-8" in run(file).output
