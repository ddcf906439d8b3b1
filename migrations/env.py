"""Alembic's environment: it builds the application's metadata through the factory, so that all tables are known."""

from alembic import context
from flask import current_app

import app.factory  # noqa: F401 - imports every model through the wiring
from app.core.db import Base, db

config = context.config


def include_object(thing, name, kind, reflected, compare_to):  # type: ignore[no-untyped-def]
    """Leave out what the models do not describe on purpose (partial expression indexes are listed by hand)."""
    return not (kind == "table" and name == "alembic_version")


def run_migrations_online() -> None:
    """Run on the application's engine, one transaction a migration."""
    with db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            compare_type=True,
            include_object=include_object,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()


if current_app:
    run_migrations_online()
