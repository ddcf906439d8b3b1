"""Code lists of the reception desk: how a visit was received, and how it ended (law.md 7.1). Pure."""

from complaints.codes import Code
from complaints.rulebook.figures import newest

GROUP_SIZE = newest(
    "GROUP_FROM"
).number  # đoàn đông người: this many people or more (law.md R21, reports.md 01/TCD)
FEW_PEOPLE = newest(
    "GROUP_FEW"
).number  # up to this many, a group sends few representatives; above, some more (R21)
MAX_REPS_FEW, MAX_REPS_MANY = newest("GROUP_REPS_FEW").number, newest("GROUP_REPS_MANY").number


def max_representatives(people: int) -> int:
    """Return how many representatives a group of this size may send (R21, Law on Citizen Reception Art 29)."""
    return MAX_REPS_FEW if people <= FEW_PEOPLE else MAX_REPS_MANY


class Reception(Code):
    """Who received: 01/TCD counts the three apart."""

    REGULAR = "regular", "Tiếp thường xuyên", "Regular", "TT 06/2025 mẫu 01/TCD"
    HEAD = "head", "Người đứng đầu trực tiếp tiếp", "Head in person", "TT 06/2025 mẫu 01/TCD"
    DELEGATE = "delegate", "Ủy quyền tiếp", "By delegate", "TT 06/2025 mẫu 01/TCD"


class VisitOutcome(Code):
    """How a visit ended, as the log book writes it."""

    TAKEN_IN = "taken_in", "Nhận đơn, chuyển xử lý", "Petition taken in", "Luật Tiếp công dân Điều 26"
    GUIDED = "guided", "Hướng dẫn", "Guided", "Luật Tiếp công dân Điều 26"
    TRANSFERRED = (
        "transferred",
        "Nhận đơn, đề nghị chuyển",
        "Taken in to be transferred",
        "Luật Tiếp công dân Điều 26",
    )
    EXPLAINED = "explained", "Giải thích (đã giải quyết đúng)", "Explained", "Luật Tiếp công dân Điều 26"
    AWAIT_REPS = (
        "await_reps",
        "Yêu cầu cử người đại diện",
        "Asked to appoint representatives",
        "Luật Tiếp công dân Điều 29",
    )
    REFUSED_ORAL = "refused_oral", "Từ chối tiếp", "Refused", "Luật Tiếp công dân Điều 9"
    REFUSAL_PENDING = (
        "refusal_pending", "Từ chối tiếp, chờ văn bản", "Refused, written notice owed", "NĐ 154/2026 Điều 4",
    )  # fmt: skip
    REFUSED_WRITTEN = (
        "refused_written",
        "Từ chối tiếp bằng văn bản",
        "Refused in writing",
        "NĐ 154/2026 Điều 4",
    )
    DEMAND_PROPOSED = (
        "demand_proposed", "Trình yêu cầu cấp dưới giải quyết", "Demand on a subordinate prepared",
        "Luật Tiếp công dân Điều 26",
    )  # fmt: skip
    DEMAND_SUBORDINATE = (
        "demand_subordinate", "Đã yêu cầu cấp dưới giải quyết", "Demanded of a subordinate",
        "Luật Tiếp công dân Điều 26",
    )  # fmt: skip

    @property
    def is_refusal(self) -> bool:
        """Tell whether the person was refused, orally or in writing (signed, or still owed)."""
        return self.value.startswith("refus")

    @property
    def registers_petition(self) -> bool:
        """Tell whether a petition was taken in, which then stands in the register (P06)."""
        return self in (VisitOutcome.TAKEN_IN, VisitOutcome.TRANSFERRED, VisitOutcome.DEMAND_PROPOSED)


class CitedPoint(Code):
    """What a written refusal (Mẫu 01/TCD) cites: the printed form says point g where Art 4(3) says point h."""

    LAW_9_3 = "L9.3", "Khoản 3 Điều 9 Luật Tiếp công dân", "Law Art 9(3)", "Luật Tiếp công dân Điều 9 khoản 3"
    POINT_H = (
        "D4.h", "Điểm h khoản 1 Điều 4 Nghị định 154/2026 (theo khoản 3 Điều 4)",
        "Decree 154 Art 4(1)h, as Art 4(3) says", "NĐ 154/2026 Điều 4 khoản 3",
    )  # fmt: skip
    POINT_G = (
        "D4.g", "Điểm g khoản 1 Điều 4 Nghị định 154/2026 (như mẫu in sẵn)", "Decree 154 Art 4(1)g, as the form prints",
        "Mẫu 01/TCD",
    )  # fmt: skip


class OnlineGround(Code):
    """When citizens may be received online (law.md 1.5)."""

    COMPLEX = (
        "complex", "Khiếu nại, kiến nghị phức tạp, kéo dài, cần nhiều cơ quan cùng tham gia", "Complex, several bodies",
        "NĐ 154/2026 Điều 20 khoản 1",
    )  # fmt: skip
    REMOTE = (
        "remote", "Người ở vùng sâu, đặc biệt khó khăn; người có công, cao tuổi, khuyết tật có nguyện vọng",
        "Lives far away, or elderly, disabled and wishes it", "NĐ 154/2026 Điều 20 khoản 2",
    )  # fmt: skip
    EMERGENCY = (
        "emergency", "Thiên tai, dịch bệnh, an ninh trật tự", "Disaster, epidemic, security",
        "NĐ 154/2026 Điều 20 khoản 3",
    )  # fmt: skip
    DENUNCIATION = (
        "denunciation", "Tố cáo phức tạp, người tố cáo không yêu cầu bảo vệ bí mật, cơ quan bảo đảm được bí mật",
        "Complex denunciation without a request for protection", "NĐ 154/2026 Điều 20 khoản 4",
    )  # fmt: skip
    OTHER = "other", "Nhu cầu thực tế khác", "Other practical need", "NĐ 154/2026 Điều 20 khoản 5"


def visit_outcome(code: str) -> VisitOutcome | None:
    """Return the outcome of a stored or typed code, or None when the list has no such."""
    return next((member for member in VisitOutcome if member.value == code), None)


REFUSED = "refused"  # what the desk chooses: the ground then decides between an oral and a written refusal
