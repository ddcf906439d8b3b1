"""Who hears of what under the bell, and that no message ever says who sent a denunciation or what it says."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.clock import frozen
from app.core.db import unit_of_work
from app.core.text import fold
from complaints.models.cases import Case
from complaints.models.petitions import Petition
from complaints.services.assignment import assign, hand_back
from complaints.services.identity import Sender
from complaints.services.opening import grant_identity
from complaints.services.perform import approve, perform, propose, send_back
from notifications import rules
from notifications.models import Notice, OutboundMessage
from notifications.rules import MAILED, Kind
from notifications.sweep import run_sweep
from notifications.words import title
from tests.conftest import TODAY
from tests.factories import World, build_petition
from tests.notifications.builders import assigned_case, case_of


def heard(session: Session, world: World) -> set[tuple[str, str]]:
    """Return (user name, kind) of every notice."""
    people = {person.id: name for name, person in world.people.items()}
    return {(people[notice.person_id], notice.kind) for notice in session.scalars(select(Notice))}


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (rules.of_assignment(7, (1, 2), 3), {7: Kind.ASSIGNED}),
        (rules.of_assignment(7, (1, 2), 7), {}),
        (rules.of_assignment(None, (1, 2), 2), {1: Kind.TO_ASSIGN}),
        (rules.of_hand_back((1, 2), (9,), 2), {1: Kind.HANDED_BACK}),
        (rules.of_hand_back((), (9,), 2), {9: Kind.HANDED_BACK}),
        (rules.of_hand_back((2,), (9,), 2), {9: Kind.HANDED_BACK}),
        (rules.of_proposal([1, 2, 3], 2), {1: Kind.PROPOSAL, 3: Kind.PROPOSAL}),
        (rules.of_move(5, None, 9), {5: Kind.MOVED}),
        (rules.of_move(9, None, 9), {}),
        (rules.of_move(5, 5, 9), {5: Kind.APPROVED}),
        (rules.of_move(None, 4, 4), {}),
    ],
)
def test_the_rules(told: dict[int, Kind], expected: dict[int, Kind]) -> None:
    """Nobody is told of what they did themselves; the nearest who must act is."""
    assert told == expected


def test_an_assignment_is_told_to_the_handler_or_else_to_the_head(world: World, session: Session) -> None:
    """With a mail to each."""
    case = assigned_case(world)
    assert heard(session, world) == {("thuly.lb", "assigned")}
    with unit_of_work():
        assign(case, unit_id=world.unit("LB-KT").id, handler_id=None, actor=world.principal("chutich.lb"))
    assert heard(session, world) == {("thuly.lb", "assigned"), ("truongphong.lb", "to_assign")}
    mails = session.scalars(select(OutboundMessage)).all()
    assert {mail.address for mail in mails} == {"thuly.lb@example.vn", "truongphong.lb@example.vn"}


def test_a_case_handed_back_is_told_to_the_head(world: World, session: Session) -> None:
    """The head assigns it again."""
    case = assigned_case(world)
    with unit_of_work():
        hand_back(case, actor=world.principal("thuly.lb"), reason="Có quan hệ họ hàng với người khiếu nại.")
    assert ("truongphong.lb", "handed_back") in heard(session, world)
    [notice] = session.scalars(select(Notice).where(Notice.kind == "handed_back"))
    assert notice.facts == {"number": "VV-1/2026/LB"}


def prepared(world: World) -> Petition:
    """Prepare the guidance of a complaint that is not ours, for the chair to approve."""
    petition = build_petition(world, kind="complaint", respondent_level="department_director")
    with unit_of_work():
        propose(petition, "guide", actor=world.principal("donthu.lb"),
                data={"on": TODAY, "to_body": "Giám đốc Sở Xây dựng", "words": "Gửi đến nơi có thẩm quyền."})  # fmt: skip
    return petition


def test_a_proposal_goes_to_whoever_may_approve_it_and_the_answer_back(
    world: World, session: Session
) -> None:
    """The chair hears that it waits, the officer that it was approved: the step is named, its words are not."""
    petition = prepared(world)
    assert heard(session, world) == {("chutich.lb", "proposal")}
    [waiting] = session.scalars(select(Notice))
    assert title(waiting.kind, waiting.facts) == f"Hồ sơ {petition.number} chờ bạn duyệt: Hướng dẫn."
    with unit_of_work():
        approve(petition, actor=world.principal("chutich.lb"))
    assert heard(session, world) == {("chutich.lb", "proposal"), ("donthu.lb", "approved")}
    assert [mail.kind for mail in session.scalars(select(OutboundMessage))] == ["proposal"]
    assert Kind.APPROVED not in MAILED


def test_a_proposal_sent_back_is_told_to_whoever_prepared_it(world: World, session: Session) -> None:
    """The reason stands on the page, not in the message."""
    petition = prepared(world)
    with unit_of_work():
        send_back(petition, actor=world.principal("chutich.lb"), reason="Chưa rõ cơ quan có thẩm quyền.")
    assert ("donthu.lb", "sent_back") in heard(session, world)
    assert all("thẩm quyền" not in mail.body for mail in session.scalars(select(OutboundMessage)))


def test_a_step_by_somebody_else_is_told_to_the_handler(world: World, session: Session) -> None:
    """What the chair does on my case I hear; what I do myself I know."""
    case = assigned_case(world)
    with unit_of_work():
        perform(
            case,
            "accept",
            actor=world.principal("chutich.lb"),
            data={"on": TODAY, "document_no": "12/TB-UBND", "contested": "act"},
        )
    assert ("thuly.lb", "moved") in heard(session, world)
    [notice] = session.scalars(select(Notice).where(Notice.kind == "moved"))
    assert notice.target == f"/cases/{case.id}"
    assert notice.facts["step_vi"]
    before = len(session.scalars(select(Notice)).all())
    with unit_of_work():
        perform(
            case,
            "verify",
            actor=world.principal("chutich.lb"),
            data={"on": TODAY, "document_no": "13/QĐ-UBND"},
        )
        perform(
            case,
            "request_information",
            actor=world.principal("thuly.lb"),
            data={"on": TODAY, "to_body": "Sở Xây dựng", "words": "Hồ sơ địa chính"},
        )
    assert len(session.scalars(select(Notice)).all()) == before + 1


def test_whoever_is_let_into_a_sealed_identity_hears_until_when(world: World, session: Session) -> None:
    """Neither whose it is nor why."""
    petition = build_petition(
        world, kind="denunciation", respondent_level="commune_officer", field="construction"
    )
    assert petition.sealed_identity is not None
    case_of(world, petition)
    with unit_of_work():
        grant_identity(petition, actor=world.principal("chutich.lb"),
                       person_id=world.person("thuly.lb").id, days=3, purpose="meeting",
                       reason="Làm việc với người tố cáo.")  # fmt: skip
    [notice] = session.scalars(select(Notice).where(Notice.kind == "identity"))
    assert notice.person_id == world.person("thuly.lb").id
    assert title(notice.kind, notice.facts) == (
        f"Bạn được phép xem thông tin niêm phong của đơn {petition.number} đến hết ngày 19/11/2026."
    )


def test_no_message_holds_a_protected_word(world: World, session: Session) -> None:
    """Neither the denouncer, nor the denounced, nor a word of the summary, in any notice or mail of a whole way."""
    secrets = {
        "name": "Quách Tường Vi", "number": "001299887766", "phone": "0987001122", "street": "Ngách 77 Cây Trám",
        "respondent": "Kiều Bá Lưỡng", "summary": "nhận hối lộ bốn mươi triệu", "words": "theo lời kể riêng",
    }  # fmt: skip
    petition = build_petition(
        world,
        kind="denunciation",
        respondent_level="commune_officer",
        field="construction",
        senders=(Sender(secrets["name"], secrets["number"], secrets["phone"], secrets["street"]),),
        respondent=secrets["respondent"],
        summary=f"Tố cáo cán bộ {secrets['summary']}.",
    )
    case: Case = case_of(world, petition)
    chair = world.principal("chutich.lb")
    with unit_of_work():
        perform(
            case, "accept", actor=chair, data={"on": TODAY, "document_no": "1", "words": secrets["words"]}
        )
        assign(case, unit_id=world.unit("LB-KT").id, handler_id=world.person("thuly.lb").id, actor=chair,
               note=secrets["words"])  # fmt: skip
    with frozen(TODAY + timedelta(days=60)):
        run_sweep()
    notices = session.scalars(select(Notice)).all()
    mails = session.scalars(select(OutboundMessage)).all()
    assert {notice.kind for notice in notices} >= {"alerts", "assigned"}
    said = " ".join(f"{notice.facts} {notice.target} {notice.dedupe_key}" for notice in notices)
    said += " ".join(f"{m.subject} {m.body} {m.html} {m.facts} {m.dedupe_key} {m.message_id}" for m in mails)
    for what, secret in secrets.items():
        assert fold(secret) not in fold(said), what
