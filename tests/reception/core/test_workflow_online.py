"""The table of an online session, by hand: law.md 7.1 (sub-machine), its three lead times (R24 to R26), guards at their edges."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from complaints.workflow.base import Facts, GuardRefused
from reception.workflow.online import WORKFLOW, OnlineFacts, clock_time

D = date
_AGAIN = "reschedule to_in_person"
WHERE = {
    "proposed": "schedule to_in_person", "scheduled": f"notify {_AGAIN}", "notified": f"test {_AGAIN}",
    "tested": f"connect {_AGAIN}", "connected": f"identify {_AGAIN}", "identified": f"begin {_AGAIN}",
    "in_session": "end reschedule", "ended": "archive", "archived": "", "in_person": "",
}  # fmt: skip
LEADS: dict[str, str] = {
    "schedule": "scheduled", "notify": "notified", "test": "tested", "connect": "connected", "identify": "identified",
    "begin": "in_session", "end": "ended", "archive": "archived", "reschedule": "scheduled", "to_in_person": "in_person",
}  # fmt: skip
SHA = "a" * 64


@pytest.mark.parametrize("state", WORKFLOW.states)
def test_every_step_is_allowed_only_where_the_law_lists_it(state: str) -> None:
    assert {step.action for step in WORKFLOW.leaving(state)} == set(WHERE[state].split())
    assert {step.target for step in WORKFLOW.leaving(state)} == {LEADS[a] for a in WHERE[state].split()}


_PLAN = OnlineFacts(
    latest_notice_on=D(2026, 11, 23), latest_test_on=D(2026, 11, 30), connect_by=datetime(2026, 12, 1, 7, 30, tzinfo=UTC),
    today=D(2026, 11, 20),
)  # fmt: skip
GUARDS: list[tuple[str, str, dict[str, Any], dict[str, Any], str | None]] = [
    ("proposed", "schedule", {"kind": "complaint"}, {"ground": "complex"}, None),
    ("proposed", "schedule", {"kind": "complaint"}, {"ground": "denunciation"}, "tố cáo"),
    ("proposed", "schedule", {"kind": "denunciation", "protection_requested": True}, {}, "tiếp trực tiếp"),
    ("proposed", "schedule", {"kind": "denunciation"}, {"ground": "denunciation"}, "bảo đảm được bí mật"),
    (
        "proposed",
        "schedule",
        {"kind": "denunciation"},
        {"ground": "denunciation", "secrecy_ensured": True},
        None,
    ),
    ("proposed", "schedule", {"kind": "denunciation"}, {}, None),
    ("scheduled", "notify", {}, {"on": D(2026, 11, 23)}, None),
    ("scheduled", "notify", {}, {"on": D(2026, 11, 24)}, "chậm nhất 23/11/2026"),
    ("scheduled", "notify", {"today": D(2026, 11, 24)}, {}, "chậm nhất 23/11/2026"),
    ("notified", "test", {}, {"on": D(2026, 11, 30)}, None),
    ("notified", "test", {}, {"on": D(2026, 12, 1)}, "chậm nhất 30/11/2026"),
    ("notified", "test", {"today": D(2026, 11, 30)}, {}, None),
    ("notified", "test", {"today": D(2026, 12, 1)}, {}, "chậm nhất 30/11/2026"),
    ("notified", "test", {"today": D(2026, 12, 1)}, {"on": D(2026, 11, 30)}, None),
    ("tested", "connect", {"moment": datetime(2026, 12, 1, 7, 30, tzinfo=UTC)}, {}, None),
    ("tested", "connect", {"moment": datetime(2026, 12, 1, 7, 31, tzinfo=UTC)}, {}, "07:30 ngày 01/12/2026"),
    ("connected", "identify", {}, {"everyone": True}, None),
    ("connected", "identify", {}, {"everyone": False}, "nhân thân"),
    ("identified", "begin", {}, {"recording": True}, None),
    ("identified", "begin", {}, {"recording": False}, "ghi âm"),
    ("ended", "archive", {}, {"sha256": SHA}, None),
    ("connected", "identify", {}, {}, None),
    ("identified", "begin", {}, {}, None),
    ("ended", "archive", {}, {}, None),
    ("ended", "archive", {}, {"sha256": SHA.upper()}, None),
    ("ended", "archive", {}, {"sha256": None}, "64 ký tự"),
    ("ended", "archive", {}, {"sha256": "abc"}, "64 ký tự"),
    ("ended", "archive", {}, {"sha256": SHA + "a"}, "64 ký tự"),
    ("ended", "archive", {}, {"sha256": "g" * 64}, "64 ký tự"),
]


@pytest.mark.parametrize(
    "state, action, facts, data, refusal", GUARDS, ids=lambda v: v if isinstance(v, str) else ""
)
def test_a_guard_allows_what_the_law_allows_and_names_the_latest_day(
    state: str, action: str, facts: dict[str, Any], data: dict[str, Any], refusal: str | None
) -> None:
    known = OnlineFacts(**{**vars(_PLAN), **facts})
    if refusal is None:
        assert WORKFLOW.find(state, action, known, data).action == action
    else:
        with pytest.raises(GuardRefused) as refused:
            WORKFLOW.find(state, action, known, data)
        assert refusal in refused.value.reason_vi


@pytest.mark.parametrize("facts", [Facts(), OnlineFacts(), OnlineFacts(connect_by=_PLAN.connect_by),
                                   OnlineFacts(moment=datetime(2027, 1, 1, tzinfo=UTC))])  # fmt: skip
@pytest.mark.parametrize(
    "state, action", [("scheduled", "notify"), ("notified", "test"), ("tested", "connect")]
)
def test_a_lead_time_that_is_not_known_yet_hinders_nobody(facts: Facts, state: str, action: str) -> None:
    assert WORKFLOW.find(state, action, facts, {"on": D(2027, 1, 1)}).action == action


def test_whoever_knows_only_the_plain_facts_asked_for_no_protection() -> None:
    facts = Facts(kind="denunciation")
    assert WORKFLOW.find("proposed", "schedule", facts, {"secrecy_ensured": True}).target == "scheduled"


@pytest.mark.parametrize(
    "typed, hour", [("8:30", (8, 30)), ("08h05", (8, 5)), ("23.59", (23, 59)), ("24:00", None), ("x", None)]
)
def test_a_time_of_day_is_read_as_people_write_it(typed: str, hour: tuple[int, int] | None) -> None:
    read = clock_time(typed)
    assert ((read.hour, read.minute) if read else None) == hour
