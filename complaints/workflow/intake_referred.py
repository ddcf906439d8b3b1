"""What is owed when a petition was sent on: the result to the referrer, and by the referrer to the citizen (R10, R11, V18)."""

from app.core.permissions import Permission
from complaints.clocks import Verb
from complaints.workflow.base import Beside, ClockEffect, Data, Facts, FieldKind, Guard, Transition
from complaints.workflow.fields import NOTE, ON, WORDS, spec

_PROCESS = Permission.PETITION_PROCESS
_CASE, _SENT = frozenset({"with_case"}), frozenset({"transferred"})
_NOTICE_NO = spec(
    "document_no", FieldKind.LINE, "Số văn bản thông báo", "Number of the notice", required=True
)
_NOTICE = (
    spec("on", FieldKind.DATE, "Ngày nhận thông báo kết quả", "Day the notice was received", required=True),
    _NOTICE_NO,
    spec("asked_on", FieldKind.DATE, "Ngày công dân yêu cầu báo kết quả, nếu có", "Day the citizen asked, if ever",
         help_vi="Chỉ khi công dân đã yêu cầu trước thì mới phải báo lại (Luật Tiếp công dân Điều 28 khoản 2)."),
    NOTE,
)  # fmt: skip


def _owed(facts: Facts, _data: Data) -> str | None:
    return None if facts.referred else "Không do đại biểu, cơ quan dân cử hoặc Ban tiếp công dân chuyển đến."


def _tell(facts: Facts, _data: Data) -> str | None:
    """R10: once there is a result; what was resolved before is told at once, with no number of days."""
    if "REFERRER_RESULT" in facts.running_clocks or facts.referrer_at_once:
        return None
    return (
        "Chưa có kết quả giải quyết phải báo cho đại biểu, cơ quan dân cử, Ban tiếp công dân đã chuyển đơn."
    )


def _noticed(facts: Facts, data: Data) -> str | None:
    asked, on = data.get("asked_on"), data.get("on")
    if not facts.we_refer:
        return "Chỉ dành cho đơn mà Ban tiếp công dân đã chuyển đến nơi giải quyết."
    if "REFERRER_TO_CITIZEN" in facts.running_clocks:
        return "Đã ghi thông báo kết quả; hãy báo cho công dân."
    if asked is not None and on is not None and asked > on:
        return Beside(
            "asked_on", "Công dân yêu cầu trước khi nhận thông báo kết quả thì mới tính; xem lại ngày."
        )
    return None


def _asked(facts: Facts, data: Data) -> str | None:
    asked = data.get("asked_on") is not None
    return _noticed(facts, data) or (None if asked or not data else "Công dân không yêu cầu báo kết quả.")


def _not_asked(facts: Facts, data: Data) -> str | None:
    return _noticed(facts, data) or ("Công dân đã yêu cầu báo kết quả." if data.get("asked_on") else None)


def _tell_citizen(facts: Facts, _data: Data) -> str | None:
    if "REFERRER_TO_CITIZEN" in facts.running_clocks:
        return None
    return "Không có kết quả nào phải báo lại cho công dân."


def _notice_row(guard: Guard, effects: tuple[ClockEffect, ...]) -> Transition:
    return Transition(
        "V18", "referrer_notice", _SENT, None, _PROCESS, "Ghi nhận thông báo kết quả", "Record the notice of result",
        "Nơi giải quyết đã báo kết quả cho Ban tiếp công dân, nơi chuyển đơn.", effects=effects, fields=_NOTICE,
        guard=guard, cites=("R11",),
    )  # fmt: skip


REFERRED: tuple[Transition, ...] = (
    Transition("V18", "owe_referrer", _CASE, None, _PROCESS, "Phải báo kết quả cho nơi chuyển đơn", "The referrer is owed it",
               "Vụ việc đã được giải quyết: thời hạn báo kết quả cho nơi chuyển đơn bắt đầu.",
               effects=(ClockEffect(Verb.START, "REFERRER_RESULT"),), guard=_owed, cites=("R10",),
               follows="case_resolved"),
    Transition("V18", "tell_referrer", _CASE | {"stored"}, None, _PROCESS, "Báo kết quả giải quyết cho nơi chuyển đơn",
               "Tell the referrer the result",
               "Báo cho đại biểu, cơ quan dân cử, Ban tiếp công dân đã chuyển đơn, không nêu thông tin người tố cáo; đã giải"
               " quyết từ trước thì báo ngay.",
               document="letter", effects=(ClockEffect(Verb.STOP, "REFERRER_RESULT"),), fields=(ON, _NOTICE_NO, NOTE),
               guard=_tell, cites=("R10",)),
    _notice_row(_asked, (ClockEffect(Verb.START, "REFERRER_TO_CITIZEN"),)),
    _notice_row(_not_asked, ()),
    Transition("V18", "tell_citizen", _SENT, None, _PROCESS, "Báo kết quả cho công dân", "Tell the citizen the result",
               "Nơi chuyển đơn báo lại cho công dân đã yêu cầu.", document="letter",
               effects=(ClockEffect(Verb.STOP, "REFERRER_TO_CITIZEN"),), fields=(ON, _NOTICE_NO, WORDS),
               guard=_tell_citizen, cites=("R11",)),
)  # fmt: skip
