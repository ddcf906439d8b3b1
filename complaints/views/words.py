"""The words for what is stored as codes: steps, lines of the timeline and their values, in the reader's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core.db import db
from app.organisation.models import Person
from app.web.filters import day
from app.web.locale import language
from complaints import codes
from complaints.competence import CompetentBody
from complaints.ladder import RUNGS
from complaints.models.cases import Case
from complaints.models.history import HistoryEntry
from complaints.models.petitions import Petition
from complaints.queries.pages import ActionLine
from complaints.queries.parties import names_of
from complaints.rulebook.loader import Layer, load_rulebook
from complaints.services.facts import Subject, workflow_of
from complaints.views import law
from complaints.views.dates import dates_of
from complaints.workflow.base import FieldKind, FieldSpec
from complaints.workflow.catalogue import INTAKE, state_label

_ACTS = {
    "registered": _l("Vào sổ"),
    "opened": _l("Mở vụ việc"),
    "note": _l("Ghi chú"),
    "attached": _l("Thêm tệp"),
    "assigned": _l("Giao việc"),
    "handed_back": _l("Trả lại việc"),
    "competence": _l("Xác định thẩm quyền"),
    "proposed": _l("Trình lãnh đạo duyệt"),
    "sent_back": _l("Trả lại đề xuất"),
    "petition_joined": _l("Nhập thêm đơn"),
    "reclassified": _l("Phân loại lại"),
    "linked_from": _l("Có đơn mới cùng nội dung gắn vào"),
    "conditions": _l("Kiểm tra điều kiện xử lý"),
    "handed_over": _l("Chuyển giao cho cơ quan kế tiếp"),
    "escalated": _l("Nhắc hạn"),
    "conflict_declared": _l("Khai xung đột lợi ích"),
    "conflict_ended": _l("Kết thúc việc không cho biết"),
    "denounced_recorded": _l("Ghi người bị tố cáo thuộc cơ quan mình"),
    "recalculated": _l("Tính lại thời hạn theo lịch làm việc"),
    "law_switched": _l("Chuyển sang quy định mới theo điều khoản chuyển tiếp"),
}
_NAMES = {
    "words": _l("Nội dung"),
    "on_behalf_of": _l("Thay mặt"),
    "body": _l("Cơ quan có thẩm quyền"),
    "old_due_on": _l("Hạn cũ"),
    "new_due_on": _l("Hạn mới"),
    "effective_on": _l("Có hiệu lực từ"),
    "basis": _l("Đã kiểm tra căn cứ chưa chắc chắn"),
    "transition_rule": _l("Điều khoản chuyển tiếp"),
    "article": _l("Căn cứ"),
    "moved": _l("Thời hạn thay đổi"),
    "eligible": _l("Đủ điều kiện xử lý"),
    "missing": _l("Còn thiếu"),
    "number": _l("Đơn"),
    "old_number": _l("Số cũ"),
    "old_body": _l("Cơ quan cũ"),
    "new_body": _l("Cơ quan kế tiếp"),
    "legal_basis": _l("Căn cứ"),
    "minutes": _l("Biên bản bàn giao"),
}
_LAYERS = {
    Layer.STATUTORY: _l("theo luật"),
    Layer.LOCAL: _l("quy định của địa phương"),
    Layer.INTERNAL: _l("mục tiêu nội bộ"),
}
# Keys of other rows: the page shows what they point at, not their numbers; an alert's stand in its label.
_UNSHOWN = frozenset(
    ("unit_id", "handler_id", "petition_id", "attachment_id", "version", "own", "action", "split_from_id", "rung",
     "clock", "clock_id", "calendar_change", "first_case_id", "person_id")
)  # fmt: skip
# Steps aside from the ordinary way, by their number in the law's tables (and action where a number has several):
# the page lists them after the others, and only while they are allowed.
SELDOM = frozenset(
    (
        "X13", "X14", "X15", "X16", "X19", "X21", "X2:reclassify",
        "C-2", "C-3", "C-5", "C-6", "C-11", "C-12", "C-13:publish", "C-15", "C-17", "C-18", "C-19",
        "S-1", "S-2:refuse", "S-3", "S-4", "C-20", "C-21", "C-22", "C-28:review",
        "T-1", "T-3", "T-4", "T-7", "T-8", "T-10", "T-12", "T-13", "T-14", "T-15", "T-16", "T-17", "T-18",
        "T-22:other_result", "T-22:result_told",
        "T-25:open_continued", "T-27:open_continued", "T-29",
        "F-3", "F-4", "F-7", "F-8:tell_state", "X23:link",
    )
)  # fmt: skip


@dataclass(frozen=True)
class Steps:
    """The steps of a page: of the ordinary way, those seldom needed, and the one that is foremost now."""

    ordinary: Sequence[ActionLine]
    seldom: Sequence[ActionLine]
    foremost: ActionLine | None


def sorted_steps(actions: Sequence[ActionLine], foremost: str = "") -> Steps:
    """Return steps as a page lists them: the foremost first. Without a name it is the first that is allowed."""
    ordinary = [line for line in actions if line.transition.action == foremost or not _is_seldom(line)]
    seldom = [line for line in actions if line not in ordinary and line.refusal is None]
    allowed = [line for line in ordinary if line.refusal is None]
    first = next((line for line in allowed if foremost in ("", line.transition.action)), None)
    return Steps(sorted(ordinary, key=lambda line: line is not first), seldom, first)


def _is_seldom(line: ActionLine) -> bool:
    step = line.transition
    return step.code in SELDOM or f"{step.code}:{step.action}" in SELDOM


def said(named: Any) -> str:
    """Return the label of anything that carries `label_vi` and `label_en`."""
    return str(named.label_en if language() == "en" else named.label_vi)


def outcome_label(action: str) -> str:
    """Return the words for a step of the intake, which competence proposes by its action."""
    return next((said(t) for t in INTAKE.transitions if t.action == action), action)


def line_label(subject: Subject, line: HistoryEntry) -> str:
    """Return the words for a line of a subject's timeline; the same action is called differently by kind."""
    step = next((t for t in workflow_of(subject).transitions if t.action == line.act), None)
    if step is not None:
        return said(step)
    words = str(_ACTS.get(line.act, line.act))
    if line.act == "escalated":
        return f"{words}: {_clock_name(line.data['clock'])}, {said(RUNGS[line.data['rung']])}"
    if line.act == "recalculated":
        return f"{words}: {_clock_name(line.data['clock'])}"
    prepared = line.data.get("action") if line.act == "proposed" else None
    step = next((t for t in workflow_of(subject).transitions if t.action == prepared), None)
    return f"{words}: {said(step)}" if step else words


def _clock_name(code: str) -> str:
    of_law, _dot, layer = code.partition(
        "."
    )  # a clock beside that of the law bears its code and its own layer
    rule = next(rule for rule in reversed(load_rulebook().rules()) if rule.code == of_law)
    name = rule.name_en if language() == "en" else rule.name_vi
    return f"{name} ({layer_name(Layer(layer))})" if layer else name


def layer_name(layer: Layer) -> str:
    """Return what a layer of rules is called; only the first is ever called law."""
    return str(_LAYERS[layer])


def values(subject: Subject, act: str, data: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    """Return (name, value) in words for what a step or a line of the timeline holds."""
    specs = _specs(subject, act)
    known = {name for name, spec in specs.items() if spec.kind is FieldKind.PETITION}
    shown = (
        (name, value)
        for name, value in (data or {}).items()
        if name not in _UNSHOWN - known and value is not None
    )
    return [(_name(specs.get(name), name), _value(specs.get(name), name, value)) for name, value in shown]


def _specs(subject: Subject, act: str) -> dict[str, FieldSpec]:
    """Return the fields by name; the step's own come first, since 'ground' means another list in each step."""
    found: dict[str, FieldSpec] = {}
    transitions = workflow_of(subject).transitions
    for transition in sorted(transitions, key=lambda t: t.action != act):
        for spec in transition.fields:
            found.setdefault(spec.name, spec)
    return found


def _name(spec: FieldSpec | None, name: str) -> str:
    return str(_NAMES[name]) if name in _NAMES else said(spec) if spec else name


def _numbered(spec: FieldSpec, value: Any) -> str:
    """Return the register number of a petition or case that a step names."""
    found: Subject | None = (
        db.session.get(Petition, int(value))
        if spec.kind is FieldKind.PETITION
        else db.session.get(Case, int(value))
    )
    return found.number if found is not None else str(value)


def _value(spec: FieldSpec | None, name: str, value: Any) -> str:
    if name in ("old_due_on", "new_due_on", "effective_on"):
        return day(date.fromisoformat(value))
    if name in ("basis", "transition_rule", "moved"):
        return law.recorded(name, value)
    if name == "on_behalf_of":
        away = db.session.get(Person, int(value))
        return away.full_name if away is not None else str(value)
    if name == "body":
        return codes.label(CompetentBody, value, language())
    if isinstance(value, bool):
        return _("có") if value else _("không")
    if spec is None:
        return "; ".join(value) if isinstance(value, list) else str(value)
    return _asked_for(spec, value)


def _asked_for(spec: FieldSpec, value: Any) -> str:
    """Return in words what a step asked for."""
    if spec.kind in (FieldKind.PETITION, FieldKind.CASE):
        return _numbered(spec, value)
    if spec.choices is not None:
        chosen: list[str] = value if isinstance(value, list) else [value]
        return ", ".join(codes.label(spec.choices, one, language()) for one in chosen)  # type: ignore[arg-type]
    if spec.kind is FieldKind.PARTIES:
        return ", ".join(names_of(value)) or str(len(value))
    return day(date.fromisoformat(value)) if spec.kind is FieldKind.DATE else str(value)


def url_of(subject: Subject, page: str = "show", **arguments: Any) -> str:
    """Return the address of a page of a petition or case."""
    blueprint = "petitions" if isinstance(subject, Petition) else "cases"
    return url_for(f"{blueprint}.{page}", subject_id=subject.id, **arguments)


def words() -> dict[str, Any]:
    """Return what templates of this domain need to speak in words."""
    return {
        "codes": codes,
        "competent_body": CompetentBody,
        "label": codes.label,
        "form_name": codes.form_name,
        "state_label": state_label,
        "said": said,
        "outcome_label": outcome_label,
        "line_label": line_label,
        "layer_name": layer_name,
        "sorted_steps": sorted_steps,
        "values": values,
        "url_of": url_of,
        "rungs": RUNGS,
        "dates_of": dates_of,
        **law.words(),
    }
