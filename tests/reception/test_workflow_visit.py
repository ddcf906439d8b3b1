"""The visit's table, by hand against law.md 7.1: every state and action, each guard both ways."""

import pytest
from sqlalchemy import select

from app.core.db import db
from app.core.errors import Invalid
from app.core.permissions import Permission
from complaints.codes import WRITTEN_REFUSALS, RefusalGround
from complaints.workflow.base import Facts, GuardRefused, NotInWorkflow
from reception.codes import VisitOutcome
from reception.models import Visit
from reception.services.visits import record_visit
from reception.workflow.visit import WORKFLOW, steps_of, walk
from tests.factories import World
from tests.reception.builders import ordinary_visit

WHERE = {
    "refuse_oral": ({"arrived"}, "refused_oral", "V2"),
    "refuse_written": ({"arrived"}, "refusal_pending", "V3"),
    "sign_refusal": ({"refusal_pending"}, "refused_written", "V4"),
    "await_reps": ({"arrived"}, "await_reps", "V6"),
    "identify": ({"arrived"}, "identified", "V8"),
    "hear": ({"identified"}, "heard", "V9"),
    "take_in": ({"heard"}, "taken_in", "V11"),
    "guide": ({"heard"}, "guided", "V12"),
    "transfer": ({"heard"}, "transferred", "V13"),
    "explain": ({"heard"}, "explained", "V15"),
}
GROUP = Facts(kind="complaint", signer_count=5)


@pytest.mark.parametrize("state", WORKFLOW.states)
@pytest.mark.parametrize("action", WHERE)
def test_every_state_takes_the_actions_of_the_law_and_no_other(state: str, action: str) -> None:
    sources, target, code = WHERE[action]
    data = {"ground": "L9.3" if action == "refuse_written" else "L9.1"}
    if state not in sources:
        with pytest.raises(NotInWorkflow):
            WORKFLOW.find(state, action, GROUP, data)
        return
    step = WORKFLOW.find(state, action, GROUP, data)
    assert (step.target, step.code) == (target, code)


def test_the_table_has_no_action_that_this_page_does_not_know() -> None:
    assert {step.action for step in WORKFLOW.transitions} == set(WHERE)


def test_only_the_head_signs_all_else_is_the_desks() -> None:
    heads = {step.action for step in WORKFLOW.transitions if step.permission is not Permission.VISIT_RECORD}
    assert heads == {"sign_refusal"}


@pytest.mark.parametrize("ground", list(RefusalGround))
def test_each_ground_is_told_in_its_own_way(ground: RefusalGround) -> None:
    written = ground in WRITTEN_REFUSALS
    right, wrong = ("refuse_written", "refuse_oral") if written else ("refuse_oral", "refuse_written")
    facts = Facts(kind="complaint")
    assert WORKFLOW.find("arrived", right, facts, {"ground": ground.value}).action == right
    with pytest.raises(GuardRefused):
        WORKFLOW.find("arrived", wrong, facts, {"ground": ground.value})


@pytest.mark.parametrize("action", ["refuse_oral", "refuse_written"])
def test_a_refusal_without_a_ground_is_none(action: str) -> None:
    with pytest.raises(GuardRefused):
        WORKFLOW.find("arrived", action, Facts(kind="complaint"), {"ground": None})


@pytest.mark.parametrize(
    ("kind", "allowed"), [("complaint", True), ("proposal", True), ("denunciation", False)]
)
def test_missing_proof_of_authority_refuses_no_denunciation(kind: str, allowed: bool) -> None:
    if allowed:
        assert walk(("refuse_oral",), Facts(kind=kind), {"ground": "D4.e"}) == "refused_oral"
        return
    with pytest.raises(GuardRefused):
        walk(("refuse_oral",), Facts(kind=kind), {"ground": "D4.e"})


@pytest.mark.parametrize(
    ("people", "appointed", "allowed"), [(4, False, False), (5, False, True), (5, True, False)]
)
def test_representatives_are_awaited_from_five_people_without_a_paper(
    people: int, appointed: bool, allowed: bool
) -> None:
    facts = Facts(kind="complaint", signer_count=people, representatives_appointed=appointed)
    assert (WORKFLOW.leaving("arrived")[2].refusal(facts, {}) is None) is allowed


@pytest.mark.parametrize("outcome", ["taken_in", "guided", "transferred", "explained", "await_reps"])
def test_what_the_desk_chooses_is_where_the_walk_ends(outcome: str) -> None:
    assert walk(steps_of(outcome, None), GROUP, {"ground": None}) == outcome == VisitOutcome(outcome)


def test_the_desk_says_beside_the_ground_that_it_does_not_fit_a_denunciation(world: World) -> None:
    words = {"outcome": "refused", "refusal_ground": "D4.e", "outcome_note": "Chưa có giấy ủy quyền hợp lệ."}
    desk = world.principal("tiepdan.lb")
    with pytest.raises(Invalid) as refused:
        record_visit(ordinary_visit(world, kind="denunciation", **words), actor=desk)
    assert refused.value.field == "refusal_ground"
    assert db.session.scalars(select(Visit)).all() == []
    assert record_visit(ordinary_visit(world, **words), actor=desk).outcome == "refused_oral"
