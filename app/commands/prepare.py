"""`tiepdan prepare` (hidden): what `run` does in a process of its own before it serves."""

import json
import sys

import click

from app.commands.context import application
from app.config import Settings, environment
from app.core.db import unit_of_work
from app.demo.load import is_empty, load_demo
from app.operations.entry import has_demo_accounts
from app.operations.schema import upgrade_schema
from app.web.health import current_heads, migration_heads
from complaints.services.identity import mark_sealed_before


@click.command()
def prepare() -> None:
    """Migrate, load the demo on an empty database (development only), refuse what is unsafe; prints facts as JSON."""
    _migrate()
    with application() as app:
        settings = app.extensions["tiepdan.settings"]
        if settings.env == "development" and is_empty():
            click.echo("tiepdan: loading the demo, some seconds ...", err=True)
            load_demo()
        demo = has_demo_accounts()
        settings.refuse_demo(demo)
    json.dump({"demo": demo}, sys.stdout)


def _migrate() -> None:
    """Migrate as the owner. A production without the owner's address is served when there is nothing to migrate."""
    settings = Settings.from_env(environment())
    if settings.production and not settings.owner_url:
        with application():
            if current_heads() == migration_heads():
                return
    with application(as_owner=True) as app:
        upgrade_schema(app.extensions["tiepdan.settings"].app_role)
        with unit_of_work():
            mark_sealed_before()
