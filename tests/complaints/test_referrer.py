"""What is owed when a petition was sent on: the result to the referrer, and by a reception office to the citizen."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from app.core.clock import frozen
from app.core.db import db, unit_of_work
from app.core.errors import Conflict, Invalid, NotAllowed
from app.core.permissions import Role
from complaints.models.cases import Case
from complaints.models.clocks import Clock
from complaints.models.history import HistoryEntry
from complaints.models.petitions import Petition
from complaints.services.assignment import assign
from complaints.services.clocks import rebuild_all
from complaints.services.perform import perform
from notifications.sweep import run_sweep
from tests.conftest import PASSWORD
from tests.factories import World, build_person, build_petition

D = date
TODAY = D(2026, 11, 16)
DEPUTY = {"source": "forwarded_deputy", "forwarded_by": "Đoàn ĐBQH thành phố"}
RECEPTION = {"source": "forwarded_reception", "forwarded_by": "Ban tiếp công dân thành phố"}


def act(world: World, subject: Petition | Case, action: str, by: str = "chutich.lb", **data: Any) -> None:
    """Take a step as somebody."""
    with unit_of_work():
        perform(subject, action, actor=world.principal(by), data={"basis_checked": True, **data})


def of(petition: Petition, code: str) -> list[tuple[str, date, date | None]]:
    """Return state, start and due date of the clocks of a code on a petition."""
    found = db.session.scalars(select(Clock).where(Clock.petition_id == petition.id, Clock.code == code))
    return [(clock.state, clock.started_on, clock.due_on) for clock in found]


def opened(world: World, kind: str = "complaint", **changes: Any) -> Petition:
    """Return a petition of Long Biên whose case is open, with its handler."""
    level = "commune_officer" if kind == "denunciation" else "commune_chair"
    petition = build_petition(world, kind=kind, respondent_level=level, **changes)
    act(world, petition, "open_case", "donthu.lb", on=TODAY)
    assert petition.case is not None
    with unit_of_work():
        assign(petition.case, unit_id=world.unit("LB-KT").id, handler_id=world.person("thuly.lb").id,
               actor=world.principal("chutich.lb"))  # fmt: skip
    return petition


def decide(world: World, case: Case) -> None:
    """Decide a first complaint on 16 November 2026."""
    act(world, case, "accept", on=TODAY, contested="act")
    act(world, case, "draft_at_once", on=TODAY, words="Rõ ràng trái pháp luật.")
    act(world, case, "decide", on=TODAY, document_no="12/QĐ", outcome="wrong", words="Nội dung.")


def conclude(world: World, case: Case) -> None:
    """Conclude a denunciation on 16 November 2026."""
    act(world, case, "accept", on=TODAY, document_no="1/QĐ")
    act(world, case, "verify", on=TODAY, team_size=2, leader="Trưởng phòng", no_conflict=True)
    act(world, case, "report", on=TODAY, words="Báo cáo.")
    act(world, case, "conclude", on=TODAY, document_no="2/KL", outcome="partly", words="Đúng một phần.")


# Seven working days after Monday 16 November 2026, without Tuesday the 24th, a holiday: Thursday 26 November.
@pytest.mark.law("R10", "V18")
@pytest.mark.parametrize(
    "kind, changes", [("complaint", DEPUTY), ("complaint", RECEPTION), ("denunciation", DEPUTY)]
)
def test_the_seven_days_start_by_themselves_when_the_case_is_resolved_and_the_notice_stops_them(
    world: World, kind: str, changes: dict[str, str]
) -> None:
    petition = opened(world, kind, **changes)
    case = petition.case
    assert case is not None
    with pytest.raises(NotAllowed, match="Chưa có kết quả"):
        act(world, petition, "tell_referrer", "donthu.lb", on=TODAY, document_no="9/UBND")
    (decide if kind == "complaint" else conclude)(world, case)
    assert of(petition, "REFERRER_RESULT") == [("running", TODAY, D(2026, 11, 26))]
    line = db.session.scalars(select(HistoryEntry).where(HistoryEntry.act == "owe_referrer")).one()
    assert (line.petition_id, line.actor_id, line.transition, line.on) == (petition.id, None, "V18", TODAY)
    with frozen(D(2026, 11, 20)):
        with pytest.raises(Invalid) as unnumbered:
            act(world, petition, "tell_referrer", "donthu.lb", on=D(2026, 11, 20))
        assert unnumbered.value.field == "document_no"
        act(world, petition, "tell_referrer", "donthu.lb", on=D(2026, 11, 20), document_no="9/UBND")
        assert of(petition, "REFERRER_RESULT")[0][0] == "met"
        assert petition.referrer_told_on == D(2026, 11, 20)
        with pytest.raises(NotAllowed):
            act(world, petition, "tell_referrer", "donthu.lb", on=D(2026, 11, 20), document_no="10/UBND")
        with unit_of_work():
            assert rebuild_all() == [], "the case is due by its other clocks now"


@pytest.mark.parametrize(
    "kind, changes",
    [
        ("complaint", {}),
        ("complaint", {"source": "forwarded_press", "forwarded_by": "Báo X"}),
        ("complaint", {"source": "forwarded_body", "forwarded_by": "Sở X"}),
    ],
)
def test_nobody_else_is_owed_the_result_by_this_rule(
    world: World, kind: str, changes: dict[str, str]
) -> None:
    petition = opened(world, kind, **changes)
    assert petition.case is not None
    decide(world, petition.case)
    assert of(petition, "REFERRER_RESULT") == []
    with pytest.raises(NotAllowed):
        act(world, petition, "tell_referrer", "donthu.lb", on=TODAY, document_no="9/UBND")


def test_a_case_is_not_closed_while_the_referrer_is_owed_its_result(world: World) -> None:
    petition = opened(world, "denunciation", **DEPUTY)
    case = petition.case
    assert case is not None
    conclude(world, case)
    act(world, case, "notify", on=TODAY)
    act(world, case, "send_conclusion", on=TODAY)
    act(world, case, "handle", on=TODAY, words="Kiểm điểm.")
    act(world, case, "publish", on=TODAY, forms=["media"], broadcasts=2, place="Đài phát thanh")
    with pytest.raises(NotAllowed, match="báo kết quả cho nơi chuyển đơn"):
        act(world, case, "close", on=TODAY)
    act(world, petition, "tell_referrer", "donthu.lb", on=TODAY, document_no="9/UBND")
    act(world, case, "close", on=TODAY)
    assert case.state == "tc_closed"


def test_when_the_seven_days_are_over_people_hear_of_it(world: World) -> None:
    petition = opened(world, **DEPUTY)
    assert petition.case is not None
    decide(world, petition.case)
    with frozen(D(2026, 11, 30)):
        run_sweep()
    (clock,) = db.session.scalars(select(Clock).where(Clock.code == "REFERRER_RESULT"))
    assert clock.last_rung is not None


@pytest.mark.law("R10")
def test_what_was_resolved_earlier_is_told_at_once_with_no_days_counted(world: World) -> None:
    first = opened(world)
    assert first.case is not None
    decide(world, first.case)
    with frozen(D(2026, 11, 18)):
        later = build_petition(world, kind="complaint", received_on=D(2026, 11, 18), **DEPUTY)
        act(world, later, "join_case", "donthu.lb", case_id=first.case.id)
        assert of(later, "REFERRER_RESULT") == []
        act(world, later, "tell_referrer", "donthu.lb", on=D(2026, 11, 18), document_no="9/UBND")
        assert later.referrer_told_on == D(2026, 11, 18)
        assert of(first, "REFERRER_RESULT") == []


@pytest.mark.parametrize("ground, told", [("decided", True), ("no_signature", False)])
def test_a_paper_stored_because_its_matter_was_decided_is_told_to_the_referrer_and_no_other(
    world: World, ground: str, *, told: bool
) -> None:
    petition = build_petition(world, kind="complaint", **DEPUTY)
    act(world, petition, "store", on=TODAY, ground=ground, words="Lưu.")
    assert petition.resolved_before is told
    if told:
        act(world, petition, "tell_referrer", "donthu.lb", on=TODAY, document_no="9/UBND")
        assert petition.referrer_told_on == TODAY
        return
    with pytest.raises(NotAllowed):
        act(world, petition, "tell_referrer", "donthu.lb", on=TODAY, document_no="9/UBND")


def sent_on(world: World) -> Petition:
    """Return a denunciation that the city's reception office received and transferred."""
    with unit_of_work():
        for username, role in (("donthu.btcd", Role.PETITION_OFFICER), ("truongban", Role.LEADER)):
            world.people[username] = build_person(username, username, PASSWORD, (world.unit("BTCD"), role))
    petition = build_petition(
        world, by="donthu.btcd", unit="BTCD", kind="denunciation", respondent_level="department"
    )
    act(world, petition, "transfer", "truongban", on=TODAY, to_body="UBND thành phố", words="Chuyển đơn.")
    return petition


# Five working days after Friday 20 November 2026, without Tuesday the 24th: Monday 30 November.
@pytest.mark.law("R11", "V18")
def test_a_reception_office_tells_the_citizen_who_asked_within_five_working_days_of_the_notice(
    world: World,
) -> None:
    petition = sent_on(world)
    with frozen(D(2026, 11, 20)):
        with pytest.raises(Invalid, match="yêu cầu trước") as late:
            act(world, petition, "referrer_notice", "donthu.btcd", on=D(2026, 11, 19), document_no="5/UBND",
                asked_on=D(2026, 11, 20))  # fmt: skip
        assert late.value.field == "asked_on"
        act(world, petition, "referrer_notice", "donthu.btcd", on=D(2026, 11, 20), document_no="5/UBND",
            asked_on=TODAY)  # fmt: skip
        assert of(petition, "REFERRER_TO_CITIZEN") == [("running", D(2026, 11, 20), D(2026, 11, 30))]
        act(
            world,
            petition,
            "tell_citizen",
            "donthu.btcd",
            on=D(2026, 11, 20),
            document_no="6/BTCD",
            words="Đã báo.",
        )
    assert of(petition, "REFERRER_TO_CITIZEN")[0][0] == "met"


def test_a_citizen_who_did_not_ask_is_owed_nothing_by_the_referrer(world: World) -> None:
    petition = sent_on(world)
    act(world, petition, "referrer_notice", "donthu.btcd", on=TODAY, document_no="5/UBND")
    assert of(petition, "REFERRER_TO_CITIZEN") == []
    with pytest.raises(NotAllowed):
        act(world, petition, "tell_citizen", "donthu.btcd", on=TODAY, document_no="6/BTCD", words="Đã báo.")


def test_a_body_that_is_no_reception_office_is_no_referrer(world: World) -> None:
    petition = build_petition(world, kind="denunciation")
    act(world, petition, "transfer", on=TODAY, to_body="Sở X", words="Chuyển đơn.")
    with pytest.raises(NotAllowed, match="Ban tiếp công dân"):
        act(world, petition, "referrer_notice", "donthu.lb", on=TODAY, document_no="5/UBND")
    with pytest.raises(Conflict):
        act(world, petition, "owe_referrer", "donthu.lb", on=TODAY)


def test_a_denunciation_from_a_reception_office_owes_it_the_report_of_twenty_days_too(world: World) -> None:
    petition = build_petition(world, kind="denunciation", **RECEPTION)
    assert of(petition, "TC_PRESS") == [("running", TODAY, D(2026, 12, 7))]  # 6 December is a Sunday
