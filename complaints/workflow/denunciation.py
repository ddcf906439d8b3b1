"""A denunciation (tố cáo): law.md 7.5, transitions T-1 to T-24 of the main way, and what a superior does (T-25, T-26)."""

from app.core.permissions import Permission
from complaints import codes
from complaints.clocks import Verb
from complaints.rulebook.said import counted, length, lengthened
from complaints.workflow import publication
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
from complaints.workflow.least import too_few_typed
from complaints.workflow.results import DONE, TO_DO

_STATES = (
    State("tc_check", "Kiểm tra điều kiện thụ lý", "Initial check"),
    State("tc_not_accepted", "Không thụ lý", "Not accepted", open=False),
    State("tc_accepted", "Đã thụ lý", "Accepted"),
    State("tc_verifying", "Đang xác minh", "Verifying"),
    State("tc_assessment", "Đang trưng cầu giám định", "Expert assessment"),
    State("tc_reported", "Đã có báo cáo xác minh", "Verified"),
    State("tc_concluded", "Đã kết luận", "Concluded"),
    State("tc_handled", "Đã xử lý kết luận", "Handled"),
    State("tc_suspended", "Tạm đình chỉ", "Suspended"),
    State("tc_terminated", "Đình chỉ", "Terminated", open=False),
    State("to_investigation", "Đã chuyển cơ quan điều tra", "To investigation", open=False),
    State("tc_closed", "Đã kết thúc", "Closed", open=False),
    State("taken_over", "Cấp trên đã rút lên giải quyết", "Taken over by the superior", open=False),
    State("reclassified", "Đã phân loại lại", "Reclassified", open=False),
)

_CHECK = frozenset({"tc_check"})
_WORKING = frozenset({"tc_accepted", "tc_verifying", "tc_reported"})
_OPEN_BEFORE_CONCLUSION = _WORKING | {"tc_assessment", "tc_suspended"}
# A notice may go out late, when the case has moved on: its clock runs until then.
_NOTIFIABLE = _OPEN_BEFORE_CONCLUSION | {"tc_concluded", "tc_handled"}
_HANDLE, _DECIDE, _CLOSE = Permission.CASE_HANDLE, Permission.CASE_DECIDE, Permission.CASE_CLOSE
_CRITERIA = spec("criteria", FieldKind.CHOICES, "Tiêu chí phức tạp", "Criteria", required=True,
                 choices=codes.ComplexityCriterion)  # fmt: skip
_OUTCOME = spec(
    "outcome", FieldKind.CHOICE, "Kết luận", "Conclusion", required=True, choices=codes.DenunciationOutcome
)
_FORM = spec("form", FieldKind.CHOICE, "Hình thức rút", "Form", choices=codes.WithdrawalForm)
_EVERYONE = spec("everyone", FieldKind.YES_NO, "Tất cả những người tố cáo đều rút", "Everyone withdraws",
                 help_vi="Chỉ cần chọn khi nhiều người cùng tố cáo và căn cứ là rút toàn bộ.")  # fmt: skip
_GOES_ON = spec("goes_on", FieldKind.CHOICE, "Căn cứ vẫn phải giải quyết, nếu có", "Ground to go on, if any",
                choices=codes.GoesOnGround,
                help_vi="Có một căn cứ của Luật Tố cáo Điều 33 khoản 3 thì không đình chỉ.")  # fmt: skip
_HANDLING = (
    ON, DOCUMENT_NO,
    spec("handling_decision", FieldKind.YES_NO, "Có ban hành quyết định xử lý", "A handling decision was issued",
         help_vi=f"Quyết định xử lý cũng phải công khai, trong {length('TC_PUBLISH')}."),
    WORDS,
)  # fmt: skip
_COPIES = spec("copies", FieldKind.INTEGER, "Số bản biên bản", "Copies of the minutes", required=True,
               help_vi=f"{counted('TC_MINUTES_COPIES').capitalize()}.")  # fmt: skip
_CONCLUSION_NO = spec("document_no", FieldKind.LINE, "Số kết luận", "Conclusion number", required=True)


def _team(facts: Facts, data: Data) -> str | None:
    """TC16: somebody holds the case; at least two people verify, none of them a relative or with an interest."""
    if not facts.has_handler:
        return "Chưa giao vụ việc cho người xác minh; hãy giao việc trước."
    return too_few_typed("TC_TEAM", "team_size", facts, data) or _conflict(data)


def _conflict(data: Data) -> str | None:
    if data.get("team_size") is None or data.get("no_conflict"):
        return None
    return "Phải xác nhận không ai trong tổ là người thân thích, có lợi ích liên quan (NĐ 31/2019 Điều 10)."


def _longer_check(facts: Facts, _data: Data) -> str | None:
    if "TC_INIT" not in facts.running_clocks:
        return "Thời hạn kiểm tra không còn chạy."
    if facts.extension_count >= facts.check_extensions:
        return f"Đã kéo dài thời hạn kiểm tra {facts.check_extensions} lần, không kéo dài thêm được."
    return None


def _accept(facts: Facts, _data: Data) -> str | None:
    return (
        "Đơn không rõ người tố cáo không thụ lý theo Luật Tố cáo (Điều 25): không thụ lý, hoặc trả về xử lý đơn."
        if facts.anonymous
        else None
    )


def _before_the_end(facts: Facts, data: Data) -> str | None:
    on = data.get("on") or facts.today
    if facts.resolve_due_on is not None and on > facts.resolve_due_on:
        return "Phải gia hạn trước khi hết thời hạn đang chạy (Luật Tố cáo Điều 30)."
    return None


def _extend_once(facts: Facts, data: Data) -> str | None:
    """TC13: with at least one criterion, before the end."""
    if facts.extension_count:
        return _extend_twice(facts, data) or "Đã gia hạn một lần: lần này là gia hạn lần hai."
    return too_few_typed("TC_CRITERIA_COMPLEX", "criteria", facts, data) or _before_the_end(facts, data)


def _extend_twice(facts: Facts, data: Data) -> str | None:
    """TC14: a second time with at least two criteria, before the end that the first one set; never a third time."""
    if facts.extension_count == 0:
        return "Chưa gia hạn lần nào."
    if facts.extension_count >= facts.extensions:
        return f"Đã gia hạn {facts.extensions} lần, không gia hạn thêm được (Luật Tố cáo Điều 30)."
    return too_few_typed("TC_CRITERIA_SPECIAL", "criteria", facts, data) or _before_the_end(facts, data)


def _withdrawn(facts: Facts, data: Data) -> str | None:
    """TC21: a withdrawal ends the case only when everyone withdraws and no ground of Art 33(3) is there (T-16)."""
    if data.get("ground") not in (None, codes.DenunciationTermination.WITHDRAWN):
        return "Căn cứ không phải là rút tố cáo."
    if data.get("goes_on"):
        return "Có căn cứ của Luật Tố cáo Điều 33 khoản 3: vẫn tiếp tục giải quyết, không đình chỉ."
    if facts.signer_count > 1 and data.get("ground") and not data.get("everyone"):
        return "Nhiều người tố cáo: chỉ đình chỉ khi tất cả đều rút; nội dung của người không rút vẫn được giải quyết."
    return None


def _died_or_decided(_facts: Facts, data: Data) -> str | None:
    return "Căn cứ là rút tố cáo." if data.get("ground") == codes.DenunciationTermination.WITHDRAWN else None


def _handled_by_proposal(_facts: Facts, data: Data) -> str | None:
    return "Có quyết định xử lý." if data.get("handling_decision") else None


def _handled_by_decision(_facts: Facts, data: Data) -> str | None:
    return None if data.get("handling_decision") else "Không có quyết định xử lý."


def _nothing_owed(facts: Facts, _data: Data) -> str | None:
    """TC20, TC28, TC31: a case is not closed while a paper of it has still to be sent or published."""
    owed = (("TC_PUBLISH", "công khai kết luận, quyết định xử lý"), ("TC_CONCL_SEND", "gửi kết luận"),
            ("TC_RESULT_BACK", "báo kết quả của cơ quan được kiến nghị"),
            ("TC_NOTIFY", "gửi thông báo thụ lý"), ("TC_SUSP_SEND", "gửi quyết định tạm đình chỉ"),
            ("REFERRER_RESULT", "báo kết quả cho nơi chuyển đơn"))  # fmt: skip
    for clock, what in owed:
        if clock in facts.running_clocks:
            return f"Chưa ghi ngày {what}; hãy ghi ngày đó trước."
    return None


def _result_awaited(facts: Facts, _data: Data) -> str | None:
    return "Đang chờ cơ quan đó báo kết quả." if "TC_RESULT_BACK" in facts.running_clocks else None


def _publishes(facts: Facts, data: Data) -> str | None:
    if "TC_PUBLISH" not in facts.running_clocks:
        return "Không có nội dung nào chờ công khai."
    return publication.DENUNCIATION.refusal(facts, data)


def _minutes(facts: Facts, data: Data) -> str | None:
    """TC16: minutes of the verification."""
    return too_few_typed("TC_MINUTES_COPIES", "copies", facts, data)


def _runs(clock: str, why: str) -> "_Runs":
    return _Runs(clock, why)


class _Runs:
    """A guard: the clock that the step stops must be running."""

    def __init__(self, clock: str, why: str) -> None:
        self.clock, self.why = clock, why

    def __call__(self, facts: Facts, _data: Data) -> str | None:
        """Return the reason when the clock does not run."""
        return None if self.clock in facts.running_clocks else self.why


def _stop(*clocks: str) -> tuple[ClockEffect, ...]:
    return tuple(ClockEffect(Verb.STOP, clock) for clock in clocks)


_EXTENSION = (
    ON, spec("days", FieldKind.INTEGER, "Số ngày gia hạn", "Days", required=True), DOCUMENT_NO, _CRITERIA, WORDS,
)  # fmt: skip
_TERMINATION = (
    ON, DOCUMENT_NO,
    spec("ground", FieldKind.CHOICE, "Căn cứ", "Ground", required=True, choices=codes.DenunciationTermination),
    _GOES_ON, _EVERYONE, _FORM, WORDS,
)  # fmt: skip
_TERMINATED = (
    *_stop("TC_RESOLVE", "TC_INIT", "TC_NOTIFY", "RECEP_REPLY"), ClockEffect(Verb.START, "TC_SUSP_SEND"),
)  # fmt: skip
_TEAM = (
    ON, DOCUMENT_NO,
    spec("team_size", FieldKind.INTEGER, "Số người trong tổ xác minh", "People in the team", required=True,
         help_vi=f"{counted('TC_TEAM').capitalize()}."),
    spec("leader", FieldKind.LINE, "Tổ trưởng, cơ quan được giao xác minh", "Leader, verifying body", required=True),
    spec("no_conflict", FieldKind.YES_NO, "Không ai trong tổ là người thân thích, có lợi ích liên quan",
         "No relative and nobody with a direct interest in the team", help_vi="Nghị định 31/2019 Điều 10 khoản 3."),
    NOTE,
)  # fmt: skip


WORKFLOW = Workflow(
    name="denunciation",
    initial="tc_check",
    states={state.code: state for state in _STATES},
    transitions=(
        Transition("T-1", "lengthen_check", _CHECK, None, _DECIDE, "Kéo dài kiểm tra", "Lengthen the check",
                   f"Phải kiểm tra ở nhiều nơi hoặc uỷ quyền kiểm tra: tối đa {lengthened('TC_INIT')}.", document="letter",
                   effects=(ClockEffect(Verb.EXTEND, "TC_INIT"),),
                   fields=(ON, spec("ground", FieldKind.CHOICE, "Căn cứ", "Ground", required=True,
                                    choices=codes.LongerCheckGround), DOCUMENT_NO, WORDS),
                   guard=_longer_check, cites=("TC03",), proposable=True),
        Transition("T-2", "accept", _CHECK, "tc_accepted", _DECIDE, "Thụ lý tố cáo", "Accept",
                   "Ra quyết định thụ lý; thời hạn giải quyết tính từ ngày thụ lý.", document="04/TC",
                   effects=(*_stop("TC_INIT"), ClockEffect(Verb.START, "TC_RESOLVE"),
                            ClockEffect(Verb.START, "TC_NOTIFY")),
                   fields=(ON, spec("document_no", FieldKind.LINE, "Số quyết định", "Decision number", required=True)),
                   guard=_accept, cites=("TC10", "TC11", "TC12"), proposable=True),
        Transition("T-3", "refuse", _CHECK, "tc_not_accepted", _DECIDE, "Không thụ lý", "Do not accept",
                   "Không đủ điều kiện: thông báo ngay cho người tố cáo, nêu lý do.", document="letter",
                   effects=_stop("TC_INIT", "RECEP_REPLY"),
                   fields=(ON, DOCUMENT_NO, spec("ground", FieldKind.CHOICE, "Điều kiện còn thiếu", "Missing condition",
                                                 required=True, choices=codes.DenunciationRefusal), WORDS),
                   cites=("TC04",), proposable=True),
        Transition("T-4", "reclassify", _CHECK, "reclassified", _HANDLE, "Trả về xử lý đơn", "Back to the desk",
                   "Hoá ra nặc danh, mạo tên, hoặc không phải tố cáo: trở lại bàn xử lý đơn với ngày nhận ban đầu.",
                   effects=(ClockEffect(Verb.CANCEL, "TC_INIT"),),
                   fields=(spec("kind", FieldKind.CHOICE, "Loại đơn", "Kind", required=True,
                                choices=codes.PetitionKind), WORDS), cites=("TC06", "P02")),
        # P02 knows no last moment for seeing what a paper is; after the acceptance the head takes it back.
        Transition("X2", "reclassify", _OPEN_BEFORE_CONCLUSION, "reclassified", _DECIDE, "Phân loại lại", "Reclassify",
                   "Thực chất không phải tố cáo: trở lại bàn xử lý đơn với ngày nhận ban đầu; danh tính đã giữ bí mật vẫn"
                   " giữ bí mật.",
                   effects=tuple(ClockEffect(Verb.CANCEL, clock)
                                 for clock in ("TC_RESOLVE", "TC_NOTIFY", "TC_SUSP_SEND")),
                   fields=(spec("kind", FieldKind.CHOICE, "Loại đơn", "Kind", required=True,
                                choices=codes.PetitionKind), WORDS), cites=("P02",), proposable=True),
        Transition("T-5", "notify", _NOTIFIABLE, None, _HANDLE, "Ghi ngày gửi thông báo thụ lý", "Record the notices",
                   "Hai bản riêng: cho người tố cáo, và cho người bị tố cáo (không có thông tin người tố cáo).",
                   document="05/TC", effects=_stop("TC_NOTIFY", "RECEP_REPLY"), fields=(ON, DOCUMENT_NO, NOTE),
                   guard=_runs("TC_NOTIFY", "Đã ghi ngày gửi thông báo thụ lý."), cites=("TC11", "I14")),
        Transition("T-6", "verify", frozenset({"tc_accepted"}), "tc_verifying", _DECIDE, "Thành lập tổ xác minh",
                   "Organise the verification", "Quyết định thành lập tổ xác minh, có tổ trưởng.",
                   document="07/TC", fields=_TEAM, guard=_team, cites=("TC16", "I04", "I05"),
                   proposable=True),
        Transition("T-7", "record_work", frozenset({"tc_verifying"}), None, _HANDLE, "Ghi biên bản làm việc",
                   "Record a meeting", "Biên bản làm việc, kiểm tra thực tế.", document="08/TC",
                   fields=(ON, _COPIES, WORDS), guard=_minutes, cites=("TC16",)),
        Transition("T-8", "assess", frozenset({"tc_verifying"}), "tc_assessment", _DECIDE, "Trưng cầu giám định",
                   "Ask for assessment", "Thời gian giám định không tính vào thời hạn giải quyết.", document="09/TC",
                   effects=(ClockEffect(Verb.PAUSE, "TC_RESOLVE"),), fields=(ON, DOCUMENT_NO, WORDS), cites=("TC17",),
                   proposable=True),
        Transition("T-9", "assessed", frozenset({"tc_assessment"}), "tc_verifying", _HANDLE,
                   "Đã có kết quả giám định", "Assessment received", "Thời hạn giải quyết chạy tiếp.",
                   effects=(ClockEffect(Verb.RESUME, "TC_RESOLVE"),), fields=(ON, NOTE), cites=("TC17",)),
        Transition("T-10", "suspend", _WORKING, "tc_suspended", _DECIDE, "Tạm đình chỉ", "Suspend",
                   "Chờ kết quả của cơ quan khác hoặc giám định lại; thời gian này không tính.", document="letter",
                   effects=(ClockEffect(Verb.PAUSE, "TC_RESOLVE"), ClockEffect(Verb.START, "TC_SUSP_SEND")),
                   fields=(ON, DOCUMENT_NO, spec("ground", FieldKind.CHOICE, "Căn cứ", "Ground", required=True,
                                                 choices=codes.DenunciationSuspension), WORDS),
                   cites=("TC18", "TC20"), proposable=True),
        Transition("T-11", "resume", frozenset({"tc_suspended"}), PREVIOUS, _DECIDE, "Tiếp tục giải quyết", "Resume",
                   "Căn cứ tạm đình chỉ không còn: ra quyết định tiếp tục ngay.", document="letter",
                   effects=(ClockEffect(Verb.RESUME, "TC_RESOLVE"),), fields=(ON, DOCUMENT_NO, WORDS),
                   cites=("TC18",), proposable=True),
        Transition("T-12", "extend", _WORKING, None, _DECIDE, "Gia hạn giải quyết", "Extend",
                   f"Vụ việc phức tạp ({counted('TC_CRITERIA_COMPLEX')}): thêm tối đa {lengthened('TC_RESOLVE')}.", document="01/TC",
                   effects=(ClockEffect(Verb.EXTEND, "TC_RESOLVE"),), fields=_EXTENSION, guard=_extend_once,
                   cites=("TC13",), proposable=True),
        Transition("T-13", "extend", _WORKING, None, _DECIDE, "Gia hạn giải quyết", "Extend",
                   f"Vụ việc đặc biệt phức tạp ({counted('TC_CRITERIA_SPECIAL')}): lần thứ hai, thêm tối đa"
                   f" {lengthened('TC_RESOLVE')}.",
                   document="01/TC", effects=(ClockEffect(Verb.EXTEND, "TC_RESOLVE"),), fields=_EXTENSION,
                   guard=_extend_twice, cites=("TC14",), proposable=True),
        Transition("T-10", "send_suspension",
                   _OPEN_BEFORE_CONCLUSION | {"tc_terminated", "to_investigation", "tc_concluded", "tc_handled"}, None,
                   _HANDLE,
                   "Ghi ngày gửi quyết định đình chỉ", "Record the sending", f"Gửi trong {length('TC_SUSP_SEND')}.",
                   effects=_stop("TC_SUSP_SEND"), fields=(ON, NOTE),
                   guard=_runs("TC_SUSP_SEND", "Không có quyết định tạm đình chỉ, đình chỉ nào chờ gửi."),
                   cites=("TC20",)),
        Transition("T-14", "withdraw_part", _OPEN_BEFORE_CONCLUSION, None, _HANDLE, "Ghi nhận rút một phần",
                   "Record a partial withdrawal", "Phần còn lại tiếp tục giải quyết.", document="02/TC",
                   fields=(ON, _FORM, WORDS), cites=("TC21",)),
        Transition("T-16", "withdrawn_goes_on", _OPEN_BEFORE_CONCLUSION, None, _DECIDE,
                   "Rút toàn bộ nhưng vẫn giải quyết", "Withdrawn, goes on",
                   "Có dấu hiệu vi phạm, đe doạ, mua chuộc hoặc vu khống (Luật Tố cáo Điều 33 khoản 3).",
                   document="02/TC",
                   fields=(ON, spec("ground", FieldKind.CHOICE, "Căn cứ tiếp tục giải quyết", "Ground",
                                    required=True, choices=codes.GoesOnGround), _FORM, WORDS), cites=("TC21",)),
        Transition("T-15", "terminate", _OPEN_BEFORE_CONCLUSION | _CHECK, "tc_terminated", _DECIDE, "Đình chỉ",
                   "Terminate", "Rút toàn bộ, người bị tố cáo chết, hoặc đã có bản án, quyết định.",
                   document="letter", effects=_TERMINATED, fields=_TERMINATION, guard=_withdrawn,
                   cites=("TC19", "TC20", "TC21"), proposable=True),
        Transition("T-17", "terminate", _OPEN_BEFORE_CONCLUSION | _CHECK, "tc_terminated", _DECIDE, "Đình chỉ",
                   "Terminate", "Người bị tố cáo chết và nội dung chỉ liên quan người đó, hoặc đã có bản án, quyết định.",
                   document="letter", effects=_TERMINATED, fields=_TERMINATION, guard=_died_or_decided,
                   cites=("TC19", "TC20"), proposable=True),
        Transition("T-18", "to_investigation", _OPEN_BEFORE_CONCLUSION | _CHECK, "to_investigation", _DECIDE,
                   "Chuyển cơ quan điều tra", "To investigation", "Có dấu hiệu tội phạm: chuyển ngay hồ sơ.",
                   document="letter", effects=_stop("TC_RESOLVE", "TC_INIT", "TC_NOTIFY"),
                   fields=(ON, spec("to_body", FieldKind.LINE, "Cơ quan nhận", "To", required=True), DOCUMENT_NO,
                           WORDS), cites=("TC08",), proposable=True),
        Transition("T-18", "part_to_investigation", _OPEN_BEFORE_CONCLUSION | _CHECK | {"tc_concluded", "tc_handled"},
                   None, _DECIDE, "Chuyển một phần sang điều tra", "Part to investigation",
                   "Một phần nội dung có dấu hiệu tội phạm: chuyển ngay phần đó, phần còn lại tiếp tục.",
                   document="letter",
                   fields=(ON, spec("to_body", FieldKind.LINE, "Cơ quan nhận", "To", required=True), DOCUMENT_NO,
                           WORDS), cites=("TC08", "TC29"), proposable=True),
        Transition("T-19", "report", frozenset({"tc_verifying"}), "tc_reported", _HANDLE, "Nộp báo cáo xác minh",
                   "Report the verification", "Báo cáo kết quả xác minh nội dung tố cáo.", document="10/TC",
                   fields=(ON, DOCUMENT_NO, WORDS), cites=("TC26",)),
        Transition("T-20", "conclude", frozenset({"tc_reported"}), "tc_concluded", _DECIDE, "Ký kết luận",
                   "Sign the conclusion", "Ban hành kết luận nội dung tố cáo.", document="12/TC",
                   effects=(*_stop("TC_RESOLVE"), ClockEffect(Verb.START, "TC_CONCL_SEND"),
                            ClockEffect(Verb.START, "TC_HANDLE"), ClockEffect(Verb.START, "TC_PUBLISH")),
                   fields=(ON, _CONCLUSION_NO, _OUTCOME, WORDS, *TO_DO), cites=("TC27",), proposable=True),
        Transition("T-21", "send_conclusion", frozenset({"tc_concluded", "tc_handled"}), None, _HANDLE,
                   "Ghi ngày gửi kết luận", "Record the sending",
                   "Gửi kết luận cho người bị tố cáo; người tố cáo nhận thông báo.", document="letter",
                   effects=_stop("TC_CONCL_SEND"), fields=(ON, NOTE),
                   guard=_runs("TC_CONCL_SEND", "Đã ghi ngày gửi kết luận."), cites=("TC28",)),
        Transition("T-22", "handle", frozenset({"tc_concluded"}), "tc_handled", _DECIDE, "Xử lý kết luận",
                   "Handle the conclusion", "Ra quyết định xử lý hoặc kiến nghị xử lý.", document="letter",
                   effects=_stop("TC_HANDLE"), fields=_HANDLING, guard=_handled_by_proposal,
                   cites=("TC29",), proposable=True),
        Transition("T-22", "handle", frozenset({"tc_concluded"}), "tc_handled", _DECIDE, "Xử lý kết luận",
                   "Handle the conclusion", "Ra quyết định xử lý; quyết định này cũng phải công khai.",
                   document="letter", effects=(*_stop("TC_HANDLE"), ClockEffect(Verb.START, "TC_PUBLISH")),
                   fields=_HANDLING, guard=_handled_by_decision, cites=("TC29", "TC31"), proposable=True),
        Transition("T-22", "publish", frozenset({"tc_concluded", "tc_handled"}), None, _HANDLE, "Ghi ngày công khai",
                   "Record the publication", "Công khai không nêu thông tin người tố cáo.",
                   effects=_stop("TC_PUBLISH"),
                   fields=(ON, *publication.DENUNCIATION.fields(),
                           spec("place", FieldKind.LINE, "Nơi công khai", "Place", required=True)),
                   guard=_publishes, cites=("TC31", "I08")),
        Transition("T-22", "other_result", frozenset({"tc_handled"}), None, _HANDLE,
                   "Ghi cơ quan khác có kết quả xử lý", "Another body has a result",
                   f"Cơ quan được kiến nghị xử lý đã có kết quả: trong {length('TC_RESULT_BACK')} phải báo cho người giải quyết.",
                   effects=(ClockEffect(Verb.START, "TC_RESULT_BACK"),),
                   fields=(ON, spec("to_body", FieldKind.LINE, "Cơ quan có kết quả", "Body", required=True), NOTE),
                   guard=_result_awaited, cites=("TC30",)),
        Transition("T-22", "result_told", frozenset({"tc_handled"}), None, _HANDLE,
                   "Ghi đã nhận báo kết quả", "Result told", "Văn bản của cơ quan được kiến nghị, báo kết quả xử lý.",
                   effects=_stop("TC_RESULT_BACK"), fields=(ON, DOCUMENT_NO, WORDS),
                   guard=_runs("TC_RESULT_BACK", "Không có kết quả nào đang chờ cơ quan khác báo."), cites=("TC30",)),
        # While the assessment or a suspension lasts the clock stands still, so it cannot end there.
        Transition("T-24", "mark_overdue", _WORKING, None, _DECIDE, "Quá hạn giải quyết", "Overdue",
                   "Hết thời hạn mà chưa kết luận: người tố cáo có quyền tố cáo tiếp lên cấp trên trực tiếp.",
                   guard=lambda facts, _data: "Đã ghi nhận quá hạn." if facts.overdue else None,
                   cites=("TC22",), expiry_of="TC_RESOLVE"),
        Transition("T-25", "be_demanded", _OPEN_BEFORE_CONCLUSION, None, _DECIDE, "Cấp trên yêu cầu báo cáo",
                   "The superior demands a report",
                   "Tố cáo tiếp vì quá thời hạn: báo cáo quá trình giải quyết, lý do chậm, trách nhiệm; tiếp tục giải "
                   "quyết.", cites=("TC22", "TC23"), follows="superior_demand"),
        Transition("T-26", "be_taken_over", _OPEN_BEFORE_CONCLUSION, "taken_over", _DECIDE,
                   "Cấp trên rút vụ việc lên giải quyết", "Taken over by the superior",
                   "Cấp trên yêu cầu chấm dứt việc giải quyết và chuyển hồ sơ: mọi thời hạn ở đây kết thúc.",
                   effects=tuple(ClockEffect(Verb.CANCEL, clock) for clock in
                                 ("TC_RESOLVE", "TC_NOTIFY", "TC_SUSP_SEND", "RECEP_REPLY")),
                   cites=("TC24",), follows="taken_over"),
        Transition("T-23", "close", frozenset({"tc_handled"}), "tc_closed", _CLOSE, "Kết thúc vụ việc", "Close",
                   "Đã thực hiện xong kết luận, hồ sơ lưu trữ.", fields=(ON, NOTE, *DONE),
                   guard=_nothing_owed, cites=("TC32", "TC34")),
    ),
)  # fmt: skip
