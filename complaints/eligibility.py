"""What a petition must have to be processed, by kind (law.md P03, P04; F05 for feedback on a regulation). Pure.

The record shows some of it; the rest is seen on the paper itself, by a person.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from complaints.codes import Code, IneligibleReason, PetitionKind

_I, _K = IneligibleReason, PetitionKind


@dataclass(frozen=True)
class Condition:
    """One condition: its key, what is asked, and the ground that its absence gives."""

    key: str
    label_vi: str
    label_en: str
    ground: str
    article: str


@dataclass(frozen=True)
class OnRecord:
    """What the register shows of a petition; None where only the paper or the seal can tell."""

    vietnamese: bool | None = None
    dated: bool | None = None
    named: bool | None = None
    reachable: bool | None = None
    signed: bool | None = None
    respondent: bool | None = None
    content: bool | None = None
    request: bool | None = None


_ARTICLE = "TT 05/2021 Điều 6 khoản 2"
_FORM = "NĐ 20/2008 Điều 5 đến Điều 7, Điều 9"


def _condition(key: str, label_vi: str, label_en: str, ground: Code, article: str = _ARTICLE) -> Condition:
    return Condition(key, label_vi, label_en, ground.value, article)


_VIETNAMESE = _condition("vietnamese", "Bằng tiếng Việt, hoặc có bản dịch công chứng", "In Vietnamese or translated",
                         _I.NOT_VIETNAMESE)  # fmt: skip
_DATED = _condition("dated", "Ghi ngày, tháng, năm", "Dated", _I.NO_DATE)
_NAMED = _condition(
    "named", "Họ tên, địa chỉ người gửi", "Name and address of the sender", _I.NO_NAME_ADDRESS
)
_SIGNED = _condition("signed", "Chữ ký hoặc điểm chỉ", "Signature or fingerprint", _I.NO_SIGNATURE)
_BASIC = (_VIETNAMESE, _DATED, _NAMED, _SIGNED)
_RESPONDENT_KN = _condition("respondent", "Tên, địa chỉ người, cơ quan bị khiếu nại", "Name, address of the respondent",
                            _I.NO_RESPONDENT)  # fmt: skip
_REQUEST_KN = _condition("request", "Nội dung, lý do, tài liệu và yêu cầu giải quyết", "Content, reason, request",
                         _I.NO_CONTENT)  # fmt: skip
_RESPONDENT_TC = _condition("respondent", "Người, cơ quan bị tố cáo", "Who is denounced", _I.NO_RESPONDENT)
_ACT_TC = _condition("content", "Hành vi vi phạm bị tố cáo", "The act denounced", _I.NO_CONTENT)
_REACHABLE_TC = _condition("reachable", "Cách thức liên hệ với người tố cáo", "How to reach the denouncer",
                           _I.NO_NAME_ADDRESS)  # fmt: skip
_CONTENT = _condition("content", "Nội dung kiến nghị, phản ánh", "Content", _I.NO_CONTENT)

CONDITIONS: Mapping[str, tuple[Condition, ...]] = {
    _K.COMPLAINT: (*_BASIC, _RESPONDENT_KN, _REQUEST_KN),
    _K.DENUNCIATION: (*_BASIC, _RESPONDENT_TC, _ACT_TC, _REACHABLE_TC),
    _K.PROPOSAL: (*_BASIC, _CONTENT),
    _K.ADMIN_FEEDBACK: (
        _condition("vietnamese", "Bằng tiếng Việt", "In Vietnamese", _I.FEEDBACK_FORM, _FORM),
        _condition("named", "Tên người, tổ chức phản ánh, kiến nghị", "Name of the sender", _I.FEEDBACK_FORM, _FORM),
        _condition("reachable", "Địa chỉ, số điện thoại hoặc địa chỉ thư tín", "Address, telephone or postal address",
                   _I.FEEDBACK_FORM, _FORM),
        _condition("content", "Nội dung rõ ràng", "Clear content", _I.FEEDBACK_FORM, _FORM),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """A condition with what is known of it: met, missing, or still to be looked at (None)."""

    condition: Condition
    met: bool | None
    confirmed: bool  # by a person, and not only read from the record


def findings(
    kind: str | None, record: OnRecord, confirmed: Mapping[str, bool] | None = None
) -> tuple[Finding, ...]:
    """Return the checklist of a kind, each condition as a person found it, else as the record shows it."""
    known = confirmed or {}
    return tuple(
        Finding(c, known.get(c.key, getattr(record, c.key)), c.key in known)
        for c in CONDITIONS.get(kind or "", ())
    )


def missing(found: Iterable[Finding]) -> tuple[Condition, ...]:
    """Return the conditions that are not met."""
    return tuple(finding.condition for finding in found if finding.met is False)


def eligible(kind: str, met: Mapping[str, bool], *, anonymous: bool, has_evidence: bool) -> bool:
    """Tell whether a petition may be processed, all conditions having been looked at.

    A denunciation that nobody signed counts when it names a violator with concrete evidence (Luật Tố cáo Điều 25).
    """
    lacking = {c.key for c in CONDITIONS.get(kind, ()) if not met.get(c.key, False)}
    if kind == PetitionKind.DENUNCIATION and anonymous and has_evidence:
        lacking -= {"named", "signed", "reachable", "dated"}
    return not lacking
