"""Extracts of a denunciation: made by one, confirmed by another, released; never with a name in them."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.core.audit import AuditEntry
from app.core.db import unit_of_work
from app.core.errors import Conflict, Invalid, NotAllowed, NotFound
from app.organisation.models import Person
from complaints.models.extracts import Extract, LeakMarks
from complaints.models.petitions import Petition
from complaints.services.assignment import assign
from complaints.services.extracts import (
    confirm_extract,
    first_text,
    release_extract,
    released_of,
    save_extract,
    versions_of,
)
from complaints.services.identity import Sender, mark_sealed_before, open_identity, opened_senders
from complaints.services.notes import add_note
from complaints.services.perform import perform
from tests.conftest import as_owner
from tests.factories import World, build_petition

NAME, PHONE = "Đặng Thị Bích Hoà", "0912345678"
WHO = Sender(NAME, "001190012347", PHONE, "Số 12 ngõ 34 Hàng Bột")
TEXT = "Người tố cáo cho rằng cán bộ địa chính thu tiền sai quy định."


@pytest.fixture
def petition(world: World) -> Petition:
    """A denunciation with a case, given to the handler."""
    made = build_petition(world, kind="denunciation", respondent_level="commune_officer", field="construction",
                          senders=(WHO,))  # fmt: skip
    head = world.principal("chutich.lb")
    with unit_of_work():
        perform(made, "open_case", actor=world.principal("donthu.lb"), data={"on": "16/11/2026"})
        assert made.case is not None
        perform(made.case, "accept", actor=head, data={"on": "16/11/2026", "document_no": "1"})
        assign(made.case, unit_id=world.unit("LB-KT").id, handler_id=world.person("thuly.lb").id, actor=head)
    return made


def test_two_people_stand_for_an_extract_before_anybody_else_reads_it(
    world: World, petition: Petition
) -> None:
    maker, head = world.principal("donthu.lb"), world.principal("chutich.lb")
    made = save_extract(petition, TEXT, actor=maker, number=0)
    assert (made.number, made.state, released_of([petition])) == (1, "draft", {})
    with pytest.raises(NotAllowed):
        confirm_extract(petition, actor=maker, number=1)
    with pytest.raises(Conflict):
        release_extract(petition, actor=maker, number=1)
    assert confirm_extract(petition, actor=head, number=1).state == "confirmed"
    assert released_of([petition]) == {}
    assert release_extract(petition, actor=maker, number=1).state == "released"
    assert released_of([petition])[petition.id].text == TEXT


def test_a_new_version_needs_two_people_again_and_the_released_one_stays_until_then(
    world: World, petition: Petition
) -> None:
    maker, head = world.principal("donthu.lb"), world.principal("chutich.lb")
    save_extract(petition, TEXT, actor=maker, number=0)
    confirm_extract(petition, actor=head, number=1)
    with pytest.raises(Conflict):
        save_extract(petition, TEXT + " Thêm.", actor=head, number=0)
    with pytest.raises(Invalid):
        save_extract(petition, TEXT, actor=head, number=1)
    release_extract(petition, actor=head, number=1)
    save_extract(petition, TEXT + " Thêm.", actor=head, number=1)
    assert released_of([petition])[petition.id].number == 1
    with pytest.raises(Conflict):
        confirm_extract(petition, actor=maker, number=1)
    confirm_extract(petition, actor=maker, number=2)
    release_extract(petition, actor=maker, number=2)
    assert released_of([petition])[petition.id].number == 2
    assert [line.state for line in versions_of(petition)] == ["released", "released"]


@pytest.mark.parametrize(
    "leak", [NAME, "dang thi bich hoa", "bà Hoà", "0912 345 678", "0011 9001 2347", "12 ngõ 34, Hàng Bột"]
)
def test_an_extract_that_names_the_denouncer_is_refused_without_repeating_it(
    world: World, petition: Petition, leak: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        save_extract(petition, f"{TEXT}\nTheo {leak} nói.", actor=world.principal("donthu.lb"), number=0)
    assert refusal.value.field == "text"
    assert "dòng 2" in refusal.value.message
    assert leak not in refusal.value.message
    assert versions_of(petition) == []


@pytest.mark.parametrize("text", ["", "   \n", "ngắn", "a" * 20_001])
def test_an_extract_says_something_and_not_too_much(world: World, petition: Petition, text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        save_extract(petition, text, actor=world.principal("donthu.lb"), number=0)
    assert refusal.value.field == "text"


def test_only_who_is_let_in_makes_or_confirms_one(world: World, petition: Petition) -> None:
    for username in ("thuly.lb", "truongphong.lb", "thanhtra", "chutich.bd", "quantri"):
        actor = world.principal(username)
        for act in (
            lambda: save_extract(petition, TEXT, actor=actor, number=0),  # noqa: B023
            lambda: confirm_extract(petition, actor=actor, number=1),  # noqa: B023
            lambda: release_extract(petition, actor=actor, number=1),  # noqa: B023
        ):
            with pytest.raises(NotFound):
                act()


def test_the_editor_begins_with_the_words_masked(world: World, petition: Petition, session: Session) -> None:
    petition.summary = f"{NAME} ở số 12 ngõ 34 Hàng Bột, gọi {PHONE}, tố cáo thu tiền."
    begin = first_text(petition, versions_of(petition))
    assert begin.startswith("[người tố cáo] ở số [đã che], gọi [đã che], tố cáo thu tiền.")
    save_extract(petition, TEXT, actor=world.principal("donthu.lb"), number=0)
    assert first_text(petition, versions_of(petition)) == TEXT


def test_the_database_keeps_every_version_as_it_was(
    world: World, petition: Petition, session: Session
) -> None:
    made = save_extract(petition, TEXT, actor=world.principal("donthu.lb"), number=0)
    made.text = "khác"
    with pytest.raises(DBAPIError, match="permission denied"), session.begin_nested():
        session.flush()


def test_marks_say_nothing_without_the_key(petition: Petition, session: Session) -> None:
    marks = session.scalars(select(LeakMarks)).one()
    assert all(len(h) == 32 for h in marks.hashes)
    assert len(marks.ciphertext) > 32


def test_who_was_sealed_before_there_were_marks_gets_them_at_an_opening(
    world: World, petition: Petition, session: Session
) -> None:
    clerk = world.principal("donthu.lb")
    with as_owner(session):
        session.execute(delete(LeakMarks))
    add_note(petition, f"Hỏi {NAME}", actor=clerk)
    with unit_of_work():
        opening = open_identity(petition, actor=clerk, purpose="check", reason="Xác minh danh tính")
    with unit_of_work():
        opened_senders(opening)
    with pytest.raises(Invalid):
        add_note(petition, f"Hỏi {NAME}", actor=clerk)


def test_who_was_sealed_before_there_were_marks_gets_them_when_the_owner_upgrades(
    world: World, petition: Petition, session: Session
) -> None:
    with as_owner(session):
        session.execute(delete(LeakMarks))
        assert (mark_sealed_before(), mark_sealed_before()) == (1, 0)
    with pytest.raises(Invalid):
        add_note(petition, f"Hỏi {NAME}", actor=world.principal("donthu.lb"))
    with pytest.raises(DBAPIError, match="permission denied"), session.begin_nested():
        session.execute(delete(LeakMarks))


def test_steps_and_notes_of_a_denunciation_that_name_the_denouncer_are_refused(
    world: World, petition: Petition, session: Session
) -> None:
    head, case = world.principal("chutich.lb"), petition.case
    assert case is not None
    with pytest.raises(Invalid) as refusal:
        add_note(case, f"Gặp {NAME.upper()} chiều nay", actor=world.principal("thuly.lb"))
    assert refusal.value.field == "text" and NAME not in refusal.value.message.upper()
    letter = build_petition(world, kind="denunciation", senders=(WHO,), respondent_level="commune_officer")
    letter.in_jurisdiction = False
    session.flush()
    stays = (letter.state, letter.version)
    with pytest.raises(Invalid) as refusal:
        perform(letter, "transfer", actor=head,
                data={"on": "16/11/2026", "to_body": "Sở Xây dựng", "words": f"Đơn của bà {NAME.lower()}."})  # fmt: skip
    assert (refusal.value.field, letter.state, letter.version) == ("words", *stays)
    before = (case.state, case.version)
    with pytest.raises(Invalid) as refusal:
        assign(case, unit_id=world.unit("LB-KT").id, handler_id=world.person("thuly.lb").id, actor=head,
               note="Gặp bà Hoà trước")  # fmt: skip
    assert refusal.value.field == "note"
    assert (case.state, case.version) == before


def test_pages_show_the_released_extract_to_the_handler_and_the_editor_only_to_who_is_let_in(
    world: World,
    petition: Petition,
    client: FlaskClient,
    login_as: Callable[[Person], FlaskClient],
    session: Session,
) -> None:
    maker, head = world.principal("donthu.lb"), world.principal("chutich.lb")
    with unit_of_work():
        save_extract(petition, TEXT, actor=maker, number=0)
    handler = login_as(world.person("thuly.lb"))
    pages = (f"/cases/{petition.case_id}", f"/petitions/{petition.id}")
    for page in pages:
        assert TEXT not in handler.get(page).text
    with unit_of_work():
        confirm_extract(petition, actor=head, number=1)
        release_extract(petition, actor=head, number=1)
    for page in pages:
        shown = handler.get(page).text
        assert TEXT in shown
        assert "/extract" not in shown
    assert handler.get(f"/petitions/{petition.id}/extract").status_code == 404
    handler.post("/sign-out")
    let_in = login_as(world.person("donthu.lb"))
    assert let_in.get(f"/petitions/{petition.id}/extract").status_code == 200
    kept = session.scalars(select(AuditEntry.action).where(AuditEntry.action.like("extract.%"))).all()
    assert set(kept) >= {"extract.saved", "extract.confirmed", "extract.released", "extract.opened"}


def test_what_was_typed_stays_beside_the_refusal(
    world: World, petition: Petition, login_as: Callable[[Person], FlaskClient], session: Session
) -> None:
    client = login_as(world.person("donthu.lb"))
    answer = client.post(
        f"/petitions/{petition.id}/extract", data={"text": f"{TEXT} Do {NAME} viết.", "version": "0"}
    )
    assert answer.status_code == 422
    assert "làm lộ người tố cáo" in answer.text and "Do Đặng" in answer.text
    assert session.scalars(select(Extract)).all() == []
    for form in ({}, {"version": "x"}, {"text": "a" * 30, "version": "7"}):
        assert client.post(f"/petitions/{petition.id}/extract", data=form).status_code == 422
    for act in ("confirm", "release"):
        assert (
            client.post(f"/petitions/{petition.id}/extract/{act}", data={"version": "1"}).status_code == 422
        )
