"""The `tiepdan` command itself: a table of commands, each loaded only when it is called, and errors in one line."""

import importlib
import sys
from collections.abc import Mapping
from dataclasses import dataclass

import click
from redis.exceptions import RedisError
from sqlalchemy.exc import DBAPIError

from app.config_reading import ConfigError
from app.core.errors import DomainError
from app.core.seal import SealError
from app.embedded import EmbeddedError
from app.operations.installation import InstallationError
from app.operations.supervisor import SupervisorError
from complaints.rulebook.loader import RulebookError

_OURS = (
    ConfigError,
    DomainError,
    EmbeddedError,
    InstallationError,
    RulebookError,
    SealError,
    SupervisorError,
)


@dataclass(frozen=True)
class Entry:
    """A command: where it lives, and its line in the list, so that the list loads nothing."""

    module: str
    attribute: str
    help: str
    hidden: bool = False


COMMANDS: Mapping[str, Entry] = {
    "run": Entry("app.commands.run", "run", "Start everything; Ctrl-C stops it."),
    "db": Entry("app.commands.database", "database", "The database: upgrade, check."),
    "demo": Entry("app.commands.demo", "demo", "The demo: load."),
    "unit": Entry("app.commands.users", "unit", "The first unit of an empty installation: found."),
    "user": Entry("app.commands.users", "user", "Accounts: add, link, reset-second-factor."),
    "clocks": Entry("app.commands.clocks", "clocks", "Time limits: sweep, rebuild."),
    "audit": Entry("app.commands.audit", "audit_group", "The record: seal, verify, export, check, key."),
    "seal": Entry("app.commands.seal", "seal_group", "The seal: status, rotate, split, join."),
    "law": Entry("app.commands.law", "law", "The rules: list, due, check, diagrams, coverage."),
    "prepare": Entry("app.commands.prepare", "prepare", "What 'run' does before it serves.", hidden=True),
}


class Table(click.Group):
    """A group that knows its commands by name and loads the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names of the commands."""
        return [name for name, entry in COMMANDS.items() if not entry.hidden]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Load a command."""
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        command: click.Command = getattr(importlib.import_module(entry.module), entry.attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list from the table."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name].help) for name in self.list_commands(ctx)])


@click.group(cls=Table, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="tiepdan", message="%(package)s %(version)s")
def tiepdan() -> None:
    """Tiếp Dân: reception of citizens, petitions, complaints and denunciations.

    Commands reach the database of DATABASE_URL, else that of the 'tiepdan run' on this machine, else they start it.
    """


def main() -> None:
    """Run the command line; a refusal is one line on standard error and exit code 1."""
    try:
        tiepdan(prog_name="tiepdan")
    except _OURS as error:
        _fail(str(error))
    except DBAPIError as error:
        # The driver's text may go on with the values of a row: its first line does not.
        _fail(f"the database does not answer as it should: {str(error.orig).splitlines()[0]}")
    except RedisError as error:
        _fail(f"the queue (REDIS_URL) cannot be reached: {error}")


def _fail(message: str) -> None:
    click.echo(f"tiepdan: {message}", err=True)
    sys.exit(1)


if __name__ == "__main__":
    main()
