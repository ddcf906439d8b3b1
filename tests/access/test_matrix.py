"""The rest of the matrix: every route to a file, as those in conflict, denounced or gone; every command and job."""

from collections.abc import Callable
from datetime import timedelta

import click
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.commands.main import COMMANDS, Entry
from app.core.clock import today
from app.organisation.chart import chart
from app.wiring import PERIODIC_JOBS
from complaints.models.cases import Case
from complaints.models.petitions import Petition
from tests.access.test_every_route import (
    REFUSED,
    SEE_CASE,
    SEE_PETITION,
    TRUTH,
    address,
    objects,
    protected_routes,
    sign_in,
)
from tests.factories import World

__all__ = ["objects"]  # the fixture
OF_FILES = ("petitions.", "cases.", "conflicts.", "protection.", "record.", "clocks.")


def in_conflict(world: World, _session: Session, username: str, files: list[Petition | Case]) -> None:
    """Somebody has declared a conflict of interest."""
    for one in files:
        one.barred_ids = [*one.barred_ids, world.person(username).id]


def denounced(world: World, session: Session, username: str, files: list[Petition | Case]) -> None:
    """Somebody works in the unit of the denounced."""
    for one in files:
        one.closed_unit_ids = [held.unit_id for held in world.person(username).memberships]


def gone(world: World, session: Session, username: str, files: list[Petition | Case]) -> None:
    """Today is the first day on which somebody holds no role."""
    for held in world.person(username).memberships:
        held.valid_to = today()


def not_yet(world: World, session: Session, username: str, files: list[Petition | Case]) -> None:
    """Tomorrow is the first day on which somebody holds a role."""
    for held in world.person(username).memberships:
        held.valid_from = today() + timedelta(days=1)


@pytest.mark.parametrize("username", sorted(SEE_PETITION | SEE_CASE))
@pytest.mark.parametrize("becomes", [in_conflict, denounced, gone, not_yet])
def test_no_route_to_a_file_is_open_to_who_may_know_nothing_of_it(
    app: Flask,
    client: FlaskClient,
    world: World,
    objects: dict[str, int],
    session: Session,
    username: str,
    becomes: Callable[[World, Session, str, list[Petition | Case]], None],
) -> None:
    """Whoever may open a file may not any more, by no address of it, in no method; who is gone is signed out."""
    sign_in(client, world, username)
    files: list[Petition | Case] = [
        session.get_one(Petition, objects["petition"]),
        session.get_one(Case, objects["case"]),
    ]
    becomes(world, session, username, files)
    session.commit()
    chart(fresh=True)
    rows = [r for r in protected_routes(app) if r.endpoint in TRUTH and r.endpoint.startswith(OF_FILES)]
    assert len(rows) > 30
    for row in rows:
        for method in row.methods:
            answer = client.open(address(app, row, objects), method=method)
            what = f"{username}: {method} {row.rule} -> {answer.status_code}"
            if becomes in (gone, not_yet):
                assert answer.status_code == 302, what
                assert "/sign-in" in answer.location, what
            else:
                assert answer.status_code in REFUSED, what


# Commands work at the machine, as whoever may run programs there: the operator, who signs in to nothing. None asks for a
# person's permission, so each says here what it gives out. A new command without a row fails.
COMMAND_GIVES: dict[str, str] = {
    "run": "starts the processes",
    "prepare": "starts the processes",
    "db upgrade": "changes tables",
    "db check": "compares tables",
    "demo load": "makes a made-up city",
    "unit found": "makes the first unit",
    "user add": "makes an account",
    "user link": "gives out a one-time link",
    "user reset-second-factor": "takes a second factor away",
    "clocks sweep": "raises alerts; lists numbers, no names",
    "clocks rebuild": "computes dates anew",
    "audit seal": "seals the record",
    "audit verify": "checks the record",
    "audit export": "gives out the record: ids and codes",
    "audit check": "checks an export",
    "audit key": "gives out a public key",
    "seal status": "counts what is sealed by which key; no names",
    "seal rotate": "wraps the keys of sealed values anew, reads none",
    "seal split": "gives out the seal's key in shares",
    "seal join": "gives out the seal's key from its shares",
    "law list": "prints rules",
    "law due": "computes a date",
    "law check": "checks rules",
    "law diagrams": "writes pages of the law",
    "law coverage": "writes pages of the law",
    "law rehearse": "counts what a rule would move; numbers, no names",
}
# Jobs work as the system: what they tell, they tell to whom the file is open today (test_conflicts, test_left_yesterday).
JOB_TELLS: dict[str, str] = {
    "notifications.sweep.sweep_clocks": "alerts, by free_people",
    "app.core.audit_seals.seal_record": "nobody",
    "complaints.jobs.sweep_ended_clocks": "steps of the law, told by handlers",
    "complaints.jobs.sweep_recalculations": "moved dates, by free_people",
    "complaints.jobs.sweep_which_law": "nobody",
    "notifications.agendas.send_agendas": "everybody their own day, by what they may see",
    "notifications.jobs.sweep_outbox": "mail that was written before",
    "app.organisation.jobs.forget_old_tries": "nobody",
}


def commands_of(name: str, command: click.Command) -> set[str]:
    """Return the names of a command, or of those of a group, as they are typed."""
    if isinstance(command, click.Group):
        return {one for sub, inner in command.commands.items() for one in commands_of(f"{name} {sub}", inner)}
    return {name}


def load(entry: Entry) -> click.Command:
    """Return the command of a line of the list."""
    import importlib  # noqa: PLC0415 - commands are loaded only when they are called

    found: click.Command = getattr(importlib.import_module(entry.module), entry.attribute)
    return found


def test_every_command_and_every_job_has_its_row() -> None:
    """A new one without a row fails, and so does a row without one."""
    assert {one for name, entry in COMMANDS.items() for one in commands_of(name, load(entry))} == set(
        COMMAND_GIVES
    )
    assert {job.function for job in PERIODIC_JOBS} == set(JOB_TELLS)
