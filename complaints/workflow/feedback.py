"""Feedback on a regulation (phản ánh, kiến nghị về quy định hành chính): law.md 7.7, F-6 to F-8. No number for handling.

It is a channel of its own (NĐ 20/2008), apart from proposals under the law on reception. Sorting and the five working
days of a transfer lie at the petition desk (workflow/intake.py); here is what the competent body does with its own.
"""

from app.core.permissions import Permission
from complaints import codes
from complaints.clocks import Verb
from complaints.workflow.base import ClockEffect, FieldKind, State, Transition, Workflow
from complaints.workflow.fields import DOCUMENT_NO, ON, WORDS, spec

_STATES = (
    State("fb_handling", "Đang xem xét quy định", "The regulation is looked at"),
    State("fb_published", "Đã công khai kết quả", "Result published", open=False),
    State("fb_transferred", "Đã chuyển cơ quan có thẩm quyền", "Transferred", open=False),
    State("reclassified", "Đã phân loại lại", "Reclassified", open=False),
)
_HANDLING = frozenset({"fb_handling"})
_REPLIED = (ClockEffect(Verb.STOP, "RECEP_REPLY"),)  # what reaches the sender is also the reply of R09

WORKFLOW = Workflow(
    name="admin_feedback",
    initial="fb_handling",
    states={state.code: state for state in _STATES},
    transitions=(
        Transition("F-8", "examine", _HANDLING, None, Permission.CASE_HANDLE, "Đối chiếu sáu tiêu chí",
                   "Test against the six criteria",
                   "Phân loại đủ hay chưa đủ cơ sở; đối chiếu quy định với sáu tiêu chí; làm việc với người gửi khi cần.",
                   fields=(ON, spec("basis", FieldKind.CHOICE, "Cơ sở xem xét", "Basis", required=True,
                                    choices=codes.FeedbackBasis),
                           spec("criteria", FieldKind.CHOICES, "Tiêu chí chưa bảo đảm", "Criteria not met",
                                choices=codes.FeedbackCriterion, help_vi="Để trống nếu quy định bảo đảm cả sáu tiêu chí."),
                           WORDS), cites=("F07",)),
        Transition("F-8", "tell_state", _HANDLING, None, Permission.CASE_HANDLE, "Báo tình hình xử lý cho người gửi",
                   "Tell the sender how it stands", "Người phản ánh, kiến nghị hỏi tình hình xử lý: trả lời và ghi lại.",
                   effects=_REPLIED, fields=(ON, DOCUMENT_NO, WORDS), cites=("F08",)),
        Transition("F-8", "publish_result", _HANDLING, "fb_published", Permission.CASE_DECIDE, "Công khai kết quả xử lý",
                   "Publish the result", "Kết quả xử lý phản ánh, kiến nghị được công khai theo một trong bốn hình thức.",
                   document="letter", effects=_REPLIED,
                   fields=(ON, spec("result", FieldKind.CHOICE, "Kết quả", "Result", required=True,
                                    choices=codes.FeedbackResult),
                           spec("forms", FieldKind.CHOICES, "Hình thức công khai", "Forms of publication", required=True,
                                choices=codes.FeedbackPublication), DOCUMENT_NO, WORDS),
                   cites=("F07", "F08"), proposable=True),
        Transition("F-6", "transfer", _HANDLING, "fb_transferred", Permission.CASE_DECIDE, "Chuyển cơ quan khác",
                   "Transfer", "Quy định thuộc thẩm quyền cơ quan khác: chuyển phản ánh.", document="03/TT05",
                   effects=_REPLIED,
                   fields=(ON, spec("to_body", FieldKind.LINE, "Cơ quan có thẩm quyền", "Competent body", required=True),
                           DOCUMENT_NO, WORDS), cites=("F06",), proposable=True),
        Transition("F-7", "reclassify", _HANDLING, "reclassified", Permission.CASE_HANDLE, "Phân loại lại",
                   "Reclassify",
                   "Thực chất về hành vi của cán bộ, hoặc là khiếu nại, tố cáo: trở lại bàn xử lý đơn với ngày nhận ban đầu.",
                   fields=(spec("kind", FieldKind.CHOICE, "Loại đơn", "Kind", required=True,
                                choices=codes.PetitionKind), WORDS), cites=("F05a", "P02")),
    ),
)  # fmt: skip
