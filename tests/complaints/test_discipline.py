"""Complaints about decisions of discipline: their own clocks, the council, the dialogue in both instances (K01-K10)."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.core.clock import frozen
from app.core.db import unit_of_work
from app.core.errors import Conflict, Invalid, NotAllowed
from app.organisation.models import Person
from complaints.models.cases import Case
from complaints.services.assignment import assign
from complaints.services.jurisdiction import proposal_for
from complaints.services.perform import classify_on_registration, perform
from tests.complaints.test_complaint_second import clocks, open_second, second_petition, step, sweep
from tests.factories import World, build_petition

D = date
TODAY = D(2026, 11, 16)


def _classified(world: World, *, dismissal: bool = False, **changes: Any) -> Any:
    letter = build_petition(world, **{"kind": "complaint", "field": "administration", **changes})
    data = {"kind": "complaint", "field": "administration", "disciplinary": True, "dismissal": dismissal}
    with unit_of_work():
        classify_on_registration(letter, actor=world.principal("donthu.lb"), data=data)
    return letter


def open_disciplinary(world: World, **changes: Any) -> Case:
    """A complaint about a decision of discipline, received on 16 November 2026, before its acceptance."""
    letter = _classified(world, **changes)
    with unit_of_work():
        perform(letter, "open_case", actor=world.principal("donthu.lb"), data={"on": TODAY})
    case: Case = letter.case
    return case


def _case(world: World, *, dismissal: bool = False) -> Case:
    case = open_disciplinary(world, dismissal=dismissal)
    with unit_of_work():
        assign(case, unit_id=world.unit("LB-KT").id, handler_id=world.person("thuly.lb").id,
               actor=world.principal("chutich.lb"))  # fmt: skip
        case.remote = True  # K05: makes no difference here
    step(world, case, "accept", on=TODAY, known_on=D(2026, 11, 10))
    return case


def _verified(world: World, case: Case, by: str = "chutich.lb") -> None:
    step(world, case, "verify", by, on=TODAY)
    step(world, case, "report", by, on=TODAY, words="Báo cáo.")


def _heard(world: World, case: Case, by: str = "chutich.lb") -> None:
    step(world, case, "consult_council", by, on=TODAY, words="Hội đồng thống nhất.")
    step(world, case, "set_dialogue", by, on=TODAY, dialogue_on=D(2026, 11, 23))
    with frozen(D(2026, 11, 23)):
        step(world, case, "hold_dialogue", by, on=D(2026, 11, 23), copies=3, words="Biên bản.")


def _decided(world: World, case: Case) -> None:
    _verified(world, case)
    _heard(world, case)
    with frozen(D(2026, 11, 23)):
        step(world, case, "decide", on=D(2026, 11, 23), document_no="5/QĐ", outcome="wrong", words="x")


def test_it_is_resolved_in_thirty_days_with_no_longer_limit_for_remote_areas_and_forty_five_when_complex(
    world: World,
) -> None:
    case = _case(world)
    assert (case.disciplinary, case.dismissal) == (True, False)
    assert clocks(case, "KNK_RESOLVE") == [("running", TODAY, D(2026, 12, 16))]
    step(world, case, "declare_complex", on=TODAY, criteria=["places"], words="x")
    assert clocks(case, "KNK_RESOLVE")[0][2] == D(2026, 12, 31)
    assert clocks(case, "KN1_RESOLVE") == []


def test_the_council_and_the_dialogue_come_before_the_decision(world: World) -> None:
    case = _case(world)
    for action in ("draft_at_once", "consult_council"):
        with pytest.raises(Conflict):
            step(world, case, action, on=TODAY, words="x")
    _verified(world, case)
    for action in ("draft", "set_dialogue", "decide"):
        with pytest.raises(Conflict):
            step(world, case, action, on=TODAY, words="x", dialogue_on=D(2026, 11, 23))
    step(world, case, "consult_council", on=TODAY, words="Hội đồng thống nhất.")
    assert case.state == "council_heard"
    with pytest.raises(NotAllowed, match="ít nhất 5 ngày"):
        step(world, case, "set_dialogue", on=TODAY, dialogue_on=D(2026, 11, 20))
    step(world, case, "set_dialogue", on=TODAY, dialogue_on=D(2026, 11, 23))
    step(world, case, "postpone_dialogue", on=TODAY, words="Ốm.")
    assert case.state == "council_heard"


@pytest.mark.parametrize(
    "dismissal, clock, ends",
    [(False, "KNK_WINDOW2", D(2026, 12, 4)), (True, "KNK_WINDOW2_DISMISSAL", D(2026, 12, 24))],
)
def test_the_window_of_the_second_complaint_depends_on_whether_it_is_dismissal(
    world: World, dismissal: bool, clock: str, ends: date
) -> None:
    case = _case(world, dismissal=dismissal)
    _decided(world, case)
    assert clocks(case, "KNK_EFFECT") == [("running", D(2026, 11, 23), D(2026, 12, 23))]
    with frozen(D(2026, 11, 24)):
        step(world, case, "deliver", delivered_on=D(2026, 11, 24))
    assert clocks(case, clock) == [("running", D(2026, 11, 24), ends)]
    with frozen(D(2026, 12, 24)):
        if dismissal:
            with pytest.raises(NotAllowed, match="24/12/2026"):
                step(world, case, "confirm_effect", on=D(2026, 12, 24), effective_by="issue")
        else:
            step(world, case, "confirm_effect", on=D(2026, 12, 24), effective_by="issue")
            assert (case.state, case.effective_on) == ("effective", D(2026, 12, 23))
            assert clocks(case, clock)[0][0] == "met"


def test_at_the_end_of_the_limit_it_is_overdue_and_no_window_runs_that_the_law_does_not_name(
    world: World,
) -> None:
    case = _case(world)
    with frozen(D(2026, 12, 20)):
        sweep()
        sweep()
    assert case.overdue
    assert clocks(case, "KNK_WINDOW2") == clocks(case, "KN_WINDOW2") == []


def test_a_spoken_complaint_about_discipline_is_not_opened(world: World) -> None:
    for changes in ({"source": "phone"}, {"source": "in_person", "in_person": True}):
        letter = _classified(world, **changes)
        with pytest.raises(NotAllowed, match="Điều 49"), unit_of_work():
            perform(letter, "open_case", actor=world.principal("donthu.lb"), data={"on": TODAY})
        assert letter.case_id is None
    written = _classified(world, source="in_person", in_person=True, letter_date=TODAY)
    with unit_of_work():
        perform(written, "open_case", actor=world.principal("donthu.lb"), data={"on": TODAY})
    assert written.case.disciplinary


def test_competence_follows_the_issuer_of_the_decision(world: World) -> None:
    proposal = proposal_for(_classified(world))
    assert proposal is not None
    assert (proposal.disciplinary, proposal.body) == (True, "disciplinary_issuer")


def test_the_second_complaint_is_sent_in_seven_days_and_takes_effect_by_itself(world: World) -> None:
    first = _case(world)
    _decided(world, first)
    letter = second_petition(world, TODAY)
    with unit_of_work():
        data = {"kind": "complaint", "field": "administration", "instance": "second", "disciplinary": True}
        perform(letter, "classify", actor=world.principal("donthu.hn"), data=data)
    with frozen(D(2026, 11, 23)):
        case = open_second(world, letter, D(2026, 11, 23), first_case_id=first.id)
    assert first.state == "appealed"
    assert clocks(first, "KNK_EFFECT")[0][0] == "cancelled"
    with unit_of_work():
        case.handler_id = world.person("thuly.hn").id
    step(world, case, "accept", "chutich.hn", on=TODAY)
    assert clocks(case, "KNK_RESOLVE")[0][2] == D(2026, 12, 16)
    _verified(world, case, "chutich.hn")
    _heard(world, case, "chutich.hn")
    with frozen(D(2026, 11, 23)):
        step(
            world,
            case,
            "decide",
            "chutich.hn",
            on=D(2026, 11, 23),
            document_no="8/QĐ",
            outcome="upheld",
            words="x",
        )
    assert clocks(case, "KN2_SEND") == [("running", D(2026, 11, 23), D(2026, 11, 30))]
    with frozen(D(2026, 12, 24)):
        sweep()
    assert (case.state, case.effective_on) == ("effective", D(2026, 12, 23))


def test_the_page_asks_whether_a_complaint_is_about_discipline_and_shows_it(
    world: World, login_as: Callable[[Person], FlaskClient]
) -> None:
    letter = build_petition(world)
    client = login_as(world.person("donthu.lb"))
    page = client.get(f"/petitions/{letter.id}/do/classify").get_data(as_text=True)
    assert "Khiếu nại quyết định kỷ luật" in page
    sent = client.post(
        f"/petitions/{letter.id}/do/classify",
        data={"kind": "complaint", "field": "administration", "disciplinary": "y", "dismissal": "y"},
    )
    assert sent.status_code == 302
    assert (letter.disciplinary, letter.dismissal) == (True, True)
    with unit_of_work():
        perform(letter, "open_case", actor=world.principal("donthu.lb"), data={"on": TODAY})
    assert letter.case is not None
    shown = login_as(world.person("chutich.lb")).get(f"/cases/{letter.case.id}").get_data(as_text=True)
    assert "buộc thôi việc" in shown


def test_a_denunciation_is_never_marked_as_one_about_discipline(world: World) -> None:
    letter = build_petition(world)
    data = {"kind": "denunciation", "field": "land", "disciplinary": True, "dismissal": True}
    with unit_of_work():
        perform(letter, "classify", actor=world.principal("donthu.lb"), data=data)
    assert (letter.disciplinary, letter.dismissal) == (False, False)


def test_a_complaint_opened_in_the_wrong_table_goes_back_to_the_desk_and_is_opened_in_the_right_one(
    world: World,
) -> None:
    letter = build_petition(world, kind="complaint", field="administration")
    with unit_of_work():
        perform(letter, "open_case", actor=world.principal("donthu.lb"), data={"on": TODAY})
    wrong = letter.case
    assert wrong is not None
    step(world, wrong, "reclassify", kind="complaint", words="Là khiếu nại quyết định kỷ luật.")
    assert (wrong.state, letter.state, letter.case_id) == ("reclassified", "classified", None)
    assert clocks(wrong, "KN_ACCEPT") == []
    with unit_of_work():
        data = {"kind": "complaint", "field": "administration", "disciplinary": True}
        perform(letter, "classify", actor=world.principal("donthu.lb"), data=data)
        perform(letter, "open_case", actor=world.principal("donthu.lb"), data={"on": TODAY})
    assert letter.case is not None
    assert letter.case.disciplinary
    step(world, letter.case, "accept", on=TODAY, known_on=D(2026, 11, 10))
    assert clocks(letter.case, "KNK_RESOLVE")[0][0] == "running"


@pytest.mark.parametrize(
    ("known_on", "obstacle_days", "in_time"),
    [
        # K01: 15 days after Sunday 1 November are Monday 16 November, the day of receipt: it still serves.
        (D(2026, 11, 1), None, True),
        # 15 days after 30 October are Saturday 14 November: the Monday still serves.
        (D(2026, 10, 30), None, True),
        # 15 days after 29 October are Friday 13 November: the Monday is too late; ninety days would not be.
        (D(2026, 10, 29), None, False),
        # With one day of illness the last day is the Saturday, so that the Monday serves.
        (D(2026, 10, 29), 1, True),
    ],
)
def test_the_time_bar_of_a_disciplinary_complaint_ends_fifteen_days_after_the_decision_was_received(
    world: World, known_on: date, obstacle_days: int | None, *, in_time: bool
) -> None:
    case = open_disciplinary(world)
    obstacle = {"obstacle": "illness", "obstacle_words": "Nằm viện."} if obstacle_days else {}
    data = {"on": TODAY, "known_on": known_on, "obstacle_days": obstacle_days, **obstacle}
    if in_time:
        step(world, case, "accept", **data)
        assert case.state == "accepted_1"
        return
    with pytest.raises(
        NotAllowed, match=r"quá thời hiệu 15 ngày .* \(Luật Khiếu nại Điều 48, Điều 11 khoản 6\)"
    ):
        step(world, case, "accept", **data)
    step(world, case, "refuse", on=TODAY, ground="6", words="Hết thời hiệu, không có lý do chính đáng.")
    assert case.state == "refused"


def test_the_day_on_which_the_disciplinary_decision_was_received_is_asked_for(world: World) -> None:
    case = open_disciplinary(world)
    with pytest.raises(Invalid, match="ngày nhận quyết định kỷ luật") as refused:
        step(world, case, "accept", on=TODAY)
    assert refused.value.field == "known_on"
