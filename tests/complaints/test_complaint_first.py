"""The steps of a first complaint beside the main way: information asked for, time-bar, withdrawal, emergency, review."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from app.core.clock import frozen, today
from app.core.db import db, unit_of_work
from app.core.errors import NotAllowed
from complaints.models.cases import Case
from complaints.models.clocks import Clock, Escalation, EscalationTold
from complaints.services.assignment import assign
from complaints.services.clocks import rebuild_all
from complaints.services.escalation import raise_due_alerts
from complaints.services.perform import perform
from tests.factories import World, build_petition

D = date
IN_TIME = {"known_on": "02/11/2026"}


def _case(world: World, **changes: Any) -> Case:
    petition = build_petition(world, kind="complaint", **changes)
    with unit_of_work():
        perform(petition, "open_case", actor=world.principal("donthu.lb"), data={"on": today()})
    case = petition.case
    assert case is not None
    with unit_of_work():
        assign(case, unit_id=world.unit("LB-KT").id, handler_id=world.person("thuly.lb").id,
               actor=world.principal("chutich.lb"))  # fmt: skip
    return case


def _step(world: World, case: Case, action: str, by: str = "chutich.lb", **data: object) -> None:
    with unit_of_work():
        perform(case, action, actor=world.principal(by), data={"on": today(), **data})


def _verifying(world: World, **changes: Any) -> Case:
    case = _case(world, **changes)
    _step(world, case, "accept")
    _step(world, case, "verify")
    return case


def _clocks(case: Case, code: str) -> list[Clock]:
    wanted = select(Clock).where(Clock.case_id == case.id, Clock.code == code).order_by(Clock.id)
    return list(db.session.execute(wanted).scalars())


# ------------------------------------------------------------------------------------------------ C-5: information


def test_a_request_for_information_gives_its_addressee_seven_days_that_do_not_make_the_case_late(
    world: World,
) -> None:
    case = _verifying(world)  # accepted on 16 November: 30 days, to 16 December
    _step(world, case, "request_information", by="thuly.lb", to_body="UBND phường Bồ Đề", words="Xin hồ sơ.")
    [asked] = _clocks(case, "KN_INFO_REQUEST")
    assert (asked.state, asked.due_on) == ("running", D(2026, 11, 23))
    assert case.next_due_on == D(2026, 12, 16)
    with unit_of_work():
        assert [d for d in rebuild_all() if d.field == "due_on"] == []
    db.session.expire_all()
    assert case.next_due_on == D(2026, 12, 16)


def test_the_handler_alone_hears_that_an_answer_is_late(world: World) -> None:
    case = _verifying(world)
    _step(world, case, "request_information", by="thuly.lb", to_body="UBND phường Bồ Đề", words="Xin hồ sơ.")
    with frozen(D(2026, 11, 26)), unit_of_work():
        raise_due_alerts()
    told = db.session.execute(
        select(Escalation.rung, EscalationTold.person_id)
        .join(EscalationTold, EscalationTold.escalation_id == Escalation.id)
        .join(Clock, Clock.id == Escalation.clock_id)
        .where(Clock.code == "KN_INFO_REQUEST")
    ).all()
    handler = world.person("thuly.lb").id
    assert {tuple(row) for row in told} == {("other_on_day", handler), ("other_after_1", handler)}


def test_an_answer_stops_the_seven_days_unless_others_still_owe_theirs(world: World) -> None:
    case = _verifying(world)
    for body in ("UBND phường Bồ Đề", "Sở Xây dựng"):
        _step(world, case, "request_information", by="thuly.lb", to_body=body, words="Xin hồ sơ.")
    _step(world, case, "record_information", by="thuly.lb", words="Phường đã gửi.", others_wait=True)
    assert [clock.state for clock in _clocks(case, "KN_INFO_REQUEST")] == ["running", "running"]
    _step(world, case, "record_information", by="thuly.lb", words="Sở đã gửi.")
    assert [clock.state for clock in _clocks(case, "KN_INFO_REQUEST")] == ["met", "met"]
    with pytest.raises(NotAllowed, match="hãy ghi yêu cầu trước"):
        _step(world, case, "record_information", by="thuly.lb", words="Lần nữa.")


def test_an_unanswered_request_ends_with_the_decision(world: World) -> None:
    case = _verifying(world)
    _step(world, case, "request_information", by="thuly.lb", to_body="Sở Xây dựng", words="Xin hồ sơ.")
    _step(world, case, "report", words="Báo cáo.")
    _step(world, case, "draft")
    _step(world, case, "decide", document_no="12/QĐ", outcome="right", words="Nội dung.")
    assert [clock.state for clock in _clocks(case, "KN_INFO_REQUEST")] == ["cancelled"]
