"""`tiepdan db`: the schema of the database."""

import click

from app.commands.context import application
from app.config_reading import ConfigError
from app.core.db import unit_of_work
from app.operations.schema import upgrade_schema
from app.web.health import current_heads, migration_heads
from complaints.services.identity import mark_sealed_before


@click.group()
def database() -> None:
    """Migrate the database, or ask whether it is up to date."""


@database.command()
def upgrade() -> None:
    """Bring the database to the newest migration, as DATABASE_OWNER_URL; grant the role of DATABASE_URL its rights.

    Two at once do no harm: the second waits. Whoever was sealed before there was a leak check is known to it then.
    """
    with application(as_owner=True) as app:
        upgrade_schema(app.extensions["tiepdan.settings"].app_role)
        with unit_of_work():
            mark_sealed_before()
    click.echo("the database is at the newest migration")


@database.command()
def check() -> None:
    """Exit with 0 when the database is at the newest migration, else with 1."""
    with application():
        found, wanted = current_heads(), migration_heads()
    if found != wanted:
        has = ", ".join(sorted(found)) or "no migration"
        raise ConfigError(
            f"the database has {has}, the code has {', '.join(sorted(wanted))}: tiepdan db upgrade"
        )
    click.echo("the database is at the newest migration")
