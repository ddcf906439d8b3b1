"""The running application: every route declares access, models equal migrations, every queue has a worker."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from flask import Flask
from rq.utils import import_attribute
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app import wiring
from app.core.db import Base, db
from app.core.jobs import QueueName
from app.web.access import UndeclaredRoute, route_table
from app.web.navigation import NAVIGATION
from app.worker import AppWorker

OPEN_ROUTES = {
    "health.healthz",
    "health.readyz",
    "metrics.show",  # behind a token of its own
    "auth.sign_in",
    "auth.sign_in_post",
    "auth.sign_out",
    "auth.locale",
    "second.show",
    "second.check",
    "sso.start",
    "sso.callback",
    "links.show",
    "links.set_password",
    "links.forgotten",
    "links.ask",
}


def test_every_route_declares_its_access(app: Flask) -> None:
    """The few routes open to all are known by name."""
    public = {row.endpoint for row in route_table(app) if row.permission is None}
    assert {name for name in public if not name.endswith("static")} == OPEN_ROUTES


def test_a_route_without_access_stops_the_start() -> None:
    """The check that the factory runs refuses an undeclared route."""
    bare = Flask("bare")
    bare.add_url_rule("/x", "x", lambda: "x")
    with pytest.raises(UndeclaredRoute, match="x"):
        route_table(bare)


def test_the_menu_leads_somewhere(app: Flask) -> None:
    """Every line of the menu is a route that asks for the permission that shows the line."""
    permissions = {row.endpoint: row.permission for row in route_table(app)}
    for item in NAVIGATION:
        assert permissions.get(item.endpoint) is item.permission, item.endpoint


def test_models_equal_migrations(app: Flask) -> None:
    """A database made by the migrations is the database that the models describe."""
    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, Base.metadata)
    assert differences == []


def test_every_periodic_job_exists_and_goes_to_a_served_queue() -> None:
    """A job that nobody serves waits for ever."""
    for job in wiring.PERIODIC_JOBS:
        assert callable(import_attribute(job.function))
        assert job.queue in QueueName
    assert AppWorker.perform_job is not None


@pytest.mark.parametrize(
    "table",
    [
        "history",
        "clock_events",
        "audit_entries",
        "assignments",
        "calendar_changes",
        "clock_moves",
        "protection_entries",
        "extracts",
        "extract_acts",
        "masked_pictures",
        "masked_picture_acts",
    ],
)
def test_the_database_refuses_to_rewrite_history(session: Session, table: str) -> None:
    """House law 8, at the database itself."""
    rows = {
        "history": "INSERT INTO history (petition_id, at, act, data) SELECT id, now(), 'note', '{}' FROM petitions",
        "audit_entries": "INSERT INTO audit_entries (at, action, subject_kind, detail) VALUES (now(), 'x', 'y', '{}')",
    }
    if table in rows:
        session.execute(text(rows[table]))
    for statement in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}"):  # noqa: S608 - names of ours
        trigger = text("SELECT count(*) FROM pg_trigger WHERE tgname = :name")
        assert session.execute(trigger, {"name": f"{table}_append_only"}).scalar_one() == 1
        if session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 0:  # noqa: S608
            continue
        with pytest.raises(DBAPIError, match=r"appended|permission denied"), session.begin_nested():
            session.execute(text(statement))
