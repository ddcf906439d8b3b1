"""What `make mutation` changes in a table, and that it neither misses a survivor nor calls a noticed mutant one."""

import os
import subprocess
import sys
from pathlib import Path

from tests.mutants.__main__ import MODULES, explained
from tests.mutants.changes import Module
from tests.mutants.trial import ROOT

TABLE = '''"""A table."""

from complaints.clocks import Verb
from complaints.workflow.base import Data, Facts, State, Transition

CLOSED = State("closed", "Đã đóng", "Closed", open=False)
STEPS = (first, *others)


def guard(facts: Facts, data: Data) -> str | None:
    """Say why not."""
    if facts.signer_count > 1 and not data.get("everyone"):
        return "Chưa đủ."
    return None
'''


def test_a_table_is_changed_where_it_is_built_and_a_guard_where_it_decides() -> None:
    module = Module(TABLE)
    words = [str(change) for change in module.changes()]
    assert {
        'CLOSED: "closed" -> "XXclosedXX"', 'CLOSED: State("closed", "Đã đóng") without open', "CLOSED: False -> True",
        "STEPS: without first,", "STEPS: without *others", 'guard(): return "Chưa đủ." -> return None', 'guard(): return None -> return "XX"',
        'guard(): if facts.signer_count > 1 and not data.get("everyone") -> False', "guard(): > 1 -> >= 1", "guard(): 1 -> 2",
        'guard(): not data.get("everyone") -> data.get("everyone")', 'guard(): "everyone" -> "XXeveryoneXX"',
        'guard(): facts.signer_count > 1 and not data.get("everyone") -> facts.signer_count > 1',
    } <= set(words)  # fmt: skip
    assert not [
        word for word in words if "XXĐã đóngXX" in word or "XXClosedXX" in word or "Say why not" in word
    ]


def test_each_change_is_made_in_its_place_and_nowhere_else() -> None:
    module = Module(TABLE)
    for change in module.changes():
        before, after = TABLE.splitlines(), module.changed(change).splitlines()
        assert len(before) == len(after)
        assert sum(one != other for one, other in zip(before, after, strict=True)) == 1, str(change)
        compile(module.changed(change), "table", "exec")


TRY = """
from pathlib import Path
from tests.mutants import trial
trial.ROOT = Path.cwd()
for change, survived in trial.trials(Path("counted.py"), ["test_counted.py"], workers=2):
    print(survived, change)
"""


def test_what_no_test_notices_survives_and_what_one_notices_does_not(tmp_path: Path) -> None:
    (tmp_path / "counted.py").write_text("def most(number: int) -> bool:\n    return number < 3\n")
    (tmp_path / "test_counted.py").write_text(
        "import pytest\nfrom counted import most\n\n\n@pytest.mark.parametrize('number', [2])\n"
        "def test_two_is_less(number):\n    assert most(number)\n"
    )
    # In a process of its own: it forks, which a process with threads, as the suite's are, had better not do.
    tried = subprocess.run(
        [sys.executable, "-c", TRY], cwd=tmp_path, env={**os.environ, "PYTHONPATH": f"{tmp_path}:{ROOT}"},
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert sorted(tried.stdout.splitlines()) == [
        "False most(): return number < 3 -> return None",
        "True most(): 3 -> 4",
        "True most(): < 3 -> <= 3",
    ]


def test_every_table_is_changed_and_every_explanation_is_of_one() -> None:
    names = {path.stem for path in Path("complaints/workflow").glob("*.py")} - {"__init__", "diagram"}
    assert {Path(module).stem for module in MODULES} >= names
    assert {module for module, _change in explained()} <= set(MODULES)
