"""The acts of the desk against the real database: log book, petition, clocks, numbering, once only."""

import threading
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.core.audit import AuditEntry
from app.core.clock import frozen
from app.core.db import db, unit_of_work
from app.core.errors import Conflict, Invalid, NotFound
from complaints.models.clocks import Clock
from complaints.models.petitions import Petition
from complaints.services.identity import Sender
from reception.access import visit_for
from reception.entries import HandedPaper
from reception.models import Visit
from reception.services.visits import give_receipt, givers, record_visit, register_letter
from tests.factories import World
from tests.reception.builders import BANG, SEN, ordinary_letter, ordinary_visit


def test_an_ordinary_visit_writes_the_log_book_and_registers_the_petition(world: World) -> None:
    with unit_of_work():
        visit = record_visit(
            ordinary_visit(world, papers=(HandedPaper("Đơn khiếu nại", 3, True),)),
            actor=world.principal("tiepdan.lb"),
        )
    assert (visit.log_no, visit.log_year, visit.number) == (1, 2026, "1/2026/LB")
    petition = visit.petition
    assert petition is not None and petition.in_person and petition.source == "in_person"
    assert petition.kind == "complaint" and petition.originals_attached
    assert [row.party.full_name for row in visit.people] == ["Lê Thị Sen"]
    assert visit.people[0].party.phone == "0912345678"
    assert visit.visitors == []  # the name stands in one place


def test_the_clocks_of_a_visit_start_on_the_day_of_the_visit(world: World) -> None:
    with unit_of_work():
        new = ordinary_visit(world, received_on=date(2026, 11, 13))
        visit = record_visit(new, actor=world.principal("tiepdan.lb"))
    clocks = db.session.execute(select(Clock).where(Clock.petition_id == visit.petition_id)).scalars()
    started = {clock.code: clock.started_on for clock in clocks}
    assert {"RECEP_REPLY", "PETITION_DISCIPLINE", "KN_ACCEPT"} <= set(started)
    assert set(started.values()) == {date(2026, 11, 13)}


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({"outcome": "guided", "directed_to": "Tòa án nhân dân khu vực 2"}, "guided"),
        ({"outcome": "explained", "outcome_note": "Quyết định 12/QĐ-UBND đã trả lời."}, "explained"),
        (
            {"outcome": "refused", "refusal_ground": "D4.b", "outcome_note": "Không cho kiểm tra an ninh."},
            "refused_oral",
        ),
        (
            {"outcome": "refused", "refusal_ground": "L9.3", "outcome_note": "Đã giải thích ba lần."},
            "refusal_pending",
        ),
        (
            {"outcome": "refused", "refusal_ground": "D4.h", "outcome_note": "Đã trả lời, không mới."},
            "refusal_pending",
        ),
        ({"outcome": "await_reps", "people_count": 12, "representatives_appointed": False}, "await_reps"),
    ],
)
def test_a_visit_without_a_petition_is_only_a_row_of_the_log_book(
    world: World, changes: dict, outcome: str
) -> None:
    with unit_of_work():
        visit = record_visit(ordinary_visit(world, **changes), actor=world.principal("tiepdan.lb"))
    assert visit.outcome == outcome and visit.petition_id is None
    assert [row.party.full_name for row in visit.people] == ["Lê Thị Sen"]
    assert db.session.execute(select(func.count()).select_from(Petition)).scalar_one() == 0


def test_a_visit_to_be_transferred_leaves_a_petition_to_whoever_transfers_it(world: World) -> None:
    with unit_of_work():
        new = ordinary_visit(world, kind="proposal", outcome="transferred", directed_to="Sở Xây dựng")
        visit = record_visit(new, actor=world.principal("tiepdan.lb"))
    assert visit.petition is not None and visit.directed_to == "Sở Xây dựng"


def test_a_group_is_counted_by_who_came_and_its_petition_by_who_signed(world: World) -> None:
    people = (Sender(**{**SEN.__dict__, "is_representative": True}), BANG)
    with unit_of_work():
        new = ordinary_visit(
            world,
            visitors=people,
            people_count=40,
            signer_count=62,
            representatives_appointed=True,
            kind="proposal",
        )
        visit = record_visit(new, actor=world.principal("tiepdan.lb"))
    assert visit.is_group and visit.people_count == 40
    assert visit.petition is not None and visit.petition.signer_count == 62
    assert visit.petition.representatives_appointed
    assert [row.is_representative for row in visit.people] == [True, False]


def test_numbers_run_per_body_and_per_year_of_the_visit(world: World) -> None:
    lb, bd = world.principal("tiepdan.lb"), world.principal("tiepdan.bd")
    with unit_of_work():
        first = record_visit(ordinary_visit(world), actor=lb)
        other = record_visit(ordinary_visit(world, unit="BD"), actor=bd)
        second = record_visit(ordinary_visit(world), actor=lb)
    with frozen(date(2027, 1, 4)), unit_of_work():
        late = record_visit(ordinary_visit(world, received_on=date(2026, 12, 31)), actor=lb)
        new_year = record_visit(ordinary_visit(world), actor=lb)
    assert [v.log_no for v in (first, second, late)] == [1, 2, 3]
    assert (other.log_no, new_year.log_no, new_year.log_year) == (1, 1, 2027)


def test_the_same_form_sent_twice_is_one_visit_and_one_petition(world: World) -> None:
    new = ordinary_visit(world, submission_key="k" * 32)
    with unit_of_work():
        first = record_visit(new, actor=world.principal("tiepdan.lb"))
    with unit_of_work():
        again = record_visit(new, actor=world.principal("tiepdan.lb"))
    assert first.id == again.id
    assert db.session.execute(select(func.count()).select_from(Visit)).scalar_one() == 1
    assert db.session.execute(select(func.count()).select_from(Petition)).scalar_one() == 1


def test_a_key_of_another_officer_is_a_conflict(world: World) -> None:
    new = ordinary_visit(world, submission_key="k" * 32)
    with unit_of_work():
        record_visit(new, actor=world.principal("tiepdan.lb"))
    with pytest.raises(Conflict):
        record_visit(new, actor=world.principal("chutich.lb"))


def test_a_refused_visit_gives_its_number_back(world: World) -> None:
    actor = world.principal("tiepdan.lb")
    with pytest.raises(Invalid), unit_of_work():
        record_visit(ordinary_visit(world, received_on=date(2026, 11, 17)), actor=actor)
    with unit_of_work():
        assert record_visit(ordinary_visit(world), actor=actor).log_no == 1


@pytest.mark.parametrize(
    ("kind", "day"), [("complaint", date(2013, 1, 1)), ("denunciation", date(2018, 12, 31))]
)
def test_a_day_before_the_law_is_a_slip_of_the_year(world: World, kind: str, day: date) -> None:
    with pytest.raises(Invalid) as refused:
        record_visit(ordinary_visit(world, kind=kind, received_on=day), actor=world.principal("tiepdan.lb"))
    assert refused.value.field == "received_on"


@pytest.mark.parametrize("username", ["donthu.lb", "thuly.lb", "tiepdan.bd", "thanhtra", "quantri"])
def test_only_a_desk_of_the_body_writes_its_log_book(world: World, username: str) -> None:
    with pytest.raises(NotFound):
        record_visit(ordinary_visit(world), actor=world.principal(username))


def test_a_division_has_no_log_book_of_its_own(world: World) -> None:
    with pytest.raises(NotFound):
        record_visit(ordinary_visit(world, unit="LB-VP"), actor=world.principal("tiepdan.lb"))


@pytest.mark.parametrize(
    ("username", "sees"),
    [("tiepdan.lb", True), ("chutich.lb", True), ("donthu.lb", True), ("thanhtra", True), ("tiepdan.bd", False),
     ("thuly.lb", False), ("quantri", False)],
)  # fmt: skip
def test_a_visit_is_seen_in_its_body_and_by_who_oversees_it(world: World, username: str, sees: bool) -> None:
    with unit_of_work():
        visit = record_visit(ordinary_visit(world), actor=world.principal("tiepdan.lb"))
    if sees:
        assert visit_for(world.principal(username), visit.id) is visit
    else:
        with pytest.raises(NotFound):
            visit_for(world.principal(username), visit.id)


def test_decomposed_vietnamese_is_kept_composed(world: World) -> None:
    decomposed = "Le\u0302 Thi\u0323 Sen"
    with unit_of_work():
        new = ordinary_visit(
            world,
            visitors=(Sender(decomposed, SEN.identity_number, "", "Hà Nội"),),
            summary="Đa\u0302\u0301t đai 😀",
        )
        visit = record_visit(new, actor=world.principal("tiepdan.lb"))
    assert visit.people[0].party.full_name == "Lê Thị Sen"
    assert visit.summary == "Đất đai 😀"


def test_a_later_visit_about_the_same_matter_is_tied_to_the_first(world: World) -> None:
    actor = world.principal("tiepdan.lb")
    with unit_of_work():
        first = record_visit(ordinary_visit(world), actor=actor)
        second = record_visit(ordinary_visit(world, same_matter_id=first.id), actor=actor)
        third = record_visit(ordinary_visit(world, same_matter_id=second.id), actor=actor)
    assert second.same_matter_id == third.same_matter_id == first.id


def test_a_visit_of_another_body_is_not_a_matter_here(world: World) -> None:
    with unit_of_work():
        other = record_visit(ordinary_visit(world, unit="BD"), actor=world.principal("tiepdan.bd"))
    with pytest.raises(Invalid) as refused:
        record_visit(ordinary_visit(world, same_matter_id=other.id), actor=world.principal("tiepdan.lb"))
    assert refused.value.field == "same_matter_id"


def test_a_letter_from_a_deputy_keeps_who_forwarded_it(world: World) -> None:
    with unit_of_work():
        new = ordinary_letter(
            world, source="forwarded_deputy", forwarded_by="Đoàn đại biểu Quốc hội thành phố"
        )
        petition = register_letter(new, actor=world.principal("donthu.lb"))
    assert petition.forwarded_by == "Đoàn đại biểu Quốc hội thành phố"
    assert not petition.in_person and petition.source == "forwarded_deputy"


def test_an_anonymous_letter_names_nobody(world: World) -> None:
    with unit_of_work():
        new = ordinary_letter(world, senders=(), anonymous=True, kind="denunciation")
        petition = register_letter(new, actor=world.principal("donthu.lb"))
    assert petition.anonymous and petition.parties == [] and petition.sealed_identity is None


def test_the_same_letter_sent_twice_is_one_petition(world: World) -> None:
    new = ordinary_letter(world, submission_key="k" * 32)
    actor = world.principal("donthu.lb")
    with unit_of_work():
        assert register_letter(new, actor=actor).id == register_letter(new, actor=actor).id


@pytest.mark.law("R07")
def test_a_receipt_is_noted_once_and_names_who_handed_in(world: World) -> None:
    actor = world.principal("tiepdan.lb")
    with unit_of_work():
        visit = record_visit(ordinary_visit(world), actor=actor)
    assert visit.petition is not None
    with unit_of_work():
        opening = give_receipt(visit.petition, visit, actor=actor)
    first = visit.receipt_given_at
    with frozen(date(2026, 11, 18)), unit_of_work():
        give_receipt(visit.petition, visit, actor=actor)
    assert [giver.full_name for giver in givers(visit.petition, opening)] == ["Lê Thị Sen"]
    assert first is not None and visit.receipt_given_at == first
    acts = db.session.execute(
        select(AuditEntry.action).where(AuditEntry.action == "receipt.printed")
    ).scalars()
    assert len(list(acts)) == 2


def test_two_desks_at_once_number_without_gap_or_double(real_database: Flask, live_world: World) -> None:
    actor, new = live_world.principal("tiepdan.lb"), ordinary_visit(live_world)
    broken = ordinary_visit(live_world, received_on=date(2026, 11, 30))
    start, failures = threading.Barrier(2), []

    def desk() -> None:
        with real_database.app_context():
            start.wait()
            for turn in range(6):
                try:
                    with unit_of_work():
                        record_visit(new, actor=actor)
                        if turn == 3:
                            record_visit(broken, actor=actor)
                except Invalid as error:
                    failures.append(error.field)

    desks = [threading.Thread(target=desk) for _ in range(2)]
    for thread in desks:
        thread.start()
    for thread in desks:
        thread.join()
    numbers = db.session.execute(select(Visit.log_no).order_by(Visit.log_no)).scalars().all()
    assert numbers == list(range(1, 11)) and failures == ["received_on"] * 2


def test_one_form_sent_by_two_clicks_at_once_is_written_once(real_database: Flask, live_world: World) -> None:
    actor, new = live_world.principal("tiepdan.lb"), ordinary_visit(live_world, submission_key="k" * 32)
    start, written = threading.Barrier(2), []

    def click() -> None:
        with real_database.app_context():
            start.wait()
            with unit_of_work():
                written.append(record_visit(new, actor=actor).id)

    clicks = [threading.Thread(target=click) for _ in range(2)]
    for thread in clicks:
        thread.start()
    for thread in clicks:
        thread.join()
    assert len(written) == 2 and len(set(written)) == 1
    assert db.session.execute(select(func.count()).select_from(Petition)).scalar_one() == 1


def test_the_desk_says_beside_the_ground_that_it_does_not_fit_a_denunciation(world: World) -> None:
    words = {"outcome": "refused", "refusal_ground": "D4.e", "outcome_note": "Chưa có giấy ủy quyền hợp lệ."}
    desk = world.principal("tiepdan.lb")
    with pytest.raises(Invalid) as refused:
        record_visit(ordinary_visit(world, kind="denunciation", **words), actor=desk)
    assert refused.value.field == "refusal_ground"
    assert db.session.scalars(select(Visit)).all() == []
    assert record_visit(ordinary_visit(world, **words), actor=desk).outcome == "refused_oral"
