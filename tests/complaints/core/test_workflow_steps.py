"""What each step of the tables is: law.md's number, who may take it, what it issues, what it asks for, and of which kind.

What the law wants stands in `steps_by_hand`.
"""

from datetime import date

import pytest

from complaints.workflow import catalogue, protection
from complaints.workflow.base import Facts, FieldKind, FieldSpec, Transition, Workflow
from tests.complaints.core.steps_by_hand import (
    BASES,
    BY_SYSTEM,
    DECIDES,
    ENDS,
    GROUPS,
    KEPT,
    KIND_OF,
    LISTS,
    RIGHTS,
    STARTS,
    STEPS,
)

FLOWS = {flow.name: flow for flow in (*catalogue.ALL, *catalogue.PARALLEL)}


def _written(flow: Workflow, row: Transition) -> str:
    right = row.permission.name if row.permission.name != DECIDES.get(flow.name, "CASE_DECIDE") else "decide"
    right = next((word for word, name in RIGHTS.items() if name == right), right)
    fields = " ".join(field.name + "!" * field.required for field in row.fields)
    return (
        f"{row.code} {row.action} | {right}{'+' * row.proposable} | {row.document or '-'} | {fields or '-'}"
    )


def _by_hand(name: str) -> list[str]:
    lines = [line.strip() for line in STEPS[name].splitlines() if line.strip()]
    return [" ".join(GROUPS.get(word, word) for word in line.split(" ")) for line in lines]


@pytest.mark.parametrize("name", STEPS)
def test_every_step_has_the_number_the_right_the_paper_and_the_fields_that_the_law_gives_it(
    name: str,
) -> None:
    assert sorted(_written(FLOWS[name], row) for row in FLOWS[name].transitions) == sorted(_by_hand(name))


def _asked(field: FieldSpec, row: Transition, flow: str) -> tuple[FieldKind, object]:
    listed = next(
        (LISTS[key] for key in (f"{flow} {row.action} {field.name}", f"{row.action} {field.name}", field.name) if key in LISTS),
        None,
    )  # fmt: skip
    return KIND_OF.get(f"{flow} {row.action} {field.name}", KIND_OF[field.name]), listed


@pytest.mark.parametrize("name", STEPS)
def test_every_field_is_asked_for_in_its_kind_and_from_its_own_list(name: str) -> None:
    for row in FLOWS[name].transitions:
        for field in row.fields:
            assert (field.kind, field.choices) == _asked(field, row, name), (
                f"{row.code} {row.action} {field.name}"
            )


@pytest.mark.parametrize("name", STEPS)
def test_a_clock_counts_from_the_day_of_the_act_unless_the_law_names_another(name: str) -> None:
    named = {
        (row.action, effect.clock): effect.basis
        for row in FLOWS[name].transitions
        for effect in row.effects
        if effect.basis != "on"
    }
    assert named == BASES.get(name, {})


@pytest.mark.parametrize("name", STEPS)
def test_what_the_system_does_by_itself_and_from_where(name: str) -> None:
    found = {
        row.action: (row.expiry_of or row.follows, set(row.sources))
        for row in FLOWS[name].transitions
        if row.by_system
    }
    assert found == BY_SYSTEM.get(name, {})
    assert all(not (row.expiry_of and row.follows) for row in FLOWS[name].transitions)
    assert {row.follows for row in FLOWS[name].transitions} <= {
        "", "second_complaint", "case_resolved", "superior_demand", "taken_over", "continued_denunciation",
    }  # fmt: skip


@pytest.mark.parametrize("name", STEPS)
def test_where_a_table_begins_and_where_it_ends(name: str) -> None:
    flow = FLOWS[name]
    assert (flow.name, flow.initial) == (name, STARTS[name])
    assert {code for code, state in flow.states.items() if not state.open} == set(ENDS[name].split())
    assert {code for code, state in flow.states.items() if state.kept} == KEPT.get(name, set())


@pytest.mark.parametrize("name", ["complaint_second", "discipline_second"])
def test_what_is_as_in_the_first_instance_says_so(name: str) -> None:
    """S-9."""
    assert {row.action for row in FLOWS[name].transitions if "S-9" in row.cites} == {
        "suspend", "resume", "send_suspension", "terminate", "terminate_ended", "terminate_no_object", "withdraw_part",
        "withdraw_some", "order_emergency", "lift_emergency",
    }  # fmt: skip


# 7.6: the table that runs beside a case.
_PROTECTION = {
    "secrecy_on": "waive request", "secrecy_waived": "request", "prot_requested": "request_paper protect refer refuse_protection",
    "prot_active": "request_paper change end_protection", "prot_referred": "request_paper referral_paper", "prot_refused": "",
    "prot_ended": "",
}  # fmt: skip


def test_protection_goes_where_the_law_lists_it_and_its_only_clock_is_an_internal_target() -> None:
    flow = protection.WORKFLOW
    assert {code: {row.action for row in flow.leaving(code)} for code in flow.states} == {
        state: set(actions.split()) for state, actions in _PROTECTION.items()
    }
    assert {row.action: row.target for row in flow.transitions if row.target} == {
        "waive": "secrecy_waived", "request": "prot_requested", "protect": "prot_active", "refer": "prot_referred",
        "refuse_protection": "prot_refused", "end_protection": "prot_ended",
    }  # fmt: skip
    assert {row.action: [(effect.verb.value, effect.clock) for effect in row.effects] for row in flow.transitions if row.effects} == {
        "request": [("start", "PROTECTION_TARGET")], "protect": [("stop", "PROTECTION_TARGET")],
        "refer": [("stop", "PROTECTION_TARGET")], "refuse_protection": [("stop", "PROTECTION_TARGET")],
    }  # fmt: skip


def test_facts_that_nobody_states_stand_for_the_plain_case() -> None:
    """A first complaint in writing by one person, about no decision of discipline; nothing is late, nothing halted."""
    plain = Facts()
    assert (plain.today, plain.instance, plain.signer_count, plain.written) == (
        date(2026, 7, 1),
        "first",
        1,
        True,
    )
    assert (plain.disciplinary, plain.dismissal, plain.overdue, plain.overdue_claim, plain.complex) == (
        False,
    ) * 5
