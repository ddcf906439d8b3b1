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

# (workflow, state, action or code or both, facts, data, words of the refusal or None)
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
    # X4, F-6: feedback in the wrong form is stored; what Luật Tố cáo Điều 25 says is of denunciations, K03 of discipline.
    *(("intake", "classified", "F-6 open_case", {"kind": "admin_feedback", "eligible": eligible}, {}, why)
      for eligible, why in ((True, None), (False, "chưa đúng hình thức"))),
    ("intake", "classified", "X4", {"kind": "complaint", "anonymous": True}, {}, None),
    ("intake", "classified", "X4", {"kind": "complaint", "written": False}, {}, None),
    ("intake", "classified", "X8", {"kind": "denunciation", "disciplinary": True, "written": False}, {}, None),
    ("intake", "classified", "X8", {"kind": "complaint"}, {}, "loại đơn khác"),
    # X3, X6, X11, X12: each ground with its kind, each row with its ground; nothing is asked before anything is typed.
    *(("intake", "classified", "X3", {"kind": kind}, {"ground": ground}, why) for kind, ground, why in (
        ("denunciation", "concluded", None), ("denunciation", "anonymous", None), ("denunciation", "wrong_form", None),
        ("complaint", "decided", None), ("admin_feedback", "feedback_form", None), ("complaint", "wrong_form", "chỉ dùng cho tố cáo"),
        ("complaint", "concluded", "chỉ dùng cho tố cáo"), ("denunciation", "sent_to_right_body", None), ("other", None, None),
    )),
    ("intake", "classified", "X3", {"kind": "complaint", "in_jurisdiction": True}, {"ground": "illegible"}, None),
    ("intake", "classified", "X3", {"kind": "denunciation", "has_evidence": True}, {"ground": "wrong_form"}, "Điều 25"),
    *(("intake", "classified", code, {"kind": kind}, {"ground": ground}, why) for code, kind, ground, why in (
        ("X12", "denunciation", "anonymous", None), ("X12", "denunciation", "wrong_form", None), ("X12", "denunciation", "illegible", "dòng khác"),
        ("X12", "complaint", "wrong_form", "chỉ dùng cho tố cáo"), ("X11", "denunciation", "guided_before", None),
        ("X11", "denunciation", "sent_to_right_body", None), ("X11", "complaint", "guided_before", "dòng khác"),
        ("X11", "denunciation", "anonymous", "dòng khác"), ("X6", "complaint", "guided_before", None),
        ("X6", "denunciation", "guided_before", "dòng khác"), ("X6", "complaint", "illegible", "dòng khác"),
    )),
    *(("intake", "classified", code, {"kind": "other"}, {}, None) for code in ("X3", "X6", "X11", "X12")),
    # X5, X20, P12: whose row it is; originals are asked for when something is typed, and only of who has given some.
    ("intake", "classified", "X20 guide", {"kind": "admin_feedback"}, {}, "chuyển đơn"),
    ("intake", "classified", "X20 guide", {"kind": "complaint"}, {}, "loại đơn khác"),
    ("intake", "classified", "X20 guide", {"kind": "other"}, {}, None),
    ("intake", "classified", "X5", {"kind": "other"}, {}, "loại đơn khác"),
    ("intake", "classified", "X5", {"kind": "complaint"}, {"to_body": "A"}, None),
    ("intake", "classified", "X5", {"kind": "complaint", "originals_attached": True}, {}, None),
    # X16: complaints and proposals as well, no feedback on a regulation.
    *(("intake", "classified", "X16", {"kind": kind}, {}, why) for kind, why in (
        ("complaint", None), ("proposal", None), ("denunciation", None), ("admin_feedback", "cấp dưới"), ("other", "cấp dưới"),
    )),
    # X22
    ("intake", "stored", "X22", {"retention_ends_on": D(2026, 6, 30), "originals_attached": True}, {}, None),
    ("intake", "stored", "X22", {"retention_ends_on": D(2026, 6, 30), "originals_attached": True}, {"originals_returned": True}, None),
    ("intake", "stored", "X22", {"retention_ends_on": D(2026, 6, 30)}, {"words": "A"}, None),
    # C-17, C-19 at the desk.
    ("intake", "classified", "C-17", {"kind": "denunciation"}, {"form": "letter"}, None),
    ("intake", "classified", "C-17", {"kind": "mixed"}, {"goes_on": "pressure"}, "Điều 33"),
    ("intake", "classified", "C-17", {"kind": "proposal"}, {"goes_on": "pressure"}, None),
    ("intake", "classified", "C-17", {"kind": "complaint", "signer_count": 2}, {}, None),
    ("intake", "classified", "C-17", {"kind": "complaint", "signer_count": 2}, {"form": "letter"}, "tất cả đều rút"),
    *(("intake", "classified", "C-19", {"signer_count": signers}, {"remaining": left}, why) for signers, left, why in (
        (2, 1, None), (3, 1, None), (3, 2, None), (3, None, None), (2, None, None), (3, 0, "từ 1 đến 2"), (2, 2, "từ 1 đến 1"),
    )),
]  # fmt: skip


@pytest.mark.parametrize("flow, state, step, facts, data, refusal", EDGES, ids=[f"{n}-{e[0]}-{e[2]}" for n, e in enumerate(EDGES)])  # fmt: skip
def test_a_row_holds_at_its_edge(
    flow: str, state: str, step: str, facts: dict[str, Any], data: dict[str, Any], refusal: str | None
) -> None:
    [row] = [
        row
        for row in FLOWS[flow].leaving(state)
        if step in (row.code, row.action, f"{row.code} {row.action}")
    ]
    refused = row.refusal(Facts(**facts), data)
    assert refused is None if refusal is None else refusal in (refused or "")
