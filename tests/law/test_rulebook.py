"""The rulebook holds together, and the loader says everything that is wrong with one that does not."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from complaints.rulebook.figures import load_figures
from complaints.rulebook.loader import (
    FOLDER,
    Confidence,
    EndRoll,
    Extension,
    Layer,
    Rule,
    Rulebook,
    RulebookError,
    Unit,
    check,
    load_rulebook,
    read_rules,
)
from complaints.rulebook.vocabulary import read_vocabulary

# law.md 7.0, the clock catalogue, number and unit as it has them.
CATALOGUE = {
    "RECEP_REPLY": "10 wd", "RECEP_REFUSE": "3 wd", "REFERRER_RESULT": "7 wd", "REFERRER_TO_CITIZEN": "5 wd",
    "PETITION_DISCIPLINE": "45 cal", "KN_ACCEPT": "7 wd", "KN1_RESOLVE": "30 cal", "KN2_RESOLVE": "45 cal",
    "KNK_RESOLVE": "30 cal", "KN_DIALOGUE_NOTICE": "5 cal", "KN1_SEND": "3 wd", "KN2_SEND": "7 cal",
    "KN_PUBLISH": "15 cal", "KN_WINDOW2": "30 cal", "KN_EFFECT": "30 cal", "KN_EXECUTE": "5 wd", "KN_SUSP_SEND": "3 wd",
    "TC_INIT": "7 wd", "TC_TRANSFER": "5 wd", "TC_PRESS": "20 cal", "TC_NOTIFY": "5 wd", "TC_RESOLVE": "30 cal",
    "TC_SUSP_SEND": "5 wd", "TC_CONCL_SEND": "5 wd", "TC_HANDLE": "7 wd", "TC_PUBLISH": "7 wd",
    "TC_RESULT_BACK": "5 wd", "TC_CONT_REVIEW": "20 cal", "TC_OVERDUE_DEMAND": "5 wd", "TC_OVERDUE_REPORT": "5 wd",
    "FB_TRANSFER": "5 wd",
    # Not in 7.0, but numbered in sections 1 to 3 and run or checked as limits.
    "KN_TIMEBAR": "90 cal", "KNK_TIMEBAR": "15 cal", "KNK_WINDOW2": "10 cal", "KNK_WINDOW2_DISMISSAL": "30 cal",
    "KNK_EFFECT": "30 cal", "KN_INFO_REQUEST": "7 cal", "PETITION_RETENTION": "1 year", "SCHEDULE_PUBLISH": "5 wd",
    "ONLINE_NOTICE": "5 wd", "ONLINE_TEST": "1 wd", "ONLINE_CONNECT": "1 hour",
}  # fmt: skip
TODAY = date(2026, 11, 23)


def test_every_clock_of_the_catalogue_is_a_rule_with_its_number_and_unit() -> None:
    book = load_rulebook()
    law = {code: book.rule(code, TODAY) for code in book.codes() if book.rule(code, TODAY).is_law}
    assert {code: f"{rule.number} {rule.unit}" for code, rule in law.items()} == CATALOGUE


def test_the_targets_of_the_office_say_that_they_are() -> None:
    own = [rule for rule in load_rulebook().rules() if rule.covers(TODAY) and not rule.is_law]
    assert [(rule.code, rule.number, rule.unit, rule.layer) for rule in own] == [
        ("PROPOSAL_TARGET", 15, Unit.WORKING, Layer.INTERNAL),
        ("PROTECTION_TARGET", 1, Unit.WORKING, Layer.INTERNAL),
    ]
    assert all("mục tiêu nội bộ" in rule.name_vi for rule in own)


@pytest.mark.parametrize("code, before, after", [
    ("KN_ACCEPT", (10, Unit.CALENDAR, True), (7, Unit.WORKING, True)),
    ("PETITION_DISCIPLINE", (45, Unit.CALENDAR, False), (45, Unit.CALENDAR, True)),
    ("KN_WINDOW2", (30, Unit.CALENDAR, True), (30, Unit.CALENDAR, True)),
])  # fmt: skip
def test_a_version_governs_to_the_eve_of_the_next(
    code: str, before: tuple[Any, ...], after: tuple[Any, ...]
) -> None:
    book = load_rulebook()
    older, newer = book.rule(code, date(2026, 6, 30)), book.rule(code, date(2026, 7, 1))
    assert (older.number, older.unit, older.is_law) == before
    assert (newer.number, newer.unit, newer.is_law) == after
    assert newer.version == f"{code}@2026-07-01"
    assert book.by_version(older.version) is older


def test_no_article_is_cited_for_a_day_before_its_instrument() -> None:
    """The instruments of 2026 and the decree of 2020 do not govern what came before them."""
    first_day = {"/2026": date(2026, 7, 1), "136/2025": date(2026, 7, 1), "124/2020": date(2020, 12, 10)}
    for rule in load_rulebook().rules():
        for instrument, day in first_day.items():
            assert instrument not in rule.article or rule.valid_from >= day, rule.version


def test_every_length_of_the_law_is_there() -> None:
    def lengths(code: str) -> list[int]:
        rule = load_rulebook().rule(code, TODAY)
        return [rule.length(remote=far, complex_=hard) for far, hard in ((0, 0), (0, 1), (1, 0), (1, 1))]

    assert lengths("KN1_RESOLVE") == [30, 45, 45, 60]
    assert lengths("KN2_RESOLVE") == [45, 60, 60, 70]
    assert lengths("KNK_RESOLVE") == [30, 45, 30, 45]
    assert lengths("KN_WINDOW2") == lengths("KN_EFFECT") == [30, 30, 45, 45]
    assert lengths("KN_ACCEPT") == [7, 7, 7, 7]


def test_what_has_no_version_is_not_found() -> None:
    book = load_rulebook()
    with pytest.raises(KeyError):
        book.rule("KN_SUSP_SEND", date(2026, 6, 30))
    with pytest.raises(KeyError):
        book.rule("NOTHING", TODAY)
    with pytest.raises(KeyError):
        book.by_version("KN_ACCEPT@1999-01-01")


# Findings about rules that can be read.

GOOD = load_rulebook().rule("KN1_SEND", TODAY)
TIMED = replace(GOOD, extension=Extension("add", 3, 1, "Luật"))
LONG = {"normal": 3, "complex": 5}


@pytest.mark.parametrize("rule, finding", [
    (replace(GOOD, number=0), "a limit is at least one day"),
    (replace(GOOD, article=" "), "a statutory rule without its article"),
    (replace(GOOD, cites=()), "a statutory rule without its row in law.md"),
    (replace(GOOD, source=()), "a statutory rule without its source"),
    (replace(GOOD, layer=Layer.LOCAL), "only the statutory layer cites an article"),
    (replace(GOOD, layer=Layer.INTERNAL, article=""), "a target of the office's own says 'mục tiêu nội bộ'"),
    (replace(GOOD, valid_to=GOOD.valid_from), "validity ends before it begins"),
    (replace(GOOD, name_en=" "), "name_en is blank"),
    (replace(GOOD, stops=""), "stops is blank"),
    (replace(GOOD, backward=True, lengths=LONG), "a backward limit has one number"),
    (replace(TIMED, backward=True), "a backward limit has one number"),
    (replace(GOOD, lengths={"normal": 3, "huge": 9}), "lengths are normal"),
    (replace(GOOD, lengths={"normal": 4, "complex": 5}), "the number is the normal length"),
    (replace(GOOD, lengths={"normal": 3, "complex": 2}), "no length is shorter than the normal one"),
    (replace(GOOD, extension=Extension("twice", 3, 1, "Luật")), "unknown extension mode 'twice'"),
    (replace(GOOD, extension=Extension("add", 0, 1, "Luật")), "an extension is at least one day, once"),
    (replace(GOOD, extension=Extension("add", 3, 0, "Luật")), "an extension is at least one day, once"),
    (replace(GOOD, extension=Extension("add", 3, 1, "")), "an extension cites its article"),
    (replace(GOOD, extension=Extension("total", 3, 1, "Luật")), "an extended total is longer than the number"),
    (replace(TIMED, lengths=LONG), "either lengths of complex cases or an extension"),
])  # fmt: skip
def test_a_faulty_rule_is_found(rule: Rule, finding: str) -> None:
    [found] = check([rule])
    assert found.startswith(f"{rule.version}: {finding}")


def test_what_is_right_has_no_finding() -> None:
    assert check([GOOD, replace(TIMED, code="OTHER")]) == []
    assert check([replace(GOOD, layer=Layer.LOCAL, article="")]) == []


@pytest.mark.parametrize("ends, finding", [
    (None, "KN1_SEND@2012-07-01: overlaps KN1_SEND@2026-07-01"),
    (date(2026, 7, 2), "KN1_SEND@2012-07-01: overlaps KN1_SEND@2026-07-01"),
    (date(2026, 6, 30), "KN1_SEND@2012-07-01: a gap before KN1_SEND@2026-07-01"),
])  # fmt: skip
def test_gaps_and_overlaps_of_validity_are_found(ends: date | None, finding: str) -> None:
    newer = replace(GOOD, valid_from=date(2026, 7, 1))
    assert check([newer, replace(GOOD, valid_to=ends)]) == [finding]
    assert check([newer, replace(GOOD, valid_to=date(2026, 7, 1))]) == []


def test_a_faulty_rulebook_is_refused_with_every_finding() -> None:
    with pytest.raises(RulebookError) as caught:
        Rulebook([replace(GOOD, number=0, article="")], unread=["a.toml: unreadable"])
    assert len(caught.value.findings) == 3
    assert str(caught.value) == "\n".join(caught.value.findings)


# Findings about rows that cannot be read.

ROW = """
[[rule]]
code = "X_SEND"
name_vi = "Gửi"
name_en = "Sending"
unit = "wd"
number = 3
end_roll = "forward"
start_event = "decision_issued"
stop_event = "decision_sent"
role = "complaint_resolver"
article = "Luật Khiếu nại Điều 32"
cites = ["C29"]
source = ["L-KN"]
valid_from = 2012-07-01
confidence = "high"
"""


def read(folder: Path, text: str) -> tuple[list[Rule], list[str]]:
    """Read a folder that holds one file."""
    (folder / "x.toml").write_text(text, encoding="utf-8")
    return read_rules(folder)


def test_a_good_row_is_read(tmp_path: Path) -> None:
    rules, findings = read(tmp_path, ROW)
    assert findings == []
    assert [(rule.version, rule.unit, rule.layer) for rule in rules] == [
        ("X_SEND@2012-07-01", Unit.WORKING, Layer.STATUTORY)
    ]
    assert rules[0].confidence is Confidence.HIGH
    assert (rules[0].starts, rules[0].stops) == ("ban hành quyết định", "gửi quyết định")
    assert (rules[0].start_event, rules[0].stop_event) == ("decision_issued", "decision_sent")
    assert (rules[0].role, rules[0].responsible) == ("complaint_resolver", "Người giải quyết")
    assert (rules[0].source, rules[0].end_roll, rules[0].roll_end) == (("L-KN",), EndRoll.FORWARD, True)


def test_every_number_of_the_law_says_where_it_was_read_and_where_its_end_goes() -> None:
    vocabulary, findings = read_vocabulary(FOLDER)
    assert findings == []
    rules = load_rulebook().rules()
    assert {source for rule in rules for source in rule.source} <= set(vocabulary.sources)
    assert {rule.code for rule in rules if rule.end_roll is EndRoll.NONE} == {"KN_EFFECT", "KNK_EFFECT"}
    assert all(rule.backward is (rule.end_roll is EndRoll.BACKWARD) for rule in rules)
    used = {rule.start_event for rule in rules} | {rule.stop_event for rule in rules}
    assert used == set(vocabulary.events)
    roles = {rule.role for rule in rules} | {row.role for row in load_figures()}
    assert roles == set(vocabulary.roles)


@pytest.mark.parametrize("text, finding", [
    ("event = ", "events.toml: "),
    ('[[event]]\ncode = "a"\nvi = "b"\n', "is not code, vi and en"),
    ('[[event]]\ncode = "a"\nvi = "b"\nen = " "\n', "is not code, vi and en"),
    ('[[event]]\ncode = "a"\nvi = "b"\nen = "c"\n[[event]]\ncode = "a"\nvi = "b"\nen = "c"\n', "event a stands twice"),
    ("", "events.toml: holds no [[role]]"),
    ("[[events]]\n", "events.toml: events is no list of words"),
])  # fmt: skip
def test_a_vocabulary_that_cannot_be_used_says_why(tmp_path: Path, text: str, finding: str) -> None:
    (tmp_path / "events.toml").write_text(text, encoding="utf-8")
    assert any(finding in line for line in read_vocabulary(tmp_path)[1])


@pytest.mark.parametrize("old, new, finding", [
    ('unit = "wd"', 'unit = "weeks"', "unknown unit 'weeks'"),
    ('unit = "wd"', "unit = 7", "unit is no str"),
    ('confidence = "high"', 'confidence = "sure"', "unknown confidence 'sure'"),
    ("number = 3", 'number = 3\nlayer = "habit"', "unknown layer 'habit'"),
    ("number = 3", "number = true", "number is no int"),
    ("number = 3", "", "number is missing"),
    ("number = 3", "number = 3\ncolour = 1", "colour is no word of a rule"),
    ("2012-07-01", "2012-07-01T08:00:00", "valid_from is no date"),
    ("2012-07-01", '"2012-07-01"', "valid_from is no date"),
    ("number = 3", "number = 3\nlengths = { normal = 3, complex = 4.5 }", "lengths: complex is no whole number"),
    ("number = 3", "number = 3\nlengths = 3", "lengths is no dict"),
    ("number = 3", "number = 3\nextension = 3", "extension is no dict"),
    ("number = 3", 'number = 3\nextension = { mode = "add", days = 3, times = 1 }', "extension: article is missing"),
    ('["C29"]', '["Điều 32"]', "cites: 'Điều 32' is no ID of law.md"),
    ('["C29"]', "[29]", "cites: 29 is no ID of law.md"),
    ('["C29"]', '"C29"', "cites is no list"),
    ('"decision_issued"', '"decided"', "unknown start_event 'decided'"),
    ('"decision_sent"', '"sent"', "unknown stop_event 'sent'"),
    ('"complaint_resolver"', '"anybody"', "unknown role 'anybody'"),
    ('"forward"', '"sideways"', "unknown end_roll 'sideways'"),
    ('"forward"', '"backward"', "what is counted back, and nothing else, rolls backward"),
    ("number = 3", "number = 3\nbackward = true", "what is counted back, and nothing else, rolls backward"),
    ('["L-KN"]', '["L-XX"]', "unknown source 'L-XX'"),
    ('["L-KN"]', '[["L-KN"]]', "unknown source ['L-KN']"),
    ('source = ["L-KN"]', "", "source is missing"),
])  # fmt: skip
def test_a_row_that_cannot_be_read_says_why(tmp_path: Path, old: str, new: str, finding: str) -> None:
    assert read(tmp_path, ROW.replace(old, new)) == ([], [f"x.toml: X_SEND: {finding}"])


def test_a_file_that_is_no_rulebook_is_found_and_the_others_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("number = ", encoding="utf-8")
    (tmp_path / "b.toml").write_text("# nothing\n", encoding="utf-8")
    (tmp_path / "c.toml").write_text('[[rule]]\nnumber = "7"\n', encoding="utf-8")
    (tmp_path / "d.toml").write_text("rule = 3\n", encoding="utf-8")
    rules, findings = read(tmp_path, ROW)
    assert len(rules) == 1
    assert findings[0].startswith("a.toml: ")
    assert findings[1] == "b.toml: holds no [[rule]]"
    assert "c.toml: a row without a code: number is no int" in findings
    assert "c.toml: a row without a code: code is missing" in findings
    assert findings[-1] == "d.toml: holds no [[rule]]"
