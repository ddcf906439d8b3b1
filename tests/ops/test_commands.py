"""The `tiepdan` command: help without a database, refusals in one line, the acts of an operator."""

import json
import subprocess
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from app.commands.main import tiepdan
from app.config import ROOT
from app.core.db import db
from app.core.permissions import Role
from app.organisation.login import password_matches
from app.organisation.models import Person, Unit
from tests.factories import World
from tests.ops.conftest import TIEPDAN, clean_environment

PASSWORD = "một mật khẩu rất dài"


def every_command(group: click.Group, *path: str) -> Iterator[tuple[str, ...]]:
    """Yield the words of a group's commands, and of theirs."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*path, name)
        if isinstance(command, click.Group):
            yield from every_command(command, *path, name)


def call(*words: str, env: dict[str, str], typed: str = "") -> Result:
    """Run a command in this process, as the operator would in theirs."""
    return CliRunner(env=env).invoke(tiepdan, words, input=typed)


@pytest.mark.parametrize("words", list(every_command(tiepdan)), ids=" ".join)
def test_every_command_explains_itself_without_a_database(words: tuple[str, ...]) -> None:
    done = CliRunner(env={"DATABASE_URL": None, "REDIS_URL": None}).invoke(tiepdan, [*words, "--help"])
    assert done.exit_code == 0
    assert done.output.startswith("Usage: ")


def test_a_refusal_is_one_line_and_exit_code_1() -> None:
    env = clean_environment(TIEPDAN_ENV="nonsense")
    done = subprocess.run(
        [*TIEPDAN, "db", "check"], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("tiepdan: TIEPDAN_ENV must be")


def test_a_database_that_is_away_is_one_line(command_environment: dict[str, str]) -> None:
    env = clean_environment(**command_environment) | {
        "DATABASE_URL": "postgresql://postgres@/x?host=/nowhere"
    }
    done = subprocess.run(
        [*TIEPDAN, "db", "check"], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "database" in done.stderr


def test_the_sweep_prints_json_and_nothing_else(
    live_world: World, command_environment: dict[str, str]
) -> None:
    done = call("clocks", "sweep", env=command_environment)
    assert json.loads(done.stdout) == {"examined": 0, "raised": 0, "notified": 0}
    dry = call("clocks", "sweep", "--dry-run", "--as-of", "2027-01-04", env=command_environment)
    assert json.loads(dry.stdout) == {
        "examined": 0,
        "raised": 0,
        "notified": 0,
        "as_of": "2027-01-04",
        "alerts": [],
    }


def test_a_day_to_come_is_only_looked_at(live_world: World, command_environment: dict[str, str]) -> None:
    done = call("clocks", "sweep", "--as-of", "2030-01-01", env=command_environment)
    assert done.exit_code != 0
    assert "--dry-run" in str(done.exception)


def test_dates_derived_again_show_no_difference(
    live_world: World, command_environment: dict[str, str]
) -> None:
    done = call("clocks", "rebuild", env=command_environment)
    assert json.loads(done.stdout) == {"differences": []}


def test_the_first_unit_and_the_first_administrator(
    real_database: object, command_environment: dict[str, str]
) -> None:
    missing = call(
        "user",
        "add",
        "quantri",
        "--name",
        "Q",
        "--admin",
        "--password-stdin",
        env=command_environment,
        typed=PASSWORD,
    )
    assert "tiepdan unit found" in str(missing.exception)
    assert call("unit", "found", "HN", "UBND thành phố Hà Nội", env=command_environment).exit_code == 0
    added = call(
        "user", "add", "quantri", "--name", "Nguyễn Văn Quản", "--admin", "--password-stdin",
        env=command_environment, typed=PASSWORD + "\n",
    )  # fmt: skip
    assert added.stdout == "added quantri, administrator in HN\n"
    person = db.session.execute(select(Person)).scalar_one()
    assert [(m.role, m.unit.code) for m in person.memberships] == [(Role.ADMINISTRATOR, "HN")]
    assert password_matches(person.password_hash, PASSWORD)
    assert PASSWORD not in added.output
    again = call("unit", "found", "HP", "UBND thành phố Hải Phòng", env=command_environment)
    assert again.exit_code != 0
    assert db.session.execute(select(Unit.code)).scalars().all() == ["HN"]


@pytest.mark.parametrize(
    "words",
    [
        ("user", "add", "thanhtra2", "--name", "X", "--role", "inspector", "--unit", "NOWHERE"),
        ("user", "add", "thanhtra", "--name", "X"),
        ("user", "add", "Tên có dấu", "--name", "X"),
        ("user", "add", "moi", "--name", "X", "--unit", "HN"),
    ],
)
def test_an_account_that_makes_no_sense_is_not_added(
    live_world: World, command_environment: dict[str, str], words: tuple[str, ...]
) -> None:
    before = db.session.query(Person).count()
    done = call(*words, "--password-stdin", env=command_environment, typed=PASSWORD)
    assert done.exit_code != 0
    db.session.rollback()
    assert db.session.query(Person).count() == before


def test_a_short_password_is_refused(live_world: World, command_environment: dict[str, str]) -> None:
    done = call(
        "user", "add", "moi", "--name", "X", "--password-stdin", env=command_environment, typed="ngan"
    )
    assert done.exit_code != 0


def test_the_demo_is_not_loaded_over_records(live_world: World, command_environment: dict[str, str]) -> None:
    done = call("demo", "load", env=command_environment)
    assert "not empty" in str(done.exception)


def test_the_schema_can_be_checked_and_upgraded_again(
    app: object, command_environment: dict[str, str]
) -> None:
    assert call("db", "upgrade", env=command_environment).exit_code == 0
    assert call("db", "check", env=command_environment).exit_code == 0
