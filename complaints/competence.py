"""What a proposal of competence is made of, and the ladders of law.md 3.6 and 4.4 as data. Pure."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from complaints.codes import Code, RespondentLevel, Source


class Level(StrEnum):
    """The level of the body that received the petition."""

    COMMUNE = "commune"
    DEPARTMENT = "department"
    PROVINCE = "province"


class CompetentBody(Code):
    """Who decides: the person or body a proposal names."""

    COMMUNE_CHAIR = "commune_chair", "Chủ tịch UBND xã, phường", "Commune chair"
    COMMUNE_UNIT = "commune_unit", "UBND xã, phường", "Commune People's Committee"
    DEPARTMENT_DIRECTOR = "department_director", "Giám đốc sở", "Department director"
    DEPARTMENT = "department", "Sở, ngành", "Department"
    PROVINCE_CHAIR = "province_chair", "Chủ tịch UBND tỉnh, thành phố", "Provincial chair"
    MINISTER = "minister", "Bộ trưởng quản lý lĩnh vực", "Minister in charge of the field"
    PRIME_MINISTER = "prime_minister", "Thủ tướng Chính phủ", "Prime Minister"
    MANAGING_AUTHORITY = "managing_authority", "Cơ quan quản lý trực tiếp đơn vị", "Managing authority"
    FIELD_AUTHORITY = "field_authority", "Cơ quan quản lý nhà nước về lĩnh vực", "Authority over the field"
    DISCIPLINARY_ISSUER = (
        "disciplinary_issuer",
        "Người ra quyết định kỷ luật",
        "Issuer of the disciplinary decision",
    )
    DISCIPLINARY_SUPERIOR = (
        "disciplinary_superior", "Người đứng đầu cơ quan cấp trên trực tiếp", "Head of the direct superior body",
    )  # fmt: skip
    LABOUR_INSPECTION = "labour_inspection", "Cơ quan quản lý, thanh tra về lao động", "Labour authority"
    COURT = "court", "Toà án, cơ quan tư pháp", "Court or judicial body"
    INVESTIGATION = "investigation", "Cơ quan điều tra, Viện kiểm sát", "Investigation body or procuracy"
    FEEDBACK_OFFICE = (
        "feedback_office", "Đầu mối phản ánh, kiến nghị về quy định hành chính", "Office for feedback on regulations",
    )  # fmt: skip
    OTHER_SYSTEM = (
        "other_system",
        "Cơ quan có thẩm quyền theo quy định riêng",
        "Competent body of another system",
    )


@dataclass(frozen=True)
class BodyFacts:
    """The body that received the petition. `kind` is the unit kind; see `routing.body_facts`."""

    level: Level
    kind: str = ""


@dataclass(frozen=True)
class Successor:
    """Who took over from the respondent, by the province's own table (law.md 9); never derived in code."""

    old_body: str
    new_body: str
    level: Level
    is_ours: bool  # the receiving body itself
    legal_basis: str
    since: str  # day as people write it


@dataclass(frozen=True)
class Signs:
    """What the petition and the record show besides kind, field and respondent. All are optional."""

    source: str = Source.POST.value
    in_person: bool | None = None  # None: as the source says
    eligible: bool | None = None
    anonymous: bool = False
    has_evidence: bool = False
    guided_before: bool = False  # guided or transferred before on the same content
    sent_to_right_body: bool = False
    respondent_is_ours: bool | None = None  # None: not looked at yet, assumed and to be confirmed
    disciplinary: bool = False  # a complaint about a disciplinary decision
    time_barred: bool = False
    crime_signs: bool = False
    overdue: bool = False  # the denunciation says that the resolver has let the limit pass
    answered_before: bool = False  # guided or answered in writing, nothing new
    missing_ground: str = ""  # the first condition that a person found missing (P03)
    successor: Successor | None = None

    @property
    def came_in_person(self) -> bool:
        """Tell whether the sender came to the reception place."""
        return self.source == Source.IN_PERSON if self.in_person is None else self.in_person

    @property
    def forwarded(self) -> bool:
        """Tell whether a deputy, leader, newspaper or another body sent it on."""
        return self.source.startswith("forwarded_")

    @property
    def outside_form(self) -> bool:
        """Tell whether it came on a channel that is no form of denunciation: e-mail, portal, telephone (TC01)."""
        return self.source in (Source.ONLINE, Source.PHONE)


@dataclass(frozen=True)
class Reason:
    """One sentence for the officer, law.md's row and the article it rests on."""

    text_vi: str
    cite: str
    article: str = ""


@dataclass(frozen=True)
class Competence:
    """A proposal. `outcome` is an action of the intake workflow; `certain` False asks the person to look closely."""

    own: bool
    body: str  # CompetentBody
    outcome: str
    reasons: tuple[Reason, ...]
    certain: bool = True
    as_superior: bool = (
        False  # competent as the direct superior of whoever resolves (Luật Tố cáo Điều 37, 38)
    )
    disciplinary: bool = False
    store_ground: str = ""  # IneligibleReason to propose when the outcome is 'store'
    non_acceptance: str = ""  # NonAcceptanceGround: the head is to refuse acceptance (Mẫu 04)
    refusal_ground: str = ""  # RefusalGround: what reception may answer if the person comes with it
    reclassify_as: str = ""  # PetitionKind, when the outcome is 'classify'
    alternatives: tuple[str, ...] = ()  # other actions that the law allows as well

    @property
    def body_vi(self) -> str:
        """Return the competent body in Vietnamese."""
        return CompetentBody(self.body).vi  # type: ignore[call-arg]

    def as_dict(self) -> dict[str, Any]:
        """Return the proposal as JSON values, as it is kept beside the petition."""
        return asdict(self) | {
            "reasons": [asdict(reason) for reason in self.reasons],
            "alternatives": list(self.alternatives),
        }


_B, _R = CompetentBody, RespondentLevel

LEVEL_OF_BODY: Mapping[str, Level] = {
    _B.COMMUNE_CHAIR: Level.COMMUNE,
    _B.COMMUNE_UNIT: Level.COMMUNE,
    _B.DEPARTMENT_DIRECTOR: Level.DEPARTMENT,
    _B.DEPARTMENT: Level.DEPARTMENT,
    _B.PROVINCE_CHAIR: Level.PROVINCE,
}

_COMMUNE_LADDER = Reason(
    "Quyết định, hành vi của Chủ tịch UBND xã, phường, phòng chuyên môn và công chức do mình quản lý: "
    "Chủ tịch UBND xã, phường giải quyết lần đầu, Chủ tịch UBND tỉnh, thành phố giải quyết lần hai.",
    "3.6", "Luật Khiếu nại Điều 17, Điều 21 (Luật 136/2025 Điều 2 khoản 7, 8)",
)  # fmt: skip
_DEPARTMENT_LADDER = Reason(
    "Quyết định, hành vi của giám đốc sở và công chức do mình quản lý: giám đốc sở giải quyết lần đầu, "
    "Chủ tịch UBND tỉnh, thành phố giải quyết lần hai.",
    "3.6", "Luật Khiếu nại Điều 20, Điều 21",
)  # fmt: skip
_PROVINCE_LADDER = Reason(
    "Quyết định, hành vi của Chủ tịch UBND tỉnh, thành phố: Chủ tịch giải quyết lần đầu, "
    "Bộ trưởng quản lý lĩnh vực giải quyết lần hai.",
    "3.6", "Luật Khiếu nại Điều 21, Điều 23",
)  # fmt: skip

# Respondent -> who resolves the first complaint, who the second, and why (law.md 3.6, since 2025-07-01).
COMPLAINT_LADDER: Mapping[str, tuple[CompetentBody, CompetentBody, Reason]] = {
    _R.COMMUNE: (_B.COMMUNE_CHAIR, _B.PROVINCE_CHAIR, _COMMUNE_LADDER),
    _R.COMMUNE_CHAIR: (_B.COMMUNE_CHAIR, _B.PROVINCE_CHAIR, _COMMUNE_LADDER),
    _R.COMMUNE_OFFICER: (_B.COMMUNE_CHAIR, _B.PROVINCE_CHAIR, _COMMUNE_LADDER),
    _R.DEPARTMENT: (_B.DEPARTMENT_DIRECTOR, _B.PROVINCE_CHAIR, _DEPARTMENT_LADDER),
    _R.DEPARTMENT_DIRECTOR: (_B.DEPARTMENT_DIRECTOR, _B.PROVINCE_CHAIR, _DEPARTMENT_LADDER),
    _R.DEPARTMENT_DEPUTY: (_B.DEPARTMENT_DIRECTOR, _B.PROVINCE_CHAIR, _DEPARTMENT_LADDER),
    _R.DEPARTMENT_OFFICER: (_B.DEPARTMENT_DIRECTOR, _B.PROVINCE_CHAIR, _DEPARTMENT_LADDER),
    _R.PROVINCE_CHAIR: (_B.PROVINCE_CHAIR, _B.MINISTER, _PROVINCE_LADDER),
}

# Denounced -> who resolves, and why (law.md 4.4, branch (a)).
DENUNCIATION_LADDER: Mapping[str, tuple[CompetentBody, Reason]] = {
    _R.COMMUNE_OFFICER: (_B.COMMUNE_CHAIR, Reason(
        "Tố cáo phòng chuyên môn, công chức do UBND xã, phường quản lý trực tiếp: Chủ tịch UBND xã, phường giải quyết.",
        "4.4", "Luật Tố cáo Điều 13 khoản 1 (Luật 136/2025 Điều 3 khoản 2)")),
    _R.COMMUNE_CHAIR: (_B.PROVINCE_CHAIR, Reason(
        "Tố cáo Chủ tịch, Phó Chủ tịch UBND xã, phường: Chủ tịch UBND tỉnh, thành phố giải quyết.",
        "4.4", "Luật Tố cáo Điều 13 khoản 4 (Luật 136/2025 Điều 3 khoản 2)")),
    _R.COMMUNE: (_B.PROVINCE_CHAIR, Reason(
        "Tố cáo UBND xã, phường với tư cách cơ quan: Chủ tịch UBND tỉnh, thành phố giải quyết.",
        "4.4", "Luật Tố cáo Điều 12 khoản 1, 6")),
    _R.DEPARTMENT_OFFICER: (_B.DEPARTMENT_DIRECTOR, Reason(
        "Tố cáo đơn vị, công chức thuộc sở: giám đốc sở giải quyết.", "4.4", "Luật Tố cáo Điều 13 khoản 3")),
    _R.DEPARTMENT: (_B.PROVINCE_CHAIR, Reason(
        "Tố cáo cơ quan thuộc UBND tỉnh, thành phố: Chủ tịch UBND tỉnh, thành phố giải quyết.",
        "4.4", "Luật Tố cáo Điều 13 khoản 4")),
    _R.DEPARTMENT_DIRECTOR: (_B.PROVINCE_CHAIR, Reason(
        "Tố cáo giám đốc, phó giám đốc sở: Chủ tịch UBND tỉnh, thành phố giải quyết.",
        "4.4", "Luật Tố cáo Điều 13 khoản 4")),
    _R.DEPARTMENT_DEPUTY: (_B.PROVINCE_CHAIR, Reason(
        "Tố cáo giám đốc, phó giám đốc sở: Chủ tịch UBND tỉnh, thành phố giải quyết.",
        "4.4", "Luật Tố cáo Điều 13 khoản 4")),
    _R.PROVINCE_CHAIR: (_B.PRIME_MINISTER, Reason(
        "Tố cáo Chủ tịch, Phó Chủ tịch UBND tỉnh, thành phố: Thủ tướng Chính phủ giải quyết.",
        "4.4", "Luật Tố cáo Điều 13 khoản 8")),
}  # fmt: skip

# Whoever heads a body of a level, as the one who resolves.
HEAD_OF_LEVEL: Mapping[Level, CompetentBody] = {
    Level.COMMUNE: _B.COMMUNE_CHAIR,
    Level.DEPARTMENT: _B.DEPARTMENT_DIRECTOR,
    Level.PROVINCE: _B.PROVINCE_CHAIR,
}

# The head directly above whoever resolves (Luật Tố cáo Điều 37, 38); a ministry's own superiors are not ours to route.
SUPERIOR: Mapping[str, CompetentBody] = {
    _B.COMMUNE_CHAIR: _B.PROVINCE_CHAIR,
    _B.DEPARTMENT_DIRECTOR: _B.PROVINCE_CHAIR,
    _B.PROVINCE_CHAIR: _B.PRIME_MINISTER,
}
