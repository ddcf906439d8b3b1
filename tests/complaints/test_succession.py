"""Succession to another body (law.md 9): the table, the proposal that rests on it, and handing a file over."""

from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.core.clock import frozen
from app.core.db import db, unit_of_work
from app.core.errors import Conflict, Invalid, NotAllowed
from complaints.models.cases import Case
from complaints.models.clocks import Clock
from complaints.models.history import HistoryEntry
from complaints.models.successions import AuthoritySuccession, HandOver
from complaints.queries.successions import successor_of
from complaints.services.assignment import assign
from complaints.services.jurisdiction import proposal_for
from complaints.services.perform import perform, propose
from complaints.services.succession import NewSuccession, end_succession, enter_succession, hand_over
from notifications.models import Notice
from tests.access.test_every_route import sign_in
from tests.factories import World, build_petition

BASIS = "Biên bản bàn giao số 12 ngày 30/06/2025"
FORMER = "UBND quận Long Biên"


def enter(world: World, by: str = "quantri", **changes: Any) -> AuthoritySuccession:
    values: dict[str, Any] = {
        "old_body": FORMER, "old_unit_id": None, "kind": "", "field": "", "new_unit_id": world.unit("LB").id,
        "valid_from": date(2025, 7, 1), "legal_basis": BASIS,
    }  # fmt: skip
    with unit_of_work():
        return enter_succession(NewSuccession(**{**values, **changes}), actor=world.principal(by))


def bd_to_lb(world: World, **changes: Any) -> AuthoritySuccession:
    """The commune of Bồ Đề is merged into Long Biên from 16 November 2026."""
    return enter(
        world, old_body="", old_unit_id=world.unit("BD").id, valid_from=date(2026, 11, 16), **changes
    )


def case_of_bd(world: World, kind: str = "complaint", **changes: Any) -> Case:
    petition = build_petition(world, by="donthu.bd", unit="BD", kind=kind, **changes)
    with unit_of_work():
        perform(petition, "open_case", actor=world.principal("donthu.bd"), data={"on": "16/11/2026"})
    assert petition.case is not None
    return petition.case


def give(
    world: World, subject: Any, row: AuthoritySuccession, by: str = "chutich.bd", **more: Any
) -> HandOver:
    values: dict[str, Any] = {"on": date(2026, 11, 16), "minutes": "BB 3/2026", "words": "", **more}
    with unit_of_work():
        return hand_over(subject, row.id, actor=world.principal(by), **values)


def test_the_table_is_entered_and_ended_and_never_changed(world: World, session: Session) -> None:
    row = enter(world)
    with pytest.raises(Invalid, match="kết thúc dòng đó trước"):
        enter(world)
    enter(world, field="land")
    with unit_of_work():
        end_succession(row, on=date(2026, 12, 1), reason="Ghi nhầm.", actor=world.principal("quantri"))
    with pytest.raises(Conflict), unit_of_work():
        end_succession(row, on=date(2026, 12, 2), reason="x", actor=world.principal("quantri"))
    enter(world)
    for statement in ("UPDATE authority_successions SET legal_basis = 'x'", "DELETE FROM authority_successions",
                      "UPDATE authority_successions SET end_reason = 'y' WHERE ended_at IS NOT NULL"):  # fmt: skip
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(text(statement))


@pytest.mark.parametrize(("changes", "field"), [
    ({"old_body": " "}, "old_body"),
    ({"legal_basis": ""}, "legal_basis"),
    ({"new_unit_id": 0}, "new_unit_id"),
    ({"kind": "nonsense"}, "kind"),
    ({"field": "nonsense"}, "field"),
    ({"valid_from": date(2200, 1, 1)}, "valid_from"),
])  # fmt: skip
def test_a_wrong_row_is_refused_beside_its_field(world: World, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        enter(world, **changes)
    assert refused.value.field == field
    with pytest.raises(NotAllowed):
        enter(world, by="chutich.lb")


def test_the_most_particular_row_of_the_day_counts(world: World) -> None:
    enter(world)
    land = enter(world, field="land", new_unit_id=world.unit("SXD").id)
    later = enter(
        world, kind="complaint", field="land", new_unit_id=world.unit("HN").id, valid_from=date(2026, 12, 1)
    )

    def found(on: date, field: str = "land") -> int | None:
        row = successor_of(unit_id=None, name="ubnd QUẬN Long Biên", kind="complaint", field=field, on=on)
        return row.new_unit_id if row is not None else None

    assert found(date(2026, 11, 16)) == land.new_unit_id
    assert found(date(2026, 11, 16), "urban") == world.unit("LB").id
    assert found(date(2026, 12, 1)) == later.new_unit_id
    assert found(date(2025, 6, 30)) is None


def test_a_complaint_about_a_former_district_is_proposed_to_whom_the_table_names(
    world: World, client: FlaskClient
) -> None:
    petition = build_petition(world, kind="complaint", respondent=FORMER, respondent_level="former_district")
    sign_in(client, world, "donthu.lb")
    before = proposal_for(petition)
    assert before is not None
    assert (before.outcome, before.certain) == ("report_to_head", False)
    assert "chưa có trong bảng cơ quan kế tiếp" in client.get(f"/petitions/{petition.id}").text
    enter(world)
    after = proposal_for(petition)
    assert after is not None
    assert (after.own, after.outcome, after.certain) == (True, "open_case", False)
    page = client.get(f"/petitions/{petition.id}").text
    assert BASIS in page


def test_a_file_of_a_former_district_names_where_it_came_from_and_keeps_its_day(world: World) -> None:
    enter(world)
    petition = build_petition(world, kind="complaint", received_on=date(2026, 7, 6), origin_body=FORMER,
                              handover_minutes="BB 12", respondent_level="commune_chair")  # fmt: skip
    proposal = proposal_for(petition)
    assert proposal is not None
    assert FORMER in proposal.reasons[-1].text_vi
    assert petition.received_on == date(2026, 7, 6)
    clock = db.session.scalars(
        select(Clock).where(Clock.petition_id == petition.id, Clock.code == "KN_ACCEPT")
    ).one()
    assert (clock.started_on, clock.due_on) == (date(2026, 7, 6), date(2026, 7, 15))
    with pytest.raises(Invalid) as refused:
        build_petition(world, handover_minutes="BB 12")
    assert refused.value.field == "origin_body"


def test_a_case_goes_over_with_its_clocks_untouched_and_nobody_holding_it(world: World) -> None:
    case = case_of_bd(world)
    with unit_of_work():
        perform(
            case, "accept", actor=world.principal("chutich.bd"), data={"on": "16/11/2026", "document_no": "1"}
        )
        assign(case, unit_id=world.unit("BD-KT").id, handler_id=world.person("thuly.bd").id,
               actor=world.principal("chutich.bd"))  # fmt: skip
    number, due = case.number, case.next_due_on
    clocks = {
        c.id: (c.code, c.state, c.started_on, c.due_on, len(c.events))
        for c in db.session.scalars(select(Clock))
    }
    row = bd_to_lb(world)
    with frozen(date(2026, 11, 18)):
        done = give(world, case, row, on=date(2026, 11, 17))
    db.session.expire_all()
    assert (case.unit.code, case.assigned_unit_id, case.handler_id) == ("LB", None, None)
    assert (done.old_number, done.new_number, case.number) == (number, "VV-1/2026/LB", "VV-1/2026/LB")
    assert {
        c.id: (c.code, c.state, c.started_on, c.due_on, len(c.events))
        for c in db.session.scalars(select(Clock))
    } == clocks
    assert (case.next_due_on, case.received_on, case.accepted_on) == (
        due,
        date(2026, 11, 16),
        date(2026, 11, 16),
    )
    line = db.session.scalars(select(HistoryEntry).where(HistoryEntry.act == "handed_over")).one()
    assert (line.case_id, line.on, line.data["article"], line.data["old_number"]) == (
        case.id, date(2026, 11, 17), BASIS, number
    )  # fmt: skip
    told = db.session.scalars(select(Notice).where(Notice.kind == "handed_over")).all()
    assert [notice.person_id for notice in told] == [world.person("chutich.lb").id]
    with unit_of_work():
        assign(case, unit_id=world.unit("LB-KT").id, handler_id=world.person("thuly.lb").id,
               actor=world.principal("chutich.lb"))  # fmt: skip


def test_the_old_body_reads_what_it_handed_over_and_does_nothing_there(
    world: World, client: FlaskClient
) -> None:
    case = case_of_bd(world)
    give(world, case, bd_to_lb(world))
    sign_in(client, world, "chutich.bd")
    page = client.get(f"/cases/{case.id}")
    assert page.status_code == 200
    assert "Đã chuyển giao" in page.text
    assert client.get(f"/cases/{case.id}/do/accept").status_code == 404
    assert client.get(f"/cases/{case.id}/hand-over").status_code == 404
    assert case.number not in client.get("/cases/").text
    client.post("/sign-out")
    sign_in(client, world, "chutich.lb")
    assert case.number in client.get("/cases/").text
    assert client.get(f"/cases/{case.id}/do/accept").status_code == 200


def test_the_old_body_no_longer_reads_a_denunciation(world: World, client: FlaskClient) -> None:
    case = case_of_bd(world, "denunciation", respondent_level="commune_officer")
    give(world, case, bd_to_lb(world))
    for username, status in (("chutich.bd", 404), ("chutich.lb", 200)):
        client.post("/sign-out")
        sign_in(client, world, username)
        assert client.get(f"/cases/{case.id}").status_code == status, username


def test_a_petition_at_the_desk_goes_over_with_its_day_of_receipt_and_asks_for_competence_again(
    world: World,
) -> None:
    petition = build_petition(
        world, by="donthu.bd", unit="BD", kind="complaint", received_on=date(2026, 11, 10)
    )
    with unit_of_work():
        propose(petition, "store", actor=world.principal("donthu.bd"),
                data={"on": "16/11/2026", "ground": "no_content", "words": "x"})  # fmt: skip
    old = petition.number
    give(world, petition, bd_to_lb(world))
    assert (petition.unit.code, petition.number, petition.pending_action) == ("LB", "Đ-1/2026/LB", None)
    assert (petition.received_on, petition.in_jurisdiction) == (date(2026, 11, 10), None)
    assert (petition.origin_body, petition.handover_minutes) == (world.unit("BD").name, "BB 3/2026")
    kept = db.session.scalars(select(HandOver)).one()
    assert (kept.old_number, kept.old_body_reads) == (old, True)


def test_a_hand_over_is_refused_without_a_row_a_right_or_the_minutes(world: World) -> None:
    case = case_of_bd(world)
    row = bd_to_lb(world, kind="denunciation")
    with pytest.raises(Invalid) as refused:
        give(world, case, row)
    assert refused.value.field == "succession_id"
    row = bd_to_lb(world)
    for by in ("chutich.lb", "donthu.bd", "quantri"):
        with pytest.raises(NotAllowed):
            give(world, case, row, by=by)
    for changes, field in (
        ({"minutes": " "}, "minutes"),
        ({"on": date(2026, 11, 15)}, "on"),
        ({"on": date(2026, 12, 1)}, "on"),
    ):
        with pytest.raises(Invalid) as refused:
            give(world, case, row, **changes)
        assert refused.value.field == field
    with pytest.raises(Conflict):
        give(world, case, row, version=0)
    petition = db.session.scalars(
        select(HistoryEntry.petition_id).where(HistoryEntry.act == "open_case")
    ).one()
    assert petition is not None
    db.session.expire_all()
    assert case.unit.code == "BD"
    give(world, case, row)


def test_what_has_become_a_case_is_handed_over_as_the_case(world: World) -> None:
    case = case_of_bd(world)
    row = bd_to_lb(world)
    petition = build_petition(world, by="donthu.bd", unit="BD", kind="complaint")
    with unit_of_work():
        perform(petition, "join_case", actor=world.principal("donthu.bd"), data={"case_id": case.id})
    with pytest.raises(NotAllowed):
        give(world, petition, row)


def test_the_record_of_a_hand_over_is_appended_only(world: World, session: Session) -> None:
    give(world, case_of_bd(world), bd_to_lb(world))
    for statement in ("UPDATE hand_overs SET minutes = 'x'", "DELETE FROM hand_overs"):
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(text(statement))


def test_a_refused_row_keeps_what_was_typed_beside_the_message(world: World, client: FlaskClient) -> None:
    sign_in(client, world, "quantri")
    answer = client.post("/admin/successions/", data={"old_body": "UBND huyện Gia Lâm", "old_unit_id": "0", "kind": "",
                         "field": "", "new_unit_id": "0", "valid_from": "01/07/2025", "legal_basis": BASIS})  # fmt: skip
    assert answer.status_code == 422
    assert "Chọn cơ quan kế tiếp đang hoạt động." in answer.text
    assert "UBND huyện Gia Lâm" in answer.text
    row = enter(world)
    answer = client.post(
        f"/admin/successions/{row.id}/end", data={"ends_on": "01/01/2020", "reason": "Ghi nhầm"}
    )
    assert answer.status_code == 422
    assert "Ngày kết thúc phải sau ngày bắt đầu." in answer.text
    assert "Ghi nhầm" in answer.text
