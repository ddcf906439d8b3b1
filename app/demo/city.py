"""The demo's city: who succeeds a former district, and feedback on a regulation that the city itself handles."""

from datetime import date, timedelta

from app.core.clock import frozen, today
from app.core.db import db, unit_of_work
from app.demo.organisation import DemoWorld
from complaints.models.petitions import Petition
from complaints.services.identity import Sender
from complaints.services.jurisdiction import confirm_competence
from complaints.services.perform import perform
from complaints.services.registration import NewPetition, register_petition
from complaints.services.succession import NewSuccession, enter_succession

AGE = 12  # days since the feedback came
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
    day = today() - timedelta(days=AGE)
    desk, head = world.principal("donthu.hn"), world.principal("chutich.hn")
    with frozen(day), unit_of_work():
        petition_id = register_petition(_feedback(world, day), actor=desk).id
    with frozen(day + timedelta(days=1)), unit_of_work():
        petition = db.session.get_one(Petition, petition_id)
        confirm_competence(petition, own=True, actor=desk)
        perform(petition, "open_case", actor=desk, data={"on": today().isoformat()})
    with frozen(day + timedelta(days=5)), unit_of_work():
        case = db.session.get_one(Petition, petition_id).case
        if case is not None:
            words = "Giấy tờ yêu cầu thêm không có trong quy định của cấp trên."
            perform(case, "test", actor=head,
                    data={"on": today().isoformat(), "criteria": ["necessity"], "words": words})  # fmt: skip
    return 1


def _feedback(world: DemoWorld, day: date) -> NewPetition:
    return NewPetition(
        unit_id=world.units["BTCD"].id,
        source="online",
        received_on=day,
        letter_date=day,
        summary="Phản ánh quy định của thành phố về đăng ký tạm trú yêu cầu giấy xác nhận của tổ dân phố.",
        senders=(Sender("Trần Thị Mẫu", "001077000123", "0987654321", "Số 9 phố Ngọc Lâm"),),
        kind="admin_feedback",
        field="administration",
        respondent="Quy định của UBND thành phố",
        respondent_level="regulation",
    )
