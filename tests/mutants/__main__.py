"""Runs the mutants of the tables and guards: python -m tests.mutants [--workers N] [module.py ...]; docs/quality.md.

Prints a line for each module and each survivor that tests/mutants/explained.toml does not explain; fails when there is one,
or when an explanation is of no use any more.
"""

import argparse
import sys
import time
import tomllib
from collections import Counter
from pathlib import Path

import hypothesis  # noqa: F401 - what takes long to import is there before the processes part

from complaints.rulebook.figures import load_figures
from complaints.rulebook.loader import load_rulebook
from tests.mutants.trial import ROOT, trials

CORE = "tests/complaints/core"
TABLES = tuple(
    f"{CORE}/test_{name}.py"
    for name in (  # what is quick and notices most comes first: a mutant that is killed is tried no further
        "workflow_steps",
        "core_edges",
        "intake_rows",
        "fields",
        "milestones",
        "catalogue",
        "guard_edges",
        "guard_mutants",
        "publication",
        "workflow_guards",
        "workflow_tables",
    )
)
RECEPTION = tuple(
    f"tests/reception/core/test_{name}.py" for name in ("workflow_steps", "workflow_visit", "workflow_online")
)
# diagram.py writes docs/workflows, which a test holds current; it decides nothing.
MODULES: dict[str, tuple[str, ...]] = {
    str(path.relative_to(ROOT)): TABLES
    for path in sorted((ROOT / "complaints" / "workflow").glob("*.py"))
    if path.name not in ("__init__.py", "diagram.py")
} | {
    "reception/workflow/visit.py": RECEPTION,
    "reception/workflow/online.py": RECEPTION,
    "complaints/clock_words.py": ("tests/law/test_clock_sentences.py", "tests/law/test_clocks.py"),
}


def explained() -> Counter[tuple[str, str]]:
    """Return the changes that nothing can notice, by module, each as often as it is explained."""
    rows = tomllib.loads((Path(__file__).parent / "explained.toml").read_text(encoding="utf-8"))["survivor"]
    return Counter((row["module"], change) for row in rows for change in row["changes"])


def run(path: str, workers: int, known: Counter[tuple[str, str]]) -> bool:
    """Try one module and print what became of its mutants; tell whether every survivor is explained."""
    started, tried, survivors = time.monotonic(), 0, Counter[tuple[str, str]]()
    for change, survived in trials(Path(path), MODULES[path], workers):
        tried += 1
        survivors[path, str(change)] += survived
    unexplained = survivors - known
    idle = Counter({row: times for row, times in known.items() if row[0] == path}) - survivors
    lived = survivors.total()
    sys.stdout.write(f"{path}: {tried} mutants, {tried - lived} killed, {lived} survived,"
                     f" {unexplained.total()} of them unexplained ({time.monotonic() - started:.0f} s)\n")  # fmt: skip
    sys.stdout.writelines(f"    {words}\n" for _, words in unexplained.elements())
    sys.stdout.writelines(f"    explained and not alive: {words}\n" for _, words in idle.elements())
    sys.stdout.flush()
    return not unexplained and not idle


def main() -> int:
    """Try the modules asked for, all without any; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("modules", nargs="*", metavar="module.py", help=f"of {', '.join(MODULES)}")
    asked = parser.parse_args()
    unknown = [module for module in asked.modules if module not in MODULES]
    if unknown:
        parser.error(f"not among the modules that are changed: {', '.join(unknown)}")
    load_rulebook()
    load_figures()
    known = explained()
    assert Path.cwd() == ROOT, f"start it in {ROOT}"
    kept = [run(module, asked.workers, known) for module in asked.modules or MODULES]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
