"""Whether the law as data holds together: rules, workflows and forms read side by side. Pure."""

from collections.abc import Iterator, Mapping, Sequence

from complaints.clocks import Verb
from complaints.codes import FORMS
from complaints.rulebook.loader import Rule, check, read_rules
from complaints.workflow.base import Workflow
from complaints.workflow.catalogue import ALL

# Clocks that an act other than a step of a workflow starts, or that nothing starts yet, and why.
STARTED_ELSEWHERE: Mapping[str, str] = {
    "PETITION_DISCIPLINE": "vào sổ đơn",
    "RECEP_REPLY": "vào sổ đơn nhận trực tiếp",
    "KN_ACCEPT": "phân loại đơn là khiếu nại",
    "TC_INIT": "phân loại đơn là tố cáo",
    "TC_TRANSFER": "phân loại đơn là tố cáo",
    "KN_DIALOGUE_NOTICE": "tính lùi từ ngày đối thoại",
    "RECEP_REFUSE": "tính khi từ chối tiếp; chưa chạy thành thời hạn",
    "KN2_RESOLVE": "khiếu nại lần hai: chưa có bước",
    "KN2_SEND": "khiếu nại lần hai: chưa có bước",
    "KNK_RESOLVE": "khiếu nại kỷ luật: chưa có bước",
    "TC_CONT_REVIEW": "tố cáo tiếp: chưa có bước",
    "TC_OVERDUE_DEMAND": "tố cáo quá hạn: chưa có bước",
    "TC_OVERDUE_REPORT": "tố cáo quá hạn: chưa có bước",
    "TC_PRESS": "tố cáo báo chí chuyển đến: chưa có bước",
    "TC_RESULT_BACK": "báo kết quả cho nơi chuyển đơn: chưa có bước",
    "REFERRER_RESULT": "báo kết quả cho nơi chuyển đơn: chưa có bước",
    "REFERRER_TO_CITIZEN": "nơi chuyển đơn báo người dân: chưa có bước",
    "KN_TIMEBAR": "thời hiệu của người khiếu nại: kiểm tra khi thụ lý",
    "KNK_TIMEBAR": "thời hiệu của người khiếu nại: kiểm tra khi thụ lý",
    "KNK_WINDOW2": "khiếu nại kỷ luật: chưa có bước",
    "KNK_WINDOW2_DISMISSAL": "khiếu nại kỷ luật: chưa có bước",
    "KNK_EFFECT": "khiếu nại kỷ luật: chưa có bước",
    "SCHEDULE_PUBLISH": "tính lùi từ buổi tiếp của người đứng đầu",
    "ONLINE_NOTICE": "tính lùi từ buổi tiếp trực tuyến",
    "ONLINE_TEST": "tính lùi từ buổi tiếp trực tuyến",
    "ONLINE_CONNECT": "tính lùi từ buổi tiếp trực tuyến",
    "PROTECTION_TARGET": "đề nghị bảo vệ: chưa có bước",
    "FB_TRANSFER": "phân loại đơn là phản ánh về quy định hành chính",
}


def findings() -> list[str]:
    """Return what does not hold together in the rulebook, the workflows and the forms; empty when all does."""
    rules, unread = read_rules()
    return [*unread, *check(rules), *compare(rules, ALL, STARTED_ELSEWHERE)]


def compare(
    rules: Sequence[Rule], workflows: Sequence[Workflow], elsewhere: Mapping[str, str]
) -> Iterator[str]:
    """Yield what rules and workflows say of each other wrongly: clocks and forms that one names and the other lacks."""
    known = {rule.code for rule in rules}
    steps = [(f"{w.name} {step.code} {step.action}", step) for w in workflows for step in w.transitions]
    effects = [(where, effect) for where, step in steps for effect in step.effects]
    yield from (f"{where}: clock {e.clock} is no rule" for where, e in effects if e.clock not in known)
    started = {e.clock for _where, e in effects if e.verb in (Verb.START, Verb.RESTART)}
    yield from (f"{code}: nothing starts this clock" for code in sorted(known - started - set(elsewhere)))
    yield from (
        f"{code}: is said to be started elsewhere, but is no rule" for code in sorted(set(elsewhere) - known)
    )
    forms = [(where, step.document) for where, step in steps] + [(rule.version, rule.form) for rule in rules]
    yield from (f"{where}: form {form} is not listed" for where, form in forms if form and form not in FORMS)
