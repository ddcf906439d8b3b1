"""The code lists of protecting those who denounce (law.md 4.5, 4.6), each value with its article. Pure."""

from complaints.codes import Code

_WHO = "Luật Tố cáo Điều 47 khoản 1"


class SecrecyWaiver(Code):
    """Why the secrecy of a denouncer's name no longer binds (I09)."""

    REVEALED = (
        "revealed",
        "Người tố cáo tự tiết lộ",
        "Revealed by the denouncer",
        "Luật Tố cáo Điều 47 khoản 2",
    )
    DECLINED = (
        "declined", "Từ chối biện pháp bảo vệ bí mật", "Secrecy measure declined",
        "NĐ 31/2019 Điều 22 khoản 2 (NĐ 156/2026)",
    )  # fmt: skip


class Relation(Code):
    """Who may be protected (B01)."""

    DENOUNCER = "denouncer", "Người tố cáo", "The denouncer", _WHO
    SPOUSE = "spouse", "Vợ, chồng", "Spouse", _WHO
    PARENT = "parent", "Cha đẻ, mẹ đẻ", "Natural parent", _WHO
    ADOPTIVE_PARENT = "adoptive_parent", "Cha nuôi, mẹ nuôi", "Adoptive parent", _WHO
    CHILD = "child", "Con đẻ", "Natural child", _WHO
    ADOPTED_CHILD = "adopted_child", "Con nuôi", "Adopted child", _WHO


class Protected(Code):
    """What is protected (B02)."""

    INFORMATION = "information", "Bí mật thông tin", "Information", _WHO
    JOB = "job", "Vị trí công tác, việc làm", "Position, employment", _WHO
    LIFE = "life", "Tính mạng", "Life", _WHO
    HEALTH = "health", "Sức khoẻ", "Health", _WHO
    PROPERTY = "property", "Tài sản", "Property", _WHO
    HONOUR = "honour", "Danh dự", "Honour", _WHO
    DIGNITY = "dignity", "Nhân phẩm", "Dignity", _WHO


class Measure(Code):
    """The measures of the law, by what they protect (B09)."""

    SECRECY = "secrecy", "Bảo vệ bí mật thông tin", "Secrecy of information", "Luật Tố cáo Điều 56"
    JOB = "job", "Bảo vệ vị trí công tác, việc làm", "Position and employment", "Luật Tố cáo Điều 57"
    LIFE = (
        "life", "Bảo vệ tính mạng, sức khoẻ, tài sản, danh dự, nhân phẩm", "Life, health, property, honour, dignity",
        "Luật Tố cáo Điều 58",
    )  # fmt: skip


class RequestForm(Code):
    """How protection was asked for (B03)."""

    WRITTEN = "written", "Văn bản", "In writing", "Luật Tố cáo Điều 50"
    IN_PERSON = "in_person", "Khẩn cấp: trực tiếp", "Urgent: in person", "Luật Tố cáo Điều 50"
    BY_PHONE = "by_phone", "Khẩn cấp: điện thoại", "Urgent: by telephone", "Luật Tố cáo Điều 50"
    OWN_VIEW = (
        "own_view",
        "Người giải quyết tự thấy cần bảo vệ",
        "The resolver's own view",
        "Luật Tố cáo Điều 51",
    )


class ProtectionBody(Code):
    """Who decides on protection, or is asked to (B04)."""

    RESOLVER = "resolver", "Người giải quyết tố cáo", "The resolver", "Luật Tố cáo Điều 49"
    POLICE = "police", "Cơ quan công an", "The police", "Luật Tố cáo Điều 49 khoản 3"
    LABOUR = (
        "labour", "Cơ quan quản lý cán bộ, công chức, lao động", "Civil-service or labour authority",
        "Luật Tố cáo Điều 49",
    )  # fmt: skip
    OTHER = "other", "Cơ quan khác có thẩm quyền", "Another competent body", "Luật Tố cáo Điều 49"


class ProtectionEnd(Code):
    """Why protection ends (B07)."""

    RESOLVED = (
        "resolved", "Đã có kết luận hoặc quyết định đình chỉ", "Concluded or terminated", "Luật Tố cáo Điều 54",
    )  # fmt: skip
    GROUND_GONE = "ground_gone", "Căn cứ bảo vệ không còn", "The ground is gone", "Luật Tố cáo Điều 54"
    OWN_REQUEST = "own_request", "Người được bảo vệ đề nghị", "Own request", "Luật Tố cáo Điều 54"
    BREACH = (
        "breach", "Người được bảo vệ cố ý không thực hiện nghĩa vụ", "Obligations deliberately not met",
        "Luật Tố cáo Điều 54 khoản 2 (Luật 136/2025 Điều 3)",
    )  # fmt: skip


class HarmMeasure(Code):
    """What is done at once when harm or a threat of harm to a denouncer is seen (TC09); the law gives no number."""

    OWN = "own", "Áp dụng biện pháp trong thẩm quyền", "Measures of our own", "Luật Tố cáo Điều 27 khoản 2"
    POLICE = "police", "Báo cơ quan công an", "The police were told", "Luật Tố cáo Điều 27 khoản 2"
