"""`tiepdan demo`: invented people and matters to try the product with."""

import click

from app.commands.context import application
from app.config_reading import ConfigError
from app.demo.load import is_empty, load_demo


@click.group()
def demo() -> None:
    """Load the demo: Hanoi after the reorganisation, with invented people and cases in every state."""


@demo.command()
def load() -> None:
    """Load the demo. Refuses a database that is not empty, and production."""
    with application() as app:
        if app.extensions["tiepdan.settings"].production:
            raise ConfigError("the demo is not for production: its passwords are known to everybody")
        if not is_empty():
            raise ConfigError("the database is not empty: the demo is loaded on an empty one only")
        click.echo(f"{load_demo()} petitions registered")
