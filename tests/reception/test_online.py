"""Online sessions: their lead times counted, the steps on the database, and the whole way through the pages."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.core.clock import at_local, frozen
from app.core.db import db, unit_of_work
from app.core.errors import Conflict, Invalid, NotAllowed
from reception.models import OnlineSession, OnlineSessionEntry
from reception.services.online import NewSession, facts_of_session, move_session, propose_session
from tests.factories import World

LoginAs = Callable[..., FlaskClient]
D = date
SHA = "a" * 64


def proposed(world: World, **changes: Any) -> OnlineSession:
    values: dict[str, Any] = {
        "unit_id": world.unit("LB").id, "kind": "complaint", "summary": "Bồi thường đất, nhiều sở cùng tham gia",
        "people_count": 3, "points": ("UBND phường Bồ Đề", " "), "protection_requested": False,
    }  # fmt: skip
    with unit_of_work():
        return propose_session(NewSession(**{**values, **changes}), actor=world.principal("tiepdan.lb"))


def move(session: OnlineSession, action: str, world: World, by: str = "tiepdan.lb", **data: Any) -> None:
    with unit_of_work():
        move_session(session, action, actor=world.principal(by), data=data)


def scheduled(world: World) -> OnlineSession:
    session = proposed(world)
    move(
        session,
        "schedule",
        world,
        "chutich.lb",
        ground="complex",
        starts_on="01/12/2026",
        starts_time="08:30",
    )
    return session


def test_the_lead_times_are_counted_back_from_the_hour_of_the_session(world: World) -> None:
    facts = facts_of_session(scheduled(world))
    # Tue 1/12, back: Mon 30 (1), Fri 27 (2), Thu 26 (3), Wed 25 (4), [Tue 24 holiday], Mon 23 (5).
    assert facts.latest_notice_on == D(2026, 11, 23) and facts.latest_test_on == D(2026, 11, 30)
    assert facts.connect_by == at_local(D(2026, 12, 1), datetime(2026, 1, 1, 7, 30).time())  # noqa: DTZ001


def test_a_session_goes_from_its_proposal_to_the_archive(world: World) -> None:
    session = scheduled(world)
    with frozen(D(2026, 11, 23)):
        move(session, "notify", world, on="23/11/2026", document_no="12/TB")
    with frozen(D(2026, 11, 30)):
        move(session, "test", world, on="30/11/2026")
    with frozen(datetime(2026, 12, 1, 0, 29, tzinfo=UTC)):  # 07:29 in Hanoi
        move(session, "connect", world)
        move(session, "identify", world, everyone="y")
        move(session, "begin", world, recording="y")
        move(session, "end", world, words="Đã giải thích, hẹn trả lời bằng văn bản.")
        move(session, "archive", world, place="Máy chủ của UBND phường", sha256=SHA.upper(), retention="5 năm",
             authenticated="Chánh Văn phòng ký số ngày 01/12/2026")  # fmt: skip
    assert (session.state, session.recording_sha256, session.points) == (
        "archived",
        SHA,
        ["UBND phường Bồ Đề"],
    )
    acts = [line.act for line in session.entries]
    assert acts == ["propose", "schedule", "notify", "test", "connect", "identify", "begin", "end", "archive"]


def test_a_missed_lead_time_asks_for_another_day_and_the_steps_are_done_again(world: World) -> None:
    session = scheduled(world)
    with frozen(D(2026, 11, 24)), pytest.raises(NotAllowed, match="chậm nhất 23/11/2026"):
        move(session, "notify", world, on="24/11/2026")
    with frozen(D(2026, 11, 23)):
        move(session, "notify", world, on="23/11/2026")
        move(
            session,
            "reschedule",
            world,
            "chutich.lb",
            starts_on="10/12/2026",
            starts_time="14h00",
            words="Mất điện",
        )
    assert (session.state, session.notified_on) == ("scheduled", None)


def test_a_day_that_leaves_no_time_for_the_notice_is_refused_beside_its_field(world: World) -> None:
    session = proposed(world)
    with pytest.raises(Invalid) as refused:
        move(
            session,
            "schedule",
            world,
            "chutich.lb",
            ground="complex",
            starts_on="20/11/2026",
            starts_time="8:30",
        )
    assert refused.value.field == "starts_on" and "13/11/2026" in str(refused.value)
    with pytest.raises(Invalid) as refused:
        move(
            session,
            "schedule",
            world,
            "chutich.lb",
            ground="complex",
            starts_on="01/12/2026",
            starts_time="sáng",
        )
    assert refused.value.field == "starts_time"
    assert session.state == "proposed"


def test_only_the_head_decides_and_a_stale_form_is_refused(world: World) -> None:
    session = proposed(world)
    with pytest.raises(NotAllowed):
        move(
            session,
            "schedule",
            world,
            "tiepdan.lb",
            ground="complex",
            starts_on="01/12/2026",
            starts_time="8:30",
        )
    with pytest.raises(Conflict), unit_of_work():
        move_session(
            session, "to_in_person", actor=world.principal("chutich.lb"), data={"words": "x"}, version=9
        )
    with pytest.raises(Conflict):
        move(session, "archive", world)


def test_the_same_form_sent_twice_is_one_session(world: World) -> None:
    first, second = (proposed(world, submission_key="a-key-of-a-form") for _ in range(2))
    assert first.id == second.id


@pytest.mark.parametrize("changes, field", [
    ({"kind": "x"}, "kind"), ({"summary": " "}, "summary"), ({"people_count": 0}, "people_count"),
    ({"points": ("", " ")}, "points"),
])  # fmt: skip
def test_what_is_missing_is_said_beside_its_field(world: World, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        proposed(world, **changes)
    assert refused.value.field == field
    assert db.session.scalars(select(OnlineSession)).all() == []


def test_the_database_refuses_to_rewrite_the_history_of_a_session(world: World) -> None:
    proposed(world)
    line = db.session.scalars(select(OnlineSessionEntry)).one()
    with pytest.raises(DBAPIError), db.session.begin_nested():
        db.session.execute(
            text("UPDATE online_session_entries SET act = 'x' WHERE id = :id"), {"id": line.id}
        )


def test_the_pages_lead_from_the_proposal_to_the_decision_and_keep_what_was_typed(
    world: World, login_as: LoginAs
) -> None:
    client = login_as(world.person("tiepdan.lb"))
    typed = {
        "unit_id": world.unit("LB").id,
        "kind": "complaint",
        "summary": "Vụ việc kéo dài",
        "people_count": "2",
    }
    refused = client.post("/online/new", data=typed)
    assert (
        refused.status_code == 422
        and "ít nhất một điểm cầu" in refused.text
        and "Vụ việc kéo dài" in refused.text
    )
    made = client.post("/online/new", data={**typed, "points": "UBND phường Bồ Đề"}, follow_redirects=True)
    assert (
        "Đã trình người đứng đầu quyết định" in made.text
        and "Buổi tiếp này không chờ bạn làm gì" in made.text
    )
    session = db.session.scalars(select(OnlineSession)).one()
    client.post("/sign-out")
    head = login_as(world.person("chutich.lb"))
    step = f"/online/{session.id}/do/schedule"
    assert head.get(step).status_code == 200
    data = {"ground": "complex", "starts_on": "17/11/2026", "starts_time": "08:30", "version": "1"}
    refused = head.post(step, data=data)
    assert refused.status_code == 422 and "quá gần" in refused.text and "08:30" in refused.text
    decided = head.post(step, data={**data, "starts_on": "01/12/2026"}, follow_redirects=True)
    assert (
        "23/11/2026" in decided.text and "30/11/2026" in decided.text and "01/12/2026 07:30" in decided.text
    )
    assert "Vụ việc kéo dài" in head.get("/online").text


def test_another_body_sees_no_session_and_an_unknown_step_is_not_found(
    world: World, login_as: LoginAs
) -> None:
    session = proposed(world)
    other = login_as(world.person("tiepdan.bd"))
    assert other.get(f"/online/{session.id}").status_code == 404
    assert "Bồi thường" not in other.get("/online").text
    other.post("/sign-out")
    desk = login_as(world.person("tiepdan.lb"))
    assert desk.post(f"/online/{session.id}/do/no-such-step").status_code == 404
    assert desk.get(f"/online/{session.id}/do/schedule").status_code == 404  # the head's


def test_a_step_marks_what_is_required_and_speaks_the_readers_language(
    world: World, client: FlaskClient, login_as: LoginAs
) -> None:
    number = proposed(world).id
    login_as(world.person("chutich.lb"))
    page = client.get(f"/online/{number}/do/schedule").get_data(as_text=True)
    assert page.count("(bắt buộc)") == 3  # the ground, the day, the hour
    assert "Chọn căn cứ của Điều 20" in page
    with client.session_transaction() as kept:
        kept["locale"] = "en"
    page = client.get(f"/online/{number}/do/schedule").get_data(as_text=True)
    assert "Choose the ground in Article 20" in page
    assert "Such as 08:30." in page
    late = {"ground": "denunciation", "starts_on": "01/12/2026", "starts_time": "08:30"}
    refused = client.post(f"/online/{number}/do/schedule", data=late)
    assert "This ground is for denunciations only" in refused.get_data(as_text=True)
