"""Petition intake (xử lý đơn): law.md 7.2, transitions X2 to X23, and F-6, F-7 of 7.7."""

from app.core.permissions import Permission
from complaints import codes
from complaints.clocks import Verb
from complaints.workflow import intake_guards as guards
from complaints.workflow.base import ClockEffect, FieldKind, Guard, State, Transition, Workflow
from complaints.workflow.fields import DOCUMENT_NO, NOTE, ON, WORDS, spec

_STATES = (
    State("registered", "Đã vào sổ, chờ phân loại", "Registered"),
    State("classified", "Đã phân loại, chờ xử lý", "Classified"),
    State("with_case", "Đã chuyển thành vụ việc", "With a case", open=False),
    State("stored", "Lưu đơn", "Stored", open=False, kept=True),
    State(
        "linked", "Lưu, gắn với đơn trước cùng nội dung", "Linked to an earlier one", open=False, kept=True
    ),
    State("destroyed", "Đã huỷ đơn sau thời hạn lưu", "Destroyed", open=False),
    State("withdrawn", "Người gửi đã rút đơn", "Withdrawn", open=False),
    State("guided", "Đã hướng dẫn", "Guided", open=False),
    State("transferred", "Đã chuyển đơn", "Transferred", open=False),
    State("returned", "Đã trả lại nơi chuyển", "Returned", open=False),
    State("split_guided", "Đã hướng dẫn tách đơn", "Guided to split", open=False),
    State("split", "Đã tách thành nhiều đơn", "Split", open=False),
    State("to_inspection", "Đã chuyển thanh tra, kiểm tra", "To inspection", open=False),
    State("to_investigation", "Đã chuyển cơ quan điều tra", "To investigation", open=False),
    State("demand_subordinate", "Đã yêu cầu cấp dưới giải quyết", "Demanded of a subordinate", open=False),
    State("fb_passed_on", "Đã chuyển phản ánh về quy định", "Feedback passed on", open=False),
    State("fb_declined", "Không tiếp nhận phản ánh", "Feedback not received", open=False),
)

# Which clocks may run on a petition before it becomes a case: all end when it leaves the desk.
INTAKE_CLOCKS = (
    "KN_ACCEPT",
    "TC_INIT",
    "TC_TRANSFER",
    "TC_OVERDUE_DEMAND",
    "FB_TRANSFER",
    "PETITION_DISCIPLINE",
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
_JOINS_CASE = (
    *_BECOMES_CASE, ClockEffect(Verb.CANCEL, "KN_ACCEPT"), ClockEffect(Verb.CANCEL, "TC_INIT"),
    ClockEffect(Verb.CANCEL, "TC_OVERDUE_DEMAND"),
)  # fmt: skip
_KEPT_A_YEAR = ClockEffect(Verb.START, "PETITION_RETENTION")
_STORED = (*_ends("KN_ACCEPT", "TC_INIT"), _KEPT_A_YEAR)

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
)  # fmt: skip
_ELIGIBILITY = (
    spec("ground", FieldKind.CHOICE, "Lý do không đủ điều kiện", "Reason", required=True,
         choices=codes.IneligibleReason),
    WORDS,
)  # fmt: skip
_BODY = spec("to_body", FieldKind.LINE, "Cơ quan có thẩm quyền", "Competent body", required=True)
_TO_BODY = (ON, _BODY, DOCUMENT_NO, WORDS)
_ORIGINALS = spec("originals_returned", FieldKind.YES_NO, "Đã trả lại giấy tờ gốc cho người gửi",
                  "Original papers returned", help_vi="Bắt buộc khi đơn khiếu nại kèm giấy tờ gốc.")  # fmt: skip
_DESTROY = (
    ON,
    spec("document_no", FieldKind.LINE, "Số quyết định huỷ", "Number of the decision", required=True),
    _ORIGINALS,
    WORDS,
)
_WITHDRAW = (
    ON,
    spec("form", FieldKind.CHOICE, "Rút bằng", "In the form of", required=True, choices=codes.WithdrawalForm),
    spec("everyone", FieldKind.YES_NO, "Tất cả những người ký đơn đều rút", "Everyone withdraws",
         help_vi="Chỉ cần chọn khi đơn có nhiều người ký."),
    spec("goes_on", FieldKind.CHOICE, "Căn cứ vẫn phải xử lý tố cáo, nếu có", "Ground to go on, if any",
         choices=codes.GoesOnGround, help_vi="Có một căn cứ của Luật Tố cáo Điều 33 khoản 3 thì không kết thúc."),
    WORDS,
)  # fmt: skip


_REGISTERED, _CLASSIFIED = frozenset({"registered"}), frozenset({"classified"})
_AT_DESK = _REGISTERED | _CLASSIFIED
_ANYWHERE = frozenset(state.code for state in _STATES)
_PROCESS, _DECIDE = Permission.PETITION_PROCESS, Permission.PETITION_DECIDE
_K = codes.PetitionKind


def _open(code: str, kind: str, document: str | None, help_vi: str, *cites: str) -> Transition:
    """Return the row that opens a case of one kind (X4, X8, X17, F-6)."""
    return Transition(
        code, "open_case", _CLASSIFIED, "with_case", _PROCESS, "Đề xuất thụ lý, mở vụ việc", "Open a case", help_vi,
        document=document, effects=_BECOMES_CASE, fields=(ON, NOTE), guard=guards.of_kind(kind, guards.accept_case),
        cites=cites,
    )  # fmt: skip


def _guide(code: str, kind: str, help_vi: str, *cites: str) -> Transition:
    """Return the row that guides the sender of one kind (X5, X10, X20)."""
    return Transition(
        code, "guide", _CLASSIFIED, "guided", _DECIDE, "Hướng dẫn", "Guide", help_vi, document="02/TT05",
        effects=_ends("KN_ACCEPT", "TC_TRANSFER"), fields=(ON, _BODY, DOCUMENT_NO, _ORIGINALS, WORDS),
        guard=guards.of_kind(kind, guards.guide), cites=cites, proposable=True,
    )  # fmt: skip


def _transfer(code: str, kind: str, help_vi: str, *cites: str) -> Transition:
    """Return the row that transfers a petition of one kind (X9, X18, X20, V12)."""
    return Transition(
        code, "transfer", _CLASSIFIED, "transferred", _DECIDE, "Chuyển đơn", "Transfer", help_vi, document="03/TT05",
        effects=_ends("KN_ACCEPT", "TC_TRANSFER"), fields=_TO_BODY,
        guard=guards.of_kind(kind, guards.transfer), cites=cites, proposable=True,
    )  # fmt: skip


def _store(code: str, guard: Guard, help_vi: str, *cites: str) -> Transition:
    """Return a row that stores (X3, X6, X11, X12): each with its ground, words and approver."""
    return Transition(
        code, "store", _CLASSIFIED, "stored", _DECIDE, "Lưu đơn", "Store", help_vi, effects=_STORED,
        fields=(ON, *_ELIGIBILITY), guard=guard, cites=cites, proposable=True,
    )  # fmt: skip


WORKFLOW = Workflow(
    name="intake",
    initial="registered",
    states={state.code: state for state in _STATES},
    transitions=(
        Transition("X2", "classify", _AT_DESK, "classified", _PROCESS, "Phân loại", "Classify",
                   "Xác định loại đơn theo nội dung; thời hạn tính từ ngày nhận đơn.", fields=_CLASSIFY,
                   cites=("P02", "P05", "P07", "C04", "TC03", "TC05", "TC22", "F06")),
        _open("X4", _K.COMPLAINT, "01/TT05",
              "Đơn đủ điều kiện và thuộc thẩm quyền: mở vụ việc để người đứng đầu xem xét thụ lý.", "P03", "P08"),
        _open("X8", _K.DENUNCIATION, None, "Thuộc thẩm quyền: mở vụ việc để kiểm tra điều kiện thụ lý.", "P13", "TC03"),
        _open("X17", _K.PROPOSAL, "01/TT05", "Thuộc thẩm quyền: đề xuất người đứng đầu xem xét, giao giải quyết.",
              "P17", "F01"),
        _open("F-6", _K.ADMIN_FEEDBACK, None, "Nội dung quy định thuộc thẩm quyền: mở vụ việc để xử lý.",
              "F05a", "F07"),
        Transition("X23", "join_case", _CLASSIFIED, "with_case", _PROCESS, "Nhập vào vụ việc đã có", "Join a case",
                   "Đơn cùng nội dung với một vụ việc đang giải quyết.", effects=_JOINS_CASE,
                   fields=(spec("case_id", FieldKind.CASE, "Vụ việc", "Case", required=True), NOTE),
                   guard=guards.accept_case, cites=("P16",)),
        _store("X3", guards.store, "Đơn không đủ điều kiện xử lý, hoặc đã giải quyết: lưu một năm, ghi rõ lý do.",
               "P04", "P16"),
        _store("X6", guards.store_guided_complaint, "Khiếu nại không thuộc thẩm quyền, đã hướng dẫn một lần: lưu.",
               "P04", "P10"),
        _store("X11", guards.store_denunciation_again,
               "Tố cáo không thuộc thẩm quyền, đã gửi đúng nơi hoặc đã hướng dẫn, chuyển: không xử lý lại, lưu.", "P24"),
        _store("X12", guards.store_without_evidence,
               "Tố cáo nặc danh, mạo tên, không đúng hình thức, không có chứng cứ cụ thể: lưu.", "P22", "TC06"),
        Transition("X23", "link", _CLASSIFIED, "linked", _DECIDE, "Gắn với đơn trước cùng nội dung", "Link to an earlier",
                   "Cùng nội dung với một đơn đã lưu, hướng dẫn hoặc chuyển: ghi vào sổ, lưu, không hướng dẫn lại.",
                   effects=_STORED,
                   fields=(ON, spec("petition_id", FieldKind.PETITION, "Đơn trước", "Earlier petition", required=True),
                           WORDS), guard=guards.link, cites=("P04", "P10", "P14"), proposable=True),
        _guide("X5", _K.COMPLAINT,
               "Không thuộc thẩm quyền: hướng dẫn người gửi đến nơi có thẩm quyền, một lần cho một nội dung.",
               "P10", "P12"),
        _guide("X10", _K.DENUNCIATION, "Tố cáo trực tiếp, không thuộc thẩm quyền: hướng dẫn đến nơi có thẩm quyền.",
               "TC05"),
        _guide("X20", _K.OTHER, "Thuộc toà án, cơ quan dân cử, Đảng, đoàn thể...: hướng dẫn theo quy định riêng.", "P20"),
        Transition("X7", "return", _CLASSIFIED, "returned", _DECIDE, "Trả lại nơi chuyển", "Return",
                   "Khiếu nại không thuộc thẩm quyền do cơ quan, đại biểu, báo chí chuyển đến.",
                   document="letter", effects=_ends("KN_ACCEPT"), fields=(ON, DOCUMENT_NO, _ORIGINALS, WORDS),
                   guard=guards.give_back, cites=("P11", "P12"), proposable=True),
        _transfer("X9", _K.DENUNCIATION,
                  "Không thuộc thẩm quyền: chuyển đơn và tài liệu, giữ bí mật, báo cho người tố cáo.", "P14", "TC05"),
        _transfer("X18", _K.PROPOSAL, "Không thuộc thẩm quyền: chuyển đơn và tài liệu, báo cho người gửi.",
                  "P18", "F02"),
        _transfer("X20", _K.OTHER, "Thuộc hệ thống khác: chuyển đơn theo quy định riêng.", "P20"),
        _transfer("V12", _K.COMPLAINT, "Khiếu nại nhận tại nơi tiếp công dân, không thuộc thẩm quyền: chuyển đơn.",
                  "R08"),
        Transition("F-6", "transfer_feedback", _CLASSIFIED, "fb_passed_on", _DECIDE, "Chuyển phản ánh về quy định",
                   "Pass on feedback", "Nội dung quy định thuộc thẩm quyền nơi khác: chuyển phản ánh.",
                   document="03/TT05", effects=_ends("FB_TRANSFER"), fields=_TO_BODY, guard=guards.feedback_elsewhere,
                   cites=("F06",), proposable=True),
        Transition("F-7", "transfer_conduct", _CLASSIFIED, "fb_passed_on", _DECIDE, "Chuyển nơi xử lý hành vi chậm trễ",
                   "Pass on a matter of conduct",
                   "Phản ánh về việc chậm trễ, gây phiền hà: chuyển cơ quan có thẩm quyền; nếu thực chất là khiếu nại, "
                   "tố cáo thì phân loại lại.", document="03/TT05", effects=_ends(), fields=_TO_BODY,
                   guard=guards.feedback_only, cites=("F05a",), proposable=True),
        Transition("F-6", "decline_feedback", _CLASSIFIED, "fb_declined", _DECIDE, "Không tiếp nhận phản ánh",
                   "Do not receive", "Phản ánh về quy định không đúng yêu cầu về hình thức, ngôn ngữ, tên, địa chỉ.",
                   effects=_ends(), fields=(ON, spec("ground", FieldKind.CHOICE, "Lý do không tiếp nhận", "Reason",
                                                     required=True, choices=codes.FeedbackFormGap), WORDS),
                   guard=guards.feedback_only, cites=("F05", "F05a"), proposable=True),
        Transition("X13", "to_inspection", _CLASSIFIED, "to_inspection", _DECIDE, "Chuyển thanh tra, kiểm tra",
                   "To inspection", "Tố cáo nặc danh nhưng có nội dung rõ, chứng cứ cụ thể, có cơ sở thẩm tra.",
                   document="letter", effects=_ends("TC_INIT", "TC_TRANSFER"), fields=_TO_BODY,
                   guard=guards.inspection, cites=("P23", "TC06"), proposable=True),
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
        Transition("X22", "destroy", frozenset({"stored", "linked"}), "destroyed", _DECIDE, "Quyết định huỷ đơn",
                   "Decide to destroy",
                   "Hết thời hạn lưu một năm: huỷ đơn và tài liệu kèm theo; dòng trong sổ đăng ký vẫn giữ.",
                   document="letter", effects=(ClockEffect(Verb.STOP, "PETITION_RETENTION", "retention_ends_on"),),
                   fields=_DESTROY, guard=guards.destroy, cites=("P16",), proposable=True),
        Transition("X15", "report_to_forwarder", _ANYWHERE, None, _PROCESS,
                   "Báo kết quả cho nơi chuyển đơn", "Report to the forwarder",
                   "Tố cáo do báo chí, cơ quan chuyển đến: báo kết quả xử lý, không nêu thông tin người tố cáo.",
                   document="letter", effects=(ClockEffect(Verb.STOP, "TC_PRESS"),), fields=(ON, DOCUMENT_NO, WORDS),
                   guard=guards.owes_forwarder, cites=("TC07",)),
        Transition("V16", "reply", _ANYWHERE, None, _PROCESS,
                   "Trả lời người đến trực tiếp", "Reply to the citizen",
                   "Thông báo kết quả xử lý: một trong bốn trả lời của Luật Tiếp công dân Điều 28.",
                   document="letter", effects=(ClockEffect(Verb.STOP, "RECEP_REPLY"),),
                   fields=(ON, spec("reply", FieldKind.CHOICE, "Kết quả", "Result", required=True,
                                    choices=codes.ReplyResult), DOCUMENT_NO, NOTE),
                   guard=guards.reply, cites=("R09",)),
    ),
)  # fmt: skip

# X2 by the kind found: the clocks that then run, always from the day of receipt (C04, TC03, TC05).
CLASSIFIED_CLOCKS: dict[str, tuple[str, ...]] = {
    codes.PetitionKind.COMPLAINT: ("KN_ACCEPT",),
    codes.PetitionKind.DENUNCIATION: ("TC_INIT", "TC_TRANSFER"),
    codes.PetitionKind.ADMIN_FEEDBACK: ("FB_TRANSFER",),
}
# X15: a denunciation that the press or another body sent on owes it a report besides (TC07).
FORWARDED_CLOCKS: dict[str, tuple[str, ...]] = {codes.PetitionKind.DENUNCIATION: ("TC_PRESS",)}
# X16: one that continues because a subordinate let the limit pass asks for a demand (TC22).
OVERDUE_CLOCKS: dict[str, tuple[str, ...]] = {codes.PetitionKind.DENUNCIATION: ("TC_OVERDUE_DEMAND",)}
