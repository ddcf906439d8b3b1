"""What a clock says, what it refuses, and the sentences that explain it."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from app.core.calendar import WorkCalendar
from app.core.clock import at_local
from complaints.clocks import (
    ClockError,
    ClockEvent,
    ClockState,
    Reading,
    Verb,
    check_planned,
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
        "Nhận khiếu nại thứ Hai 16/11/2026, không tính ngày nhận (Bộ luật Dân sự Điều 147)",
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
    ("TC_RESOLVE", [], "Thời hạn phải bắt đầu bằng sự kiện khởi đầu."),
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
    ("KN1_RESOLVE", [at(Verb.START, "02/11", complex=True), at(Verb.EXTEND, "03/11", complex=True)], "đã được xác định"),
    ("KN_DIALOGUE_NOTICE", [at(Verb.START, "02/11")], "Thời hạn này tính lùi từ ngày dự kiến, không chạy từ một sự kiện."),
])  # fmt: skip
def test_what_the_law_does_not_allow_is_refused_with_a_sentence(
    code: str, events: list[ClockEvent], reason: str
) -> None:
    with pytest.raises(ClockError) as caught:
        read(code, *events)
    assert reason in caught.value.reason_vi
    assert caught.value.reason_vi.endswith(".")
    assert caught.value.reason_vi[:1].isupper()


# Helpers.


def test_the_days_left_are_told_in_both_units() -> None:
    assert days_left(day("26/11"), day("20/11"), CALENDAR) == (6, 3)
    assert days_left(day("20/11"), day("20/11"), CALENDAR) == (0, 0)
    assert days_left(day("20/11"), day("26/11"), CALENDAR) == (-6, -3)


def test_a_backward_limit_in_working_days_skips_days_off() -> None:
    rule = replace(rule_of("KN_DIALOGUE_NOTICE"), unit=Unit.WORKING)
    assert latest_allowed(rule, day("30/11"), CALENDAR) == day("20/11")


# A year.


def test_a_year_that_is_suspended_goes_on_for_the_days_that_were_left() -> None:
    """Days are left of a year, not years: 365 - 30 from the resumption (2027 has no 29 February)."""
    rule = rule_of("PETITION_RETENTION")
    events = [at(Verb.START, "16/11"), at(Verb.PAUSE, "16/12")]
    paused = read_clock(rule, events, CALENDAR)
    assert paused.steps[-1].what == "Tạm dừng thứ Tư 16/12/2026, còn 335 ngày"
    resumed = read_clock(rule, [*events, at(Verb.RESUME, "26/12")], CALENDAR)
    assert resumed.due_on == day("26/11/2027")


@pytest.mark.parametrize("years, due_on", [(1, "28/02/2029"), (4, "01/03/2032")])
def test_a_year_from_the_29th_of_february_ends_with_that_month(years: int, due_on: str) -> None:
    """2029 has no such day; 2032 has one, a Sunday, so the period ends on the Monday after."""
    rule = replace(rule_of("PETITION_RETENTION"), number=years)
    assert read_clock(rule, [at(Verb.START, "29/02/2028")], CALENDAR).due_on == day(due_on)


# Limits that run backwards.


def test_a_backward_limit_is_no_clock_that_runs() -> None:
    for code in ("KN_DIALOGUE_NOTICE", "ONLINE_CONNECT"):
        with pytest.raises(ClockError, match="tính lùi từ ngày dự kiến, không chạy"):
            read(code, at(Verb.START, "16/11"))
    forward_hours = replace(rule_of("ONLINE_CONNECT"), backward=False)
    with pytest.raises(ClockError, match="không chạy"):
        read_clock(forward_hours, [at(Verb.START, "16/11")], CALENDAR)


@pytest.mark.parametrize("done, ok", [("19/11", True), ("20/11", True), ("21/11", False), ("23/11", False)])
def test_a_planned_day_is_checked_and_the_latest_day_told(done: str, ok: bool) -> None:
    """Five days before Friday 27/11 is Sunday 22/11: the Friday before it."""
    planned = check_planned(rule_of("KN_DIALOGUE_NOTICE"), day("27/11"), day(done), CALENDAR)
    assert (planned.ok, planned.latest) == (ok, day("20/11"))
    assert [step.on for step in planned.steps] == [day("27/11"), day("20/11"), day(done)]
    assert [step.what for step in planned.steps[:2]] == [
        "Ngày dự kiến thứ Sáu 27/11/2026, không tính ngày này",
        "Lùi 5 ngày đến Chủ nhật 22/11/2026, là ngày nghỉ: chậm nhất ngày làm việc liền trước, thứ Sáu 20/11/2026",
    ]
    assert planned.steps[1].why == ("Nghị định 124/2020 Điều 28 khoản 1, sửa bởi Nghị định 155/2026 Điều 11")
    assert planned.steps[2].what.endswith("đúng yêu cầu" if ok else "muộn")
    assert (planned.steps[0].why, planned.steps[2].why) == ("", "")


def test_a_planned_day_in_working_days_is_told_without_a_roll_and_in_english() -> None:
    planned = check_planned(rule_of("ONLINE_NOTICE"), day("01/12"), day("23/11"), CALENDAR, lang="en")
    assert (planned.ok, planned.latest) == (True, day("23/11"))
    assert [step.what for step in planned.steps] == [
        "Planned for Tuesday 01/12/2026, which is not counted",
        "5 working days back: Monday 23/11/2026 at the latest",
        "Done Monday 23/11/2026: in time",
    ]


@pytest.mark.parametrize("done, ok", [((7, 30), True), ((7, 31), False)])
def test_the_points_are_connected_an_hour_before(done: tuple[int, int], ok: bool) -> None:
    """R26, in Hanoi's time whatever the zone in which it was written down."""
    start = datetime(2026, 11, 25, 8, 30)  # noqa: DTZ001 a wall time of the hall
    planned = check_planned(rule_of("ONLINE_CONNECT"), start, datetime(2026, 11, 25, *done), CALENDAR)  # noqa: DTZ001
    assert (planned.ok, planned.latest) == (ok, datetime(2026, 11, 25, 7, 30))  # noqa: DTZ001
    assert [step.what for step in planned.steps] == [
        "Dự kiến lúc 08:30 thứ Tư 25/11/2026",
        "Lùi 1 giờ: chậm nhất lúc 07:30 thứ Tư 25/11/2026",
        f"Thực hiện {done[0]:02}:{done[1]:02} thứ Tư 25/11/2026: {'đúng yêu cầu' if ok else 'muộn'}",
    ]
    assert [(step.on, step.why) for step in planned.steps] == [
        (day("25/11"), ""), (day("25/11"), "Nghị định 154/2026 Điều 23 khoản 1"), (day("25/11"), ""),
    ]  # fmt: skip


def test_an_hour_before_midnight_falls_on_the_day_before_and_zones_do_not_matter() -> None:
    rule = rule_of("ONLINE_CONNECT")
    planned = at_local(day("25/11"), time(0, 30))  # aware, in UTC: 24/11 17:30
    checked = check_planned(rule, planned, planned - timedelta(hours=2), CALENDAR)
    assert checked.ok
    assert checked.latest == at_local(day("24/11"), time(23, 30))
    assert [step.on for step in checked.steps] == [day("25/11"), day("24/11"), day("24/11")]
    assert checked.steps[1].what.endswith("23:30 thứ Ba 24/11/2026")
    assert latest_allowed(rule, planned, CALENDAR) == planned - timedelta(hours=1)
    assert latest_allowed(rule, day("25/11"), CALENDAR) == day("25/11")


def test_moments_count_as_their_days_in_hanoi_where_days_are_asked_for() -> None:
    rule = rule_of("ONLINE_TEST")
    late_evening = at_local(day("25/11"), time(1, 0))  # still 24/11 in UTC
    assert check_planned(rule, late_evening, at_local(day("23/11")), CALENDAR).latest == day("23/11")
    assert latest_allowed(rule, late_evening, CALENDAR) == day("23/11")
    wall = datetime(2026, 11, 25, 1, 0)  # noqa: DTZ001
    assert latest_allowed(rule, wall, CALENDAR) == day("23/11")


def test_what_cannot_be_checked_is_refused_with_a_sentence() -> None:
    with pytest.raises(ClockError) as caught:
        check_planned(rule_of("KN1_SEND"), day("25/11"), day("20/11"), CALENDAR)
    assert caught.value.reason_vi == "Thời hạn này không tính lùi từ ngày dự kiến."
    moment = at_local(day("25/11"))
    for planned, done in ((day("25/11"), moment), (moment, day("25/11"))):
        with pytest.raises(ClockError) as caught:
            check_planned(rule_of("ONLINE_CONNECT"), planned, done, CALENDAR)
        assert caught.value.reason_vi == "Hãy cho biết cả giờ, không chỉ ngày."


# Edges.


def test_what_happens_on_one_day_happens_in_its_order() -> None:
    accepted = at(Verb.START, "02/11")
    done = read("TC_NOTIFY", accepted, at(Verb.STOP, "02/11"))
    assert (done.state, done.late, done.due_on) == (ClockState.MET, False, day("09/11"))
    twice = read("TC_RESOLVE", accepted, at(Verb.PAUSE, "02/11"), at(Verb.RESUME, "02/11"))
    assert twice.due_on == read("TC_RESOLVE", accepted).due_on
    taken_over = read("TC_RESOLVE", accepted, at(Verb.PAUSE, "09/11"), at(Verb.RESTART, "09/11"))
    assert (taken_over.state, taken_over.due_on) == (ClockState.RUNNING, day("09/12"))


def test_a_restart_counts_extensions_and_complexity_anew_and_keeps_the_remote_area() -> None:
    extended = [
        at(Verb.START, "02/11"),
        at(Verb.EXTEND, "03/11"),
        at(Verb.EXTEND, "04/11"),
        at(Verb.RESTART, "05/11"),
    ]
    assert read("TC_RESOLVE", *extended).length == "30 ngày"
    assert read("TC_RESOLVE", *extended, *[at(Verb.EXTEND, "06/11")] * 2).length == "90 ngày"
    far = [
        at(Verb.START, "02/11", remote=True),
        at(Verb.EXTEND, "03/11", complex=True),
        at(Verb.RESTART, "05/11"),
    ]
    assert read("KN1_RESOLVE", *far).length == "45 ngày"
    assert read("KN1_RESOLVE", *far, at(Verb.EXTEND, "06/11", complex=True)).length == "60 ngày"


def test_a_limit_rolled_to_its_last_day_is_in_time_on_that_day_and_late_after_it() -> None:
    """30 days from 23/10 end on Sunday 22/11."""
    accepted = at(Verb.START, "23/10")
    assert not read("KN1_RESOLVE", accepted, at(Verb.STOP, "23/11")).late
    assert read("KN1_RESOLVE", accepted, at(Verb.STOP, "24/11")).late
    paused = [accepted, at(Verb.PAUSE, "23/11")]
    assert not read("KN1_RESOLVE", *paused, at(Verb.STOP, "30/11")).late
    assert read("KN1_RESOLVE", *paused, at(Verb.RESUME, "25/11")).due_on == day("25/11")
    assert read("KN1_RESOLVE", *paused, at(Verb.RESUME, "28/11")).due_on == day("30/11")


def test_every_step_has_the_day_that_it_tells_of() -> None:
    extended = read("TC_RESOLVE", at(Verb.START, "27/10"), at(Verb.EXTEND, "20/11"), at(Verb.PAUSE, "23/11"),
                    at(Verb.RESUME, "30/11"))  # fmt: skip
    days = ["27/10", "26/11", "20/11", "23/11", "30/11", "04/01/2027"]
    assert [step.on for step in extended.steps] == [day(text) for text in days]
    found = read("KN1_RESOLVE", at(Verb.START, "23/10"), at(Verb.EXTEND, "20/11", complex=True, document="3/VB"),
                 at(Verb.PAUSE, "08/12"), at(Verb.RESUME, "10/12", document="14b số 2"))  # fmt: skip
    days = ["23/10", "22/11", "20/11", "08/12", "10/12", "07/12"]
    assert [step.on for step in found.steps] == [day(text) for text in days]
    assert found.steps[2].why == "3/VB; Luật Khiếu nại Điều 28"
    assert found.steps[4].why == ("14b số 2; thời hạn đã hết trước khi tạm dừng nên hạn cuối không thay đổi")


def test_an_internal_target_begins_without_an_article() -> None:
    assert read("PROPOSAL_TARGET", at(Verb.START, "16/11")).steps[0].why == ""


def test_what_resumes_on_a_day_off_with_nothing_left_says_so_before_it_rolls() -> None:
    """TC_INIT from 16/11 ends on Thursday 26/11; resumed on Saturday 28/11 it is due on the Monday."""
    reading = read("TC_INIT", at(Verb.START, "16/11"), at(Verb.PAUSE, "26/11"), at(Verb.RESUME, "28/11"))
    assert [step.on for step in reading.steps[-2:]] == [day("28/11"), day("30/11")]
    assert reading.steps[3].what.endswith("không còn ngày nào; ngày cuối là thứ Bảy 28/11/2026")
    assert reading.due_on == day("30/11")
