"""Who enters by which door: routes ask a person's permission, commands are the operator's, jobs are the system's.

The table of commands and jobs stands in test_matrix; here is shown that none of them acts as a person, that no page leads
to one, and that what jobs tell is told to nobody who may not know today.
"""

import ast
import importlib
import inspect
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import click
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.commands.main import COMMANDS
from app.core.clock import frozen
from app.core.db import db, unit_of_work
from app.organisation.chart import chart
from app.wiring import PERIODIC_JOBS
from complaints.models.cases import Case
from complaints.models.petitions import Petition
from notifications.models import Notice, OutboundMessage
from reception.services.visits import record_visit
from tests.access.test_every_route import REFUSED, address, objects, protected_routes, sign_in
from tests.access.test_matrix import denounced, gone, in_conflict, load, not_yet
from tests.conftest import TODAY
from tests.factories import World
from tests.reception.builders import ordinary_visit

__all__ = ["objects"]  # the fixture
ROOT = Path(__file__).parents[2]
FOLDERS = ("app", "complaints", "reception", "notifications")
Becomes = Callable[[World, Session, str, list[Petition | Case]], None]
# Jobs that are put on a queue by what happened, with what they are given: ids alone, and nobody they act for.
QUEUED = {"complaints.jobs.recalculate": "change", "notifications.jobs.deliver": "message"}


def trees() -> Iterator[tuple[Path, ast.Module]]:
    """Yield our modules, read."""
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*.py"):
            yield path, ast.parse(path.read_text("utf-8"))


def function_of(path: str) -> Callable[..., object]:
    """Return a job by its path."""
    module, _, name = path.rpartition(".")
    found: Callable[..., object] = getattr(importlib.import_module(module), name)
    return found


def test_every_job_that_is_put_on_a_queue_has_its_row() -> None:
    """Found in the source: whatever is enqueued after a commit."""
    found = set()
    for _path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "enqueue_after_commit":
                found.add(ast.unparse(node.args[0]).rpartition(".")[2])
    assert found == {path.rpartition(".")[2] for path in QUEUED}


@pytest.mark.parametrize("path", [*QUEUED, *(job.function for job in PERIODIC_JOBS)])
def test_a_job_is_given_ids_and_nobody_to_act_as(path: str) -> None:
    """It works as the system: whoever put it on the queue lends it no right."""
    taken = inspect.signature(function_of(path)).parameters.values()
    assert {parameter.annotation for parameter in taken} <= {int, "int"}, path


def leaves(command: click.Command) -> Iterator[click.Command]:
    """Yield a command, or those of a group."""
    for one in command.commands.values() if isinstance(command, click.Group) else ():
        yield from leaves(one)
    if not isinstance(command, click.Group):
        yield command


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_a_command_is_the_operators_and_acts_as_nobody_else(name: str) -> None:
    """None asks for somebody to act as, and its module asks for nobody's rights."""
    entry = COMMANDS[name]
    for command in leaves(load(entry)):
        options = {parameter.name for parameter in command.params}
        assert not options & {"as", "actor", "as_user", "principal", "on_behalf_of", "role_of"}, command.name
    source = Path(importlib.import_module(entry.module).__file__ or "").read_text("utf-8")
    assert "principal_for" not in source
    assert "current_principal" not in source


def test_no_page_leads_to_a_command_and_no_view_to_a_job() -> None:
    """What only the operator and the system may do is imported by nothing that answers a request."""
    for path, tree in trees():
        if "commands" in path.parts or path.name in {"cron.py", "worker.py"}:
            continue
        for node in ast.walk(tree):
            named = getattr(node, "module", None) or ""
            names = {named, *(f"{named}.{one.name}" for one in getattr(node, "names", ()) if named)}
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                assert "app.commands" not in {".".join(name.split(".")[:2]) for name in names}, path
                if "views" in path.parts or path.name == "views.py":
                    assert not any(name.endswith(".jobs") for name in names), path


@pytest.mark.parametrize("username", ["tiepdan.lb", "donthu.lb", "thuly.lb", "truongphong.lb", "chutich.lb", "thanhtra", "quantri"])  # fmt: skip
@pytest.mark.parametrize("becomes", [gone, not_yet])
def test_whoever_holds_no_role_today_is_signed_out_on_every_route(
    app: Flask,
    client: FlaskClient,
    world: World,
    objects: dict[str, int],
    session: Session,
    username: str,
    becomes: Becomes,
) -> None:
    """Every role whose membership has ended, or begins tomorrow: lists, forms and objects alike."""
    sign_in(client, world, username)
    becomes(world, session, username, [])
    session.commit()
    chart(fresh=True)
    for row in protected_routes(app):
        for method in row.methods:
            answer = client.open(address(app, row, objects), method=method)
            expected = {401} if row.rule.endswith(".json") else {302}
            assert answer.status_code in expected, f"{username}: {method} {row.rule} -> {answer.status_code}"


@pytest.mark.parametrize("username", ["tiepdan.lb", "donthu.lb", "chutich.lb", "thanhtra"])
@pytest.mark.parametrize("becomes", [in_conflict, denounced])
def test_a_visit_is_closed_with_the_petition_that_came_of_it(
    app: Flask,
    client: FlaskClient,
    world: World,
    objects: dict[str, int],
    session: Session,
    username: str,
    becomes: Becomes,
) -> None:
    """Its page, its receipt, its steps, by no address of the desk."""
    with unit_of_work():
        visit = record_visit(ordinary_visit(world), actor=world.principal("tiepdan.lb"))
    assert visit.petition is not None
    named = {**objects, "visit": visit.id, "petition": visit.petition.id}
    sign_in(client, world, username)
    becomes(world, session, username, [visit.petition])
    session.commit()
    rows = [
        row for row in protected_routes(app)
        if row.endpoint.startswith(("visits.", "desk.")) and ("<int:visit_id>" in row.rule or "<int:petition_id>" in row.rule)
    ]  # fmt: skip
    assert len(rows) > 5
    for row in rows:
        for method in row.methods:
            answer = client.open(address(app, row, named), method=method)
            assert answer.status_code in REFUSED, f"{username}: {method} {row.rule} -> {answer.status_code}"
    book = client.get("/desk/log-book")
    assert visit.number not in book.text


def later(world: World, _session: Session, username: str, _files: list[Petition | Case]) -> None:
    """Somebody begins long after the jobs have run."""
    for held in world.person(username).memberships:
        held.valid_from = TODAY + timedelta(days=90)


TOLD = ("thuly.lb", "truongphong.lb", "chutich.lb", "chutich.hn")


def told(world: World, session: Session, known: dict[str, int]) -> set[str]:
    """Run every job once, forty days on, and return whom it told of the file, under the bell or by mail."""
    last = {table: session.scalar(select(func.max(table.id))) or 0 for table in (Notice, OutboundMessage)}
    known = {**known, "message": last[OutboundMessage]}
    with frozen(TODAY + timedelta(days=40)):
        chart(fresh=True)
        for job in PERIODIC_JOBS:
            if not job.function.startswith(
                "app.core.audit_seals"
            ):  # tells nobody, and notes what is undone here
                function_of(job.function)()
        for path, name in QUEUED.items():
            function_of(path)(known[name])
    case = session.get_one(Case, known["case"])
    names = {f"/cases/{case.id}", f"/petitions/{known['petition']}", case.number}
    people = {person.id: name for name, person in world.people.items()}
    return {
        people.get(row.person_id or 0, "?")
        for table in (Notice, OutboundMessage)
        for row in session.scalars(select(table).where(table.id > last[table]))
        if any(name in f"{row.facts} {getattr(row, 'body', '')}" for name in names)
    }


def test_jobs_tell_only_those_who_may_know_today(
    world: World, session: Session, objects: dict[str, int]
) -> None:  # fmt: skip
    """Own unit, other unit, superior, in conflict, denounced, gone, not yet: the same file, the same jobs."""
    connection = session.connection()
    others = {name for name in world.people if name.endswith(".bd")} | {
        "giamdoc.sxd",
        "quantri",
        "tiepdan.hn",
    }
    for username, becomes in [
        ("", None),
        *((name, one) for name in TOLD for one in (in_conflict, denounced, gone, later)),
    ]:
        session.commit()  # ends the savepoint of the session itself
        point = connection.begin_nested()
        files: list[Petition | Case] = [
            session.get_one(Petition, objects["petition"]),
            session.get_one(Case, objects["case"]),
        ]
        if becomes is not None:
            becomes(world, session, username, files)
        session.commit()
        heard = told(world, session, objects)
        assert not heard & others, (username, becomes, heard)
        if becomes is None:
            assert set(TOLD) <= heard, heard  # else the rest would say nothing
        else:
            assert username not in heard, (username, becomes)
        db.session.rollback()
        point.rollback()
        session.expire_all()
        chart(fresh=True)
