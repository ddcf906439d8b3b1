"""The numbers of the law that are no clocks: each as law.md has it, on its day, and faulty ones found."""

from datetime import date
from pathlib import Path

import pytest

from complaints.models.petitions import GROUP_FROM
from complaints.rulebook.figures import Direction, figure, load_figures, newest, read_figures
from complaints.rulebook.loader import FOLDER, Confidence
from complaints.rulebook.vocabulary import read_vocabulary
from reception import codes as reception_codes

TODAY = date(2026, 11, 23)
# Typed from law.md, sections 1 to 5: row, direction, number.
LAW = {
    "RECEP_DAYS_PROVINCE": ("R14", "min", 1), "RECEP_DAYS_COMMUNE": ("R15", "min", 2),
    "RECEP_DAYS_AGENCY": ("R16", "min", 1), "RECEP_DAYS_SERVICE": ("R17", "min", 1),
    "GROUP_FROM": ("R21", "min", 5), "GROUP_FEW": ("R21", "max", 10), "GROUP_REPS_FEW": ("R21", "max", 2),
    "GROUP_REPS_MANY": ("R21", "max", 5), "SIGNERS_MANY": ("P05", "min", 5), "PORTAL_PROCESSING": ("P25", "max", 10),
    "COMPLEX_CRITERIA": ("C15", "min", 1), "DIALOGUE_COPIES": ("C21", "min", 3), "KN_POSTING_DAYS": ("C31", "min", 15),
    "KN_WEB_DAYS": ("C31", "min", 15), "KN_BROADCASTS": ("C31", "min", 2), "KN_PRINT_ISSUES": ("C31", "min", 2),
    "KN_MEETING_NOTICE": ("C31", "min", 3), "TC_CRITERIA_COMPLEX": ("TC13", "min", 1),
    "TC_CRITERIA_SPECIAL": ("TC14", "min", 2), "TC_TEAM": ("TC16", "min", 2), "TC_MINUTES_COPIES": ("TC16", "min", 2), "TC_POSTING_DAYS": ("TC31", "min", 15),
    "TC_WEB_DAYS": ("TC31", "min", 15), "TC_MEDIA_TIMES": ("TC31", "min", 2),
}  # fmt: skip


def test_every_figure_in_force_is_as_the_law_has_it() -> None:
    now = [row for row in load_figures() if row.covers(TODAY)]
    assert {row.code: (*row.cites, row.direction, row.number) for row in now} == LAW


@pytest.mark.law("R15")
def test_a_commune_chair_received_once_a_week_and_receives_twice_a_month() -> None:
    before, since = (
        figure("RECEP_DAYS_COMMUNE", date(2026, 6, 30)),
        figure("RECEP_DAYS_COMMUNE", date(2026, 7, 1)),
    )
    assert (before.number, before.counts_vi) == (1, "ngày mỗi tuần")
    assert (since.number, since.counts_vi, since.version) == (
        2,
        "ngày mỗi tháng",
        "RECEP_DAYS_COMMUNE@2026-07-01",
    )
    assert newest("RECEP_DAYS_COMMUNE") is since


@pytest.mark.law("A01", "A02")
@pytest.mark.parametrize("code", ["APOLOGY_BEFORE", "APOLOGY_REAPPOINTMENTS"])
def test_the_apology_of_the_repealed_decree_ends_with_it(code: str) -> None:
    assert figure(code, date(2025, 6, 30)).number == 1
    with pytest.raises(KeyError):
        figure(code, date(2025, 7, 1))


def test_what_has_no_version_is_not_found() -> None:
    with pytest.raises(KeyError):
        figure("NOTHING", TODAY)
    with pytest.raises(KeyError):
        newest("NOTHING")
    with pytest.raises(KeyError):
        figure("RECEP_DAYS_SERVICE", date(2026, 6, 30))


@pytest.mark.law("R21")
def test_the_desk_takes_its_thresholds_from_here() -> None:
    assert (reception_codes.GROUP_SIZE, GROUP_FROM, reception_codes.FEW_PEOPLE) == (5, 5, 10)
    assert (reception_codes.MAX_REPS_FEW, reception_codes.MAX_REPS_MANY) == (2, 5)


def test_no_article_is_cited_for_a_day_before_its_instrument() -> None:
    first_day = {"/2026": date(2026, 7, 1), "136/2025": date(2026, 7, 1), "124/2020": date(2020, 12, 10)}
    for row in load_figures():
        for instrument, day in first_day.items():
            assert instrument not in row.article or row.valid_from >= day, row.version
        assert row.responsible == read_vocabulary(FOLDER)[0].roles[row.role].vi
        assert row.confidence is not Confidence.LOW


ROW = """
[[figure]]
code = "TEAM"
name_vi = "Tổ xác minh"
name_en = "A team"
number = 2
counts_vi = "người"
counts_en = "people"
direction = "min"
role = "denunciation_resolver"
article = "Nghị định 31/2019 Điều 10"
cites = ["TC16"]
source = ["D31"]
valid_from = 2019-05-28
confidence = "high"
"""


def read(folder: Path, text: str) -> list[str]:
    """Return the findings about a folder that holds one file."""
    (folder / "figures.toml").write_text(text, encoding="utf-8")
    return read_figures(folder)[1]


def test_a_good_row_is_read(tmp_path: Path) -> None:
    assert read(tmp_path, ROW) == []
    [row] = read_figures(tmp_path)[0]
    assert (row.direction, row.responsible) == (Direction.MIN, "Người giải quyết tố cáo")
    assert row.direction.words_vi == "ít nhất"


@pytest.mark.parametrize("old, new, finding", [
    ("number = 2", "number = 0", "TEAM@2019-05-28: a number is at least one"),
    ("number = 2", "number = true", "figures.toml: TEAM: number is no int"),
    ("number = 2", "", "figures.toml: TEAM: number is missing"),
    ('"min"', '"about"', "figures.toml: TEAM: unknown direction 'about'"),
    ('"denunciation_resolver"', '"nobody"', "figures.toml: TEAM: unknown role 'nobody'"),
    ('["D31"]', '["D99"]', "figures.toml: TEAM: unknown source 'D99'"),
    ('["D31"]', "[]", "TEAM@2019-05-28: a number without its source"),
    ('["TC16"]', '["Điều 10"]', "figures.toml: TEAM: cites: 'Điều 10' is no ID of law.md"),
    ('["TC16"]', "[]", "TEAM@2019-05-28: a number without its row in law.md"),
    ('"người"', '" "', "TEAM@2019-05-28: counts_vi is blank"),
    ("2019-05-28", "2019-05-28\nvalid_to = 2019-05-28", "TEAM@2019-05-28: validity ends before it begins"),
    ('"high"', '"high"\nunit = "wd"', "figures.toml: TEAM: unit is no word of a rule"),
])  # fmt: skip
def test_a_faulty_row_is_found(tmp_path: Path, old: str, new: str, finding: str) -> None:
    assert read(tmp_path, ROW.replace(old, new)) == [finding]


def test_gaps_and_files_without_figures_are_found(tmp_path: Path) -> None:
    later = ROW.replace("2019-05-28", "2026-07-01")
    assert read(tmp_path, ROW + later) == ["TEAM@2019-05-28: overlaps TEAM@2026-07-01"]
    ended = ROW.replace("2019-05-28", "2019-05-28\nvalid_to = 2026-06-01")
    assert read(tmp_path, ended + later) == ["TEAM@2019-05-28: a gap before TEAM@2026-07-01"]
    assert read(tmp_path, "") == ["figures.toml: holds no [[figure]]"]
    assert read(tmp_path, "figure = ")[0].startswith("figures.toml: ")
    (tmp_path / "figures.toml").unlink()
    assert read_figures(tmp_path)[1][0].startswith("figures.toml: ")
