"""`tiepdan user` and `tiepdan unit`: the first unit and accounts; help for an administrator who is locked out."""

import sys
from datetime import datetime

import click
from sqlalchemy import select

from app.commands.context import application
from app.core.clock import today
from app.core.db import db, unit_of_work
from app.core.errors import Invalid
from app.core.permissions import Role
from app.organisation.models import Person, Unit, UnitKind
from app.organisation.services.people import PersonDetails, add_from_console
from app.organisation.services.units import found
from app.organisation.signin import links, second_factor


@click.group()
def user() -> None:
    """Add accounts; help somebody in who is locked out."""


@user.command("add")
@click.argument("username")
@click.option("--name", required=True, help="Full name.")
@click.option(
    "--unit", "unit_code", metavar="CODE", help="The unit of the role; the topmost one when left out."
)
@click.option("--role", type=click.Choice([role.value for role in Role]), help="The role in that unit.")
@click.option("--admin", is_flag=True, help="Short for --role administrator.")
@click.option("--email", default="", help="Address for notices.")
@click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input instead of asking."
)
def user_add(  # noqa: PLR0917 - click passes options by name
    username: str,
    name: str,
    unit_code: str | None,
    role: str | None,
    admin: bool,
    email: str,
    password_stdin: bool,
) -> None:
    """Add an account, with a role when --role or --admin is given. Asks for the password."""
    if admin and role not in {None, Role.ADMINISTRATOR.value}:
        raise click.UsageError("--admin and --role say different things")
    if unit_code and not (role or admin):
        raise click.UsageError("--unit needs a --role (or --admin)")
    wanted = Role.ADMINISTRATOR if admin else Role(role) if role else None
    password = _password(from_stdin=password_stdin)
    details = PersonDetails(full_name=name, username=username, email=email)
    with application(), unit_of_work():
        unit = _unit(unit_code) if wanted else None
        person = add_from_console(details, password, unit=unit, role=wanted)
        done = f"added {person.username}" + (f", {wanted.value} in {unit.code}" if unit and wanted else "")
    click.echo(done)


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise Invalid("there is no terminal to ask for the password: use --password-stdin")
    password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return password


def _unit(code: str | None) -> Unit:
    """Return the unit with a code, or the topmost one. Raises Invalid with what to do."""
    wanted = Unit.code == code.upper() if code else Unit.parent_id.is_(None)
    unit = db.session.execute(select(Unit).where(wanted).order_by(Unit.id).limit(1)).scalar_one_or_none()
    if unit is not None:
        return unit
    if code:
        raise Invalid(f"there is no unit {code!r}")
    raise Invalid("there is no unit yet: make the first one with 'tiepdan unit found CODE NAME'")


@user.command("reset-second-factor")
@click.argument("username")
def reset_second_factor(username: str) -> None:
    """Take the second factor from somebody who lost theirs, and end their sessions: for a locked-out administrator."""
    with application(), unit_of_work():
        person = _person(username)
        second_factor.remove_all(person, actor=None)
        done = f"{person.username} signs in with the password alone until a new second factor is set up"
    click.echo(done)


@user.command("link")
@click.argument("username")
def user_link(username: str) -> None:
    """Print a one-time link by which somebody sets their password: for a locked-out administrator."""
    with application() as app, unit_of_work():
        made = links.hand_out_on_console(_person(username))
        settings = app.extensions["tiepdan.settings"]
        base = settings.base_url or f"http://{settings.host}:{settings.port}"
    click.echo(f"{base}{made.path}")


def _person(username: str) -> Person:
    found = db.session.execute(
        select(Person).where(Person.username == username.strip().lower(), Person.is_active)
    ).scalar_one_or_none()
    if found is None:
        raise Invalid(f"there is no active account {username!r}")
    return found


@click.group()
def unit() -> None:
    """Make the first unit; the others are made on the administrator's pages."""


@unit.command("found")
@click.argument("code")
@click.argument("name")
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in UnitKind if kind is not UnitKind.DIVISION]),
    default=UnitKind.PROVINCE.value,
    show_default=True,
)
@click.option(
    "--since", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="First day (today when left out)."
)
def unit_found(code: str, name: str, kind: str, since: datetime | None) -> None:
    """Make the first unit of an empty installation, such as: tiepdan unit found HN 'UBND thành phố Hà Nội'."""
    with application(), unit_of_work():
        made = found(code, name, kind=UnitKind(kind), valid_from=since.date() if since else today()).code
    click.echo(f"made {made}")
