"""Feedback on regulations from the desk to its publication; what is stored is kept a year, then destroyed by the head."""

from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from app.core.clock import frozen
from app.core.db import db, unit_of_work
from app.core.errors import NotAllowed
from app.files.models import StoredFile
from app.files.services import store_upload
from complaints.models.clocks import Clock
from complaints.models.petitions import Petition
from complaints.services.expiry import act_on_ended_clocks
from complaints.services.perform import approve, perform, propose
from complaints.services.registration import Paper
from notifications.sweep import run_sweep
from tests.factories import World, build_petition

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
LoginAs = Callable[..., FlaskClient]


def act(petition_or_case: Any, action: str, world: World, by: str, **data: Any) -> None:
    with unit_of_work():
        perform(petition_or_case, action, actor=world.principal(by), data={"on": "16/11/2026", **data})


def clocks_of(petition: Petition) -> dict[str, Clock]:
    rows = db.session.execute(select(Clock).where(Clock.petition_id == petition.id)).scalars()
    return {clock.code: clock for clock in rows}


def test_feedback_for_another_body_must_go_within_five_working_days_of_receipt(world: World) -> None:
    petition = build_petition(world, kind="admin_feedback", received_on=date(2026, 11, 12))
    transfer = clocks_of(petition)["FB_TRANSFER"]
    # Thu 12/11: Fri 13, Mon 16, Tue 17, Wed 18, Thu 19.
    assert (transfer.state, transfer.due_on) == ("running", date(2026, 11, 19))
    act(petition, "transfer", world, "chutich.lb", to_body="Sở Tư pháp", words="Quy định của thành phố")
    assert petition.state == "transferred" and clocks_of(petition)["FB_TRANSFER"].state == "met"


def test_feedback_on_our_own_regulation_is_handled_and_its_result_made_known(world: World) -> None:
    petition = build_petition(world, kind="admin_feedback")
    act(petition, "open_case", world, "donthu.lb")
    case = petition.case
    assert case is not None and (case.kind, case.state) == ("admin_feedback", "fb_handling")
    assert clocks_of(petition)["FB_TRANSFER"].state == "cancelled"
    act(case, "test", world, "chutich.lb", criteria=["necessity"], words="Thành phần hồ sơ không cần thiết")
    act(
        case, "publish_result", world, "chutich.lb", outcome="amend", forms=["website", "letter"], words="Sửa"
    )
    assert (case.state, case.outcome, case.is_open) == ("fb_published", "amend", False)
    assert case.published_on == case.decided_on == date(2026, 11, 16)


def test_feedback_on_conduct_goes_to_whoever_handles_conduct(world: World) -> None:
    petition = build_petition(world, kind="admin_feedback")
    act(petition, "transfer_conduct", world, "chutich.lb", to_body="UBND phường Bồ Đề", words="Chậm trễ")
    assert petition.state == "transferred" and clocks_of(petition)["FB_TRANSFER"].state == "met"


def test_feedback_that_is_a_complaint_returns_to_the_desk_with_its_day_of_receipt(world: World) -> None:
    petition = build_petition(world, kind="admin_feedback", received_on=date(2026, 11, 12))
    act(petition, "open_case", world, "donthu.lb")
    act(petition.case, "reclassify", world, "chutich.lb", kind="complaint", words="Khiếu nại quyết định")
    accept = clocks_of(petition)["KN_ACCEPT"]
    assert petition.state == "classified" and accept.started_on == date(2026, 11, 12)


@pytest.mark.parametrize("ground, kind, row", [
    ("illegible", "complaint", "X3"), ("guided_before", "complaint", "X6"), ("guided_before", "denunciation", "X11"),
    ("sent_to_right_body", "denunciation", "X11"), ("anonymous", "denunciation", "X12"),
    ("feedback_form", "admin_feedback", "X3"),
])  # fmt: skip
def test_history_says_by_which_row_a_petition_was_stored(
    world: World, ground: str, kind: str, row: str
) -> None:
    petition = build_petition(world, kind=kind)
    with unit_of_work():
        line = perform(petition, "store", actor=world.principal("chutich.lb"),
                       data={"on": "16/11/2026", "ground": ground, "words": "Lý do"})  # fmt: skip
    assert line.transition == row and petition.state == "stored"


def test_what_is_stored_is_kept_a_year_and_then_destroyed_by_the_head_with_its_files(world: World) -> None:
    with unit_of_work():
        upload = FileStorage(BytesIO(PDF), filename="don.pdf")
        stored = store_upload(upload, actor=world.principal("donthu.lb"), sealed=False)
    petition = build_petition(world, kind="complaint", papers=(Paper("Đơn", 1, False, stored),))
    act(petition, "store", world, "chutich.lb", ground="illegible", words="Rách nát")
    kept = clocks_of(petition)["PETITION_RETENTION"]
    assert (
        kept.due_on == date(2027, 11, 16) and not petition.is_open and not petition.is_late(date(2028, 1, 1))
    )
    with frozen(date(2027, 11, 16)), pytest.raises(NotAllowed, match="16/11/2027"):
        act(petition, "destroy", world, "chutich.lb", on="16/11/2027", words="Đủ một năm")
    with frozen(date(2027, 11, 17)):
        with unit_of_work():
            propose(petition, "destroy", actor=world.principal("donthu.lb"),
                    data={"on": "17/11/2027", "words": "Đã lưu đủ một năm"})  # fmt: skip
        with unit_of_work():
            approve(petition, actor=world.principal("chutich.lb"))
    assert petition.state == "destroyed" and not petition.is_open
    assert db.session.execute(select(StoredFile)).scalars().all() == []
    assert [paper.title for paper in petition.attachments] == [
        "Đơn"
    ]  # the register still says what there was
    ended = clocks_of(petition)["PETITION_RETENTION"]
    assert (ended.state, ended.late) == ("met", False)


def test_the_head_learns_once_that_a_year_is_over_and_nobody_is_late(world: World) -> None:
    petition = build_petition(world, kind="complaint")
    act(petition, "store", world, "chutich.lb", ground="illegible", words="Rách nát")
    with frozen(date(2027, 11, 16)):
        assert run_sweep(date(2027, 11, 16)).raised == 1
        assert run_sweep(date(2027, 11, 16)).raised == 0
    with frozen(date(2028, 3, 1)):
        assert run_sweep(date(2028, 3, 1)).raised == 0
        with unit_of_work():
            assert act_on_ended_clocks() == 0


def test_original_papers_go_back_with_the_letter(world: World, login_as: LoginAs) -> None:
    petition = build_petition(world, kind="complaint", papers=(Paper("Sổ đỏ", 4, True),))
    client = login_as(world.person("chutich.lb"))
    data = {
        "on": "16/11/2026",
        "to_body": "Sở Xây dựng",
        "words": "Thuộc thẩm quyền Sở",
        "version": str(petition.version),
    }
    answer = client.post(f"/petitions/{petition.id}/do/guide", data=data)
    assert answer.status_code == 422 and "Đã trả lại giấy tờ gốc" in answer.text
    assert "Thuộc thẩm quyền Sở" in answer.text  # what was typed stays
    answer = client.post(f"/petitions/{petition.id}/do/guide", data={**data, "originals_returned": "y"})
    assert answer.status_code == 302
    db.session.refresh(petition)
    assert petition.state == "guided"
