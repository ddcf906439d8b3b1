"""The house stands: imports go down only, nothing is imported late, only the unit of work commits, one clock."""

import ast
import re

import pytest

from tests.architecture.source import ROOT, Module, imports, modules

ROOF = (
    "app.factory", "app.wiring", "app.worker", "app.cron", "app.commands", "app.operations", "app.embedded", "app.config",
    "app.demo", "app.tables",
)  # fmt: skip
FILE_LINES_MAX, FUNCTION_LINES_MAX = 400, 50
# Splitting these would be worse to read: code lists and workflow tables are read from top to bottom, like the law.
LONG_FILES_ALLOWED = {
    "complaints.codes",
    "complaints.routing",
    "complaints.workflow.complaint",
    "complaints.workflow.denunciation",
}


def floor(name: str) -> float:
    """Return the floor a module stands on; a module may import its own floor and those below."""
    if name.startswith(ROOF):
        return 9
    if name.startswith("app.core"):
        return 0
    if name.startswith("app.web"):
        return 1
    if name == "app" or name.startswith(("app.organisation", "app.papers", "app.files")):
        return 2
    return {"complaints": 3, "reception": 4, "notifications": 5}[name.split(".", maxsplit=1)[0]]


@pytest.mark.parametrize("module", modules(), ids=lambda m: m.name)
def test_imports_go_down_only(module: Module) -> None:
    """A module imports its own floor or a lower one, never a higher one; settings are read by the roof alone."""
    allowed_config = {"notifications.channels"}  # SMTP settings are what the channel is made from
    for target, line in imports(module):
        if target == "app.config" and module.name in allowed_config:
            continue
        assert floor(target) <= floor(module.name), (
            f"{module.name}:{line} imports {target}, which stands above it"
        )


@pytest.mark.parametrize("module", modules(), ids=lambda m: m.name)
def test_nothing_of_ours_is_imported_late(module: Module) -> None:
    """An import inside a function hides a cycle."""
    assert not list(imports(module, nested=True))
    assert "TYPE_CHECKING" not in module.text


def test_there_are_no_cycles() -> None:
    """The graph of imports, with the packages that Python runs on the way, has no cycle."""
    names = {m.name for m in modules()}
    graph = {m.name: {t for t, _line in imports(m) if t in names and t != m.name} for m in modules()}
    state: dict[str, int] = {}

    def visit(name: str, path: tuple[str, ...]) -> None:
        if state.get(name) == 2:
            return
        assert state.get(name) != 1, f"cycle: {' -> '.join((*path, name))}"
        state[name] = 1
        for target in graph[name]:
            visit(target, (*path, name))
        state[name] = 2

    for name in graph:
        visit(name, ())


@pytest.mark.parametrize("module", [m for m in modules() if m.is_package], ids=lambda m: m.name)
def test_packages_hold_a_docstring_and_nothing_else(module: Module) -> None:
    """Registration in an __init__ is where Flask projects get their import cycles."""
    assert ast.get_docstring(module.tree)
    assert len(module.tree.body) == 1, f"{module.name} does more than describe itself"


@pytest.mark.parametrize("module", modules(), ids=lambda m: m.name)
def test_every_module_says_what_it_owns(module: Module) -> None:
    """A docstring of one to a few lines."""
    assert ast.get_docstring(module.tree)


@pytest.mark.parametrize("module", modules(), ids=lambda m: m.name)
def test_only_the_unit_of_work_commits(module: Module) -> None:
    """One committer (house law 2)."""
    if module.name == "app.core.db":
        return
    assert not re.search(r"\.commit\(\)", module.text)


@pytest.mark.parametrize("module", modules(), ids=lambda m: m.name)
def test_only_the_clock_reads_the_clock(module: Module) -> None:
    """House law 9."""
    if module.name == "app.core.clock":
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and node.attr in {"now", "today", "utcnow"}:
            owner = node.value
            named = (
                owner.id
                if isinstance(owner, ast.Name)
                else owner.attr
                if isinstance(owner, ast.Attribute)
                else ""
            )
            assert named not in {"datetime", "date"}, f"{module.name}:{node.lineno} reads the clock"


@pytest.mark.parametrize("module", modules(), ids=lambda m: m.name)
def test_files_and_functions_stay_readable(module: Module) -> None:
    """No file over 400 lines, no function over 50."""
    lines = module.text.count("\n")
    assert lines <= FILE_LINES_MAX or module.name in LONG_FILES_ALLOWED, f"{module.name} has {lines} lines"
    for node in ast.walk(module.tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= FUNCTION_LINES_MAX, f"{module.name}.{node.name} has {length} lines"


@pytest.mark.parametrize("module", [m for m in modules() if ".services" in m.name], ids=lambda m: m.name)
def test_services_know_nothing_of_requests(module: Module) -> None:
    """Services also run in jobs and commands."""
    if module.name == "app.files.services":
        return  # it turns an uploaded file into a stored one, and a stored one into a download
    assert not re.search(r"from flask import .*\b(request|flash|session|render_template)\b", module.text)


def test_state_has_one_writer() -> None:
    """Nothing but the mover, its consequences and registration writes `state` of a petition or case."""
    writers = {
        m.name for m in modules() if re.search(r"\b(subject|case|petition)\.state(?:, [\w., ]+)? = ", m.text)
    }
    others = {name for name in writers if not name.startswith("complaints.services.consequences.")}
    assert others <= {"complaints.services.perform"}


def test_pure_core_imports_neither_flask_nor_sqlalchemy() -> None:
    """The legal heart can be read, and run, with the law beside it."""
    pure = ("complaints.rulebook", "complaints.clock", "complaints.workflow", "complaints.routing",
            "complaints.competence", "complaints.ladder", "complaints.codes", "app.core.calendar")  # fmt: skip
    for module in modules():
        if module.name.startswith(pure):
            assert not re.search(r"^(from|import) (flask|sqlalchemy)", module.text, re.MULTILINE), module.name


def test_nothing_loads_what_decodes_the_files_of_others() -> None:
    """A paper is decoded in a process of its own: no web process and no worker has the decoder in it."""
    assert not [m.name for m in modules() if "app.files.drawing" in {target for target, _line in imports(m)}]
    decoders = [m.name for m in modules() if re.search(r"^(from|import) PIL\b", m.text, re.MULTILINE)]
    assert decoders == ["app.files.drawing"]


def test_no_number_of_the_law_stands_in_python_services() -> None:
    """'Seven working days' belongs to the rulebook: services start clocks by code, never by a number of days."""
    for module in modules():
        if module.name.startswith("complaints.services"):
            assert "add_working_days(" not in module.text, module.name
    assert (ROOT / "complaints" / "rulebook" / "complaint.toml").exists()
