"""The steps of a first complaint beside the main way: information asked for, time-bar, withdrawal, emergency, review."""

from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
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
from tests.access.test_every_route import sign_in
from tests.factories import World, build_petition

D = date


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


# ------------------------------------------------------------------------ C01, C03: time-bar and power of attorney


@pytest.mark.parametrize(
    ("known_on", "received_on", "in_time"),
    [
        # 90 days after Thursday 20 August 2026 are Wednesday 18 November: that day still serves.
        (D(2026, 8, 20), D(2026, 11, 18), True),
        (D(2026, 8, 20), D(2026, 11, 19), False),
        # 90 days after 26 August are Tuesday 24 November, the new holiday: the Wednesday still serves.
        (D(2026, 8, 26), D(2026, 11, 25), True),
        (D(2026, 8, 26), D(2026, 11, 26), False),
        # 90 days after 15 August are Friday 13 November; the Saturday is too late, though the desk was closed.
        (D(2026, 8, 15), D(2026, 11, 13), True),
        (D(2026, 8, 15), D(2026, 11, 14), False),
    ],
)
def test_the_time_bar_ends_ninety_days_after_the_decision_was_received_or_on_the_next_working_day(
    world: World, known_on: date, received_on: date, *, in_time: bool
) -> None:
    with frozen(D(2026, 11, 30)):
        case = _case(world, received_on=received_on)
        if in_time:
            _step(world, case, "accept", known_on=known_on)
            assert case.state == "accepted_1"
            return
        with pytest.raises(NotAllowed, match="quá thời hiệu 90 ngày"):
            _step(world, case, "accept", known_on=known_on)
        _step(world, case, "refuse", ground="6", words="Hết thời hiệu, không có lý do chính đáng.")
        assert case.state == "refused"


def test_the_time_of_an_obstacle_is_not_counted_and_stands_in_the_history(
    client: FlaskClient, world: World
) -> None:
    # Received on Monday 16 November; 90 days after 3 August were 1 November. With 12 days of illness the last day was
    # Friday 13 November; with 13 days it was the Saturday, so that the Monday still served.
    case = _case(world)
    obstacle = {"obstacle": "illness", "obstacle_words": "Nằm viện, có giấy ra viện."}
    with pytest.raises(NotAllowed, match="là 13/11/2026"):
        _step(world, case, "accept", known_on=D(2026, 8, 3), obstacle_days=12, **obstacle)
    _step(world, case, "accept", known_on=D(2026, 8, 3), obstacle_days=13, **obstacle)
    sign_in(client, world, "chutich.lb")
    page = client.get(f"/cases/{case.id}").text
    assert "Nằm viện, có giấy ra viện." in page
    assert "Ốm đau" in page
    assert "03/08/2026" in page


def test_a_power_of_attorney_made_in_2027_is_certified_and_no_longer_notarised(world: World) -> None:
    with frozen(D(2027, 1, 5)):
        case = _case(world)
        with pytest.raises(NotAllowed, match="có chứng thực"):
            _step(world, case, "accept", attorney="notarised", attorney_on=D(2027, 1, 4))
        _step(world, case, "accept", attorney="notarised", attorney_on=D(2026, 12, 31))
        assert case.state == "accepted_1"
