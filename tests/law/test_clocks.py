"""What a clock says, what it refuses, and the sentences that explain it."""

from dataclasses import replace
from datetime import date

import pytest

from app.core.calendar import WorkCalendar
from complaints.clocks import (
    ClockError,
    ClockEvent,
    ClockState,
    Reading,
    Verb,
    days_left,
    latest_allowed,
    read_clock,
)
from complaints.rulebook.loader import Rule, Unit, load_rulebook

CALENDAR = WorkCalendar()


def day(text: str) -> date:
    """Return '12/11' or '04/01/2027' as a date; the year is 2026 unless said."""
    number, month, *year = text.split("/")
    return date(int(year[0]) if year else 2026, int(month), int(number))


def at(verb: Verb, text: str, **details: object) -> ClockEvent:
    """Return an event."""
    return ClockEvent(verb, day(text), **details)  # type: ignore[arg-type]


def rule_of(code: str) -> Rule:
    """Return a rule as it stands in November 2026."""
    return load_rulebook().rule(code, date(2026, 11, 23))


def read(code: str, *events: ClockEvent) -> Reading:
    """Read a clock of a code."""
    return read_clock(rule_of(code), events, CALENDAR)


def sentences(reading: Reading) -> list[str]:
    """Return the steps as a page shows them."""
    return [f"{step.what} ({step.why})" if step.why else step.what for step in reading.steps]


# The explanation.


@pytest.mark.law("T02", "T06")
def test_the_explanation_of_working_days_names_every_day_that_is_skipped() -> None:
    assert sentences(read("KN_ACCEPT", at(Verb.START, "16/11"))) == [
        "Nhận khiếu nại thứ Hai 16/11/2026, không tính ngày này (Bộ luật Dân sự Điều 147)",
        (
            "7 ngày làm việc, bỏ thứ Bảy 21/11, Chủ nhật 22/11, thứ Ba 24/11 (Ngày Văn hóa Việt Nam); ngày cuối là thứ "
            "Năm 26/11/2026 (Luật Khiếu nại Điều 27, sửa bởi Luật 136/2025 Điều 2 khoản 15)"
        ),
        "Hạn cuối: thứ Năm 26/11/2026 (đến 24 giờ của ngày này, Bộ luật Dân sự Điều 148)",
    ]


def test_the_explanation_of_a_few_working_days_has_nothing_to_skip() -> None:
    assert sentences(read("KN1_SEND", at(Verb.START, "16/11")))[1] == (
        "3 ngày làm việc; ngày cuối là thứ Năm 19/11/2026 (Luật Khiếu nại Điều 32)"
    )


@pytest.mark.law("T04", "T05")
def test_the_explanation_of_calendar_days_says_why_the_end_was_rolled() -> None:
    assert sentences(read("KN1_RESOLVE", at(Verb.START, "31/07")))[1:] == [
        "30 ngày liên tục, tính cả ngày nghỉ; ngày cuối là Chủ nhật 30/08/2026 (Luật Khiếu nại Điều 28)",
        (
            "Hạn cuối: thứ Năm 03/09/2026 (ngày cuối rơi vào ngày nghỉ nên chuyển sang ngày làm việc tiếp theo, bỏ Chủ nhật "
            "30/08, thứ Hai 31/08 (Ngày nghỉ (thay cho ngày 22/08/2026)), thứ Ba 01/09 (Quốc khánh), thứ Tư 02/09 (Quốc "
            "khánh); Bộ luật Dân sự Điều 148 khoản 5)"
        ),
    ]


def test_a_remote_area_is_named_where_it_makes_the_limit_longer_and_only_there() -> None:
    longer = read("KN1_RESOLVE", at(Verb.START, "16/11", remote=True))
    assert longer.length == "45 ngày"
    assert "vùng sâu, vùng xa đi lại khó khăn" in longer.steps[1].why
    disciplinary = read("KNK_RESOLVE", at(Verb.START, "16/11", remote=True))
    assert disciplinary.length == "30 ngày"
    assert "vùng sâu" not in disciplinary.steps[1].why


def test_an_internal_target_is_never_called_law() -> None:
    reading = read("PROPOSAL_TARGET", at(Verb.START, "16/11"))
    said = " ".join(sentences(reading))
    assert "mục tiêu nội bộ, không phải thời hạn theo luật" in said
    assert "Luật " not in said
    assert "Bộ luật" not in said
    older = load_rulebook().rule("PETITION_DISCIPLINE", date(2026, 1, 5))
    said = " ".join(sentences(read_clock(older, [at(Verb.START, "05/01")], CALENDAR)))
    assert "bỏ thứ Năm 19/02" in said
    assert "mục tiêu nội bộ" in said
    assert "Bộ luật" not in said


@pytest.mark.law("T10")
def test_a_suspended_and_resumed_clock_says_what_was_left() -> None:
    reading = read("KN1_RESOLVE", at(Verb.START, "02/11"), at(Verb.PAUSE, "12/11", document="Mẫu 14a số 3"),
                   at(Verb.RESUME, "01/12"))  # fmt: skip
    assert sentences(reading)[2:4] == [
        "Tạm dừng thứ Năm 12/11/2026, còn 20 ngày (Mẫu 14a số 3)",
        (
            "Tiếp tục thứ Ba 01/12/2026: 20 ngày liên tục, tính cả ngày nghỉ; ngày cuối là thứ Hai 21/12/2026 "
            "(tính tiếp phần thời hạn còn lại từ ngày này)"
        ),
    ]


def test_a_clock_suspended_on_its_last_day_says_that_nothing_was_left() -> None:
    reading = read("KN1_RESOLVE", at(Verb.START, "02/11"), at(Verb.PAUSE, "02/12"), at(Verb.RESUME, "10/12"))
    assert sentences(reading)[2:4] == [
        "Tạm dừng thứ Tư 02/12/2026, còn 0 ngày (thời gian tạm dừng không tính vào thời hạn)",
        (
            "Tiếp tục thứ Năm 10/12/2026: không còn ngày nào; ngày cuối là thứ Năm 10/12/2026 "
            "(tính tiếp phần thời hạn còn lại từ ngày này)"
        ),
    ]


def test_extensions_cite_their_own_article_and_document() -> None:
    denunciation = read(
        "TC_RESOLVE", at(Verb.START, "27/10"), at(Verb.EXTEND, "20/11", document="01/TC số 5")
    )
    assert denunciation.length == "60 ngày"
    assert sentences(denunciation)[2] == (
        "Gia hạn thứ Sáu 20/11/2026: thêm 30 ngày liên tục, tính cả ngày nghỉ; ngày cuối là thứ Bảy 26/12/2026 "
        "(01/TC số 5; Luật Tố cáo Điều 30 khoản 2, 3)"
    )
    complaint = read("KN1_RESOLVE", at(Verb.START, "16/11"), at(Verb.EXTEND, "01/12", complex=True))
    assert complaint.length == "45 ngày"
    assert sentences(complaint)[2] == (
        "Xác định vụ việc phức tạp thứ Ba 01/12/2026: thời hạn thành 45 ngày tính từ ngày thụ lý; ngày cuối là thứ "
        "Năm 31/12/2026 (Luật Khiếu nại Điều 28)"
    )


def test_a_restart_tells_a_new_full_period() -> None:
    reading = read("TC_RESOLVE", at(Verb.START, "27/10"), at(Verb.RESTART, "20/11"))
    assert reading.started_on == day("20/11")
    assert sentences(reading)[2] == (
        "Tính lại từ đầu thứ Sáu 20/11/2026, không tính ngày này (Bộ luật Dân sự Điều 147)"
    )


# Suspension and the end.


def test_a_paused_clock_has_no_due_date() -> None:
    reading = read("KN1_RESOLVE", at(Verb.START, "02/11"), at(Verb.PAUSE, "12/11"))
    assert (reading.state, reading.due_on, reading.late) == (ClockState.PAUSED, None, False)
    assert reading.steps[-1].on == day("12/11")


@pytest.mark.parametrize("verb, state", [(Verb.STOP, ClockState.MET), (Verb.CANCEL, ClockState.CANCELLED)])
def test_what_ends_in_a_suspension_had_no_last_day(verb: Verb, state: ClockState) -> None:
    reading = read("KN1_RESOLVE", at(Verb.START, "02/11"), at(Verb.PAUSE, "12/11"), at(verb, "20/12"))
    assert (reading.state, reading.due_on, reading.stopped_on, reading.late) == (
        state,
        None,
        day("20/12"),
        False,
    )
    assert "Hạn cuối" not in " ".join(sentences(reading))


def test_no_suspension_brings_a_missed_limit_back() -> None:
    events = [at(Verb.START, "23/10"), at(Verb.PAUSE, "25/11", document="Mẫu 14a số 3")]
    paused = read("KN1_RESOLVE", *events)
    assert paused.due_on is None
    assert paused.steps[-1].what == "Tạm dừng thứ Tư 25/11/2026, thời hạn đã hết từ thứ Hai 23/11/2026"
    resumed = read("KN1_RESOLVE", *events, at(Verb.RESUME, "07/12"))
    assert resumed.due_on == day("23/11")
    assert sentences(resumed)[3] == (
        "Tiếp tục thứ Hai 07/12/2026 (thời hạn đã hết trước khi tạm dừng nên hạn cuối không thay đổi)"
    )
    with pytest.raises(ClockError, match="trước khi hết"):
        read("KN1_RESOLVE", *events, at(Verb.RESUME, "07/12"), at(Verb.EXTEND, "08/12", complex=True))


def test_a_cancelled_clock_is_never_late() -> None:
    reading = read("TC_TRANSFER", at(Verb.START, "02/11"), at(Verb.CANCEL, "20/11"))
    assert (reading.state, reading.due_on, reading.late) == (ClockState.CANCELLED, day("09/11"), False)


# What the law does not allow.


@pytest.mark.parametrize("code, events, reason", [
    ("TC_RESOLVE", [], "phải bắt đầu"),
    ("TC_RESOLVE", [at(Verb.STOP, "02/11")], "phải bắt đầu"),
    ("TC_RESOLVE", [at(Verb.START, "02/11"), at(Verb.START, "03/11")], "đã bắt đầu"),
    ("TC_RESOLVE", [at(Verb.START, "02/11"), at(Verb.STOP, "03/11"), at(Verb.PAUSE, "04/11")], "đã kết thúc"),
    ("TC_RESOLVE", [at(Verb.START, "02/11"), at(Verb.CANCEL, "03/11"), at(Verb.RESTART, "04/11")], "đã kết thúc"),
    ("TC_RESOLVE", [at(Verb.START, "02/11"), at(Verb.STOP, "01/11")], "Ngày 01/11/2026 trước sự kiện liền trước"),
    ("TC_RESOLVE", [at(Verb.START, "02/11"), at(Verb.PAUSE, "09/11"), at(Verb.RESUME, "08/11")], "ngày 09/11/2026"),
    ("TC_RESOLVE", [at(Verb.START, "02/11"), at(Verb.RESUME, "03/11")], "không tạm dừng"),
    ("TC_RESOLVE", [at(Verb.START, "02/11"), at(Verb.PAUSE, "03/11"), at(Verb.PAUSE, "04/11")], "đang tạm dừng"),
    ("TC_RESOLVE", [at(Verb.START, "02/11"), at(Verb.PAUSE, "03/11"), at(Verb.EXTEND, "04/11")], "Không gia hạn khi"),
    ("TC_RESOLVE", [at(Verb.START, "02/11"), at(Verb.EXTEND, "03/12")], "trước khi hết"),
    ("TC_RESOLVE", [at(Verb.START, "02/11"), at(Verb.EXTEND, "03/11", days=31)], "từ 1 đến 30 ngày"),
    ("TC_RESOLVE", [at(Verb.START, "02/11"), at(Verb.EXTEND, "03/11", days=0)], "từ 1 đến 30 ngày"),
    ("TC_RESOLVE", [at(Verb.START, "02/11"), *[at(Verb.EXTEND, "03/11")] * 3], "Đã gia hạn 2 lần"),
    ("TC_INIT", [at(Verb.START, "02/11"), *[at(Verb.EXTEND, "03/11")] * 2], "Đã gia hạn 1 lần"),
    ("TC_INIT", [at(Verb.START, "02/11"), at(Verb.EXTEND, "03/11", days=11)], "từ 8 đến 10 ngày làm việc"),
    ("TC_INIT", [at(Verb.START, "02/11"), at(Verb.EXTEND, "03/11", days=7)], "từ 8 đến 10 ngày làm việc"),
    ("KN_ACCEPT", [at(Verb.START, "02/11"), at(Verb.EXTEND, "03/11")], "không được gia hạn"),
    ("KN_WINDOW2", [at(Verb.START, "02/11"), at(Verb.EXTEND, "03/11", complex=True)], "không được gia hạn"),
    ("KN1_RESOLVE", [at(Verb.START, "02/11"), at(Verb.EXTEND, "03/11")], "văn bản xác định vụ việc phức tạp"),
    ("KN1_RESOLVE", [at(Verb.START, "02/11"), *[at(Verb.EXTEND, "03/11", complex=True)] * 2], "đã được xác định"),
])  # fmt: skip
def test_what_the_law_does_not_allow_is_refused_with_a_sentence(
    code: str, events: list[ClockEvent], reason: str
) -> None:
    with pytest.raises(ClockError) as caught:
        read(code, *events)
    assert reason in caught.value.reason_vi
    assert caught.value.reason_vi.endswith(".")


# Helpers.


def test_the_days_left_are_told_in_both_units() -> None:
    assert days_left(day("26/11"), day("20/11"), CALENDAR) == (6, 3)
    assert days_left(day("20/11"), day("20/11"), CALENDAR) == (0, 0)
    assert days_left(day("20/11"), day("26/11"), CALENDAR) == (-6, -3)


def test_a_backward_limit_in_working_days_skips_days_off() -> None:
    rule = replace(rule_of("KN_DIALOGUE_NOTICE"), unit=Unit.WORKING)
    assert latest_allowed(rule, day("30/11"), CALENDAR) == day("20/11")
