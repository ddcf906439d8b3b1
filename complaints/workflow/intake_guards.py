"""What the law allows and forbids at the petition desk, told in the words of the refusal (law.md 2.1 to 2.3). Pure."""

from collections.abc import Mapping

from complaints.codes import CaseKind, GoesOnGround, IneligibleReason, Instance, PetitionKind
from complaints.workflow.base import Data, Facts, Guard

_K, _I = PetitionKind, IneligibleReason
OTHER_KIND = "Bước này dành cho loại đơn khác; hãy phân loại lại nếu loại đơn chưa đúng."
OTHER_GROUND = "Lý do này thuộc dòng khác của bảng; hãy chọn lại lý do."


def accept_case(facts: Facts, _data: Data) -> str | None:
    """X4, X8, X17, F-6, X23: of what is eligible, ours and of a kind that is resolved."""
    if facts.kind not in set(CaseKind):
        return "Chỉ khiếu nại, tố cáo, kiến nghị, phản ánh mới mở thành vụ việc; hãy phân loại lại."
    if facts.in_jurisdiction is False:
        return "Thẩm quyền đã xác định không thuộc cơ quan mình; đổi xác định thẩm quyền trước."
    if facts.eligible is False and facts.kind == _K.ADMIN_FEEDBACK:
        return "Phản ánh đã xác định chưa đúng hình thức: lưu đơn, nói rõ lý do (NĐ 20/2008 Điều 9)."
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


def open_case(facts: Facts, data: Data) -> str | None:
    """X4, X8, X17, F-6: a first case; a second complaint has its own step."""
    if facts.kind == _K.COMPLAINT and facts.instance == Instance.SECOND:
        return "Khiếu nại lần hai: dùng bước mở vụ việc lần hai, có nêu vụ việc lần đầu."
    if _continued(facts):
        return (
            "Tố cáo tiếp: dùng bước mở vụ việc tố cáo tiếp, có nêu vụ việc trước (Luật Tố cáo Điều 37, 38)."
        )
    return _unwritten(facts) or accept_case(facts, data)


def open_second(facts: Facts, data: Data) -> str | None:
    """S-1: only a complaint of the second instance."""
    if facts.kind != _K.COMPLAINT or facts.instance != Instance.SECOND:
        return "Chỉ dùng cho khiếu nại lần hai."
    return _unwritten(facts) or accept_case(facts, data)


def _continued(facts: Facts) -> bool:
    return facts.kind == _K.DENUNCIATION and (facts.overdue_claim or facts.instance == Instance.SECOND)


def open_continued(facts: Facts, data: Data) -> str | None:
    """T-25, T-27: only a continued denunciation."""
    return accept_case(facts, data) if _continued(facts) else "Chỉ dùng cho tố cáo tiếp."


def continued_overdue(facts: Facts, data: Data) -> str | None:
    """T-25: continued because the resolver below let the limit pass."""
    why = None if facts.overdue_claim else "Đơn không phải tố cáo tiếp vì quá thời hạn."
    return open_continued(facts, data) or why


def continued_concluded(facts: Facts, data: Data) -> str | None:
    """T-27: continued against what was concluded."""
    return open_continued(facts, data) or (
        "Đơn là tố cáo tiếp vì quá thời hạn." if facts.overdue_claim else None
    )


def _unwritten(facts: Facts) -> str | None:
    if facts.kind == _K.COMPLAINT and facts.disciplinary and not facts.written:
        return (
            "Khiếu nại quyết định kỷ luật phải bằng đơn (Luật Khiếu nại Điều 49): nhận đơn có chữ ký, vào sổ với "
            "ngày ghi trên đơn hoặc tệp đơn kèm theo."
        )
    return None


# P16, P22, F05: grounds that belong to one kind only.
_GROUND_OF_KIND: Mapping[str | None, tuple[str, str]] = {
    _I.DECIDED: (_K.COMPLAINT, "Lý do này chỉ dùng cho khiếu nại."),
    _I.CONCLUDED: (_K.DENUNCIATION, "Lý do này chỉ dùng cho tố cáo."),
    _I.ANONYMOUS: (_K.DENUNCIATION, "Lý do này chỉ dùng cho tố cáo; đơn khác thì chọn 'Không rõ họ tên, địa chỉ'."),
    _I.WRONG_FORM: (_K.DENUNCIATION, "Lý do này chỉ dùng cho tố cáo."),
    _I.FEEDBACK_FORM: (_K.ADMIN_FEEDBACK, "Lý do này chỉ dùng cho phản ánh về quy định hành chính."),
}  # fmt: skip
_NO_EVIDENCE = frozenset({_I.ANONYMOUS.value, _I.WRONG_FORM.value})


def store(facts: Facts, data: Data) -> str | None:
    """P04, P16, P22 to P24: each ground with its kind; what names a violator with evidence is checked, not stored."""
    ground = data.get("ground")
    if ground in _NO_EVIDENCE and facts.has_evidence:
        return (
            "Nêu rõ người vi phạm, chứng cứ cụ thể thì thanh tra, kiểm tra hoặc chuyển (Luật Tố cáo Điều 25)."
        )
    kind, why = _GROUND_OF_KIND.get(str(ground), (facts.kind, ""))
    if facts.kind != kind:
        return why
    if ground == _I.SENT_TO_RIGHT_BODY and facts.in_jurisdiction:
        return "Cơ quan mình là nơi có thẩm quyền: đơn gửi nhiều nơi vẫn được xử lý ở đây."
    return None


def _not_own(facts: Facts) -> str | None:
    return (
        "Thẩm quyền đã xác định thuộc cơ quan mình; mở vụ việc, hoặc sửa xác định thẩm quyền trước."
        if facts.in_jurisdiction
        else None
    )


def guide(facts: Facts, _data: Data) -> str | None:
    """X5, X10, X20: guide once; a denunciation only who came in person."""
    if facts.kind == _K.DENUNCIATION and not facts.in_person:
        return (
            "Tố cáo gửi qua bưu chính, không thuộc thẩm quyền thì chuyển đơn (Luật Tố cáo Điều 24 khoản 2)."
        )
    if facts.kind in (_K.PROPOSAL, _K.ADMIN_FEEDBACK):
        return (
            "Kiến nghị, phản ánh không thuộc thẩm quyền thì chuyển đơn (Luật Tiếp công dân Điều 26 khoản 2)."
        )
    if facts.kind == _K.MIXED:
        return "Đơn nhiều nội dung: hướng dẫn tách đơn hoặc tách thành từng nội dung."
    if facts.guided_before:
        return "Đã hướng dẫn một lần về cùng nội dung: lưu đơn (TT 05/2021 Điều 8)."
    return _not_own(facts)


def transfer(facts: Facts, _data: Data) -> str | None:
    """V12, X9, X18, X20, F-6: a denunciation once; a complaint only from the reception place."""
    if facts.kind == _K.COMPLAINT and not facts.in_person:
        return "Khiếu nại gửi đến không thuộc thẩm quyền thì hướng dẫn người gửi hoặc trả lại nơi chuyển."
    if facts.kind == _K.MIXED:
        return "Đơn nhiều nội dung: hướng dẫn tách đơn hoặc tách thành từng nội dung."
    if facts.kind == _K.DENUNCIATION and facts.guided_before:
        return "Đã chuyển hoặc hướng dẫn một lần về cùng nội dung: không xử lý lại (Luật Tố cáo Điều 24 khoản 3)."
    return _not_own(facts)


def give_back(facts: Facts, data: Data) -> str | None:
    """X7: only a complaint that somebody sent on goes back to them, with its originals (P12)."""
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


def maybe_denouncer(facts: Facts, _data: Data) -> str | None:
    """TC09."""
    if facts.kind in (_K.DENUNCIATION, _K.MIXED):
        return None
    return "Chỉ dùng khi nội dung là tố cáo (Luật Tố cáo Điều 27 khoản 2)."


def mixed_only(facts: Facts, _data: Data) -> str | None:
    """X19."""
    return None if facts.kind == _K.MIXED else "Chỉ dùng cho đơn nhiều nội dung."


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


def _originals(facts: Facts, data: Data) -> str | None:
    """P12: original papers of a complaint that is not accepted go back to the sender."""
    if facts.originals_attached and data and not data.get("originals_returned"):
        return "Người gửi đã nộp giấy tờ gốc: trả lại cùng văn bản này rồi chọn 'Đã trả lại giấy tờ gốc'."
    return None


def only(row: Guard, *kinds: str) -> Guard:
    """Return a guard that holds for some kinds only; what a guard of all rows refuses is told first."""

    def guard(facts: Facts, data: Data) -> str | None:
        return row(facts, data) or (None if facts.kind in kinds else OTHER_KIND)

    return guard


def grounds(*grounds: str, kind: str) -> Guard:
    """Return the guard of one row of storing: chosen by the ground and by the kind."""

    def guard(facts: Facts, data: Data) -> str | None:
        fits = not data or (data.get("ground") in grounds and facts.kind == kind)
        return store(facts, data) or (None if fits else OTHER_GROUND)

    return guard


def guide_back(facts: Facts, data: Data) -> str | None:
    """P10, P12, TC05: once for a matter, and with the originals."""
    return guide(facts, data) or _originals(facts, data)


def feedback_only(facts: Facts, _data: Data) -> str | None:
    """F-7."""
    return (
        None
        if facts.kind == _K.ADMIN_FEEDBACK
        else "Chỉ dùng cho phản ánh về quy định hành chính; hãy phân loại lại nếu đúng."
    )


def demand(facts: Facts, _data: Data) -> str | None:
    """X16, R08: what a subordinate has to resolve and has not."""
    if facts.kind in (_K.COMPLAINT, _K.DENUNCIATION, _K.PROPOSAL):
        return None
    return "Chỉ dùng cho khiếu nại, tố cáo, kiến nghị, phản ánh mà cấp dưới có thẩm quyền giải quyết."


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
    if (data.get("on") or facts.today) <= ends:
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
