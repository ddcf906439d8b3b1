"""A first complaint (khiếu nại lần đầu): law.md 7.3, transitions C-1 to C-27 of the main way."""

from datetime import timedelta

from app.core.permissions import Permission
from complaints import codes
from complaints.clocks import Verb
from complaints.rulebook.said import counted, length
from complaints.workflow import acceptance, complaint_aside, publication
from complaints.workflow.base import (
    PREVIOUS,
    ClockEffect,
    Data,
    Facts,
    FieldKind,
    State,
    Transition,
    Workflow,
)
from complaints.workflow.fields import DOCUMENT_NO, NOTE, ON, WORDS, spec
from complaints.workflow.least import day_of, too_few_typed
from complaints.workflow.results import DONE, TO_DO

_STATES = (
    State("propose_accept", "Chờ thụ lý", "Awaiting acceptance"),
    State("refused", "Không thụ lý", "Not accepted", open=False),
    State("accepted_1", "Đã thụ lý", "Accepted"),
    State("verifying", "Đang xác minh", "Verifying"),
    State("verified", "Đã có báo cáo xác minh", "Verified"),
    State("dialogue_set", "Đã hẹn đối thoại", "Dialogue set"),
    State("dialogue_done", "Đã đối thoại", "Dialogue held"),
    State("decision_draft", "Đang dự thảo quyết định", "Decision in draft"),
    State("decided_1", "Đã có quyết định lần đầu", "First decision issued"),
    State("appealed", "Đã bị khiếu nại lần hai", "Appealed", open=False),
    State("effective", "Quyết định có hiệu lực", "Decision in effect"),
    State("executing", "Đang thi hành", "Being carried out"),
    State("suspended", "Tạm đình chỉ", "Suspended"),
    State("under_review", "Cấp trên đang xem xét lại", "Under review"),
    State("terminated", "Đình chỉ", "Terminated", open=False),
    State("closed", "Đã kết thúc", "Closed", open=False),
    State("reclassified", "Đã phân loại lại", "Reclassified", open=False),
)

_DRAFTING = frozenset({"dialogue_done", "decision_draft"})
_WORKING = frozenset(
    {"accepted_1", "verifying", "verified", "dialogue_set", "dialogue_done", "decision_draft"}
)
_BEFORE_DECISION = _WORKING | {"propose_accept", "suspended"}
_SUSPENDABLE = frozenset({"accepted_1", "verifying", "verified", "dialogue_set", "dialogue_done"})
# An answer may come until the decision, also while the case rests.
_ANSWERABLE = (_WORKING - {"accepted_1"}) | {"suspended"}
_HANDLE, _DECIDE, _CLOSE = Permission.CASE_HANDLE, Permission.CASE_DECIDE, Permission.CASE_CLOSE

_REMOTE = spec("remote", FieldKind.YES_NO, "Vùng sâu, vùng xa đi lại khó khăn", "Remote area",
               help_vi="Thời hạn giải quyết dài hơn (Luật Khiếu nại Điều 28).")  # fmt: skip
_OTHERS_WAIT = spec("others_wait", FieldKind.YES_NO, "Còn nơi khác chưa trả lời", "Others have not answered yet",
                    help_vi="Chọn khi đã gửi nhiều yêu cầu và chưa nhận đủ trả lời.")  # fmt: skip
_DIALOGUE_ON = spec("dialogue_on", FieldKind.DATE, "Ngày đối thoại", "Date of the dialogue", required=True)
_COPIES = spec("copies", FieldKind.INTEGER, "Số bản biên bản đối thoại", "Copies of the minutes", required=True,
               help_vi=f"{counted('DIALOGUE_COPIES').capitalize()}, mỗi bên một bản.")  # fmt: skip
_OUTCOME = spec(
    "outcome", FieldKind.CHOICE, "Kết quả", "Outcome", required=True, choices=codes.ComplaintOutcome
)
_DECISION_NO = spec("document_no", FieldKind.LINE, "Số quyết định", "Decision number", required=True)
_PUBLISH = spec("publish", FieldKind.YES_NO, "Công khai quyết định", "Publish the decision",
                help_vi=f"Thời hạn công khai: {length('KN_PUBLISH')} từ ngày ban hành.")  # fmt: skip
_EFFECTIVE_BY = spec("effective_by", FieldKind.CHOICE, "Ngày có hiệu lực", "Day of the effect", required=True,
                     choices=codes.EffectBasis,
                     help_vi="Hai căn cứ cho hai ngày: người có thẩm quyền chọn; khác đề xuất thì ghi lý do.")  # fmt: skip


def _assigned(facts: Facts, _data: Data) -> str | None:
    return None if facts.has_handler else "Chưa giao vụ việc cho người thụ lý; hãy giao việc trước."


def _asked(facts: Facts, _data: Data) -> str | None:
    if "KN_INFO_REQUEST" in facts.running_clocks:
        return None
    return "Không có yêu cầu cung cấp thông tin nào đang chờ trả lời; hãy ghi yêu cầu trước."


def _all_answered(facts: Facts, data: Data) -> str | None:
    return _asked(facts, data) or ("Còn nơi chưa trả lời." if data.get("others_wait") else None)


def _some_answered(facts: Facts, data: Data) -> str | None:
    return _asked(facts, data) or (None if data.get("others_wait") else "Không còn nơi nào chưa trả lời.")


def _complex(facts: Facts, data: Data) -> str | None:
    if facts.complex:
        return "Vụ việc đã được xác định là phức tạp."
    return too_few_typed("COMPLEX_CRITERIA", "criteria", facts, data) or _in_time(facts, data)


def _in_time(facts: Facts, data: Data) -> str | None:
    if facts.resolve_due_on is not None and day_of(facts, data) > facts.resolve_due_on:
        return "Phải xác định phức tạp bằng văn bản trước khi hết thời hạn đang chạy."
    return None


def _dialogue(facts: Facts, data: Data) -> str | None:
    planned, on = data.get("dialogue_on"), data.get("on")
    if planned is None or on is None:
        return None
    if planned - on < timedelta(
        days=facts.dialogue_notice_days
    ):  # C20, counted back without the day itself (T09)
        days = facts.dialogue_notice_days
        return f"Thông báo đối thoại phải gửi trước ít nhất {days} ngày, không tính ngày đối thoại (NĐ 155/2026 Điều 11)."
    return None


def _not_published(_facts: Facts, data: Data) -> str | None:
    return "Có công khai quyết định." if data.get("publish") else None


def _published(_facts: Facts, data: Data) -> str | None:
    return None if data.get("publish") else "Không công khai quyết định."


def _nothing_owed(facts: Facts, _data: Data) -> str | None:
    """C25, C29, C31: a case is not closed while a paper of it has still to be sent or published."""
    owed = (("KN1_SEND", "gửi quyết định"), ("KN2_SEND", "gửi quyết định"), ("KN_PUBLISH", "công khai quyết định"),
            ("KN_SUSP_SEND", "gửi quyết định tạm đình chỉ, tiếp tục"),
            ("REFERRER_RESULT", "báo kết quả cho nơi chuyển đơn"))  # fmt: skip
    for clock, what in owed:
        if clock in facts.running_clocks:
            return f"Chưa ghi ngày {what}; hãy ghi ngày đó trước."
    return None


def _publishes(facts: Facts, data: Data) -> str | None:
    if "KN_PUBLISH" not in facts.running_clocks:
        return "Không có quyết định nào chờ công khai."
    return publication.COMPLAINT.refusal(facts, data)


def _minutes(facts: Facts, data: Data) -> str | None:
    """C21: a copy for each side."""
    return too_few_typed("DIALOGUE_COPIES", "copies", facts, data)


def _delivered(facts: Facts, data: Data) -> str | None:
    on = data.get("delivered_on")
    if facts.delivered_on is not None:
        return "Đã ghi ngày giao quyết định."
    if on is not None and facts.decided_on is not None and on < facts.decided_on:
        return "Ngày giao không thể trước ngày ban hành quyết định."
    return None


def _dispatched(facts: Facts, _data: Data) -> str | None:
    sendings = {"KN1_SEND", "KN2_SEND"}  # C29, C30
    return None if sendings & facts.running_clocks else "Đã ghi ngày gửi quyết định."


def _once_overdue(facts: Facts, _data: Data) -> str | None:
    return "Vụ việc đã được ghi là quá hạn." if facts.overdue else None


def _appeal_while_overdue(facts: Facts, _data: Data) -> str | None:
    ended = facts.resolve_due_on is not None and facts.resolve_due_on < facts.today
    return None if facts.overdue or ended else "Thời hạn giải quyết lần đầu chưa hết."


def _effective(facts: Facts, _data: Data) -> str | None:
    if facts.delivered_on is None:
        return "Chưa ghi ngày người khiếu nại nhận quyết định, nên chưa biết khi nào hết thời hạn khiếu nại lần hai; hãy ghi ngày nhận."
    for ends, what in (
        (facts.effect_on, "thời hạn có hiệu lực"),
        (facts.window_ends_on, "thời hạn khiếu nại lần hai"),
    ):
        if ends is not None and facts.today <= ends:
            return f"Còn {what} đến hết ngày {ends:%d/%m/%Y}."
    return None


def _stop(*codes_: str) -> tuple[ClockEffect, ...]:
    return tuple(ClockEffect(Verb.STOP, code) for code in codes_)


_TERMINATE = (*_stop("KN1_RESOLVE", "KN_ACCEPT", "RECEP_REPLY"), ClockEffect(Verb.CANCEL, "KN_WINDOW2"),
              ClockEffect(Verb.CANCEL, "KN_INFO_REQUEST"),
              ClockEffect(Verb.START, "KN_SUSP_SEND"))  # fmt: skip
_DECISION = (ON, _DECISION_NO, _OUTCOME, WORDS, _PUBLISH, *TO_DO)
_DECIDED = (*_stop("KN1_RESOLVE"), ClockEffect(Verb.CANCEL, "KN_INFO_REQUEST"),
            ClockEffect(Verb.START, "KN1_SEND"), ClockEffect(Verb.START, "KN_EFFECT"))  # fmt: skip

WORKFLOW = Workflow(
    name="complaint",
    initial="propose_accept",
    states={state.code: state for state in _STATES},
    transitions=(
        Transition("C-1", "accept", frozenset({"propose_accept"}), "accepted_1", _DECIDE, "Thụ lý", "Accept",
                   "Ra thông báo thụ lý; thời hạn giải quyết tính từ ngày thụ lý.", document="03/KN",
                   effects=(*_stop("KN_ACCEPT", "RECEP_REPLY"), ClockEffect(Verb.START, "KN1_RESOLVE")),
                   fields=(ON, DOCUMENT_NO, _REMOTE, *acceptance.FIELDS), guard=acceptance.check,
                   cites=("C01", "C03", "C04", "C05", "C07", "C09"),
                   proposable=True),
        Transition("C-2", "refuse", frozenset({"propose_accept"}), "refused", _DECIDE, "Không thụ lý", "Do not accept",
                   "Thông báo không thụ lý, nêu rõ lý do theo Điều 11.", document="04/KN",
                   effects=_stop("KN_ACCEPT", "RECEP_REPLY"),
                   fields=(ON, DOCUMENT_NO, spec("ground", FieldKind.CHOICE, "Lý do", "Ground", required=True,
                                                 choices=codes.NonAcceptanceGround), WORDS),
                   cites=("C06", "P09"), proposable=True),
        Transition("C-3", "draft_at_once", frozenset({"accepted_1"}), "decision_draft", _DECIDE,
                   "Dự thảo ngay quyết định", "Draft at once",
                   "Kiểm tra lại thấy quyết định, hành vi bị khiếu nại rõ ràng trái pháp luật.",
                   fields=(ON, WORDS), cites=("Art 29(1)a",), proposable=True),
        Transition("C-4", "verify", frozenset({"accepted_1"}), "verifying", _DECIDE, "Giao xác minh",
                   "Assign verification", "Ra quyết định giao xác minh nội dung khiếu nại.", document="05/KN",
                   fields=(ON, DOCUMENT_NO, NOTE), guard=_assigned, cites=("C17",), proposable=True),
        Transition("C-5", "request_information", frozenset({"verifying"}), None, _HANDLE,
                   "Yêu cầu cung cấp thông tin", "Request information",
                   f"Nơi được yêu cầu trả lời trong {length('KN_INFO_REQUEST')}.", document="letter",
                   effects=(ClockEffect(Verb.START, "KN_INFO_REQUEST"),),
                   fields=(ON, spec("to_body", FieldKind.LINE, "Gửi", "To", required=True), DOCUMENT_NO, WORDS),
                   cites=("C16",)),
        Transition("C-5", "record_information", _ANSWERABLE, None, _HANDLE, "Ghi nhận thông tin được cung cấp",
                   "Record the information", "Nơi được yêu cầu đã trả lời: thời hạn của họ dừng.",
                   effects=_stop("KN_INFO_REQUEST"), fields=(ON, _OTHERS_WAIT, WORDS), guard=_all_answered,
                   cites=("C16",)),
        Transition("C-5", "record_information", _ANSWERABLE, None, _HANDLE, "Ghi nhận thông tin được cung cấp",
                   "Record the information", "Một nơi đã trả lời, nơi khác chưa: thời hạn vẫn chạy.",
                   fields=(ON, _OTHERS_WAIT, WORDS), guard=_some_answered, cites=("C16",)),
        Transition("C-6", "declare_complex", _WORKING, None, _DECIDE, "Xác định vụ việc phức tạp", "Declare complex",
                   f"Thời hạn thành {length('KN1_RESOLVE', complex_=True)} (vùng sâu, vùng xa:"
                   f" {length('KN1_RESOLVE', remote=True, complex_=True)}) tính từ ngày thụ lý.", document="letter",
                   effects=(ClockEffect(Verb.EXTEND, "KN1_RESOLVE"),),
                   fields=(ON, DOCUMENT_NO, spec("criteria", FieldKind.CHOICES, "Tiêu chí", "Criteria", required=True,
                                                 choices=codes.ComplexityCriterion), WORDS),
                   guard=_complex, cites=("C08", "C10", "C15"), proposable=True),
        Transition("C-7", "report", frozenset({"verifying"}), "verified", _HANDLE, "Nộp báo cáo xác minh",
                   "Report the verification", "Báo cáo kết quả xác minh đã xong.", document="13/KN",
                   fields=(ON, DOCUMENT_NO, WORDS), cites=("C17",)),
        Transition("C-8", "set_dialogue", frozenset({"verified"}), "dialogue_set", _DECIDE, "Hẹn đối thoại",
                   "Set the dialogue", "Yêu cầu và kết quả xác minh còn khác nhau: tổ chức đối thoại.",
                   document="letter", fields=(ON, _DIALOGUE_ON, DOCUMENT_NO, NOTE), guard=_dialogue,
                   cites=("C18", "C20"), proposable=True),
        Transition("C-9", "draft", frozenset({"verified"}), "decision_draft", _DECIDE,
                   "Dự thảo quyết định (không cần đối thoại)", "Draft the decision",
                   "Yêu cầu của người khiếu nại và kết quả xác minh giống nhau.", fields=(ON, NOTE),
                   cites=("C18",), proposable=True),
        Transition("C-10", "hold_dialogue", frozenset({"dialogue_set"}), "dialogue_done", _HANDLE, "Đã đối thoại",
                   "Dialogue held", "Biên bản đối thoại lập cho mỗi bên một bản.", document="14/KN",
                   fields=(ON, _COPIES, WORDS), guard=_minutes, cites=("C21",)),
        Transition("C-11", "dialogue_without", frozenset({"dialogue_set"}), "dialogue_done", _HANDLE,
                   "Người khiếu nại vắng không lý do", "Absent without reason",
                   "Vắng không có lý do chính đáng: vẫn tiếp tục giải quyết.", document="14/KN",
                   fields=(ON, _COPIES, WORDS), guard=_minutes, cites=("C21", "C22")),
        Transition("C-12", "postpone_dialogue", frozenset({"dialogue_set"}), "verified", _HANDLE,
                   "Hoãn đối thoại (vắng có lý do)", "Postpone the dialogue",
                   "Vắng có lý do chính đáng: hẹn ngày khác, hoặc tạm đình chỉ khi chưa biết bao giờ hết trở ngại.",
                   fields=(ON, spec("reason", FieldKind.CHOICE, "Lý do chính đáng", "Valid reason",
                                    choices=codes.ValidAbsence), WORDS), cites=("C22",)),
        Transition("C-13", "decide", _DRAFTING, "decided_1", _DECIDE, "Ký quyết định giải quyết", "Sign the decision",
                   "Ban hành quyết định giải quyết khiếu nại lần đầu.", document="15/KN", effects=_DECIDED,
                   fields=_DECISION, guard=_not_published, cites=("C29", "C35"), proposable=True),
        Transition("C-13", "decide", _DRAFTING, "decided_1", _DECIDE, "Ký quyết định giải quyết", "Sign the decision",
                   "Ban hành và công khai quyết định giải quyết khiếu nại lần đầu.", document="15/KN",
                   effects=(*_DECIDED, ClockEffect(Verb.START, "KN_PUBLISH")), fields=_DECISION, guard=_published,
                   cites=("C29", "C31", "C35"), proposable=True),
        Transition("C-13", "publish", frozenset({"decided_1", "appealed", "effective", "executing", "under_review"}), None, _HANDLE,
                   "Ghi ngày công khai", "Record the publication", f"Công khai trong {length('KN_PUBLISH')} từ ngày ban hành.",
                   effects=_stop("KN_PUBLISH"),
                   fields=(ON, *publication.COMPLAINT.fields(), NOTE), guard=_publishes, cites=("C31",)),
        Transition("C-14", "dispatch", frozenset({"decided_1", "appealed"}), None, _HANDLE, "Ghi ngày gửi quyết định",
                   "Record the dispatch", f"Gửi trong {length('KN1_SEND')} từ ngày ban hành.",
                   effects=_stop("KN1_SEND"), fields=(ON, NOTE), guard=_dispatched, cites=("C29",)),
        Transition("C-14", "deliver", frozenset({"decided_1"}), None, _HANDLE, "Ghi ngày người khiếu nại nhận",
                   "Record the delivery", "Thời hạn khiếu nại lần hai tính từ ngày nhận quyết định.",
                   effects=(ClockEffect(Verb.STOP, "KN1_SEND", "delivered_on"), ClockEffect(Verb.CANCEL, "KN_WINDOW2"),
                            ClockEffect(Verb.START, "KN_WINDOW2", "delivered_on")),
                   fields=(spec("delivered_on", FieldKind.DATE, "Ngày nhận", "Date of receipt", required=True), NOTE),
                   guard=_delivered, cites=("C32",)),
        Transition("C-15", "suspend", _SUSPENDABLE, "suspended", _DECIDE, "Tạm đình chỉ", "Suspend",
                   "Thời gian tạm đình chỉ không tính vào thời hạn giải quyết.", document="14a/KN",
                   effects=(ClockEffect(Verb.PAUSE, "KN1_RESOLVE"), ClockEffect(Verb.START, "KN_SUSP_SEND")),
                   fields=(ON, DOCUMENT_NO, spec("ground", FieldKind.CHOICE, "Căn cứ", "Ground", required=True,
                                                 choices=codes.SuspensionGround), WORDS),
                   cites=("C24", "C25"), proposable=True),
        Transition("C-16", "resume", frozenset({"suspended"}), PREVIOUS, _DECIDE, "Tiếp tục giải quyết", "Resume",
                   "Thời hạn chạy tiếp từ ngày ra quyết định tiếp tục.", document="14b/KN",
                   effects=(ClockEffect(Verb.RESUME, "KN1_RESOLVE"), ClockEffect(Verb.START, "KN_SUSP_SEND")),
                   fields=(ON, DOCUMENT_NO, WORDS), cites=("C27",), proposable=True),
        Transition("C-15", "send_suspension",
                   _BEFORE_DECISION | {"terminated", "decided_1", "appealed", "effective", "executing", "under_review"}, None, _HANDLE,
                   "Ghi ngày gửi quyết định đình chỉ", "Record the sending", f"Gửi trong {length('KN_SUSP_SEND')}.",
                   effects=_stop("KN_SUSP_SEND"), fields=(ON, NOTE),
                   guard=lambda facts, _data: None if "KN_SUSP_SEND" in facts.running_clocks
                   else "Không có quyết định tạm đình chỉ, đình chỉ nào chờ gửi.", cites=("C25",)),
        *complaint_aside.ends(_BEFORE_DECISION, _TERMINATE),
        *complaint_aside.emergency(_WORKING, _WORKING | {"suspended", "decided_1"}),
        Transition("X2", "reclassify", _WORKING | {"propose_accept"}, "reclassified", _HANDLE, "Phân loại lại",
                   "Reclassify", "Thực chất không phải khiếu nại: trở lại bàn xử lý đơn với ngày nhận ban đầu.",
                   effects=tuple(ClockEffect(Verb.CANCEL, clock) for clock in
                                 ("KN_ACCEPT", "KN1_RESOLVE", "KN_SUSP_SEND", "KN_INFO_REQUEST", "KN_WINDOW2")),
                   fields=(spec("kind", FieldKind.CHOICE, "Loại đơn", "Kind", required=True,
                                choices=codes.PetitionKind), WORDS), guard=complaint_aside.nothing_halted,
                   cites=("P02",)),
        Transition("C-23", "mark_overdue", _WORKING, None, _DECIDE, "Quá hạn giải quyết lần đầu", "Overdue",
                   "Hết thời hạn mà chưa giải quyết: người khiếu nại có quyền khiếu nại lần hai từ ngày hết hạn.",
                   effects=(ClockEffect(Verb.START, "KN_WINDOW2"),), guard=_once_overdue, cites=("C32", "C34"),
                   expiry_of="KN1_RESOLVE"),
        Transition("C-24", "appeal", frozenset({"decided_1"}), "appealed", _DECIDE, "Đã có khiếu nại lần hai",
                   "Second complaint received", "Khiếu nại lần hai trong thời hạn: quyết định lần đầu chưa có hiệu lực.",
                   effects=(*_stop("KN_WINDOW2"), ClockEffect(Verb.CANCEL, "KN_EFFECT")), cites=("C32", "C35"),
                   follows="second_complaint"),
        Transition("C-24", "appeal_overdue", _BEFORE_DECISION, None, _DECIDE, "Đã có khiếu nại lần hai do quá hạn",
                   "Second complaint as overdue", "Quá hạn chưa giải quyết: cấp trên thụ lý khiếu nại lần hai.",
                   effects=_stop("KN_WINDOW2"), guard=_appeal_while_overdue, cites=("C32", "C34"),
                   follows="second_complaint"),
        Transition("C-25", "confirm_effect", frozenset({"decided_1"}), "effective", _DECIDE,
                   "Xác nhận có hiệu lực", "Confirm the effect",
                   "Hết thời hạn có hiệu lực và thời hạn khiếu nại lần hai, không có khiếu nại tiếp.",
                   effects=(ClockEffect(Verb.STOP, "KN_EFFECT", "effect_on"),
                            ClockEffect(Verb.STOP, "KN_WINDOW2", "window_ends_on"),
                            ClockEffect(Verb.START, "KN_EXECUTE", "settled_on")),
                   fields=(ON, _EFFECTIVE_BY, NOTE), guard=_effective, cites=("C35", "C37", "C38")),
        Transition("C-26", "execute", frozenset({"effective"}), "executing", _DECIDE, "Tổ chức thi hành", "Execute",
                   f"Văn bản chỉ đạo hoặc kế hoạch thi hành, trong {length('KN_EXECUTE')} từ ngày có hiệu lực.",
                   document="letter", effects=_stop("KN_EXECUTE"), fields=(ON, DOCUMENT_NO, WORDS), cites=("C38",)),
        Transition("C-27", "close", frozenset({"executing"}), "closed", _CLOSE, "Kết thúc vụ việc", "Close",
                   "Đã thi hành xong, hồ sơ lưu trữ.", fields=(ON, NOTE, *DONE), guard=_nothing_owed, cites=("C38", "C40")),
        *complaint_aside.REVIEW,
    ),
)  # fmt: skip
