"""What the law allows and forbids at the petition desk, told in the words of the refusal (law.md 2.1 to 2.3). Pure."""

from collections.abc import Mapping

from complaints.codes import CaseKind, GoesOnGround, IneligibleReason, PetitionKind
from complaints.workflow.base import Data, Facts, Guard

_K, _I = PetitionKind, IneligibleReason
_OTHER_ROW = (
    "Trường hợp này thuộc một dòng khác của bảng."  # never told: the row that allows it is taken instead
)


def of_kind(kind: str, guard: Guard) -> Guard:
    """Return a guard for one kind of petition; what the given guard refuses is told first."""

    def check(facts: Facts, data: Data) -> str | None:
        return guard(facts, data) or (None if facts.kind == kind else _OTHER_ROW)

    return check


def accept_case(facts: Facts, _data: Data) -> str | None:
    """X4, X8, X17, F-6: a case is opened of what is eligible, ours and of a kind that is resolved."""
    if facts.kind not in set(CaseKind):
        return "Đơn loại này không mở thành vụ việc; hãy phân loại lại."
    if facts.in_jurisdiction is False:
        return "Thẩm quyền đã xác định không thuộc cơ quan mình; đổi xác định thẩm quyền trước."
    if facts.eligible is False and facts.kind == _K.ADMIN_FEEDBACK:
        return "Phản ánh đã xác định chưa đúng hình thức: không tiếp nhận (NĐ 20/2008 Điều 9)."
    if facts.eligible is False:
        return "Đơn đã xác định không đủ điều kiện xử lý (TT 05/2021 Điều 6 khoản 2): lưu đơn."
    if facts.kind == _K.DENUNCIATION and facts.anonymous:
        return "Đơn tố cáo không rõ người gửi không thụ lý theo Luật Tố cáo (Điều 25): lưu đơn hoặc chuyển thanh tra."
    if facts.kind == _K.DENUNCIATION and facts.outside_form:
        return (
            "Thư điện tử, mạng, điện thoại không phải hình thức tố cáo (Luật Tố cáo Điều 22, 25): phân loại lại, "
            "lưu đơn hoặc chuyển thanh tra."
        )
    return None


# P16, P22: grounds that belong to one kind only.
_GROUND_OF_KIND: Mapping[str, tuple[str, str]] = {
    _I.DECIDED: (_K.COMPLAINT, "Lý do này chỉ dùng cho khiếu nại."),
    _I.CONCLUDED: (_K.DENUNCIATION, "Lý do này chỉ dùng cho tố cáo."),
    _I.ANONYMOUS: (_K.DENUNCIATION, "Lý do này chỉ dùng cho tố cáo; đơn khác thì chọn 'Không rõ họ tên, địa chỉ'."),
    _I.WRONG_FORM: (_K.DENUNCIATION, "Lý do này chỉ dùng cho tố cáo."),
}  # fmt: skip
_NO_EVIDENCE = frozenset({_I.ANONYMOUS.value, _I.WRONG_FORM.value})
_SENT_AGAIN = frozenset({_I.GUIDED_BEFORE.value, _I.SENT_TO_RIGHT_BODY.value})


def store(facts: Facts, data: Data) -> str | None:
    """X3: what no later row has a better name for."""
    ground = data.get("ground")
    if facts.kind == _K.ADMIN_FEEDBACK:
        return "Phản ánh về quy định hành chính theo trình tự riêng: tiếp nhận, chuyển hoặc không tiếp nhận (NĐ 20/2008)."
    if ground in _NO_EVIDENCE and facts.kind == _K.DENUNCIATION and facts.has_evidence:
        return (
            "Nêu rõ người vi phạm, chứng cứ cụ thể thì thanh tra, kiểm tra hoặc chuyển (Luật Tố cáo Điều 25)."
        )
    kind, why = _GROUND_OF_KIND.get(ground or "", (facts.kind, ""))
    if facts.kind != kind:
        return why
    if ground == _I.SENT_TO_RIGHT_BODY and facts.in_jurisdiction:
        return "Cơ quan mình là nơi có thẩm quyền: đơn gửi nhiều nơi vẫn được xử lý ở đây."
    rows = (store_guided_complaint, store_denunciation_again, store_without_evidence)
    return _OTHER_ROW if ground and any(row(facts, data) is None for row in rows) else None


def store_guided_complaint(facts: Facts, data: Data) -> str | None:
    """X6: not ours, and guided before on the same content."""
    again = data.get("ground") == _I.GUIDED_BEFORE
    return None if facts.kind == _K.COMPLAINT and again and not facts.in_jurisdiction else _OTHER_ROW


def store_denunciation_again(facts: Facts, data: Data) -> str | None:
    """X11: not ours, and sent to the right body as well, or guided or transferred before."""
    again = data.get("ground") in _SENT_AGAIN
    return None if facts.kind == _K.DENUNCIATION and again and not facts.in_jurisdiction else _OTHER_ROW


def store_without_evidence(facts: Facts, data: Data) -> str | None:
    """X12: anonymous, impersonated or on a channel that is no form, without evidence."""
    empty = data.get("ground") in _NO_EVIDENCE and not facts.has_evidence
    return None if facts.kind == _K.DENUNCIATION and empty else _OTHER_ROW


def _not_own(facts: Facts) -> str | None:
    return (
        "Thẩm quyền đã xác định thuộc cơ quan mình; mở vụ việc, hoặc sửa xác định thẩm quyền trước."
        if facts.in_jurisdiction
        else None
    )


def _originals(facts: Facts, data: Data) -> str | None:
    """P12: original papers go back with the letter on a complaint that is not accepted."""
    asked = bool(data) and facts.originals_attached and facts.kind == _K.COMPLAINT
    if asked and not data.get("originals_returned"):
        return (
            "Đơn kèm giấy tờ gốc: trả lại người gửi cùng văn bản này, rồi đánh dấu 'Đã trả lại giấy tờ gốc'."
        )
    return None


def guide(facts: Facts, data: Data) -> str | None:
    """X5, X10, X20: guide once; a denunciation only who came in person."""
    if facts.kind == _K.DENUNCIATION and not facts.in_person:
        return (
            "Tố cáo gửi qua bưu chính, không thuộc thẩm quyền thì chuyển đơn (Luật Tố cáo Điều 24 khoản 2)."
        )
    if facts.kind == _K.PROPOSAL:
        return (
            "Kiến nghị, phản ánh không thuộc thẩm quyền thì chuyển đơn (Luật Tiếp công dân Điều 26 khoản 2)."
        )
    if facts.kind == _K.ADMIN_FEEDBACK:
        return "Phản ánh về quy định hành chính không thuộc thẩm quyền thì chuyển, không hướng dẫn (NĐ 20/2008 Điều 9)."
    if facts.kind == _K.MIXED:
        return "Đơn nhiều nội dung: hướng dẫn tách đơn hoặc tách thành từng nội dung."
    if facts.guided_before:
        return "Đã hướng dẫn một lần về cùng nội dung: lưu đơn (TT 05/2021 Điều 8)."
    return _not_own(facts) or _originals(facts, data)


def transfer(facts: Facts, _data: Data) -> str | None:
    """X9, X18, X20 and V12: a denunciation once; a complaint only from the reception place."""
    if facts.kind == _K.COMPLAINT and not facts.in_person:
        return "Khiếu nại gửi đến không thuộc thẩm quyền thì hướng dẫn người gửi hoặc trả lại nơi chuyển."
    if facts.kind == _K.MIXED:
        return "Đơn nhiều nội dung: hướng dẫn tách đơn hoặc tách thành từng nội dung."
    if facts.kind == _K.ADMIN_FEEDBACK:
        return "Phản ánh về quy định hành chính: dùng 'Chuyển phản ánh về quy định' (NĐ 20/2008 Điều 9)."
    if facts.kind == _K.DENUNCIATION and facts.guided_before:
        return "Đã chuyển hoặc hướng dẫn một lần về cùng nội dung: không xử lý lại (Luật Tố cáo Điều 24 khoản 3)."
    return _not_own(facts)


def give_back(facts: Facts, data: Data) -> str | None:
    """X7: only a complaint that somebody sent on goes back to them."""
    if facts.kind != _K.COMPLAINT or not facts.forwarded:
        return "Chỉ trả lại đơn khiếu nại do đại biểu, báo chí, cơ quan khác chuyển đến."
    return _not_own(facts) or _originals(facts, data)


def inspection(facts: Facts, _data: Data) -> str | None:
    """X13: a clear violator and concrete evidence."""
    if facts.kind != _K.DENUNCIATION:
        return "Chỉ dùng cho nội dung tố cáo."
    if not facts.has_evidence:
        return "Cần nêu rõ người vi phạm và chứng cứ cụ thể (Luật Tố cáo Điều 25 khoản 2)."
    return None


def denunciation_only(facts: Facts, _data: Data) -> str | None:
    """X14."""
    return None if facts.kind == _K.DENUNCIATION else "Chỉ dùng cho nội dung tố cáo."


def demand(facts: Facts, _data: Data) -> str | None:
    """X16, R08: what a subordinate has to resolve and has not."""
    if facts.kind in (_K.COMPLAINT, _K.DENUNCIATION, _K.PROPOSAL):
        return None
    return "Chỉ dùng cho khiếu nại, tố cáo, kiến nghị, phản ánh mà cấp dưới có thẩm quyền giải quyết."


def mixed_only(facts: Facts, _data: Data) -> str | None:
    """X19."""
    return None if facts.kind == _K.MIXED else "Chỉ dùng cho đơn nhiều nội dung."


def feedback_only(facts: Facts, _data: Data) -> str | None:
    """F-7, and what is not received (F05)."""
    return (
        None
        if facts.kind == _K.ADMIN_FEEDBACK
        else "Chỉ dùng cho phản ánh, kiến nghị về quy định hành chính."
    )


def feedback_elsewhere(facts: Facts, data: Data) -> str | None:
    """F-6: a regulation of another body."""
    return feedback_only(facts, data) or _not_own(facts)


def link(facts: Facts, _data: Data) -> str | None:
    """X23: feedback on a regulation has its own way (P07)."""
    if facts.kind == _K.ADMIN_FEEDBACK:
        return "Phản ánh về quy định hành chính theo trình tự riêng (NĐ 20/2008)."
    return None


def destroy(facts: Facts, data: Data) -> str | None:
    """X22: after the year of keeping, never before its last day has passed."""
    ends = facts.retention_ends_on
    if ends is None:
        return "Chưa có thời hạn lưu đơn; đơn này không huỷ được."
    if min(facts.today, data.get("on") or facts.today) <= ends:
        return (
            f"Đơn phải lưu đến hết ngày {ends:%d/%m/%Y} (TT 05/2021 Điều 28); sau ngày đó mới quyết định huỷ."
        )
    if data and facts.originals_attached and not data.get("originals_returned"):
        return "Đơn kèm giấy tờ gốc: trả lại người gửi trước khi huỷ, rồi đánh dấu 'Đã trả lại giấy tờ gốc'."
    return None


def withdraw(facts: Facts, data: Data) -> str | None:
    """C28, TC21 before there is a case: a group when all of it withdraws, a denunciation unless it must go on."""
    if data.get("goes_on") and facts.kind in (_K.DENUNCIATION, _K.MIXED):
        ground = GoesOnGround(data["goes_on"])  # type: ignore[call-arg]
        return f"{ground.vi}: vẫn phải xử lý tố cáo dù đã rút ({ground.article})."
    if data and facts.signer_count > 1 and not data.get("everyone"):
        return "Đơn có nhiều người ký: chỉ kết thúc khi tất cả đều rút; nếu không, ghi số người còn lại."
    return None


def withdraw_some(facts: Facts, data: Data) -> str | None:
    """C-19 before there is a case: somebody is left."""
    if facts.signer_count < 2:
        return "Chỉ có một người gửi; dùng 'Rút đơn'."
    left = data.get("remaining")
    if left is not None and not 1 <= left < facts.signer_count:
        return f"Số người còn lại phải từ 1 đến {facts.signer_count - 1}."
    return None


def reply(facts: Facts, _data: Data) -> str | None:
    """V16: what is owed to whoever came in person, while it is owed."""
    return (
        None
        if "RECEP_REPLY" in facts.running_clocks
        else "Không có thời hạn trả lời người đến trực tiếp đang chạy."
    )


def owes_forwarder(facts: Facts, _data: Data) -> str | None:
    """X15: what is owed to whoever sent a denunciation on, while it is owed."""
    return (
        None
        if "TC_PRESS" in facts.running_clocks
        else "Không có thời hạn báo kết quả cho nơi chuyển đơn đang chạy."
    )
