"""The numbers in the texts of the tables come from the rulebook; no table holds a number of the law of its own."""

import ast
import re

import pytest

from complaints.rulebook import said
from complaints.rulebook.loader import RulebookError
from complaints.workflow import catalogue
from complaints.workflow.base import Facts, GuardRefused
from reception.workflow import online, visit
from tests.architecture.source import ROOT

# Words after which a number is one of the law: 'trong 7 ngày', 'ít nhất 2 bản'.
_NUMBER = re.compile(r"\d+ (ngày|bản|lần|người|tiêu chí|kỳ)")
_FILES = (
    *sorted((ROOT / "complaints" / "workflow").glob("*.py")), ROOT / "complaints" / "routing.py",
    *sorted((ROOT / "reception" / "workflow").glob("*.py")), ROOT / "reception" / "rules.py",
)  # fmt: skip


@pytest.mark.parametrize("path", _FILES, ids=lambda path: path.name)
def test_no_text_of_a_table_types_a_number_of_the_law(path: object) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))  # type: ignore[attr-defined]
    typed = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    assert [text for text in typed if _NUMBER.search(text)] == []


def test_a_length_and_a_figure_are_said_in_words() -> None:
    assert said.length("KN1_SEND") == "3 ngày làm việc"
    assert said.length("KN1_RESOLVE", complex_=True) == "45 ngày"
    assert said.length("KN1_RESOLVE", complex_=True, remote=True) == "60 ngày"
    assert said.length("KN_ACCEPT") == "7 ngày làm việc", "the newest version"
    assert said.lengthened("TC_RESOLVE") == "30 ngày"
    assert said.lengthened("TC_INIT") == "10 ngày làm việc"
    assert said.lengthened("KN1_SEND") == said.UNREAD, "nothing makes it longer"
    assert said.counted("TC_TEAM") == "ít nhất 2 người"
    with pytest.raises(KeyError):
        said.length("NOTHING")


def test_a_faulty_rulebook_leaves_the_texts_without_numbers_and_is_told_by_its_own_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def faulty() -> None:
        raise RulebookError(["faulty"])

    monkeypatch.setattr(said, "load_rulebook", faulty)
    assert said.length("KN1_SEND") == said.lengthened("TC_INIT") == said.UNREAD


def test_the_tables_say_the_numbers_of_today() -> None:
    steps = {
        (flow.name, row.code, row.action): row.help_vi for flow in catalogue.ALL for row in flow.transitions
    }
    assert steps["complaint", "C-14", "dispatch"] == "Gửi trong 3 ngày làm việc từ ngày ban hành."
    assert "45 ngày (vùng sâu, vùng xa: 60 ngày)" in steps["complaint", "C-6", "declare_complex"]
    assert "lần thứ hai, thêm tối đa 30 ngày" in steps["denunciation", "T-13", "extend"]
    assert any("ít nhất 5 ngày làm việc" in row.help_vi for row in online.WORKFLOW.transitions)
    assert any("Từ 5 người trở lên" in row.help_vi for row in visit.WORKFLOW.transitions)


def test_how_often_a_limit_is_made_longer_is_the_rulebooks() -> None:
    flow = catalogue.BY_CASE_KIND["denunciation"]
    data = {"criteria": ["places", "foreign"]}
    facts = Facts(extension_count=2, extensions=3)
    assert flow.find("tc_verifying", "extend", facts, data).code == "T-13"
    with pytest.raises(GuardRefused, match="gia hạn 3 lần"):
        flow.find("tc_verifying", "extend", Facts(extension_count=3, extensions=3), data)
