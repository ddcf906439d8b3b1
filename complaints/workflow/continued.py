"""A continued denunciation (tố cáo tiếp) at the direct superior: law.md 7.5, T-25 to T-30, then the rest of that table.

It begins overdue below (T-25: demand, report, and perhaps taking over) or after a conclusion (T-27: a review of twenty
days). law.md has one state SUP_DEMAND; here it is told apart whether the demand, and then the report, is still due.
"""

from dataclasses import replace

from app.core.permissions import Permission
from complaints import codes, codes_continued
from complaints.clocks import Verb
from complaints.workflow import denunciation
from complaints.workflow.base import ClockEffect, Data, Facts, FieldKind, State, Transition, Workflow
from complaints.workflow.fields import DOCUMENT_NO, NOTE, ON, WORDS, spec

DEMANDED, TAKEN_OVER = "superior_demand", "taken_over"  # acts which the earlier case follows
OPENED = "continued_denunciation"  # the act after which the system says which of the two ways a case goes
_OWN_STATES = (
    State("cont_received", "Vừa mở vụ việc tố cáo tiếp", "Just opened"),
    State(
        "sup_demand", "Cấp dưới quá hạn, chờ văn bản yêu cầu báo cáo", "Overdue below, demand to be issued"
    ),
    State("sup_waiting", "Đã yêu cầu, chờ cấp dưới báo cáo", "Demanded, waiting for the report"),
    State("sup_reported", "Cấp dưới đã báo cáo", "Report received"),
    State("handing_over", "Rút vụ việc lên, chờ hồ sơ", "Taken over, waiting for the file"),
    State("cont_review", "Xem xét tố cáo tiếp", "Reviewing the continued denunciation"),
    State("left_to_resolver", "Cấp dưới tiếp tục giải quyết", "Left to the resolver", open=False),
    State("cont_rejected", "Không giải quyết lại", "Not resolved again", open=False),
    State("cont_transferred", "Đã chuyển cơ quan có thẩm quyền", "Transferred", open=False),
)
# Of the first case only: before acceptance, and its end when it is taken over.
_NOT_HERE = frozenset({"tc_check", "tc_not_accepted", "taken_over"})
_STATES = {state.code: state for state in _OWN_STATES} | {
    code: state for code, state in denunciation.WORKFLOW.states.items() if code not in _NOT_HERE
}
_DEMANDED = frozenset({"sup_waiting", "sup_reported"})
_REVIEW = frozenset({"cont_review"})
_BEFORE_ACCEPTANCE = _DEMANDED | _REVIEW | {"sup_demand", "handing_over"}
_HANDLE, _DECIDE = Permission.CASE_HANDLE, Permission.CASE_DECIDE
# Rows of 7.5 that hold before the conclusion, and so before the acceptance by the superior as well.
_ALSO_BEFORE = frozenset(
    {"withdraw_part", "withdrawn_goes_on", "terminate", "to_investigation", "part_to_investigation"}
)
_ONLY_FIRST = frozenset(
    {("T-1", "lengthen_check"), ("T-2", "accept"), ("T-3", "refuse"), ("T-4", "reclassify")}
)
_REVIEW_CLOCKS = ("TC_OVERDUE_DEMAND", "TC_OVERDUE_REPORT", "TC_CONT_REVIEW")
_DECISION_NO = spec("document_no", FieldKind.LINE, "Số quyết định thụ lý", "Decision number", required=True)
_STARTS_AFRESH = (ClockEffect(Verb.START, "TC_RESOLVE"), ClockEffect(Verb.START, "TC_NOTIFY"))


def _overdue_below(facts: Facts, _data: Data) -> str | None:
    """T-25."""
    return None if facts.overdue_claim else "Đơn không phải tố cáo tiếp vì quá thời hạn."


def _concluded_below(facts: Facts, _data: Data) -> str | None:
    """T-27."""
    return "Đơn là tố cáo tiếp vì quá thời hạn." if facts.overdue_claim else None


def _since_demand(facts: Facts, data: Data) -> str | None:
    day = data.get("delivered_on") or data.get("on")
    if day is not None and facts.demanded_on is not None and day < facts.demanded_on:
        return (
            f"Ngày này không thể trước ngày văn bản yêu cầu {facts.demanded_on:%d/%m/%Y}; hãy ghi lại ngày."
        )
    return None


def _received_once(facts: Facts, data: Data) -> str | None:
    """TC23: the five working days of the report start once, when the resolver has received the demand."""
    if "TC_OVERDUE_REPORT" in facts.running_clocks:
        return "Đã ghi ngày cấp dưới nhận văn bản yêu cầu."
    return _since_demand(facts, data)


def _resolved_below(facts: Facts, _data: Data) -> str | None:
    """Without a report the matter ends only when the resolver has meanwhile ended it."""
    if facts.earlier == "open":
        return "Cấp dưới chưa kết luận và chưa báo cáo: yêu cầu báo cáo, ghi nhận báo cáo trước (Luật Tố cáo Điều 38)."
    return None


def _not_yet_concluded(facts: Facts, _data: Data) -> str | None:
    """TC24: what is taken over has to be still unresolved."""
    if facts.earlier in ("concluded", "ended"):
        return (
            "Cấp dưới đã kết luận hoặc đã kết thúc vụ việc: không còn việc để rút lên. Không đồng ý với kết luận thì "
            "người tố cáo tố cáo tiếp theo Luật Tố cáo Điều 37."
        )
    return None


def _cancel(*clocks: str) -> tuple[ClockEffect, ...]:
    return tuple(ClockEffect(Verb.CANCEL, clock) for clock in clocks)


def _stop(*clocks: str) -> tuple[ClockEffect, ...]:
    return tuple(ClockEffect(Verb.STOP, clock) for clock in clocks)


def _carried(row: Transition) -> Transition:
    """Return a row of the first case's table for the superior's: no initial check, but the states of the review."""
    sources = row.sources - _NOT_HERE
    effects = tuple(effect for effect in row.effects if effect.clock != "TC_INIT")
    if row.action in _ALSO_BEFORE:
        sources |= _BEFORE_ACCEPTANCE
    if row.action in _ALSO_BEFORE and row.target is not None:
        effects += _cancel(*_REVIEW_CLOCKS)
    return replace(row, sources=sources, effects=effects)


_OVERDUE_ROWS = (
    Transition("T-25", "continue_overdue", frozenset({"cont_received"}), "sup_demand", _HANDLE,
               "Nhận tố cáo tiếp vì quá thời hạn", "Continued as overdue",
               "Cấp dưới quá thời hạn mà chưa giải quyết: phải có văn bản yêu cầu báo cáo trong thời hạn.",
               guard=_overdue_below, cites=("TC22",), follows=OPENED),
    Transition("T-25", "demand", frozenset({"sup_demand"}), "sup_waiting", _DECIDE, "Yêu cầu cấp dưới báo cáo",
               "Demand a report", "Yêu cầu báo cáo quá trình giải quyết, lý do chậm, trách nhiệm; tiếp tục giải quyết.",
               document="letter", effects=_stop("TC_OVERDUE_DEMAND"),
               fields=(ON, spec("to_body", FieldKind.LINE, "Gửi người giải quyết tố cáo", "To the resolver", required=True),
                       DOCUMENT_NO, WORDS),
               cites=("TC22",), proposable=True),
    Transition("T-25", "demand_received", frozenset({"sup_waiting"}), None, _HANDLE,
               "Ghi ngày cấp dưới nhận yêu cầu", "Demand received",
               "Từ ngày này cấp dưới có thời hạn để gửi báo cáo.",
               effects=(ClockEffect(Verb.START, "TC_OVERDUE_REPORT", "delivered_on"),),
               fields=(spec("delivered_on", FieldKind.DATE, "Ngày cấp dưới nhận văn bản yêu cầu", "Day of receipt",
                            required=True), NOTE),
               guard=_received_once, cites=("TC23",)),
    Transition("T-25", "record_report", frozenset({"sup_waiting"}), "sup_reported", _HANDLE,
               "Ghi nhận báo cáo của cấp dưới", "Report received",
               "Báo cáo về quá trình giải quyết, lý do chậm và trách nhiệm.", effects=_stop("TC_OVERDUE_REPORT"),
               fields=(ON, DOCUMENT_NO, WORDS), guard=_since_demand, cites=("TC23",)),
    # law.md has no row for the end without taking over; Art 38(3), (4): the resolver goes on, the denouncer is told.
    Transition("T-25", "end_demand", frozenset({"sup_reported"}), "left_to_resolver", _DECIDE,
               "Để cấp dưới giải quyết, báo người tố cáo", "Leave to the resolver",
               "Không có căn cứ rút vụ việc lên: cấp dưới tiếp tục giải quyết; thông báo cho người tố cáo.",
               document="letter", effects=_stop("RECEP_REPLY"), fields=(ON, DOCUMENT_NO, WORDS),
               cites=("TC23", "Art 38(3), 38(4)"), proposable=True),
    Transition("T-25", "end_demand", frozenset({"sup_demand", "sup_waiting"}), "left_to_resolver", _DECIDE,
               "Để cấp dưới giải quyết, báo người tố cáo", "Leave to the resolver",
               "Cấp dưới đã kết luận trong khi chờ: không yêu cầu báo cáo nữa; thông báo cho người tố cáo.",
               document="letter",
               effects=(*_stop("RECEP_REPLY"), *_cancel("TC_OVERDUE_DEMAND", "TC_OVERDUE_REPORT")),
               fields=(ON, DOCUMENT_NO, WORDS), guard=_resolved_below, cites=("TC23", "Art 38(3), 38(4)"),
               proposable=True),
    Transition("T-26", "take_over", _DEMANDED, "handing_over", _DECIDE, "Rút vụ việc lên giải quyết", "Take over",
               "Có vi phạm nghiêm trọng hoặc dấu hiệu không khách quan: yêu cầu cấp dưới chấm dứt việc giải quyết và "
               "chuyển hồ sơ.", document="letter", effects=_cancel("TC_OVERDUE_REPORT"),
               fields=(ON, DOCUMENT_NO, spec("ground", FieldKind.CHOICES, "Căn cứ", "Ground", required=True,
                                             choices=codes_continued.TakeOverGround), WORDS),
               guard=_not_yet_concluded, cites=("TC24",), proposable=True),
    Transition("T-26", "accept", frozenset({"handing_over"}), "tc_accepted", _DECIDE, "Thụ lý tố cáo", "Accept",
               "Đã nhận hồ sơ cấp dưới chuyển: ra quyết định thụ lý; thời hạn giải quyết tính lại từ ngày thụ lý.",
               document="04/TC", effects=_STARTS_AFRESH, fields=(ON, _DECISION_NO), cites=("TC24", "TC11", "TC12"),
               proposable=True),
)  # fmt: skip
_REVIEW_ROWS = (
    Transition("T-27", "continue_concluded", frozenset({"cont_received"}), "cont_review", _HANDLE,
               "Nhận tố cáo tiếp sau khi có kết luận", "Continued after a conclusion",
               "Người đứng đầu cấp trên trực tiếp xem xét hồ sơ giải quyết trước đó.",
               effects=(ClockEffect(Verb.START, "TC_CONT_REVIEW", "received"),), guard=_concluded_below,
               cites=("TC33",), follows=OPENED),
    Transition("T-28", "reject", _REVIEW, "cont_rejected", _DECIDE, "Không giải quyết lại", "Do not resolve again",
               "Việc giải quyết trước đó đúng pháp luật: thông báo bằng văn bản, nêu rõ lý do cho người tố cáo.",
               document="letter", effects=_stop("TC_CONT_REVIEW", "RECEP_REPLY"), fields=(ON, DOCUMENT_NO, WORDS),
               cites=("TC33",), proposable=True),
    Transition("T-29", "accept", _REVIEW, "tc_accepted", _DECIDE, "Thụ lý vì giải quyết sai thẩm quyền", "Accept",
               "Trước đó giải quyết không đúng thẩm quyền, nay thuộc thẩm quyền của mình: ra quyết định thụ lý.",
               document="04/TC", effects=(*_stop("TC_CONT_REVIEW"), *_STARTS_AFRESH),
               fields=(ON, _DECISION_NO, WORDS), cites=("TC33", "TC11", "TC12"), proposable=True),
    Transition("T-29", "transfer", _REVIEW, "cont_transferred", _DECIDE, "Chuyển cơ quan có thẩm quyền", "Transfer",
               "Trước đó giải quyết không đúng thẩm quyền: chuyển tố cáo đến nơi có thẩm quyền, giữ bí mật người tố "
               "cáo.", document="03/TT05", effects=_stop("TC_CONT_REVIEW", "RECEP_REPLY"),
               fields=(ON, spec("to_body", FieldKind.LINE, "Cơ quan có thẩm quyền", "Competent body", required=True),
                       DOCUMENT_NO, WORDS), cites=("TC33", "I07"), proposable=True),
    Transition("T-30", "resolve_again", _REVIEW, "tc_accepted", _DECIDE, "Giải quyết lại", "Resolve again",
               "Có căn cứ giải quyết lại: ra quyết định thụ lý; các thời hạn tính lại từ đầu.", document="04/TC",
               effects=(*_stop("TC_CONT_REVIEW"), *_STARTS_AFRESH),
               fields=(ON, _DECISION_NO, spec("ground", FieldKind.CHOICES, "Căn cứ giải quyết lại", "Ground",
                                              required=True, choices=codes_continued.ReResolveGround), WORDS),
               cites=("TC33", "TC11", "TC12"), proposable=True),
)  # fmt: skip
_BACK = Transition(
    "T-4", "reclassify", _REVIEW | {"sup_demand"}, "reclassified", _HANDLE, "Trả về xử lý đơn", "Back to the desk",
    "Hoá ra nặc danh, mạo tên, hoặc không phải tố cáo tiếp: trở lại bàn xử lý đơn với ngày nhận ban đầu.",
    effects=_cancel("TC_OVERDUE_DEMAND", "TC_CONT_REVIEW"),
    fields=(spec("kind", FieldKind.CHOICE, "Loại đơn", "Kind", required=True, choices=codes.PetitionKind), WORDS),
    cites=("TC06", "P02"),
)  # fmt: skip

WORKFLOW = Workflow(
    name="continued",
    initial="cont_received",
    states=_STATES,
    transitions=(
        *_OVERDUE_ROWS,
        *_REVIEW_ROWS,
        _BACK,
        *(
            _carried(row)
            for row in denunciation.WORKFLOW.transitions
            if (row.code, row.action) not in _ONLY_FIRST and not row.follows
        ),
    ),
)
