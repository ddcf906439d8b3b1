"""P02: what a paper is goes by its content, whenever that is seen; it keeps its day of receipt and its secrecy."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core.clock import frozen
from app.core.db import db, unit_of_work
from app.core.errors import Conflict, Invalid, NotAllowed
from app.organisation.models import Person
from complaints.models.cases import Case
from complaints.models.clocks import Clock
from complaints.models.petitions import Petition
from complaints.services.assignment import assign
from complaints.services.notes import add_note
from complaints.services.perform import perform
from tests.factories import World, build_petition

D = date
TODAY = D(2026, 11, 16)
NAME = "Nguyễn Văn Thử"


def act(world: World, subject: Petition | Case, action: str, by: str = "chutich.lb", **data: Any) -> None:
    """Take a step as somebody of Long Biên."""
    with unit_of_work():
        perform(subject, action, actor=world.principal(by), data={"basis_checked": True, **data})


def live(subject: Petition | Case) -> dict[str, date]:
    """Return the clocks of a subject that run or rest, with the day from which they count."""
    mine = Clock.case_id if isinstance(subject, Case) else Clock.petition_id
    wanted = select(Clock).where(mine == subject.id, Clock.state.in_(("running", "paused")))
    return {clock.code: clock.started_on for clock in db.session.scalars(wanted)}


def denunciation(world: World, state: str) -> Case:
    """Return a denunciation received on 16 November 2026, walked to a state before its conclusion."""
    petition = build_petition(
        world, kind="denunciation", respondent_level="commune_officer", field="construction"
    )
    act(world, petition, "open_case", "donthu.lb", on=TODAY)
    case = petition.case
    assert case is not None
    with unit_of_work():
        assign(case, unit_id=world.unit("LB-KT").id, handler_id=world.person("thuly.lb").id,
               actor=world.principal("chutich.lb"))  # fmt: skip
    team = {"team_size": 2, "leader": "Trưởng phòng", "no_conflict": True}
    way: dict[str, tuple[tuple[str, dict[str, Any]], ...]] = {
        "tc_accepted": (("accept", {"document_no": "1/QĐ"}),),
        "tc_verifying": (("accept", {"document_no": "1/QĐ"}), ("verify", team)),
        "tc_assessment": (("accept", {"document_no": "1/QĐ"}), ("verify", team), ("assess", {"words": "Chữ ký."})),
        "tc_reported": (("accept", {"document_no": "1/QĐ"}), ("verify", team), ("report", {"words": "Báo cáo."})),
        "tc_suspended": (("accept", {"document_no": "1/QĐ"}),
                         ("suspend", {"ground": "other_result", "words": "Chờ kết quả."})),
    }  # fmt: skip
    for action, data in way[state]:
        act(world, case, action, on=TODAY, **data)
    assert case.state == state
    return case


@pytest.mark.law("P02")
@pytest.mark.parametrize(
    "state", ["tc_accepted", "tc_verifying", "tc_assessment", "tc_reported", "tc_suspended"]
)
def test_a_denunciation_that_is_none_goes_back_to_the_desk_at_any_step_before_its_conclusion(
    world: World, state: str
) -> None:
    case = denunciation(world, state)
    (petition,) = db.session.scalars(select(Petition).where(Petition.case_id == case.id))
    with frozen(D(2026, 11, 25)):
        with pytest.raises(NotAllowed):
            act(world, case, "reclassify", "thuly.lb", kind="complaint", words="Là khiếu nại.")
        act(world, case, "reclassify", kind="complaint", words="Là khiếu nại quyết định thu hồi đất.")
    assert (case.state, case.is_open, case.outcome) == ("reclassified", False, "reclassified")
    assert live(case) == {}
    assert (petition.kind, petition.state, petition.case_id) == ("complaint", "classified", None)
    assert live(petition) == {"PETITION_DISCIPLINE": TODAY, "KN_ACCEPT": TODAY}
    assert petition.is_denunciation, "what was promised to be secret stays so"
    assert petition.senders == ()


def test_after_the_conclusion_it_is_what_it_was_concluded_to_be(world: World) -> None:
    case = denunciation(world, "tc_reported")
    act(world, case, "conclude", on=TODAY, document_no="2/KL", outcome="partly", words="Đúng một phần.")
    with pytest.raises(Conflict):
        act(world, case, "reclassify", kind="complaint", words="x")


_LEFT: dict[str, tuple[dict[str, Any], str, dict[str, Any]]] = {
    "stored": ({}, "store", {"ground": "no_signature", "words": "Không ký."}),
    "guided": ({}, "guide", {"to_body": "Sở Xây dựng", "words": "Không thuộc thẩm quyền."}),
    "transferred": ({"in_person": True, "source": "in_person"}, "transfer", {"to_body": "Sở X", "words": "Chuyển."}),
    "returned": ({"source": "forwarded_deputy", "forwarded_by": "Đoàn ĐBQH"}, "return", {"words": "Trả lại."}),
}  # fmt: skip


def left(world: World, state: str) -> Petition:
    """Return a complaint received on 16 November 2026 that left the desk."""
    changes, action, data = _LEFT[state]
    petition = build_petition(world, kind="complaint", **changes)
    act(world, petition, action, on=TODAY, **data)
    assert (petition.state, petition.is_open, petition.processed_on) == (state, False, TODAY)
    return petition


@pytest.mark.law("P02")
@pytest.mark.parametrize("state", list(_LEFT))
def test_what_left_the_desk_by_mistake_is_taken_up_by_the_head_with_its_day_of_receipt(
    world: World, state: str
) -> None:
    petition = left(world, state)
    with frozen(D(2026, 12, 14)):
        with pytest.raises(NotAllowed):
            act(world, petition, "take_up", "donthu.lb", on=today_(), kind="complaint", words="Nhầm.")
        with pytest.raises(Invalid) as unsaid:
            act(world, petition, "take_up", on=today_(), kind="complaint")
        assert unsaid.value.field == "words"
        act(world, petition, "take_up", on=today_(), kind="complaint", words="Lưu nhầm: đơn đủ chữ ký.")
        assert (petition.state, petition.is_open, petition.processed_on, petition.outcome) == (
            "classified", True, None, None,
        )  # fmt: skip
        assert live(petition) == {"PETITION_DISCIPLINE": TODAY, "KN_ACCEPT": TODAY}
        assert petition.next_due_on == D(2026, 11, 26), "seven working days from the receipt have passed"
        act(world, petition, "open_case", "donthu.lb", on=today_())
    assert petition.case is not None
    assert petition.case.received_on == TODAY


def today_() -> date:
    """The day on which the mistake is seen."""
    return D(2026, 12, 14)


def test_a_stored_paper_that_is_a_denunciation_is_sealed_with_its_traces(
    world: World, login_as: Callable[[Person], FlaskClient]
) -> None:
    petition = left(world, "stored")
    with unit_of_work():
        add_note(petition, f"Đã gọi điện cho ông {NAME}.", actor=world.principal("donthu.lb"))
    assert petition.senders == (NAME,)
    with frozen(D(2026, 11, 18)):
        act(world, petition, "take_up", on=D(2026, 11, 18), kind="denunciation", words="Thực chất là tố cáo.")
        assert petition.sealed_identity_id is not None
        assert list(petition.parties) == []
        assert live(petition) == {"PETITION_DISCIPLINE": TODAY, "TC_INIT": TODAY, "TC_TRANSFER": TODAY}
        assert NAME not in login_as(world.person("thanhtra")).get(f"/petitions/{petition.id}").text


def test_a_linked_paper_is_let_go_of_the_earlier_one(world: World) -> None:
    earlier = left(world, "guided")
    petition = build_petition(world, kind="complaint")
    act(world, petition, "link", on=TODAY, petition_id=earlier.id, words="Cùng nội dung.")
    assert (petition.linked_to_id, petition.guided_before) == (earlier.id, True)
    act(world, petition, "take_up", on=TODAY, kind="complaint", words="Nội dung khác.")
    assert (petition.linked_to_id, petition.guided_before, petition.state) == (None, False, "classified")
    assert "PETITION_RETENTION" not in live(petition)


def test_what_was_destroyed_is_not_taken_up(world: World) -> None:
    petition = left(world, "stored")
    with frozen(D(2027, 11, 18)):
        act(world, petition, "destroy", on=D(2027, 11, 18), words="Hết thời hạn lưu.")
        with pytest.raises(Conflict):
            act(world, petition, "take_up", on=D(2027, 11, 18), kind="complaint", words="x")


def test_what_is_taken_up_as_the_same_keeps_the_word_of_the_form_that_a_person_chose(world: World) -> None:
    petition = build_petition(world, kind="denunciation", respondent_level="commune_officer", field="land")
    act(
        world,
        petition,
        "classify",
        "donthu.lb",
        kind="denunciation",
        field="land",
        statutory_field="corruption",
    )
    act(world, petition, "store", on=TODAY, ground="no_signature", words="Không ký.")
    act(world, petition, "take_up", on=TODAY, kind="denunciation", words="Lưu nhầm: đơn có ký.")
    assert petition.statutory_field == "corruption", "which is never guessed"
    act(world, petition, "store", on=TODAY, ground="no_signature", words="Không ký.")
    act(world, petition, "take_up", on=TODAY, kind="complaint", words="Là khiếu nại.")
    assert petition.statutory_field == "land"
