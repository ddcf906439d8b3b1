"""Pages of docs/workflows written from the tables: a diagram and every step in words, for a legal officer. Pure."""

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from inspect import getclosurevars
from pathlib import Path
from types import FunctionType, MethodType
from typing import Any, Protocol

from app.core.permissions import GRANTS, Permission, Role
from complaints.clocks import Verb
from complaints.codes import form_name
from complaints.rulebook.figures import load_figures, newest
from complaints.workflow.base import PREVIOUS, Beside, ClockEffect, Guard, Transition, Workflow
from complaints.workflow.least import too_few

_TITLES = {
    "intake": "Xử lý đơn (law.md 7.2)",
    "complaint": "Khiếu nại (law.md 7.3)",
    "complaint_second": "Khiếu nại lần hai (law.md 7.4)",
    "discipline": "Khiếu nại quyết định kỷ luật (law.md 3.5)",
    "discipline_second": "Khiếu nại quyết định kỷ luật lần hai (law.md 3.5)",
    "denunciation": "Tố cáo (law.md 7.5)",
    "proposal": "Kiến nghị, phản ánh (law.md 7.7)",
    "feedback": "Phản ánh, kiến nghị về quy định hành chính (law.md 7.7)",
    "protection": "Biện pháp bảo vệ (law.md 7.6)",
    "continued": "Tố cáo tiếp (law.md 7.5)",
    "visit": "Lượt tiếp công dân (law.md 7.1)",
    "online": "Buổi tiếp công dân trực tuyến (law.md 7.1)",
}
_ROLES = {
    Role.RECEPTION_OFFICER: "cán bộ tiếp dân",
    Role.PETITION_OFFICER: "cán bộ xử lý đơn",
    Role.HANDLER: "người thụ lý",
    Role.UNIT_HEAD: "trưởng đơn vị",
    Role.LEADER: "người đứng đầu",
    Role.INSPECTOR: "thanh tra viên",
    Role.ADMINISTRATOR: "quản trị",
}
_FOLLOWS = {
    "second_complaint": "khi có khiếu nại lần hai",
    "continued_denunciation": "khi mở vụ việc tố cáo tiếp",
    "superior_demand": "khi cấp trên yêu cầu báo cáo",
    "taken_over": "khi cấp trên rút vụ việc lên",
    "case_resolved": "khi vụ việc được giải quyết",
}
_VERBS = {
    Verb.START: "bắt đầu",
    Verb.STOP: "kết thúc",
    Verb.CANCEL: "huỷ",
    Verb.PAUSE: "tạm dừng",
    Verb.RESUME: "chạy tiếp",
    Verb.EXTEND: "kéo dài",
    Verb.RESTART: "tính lại",
}
_BASES = {"on": "", "received": ", ngày nhận đơn"}
_NOTE = (
    "<!-- Trang này do `tiepdan law diagrams` viết từ các bảng trong mã nguồn; sửa bảng rồi chạy lại lệnh, "
    "đừng sửa ở đây. -->"
)


class RuleWords(Protocol):
    """What a page says of a rule of the rulebook."""

    def __call__(self, clock: str) -> str:
        """Return the name, number and unit of a clock in Vietnamese."""


def title_of(workflow: Workflow) -> str:
    """Return the heading of a workflow's page."""
    return _TITLES.get(workflow.name, workflow.name)


def page(workflow: Workflow, rule_words: RuleWords) -> str:
    """Return the page of one workflow in Markdown: the diagram, the states, and a row for every step."""
    parts = [
        _NOTE,
        f"# {title_of(workflow)}",
        "```mermaid\n" + "\n".join(_diagram(workflow)) + "\n```",
        "## Trạng thái",
        "\n".join(_states(workflow)),
        "## Các bước",
        "\n".join(_steps(workflow, rule_words)),
    ]
    return "\n\n".join(parts) + "\n"


def index(workflows: Iterable[Workflow]) -> str:
    """Return docs/workflows/README.md: the list of the pages."""
    lines = [
        f"- [{title_of(w)}]({w.name}.md): {len(w.states)} trạng thái, {len(w.transitions)} bước"
        for w in workflows
    ]
    words = (
        "Mỗi trang có sơ đồ và bảng mọi bước của một quy trình: ai làm, văn bản nào, thời hạn nào, điều kiện gì, "
        "căn cứ vào đâu. Mọi thứ khác với bảng đều bị máy chủ từ chối. Số của bước và của căn cứ là số trong "
        "bản tổng hợp pháp luật của dự án (law.md)."
    )
    return "\n\n".join((_NOTE, "# Các quy trình", words, "\n".join(lines))) + "\n"


def pages(workflows: Sequence[Workflow], rule_words: RuleWords) -> dict[str, str]:
    """Return every file of docs/workflows by its name."""
    return {
        "README.md": index(workflows),
        **{f"{workflow.name}.md": page(workflow, rule_words) for workflow in workflows},
    }


def _diagram(workflow: Workflow) -> Iterator[str]:
    yield "stateDiagram-v2"
    for code, state in workflow.states.items():
        yield f'    state "{state.label_vi}" as {code}'
    yield f"    [*] --> {workflow.initial}"
    moves: dict[tuple[str, str], list[str]] = {}
    for step in workflow.transitions:
        for source in sorted(step.sources):
            for target in _targets(workflow, step, source):
                words = f"{step.code} {step.label_vi}"
                known = moves.setdefault((source, target), [])
                if words not in known:
                    known.append(words)
    for (source, target), lines in moves.items():
        yield f"    {source} --> {target}: {'<br>'.join(lines)}".replace(";", ",")
    for code, state in workflow.states.items():
        if not state.open:
            yield f"    {code} --> [*]"


def _targets(workflow: Workflow, step: Transition, source: str) -> list[str]:
    """Return where a step leads from a state; steps that stay are told in the table alone."""
    if step.target is None or step.target == source:
        return []
    if step.target != PREVIOUS:
        return [step.target]
    came_from = {s for t in workflow.transitions if t.target == source for s in t.sources}
    return sorted(came_from)


def _states(workflow: Workflow) -> Iterator[str]:
    yield "| Mã | Trạng thái | Đang mở |"
    yield "|---|---|---|"
    for code, state in workflow.states.items():
        yield f"| `{code}` | {state.label_vi} | {'có' if state.open else 'đã kết thúc'} |"


def _steps(workflow: Workflow, rule_words: RuleWords) -> Iterator[str]:
    yield "| Số | Bước | Từ | Đến | Ai | Văn bản | Thời hạn | Điều kiện | Căn cứ |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for step in workflow.transitions:
        cells = (
            step.code,
            f"**{step.label_vi}**<br>{step.help_vi}",
            "<br>".join(_sources(workflow, step)),
            _target(workflow, step),
            _who(step),
            f"{step.document}: {form_name(step.document)}" if step.document else "",
            "<br>".join(_effect(effect, step, rule_words) for effect in step.effects),
            condition(step),
            ", ".join(step.cites),
        )
        yield "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _sources(workflow: Workflow, step: Transition) -> list[str]:
    if step.sources >= set(workflow.states):
        return ["mọi trạng thái"]
    return [state.label_vi for code, state in workflow.states.items() if code in step.sources]


def _target(workflow: Workflow, step: Transition) -> str:
    if step.target is None:
        return "(giữ nguyên)"
    return "trạng thái trước khi dừng" if step.target == PREVIOUS else workflow.states[step.target].label_vi


def _who(step: Transition) -> str:
    if step.expiry_of:
        return "phần mềm, khi hết thời hạn"
    if step.follows:
        return f"phần mềm, {_FOLLOWS[step.follows]}"
    words = roles_in_words(step.permission, GRANTS)
    return f"{words}; cán bộ trình, người có quyền duyệt" if step.proposable else words


def roles_in_words(permission: Permission, grants: Mapping[Role, Mapping[Permission, object]]) -> str:
    """Return who holds a permission, in Vietnamese."""
    return ", ".join(words for role, words in _ROLES.items() if permission in grants.get(role, {}))


def _effect(effect: ClockEffect, step: Transition, rule_words: RuleWords) -> str:
    basis = _BASES.get(effect.basis)
    if basis is None:
        label = next((f.label_vi for f in step.fields if f.name == effect.basis), None)
        known = {
            "effect_on": "ngày hết thời hạn có hiệu lực",
            "window_ends_on": "ngày hết thời hạn khiếu nại tiếp",
        }
        basis = f", {(label or known.get(effect.basis, effect.basis)).lower()}"
    return f"{_VERBS[effect.verb]} {effect.clock} ({rule_words(effect.clock)}{basis})"


def condition(step: Transition) -> str:
    """Return the guard of a step in words: the reasons with which it refuses."""
    if step.expiry_of:
        return f"khi hết thời hạn {step.expiry_of}"
    if step.guard is None:
        return ""
    reasons = list(dict.fromkeys(refusals(step.guard)))
    return "Từ chối khi: " + " / ".join(reasons) if reasons else "theo dữ kiện của hồ sơ"


def refusals(guard: Guard) -> Iterator[str]:
    """Yield the Vietnamese sentences with which a guard refuses, also those of the functions it asks; '…' for a value.

    They are read from the guard itself, so that the page can say nothing that the server does not say.
    """
    yield from _reasons(guard, set())


def _reasons(function: Any, seen: set[Any]) -> Iterator[str]:
    if not isinstance(
        function, (FunctionType, MethodType)
    ):  # an object that is called, with its words in its attributes
        function = type(function).__call__.__get__(function)
    own = getattr(function, "__self__", None)
    code = function.__code__
    if (own, code) in seen:
        return
    seen.add((own, code))
    names = dict(getclosurevars(function).nonlocals) | {"self": own}
    for expression in _returned(code.co_filename, code.co_firstlineno):
        yield from _words(expression, names, function.__globals__, seen)


def _words(
    node: ast.expr | None, names: Mapping[str, Any], module: Mapping[str, Any], seen: set[Any]
) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)
    elif isinstance(node, ast.IfExp):
        yield from _words(node.body, names, module, seen)
        yield from _words(node.orelse, names, module, seen)
    elif isinstance(node, ast.BoolOp):
        for part in node.values:
            yield from _words(part, names, module, seen)
    elif isinstance(node, ast.Call):
        yield from _asked(node, names, module, seen)
    elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        value = getattr(names.get(node.value.id), node.attr, None)
        yield from (value,) if isinstance(value, str) else ()
    elif isinstance(node, ast.Name):
        value = names.get(node.id, module.get(node.id))
        yield from (value,) if isinstance(value, str) else ()


def _asked(
    node: ast.Call, names: Mapping[str, Any], module: Mapping[str, Any], seen: set[Any]
) -> Iterator[str]:
    """Yield the words of what a guard calls: another function, also of a module or an object, or a reason by a field."""
    called = _named(node.func, names, module)
    yield from _figures(node)
    if called is too_few:
        return  # its words are those of the figure
    if isinstance(called, (FunctionType, MethodType)):
        yield from _reasons(called, seen)
    elif called is Beside:
        yield from _words(node.args[1], names, module, seen)


def _figures(node: ast.Call) -> Iterator[str]:
    """Yield what the law wants at least, where a guard names the figure that it compares with."""
    first = node.args[0] if node.args else None
    if isinstance(first, ast.Constant) and first.value in {row.code for row in load_figures()}:
        row = newest(first.value)
        yield f"{row.name_vi}: {row.direction.words_vi} {row.number} {row.counts_vi} ({row.article})."


def _named(node: ast.expr, names: Mapping[str, Any], module: Mapping[str, Any]) -> Any:
    if isinstance(node, ast.Attribute):
        return getattr(_named(node.value, names, module), node.attr, None)
    return names.get(node.id, module.get(node.id)) if isinstance(node, ast.Name) else None


def _returned(file: str, line: int) -> list[ast.expr | None]:
    """Return what the function or lambda that begins on a line of a file may return."""
    for node in ast.walk(_tree(file)):
        if isinstance(node, ast.FunctionDef) and node.lineno == line:
            found = [part for part in ast.walk(node) if isinstance(part, ast.Return)]
            return [part.value for part in sorted(found, key=lambda part: part.lineno)]
        if isinstance(node, ast.Lambda) and node.lineno == line:
            return [node.body]
    return []


@cache
def _tree(file: str) -> ast.Module:
    return ast.parse(Path(file).read_text(encoding="utf-8"))
