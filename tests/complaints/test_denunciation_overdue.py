"""T-24: when the limit of a denunciation ends without a conclusion, the system says so, once, and moves nothing else."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.core.clock import frozen
from app.core.db import db
from complaints.models.cases import Case
from complaints.models.history import HistoryEntry
from complaints.services.clocks import clocks_of
from complaints.services.expiry import act_on_ended_clocks
from complaints.services.perform import perform
from tests.factories import World, build_petition

ACCEPTED = date(2026, 11, 16)


@pytest.fixture
def case(world: World) -> Case:
    """A denunciation that the commune's chair accepted today."""
    petition = build_petition(world, kind="denunciation", respondent_level="commune_officer")
    perform(petition, "open_case", actor=world.principal("donthu.lb"), data={"on": ACCEPTED})
    assert petition.case is not None
    perform(
        petition.case,
        "accept",
        actor=world.principal("chutich.lb"),
        data={"on": ACCEPTED, "document_no": "1/QĐ"},
    )
    return petition.case


def _lines(case: Case) -> list[HistoryEntry]:
    wanted = select(HistoryEntry).where(HistoryEntry.case_id == case.id, HistoryEntry.act == "mark_overdue")
    return list(db.session.execute(wanted).scalars())


def test_the_system_marks_a_denunciation_overdue_the_day_after_its_last_day_and_only_once(case: Case) -> None:
    clock = next(c for c in clocks_of(case) if c.code == "TC_RESOLVE")
    assert clock.due_on == date(2026, 12, 16)  # 30 days from 16 November
    with frozen(clock.due_on):
        act_on_ended_clocks()
        assert not case.overdue
    for later in (1, 5):
        with frozen(clock.due_on + timedelta(days=later)):
            act_on_ended_clocks()
    assert (case.overdue, case.state, clock.state) == (True, "tc_accepted", "running")
    (line,) = _lines(case)
    assert (line.transition, line.actor_id, line.on) == ("T-24", None, clock.due_on)
