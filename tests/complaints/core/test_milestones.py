"""Which of the seven dates a kind of case has follows from its table, whatever the table."""

from dataclasses import replace

from app.core.permissions import Permission
from complaints.clocks import Verb
from complaints.workflow.base import ClockEffect, State, Transition, Workflow
from complaints.workflow.milestones import issuing, names_of, sends

STATES = {"open": State("open", "Đang mở", "Open"), "done": State("done", "Xong", "Done", open=False)}
END = Transition(
    "Z-1", "close", frozenset({"open"}), "done", Permission.HOME_VIEW, "Xong", "Close", "Xong việc."
)
DECIDE = replace(END, action="decide", target=None, effects=(ClockEffect(Verb.START, "KN1_SEND"),))
DISPATCH = replace(
    END, action="dispatch", target=None,
    effects=(ClockEffect(Verb.STOP, "KN1_SEND"), ClockEffect(Verb.START, "TC_SUSP_SEND"), ClockEffect(Verb.STOP, "KN_ACCEPT")),
)  # fmt: skip
ACCEPT = replace(
    END, action="accept", target=None, effects=(ClockEffect(Verb.START, "KN1_RESOLVE"), ClockEffect(Verb.STOP, "KN_ACCEPT")),
)  # fmt: skip


def flow(*steps: Transition) -> Workflow:
    """Return a trial table."""
    return Workflow("trial", "open", STATES, (*steps, END))


def named(action: str, like: Transition = END) -> Transition:
    """Return a step of an action."""
    return replace(like, action=action, target=None)


def test_a_kind_has_the_dates_of_its_steps_and_no_others() -> None:
    assert names_of(flow()) == ("received", "registered")
    every = flow(ACCEPT, DECIDE, DISPATCH, named("deliver"), named("publish"), named("confirm_effect"))
    assert names_of(every) == (
        "received", "registered", "accepted", "issued", "dispatched", "delivered", "published", "effective",
    )  # fmt: skip
    for action in ("decide", "conclude", "answer"):
        assert names_of(flow(named(action))) == ("received", "registered", "issued")


def test_a_decision_is_dispatched_by_the_step_that_ends_the_clock_which_it_started() -> None:
    other = replace(DECIDE, effects=(ClockEffect(Verb.START, "TC_CONCL_SEND"),))
    assert names_of(flow(other, DISPATCH)) == ("received", "registered", "issued")
    handed = named("deliver", DISPATCH)
    assert names_of(flow(DECIDE, handed)) == ("received", "registered", "issued", "delivered")


def test_what_a_step_sends_is_what_started_the_clock_that_it_ends() -> None:
    table = flow(ACCEPT, DECIDE, DISPATCH)
    assert issuing(table, DISPATCH) == {"decide"}
    assert [sends(step) for step in (ACCEPT, DECIDE, DISPATCH)] == [False, False, True]
    assert issuing(table, DECIDE) == issuing(table, ACCEPT) == frozenset()


def test_an_effect_that_comes_by_itself_is_a_date_too_and_what_is_no_decision_is_not_dispatched() -> None:
    assert names_of(flow(named("take_effect"))) == ("received", "registered", "effective")
    suspend = replace(END, action="suspend", target=None, effects=(ClockEffect(Verb.START, "TC_SUSP_SEND"),))
    sent = replace(END, action="send_it", target=None, effects=(ClockEffect(Verb.STOP, "TC_SUSP_SEND"),))
    assert names_of(flow(suspend, sent)) == ("received", "registered")


def test_a_clock_that_is_none_of_sending_sends_nothing_whoever_started_it() -> None:
    opened = replace(END, action="decide", target=None, effects=(ClockEffect(Verb.START, "KN_ACCEPT"),))
    assert issuing(flow(opened, ACCEPT), ACCEPT) == frozenset()
