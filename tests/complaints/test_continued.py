"""A continued denunciation at the direct superior: overdue below, or after a conclusion (law.md 7.5 T-25 to T-30)."""

import runpy
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text

from app.core.clock import frozen
from app.core.db import db, unit_of_work
from app.core.errors import Conflict, Invalid, NotAllowed
from app.core.permissions import Role
from app.factory import MIGRATIONS
from app.organisation.models import Person
from complaints.events import SuperiorActed
from complaints.handlers import superior_acted
from complaints.models.cases import Case
from complaints.models.clocks import Clock, Escalation
from complaints.models.history import HistoryEntry
from complaints.models.petitions import Petition
from complaints.services.assignment import assign
from complaints.services.escalation import raise_due_alerts
from complaints.services.facts import workflow_of
from complaints.services.jurisdiction import proposal_for
from complaints.services.perform import perform, propose
from complaints.workflow.continued import DEMANDED, TAKEN_OVER
from notifications.models import Notice
from tests.complaints.test_complaint_second import clocks, step, sweep
from tests.conftest import PASSWORD
from tests.factories import World, build_person, build_petition, posted

D = date
ACCEPTED = D(2026, 11, 16)
DUE = D(2026, 12, 16)  # thirty days from the acceptance
LATE = D(2026, 12, 21)  # a Monday; the continued denunciation arrives
BY = "chutich.hn"
_VERIFIED = {"team_size": 2, "leader": "Tổ trưởng", "no_conflict": True}


def first_case(world: World) -> Case:
    """A denunciation of a commune official, accepted by the commune's chair and given to a handler."""
    letter = build_petition(
        world, kind="denunciation", respondent="Ông Trần Văn X", respondent_level="commune_officer"
    )
    with unit_of_work():
        perform(letter, "open_case", actor=world.principal("donthu.lb"), data={"on": ACCEPTED})
    assert letter.case is not None
    step(world, letter.case, "accept", on=ACCEPTED, document_no="1/QĐ")
    with unit_of_work():
        assign(letter.case, unit_id=world.unit("LB-KT").id, handler_id=world.person("thuly.lb").id,
               actor=world.principal("chutich.lb"))  # fmt: skip
    return letter.case


def overdue_case(world: World) -> Case:
    """A denunciation whose limit ended on 16 December with no conclusion."""
    case = first_case(world)
    with frozen(LATE):
        sweep()
    assert case.overdue
    return case


def concluded_case(world: World) -> Case:
    """A denunciation that the commune has concluded at once."""
    case = first_case(world)
    step(world, case, "verify", on=ACCEPTED, **_VERIFIED)
    step(world, case, "report", on=ACCEPTED, words="Báo cáo.")
    step(world, case, "conclude", on=ACCEPTED, document_no="2/KL", outcome="false", words="Không đúng.")
    return case


def of_the_city(world: World) -> None:
    """Add the city's petition officer and handler, once."""
    if "donthu.hn" not in world.people:
        with unit_of_work():
            for username, role in (("donthu.hn", Role.PETITION_OFFICER), ("thuly.hn", Role.HANDLER)):
                unit = world.unit("BTCD" if role is Role.PETITION_OFFICER else "HN")
                world.people[username] = build_person(username, username, PASSWORD, (unit, role))


def continued_petition(world: World, received: date, *, overdue: bool, **changes: Any) -> Petition:
    """A continued denunciation that arrives at the city's reception office."""
    of_the_city(world)
    letter = build_petition(world, by="donthu.hn", unit="BTCD", received_on=received, respondent="Ông Trần Văn X",
                            **changes)  # fmt: skip
    with unit_of_work():
        perform(letter, "classify", actor=world.principal("donthu.hn"),
                data={"kind": "denunciation", "field": "land", "respondent_level": "commune_officer",
                      "instance": "second", "overdue_claim": overdue})  # fmt: skip
    return letter


def open_continued(world: World, letter: Petition, on: date, **data: Any) -> Case:
    """Open the superior's case as the petition officer of the city."""
    with unit_of_work():
        perform(letter, "open_continued", actor=world.principal("donthu.hn"), data={"on": on, **data})
    assert letter.case is not None
    return letter.case


def demanded(world: World, first: Case) -> Case:
    """A continued denunciation of an overdue case, with its demand issued on 22 and received on 23 December."""
    with frozen(LATE):
        case = open_continued(
            world, continued_petition(world, LATE, overdue=True), LATE, first_case_id=first.id
        )
    with frozen(D(2026, 12, 23)):
        step(
            world,
            case,
            "demand",
            BY,
            on=D(2026, 12, 22),
            to_body="Chủ tịch UBND phường",
            document_no="5/CV",
            words="x",
        )
        step(world, case, "demand_received", BY, delivered_on=D(2026, 12, 23))
    return case


def of_petition(letter: Petition, code: str) -> list[tuple[str, date, date | None]]:
    """Return state, start and due date of the clocks of a code on a petition."""
    found = db.session.scalars(select(Clock).where(Clock.petition_id == letter.id, Clock.code == code))
    return [(clock.state, clock.started_on, clock.due_on) for clock in found]


def lines(case: Case) -> list[tuple[str, str, int | None]]:
    """Return transition, act and actor of every line of a case, in their order."""
    found = db.session.scalars(
        select(HistoryEntry).where(HistoryEntry.case_id == case.id).order_by(HistoryEntry.id)
    )
    return [(line.transition, line.act, line.actor_id) for line in found]


def test_an_overdue_denunciation_is_continued_and_its_demand_is_asked_for_once_from_the_receipt(
    world: World,
) -> None:
    first = overdue_case(world)
    with frozen(LATE):
        letter = continued_petition(world, D(2026, 12, 18), overdue=True)
        proposal = proposal_for(letter)
        assert proposal is not None
        assert (proposal.own, proposal.outcome, proposal.alternatives) == (
            True,
            "open_continued",
            ("demand_subordinate",),
        )
        case = open_continued(world, letter, LATE, first_case_id=first.id)
    assert (case.unit.code, case.instance, case.state, case.first_case_id) == (
        "HN",
        "second",
        "sup_demand",
        first.id,
    )
    assert lines(case)[-1] == ("T-25", "continue_overdue", None)
    # Five working days from Friday 18 December; the clock of the desk goes on, no second one is started.
    assert of_petition(letter, "TC_OVERDUE_DEMAND") == [("running", D(2026, 12, 18), D(2026, 12, 25))]
    assert clocks(case, "TC_OVERDUE_DEMAND") == []
    assert case.next_due_on == D(2026, 12, 25)
    assert [c[0] for code in ("TC_INIT", "TC_TRANSFER") for c in of_petition(letter, code)] == [
        "cancelled"
    ] * 2
    assert (first.state, first.is_open) == ("tc_accepted", True)  # a demand only comes with its letter


def test_the_demand_ends_its_clock_and_the_report_has_five_working_days_from_its_receipt(
    world: World,
) -> None:
    first = overdue_case(world)
    case = demanded(world, first)
    (letter,) = db.session.scalars(select(Petition).where(Petition.case_id == case.id))
    assert of_petition(letter, "TC_OVERDUE_DEMAND")[0][0] == "met"
    assert clocks(case, "TC_OVERDUE_REPORT") == [("running", D(2026, 12, 23), D(2026, 12, 30))]
    assert ("T-25", "be_demanded", None) in lines(first)
    assert (first.state, clocks(first, "TC_RESOLVE")[0][0]) == ("tc_accepted", "running")
    assert case.due_on is None  # the report is owed by the resolver: the superior's case is not late for it
    with frozen(D(2026, 12, 30)):
        with pytest.raises(NotAllowed, match="22/12/2026"):
            step(world, case, "record_report", BY, on=D(2026, 12, 21), words="Báo cáo.")
        step(world, case, "record_report", BY, on=D(2026, 12, 29), words="Báo cáo.")
    assert clocks(case, "TC_OVERDUE_REPORT")[0][0] == "met"
    assert (case.state, case.is_open, case.due_on) == ("sup_reported", True, None)


def test_after_the_report_the_resolver_goes_on_when_there_is_no_ground_to_take_over(world: World) -> None:
    first = overdue_case(world)
    case = demanded(world, first)
    with frozen(D(2026, 12, 30)):
        with pytest.raises(NotAllowed, match="chưa báo cáo"):
            step(world, case, "end_demand", BY, on=D(2026, 12, 30), words="Thông báo.")
        step(world, case, "record_report", BY, on=D(2026, 12, 30), words="Báo cáo.")
        step(world, case, "end_demand", BY, on=D(2026, 12, 30), words="Cấp dưới tiếp tục giải quyết.")
    assert (case.state, case.outcome, case.is_open) == ("left_to_resolver", "left_to_resolver", False)
    assert (first.is_open, clocks(first, "TC_RESOLVE")[0][0]) == (True, "running")


def test_taking_over_ends_the_resolvers_case_and_the_new_acceptance_starts_full_limits(world: World) -> None:
    first = overdue_case(world)
    with frozen(LATE), unit_of_work():
        propose(first, "to_investigation", actor=world.principal("thuly.lb"),
                data={"on": LATE, "to_body": "Công an", "words": "x"})  # fmt: skip
    case = demanded(world, first)
    with frozen(D(2026, 12, 31)):
        with pytest.raises(Invalid) as nothing:
            step(world, case, "take_over", BY, on=D(2026, 12, 31), words="x")
        assert nothing.value.field == "ground"
        step(
            world,
            case,
            "take_over",
            BY,
            on=D(2026, 12, 31),
            document_no="7/CV",
            ground=["interest"],
            words="x",
        )
    assert (case.state, first.state, first.outcome) == ("handing_over", "taken_over", "taken_over")
    assert (first.is_open, first.closed_on, first.pending_action) == (False, D(2026, 12, 31), None)
    assert lines(first)[-1] == ("T-26", "be_taken_over", None)
    left = db.session.scalars(
        select(Clock).where(Clock.case_id == first.id, Clock.state.in_(("running", "paused")))
    )
    assert list(left) == []
    assert clocks(case, "TC_OVERDUE_REPORT")[0][0] == "cancelled"
    with frozen(D(2027, 1, 5)):
        step(world, case, "accept", BY, on=D(2027, 1, 5), document_no="9/QĐ")
    assert (case.state, case.accepted_on, case.overdue) == ("tc_accepted", D(2027, 1, 5), False)
    assert clocks(case, "TC_RESOLVE") == [("running", D(2027, 1, 5), D(2027, 2, 11))]  # 4 February: Tết
    assert clocks(case, "TC_NOTIFY") == [("running", D(2027, 1, 5), D(2027, 1, 12))]


def test_what_was_taken_over_walks_the_rest_of_the_table_to_its_end(world: World) -> None:
    case = demanded(world, overdue_case(world))
    day = D(2026, 12, 31)
    with frozen(day):
        step(world, case, "take_over", BY, on=day, ground=["procedure", "re_resolve"], words="x")
        step(world, case, "accept", BY, on=day, document_no="9/QĐ")
        with unit_of_work():
            assign(case, unit_id=world.unit("HN").id, handler_id=world.person("thuly.hn").id,
                   actor=world.principal(BY))  # fmt: skip
        step(world, case, "notify", BY, on=day)
        step(world, case, "extend", BY, on=day, days=30, criteria=["places"], words="x")
        assert clocks(case, "TC_RESOLVE")[0][2] == D(2027, 3, 1)
        step(world, case, "verify", BY, on=day, **_VERIFIED)
        step(world, case, "report", BY, on=day, words="Báo cáo.")
        step(world, case, "conclude", BY, on=day, document_no="3/KL", outcome="true", words="Đúng.")
        step(world, case, "send_conclusion", BY, on=day)
        step(world, case, "handle", BY, on=day, words="Xử lý.")
        step(world, case, "publish", BY, on=day, place="Trụ sở", **posted(day))
        step(world, case, "close", BY, on=day)
    assert (case.state, case.outcome, case.on_time) == ("tc_closed", "true", True)


def test_an_accepted_case_of_the_superior_can_be_overdue_itself(world: World) -> None:
    case = demanded(world, overdue_case(world))
    with frozen(D(2026, 12, 31)):
        step(world, case, "take_over", BY, on=D(2026, 12, 31), ground=["relative"], words="x")
        step(world, case, "accept", BY, on=D(2026, 12, 31), document_no="9/QĐ")
    with frozen(D(2027, 3, 1)):
        sweep()
    assert (case.overdue, case.state) == (True, "tc_accepted")


def test_when_the_resolver_concludes_in_the_meantime_nothing_is_left_to_take_over(world: World) -> None:
    first = overdue_case(world)
    case = demanded(world, first)
    day = D(2026, 12, 28)
    with frozen(day):
        step(world, first, "verify", on=day, **_VERIFIED)
        step(world, first, "report", on=day, words="Báo cáo.")
        step(world, first, "conclude", on=day, document_no="2/KL", outcome="true", words="Đúng.")
        with pytest.raises(NotAllowed, match="đã kết luận"):
            step(world, case, "take_over", BY, on=day, ground=["interest"], words="x")
        step(world, case, "end_demand", BY, on=day, words="Đã có kết luận.")
    assert (case.state, clocks(case, "TC_OVERDUE_REPORT")[0][0]) == ("left_to_resolver", "cancelled")
    assert first.state == "tc_concluded"


def test_what_the_resolver_concludes_in_the_same_moment_is_not_resolved_twice(world: World) -> None:
    first = concluded_case(world)
    with pytest.raises(Conflict, match="Cấp dưới vừa kết luận"):
        superior_acted(SuperiorActed(first.id, first.id, TAKEN_OVER, ACCEPTED))
    superior_acted(SuperiorActed(first.id, first.id, DEMANDED, ACCEPTED))
    assert (first.state, len(lines(first))) == ("tc_concluded", 6)


def test_a_concluded_denunciation_is_reviewed_in_twenty_days_from_receipt_and_rejected_with_a_reason(
    world: World,
) -> None:
    first = concluded_case(world)
    with frozen(D(2026, 11, 25)):
        letter = continued_petition(world, D(2026, 11, 23), overdue=False)
        case = open_continued(world, letter, D(2026, 11, 25), first_case_id=first.id)
        assert (case.state, lines(case)[-1]) == ("cont_review", ("T-27", "continue_concluded", None))
        assert clocks(case, "TC_CONT_REVIEW") == [
            ("running", D(2026, 11, 23), D(2026, 12, 14))
        ]  # the 13th is a Sunday
        with pytest.raises(Invalid) as nothing:
            step(world, case, "reject", BY, on=D(2026, 11, 25))
        assert nothing.value.field == "words"
        step(world, case, "reject", BY, on=D(2026, 11, 25), document_no="8/TB", words="Đã giải quyết đúng.")
    assert (case.state, case.outcome, case.is_open) == ("cont_rejected", "continued_rejected", False)
    assert clocks(case, "TC_CONT_REVIEW")[0][0] == "met"
    assert (first.state, len(lines(first))) == ("tc_concluded", 6)  # nothing is written below


@pytest.mark.parametrize(
    "action, data",
    [("resolve_again", {"ground": ["evidence_missed", "law_misapplied"]}), ("accept", {})],
)
def test_what_is_resolved_again_or_was_resolved_by_the_wrong_body_is_accepted_with_full_limits(
    world: World, action: str, data: dict[str, Any]
) -> None:
    first = concluded_case(world)
    letter = continued_petition(world, ACCEPTED, overdue=False)
    case = open_continued(world, letter, ACCEPTED, first_case_id=first.id)
    with frozen(D(2026, 11, 27)):
        step(world, case, action, BY, on=D(2026, 11, 27), document_no="9/QĐ", words="Theo hồ sơ.", **data)
    assert (case.state, case.accepted_on, case.extension_count) == ("tc_accepted", D(2026, 11, 27), 0)
    assert clocks(case, "TC_CONT_REVIEW")[0][0] == "met"
    assert clocks(case, "TC_RESOLVE") == [
        ("running", D(2026, 11, 27), D(2026, 12, 28))
    ]  # the 27th is a Sunday
    assert clocks(case, "TC_NOTIFY") == [("running", D(2026, 11, 27), D(2026, 12, 4))]
    assert first.state == "tc_concluded"


def test_what_the_wrong_body_resolved_is_transferred_when_it_is_not_the_superiors_either(
    world: World,
) -> None:
    letter = continued_petition(world, ACCEPTED, overdue=False)
    case = open_continued(
        world, letter, ACCEPTED, first_decision="Hạt kiểm lâm, kết luận số 1 ngày 02/11/2026."
    )
    assert (case.first_case_id, case.state) == (None, "cont_review")
    step(world, case, "transfer", BY, on=ACCEPTED, to_body="Bộ Nông nghiệp và Môi trường", words="Chuyển.")
    assert (case.state, case.outcome) == ("cont_transferred", "transferred")


def test_an_earlier_case_elsewhere_is_told_in_words_and_can_be_taken_over_too(world: World) -> None:
    with frozen(LATE):
        letter = continued_petition(world, LATE, overdue=True)
        with pytest.raises(Invalid, match="vụ việc trước") as nothing:
            open_continued(world, letter, LATE)
        assert (nothing.value.field, letter.case_id) == ("first_case_id", None)
        case = open_continued(
            world, letter, LATE, first_decision="UBND xã ngoài hệ thống, thụ lý 01/10/2026."
        )
        step(world, case, "demand", BY, on=LATE, to_body="UBND xã", words="x")
        step(world, case, "take_over", BY, on=LATE, ground=["interest"], words="x")
    assert case.state == "handing_over"


def test_the_earlier_case_must_fit_what_the_petition_was_classified_as(world: World) -> None:
    overdue, concluded = overdue_case(world), concluded_case(world)
    running = first_case(world)
    with frozen(ACCEPTED):
        early = continued_petition(world, ACCEPTED, overdue=True)
        with pytest.raises(Invalid, match="16/12/2026"):
            open_continued(world, early, ACCEPTED, first_case_id=running.id)
    with frozen(LATE):
        late, against = (continued_petition(world, LATE, overdue=claim) for claim in (True, False))
        with pytest.raises(Invalid, match="đã có kết luận ngày 16/11/2026"):
            open_continued(world, late, LATE, first_case_id=concluded.id)
        with pytest.raises(Invalid, match="chọn 'Tố cáo tiếp vì cấp dưới quá thời hạn'"):
            open_continued(world, against, LATE, first_case_id=overdue.id)
        for wrong in (overdue.id + 1000, 0):
            with pytest.raises(Invalid, match="vụ việc"):
                open_continued(world, late, LATE, first_case_id=wrong)
        step(world, running, "terminate", on=LATE, ground="death", words="x")
        with pytest.raises(Invalid, match="không có kết luận"):
            open_continued(world, late, LATE, first_case_id=running.id)
        with pytest.raises(NotAllowed, match="mở vụ việc tố cáo tiếp"), unit_of_work():
            perform(late, "open_case", actor=world.principal("donthu.hn"), data={"on": LATE})
    assert (late.case_id, against.case_id) == (None, None)


def test_a_body_does_not_continue_a_denunciation_against_its_own_case(world: World) -> None:
    first = overdue_case(world)
    with frozen(LATE):
        letter = build_petition(world)
        with unit_of_work():
            perform(letter, "classify", actor=world.principal("donthu.lb"),
                    data={"kind": "denunciation", "field": "land", "overdue_claim": True})  # fmt: skip
        assert letter.instance == "second"
        with pytest.raises(Invalid, match="cấp dưới trực tiếp"), unit_of_work():
            perform(letter, "open_continued", actor=world.principal("donthu.lb"),
                    data={"on": LATE, "first_case_id": first.id})  # fmt: skip


def test_a_continued_denunciation_is_withdrawn_or_goes_back_to_the_desk_with_its_clocks_ended(
    world: World,
) -> None:
    first = overdue_case(world)
    with frozen(LATE):
        withdrawn = demanded_letter = continued_petition(world, LATE, overdue=True)
        case = open_continued(world, withdrawn, LATE, first_case_id=first.id)
        step(world, case, "terminate", BY, on=LATE, ground="withdrawn", words="Rút.")
        assert (case.state, of_petition(demanded_letter, "TC_OVERDUE_DEMAND")[0][0]) == (
            "tc_terminated",
            "cancelled",
        )
        wrong = continued_petition(world, LATE, overdue=True)
        back = open_continued(world, wrong, LATE, first_case_id=first.id)
        step(world, back, "reclassify", BY, kind="denunciation", words="Không phải tố cáo tiếp.")
    assert (back.state, wrong.state, wrong.case_id, wrong.overdue_claim) == (
        "reclassified",
        "classified",
        None,
        False,
    )
    assert [clock[0] for clock in of_petition(wrong, "TC_OVERDUE_DEMAND")] == ["cancelled"]
    assert [clock[0] for clock in of_petition(wrong, "TC_INIT")] == ["cancelled", "running"]


def test_a_continued_denunciation_stored_by_mistake_is_taken_up_with_its_demand_still_owed(
    world: World,
) -> None:
    with frozen(LATE):
        letter = continued_petition(world, LATE, overdue=True)
        with unit_of_work():
            head = build_person("truong.btcd", "truong.btcd", PASSWORD, (world.unit("BTCD"), Role.LEADER))
            world.people[head.username] = head
            perform(letter, "store", actor=world.principal("truong.btcd"),
                    data={"on": LATE, "ground": "no_signature", "words": "Không ký."})  # fmt: skip
        assert [clock[0] for clock in of_petition(letter, "TC_OVERDUE_DEMAND")] == ["cancelled"]
    with frozen(D(2026, 12, 23)), unit_of_work():
        perform(letter, "take_up", actor=world.principal("truong.btcd"),
                data={"on": D(2026, 12, 23), "kind": "denunciation", "words": "Lưu nhầm: đơn có ký."})  # fmt: skip
        assert (letter.instance, letter.overdue_claim) == ("second", True)
        assert [clock[:2] for clock in of_petition(letter, "TC_OVERDUE_DEMAND")] == [
            ("cancelled", LATE),
            ("running", LATE),
        ]


def test_the_superior_hears_when_the_demand_the_report_or_the_review_is_late(world: World) -> None:
    case = demanded(world, overdue_case(world))
    review = open_continued(world, continued_petition(world, ACCEPTED, overdue=False), ACCEPTED,
                            first_decision="Sở X, kết luận số 1.")  # fmt: skip
    for month in (1, 2):
        with frozen(D(2027, month, 15)), unit_of_work():
            raise_due_alerts()
    raised = db.session.scalars(
        select(Escalation).where(Escalation.case_id.in_((case.id, review.id)))
    ).unique()
    told = {(alert.clock.code, line.person.username) for alert in raised for line in alert.told}
    assert {("TC_OVERDUE_REPORT", BY), ("TC_CONT_REVIEW", BY)} <= told


def test_a_case_below_shows_the_superiors_only_to_who_may_see_it_and_the_name_stays_sealed(
    world: World, login_as: Callable[[Person], FlaskClient]
) -> None:
    first = overdue_case(world)
    case = demanded(world, first)
    city = login_as(world.person(BY))
    assert "Vụ việc tố cáo trước" in (page := city.get(f"/cases/{case.id}").get_data(as_text=True))
    assert f'href="/cases/{first.id}"' in page
    assert "Nguyễn Văn Thử" not in page
    assert f'href="/cases/{case.id}"' in city.get(f"/cases/{first.id}").get_data(as_text=True)
    city.get("/sign-out")
    commune = login_as(world.person("chutich.lb")).get(f"/cases/{first.id}").get_data(as_text=True)
    assert case.number not in commune
    assert "Cấp trên yêu cầu báo cáo" in commune
    assert login_as(world.person("chutich.lb")).get(f"/cases/{case.id}").status_code == 404


@pytest.mark.parametrize("username", ["chutich.hn", "donthu.hn", "thanhtra", "chutich.lb", "thuly.lb"])
def test_no_page_of_a_continued_denunciation_names_the_denouncer(
    world: World, login_as: Callable[[Person], FlaskClient], username: str
) -> None:
    first = overdue_case(world)
    case = demanded(world, first)
    (letter,) = db.session.scalars(select(Petition).where(Petition.case_id == case.id))
    client = login_as(world.person(username))
    for address in (
        f"/cases/{case.id}",
        f"/petitions/{letter.id}",
        f"/cases/{first.id}",
        "/cases/",
        "/petitions/",
    ):
        page = client.get(address).get_data(as_text=True)
        assert "Nguyễn Văn Thử" not in page
        assert "0912345678" not in page


def test_whoever_handles_the_earlier_case_is_told_by_name_of_the_step_what_the_superior_did(
    world: World,
) -> None:
    first = overdue_case(world)
    case = demanded(world, first)
    with frozen(D(2026, 12, 31)):
        step(world, case, "take_over", BY, on=D(2026, 12, 31), ground=["interest"], words="x")
    told = db.session.scalars(select(Notice).where(Notice.person_id == world.person("thuly.lb").id))
    steps = {line.facts.get("step_vi") for line in told}
    assert {"Cấp trên yêu cầu báo cáo", "Cấp trên rút vụ việc lên giải quyết"} <= steps


def test_the_desk_is_offered_the_earlier_cases_without_what_they_say(
    world: World, login_as: Callable[[Person], FlaskClient]
) -> None:
    first, other = overdue_case(world), concluded_case(world)
    with frozen(LATE):
        letter = continued_petition(world, LATE, overdue=True)
        client = login_as(world.person("donthu.hn"))
        page = client.get(f"/petitions/{letter.id}/do/open_continued").get_data(as_text=True)
        assert f"{first.number}: " in page
        assert other.number not in page
        assert (
            first.summary[:40] not in page.split("<form", 1)[1].split("</header>")[-1].split(first.number)[1]
        )
        empty = client.post(
            f"/petitions/{letter.id}/do/open_continued", data={"on": "21/12/2026", "words": "Đã gõ"}
        )
        assert empty.status_code == 422
        assert "Chọn vụ việc trước" in empty.get_data(as_text=True)
        assert "Đã gõ" in empty.get_data(as_text=True)
        sent = client.post(
            f"/petitions/{letter.id}/do/open_continued",
            data={"on": "21/12/2026", "first_case_id": str(first.id)},
        )
        assert sent.status_code == 302
    assert letter.case is not None


def test_another_paper_on_what_is_being_looked_into_joins_that_case(world: World) -> None:
    first = overdue_case(world)
    case = demanded(world, first)
    with frozen(D(2026, 12, 24)):
        letter = continued_petition(world, D(2026, 12, 24), overdue=True)
        with pytest.raises(Invalid, match=case.number) as refused:
            open_continued(world, letter, D(2026, 12, 24), first_case_id=first.id)
        assert refused.value.field == "first_case_id"
        with unit_of_work():
            perform(letter, "join_case", actor=world.principal("donthu.hn"), data={"case_id": case.id})
    assert (letter.case_id, of_petition(letter, "TC_OVERDUE_DEMAND")[0][0]) == (case.id, "cancelled")


def test_two_demands_are_not_issued_for_one_continued_denunciation(world: World) -> None:
    case = demanded(world, overdue_case(world))
    with frozen(D(2026, 12, 24)):
        with pytest.raises(Conflict):
            step(world, case, "demand", BY, on=D(2026, 12, 24), to_body="UBND phường", words="x")
        with pytest.raises(NotAllowed, match="Đã ghi ngày"):
            step(world, case, "demand_received", BY, delivered_on=D(2026, 12, 24))
    assert len(clocks(case, "TC_OVERDUE_REPORT")) == 1


def test_what_was_opened_as_an_ordinary_case_before_goes_on_there_when_the_database_is_upgraded(
    world: World,
) -> None:
    case = first_case(world)
    case.instance = "second"
    db.session.flush()
    migration = runpy.run_path(str(MIGRATIONS / "versions" / "0021_continued_denunciations.py"))
    db.session.execute(text(migration["_ORDINARY"]))
    db.session.expire_all()
    assert (case.instance, workflow_of(case).name, case.state) == ("first", "denunciation", "tc_accepted")
