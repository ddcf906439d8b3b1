"""Addresses for machines: /healthz (the process lives), /readyz (it can do its work), and the banner that says why not.

What must hold besides database, migrations and queue is the table CHECKS of app/wiring.py.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, Flask, current_app, jsonify
from flask.typing import ResponseReturnValue
from flask_login import current_user
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from app.core.clock import now
from app.core.db import db
from app.core.jobs import redis_connection
from app.core.permissions import Permission
from app.web.access import access, current_principal

blueprint = Blueprint("health", __name__)
_TOLD, _CHECKS = "tiepdan.health.told", "tiepdan.health.checks"
MIGRATIONS = Path(__file__).resolve().parent.parent.parent / "migrations"


@dataclass(frozen=True)
class Check:
    """Something without which nobody is told in time; `holds` gets the start of this process (UTC)."""

    name: str
    holds: Callable[[datetime], bool]
    words: Any  # what administrators read on every page when it does not hold


def init_app(app: Flask, checks: Sequence[Check]) -> None:
    """Have /readyz fail, and administrators see a banner, when one of these does not hold."""
    app.extensions[_CHECKS] = (now(), tuple(checks))
    app.context_processor(lambda: {"troubles": _troubles})


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
    """Answer whether database, queue, migrations and everything in CHECKS are as they should be; 503 when not."""
    checks = {"database": False, "migrations": False, "queue": False}
    with suppress(SQLAlchemyError):
        heads = current_heads()
        checks["database"] = True
        checks["migrations"] = heads == migration_heads()
    with suppress(RedisError):
        checks["queue"] = bool(redis_connection().ping())
    if checks["migrations"]:
        checks |= {check.name: holds for check, holds in _checked()}
    ready = all(checks.values())
    answer: dict[str, object] = {"status": "ready" if ready else "not ready", "checks": checks}
    for name, state in current_app.extensions.get(_TOLD, {}).items():
        if (found := state()) is not None:
            answer[name] = found
    return jsonify(answer), 200 if ready else 503


def _checked() -> list[tuple[Check, bool]]:
    """Return every check with whether it holds; none holds where the database goes away meanwhile."""
    began, checks = current_app.extensions[_CHECKS]
    found = []
    for check in checks:
        holds = False
        with suppress(SQLAlchemyError):
            holds = check.holds(began)
        found.append((check, holds))
    return found


def _troubles() -> list[Any]:
    """Return what an administrator must be told before anything else, on every page."""
    if not current_user.is_authenticated or not current_principal().may(Permission.ORGANISATION_MANAGE):
        return []
    return [check.words for check, holds in _checked() if not holds]


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
