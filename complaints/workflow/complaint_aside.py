"""What may happen to a complaint aside from the main way: withdrawal, termination, emergency measure, review.

law.md 7.3, C-17 to C-22 and C-28. The rows of C-17 to C-22 are made for an instance, since the second has the same (S-9).
"""

from app.core.permissions import Permission
from complaints import codes
from complaints.workflow.base import PREVIOUS, ClockEffect, Data, Facts, FieldKind, FieldSpec, Transition
from complaints.workflow.fields import DOCUMENT_NO, ON, WORDS, spec

_HANDLE, _DECIDE, _REVIEW = Permission.CASE_HANDLE, Permission.CASE_DECIDE, Permission.CASE_REVIEW

_FORM = spec("form", FieldKind.CHOICE, "Hình thức rút", "Form", choices=codes.WithdrawalForm)
_PARTIES = spec("parties", FieldKind.PARTIES, "Những người rút", "Who withdraws")
_OTHERS = spec("others", FieldKind.INTEGER, "Số người rút không có tên trong hồ sơ", "Others who withdraw",
               help_vi="Người đã ký nhưng chưa được ghi tên khi vào sổ.")  # fmt: skip
_TO_COMMUNE = spec("to_body", FieldKind.LINE, "Gửi UBND cấp xã", "To the commune", required=True,
                   help_vi="Nơi thường trú cuối cùng của người khiếu nại, hoặc nơi tổ chức đặt trụ sở.")  # fmt: skip


def _ground(choices: type[codes.Code]) -> FieldSpec:
    return spec("ground", FieldKind.CHOICE, "Căn cứ", "Ground", required=True, choices=choices)


def _everyone_withdraws(facts: Facts, data: Data) -> str | None:
    """C19, C28: those of a group who stay are heard on; a withdrawal ends the case only when all withdraw."""
    if facts.signer_count > 1 and data.get("ground") == codes.FullWithdrawal.WITHDRAWN:
        return ("Nhiều người khiếu nại: chỉ đình chỉ khi tất cả đều rút; nếu có người không rút, chọn"
                " 'Ghi nhận một số người rút' để giải quyết tiếp cho họ.")  # fmt: skip
    return None


def _some_withdraw(facts: Facts, data: Data) -> str | None:
    staying = facts.signer_count
    if staying < 2:
        return "Chỉ còn một người khiếu nại: rút một phần nội dung, hoặc rút toàn bộ thì đình chỉ."
    leaving = len(data.get("parties") or ()) + (data.get("others") or 0)
    if data and not leaving:
        return "Chọn những người rút, hoặc ghi số người rút không có tên trong hồ sơ."
    if leaving >= staying:
        return f"Đang có {staying} người khiếu nại: tất cả đều rút thì đình chỉ, không ghi nhận một số người rút."
    return None


def _in_force(facts: Facts) -> bool:
    return facts.emergency_until is not None and facts.emergency_until >= facts.today


def nothing_halted(facts: Facts, _data: Data) -> str | None:
    """X2 from a case: a contested decision that is suspended (C-22) is let go before the matter changes its kind."""
    if _in_force(facts):
        return (
            f"Đang tạm đình chỉ thi hành đến hết ngày {facts.emergency_until:%d/%m/%Y}: hủy bỏ trước rồi mới phân loại "
            "lại."
        )
    return None


def _emergency(facts: Facts, data: Data) -> str | None:
    """C23: no longer than what is left of the resolution."""
    due_on, on, until = facts.resolve_due_on, data.get("on") or facts.today, data.get("until")
    if _in_force(facts):
        return f"Đang tạm đình chỉ thi hành đến hết ngày {facts.emergency_until:%d/%m/%Y}; hủy bỏ trước rồi mới quyết định lại."
    if due_on is None or on > due_on:
        return "Thời hạn giải quyết không còn ngày nào, nên không còn thời gian để tạm đình chỉ thi hành (Luật Khiếu nại Điều 35)."
    if until is not None and not on <= until <= due_on:
        return f"Tạm đình chỉ thi hành từ ngày quyết định đến không quá ngày {due_on:%d/%m/%Y}, hết thời hạn giải quyết còn lại."
    return None


def _lift(facts: Facts, _data: Data) -> str | None:
    return (
        None
        if _in_force(facts)
        else "Không có quyết định tạm đình chỉ thi hành nào đang áp dụng với vụ việc này."
    )


def ends(before_decision: frozenset[str], effects: tuple[ClockEffect, ...]) -> tuple[Transition, ...]:
    """Return the rows of withdrawal and termination (C-17 to C-21); `effects` are what a termination does to clocks."""
    return (
        Transition("C-17", "terminate", before_decision, "terminated", _DECIDE, "Đình chỉ: rút toàn bộ",
                   "Terminate: withdrawn", "Rút toàn bộ khiếu nại; nhiều người khiếu nại thì tất cả đều rút.",
                   document="14a/KN", effects=effects, fields=(ON, DOCUMENT_NO, _ground(codes.FullWithdrawal), _FORM, WORDS),
                   guard=_everyone_withdraws, cites=("C26", "C28"), proposable=True),
        Transition("C-18", "withdraw_part", before_decision, None, _HANDLE, "Ghi nhận rút một phần",
                   "Record a partial withdrawal", "Phần còn lại tiếp tục giải quyết.",
                   fields=(ON, _FORM, WORDS), cites=("C28",)),
        Transition("C-19", "withdraw_some", before_decision, None, _HANDLE, "Ghi nhận một số người rút",
                   "Record that some withdraw",
                   "Người không rút vẫn được giải quyết tiếp; tên người rút vẫn lưu trong hồ sơ.",
                   fields=(ON, _PARTIES, _OTHERS, _FORM, WORDS), guard=_some_withdraw, cites=("C28",)),
        Transition("C-20", "terminate_ended", before_decision, "terminated", _DECIDE,
                   "Đình chỉ: không còn người khiếu nại", "Terminate: nobody left",
                   "Người khiếu nại chết mà quyền không được thừa kế, tổ chức chấm dứt mà không có tổ chức kế thừa.",
                   document="14a/KN", effects=effects,
                   fields=(ON, DOCUMENT_NO, _ground(codes.EndOfComplainant), _TO_COMMUNE, WORDS), cites=("C26",),
                   proposable=True),
        Transition("C-21", "terminate_no_object", before_decision, "terminated", _DECIDE,
                   "Đình chỉ: không còn nội dung, tòa án", "Terminate: no object, court",
                   "Không còn đối tượng, nội dung khiếu nại, hoặc tòa án đã thụ lý, giải quyết cùng vụ việc.",
                   document="14a/KN", effects=effects,
                   fields=(ON, DOCUMENT_NO, _ground(codes.NothingLeft), WORDS), cites=("C26",), proposable=True),
    )  # fmt: skip


def emergency(working: frozenset[str], liftable: frozenset[str]) -> tuple[Transition, ...]:
    """Return the rows of the emergency measure (C-22): ordered while the resolution runs, lifted at once."""
    return (
        Transition("C-22", "order_emergency", working, None, _DECIDE, "Tạm đình chỉ thi hành quyết định bị khiếu nại",
                   "Suspend the contested decision",
                   "Việc thi hành sẽ gây hậu quả khó khắc phục; không quá thời hạn giải quyết còn lại.",
                   document="letter",
                   fields=(ON, DOCUMENT_NO, spec("until", FieldKind.DATE, "Tạm đình chỉ thi hành đến hết ngày", "Until",
                                                 required=True), WORDS),
                   guard=_emergency, cites=("C23",), proposable=True),
        Transition("C-22", "lift_emergency", liftable, None, _DECIDE, "Hủy bỏ tạm đình chỉ thi hành",
                   "Lift the suspension of the contested decision", "Lý do không còn thì phải hủy bỏ ngay.",
                   document="letter", fields=(ON, DOCUMENT_NO, WORDS), guard=_lift, cites=("C23",), proposable=True),
    )  # fmt: skip


REVIEW: tuple[Transition, ...] = (
    Transition("C-28", "review", frozenset({"effective", "executing"}), "under_review", _REVIEW,
               "Xem xét lại việc giải quyết", "Review the settlement",
               "Cấp trên phát hiện việc giải quyết có vi phạm pháp luật; luật không định thời hạn. Phát hiện trước"
               " 01/07/2026 thì theo NĐ 124/2020 cũ (NĐ 155/2026 Điều 22).",
               document="letter",
               fields=(ON, spec("discovered_on", FieldKind.DATE, "Ngày phát hiện", "Discovered on", required=True),
                       DOCUMENT_NO, WORDS), cites=("C39",)),
    Transition("C-28", "end_review", frozenset({"under_review"}), PREVIOUS, _REVIEW, "Kết thúc xem xét",
               "End the review", "Báo cáo kết quả xem xét và văn bản chỉ đạo; vụ việc trở lại trạng thái trước đó.",
               document="letter",
               fields=(ON, DOCUMENT_NO, spec("review_outcome", FieldKind.CHOICE, "Kết quả xem xét", "Outcome",
                                             required=True, choices=codes.ReviewOutcome), WORDS), cites=("C39",)),
)  # fmt: skip
"""C-28: only by the head of a body above the one that decided, never by that body itself."""
