"""A second complaint from the desk to its effect, and the first case that follows it (law.md 7.3 C-23, C-24; 7.4)."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core.clock import frozen
from app.core.db import db, unit_of_work
from app.core.errors import Conflict, DomainError, Invalid, NotAllowed
from app.core.permissions import Role
from app.organisation.models import Person
from complaints.ladder import NOBODYS
from complaints.models.cases import Case
from complaints.models.clocks import Clock
from complaints.models.history import HistoryEntry
from complaints.models.petitions import Petition
from complaints.models.shared import NOT_DUE
from complaints.services.assignment import assign
from complaints.services.expiry import act_on_ended_clocks
from complaints.services.facts import relevant_clocks
from complaints.services.jurisdiction import proposal_for
from complaints.services.perform import classify_on_registration, perform, propose
from tests.conftest import PASSWORD
from tests.factories import World, build_person, build_petition, posted

D = date


def step(world: World, case: Case, action: str, by: str = "chutich.lb", **data: Any) -> None:
    """Take a step of a case as the head of the body."""
    with unit_of_work():
        perform(case, action, actor=world.principal(by), data={"basis_checked": True, **data})


def first_case(world: World, **petition: Any) -> Case:
    """A first complaint at the commune, accepted on 16 November 2026."""
    letter = build_petition(world, kind="complaint", **petition)
    with unit_of_work():
        perform(letter, "open_case", actor=world.principal("donthu.lb"), data={"on": D(2026, 11, 16)})
    assert letter.case is not None
    step(world, letter.case, "accept", contested="act", on=D(2026, 11, 16))
    return letter.case


def decided(world: World, case: Case) -> None:
    """Decide a first complaint at once, on 16 November 2026, and publish the decision."""
    step(world, case, "draft_at_once", on=D(2026, 11, 16), words="Rõ ràng trái pháp luật.")
    step(
        world,
        case,
        "decide",
        on=D(2026, 11, 16),
        document_no="12/QĐ",
        outcome="wrong",
        words="Nội dung.",
        publish=True,
    )


def second_petition(world: World, received: date, **changes: Any) -> Petition:
    """A second complaint that arrives at the city's reception office."""
    if "donthu.hn" not in world.people:
        with unit_of_work():
            for username, role in (("donthu.hn", Role.PETITION_OFFICER), ("thuly.hn", Role.HANDLER)):
                unit = world.unit("BTCD" if role is Role.PETITION_OFFICER else "HN")
                world.people[username] = build_person(username, username, PASSWORD, (unit, role))
    letter = build_petition(
        world, by="donthu.hn", unit="BTCD", received_on=received, kind="complaint", **changes
    )
    with unit_of_work():
        data = {
            "kind": "complaint",
            "field": "land",
            "instance": "second",
            "respondent_level": "commune_chair",
        }
        classify_on_registration(letter, actor=world.principal("donthu.hn"), data=data)
    return letter


def open_second(world: World, letter: Petition, on: date, **data: Any) -> Case:
    """Open the case of a second complaint as the petition officer of the city."""
    with unit_of_work():
        perform(letter, "open_second", actor=world.principal("donthu.hn"), data={"on": on, **data})
    assert letter.case is not None
    return letter.case


def clocks(case: Case, code: str) -> list[tuple[str, date, date | None]]:
    """Return state, start and due date of the clocks of a code on a case."""
    found = db.session.execute(
        select(Clock).where(Clock.case_id == case.id, Clock.code == code).order_by(Clock.id)
    )
    return [(clock.state, clock.started_on, clock.due_on) for clock in found.scalars()]


def sweep() -> int:
    """Let the job look once."""
    with unit_of_work():
        return act_on_ended_clocks()


def test_a_first_complaint_that_is_not_resolved_in_time_is_overdue_and_its_window_runs_from_the_expiry(
    world: World,
) -> None:
    case = first_case(world)
    due = clocks(case, "KN1_RESOLVE")[0][2]
    assert due == D(2026, 12, 16)
    with frozen(D(2026, 12, 16)):
        sweep()
        assert not case.overdue
    with frozen(D(2026, 12, 20)):
        sweep()
        sweep()
    assert case.overdue
    assert case.state == "accepted_1"
    assert clocks(case, "KN_WINDOW2") == [("running", D(2026, 12, 16), D(2027, 1, 15))]
    lines = db.session.execute(
        select(HistoryEntry).where(HistoryEntry.case_id == case.id, HistoryEntry.act == "mark_overdue")
    )
    (line,) = lines.scalars().all()
    assert (line.actor_id, line.transition, line.on) == (None, "C-23", D(2026, 12, 16))


@pytest.mark.parametrize("action", ["mark_overdue", "appeal", "appeal_overdue"])
def test_nobody_takes_a_step_of_the_system(
    world: World, login_as: Callable[[Person], FlaskClient], action: str
) -> None:
    case = first_case(world)
    with pytest.raises(Conflict):
        step(world, case, action, on=D(2026, 11, 16))
    client = login_as(world.person("chutich.lb"))
    answer = client.post(f"/cases/{case.id}/do/{action}", data={"version": str(case.version)})
    assert answer.status_code == 409
    assert not case.overdue


def test_a_late_first_decision_opens_the_window_anew_from_its_receipt(world: World) -> None:
    case = first_case(world)
    with frozen(D(2026, 12, 21)):
        sweep()
        decided_late = {"document_no": "12/QĐ", "outcome": "wrong", "words": "Nội dung."}
        step(world, case, "draft_at_once", on=D(2026, 12, 21), words="Rõ ràng.")
        step(world, case, "decide", on=D(2026, 12, 21), **decided_late)
        step(world, case, "deliver", delivered_on=D(2026, 12, 21))
    assert [clock[:2] for clock in clocks(case, "KN_WINDOW2")] == [
        ("cancelled", D(2026, 12, 16)), ("running", D(2026, 12, 21)),
    ]  # fmt: skip


def test_a_second_complaint_in_the_window_is_opened_one_level_up_and_the_first_is_appealed(
    world: World,
) -> None:
    first = first_case(world)
    decided(world, first)
    with frozen(D(2026, 11, 20)):
        step(world, first, "deliver", delivered_on=D(2026, 11, 20))
    with frozen(D(2026, 12, 18)):
        letter = second_petition(world, D(2026, 12, 18))
        proposal = proposal_for(letter)
        assert proposal is not None
        assert (proposal.own, proposal.outcome) == (True, "open_second")
        second = open_second(world, letter, D(2026, 12, 18), first_case_id=first.id)
    assert (second.unit.code, second.instance, second.state) == ("HN", "second", "propose_accept_2")
    assert second.first_case_id == first.id
    assert (first.state, first.is_open, first.closed_on) == ("appealed", False, D(2026, 12, 18))
    assert clocks(first, "KN_WINDOW2")[0][0] == "met"
    assert clocks(first, "KN_EFFECT")[0][0] == "cancelled"
    line = db.session.execute(select(HistoryEntry).where(HistoryEntry.act == "appeal")).scalar_one()
    assert (line.case_id, line.actor_id, line.transition) == (first.id, None, "C-24")
    with frozen(D(2026, 12, 18)):  # what is still owed is recorded all the same
        step(world, first, "publish", on=D(2026, 12, 18), **posted(D(2026, 12, 18)))
    assert clocks(first, "KN_PUBLISH")[0][0] == "met"


def test_what_was_prepared_in_the_first_case_is_approved_no_more_once_it_is_appealed(world: World) -> None:
    first = first_case(world)
    with unit_of_work():
        assign(first, unit_id=world.unit("LB-KT").id, handler_id=world.person("thuly.lb").id,
               actor=world.principal("chutich.lb"))  # fmt: skip
    step(
        world, first, "order_emergency", on=D(2026, 11, 16), until=D(2026, 12, 16), words="Nhà sắp bị phá dỡ."
    )
    decided(world, first)
    with frozen(D(2026, 12, 14)):
        with unit_of_work():
            propose(first, "lift_emergency", actor=world.principal("thuly.lb"),
                    data={"on": D(2026, 12, 14), "words": "Không còn lý do."})  # fmt: skip
        assert first.pending_action == "lift_emergency"
        open_second(world, second_petition(world, D(2026, 12, 14)), D(2026, 12, 14), first_case_id=first.id)
    assert (first.state, first.pending_action, first.pending_data) == ("appealed", None, None)


def test_a_second_complaint_after_the_window_is_refused_with_the_date_and_nothing_is_opened(
    world: World,
) -> None:
    first = first_case(world)
    decided(world, first)
    with frozen(D(2026, 11, 20)):
        step(world, first, "deliver", delivered_on=D(2026, 11, 20))
    ends = clocks(first, "KN_WINDOW2")[0][2]
    assert ends == D(2026, 12, 21)  # 20 December is a Sunday
    with frozen(D(2026, 12, 22)):
        letter = second_petition(world, D(2026, 12, 22))
        with pytest.raises(Invalid, match="21/12/2026") as refused:
            open_second(world, letter, D(2026, 12, 22), first_case_id=first.id)
        assert refused.value.field == "first_case_id"
        assert (letter.case_id, first.state) == (None, "decided_1")
        # What counts is the receipt, not the day on which the desk gets to it.
        in_time = second_petition(world, D(2026, 12, 21))
        assert open_second(world, in_time, D(2026, 12, 22), first_case_id=first.id).first_case_id == first.id


def test_before_the_limit_has_ended_an_undecided_first_case_cannot_be_complained_of_further(
    world: World,
) -> None:
    first = first_case(world)
    with frozen(D(2026, 12, 1)):
        letter = second_petition(world, D(2026, 12, 1))
        with pytest.raises(Invalid, match="16/12/2026"):
            open_second(world, letter, D(2026, 12, 1), first_case_id=first.id)
        with pytest.raises(Invalid, match="lần đầu") as nothing:
            open_second(world, letter, D(2026, 12, 1))
        assert nothing.value.field == "first_case_id"
        with pytest.raises(NotAllowed, match="bước mở vụ việc lần hai"), unit_of_work():
            perform(letter, "open_case", actor=world.principal("donthu.hn"), data={"on": D(2026, 12, 1)})
    with frozen(D(2026, 12, 20)):
        sweep()
        overdue = second_petition(world, D(2026, 12, 18))
        second = open_second(world, overdue, D(2026, 12, 20), first_case_id=first.id)
    assert (first.state, first.overdue, first.is_open) == ("accepted_1", True, True)
    assert clocks(first, "KN_WINDOW2")[0][0] == "met"
    assert second.first_case_id == first.id


def test_only_first_complaints_of_bodies_below_may_be_named_and_other_systems_are_told_in_words(
    world: World,
) -> None:
    first = first_case(world)
    decided(world, first)
    letter = second_petition(world, D(2026, 11, 16))
    for wrong in (first.id + 1000, 0):
        with pytest.raises(DomainError):
            open_second(world, letter, D(2026, 11, 16), first_case_id=wrong)
    words = "Chủ tịch UBND huyện cũ, QĐ số 3/QĐ-UBND ngày 01/11/2026, nhận ngày 05/11/2026."
    second = open_second(world, letter, D(2026, 11, 16), first_decision=words)
    assert (second.first_case_id, second.first_decision) == (None, words)
    assert first.state == "decided_1"


def _to_dialogue(world: World) -> Case:
    first = first_case(world)
    decided(world, first)
    case = open_second(
        world, second_petition(world, D(2026, 11, 16)), D(2026, 11, 16), first_case_id=first.id
    )
    step(world, case, "accept", "chutich.hn", on=D(2026, 11, 16), document_no="1/TB")
    with unit_of_work():
        assign(case, unit_id=world.unit("HN").id, handler_id=world.person("thuly.hn").id,
               actor=world.principal("chutich.hn"))  # fmt: skip
    step(
        world,
        case,
        "request_file",
        "chutich.hn",
        on=D(2026, 11, 16),
        to_body="Chủ tịch UBND phường Long Biên",
    )
    step(world, case, "verify", "chutich.hn", on=D(2026, 11, 16))
    step(world, case, "report", "chutich.hn", on=D(2026, 11, 16), words="Báo cáo.")
    return case


def test_a_second_complaint_is_resolved_after_a_dialogue_and_takes_effect_by_itself(world: World) -> None:
    case = _to_dialogue(world)
    assert clocks(case, "KN2_RESOLVE") == [("running", D(2026, 11, 16), D(2026, 12, 31))]
    assert clocks(case, "KN_INFO_REQUEST") == [("running", D(2026, 11, 16), D(2026, 11, 23))]
    step(world, case, "record_information", "chutich.hn", on=D(2026, 11, 16))
    assert clocks(case, "KN_INFO_REQUEST")[0][0] == "met"
    with pytest.raises(Conflict):
        step(
            world,
            case,
            "decide",
            "chutich.hn",
            on=D(2026, 11, 16),
            document_no="9/QĐ",
            outcome="upheld",
            words="x",
        )
    dialogue = {"on": D(2026, 11, 16), "dialogue_on": D(2026, 11, 23)}
    with pytest.raises(NotAllowed, match="trực tiếp"):
        step(world, case, "set_dialogue", "chutich.hn", chair="deputy", in_person=["acute"], **dialogue)
    step(world, case, "set_dialogue", "chutich.hn", chair="deputy", **dialogue)
    step(
        world,
        case,
        "declare_complex",
        "chutich.hn",
        on=D(2026, 11, 16),
        criteria=["places"],
        council=True,
        words="x",
    )
    assert clocks(case, "KN2_RESOLVE")[0][2] == D(2027, 1, 15)
    with frozen(D(2026, 11, 25)):
        step(world, case, "hold_dialogue", "chutich.hn", on=D(2026, 11, 23), copies=3, words="Biên bản.")
        step(
            world,
            case,
            "decide",
            "chutich.hn",
            on=D(2026, 11, 25),
            document_no="9/QĐ",
            outcome="changed",
            words="x",
        )
    assert (case.state, case.outcome, case.on_time) == ("decided_2", "changed", True)
    assert clocks(case, "KN2_SEND") == [("running", D(2026, 11, 25), D(2026, 12, 2))]
    assert clocks(case, "KN_PUBLISH")[0][0] == "running"
    with frozen(D(2026, 12, 1)):
        step(world, case, "dispatch", "chutich.hn", on=D(2026, 12, 1))
    assert clocks(case, "KN2_SEND")[0][0] == "met"
    assert case.dispatched_on == D(2026, 12, 1)
    with frozen(D(2026, 12, 28)):
        sweep()
        sweep()
        assert (case.state, case.effective_on) == ("effective", D(2026, 12, 25))
        assert clocks(case, "KN_EXECUTE") == [("running", D(2026, 12, 25), D(2027, 1, 4))]
        step(world, case, "execute", "chutich.hn", on=D(2026, 12, 28), words="Chỉ đạo.")
        with pytest.raises(NotAllowed, match="công khai"):
            step(world, case, "close", "chutich.hn", on=D(2026, 12, 28))
        step(
            world,
            case,
            "publish",
            "chutich.hn",
            on=D(2026, 12, 28),
            forms=["website"],
            web_from=D(2026, 12, 28),
            web_to=D(2027, 1, 12),
        )
        step(world, case, "close", "chutich.hn", on=D(2026, 12, 28))
    assert case.state == "closed"
    assert clocks(case, "KN_WINDOW2") == []


def test_a_second_complaint_not_resolved_in_time_is_overdue_and_opens_no_window(world: World) -> None:
    case = _to_dialogue(world)
    with frozen(D(2027, 1, 5)):
        sweep()
        sweep()
    assert case.overdue
    assert case.state == "verified"
    assert clocks(case, "KN_WINDOW2") == []
    lines = db.session.execute(
        select(HistoryEntry).where(HistoryEntry.case_id == case.id, HistoryEntry.act == "mark_overdue")
    )
    assert [line.transition for line in lines.scalars()] == ["S-8"]


def test_a_second_complaint_is_suspended_withdrawn_and_terminated_like_a_first(world: World) -> None:
    case = _to_dialogue(world)
    step(world, case, "suspend", "chutich.hn", on=D(2026, 11, 16), ground="other_result", words="Chờ.")
    assert clocks(case, "KN2_RESOLVE")[0][0] == "paused"
    with frozen(D(2026, 11, 26)):
        step(world, case, "resume", "chutich.hn", on=D(2026, 11, 26), words="Tiếp tục.")
        assert case.state == "verified"
        assert clocks(case, "KN2_RESOLVE")[0][2] == D(2027, 1, 11)
        step(world, case, "terminate", "chutich.hn", on=D(2026, 11, 26), ground="withdrawn", words="Rút.")
    assert (case.state, case.outcome) == ("terminated", "terminated")
    assert clocks(case, "KN_INFO_REQUEST")[0][0] == "cancelled"


def test_the_pages_open_a_second_complaint_and_link_both_cases(
    world: World, login_as: Callable[[Person], FlaskClient]
) -> None:
    first = first_case(world)
    decided(world, first)
    letter = second_petition(world, D(2026, 11, 16))
    client = login_as(world.person("donthu.hn"))
    page = client.get(f"/petitions/{letter.id}/do/open_second").get_data(as_text=True)
    assert f"{first.number}: {first.summary[:40]}" in page
    empty = client.post(f"/petitions/{letter.id}/do/open_second", data={"on": "16/11/2026", "words": "Đã gõ"})
    assert empty.status_code == 422
    assert "Chọn vụ việc lần đầu" in empty.get_data(as_text=True)
    assert "Đã gõ" in empty.get_data(as_text=True)
    sent = client.post(
        f"/petitions/{letter.id}/do/open_second", data={"on": "16/11/2026", "first_case_id": str(first.id)}
    )
    assert sent.status_code == 302
    second = letter.case
    assert second is not None
    client.get("/sign-out")
    city = login_as(world.person("chutich.hn")).get(f"/cases/{second.id}").get_data(as_text=True)
    assert "Khiếu nại lần đầu" in city
    assert first.number in city
    commune = login_as(world.person("chutich.lb")).get(f"/cases/{first.id}").get_data(as_text=True)
    assert second.number in commune
    assert "Đã bị khiếu nại lần hai" in commune


def test_the_body_that_resolved_first_does_not_open_the_second_case_against_its_own(world: World) -> None:
    first = first_case(world)
    decided(world, first)
    letter = build_petition(world, kind="complaint")
    with unit_of_work():
        data = {
            "kind": "complaint",
            "field": "land",
            "instance": "second",
            "respondent_level": "commune_chair",
        }
        perform(letter, "classify", actor=world.principal("donthu.lb"), data=data)
    proposal = proposal_for(letter)
    assert proposal is not None
    assert not proposal.own
    with pytest.raises(Invalid, match="cấp dưới") as refused, unit_of_work():
        perform(letter, "open_second", actor=world.principal("donthu.lb"),
                data={"on": D(2026, 11, 16), "first_case_id": first.id})  # fmt: skip
    assert refused.value.field == "first_case_id"
    assert first.state == "decided_1"


def test_the_window_of_the_complainant_makes_no_case_due_or_late(
    world: World, login_as: Callable[[Person], FlaskClient]
) -> None:
    case = first_case(world)
    decided(world, case)
    with frozen(D(2026, 11, 20)):
        step(world, case, "deliver", delivered_on=D(2026, 11, 20))
    ends = clocks(case, "KN_WINDOW2")[0][2]
    running = {clock.code for clock in relevant_clocks(case) if clock.state == "running"}
    assert "KN_WINDOW2" in running
    assert case.next_due_on == min(
        (c.due_on for c in relevant_clocks(case) if c.state == "running" and c.code not in NOBODYS),
        default=NOT_DUE,
    )
    with frozen(ends + timedelta(days=3)):
        page = login_as(world.person("chutich.lb")).get(f"/cases/{case.id}").text
    assert f"đến hết ngày {ends:%d/%m/%Y}" in page
