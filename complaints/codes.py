"""The code lists of the law, each value with its Vietnamese and English label and its article. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self


class Code(StrEnum):
    """A value of a code list. Members are written `NAME = "value", "nhãn", "label", "article"`."""

    vi: str
    en: str
    article: str

    def __new__(cls, value: str, vi: str, en: str, article: str = "") -> Self:
        """Make a member whose value is the stored code."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.vi, member.en, member.article = vi, en, article
        return member


def label(codes: type[Code], value: str | None, lang: str = "vi") -> str:
    """Return the label of a stored value, or the value itself when the list no longer has it."""
    try:
        member = codes(value)  # type: ignore[call-arg,arg-type]
    except ValueError:
        return value or ""
    return member.en if lang == "en" else member.vi


def choices(codes: type[Code], lang: str = "vi") -> list[tuple[str, str]]:
    """Return (value, label) pairs for a form, in the order of the list."""
    return [(member.value, member.en if lang == "en" else member.vi) for member in codes]


class PetitionKind(Code):
    """What a petition is, by its content and not its title (P02)."""

    COMPLAINT = "complaint", "Khiếu nại", "Complaint", "TT 05/2021 Điều 6"
    DENUNCIATION = "denunciation", "Tố cáo", "Denunciation", "TT 05/2021 Điều 6"
    PROPOSAL = "proposal", "Kiến nghị, phản ánh", "Proposal or feedback", "TT 05/2021 Điều 6"
    MIXED = "mixed", "Nhiều nội dung", "Mixed contents", "TT 05/2021 Điều 6"
    OTHER = "other", "Khác (tư pháp, dân sự...)", "Other (courts, civil...)", "TT 05/2021 Điều 6"
    ADMIN_FEEDBACK = (
        "admin_feedback", "Phản ánh về quy định hành chính", "Feedback on regulations", "NĐ 20/2008",
    )  # fmt: skip


class CaseKind(Code):
    """What a case resolves."""

    COMPLAINT = "complaint", "Khiếu nại", "Complaint"
    DENUNCIATION = "denunciation", "Tố cáo", "Denunciation"
    PROPOSAL = "proposal", "Kiến nghị, phản ánh", "Proposal or feedback"
    ADMIN_FEEDBACK = "admin_feedback", "Phản ánh về quy định hành chính", "Feedback on regulations"


class Instance(Code):
    """First or second complaint; first or continued denunciation (reports.md 02/XLD)."""

    FIRST = "first", "Lần đầu", "First"
    SECOND = "second", "Lần hai / tố cáo tiếp", "Second / continued"


class Source(Code):
    """How a petition came (P01)."""

    IN_PERSON = "in_person", "Trực tiếp tại nơi tiếp công dân", "In person"
    POST = "post", "Bưu chính", "By post"
    BOX = "box", "Hòm thư góp ý", "Letter box"
    ONLINE = "online", "Trực tuyến, thư điện tử", "Online"
    PHONE = "phone", "Điện thoại", "By telephone"
    FORWARDED_DEPUTY = (
        "forwarded_deputy",
        "Đại biểu, đoàn đại biểu, HĐND chuyển",
        "Forwarded by a deputy or council",
    )
    FORWARDED_PRESS = "forwarded_press", "Cơ quan báo chí chuyển", "Forwarded by the press"
    FORWARDED_LEADER = "forwarded_leader", "Lãnh đạo Đảng, Nhà nước chuyển", "Handed down by leaders"
    FORWARDED_BODY = "forwarded_body", "Cơ quan, tổ chức khác chuyển", "Forwarded by another body"


class Field(Code):
    """What a matter is about, in the office's words."""

    LAND = "land", "Đất đai", "Land"
    CONSTRUCTION = "construction", "Xây dựng", "Construction"
    URBAN = "urban", "Đô thị", "Urban services"
    ENVIRONMENT = "environment", "Môi trường", "Environment"
    TRAFFIC = "traffic", "Giao thông", "Traffic"
    SOCIAL = "social", "Chính sách xã hội", "Social policy"
    EDUCATION = "education", "Giáo dục", "Education"
    HEALTH = "health", "Y tế", "Health"
    LABOUR = "labour", "Lao động", "Labour"
    FINANCE = "finance", "Tài chính", "Finance"
    ADMINISTRATION = "administration", "Hành chính, công vụ", "Administration"
    JUSTICE = "justice", "Tư pháp", "Justice"
    SECURITY = "security", "An ninh trật tự", "Public order"
    CULTURE = "culture", "Văn hoá", "Culture"
    CIVIL = "civil", "Dân sự", "Civil matters"
    OTHER = "other", "Khác", "Other"


class StatutoryField(Code):
    """The fields of form 02/XLD (Thông tư 06/2025), by its own words."""

    LAND = "land", "Đất đai", "Land", "TT 06/2025 mẫu 02/XLD"
    POLICY = "policy", "Chế độ, chính sách", "Policy", "TT 06/2025 mẫu 02/XLD"
    ADMINISTRATIVE = "administrative", "Hành chính", "Administrative", "TT 06/2025 mẫu 02/XLD"
    CORRUPTION = "corruption", "Tham nhũng", "Corruption", "TT 06/2025 mẫu 02/XLD"
    JUDICIAL = "judicial", "Tư pháp", "Judicial", "TT 06/2025 mẫu 02/XLD"
    OTHER = "other", "Khác", "Other", "TT 06/2025 mẫu 02/XLD"


_POLICY_FIELDS = frozenset({Field.SOCIAL, Field.EDUCATION, Field.HEALTH, Field.LABOUR})
_DUTY_FIELDS = _POLICY_FIELDS | {Field.LAND, Field.CONSTRUCTION, Field.ADMINISTRATION, Field.FINANCE}


def statutory_field(kind: str, field: str) -> str:
    """Suggest the word of form 02/XLD for a kind and field; a person may correct it (corruption is never guessed)."""
    if kind == PetitionKind.DENUNCIATION:
        if field in _DUTY_FIELDS:
            return StatutoryField.ADMINISTRATIVE.value
        return StatutoryField.JUDICIAL.value if field == Field.JUSTICE else StatutoryField.OTHER.value
    if field == Field.LAND:
        return StatutoryField.LAND.value
    return StatutoryField.POLICY.value if field in _POLICY_FIELDS else StatutoryField.OTHER.value


class RespondentLevel(Code):
    """Who is complained of or denounced, as far as competence asks (law.md 3.6, 4.4)."""

    COMMUNE = "commune", "UBND xã, phường", "Commune People's Committee"
    COMMUNE_CHAIR = "commune_chair", "Chủ tịch, Phó Chủ tịch UBND xã, phường", "Commune chair or deputy"
    COMMUNE_OFFICER = (
        "commune_officer",
        "Phòng chuyên môn, công chức xã, phường",
        "Commune division or officer",
    )
    DEPARTMENT = "department", "Sở, ngành (cơ quan)", "Department (as a body)"
    DEPARTMENT_DIRECTOR = "department_director", "Giám đốc sở", "Department director"
    DEPARTMENT_DEPUTY = "department_deputy", "Phó giám đốc sở", "Department deputy director"
    DEPARTMENT_OFFICER = "department_officer", "Đơn vị, công chức thuộc sở", "Department unit or officer"
    PROVINCE_CHAIR = (
        "province_chair",
        "Chủ tịch, Phó Chủ tịch UBND tỉnh, thành phố",
        "Provincial chair or deputy",
    )
    PUBLIC_SERVICE_UNIT = "public_service_unit", "Đơn vị sự nghiệp công lập", "Public service unit"
    RESIDENT_GROUP = "resident_group", "Tổ dân phố, thôn", "Residents' group"
    REGULATION = "regulation", "Quy định hành chính", "A regulation"
    COURT = "court", "Toà án, viện kiểm sát, thi hành án", "Court, procuracy, enforcement"
    PRIVATE = "private", "Cá nhân, doanh nghiệp", "Private person or company"
    FORMER_DISTRICT = (
        "former_district",
        "UBND, Chủ tịch UBND quận, huyện cũ",
        "Former district body or its leaders",
    )
    FORMER_DISTRICT_OFFICER = (
        "former_district_officer",
        "Phòng, công chức quận, huyện cũ",
        "Former district division or officer",
    )


class IneligibleReason(Code):
    """Why a petition does not meet the conditions of processing (P03, P04)."""

    NO_SIGNATURE = (
        "no_signature",
        "Không có chữ ký hoặc điểm chỉ",
        "No signature or fingerprint",
        "TT 05/2021 Điều 6",
    )
    NO_DATE = "no_date", "Không ghi ngày, tháng, năm", "No date", "TT 05/2021 Điều 6"
    NO_NAME_ADDRESS = (
        "no_name_address",
        "Không rõ họ tên, địa chỉ",
        "Name or address unclear",
        "TT 05/2021 Điều 6",
    )
    NO_CONTENT = "no_content", "Không rõ nội dung, yêu cầu", "Content or request unclear", "TT 05/2021 Điều 6"
    NOT_VIETNAMESE = (
        "not_vietnamese",
        "Không bằng tiếng Việt, không có bản dịch",
        "No Vietnamese text",
        "TT 05/2021 Điều 6",
    )
    SENT_TO_RIGHT_BODY = (
        "sent_to_right_body", "Đã gửi nhiều nơi, trong đó có nơi có thẩm quyền", "Also sent to the right body",
        "TT 05/2021 Điều 6",
    )  # fmt: skip
    NO_RESPONDENT = (
        "no_respondent",
        "Không rõ người, cơ quan bị khiếu nại, tố cáo",
        "Respondent unclear",
        "TT 05/2021 Điều 6",
    )
    GUIDED_BEFORE = (
        "guided_before",
        "Đã được hướng dẫn, xử lý",
        "Guided or processed before",
        "TT 05/2021 Điều 6",
    )
    DECIDED = (
        "decided",
        "Khiếu nại đã có quyết định có hiệu lực",
        "Decision already in effect",
        "TT 05/2021 Điều 28",
    )
    CONCLUDED = (
        "concluded",
        "Tố cáo đã có kết luận, không có chứng cứ mới",
        "Concluded, no new evidence",
        "TT 05/2021 Điều 28",
    )
    ILLEGIBLE = "illegible", "Rách nát, không đọc được", "Torn or illegible", "TT 05/2021 Điều 6"
    ANONYMOUS = (
        "anonymous",
        "Nặc danh, mạo tên, không có chứng cứ",
        "Anonymous, no evidence",
        "Luật Tố cáo Điều 25",
    )
    WRONG_FORM = (
        "wrong_form",
        "Không đúng hình thức tố cáo (thư điện tử, mạng, điện thoại), không có chứng cứ",
        "No form of denunciation, no evidence",
        "Luật Tố cáo Điều 22, Điều 25",
    )
    FEEDBACK_FORM = (
        "feedback_form",
        "Phản ánh về quy định hành chính không đúng hình thức, yêu cầu",
        "Feedback not in the form asked for",
        "NĐ 20/2008 Điều 7, 9",
    )


class RefusalGround(Code):
    """Why reception is refused (law.md 1.2). Two grounds ask for a written notice within three working days."""

    L9_1 = (
        "L9.1",
        "Say rượu, dùng chất kích thích, không làm chủ hành vi",
        "Not in control",
        "Luật Tiếp công dân Điều 9 khoản 1",
    )
    L9_2 = (
        "L9.2",
        "Đe doạ, xúc phạm, vi phạm nội quy",
        "Threats or insults",
        "Luật Tiếp công dân Điều 9 khoản 2",
    )
    L9_3 = (
        "L9.3",
        "Đã giải quyết đúng, đã kiểm tra, tiếp, giải thích",
        "Lawfully resolved and explained",
        "Luật Tiếp công dân Điều 9 khoản 3",
    )
    D4_A = "D4.a", "Mang vũ khí, chất nổ, vật nguy hiểm", "Weapons", "NĐ 154/2026 Điều 4 khoản 1 điểm a"
    D4_B = (
        "D4.b",
        "Không chấp hành kiểm tra an ninh",
        "Refuses the security check",
        "NĐ 154/2026 Điều 4 khoản 1 điểm b",
    )
    D4_C = (
        "D4.c",
        "Ghi âm, ghi hình, phát trực tiếp trái yêu cầu",
        "Recording against instructions",
        "NĐ 154/2026 Điều 4 khoản 1 điểm c",
    )
    D4_D = "D4.d", "Kích động, lôi kéo, gây rối", "Disorder", "NĐ 154/2026 Điều 4 khoản 1 điểm d"
    D4_DD = (
        "D4.đ",
        "Không đủ năng lực, không có người đại diện",
        "No capacity, no representative",
        "NĐ 154/2026 Điều 4 khoản 1 điểm đ",
    )
    D4_E = (
        "D4.e",
        "Đại diện, uỷ quyền không có giấy tờ",
        "Representative without proof",
        "NĐ 154/2026 Điều 4 khoản 1 điểm e",
    )
    D4_G = (
        "D4.g",
        "Nội dung không phải khiếu nại, tố cáo, kiến nghị, phản ánh",
        "Other contents",
        "NĐ 154/2026 Điều 4 khoản 1 điểm g",
    )
    D4_H = (
        "D4.h",
        "Kiến nghị, phản ánh đã trả lời, không có tình tiết mới",
        "Answered, nothing new",
        "NĐ 154/2026 Điều 4 khoản 1 điểm h",
    )
    D4_I = (
        "D4.i",
        "Đã có bản án, quyết định có hiệu lực",
        "Final court judgment",
        "NĐ 154/2026 Điều 4 khoản 1 điểm i",
    )
    D4_K = (
        "D4.k",
        "Cơ quan có thẩm quyền khác đã thụ lý",
        "Accepted by another body",
        "NĐ 154/2026 Điều 4 khoản 1 điểm k",
    )


WRITTEN_REFUSALS = frozenset({RefusalGround.L9_3, RefusalGround.D4_H})


class NonAcceptanceGround(Code):
    """Why a complaint is not accepted (Law on Complaints Art 11, law.md 3.4)."""

    INTERNAL = (
        "1",
        "Quyết định nội bộ, quy phạm, bí mật nhà nước",
        "Internal, normative or secret decision",
        "Luật Khiếu nại Điều 11 khoản 1",
    )
    NO_EFFECT = (
        "2",
        "Không liên quan trực tiếp đến người khiếu nại",
        "No direct effect",
        "Luật Khiếu nại Điều 11 khoản 2",
    )
    NO_CAPACITY = (
        "3",
        "Không đủ năng lực, không có người đại diện",
        "No capacity",
        "Luật Khiếu nại Điều 11 khoản 3",
    )
    BAD_REPRESENTATIVE = (
        "4",
        "Người đại diện không hợp pháp",
        "Unlawful representative",
        "Luật Khiếu nại Điều 11 khoản 4",
    )
    NO_SIGNATURE = "5", "Không có chữ ký hoặc điểm chỉ", "No signature", "Luật Khiếu nại Điều 11 khoản 5"
    TIME_BAR = (
        "6",
        "Hết thời hiệu, không có lý do chính đáng",
        "Time-barred",
        "Luật Khiếu nại Điều 11 khoản 6",
    )
    SECOND_DECISION = (
        "7",
        "Đã có quyết định giải quyết lần hai",
        "Second decision exists",
        "Luật Khiếu nại Điều 11 khoản 7",
    )
    TERMINATED = (
        "8",
        "Đã đình chỉ, quá 30 ngày không khiếu nại tiếp",
        "Terminated",
        "Luật Khiếu nại Điều 11 khoản 8",
    )
    COURT = (
        "9",
        "Toà án đã thụ lý hoặc giải quyết",
        "Before or decided by a court",
        "Luật Khiếu nại Điều 11 khoản 9",
    )


class LongerCheckGround(Code):
    """Why the initial check of a denunciation takes longer (TC03)."""

    PLACES = "places", "Phải kiểm tra ở nhiều địa điểm", "Several places", "Luật Tố cáo Điều 24 khoản 1"
    DELEGATED = "delegated", "Uỷ quyền cho cơ quan khác kiểm tra", "Delegated", "Luật Tố cáo Điều 24 khoản 1"


class DenunciationRefusal(Code):
    """Which of the four conditions of accepting a denunciation is missing (TC10)."""

    CONTENTS = (
        "contents",
        "Không đủ nội dung theo Điều 23",
        "Contents incomplete",
        "Luật Tố cáo Điều 29 khoản 1 điểm a",
    )
    CAPACITY = (
        "capacity",
        "Không đủ năng lực, không có người đại diện",
        "No capacity",
        "Luật Tố cáo Điều 29 khoản 1 điểm b",
    )
    JURISDICTION = (
        "jurisdiction",
        "Không thuộc thẩm quyền",
        "Not in jurisdiction",
        "Luật Tố cáo Điều 29 khoản 1 điểm c",
    )
    NO_BASIS = (
        "no_basis",
        "Không có cơ sở xác định người, hành vi vi phạm",
        "No basis to identify the act",
        "Luật Tố cáo Điều 29 khoản 1 điểm d",
    )
    SETTLED = (
        "settled",
        "Vụ khiếu nại đã giải quyết đúng, không có chứng cứ người giải quyết vi phạm",
        "Settled complaint, no evidence against its resolver",
        "Luật Tố cáo Điều 29",
    )


class ComplexityCriterion(Code):
    """What makes a case complex: at least one of seven (C15; Nghị định 31/2019 Điều 3 for denunciations)."""

    PLACES = (
        "places",
        "Phải xác minh ở từ hai nơi trở lên",
        "Two or more places to verify",
        "NĐ 155/2026 Điều 2",
    )
    CONTENTS = (
        "contents",
        "Có từ hai nội dung phải xác minh trở lên",
        "Two or more contents",
        "NĐ 155/2026 Điều 2",
    )
    MANY_PEOPLE = (
        "many_people",
        "Nhiều người, liên quan quyền lợi nhiều người",
        "Many people",
        "NĐ 155/2026 Điều 2",
    )
    FOREIGN = "foreign", "Có yếu tố nước ngoài", "Foreign element", "NĐ 155/2026 Điều 2"
    SEVERAL_BODIES = (
        "several_bodies",
        "Liên quan nhiều cơ quan quản lý",
        "Several managing bodies",
        "NĐ 155/2026 Điều 2",
    )
    DISAGREEMENT = "disagreement", "Các cơ quan còn ý kiến khác nhau", "Bodies disagree", "NĐ 155/2026 Điều 2"
    EVIDENCE = (
        "evidence",
        "Chứng cứ mâu thuẫn, cần thời gian, giám định",
        "Conflicting evidence",
        "NĐ 155/2026 Điều 2",
    )


class TimebarObstacle(Code):
    """What kept somebody from complaining in time (C01); its time is not counted."""

    ILLNESS = "illness", "Ốm đau", "Illness", "Luật Khiếu nại Điều 9"
    DISASTER = "disaster", "Thiên tai", "Natural disaster", "Luật Khiếu nại Điều 9"
    ENEMY = "enemy", "Địch họa", "Enemy action", "Luật Khiếu nại Điều 9"
    AWAY = "away", "Đi công tác, học tập ở nơi xa", "Work or study far away", "Luật Khiếu nại Điều 9"
    OTHER = "other", "Trở ngại khách quan khác", "Other objective obstacle", "Luật Khiếu nại Điều 9"


class AttorneyForm(Code):
    """In which form a power of attorney was made (C03)."""

    NOTARISED = "notarised", "Cá nhân: công chứng", "Individual: notarised", "NĐ 155/2026 Điều 3"
    CERTIFIED = "certified", "Cá nhân: chứng thực", "Individual: certified", "NĐ 155/2026 Điều 3"
    ORGANISATION = (
        "organisation",
        "Cơ quan, tổ chức: ký tên, đóng dấu (nếu có)",
        "Organisation: signed and sealed",
        "NĐ 155/2026 Điều 3",
    )


class SuspensionGround(Code):
    """Why the resolution of a complaint is suspended (C24)."""

    FORCE_MAJEURE = (
        "force_majeure",
        "Bất khả kháng, trở ngại khách quan",
        "Force majeure or objective obstacle",
        "Luật Khiếu nại Điều 11a khoản 1 điểm a",
    )
    OTHER_RESULT = (
        "other_result",
        "Chờ kết quả của cơ quan khác",
        "Waiting for another body's result",
        "Luật Khiếu nại Điều 11a khoản 1 điểm b",
    )


class DenunciationSuspension(Code):
    """Why the resolution of a denunciation is suspended (TC18)."""

    OTHER_RESULT = (
        "other_result",
        "Chờ kết quả của cơ quan, vụ việc khác",
        "Waiting for another result",
        "Luật Tố cáo Điều 34 khoản 1",
    )
    REASSESSMENT = (
        "reassessment",
        "Giám định bổ sung, giám định lại",
        "Repeat assessment",
        "Luật Tố cáo Điều 34 khoản 1",
    )


class FullWithdrawal(Code):
    """Who withdrew a complaint in whole, so that its resolution ends (C-17, C26, C28)."""

    WITHDRAWN = (
        "withdrawn",
        "Người khiếu nại rút toàn bộ",
        "Withdrawn in whole",
        "Luật Khiếu nại Điều 11a khoản 2 điểm a",
    )
    EVERYONE = (
        "everyone",
        "Tất cả những người cùng khiếu nại đều rút toàn bộ",
        "Withdrawn by all of the group",
        "Luật Khiếu nại Điều 11a khoản 2 điểm a",
    )


class EndOfComplainant(Code):
    """Who of a complaint is no more, so that its resolution ends (C-20, C26)."""

    DEATH = (
        "death",
        "Người khiếu nại chết, quyền và nghĩa vụ không được thừa kế",
        "Death without heirs of the right",
        "Luật Khiếu nại Điều 11a khoản 2 điểm b",
    )
    DISSOLVED = (
        "dissolved",
        "Cơ quan, tổ chức giải thể, phá sản, chấm dứt, không có tổ chức kế thừa",
        "Organisation ended without successor",
        "Luật Khiếu nại Điều 11a khoản 2 điểm b",
    )


class NothingLeft(Code):
    """Why nothing of a complaint is left to be resolved (C-21, C26)."""

    NO_OBJECT = (
        "no_object",
        "Không còn đối tượng, nội dung",
        "No object left",
        "Luật Khiếu nại Điều 11a khoản 2 điểm c",
    )
    COURT = (
        "court",
        "Toà án đã thụ lý hoặc giải quyết",
        "Before or decided by a court",
        "Luật Khiếu nại Điều 11a khoản 2 điểm d",
    )


class ReviewOutcome(Code):
    """What the review of a settlement found (C39)."""

    LAWFUL = "lawful", "Không có vi phạm pháp luật", "No breach found", "NĐ 155/2026 Điều 14"
    BREACH = (
        "breach",
        "Có vi phạm pháp luật, đã có văn bản chỉ đạo",
        "Breach found, direction given",
        "NĐ 155/2026 Điều 14",
    )


class DenunciationTermination(Code):
    """Why the resolution of a denunciation ends without a conclusion (TC19)."""

    WITHDRAWN = "withdrawn", "Rút toàn bộ tố cáo", "Withdrawn in whole", "Luật Tố cáo Điều 34 khoản 3"
    DEATH = (
        "death",
        "Người bị tố cáo chết, nội dung chỉ liên quan người đó",
        "The denounced has died",
        "Luật Tố cáo Điều 34 khoản 3",
    )
    DECIDED = (
        "decided",
        "Đã có bản án, quyết định có hiệu lực về nội dung đó",
        "Already decided",
        "Luật Tố cáo Điều 34 khoản 3",
    )


class GoesOnGround(Code):
    """Why a denunciation that was withdrawn in whole is resolved all the same (TC21)."""

    VIOLATION = (
        "violation",
        "Có dấu hiệu vi phạm pháp luật",
        "Signs of violation",
        "Luật Tố cáo Điều 33 khoản 3",
    )
    PRESSURE = (
        "pressure",
        "Rút do bị đe doạ, cưỡng ép, mua chuộc",
        "Threat, coercion, bribery",
        "Luật Tố cáo Điều 33 khoản 3",
    )
    SLANDER = (
        "slander",
        "Lợi dụng tố cáo để vu khống",
        "Denunciation misused to slander",
        "Luật Tố cáo Điều 33 khoản 3",
    )


class WithdrawalForm(Code):
    """How a withdrawal was put in writing (C28, TC21)."""

    LETTER = "letter", "Đơn rút", "Letter of withdrawal"
    MINUTES = "minutes", "Biên bản ghi nhận việc rút", "Minutes"


class EffectBasis(Code):
    """By which rule the head takes a first decision to be in effect (C-25, C35 against C32; K08 against K02)."""

    ISSUE = (
        "issue",
        "Tính từ ngày ban hành quyết định",
        "Counted from the issue",
        "Luật Khiếu nại Điều 44, 57",
    )
    RECEIPT = (
        "receipt", "Tính từ ngày người khiếu nại nhận quyết định", "Counted from the receipt",
        "Luật Khiếu nại Điều 33, 48",
    )  # fmt: skip


class PublicationForm(Code):
    """How a decision or conclusion is published (C31, TC31)."""

    MEETING = "meeting", "Công bố tại cuộc họp", "At a meeting"
    POSTING = (
        "posting",
        "Niêm yết tại trụ sở, nơi tiếp công dân (ít nhất 15 ngày liên tục)",
        "Posted for 15 days",
    )
    WEBSITE = (
        "website",
        "Cổng, trang thông tin, báo điện tử (ít nhất 15 ngày liên tục)",
        "Website for 15 days",
    )
    MEDIA = "media", "Báo in, phát thanh, truyền hình (ít nhất 2 lần)", "Print or broadcast twice"


class FeedbackPublication(Code):
    """How the result of feedback on a regulation is made known (F08)."""

    WEBSITE = "website", "Trang thông tin điện tử", "Website", "NĐ 20/2008 Điều 19"
    MEDIA = "media", "Phương tiện thông tin đại chúng", "Mass media", "NĐ 20/2008 Điều 19"
    LETTER = "letter", "Công văn gửi người phản ánh, kiến nghị", "Letter to the sender", "NĐ 20/2008 Điều 19"
    OTHER = "other", "Hình thức khác", "Another form", "NĐ 20/2008 Điều 19"


class FeedbackCriterion(Code):
    """What a regulation that feedback is about is tested against (F07)."""

    NECESSITY = "necessity", "Sự cần thiết", "Necessity", "NĐ 20/2008 Điều 14"
    REASONABLENESS = "reasonableness", "Tính hợp lý", "Reasonableness", "NĐ 20/2008 Điều 14"
    SIMPLICITY = "simplicity", "Tính đơn giản", "Simplicity", "NĐ 20/2008 Điều 14"
    FEASIBILITY = "feasibility", "Tính khả thi", "Feasibility", "NĐ 20/2008 Điều 14"
    CONSISTENCY = "consistency", "Sự thống nhất", "Consistency", "NĐ 20/2008 Điều 14"
    TREATIES = "treaties", "Phù hợp điều ước quốc tế", "Consistency with treaties", "NĐ 20/2008 Điều 14"


class FeedbackOutcome(Code):
    """What came of feedback on a regulation (F07)."""

    AMEND = "amend", "Sửa đổi, bổ sung quy định", "Amended", "NĐ 20/2008 Điều 14 đến 18"
    REPEAL = "repeal", "Bãi bỏ quy định", "Repealed", "NĐ 20/2008 Điều 14 đến 18"
    PROPOSE = (
        "propose",
        "Kiến nghị cấp có thẩm quyền sửa đổi, bãi bỏ",
        "Proposed to the competent level",
        "NĐ 20/2008 Điều 14 đến 18",
    )
    KEPT = (
        "kept",
        "Giữ nguyên, giải thích cho người phản ánh",
        "Kept and explained",
        "NĐ 20/2008 Điều 14 đến 18",
    )


class ValidAbsence(Code):
    """What excuses a complainant who was invited to the dialogue (C22)."""

    FORCE_MAJEURE = (
        "force_majeure",
        "Sự kiện bất khả kháng",
        "Force majeure",
        "Luật Khiếu nại Điều 30 khoản 6",
    )
    OBSTACLE = "obstacle", "Trở ngại khách quan", "Objective obstacle", "Luật Khiếu nại Điều 30 khoản 6"


class DialogueChair(Code):
    """Who chairs the dialogue of a second complaint (C19)."""

    RESOLVER = "resolver", "Người giải quyết lần hai", "The second resolver", "Luật Khiếu nại Điều 39"
    DEPUTY = "deputy", "Cấp phó của người giải quyết", "A deputy", "NĐ 155/2026 Điều 11"
    AGENCY_HEAD = (
        "agency_head",
        "Người đứng đầu cơ quan chuyên môn cùng cấp",
        "Head of a specialised agency of the same level",
        "NĐ 155/2026 Điều 11",
    )
    VERIFIER_HEAD = (
        "verifier_head", "Người đứng đầu đơn vị xác minh", "Head of the verifying unit", "NĐ 155/2026 Điều 11",
    )  # fmt: skip


class InPersonGround(Code):
    """What asks the resolver of a second complaint to hold the dialogue in person (C19)."""

    GROUP = "group", "Khiếu nại đông người", "A group complains", "NĐ 155/2026 Điều 11"
    DISAGREEMENT = (
        "disagreement", "Các cơ quan còn ý kiến khác nhau", "Agencies disagree", "NĐ 155/2026 Điều 11",
    )  # fmt: skip
    ACUTE = "acute", "Vụ việc gay gắt", "Acute", "NĐ 155/2026 Điều 11"
    PUBLIC_CONCERN = "public_concern", "Dư luận xã hội quan tâm", "Public concern", "NĐ 155/2026 Điều 11"
    SECURITY = "security", "Ảnh hưởng an ninh, trật tự", "Security and order", "NĐ 155/2026 Điều 11"


class ComplaintOutcome(Code):
    """What a first decision says of the complaint (03/GQKN)."""

    RIGHT = "right", "Khiếu nại đúng", "Right", "TT 06/2025 mẫu 03/GQKN"
    WRONG = "wrong", "Khiếu nại sai", "Wrong", "TT 06/2025 mẫu 03/GQKN"
    PARTLY = "partly", "Khiếu nại đúng một phần", "Partly right", "TT 06/2025 mẫu 03/GQKN"


class SecondOutcome(Code):
    """What a second decision does to the first result (03/GQKN)."""

    UPHELD = "upheld", "Công nhận kết quả lần đầu", "Upheld", "TT 06/2025 mẫu 03/GQKN"
    CHANGED = "changed", "Huỷ, sửa kết quả lần đầu", "Annulled or changed", "TT 06/2025 mẫu 03/GQKN"


class DenunciationOutcome(Code):
    """What a conclusion says of the denunciation (04/GQTC)."""

    TRUE = "true", "Tố cáo đúng", "True", "TT 06/2025 mẫu 04/GQTC"
    FALSE = "false", "Tố cáo sai", "False", "TT 06/2025 mẫu 04/GQTC"
    PARTLY = "partly", "Tố cáo đúng một phần", "Partly true", "TT 06/2025 mẫu 04/GQTC"


class ReplyResult(Code):
    """The four replies on the result of processing a matter brought in person (R09)."""

    ACCEPTED = "accepted", "Đã thụ lý", "Accepted", "Luật Tiếp công dân Điều 28"
    MORE_TIME = (
        "more_time",
        "Cần thêm thời gian kiểm tra để thụ lý",
        "More time needed",
        "Luật Tiếp công dân Điều 28",
    )
    REFUSED = "refused", "Từ chối thụ lý", "Refused", "Luật Tiếp công dân Điều 28"
    TRANSFERRED = (
        "transferred",
        "Đã chuyển cơ quan có thẩm quyền",
        "Transferred",
        "Luật Tiếp công dân Điều 28",
    )


class FeedbackBasis(Code):
    """Whether there is enough basis to look at the regulation (F07)."""

    ENOUGH = "enough", "Đủ cơ sở để xem xét, xử lý", "Enough basis", "NĐ 20/2008 Điều 14 đến Điều 18"
    NOT_YET = (
        "not_yet",
        "Chưa đủ cơ sở: tập hợp, nghiên cứu tiếp",
        "Not enough yet",
        "NĐ 20/2008 Điều 14 đến Điều 18",
    )


@dataclass(frozen=True)
class FormName:
    """A statutory form and its short name."""

    code: str
    name_vi: str


FORMS: dict[str, FormName] = {
    form.code: form
    for form in (
        FormName("01/TT05", "Phiếu đề xuất thụ lý"),
        FormName("02/TT05", "Phiếu hướng dẫn"),
        FormName("03/TT05", "Phiếu chuyển đơn"),
        FormName("01/TCD", "Thông báo từ chối tiếp công dân"),
        FormName("02/TCD", "Giấy biên nhận"),
        FormName("03/KN", "Thông báo thụ lý giải quyết khiếu nại"),
        FormName("04/KN", "Thông báo không thụ lý giải quyết khiếu nại"),
        FormName("05/KN", "Quyết định giao xác minh nội dung khiếu nại"),
        FormName("13/KN", "Báo cáo kết quả xác minh"),
        FormName("14/KN", "Biên bản đối thoại"),
        FormName("14a/KN", "Quyết định tạm đình chỉ, đình chỉ"),
        FormName("14b/KN", "Quyết định tiếp tục giải quyết"),
        FormName("15/KN", "Quyết định giải quyết khiếu nại lần đầu"),
        FormName("01/TC", "Quyết định gia hạn"),
        FormName("02/TC", "Đơn rút tố cáo"),
        FormName("03/TC", "Biên bản ghi nhận việc rút tố cáo"),
        FormName("04/TC", "Quyết định thụ lý tố cáo"),
        FormName("05/TC", "Thông báo thụ lý tố cáo, nội dung tố cáo"),
        FormName("07/TC", "Quyết định thành lập tổ xác minh"),
        FormName("09/TC", "Quyết định trưng cầu giám định"),
        FormName("10/TC", "Báo cáo kết quả xác minh tố cáo"),
        FormName("12/TC", "Kết luận nội dung tố cáo"),
        FormName("letter", "Văn bản"),
    )
}


def form_name(code: str) -> str:
    """Return the name of a form, or its code when it is not listed."""
    form = FORMS.get(code)
    return form.name_vi if form else code
