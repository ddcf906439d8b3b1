"""Whoever left yesterday sees, hears and may nothing today, on every path; history goes on naming them."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.clock import today
from app.core.db import unit_of_work
from app.core.errors import Invalid
from app.core.permissions import Permission
from app.organisation.chart import chart
from app.organisation.models import Person
from app.organisation.queries import people_at_work
from complaints.access import visible_cases, visible_petitions
from complaints.models.cases import Case
from complaints.models.petitions import Petition
from complaints.queries import worklists
from complaints.queries.worklists import WorkFilter
from complaints.services.assignment import assign
from complaints.services.escalation import preview_alerts
from complaints.services.identity import may_open_identity
from complaints.services.opening import grant_identity
from complaints.services.perform import perform
from notifications.models import Notice, OutboundMessage
from tests.complaints.test_conflicts import build_denunciation
from tests.conftest import as_owner
from tests.factories import World
from tests.reception.test_moving import REFUSED, move, visit_of


def leave(world: World, session: Session, username: str) -> None:
    """Let today be the first day on which somebody holds nothing more."""
    for held in world.person(username).memberships:
        held.valid_to = today()
    session.commit()
    chart(fresh=True)


def end_unit(world: World, session: Session, code: str) -> None:
    """Let today be a unit's first day of no more; the roles in it are still written down."""
    world.unit(code).valid_to = today()
    session.commit()
    chart(fresh=True)


@pytest.mark.parametrize("how", ["membership", "unit"])
def test_no_list_count_or_file_is_left(world: World, session: Session, how: str) -> None:
    """Neither by the unit nor by what was handled or registered: the role is over, or the unit is."""
    case = build_denunciation(world)
    (leave(world, session, "thuly.lb") if how == "membership" else end_unit(world, session, "LB-KT"))
    who = world.principal("thuly.lb")
    assert not any(who.may(permission) for permission in Permission)
    assert not session.scalars(select(Case.id).where(visible_cases(who))).all()
    assert not session.scalars(select(Petition.id).where(visible_petitions(who))).all()
    seen = worklists.reached(who, Permission.CASE_VIEW)
    assert not worklists.worklist(WorkFilter(), seen).items
    assert worklists.case_counts(seen).total == 0
    assert people_at_work([who.person_id], today()) == set()
    assert case.handler is not None
    assert case.handler.full_name == "Cán bộ Thụ lý LB"  # history names them


def test_the_session_of_yesterday_opens_nothing_today(
    world: World, session: Session, login_as: Callable[[Person], FlaskClient]
) -> None:
    """The cookie still names a session; whoever holds nothing is signed out."""
    case = build_denunciation(world)
    client = login_as(world.person("thuly.lb"))
    assert client.get(f"/cases/{case.id}").status_code == 200
    leave(world, session, "thuly.lb")
    answer = client.get(f"/cases/{case.id}")
    assert answer.status_code == 302
    assert "/sign-in" in answer.location


def test_alerts_and_notices_pass_by_whoever_left(world: World, session: Session) -> None:
    """An alert goes to the next level; a step on what they handled is told to nobody who is gone."""
    case = build_denunciation(world)
    leave(world, session, "thuly.lb")
    gone = world.person("thuly.lb").id
    with as_owner(session):
        session.query(Notice).delete()
        session.query(OutboundMessage).delete()
    told = {
        p
        for r in preview_alerts(today() + timedelta(days=60))
        for people in r.people.values()
        for p in people
    }
    assert told
    assert gone not in told
    with unit_of_work():
        perform(case, "extend", actor=world.principal("chutich.lb"), data={"on": today(), "document_no": "2",
                "days": 30, "criteria": ["places"], "words": "x"})  # fmt: skip
    assert gone not in set(session.scalars(select(Notice.person_id)))
    assert gone not in set(session.scalars(select(OutboundMessage.person_id)))


def test_a_grant_of_yesterday_opens_no_seal_today_and_none_is_given(world: World, session: Session) -> None:
    """The grant is still written down and has not ended by its own time."""
    case = build_denunciation(world)
    petition = session.scalars(select(Petition).where(Petition.case_id == case.id)).one()
    chair = world.principal("chutich.lb")
    with unit_of_work():
        grant_identity(
            petition,
            person_id=world.person("thuly.lb").id,
            purpose="meeting",
            reason="Làm việc",
            days=5,
            actor=chair,
        )
    assert may_open_identity(world.principal("thuly.lb"), petition)
    leave(world, session, "thuly.lb")
    leave(world, session, "donthu.lb")
    for gone in ("thuly.lb", "donthu.lb"):  # the one let in, and the registrar
        assert not may_open_identity(world.principal(gone), petition)
    with pytest.raises(Invalid) as refused, unit_of_work():
        grant_identity(
            petition,
            person_id=world.person("thuly.lb").id,
            purpose="meeting",
            reason="Làm việc",
            days=5,
            actor=chair,
        )
    assert refused.value.field == "person_id"


def test_nothing_is_given_to_whoever_left(world: World, session: Session) -> None:
    """Neither a case."""
    case = build_denunciation(world, assigned=False)
    leave(world, session, "thuly.lb")
    with pytest.raises(Invalid) as refused, unit_of_work():
        assign(case, unit_id=world.unit("LB-KT").id, handler_id=world.person("thuly.lb").id,
               actor=world.principal("chutich.lb"))  # fmt: skip
    assert refused.value.field == "handler_id"


def test_a_visit_that_comes_back_is_told_to_no_officer_who_left(world: World, session: Session) -> None:
    """Neither under the bell nor by mail."""
    visit = visit_of(world, **REFUSED)
    leave(world, session, "tiepdan.lb")
    move(visit, "refusal_back", world, words="Phải tiếp.")
    gone = world.person("tiepdan.lb").id
    assert visit.officer_id == gone
    assert gone not in set(session.scalars(select(Notice.person_id)))
    assert gone not in set(session.scalars(select(OutboundMessage.person_id)))
