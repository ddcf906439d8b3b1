"""Who is competent (law.md 3.6, 4.4, P08 to P24): a proposal with its reasons, which a person confirms. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from complaints.codes import (
    Field,
    IneligibleReason,
    Instance,
    NonAcceptanceGround,
    PetitionKind,
    RefusalGround,
    RespondentLevel,
)
from complaints.competence import (
    COMPLAINT_LADDER,
    DENUNCIATION_LADDER,
    HEAD_OF_LEVEL,
    LEVEL_OF_BODY,
    SUPERIOR,
    BodyFacts,
    Competence,
    CompetentBody,
    Level,
    Reason,
    Signs,
    Successor,
)
from complaints.rulebook.said import length

__all__ = [
    "BodyFacts",
    "Competence",
    "CompetentBody",
    "Level",
    "Reason",
    "Signs",
    "body_facts",
    "propose_competence",
]

_LEVEL_OF_KIND: Mapping[str, Level] = {
    "commune": Level.COMMUNE,
    "department": Level.DEPARTMENT,
    "province": Level.PROVINCE,
    "reception_office": Level.PROVINCE,  # receives for the province's chair (8.1)
    "inspectorate": Level.PROVINCE,  # advises the province's chair (8.1)
}


def body_facts(unit_kind: str) -> BodyFacts:
    """Return the facts of a body by its unit kind. Raises KeyError for a division, which is no body of its own."""
    return BodyFacts(_LEVEL_OF_KIND[unit_kind], unit_kind)


_B, _R, _K = CompetentBody, RespondentLevel, PetitionKind
NOTHING_MORE = Signs()
_CONFIRM_OURS = Reason("Cần xác nhận người, cơ quan bị khiếu nại, tố cáo đúng là của cơ quan mình.", "4.4")


def propose_competence(
    kind: str, field: str, respondent_level: str, instance: str = Instance.FIRST.value, *,
    receiving: BodyFacts, signs: Signs = NOTHING_MORE,
) -> Competence:  # fmt: skip
    """Propose who is competent and what the receiving body should do with the petition, with the reasons.

    `kind`, `field`, `respondent_level` and `instance` are values of complaints/codes.py; an unknown or empty
    respondent is treated as not known yet. Raises ValueError for an unknown kind.
    """
    PetitionKind(kind)  # type: ignore[call-arg]
    matter = _Matter(kind, field, respondent_level, instance, receiving, signs)
    if signs.eligible is False and not (kind == _K.DENUNCIATION and signs.anonymous and signs.has_evidence):
        return _ineligible(matter)
    proposal = _BY_KIND[kind](matter)
    if signs.successor is None or respondent_level in _FORMER:
        return proposal
    return replace(proposal, reasons=(*proposal.reasons, _succession(signs.successor)), certain=False)


@dataclass(frozen=True)
class _Matter:
    """The question, in one piece."""

    kind: str
    field: str
    respondent: str
    instance: str
    receiving: BodyFacts
    signs: Signs

    def owns(self, body: str) -> bool:
        """Tell whether the receiving body is the competent one, as far as its level and the record say."""
        return LEVEL_OF_BODY.get(body) is self.receiving.level and (
            self.signs.respondent_is_ours is not False or self.receiving.level is Level.PROVINCE
        )

    @property
    def looked_at(self) -> bool:
        """Tell whether somebody has seen that the respondent belongs to the receiving body; a province has but one."""
        return self.signs.respondent_is_ours is not None or self.receiving.level is Level.PROVINCE


def _ineligible(matter: _Matter) -> Competence:
    ground = (
        IneligibleReason.SENT_TO_RIGHT_BODY
        if matter.signs.sent_to_right_body
        else IneligibleReason.NO_CONTENT
    )
    if matter.kind == _K.ADMIN_FEEDBACK:
        form = Reason("Phản ánh chưa đúng yêu cầu về hình thức: không tiếp nhận, nói rõ lý do.", "F05, F05a",
                      "Nghị định 20/2008 Điều 7, Điều 9")  # fmt: skip
        gap = IneligibleReason.FEEDBACK_FORM
        return Competence(False, _B.OTHER_SYSTEM, "store", (form,), certain=False, store_ground=gap)
    if matter.signs.anonymous and matter.kind == _K.DENUNCIATION:
        ground = IneligibleReason.ANONYMOUS
    elif matter.signs.anonymous:
        ground = IneligibleReason.NO_NAME_ADDRESS
    elif matter.signs.guided_before:
        ground = IneligibleReason.GUIDED_BEFORE
    elif matter.signs.missing_ground:
        ground = IneligibleReason(matter.signs.missing_ground)  # type: ignore[call-arg]
    why = Reason("Đơn không đủ điều kiện xử lý: lưu đơn, ghi lý do.", "P04", "TT 05/2021 Điều 6 khoản 2")
    return Competence(False, _B.OTHER_SYSTEM, "store", (why,), certain=False, store_ground=ground)


def _complaint(matter: _Matter) -> Competence:
    signs = matter.signs
    if signs.disciplinary:
        return _disciplinary(matter)
    if matter.respondent == _R.REGULATION:
        why = Reason("Quy định chung không phải đối tượng khiếu nại; nội dung là phản ánh về quy định hành chính.",
                     "3.4", "Luật Khiếu nại Điều 11 khoản 1")  # fmt: skip
        return _reclassify(matter, _K.ADMIN_FEEDBACK, _B.FEEDBACK_OFFICE, why)
    if matter.respondent == _R.RESIDENT_GROUP:
        why = Reason("Tổ dân phố, thôn không ra quyết định hành chính; nội dung là kiến nghị, phản ánh.",
                     "P02", "TT 05/2021 Điều 6 khoản 1")  # fmt: skip
        return _reclassify(matter, _K.PROPOSAL, _B.COMMUNE_UNIT, why)
    if matter.respondent in _FORMER:
        return _former_complaint(matter)
    if matter.respondent not in COMPLAINT_LADDER:
        return _complaint_not_ours(matter, *_outside_administration(matter))
    first, second, why = COMPLAINT_LADDER[matter.respondent]
    body = second if matter.instance == Instance.SECOND else first
    if not matter.owns(body):
        return _complaint_not_ours(matter, body, why)
    reasons = [why, Reason("Thuộc thẩm quyền: đề xuất người đứng đầu thụ lý.", "P08", "TT 05/2021 Điều 7")]
    certain = matter.looked_at
    if matter.respondent == _R.DEPARTMENT_OFFICER:
        reasons.append(Reason("Nếu là cơ quan thuộc sở có người đứng đầu riêng: người đó giải quyết lần đầu, "
                              "giám đốc sở lần hai.", "3.6", "Luật Khiếu nại Điều 19"))  # fmt: skip
        certain = False
    if not matter.looked_at:
        reasons.append(_CONFIRM_OURS)
    if signs.time_barred:
        reasons.append(Reason(f"Quá thời hiệu {length('KN_TIMEBAR')}, không nêu trở ngại khách quan: đề xuất không thụ lý.", "C01",
                              "Luật Khiếu nại Điều 9, Điều 11 khoản 6"))  # fmt: skip
    ground = NonAcceptanceGround.TIME_BAR.value if signs.time_barred else ""
    return Competence(True, body, "open_case", tuple(reasons), certain=certain, non_acceptance=ground)


_FORMER = frozenset({_R.FORMER_DISTRICT.value, _R.FORMER_DISTRICT_OFFICER.value})


def _succession(successor: Successor) -> Reason:
    return Reason(
        f"{successor.old_body} nay do {successor.new_body} kế tiếp từ ngày {successor.since} "
        f"(bảng cơ quan kế tiếp): xác nhận trước khi xử lý.",
        "H02, H06", successor.legal_basis,
    )  # fmt: skip


_NOT_IN_THE_TABLE = Reason(
    "Cơ quan cấp huyện cũ chưa có trong bảng cơ quan kế tiếp: luật không nói rõ ai giải quyết; báo cáo người đứng đầu, "
    "hỏi UBND thành phố.", "H06", "Luật 72/2025 Điều 54",
)  # fmt: skip


def _former_complaint(matter: _Matter) -> Competence:
    """H06 to H08: the second instance is the provincial chair's; the first lies with whoever the table names."""
    successor = matter.signs.successor
    if matter.instance == Instance.SECOND:
        body = _B.PROVINCE_CHAIR
        why = Reason("Khiếu nại lần hai về quyết định của cấp huyện cũ: Chủ tịch UBND tỉnh, thành phố giải quyết.",
                     "H07, H08", "Luật Khiếu nại Điều 21")  # fmt: skip
        own = matter.owns(body)
    elif successor is None:
        return Competence(False, _B.OTHER_SYSTEM, "report_to_head", (_NOT_IN_THE_TABLE,), certain=False)
    else:
        body, own, why = HEAD_OF_LEVEL[successor.level], successor.is_ours, _succession(successor)
    if own:
        return Competence(True, body, "open_case", (why,), certain=False)
    return replace(_complaint_not_ours(matter, body, why), certain=False)


def _disciplinary(matter: _Matter) -> Competence:
    """K03, K09: in writing only; the issuer first, then the head of the direct superior body."""
    second = matter.instance == Instance.SECOND
    body = _B.DISCIPLINARY_SUPERIOR if second else _B.DISCIPLINARY_ISSUER
    reasons = (
        Reason("Khiếu nại quyết định kỷ luật: người ra quyết định giải quyết lần đầu, người đứng đầu cơ quan "
               "cấp trên trực tiếp giải quyết lần hai.", "K09", "Luật Khiếu nại Điều 51"),
        Reason(f"Phải bằng đơn; thời hiệu lần đầu {length('KNK_TIMEBAR')} từ ngày nhận quyết định kỷ luật.", "K01, K03",
               "Luật Khiếu nại Điều 48, Điều 49"),
    )  # fmt: skip
    if matter.signs.respondent_is_ours:
        return Competence(True, body, "open_case", reasons, certain=False, disciplinary=True)
    proposal = _complaint_not_ours(matter, body, *reasons)
    return replace(proposal, certain=False, disciplinary=True)


def _outside_administration(matter: _Matter) -> tuple[CompetentBody, Reason]:
    """Return the system a complaint belongs to when its respondent is no administrative body (P20)."""
    article = "TT 05/2021; TT 07/2014 Điều 23 đến Điều 26"
    if matter.respondent == _R.COURT:
        return _B.COURT, Reason("Bản án, quyết định, hành vi tố tụng, thi hành án: theo pháp luật tố tụng, "
                                "không thuộc thẩm quyền UBND.", "P20", article)  # fmt: skip
    if matter.respondent == _R.PUBLIC_SERVICE_UNIT:
        return _B.MANAGING_AUTHORITY, Reason("Đơn vị sự nghiệp công lập: theo quy định riêng và cơ quan quản lý "
                                             "đơn vị.", "P20", article)  # fmt: skip
    if matter.respondent != _R.PRIVATE:
        return _B.OTHER_SYSTEM, Reason("Chưa rõ người, cơ quan bị khiếu nại: hãy ghi rõ để xác định thẩm quyền.",
                                       "P05", "TT 05/2021 Điều 6")  # fmt: skip
    if matter.field == Field.LABOUR:
        return _B.LABOUR_INSPECTION, Reason("Khiếu nại người sử dụng lao động không phải khiếu nại hành chính: "
                                            "hướng dẫn đến cơ quan về lao động.", "P20", article)  # fmt: skip
    return _B.COURT, Reason("Tranh chấp giữa cá nhân, doanh nghiệp: toà án giải quyết theo pháp luật dân sự.",
                            "P20", article)  # fmt: skip


def _complaint_not_ours(matter: _Matter, body: CompetentBody, *why: Reason) -> Competence:
    """P10, P11: return to the forwarder, guide once, store when guided before; at reception also transfer (V12)."""
    signs, certain = matter.signs, body is not _B.OTHER_SYSTEM
    if signs.forwarded:
        step = Reason("Không thuộc thẩm quyền, do nơi khác chuyển đến: trả lại nơi chuyển, nêu lý do.", "P11",
                      "TT 05/2021 Điều 8 khoản 2")  # fmt: skip
        return Competence(False, body, "return", (*why, step), certain=False)
    if signs.guided_before:
        step = Reason("Đã hướng dẫn một lần về cùng nội dung: lưu đơn.", "P10", "TT 05/2021 Điều 8 khoản 1")
        ground = IneligibleReason.GUIDED_BEFORE.value
        return Competence(False, body, "store", (*why, step), certain=certain, store_ground=ground)
    step = Reason("Không thuộc thẩm quyền: hướng dẫn người khiếu nại đến nơi có thẩm quyền, một lần.", "P10",
                  "TT 05/2021 Điều 8 khoản 1")  # fmt: skip
    if not signs.came_in_person:
        return Competence(False, body, "guide", (*why, step), certain=certain)
    also = Reason("Tại nơi tiếp công dân có thể hướng dẫn hoặc chuyển đơn.", "R08",
                  "Luật Tiếp công dân Điều 26 (Luật 136/2025 Điều 1 khoản 11)")  # fmt: skip
    return Competence(False, body, "guide", (*why, step, also), certain=certain, alternatives=("transfer",))


def _reclassify(matter: _Matter, kind: PetitionKind, body: CompetentBody, *why: Reason) -> Competence:
    return Competence(matter.owns(body), body, "classify", why, certain=False, reclassify_as=kind)


def _denunciation(matter: _Matter) -> Competence:
    signs = matter.signs
    if signs.crime_signs:
        why = Reason("Có dấu hiệu tội phạm: chuyển ngay hồ sơ đến cơ quan điều tra hoặc viện kiểm sát.", "TC08",
                     "Luật Tố cáo Điều 27 khoản 1")  # fmt: skip
        return Competence(False, _B.INVESTIGATION, "to_investigation", (why,), certain=False)
    if signs.outside_form or signs.anonymous:
        return _not_under_the_law(matter)
    if matter.respondent == _R.REGULATION:
        why = Reason("Nội dung là phản ánh về quy định hành chính, không phải hành vi của một người.", "P07",
                     "Nghị định 20/2008")  # fmt: skip
        return _reclassify(matter, _K.ADMIN_FEEDBACK, _B.FEEDBACK_OFFICE, why)
    if matter.instance == Instance.SECOND or signs.overdue:
        return _to_superior(matter)
    body, own, certain, reasons = _denunciation_body(matter)
    if not own:
        return _denunciation_not_ours(matter, body, *reasons, certain=certain)
    own_reasons = [*reasons, Reason(f"Thuộc thẩm quyền: kiểm tra điều kiện thụ lý trong {length('TC_INIT')}.", "P13, TC03",
                                    "Luật Tố cáo Điều 24 khoản 1")]  # fmt: skip
    if not matter.looked_at:
        own_reasons.append(_CONFIRM_OURS)
    if signs.forwarded:
        own_reasons.append(Reason(f"Do báo chí, cơ quan khác chuyển đến: báo kết quả cho nơi chuyển trong {length('TC_PRESS')}.",
                                  "TC07", "Luật Tố cáo Điều 26 khoản 2"))  # fmt: skip
    return Competence(True, body, "open_case", tuple(own_reasons), certain=certain and matter.looked_at)


def _denunciation_body(matter: _Matter) -> tuple[CompetentBody, bool, bool, list[Reason]]:
    """Return who resolves, whether that is the receiving body, whether it is certain, and why (4.4)."""
    ours = matter.signs.respondent_is_ours is not False
    if matter.respondent in DENUNCIATION_LADDER:
        body, why = DENUNCIATION_LADDER[matter.respondent]
        return body, matter.owns(body), matter.respondent != _R.COMMUNE, [why]
    if matter.respondent == _R.FORMER_DISTRICT:
        why = Reason("Tố cáo lãnh đạo UBND cấp huyện cũ, nay đã giải thể: Chủ tịch UBND tỉnh, thành phố giải quyết.",
                     "H05", "Luật Tố cáo Điều 12 khoản 5")  # fmt: skip
        return _B.PROVINCE_CHAIR, matter.owns(_B.PROVINCE_CHAIR), False, [why]
    if matter.respondent == _R.FORMER_DISTRICT_OFFICER:
        return _former_official(matter)
    if matter.respondent == _R.PUBLIC_SERVICE_UNIT:
        why = Reason("Tố cáo người của đơn vị sự nghiệp công lập: người đứng đầu cơ quan quản lý trực tiếp đơn vị đó "
                     "giải quyết.", "4.4", "Luật Tố cáo Điều 13 khoản 1, 3, 4")  # fmt: skip
        return _B.MANAGING_AUTHORITY, ours, False, [why]
    if matter.respondent in (_R.PRIVATE, _R.RESIDENT_GROUP):
        why = Reason("Tố cáo vi phạm quản lý nhà nước trong một lĩnh vực: cơ quan có chức năng quản lý lĩnh vực đó "
                     "giải quyết.", "4.4", "Luật Tố cáo Điều 41")  # fmt: skip
        return _B.FIELD_AUTHORITY, ours, False, [why]
    if matter.respondent == _R.COURT:
        why = Reason("Tố cáo người của toà án, viện kiểm sát, thi hành án: theo quy định của hệ thống đó.", "P20",
                     "TT 07/2014 Điều 23")  # fmt: skip
        return _B.COURT, False, True, [why]
    why = Reason(
        "Chưa rõ người, cơ quan bị tố cáo: hãy ghi rõ để xác định thẩm quyền.", "P05", "TT 05/2021 Điều 6"
    )
    return _B.OTHER_SYSTEM, False, False, [why]


def _former_official(matter: _Matter) -> tuple[CompetentBody, bool, bool, list[Reason]]:
    """H04: the head of the body where the person works now; the table only helps to find it."""
    why = Reason("Tố cáo công chức của cấp huyện cũ: người đứng đầu cơ quan nơi người đó đang làm việc giải quyết; "
                 "hãy xác định nơi làm việc hiện nay.", "H04", "Luật Tố cáo Điều 12 khoản 3, 4")  # fmt: skip
    successor = matter.signs.successor
    if successor is None:
        return _B.OTHER_SYSTEM, matter.signs.respondent_is_ours is True, False, [why]
    return HEAD_OF_LEVEL[successor.level], successor.is_ours, False, [why, _succession(successor)]


def _denunciation_not_ours(
    matter: _Matter, body: CompetentBody, *why: Reason, certain: bool = True, as_superior: bool = False
) -> Competence:
    """P14, P24, TC05: transfer once, within five working days; guide who came in person; never a second time."""
    signs = matter.signs
    if signs.guided_before or signs.sent_to_right_body:
        ground = (
            IneligibleReason.GUIDED_BEFORE if signs.guided_before else IneligibleReason.SENT_TO_RIGHT_BODY
        )
        step = Reason("Không thuộc thẩm quyền, đã gửi đúng nơi hoặc đã hướng dẫn, chuyển: không xử lý lại.", "P24",
                      "Luật Tố cáo Điều 24 khoản 3")  # fmt: skip
        return Competence(False, body, "store", (*why, step), certain, as_superior, store_ground=ground.value)
    if signs.came_in_person:
        step = Reason("Người tố cáo đến trực tiếp: hướng dẫn đến nơi có thẩm quyền.", "TC05",
                      "Luật Tố cáo Điều 24 khoản 2")  # fmt: skip
        also = Reason("Tại nơi tiếp công dân cũng có thể chuyển đơn, giữ bí mật người tố cáo.", "R08, V12, I07",
                      "Luật Tiếp công dân Điều 26 (Luật 136/2025 Điều 1 khoản 11)")  # fmt: skip
        return Competence(
            False, body, "guide", (*why, step, also), certain, as_superior, alternatives=("transfer",)
        )
    step = Reason(f"Chuyển đơn và tài liệu trong {length('TC_TRANSFER')}, giữ bí mật người tố cáo, báo cho người tố cáo.",
                  "P14, TC05, I07", "Luật Tố cáo Điều 24 khoản 2, Điều 56")  # fmt: skip
    return Competence(False, body, "transfer", (*why, step), certain, as_superior)


def _to_superior(matter: _Matter) -> Competence:
    """TC22, TC33: a continued denunciation goes to the head directly above whoever resolves, or should have."""
    body, _own, certain, reasons = _denunciation_body(matter)
    late_resolver_named = matter.signs.overdue and matter.respondent in (_R.COMMUNE, _R.COMMUNE_CHAIR)
    resolver = _B.COMMUNE_CHAIR if late_resolver_named else body
    superior = SUPERIOR.get(resolver, _B.OTHER_SYSTEM)
    if matter.signs.overdue:
        why = Reason("Quá thời hạn mà chưa giải quyết: người đứng đầu cơ quan cấp trên trực tiếp yêu cầu giải quyết, "
                     "báo cáo.", "TC22, P15", "Luật Tố cáo Điều 38")  # fmt: skip
        outcome = "demand_subordinate"
    else:
        why = Reason("Tố cáo tiếp sau khi đã có kết luận: người đứng đầu cơ quan cấp trên trực tiếp xem xét "
                     f"trong {length('TC_CONT_REVIEW')}.", "TC33", "Luật Tố cáo Điều 37")  # fmt: skip
        outcome = "open_case"
    known = superior is not _B.OTHER_SYSTEM and (certain or late_resolver_named)
    if matter.owns(superior):
        return Competence(True, superior, outcome, (why,), certain=known, as_superior=True)
    told = () if late_resolver_named else reasons
    return _denunciation_not_ours(matter, superior, *told, why, certain=known, as_superior=True)


def _not_under_the_law(matter: _Matter) -> Competence:
    """P22, P23, TC06: anonymous, or on a channel that is no form of denunciation."""
    signs = matter.signs
    body, own, _certain, _reasons = _denunciation_body(matter)
    what = (
        "Không rõ người tố cáo" if signs.anonymous else "Thư điện tử, điện thoại không phải hình thức tố cáo"
    )
    basis = Reason(
        f"{what}: không giải quyết theo Luật Tố cáo.", "TC01, TC06", "Luật Tố cáo Điều 22, Điều 25 khoản 1"
    )
    if signs.has_evidence:
        step = Reason("Nêu rõ người vi phạm, có chứng cứ cụ thể, có cơ sở thẩm tra: thanh tra, kiểm tra hoặc chuyển "
                      "để thanh tra, kiểm tra.", "P23", "Luật Tố cáo Điều 25 khoản 2")  # fmt: skip
        return Competence(own, body, "to_inspection", (basis, step))
    if not signs.anonymous and matter.respondent in (_R.PRIVATE, _R.RESIDENT_GROUP):
        step = Reason("Nội dung là phản ánh một tình hình tại địa bàn: phân loại là kiến nghị, phản ánh; hoặc hướng "
                      "dẫn viết đơn tố cáo, đến trực tiếp.", "P02", "TT 05/2021 Điều 6 khoản 1")  # fmt: skip
        return replace(
            _reclassify(matter, _K.PROPOSAL, _B.COMMUNE_UNIT, basis, step), alternatives=("store",)
        )
    step = Reason("Không có chứng cứ cụ thể: lưu đơn.", "P22", "Luật Tố cáo Điều 25 khoản 1")
    ground = (IneligibleReason.ANONYMOUS if signs.anonymous else IneligibleReason.WRONG_FORM).value
    return Competence(False, body, "store", (basis, step), certain=signs.anonymous, store_ground=ground)


def _proposal(matter: _Matter) -> Competence:
    signs = matter.signs
    if matter.respondent == _R.REGULATION:
        why = Reason("Phản ánh về quy định, thủ tục hành chính có kênh riêng: phân loại lại.", "P07, F05",
                     "Nghị định 20/2008 Điều 5, Điều 9")  # fmt: skip
        return _reclassify(matter, _K.ADMIN_FEEDBACK, _B.FEEDBACK_OFFICE, why)
    body, own = _proposal_body(matter)
    if signs.answered_before:
        why = Reason("Đã được hướng dẫn, trả lời bằng văn bản, không có nội dung mới: lưu đơn; nếu người gửi đến "
                     "trực tiếp, có thể từ chối tiếp bằng văn bản.", "P04, F04",
                     "TT 05/2021 Điều 6 khoản 2; Nghị định 154/2026 Điều 4 khoản 1 điểm h")  # fmt: skip
        return Competence(own, body, "store", (why,), store_ground=IneligibleReason.GUIDED_BEFORE.value,
                          refusal_ground=RefusalGround.D4_H.value)  # fmt: skip
    if own:
        why = Reason("Thuộc thẩm quyền: đề xuất người đứng đầu xem xét, giao giải quyết.", "P17, F01",
                     "Luật Tiếp công dân Điều 26 khoản 2")  # fmt: skip
        told = (why,) if matter.looked_at else (why, _CONFIRM_OURS)
        return Competence(True, body, "open_case", told, certain=matter.looked_at)
    why = Reason("Không thuộc thẩm quyền: chuyển đơn đến cơ quan có thẩm quyền.", "P18, F02",
                 "Luật Tiếp công dân Điều 26 khoản 2")  # fmt: skip
    return Competence(False, body, "transfer", (why,), certain=body is not _B.FIELD_AUTHORITY)


_PROPOSAL_BODIES: Mapping[str, CompetentBody] = {
    _R.COMMUNE: _B.COMMUNE_UNIT,
    _R.COMMUNE_CHAIR: _B.COMMUNE_UNIT,
    _R.COMMUNE_OFFICER: _B.COMMUNE_UNIT,
    _R.RESIDENT_GROUP: _B.COMMUNE_UNIT,
    _R.DEPARTMENT: _B.DEPARTMENT,
    _R.DEPARTMENT_DIRECTOR: _B.DEPARTMENT,
    _R.DEPARTMENT_DEPUTY: _B.DEPARTMENT,
    _R.DEPARTMENT_OFFICER: _B.DEPARTMENT,
    _R.PROVINCE_CHAIR: _B.PROVINCE_CHAIR,
    _R.COURT: _B.COURT,
}


def _proposal_body(matter: _Matter) -> tuple[CompetentBody, bool]:
    """Return whose matter a proposal is; one that names no administrative body is the receiver's to look at first."""
    successor = matter.signs.successor
    if matter.respondent in _FORMER and successor is not None:
        return HEAD_OF_LEVEL[successor.level], successor.is_ours
    body = _PROPOSAL_BODIES.get(matter.respondent)
    if body is not None:
        return body, matter.owns(body)
    return _B.FIELD_AUTHORITY, matter.signs.respondent_is_ours is not False


def _mixed(matter: _Matter) -> Competence:
    """X19: split into linked petitions where one body is competent for all, else guide to write them apart."""
    body = _PROPOSAL_BODIES.get(matter.respondent, _B.OTHER_SYSTEM)
    if matter.owns(body):
        why = Reason("Đơn có nhiều nội dung thuộc thẩm quyền của cơ quan mình: tách riêng từng nội dung, giữ "
                     "ngày nhận.", "P19, R06", "Luật Tiếp công dân Điều 25 khoản 3")  # fmt: skip
        return Competence(True, body, "split", (why,), certain=False, alternatives=("guide_split",))
    why = Reason("Đơn có nhiều nội dung thuộc nhiều cơ quan: hướng dẫn tách thành đơn riêng gửi từng nơi.", "P19",
                 "TT 07/2014 Điều 22")  # fmt: skip
    return Competence(False, body, "guide_split", (why,), certain=False, alternatives=("split",))


def _other(matter: _Matter) -> Competence:
    """P20: courts, Party and elected bodies, mass organisations and the like answer under their own rules."""
    judicial = matter.respondent == _R.COURT or matter.field in (Field.JUSTICE, Field.CIVIL)
    body = _B.COURT if judicial else _B.OTHER_SYSTEM
    what = "Tranh chấp dân sự, việc tư pháp: toà án, cơ quan tư pháp giải quyết" if judicial else (
        "Không phải khiếu nại, tố cáo, kiến nghị, phản ánh với cơ quan hành chính")  # fmt: skip
    why = Reason(
        f"{what}: hướng dẫn hoặc chuyển theo quy định riêng.", "P20", "TT 07/2014 Điều 23 đến Điều 26"
    )
    if matter.signs.guided_before:
        ground = IneligibleReason.GUIDED_BEFORE.value
        return Competence(False, body, "store", (why,), certain=judicial, store_ground=ground)
    return Competence(False, body, "guide", (why,), certain=judicial, alternatives=("transfer",))


def _admin_feedback(matter: _Matter) -> Competence:
    """F05a, F06: the office of the province looks at it; who else receives it passes it on in five working days."""
    if matter.receiving.level is Level.PROVINCE:
        own = Reason("Nội dung quy định thuộc thẩm quyền: mở vụ việc; về chậm trễ, phiền hà thì chuyển nơi có thẩm "
                     "quyền.", "F05a, F07", "Nghị định 20/2008 Điều 9, Điều 14")  # fmt: skip
        others = ("transfer", "transfer_conduct", "store")
        return Competence(True, _B.FEEDBACK_OFFICE, "open_case", (own,), certain=False, alternatives=others)
    why = Reason(f"Phản ánh, kiến nghị về quy định hành chính: chuyển đầu mối tiếp nhận trong {length('FB_TRANSFER')}.", "F06",
                 "Nghị định 20/2008 Điều 9")  # fmt: skip
    others = ("open_case", "transfer_conduct", "store")
    return Competence(False, _B.FEEDBACK_OFFICE, "transfer", (why,), certain=False, alternatives=others)


_BY_KIND: Mapping[str, Callable[[_Matter], Competence]] = {
    _K.COMPLAINT: _complaint,
    _K.DENUNCIATION: _denunciation,
    _K.PROPOSAL: _proposal,
    _K.MIXED: _mixed,
    _K.OTHER: _other,
    _K.ADMIN_FEEDBACK: _admin_feedback,
}
