"""V18: what is owed to whoever referred a petition, and what the referrer owes the citizen (R10, R11). Pure.

The clock towards the referrer starts when the case is resolved (complaints/services/referrers.py), on the petition that
was referred; that towards the citizen on the referrer's own petition, which it has transferred.
"""

from app.core.permissions import Permission
from complaints.clocks import Verb
from complaints.workflow.base import ClockEffect, Data, Facts, FieldKind, Transition
from complaints.workflow.fields import DOCUMENT_NO, NOTE, ON, WORDS, spec

_REFERRERS = frozenset({"reception_office"})  # of the law's referrers the only one that is a unit here
_PROCESS = Permission.PETITION_PROCESS


def _owes_referrer(facts: Facts, _data: Data) -> str | None:
    if "REFERRER_RESULT" in facts.running_clocks:
        return None
    return "Chỉ báo khi vụ việc do đại biểu, Ban tiếp công dân chuyển đến đã giải quyết xong và chưa báo."


def _was_asked(facts: Facts, data: Data) -> str | None:
    if facts.resolver_kind not in _REFERRERS:
        return "Chỉ Ban tiếp công dân đã chuyển đơn mới nhận thông báo kết quả để báo lại công dân."
    if "REFERRER_TO_CITIZEN" in facts.running_clocks:
        return "Đã ghi nhận thông báo kết quả; thời hạn báo lại công dân đang chạy."
    if data and not data.get("asked"):
        return "Luật chỉ buộc báo lại khi công dân đã yêu cầu trước (Luật Tiếp công dân Điều 28 khoản 2)."
    return None


def _owes_citizen(facts: Facts, _data: Data) -> str | None:
    if "REFERRER_TO_CITIZEN" in facts.running_clocks:
        return None
    return "Không có thời hạn báo lại công dân đang chạy."


ROWS: tuple[Transition, ...] = (
    Transition("V18", "tell_referrer", frozenset({"with_case"}), None, _PROCESS, "Báo kết quả cho nơi chuyển đơn",
               "Tell the referrer the result", "Vụ việc đã giải quyết: báo kết quả cho đại biểu, Ban tiếp công dân đã chuyển.",
               document="letter", effects=(ClockEffect(Verb.STOP, "REFERRER_RESULT"),), fields=(ON, DOCUMENT_NO, WORDS),
               guard=_owes_referrer, cites=("R10",)),
    Transition("V18", "result_received", frozenset({"transferred"}), None, _PROCESS, "Nhận thông báo kết quả giải quyết",
               "Notice of the result received", "Cơ quan giải quyết đã báo kết quả; công dân đã yêu cầu được báo lại.",
               effects=(ClockEffect(Verb.START, "REFERRER_TO_CITIZEN"),),
               fields=(ON, DOCUMENT_NO, spec("asked", FieldKind.YES_NO, "Công dân đã yêu cầu được báo kết quả",
                                             "The citizen has asked to be told"), NOTE),
               guard=_was_asked, cites=("R11",)),
    Transition("V18", "tell_citizen", frozenset({"transferred"}), None, _PROCESS, "Báo lại công dân kết quả giải quyết",
               "Tell the citizen the result", "Ban tiếp công dân báo lại kết quả cho công dân đã yêu cầu.", document="letter",
               effects=(ClockEffect(Verb.STOP, "REFERRER_TO_CITIZEN"),), fields=(ON, DOCUMENT_NO, WORDS),
               guard=_owes_citizen, cites=("R11",)),
)  # fmt: skip
