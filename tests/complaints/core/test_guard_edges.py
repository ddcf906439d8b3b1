"""Guards at their edges: the last day, the smallest group, one condition of several missing. What `make mutation` asked for.

By hand from law.md, like the table of test_workflow_guards.py, and for guards that the tables share, by calling them.
"""

from datetime import date
from typing import Any

import pytest

from complaints.workflow import catalogue
from complaints.workflow.base import Facts

FLOWS = {flow.name: flow for flow in (*catalogue.ALL, *catalogue.PARALLEL)}
D = date
_OBSTACLE = {
    "known_on": D(2026, 8, 3),
    "obstacle": "illness",
    "obstacle_days": 15,
    "obstacle_words": "Nằm viện.",
}

# (workflow, state, action or code, facts, data, words of the refusal or None)
EDGES: list[tuple[str, str, str, dict[str, Any], dict[str, Any], str | None]] = [
    # C01: each thing that an obstacle needs, all the time since the decision, and days that are not known yet.
    ("complaint", "propose_accept", "C-1", {"received_on": D(2026, 11, 16)}, {**_OBSTACLE, "obstacle": None}, "chọn loại trở ngại"),
    ("complaint", "propose_accept", "C-1", {"received_on": D(2026, 11, 16)}, {**_OBSTACLE, "obstacle_words": ""}, "ghi rõ trở ngại"),
    ("complaint", "propose_accept", "C-1", {"received_on": D(2026, 11, 16)}, {**_OBSTACLE, "obstacle_days": 105}, None),
    ("complaint", "propose_accept", "C-1", {}, _OBSTACLE, None),
    ("complaint", "propose_accept", "C-1", {"received_on": D(2026, 11, 16)}, {}, None),
    ("complaint", "propose_accept", "C-1", {"received_on": D(2026, 11, 16)}, {"known_on": D(2026, 11, 16)}, None),
    # C03: made today; notarised while no rule says that it lapses.
    ("complaint", "propose_accept", "C-1", {}, {"attorney": "certified", "attorney_on": D(2026, 7, 1)}, None),
    ("complaint", "propose_accept", "C-1", {}, {"attorney": "notarised", "attorney_on": D(2026, 6, 1)}, None),
    ("complaint", "propose_accept", "C-1", {}, {"attorney": "organisation", "attorney_on": D(2026, 6, 1)}, None),
]  # fmt: skip


@pytest.mark.parametrize("flow, state, step, facts, data, refusal", EDGES, ids=[f"{n}-{e[0]}-{e[2]}" for n, e in enumerate(EDGES)])  # fmt: skip
def test_a_row_holds_at_its_edge(
    flow: str, state: str, step: str, facts: dict[str, Any], data: dict[str, Any], refusal: str | None
) -> None:
    [row] = [row for row in FLOWS[flow].leaving(state) if step in (row.code, row.action)]
    refused = row.refusal(Facts(**facts), data)
    assert refused is None if refusal is None else refusal in (refused or "")
