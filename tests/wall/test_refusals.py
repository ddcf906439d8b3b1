"""What the database refuses the application's role, each tried on a raw connection as that role."""

import json
import os
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege, RestrictViolation

from app.core.db import Base
from app.operations import grants
from app.operations.roles import APP_ROLE
from tests.record.test_database import HISTORY
from tests.wall.conftest import Ground

# ---------------------------------------------------------------------------------------------------------- the tables


def refused(raw: psycopg.Connection, statement: str, values: Any = None) -> None:
    """Assert that a statement is refused for want of a right."""
    with pytest.raises(InsufficientPrivilege), raw.transaction():
        raw.execute(statement, values)  # type: ignore[arg-type]


def test_every_table_has_declared_grants_and_nothing_is_granted_beyond_them(
    owner: psycopg.Connection,
) -> None:
    tables = {row[0] for row in owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
    assert tables == grants.declared() == set(Base.metadata.tables) | {"alembic_version"}
    found = owner.execute(
        "SELECT table_name, string_agg(privilege_type, ' ' ORDER BY privilege_type) "
        "FROM information_schema.table_privileges WHERE grantee IN (%s, 'PUBLIC') AND table_schema = 'public' GROUP BY 1",
        [APP_ROLE],
    )
    assert dict(found.fetchall()) == {table: _wanted(table) for table in tables if _wanted(table)}


def _wanted(table: str) -> str:
    rights = set() if table in grants.CLOSED or table in grants.SEALED else {"SELECT"}
    rights |= {"INSERT"} if table not in grants.READ | grants.CLOSED else set()
    resealed = table in grants.SEALED and table not in grants.SEALED_LATER  # changed column by column
    rights |= {"UPDATE"} if table in grants.CHANGED and not resealed else set()
    rights |= {"DELETE"} if table in grants.TAKEN_AWAY else set()
    return " ".join(sorted(rights))


def test_what_only_ends_may_be_changed_in_the_columns_of_its_end_alone(owner: psycopg.Connection) -> None:
    found = owner.execute(
        "SELECT table_name, column_name FROM information_schema.column_privileges "
        "WHERE grantee = %s AND privilege_type = 'UPDATE'",
        [APP_ROLE],
    ).fetchall()
    assert {pair for pair in found if pair[0] not in grants.CHANGED} == {
        (table, column) for table, columns in grants.ENDED.items() for column in columns
    }


@pytest.mark.parametrize("table", sorted(HISTORY))
def test_history_cannot_be_changed_deleted_or_emptied(raw: psycopg.Connection, table: str) -> None:
    for statement in (
        f"UPDATE {table} SET {HISTORY[table]}",
        f"DELETE FROM {table}",
        f"TRUNCATE {table} CASCADE",
    ):
        refused(raw, statement)


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE history DISABLE TRIGGER ALL",
        "ALTER TABLE audit_entries DISABLE TRIGGER audit_entries_append_only",
        "ALTER TABLE history ADD COLUMN x int",
        "ALTER TABLE history OWNER TO tiepdan_app",
        "DROP TABLE history",
        "DROP TRIGGER history_append_only ON history",
        "CREATE TRIGGER mine BEFORE INSERT ON cases FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()",
        "CREATE TABLE mine (id int)",
        "CREATE TEMPORARY TABLE mine (id int)",
        "CREATE VIEW mine AS SELECT 1",
        "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE OR REPLACE FUNCTION seal_committed(written_in bigint) RETURNS boolean LANGUAGE sql AS 'SELECT true'",
        "ALTER FUNCTION seal_committed(bigint) SECURITY DEFINER",
        "CREATE SCHEMA mine",
        "CREATE ROLE mine",
        "CREATE DATABASE mine",
        "ALTER ROLE tiepdan_app SUPERUSER",
        "SET ROLE postgres",
        "SET ROLE wall_owner",
        "SET SESSION AUTHORIZATION postgres",
        "SET session_replication_role = replica",
        "TRUNCATE persons CASCADE",
        "DELETE FROM cases",
        "UPDATE alembic_version SET version_num = 'x'",
        "SELECT setval('history_id_seq', 1)",
        "COPY cases TO '/tmp/cases'",
        "COPY cases TO PROGRAM 'cat'",
        "COPY sealed_identities TO STDOUT",
        "SELECT pg_read_file('postgresql.conf')",
        "SELECT lo_import('/etc/passwd')",
        "SELECT * FROM pg_authid",
        "SELECT * FROM pg_shadow",
    ],
)
def test_nothing_is_made_altered_dropped_or_read_from_the_server(
    raw: psycopg.Connection, statement: str
) -> None:
    if not statement.startswith("CREATE DATABASE"):
        refused(raw, statement)
        return
    raw.rollback()
    raw.autocommit = True
    with pytest.raises(InsufficientPrivilege):
        raw.execute(statement)  # type: ignore[arg-type]
    raw.autocommit = False


def test_the_role_grants_itself_nothing(raw: psycopg.Connection) -> None:
    raw.execute("GRANT SELECT ON cases TO PUBLIC")  # PostgreSQL warns and does nothing
    raw.execute("GRANT SELECT (ciphertext) ON sealed_identities TO tiepdan_app")
    refused(raw, "SELECT ciphertext FROM sealed_identities")


# ------------------------------------------------------------------------------------------------------------ the seal


@pytest.mark.parametrize("table", sorted(grants.SEALED))
def test_sealed_columns_are_not_read(raw: psycopg.Connection, table: str) -> None:
    column = grants.SEALED[table]
    refused(raw, f"SELECT {column} FROM {table}")
    refused(raw, f"SELECT * FROM {table}")
    refused(raw, f"SELECT t::text FROM {table} t")
    refused(raw, f"SELECT count(*) FROM {table} WHERE {column} > '\\x00'")
    refused(raw, f"INSERT INTO {table} DEFAULT VALUES RETURNING {column}")
    raw.execute(f"SELECT id FROM {table}")  # type: ignore[arg-type]


def test_tickets_are_neither_made_nor_read(raw: psycopg.Connection) -> None:
    refused(raw, "SELECT * FROM seal_openings")
    refused(
        raw,
        "INSERT INTO seal_openings (kind, record_id, person_id, purpose, at, audit_entry_id, written_in) "
        "VALUES ('petition', 1, 1, 'look', now(), 1, 1)",
    )
    for call in (
        "seal_lets_in('petition', 1, 1, now())", "seal_committed(1)", "seal_moment(now())", "seal_fresh('1', 1, now())",
        "seal_heads('petition', 1, 1, now())", "seal_hats(1, now())", "seal_held(1, now())", "sealed_body('x')",
        "seal_closed(1, '{}', '{}', now())", "seal_purpose('check')", "seal_worded('a', 'b', 'c')",
    ):  # fmt: skip
        refused(raw, f"SELECT {call}")


def in_words(kind: str = "identity-opening", letters: int = 5) -> tuple[str, bytes]:
    """Return what the database takes for sealed words: a header, a nonce, so many letters, a tag."""
    return f"{kind}:{uuid4()}", b"\x01" + os.urandom(68 + 12 + letters + 16)


def session_of(raw: psycopg.Connection, person: int | None) -> str | None:
    """Return the session of a person as entries name it."""
    row = raw.execute("SELECT min(id)::text FROM sign_in_sessions WHERE person_id = %s", [person]).fetchone()
    return row[0] if row else None


def opening(
    raw: psycopg.Connection, person: int | None, record: int, kind: str = "petition", **changes: Any
) -> int:
    """Call the function that keeps an opening, with an entry that nobody marked; return the ticket."""
    usual = "check" if kind == "petition" else "look"
    entry = {
        "at": datetime.now(UTC).isoformat(),
        "actor_id": person,
        "action": "identity.opened" if kind == "petition" else "protection.opened",
        "subject_kind": kind,
        "subject_id": record,
        "detail": {"purpose": usual},
        "session_id": session_of(raw, person),
    }
    purpose = changes.pop("purpose", usual)
    context, words = changes.pop("words", in_words() if kind == "petition" else (None, None))
    row = raw.execute(
        "SELECT seal_opening(%s, %s, %s, %s, %s, %s, %s)",
        [kind, record, person, purpose, json.dumps(entry | changes), context, words],
    ).fetchone()
    assert row is not None
    return int(row[0])


def read(raw: psycopg.Connection, ticket: int, person: int, at: datetime | None = None) -> list[Any]:
    """Call the function that gives what is sealed."""
    return raw.execute(
        "SELECT * FROM seal_read(%s, %s, %s)", [ticket, person, at or datetime.now(UTC)]
    ).fetchall()


def not_opened(
    raw: psycopg.Connection, person: int | None, record: int, kind: str = "petition", **more: Any
) -> None:
    """Assert that an opening is refused, and that nothing is kept of it."""
    with pytest.raises(InsufficientPrivilege), raw.transaction():
        opening(raw, person, record, kind, **more)


def test_whoever_registered_and_the_competent_head_open_and_each_opening_is_in_the_record(
    raw: psycopg.Connection, ground: Ground
) -> None:
    for name in ("donthu.lb", "chutich.lb"):
        person = ground.people[name]
        ticket = opening(raw, person, ground.petition)
        raw.commit()
        [(source, row_id, _context, ciphertext)] = read(raw, ticket, person)
        assert (source, row_id) == ("sealed_identities", ground.sealed)
        assert len(ciphertext) > 100
        kept = raw.execute(
            "SELECT action, actor_id, subject_id FROM audit_entries ORDER BY id DESC LIMIT 1"
        ).fetchone()
        assert kept == ("identity.opened", person, ground.petition)
        raw.commit()


def test_the_file_of_protection_opens_to_the_head_with_all_its_lines_and_to_nobody_else(
    raw: psycopg.Connection, ground: Ground
) -> None:
    head = ground.people["chutich.lb"]
    ticket = opening(raw, head, ground.measure, "protection_measure")
    raw.commit()
    assert [row[0] for row in read(raw, ticket, head)] == ["protection_measures", "protection_entries"]
    for name in (
        "donthu.lb",
        "thuly.lb",
        "truongphong.lb",
        "chutich.bd",
        "chutich.hn",
        "thanhtra",
        "quantri",
    ):
        not_opened(raw, ground.people[name], ground.measure, "protection_measure")


def test_who_is_not_let_in_opens_nothing(raw: psycopg.Connection, ground: Ground) -> None:
    let_in = {"donthu.lb", "chutich.lb"}
    for name, person in ground.people.items():
        if name not in let_in:
            not_opened(raw, person, ground.petition)
    for name in let_in:
        not_opened(raw, ground.people[name], ground.other)  # another commune's
    for person, record, kind in (
        (None, ground.petition, "petition"), (0, ground.petition, "petition"), (ground.people["chutich.lb"], 0, "petition"),
        (ground.people["chutich.lb"], ground.petition, "case"), (ground.people["chutich.lb"], ground.measure, "other"),
    ):  # fmt: skip
        not_opened(raw, person, record, kind)


def test_nothing_is_read_in_the_transaction_that_opens_so_that_no_rollback_hides_it(
    raw: psycopg.Connection, ground: Ground
) -> None:
    person = ground.people["chutich.lb"]
    ticket = opening(raw, person, ground.petition)
    with pytest.raises(InsufficientPrivilege), raw.transaction():
        read(raw, ticket, person)
    raw.execute("SAVEPOINT inner_one")
    inner = opening(raw, person, ground.petition)
    raw.execute("RELEASE inner_one")
    with pytest.raises(InsufficientPrivilege), raw.transaction():
        read(raw, inner, person)
    raw.rollback()
    refused(raw, "SELECT * FROM seal_read(%s, %s, now())", [ticket, person])


def test_a_ticket_is_of_one_person_and_of_one_minute(
    raw: psycopg.Connection, owner: psycopg.Connection, ground: Ground
) -> None:
    person, other = ground.people["chutich.lb"], ground.people["donthu.lb"]
    ticket = opening(raw, person, ground.petition)
    raw.commit()
    refused(raw, "SELECT * FROM seal_read(%s, %s, now())", [ticket, other])
    refused(raw, "SELECT * FROM seal_read(%s, %s, now())", [ticket + 1000, person])
    refused(raw, "SELECT * FROM seal_read(%s, %s, NULL)", [ticket, person])
    refused(raw, "SELECT * FROM seal_read(%s, NULL, now())", [ticket])
    owner.execute("SET LOCAL session_replication_role = replica")
    owner.execute("UPDATE seal_openings SET at = at - interval '61 seconds' WHERE id = %s", [ticket])
    owner.commit()
    refused(raw, "SELECT * FROM seal_read(%s, %s, now())", [ticket, person])


def test_an_application_that_tells_another_time_opens_nothing(
    raw: psycopg.Connection, ground: Ground
) -> None:
    for minutes in (-6, 6):
        at = (datetime.now(UTC) + timedelta(minutes=minutes)).isoformat()
        not_opened(raw, ground.people["chutich.lb"], ground.petition, at=at)
    not_opened(raw, ground.people["chutich.lb"], ground.petition, at=None)


def test_the_entry_must_be_that_of_the_opening_and_the_purpose_a_code(
    raw: psycopg.Connection, ground: Ground
) -> None:
    person = ground.people["chutich.lb"]
    for wrong in (
        {"actor_id": ground.people["quantri"]}, {"actor_id": None}, {"action": "case.viewed"}, {"subject_id": ground.other},
        {"subject_kind": "case"}, {"detail": {}}, {"detail": {"purpose": "other"}}, {"purpose": "Vì bà Kín hỏi"},
        {"purpose": ""}, {"purpose": None}, {"purpose": "look"}, {"purpose": "receipt"},
    ):  # fmt: skip
        not_opened(raw, person, ground.petition, **wrong)


def test_a_grant_lets_in_until_it_ends_or_is_taken_back(
    raw: psycopg.Connection, owner: psycopg.Connection, ground: Ground
) -> None:
    handler = ground.people["thuly.lb"]

    def grant(until: str, revoked: str = "NULL") -> None:
        owner.execute(
            "SET LOCAL session_replication_role = replica"
        )  # past the trigger that takes no such grant
        owner.execute(
            "INSERT INTO identity_grants (sealed_identity_id, person_id, granted_by_id, reason, may_download, granted_at, "
            f"expires_at, revoked_at) VALUES (%s, %s, %s, 'x', false, now() - interval '2 days', now() + interval '{until}', {revoked})",
            [ground.sealed, handler, ground.people["chutich.lb"]],
        )
        owner.commit()

    grant("-1 second")
    grant("1 day", "now()")
    not_opened(raw, handler, ground.petition)
    grant("1 day")
    not_opened(raw, handler, ground.other)
    ticket = opening(raw, handler, ground.petition)
    raw.commit()
    assert read(raw, ticket, handler)
    raw.commit()
    raw.execute(
        "UPDATE identity_grants SET revoked_at = now() WHERE person_id = %s AND revoked_at IS NULL", [handler]
    )
    raw.commit()
    refused(raw, "SELECT * FROM seal_read(%s, %s, now())", [ticket, handler])
    not_opened(raw, handler, ground.petition)


def test_who_left_is_not_let_in(raw: psycopg.Connection, owner: psycopg.Connection, ground: Ground) -> None:
    head, clerk = ground.people["chutich.lb"], ground.people["donthu.lb"]
    today = "(now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date"
    for change, back in (
        (f"UPDATE memberships SET valid_to = {today}", "UPDATE memberships SET valid_to = NULL"),
        ("UPDATE persons SET is_active = false", "UPDATE persons SET is_active = true"),
    ):
        key = "person_id" if "memberships" in change else "id"
        owner.execute(f"{change} WHERE {key} IN (%s, %s)", [head, clerk])  # type: ignore[arg-type]
        owner.commit()
        not_opened(raw, head, ground.petition)
        not_opened(raw, clerk, ground.petition)
        not_opened(raw, head, ground.measure, "protection_measure")
        raw.rollback()
        owner.execute(f"{back} WHERE {key} IN (%s, %s)", [head, clerk])  # type: ignore[arg-type]
        owner.commit()
    opening(raw, head, ground.petition)


def test_even_the_owner_rewrites_no_ticket_by_mistake(
    owner: psycopg.Connection, raw: psycopg.Connection, ground: Ground
) -> None:
    opening(raw, ground.people["chutich.lb"], ground.petition)
    raw.commit()
    with pytest.raises(RestrictViolation):
        owner.execute("DELETE FROM seal_openings")
