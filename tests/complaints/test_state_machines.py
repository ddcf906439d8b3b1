"""Hypothesis walks petitions and cases at random through the real services on the real database; what must hold, holds.

Each walk is one transaction that is rolled back; the way to a row that is still to be taken is steered, a share of the
attempts is forbidden and must change nothing. tests/complaints/test_tables_walked.py walks the tables on paper. Nothing
is shrunk: the steps of a walk that fails are printed with its seed. `make walk` walks long and prints the figures.
"""

import os
import sys
from collections.abc import Iterator

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from app.tables import every_workflow
from complaints.workflow.base import Workflow
from complaints.workflow.catalogue import INTAKE, OF_CASES
from tests.walks import ways
from tests.walks.file_machine import FILES, FileWalk
from tests.walks.matters import RECIPES
from tests.walks.peopled import peopled
from tests.walks.service_machine import ServiceWalk

WALKS = int(os.environ.get("WALKS", "3"))
STEPS = int(os.environ.get("STEPS", "40"))
TAKEN = int(os.environ.get("TAKEN", "0"))  # walk on, so many walks at a time, until so many steps were taken
LONG = max(WALKS, TAKEN // 20) >= 60  # long enough that every row of every table must have been taken
SEED = int(os.environ.get("SEED", "20261125"))
ACTIONS = tuple(sorted({step.action for table in every_workflow() for step in table.transitions}))
SETTINGS = settings(
    max_examples=WALKS, stateful_step_count=STEPS, deadline=None, database=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
WALKED = [table for table in (INTAKE, *OF_CASES) if table is INTAKE or table.name in RECIPES]
WALKED += [table for table in every_workflow() if table.name in FILES]
# Rows that no walk takes, and why.
EXCUSED: dict[str, frozenset[ways.RowKey]] = {}


@pytest.fixture(scope="module", name="peopled")
def _peopled(app: Flask) -> Iterator[Flask]:
    with peopled(app) as walked:
        yield walked


@pytest.mark.parametrize("table", WALKED, ids=lambda table: table.name)
def test_a_workflow_walked_at_random_holds_every_invariant(peopled: Flask, table: Workflow) -> None:
    tally = ways.Tally()
    machine = type(
        f"{table.name}_on_services",
        (FileWalk if table.name in FILES else ServiceWalk,),
        {"app": peopled, "workflow": table, "actions": ACTIONS, "tally": tally},
    )
    try:
        run_state_machine_as_test(seed(SEED)(machine), settings=SETTINGS)
        while tally.taken < TAKEN:
            run_state_machine_as_test(seed(SEED + tally.walks)(machine), settings=SETTINGS)
    except BaseException as error:
        error.add_note(
            f"to walk it again: make walk SEED={SEED} WALKS={WALKS} STEPS={STEPS} TAKEN={TAKEN} ONLY={table.name}"
        )
        raise
    missing = ways.never(table, tally, EXCUSED.get(table.name, frozenset()))
    sys.stdout.write(
        f"\n{tally.line(table, missing)}\n    {ways.rows_listing(tally)}\n    {tally.why.most_common(6)}\n"
    )
    assert tally.taken >= tally.walks * STEPS // 5
    assert not (LONG and missing)
