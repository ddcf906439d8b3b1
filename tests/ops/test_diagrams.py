"""docs/workflows says what the tables say: written by `tiepdan law diagrams`, and stale pages are found."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.commands.diagrams import FOLDER, rule_words
from app.commands.law import law
from app.tables import every_workflow
from complaints.workflow.base import Workflow
from complaints.workflow.diagram import page, refusals

ALL = every_workflow()


def call(*words: str) -> Result:
    """Run the command with no database anywhere."""
    return CliRunner(env={"DATABASE_URL": None, "REDIS_URL": None}).invoke(law, ["diagrams", *words])


def test_the_pages_in_the_repository_are_what_the_tables_say() -> None:
    done = call("--check")
    assert (done.exit_code, done.output) == (0, "")
    assert {path.stem for path in FOLDER.glob("*.md")} == {"README", *(workflow.name for workflow in ALL)}


def test_a_page_that_was_edited_lost_or_left_over_is_found_and_put_right(tmp_path: Path) -> None:
    assert call("--folder", str(tmp_path)).exit_code == 0
    assert call("--folder", str(tmp_path), "--check").exit_code == 0
    (tmp_path / "complaint.md").write_text("khác", encoding="utf-8")
    (tmp_path / "gone.md").write_text("quy trình không còn", encoding="utf-8")
    (tmp_path / "intake.md").unlink()
    stale = call("--folder", str(tmp_path), "--check")
    assert stale.exit_code == 1
    assert [f"{name}.md" in stale.output for name in ("complaint", "gone", "intake", "proposal")] == [
        True
    ] * 3 + [False]
    assert (tmp_path / "complaint.md").read_text(encoding="utf-8") == "khác"  # --check writes nothing
    assert call("--folder", str(tmp_path)).output == f"{len(ALL) + 1} pages, 3 changed\n"
    assert call("--folder", str(tmp_path), "--check").exit_code == 0


@pytest.mark.parametrize("workflow", ALL, ids=lambda workflow: workflow.name)
def test_a_page_has_every_state_and_a_row_for_every_step(workflow: Workflow) -> None:
    text = page(workflow, rule_words)
    assert text.count("stateDiagram-v2") == 1
    for code, state in workflow.states.items():
        assert f'state "{state.label_vi}" as {code}\n' in text
        assert (f"{code} --> [*]" in text) is not state.open
    rows = [line for line in text.splitlines() if line.startswith("| ") and "**" in line]
    assert len(rows) == len(workflow.transitions)
    for row, step in zip(rows, workflow.transitions, strict=True):
        assert row.startswith(f"| {step.code} | **{step.label_vi}**")
        assert row.count(" | ") == 8  # nine cells
        assert all(effect.clock in row for effect in step.effects)
        assert all(cite in row for cite in step.cites)


@pytest.mark.parametrize("workflow", ALL, ids=lambda workflow: workflow.name)
def test_every_guard_is_told_in_words(workflow: Workflow) -> None:
    silent = [f"{t.code} {t.action}" for t in workflow.transitions if t.guard and not list(refusals(t.guard))]
    assert silent == []


def test_a_guard_that_asks_another_or_keeps_its_words_is_told_too() -> None:
    steps = {(w.name, t.action): t for w in ALL for t in w.transitions}
    asks, keeps = steps["intake", "guide"].guard, steps["denunciation", "notify"].guard
    assert asks is not None
    assert keeps is not None
    assert any("Thẩm quyền đã xác định thuộc cơ quan mình" in reason for reason in refusals(asks))
    assert any("thông báo thụ lý" in reason for reason in refusals(keeps))
