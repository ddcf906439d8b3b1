"""Petition intake (xử lý đơn): law.md 7.2, transitions X2 to X23, and F-6 and F-7 of 7.7."""

from app.core.permissions import Permission
from complaints import codes
from complaints.clocks import Verb
from complaints.workflow.base import ClockEffect, Data, Facts, FieldKind, Guard, State, Transition, Workflow
from complaints.workflow.fields import DOCUMENT_NO, NOTE, ON, WORDS, spec

_STATES = (
    State("registered", "Đã vào sổ, chờ phân loại", "Registered"),
    State("classified", "Đã phân loại, chờ xử lý", "Classified"),
    State("with_case", "Đã chuyển thành vụ việc", "With a case", open=False),
    State("stored", "Lưu đơn", "Stored", open=False, kept=True),
    State("destroyed", "Đã huỷ đơn lưu", "Destroyed", open=False),
    State("guided", "Đã hướng dẫn", "Guided", open=False),
    State("transferred", "Đã chuyển đơn", "Transferred", open=False),
    State("returned", "Đã trả lại nơi chuyển", "Returned", open=False),
    State("split_guided", "Đã hướng dẫn tách đơn", "Guided to split", open=False),
    State("split", "Đã tách thành nhiều đơn", "Split", open=False),
    State("to_inspection", "Đã chuyển thanh tra, kiểm tra", "To inspection", open=False),
    State("to_investigation", "Đã chuyển cơ quan điều tra", "To investigation", open=False),
    State("demand_subordinate", "Đã yêu cầu cấp dưới giải quyết", "Demanded of a subordinate", open=False),
)

# Which clocks may run on a petition before it becomes a case: all end when it leaves the desk.
INTAKE_CLOCKS = ("KN_ACCEPT", "TC_INIT", "TC_TRANSFER", "FB_TRANSFER", "PETITION_DISCIPLINE")


def _ends(*met: str) -> tuple[ClockEffect, ...]:
    """Return the effects of leaving the desk: the clocks named (and the 45 days) are met, the others cancelled."""
    stopped = ("PETITION_DISCIPLINE", "RECEP_REPLY", *met)
    cancelled = tuple(clock for clock in INTAKE_CLOCKS if clock not in stopped)
    return tuple(ClockEffect(Verb.STOP, c) for c in stopped) + tuple(
        ClockEffect(Verb.CANCEL, c) for c in cancelled
    )


_BECOMES_CASE = (
    ClockEffect(Verb.STOP, "PETITION_DISCIPLINE"),
    ClockEffect(Verb.CANCEL, "TC_TRANSFER"),
    ClockEffect(Verb.CANCEL, "FB_TRANSFER"),
)

_CLASSIFY = (
    spec("kind", FieldKind.CHOICE, "Loại đơn", "Kind", required=True, choices=codes.PetitionKind,
         help_vi="Theo nội dung, không theo tiêu đề người gửi ghi."),
    spec("field", FieldKind.CHOICE, "Lĩnh vực", "Field", required=True, choices=codes.Field),
    spec("statutory_field", FieldKind.CHOICE, "Lĩnh vực theo biểu 02/XLD", "Field of form 02/XLD",
         choices=codes.StatutoryField, help_vi="Để trống thì phần mềm gợi ý theo loại đơn và lĩnh vực."),
    spec("instance", FieldKind.CHOICE, "Lần", "Instance", choices=codes.Instance),
    spec("respondent_level", FieldKind.CHOICE, "Người, cơ quan bị khiếu nại, tố cáo", "Respondent",
         choices=codes.RespondentLevel),
    spec("has_evidence", FieldKind.YES_NO, "Nêu rõ người vi phạm và có chứng cứ cụ thể", "Clear violator and evidence"),
    spec("guided_before", FieldKind.YES_NO, "Đã được hướng dẫn hoặc chuyển trước đây về cùng nội dung", "Guided before"),
    spec("disciplinary", FieldKind.YES_NO, "Khiếu nại quyết định kỷ luật cán bộ, công chức", "About discipline",
         help_vi="Có thời hạn và trình tự riêng (Luật Khiếu nại Điều 47 đến 58)."),
    spec("dismissal", FieldKind.YES_NO, "Trong đó là kỷ luật buộc thôi việc", "And that is dismissal"),
)  # fmt: skip
_FIRST = (
    spec("first_case_id", FieldKind.CASE, "Vụ việc khiếu nại lần đầu", "The first case",
         help_vi="Vụ việc của cấp dưới đã có quyết định lần đầu hoặc quá hạn chưa giải quyết."),
    spec("first_decision", FieldKind.TEXT, "Nơi giải quyết lần đầu không có trong hệ thống", "First body elsewhere",
         help_vi="Ghi cơ quan, số, ngày quyết định lần đầu và ngày người khiếu nại nhận; hoặc ngày hết hạn chưa giải quyết."),
)  # fmt: skip
_ELIGIBILITY = (
    spec("ground", FieldKind.CHOICE, "Lý do không đủ điều kiện", "Reason", required=True,
         choices=codes.IneligibleReason),
    WORDS,
)  # fmt: skip
_TO_BODY = (
    ON,
    spec("to_body", FieldKind.LINE, "Cơ quan có thẩm quyền", "Competent body", required=True),
    DOCUMENT_NO,
    WORDS,
)


def _accept_case(facts: Facts, _data: Data) -> str | None:
    if facts.kind not in set(codes.CaseKind):
        return "Chỉ khiếu nại, tố cáo, kiến nghị, phản ánh mới mở thành vụ việc; hãy phân loại lại."
    if facts.in_jurisdiction is False:
        return "Thẩm quyền đã xác định không thuộc cơ quan mình; đổi xác định thẩm quyền trước."
    if facts.eligible is False:
        return "Đơn đã xác định không đủ điều kiện xử lý (TT 05/2021 Điều 6 khoản 2): lưu đơn."
    if facts.kind == codes.PetitionKind.DENUNCIATION and facts.anonymous:
        return "Đơn tố cáo không rõ người gửi không thụ lý theo Luật Tố cáo (Điều 25): lưu đơn hoặc chuyển thanh tra."
    if facts.kind == codes.PetitionKind.DENUNCIATION and facts.outside_form:
        return (
            "Thư điện tử, mạng, điện thoại không phải hình thức tố cáo (Luật Tố cáo Điều 22, 25): phân loại lại, "
            "lưu đơn hoặc chuyển thanh tra."
        )
    return None


def _open_case(facts: Facts, data: Data) -> str | None:
    if facts.kind == codes.PetitionKind.COMPLAINT and facts.instance == codes.Instance.SECOND:
        return "Khiếu nại lần hai: dùng bước mở vụ việc lần hai, có nêu vụ việc lần đầu."
    return _unwritten(facts) or _accept_case(facts, data)


def _open_second(facts: Facts, data: Data) -> str | None:
    if facts.kind != codes.PetitionKind.COMPLAINT or facts.instance != codes.Instance.SECOND:
        return "Chỉ dùng cho khiếu nại lần hai."
    return _unwritten(facts) or _accept_case(facts, data)


def _unwritten(facts: Facts) -> str | None:
    if facts.kind == codes.PetitionKind.COMPLAINT and facts.disciplinary and not facts.written:
        return (
            "Khiếu nại quyết định kỷ luật phải bằng đơn (Luật Khiếu nại Điều 49): nhận đơn có chữ ký, vào sổ với "
            "ngày ghi trên đơn hoặc tệp đơn kèm theo."
        )
    return None


def _store(facts: Facts, data: Data) -> str | None:
    """P22, P23: what names a violator with evidence is checked, also when nobody signed it."""
    ground = data.get("ground")
    if ground == codes.IneligibleReason.ANONYMOUS and facts.has_evidence:
        return (
            "Nêu rõ người vi phạm, chứng cứ cụ thể thì thanh tra, kiểm tra hoặc chuyển (Luật Tố cáo Điều 25)."
        )
    return None


def _not_own(facts: Facts) -> str | None:
    return (
        "Thẩm quyền đã xác định thuộc cơ quan mình; mở vụ việc, hoặc sửa xác định thẩm quyền trước."
        if facts.in_jurisdiction
        else None
    )


def _guide(facts: Facts, _data: Data) -> str | None:
    if facts.kind == codes.PetitionKind.DENUNCIATION and not facts.in_person:
        return (
            "Tố cáo gửi qua bưu chính, không thuộc thẩm quyền thì chuyển đơn (Luật Tố cáo Điều 24 khoản 2)."
        )
    if facts.kind in (codes.PetitionKind.PROPOSAL, codes.PetitionKind.ADMIN_FEEDBACK):
        return (
            "Kiến nghị, phản ánh không thuộc thẩm quyền thì chuyển đơn (Luật Tiếp công dân Điều 26 khoản 2)."
        )
    if facts.kind == codes.PetitionKind.MIXED:
        return "Đơn nhiều nội dung: hướng dẫn tách đơn hoặc tách thành từng nội dung."
    if facts.guided_before:
        return "Đã hướng dẫn một lần về cùng nội dung: lưu đơn (TT 05/2021 Điều 8)."
    return _not_own(facts)


def _transfer(facts: Facts, _data: Data) -> str | None:
    if facts.kind == codes.PetitionKind.COMPLAINT and not facts.in_person:
        return "Khiếu nại gửi đến không thuộc thẩm quyền thì hướng dẫn người gửi hoặc trả lại nơi chuyển."
    if facts.kind == codes.PetitionKind.MIXED:
        return "Đơn nhiều nội dung: hướng dẫn tách đơn hoặc tách thành từng nội dung."
    if facts.kind == codes.PetitionKind.DENUNCIATION and facts.guided_before:
        return "Đã chuyển hoặc hướng dẫn một lần về cùng nội dung: không xử lý lại (Luật Tố cáo Điều 24 khoản 3)."
    return _not_own(facts)


def _return(facts: Facts, data: Data) -> str | None:
    if facts.kind != codes.PetitionKind.COMPLAINT or not facts.forwarded:
        return "Chỉ trả lại đơn khiếu nại do đại biểu, báo chí, cơ quan khác chuyển đến."
    return _not_own(facts) or _originals(facts, data)


def _inspection(facts: Facts, _data: Data) -> str | None:
    if facts.kind != codes.PetitionKind.DENUNCIATION:
        return "Chỉ dùng cho nội dung tố cáo."
    if not facts.has_evidence:
        return "Cần nêu rõ người vi phạm và chứng cứ cụ thể (Luật Tố cáo Điều 25 khoản 2)."
    return None


def _denunciation_only(facts: Facts, _data: Data) -> str | None:
    return None if facts.kind == codes.PetitionKind.DENUNCIATION else "Chỉ dùng cho nội dung tố cáo."


def _mixed_only(facts: Facts, _data: Data) -> str | None:
    return None if facts.kind == codes.PetitionKind.MIXED else "Chỉ dùng cho đơn nhiều nội dung."


def _reply(facts: Facts, _data: Data) -> str | None:
    return (
        None
        if "RECEP_REPLY" in facts.running_clocks
        else "Không có thời hạn trả lời người đến trực tiếp đang chạy."
    )


def _owes_forwarder(facts: Facts, _data: Data) -> str | None:
    return (
        None
        if "TC_PRESS" in facts.running_clocks
        else "Không có thời hạn báo kết quả cho nơi chuyển đơn đang chạy."
    )


_REGISTERED, _CLASSIFIED = frozenset({"registered"}), frozenset({"classified"})
_AT_DESK = _REGISTERED | _CLASSIFIED
_PROCESS, _DECIDE = Permission.PETITION_PROCESS, Permission.PETITION_DECIDE

_K = codes.PetitionKind
_OTHER_KIND = "Bước này dành cho loại đơn khác; hãy phân loại lại nếu loại đơn chưa đúng."
_OTHER_GROUND = "Lý do này thuộc dòng khác của bảng; hãy chọn lại lý do."
_ORIGINALS = spec("originals_returned", FieldKind.YES_NO, "Đã trả lại giấy tờ gốc kèm văn bản này", "Originals returned",
                  help_vi="Bắt buộc chọn khi người gửi đã nộp giấy tờ gốc.")  # fmt: skip


def _destroy(facts: Facts, data: Data) -> str | None:
    """P16: kept for its year, then the head decides."""
    ends, on = facts.retention_ends_on, data.get("on") or facts.today
    if ends is None:
        return "Đơn này không có thời hạn lưu đang chạy; chỉ huỷ đơn đã lưu theo TT 05/2021 Điều 28."
    if on <= ends:
        return f"Còn trong thời hạn lưu đến hết ngày {ends:%d/%m/%Y}; sau ngày đó mới quyết định huỷ (TT 05/2021 Điều 28)."
    return None


def _originals(facts: Facts, data: Data) -> str | None:
    """P12: original papers of a complaint that is not accepted go back to the sender."""
    if facts.originals_attached and data and not data.get("originals_returned"):
        return "Người gửi đã nộp giấy tờ gốc: trả lại cùng văn bản này rồi chọn 'Đã trả lại giấy tờ gốc'."
    return None


def _only(row: Guard, *kinds: str) -> Guard:
    """Return a guard that holds for some kinds only; what a guard of all rows refuses is told first."""

    def guard(facts: Facts, data: Data) -> str | None:
        return row(facts, data) or (None if facts.kind in kinds else _OTHER_KIND)

    guard.__doc__ = row.__doc__
    return guard


def _grounds(*grounds: str, kinds: tuple[str, ...] = ()) -> Guard:
    """Return the guard of one row of storing: chosen by the ground, and by the kind where the law tells them apart."""

    def guard(facts: Facts, data: Data) -> str | None:
        fits = not data or (data.get("ground") in grounds and (not kinds or facts.kind in kinds))
        return _store(facts, data) or (None if fits else _OTHER_GROUND)

    return guard


_FROM_STORE = (*_ends("KN_ACCEPT", "TC_INIT"), ClockEffect(Verb.START, "PETITION_RETENTION"))
_EVERY_KIND = tuple(_K)
_G = codes.IneligibleReason


def _store_rows() -> tuple[Transition, ...]:
    """Return the rows that end in the store, by their ground: X6, X11, X12, and X3 for all the others."""
    help_vi = "Không đủ điều kiện xử lý, nặc danh không chứng cứ, hoặc đã hướng dẫn, giải quyết: lưu một năm."
    of = (
        ("X12", _grounds(_G.ANONYMOUS), ("P22", "TC06")),
        ("X11", _grounds(_G.GUIDED_BEFORE, _G.SENT_TO_RIGHT_BODY, kinds=(_K.DENUNCIATION,)), ("P24",)),
        ("X6", _grounds(_G.GUIDED_BEFORE, kinds=(_K.COMPLAINT,)), ("P10", "P04")),
        ("X3", _store, ("P04", "P16", "P22", "P24", "F05")),
    )
    return tuple(
        Transition(code, "store", _CLASSIFIED, "stored", _DECIDE, "Lưu đơn", "Store", help_vi, effects=_FROM_STORE,
                   fields=(ON, *_ELIGIBILITY), guard=guard, cites=cites, proposable=True)
        for code, guard, cites in of
    )  # fmt: skip


def _guide_rows() -> tuple[Transition, ...]:
    """Return the rows that guide a sender: a complaint (X5), a denunciation brought in person (X10), other matters (X20)."""
    help_vi = "Không thuộc thẩm quyền: hướng dẫn người gửi đến nơi có thẩm quyền, một lần cho một nội dung."
    of = (("X5", (_K.COMPLAINT,), ("P10", "P12")), ("X10", (_K.DENUNCIATION,), ("TC05",)),
          ("X20", (_K.OTHER, _K.PROPOSAL, _K.ADMIN_FEEDBACK, _K.MIXED), ("P20",)))  # fmt: skip
    return tuple(
        Transition(code, "guide", _CLASSIFIED, "guided", _DECIDE, "Hướng dẫn", "Guide", help_vi, document="02/TT05",
                   effects=_ends("KN_ACCEPT", "TC_TRANSFER"), fields=(*_TO_BODY, _ORIGINALS),
                   guard=_only(_guide_back, *kinds), cites=cites, proposable=True)
        for code, kinds, cites in of
    )  # fmt: skip


def _guide_back(facts: Facts, data: Data) -> str | None:
    """P10, P12, TC05: once for a matter, and with the originals."""
    return _guide(facts, data) or _originals(facts, data)


def _transfer_rows() -> tuple[Transition, ...]:
    """Return the rows that send a petition on, by what it is: V12, X9, X18, X20, and feedback on regulations (F-6, F-7)."""
    help_vi = "Không thuộc thẩm quyền: chuyển đơn và tài liệu đến nơi có thẩm quyền, báo cho người gửi."
    of = (("X9", (_K.DENUNCIATION,), ("P14", "TC05", "I07")), ("X18", (_K.PROPOSAL,), ("P18", "F02")),
          ("X20", (_K.OTHER, _K.MIXED), ("P20",)), ("V12", (_K.COMPLAINT,), ("R08",)),
          ("F-6", (_K.ADMIN_FEEDBACK,), ("F05a", "F06")))  # fmt: skip
    rows = tuple(
        Transition(code, "transfer", _CLASSIFIED, "transferred", _DECIDE, "Chuyển đơn", "Transfer", help_vi,
                   document="03/TT05", effects=_ends("KN_ACCEPT", "TC_TRANSFER", "FB_TRANSFER"), fields=_TO_BODY,
                   guard=_only(_transfer, *kinds), cites=cites, proposable=True)
        for code, kinds, cites in of
    )  # fmt: skip
    about_people = Transition(
        "F-7", "transfer_conduct", _CLASSIFIED, "transferred", _DECIDE, "Chuyển phản ánh về thái độ, chậm trễ",
        "Transfer feedback on conduct",
        "Phản ánh cán bộ chậm trễ, gây phiền hà: chuyển cơ quan có thẩm quyền xử lý theo quy định riêng.",
        document="03/TT05", effects=_ends("FB_TRANSFER"), fields=_TO_BODY, guard=_feedback_only, cites=("F05a",),
        proposable=True,
    )  # fmt: skip
    return (*rows, about_people)


def _feedback_only(facts: Facts, _data: Data) -> str | None:
    return (
        None
        if facts.kind == _K.ADMIN_FEEDBACK
        else "Chỉ dùng cho phản ánh về quy định hành chính; hãy phân loại lại nếu đúng."
    )


WORKFLOW = Workflow(
    name="intake",
    initial="registered",
    states={state.code: state for state in _STATES},
    transitions=(
        Transition("X2", "classify", _AT_DESK, "classified", _PROCESS, "Phân loại", "Classify",
                   "Xác định loại đơn theo nội dung; thời hạn tính từ ngày nhận đơn.", fields=_CLASSIFY,
                   cites=("P02", "C04", "TC03", "TC05")),
        Transition("X4", "open_case", _CLASSIFIED, "with_case", _PROCESS, "Đề xuất thụ lý, mở vụ việc", "Open a case",
                   "Đơn đủ điều kiện và thuộc thẩm quyền: mở vụ việc để người đứng đầu xem xét thụ lý.",
                   document="01/TT05", effects=_BECOMES_CASE, fields=(ON, NOTE), guard=_open_case,
                   cites=("P08", "P13", "P17", "K03")),
        Transition("S-1", "open_second", _CLASSIFIED, "with_case", _PROCESS, "Mở vụ việc khiếu nại lần hai",
                   "Open a second complaint", "Khiếu nại lần hai trong thời hạn, kèm quyết định lần đầu, hoặc do lần "
                   "đầu quá hạn: mở vụ việc ở cấp giải quyết lần hai.",
                   document="01/TT05", effects=_BECOMES_CASE, fields=(ON, *_FIRST, NOTE), guard=_open_second,
                   cites=("C04", "C32", "C34", "K02", "K03", "K09")),
        Transition("X23", "join_case", _CLASSIFIED, "with_case", _PROCESS, "Nhập vào vụ việc đã có", "Join a case",
                   "Đơn cùng nội dung với một vụ việc đang giải quyết.",
                   effects=(ClockEffect(Verb.STOP, "PETITION_DISCIPLINE"), ClockEffect(Verb.CANCEL, "KN_ACCEPT"),
                            ClockEffect(Verb.CANCEL, "TC_INIT"), ClockEffect(Verb.CANCEL, "TC_TRANSFER"),
                            ClockEffect(Verb.CANCEL, "FB_TRANSFER")),
                   fields=(spec("case_id", FieldKind.CASE, "Vụ việc", "Case", required=True), NOTE), guard=_accept_case,
                   cites=("P16",)),
        *_store_rows(),
        Transition("X22", "destroy", frozenset({"stored"}), "destroyed", _DECIDE, "Huỷ đơn lưu", "Destroy",
                   "Đã lưu đủ thời hạn: người đứng đầu quyết định huỷ; dòng trong sổ vẫn còn, tệp đính kèm bị xoá.",
                   document="letter", effects=(ClockEffect(Verb.STOP, "PETITION_RETENTION", "retention_ends_on"),),
                   fields=(ON, DOCUMENT_NO, WORDS), guard=_destroy, cites=("P16",), proposable=True),
        *_guide_rows(),
        Transition("X7", "return", _CLASSIFIED, "returned", _DECIDE, "Trả lại nơi chuyển", "Return",
                   "Khiếu nại không thuộc thẩm quyền do cơ quan, đại biểu, báo chí chuyển đến.",
                   document="letter", effects=_ends("KN_ACCEPT"),
                   fields=(ON, DOCUMENT_NO, _ORIGINALS, WORDS), guard=_return,
                   cites=("P11", "P12"), proposable=True),
        *_transfer_rows(),
        Transition("X13", "to_inspection", _CLASSIFIED, "to_inspection", _DECIDE, "Chuyển thanh tra, kiểm tra",
                   "To inspection", "Tố cáo nặc danh nhưng có nội dung rõ, chứng cứ cụ thể, có cơ sở thẩm tra.",
                   document="letter", effects=_ends("TC_INIT", "TC_TRANSFER"), fields=_TO_BODY, guard=_inspection,
                   cites=("P23", "TC06"), proposable=True),
        Transition("X14", "to_investigation", _CLASSIFIED, "to_investigation", _DECIDE, "Chuyển cơ quan điều tra",
                   "To investigation", "Có dấu hiệu tội phạm: chuyển ngay hồ sơ.", document="letter",
                   effects=_ends("TC_INIT", "TC_TRANSFER"), fields=_TO_BODY, guard=_denunciation_only,
                   cites=("TC08",), proposable=True),
        Transition("X16", "demand_subordinate", _CLASSIFIED, "demand_subordinate", _DECIDE,
                   "Yêu cầu cấp dưới giải quyết", "Demand of a subordinate",
                   "Cấp dưới có thẩm quyền nhưng chưa giải quyết: ra văn bản yêu cầu.", document="letter",
                   effects=_ends("KN_ACCEPT", "TC_INIT", "TC_TRANSFER"), fields=_TO_BODY, cites=("P15", "R08"),
                   proposable=True),
        Transition("X19", "guide_split", _CLASSIFIED, "split_guided", _DECIDE, "Hướng dẫn tách đơn", "Guide to split",
                   "Đơn có nhiều nội dung thuộc nhiều cơ quan: hướng dẫn viết riêng từng nội dung.",
                   document="02/TT05", effects=_ends(), fields=(ON, DOCUMENT_NO, WORDS), guard=_mixed_only,
                   cites=("P19",), proposable=True),
        Transition("X19", "split", _CLASSIFIED, "split", _PROCESS, "Tách thành từng nội dung", "Split into items",
                   "Đơn nhiều nội dung: mỗi nội dung thành một đơn, giữ ngày nhận ban đầu.", effects=_ends(),
                   fields=(spec("kinds", FieldKind.CHOICES, "Các nội dung", "Items", required=True,
                                choices=codes.PetitionKind), NOTE),
                   guard=_mixed_only, cites=("P19", "R06")),
        Transition("X21", "report_to_head", _AT_DESK, None, _PROCESS, "Báo cáo người đứng đầu", "Report to the head",
                   "Đơn phức tạp, gay gắt, đông người, liên quan dân tộc, tôn giáo: báo cáo ngay.", document="letter",
                   fields=(ON, WORDS), cites=("P21",)),
        Transition("X15", "report_to_forwarder", frozenset(state.code for state in _STATES), None, _PROCESS,
                   "Báo kết quả cho nơi chuyển đơn", "Report to the forwarder",
                   "Tố cáo do báo chí, cơ quan chuyển đến: báo kết quả xử lý, không nêu thông tin người tố cáo.",
                   document="letter", effects=(ClockEffect(Verb.STOP, "TC_PRESS"),), fields=(ON, DOCUMENT_NO, WORDS),
                   guard=_owes_forwarder, cites=("TC07",)),
        Transition("V16", "reply", frozenset(state.code for state in _STATES), None, _PROCESS,
                   "Trả lời người đến trực tiếp", "Reply to the citizen",
                   "Thông báo kết quả xử lý: một trong bốn trả lời của Luật Tiếp công dân Điều 28.",
                   document="letter", effects=(ClockEffect(Verb.STOP, "RECEP_REPLY"),),
                   fields=(ON, spec("reply", FieldKind.CHOICE, "Kết quả", "Result", required=True,
                                    choices=codes.ReplyResult), DOCUMENT_NO, NOTE),
                   guard=_reply, cites=("R09",)),
    ),
)  # fmt: skip

# X2 by the kind found: the clocks that then run, always from the day of receipt (C04, TC03, TC05, F06).
CLASSIFIED_CLOCKS: dict[str, tuple[str, ...]] = {
    codes.PetitionKind.COMPLAINT: ("KN_ACCEPT",),
    codes.PetitionKind.DENUNCIATION: ("TC_INIT", "TC_TRANSFER"),
    codes.PetitionKind.ADMIN_FEEDBACK: ("FB_TRANSFER",),
}
# X15: a denunciation that the press or another body sent on owes it a report besides (TC07).
FORWARDED_CLOCKS: dict[str, tuple[str, ...]] = {codes.PetitionKind.DENUNCIATION: ("TC_PRESS",)}
