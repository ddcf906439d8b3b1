"""Bringing the database to the newest migration."""

import logging

from flask_migrate import upgrade
from sqlalchemy import func, select

from app.core.db import db
from app.operations.roles import grant_rights

_LOCK = 0x7469_6570  # 'tiep': two upgrades at once wait for each other


def upgrade_schema(app_role: str) -> None:
    """Bring the database to the newest migration, as its owner; a second process waits and then finds nothing to do.

    The application's role is given its rights anew: new tables have theirs at once.
    """
    logging.getLogger("alembic").setLevel(logging.WARNING)
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(select(func.pg_advisory_lock(_LOCK)))
        try:
            upgrade()
            with db.engine.begin() as granting:
                grant_rights(granting, app_role)
        finally:
            connection.execute(select(func.pg_advisory_unlock(_LOCK)))
