"""What becomes of a visit after the desk: the head and the written refusal, a group, mixed contents, a demand, harm."""

import runpy
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from app.core.calendar import DayKind
from app.core.clock import frozen, today
from app.core.db import db, unit_of_work
from app.core.errors import Conflict, Invalid, NotAllowed, NotFound
from app.core.permissions import Role
from app.factory import MIGRATIONS
from app.organisation.services.calendar import DayEntry, set_calendar_days
from complaints.models.clocks import Clock, Escalation
from complaints.models.duties import Duty
from complaints.models.history import HistoryEntry
from complaints.models.parties import Party
from complaints.models.petitions import Petition
from complaints.models.recalculations import ClockMove
from complaints.queries.running import running_by_code
from complaints.services.clocks import rebuild_all
from complaints.services.escalation import preview_alerts, raise_due_alerts
from complaints.services.recalculation import recalculate_batch
from notifications.models import Notice
from reception.entries import Content
from reception.models import Visit, VisitEntry, VisitParty
from reception.queries import refusal_due
from reception.services.moving import move_visit, page_steps
from reception.services.visits import continue_visit, record_visit
from tests.conftest import as_owner
from tests.factories import World, build_person
from tests.reception.builders import BANG, SEN, ordinary_visit

D = date
REFUSED = {"outcome": "refused", "refusal_ground": "L9.3", "outcome_note": "Đã giải thích ba lần."}
SIGNED = {"on": "18/11/2026", "document_no": "12/TB-UBND", "point": "L9.3"}


def visit_of(world: World, by: str = "tiepdan.lb", **changes: Any) -> Visit:
    with unit_of_work():
        return record_visit(ordinary_visit(world, **changes), actor=world.principal(by))


def move(visit: Visit, action: str, world: World, by: str = "chutich.lb", **data: Any) -> None:
    with unit_of_work():
        move_visit(visit, action, actor=world.principal(by), data=data)


def go_on(visit: Visit, world: World, **changes: Any) -> None:
    with unit_of_work():
        continue_visit(visit, ordinary_visit(world, **changes), actor=world.principal("tiepdan.lb"))


def clock_of(visit: Visit) -> Clock:
    found = select(Clock).where(Clock.duty_id == visit.refusal_duty_id).order_by(Clock.id.desc()).limit(1)
    return db.session.scalars(found).one()


def acts(visit: Visit) -> list[tuple[str, str]]:
    db.session.refresh(visit)
    return [(line.transition, line.act) for line in visit.entries]


# ------------------------------------------------------------------------------------------------ the written refusal


@pytest.mark.law("R12", "V3")
def test_a_written_refusal_runs_as_a_clock_from_the_day_of_the_grounds(world: World) -> None:
    visit = visit_of(world, received_on=D(2026, 11, 13), **REFUSED)
    clock = clock_of(visit)
    assert (visit.state, visit.outcome) == ("refusal_pending", "refusal_pending")
    # Fri 13/11 is not counted: Mon 16 (1), Tue 17 (2), Wed 18 (3).
    assert (clock.code, clock.started_on, clock.due_on) == ("RECEP_REFUSE", D(2026, 11, 13), D(2026, 11, 18))
    promise = refusal_due(visit)
    assert promise is not None and promise.due_on == D(2026, 11, 18)
    assert running_by_code(world.principal("chutich.lb"))["RECEP_REFUSE"] == 1
    assert "RECEP_REFUSE" not in running_by_code(world.principal("chutich.bd"))


@pytest.mark.law("V4")
def test_the_head_signs_it_with_number_day_and_the_point_that_it_cites(world: World) -> None:
    visit = visit_of(world, received_on=D(2026, 11, 16), **REFUSED)
    with frozen(D(2026, 11, 18)):
        with pytest.raises(NotAllowed):
            move(visit, "sign_refusal", world, "tiepdan.lb", **SIGNED)
        for missing in ("on", "document_no", "point"):
            with pytest.raises(Invalid) as refused:
                move(visit, "sign_refusal", world, **{**SIGNED, missing: ""})
            assert refused.value.field == missing
        with pytest.raises(NotAllowed, match="khoản 3 Điều 9"):
            move(visit, "sign_refusal", world, **{**SIGNED, "point": "D4.h"})
        with pytest.raises(Invalid):
            move(visit, "sign_refusal", world, **{**SIGNED, "on": "13/11/2026"})  # before the visit
        assert visit.state == "refusal_pending"
        move(visit, "sign_refusal", world, **SIGNED)
    assert (visit.state, visit.outcome, visit.document_no) == (
        "refused_written",
        "refused_written",
        "12/TB-UBND",
    )
    assert (visit.refusal_point, visit.refusal_signed_on) == ("L9.3", D(2026, 11, 18))
    assert visit.refusal_signed_by is world.person("chutich.lb")
    clock = clock_of(visit)
    assert (clock.state, clock.stopped_on, clock.late) == ("met", D(2026, 11, 18), False)
    assert clock.events[-1].document == "01/TCD số 12/TB-UBND" and refusal_due(visit) is None
    with pytest.raises(Conflict):
        move(visit, "sign_refusal", world, **SIGNED)
    assert acts(visit) == [("V1", "arrive"), ("V3", "refuse_written"), ("V4", "sign_refusal")]
    assert [line.data.get("ground") for line in visit.entries] == [None, "L9.3", None]


@pytest.mark.law("V5")
def test_the_head_sends_it_back_and_the_desk_receives_the_person_after_all(world: World) -> None:
    visit = visit_of(world, **REFUSED)
    with pytest.raises(Invalid) as refused:
        move(visit, "refusal_back", world, words=" ")
    assert refused.value.field == "words"
    move(visit, "refusal_back", world, words="Đơn nêu tình tiết mới, phải tiếp.")
    assert (visit.state, visit.outcome, visit.refusal_ground) == ("arrived", None, None)
    assert clock_of(visit).state == "met"
    go_on(visit, world)
    assert (visit.state, visit.outcome, visit.log_no) == ("taken_in", "taken_in", 1)
    assert visit.petition is not None and [row.party.full_name for row in visit.people] == ["Lê Thị Sen"]
    assert db.session.scalar(select(func.count()).select_from(VisitParty)) == 0
    assert [code for code, _act in acts(visit)] == ["V1", "V3", "V5", "V8", "V9", "V11"]
    with pytest.raises(Conflict):
        go_on(visit, world)


def test_a_refusal_proposed_again_runs_again_on_the_same_duty(world: World) -> None:
    visit = visit_of(world, received_on=D(2026, 11, 16), **REFUSED)
    first = clock_of(visit)
    move(visit, "refusal_back", world, words="Chưa đủ căn cứ.")
    with frozen(D(2026, 11, 19)):
        go_on(visit, world, received_on=D(2026, 11, 19), **REFUSED)
        again = clock_of(visit)
        assert again.id != first.id and again.duty_id == first.duty_id
        assert (again.started_on, again.due_on) == (D(2026, 11, 19), D(2026, 11, 25))  # 24/11 is a holiday
        move(visit, "sign_refusal", world, **{**SIGNED, "on": "19/11/2026"})
    assert {clock.state for clock in (first, again)} == {"met"}


def test_a_visit_that_goes_on_as_a_denunciation_leaves_no_name_in_clear(world: World) -> None:
    visit = visit_of(world, **REFUSED)
    move(visit, "refusal_back", world, words="Phải tiếp.")
    go_on(visit, world, kind="denunciation", summary="Người tố cáo nêu việc thu tiền ngoài quy định.")
    assert visit.is_sealed and visit.people == []
    assert db.session.scalars(select(Party)).all() == []


def test_a_visit_that_was_sealed_stays_sealed_when_it_goes_on(world: World) -> None:
    denounced = {"kind": "denunciation", "summary": "Người tố cáo nêu việc thu tiền ngoài quy định."}
    visit = visit_of(world, **REFUSED, **denounced)
    move(visit, "refusal_back", world, words="Phải tiếp.")
    with pytest.raises(Invalid) as refused:
        go_on(visit, world)
    assert refused.value.field == "kind" and visit.state == "arrived"
    assert db.session.scalars(select(Party)).all() == []
    go_on(visit, world, **denounced)
    assert visit.is_sealed and visit.outcome == "taken_in"


def test_a_visit_does_not_go_on_before_it_began_nor_from_a_stale_form_nor_elsewhere(world: World) -> None:
    visit = visit_of(world, **REFUSED)
    move(visit, "refusal_back", world, words="Phải tiếp.")
    with pytest.raises(Invalid) as refused:
        go_on(visit, world, received_on=D(2026, 11, 13))
    assert refused.value.field == "received_on"
    with pytest.raises(Conflict), unit_of_work():
        continue_visit(visit, ordinary_visit(world), actor=world.principal("tiepdan.lb"), version=1)
    with pytest.raises(NotFound), unit_of_work():
        continue_visit(visit, ordinary_visit(world), actor=world.principal("tiepdan.bd"))
    with pytest.raises(Conflict), unit_of_work():
        move_visit(visit, "sign_refusal", actor=world.principal("chutich.lb"), data=SIGNED, version=1)
    assert visit.state == "arrived" and visit.petition_id is None


def test_a_refusal_before_the_decree_has_no_limit_and_can_still_be_signed(world: World) -> None:
    visit = visit_of(world, received_on=D(2026, 6, 30), **REFUSED)
    assert visit.refusal_duty_id is None and refusal_due(visit) is None
    move(visit, "sign_refusal", world, **{**SIGNED, "on": "16/11/2026"})
    assert visit.state == "refused_written"


def test_an_untouched_refusal_is_escalated_to_the_head_like_any_clock(world: World) -> None:
    visit = visit_of(world, received_on=D(2026, 11, 16), **REFUSED)  # due on Thursday 19
    rows = preview_alerts(D(2026, 11, 20))
    assert {(row.number, row.clock_code) for row in rows} == {("1/2026/LB", "RECEP_REFUSE")}
    with frozen(D(2026, 11, 20)):
        with unit_of_work():
            raise_due_alerts()
        raised = db.session.scalars(select(Escalation)).all()
        assert {row.duty_id for row in raised} == {visit.refusal_duty_id}
        told = {person.person_id for row in raised for person in row.told}
        assert world.person("chutich.lb").id in told and world.person("donthu.lb").id not in told
        with unit_of_work():
            assert raise_due_alerts().raised == 0
    notice = db.session.scalars(
        select(Notice).where(Notice.person_id == world.person("chutich.lb").id, Notice.kind == "alerts")
    ).one()
    assert notice.facts["lines"][0]["number"] == "1/2026/LB"
    assert notice.facts["lines"][0]["path"] == f"/desk/duties/{visit.refusal_duty_id}"
    lines = db.session.scalars(
        select(HistoryEntry).where(HistoryEntry.duty_id == visit.refusal_duty_id)
    ).all()
    assert {line.act for line in lines} == {"escalated"} and len(lines) == len(raised)


def test_a_change_of_the_calendar_moves_the_refusal_and_tells_the_head(world: World) -> None:
    visit = visit_of(world, received_on=D(2026, 11, 16), **REFUSED)
    with unit_of_work():
        closed = DayEntry(D(2026, 11, 18), DayKind.CLOSURE, "Bão", "1/QĐ", D(2026, 11, 16))
        change = set_calendar_days(world.unit("HN").id, [closed], actor=world.principal("quantri"))
    assert change is not None
    for _turn in range(3):
        with unit_of_work():
            if recalculate_batch(change.id).finished:
                break
    move_row = db.session.scalars(select(ClockMove)).one()
    assert (move_row.duty_id, move_row.old_due_on, move_row.new_due_on) == (
        visit.refusal_duty_id, D(2026, 11, 19), D(2026, 11, 20),
    )  # fmt: skip
    duty = db.session.get_one(Duty, visit.refusal_duty_id)
    assert duty.next_due_on == D(2026, 11, 20)
    told = select(Notice.person_id).where(Notice.kind == "dates_moved")
    assert set(db.session.scalars(told)) == {world.person("chutich.lb").id}


def test_rebuilding_finds_a_tampered_refusal_and_puts_it_right(world: World) -> None:
    visit_id = visit_of(world, received_on=D(2026, 11, 16), **REFUSED).id
    assert rebuild_all() == []
    visit = db.session.get_one(Visit, visit_id)
    clock_of(visit).due_on = D(2026, 12, 1)
    db.session.get_one(Duty, visit.refusal_duty_id).next_due_on = D(2026, 12, 1)
    db.session.flush()
    found = {(difference.kind, difference.field) for difference in rebuild_all()}
    assert found == {("clock", "due_on"), ("duty", "next_due_on")}
    assert rebuild_all() == []


def test_the_head_hears_at_once_that_a_refusal_waits_and_the_desk_that_it_came_back(world: World) -> None:
    visit = visit_of(world, **REFUSED)
    waiting = db.session.scalars(select(Notice).where(Notice.kind == "proposal")).all()
    assert [(row.person_id, row.facts["number"]) for row in waiting] == [
        (world.person("chutich.lb").id, "1/2026/LB")
    ]
    move(visit, "refusal_back", world, words="Phải tiếp.")
    back = db.session.scalars(select(Notice).where(Notice.kind == "sent_back")).one()
    assert (back.person_id, back.target) == (world.person("tiepdan.lb").id, f"/desk/visits/{visit.id}")


def test_the_database_refuses_to_rewrite_the_history_of_a_visit(world: World) -> None:
    visit_of(world)
    line = db.session.scalars(select(VisitEntry).limit(1)).one()
    with pytest.raises(DBAPIError), db.session.begin_nested():
        db.session.execute(text("UPDATE visit_entries SET act = 'x' WHERE id = :id"), {"id": line.id})


# ------------------------------------------------------------------------------------------------------------- a group

WAITING = {
    "outcome": "await_reps",
    "people_count": 12,
    "representatives_appointed": False,
    "kind": "proposal",
}
PAPER = {"people_count": 12, "representatives_appointed": True, "kind": "proposal"}
SPEAKS = replace(SEN, is_representative=True)


@pytest.mark.law("V6", "V7")
def test_a_group_waits_and_goes_on_when_it_brings_the_paper(world: World) -> None:
    visit = visit_of(world, **WAITING)
    assert (visit.state, visit.outcome) == ("await_reps", "await_reps")
    with frozen(D(2026, 11, 18)):
        for changes in ({"visitors": (SEN,)}, {"representatives_appointed": False, "outcome": "taken_in"}):
            with pytest.raises(Invalid):
                go_on(visit, world, **{**PAPER, "visitors": (SPEAKS,), **changes})
        many = tuple(replace(BANG, full_name=f"Trần Văn {n}", identity_number=f"99909000001{n}", is_representative=True)
                     for n in range(6))  # fmt: skip
        with pytest.raises(Invalid) as refused:
            go_on(visit, world, **PAPER, visitors=many)
        assert refused.value.field == "representatives_appointed"
        with pytest.raises(Invalid, match="chờ cử người đại diện"):
            go_on(visit, world, **PAPER, **REFUSED, visitors=(SPEAKS,))
        assert visit.state == "await_reps"
        go_on(visit, world, **PAPER, received_on=today(), visitors=(SPEAKS, BANG))
    assert (visit.outcome, visit.received_on) == ("taken_in", D(2026, 11, 16))
    assert visit.petition is not None and visit.petition.received_on == D(2026, 11, 18)
    assert visit.petition.representatives_appointed and visit.representatives_appointed
    assert [code for code, _act in acts(visit)] == ["V1", "V6", "V7", "V9", "V11"]
    assert visit.entries[2].data == {"representatives": 1}


# ------------------------------------------------------------------------------------------------------ mixed contents

TWO = (
    Content("complaint", "Không đồng ý mức bồi thường."),
    Content("denunciation", "Cán bộ thu tiền ngoài quy định."),
)


@pytest.mark.law("V10", "R06")
def test_mixed_contents_become_a_petition_each_with_clocks_of_its_own(world: World) -> None:
    visit = visit_of(world, kind="mixed", contents=TWO)
    petitions = db.session.scalars(select(Petition).order_by(Petition.id)).all()
    assert [item.petition_id for item in visit.items] == [
        p.id for p in petitions
    ] and visit.petition is petitions[0]
    assert [(p.kind, p.summary) for p in petitions] == [(content.kind, content.summary) for content in TWO]
    assert len({p.sealed_identity_id for p in petitions}) == 1 and petitions[0].sealed_identity_id is not None
    assert db.session.scalars(select(Party)).all() == []
    running = [
        set(db.session.scalars(select(Clock.code).where(Clock.petition_id == p.id, Clock.state == "running")))
        for p in petitions
    ]
    assert running == [
        {"RECEP_REPLY", "PETITION_DISCIPLINE", "KN_ACCEPT"},
        {"RECEP_REPLY", "PETITION_DISCIPLINE", "TC_INIT", "TC_TRANSFER"},
    ]
    assert [code for code, _act in acts(visit)] == ["V1", "V8", "V9", "V10", "V11"]


def test_a_mixed_visit_that_is_not_taken_apart_stays_one_petition(world: World) -> None:
    visit = visit_of(world, kind="mixed")
    assert visit.items == [] and visit.petition is not None and visit.petition.kind == "mixed"


@pytest.mark.parametrize("changes", [
    {"contents": TWO[:1]},
    {"contents": TWO, "outcome": "guided", "directed_to": "Tòa án"},
    {"contents": (TWO[0], Content("denunciation", "Lê Thị Sen bị thu tiền."))},
])  # fmt: skip
def test_contents_that_cannot_be_taken_apart_write_nothing(world: World, changes: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refused:
        visit_of(world, kind="mixed", **changes)
    assert refused.value.field in ("contents", "contents_text")
    assert db.session.scalar(select(func.count()).select_from(Petition)) == 0


# ----------------------------------------------------------------------------------------------- demand on a subordinate

DEMAND = {
    "outcome": "demand_proposed",
    "directed_to": "UBND phường Bồ Đề",
    "outcome_note": "Quá hạn hai tháng, chưa trả lời.",
}


@pytest.fixture
def city(world: World) -> World:
    """The world with a head of the city's reception office."""
    world.people["truongban"] = build_person(
        "truongban", "Trưởng Ban", "x", (world.unit("BTCD"), Role.LEADER)
    )
    return world


@pytest.mark.law("V14")
def test_a_demand_on_a_subordinate_goes_through_the_head(city: World) -> None:
    visit = visit_of(city, "tiepdan.hn", unit="BTCD", **DEMAND)
    assert (visit.state, visit.outcome) == ("demand_proposed", "demand_proposed")
    petition = visit.petition
    assert petition is not None  # it is taken in: the person is owed a reply
    codes = set(db.session.scalars(select(Clock.code).where(Clock.petition_id == petition.id)))
    assert "RECEP_REPLY" in codes
    letter = {"on": "16/11/2026", "document_no": "45/BTCD", "directed_to": "UBND phường Bồ Đề"}
    with pytest.raises(NotAllowed):
        move(visit, "demand", city, "tiepdan.hn", **letter)
    with pytest.raises(Invalid) as refused:
        move(visit, "demand", city, "truongban", **{**letter, "document_no": ""})
    assert refused.value.field == "document_no"
    move(visit, "demand", city, "truongban", **letter)
    assert (visit.state, visit.document_no) == ("demand_subordinate", "45/BTCD")
    assert [code for code, _act in acts(visit)] == ["V1", "V8", "V9", "V14", "V14"]


def test_a_demand_that_the_head_does_not_sign_goes_back_to_the_desk(city: World) -> None:
    visit = visit_of(city, "tiepdan.hn", unit="BTCD", **DEMAND)
    move(visit, "demand_back", city, "truongban", words="Còn trong hạn.")
    assert (visit.state, visit.outcome) == ("heard", None)
    offered = {step.action: why for step, why in page_steps(visit, city.principal("tiepdan.hn"))}
    assert set(offered) == {"take_in", "guide", "transfer", "propose_demand", "explain"}
    assert "đã vào sổ" in (offered["guide"] or "") and offered["take_in"] is None
    move(visit, "take_in", city, "tiepdan.hn")
    assert visit.outcome == "taken_in"


def test_a_commune_has_nobody_below_it_to_demand_anything_of(world: World) -> None:
    with pytest.raises(Invalid, match="Cấp xã"):
        visit_of(world, **DEMAND)
    for missing in ("directed_to", "outcome_note"):
        with pytest.raises(Invalid) as refused:
            visit_of(world, "tiepdan.hn", unit="BTCD", **{**DEMAND, missing: ""})
        assert refused.value.field == missing


# ---------------------------------------------------------------------------------------------------------------- harm

HARM = {
    "on": "16/11/2026",
    "measures": ["own", "police"],
    "told": "Công an phường, 9 giờ",
    "words": "Có người đe doạ.",
}


@pytest.mark.law("TC09")
def test_harm_to_a_denouncer_is_written_down_with_what_was_done_at_once(world: World) -> None:
    visit = visit_of(world, kind="denunciation", summary="Người tố cáo nêu việc thu tiền ngoài quy định.")
    for missing in ("measures", "told", "words"):
        with pytest.raises(Invalid) as refused:
            move(visit, "harm_told", world, "tiepdan.lb", **{**HARM, missing: ""})
        assert refused.value.field == missing
    move(visit, "harm_told", world, "tiepdan.lb", **HARM)
    assert (visit.state, visit.outcome) == ("taken_in", "taken_in")
    line = visit.entries[-1]
    assert (line.transition, line.data["measures"]) == ("TC09", ["own", "police"])


@pytest.mark.parametrize(
    "words", ["Bà Lê Thị Sen bị đe doạ.", "le thi sen", "LÊ  THỊ-SEN", "Le\u0302 Thi\u0323 Sen"]
)
@pytest.mark.parametrize("taken_in", [True, False])
def test_a_step_of_a_sealed_visit_does_not_take_words_that_name_the_denouncer(
    world: World, words: str, *, taken_in: bool
) -> None:
    more = {} if taken_in else {"outcome": "guided", "directed_to": "Công an thành phố"}
    summary = "Người tố cáo nêu việc thu tiền ngoài quy định."
    visit = visit_of(world, kind="denunciation", summary=summary, **more)
    lines = len(visit.entries)
    for field in ("told", "words"):
        with pytest.raises(Invalid, match="Hãy viết 'người tố cáo' thay vào") as refused:
            move(visit, "harm_told", world, "tiepdan.lb", **{**HARM, field: words})
        assert refused.value.field == field
    assert len(visit.entries) == lines


def test_an_ordinary_visit_is_not_asked_about_harm(world: World) -> None:
    assert page_steps(visit_of(world), world.principal("tiepdan.lb")) == []
    with pytest.raises(NotAllowed):
        move(visit_of(world), "harm_told", world, "tiepdan.lb", **HARM)


# ---------------------------------------------------------------------------------------------------------- the upgrade


def test_the_upgrade_gives_a_pending_refusal_its_clock_and_rebuilding_puts_it_right(world: World) -> None:
    visit = visit_of(world, received_on=D(2026, 11, 13), **REFUSED)
    older = visit_of(world, received_on=D(2026, 6, 30), **REFUSED)
    expected = clock_of(visit).due_on
    for statement in (  # as the visits stood before
        "UPDATE visits SET refusal_duty_id = NULL",
        "ALTER TABLE clock_events DISABLE TRIGGER clock_events_append_only",
        "DELETE FROM clock_events WHERE clock_id IN (SELECT id FROM clocks WHERE duty_id IS NOT NULL)",
        "ALTER TABLE clock_events ENABLE TRIGGER clock_events_append_only",
        "DELETE FROM clocks WHERE duty_id IS NOT NULL",
        "DELETE FROM duties",
    ):
        with as_owner(db.session()):
            db.session.execute(text(statement))
    migration = runpy.run_path(str(MIGRATIONS / "versions" / "0022_duties_and_visits.py"))
    with as_owner(db.session()), unit_of_work():
        db.session.execute(text(migration["_PENDING"]))
    db.session.expire_all()
    assert older.refusal_duty_id is None and visit.refusal_duty_id is not None
    visit_id = visit.id
    rebuild_all()
    visit = db.session.get_one(Visit, visit_id)
    clock = clock_of(visit)
    assert (clock.state, clock.due_on) == ("running", expected) and clock.next_alert_at is not None
    duty = db.session.get_one(Duty, visit.refusal_duty_id)
    assert (duty.number, duty.next_due_on, duty.is_open) == (visit.number, expected, True)
