"""Bringing the database to the newest migration."""

import logging

from flask_migrate import upgrade
from sqlalchemy import func, select

from app.core.db import db

_LOCK = 0x7469_6570  # 'tiep': two upgrades at once wait for each other


def upgrade_schema() -> None:
    """Bring the database to the newest migration; a second process waits and then finds nothing to do."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(select(func.pg_advisory_lock(_LOCK)))
        try:
            upgrade()
        finally:
            connection.execute(select(func.pg_advisory_unlock(_LOCK)))
