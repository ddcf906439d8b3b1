"""Whether the law as data holds together: rules, workflows and forms read side by side. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from complaints.clocks import Verb
from complaints.codes import FORMS
from complaints.rulebook.figures import read_figures
from complaints.rulebook.loader import FOLDER, Rule, RulebookError, check, read_rules
from complaints.workflow.base import Workflow
from complaints.workflow.catalogue import ALL, PARALLEL

_STARTING, _STOPPING = frozenset({Verb.START, Verb.RESTART}), frozenset({Verb.STOP})
_PAST = {"start": "started", "stop": "stopped"}

# Clocks that an act other than a step of a workflow starts, or that nothing starts yet, and why.
STARTED_ELSEWHERE: Mapping[str, str] = {
    "RECEP_REPLY": "vào sổ đơn nhận trực tiếp",
    "KN_ACCEPT": "phân loại đơn là khiếu nại",
    "TC_INIT": "phân loại đơn là tố cáo",
    "TC_TRANSFER": "phân loại đơn là tố cáo",
    "KN_DIALOGUE_NOTICE": "tính lùi từ ngày đối thoại",
    "TC_OVERDUE_DEMAND": "phân loại đơn là tố cáo tiếp do quá thời hạn",
    "TC_PRESS": "phân loại đơn tố cáo do báo chí, cơ quan chuyển đến",
    "KN_TIMEBAR": "thời hiệu của người khiếu nại: kiểm tra khi thụ lý",
    "KNK_TIMEBAR": "thời hiệu của người khiếu nại: kiểm tra khi thụ lý",
    "SCHEDULE_PUBLISH": "tính lùi từ buổi tiếp của người đứng đầu",
    "ONLINE_NOTICE": "tính lùi từ buổi tiếp trực tuyến",
    "ONLINE_TEST": "tính lùi từ buổi tiếp trực tuyến",
    "ONLINE_CONNECT": "tính lùi từ buổi tiếp trực tuyến",
    "FB_TRANSFER": "phân loại đơn là phản ánh về quy định hành chính",
}

# Clocks that no step of a workflow stops, and why.
STOPPED_ELSEWHERE: Mapping[str, str] = {
    "KN_DIALOGUE_NOTICE": "tính lùi: kiểm tra ngày dự kiến, không chạy",
    "SCHEDULE_PUBLISH": "tính lùi: kiểm tra ngày dự kiến, không chạy",
    "ONLINE_NOTICE": "tính lùi: kiểm tra ngày dự kiến, không chạy",
    "ONLINE_TEST": "tính lùi: kiểm tra ngày dự kiến, không chạy",
    "ONLINE_CONNECT": "tính lùi: kiểm tra giờ dự kiến, không chạy",
    "KN_TIMEBAR": "thời hiệu của người khiếu nại: kiểm tra khi thụ lý, không chạy",
    "KNK_TIMEBAR": "thời hiệu của người khiếu nại: kiểm tra khi thụ lý, không chạy",
}


def findings(workflows: Sequence[Workflow] = (*ALL, *PARALLEL), folder: Path = FOLDER) -> list[str]:
    """Return what does not hold together in a folder of rules, the workflows and the forms; empty when all does."""
    rules, unread = read_rules(folder)
    compared = compare(rules, workflows, STARTED_ELSEWHERE, STOPPED_ELSEWHERE)
    _figures, of_figures = read_figures(folder)
    return [*unread, *check(rules), *of_figures, *compared]


def require_law(workflows: Sequence[Workflow]) -> None:
    """Start nothing on a law that does not hold together. Raises RulebookError with every finding."""
    found = findings(workflows)
    if found:
        raise RulebookError(found)


def compare(
    rules: Sequence[Rule],
    workflows: Sequence[Workflow],
    started_elsewhere: Mapping[str, str],
    stopped_elsewhere: Mapping[str, str],
) -> Iterator[str]:
    """Yield what rules and workflows say of each other wrongly: clocks and forms that one names and the other lacks."""
    known = {rule.code for rule in rules}
    steps = [(f"{w.name} {step.code} {step.action}", step) for w in workflows for step in w.transitions]
    effects = [(where, effect) for where, step in steps for effect in step.effects]
    yield from (f"{where}: clock {e.clock} is no rule" for where, e in effects if e.clock not in known)
    for word, elsewhere, verbs in (
        ("start", started_elsewhere, _STARTING),
        ("stop", stopped_elsewhere, _STOPPING),
    ):
        done = {e.clock for _where, e in effects if e.verb in verbs}
        yield from (f"{code}: nothing {word}s this clock" for code in sorted(known - done - set(elsewhere)))
        yield from (
            f"{code}: is said to be {_PAST[word]} elsewhere, but is no rule"
            for code in sorted(set(elsewhere) - known)
        )
    forms = [(where, step.document) for where, step in steps] + [(rule.version, rule.form) for rule in rules]
    yield from (f"{where}: form {form} is not listed" for where, form in forms if form and form not in FORMS)


def overtaken(workflows: Sequence[Workflow]) -> Iterator[str]:
    """Yield the lines of the lists above that are no longer true: a step starts or stops that clock now."""
    effects = [effect for workflow in workflows for step in workflow.transitions for effect in step.effects]
    for word, elsewhere, verbs in (
        ("START", STARTED_ELSEWHERE, _STARTING),
        ("STOP", STOPPED_ELSEWHERE, _STOPPING),
    ):
        done = {effect.clock for effect in effects if effect.verb in verbs}
        for code in sorted(done & set(elsewhere)):
            yield f"{code}: a step does {word} it; delete its line in review.{_PAST[word.lower()].upper()}_ELSEWHERE"
