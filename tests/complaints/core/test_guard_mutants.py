"""What only a mutant of the tables' machinery would get wrong: the system's own steps, and tables that do not hold."""

from dataclasses import replace

import pytest

from app.core.permissions import Permission
from complaints.workflow.base import Data, Facts, GuardRefused, NotInWorkflow, State, Transition, Workflow


def only_overdue(facts: Facts, data: Data) -> str | None:
    """Allow a step of an overdue case alone."""
    return None if facts.overdue else "Vụ việc chưa quá hạn."


PERSON = Transition(
    "Z-1", "finish", frozenset({"open"}), "done", Permission.HOME_VIEW, "Xong", "Finish", "Xong việc."
)
SYSTEM = replace(
    PERSON, code="Z-2", action="lapse", target="lapsed", guard=only_overdue, expiry_of="KN_WINDOW2"
)
OTHER = replace(SYSTEM, code="Z-3", expiry_of="KN_EFFECT", guard=None)
STATES = {
    "open": State("open", "Đang mở", "Open"),
    "done": State("done", "Xong", "Done", open=False),
    "lapsed": State("lapsed", "Hết hạn", "Lapsed", open=False),
}
FLOW = Workflow("trial", "open", STATES, (PERSON, SYSTEM, OTHER))


def test_the_system_takes_the_step_of_the_clock_that_ended_when_its_guard_allows() -> None:
    assert FLOW.at_expiry("open", "KN_WINDOW2", Facts(overdue=True)) is SYSTEM
    assert FLOW.at_expiry("open", "KN_WINDOW2", Facts()) is None
    assert FLOW.at_expiry("open", "KN_EFFECT", Facts()) is OTHER
    assert FLOW.at_expiry("open", "KN_ACCEPT", Facts(overdue=True)) is None
    assert FLOW.at_expiry("done", "KN_EFFECT", Facts()) is None


def test_no_person_is_offered_or_given_a_step_of_the_system() -> None:
    assert FLOW.available("open", Facts(overdue=True)) == [(PERSON, None)]
    with pytest.raises(NotInWorkflow) as caught:
        FLOW.find("open", "lapse", Facts(overdue=True))
    assert str(caught.value) == "no 'lapse' from 'open'"
    assert caught.value.reason_vi == "Bước này không thực hiện được ở trạng thái hiện tại."


def test_of_rows_that_share_an_action_the_first_allowed_one_is_taken_and_offered() -> None:
    late = replace(PERSON, code="Z-4", target="lapsed", guard=only_overdue)
    never = replace(PERSON, code="Z-5", guard=lambda facts, data: "Không bao giờ.")
    flow = Workflow("trial", "open", STATES, (never, late, PERSON))
    assert flow.find("open", "finish", Facts(overdue=True)) is late
    assert flow.find("open", "finish", Facts()) is PERSON
    assert flow.available("open", Facts(overdue=True)) == [(late, None)]
    assert flow.available("open", Facts()) == [(PERSON, None)]
    shut = Workflow("trial", "open", STATES, (late, never))
    assert shut.available("open", Facts()) == [(late, "Vụ việc chưa quá hạn.")]
    with pytest.raises(GuardRefused) as caught:
        shut.find("open", "finish", Facts())
    assert (str(caught.value), caught.value.reason_vi) == (
        "Z-4: Vụ việc chưa quá hạn.",
        "Vụ việc chưa quá hạn.",
    )


def test_a_guard_is_asked_with_what_was_typed() -> None:
    def typed(facts: Facts, data: Data) -> str | None:
        return None if data.get("words") == "có" else "Thiếu lời."

    asked = replace(PERSON, guard=typed)
    flow = Workflow("trial", "open", STATES, (asked,))
    assert flow.find("open", "finish", Facts(), {"words": "có"}) is asked
    with pytest.raises(GuardRefused, match="Thiếu lời"):
        flow.find("open", "finish", Facts())


def test_a_step_of_the_system_hides_no_step_of_people_behind_it_and_its_guard_is_asked_with_nothing_typed() -> (
    None
):
    def untyped(_facts: Facts, data: Data) -> str | None:
        return None if data.get("words") is None else "Đã nhập."

    flow = Workflow("trial", "open", STATES, (
        replace(SYSTEM, guard=untyped), replace(SYSTEM, code="Z-6", expiry_of="", follows="other_act", guard=untyped), PERSON,
    ))  # fmt: skip
    assert flow.available("open", Facts()) == [(PERSON, None)]
    ended, followed = (
        flow.at_expiry("open", "KN_WINDOW2", Facts()),
        flow.following("open", "other_act", Facts()),
    )
    assert (ended and ended.code, followed and followed.code) == ("Z-2", "Z-6")
    assert flow.following("open", "another_act", Facts()) is None


@pytest.mark.parametrize("initial, states, rows, finding", [
    ("nowhere", STATES, (PERSON,), "unknown initial state nowhere"),
    ("open", STATES, (PERSON, replace(PERSON, target="nowhere")), "Z-1 finish: unknown state nowhere"),
    ("open", STATES, (PERSON, replace(PERSON, sources=frozenset({"open", "nowhere"}))), "Z-1 finish: unknown state nowhere"),
    ("open", STATES, (PERSON, replace(PERSON, sources=frozenset())), "Z-1 finish: no sources or no words"),
    ("open", STATES, (PERSON, replace(PERSON, label_vi="")), "Z-1 finish: no sources or no words"),
    ("open", STATES, (PERSON, replace(PERSON, label_en="")), "Z-1 finish: no sources or no words"),
    ("open", STATES, (PERSON, replace(PERSON, help_vi="")), "Z-1 finish: no sources or no words"),
    ("open", STATES, (replace(PERSON, target=None),), "open state open has no way out"),
    ("open", STATES, (replace(PERSON, target="open"),), "open state open has no way out"),
    ("open", STATES, (PERSON, replace(PERSON, sources=frozenset({"done"}), target="open")), "end done is left"),
])  # fmt: skip
def test_a_table_that_does_not_hold_together_is_refused_and_says_why(
    initial: str, states: dict[str, State], rows: tuple[Transition, ...], finding: str
) -> None:
    with pytest.raises(ValueError, match="workflow trial: ") as caught:
        Workflow("trial", initial, states, rows)
    assert str(caught.value) == f"workflow trial: {finding}"
