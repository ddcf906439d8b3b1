"""`tiepdan prepare` (hidden): what `run` does in a process of its own before it serves."""

import json
import sys

import click

from app.commands.context import application
from app.demo.load import is_empty, load_demo
from app.operations.entry import has_demo_accounts
from app.operations.schema import upgrade_schema


@click.command()
def prepare() -> None:
    """Migrate, load the demo on an empty database (development only), refuse what is unsafe; prints facts as JSON."""
    with application() as app:
        settings = app.extensions["tiepdan.settings"]
        upgrade_schema()
        if settings.env == "development" and is_empty():
            click.echo("tiepdan: loading the demo, some seconds ...", err=True)
            load_demo()
        demo = has_demo_accounts()
        settings.refuse_demo(demo)
    json.dump({"demo": demo}, sys.stdout)
