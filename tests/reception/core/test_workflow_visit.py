"""The visit's table, by hand against law.md 7.1: every state and action, each guard both ways and at its edges."""

from dataclasses import replace
from typing import Any

import pytest

from app.core.permissions import Permission
from complaints.codes import WRITTEN_REFUSALS, RefusalGround
from complaints.workflow.base import Facts, GuardRefused, NotInWorkflow
from reception.codes import CitedPoint, VisitOutcome
from reception.workflow.visit import POINTS, RETURNABLE, WORKFLOW, VisitFacts, steps_of, walk

WHERE = {
    "refuse_oral": ({"arrived"}, "refused_oral", "V2"),
    "refuse_written": ({"arrived"}, "refusal_pending", "V3"),
    "sign_refusal": ({"refusal_pending"}, "refused_written", "V4"),
    "refusal_back": ({"refusal_pending"}, "arrived", "V5"),
    "await_reps": ({"arrived"}, "await_reps", "V6"),
    "appoint_reps": ({"await_reps"}, "identified", "V7"),
    "identify": ({"arrived"}, "identified", "V8"),
    "hear": ({"identified"}, "heard", "V9"),
    "split_contents": ({"heard"}, None, "V10"),
    "take_in": ({"heard"}, "taken_in", "V11"),
    "guide": ({"heard"}, "guided", "V12"),
    "transfer": ({"heard"}, "transferred", "V13"),
    "propose_demand": ({"heard"}, "demand_proposed", "V14"),
    "demand": ({"demand_proposed"}, "demand_subordinate", "V14"),
    "demand_back": ({"demand_proposed"}, "heard", "V14"),
    "explain": ({"heard"}, "explained", "V15"),
    "harm_told": (set(WORKFLOW.states), None, "TC09"),
}
CLOCKS = {
    "refuse_written": "start",
    "sign_refusal": "stop",
    "refusal_back": "stop",
}  # of RECEP_REFUSE, and no other
GROUP = VisitFacts(kind="complaint", signer_count=5, representatives_appointed=False)
READY: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {  # what each guarded step needs: facts, data
    "refuse_oral": ({}, {"ground": "L9.1"}),
    "refuse_written": ({}, {"ground": "L9.3"}),
    "sign_refusal": ({"ground": "L9.3"}, {"point": "L9.3"}),
    "appoint_reps": ({"representatives_appointed": True, "representative_count": 2}, {"walked": True}),
    "split_contents": ({"kind": "mixed", "content_count": 2}, {"walked": True}),
    "harm_told": ({"kind": "denunciation"}, {"measures": ["police"]}),
}


@pytest.mark.parametrize("state", WORKFLOW.states)
@pytest.mark.parametrize("action", WHERE)
def test_every_state_takes_the_actions_of_the_law_and_no_other(state: str, action: str) -> None:
    sources, target, code = WHERE[action]
    changes, data = READY.get(action, ({}, {"walked": True}))
    facts = replace(GROUP, **changes)
    if state not in sources:
        with pytest.raises(NotInWorkflow):
            WORKFLOW.find(state, action, facts, data)
        return
    step = WORKFLOW.find(state, action, facts, data)
    assert (step.target, step.code) == (target, code)
    effects = [(effect.clock, effect.verb.value) for effect in step.effects]
    assert effects == ([("RECEP_REFUSE", CLOCKS[action])] if action in CLOCKS else [])


def test_the_table_has_no_action_that_this_page_does_not_know() -> None:
    assert {step.action for step in WORKFLOW.transitions} == set(WHERE)


def test_only_the_head_signs_all_else_is_the_desks() -> None:
    heads = {step.action for step in WORKFLOW.transitions if step.permission is not Permission.VISIT_RECORD}
    assert heads == {"sign_refusal", "refusal_back", "demand", "demand_back"}


def test_a_visit_rests_only_where_somebody_has_to_come_back_to_it() -> None:
    rests = {code for code, state in WORKFLOW.states.items() if state.open}
    assert rests == {"arrived", "identified", "heard", "refusal_pending", "await_reps", "demand_proposed"}


GUARDS: list[tuple[str, dict[str, Any], dict[str, Any], str | None]] = [
    ("sign_refusal", {"ground": "D4.h"}, {"point": "D4.h"}, None),
    ("sign_refusal", {"ground": "D4.h"}, {"point": "D4.g"}, None),
    ("sign_refusal", {"ground": "D4.h"}, {"point": "L9.3"}, "điểm h"),
    ("sign_refusal", {"ground": "L9.3"}, {"point": "L9.3"}, None),
    ("sign_refusal", {"ground": "L9.3"}, {"point": "D4.h"}, "khoản 3 Điều 9"),
    ("sign_refusal", {"ground": ""}, {"point": "D4.h"}, "viện dẫn"),
    ("sign_refusal", {"ground": "L9.3"}, {}, None),
    ("appoint_reps", {"signer_count": 10, "representative_count": 2, "representatives_appointed": True}, {"x": 1}, None),
    ("appoint_reps", {"signer_count": 10, "representative_count": 1, "representatives_appointed": True}, {"x": 1}, None),
    ("appoint_reps", {"signer_count": 10, "representative_count": 0, "representatives_appointed": True}, {"x": 1}, "từ 1 đến 2"),
    ("appoint_reps", {"signer_count": 10, "representatives_appointed": True}, {"x": 1}, "đã ghi 0"),
    ("appoint_reps", {"signer_count": 10, "representative_count": 3, "representatives_appointed": True}, {"x": 1}, "từ 1 đến 2"),
    ("appoint_reps", {"signer_count": 11, "representative_count": 5, "representatives_appointed": True}, {"x": 1}, None),
    ("appoint_reps", {"signer_count": 11, "representative_count": 6, "representatives_appointed": True}, {"x": 1}, "từ 1 đến 5"),
    ("appoint_reps", {"signer_count": 11, "representative_count": 0, "representatives_appointed": True}, {"x": 1}, "từ 1 đến 5"),
    ("appoint_reps", {"signer_count": 11, "representative_count": 2}, {"x": 1}, "chữ ký của mọi người"),
    ("appoint_reps", {"signer_count": 11}, {}, None),
    ("split_contents", {"kind": "mixed", "content_count": 2}, {"x": 1}, None),
    ("split_contents", {"kind": "mixed", "content_count": 1}, {"x": 1}, "hai nội dung"),
    ("split_contents", {"kind": "mixed"}, {"x": 1}, "hai nội dung"),
    ("split_contents", {"kind": "mixed"}, {}, None),
    ("split_contents", {"kind": "mixed", "content_count": 3}, {"x": 1}, None),
    ("split_contents", {"kind": "complaint"}, {}, "nhiều loại nội dung"),
    ("split_contents", {"kind": "complaint", "content_count": 2}, {"x": 1}, "nhiều loại nội dung"),
    ("refuse_oral", {}, {}, None),
    ("refuse_written", {}, {}, None),
    ("refuse_oral", {}, {"ground": "L9.3"}, "phải từ chối bằng văn bản"),
    ("refuse_written", {}, {"ground": "L9.1"}, "giải thích bằng lời"),
    ("refuse_oral", {}, {"ground": "x"}, "phải có căn cứ"),
    ("refuse_oral", {"kind": "denunciation"}, {"ground": "D4.e"}, "không áp dụng"),
    ("guide", {"registered": True}, {}, "đã vào sổ"),
    ("guide", {}, {}, None),
    ("explain", {"registered": True}, {}, "đã vào sổ"),
    ("propose_demand", {"has_subordinates": False}, {}, "Cấp xã"),
    ("propose_demand", {}, {}, None),
    ("harm_told", {"kind": "denunciation"}, {}, None),
    ("harm_told", {"kind": "mixed"}, {}, None),
    ("harm_told", {"kind": "complaint"}, {}, "tố cáo"),
]  # fmt: skip


@pytest.mark.parametrize("action, facts, data, refusal", GUARDS)
def test_each_guard_says_what_the_law_asks_for(
    action: str, facts: dict[str, Any], data: dict[str, Any], refusal: str | None
) -> None:
    step = next(step for step in WORKFLOW.transitions if step.action == action)
    said = step.refusal(VisitFacts(**facts), data)
    assert said is None if refusal is None else refusal in (said or "")


@pytest.mark.parametrize(
    "action, data, said",
    [("sign_refusal", {"point": "L9.3"}, "viện dẫn"), ("appoint_reps", {"x": 1}, "cử từ 1 đến 2 người"), ("split_contents", {"x": 1}, "hai nội dung"),
     ("guide", {}, None), ("explain", {}, None), ("propose_demand", {}, None)],
)  # fmt: skip
def test_whoever_knows_only_the_plain_facts_knows_of_no_paper_no_contents_and_no_register(
    action: str, data: dict[str, Any], said: str | None
) -> None:
    step = next(step for step in WORKFLOW.transitions if step.action == action)
    refused = step.refusal(Facts(kind="mixed", signer_count=5, representatives_appointed=True), data)
    assert refused is None if said is None else said in (refused or "")


def test_what_nobody_states_of_a_visit_is_that_nothing_was_recorded_yet() -> None:
    plain = VisitFacts()
    assert (plain.representative_count, plain.content_count, plain.ground, plain.registered) == (
        0,
        0,
        "",
        False,
    )


def test_the_desk_goes_on_with_a_visit_that_has_just_come_or_waited_for_its_paper() -> None:
    """V5: a refusal that the head sends back stands where the visit began; V7."""
    assert {"arrived", "await_reps"} == RETURNABLE


def test_a_point_of_the_notice_belongs_to_every_ground_that_is_told_in_writing() -> None:
    assert set(POINTS) == {ground.value for ground in WRITTEN_REFUSALS}
    assert {point for points in POINTS.values() for point in points} == {point.value for point in CitedPoint}


def test_the_way_goes_on_from_where_a_visit_rested() -> None:
    assert steps_of("taken_in", None, start="await_reps") == ("appoint_reps", "hear", "take_in")
    assert steps_of("transferred", None, split=True) == ("identify", "hear", "split_contents", "transfer")
    assert steps_of("demand_subordinate", None) == ()


def test_a_refusal_is_one_step_in_the_way_of_its_ground() -> None:
    """R12: L9.3 and D4.h in writing, the others by word of mouth; so is one without a ground, which its guard refuses."""
    for ground in RefusalGround:
        written = ground.value in {"L9.3", "D4.h"}
        assert steps_of("refused", ground.value) == ("refuse_written" if written else "refuse_oral",)
    assert steps_of("refused", None) == ("refuse_oral",)


def test_several_contents_are_split_on_the_way() -> None:
    facts = replace(GROUP, kind="mixed", content_count=2)
    assert walk(steps_of("taken_in", None, split=True), facts, {"walked": True}) == "taken_in"
    assert walk(("identify", "hear", "split_contents"), facts, {"walked": True}) == "heard"


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


@pytest.mark.parametrize("kind, allowed", [("complaint", True), ("proposal", True), ("denunciation", False)])
def test_missing_proof_of_authority_refuses_no_denunciation(kind: str, allowed: bool) -> None:
    if allowed:
        assert walk(("refuse_oral",), Facts(kind=kind), {"ground": "D4.e"}) == "refused_oral"
        return
    with pytest.raises(GuardRefused):
        walk(("refuse_oral",), Facts(kind=kind), {"ground": "D4.e"})


@pytest.mark.parametrize(
    "people, appointed, allowed", [(4, False, False), (5, False, True), (5, True, False)]
)
def test_representatives_are_awaited_from_five_people_without_a_paper(
    people: int, appointed: bool, allowed: bool
) -> None:
    facts = Facts(kind="complaint", signer_count=people, representatives_appointed=appointed)
    step = next(step for step in WORKFLOW.leaving("arrived") if step.action == "await_reps")
    assert (step.refusal(facts, {}) is None) is allowed


@pytest.mark.parametrize(
    "outcome", ["taken_in", "guided", "transferred", "explained", "await_reps", "demand_proposed"]
)
def test_what_the_desk_chooses_is_where_the_walk_ends(outcome: str) -> None:
    assert walk(steps_of(outcome, None), GROUP, {"ground": None}) == outcome == VisitOutcome(outcome)
