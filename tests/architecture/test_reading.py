"""What only reads ends with COMMIT, so that prepared statements live; what writes outside a unit of work is undone."""

import pytest
from flask import Flask
from sqlalchemy import select, text

from app.core.db import db
from app.organisation.models import Unit
from tests.factories import World

RENAME = "UPDATE units SET short_name = 'Đổi' WHERE code = 'LB'"


def short_name(app: Flask) -> str:
    """Return what the database holds, read in a context of its own."""
    with app.app_context():
        name: str = db.session.execute(select(Unit.short_name).where(Unit.code == "LB")).scalar_one()
        return name


def test_statements_stay_prepared_from_one_context_to_the_next(app: Flask, live_world: World) -> None:
    """Psycopg prepares what it has seen five times, and forgets everything at a rollback."""
    for _ in range(60):  # the pool hands out its connections in turn
        short_name(app)
    with app.app_context():
        kept = db.session.execute(text("SELECT count(*) FROM pg_prepared_statements")).scalar_one()
    assert kept >= 1


@pytest.mark.parametrize("how", ["flushed", "pending", "plain SQL"])
def test_what_was_written_outside_a_unit_of_work_is_undone(app: Flask, live_world: World, how: str) -> None:
    """One committer: forgetting it must not save anything by accident."""
    before = short_name(app)
    with app.app_context():
        if how == "plain SQL":
            db.session.execute(text(RENAME))
        else:
            unit = db.session.execute(select(Unit).where(Unit.code == "LB")).scalar_one()
            unit.short_name = "Đổi"
            if how == "flushed":
                db.session.flush()
    assert short_name(app) == before


def rename_and_fail(app: Flask) -> None:
    """Write, and fail before anybody commits."""
    with app.app_context():
        db.session.execute(text(RENAME))
        raise RuntimeError


def test_what_failed_is_undone(app: Flask, live_world: World) -> None:
    """An error on the way out rolls back, as ever."""
    before = short_name(app)
    with pytest.raises(RuntimeError):
        rename_and_fail(app)
    assert short_name(app) == before
