"""Who may know nothing of a file: the denounced, their unit, and whoever has declared a conflict of interest (I12)."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.core.clock import frozen, today
from app.core.db import db, unit_of_work
from app.core.errors import Conflict, Invalid, NotAllowed
from app.core.permissions import Permission, Role
from app.organisation.models import Membership
from complaints.access import may_act, visible_cases, visible_petitions
from complaints.models.cases import Case
from complaints.models.conflicts import Conflict as Row
from complaints.models.history import HistoryEntry
from complaints.models.petitions import Petition
from complaints.queries import supervision, worklists
from complaints.queries.worklists import WorkFilter
from complaints.services import conflicts
from complaints.services.assignment import assign
from complaints.services.escalation import preview_alerts
from complaints.services.identity import may_open_identity
from complaints.services.opening import grant_identity
from complaints.services.perform import perform
from notifications.models import Notice
from tests.complaints.test_complaint_second import decided, first_case, open_second, second_petition
from tests.conftest import PASSWORD, as_owner
from tests.factories import World, build_person, build_petition


def build_denunciation(world: World, *, assigned: bool = True) -> Case:
    """A denunciation of Long Biên with its case, accepted, at the division and its handler."""
    petition = build_petition(
        world, kind="denunciation", respondent_level="commune_officer", field="construction"
    )
    with unit_of_work():
        perform(petition, "open_case", actor=world.principal("donthu.lb"), data={"on": "16/11/2026"})
        case = petition.case
        assert case is not None
        chair = world.principal("chutich.lb")
        perform(case, "accept", actor=chair, data={"on": "16/11/2026", "document_no": "1"})
        if assigned:
            assign(case, unit_id=world.unit("LB-KT").id, handler_id=world.person("thuly.lb").id, actor=chair)
    return case


def seen_by(session: Session, world: World, username: str) -> tuple[set[int], set[int]]:
    """Return the ids of the petitions and cases that somebody may see."""
    who = world.principal(username)
    return (
        set(session.scalars(select(Petition.id).where(visible_petitions(who)))),
        set(session.scalars(select(Case.id).where(visible_cases(who)))),
    )


def declare(case: Any, world: World, username: str, **more: str) -> None:
    """Declare a conflict of interest of somebody's own."""
    with unit_of_work():
        conflicts.declare(case, reason="Là anh ruột của một bên", actor=world.principal(username), **more)


def test_whoever_declares_a_conflict_sees_the_case_and_its_petition_nowhere(
    world: World, session: Session
) -> None:
    """Pages, lists, counts and supervision; the others go on."""
    case = build_denunciation(world)
    declare(case, world, "truongphong.lb")
    assert seen_by(session, world, "truongphong.lb") == (set(), set())
    assert seen_by(session, world, "chutich.lb")[1] == {case.id}
    head = world.principal("truongphong.lb")
    for permission in Permission:
        assert not may_act(head, permission, case), permission
    seen = worklists.reached(head, Permission.CASE_VIEW)
    assert not worklists.worklist(WorkFilter(), seen).items
    assert worklists.case_counts(seen).total == 0
    watched = worklists.reached(head, Permission.SUPERVISION_VIEW)
    assert not supervision.by_officer(watched, today(), today())
    assert not supervision.by_unit(watched, today(), today())


def test_a_handler_in_conflict_gives_the_case_back_to_the_head(world: World, session: Session) -> None:
    """Nobody else has to notice: the case has no handler any more, and the head is told."""
    case = build_denunciation(world)
    declare(case, world, "thuly.lb")
    assert case.handler_id is None
    assert seen_by(session, world, "thuly.lb") == (set(), set())
    notices = session.scalars(select(Notice).where(Notice.kind == "handed_back")).all()
    assert {n.person_id for n in notices} == {world.person("truongphong.lb").id}


def test_assigning_somebody_in_conflict_is_refused_with_the_reason(world: World, session: Session) -> None:
    """The reason stands beside the field."""
    case = build_denunciation(world)
    declare(case, world, "thuly.lb")
    with pytest.raises(Invalid, match="xung đột lợi ích") as refused, unit_of_work():
        assign(case, unit_id=world.unit("LB-KT").id, handler_id=world.person("thuly.lb").id,
               actor=world.principal("chutich.lb"))  # fmt: skip
    assert refused.value.field == "handler_id"


def test_the_denounced_and_their_unit_know_nothing_and_get_nothing(world: World, session: Session) -> None:
    """The division is closed, the body that resolves is not."""
    case = build_denunciation(world, assigned=False)
    build_person("dongnghiep.lb", "Đồng Nghiệp", PASSWORD, (world.unit("LB-KT"), Role.UNIT_HEAD))
    with unit_of_work():
        conflicts.record_denounced(case, name="thuly.lb", unit_id=None, actor=world.principal("chutich.lb"))
    assert case.barred_ids == [world.person("thuly.lb").id]
    assert case.closed_unit_ids == [world.unit("LB-KT").id]
    assert seen_by(session, world, "truongphong.lb") == (set(), set())
    assert seen_by(session, world, "donthu.lb")[1] == {case.id}
    chair = world.principal("chutich.lb")
    with pytest.raises(Invalid, match="bị tố cáo") as refused, unit_of_work():
        assign(case, unit_id=world.unit("LB-KT").id, handler_id=None, actor=chair)
    assert refused.value.field == "unit_id"
    with pytest.raises(Invalid, match="là người bị tố cáo") as refused, unit_of_work():
        assign(case, unit_id=world.unit("LB-KT").id, handler_id=world.person("thuly.lb").id, actor=chair)
    assert refused.value.field == "handler_id"
    with pytest.raises(Invalid, match="đơn vị của người bị tố cáo"), unit_of_work():
        assign(
            case, unit_id=world.unit("LB-KT").id, handler_id=world.person("truongphong.lb").id, actor=chair
        )


def test_a_head_who_is_denounced_neither_sees_nor_decides_while_the_body_goes_on(
    world: World, session: Session
) -> None:
    """The body is competent by law: its unit is not closed, and the denounced still is kept out."""
    case = build_denunciation(world)
    with unit_of_work():
        conflicts.record_denounced(
            case, name="chutich.lb", unit_id=None, actor=world.principal("truongphong.lb")
        )
    chair = world.principal("chutich.lb")
    assert case.closed_unit_ids == []
    assert seen_by(session, world, "chutich.lb") == (set(), set())
    assert not any(may_act(chair, permission, case) for permission in Permission)
    petition = session.scalars(select(Petition).where(Petition.case_id == case.id)).one()
    assert not may_open_identity(chair, petition)
    assert seen_by(session, world, "truongphong.lb")[1] == {case.id}


def test_no_alert_and_no_notice_reaches_who_is_kept_out(world: World, session: Session) -> None:
    """The head of the unit would hear of it; in conflict the next level hears."""
    case = build_denunciation(world)
    declare(case, world, "truongphong.lb")
    told = {
        p
        for row in preview_alerts(today() + timedelta(days=60))
        for people in row.people.values()
        for p in people
    }
    assert world.person("chutich.lb").id in told
    assert world.person("truongphong.lb").id not in told


def test_a_sealed_identity_is_not_opened_to_somebody_in_conflict(world: World, session: Session) -> None:
    """Neither by having registered it, nor by a grant."""
    case = build_denunciation(world)
    petition = session.scalars(select(Petition).where(Petition.case_id == case.id)).one()
    assert may_open_identity(world.principal("donthu.lb"), petition)
    declare(petition, world, "donthu.lb")
    assert not may_open_identity(world.principal("donthu.lb"), petition)
    with pytest.raises(Invalid) as refused, unit_of_work():
        grant_identity(petition, person_id=world.person("donthu.lb").id, purpose="check",
                       reason="Đối chiếu", days=3,
                       actor=world.principal("chutich.lb"))  # fmt: skip
    assert refused.value.field == "person_id"


def test_a_conflict_ends_by_the_head_and_stays_in_the_record(world: World, session: Session) -> None:
    """Rows are appended; the database refuses to change one."""
    case = build_denunciation(world)
    declare(case, world, "truongphong.lb")
    [row] = conflicts.rows_of(case)
    with pytest.raises(NotAllowed), unit_of_work():
        conflicts.end(case, row.id, reason="Không còn", actor=world.principal("donthu.lb"))
    with unit_of_work():
        conflicts.end(case, row.id, reason="Đã xác minh không phải", actor=world.principal("chutich.lb"))
    assert seen_by(session, world, "truongphong.lb")[1] == {case.id}
    assert not conflicts.rows_of(case)
    assert session.query(Row).count() == 2
    acts = session.scalars(select(HistoryEntry.act).where(HistoryEntry.case_id == case.id)).all()
    assert {"conflict_declared", "conflict_ended"} <= set(acts)
    change = text("UPDATE conflicts SET reason = ''")
    with pytest.raises(DBAPIError, match="permission denied"), session.begin_nested():
        session.execute(change)
    with as_owner(session), pytest.raises(DBAPIError, match="append"), session.begin_nested():
        session.execute(change)


def test_a_conflict_declared_twice_without_words_or_for_a_stranger_is_refused(
    world: World, session: Session
) -> None:
    """Beside the field, and nothing is written."""
    case = build_denunciation(world)
    chair = world.principal("chutich.lb")
    for values, field in (
        ({"reason": " "}, "reason"),
        ({"reason": "Là người thân", "name": "không có ai"}, "name"),
    ):
        with pytest.raises(Invalid) as refused, unit_of_work():
            conflicts.declare(case, actor=chair, **values)
        assert refused.value.field == field
    declare(case, world, "chutich.lb", name="thuly.lb")
    with pytest.raises(Conflict), unit_of_work():
        conflicts.declare(case, reason="Là người thân", name="thuly.lb", actor=chair)
    with pytest.raises(NotAllowed), unit_of_work():
        conflicts.declare(case, reason="Là người thân", name="thuly.lb", actor=world.principal("donthu.lb"))
    assert session.query(Row).count() == 1


def test_what_a_petition_kept_from_somebody_its_case_keeps_too(world: World, session: Session) -> None:
    """The desk records whom it is about before the case is opened."""
    petition = build_petition(world, kind="denunciation", respondent_level="commune_officer", field="land")
    with unit_of_work():
        conflicts.record_denounced(
            petition, name="", unit_id=world.unit("LB-KT").id, actor=world.principal("donthu.lb")
        )
        perform(petition, "open_case", actor=world.principal("donthu.lb"), data={"on": "16/11/2026"})
    assert petition.case is not None
    assert petition.case.closed_unit_ids == [world.unit("LB-KT").id]


def test_what_is_said_of_the_first_case_later_holds_for_the_one_that_follows_it_and_ends_in_both(
    world: World, session: Session
) -> None:
    """Whoever is kept from the first case is kept from the second, whichever was there when it was said."""
    first = first_case(world)
    declare(session.scalars(select(Petition).where(Petition.case_id == first.id)).one(), world, "donthu.lb")
    decided(world, first)
    desk = world.person("donthu.lb").id
    day = date(2026, 12, 14)
    with frozen(day):
        second = open_second(world, second_petition(world, day), day, first_case_id=first.id)
        head = world.principal("chutich.hn")
        assert first.barred_ids == second.barred_ids == [desk]
        declare(first, world, "chutich.hn")
        assert first.barred_ids == second.barred_ids == sorted([desk, head.person_id])
        assert not may_act(head, Permission.CASE_DECIDE, second)
        with unit_of_work():
            other = build_person("pho.hn", "Phó", PASSWORD, (world.unit("HN"), Role.LEADER))
        world.people[other.username] = other
        for row in conflicts.rows_of(second):
            with unit_of_work():
                conflicts.end(second, row.id, reason="Khai nhầm vụ việc.", actor=world.principal("pho.hn"))
    assert first.barred_ids == second.barred_ids == []


def test_what_is_said_of_a_split_petition_later_holds_for_each_of_its_contents(world: World) -> None:
    """The items of a mixed petition have its senders, and its denounced."""
    mixed = build_petition(world, kind="mixed")
    with unit_of_work():
        perform(
            mixed, "split", actor=world.principal("donthu.lb"), data={"kinds": ["complaint", "denunciation"]}
        )
        conflicts.record_denounced(mixed, name="thuly.lb", unit_id=None, actor=world.principal("donthu.lb"))
    items = db.session.scalars(select(Petition).where(Petition.split_from_id == mixed.id)).all()
    assert [item.barred_ids for item in items] == [[world.person("thuly.lb").id]] * 2


def test_only_the_registrar_of_those_who_receive_citizens_sees_a_denunciation(
    world: World, session: Session
) -> None:
    """Need-to-know: the policy's second table; a complaint they all see."""
    theirs = build_petition(world, by="tiepdan.lb", kind="denunciation", respondent_level="commune_officer")
    build_petition(world, kind="denunciation", respondent_level="commune_officer")
    complaint = build_petition(world, kind="complaint")
    assert seen_by(session, world, "tiepdan.lb")[0] == {theirs.id, complaint.id}
    desk = world.principal("tiepdan.lb")
    seen = worklists.reached(desk, Permission.PETITION_VIEW)
    assert {line.id for line in worklists.inbox(WorkFilter(), seen).items} == {theirs.id, complaint.id}


def test_who_left_yesterday_is_no_longer_barred_by_a_unit_but_by_name(world: World, session: Session) -> None:
    """The unit closes to whoever sits there today; the denounced stays kept out wherever they go."""
    case = build_denunciation(world, assigned=False)
    with unit_of_work():
        conflicts.record_denounced(case, name="thuly.lb", unit_id=None, actor=world.principal("chutich.lb"))
    for username in ("thuly.lb", "truongphong.lb"):
        person = world.person(username)
        person.memberships[0].valid_to = today()
        session.add(
            Membership(person_id=person.id, unit=world.unit("LB"), role=Role.LEADER, valid_from=today())
        )
    session.commit()
    assert seen_by(session, world, "truongphong.lb")[1] == {case.id}
    assert seen_by(session, world, "thuly.lb")[1] == set()


def test_the_pages_say_who_is_kept_out_to_the_head_and_keep_what_was_typed(
    world: World, session: Session, client: FlaskClient
) -> None:
    """A refusal stands beside its field; whoever declares for themselves goes to their first page."""
    case = build_denunciation(world)
    client.post("/sign-in", data={"username": "chutich.lb", "password": PASSWORD})
    address = f"/cases/{case.id}/conflicts"
    answer = client.post(f"{address}/declare", data={"reason": "Quen biết lâu năm", "name": "không có ai"})
    assert answer.status_code == 422
    assert "Quen biết lâu năm" in answer.text
    assert "Không có người nào trong hệ thống với tên này." in answer.text
    assert (
        client.post(f"{address}/declare", data={"reason": "Quen biết", "name": "thuly.lb"}).status_code == 302
    )
    page = client.get(address).text
    assert "Cán bộ Thụ lý LB" in page
    [row] = conflicts.rows_of(case)
    assert client.post(f"{address}/{row.id}/end", data={"reason": ""}).status_code == 422
    assert client.post(f"{address}/{row.id + 7}/end", data={"reason": "Không còn nữa"}).status_code == 404
    assert client.post(f"{address}/{row.id}/end", data={"reason": "Không còn nữa"}).status_code == 302
    answer = client.post(f"{address}/declare", data={"reason": "Là người thân"})
    assert answer.location == "/"
    assert client.get(f"/cases/{case.id}").status_code == 404
