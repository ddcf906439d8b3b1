"""The last branches of the pure core: what is refused when the system starts, and guards read for their words."""

from collections.abc import Callable
from typing import Any

import pytest

from complaints.codes import CaseKind, Instance
from complaints.rulebook import figures
from complaints.rulebook.loader import RulebookError
from complaints.workflow import diagram
from complaints.workflow.base import Data, Facts
from complaints.workflow.catalogue import BY_CASE_KIND, OF_CASES, case_workflow
from complaints.workflow.complaint_parts import guard_of_first


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
