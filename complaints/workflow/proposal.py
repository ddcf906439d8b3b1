"""A proposal or feedback (kiến nghị, phản ánh): law.md 7.7, transitions F-1 to F-4. No number in law (F01)."""

from app.core.permissions import Permission
from complaints import codes
from complaints.clocks import Verb
from complaints.workflow.base import ClockEffect, FieldKind, State, Transition, Workflow
from complaints.workflow.fields import DOCUMENT_NO, NOTE, ON, WORDS, spec

_STATES = (
    State("petition_open", "Chờ giao giải quyết", "Awaiting assignment"),
    State("studying", "Đang nghiên cứu, giải quyết", "Being studied"),
    State("answered", "Đã trả lời", "Answered", open=False),
    State("transferred", "Đã chuyển", "Transferred", open=False),
    State("reclassified", "Đã phân loại lại", "Reclassified", open=False),
)
# The letter to the sender is also the reply that R09 asks for when they came in person.
_STOP = (ClockEffect(Verb.STOP, "PROPOSAL_TARGET"), ClockEffect(Verb.STOP, "RECEP_REPLY"))
_STUDYING = frozenset({"studying"})

WORKFLOW = Workflow(
    name="proposal",
    initial="petition_open",
    states={state.code: state for state in _STATES},
    transitions=(
        Transition("F-1", "study", frozenset({"petition_open"}), "studying", Permission.CASE_ASSIGN,
                   "Bắt đầu giải quyết", "Begin", "Đã giao người nghiên cứu; chạy mục tiêu nội bộ.",
                   effects=(ClockEffect(Verb.START, "PROPOSAL_TARGET"),), fields=(ON, NOTE),
                   guard=lambda facts, _data: None if facts.has_handler
                   else "Chưa giao vụ việc cho người giải quyết; hãy giao việc trước.", cites=("F01",)),
        Transition("F-2", "answer", _STUDYING, "answered", Permission.CASE_DECIDE, "Trả lời", "Answer",
                   "Gửi văn bản trả lời người kiến nghị, phản ánh.", document="letter", effects=_STOP,
                   fields=(ON, DOCUMENT_NO, WORDS), cites=("F01",), proposable=True),
        Transition("F-3", "transfer", _STUDYING, "transferred", Permission.CASE_DECIDE, "Chuyển cơ quan khác",
                   "Transfer", "Thuộc thẩm quyền cơ quan khác: chuyển văn bản.", document="03/TT05", effects=_STOP,
                   fields=(ON, spec("to_body", FieldKind.LINE, "Cơ quan có thẩm quyền", "Competent body",
                                    required=True), DOCUMENT_NO, WORDS), cites=("F02",), proposable=True),
        Transition("F-4", "reclassify", frozenset({"petition_open", "studying"}), "reclassified",
                   Permission.CASE_HANDLE, "Phân loại lại", "Reclassify",
                   "Thực chất là khiếu nại hoặc tố cáo: trở lại bàn xử lý đơn với ngày nhận ban đầu.",
                   effects=(ClockEffect(Verb.CANCEL, "PROPOSAL_TARGET"),),
                   fields=(spec("kind", FieldKind.CHOICE, "Loại đơn", "Kind", required=True,
                                choices=codes.PetitionKind), WORDS), cites=("P02",)),
    ),
)  # fmt: skip
