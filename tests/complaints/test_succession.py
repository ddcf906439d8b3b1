"""Bodies that take over from others (law.md 9): the table, handing an open file over by it, and the proposal it gives."""

from collections.abc import Mapping
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, select
from sqlalchemy.exc import DBAPIError

from app.core.audit import AuditEntry
from app.core.db import db, unit_of_work
from app.core.errors import Conflict, Invalid, NotAllowed, NotFound
from app.core.permissions import Permission
from complaints.access import case_for, may_act, petition_for
from complaints.models.cases import Case
from complaints.models.clocks import Clock
from complaints.models.history import HistoryEntry
from complaints.models.petitions import Petition
from complaints.models.successions import AuthoritySuccession, HandOver
from complaints.services.assignment import assign
from complaints.services.eligibility import confirm_conditions
from complaints.services.jurisdiction import proposal_for
from complaints.services.perform import perform
from complaints.services.succession import NewSuccession, end_succession, enter_succession, hand_over
from notifications.models import Notice
from tests.access.test_every_route import sign_in
from tests.factories import World, build_petition

TODAY = date(2026, 11, 16)
BASIS = "Biên bản bàn giao 12/BB-UBND ngày 15/11/2026"


def enter(world: World, **changes: object) -> AuthoritySuccession:
    """Enter that Bồ Đề takes over from Long Biên."""
    values: dict[str, object] = {
        "old_body": "", "old_unit_id": world.unit("LB").id, "kind": "", "field": "",
        "new_unit_id": world.unit("BD").id, "valid_from": date(2026, 11, 1), "legal_basis": BASIS, **changes,
    }  # fmt: skip
    with unit_of_work():
        return enter_succession(NewSuccession(**values), actor=world.principal("quantri"))  # type: ignore[arg-type]


def accepted(world: World, kind: str = "complaint") -> Case:
    """Return a case of Long Biên that is accepted, with its handler."""
    level = "commune_officer" if kind == "denunciation" else "commune_chair"
    petition = build_petition(world, kind=kind, received_on=date(2026, 11, 12), respondent_level=level)
    with unit_of_work():
        perform(petition, "open_case", actor=world.principal("donthu.lb"), data={"on": "16/11/2026"})
        case = petition.case
        assert case is not None
        chair = world.principal("chutich.lb")
        perform(
            case, "accept", actor=chair, data={"on": "16/11/2026", "document_no": "1/TB", "contested": "act"}
        )
        assign(case, unit_id=world.unit("LB-KT").id, handler_id=world.person("thuly.lb").id, actor=chair)
    return case


def clocks_of(case: Case) -> Mapping[int, tuple[str, str, date, date]]:
    """Return every clock of a case with its state and days."""
    rows = db.session.scalars(select(Clock).where(Clock.case_id == case.id))
    return {c.id: (c.code, c.state, c.started_on, c.due_on) for c in rows}


def give(subject: Petition | Case, row: AuthoritySuccession, world: World, by: str = "chutich.lb",
         on: date = TODAY, minutes: str = "12/BB-UBND") -> HandOver:  # fmt: skip
    """Hand a file over."""
    with unit_of_work():
        return hand_over(subject, row.id, on=on, minutes=minutes, words="", actor=world.principal(by))


def test_an_open_case_goes_to_the_successor_and_its_time_limits_stay(world: World) -> None:
    """H10, H11: neither suspended nor counted anew; a new number, the old one kept."""
    case, row = accepted(world), enter(world)
    before, received, due, old_number = clocks_of(case), case.received_on, case.next_due_on, case.number
    assert before
    done = give(case, row, world)
    assert clocks_of(case) == before
    assert (case.received_on, case.next_due_on, case.state) == (received, due, "accepted_1")
    assert (case.unit_id, case.assigned_unit_id, case.handler_id) == (world.unit("BD").id, None, None)
    assert (done.old_number, done.new_number) == (old_number, case.number) and case.number.endswith("/BD")


def test_the_timeline_and_the_audit_say_by_what_it_was_handed_over(world: World) -> None:
    case, row = accepted(world), enter(world)
    old_number = case.number
    give(case, row, world)
    wanted = select(HistoryEntry).where(HistoryEntry.case_id == case.id, HistoryEntry.act == "handed_over")
    line = db.session.scalars(wanted).one()
    assert (line.on, line.data["legal_basis"], line.data["minutes"]) == (TODAY, BASIS, "12/BB-UBND")
    assert line.data["old_number"] == old_number
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "case.handed_over")).one()
    assert (entry.subject_id, entry.actor_id) == (case.id, world.person("chutich.lb").id)
    assert entry.detail == {"from": world.unit("LB").id, "to": world.unit("BD").id, "succession": row.id}


def test_the_old_body_may_read_but_acts_no_more_and_the_new_one_does(world: World) -> None:
    case, row = accepted(world), enter(world)
    give(case, row, world)
    old, new = world.principal("chutich.lb"), world.principal("chutich.bd")
    assert case_for(old, case.id) is case
    assert not may_act(old, Permission.CASE_DECIDE, case)
    assert not may_act(world.principal("thuly.lb"), Permission.CASE_HANDLE, case)
    assert may_act(new, Permission.CASE_DECIDE, case)
    with pytest.raises(NotAllowed):
        give(case, row, world)
    told = db.session.scalars(select(Notice).where(Notice.kind == "handed_over")).all()
    assert [notice.person_id for notice in told] == [world.person("chutich.bd").id]


def test_a_denunciation_that_was_handed_over_is_closed_to_the_old_body(world: World) -> None:
    """I12: who no longer resolves it no longer reads it."""
    case, row = accepted(world, "denunciation"), enter(world)
    give(case, row, world)
    with pytest.raises(NotFound):
        case_for(world.principal("chutich.lb"), case.id)
    assert case_for(world.principal("chutich.bd"), case.id) is case


def test_a_petition_at_the_desk_goes_too_and_remembers_where_it_was_received(world: World) -> None:
    petition, row = build_petition(world, kind="complaint", received_on=date(2026, 11, 12)), enter(world)
    give(petition, row, world)
    assert petition.number.endswith("/BD") and petition.received_on == date(2026, 11, 12)
    assert (petition.origin_body, petition.handover_minutes) == ("UBND phường Long Biên", "12/BB-UBND")
    assert petition_for(world.principal("chutich.lb"), petition.id) is petition


@pytest.mark.parametrize(("on", "minutes", "field"), [
    (TODAY, " ", "minutes"), (date(2026, 11, 17), "1", "on"), (date(2026, 11, 11), "1", "on"),
])  # fmt: skip
def test_a_hand_over_without_minutes_or_on_an_impossible_day_is_refused(
    world: World, on: date, minutes: str, field: str
) -> None:
    case, row = accepted(world), enter(world)
    with pytest.raises(Invalid) as refused:
        give(case, row, world, on=on, minutes=minutes)
    assert refused.value.field == field and case.unit_id == world.unit("LB").id


def test_only_the_head_hands_over_what_is_open_by_a_row_that_fits(world: World) -> None:
    case, other = accepted(world), enter(world, kind="denunciation")
    with pytest.raises(Invalid):
        give(case, other, world)  # the row is about denunciations
    row = enter(world, kind="complaint")
    with pytest.raises(NotAllowed):
        give(case, row, world, by="thuly.lb")
    with pytest.raises(Conflict), unit_of_work():
        hand_over(case, row.id, on=TODAY, minutes="1", words="", actor=world.principal("chutich.lb"),
                  version=case.version - 1)  # fmt: skip
    petition = build_petition(world, kind="complaint")
    with unit_of_work():
        perform(petition, "store", actor=world.principal("chutich.lb"),
                data={"on": "16/11/2026", "ground": "illegible", "words": "Rách"})  # fmt: skip
    with pytest.raises(NotAllowed):
        give(petition, row, world)


def test_the_table_is_the_administrators_and_says_no_row_twice(world: World) -> None:
    row = enter(world)
    with pytest.raises(Invalid) as refused:
        enter(world)
    assert refused.value.field == "old_body"
    new = NewSuccession("UBND quận cũ", None, "", "", world.unit("BD").id, TODAY, BASIS)
    with pytest.raises(NotAllowed), unit_of_work():
        enter_succession(new, actor=world.principal("chutich.lb"))
    with unit_of_work():
        end_succession(row, on=TODAY, reason="Ghi sai", actor=world.principal("quantri"))
    assert enter(world).id != row.id
    with pytest.raises(DBAPIError), db.session.begin_nested():
        db.session.execute(delete(AuthoritySuccession))


def test_a_complaint_about_a_former_district_is_proposed_to_whom_the_table_names(world: World) -> None:
    petition = build_petition(
        world, kind="complaint", respondent="UBND quận Long Biên", respondent_level="former_district"
    )
    before = proposal_for(petition)
    assert before is not None and before.outcome == "report_to_head"
    enter(world, old_body="UBND quận Long Biên", old_unit_id=None, new_unit_id=world.unit("LB").id)
    after = proposal_for(petition)
    assert after is not None and (after.own, after.outcome, after.certain) == (True, "open_case", False)


def test_the_pages_enter_a_row_hand_over_by_it_and_end_it(client: FlaskClient, world: World) -> None:
    case = accepted(world)
    sign_in(client, world, "quantri")
    form = {"old_unit_id": world.unit("LB").id, "new_unit_id": world.unit("BD").id, "valid_from": "01/11/2026",
            "legal_basis": BASIS, "kind": "", "field": "", "old_body": ""}  # fmt: skip
    bad = client.post("/admin/successions/", data={**form, "legal_basis": ""})
    assert bad.status_code == 422 and "Ghi văn bản làm căn cứ" in bad.text
    assert client.post("/admin/successions/", data=form).status_code == 302
    assert BASIS in client.get("/admin/successions/").text
    row = db.session.scalars(select(AuthoritySuccession)).one()
    client.post("/sign-out")

    sign_in(client, world, "chutich.lb")
    assert "/hand-over" in client.get(f"/cases/{case.id}").text
    address = f"/cases/{case.id}/hand-over"
    typed = {"succession_id": row.id, "on": "16/11/2026", "minutes": "", "words": "Kèm 30 trang"}
    refused = client.post(address, data=typed)
    assert refused.status_code == 422 and "Kèm 30 trang" in refused.text
    assert client.post(address, data={**typed, "minutes": "12/BB"}).status_code == 302
    page = client.get(f"/cases/{case.id}").text
    assert "Chuyển giao cho cơ quan kế tiếp" in page and BASIS in page and "/hand-over" not in page
    client.post("/sign-out")

    sign_in(client, world, "quantri")
    ended = client.post(f"/admin/successions/{row.id}/end", data={"ends_on": "16/11/2026", "reason": "Xong"})
    assert ended.status_code == 302
    db.session.refresh(row)
    assert row.valid_to == TODAY


def test_the_petition_page_has_its_conditions_its_flag_and_what_it_belongs_to(
    client: FlaskClient, world: World
) -> None:
    """P03, P05, X21, X23: what a person found, what was reported, what lies in the same case."""
    earlier = build_petition(world, kind="complaint")
    petition = build_petition(world, kind="complaint", letter_date=date(2026, 11, 10), request="Xem xét lại")
    sign_in(client, world, "donthu.lb")
    page = client.get(f"/petitions/{petition.id}").text
    assert "Điều kiện xử lý" in page and "Có thể cùng nội dung" in page and earlier.number in page
    met = ["vietnamese", "dated", "named", "respondent", "request"]
    answer = client.post(f"/petitions/{petition.id}/conditions", data={"met": met})
    assert answer.status_code == 302
    db.session.refresh(petition)
    assert (
        petition.eligible is False and petition.conditions is not None and not petition.conditions["signed"]
    )
    proposal = proposal_for(petition)
    assert proposal is not None and (proposal.outcome, proposal.store_ground) == ("store", "no_signature")
    with unit_of_work():
        assert confirm_conditions(petition, dict.fromkeys([*met, "signed"], True),
                                  actor=world.principal("donthu.lb")) == ()  # fmt: skip
        perform(
            petition,
            "report_to_head",
            actor=world.principal("donthu.lb"),
            data={"on": "16/11/2026", "words": "Gay gắt"},
        )
        for one in (earlier, petition):
            action, more = (
                ("join_case", {"case_id": earlier.case_id}) if one is petition else ("open_case", {})
            )
            perform(one, action, actor=world.principal("donthu.lb"), data={"on": "16/11/2026", **more})
            db.session.flush()
    page = client.get(f"/petitions/{petition.id}").text
    assert "phức tạp, đông người" in page and "Cùng một vụ việc" in page
