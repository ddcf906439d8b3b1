"""Standing in for somebody who is away: the work and not the seal, from - to, never further than the one who is away."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.core.audit import AuditEntry
from app.core.clock import frozen, today
from app.core.db import unit_of_work
from app.core.errors import Conflict, Invalid, NotFound
from app.core.permissions import Permission
from app.organisation.chart import chart
from app.organisation.delegation import SEAL, SEES, Delegation
from app.organisation.delegation import WORK as WHAT_WORK
from app.organisation.services.delegations import NewDelegation, delegation_for, end, give
from complaints.access import may_act
from complaints.models.history import HistoryEntry
from complaints.models.petitions import Petition
from complaints.queries import worklists
from complaints.queries.worklists import WorkFilter
from complaints.services import conflicts
from complaints.services.assignment import assign
from complaints.services.identity import may_open_identity
from complaints.services.notes import add_note
from tests.complaints.test_conflicts import build_denunciation
from tests.conftest import PASSWORD
from tests.factories import World

WHAT = (*WHAT_WORK, *SEES)
WORK = ("case:assign", "case:handle", "case:decide")


def stand_in(world: World, away: str, in_place: str, *, by: str, **changes: Any) -> Delegation:
    """Have somebody stand in for ten days from today on."""
    values = {"from_name": away, "to_name": in_place, "permissions": WORK, "with_seal": False, "first": today(),
              "last": today() + timedelta(days=9), "document_no": "12/QĐ-UBND", **changes}  # fmt: skip
    with unit_of_work():
        row = give(NewDelegation(**values), actor=world.principal(by))
    chart(fresh=True)
    return row


def test_whoever_stands_in_does_the_work_for_so_long_and_no_longer(world: World, session: Session) -> None:
    """It begins and ends by itself; lists show the files meanwhile."""
    case = build_denunciation(world, assigned=False)
    stand_in(world, "chutich.lb", "thuly.lb", by="chutich.lb")
    deputy = world.principal("thuly.lb")
    assert may_act(deputy, Permission.CASE_DECIDE, case)
    assert not may_act(deputy, Permission.CASE_CLOSE, case)  # not named
    seen = worklists.reached(deputy, Permission.CASE_VIEW)
    assert [line.id for line in worklists.worklist(WorkFilter(), seen).items] == [case.id]
    for day in (today() - timedelta(days=1), today() + timedelta(days=10)):
        with frozen(day):
            assert not world.principal("thuly.lb").behalf
    with frozen(today() + timedelta(days=9)):
        assert world.principal("thuly.lb").behalf


def test_history_and_the_record_say_on_whose_behalf(world: World, session: Session) -> None:
    """And nothing of the kind for who acts in their own right."""
    case = build_denunciation(world, assigned=False)
    chair, head = world.person("chutich.lb").id, world.person("truongphong.lb").id
    stand_in(world, "chutich.lb", "truongphong.lb", by="chutich.lb")
    with unit_of_work():
        assign(case, unit_id=world.unit("LB-KT").id, handler_id=None, actor=world.principal("truongphong.lb"))
    line = session.scalars(select(HistoryEntry).where(HistoryEntry.act == "assigned")).one()
    assert (line.actor_id, line.data["on_behalf_of"]) == (head, chair)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "case.assigned")).one()
    assert (entry.actor_id, entry.detail["on_behalf_of"]) == (head, chair)
    with unit_of_work():  # the case is at the head's own unit now
        note = add_note(case, "Đã xem", actor=world.principal("truongphong.lb"))
    assert "on_behalf_of" not in note.data


def test_the_seal_is_not_passed_on_unless_said_so(world: World, session: Session) -> None:
    """By default neither the identity nor the file of protection."""
    case = build_denunciation(world, assigned=False)
    petition = session.scalars(select(Petition).where(Petition.case_id == case.id)).one()
    row = stand_in(world, "chutich.lb", "truongphong.lb", by="chutich.lb")
    deputy = world.principal("truongphong.lb")
    assert not may_open_identity(deputy, petition)
    assert not any(
        may_act(deputy, p, case) for p in (Permission.PROTECTION_VIEW, Permission.PROTECTION_DECIDE)
    )
    with unit_of_work():
        end(row, actor=world.principal("chutich.lb"))
    stand_in(world, "chutich.lb", "truongphong.lb", by="chutich.lb", with_seal=True)
    assert may_open_identity(world.principal("truongphong.lb"), petition)
    with pytest.raises(Invalid) as refused:
        stand_in(world, "chutich.lb", "donthu.lb", by="quantri", with_seal=True)
    assert refused.value.field == "with_seal"
    assert Permission.ORGANISATION_MANAGE not in SEAL


def test_what_is_closed_to_either_of_the_two_stays_closed(world: World, session: Session) -> None:
    """The one who stands in has a conflict; then the one who is away is denounced."""
    case = build_denunciation(world, assigned=False)
    stand_in(world, "chutich.lb", "thuly.lb", by="chutich.lb")
    deputy = world.principal("thuly.lb")
    with unit_of_work():
        row = conflicts.declare(
            case, reason="Là anh ruột", name="thuly.lb", actor=world.principal("chutich.lb")
        )
    assert not any(may_act(deputy, permission, case) for permission in Permission)
    with unit_of_work():
        conflicts.end(case, row.id, reason="Không phải", actor=world.principal("chutich.lb"))
        conflicts.record_denounced(case, name="chutich.lb", unit_id=None, actor=world.principal("chutich.lb"))
    assert not any(may_act(deputy, permission, case) for permission in WHAT)


def test_a_stand_in_ends_with_the_roles_of_either(world: World, session: Session) -> None:
    """Whoever left yesterday passes nothing on today, and gets nothing."""
    stand_in(world, "chutich.lb", "thuly.lb", by="chutich.lb")
    world.person("chutich.lb").memberships[0].valid_to = today()
    session.flush()
    chart(fresh=True)
    assert not world.principal("thuly.lb").may(Permission.CASE_DECIDE)
    world.person("chutich.lb").memberships[0].valid_to = None
    world.person("thuly.lb").memberships[0].valid_to = today()
    session.flush()
    chart(fresh=True)
    assert not world.principal("thuly.lb").permissions


@pytest.mark.parametrize(
    ("changes", "by", "field"),
    [
        ({"away": "không có ai"}, "chutich.lb", "from_name"),
        ({"away": "chutich.lb"}, "truongphong.lb", "from_name"),  # above the one who gives
        ({"away": "thuly.bd", "in_place": "truongphong.bd"}, "chutich.lb", "from_name"),  # elsewhere
        ({"in_place": "chutich.lb"}, "chutich.lb", "to_name"),
        ({"away": "thuly.lb", "in_place": "chutich.lb", "permissions": ("case:handle",)}, "chutich.lb", "to_name"),
        ({"in_place": "thuly.bd"}, "chutich.lb", "to_name"),
        ({"permissions": ()}, "chutich.lb", "permissions"),
        ({"permissions": ("case:review", "organisation:manage")}, "chutich.lb", "permissions"),
        ({"away": "thuly.lb", "in_place": "truongphong.lb"}, "chutich.lb", "permissions"),  # has no such right
        ({"document_no": " "}, "chutich.lb", "document_no"),
        ({"first": date(2026, 11, 1)}, "chutich.lb", "first"),
        ({"last": date(2026, 11, 15)}, "chutich.lb", "last"),
        ({"last": date(2028, 11, 15)}, "chutich.lb", "last"),
    ],
)  # fmt: skip
def test_what_may_not_be_passed_on_is_refused_beside_its_field(
    world: World, session: Session, changes: dict[str, Any], by: str, field: str
) -> None:
    """Nothing is written."""
    values = {"away": "chutich.lb", "in_place": "truongphong.lb", **changes}
    with pytest.raises(Invalid) as refused:
        stand_in(world, values.pop("away"), values.pop("in_place"), by=by, **values)
    assert refused.value.field == field
    assert session.query(Delegation).count() == 0


def test_only_heads_and_administrators_give_and_end(world: World, session: Session) -> None:
    """Others find nothing; what is over cannot be ended, and the database refuses to rewrite it."""
    with pytest.raises(NotFound):
        stand_in(world, "thuly.lb", "truongphong.lb", by="thuly.lb", permissions=("case:handle",))
    row = stand_in(world, "thuly.lb", "donthu.lb", by="truongphong.lb", permissions=("case:handle",))
    for stranger in ("chutich.bd", "donthu.lb", "truongphong.bd"):
        with pytest.raises(NotFound):
            delegation_for(world.principal(stranger), row.id)
    with unit_of_work():
        end(delegation_for(world.principal("quantri"), row.id), actor=world.principal("quantri"))
    chart(fresh=True)
    assert not world.principal("donthu.lb").behalf
    with pytest.raises(Conflict), unit_of_work():
        end(row, actor=world.principal("quantri"))
    with pytest.raises(DBAPIError), session.begin_nested():
        session.execute(text("UPDATE delegations SET with_seal = true"))


def test_the_page_keeps_what_was_typed_and_every_page_says_for_whom_one_works(
    world: World, session: Session, client: FlaskClient
) -> None:
    """The refusal stands beside its field."""
    client.post("/sign-in", data={"username": "chutich.lb", "password": PASSWORD})
    typed = {"from_name": "chutich.lb", "to_name": "không có ai", "first": "16/11/2026", "last": "20/11/2026",
             "document_no": "12/QĐ-UBND", "permissions": ["case:decide"]}  # fmt: skip
    answer = client.post("/delegations/", data=typed)
    assert answer.status_code == 422
    assert "Không có người nào đang làm việc với tên này." in answer.text
    assert "12/QĐ-UBND" in answer.text
    assert client.post("/delegations/", data={**typed, "to_name": "truongphong.lb"}).status_code == 302
    assert "Trưởng phòng LB" in client.get("/delegations/").text
    client.post("/sign-out")
    client.post("/sign-in", data={"username": "truongphong.lb", "password": PASSWORD})
    assert "thay mặt Chủ tịch LB đến hết ngày 20/11/2026" in client.get("/").text
