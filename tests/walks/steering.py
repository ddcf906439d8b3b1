"""What a walk of one matter needs of another: its case brought to a decision."""

from datetime import date
from random import Random

from app.core.db import unit_of_work
from app.core.errors import DomainError
from complaints.models.cases import Case
from tests.factories import World
from tests.walks import ways
from tests.walks.answers import Typist, answered
from tests.walks.matters import Matter, give

_RESOLVES, _TRIES = ("decide", "conclude"), 25


def resolve(world: World, case: Case, rng: Random, day: date) -> bool:
    """Bring a case to its decision or conclusion, if that is to be had on this day; tell whether it was."""
    matter = Matter(world, case)
    goals = [row for row in matter.workflow.transitions if row.action in _RESOLVES]
    for _ in range(_TRIES if goals else 0):
        if case.decided_on is not None:
            return True
        row = ways.way_on(matter.workflow, matter.state, goals[0], rng, case.previous_state or "")
        if row is None or row.by_system:
            return False
        try:
            if case.handler_id is None:
                with unit_of_work():
                    give(world, case)
            typist = Typist(rng, day, case.received_on, matter.offer)
            answer = answered(matter.workflow, matter.state, row, matter.facts(), typist)
            if answer is not None:
                matter.act(row, {**answer[0], "basis_checked": True})
        except DomainError:
            continue
    return case.decided_on is not None
