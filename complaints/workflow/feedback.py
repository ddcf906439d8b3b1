"""Feedback on administrative regulations (phản ánh, kiến nghị về quy định hành chính): law.md 7.7, F-6 to F-8.

A channel of its own (Nghị định 20/2008): no number for the handling itself (F07), none for publishing (F08).
"""

from app.core.permissions import Permission
from complaints import codes
from complaints.clocks import Verb
from complaints.workflow.base import ClockEffect, FieldKind, State, Transition, Workflow
from complaints.workflow.fields import DOCUMENT_NO, ON, WORDS, spec

_STATES = (
    State("fb_handling", "Đang xử lý phản ánh về quy định", "Feedback being handled"),
    State("fb_published", "Đã công bố kết quả xử lý", "Result made known", open=False),
    State("fb_transferred", "Đã chuyển cơ quan có thẩm quyền", "Passed to the competent body", open=False),
    State("reclassified", "Đã phân loại lại", "Reclassified", open=False),
)
_HANDLING = frozenset({"fb_handling"})
# What came in person is answered by the letter or publication that ends the matter.
_REPLIED = (ClockEffect(Verb.STOP, "RECEP_REPLY"),)

WORKFLOW = Workflow(
    name="feedback",
    initial="fb_handling",
    states={state.code: state for state in _STATES},
    transitions=(
        Transition("F-6", "test", _HANDLING, None, Permission.CASE_HANDLE, "Ghi kết quả rà soát quy định",
                   "Record the review", "Làm rõ với người phản ánh khi cần; xét quy định theo các tiêu chí.",
                   fields=(ON, spec("basis_found", FieldKind.CHOICE, "Cơ sở xem xét", "Basis", choices=codes.FeedbackBasis),
                           spec("criteria", FieldKind.CHOICES, "Tiêu chí không đạt", "Criteria not met",
                                    choices=codes.FeedbackCriterion), WORDS), cites=("F07",)),
        Transition("F-8", "tell_state", _HANDLING, None, Permission.CASE_HANDLE, "Báo tình hình xử lý cho người gửi",
                   "Tell the sender how it stands", "Người phản ánh, kiến nghị hỏi tình hình xử lý: trả lời và ghi lại.",
                   effects=_REPLIED, fields=(ON, DOCUMENT_NO, WORDS), cites=("F08",)),
        Transition("F-8", "publish_result", _HANDLING, "fb_published", Permission.CASE_DECIDE, "Công bố kết quả xử lý",
                   "Make the result known", "Công bố kết quả bằng một hoặc nhiều hình thức.", document="letter",
                   effects=_REPLIED,
                   fields=(ON, DOCUMENT_NO, spec("outcome", FieldKind.CHOICE, "Kết quả", "Result", required=True,
                                                 choices=codes.FeedbackOutcome),
                           spec("forms", FieldKind.CHOICES, "Hình thức công bố", "Forms", required=True,
                                choices=codes.FeedbackPublication), WORDS),
                   cites=("F07", "F08"), proposable=True),
        Transition("F-6", "transfer", _HANDLING, "fb_transferred", Permission.CASE_DECIDE, "Chuyển cơ quan khác",
                   "Transfer", "Nội dung thuộc thẩm quyền cơ quan khác: chuyển văn bản.", document="03/TT05",
                   effects=_REPLIED,
                   fields=(ON, spec("to_body", FieldKind.LINE, "Cơ quan có thẩm quyền", "Competent body",
                                    required=True), DOCUMENT_NO, WORDS), cites=("F05a",), proposable=True),
        Transition("F-7", "reclassify", _HANDLING, "reclassified", Permission.CASE_HANDLE, "Phân loại lại",
                   "Reclassify", "Thực chất là khiếu nại, tố cáo hoặc kiến nghị khác: trở lại bàn xử lý đơn, giữ ngày nhận.",
                   fields=(spec("kind", FieldKind.CHOICE, "Loại đơn", "Kind", required=True,
                                choices=codes.PetitionKind), WORDS), cites=("P02", "F05a")),
    ),
)  # fmt: skip
