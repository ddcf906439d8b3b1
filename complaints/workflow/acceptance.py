"""What the acceptance of a first complaint asks and checks besides the group: time-bar (C01), power of attorney (C03)."""

from datetime import date, timedelta

from complaints import codes
from complaints.workflow.base import Data, Facts, FieldKind, FieldSpec
from complaints.workflow.fields import spec

FIELDS: tuple[FieldSpec, ...] = (
    spec("known_on", FieldKind.DATE, "Ngày nhận hoặc biết quyết định, hành vi bị khiếu nại",
         "Day the decision or act was received or known",
         help_vi="Thời hiệu khiếu nại tính từ ngày này (Luật Khiếu nại Điều 9). Để trống chỉ khi hành vi vẫn đang diễn ra."),
    spec("obstacle", FieldKind.CHOICE, "Trở ngại làm người khiếu nại không khiếu nại kịp", "Obstacle",
         choices=codes.TimebarObstacle, help_vi="Thời gian có trở ngại không tính vào thời hiệu."),
    spec("obstacle_days", FieldKind.INTEGER, "Số ngày có trở ngại", "Days of the obstacle"),
    spec("obstacle_words", FieldKind.TEXT, "Trở ngại thế nào, giấy tờ gì chứng minh", "What the obstacle was"),
    spec("attorney", FieldKind.CHOICE, "Giấy ủy quyền (nếu có)", "Power of attorney", choices=codes.AttorneyForm,
         help_vi="Nhiều người được ủy quyền thì mỗi người một nội dung khác nhau (NĐ 155/2026 Điều 3)."),
    spec("attorney_on", FieldKind.DATE, "Ngày lập giấy ủy quyền", "Date of the power of attorney"),
)  # fmt: skip


def check(facts: Facts, data: Data) -> str | None:
    """Return why the complaint cannot be accepted for its time-bar or its power of attorney, or None."""
    return _obstacle(facts, data) or _time_barred(facts, data) or _attorney(facts, data)


def _obstacle(facts: Facts, data: Data) -> str | None:
    days, known_on = data.get("obstacle_days"), data.get("known_on")
    if not days:
        return None
    if known_on is None:
        return "Ghi ngày nhận hoặc biết quyết định, hành vi thì mới trừ được số ngày có trở ngại."
    if not data.get("obstacle") or not data.get("obstacle_words"):
        return "Số ngày có trở ngại chỉ được trừ khi chọn loại trở ngại và ghi rõ trở ngại thế nào (Luật Khiếu nại Điều 9)."
    if facts.received_on is not None and days > (facts.received_on - known_on).days:
        return (
            "Số ngày có trở ngại không thể nhiều hơn số ngày từ khi nhận, biết quyết định đến khi khiếu nại."
        )
    return None


def _time_barred(facts: Facts, data: Data) -> str | None:
    """C01: the day of receipt or knowing is not counted, nor is the time of an obstacle; the last day still serves."""
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
        " (Luật Khiếu nại Điều 9, Điều 11 khoản 6)."
    )


def _attorney(facts: Facts, data: Data) -> str | None:
    """C03: notarised or certified; the wording on notarisation lapses, which goes by the day the paper was made."""
    form, made_on = data.get("attorney"), data.get("attorney_on")
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
