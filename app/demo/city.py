"""The demo's city: who succeeds a former district, and feedback on a regulation that the city itself handles."""

from datetime import date

from app.core.clock import today
from app.core.db import unit_of_work
from app.demo.organisation import DemoWorld
from app.demo.telling import Teller
from complaints.services.identity import Sender
from complaints.services.succession import NewSuccession, enter_succession

MINUTES = "Biên bản bàn giao (dữ liệu mẫu) ngày 30/06/2025"


def load_city(world: DemoWorld) -> int:
    """Enter the succession of a former district, and walk feedback to its test; return how many were registered."""
    with unit_of_work():
        enter_succession(
            NewSuccession(
                "UBND quận Long Biên", None, "", "land", world.units["LB"].id, date(2025, 7, 1), MINUTES
            ),
            actor=world.principal("quantri"),
        )
    t = Teller(world, today())
    petition = t.petition(
        12, desk="donthu.hn", unit="BTCD", source="online", letter_date=t.day(12), kind="admin_feedback",
        sender=Sender("Trần Thị Mẫu", "001077000123", "0987654321", "Số 9 phố Ngọc Lâm"), field="administration",
        summary="Phản ánh quy định của thành phố về đăng ký tạm trú yêu cầu giấy xác nhận của tổ dân phố.",
        respondent="Quy định của UBND thành phố", respondent_level="regulation",
    )  # fmt: skip
    case = t.open(11, petition, desk="donthu.hn")
    t.step(7, case, "test", "chutich.hn", criteria=["necessity"],
           words="Giấy tờ yêu cầu thêm không có trong quy định của cấp trên.")  # fmt: skip
    return 1
