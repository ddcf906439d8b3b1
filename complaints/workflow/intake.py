"""Petition intake (xử lý đơn): law.md 7.2, transitions X2 to X23, F-6 and F-7 of 7.7, T-25 and T-27 of 7.5."""

from app.core.permissions import Permission
from complaints import codes
from complaints.clocks import Verb
from complaints.codes_protection import HarmMeasure
from complaints.workflow import intake_guards as guards
from complaints.workflow.base import ClockEffect, FieldKind, State, Transition, Workflow
from complaints.workflow.fields import DOCUMENT_NO, NOTE, ON, WORDS, spec
from complaints.workflow.intake_referred import REFERRED

_STATES = (
    State("registered", "Đã vào sổ, chờ phân loại", "Registered"),
    State("classified", "Đã phân loại, chờ xử lý", "Classified"),
    State("with_case", "Đã chuyển thành vụ việc", "With a case", open=False),
    State("stored", "Lưu đơn", "Stored", open=False, kept=True),
    State(
        "linked", "Lưu, gắn với đơn trước cùng nội dung", "Linked to an earlier one", open=False, kept=True
    ),
    State("destroyed", "Đã huỷ đơn lưu", "Destroyed", open=False),
    State("withdrawn", "Người gửi đã rút đơn", "Withdrawn", open=False),
    State("guided", "Đã hướng dẫn", "Guided", open=False, kept=True),
    State("transferred", "Đã chuyển đơn", "Transferred", open=False, kept=True),
    State("returned", "Đã trả lại nơi chuyển", "Returned", open=False, kept=True),
    State("split_guided", "Đã hướng dẫn tách đơn", "Guided to split", open=False),
    State("split", "Đã tách thành nhiều đơn", "Split", open=False),
    State("to_inspection", "Đã chuyển thanh tra, kiểm tra", "To inspection", open=False),
    State("to_investigation", "Đã chuyển cơ quan điều tra", "To investigation", open=False),
    State("demand_subordinate", "Đã yêu cầu cấp dưới giải quyết", "Demanded of a subordinate", open=False),
)

# Which clocks may run on a petition before it becomes a case: all end when it leaves the desk.
INTAKE_CLOCKS = (
    "KN_ACCEPT",
    "TC_INIT",
    "TC_TRANSFER",
    "TC_OVERDUE_DEMAND",
    "FB_TRANSFER",
)


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
# Who resolves a denunciation itself demands it of nobody (TC22).
_OWN_CASE = (*_BECOMES_CASE, ClockEffect(Verb.CANCEL, "TC_OVERDUE_DEMAND"))

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
    spec("overdue_claim", FieldKind.YES_NO, "Tố cáo tiếp vì cấp dưới quá thời hạn mà chưa giải quyết",
         "Continued because a subordinate is overdue", help_vi="Chỉ cho tố cáo (Luật Tố cáo Điều 38)."),
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
_EARLIER = (
    spec("first_case_id", FieldKind.CASE, "Vụ việc tố cáo trước", "The earlier case",
         help_vi="Vụ việc của cấp dưới trực tiếp đã quá hạn chưa kết luận, hoặc đã có kết luận."),
    spec("first_decision", FieldKind.TEXT, "Nơi giải quyết trước không có trong hệ thống", "Earlier body elsewhere",
         help_vi="Ghi cơ quan, ngày thụ lý và ngày hết hạn chưa giải quyết; hoặc số, ngày kết luận."),
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


_REGISTERED, _CLASSIFIED = frozenset({"registered"}), frozenset({"classified"})
_AT_DESK = _REGISTERED | _CLASSIFIED
_LEFT_BY_MISTAKE = frozenset({"stored", "linked", "guided", "transferred", "returned"})
_PROCESS, _DECIDE = Permission.PETITION_PROCESS, Permission.PETITION_DECIDE

_K = codes.PetitionKind
_ORIGINALS = spec("originals_returned", FieldKind.YES_NO, "Đã trả lại giấy tờ gốc kèm văn bản này", "Originals returned",
                  help_vi="Bắt buộc chọn khi người gửi đã nộp giấy tờ gốc.")  # fmt: skip


_WITHDRAW = (
    ON,
    spec("form", FieldKind.CHOICE, "Rút bằng", "In the form of", required=True, choices=codes.WithdrawalForm),
    spec("everyone", FieldKind.YES_NO, "Tất cả những người ký đơn đều rút", "Everyone withdraws",
         help_vi="Chỉ cần chọn khi đơn có nhiều người ký."),
    spec("goes_on", FieldKind.CHOICE, "Căn cứ vẫn phải xử lý tố cáo, nếu có", "Ground to go on, if any",
         choices=codes.GoesOnGround, help_vi="Có một căn cứ của Luật Tố cáo Điều 33 khoản 3 thì không kết thúc."),
    WORDS,
)  # fmt: skip
_FROM_STORE = (*_ends("KN_ACCEPT", "TC_INIT"), ClockEffect(Verb.START, "PETITION_RETENTION"))
_G = codes.IneligibleReason


def _store_rows() -> tuple[Transition, ...]:
    """Return the rows that end in the store, by their ground: X6, X11, X12, and X3 for all the others."""
    help_vi = "Không đủ điều kiện xử lý, nặc danh không chứng cứ, hoặc đã hướng dẫn, giải quyết: lưu một năm."
    of = (
        ("X12", guards.grounds(_G.ANONYMOUS, _G.WRONG_FORM, kind=_K.DENUNCIATION), ("P22", "TC06")),
        ("X11", guards.grounds(_G.GUIDED_BEFORE, _G.SENT_TO_RIGHT_BODY, kind=_K.DENUNCIATION), ("P24",)),
        ("X6", guards.grounds(_G.GUIDED_BEFORE, kind=_K.COMPLAINT), ("P10", "P04")),
        ("X3", guards.store, ("P04", "P16", "P22", "P24", "F05")),
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
          ("X20", (_K.OTHER,), ("P20",)))  # fmt: skip
    return tuple(
        Transition(code, "guide", _CLASSIFIED, "guided", _DECIDE, "Hướng dẫn", "Guide", help_vi, document="02/TT05",
                   effects=_ends("KN_ACCEPT", "TC_TRANSFER"), fields=(*_TO_BODY, _ORIGINALS),
                   guard=guards.only(guards.guide_back, *kinds), cites=cites, proposable=True)
        for code, kinds, cites in of
    )  # fmt: skip


def _transfer_rows() -> tuple[Transition, ...]:
    """Return the rows that send a petition on, by what it is: V12, X9, X18, X20, and feedback on regulations (F-6, F-7)."""
    help_vi = "Không thuộc thẩm quyền: chuyển đơn và tài liệu đến nơi có thẩm quyền, báo cho người gửi."
    of = (("X9", (_K.DENUNCIATION,), ("P14", "TC05", "I07")), ("X18", (_K.PROPOSAL,), ("P18", "F02")),
          ("X20", (_K.OTHER,), ("P20",)), ("V12", (_K.COMPLAINT,), ("R08",)),
          ("F-6", (_K.ADMIN_FEEDBACK,), ("F05a", "F06")))  # fmt: skip
    rows = tuple(
        Transition(code, "transfer", _CLASSIFIED, "transferred", _DECIDE, "Chuyển đơn", "Transfer", help_vi,
                   document="03/TT05", effects=_ends("KN_ACCEPT", "TC_TRANSFER", "FB_TRANSFER"), fields=_TO_BODY,
                   guard=guards.only(guards.transfer, *kinds), cites=cites, proposable=True)
        for code, kinds, cites in of
    )  # fmt: skip
    about_people = Transition(
        "F-7", "transfer_conduct", _CLASSIFIED, "transferred", _DECIDE, "Chuyển phản ánh về thái độ, chậm trễ",
        "Transfer feedback on conduct",
        "Phản ánh cán bộ chậm trễ, gây phiền hà: chuyển cơ quan có thẩm quyền xử lý theo quy định riêng.",
        document="03/TT05", effects=_ends("FB_TRANSFER"), fields=_TO_BODY, guard=guards.feedback_only, cites=("F05a",),
        proposable=True,
    )  # fmt: skip
    return (*rows, about_people)


def _open_rows() -> tuple[Transition, ...]:
    """Return the rows that open a case of what is ours: X4, X8, X17, and feedback on our own regulations (F-6)."""
    of = (
        ("X4", _K.COMPLAINT, "01/TT05",
         "Đơn đủ điều kiện và thuộc thẩm quyền: mở vụ việc để người đứng đầu xem xét thụ lý.", ("P03", "P08", "K03")),
        ("X8", _K.DENUNCIATION, None, "Thuộc thẩm quyền: mở vụ việc để kiểm tra điều kiện thụ lý.", ("P13", "TC03")),
        ("X17", _K.PROPOSAL, "01/TT05", "Thuộc thẩm quyền: đề xuất người đứng đầu xem xét, giao giải quyết.",
         ("P17", "F01")),
        ("F-6", _K.ADMIN_FEEDBACK, None, "Nội dung quy định thuộc thẩm quyền: mở vụ việc để xử lý.", ("F05a", "F07")),
    )  # fmt: skip
    return tuple(
        Transition(code, "open_case", _CLASSIFIED, "with_case", _PROCESS, "Đề xuất thụ lý, mở vụ việc", "Open a case",
                   help_vi, document=document, effects=_OWN_CASE, fields=(ON, NOTE),
                   guard=guards.only(guards.open_case, kind), cites=cites)
        for code, kind, document, help_vi, cites in of
    )  # fmt: skip


def _continued_rows() -> tuple[Transition, ...]:
    """Return the rows that open a continued denunciation: a resolver is overdue (T-25), or has concluded (T-27)."""
    of = (
        ("T-25", guards.continued_overdue, "Cấp dưới trực tiếp quá hạn chưa kết luận: mở vụ việc để yêu cầu báo cáo.",
         ("TC22",)),
        ("T-27", guards.continued_concluded, "Cấp dưới trực tiếp đã kết luận: mở vụ việc để xem xét tố cáo tiếp.",
         ("TC33",)),
    )  # fmt: skip
    return tuple(
        Transition(code, "open_continued", _CLASSIFIED, "with_case", _PROCESS, "Mở vụ việc tố cáo tiếp",
                   "Open a continued denunciation", help_vi,
                   effects=(*_BECOMES_CASE, ClockEffect(Verb.CANCEL, "TC_INIT")), fields=(ON, *_EARLIER, NOTE),
                   guard=guard, cites=cites)
        for code, guard, help_vi, cites in of
    )  # fmt: skip


WORKFLOW = Workflow(
    name="intake",
    initial="registered",
    states={state.code: state for state in _STATES},
    transitions=(
        Transition("X2", "classify", _AT_DESK, "classified", _PROCESS, "Phân loại", "Classify",
                   "Xác định loại đơn theo nội dung; thời hạn tính từ ngày nhận đơn.", fields=_CLASSIFY,
                   cites=("P02", "P05", "P07", "C04", "TC03", "TC05", "TC22")),
        # (design) P02 again: a paper that left the desk by mistake comes back, with its day of receipt.
        Transition("X2", "take_up", _LEFT_BY_MISTAKE, "classified", _DECIDE, "Xử lý lại đơn", "Take up again",
                   "Đơn đã lưu, hướng dẫn, chuyển hoặc trả lại do nhầm: phân loại lại theo nội dung, thời hạn tính từ ngày"
                   " nhận ban đầu.",
                   effects=(ClockEffect(Verb.CANCEL, "PETITION_RETENTION"),
                            ClockEffect(Verb.START, "PETITION_DISCIPLINE", "received")),
                   fields=(ON, _CLASSIFY[0], WORDS), cites=("P02",), proposable=True),
        *_open_rows(),
        Transition("S-1", "open_second", _CLASSIFIED, "with_case", _PROCESS, "Mở vụ việc khiếu nại lần hai",
                   "Open a second complaint", "Khiếu nại lần hai trong thời hạn, kèm quyết định lần đầu, hoặc do lần "
                   "đầu quá hạn: mở vụ việc ở cấp giải quyết lần hai.",
                   document="01/TT05", effects=_BECOMES_CASE, fields=(ON, *_FIRST, NOTE), guard=guards.open_second,
                   cites=("C04", "C32", "C34", "K02", "K03", "K09")),
        *_continued_rows(),
        Transition("X23", "join_case", _CLASSIFIED, "with_case", _PROCESS, "Nhập vào vụ việc đã có", "Join a case",
                   "Đơn cùng nội dung với một vụ việc đang giải quyết.",
                   effects=(ClockEffect(Verb.STOP, "PETITION_DISCIPLINE"), ClockEffect(Verb.CANCEL, "KN_ACCEPT"),
                            ClockEffect(Verb.CANCEL, "TC_INIT"), ClockEffect(Verb.CANCEL, "TC_TRANSFER"),
                            ClockEffect(Verb.CANCEL, "FB_TRANSFER"), ClockEffect(Verb.CANCEL, "TC_OVERDUE_DEMAND")),
                   fields=(spec("case_id", FieldKind.CASE, "Vụ việc", "Case", required=True), NOTE), guard=guards.accept_case,
                   cites=("P16",)),
        *_store_rows(),
        Transition("X23", "link", _CLASSIFIED, "linked", _DECIDE, "Gắn với đơn trước cùng nội dung", "Link to an earlier",
                   "Cùng nội dung với một đơn đã lưu, hướng dẫn hoặc chuyển: ghi vào sổ, lưu, không hướng dẫn lại.",
                   effects=_FROM_STORE,
                   fields=(ON, spec("petition_id", FieldKind.PETITION, "Đơn trước", "Earlier petition", required=True),
                           WORDS), guard=guards.link, cites=("P04", "P10", "P14"), proposable=True),
        Transition("X22", "destroy", frozenset({"stored", "linked"}), "destroyed", _DECIDE, "Huỷ đơn lưu", "Destroy",
                   "Đã lưu đủ thời hạn: người đứng đầu quyết định huỷ; dòng trong sổ vẫn còn, tệp đính kèm bị xoá.",
                   document="letter", effects=(ClockEffect(Verb.STOP, "PETITION_RETENTION", "retention_ends_on"),),
                   fields=(ON, DOCUMENT_NO, _ORIGINALS, WORDS), guard=guards.destroy, cites=("P16",), proposable=True),
        *_guide_rows(),
        Transition("X7", "return", _CLASSIFIED, "returned", _DECIDE, "Trả lại nơi chuyển", "Return",
                   "Khiếu nại không thuộc thẩm quyền do cơ quan, đại biểu, báo chí chuyển đến.",
                   document="letter", effects=_ends("KN_ACCEPT"),
                   fields=(ON, DOCUMENT_NO, _ORIGINALS, WORDS), guard=guards.give_back,
                   cites=("P11", "P12"), proposable=True),
        *_transfer_rows(),
        Transition("X13", "to_inspection", _CLASSIFIED, "to_inspection", _DECIDE, "Chuyển thanh tra, kiểm tra",
                   "To inspection", "Tố cáo nặc danh nhưng có nội dung rõ, chứng cứ cụ thể, có cơ sở thẩm tra.",
                   document="letter", effects=_ends("TC_INIT", "TC_TRANSFER"), fields=_TO_BODY, guard=guards.inspection,
                   cites=("P23", "TC06"), proposable=True),
        Transition("X14", "to_investigation", _CLASSIFIED, "to_investigation", _DECIDE, "Chuyển cơ quan điều tra",
                   "To investigation", "Có dấu hiệu tội phạm: chuyển ngay hồ sơ.", document="letter",
                   effects=_ends("TC_INIT", "TC_TRANSFER"), fields=_TO_BODY, guard=guards.denunciation_only,
                   cites=("TC08",), proposable=True),
        Transition("X16", "demand_subordinate", _CLASSIFIED, "demand_subordinate", _DECIDE,
                   "Yêu cầu cấp dưới giải quyết", "Demand of a subordinate",
                   "Cấp dưới có thẩm quyền nhưng chưa giải quyết: ra văn bản yêu cầu.", document="letter",
                   effects=_ends("KN_ACCEPT", "TC_INIT", "TC_TRANSFER", "TC_OVERDUE_DEMAND"), fields=_TO_BODY,
                   guard=guards.demand, cites=("P15", "R08", "TC22"), proposable=True),
        Transition("X19", "guide_split", _CLASSIFIED, "split_guided", _DECIDE, "Hướng dẫn tách đơn", "Guide to split",
                   "Đơn có nhiều nội dung thuộc nhiều cơ quan: hướng dẫn viết riêng từng nội dung.",
                   document="02/TT05", effects=_ends(), fields=(ON, DOCUMENT_NO, WORDS), guard=guards.mixed_only,
                   cites=("P19",), proposable=True),
        Transition("X19", "split", _CLASSIFIED, "split", _PROCESS, "Tách thành từng nội dung", "Split into items",
                   "Đơn nhiều nội dung: mỗi nội dung thành một đơn, giữ ngày nhận ban đầu.", effects=_ends(),
                   fields=(spec("kinds", FieldKind.CHOICES, "Các nội dung", "Items", required=True,
                                choices=codes.PetitionKind), NOTE),
                   guard=guards.mixed_only, cites=("P19", "R06")),
        Transition("X21", "report_to_head", _AT_DESK | {"with_case"}, None, _PROCESS, "Báo cáo người đứng đầu",
                   "Report to the head",
                   "Đơn phức tạp, gay gắt, đông người, liên quan dân tộc, tôn giáo: báo cáo ngay; đơn được đánh dấu.",
                   document="letter", fields=(ON, WORDS), cites=("P21",)),
        Transition("C-17", "withdraw", _CLASSIFIED, "withdrawn", _DECIDE, "Rút đơn", "Withdraw",
                   "Người gửi rút đơn khi chưa mở vụ việc: kết thúc xử lý đơn.", effects=_ends("KN_ACCEPT", "TC_INIT"),
                   fields=_WITHDRAW, guard=guards.withdraw, cites=("C28", "TC21"), proposable=True),
        Transition("C-19", "withdraw_some", _CLASSIFIED, None, _PROCESS, "Ghi nhận một số người rút",
                   "Record that some withdraw", "Một số người ký rút đơn; đơn của người còn lại vẫn được xử lý.",
                   fields=(ON, spec("remaining", FieldKind.INTEGER, "Số người còn lại", "People who stay", required=True),
                           spec("form", FieldKind.CHOICE, "Rút bằng", "In the form of", required=True,
                                choices=codes.WithdrawalForm), WORDS), guard=guards.withdraw_some, cites=("C28",)),
        Transition("X15", "report_to_forwarder", frozenset(state.code for state in _STATES), None, _PROCESS,
                   "Báo kết quả cho nơi chuyển đơn", "Report to the forwarder",
                   "Tố cáo do báo chí, cơ quan chuyển đến: báo kết quả xử lý, không nêu thông tin người tố cáo.",
                   document="letter", effects=(ClockEffect(Verb.STOP, "TC_PRESS"),), fields=(ON, DOCUMENT_NO, WORDS),
                   guard=guards.owes_forwarder, cites=("TC07",)),
        *REFERRED,
        Transition("TC09", "harm_told", frozenset(state.code for state in _STATES), None, Permission.PETITION_REGISTER,
                   "Có nguy hại với người tố cáo: đã xử lý ngay", "Harm or threat seen: acted at once",
                   "Thấy người tố cáo bị hại hoặc bị đe doạ: áp dụng biện pháp hoặc báo công an ngay, rồi ghi lại.",
                   fields=(ON, spec("measures", FieldKind.CHOICES, "Đã làm ngay", "Done at once", required=True,
                                    choices=HarmMeasure),
                           spec("told", FieldKind.LINE, "Đã báo ai, lúc nào", "Who was told, when", required=True), WORDS),
                   guard=guards.maybe_denouncer, cites=("TC09",)),
        Transition("V16", "reply", frozenset(state.code for state in _STATES), None, _PROCESS,
                   "Trả lời người đến trực tiếp", "Reply to the citizen",
                   "Thông báo kết quả xử lý: một trong bốn trả lời của Luật Tiếp công dân Điều 28.",
                   document="letter", effects=(ClockEffect(Verb.STOP, "RECEP_REPLY"),),
                   fields=(ON, spec("reply", FieldKind.CHOICE, "Kết quả", "Result", required=True,
                                    choices=codes.ReplyResult), DOCUMENT_NO, NOTE),
                   guard=guards.reply, cites=("R09",)),
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
# X16: one that continues because a subordinate let the limit pass asks for a demand (TC22).
OVERDUE_CLOCKS: dict[str, tuple[str, ...]] = {codes.PetitionKind.DENUNCIATION: ("TC_OVERDUE_DEMAND",)}
