"""What the acceptance of a complaint asks and checks: the group (C05), the time-bar (C01, K01), attorney (C03)."""

from datetime import date, timedelta

from app.core.text import fold
from complaints import codes
from complaints.workflow.base import Beside, Data, Facts, FieldKind, FieldSpec
from complaints.workflow.fields import spec

_OBSTACLE: tuple[FieldSpec, ...] = (
    spec("obstacle", FieldKind.CHOICE, "Trở ngại làm người khiếu nại không khiếu nại kịp", "Obstacle",
         choices=codes.TimebarObstacle, help_vi="Thời gian có trở ngại không tính vào thời hiệu."),
    spec("obstacle_days", FieldKind.INTEGER, "Số ngày có trở ngại", "Days of the obstacle"),
    spec("obstacle_words", FieldKind.TEXT, "Trở ngại thế nào, giấy tờ gì chứng minh", "What the obstacle was"),
)  # fmt: skip
FIELDS: tuple[FieldSpec, ...] = (
    spec("contested", FieldKind.CHOICE, "Khiếu nại về", "Complained of", required=True, choices=codes.Contested),
    spec("known_on", FieldKind.DATE, "Ngày nhận hoặc biết quyết định, hành vi bị khiếu nại",
         "Day the decision or act was received or known",
         help_vi="Thời hiệu khiếu nại tính từ ngày này (Luật Khiếu nại Điều 9). Để trống chỉ khi hành vi vẫn đang diễn ra."),
    *_OBSTACLE,
    spec("attorney", FieldKind.CHOICE, "Giấy ủy quyền (nếu có)", "Power of attorney", choices=codes.AttorneyForm,
         help_vi="Nhiều người được ủy quyền thì mỗi người một nội dung khác nhau (NĐ 155/2026 Điều 3)."),
    spec("attorney_on", FieldKind.DATE, "Ngày lập giấy ủy quyền", "Date of the power of attorney"),
    spec("agents", FieldKind.TEXT, "Người được ủy quyền và nội dung của từng người", "Agents and the contents of each",
         help_vi="Mỗi người một dòng: họ tên, dấu hai chấm, nội dung; nhiều nội dung cách nhau bằng dấu chấm phẩy."),
)  # fmt: skip
DISCIPLINARY_FIELDS: tuple[FieldSpec, ...] = (
    spec("known_on", FieldKind.DATE, "Ngày nhận quyết định kỷ luật", "Day the disciplinary decision was received",
         required=True, help_vi="Thời hiệu khiếu nại quyết định kỷ luật tính từ ngày này (Luật Khiếu nại Điều 48)."),
    *_OBSTACLE,
)  # fmt: skip


def group(facts: Facts, _data: Data) -> str | None:
    """C05: a group's complaint is accepted when all have signed and appointed who represents them."""
    if facts.signer_count >= 2 and not facts.representatives_appointed:
        return "Nhiều người khiếu nại: chưa có văn bản cử người đại diện đủ chữ ký (NĐ 155/2026 Điều 10); nhận văn bản rồi thụ lý."
    return None


def check(facts: Facts, data: Data) -> str | None:
    """Return why a first complaint cannot be accepted: its group, its time-bar, its power of attorney; or None."""
    return (
        group(facts, data)
        or _known(data)
        or _obstacle(facts, data)
        or _time_barred(facts, data)
        or _attorney(facts, data)
        or _agents(data)
    )


def check_disciplinary(facts: Facts, data: Data) -> str | None:
    """Return why a first complaint about a decision of discipline cannot be accepted: its group, its time-bar (K01); or None."""
    return group(facts, data) or _obstacle(facts, data) or _time_barred(facts, data)


def _known(data: Data) -> str | None:
    """C01: whoever complains of a decision received or knew it on a day; only an act may still go on."""
    if data.get("contested") != codes.Contested.DECISION or data.get("known_on") is not None:
        return None
    return Beside(
        "known_on",
        "Khiếu nại quyết định hành chính thì phải ghi ngày nhận hoặc biết quyết định: thời hiệu tính từ ngày đó"
        " (Luật Khiếu nại Điều 9).",
    )


def _obstacle(facts: Facts, data: Data) -> str | None:
    days, known_on = data.get("obstacle_days"), data.get("known_on")
    if not days:
        return None
    if known_on is None:
        return "Ghi ngày nhận hoặc biết quyết định, hành vi thì mới trừ được số ngày có trở ngại."
    if not data.get("obstacle") or not data.get("obstacle_words"):
        return f"Số ngày có trở ngại chỉ được trừ khi chọn loại trở ngại và ghi rõ trở ngại thế nào ({facts.timebar_article})."
    if facts.received_on is not None and days > (facts.received_on - known_on).days:
        return (
            "Số ngày có trở ngại không thể nhiều hơn số ngày từ khi nhận, biết quyết định đến khi khiếu nại."
        )
    return None


def _time_barred(facts: Facts, data: Data) -> str | None:
    """C01, K01: the day of receipt or knowing is not counted, nor is the time of an obstacle; the last day still serves."""
    known_on: date | None = data.get("known_on")
    if known_on is None or facts.received_on is None:
        return None
    if known_on > facts.received_on:
        return f"Ngày nhận hoặc biết quyết định, hành vi không thể sau ngày nhận đơn {facts.received_on:%d/%m/%Y}."
    last = known_on + timedelta(days=facts.timebar_days + (data.get("obstacle_days") or 0))
    if last >= (facts.timely_from or facts.received_on):
        return None
    return (
        f"Đã quá thời hiệu {facts.timebar_days} ngày (ngày thứ {facts.timebar_days}, không kể thời gian có trở ngại, là"
        f" {last:%d/%m/%Y}; nhận đơn {facts.received_on:%d/%m/%Y}):"
        " ghi trở ngại khách quan và số ngày không tính, hoặc chọn 'Không thụ lý' với lý do hết thời hiệu"
        f" ({facts.timebar_article}, Điều 11 khoản 6)."
    )


def _attorney(facts: Facts, data: Data) -> str | None:
    """C03: notarised or certified; the wording on notarisation lapses, which goes by the day the paper was made."""
    form, made_on = data.get("attorney"), data.get("attorney_on")
    if not form and data.get("agents"):
        return Beside("attorney", "Đã ghi người được ủy quyền: chọn hình thức giấy ủy quyền.")
    if not form:
        return "Chọn hình thức giấy ủy quyền, hoặc để trống ngày lập." if made_on else None
    if made_on is None:
        return "Ghi ngày lập giấy ủy quyền."
    if made_on > facts.today:
        return "Ngày lập giấy ủy quyền không thể ở tương lai."
    until = facts.notarised_until
    if form == codes.AttorneyForm.NOTARISED and until is not None and made_on >= until:
        return (
            f"Giấy ủy quyền lập từ ngày {until:%d/%m/%Y} không theo hình thức công chứng nữa"
            " (NĐ 155/2026 Điều 21 khoản 2); đề nghị người khiếu nại nộp giấy ủy quyền có chứng thực."
        )
    return None


def _agents(data: Data) -> str | None:
    """C03: several agents have different contents; no content of the complaint has two."""
    held: dict[str, str] = {}
    for line in (data.get("agents") or "").splitlines():
        name, _colon, contents = (part.strip() for part in line.partition(":"))
        matters = [matter for matter in (part.strip() for part in contents.split(";")) if matter]
        if not line.strip():
            continue
        if not name or not matters:
            return Beside(
                "agents", f"Dòng '{line.strip()[:80]}': ghi họ tên, dấu hai chấm, rồi nội dung được ủy quyền."
            )
        for matter in matters:
            other = held.setdefault(fold(matter), name)
            if fold(other) != fold(name):
                return Beside(
                    "agents",
                    f"Nội dung '{matter[:80]}' chỉ được ủy quyền cho một người (NĐ 155/2026 Điều 3): đang có"
                    f" {other[:80]} và {name[:80]}.",
                )
    return None
