"""Builders for the desk's tests: an ordinary visit and letter, with what a test wants different."""

from typing import Any

from app.core.clock import today
from complaints.services.identity import Sender
from reception.entries import NewLetter, NewVisit
from tests.factories import World

SEN = Sender("Lê Thị Sen", "999190000001", "0912 345 678", "Số 5 ngõ 12, phường Long Biên")
BANG = Sender("Trần Văn Bàng", "999090000002", "0987654321", "Số 7 ngõ 12, phường Long Biên")


def ordinary_visit(world: World, unit: str = "LB", **changes: Any) -> NewVisit:
    """Return a visit of a citizen who hands in a complaint about compensation for land."""
    values: dict[str, Any] = {
        "unit_id": world.unit(unit).id,
        "received_on": today(),
        "kind": "complaint",
        "summary": "Không đồng ý mức bồi thường khi Nhà nước thu hồi 120 m² đất ở.",
        "outcome": "taken_in",
        "visitors": (SEN,),
        "respondent": "Chủ tịch UBND phường Long Biên",
        "respondent_level": "commune_chair",
        "field": "land",
    }
    return NewVisit(**{**values, **changes})


def ordinary_letter(world: World, unit: str = "LB", **changes: Any) -> NewLetter:
    """Return a complaint that came by post."""
    values: dict[str, Any] = {
        "unit_id": world.unit(unit).id,
        "received_on": today(),
        "source": "post",
        "kind": "complaint",
        "summary": "Khiếu nại quyết định xử phạt vi phạm hành chính về xây dựng.",
        "senders": (SEN,),
        "respondent": "Chủ tịch UBND phường Long Biên",
        "respondent_level": "commune_chair",
        "field": "construction",
    }
    return NewLetter(**{**values, **changes})
