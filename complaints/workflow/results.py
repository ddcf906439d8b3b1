"""Fields that several kinds ask for where the facts of the statutory forms arise (03/GQKN, 04/GQTC, 05/KQTH). Pure."""

from complaints.workflow.base import FieldKind, FieldSpec
from complaints.workflow.fields import spec

_NUMBER, _INTEGER = FieldKind.NUMBER, FieldKind.INTEGER

TO_DO: tuple[FieldSpec, ...] = (
    spec("recover_money", _NUMBER, "Kiến nghị thu hồi cho Nhà nước: tiền (triệu đồng)", "To recover: money"),
    spec("recover_land", _NUMBER, "Kiến nghị thu hồi cho Nhà nước: đất (m²)", "To recover: land"),
    spec("return_money", _NUMBER, "Trả lại: tiền (triệu đồng)", "To give back: money"),
    spec("return_land", _NUMBER, "Trả lại: đất (m²)", "To give back: land"),
    spec("return_organisations", _INTEGER, "Trả lại quyền lợi cho: số tổ chức", "Organisations"),
    spec("return_individuals", _INTEGER, "Trả lại quyền lợi cho: số cá nhân", "Individuals"),
    spec("handled_organisations", _INTEGER, "Kiến nghị xử lý: số tổ chức", "To be handled: organisations"),
    spec("handled_people", _INTEGER, "Kiến nghị xử lý hành chính: số người", "To be handled: people"),
    spec("handled_officials", _INTEGER, "Trong đó cán bộ, công chức, viên chức", "Of them officials"),
    spec("investigated_matters", _INTEGER, "Chuyển cơ quan điều tra: số vụ", "To investigation: matters"),
    spec("investigated_people", _INTEGER, "Chuyển cơ quan điều tra: số người", "To investigation: people"),
    spec("investigated_officials", _INTEGER, "Trong đó cán bộ, công chức, viên chức", "Of them officials"),
)

DONE: tuple[FieldSpec, ...] = (
    spec("recover_money", _NUMBER, "Đã thu hồi: tiền (triệu đồng)", "Recovered: money"),
    spec("recover_land", _NUMBER, "Đã thu hồi: đất (m²)", "Recovered: land"),
    spec("return_money", _NUMBER, "Đã trả lại: tiền (triệu đồng)", "Given back: money"),
    spec("return_land", _NUMBER, "Đã trả lại: đất (m²)", "Given back: land"),
    spec("handled_organisations", _INTEGER, "Đã xử lý: số tổ chức", "Handled: organisations"),
    spec("handled_people", _INTEGER, "Đã xử lý: số người", "Handled: people"),
    spec("handled_officials", _INTEGER, "Trong đó cán bộ, công chức, viên chức", "Of them officials"),
    spec("prosecuted_matters", _INTEGER, "Đã khởi tố: số vụ", "Prosecuted: matters"),
    spec("prosecuted_people", _INTEGER, "Đã khởi tố: số người", "Prosecuted: people"),
    spec("prosecuted_officials", _INTEGER, "Trong đó cán bộ, công chức, viên chức", "Of them officials"),
)

RESULT_NAMES = frozenset(field.name for field in TO_DO + DONE)
PART_OF = (
    ("handled_officials", "handled_people"),
    ("investigated_officials", "investigated_people"),
    ("prosecuted_officials", "prosecuted_people"),
)
"""The first may not exceed the second (reports.md: 20 <= 19, 23 <= 22, 15 <= 14)."""
