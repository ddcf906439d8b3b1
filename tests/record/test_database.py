"""The database itself refuses to change, delete or empty what is history: tried on a raw connection, row by row."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import ARRAY, JSON, BigInteger, Boolean, Column, Date, DateTime, Integer, LargeBinary

from app.config import Settings
from app.core.db import Base

# Every table whose rows are only ever added, with a change that it refuses (of some, the end is written later).
HISTORY = {
    "assignments": "note = 'y'",
    "audit_entries": "actor_id = 2",
    "audit_seals": "signature = 'y'",
    "authority_successions": "legal_basis = 'y'",
    "calendar_changes": "unit_id = 2",
    "clock_events": "document = 'y'",
    "clock_moves": "clock_id = 2",
    "conflicts": "reason = 'y'",
    "delegations": "document_no = 'y'",
    "extract_acts": "act = 'y'",
    "extracts": "text = 'y'",
    "hand_overs": "minutes = 'y'",
    "history": "act = 'y'",
    "identity_grants": "reason = 'y'",
    "identity_openings": "purpose = 'y'",
    "identity_requests": "purpose = 'y'",
    "local_rules": "number = 2",
    "masked_picture_acts": "act = 'y'",
    "masked_pictures": "boxes = '[1]'",
    "online_session_entries": "act = 'y'",
    "protection_entries": "act = 'y'",
    "seal_openings": "purpose = 'y'",
    "visit_entries": "act = 'y'",
}
_GIVEN = {"layer": "local"}  # what a check of the table asks for
_ROWS: dict[str, dict[str, Any]] = {
    "conflicts": {"person_id": 1},
    "delegations": {
        "from_person_id": 1,
        "to_person_id": 2,
        "valid_from": "2026-11-16",
        "valid_to": "2026-11-17",
    },
}
_SAMPLES: tuple[tuple[type, Any], ...] = (
    (ARRAY, []),
    (Boolean, True), (BigInteger, 1), (Integer, 1), (DateTime, "2026-11-16 09:00+07"), (Date, "2026-11-16"),
    (JSON, "{}"), (LargeBinary, b"x"),
)  # fmt: skip


@pytest.fixture
def raw(app: Flask, settings: Settings) -> Iterator[psycopg.Connection]:
    """A superuser's own connection; nothing of it stays."""
    with psycopg.connect(settings.owner_url.replace("+psycopg", "")) as connection:
        yield connection
        connection.rollback()


def sample(column: Column[Any]) -> Any:
    """Return a value that the column takes."""
    if column.name in _GIVEN:
        return _GIVEN[column.name]
    allowed = getattr(column.type, "enums", None)
    if allowed:
        return allowed[0]
    return next((value for kind, value in _SAMPLES if isinstance(column.type, kind)), "x")


def put_a_row(raw: psycopg.Connection, table: str) -> None:
    """Write one row, past foreign keys and triggers."""
    columns = Base.metadata.tables[table].columns
    values = {c.name: sample(c) for c in columns if not c.nullable and not (c.primary_key and c.name == "id")}
    if {"petition_id", "case_id"} <= set(columns.keys()):
        values["petition_id"] = 1
    values |= _ROWS.get(table, {})
    names = ", ".join(f'"{name}"' for name in values)
    holders = ", ".join("%s" for _ in values)
    raw.execute("SET LOCAL session_replication_role = replica")
    raw.execute(f"INSERT INTO {table} ({names}) VALUES ({holders})", list(values.values()))  # type: ignore[arg-type]
    raw.execute("SET LOCAL session_replication_role = origin")


@pytest.mark.parametrize("table", sorted(HISTORY))
def test_what_is_history_can_be_neither_changed_nor_deleted_nor_emptied(
    raw: psycopg.Connection, table: str
) -> None:
    put_a_row(raw, table)
    for statement in (
        f"UPDATE {table} SET {HISTORY[table]}",
        f"DELETE FROM {table}",
        f"TRUNCATE {table} CASCADE",
    ):
        with pytest.raises(psycopg.errors.RestrictViolation), raw.transaction():
            raw.execute(statement)  # type: ignore[arg-type]
    assert raw.execute(f"SELECT count(*) FROM {table}").fetchone() != (0,)  # type: ignore[arg-type]


def test_emptying_what_history_hangs_on_is_refused_too(raw: psycopg.Connection) -> None:
    for table in ("cases", "petitions", "persons", "units"):
        with pytest.raises(psycopg.errors.RestrictViolation), raw.transaction():
            raw.execute(f"TRUNCATE {table} CASCADE")  # type: ignore[arg-type]


def test_every_table_that_refuses_rewriting_is_listed_here_and_refuses_to_be_emptied(
    raw: psycopg.Connection,
) -> None:
    """Bits of pg_trigger.tgtype: 8 delete, 16 update, 32 truncate."""
    found = raw.execute(
        "SELECT c.relname, bit_or(t.tgtype)::int FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
        "JOIN pg_proc p ON p.oid = t.tgfoid WHERE p.proname LIKE 'refuse_rewriting%' GROUP BY 1"
    ).fetchall()
    assert {table: bits & (8 | 16 | 32) for table, bits in found} == dict.fromkeys(HISTORY, 8 | 16 | 32)


def test_of_a_grant_only_its_end_is_written_later(raw: psycopg.Connection) -> None:
    put_a_row(raw, "identity_grants")
    raw.execute("ALTER TABLE identity_grants DISABLE TRIGGER ALL")  # its keys point at nobody here
    raw.execute("ALTER TABLE identity_grants ENABLE TRIGGER identity_grants_append_only")
    raw.execute("UPDATE identity_grants SET revoked_at = now()")
    with pytest.raises(psycopg.errors.RestrictViolation):
        raw.execute("UPDATE identity_grants SET expires_at = now()")
