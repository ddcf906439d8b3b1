"""Petition intake (xử lý đơn): law.md 7.2, transitions X2 to X21 and X23."""

from app.core.permissions import Permission
from complaints import codes
from complaints.clocks import Verb
from complaints.workflow.base import ClockEffect, Data, Facts, FieldKind, State, Transition, Workflow
from complaints.workflow.fields import DOCUMENT_NO, NOTE, ON, WORDS, spec

_STATES = (
    State("registered", "Đã vào sổ, chờ phân loại", "Registered"),
    State("classified", "Đã phân loại, chờ xử lý", "Classified"),
    State("with_case", "Đã chuyển thành vụ việc", "With a case", open=False),
    State("stored", "Lưu đơn", "Stored", open=False),
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
INTAKE_CLOCKS = ("KN_ACCEPT", "TC_INIT", "TC_TRANSFER", "PETITION_DISCIPLINE")


def _ends(*met: str) -> tuple[ClockEffect, ...]:
    """Return the effects of leaving the desk: the clocks named (and the 45 days) are met, the others cancelled."""
    stopped = ("PETITION_DISCIPLINE", "RECEP_REPLY", *met)
    cancelled = tuple(clock for clock in INTAKE_CLOCKS if clock not in stopped)
    return tuple(ClockEffect(Verb.STOP, c) for c in stopped) + tuple(
        ClockEffect(Verb.CANCEL, c) for c in cancelled
    )


_BECOMES_CASE = (ClockEffect(Verb.STOP, "PETITION_DISCIPLINE"), ClockEffect(Verb.CANCEL, "TC_TRANSFER"))

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
    kinds = {codes.PetitionKind.COMPLAINT, codes.PetitionKind.DENUNCIATION, codes.PetitionKind.PROPOSAL}
    if facts.kind not in kinds:
        return "Chỉ khiếu nại, tố cáo, kiến nghị phản ánh mới mở thành vụ việc; hãy phân loại lại."
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
    if facts.kind == codes.PetitionKind.PROPOSAL:
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


def _return(facts: Facts, _data: Data) -> str | None:
    if facts.kind != codes.PetitionKind.COMPLAINT or not facts.forwarded:
        return "Chỉ trả lại đơn khiếu nại do đại biểu, báo chí, cơ quan khác chuyển đến."
    return _not_own(facts)


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
                            ClockEffect(Verb.CANCEL, "TC_INIT"), ClockEffect(Verb.CANCEL, "TC_TRANSFER")),
                   fields=(spec("case_id", FieldKind.CASE, "Vụ việc", "Case", required=True), NOTE), guard=_accept_case,
                   cites=("P16",)),
        Transition("X3", "store", _CLASSIFIED, "stored", _DECIDE, "Lưu đơn", "Store",
                   "Đơn không đủ điều kiện xử lý, nặc danh không chứng cứ, hoặc đã hướng dẫn, giải quyết.",
                   effects=_ends("KN_ACCEPT", "TC_INIT"), fields=(ON, *_ELIGIBILITY), guard=_store,
                   cites=("P04", "P10", "P16", "P22", "P24"), proposable=True),
        Transition("X5", "guide", _CLASSIFIED, "guided", _DECIDE, "Hướng dẫn", "Guide",
                   "Không thuộc thẩm quyền: hướng dẫn người gửi đến nơi có thẩm quyền, một lần cho một nội dung.",
                   document="02/TT05", effects=_ends("KN_ACCEPT", "TC_TRANSFER"), fields=_TO_BODY, guard=_guide,
                   cites=("P10", "P20", "TC05"), proposable=True),
        Transition("X7", "return", _CLASSIFIED, "returned", _DECIDE, "Trả lại nơi chuyển", "Return",
                   "Khiếu nại không thuộc thẩm quyền do cơ quan, đại biểu, báo chí chuyển đến.",
                   document="letter", effects=_ends("KN_ACCEPT"), fields=(ON, DOCUMENT_NO, WORDS), guard=_return,
                   cites=("P11",), proposable=True),
        Transition("X9", "transfer", _CLASSIFIED, "transferred", _DECIDE, "Chuyển đơn", "Transfer",
                   "Không thuộc thẩm quyền: chuyển đơn và tài liệu đến nơi có thẩm quyền, báo cho người gửi.",
                   document="03/TT05", effects=_ends("KN_ACCEPT", "TC_TRANSFER"), fields=_TO_BODY, guard=_transfer,
                   cites=("P14", "P18", "P20"), proposable=True),
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

# X2 by the kind found: the clocks that then run, always from the day of receipt (C04, TC03, TC05).
CLASSIFIED_CLOCKS: dict[str, tuple[str, ...]] = {
    codes.PetitionKind.COMPLAINT: ("KN_ACCEPT",),
    codes.PetitionKind.DENUNCIATION: ("TC_INIT", "TC_TRANSFER"),
}
# X15: a denunciation that the press or another body sent on owes it a report besides (TC07).
FORWARDED_CLOCKS: dict[str, tuple[str, ...]] = {codes.PetitionKind.DENUNCIATION: ("TC_PRESS",)}
