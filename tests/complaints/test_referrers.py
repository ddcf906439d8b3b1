"""V18: whoever referred a petition hears the result within its clock, and the reception office tells the citizen."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from app.core.clock import frozen
from app.core.db import db, unit_of_work
from app.core.errors import NotAllowed
from app.core.permissions import Role
from complaints.models.clocks import Clock
from complaints.models.petitions import Petition
from complaints.services.assignment import assign
from complaints.services.perform import perform
from tests.factories import World, build_person, build_petition

D = date


def clocks(petition: Petition, code: str) -> list[Clock]:
    wanted = select(Clock).where(Clock.petition_id == petition.id, Clock.code == code).order_by(Clock.id)
    return list(db.session.scalars(wanted))


def do(subject: Any, action: str, world: World, by: str, **data: Any) -> None:
    with unit_of_work():
        perform(subject, action, actor=world.principal(by), data={"on": "16/11/2026", **data})


def concluded(world: World, **changes: Any) -> Petition:
    """A denunciation that was accepted, verified and concluded on 16 November 2026."""
    petition = build_petition(
        world, kind="denunciation", respondent_level="commune_officer", field="construction", **changes
    )
    do(petition, "open_case", world, "donthu.lb")
    case = petition.case
    assert case is not None
    head = "chutich.lb"
    do(case, "accept", world, head, document_no="1")
    with unit_of_work():
        assign(
            case,
            unit_id=world.unit("LB-KT").id,
            handler_id=world.person("thuly.lb").id,
            actor=world.principal(head),
        )
    for action in ("verify", "report", "conclude"):
        step = {"document_no": "2", "words": "Đã xác minh.", "outcome": "partly", "basis_checked": True,
                "team_size": 2, "no_conflict": True, "leader": "Ông A"}  # fmt: skip
        do(case, action, world, head, **step)
    return petition


@pytest.mark.law("V18", "R10")
@pytest.mark.parametrize("source, owed", [
    ("forwarded_deputy", True), ("forwarded_reception", True), ("forwarded_press", False), ("post", False),
])  # fmt: skip
def test_the_referrer_is_owed_the_result_from_the_day_of_the_conclusion(
    world: World, source: str, owed: bool
) -> None:
    petition = concluded(world, source=source, forwarded_by="Đoàn đại biểu Quốc hội" if owed else "")
    found = clocks(petition, "REFERRER_RESULT")
    assert bool(found) is owed
    if not owed:
        with pytest.raises(NotAllowed):
            do(petition, "tell_referrer", world, "donthu.lb", words="Đã kết luận.")
        return
    # Mon 16/11 is not counted: 17, 18, 19, 20, 23, [24 holiday], 25, 26 (7).
    assert (found[0].started_on, found[0].due_on) == (D(2026, 11, 16), D(2026, 11, 26))
    assert petition.case is not None and petition.case.decided_on == D(2026, 11, 16)
    with frozen(D(2026, 11, 18)):
        do(
            petition,
            "tell_referrer",
            world,
            "donthu.lb",
            on="18/11/2026",
            document_no="7",
            words="Đã kết luận.",
        )
    assert (clocks(petition, "REFERRER_RESULT")[0].state, len(clocks(petition, "REFERRER_RESULT"))) == (
        "met",
        1,
    )


@pytest.mark.law("R11")
def test_the_reception_office_tells_the_citizen_who_had_asked(world: World) -> None:
    world.people["donthu.hn"] = build_person(
        "donthu.hn", "Cán bộ đơn thư", "x", (world.unit("BTCD"), Role.PETITION_OFFICER)
    )
    world.people["truongban"] = build_person(
        "truongban", "Trưởng Ban", "x", (world.unit("BTCD"), Role.LEADER)
    )
    petition = build_petition(
        world, "tiepdan.hn", "BTCD", kind="proposal", source="in_person", in_person=True
    )
    do(
        petition,
        "transfer",
        world,
        "truongban",
        to_body="UBND phường Bồ Đề",
        document_no="9",
        words="Chuyển.",
    )
    with pytest.raises(NotAllowed, match="yêu cầu trước"):
        do(petition, "result_received", world, "donthu.hn", document_no="4", asked=False, words="x")
    do(petition, "result_received", world, "donthu.hn", document_no="4", asked=True)
    clock = clocks(petition, "REFERRER_TO_CITIZEN")[0]
    assert (clock.state, clock.due_on) == ("running", D(2026, 11, 23))
    do(petition, "tell_citizen", world, "donthu.hn", words="Đã báo.")
    assert clock.state == "met"
