"""The last branches of the pure core: what is refused when the system starts, and guards read for their words."""

from collections.abc import Callable
from typing import Any

import pytest

from complaints.codes import CaseKind, Instance
from complaints.rulebook import competing, figures, overview, transitions, uncertain
from complaints.rulebook.loader import Confidence, RulebookError, load_rulebook
from complaints.rulebook.rows import TableError
from complaints.rulebook.wordings.loader import load_wordings
from complaints.workflow import diagram
from complaints.workflow import protection as protecting
from complaints.workflow.base import Data, Facts, FieldKind, FieldSpec
from complaints.workflow.catalogue import BY_CASE_KIND, OF_CASES, case_workflow
from complaints.workflow.complaint_parts import guard_of_first
from complaints.workflow.fields import FieldError, clean


def test_every_case_is_moved_by_the_table_of_its_kind_instance_and_subject() -> None:
    asked = [case_workflow(CaseKind.COMPLAINT, instance, disciplinary)
             for instance in (Instance.FIRST, Instance.SECOND) for disciplinary in (False, True)]  # fmt: skip
    assert len({table.name for table in asked}) == 4
    assert all(table in OF_CASES for table in asked)
    for kind in (CaseKind.DENUNCIATION, CaseKind.PROPOSAL):
        assert case_workflow(kind) is BY_CASE_KIND[kind]


def test_a_guard_taken_from_the_first_instance_must_be_there() -> None:
    with pytest.raises(ValueError, match="execute has no guard"):
        guard_of_first("execute")


def test_figures_that_do_not_hold_together_are_refused_when_they_are_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(figures, "read_figures", lambda: ([], ["a.toml: unreadable"]))
    figures.load_figures.cache_clear()
    with pytest.raises(RulebookError) as caught:
        figures.load_figures()
    assert caught.value.findings == ("a.toml: unreadable",)
    monkeypatch.undo()
    figures.load_figures.cache_clear()
    assert figures.load_figures()


def calls_itself(facts: Facts, data: Data) -> str | None:
    """A guard that comes back to itself is read once."""
    return calls_itself(facts, data) if facts.overdue else "Chưa quá hạn."


def says_what_it_is_given(facts: Facts, data: Data) -> str | None:
    """A class is called, no function of ours: it has no words of its own."""
    return str(data) if facts.overdue else None


@pytest.mark.parametrize("guard, words", [(calls_itself, ["Chưa quá hạn."]), (says_what_it_is_given, [])])
def test_the_words_of_a_guard_are_read_once_and_from_our_own_functions(
    guard: Callable[..., Any], words: list[str]
) -> None:
    assert list(diagram._reasons(guard, set())) == words


def test_where_no_function_begins_nothing_is_returned() -> None:
    assert diagram._returned(__file__, 1) == []


@pytest.mark.parametrize("state, action, facts, data, words", [
    ("secrecy_on", "request", {}, {}, None),
    ("secrecy_on", "request", {}, {"form": "written", "paper_on": "16/11/2026"}, None),
    ("secrecy_on", "request", {}, {"form": "by_phone"}, None),
    ("secrecy_on", "request", {}, {"form": "written"}, "phải ghi ngày của văn bản"),
    ("prot_requested", "request_paper", {"request_paper_owed": True}, {}, None),
    ("prot_requested", "request_paper", {}, {}, "Không còn văn bản đề nghị nào"),
    ("prot_requested", "refer", {}, {}, None),
    ("prot_requested", "refer", {}, {"document_no": "5/CV"}, None),
    ("prot_requested", "refer", {"urgent": True}, {"on": "16/11/2026"}, None),
    ("prot_requested", "refer", {}, {"on": "16/11/2026"}, "khẩn cấp"),
    ("prot_referred", "referral_paper", {"referral_paper_owed": True}, {}, None),
    ("prot_referred", "referral_paper", {}, {}, "đã được gửi"),
])  # fmt: skip
def test_protection_asks_for_its_papers(
    state: str, action: str, facts: dict[str, Any], data: dict[str, Any], words: str | None
) -> None:
    """B03, B04: in writing unless it is urgent; what is urgent is asked for at once, the paper later."""
    [row] = [step for step in protecting.WORKFLOW.leaving(state) if step.action == action]
    refused = row.refusal(Facts(kind="denunciation", **facts), data)
    assert (words in refused) if words and refused else refused == words


def test_the_people_of_a_case_are_numbers_each_once_whether_one_or_many_came() -> None:
    field = FieldSpec("who", FieldKind.PARTIES, "Ai", "Who")
    assert clean((field,), {"who": ["3", "5", "3"]}) == {"who": [3, 5]}
    assert clean((field,), {"who": "3"}) == {"who": [3]}
    with pytest.raises(FieldError):
        clean((field,), {"who": ["ba"]})


def test_every_paper_that_has_a_wording_is_read_with_its_rows() -> None:
    wordings = load_wordings()
    assert wordings
    assert all(wording.code == code and wording.cites for code, wording in wordings.items())


@pytest.mark.parametrize("module, reader, loader, asked, faulty", [
    (transitions, "read_transitions", "load_transitions", (), ([], [], ["unreadable"])),
    (competing, "read_competing", "load_competing", (tuple(load_rulebook().codes()),), ([], ["unreadable"])),
    (uncertain, "read_reasons", "reasons", (), ({}, ["unreadable"])),
    (overview, "read_tables", "counting_rules", (), ({}, ["unreadable"])),
])  # fmt: skip
def test_a_table_beside_the_rules_that_does_not_hold_is_refused_with_its_findings(
    monkeypatch: pytest.MonkeyPatch,
    module: Any,
    reader: str,
    loader: str,
    asked: tuple[Any, ...],
    faulty: tuple[Any, ...],
) -> None:
    load = getattr(module, loader)
    monkeypatch.setattr(module, reader, lambda *_args: faulty)
    load.cache_clear()
    with pytest.raises(TableError) as caught:
        load(*asked)
    assert (caught.value.findings, str(caught.value)) == (("unreadable",), "unreadable")
    monkeypatch.undo()
    load.cache_clear()
    assert load(*asked)


def test_the_reasons_of_uncertain_rules_say_what_is_wrong_with_them() -> None:
    row = '[[reason]]\nrule = "KN_EFFECT"\nreason_vi = "Vì"\nreason_en = "For"\ncites = ["T11"]\n'
    assert uncertain.read_reasons(row) == ({"KN_EFFECT": ("Vì", "For")}, [])
    assert uncertain.read_reasons(row + row)[1] == ["reason KN_EFFECT: stands twice"]
    assert uncertain.read_reasons(row.replace("Vì", " "))[1] == ["reason KN_EFFECT: says or cites nothing"]


def test_only_rules_of_the_law_that_are_not_sure_warn_the_least_sure_first() -> None:
    rules = load_rulebook().rules()
    found = uncertain.uncertain([*rules, *rules])
    wanted = {rule.version for rule in rules if rule.is_law and rule.confidence is not Confidence.HIGH}
    assert {row.version for row in found} == wanted
    assert len(found) == len(wanted)
    assert [row.blocks for row in found] == sorted((row.blocks for row in found), reverse=True)
    assert {row.blocks for row in found} == {True, False}
