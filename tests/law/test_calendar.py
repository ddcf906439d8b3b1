"""The calendar of 2026 as law.md 6.2 has it, and the office's own days over it."""

from datetime import date, timedelta

import pytest

from app.core.calendar import Adjustment, WorkCalendar, in_words

GENERAL = WorkCalendar()

# law.md 6.2, the days off of 2026 that are no weekend. Fri 02/01 is an adjustment of the office.
OFF_2026 = {
    date(2026, month, day)
    for month, days in {
        1: [1],
        2: [16, 17, 18, 19, 20],
        4: [27, 30],
        5: [1],
        8: [31],
        9: [1, 2],
        11: [24],
    }.items()
    for day in days
}


def test_the_days_off_of_2026_are_those_of_the_law() -> None:
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    assert {day for day in days if day.weekday() < 5 and not GENERAL.is_working(day)} == OFF_2026
    assert [day for day in days if day.weekday() >= 5 and GENERAL.is_working(day)] == [date(2026, 8, 22)]


@pytest.mark.parametrize("day, why", [
    (date(2026, 11, 14), "Thứ Bảy"),
    (date(2026, 11, 15), "Chủ nhật"),
    (date(2026, 11, 24), "Ngày Văn hóa Việt Nam"),
    (date(2026, 4, 27), "Ngày Giỗ Tổ Hùng Vương (nghỉ bù)"),
    (date(2026, 8, 31), "Ngày nghỉ (thay cho ngày 22/08/2026)"),
    (date(2026, 8, 22), None),
    (date(2026, 11, 23), None),
    (date(2025, 11, 24), None),
])  # fmt: skip
def test_a_day_off_says_why(day: date, why: str | None) -> None:
    assert GENERAL.why_off(day) == why


def test_the_second_of_january_is_off_only_where_the_office_says_so() -> None:
    day, instead = date(2026, 1, 2), date(2026, 1, 10)
    assert GENERAL.is_working(day)
    office = WorkCalendar([Adjustment(day, False, "Hoán đổi"), Adjustment(instead, True, "Làm bù")])
    assert office.why_off(day) == "Hoán đổi"
    assert office.is_working(instead)


def test_the_office_wins_over_the_general_calendar() -> None:
    office = WorkCalendar([
        Adjustment(date(2026, 11, 24), True, "Trực"),
        Adjustment(date(2026, 8, 22), False, "Không làm bù"),
    ])  # fmt: skip
    assert office.is_working(date(2026, 11, 24))
    assert office.why_off(date(2026, 8, 22)) == "Không làm bù"
    assert not GENERAL.is_working(date(2026, 11, 24))


def test_zero_working_days_roll_and_negative_ones_go_back() -> None:
    assert GENERAL.add_working_days(date(2026, 11, 22), 0) == date(2026, 11, 23)
    assert GENERAL.add_working_days(date(2026, 11, 23), 0) == date(2026, 11, 23)
    assert GENERAL.add_working_days(date(2026, 11, 25), -1) == date(2026, 11, 23)
    assert GENERAL.working_days_between(date(2026, 11, 20), date(2026, 11, 25)) == 2
    assert GENERAL.working_days_between(date(2026, 11, 25), date(2026, 11, 20)) == -2
    assert GENERAL.working_days_between(date(2026, 11, 20), date(2026, 11, 20)) == 0


def test_rolling_passes_a_whole_tet() -> None:
    assert GENERAL.roll_forward(date(2026, 2, 14)) == date(2026, 2, 23)
    assert GENERAL.roll_back(date(2026, 2, 22)) == date(2026, 2, 13)


def test_a_day_in_words_has_its_weekday() -> None:
    assert in_words(date(2026, 11, 23)) == "thứ Hai 23/11/2026"
    assert in_words(date(2026, 11, 22)) == "Chủ nhật 22/11/2026"
