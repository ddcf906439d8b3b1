"""The set phrases of official papers."""

from datetime import UTC, date, datetime

import pytest

from app.papers.words import body_lines, day_words, letterhead, moment_words, place_and_day


@pytest.mark.parametrize(
    "day, words",
    [
        (date(2026, 2, 5), "ngày 05 tháng 02 năm 2026"),
        (date(2026, 1, 31), "ngày 31 tháng 01 năm 2026"),
        (date(2026, 3, 9), "ngày 09 tháng 3 năm 2026"),
        (date(2026, 12, 10), "ngày 10 tháng 12 năm 2026"),
    ],
)
def test_small_days_and_the_first_two_months_get_a_zero(day: date, words: str) -> None:
    assert day_words(day) == words


def test_the_place_stands_before_the_day() -> None:
    assert place_and_day("Hà Nội", date(2026, 11, 16)) == "Hà Nội, ngày 16 tháng 11 năm 2026"


def test_an_instant_is_told_in_hanoi_time() -> None:
    assert (
        moment_words(datetime(2026, 11, 15, 18, 5, tzinfo=UTC)) == "01 giờ 05 phút, ngày 16 tháng 11 năm 2026"
    )


@pytest.mark.parametrize(
    "name, lines",
    [
        ("UBND phường Long Biên", ["Ủy ban nhân dân", "phường Long Biên"]),
        ("Ủy ban nhân dân thành phố Hà Nội", ["Ủy ban nhân dân", "thành phố Hà Nội"]),
        ("Ban tiếp công dân thành phố Hà Nội", ["Ban tiếp công dân", "thành phố Hà Nội"]),
        ("Sở Xây dựng", ["Sở Xây dựng"]),
        ("Sở Nông nghiệp và Môi trường", ["Sở Nông nghiệp và Môi trường"]),
    ],
)
def test_a_long_body_breaks_before_its_area(name: str, lines: list[str]) -> None:
    assert body_lines(name) == lines


def test_a_letterhead_names_the_body_above_only_where_asked() -> None:
    day = date(2026, 11, 16)
    assert letterhead("UBND phường Bồ Đề", place="Bồ Đề", day=day)["parent"] == []
    assert letterhead("Sở Xây dựng", parent="UBND thành phố Hà Nội", place="Hà Nội", day=day)["parent"] == [
        "Ủy ban nhân dân",
        "thành phố Hà Nội",
    ]
