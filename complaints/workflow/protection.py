"""Protecting those who denounce (bảo vệ người tố cáo): law.md 7.6, B-1 to B-8, beside the case's own table.

B-1 needs no step: secrecy is on from the moment a case of a denunciation is opened. It is a record of its own, which
nothing but a waiver on paper changes; each request (B-3) is another beside it, so that secrecy never ends with B-8.
"""

from app.core.permissions import Permission
from complaints import codes_protection as codes
from complaints.clocks import Verb
from complaints.workflow.base import ClockEffect, Data, Facts, FieldKind, State, Transition, Workflow
from complaints.workflow.fields import NOTE, ON, WORDS, spec

TARGET = (
    "PROTECTION_TARGET"  # the law says 'in good time' and no number: an internal target, never called law
)
_DECIDE = Permission.PROTECTION_DECIDE
_STATES = (
    State("secrecy_on", "Đang giữ bí mật thông tin", "Secrecy on"),
    # Whoever has revealed himself may still have to be protected in life or work.
    State("secrecy_waived", "Không còn giữ bí mật (có văn bản)", "Secrecy waived", open=False, kept=True),
    State("prot_requested", "Đề nghị bảo vệ chờ quyết định", "Protection asked for"),
    State("prot_active", "Đang áp dụng biện pháp bảo vệ", "Protected"),
    State("prot_referred", "Đã đề nghị cơ quan khác bảo vệ", "Another body asked", open=False),
    State("prot_refused", "Không áp dụng biện pháp bảo vệ", "Protection refused", open=False),
    State("prot_ended", "Đã chấm dứt biện pháp bảo vệ", "Protection ended", open=False),
)
_SECRECY = frozenset({"secrecy_on", "secrecy_waived"})
_REQUESTED, _ACTIVE = frozenset({"prot_requested"}), frozenset({"prot_active"})
_NO = spec("document_no", FieldKind.LINE, "Số văn bản", "Document number", required=True)
_PAPER_ON = spec("paper_on", FieldKind.DATE, "Ngày của văn bản", "Date of the paper", required=True)
_MEASURES = spec(
    "measures", FieldKind.CHOICES, "Biện pháp bảo vệ", "Measures", required=True, choices=codes.Measure
)
_STARTED, _ANSWERED = (ClockEffect(Verb.START, TARGET),), (ClockEffect(Verb.STOP, TARGET),)


def _asked_for(_facts: Facts, data: Data) -> str | None:
    """B03: in writing, unless it is urgent (the paper follows) or the resolver's own view (a note)."""
    if data.get("form") == codes.RequestForm.WRITTEN and not data.get("paper_on"):
        return "Đề nghị bằng văn bản thì phải ghi ngày của văn bản (Luật Tố cáo Điều 50)."
    return None


def _request_paper(facts: Facts, _data: Data) -> str | None:
    return None if facts.request_paper_owed else "Không còn văn bản đề nghị nào phải nộp sau."


def _refer(facts: Facts, data: Data) -> str | None:
    """B04: what is urgent is asked for at once, the paper later."""
    if data and not data.get("document_no") and not facts.urgent:
        return "Chỉ trường hợp khẩn cấp mới gửi văn bản sau: hãy ghi số văn bản (Luật Tố cáo Điều 51)."
    return None


def _referral_paper(facts: Facts, _data: Data) -> str | None:
    return None if facts.referral_paper_owed else "Văn bản đề nghị đã được gửi."


WORKFLOW = Workflow(
    name="protection",
    initial="secrecy_on",
    states={state.code: state for state in _STATES},
    transitions=(
        Transition("B-2", "waive", frozenset({"secrecy_on"}), "secrecy_waived", _DECIDE, "Ghi văn bản không giữ bí mật",
                   "Record a waiver of secrecy",
                   "Người tố cáo tự tiết lộ hoặc từ chối biện pháp giữ bí mật: phải có văn bản, lưu trong hồ sơ.",
                   fields=(ON, spec("ground", FieldKind.CHOICE, "Căn cứ", "Ground", required=True,
                                    choices=codes.SecrecyWaiver), _NO, _PAPER_ON, NOTE), cites=("I09",)),
        Transition("B-3", "request", _SECRECY, "prot_requested", _DECIDE, "Ghi đề nghị bảo vệ", "Record a request",
                   "Đề nghị của người tố cáo, hoặc người giải quyết tự thấy cần bảo vệ. Tên và nội dung được niêm phong.",
                   effects=_STARTED,
                   fields=(ON, spec("form", FieldKind.CHOICE, "Hình thức đề nghị", "Form", required=True,
                                    choices=codes.RequestForm,
                                    help_vi="Khẩn cấp thì nhận trực tiếp hoặc qua điện thoại, văn bản nộp sau."),
                           spec("paper_on", FieldKind.DATE, "Ngày của văn bản đề nghị", "Date of the request paper"),
                           spec("relations", FieldKind.CHOICES, "Người cần bảo vệ là", "Who", required=True,
                                choices=codes.Relation),
                           spec("people", FieldKind.TEXT, "Họ tên, địa chỉ người cần bảo vệ", "Names and addresses",
                                required=True, help_vi="Được mã hoá; mỗi lần mở đều ghi lại người mở và lý do."),
                           spec("objects", FieldKind.CHOICES, "Cần bảo vệ", "What", required=True,
                                choices=codes.Protected), _MEASURES, WORDS),
                   guard=_asked_for, cites=("B01", "B02", "B03", "B09")),
        Transition("B-3", "request_paper", _REQUESTED | _ACTIVE | {"prot_referred"}, None, _DECIDE,
                   "Ghi văn bản đề nghị nộp sau", "Record the request paper",
                   "Đề nghị khẩn cấp đã nhận trực tiếp hoặc qua điện thoại; nay có văn bản.",
                   fields=(ON, _PAPER_ON, NOTE), guard=_request_paper, cites=("B03",)),
        Transition("B-4", "protect", _REQUESTED, "prot_active", _DECIDE, "Quyết định bảo vệ", "Decide on protection",
                   "Có căn cứ: quyết định áp dụng biện pháp bảo vệ, ghi rõ thời điểm bắt đầu.", effects=_ANSWERED,
                   fields=(ON, _NO, spec("decided_by", FieldKind.CHOICE, "Cơ quan quyết định", "Decided by",
                                         required=True, choices=codes.ProtectionBody), _MEASURES,
                           spec("starts_on", FieldKind.DATE, "Bắt đầu từ ngày", "Starts on", required=True),
                           spec("starts_at", FieldKind.LINE, "Bắt đầu từ giờ", "Starts at", required=True,
                                help_vi="Giờ và phút, ví dụ 08:30."), WORDS), cites=("B04", "B06", "B08")),
        Transition("B-5", "refer", _REQUESTED, "prot_referred", _DECIDE, "Đề nghị cơ quan khác bảo vệ",
                   "Ask another body", "Không thuộc thẩm quyền của mình: đề nghị công an hoặc cơ quan khác; khẩn cấp thì "
                   "đề nghị ngay, văn bản gửi sau.", effects=_ANSWERED,
                   fields=(ON, spec("to_kind", FieldKind.CHOICE, "Loại cơ quan", "Kind of body", required=True,
                                    choices=codes.ProtectionBody),
                           spec("to_body", FieldKind.LINE, "Cơ quan được đề nghị", "Body", required=True),
                           spec("document_no", FieldKind.LINE, "Số văn bản", "Document number",
                                help_vi="Để trống khi khẩn cấp và văn bản gửi sau."), NOTE),
                   guard=_refer, cites=("B04",)),
        Transition("B-5", "referral_paper", frozenset({"prot_referred"}), None, _DECIDE, "Ghi văn bản gửi sau",
                   "Record the paper sent later", "Đã đề nghị ngay vì khẩn cấp; nay gửi văn bản.",
                   fields=(ON, _NO, NOTE), guard=_referral_paper, cites=("B04",)),
        Transition("B-6", "refuse_protection", _REQUESTED, "prot_refused", _DECIDE, "Không áp dụng bảo vệ", "Refuse",
                   "Không có căn cứ: thông báo bằng văn bản, nêu rõ lý do.", effects=_ANSWERED,
                   fields=(ON, _NO, WORDS), cites=("B05",)),
        Transition("B-7", "change", _ACTIVE, None, _DECIDE, "Thay đổi biện pháp", "Change the measures",
                   "Quyết định thay đổi, bổ sung biện pháp bảo vệ (Luật Tố cáo Điều 54 khoản 1).",
                   fields=(ON, _NO, _MEASURES, WORDS), cites=("B07",)),
        Transition("B-8", "end_protection", _ACTIVE, "prot_ended", _DECIDE, "Chấm dứt bảo vệ", "End the protection",
                   "Quyết định chấm dứt theo một trong bốn căn cứ; bí mật thông tin vẫn được giữ.",
                   fields=(ON, _NO, spec("ground", FieldKind.CHOICE, "Căn cứ chấm dứt", "Ground", required=True,
                                         choices=codes.ProtectionEnd), WORDS), cites=("B07",)),
    ),
)  # fmt: skip
