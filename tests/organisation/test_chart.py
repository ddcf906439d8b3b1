"""The chart in memory is never older than the database: whoever changes it, however the change ends."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core.clock import today
from app.core.db import db
from app.core.permissions import Permission, Reach
from app.organisation.chart import chart
from app.organisation.queries import principal_for
from complaints.access import units_within
from tests.access.test_every_route import sign_in
from tests.factories import World

CHANGES = (
    "UPDATE units SET short_name = 'Tên mới' WHERE code = 'LB'",
    "UPDATE units SET valid_to = DATE '2026-11-01' WHERE code = 'LB'",
    "UPDATE persons SET is_active = false WHERE username = 'donthu.lb'",
    "UPDATE persons SET session_epoch = session_epoch + 1 WHERE username = 'donthu.lb'",
    "DELETE FROM memberships WHERE person_id = (SELECT id FROM persons WHERE username = 'donthu.lb')",
    "UPDATE memberships SET valid_to = DATE '2026-11-01', valid_from = DATE '2020-01-01'",
)


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_by_plain_sql_is_seen_at_the_next_look(world: World, session: Session, change: str) -> None:
    """Not only our own services renew it: the database does, for whoever writes."""
    before = chart()
    assert chart() is before
    session.execute(text(change))
    assert chart().version != before.version
    assert chart() is not before


def test_a_sign_in_renews_nothing(world: World, session: Session) -> None:
    """The hour of the last sign-in is not on the chart: a busy morning does not make every process read it again."""
    before = chart()
    session.execute(text("UPDATE persons SET last_sign_in_at = now()"))
    assert chart() is before


def test_what_was_rolled_back_is_forgotten(live_world: World) -> None:
    """A chart read inside a transaction that fails must not outlive it."""
    person = live_world.person("donthu.lb").id
    db.session.execute(text("DELETE FROM memberships"))
    inside = principal_for(person, today())
    assert inside is not None and not inside.memberships
    db.session.rollback()
    after = principal_for(person, today())
    assert after is not None and after.memberships


def test_a_role_ended_elsewhere_ends_here_with_the_next_request(app: Flask, live_world: World) -> None:
    """Another process ends a role: this one, with its chart in memory, shows nothing more."""
    client: FlaskClient = app.test_client()
    sign_in(client, live_world, "donthu.lb")
    assert client.get("/petitions/").status_code == 200
    with db.engine.begin() as elsewhere:
        elsewhere.execute(text("DELETE FROM memberships"))
    assert client.get("/petitions/").status_code == 302


def test_the_units_within_reach_are_those_that_the_database_finds(world: World, session: Session) -> None:
    """The chart in memory and the condition in SQL cover the same units."""
    for person in world.people.values():
        principal = principal_for(person.id, today())
        assert principal is not None
        for permission in Permission:
            reach = principal.reach(permission)
            assert set(chart().within(reach)) == _found_by_sql(session, reach), (person.username, permission)


def _found_by_sql(session: Session, reach: Reach) -> set[int]:
    return set(session.scalars(units_within(reach)))
