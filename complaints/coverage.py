"""Where each row and step of law.md stands in the system and where it is tested, or why it does not. Reads files only.

What a rule or a workflow table cites is found by itself; complaints/rulebook/coverage.toml says the rest.
"""

import ast
import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from complaints.rulebook.loader import FOLDER
from complaints.workflow.base import Workflow

ROOT = Path(__file__).parents[1]
WALKED = "tests/complaints/test_state_machines.py"  # walks every table of the catalogue through the services
_EXAMPLES = "tests/law/examples"
_REASON = re.compile(r"no number in law|open question Q\d+|outside the system|issue 6|not yet built")
_WAITS = ("not yet built", "issue 6")
_NUMBER_ONLY = "the number is known and dated; no step cites this row"
_CITED_STEP = re.compile(r"[VX]\d{1,2}|[CSTBF]-\d{1,2}")


@dataclass
class Row:
    """One row of law.md: what carries it, what tries it, what is still missing, or the reason why nothing does."""

    code: str
    subject: str
    built: set[str] = field(default_factory=set)
    tested: set[str] = field(default_factory=set)
    reason: str = ""
    note: str = ""


@dataclass(frozen=True)
class Coverage:
    """All rows in law.md's order, what is wrong with the lists, and the reasons that what was built has overtaken."""

    rows: Mapping[str, Row]
    findings: tuple[str, ...]
    overtaken: tuple[str, ...]


def coverage(workflows: Sequence[Workflow], walked: Iterable[str], root: Path = ROOT) -> Coverage:
    """Return where every row stands. `walked` names the workflows that the test of state machines walks."""
    book = root / FOLDER.relative_to(ROOT)
    rows = {code: Row(code, subject) for code, subject in _toml(book / "rows.toml").items()}
    findings = [
        *_from_rules(rows, book, root),
        *_from_tables(rows, workflows, frozenset(walked), root),
        *_from_markers(rows, root),
    ]
    overtaken: list[str] = []
    findings += _from_list(rows, _toml(book / "coverage.toml"), root, overtaken)
    overtaken += [
        f"{row.code}: built now; delete its reason why not in complaints/rulebook/coverage.toml"
        for row in rows.values()
        if row.built and row.reason.startswith(_WAITS)
    ]
    for row in rows.values():
        if row.built and not row.note and all(place.startswith(("rule ", "figure ")) for place in row.built):
            row.note = _NUMBER_ONLY
        if row.built and row.reason and not row.reason.startswith(_WAITS):
            findings.append(f"{row.code}: is built, and yet has a reason why not")
        elif row.built and not row.tested:
            findings.append(f"{row.code}: no test; mark one with @pytest.mark.law({row.code!r})")
        elif not row.built and not row.reason:
            findings.append(f"{row.code}: neither built nor a reason why not")
    return Coverage(rows, tuple(findings), tuple(overtaken))


def _toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _put(
    rows: Mapping[str, Row], cite: str, where: str, built: Iterable[str], tested: Iterable[str]
) -> list[str]:
    row = rows.get(cite)
    if row is None:
        return [f"{where}: {cite} is no row of rows.toml"]
    row.built.update(built)
    row.tested.update(tested)
    return []


def _from_rules(rows: Mapping[str, Row], book: Path, root: Path) -> Iterator[str]:
    """Put rules and figures to what they cite; a rule is tested by the dated examples of its clock."""
    examples = defaultdict(set)
    for path in sorted((root / _EXAMPLES).glob("*.toml")):
        for kind in ("example", "backward"):
            for example in _toml(path).get(kind, []):
                examples[example["rule"]].add(path.relative_to(root).as_posix())
    for path in sorted(book.glob("*.toml")):
        found = _toml(path)
        for kind in ("rule", "figure"):
            for rule in found.get(kind, []) if isinstance(found.get(kind), list) else []:
                where = f"{kind} {rule['code']} ({path.relative_to(root).as_posix()})"
                tests = examples[rule["code"]] if kind == "rule" else {"tests/law/test_figures.py"}
                for cite in rule["cites"]:
                    yield from _put(rows, cite, where, [where], tests)


def _from_tables(
    rows: Mapping[str, Row], workflows: Sequence[Workflow], walked: frozenset[str], root: Path
) -> Iterator[str]:
    """Put steps to their code and to what they cite; articles there are no rows and passed over."""
    listed = _listed_by_hand(root)
    texts = {path: path.read_text(encoding="utf-8") for path in sorted((root / "tests").rglob("test_*.py"))}
    for workflow in workflows:
        module = module_of(workflow)
        naming = {
            path.relative_to(root).as_posix(): text
            for path, text in texts.items()
            if re.search(rf"(from|import) {re.escape(module)}\b", text)
        }
        for step in workflow.transitions:
            where = f"step {workflow.name} {step.action} ({module.replace('.', '/')}.py)"
            tests = {path for path, names in listed.items() if step.action in names.get(workflow.name, ())}
            tests |= {path for path, text in naming.items() if f'"{step.action}"' in text}
            if workflow.name in walked:
                tests.add(WALKED)
            for cite in (step.code, *step.cites):
                if cite not in rows and not _CITED_STEP.fullmatch(cite):
                    continue  # an article
                yield from _put(rows, cite, where, [where], tests)


def module_of(workflow: Workflow) -> str:
    """Return the name of the module that holds a table. Raises LookupError."""
    for name, module in sorted(sys.modules.items()):
        if ".workflow." in name and not name.endswith(".catalogue"):
            for value in vars(module).values():
                if value is workflow:
                    return name
    raise LookupError(f"no module holds the table {workflow.name}")


def _listed_by_hand(root: Path) -> dict[str, dict[str, set[str]]]:
    """Return by test file and workflow the actions that its list WHERE, written by hand, names."""
    found: dict[str, dict[str, set[str]]] = {}
    for path in sorted((root / "tests").rglob("test_workflow*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        words: dict[str, ast.expr] = {}
        for node in tree.body:
            target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
            if isinstance(target, ast.Name) and isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value:
                words[target.id] = node.value
        where = words.get("WHERE")
        if isinstance(where, ast.Dict):
            found[path.relative_to(root).as_posix()] = {
                key.value: set(_words(value, words))
                for key, value in zip(where.keys, where.values, strict=True)
                if isinstance(key, ast.Constant) and isinstance(key.value, str)
            }
    return found


def _words(node: ast.AST, names: Mapping[str, ast.expr]) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield from part.value.split()
        elif isinstance(part, ast.Name) and part.id in names and names[part.id] is not node:
            yield from _words(names[part.id], names)


def _from_markers(rows: Mapping[str, Row], root: Path) -> Iterator[str]:
    """Put tests to the rows that they say they hold: @pytest.mark.law("C04")."""
    for path in sorted((root / "tests").rglob("test_*.py")):
        text = path.read_text(encoding="utf-8")
        if "mark.law(" not in text:
            continue
        name = path.relative_to(root).as_posix()
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("mark.law"):
                for argument in node.args:
                    cite = str(ast.literal_eval(argument))
                    yield from _put(rows, cite, name, [], [name])


def _from_list(
    rows: Mapping[str, Row], listed: Mapping[str, Any], root: Path, overtaken: list[str]
) -> Iterator[str]:
    """Put what coverage.toml says: places and tests of rows that nothing cites, notes, reasons why not."""
    by_step = {code for code, row in rows.items() if any(place.startswith("step ") for place in row.built)}
    for entry in listed.get("covered", []):
        yield from (
            f"coverage.toml: {', '.join(entry['rows'])}: {path} does not exist"
            for path in (*entry["at"], *entry["test"])
            if not (root / path).is_file()
        )
        for code in entry["rows"]:
            yield from _put(rows, code, "coverage.toml", entry["at"], entry["test"])
    for entry in (*listed.get("covered", []), *listed.get("lacking", [])):
        if entry.get("until") in by_step:
            named = ", ".join(entry["rows"])
            overtaken.append(f"{named}: {entry['until']} is built now; delete the note of what lacks")
        elif "lacks" in entry:
            yield from _say(rows, entry["rows"], note=entry["lacks"])
    for entry in listed.get("missing", []):
        if not _REASON.fullmatch(entry["not"]):
            yield f"coverage.toml: {', '.join(entry['rows'])}: unknown reason {entry['not']!r}"
        reason = ": ".join(filter(None, (entry["not"], entry.get("why"))))
        yield from _say(rows, entry["rows"], reason=reason)


def _say(rows: Mapping[str, Row], codes: Iterable[str], *, note: str = "", reason: str = "") -> Iterator[str]:
    for code in codes:
        yield from _put(rows, code, "coverage.toml", (), ())
        if code in rows:
            rows[code].note, rows[code].reason = note or rows[code].note, reason or rows[code].reason


_PARTS = (
    (r"R\d+", "Citizen reception (1.1)"),
    (r"P\d+", "Petition processing (2)"),
    (r"C\d+", "Complaints (3.1 to 3.4)"),
    (r"K\d+", "Disciplinary complaints (3.5)"),
    (r"TC\d+", "Denunciations (4.1 to 4.3)"),
    (r"I\d+", "Identity of the denouncer (4.5)"),
    (r"B\d+", "Protection (4.6)"),
    (r"F\d+a?", "Petitions and feedback (5)"),
    (r"A\d+", "Apology letters (5.1)"),
    (r"T\d+", "Counting periods (6.1)"),
    (r"H\d+", "Hand-over from the district level (9)"),
    (r"V\d+", "Steps of a reception visit (7.1)"),
    (r"X\d+", "Steps of petition intake (7.2)"),
    (r"C-\d+", "Steps of a first complaint (7.3)"),
    (r"S-\d+", "Steps of a second complaint (7.4)"),
    (r"T-\d+", "Steps of a denunciation (7.5)"),
    (r"B-\d+", "Steps of protection (7.6)"),
    (r"F-\d+", "Steps of petitions and feedback (7.7)"),
)
_HEAD = """# The law, row by row

Every row of law.md with an ID and every step of its tables: where the system carries it and where it is tested, or why
it does not. Written by `tiepdan law coverage` from what rules, figures and workflow tables cite, from the tests, and
from `complaints/rulebook/coverage.toml`; `tiepdan law coverage --check` and the tests find a page that is stale.
A test named here holds the rule, the step or the place that carries the row; a note says what of the row is not built.

| | Rows | Carried and tested | Of these with a part missing | Not carried, with the reason |
|---|---:|---:|---:|---:|
"""


def page(found: Coverage) -> str:
    """Return docs/law-coverage.md."""
    parts = [
        (title, [row for code, row in found.rows.items() if re.fullmatch(pattern, code)])
        for pattern, title in _PARTS
    ]
    lines = [_HEAD.rstrip("\n")]
    lines += [f"| {title} | {_counts(rows)} |" for title, rows in parts]
    lines.append(f"| **All** | {_counts(list(found.rows.values()))} |")
    for title, rows in parts:
        lines += ["", f"## {title}", "", "| Row | Subject | Carried by | Tested in |", "|---|---|---|---|"]
        lines += [
            f"| {row.code} | {row.subject.replace('|', '/')} | {_carried(row)} | {_lines(row.tested)} |"
            for row in rows
        ]
    return "\n".join(lines) + "\n"


def _counts(rows: Sequence[Row]) -> str:
    built = [row for row in rows if row.built]
    return f"{len(rows)} | {len(built)} | {sum(bool(row.note) for row in built)} | {len(rows) - len(built)}"


def _carried(row: Row) -> str:
    if not row.built:
        return f"*{row.reason}*"
    return _lines(row.built) + (f"<br>*Not built: {row.note}*" if row.note else "")


def _lines(places: Iterable[str]) -> str:
    return "<br>".join(sorted(places))
