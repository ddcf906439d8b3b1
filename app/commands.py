"""The `tiepdan` command: what an operator needs, each with --help."""

import json
import sys
from collections.abc import Callable
from datetime import date
from typing import Any

import click
from flask import Flask
from flask_migrate import upgrade

from app.config import ConfigError
from app.core.clock import now, today
from app.core.db import db, unit_of_work
from app.core.permissions import Role
from app.demo.load import load_demo
from app.embedded import EmbeddedError
from app.factory import create_app
from app.organisation.login import PASSWORD_MIN, hash_password
from app.organisation.models import Membership, Person, Unit
from app.run import RunError, run_everything
from complaints.services.clocks import rebuild_all
from notifications.sweep import run_sweep


class OneLine(click.Group):
    """A group whose commands end with one clear line when something is wrong, never a stack trace."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except (ConfigError, EmbeddedError, RunError, RuntimeError) as error:
            click.echo(f"tiepdan: {error}", err=True)
            sys.exit(1)


@click.group(cls=OneLine, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Tiếp Dân: reception of citizens, complaints, denunciations, proposals."""


def _app() -> Flask:
    return create_app()


@main.command()
def run() -> None:
    """Start everything: servers (unless DATABASE_URL, REDIS_URL are set), web, workers, cron."""
    run_everything()


@main.group("db")
def db_group() -> None:
    """The database."""


@db_group.command("upgrade")
def db_upgrade() -> None:
    """Bring the database to the newest migration."""
    with _app().app_context():
        upgrade()


@main.group()
def demo() -> None:
    """The demo."""


@demo.command("load")
def demo_load() -> None:
    """Load the demo on an empty database: Hanoi, about 20 accounts, about 80 cases."""
    with _app().app_context():
        click.echo(f"{load_demo()} petitions registered")


@main.group()
def user() -> None:
    """Accounts."""


@user.command("add")
@click.argument("username")
@click.option("--name", required=True, help="full name")
@click.option("--unit", "unit_code", help="code of the unit in which the role is held")
@click.option("--role", type=click.Choice([role.value for role in Role]), help="role in that unit")
@click.option("--password-stdin", is_flag=True, help="read the password from standard input")
def user_add(username: str, name: str, unit_code: str | None, role: str | None, password_stdin: bool) -> None:
    """Add an account, and a role in a unit when both are given."""
    ask: Callable[[], str] = (
        (lambda: sys.stdin.readline().rstrip("\n"))
        if password_stdin
        else (lambda: click.prompt("Password", hide_input=True, confirmation_prompt=True))
    )
    password = ask()
    if len(password) < PASSWORD_MIN:
        raise RuntimeError(f"a password has at least {PASSWORD_MIN} characters")
    with _app().app_context(), unit_of_work():
        if db.session.query(Person).filter_by(username=username.lower()).first() is not None:
            raise RuntimeError(f"there is an account {username!r} already")
        person = Person(
            username=username.lower(), full_name=name, password_hash=hash_password(password), created_at=now()
        )
        db.session.add(person)
        if unit_code and role:
            unit = db.session.query(Unit).filter_by(code=unit_code).first()
            if unit is None:
                raise RuntimeError(f"there is no unit {unit_code!r}")
            person.memberships.append(Membership(unit=unit, role=Role(role), valid_from=today()))
    click.echo(f"added {username.lower()}")


@main.group()
def clocks() -> None:
    """Time limits."""


@clocks.command("sweep")
@click.option("--dry-run", is_flag=True, help="write nothing; show what would be raised")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="as if it were the end of this day")
def clocks_sweep(dry_run: bool, as_of: Any) -> None:
    """Raise the alerts that are due and tell who should know; print JSON."""
    day: date | None = as_of.date() if as_of else None
    if day is not None and not dry_run:
        raise RuntimeError("--as-of goes with --dry-run: nothing is raised before its day")
    with _app().app_context():
        result = run_sweep(day, dry_run=dry_run)
        report: dict[str, Any] = {"examined": result.examined, "raised": result.raised, "notified": result.notified}
        if dry_run:
            report["preview"] = [
                {
                    "clock": alert.code,
                    "petition_id": alert.petition_id,
                    "case_id": alert.case_id,
                    "due_on": alert.due_on.isoformat(),
                    "alert_on": alert.alert_on.isoformat(),
                    "rung": alert.rung.key,
                    "people": len(alert.told),
                }
                for alert in result.preview
            ]
    click.echo(json.dumps(report))


@clocks.command("rebuild")
def clocks_rebuild() -> None:
    """Derive all cached dates again from their events and report the differences (none in a healthy system)."""
    with _app().app_context():
        with unit_of_work():
            differences = rebuild_all()
        click.echo(json.dumps([vars(difference) for difference in differences]))


if __name__ == "__main__":
    main()
