"""A database of its own, whose functions are those of the migrations (the suite's ask less, see tests/conftest.py)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import psycopg
import pytest
from flask import Flask
from sqlalchemy import NullPool, create_engine, text

from app.config import Settings
from app.core.clock import frozen
from app.core.db import db
from app.factory import create_app
from app.operations.schema import upgrade_schema
from app.organisation.signin.models import SignInSession
from complaints.services.registration import Sender
from tests.complaints.test_protection import asked, opened
from tests.conftest import PASSWORD, TODAY
from tests.factories import build_petition, build_world

OWNER = "wall_owner"
NAME = "Vũ Thị Kín"


@dataclass(frozen=True)
class Ground:
    """What stands in the database: people by user name, a denunciation of Long Biên and one of Bồ Đề."""

    people: dict[str, int]
    petition: int
    sealed: int
    other: int
    measure: int  # a file of protection at Long Biên


@pytest.fixture(scope="module")
def walled(settings: Settings) -> Iterator[Settings]:
    """Settings of the migrated database, whose owner is no superuser: as docs/operations.md has it made."""
    admin = create_engine(settings.owner_url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with admin.connect() as connection:
        connection.execute(text(f"CREATE ROLE {OWNER} LOGIN"))
        connection.execute(text(f"CREATE DATABASE second_wall OWNER {OWNER}"))
    app_url, admin_url = (
        url.replace("/postgres?", "/second_wall?") for url in (settings.database_url, settings.owner_url)
    )
    ours = replace(settings, database_url=app_url, owner_url=admin_url.replace("//postgres@", f"//{OWNER}@"))
    owner = create_app(ours.as_owner())
    with owner.app_context():
        upgrade_schema(ours.app_role)
        db.engine.dispose()
    yield ours
    with admin.connect() as connection:
        connection.execute(text("DROP DATABASE second_wall WITH (FORCE)"))
        connection.execute(text(f"DROP ROLE {OWNER}"))


@pytest.fixture(scope="module")
def wall_app(walled: Settings) -> Iterator[Flask]:
    """The application on that database, as its role."""
    app = create_app(walled)
    app.testing = True
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="module")
def ground(wall_app: Flask) -> Ground:
    """Two denunciations of two communes, a file of protection, and everybody freshly signed in; all committed."""
    with frozen(TODAY), wall_app.app_context():
        world = build_world(PASSWORD)
        db.session.commit()
        case = opened(world, "denunciation")
        measure = asked(world, case).id
        mine, other = (
            build_petition(world, by, unit, kind="denunciation", senders=(Sender(NAME, "001090000099"),))
            for by, unit in (("donthu.lb", "LB"), ("donthu.bd", "BD"))
        )
        assert mine.sealed_identity_id is not None
        people = {name: person.id for name, person in world.people.items()}
        at = datetime.now(UTC)  # the database has a clock of its own
        for person in world.people.values():
            db.session.add(
                SignInSession(
                    person_id=person.id, token_hash=f"wall-{person.id}", epoch=person.session_epoch, method="password",
                    second_factor=False, created_at=at, last_seen_at=at, fresh_at=at,
                )
            )  # fmt: skip
        db.session.commit()
        found = Ground(people, mine.id, mine.sealed_identity_id, other.id, measure)
        db.session.remove()
    return found


def _connection(url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        yield connection
        connection.rollback()


@pytest.fixture
def raw(ground: Ground, walled: Settings) -> Iterator[psycopg.Connection]:
    """A connection as the application's role, past the application."""
    yield from _connection(walled.database_url)


@pytest.fixture
def admin_url(walled: Settings) -> str:
    """The database as the server's superuser, for what tests put there past every wall."""
    return walled.owner_url.replace(f"//{OWNER}@", "//postgres@")


@pytest.fixture
def owner(ground: Ground, admin_url: str) -> Iterator[psycopg.Connection]:
    """A connection as the superuser."""
    yield from _connection(admin_url)
