"""The steps of a first complaint beside the main way: information asked for, time-bar, withdrawal, emergency, review."""

from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core.clock import frozen, today
from app.core.db import db, unit_of_work
from app.core.errors import Invalid, NotAllowed
from complaints.models.cases import Case
from complaints.models.clocks import Clock, Escalation, EscalationTold
from complaints.queries.parties import staying_in
from complaints.services.assignment import assign
from complaints.services.clocks import rebuild_all
from complaints.services.escalation import raise_due_alerts
from complaints.services.facts import facts_of, relevant_clocks
from complaints.services.identity import Sender
from complaints.services.perform import approve, perform, propose, send_back
from tests.access.test_every_route import sign_in
from tests.factories import World, build_petition

D = date


def _case(world: World, **changes: Any) -> Case:
    petition = build_petition(world, kind="complaint", **changes)
    with unit_of_work():
        perform(petition, "open_case", actor=world.principal("donthu.lb"), data={"on": today()})
    case = petition.case
    assert case is not None
    with unit_of_work():
        assign(case, unit_id=world.unit("LB-KT").id, handler_id=world.person("thuly.lb").id,
               actor=world.principal("chutich.lb"))  # fmt: skip
    return case


def _step(world: World, case: Case, action: str, by: str = "chutich.lb", **data: object) -> None:
    with unit_of_work():
        perform(case, action, actor=world.principal(by), data={"on": today(), "basis_checked": True, **data})


def _verifying(world: World, **changes: Any) -> Case:
    case = _case(world, **changes)
    _step(world, case, "accept", contested="act")
    _step(world, case, "verify")
    return case


def _clocks(case: Case, code: str) -> list[Clock]:
    wanted = select(Clock).where(Clock.case_id == case.id, Clock.code == code).order_by(Clock.id)
    return list(db.session.execute(wanted).scalars())


# ------------------------------------------------------------------------------------------------ C-5: information


def test_a_request_for_information_gives_its_addressee_seven_days_that_do_not_make_the_case_late(
    world: World,
) -> None:
    case = _verifying(world)  # accepted on 16 November: 30 days, to 16 December
    _step(world, case, "request_information", by="thuly.lb", to_body="UBND phường Bồ Đề", words="Xin hồ sơ.")
    [asked] = _clocks(case, "KN_INFO_REQUEST")
    assert (asked.state, asked.due_on) == ("running", D(2026, 11, 23))
    assert case.next_due_on == D(2026, 12, 16)
    with unit_of_work():
        assert [d for d in rebuild_all() if d.field == "due_on"] == []
    db.session.expire_all()
    assert case.next_due_on == D(2026, 12, 16)


def test_the_handler_alone_hears_that_an_answer_is_late(world: World) -> None:
    case = _verifying(world)
    _step(world, case, "request_information", by="thuly.lb", to_body="UBND phường Bồ Đề", words="Xin hồ sơ.")
    with frozen(D(2026, 11, 26)), unit_of_work():
        raise_due_alerts()
    told = db.session.execute(
        select(Escalation.rung, EscalationTold.person_id)
        .join(EscalationTold, EscalationTold.escalation_id == Escalation.id)
        .join(Clock, Clock.id == Escalation.clock_id)
        .where(Clock.code == "KN_INFO_REQUEST")
    ).all()
    handler = world.person("thuly.lb").id
    assert {tuple(row) for row in told} == {("other_on_day", handler), ("other_after_1", handler)}


def test_an_answer_stops_the_seven_days_unless_others_still_owe_theirs(world: World) -> None:
    case = _verifying(world)
    for body in ("UBND phường Bồ Đề", "Sở Xây dựng"):
        _step(world, case, "request_information", by="thuly.lb", to_body=body, words="Xin hồ sơ.")
    _step(world, case, "record_information", by="thuly.lb", words="Phường đã gửi.", others_wait=True)
    assert [clock.state for clock in _clocks(case, "KN_INFO_REQUEST")] == ["running", "running"]
    _step(world, case, "record_information", by="thuly.lb", words="Sở đã gửi.")
    assert [clock.state for clock in _clocks(case, "KN_INFO_REQUEST")] == ["met", "met"]
    with pytest.raises(NotAllowed, match="hãy ghi yêu cầu trước"):
        _step(world, case, "record_information", by="thuly.lb", words="Lần nữa.")


def test_an_unanswered_request_ends_with_the_decision(world: World) -> None:
    case = _verifying(world)
    _step(world, case, "request_information", by="thuly.lb", to_body="Sở Xây dựng", words="Xin hồ sơ.")
    _step(world, case, "report", words="Báo cáo.")
    _step(world, case, "draft")
    _step(world, case, "decide", document_no="12/QĐ", outcome="right", words="Nội dung.")
    assert [clock.state for clock in _clocks(case, "KN_INFO_REQUEST")] == ["cancelled"]


# ------------------------------------------------------------------------ C01, C03: time-bar and power of attorney


@pytest.mark.parametrize(
    ("known_on", "received_on", "in_time"),
    [
        # 90 days after Thursday 20 August 2026 are Wednesday 18 November: that day still serves.
        (D(2026, 8, 20), D(2026, 11, 18), True),
        (D(2026, 8, 20), D(2026, 11, 19), False),
        # 90 days after 26 August are Tuesday 24 November, the new holiday: the Wednesday still serves.
        (D(2026, 8, 26), D(2026, 11, 25), True),
        (D(2026, 8, 26), D(2026, 11, 26), False),
        # 90 days after 15 August are Friday 13 November; the Saturday is too late, though the desk was closed.
        (D(2026, 8, 15), D(2026, 11, 13), True),
        (D(2026, 8, 15), D(2026, 11, 14), False),
    ],
)
def test_the_time_bar_ends_ninety_days_after_the_decision_was_received_or_on_the_next_working_day(
    world: World, known_on: date, received_on: date, *, in_time: bool
) -> None:
    with frozen(D(2026, 11, 30)):
        case = _case(world, received_on=received_on)
        if in_time:
            _step(world, case, "accept", contested="decision", known_on=known_on)
            assert case.state == "accepted_1"
            return
        with pytest.raises(NotAllowed, match="quá thời hiệu 90 ngày"):
            _step(world, case, "accept", contested="decision", known_on=known_on)
        _step(world, case, "refuse", ground="6", words="Hết thời hiệu, không có lý do chính đáng.")
        assert case.state == "refused"


def test_a_complaint_about_a_decision_needs_the_day_on_which_it_was_known_and_an_act_that_goes_on_does_not(
    world: World,
) -> None:
    case = _case(world)
    with pytest.raises(Invalid, match="khiếu nại về") as unsaid:
        _step(world, case, "accept")
    assert unsaid.value.field == "contested"
    with pytest.raises(Invalid, match="phải ghi ngày nhận hoặc biết quyết định") as refused:
        _step(world, case, "accept", contested="decision")
    assert refused.value.field == "known_on"
    assert case.state == "propose_accept"
    _step(world, case, "accept", contested="act")
    assert case.state == "accepted_1"


def test_the_time_of_an_obstacle_is_not_counted_and_stands_in_the_history(
    client: FlaskClient, world: World
) -> None:
    # Received on Monday 16 November; 90 days after 3 August were 1 November. With 12 days of illness the last day was
    # Friday 13 November; with 13 days it was the Saturday, so that the Monday still served.
    case = _case(world)
    obstacle = {"obstacle": "illness", "obstacle_words": "Nằm viện, có giấy ra viện."}
    with pytest.raises(NotAllowed, match="là 13/11/2026"):
        _step(
            world, case, "accept", contested="decision", known_on=D(2026, 8, 3), obstacle_days=12, **obstacle
        )
    _step(world, case, "accept", contested="decision", known_on=D(2026, 8, 3), obstacle_days=13, **obstacle)
    sign_in(client, world, "chutich.lb")
    page = client.get(f"/cases/{case.id}").text
    assert "Nằm viện, có giấy ra viện." in page
    assert "Ốm đau" in page
    assert "03/08/2026" in page


def test_one_content_is_not_given_to_two_agents_and_the_reason_stands_beside_the_field(world: World) -> None:
    case = _case(world)
    paper = {"contested": "act", "attorney": "certified", "attorney_on": D(2026, 11, 2)}
    with pytest.raises(Invalid, match="đang có Trần A và Lê B") as refused:
        _step(world, case, "accept", **paper, agents="Trần A: bồi thường\nLê B: Bồi thường")
    assert refused.value.field == "agents"
    _step(world, case, "accept", **paper, agents="Trần A: bồi thường\nLê B: tái định cư")
    assert case.state == "accepted_1"


def test_a_power_of_attorney_made_in_2027_is_certified_and_no_longer_notarised(world: World) -> None:
    with frozen(D(2027, 1, 5)):
        case = _case(world)
        with pytest.raises(NotAllowed, match="có chứng thực"):
            _step(world, case, "accept", contested="act", attorney="notarised", attorney_on=D(2027, 1, 4))
        _step(world, case, "accept", contested="act", attorney="notarised", attorney_on=D(2026, 12, 31))
        assert case.state == "accepted_1"


# --------------------------------------------------------------------------- C-17 to C-21: withdrawal, termination

THREE = (
    Sender("Nguyễn Văn Một", "001090000001", "0912345671", "Số 1", True),
    Sender("Trần Thị Hai", "001090000002", "0912345672", "Số 2"),
)


def _group(world: World) -> Case:
    """Return the case of four who signed, two of them named."""
    return _case(world, senders=THREE, signer_count=4, representatives_appointed=True)


def _ids(case: Case) -> dict[str, int]:
    return {name: number for number, name in staying_in(case.id)}


def test_those_who_withdraw_are_marked_and_kept_and_those_who_stay_are_counted(
    client: FlaskClient, world: World
) -> None:
    case = _group(world)
    _step(world, case, "accept", contested="act")
    assert facts_of(case).signer_count == 4
    sign_in(client, world, "thuly.lb")
    form = client.get(f"/cases/{case.id}/do/withdraw_some").text
    assert "Nguyễn Văn Một" in form
    assert "Trần Thị Hai" in form
    chosen = {"parties": str(_ids(case)["Trần Thị Hai"]), "others": "1", "on": "16/11/2026", "form": "minutes",
              "words": "Rút vì đã thỏa thuận."}  # fmt: skip
    assert client.post(f"/cases/{case.id}/do/withdraw_some", data=chosen).status_code == 302
    db.session.expire_all()
    assert facts_of(case).signer_count == 2
    assert list(_ids(case)) == ["Nguyễn Văn Một"]
    page = client.get(f"/cases/{case.id}").text
    assert "Trần Thị Hai đã rút khiếu nại ngày 16/11/2026" in " ".join(page.split())
    assert case.state == "accepted_1"
    again = client.post(f"/cases/{case.id}/do/withdraw_some", data=chosen)
    assert again.status_code == 422
    assert "tất cả đều rút thì đình chỉ" in again.text
    assert "Rút vì đã thỏa thuận." in again.text


def test_nobody_withdraws_twice_nor_more_than_have_signed(world: World) -> None:
    case = _group(world)
    _step(world, case, "accept", contested="act")
    second = _ids(case)["Trần Thị Hai"]
    _step(world, case, "withdraw_some", parties=[second], words="Rút.")
    with pytest.raises(Invalid, match="đã rút") as refused:
        _step(world, case, "withdraw_some", parties=[second], words="Rút.")
    assert refused.value.field == "parties"
    with pytest.raises(NotAllowed, match="tất cả đều rút"):
        _step(world, case, "withdraw_some", others=3, words="Rút.")
    _step(world, case, "withdraw_some", others=2, words="Rút.")
    assert facts_of(case).signer_count == 1
    _step(world, case, "terminate", ground="withdrawn", words="Người cuối cùng rút.")
    assert (case.state, case.outcome, staying_in(case.id)) == ("terminated", "terminated", [])


def test_others_without_a_name_are_no_more_than_signed_without_one(world: World) -> None:
    case = _case(world, senders=THREE, signer_count=3, representatives_appointed=True)
    with pytest.raises(Invalid, match="Chỉ còn 1 người ký không có tên") as refused:
        _step(world, case, "withdraw_some", others=2, words="Rút.")
    assert refused.value.field == "others"
    assert facts_of(case).signer_count == 3


def test_a_group_ends_only_when_all_withdraw(world: World) -> None:
    case = _group(world)
    _step(world, case, "accept", contested="act")
    with pytest.raises(NotAllowed, match="Ghi nhận một số người rút"):
        _step(world, case, "terminate", ground="withdrawn", words="Rút đơn.")
    _step(world, case, "terminate", ground="everyone", words="Rút đơn.")
    assert case.state == "terminated"
    assert staying_in(case.id) == []


@pytest.mark.parametrize(
    ("action", "data", "code"),
    [
        ("terminate_ended", {"ground": "death", "to_body": "UBND phường Bồ Đề"}, "C-20"),
        ("terminate_ended", {"ground": "dissolved", "to_body": "UBND phường Bồ Đề"}, "C-20"),
        ("terminate_no_object", {"ground": "no_object"}, "C-21"),
        ("terminate_no_object", {"ground": "court"}, "C-21"),
    ],
)
def test_each_termination_has_its_own_row_paper_and_clock_of_sending(
    world: World, action: str, data: dict[str, str], code: str
) -> None:
    case = _verifying(world)
    with pytest.raises(NotAllowed, match="quyền"):
        _step(world, case, action, by="thuly.lb", words="Căn cứ.", **data)
    with unit_of_work():  # the handler prepares it, the head approves
        propose(
            case, action, actor=world.principal("thuly.lb"), data={"on": today(), "words": "Căn cứ.", **data}
        )
    with unit_of_work():
        line = approve(case, actor=world.principal("chutich.lb"))
    assert (case.state, line.transition) == ("terminated", code)
    assert line.document is not None
    assert line.document.form == "14a/KN"
    assert [clock.state for clock in _clocks(case, "KN1_RESOLVE")] == ["met"]
    assert [clock.due_on for clock in _clocks(case, "KN_SUSP_SEND")] == [D(2026, 11, 19)]


@pytest.mark.parametrize(
    ("action", "data", "field"),
    [
        ("terminate_ended", {"ground": "court", "to_body": "UBND phường"}, "ground"),
        ("terminate_ended", {"ground": "death"}, "to_body"),
        ("terminate_no_object", {"ground": "death"}, "ground"),
    ],
)
def test_the_grounds_of_one_termination_do_not_serve_another(
    world: World, action: str, data: dict[str, str], field: str
) -> None:
    case = _verifying(world)
    with pytest.raises(Invalid) as refused:
        _step(world, case, action, words="Căn cứ.", **data)
    assert refused.value.field == field


# ------------------------------------------------------------------------------------------- C-22: emergency measure


def test_the_contested_decision_is_suspended_no_longer_than_the_resolution_lasts_and_the_page_says_so(
    client: FlaskClient, world: World
) -> None:
    case = _verifying(world)  # to 16 December
    sign_in(client, world, "chutich.lb")
    address = f"/cases/{case.id}/do/order_emergency"
    typed = {"on": "16/11/2026", "until": "17/12/2026", "document_no": "9/QĐ", "words": "Nhà sắp bị phá dỡ."}
    refused = client.post(address, data=typed)
    assert refused.status_code == 422
    assert "không quá ngày 16/12/2026" in refused.text
    assert "Nhà sắp bị phá dỡ." in refused.text
    assert client.post(address, data={**typed, "until": "16/12/2026"}).status_code == 302
    said = "Đang tạm đình chỉ thi hành quyết định bị khiếu nại đến hết ngày 16/12/2026."
    assert said in client.get(f"/cases/{case.id}").text
    lifted = {"on": "16/11/2026", "document_no": "10/QĐ", "words": "Không còn lý do."}
    assert client.post(f"/cases/{case.id}/do/lift_emergency", data=lifted).status_code == 302
    assert said not in client.get(f"/cases/{case.id}").text
    assert "9/QĐ" in client.get(f"/cases/{case.id}").text  # what was decided stays on record


def test_only_one_emergency_measure_holds_at_a_time_and_it_ends_by_its_day(world: World) -> None:
    case = _verifying(world)
    _step(world, case, "order_emergency", until=D(2026, 11, 20), words="Nhà sắp bị phá dỡ.")
    with pytest.raises(NotAllowed, match="hủy bỏ trước"):
        _step(world, case, "order_emergency", until=D(2026, 11, 25), words="Lần nữa.")
    with frozen(D(2026, 11, 21)):
        with pytest.raises(NotAllowed, match="Không có quyết định"):
            _step(world, case, "lift_emergency", words="Hết lý do.")
        _step(world, case, "order_emergency", until=D(2026, 11, 25), words="Lần nữa.")
    assert case.emergency_until == D(2026, 11, 25)


# ---------------------------------------------------------------------------------------- C-28: review from above


def _effective(world: World) -> Case:
    """Return a case whose decision of 16 November was received that day and is in effect on 17 December."""
    case = _case(world)
    _step(world, case, "accept", contested="act")
    _step(world, case, "draft_at_once", words="Rõ ràng.")
    _step(world, case, "decide", document_no="12/QĐ", outcome="right", words="Nội dung.")
    _step(world, case, "deliver", delivered_on=D(2026, 11, 16))
    with frozen(D(2026, 12, 17)):
        _step(world, case, "confirm_effect", on=D(2026, 12, 17), effective_by="issue", words="Theo Điều 44.")
    return case


def test_only_the_body_above_reviews_a_settlement_and_gives_it_back_with_its_outcome(
    client: FlaskClient, world: World
) -> None:
    case = _effective(world)
    with frozen(D(2026, 12, 18)):
        before = {(c.code, c.state) for c in relevant_clocks(case)}
        typed = {"on": "18/12/2026", "discovered_on": "17/12/2026", "words": "Áp dụng sai bảng giá đất."}
        address = f"/cases/{case.id}/do/review"
        for outsider in ("chutich.lb", "thuly.lb", "thanhtra", "chutich.bd", "giamdoc.sxd"):
            sign_in(client, world, outsider)
            assert client.post(address, data=typed).status_code == 404, outsider
            client.post("/sign-out")
        sign_in(client, world, "chutich.hn")
        assert "Xem xét lại việc giải quyết" in client.get(f"/cases/{case.id}").text
        assert client.post(address, data=typed).status_code == 302
        db.session.expire_all()
        assert (case.state, case.is_open) == ("under_review", True)
        assert {(c.code, c.state) for c in relevant_clocks(case)} == before  # no statutory clock
        ended = {
            "on": "18/12/2026",
            "review_outcome": "breach",
            "words": "Chỉ đạo giải quyết lại.",
            "document_no": "3",
        }
        back = f"/cases/{case.id}/do/end_review"
        assert client.post(back, data={**ended, "review_outcome": ""}).status_code == 422
        assert client.post(back, data=ended).status_code == 302
        db.session.expire_all()
        assert case.state == "effective"
        page = client.get(f"/cases/{case.id}").text
        assert "Có vi phạm pháp luật, đã có văn bản chỉ đạo" in page


# ------------------------------------------------------------------------------------------------ 3.4, C05, C-12


@pytest.mark.parametrize("ground", [str(number) for number in range(1, 10)])
def test_every_ground_of_article_eleven_refuses_with_its_form(world: World, ground: str) -> None:
    case = _case(world)
    with unit_of_work():
        line = perform(case, "refuse", actor=world.principal("chutich.lb"),
                       data={"on": today(), "ground": ground, "words": "Lý do."})  # fmt: skip
    assert case.state == "refused"
    assert line.document is not None
    assert line.document.form == "04/KN"


def test_a_valid_absence_leads_to_another_day_or_to_a_suspension(world: World) -> None:
    case = _verifying(world)
    _step(world, case, "report", words="Báo cáo.")
    _step(world, case, "set_dialogue", dialogue_on=D(2026, 11, 21))
    _step(world, case, "postpone_dialogue", reason="obstacle", words="Bị ốm.")
    assert case.state == "verified"
    _step(world, case, "suspend", ground="force_majeure", words="Chưa biết bao giờ khỏi.")
    assert [clock.state for clock in _clocks(case, "KN1_RESOLVE")] == ["paused"]


def test_a_step_prepared_before_its_form_asked_for_more_is_sent_back_and_prepared_anew(world: World) -> None:
    case = _case(world)
    with unit_of_work():
        case.handler_id = world.person("thuly.lb").id
        propose(case, "accept", actor=world.principal("thuly.lb"), data={"on": today(), "contested": "act"})
        case.pending_data = {"on": today().isoformat()}
    with pytest.raises(Invalid, match="khiếu nại về"), unit_of_work():
        approve(case, actor=world.principal("chutich.lb"), basis_checked=True)
    with unit_of_work():
        send_back(case, actor=world.principal("chutich.lb"), reason="Bổ sung theo mẫu mới.")
    assert case.pending_action is None
