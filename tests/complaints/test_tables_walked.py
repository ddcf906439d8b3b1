"""Hypothesis walks every workflow table at random on paper, thousands of steps each; what must always hold, holds.

No database: the tables with their guards, the rulebook and the counting of clocks. tests/complaints/test_state_machines.py
walks the same tables through the services. Nothing is shrunk: the steps of a walk that fails are printed with its seed.
"""

import os
import sys

import pytest
from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from app.tables import every_workflow
from complaints.workflow.base import Workflow
from tests.walks import ways
from tests.walks.paper_machine import TableWalk

WALKS = int(os.environ.get("PAPERS", "40"))
STEPS = int(os.environ.get("PAPER_STEPS", "120"))
SEED = int(os.environ.get("SEED", "20261125"))
ACTIONS = tuple(sorted({step.action for table in every_workflow() for step in table.transitions}))
SETTINGS = settings(
    max_examples=WALKS, stateful_step_count=STEPS, deadline=None, database=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck), verbosity=Verbosity.normal,
)  # fmt: skip
AT_LEAST = 1000  # steps taken in a table
OF_THE_ROWS = 0.9  # by the usual dice all are taken; other dice may leave one or two that wait for much


@pytest.mark.parametrize("table", every_workflow(), ids=lambda table: table.name)
def test_a_table_walked_at_random_holds_every_invariant(table: Workflow) -> None:
    tally = ways.Tally()
    machine = type(
        f"{table.name}_on_paper", (TableWalk,), {"workflow": table, "actions": ACTIONS, "tally": tally}
    )
    try:
        run_state_machine_as_test(seed(SEED)(machine), settings=SETTINGS)
    except BaseException as error:
        error.add_note(f"to walk it again: make walk SEED={SEED} ONLY={table.name}")
        raise
    missing = ways.never(table, tally)
    sys.stdout.write(tally.line(table, missing) + "\n")
    assert tally.taken >= min(AT_LEAST, WALKS * STEPS // 4)
    assert len(tally.rows) >= OF_THE_ROWS * len(table.transitions), missing
