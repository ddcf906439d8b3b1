"""Feedback on a regulation (F-6 to F-8, F05 to F08), and an answered proposal that comes again (F04, F-5)."""

from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core.clock import frozen
from app.core.db import db, unit_of_work
from app.core.errors import Invalid, NotAllowed
from complaints.models.cases import Case
from complaints.models.clocks import Clock
from complaints.models.history import HistoryEntry
from complaints.models.petitions import Petition
from complaints.models.shared import NOT_DUE
from complaints.queries.matters import answered_before
from complaints.services.assignment import assign
from complaints.services.jurisdiction import proposal_for
from complaints.services.perform import perform
from tests.access.test_every_route import sign_in
from tests.conftest import TODAY
from tests.factories import World, build_petition

ELSEWHERE = {"on": "16/11/2026", "to_body": "Văn phòng UBND thành phố", "words": "Quy định của thành phố."}


def act(world: World, subject: Any, action: str, by: str = "chutich.lb", **data: Any) -> HistoryEntry:
    with unit_of_work():
        return perform(subject, action, actor=world.principal(by), data=data)


def feedback(world: World, **changes: Any) -> Petition:
    return build_petition(
        world, **{"kind": "admin_feedback", "respondent_level": "regulation", "source": "online", **changes}
    )


def handled(world: World, **changes: Any) -> Case:
    petition = feedback(world, **changes)
    act(world, petition, "open_case", by="donthu.lb", on="16/11/2026")
    assert petition.case is not None
    return petition.case


def clock(petition: Petition, code: str = "FB_TRANSFER") -> Clock:
    of = select(Clock).where(Clock.petition_id == petition.id, Clock.code == code)
    return db.session.scalars(of).one()


def test_what_does_not_meet_the_form_is_not_received_with_ground_words_and_approver(
    world: World, client: FlaskClient
) -> None:
    petition = feedback(world)
    sign_in(client, world, "donthu.lb")
    have = {"met": ["vietnamese", "content"], "version": petition.version}
    client.post(f"/petitions/{petition.id}/conditions", data=have)
    db.session.expire_all()
    proposal = proposal_for(petition)
    assert proposal is not None
    assert (proposal.outcome, proposal.store_ground) == ("store", "feedback_form")
    with pytest.raises(NotAllowed, match="chưa đúng hình thức"):
        act(world, petition, "open_case", by="donthu.lb", on="16/11/2026")
    assert '<option selected value="feedback_form">' in client.get(f"/petitions/{petition.id}/do/store").text
    line = act(world, petition, "store", on="16/11/2026", ground="feedback_form", words="Không nêu tên.")
    assert (petition.state, line.data["ground"]) == ("stored", "feedback_form")
    assert clock(petition).state == "cancelled"


def test_own_feedback_is_tested_against_the_criteria_and_its_result_published(
    world: World, client: FlaskClient
) -> None:
    case = handled(world)
    assert (case.kind, case.state, case.next_due_on) == ("admin_feedback", "fb_handling", NOT_DUE)
    line = act(world, case, "test", on="16/11/2026", basis_found="enough", criteria=["necessity", "simplicity"],
               words="Giấy tờ yêu cầu không cần thiết.")  # fmt: skip
    assert (line.data["basis_found"], line.data["criteria"]) == ("enough", ["necessity", "simplicity"])
    line = act(world, case, "tell_state", on="16/11/2026", words="Đang xem xét.")
    assert (line.transition, case.state) == ("F-8", "fb_handling")
    with pytest.raises(Invalid, match="hình thức"):
        act(world, case, "publish_result", on="16/11/2026", outcome="amend", words="Sửa.")
    db.session.expire_all()
    act(
        world,
        case,
        "publish_result",
        on="16/11/2026",
        outcome="amend",
        forms=["website", "letter"],
        words="Bãi bỏ.",
    )
    sign_in(client, world, "chutich.lb")
    page = client.get(f"/cases/{case.id}").text
    assert "Phản ánh về quy định hành chính" in page
    assert "Sự cần thiết, Tính đơn giản" in page
    assert "Đủ cơ sở để xem xét, xử lý" in page
    assert "Phản ánh về quy định hành chính" in client.get("/cases/?closed=1&kind=admin_feedback").text


def test_feedback_that_turns_out_a_denunciation_goes_back_sealed_from_the_day_of_receipt(
    world: World,
) -> None:
    case = handled(world)
    petition = db.session.scalars(select(Petition).where(Petition.case_id == case.id)).one()
    with frozen(date(2026, 11, 20)):
        line = act(world, case, "reclassify", kind="denunciation", words="Về hành vi nhũng nhiễu.")
    assert line.transition == "F-7"
    assert petition.sealed_identity_id is not None
    assert clock(petition, "TC_INIT").started_on == TODAY


def test_an_answered_proposal_that_comes_again_is_found_by_who_sent_it(world: World) -> None:
    first = build_petition(world, kind="proposal", field="urban", respondent_level="commune")
    act(world, first, "open_case", by="donthu.lb", on="16/11/2026")
    case = first.case
    assert case is not None
    unit = world.unit("LB").id
    assert answered_before(unit, identity_number="001090000001") == []
    with unit_of_work():
        assign(case, unit_id=world.unit("LB-KT").id, handler_id=world.person("thuly.lb").id,
               actor=world.principal("chutich.lb"))  # fmt: skip
    act(world, case, "study", on="16/11/2026")
    act(world, case, "answer", on="16/11/2026", words="Đã trả lời.")
    assert answered_before(unit, identity_number="001090000001") == [first]
    assert answered_before(unit, phone="0912345678", field="urban") == [first]
    assert answered_before(unit, phone="0912345678", field="land") == []
    assert answered_before(world.unit("BD").id, phone="0912345678") == []
    assert answered_before(unit, identity_number="", phone="12") == []
    again = build_petition(world, kind="proposal", field="urban", respondent_level="commune")
    proposal = proposal_for(again)
    assert proposal is not None
    assert (proposal.outcome, proposal.refusal_ground) == ("store", "D4.h")
    other = build_petition(world, kind="proposal", field="traffic", respondent_level="commune")
    answer = proposal_for(other)
    assert answer is not None
    assert answer.outcome == "open_case"
