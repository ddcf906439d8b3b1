"""Two addresses for machines: /healthz (the process lives) and /readyz (it can do its work)."""

from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, Flask, current_app, jsonify
from flask.typing import ResponseReturnValue
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from app.core.db import db
from app.core.jobs import redis_connection
from app.web.access import access

blueprint = Blueprint("health", __name__)
_TOLD = "tiepdan.health.told"
MIGRATIONS = Path(__file__).resolve().parent.parent.parent / "migrations"


def tell(app: Flask, name: str, state: Callable[[], str | None]) -> None:
    """Have /readyz tell the state of something without which the office can work; None says nothing."""
    app.extensions.setdefault(_TOLD, {})[name] = state


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
    with suppress(SQLAlchemyError):
        heads = current_heads()
        checks["database"] = True
        checks["migrations"] = heads == migration_heads()
    with suppress(RedisError):
        checks["queue"] = bool(redis_connection().ping())
    ready = all(checks.values())
    answer: dict[str, object] = {"status": "ready" if ready else "not ready", "checks": checks}
    for name, state in current_app.extensions.get(_TOLD, {}).items():
        if (found := state()) is not None:
            answer[name] = found
    return jsonify(answer), 200 if ready else 503


@lru_cache(maxsize=1)
def migration_heads() -> frozenset[str]:
    """Return the newest migrations of this code."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return frozenset(ScriptDirectory.from_config(config).get_heads())


def current_heads() -> frozenset[str]:
    """Return the migrations that the database has."""
    with db.engine.connect() as connection:
        return frozenset(MigrationContext.configure(connection).get_current_heads())
