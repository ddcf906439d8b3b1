"""What each step of a visit and of an online session is, by hand from law.md 7.1 and 1.5: right, paper, fields, ends.

The desk (RO) records, the head (HD) signs; '!' after a field: it must be filled in.
"""

from enum import StrEnum

import pytest

from complaints.codes import RefusalGround
from complaints.codes_protection import HarmMeasure
from complaints.workflow.base import FieldKind, Transition
from reception.codes import CitedPoint, OnlineGround
from reception.workflow import online, visit

FLOWS = {flow.name: flow for flow in (visit.WORKFLOW, online.WORKFLOW)}
STEPS = {
    "visit": """
        V2 refuse_oral | VISIT_RECORD | - | ground! words!
        V3 refuse_written | VISIT_RECORD | - | on! ground! words!
        V4 sign_refusal | PETITION_DECIDE | 01/TCD | on! document_no! point! words
        V5 refusal_back | PETITION_DECIDE | - | words!
        V6 await_reps | VISIT_RECORD | - | -
        V7 appoint_reps | VISIT_RECORD | - | -
        V8 identify | VISIT_RECORD | - | -
        V9 hear | VISIT_RECORD | - | -
        V10 split_contents | VISIT_RECORD | - | -
        V11 take_in | VISIT_RECORD | - | -
        V12 guide | VISIT_RECORD | - | -
        V13 transfer | VISIT_RECORD | - | directed_to! words
        V14 propose_demand | VISIT_RECORD | - | directed_to! words!
        V14 demand | PETITION_DECIDE | letter | on! document_no! directed_to! words
        V14 demand_back | PETITION_DECIDE | - | words!
        V15 explain | VISIT_RECORD | - | -
        TC09 harm_told | VISIT_RECORD | - | on! measures! told! words!
    """,
    "online": """
        R01 schedule | SESSION_DECIDE | - | ground! starts_on! starts_time! secrecy_ensured words
        R24 notify | VISIT_RECORD | - | on! document_no words
        R25 test | VISIT_RECORD | - | on! words
        R26 connect | VISIT_RECORD | - | words
        R02 identify | VISIT_RECORD | - | everyone words
        R27 begin | VISIT_RECORD | - | recording words
        R23 end | VISIT_RECORD | - | words!
        R27 archive | VISIT_RECORD | - | place! sha256! retention! authenticated!
        R24 reschedule | SESSION_DECIDE | - | starts_on! starts_time! words!
        R01 to_in_person | SESSION_DECIDE | - | words!
    """,
}
KINDS: dict[FieldKind, str] = {
    FieldKind.DATE: "on starts_on",
    FieldKind.LINE: "document_no directed_to told starts_time place sha256 retention authenticated",
    FieldKind.TEXT: "words",
    FieldKind.CHOICE: "ground point",
    FieldKind.CHOICES: "measures",
    FieldKind.YES_NO: "secrecy_ensured everyone recording",
}
KIND_OF = {name: kind for kind, names in KINDS.items() for name in names.split()}
LISTS: dict[str, type[StrEnum]] = {
    "visit ground": RefusalGround, "visit point": CitedPoint, "visit measures": HarmMeasure, "online ground": OnlineGround,
}  # fmt: skip
STARTS = {"visit": "arrived", "online": "proposed"}
ENDS = {
    "visit": "refused_oral refused_written taken_in guided transferred explained demand_subordinate",
    "online": "archived in_person",
}
# R12: three working days for the written refusal, from the day of the act. A session has no clock of the law: its lead
# times are counted back from its hour.
CLOCKS = {
    "visit": {
        "refuse_written": [("start", "RECEP_REFUSE", "on")], "sign_refusal": [("stop", "RECEP_REFUSE", "on")],
        "refusal_back": [("stop", "RECEP_REFUSE", "on")],
    },
    "online": {},
}  # fmt: skip


def _written(row: Transition) -> str:
    fields = " ".join(field.name + "!" * field.required for field in row.fields)
    return f"{row.code} {row.action} | {row.permission.name} | {row.document or '-'} | {fields or '-'}"


@pytest.mark.parametrize("name", STEPS)
def test_every_step_has_the_number_the_right_the_paper_and_the_fields_that_the_law_gives_it(
    name: str,
) -> None:
    by_hand = [line.strip() for line in STEPS[name].splitlines() if line.strip()]
    assert sorted(_written(row) for row in FLOWS[name].transitions) == sorted(by_hand)


@pytest.mark.parametrize("name", STEPS)
def test_every_field_is_asked_for_in_its_kind_and_from_its_own_list(name: str) -> None:
    for row in FLOWS[name].transitions:
        for field in row.fields:
            expected = (KIND_OF[field.name], LISTS.get(f"{name} {field.name}"))
            assert (field.kind, field.choices) == expected, f"{row.action} {field.name}"


@pytest.mark.parametrize("name", STEPS)
def test_only_the_written_refusal_has_a_clock_and_it_counts_from_the_day_of_the_act(name: str) -> None:
    found = {
        row.action: [(effect.verb.value, effect.clock, effect.basis) for effect in row.effects]
        for row in FLOWS[name].transitions
        if row.effects
    }
    assert found == CLOCKS[name]


@pytest.mark.parametrize("name", STEPS)
def test_nothing_is_prepared_for_the_head_in_the_table_nor_done_by_the_system(name: str) -> None:
    """V3, V14: the proposal is a state of its own, where the head takes the next step."""
    assert not any(row.proposable or row.by_system for row in FLOWS[name].transitions)


@pytest.mark.parametrize("name", STEPS)
def test_where_a_table_begins_and_where_it_ends(name: str) -> None:
    flow = FLOWS[name]
    assert (flow.name, flow.initial) == (name, STARTS[name])
    assert {code for code, state in flow.states.items() if not state.open} == set(ENDS[name].split())
    assert all(code == state.code and not state.kept for code, state in flow.states.items())
