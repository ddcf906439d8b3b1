"""The seven dates of a case and which of them its kind has, read from its table. Pure."""

from complaints.clocks import Verb
from complaints.workflow.base import Transition, Workflow

DECIDES = frozenset({"decide", "conclude", "answer"})
DELIVERS = frozenset({"deliver"})
PUBLISHES = frozenset({"publish"})
TAKES_EFFECT = frozenset({"confirm_effect", "take_effect"})


def sends(transition: Transition) -> bool:
    """Tell whether a step sends or delivers a paper: it ends the clock of a sending."""
    return any(e.verb is Verb.STOP and e.clock.endswith("_SEND") for e in transition.effects)


def issuing(workflow: Workflow, transition: Transition) -> frozenset[str]:
    """Return the actions that issue what a step sends: those that start the clocks of sending which it ends."""
    clocks = {e.clock for e in transition.effects if e.verb is Verb.STOP and e.clock.endswith("_SEND")}
    return frozenset(
        step.action
        for step in workflow.transitions
        if any(e.verb is Verb.START and e.clock in clocks for e in step.effects)
    )


def names_of(workflow: Workflow) -> tuple[str, ...]:
    """Return the names of the dates that a kind of case has, in the order of the procedure."""
    actions = {step.action for step in workflow.transitions}
    dispatched = any(
        issuing(workflow, step) & DECIDES and step.action not in DELIVERS for step in workflow.transitions
    )
    has = {
        "received": True,
        "registered": True,
        "accepted": "accept" in actions,
        "issued": bool(actions & DECIDES),
        "dispatched": dispatched,
        "delivered": bool(actions & DELIVERS),
        "published": bool(actions & PUBLISHES),
        "effective": bool(actions & TAKES_EFFECT),
    }
    return tuple(name for name, there in has.items() if there)
