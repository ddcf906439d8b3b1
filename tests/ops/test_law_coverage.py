"""docs/law-coverage.md: every row of the law is carried and tested, or says why not; a stale page is found."""

import functools
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.commands import coverage as command
from app.commands.coverage import PAGE
from app.commands.law import law
from app.tables import every_workflow
from complaints.coverage import ROOT, Coverage, coverage, page
from complaints.workflow.catalogue import ALL

current = functools.cache(command.current)
_ID = re.compile(r"\| ((?:TC|[RPCKIBFATH])\d{2}a?|[VX]\d{1,2}|[CSTBF]-\d{1,2}) \| ")


def call(*words: str) -> Result:
    """Run the command with no database anywhere."""
    return CliRunner(env={"DATABASE_URL": None, "REDIS_URL": None}).invoke(law, ["coverage", *words])


def reference() -> Path | None:
    """Return law.md beside this checkout, or beside a folder above it."""
    beside = (folder / "shared" / "domain" / "law.md" for folder in ROOT.parents)
    return next((path for path in beside if path.is_file()), None)


def test_the_list_holds_every_row_of_the_law_and_no_other() -> None:
    law_md = reference()
    if law_md is None:
        pytest.skip("law.md is not beside this checkout")
    lines = law_md.read_text(encoding="utf-8").splitlines()
    known = {match[1] for line in lines if (match := _ID.match(line))}
    assert set(current().rows) == known


def test_every_row_is_carried_and_tested_or_says_why_not() -> None:
    found = current()
    assert found.findings == ()
    for row in found.rows.values():
        assert row.subject
        assert (row.built and row.tested) or row.reason


def test_the_page_in_the_repository_is_current() -> None:
    done = call("--check")
    assert done.exit_code == 0, done.output
    text = PAGE.read_text(encoding="utf-8")
    assert all(text.count(f"\n| {code} | ") == 1 for code in current().rows)


def test_every_place_and_test_named_is_a_file() -> None:
    for row in current().rows.values():
        for place in row.built | row.tested:
            path = re.search(r"\(([^()]+)\)$", place)
            assert (ROOT / (path[1] if path else place)).is_file(), (row.code, place)


def test_a_stale_page_is_found_and_put_right(tmp_path: Path) -> None:
    target = tmp_path / "page.md"
    assert call("--page", str(target), "--check").exit_code == 1
    assert call("--page", str(target)).exit_code == 0
    assert target.read_text(encoding="utf-8") == PAGE.read_text(encoding="utf-8")
    target.write_text("khác", encoding="utf-8")
    stale = call("--page", str(target), "--check")
    assert (stale.exit_code, "is stale" in stale.output) == (1, True)
    assert target.read_text(encoding="utf-8") == "khác"  # --check writes nothing


def test_the_tables_of_the_desk_and_of_complaints_are_all_read() -> None:
    assert {workflow.name for workflow in every_workflow()} >= {"visit", *(w.name for w in ALL)}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a copy of what is read, to be spoilt."""
    shutil.copytree(ROOT / "tests", tmp_path / "tests", ignore=shutil.ignore_patterns("__pycache__", "*.png"))
    shutil.copytree(ROOT / "complaints" / "rulebook", tmp_path / "complaints" / "rulebook")
    for row in current().rows.values():
        for place in row.built | row.tested:
            path = re.search(r"\(([^()]+)\)$", place)
            target = tmp_path / (path[1] if path else place)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.touch()
    return tmp_path


def read(root: Path) -> Coverage:
    """Return the coverage of a copy."""
    return coverage(every_workflow(), {workflow.name for workflow in ALL}, root)


def add(root: Path, text: str) -> None:
    """Add to a copy's coverage.toml."""
    path = root / "complaints" / "rulebook" / "coverage.toml"
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def test_a_row_with_neither_place_nor_reason_is_found(copy: Path) -> None:
    rows = copy / "complaints" / "rulebook" / "rows.toml"
    rows.write_text('R99 = "A new duty"\n' + rows.read_text(encoding="utf-8"), encoding="utf-8")
    assert read(copy).findings == ("R99: neither built nor a reason why not",)
    add(copy, '\n[[missing]]\nrows = ["R99"]\nnot = "no time"\n')
    assert read(copy).findings == ("coverage.toml: R99: unknown reason 'no time'",)


def test_a_place_that_does_not_exist_is_found(copy: Path) -> None:
    add(copy, '\n[[covered]]\nrows = ["R03"]\nat = ["app/nowhere.py"]\ntest = ["tests/test_nothing.py"]\n')
    assert read(copy).findings == (
        "coverage.toml: R03: app/nowhere.py does not exist",
        "coverage.toml: R03: tests/test_nothing.py does not exist",
    )


def test_a_row_that_is_carried_and_tried_by_nothing_is_found(copy: Path) -> None:
    rows = copy / "complaints" / "rulebook" / "rows.toml"
    rows.write_text('R99 = "A new duty"\n' + rows.read_text(encoding="utf-8"), encoding="utf-8")
    add(copy, '\n[[covered]]\nrows = ["R99"]\nat = ["app/core/seal.py"]\ntest = []\n')
    assert read(copy).findings == ("R99: no test; mark one with @pytest.mark.law('R99')",)
    (copy / "tests" / "test_new.py").write_text(
        'import pytest\n\n\n@pytest.mark.law("R99", "Z01")\ndef test_it(): ...\n', encoding="utf-8"
    )
    found = read(copy)
    assert found.rows["R99"].tested == {"tests/test_new.py"}
    assert found.findings == ("tests/test_new.py: Z01 is no row of rows.toml",)


def test_a_reason_that_was_overtaken_is_told_and_fails_nothing(copy: Path) -> None:
    add(copy, '\n[[missing]]\nrows = ["C04"]\nnot = "not yet built"\n')
    found = read(copy)
    assert found.findings == ()
    assert [line for line in found.overtaken if line.startswith("C04: built now; delete")]
    assert "C04 | Acceptance or refusal, first, second instance and disciplinary | rule KN_ACCEPT" in page(
        found
    )
    add(copy, '\n[[missing]]\nrows = ["C05"]\nnot = "outside the system"\n')
    assert read(copy).findings == ("C05: is built, and yet has a reason why not",)


def test_a_note_falls_away_when_what_it_waits_for_is_built(copy: Path) -> None:
    add(copy, '\n[[lacking]]\nrows = ["C04"]\nlacks = "the second instance"\nuntil = "S-1"\n')
    assert read(copy).rows["C04"].note == ("" if read(copy).rows["S-1"].built else "the second instance")
    add(copy, '\n[[lacking]]\nrows = ["C05"]\nlacks = "the head"\nuntil = "C-1"\n')
    found = read(copy)
    assert found.rows["C05"].note == ""
    assert "C05: C-1 is built now; delete the note of what lacks" in found.overtaken
