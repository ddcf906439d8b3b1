"""What a deputy sent on to a commune is resolved by the superior who took the case over: the deputy is told of it (R10)."""

from datetime import date

import pytest

from app.core.clock import frozen
from app.core.db import unit_of_work
from app.core.errors import NotAllowed
from complaints.models.cases import Case
from complaints.models.petitions import Petition
from complaints.services.assignment import assign
from complaints.services.perform import perform
from tests.complaints.test_complaint_second import step, sweep
from tests.complaints.test_continued import ACCEPTED, BY, LATE, demanded
from tests.complaints.test_referrer import DEPUTY, act, of, opened
from tests.factories import World

D = date


def overdue_at_long_bien(world: World) -> tuple[Petition, Case]:
    """Return a denunciation that a deputy sent on, and its case, which passed its limit with no conclusion."""
    petition = opened(world, "denunciation", **DEPUTY)
    assert petition.case is not None
    act(world, petition.case, "accept", on=ACCEPTED, document_no="1/QĐ")
    with frozen(LATE):
        sweep()
    assert petition.case.overdue
    return petition, petition.case


def conclude_above(world: World, case: Case, on: date) -> None:
    """Conclude the superior's case, once it is accepted."""
    step(world, case, "accept", BY, on=on, document_no="9/QĐ")
    with unit_of_work():
        assign(
            case,
            unit_id=world.unit("HN").id,
            handler_id=world.person("thuly.hn").id,
            actor=world.principal(BY),
        )
    step(world, case, "verify", BY, on=on, team_size=2, leader="Trưởng phòng", no_conflict=True)
    step(world, case, "report", BY, on=on, words="Báo cáo.")
    step(world, case, "conclude", BY, on=on, document_no="10/KL", outcome="partly", words="Đúng một phần.")


# Seven working days after Tuesday 5 January 2027: Thursday 14 January.
@pytest.mark.law("R10", "V18", "TC24")
def test_the_deputy_is_owed_the_result_when_the_superior_who_took_the_case_over_concludes(
    world: World,
) -> None:
    petition, first = overdue_at_long_bien(world)
    above = demanded(world, first)
    with frozen(D(2026, 12, 31)):
        step(world, above, "take_over", BY, on=D(2026, 12, 31), ground=["interest"], words="Rút lên.")
    assert (first.state, of(petition, "REFERRER_RESULT")) == ("taken_over", [])
    with frozen(D(2027, 1, 5)):
        with pytest.raises(NotAllowed, match="Chưa có kết quả"):
            act(world, petition, "tell_referrer", "donthu.lb", on=D(2027, 1, 5), document_no="9/UBND")
        conclude_above(world, above, D(2027, 1, 5))
        assert of(petition, "REFERRER_RESULT") == [("running", D(2027, 1, 5), D(2027, 1, 14))]
        act(world, petition, "tell_referrer", "donthu.lb", on=D(2027, 1, 5), document_no="9/UBND")
    assert of(petition, "REFERRER_RESULT")[0][0] == "met"
    assert petition.referrer_told_on == D(2027, 1, 5)
    assert (first.is_open, first.due_on) == (False, None)


def test_a_commune_that_goes_on_itself_owes_nothing_for_what_the_superior_did(world: World) -> None:
    petition, first = overdue_at_long_bien(world)
    above = demanded(world, first)
    with frozen(D(2026, 12, 30)):
        step(world, above, "record_report", BY, on=D(2026, 12, 30), words="Báo cáo.")
        step(world, above, "end_demand", BY, on=D(2026, 12, 30), words="Cấp dưới tiếp tục giải quyết.")
        assert of(petition, "REFERRER_RESULT") == []
        with unit_of_work():
            perform(first, "verify", actor=world.principal("chutich.lb"),
                    data={"on": D(2026, 12, 30), "team_size": 2, "leader": "Tổ trưởng", "no_conflict": True})  # fmt: skip
    assert first.is_open
