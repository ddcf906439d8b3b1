"""How the demo tells a story: the names of its people, and acts on the mornings of days before today."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from app.core.clock import at_local, frozen
from app.core.db import db, unit_of_work
from app.demo.organisation import DemoWorld
from complaints.models.cases import Case
from complaints.models.petitions import Petition
from complaints.services.assignment import assign
from complaints.services.identity import Sender
from complaints.services.jurisdiction import confirm_competence
from complaints.services.perform import perform
from complaints.services.registration import NewPetition, register_petition

NAMES = (
    Sender("Trần Văn Mẫu", "001066000211", "0981000211", "Số 14 phố Ngọc Lâm"),
    Sender("Lê Thị Thí Dụ", "001171000212", "0981000212", "Số 3 phố Ái Mộ"),
    Sender("Phạm Văn Minh Hoạ", "001080000213", "0981000213", "Số 27 ngõ 12 Nguyễn Văn Cừ"),
    Sender("Hoàng Thị Ví Dụ", "001185000214", "0981000214", "Tổ 5 Phúc Lợi"),
)


@dataclass(frozen=True)
class Teller:
    """Tells stories of a demo world by days before today."""

    world: DemoWorld
    last: date

    def day(self, before: int) -> date:
        """Return the day so many days ago."""
        return self.last - timedelta(days=before)

    def at(self, before: int, act: Callable[[date], Any]) -> Any:
        """Do something on the morning so many days ago, in a unit of work of its own."""
        day = self.day(before)
        with frozen(at_local(day, time(9, 30))), unit_of_work():
            return act(day)

    def petition(self, before: int, *, desk: str, unit: str, sender: Sender, **said: Any) -> int:
        """Register what came by post and classify it; return its id."""
        world, actor = self.world, self.world.principal(desk)
        named = ("kind", "instance", "disciplinary", "overdue_claim")
        kind: dict[str, Any] = {name: said.pop(name) for name in named if name in said}

        def register(day: date) -> int:
            values = {"source": "post", "received_on": day, "senders": (sender,), **said}
            new = NewPetition(unit_id=world.units[unit].id, **values)
            petition = register_petition(new, actor=actor)
            data: dict[str, Any] = {
                **kind,
                "field": said["field"],
                "respondent_level": said["respondent_level"],
                "on": day.isoformat(),
            }
            perform(petition, "classify", actor=actor, data=data)
            return petition.id

        return int(self.at(before, register))

    def open(
        self, before: int, petition_id: int, *, desk: str, action: str = "open_case", **data: Any
    ) -> int:
        """Confirm that the office is competent and open the case; return its id."""
        actor = self.world.principal(desk)

        def confirm(day: date) -> int:
            petition = db.session.get_one(Petition, petition_id)
            confirm_competence(petition, own=True, reason="Theo quy định về thẩm quyền.", actor=actor)
            perform(petition, action, actor=actor, data={"on": day.isoformat(), **data})
            assert petition.case_id is not None
            return petition.case_id

        return int(self.at(before, confirm))

    def step(self, before: int, case_id: int, action: str, by: str, **data: Any) -> None:
        """Take a step of a case."""
        actor = self.world.principal(by)
        self.at(before, lambda day: perform(db.session.get_one(Case, case_id), action, actor=actor,
                                            data={"on": day.isoformat(), **data}))  # fmt: skip

    def give(self, before: int, case_id: int, *, to: str, unit: str, by: str) -> None:
        """Assign a case to its handler."""
        world = self.world
        self.at(before, lambda _day: assign(
            db.session.get_one(Case, case_id), unit_id=world.units[unit].id, handler_id=world.people[to].id,
            actor=world.principal(by)))  # fmt: skip
