"""Two addresses for machines: /healthz (the process lives) and /readyz (it can do its work)."""

from pathlib import Path

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from app.core.db import db
from app.core.jobs import redis_connection
from app.web.access import access

blueprint = Blueprint("health", __name__)
MIGRATIONS = Path(__file__).resolve().parent.parent.parent / "migrations"


@blueprint.get("/healthz")
@access.public
def healthz() -> ResponseReturnValue:
    """Answer that the process lives; asks nothing of the database."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
@access.public
def readyz() -> ResponseReturnValue:
    """Answer whether database, queue and migrations are as they should be; 503 when not."""
    checks = {"database": False, "migrations": False, "queue": False}
    try:
        with db.engine.connect() as connection:
            checks["database"] = True
            current = set(MigrationContext.configure(connection).get_current_heads())
            checks["migrations"] = current == migration_heads()
    except SQLAlchemyError:
        pass
    try:
        checks["queue"] = bool(redis_connection().ping())
    except RedisError:
        pass
    ready = all(checks.values())
    return jsonify(status="ready" if ready else "not ready", checks=checks), 200 if ready else 503


def migration_heads() -> set[str]:
    """Return the newest migrations of this code."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return set(ScriptDirectory.from_config(config).get_heads())
