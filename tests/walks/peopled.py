"""The small organisation that walks on the services share: committed once, each walk a transaction of its own on it."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from sqlalchemy import select

from app.core.db import db
from app.core.jobs import redis_connection
from app.core.permissions import Role
from app.organisation.models import Person, Unit
from tests.conftest import PASSWORD, truncate_all
from tests.factories import World, build_person, build_world
from tests.walks.matters import OFFICE, OFFICE_HEAD


@contextmanager
def peopled(app: Flask) -> Iterator[Flask]:
    """The application with units and people, emptied again at the end."""
    with app.app_context():
        world = build_world(PASSWORD)
        for username, unit, role in (
            ("donthu.hn", OFFICE, Role.PETITION_OFFICER),
            ("thuly.hn", "HN", Role.HANDLER),
            (OFFICE_HEAD, OFFICE, Role.LEADER),
        ):
            build_person(username, username, PASSWORD, (world.unit(unit), role))
        db.session.commit()
        db.session.remove()
    yield app
    with app.app_context():
        db.session.remove()
        truncate_all()
        redis_connection().flushdb()


def world_again() -> World:
    """Return the units and people that stand in the database, for the walk that begins now."""
    return World({u.code: u for u in db.session.scalars(select(Unit))},
                 {p.username: p for p in db.session.scalars(select(Person))})  # fmt: skip
