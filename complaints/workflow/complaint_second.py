"""A second complaint (khiếu nại lần hai): law.md 7.4, transitions S-2 to S-9; S-1 stands in the intake's table."""

from app.core.permissions import Permission
from complaints import codes
from complaints.clocks import Verb
from complaints.workflow import acceptance
from complaints.workflow import complaint_parts as parts
from complaints.workflow.base import ClockEffect, Data, Facts, FieldKind, State, Transition, Workflow
from complaints.workflow.fields import DOCUMENT_NO, NOTE, ON, WORDS, spec

STATES = parts.states_of(
    State("propose_accept_2", "Chờ thụ lý lần hai", "Awaiting second acceptance"),
    State("accepted_2", "Đã thụ lý lần hai", "Accepted, second"),
    State("decided_2", "Đã có quyết định lần hai", "Second decision issued"),
    without=("propose_accept", "accepted_1", "decision_draft", "decided_1", "appealed"),
)
RENAMED = {"propose_accept": "propose_accept_2", "accepted_1": "accepted_2", "decided_1": "decided_2"}
# KN_WINDOW2 is the window of this very complaint: there is no further one.
_CLOCKS = {"KN1_RESOLVE": "KN2_RESOLVE", "KN1_SEND": "KN2_SEND", "KN_WINDOW2": ""}
_WORKING = frozenset({"accepted_2"}) | parts.BEFORE_DECISION
_DECIDE = Permission.CASE_DECIDE
_complex_in_time = parts.guard_of_first("declare_complex")
_notice_in_time = parts.guard_of_first("set_dialogue")

_CHAIR = spec(
    "chair", FieldKind.CHOICE, "Người chủ trì đối thoại", "Chair", required=True, choices=codes.DialogueChair
)
_IN_PERSON = spec("in_person", FieldKind.CHOICES, "Vụ việc thuộc trường hợp", "In-person grounds",
                  choices=codes.InPersonGround, help_vi="Có một trường hợp thì người giải quyết trực tiếp đối thoại.")  # fmt: skip
_COUNCIL = spec("council", FieldKind.YES_NO, "Thành lập Hội đồng tư vấn", "Advisory council",
                help_vi="Không bắt buộc (Luật Khiếu nại Điều 36 khoản 2).")  # fmt: skip


def _chaired(facts: Facts, data: Data) -> str | None:
    """C19, C20: the notice in time, and a delegate only where the law lets the resolver stay away."""
    delegated = data.get("chair") not in (None, codes.DialogueChair.RESOLVER)
    if delegated and facts.resolver_kind == "department":
        return "Người đứng đầu cơ quan chuyên môn cấp tỉnh phải trực tiếp đối thoại (Luật Khiếu nại Điều 39)."
    if delegated and (facts.signer_count > 1 or data.get("in_person")):
        return (
            "Đông người, ý kiến các cơ quan khác nhau, gay gắt, dư luận quan tâm hoặc ảnh hưởng an ninh: người giải "
            "quyết trực tiếp đối thoại, không giao người khác (NĐ 155/2026 Điều 11)."
        )
    return _notice_in_time(facts, data)


WORKFLOW = Workflow(
    name="complaint_second",
    initial="propose_accept_2",
    states=STATES,
    transitions=(
        Transition("S-2", "accept", frozenset({"propose_accept_2"}), "accepted_2", _DECIDE, "Thụ lý", "Accept",
                   "Ra thông báo thụ lý lần hai; thời hạn giải quyết lần hai tính từ ngày thụ lý.", document="03/KN",
                   effects=(ClockEffect(Verb.STOP, "KN_ACCEPT"), ClockEffect(Verb.STOP, "RECEP_REPLY"),
                            ClockEffect(Verb.START, "KN2_RESOLVE")),
                   fields=(ON, DOCUMENT_NO, parts.REMOTE), guard=acceptance.group,
                   cites=("C04", "C05", "C11", "C13", "C34"), proposable=True),
        parts.FILE_REQUEST,
        *parts.information("accepted_2"),
        Transition("S-4", "declare_complex", _WORKING, None, _DECIDE, "Xác định vụ việc phức tạp", "Declare complex",
                   "Thời hạn lần hai kéo dài theo luật, tính từ ngày thụ lý; có thể lập Hội đồng tư vấn.",
                   document="letter", effects=(ClockEffect(Verb.EXTEND, "KN2_RESOLVE"),),
                   fields=(ON, DOCUMENT_NO, spec("criteria", FieldKind.CHOICES, "Tiêu chí", "Criteria", required=True,
                                                 choices=codes.ComplexityCriterion), _COUNCIL, WORDS),
                   guard=_complex_in_time, cites=("C12", "C14", "C15"), proposable=True),
        Transition("S-5", "set_dialogue", frozenset({"verified"}), "dialogue_set", _DECIDE, "Hẹn đối thoại",
                   "Set the dialogue", "Giải quyết lần hai luôn phải đối thoại trước khi ra quyết định.",
                   document="letter",
                   fields=(ON, spec("dialogue_on", FieldKind.DATE, "Ngày đối thoại", "Date of the dialogue",
                                    required=True), _CHAIR, _IN_PERSON, DOCUMENT_NO, NOTE),
                   guard=_chaired, cites=("C19", "C20"), proposable=True),
        parts.decided_second(ends="KN2_RESOLVE", effect="KN_EFFECT"),
        parts.second_delivered(),
        parts.takes_effect("KN_EFFECT"),
        parts.overdue("KN2_RESOLVE", "accepted_2", "S-8",
                      "Hết thời hạn giải quyết lần hai: người khiếu nại có quyền khởi kiện tại toà án.",
                      cites=("C33", "Art 42")),
        *parts.taken_over(parts.SHARED_ACTIONS, states=STATES, renamed=RENAMED, clocks=_CLOCKS),
    ),
)  # fmt: skip
