"""The two roles: who migrates, who serves, and what production refuses."""

from dataclasses import replace

import psycopg
import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import NullPool, create_engine

from app.commands.main import tiepdan
from app.config import Settings
from app.config_reading import ConfigError
from app.factory import create_app
from app.operations.entry import refuse_unsafe
from app.operations.roles import APP_ROLE, grant_rights, refuse_powers
from app.operations.roles import make_app_role as make_again
from tests.wall.conftest import Ground


def refusal(url: str, *as_owner: str) -> str:
    """Return what is said of the role of an address, after statements that somebody ran; they are taken back."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        for statement in as_owner:
            connection.exec_driver_sql(statement)
        try:
            refuse_powers(connection)
        except ConfigError as error:
            return str(error)
        finally:
            connection.rollback()
    return ""


def test_the_role_of_the_first_run_has_no_powers_and_its_owner_has(
    walled: Settings, app: Flask, settings: Settings
) -> None:
    assert refusal(settings.database_url) == refusal(walled.database_url) == ""
    assert "owns tables" in refusal(walled.owner_url)
    assert "is a superuser" in refusal(settings.owner_url)
    assert make_again(settings.owner_url) is None


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("ALTER TABLE history OWNER TO {role}", "owns tables"),
        ("GRANT CREATE ON SCHEMA public TO {role}", "may create tables"),
        ("ALTER ROLE {role} CREATEROLE", "rules over roles"),
        ("CREATE ROLE owning; ALTER TABLE history OWNER TO owning; GRANT owning TO {role}", "owns tables"),
    ],
)
def test_a_role_that_owns_creates_or_rules_is_refused_in_one_line(
    admin_url: str, statement: str, words: str
) -> None:
    said = refusal(admin_url, statement.format(role=APP_ROLE), f"SET LOCAL ROLE {APP_ROLE}")
    assert words in said
    assert "\n" not in said
    assert "docs/operations.md" in said


def test_an_upgrade_takes_back_what_the_role_was_given_besides(
    walled: Settings, owner: psycopg.Connection, raw: psycopg.Connection, ground: Ground
) -> None:
    owner.execute(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {APP_ROLE}, PUBLIC")  # type: ignore[arg-type]
    owner.execute(f"GRANT SELECT (ciphertext) ON sealed_identities TO {APP_ROLE}")  # type: ignore[arg-type]
    owner.commit()
    engine = create_engine(walled.owner_url, poolclass=NullPool)
    for _twice in range(2):
        with engine.begin() as connection:
            grant_rights(connection, APP_ROLE)
    for statement in ("UPDATE history SET act = 'y'", "SELECT ciphertext FROM sealed_identities"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), raw.transaction():
            raw.execute(statement)  # type: ignore[arg-type]
    raw.execute("SELECT id FROM sealed_identities")


def test_production_serves_only_as_a_role_that_owns_nothing(walled: Settings) -> None:
    for url, said in ((walled.owner_url, "owns tables"), (walled.database_url, None)):
        app = create_app(replace(walled, env="production", database_url=url))
        if said is None:
            refuse_unsafe(app)
            continue
        with pytest.raises(ConfigError, match=said):
            refuse_unsafe(app)


def test_production_migrates_only_as_the_owner_and_says_so(settings: Settings) -> None:
    env = {
        "TIEPDAN_ENV": "production", "DATABASE_URL": settings.database_url, "REDIS_URL": settings.redis_url,
        "SECRET_KEY": "kJ8x2mQw9zLp4vBn7tRy1cFs6dGh3aXe", "BASE_URL": "https://tiepdan.example.vn",
        "TIEPDAN_SEAL_KEY": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
        "TIEPDAN_AUDIT_KEY": "YXVkaXQta2V5LW9mLXRoZS10ZXN0LXN1aXRlLTMyYnk=",
    }  # fmt: skip
    with pytest.raises(ConfigError, match="DATABASE_OWNER_URL is not set"):
        Settings.from_env(env).as_owner()
    owned = Settings.from_env(env | {"DATABASE_OWNER_URL": settings.owner_url}).as_owner()
    assert (owned.database_url, owned.app_role) == (settings.owner_url, APP_ROLE)
    with pytest.raises(ConfigError, match="names no user"):
        _ = Settings.from_env(env | {"DATABASE_URL": "postgresql://db/x"}).app_role
    done = CliRunner(env=env | {"DATABASE_OWNER_URL": None}).invoke(tiepdan, ["db", "upgrade"])
    assert isinstance(done.exception, ConfigError)


def test_with_one_role_only_a_development_database_is_migrated_by_it(settings: Settings) -> None:
    engine = create_engine(settings.owner_url, poolclass=NullPool)
    with engine.begin() as connection:
        grant_rights(connection, "postgres")  # itself: nothing to give
        assert connection.exec_driver_sql("SELECT has_table_privilege('history', 'DELETE')").scalar_one()
