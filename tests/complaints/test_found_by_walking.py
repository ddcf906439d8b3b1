"""What the random walks found wrong, each as the shortest way to it, so that it is tried without dice."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.clock import today
from app.core.db import unit_of_work
from app.core.errors import NotAllowed
from complaints.models.clocks import Clock
from complaints.models.petitions import Petition
from complaints.models.shared import NOT_DUE
from complaints.services.clocks import clocks_of, rebuild_all
from complaints.services.perform import classify_on_registration, perform
from tests.factories import World, build_petition


def opened(world: World, kind: str, **changes: object) -> Petition:
    """Open a case of a petition."""
    petition = build_petition(world, kind=kind, **changes)
    with unit_of_work():
        perform(petition, "open_case", actor=world.principal("donthu.lb"), data={"on": today()})
    return petition


def test_deriving_all_dates_again_leaves_a_case_without_clocks_not_due(
    world: World, session: Session
) -> None:
    """Another case's petition has a reply that is owed: that is no business of this one."""
    quiet, owed = (
        opened(world, "proposal").case_id,
        opened(world, "proposal", in_person=True, source="in_person"),
    )
    case = owed.case
    assert quiet is not None and case is not None
    assert case.next_due_on != NOT_DUE
    assert rebuild_all() == []


def test_what_is_kept_for_a_year_makes_a_petition_due_neither_when_all_dates_are_derived_again(
    world: World, session: Session
) -> None:
    petition = build_petition(world, kind="complaint")
    with unit_of_work():
        data = {"on": today(), "ground": "no_signature", "words": "Thiếu chữ ký.", "basis_checked": True}
        perform(petition, "store", actor=world.principal("chutich.lb"), data=data)
    assert [c.code for c in clocks_of(petition) if c.state == "running"] == ["PETITION_RETENTION"]
    assert petition.next_due_on == NOT_DUE
    assert rebuild_all() == []


def test_a_denunciation_that_a_subordinate_let_lie_is_not_opened_as_a_first_case_and_the_demand_stays(
    world: World, session: Session
) -> None:
    petition = build_petition(world, kind="denunciation")
    with unit_of_work():
        data = {"kind": "denunciation", "field": "land", "overdue_claim": True}
        classify_on_registration(petition, actor=world.principal("donthu.lb"), data=data)
    demand = select(Clock).where(Clock.petition_id == petition.id, Clock.code == "TC_OVERDUE_DEMAND")
    assert session.scalars(demand).one().state == "running"
    with pytest.raises(NotAllowed), unit_of_work():
        perform(petition, "open_case", actor=world.principal("donthu.lb"), data={"on": today()})
    assert session.scalars(demand).one().state == "running"


def test_a_reply_to_who_came_makes_the_case_of_their_petition_due_no_longer(
    world: World, session: Session
) -> None:
    petition = opened(world, "proposal", in_person=True, source="in_person")
    case = petition.case
    assert case is not None
    assert case.next_due_on != NOT_DUE
    with unit_of_work():
        data = {"on": today(), "reply": "more_time", "basis_checked": True}
        perform(petition, "reply", actor=world.principal("chutich.lb"), data=data)
    assert case.next_due_on == NOT_DUE
    assert rebuild_all() == []


def test_a_petition_whose_case_is_accepted_is_due_no_longer_by_the_limit_of_accepting(
    world: World, session: Session
) -> None:
    petition = opened(world, "complaint", letter_date=today())
    case = petition.case
    assert case is not None and petition.next_due_on != NOT_DUE
    with unit_of_work():
        data = {"on": today(), "document_no": "1/TB", "contested": "decision", "known_on": today(),
                "basis_checked": True}  # fmt: skip
        perform(case, "accept", actor=world.principal("chutich.lb"), data=data)
    assert [clock.state for clock in clocks_of(petition) if clock.code == "KN_ACCEPT"] == ["met"]
    assert petition.next_due_on == NOT_DUE != case.next_due_on
