"""What the operator does when the only administrator is locked out: a link, and the second factor taken away."""

from flask import Flask
from sqlalchemy import select

from app.core.audit import AuditEntry
from app.core.db import db
from app.organisation.signin import second_factor
from tests.factories import World
from tests.ops.test_commands import call
from tests.organisation.test_second_factor import enrol


def test_a_link_is_printed_and_sets_the_password(
    live_world: World, real_database: Flask, command_environment: dict[str, str]
) -> None:
    done = call("user", "link", "QuanTri", env=command_environment)
    assert done.exit_code == 0 and done.stdout.count("\n") == 1
    path = done.stdout[done.stdout.index("/sign-in/link/") :].strip()
    client = real_database.test_client()
    assert (
        client.post(path, data={"new": "trời xanh mây trắng", "again": "trời xanh mây trắng"}).status_code
        == 302
    )
    assert (
        client.post("/sign-in", data={"username": "quantri", "password": "trời xanh mây trắng"}).status_code
        == 302
    )


def test_the_second_factor_is_taken_away_and_the_audit_says_so(
    live_world: World, command_environment: dict[str, str]
) -> None:
    enrol(live_world, "quantri")
    person_id = live_world.person("quantri").id
    done = call("user", "reset-second-factor", "quantri", env=command_environment)
    assert done.exit_code == 0 and "password alone" in done.stdout
    db.session.expire_all()
    assert not second_factor.factors_of(person_id)
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "person.factor_removed")).all()
    assert [(entry.actor_id, entry.subject_id) for entry in entries] == [(None, person_id)]


def test_an_account_that_nobody_has_is_refused(
    live_world: World, command_environment: dict[str, str]
) -> None:
    for words in (("link",), ("reset-second-factor",)):
        done = call("user", *words, "khong.co.ai", env=command_environment)
        assert done.exit_code != 0
