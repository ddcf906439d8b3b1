"""What the seal asks for is asked for by the database too: words, a fresh sign-in, a second person, an end, one owner."""

from typing import Any

import psycopg
import pytest
from psycopg.errors import CheckViolation, InsufficientPrivilege, RestrictViolation
from sqlalchemy import NullPool, create_engine, text

from app.config import Settings
from app.operations import grants
from complaints.codes_identity import OpeningPurpose
from tests.wall.conftest import Ground
from tests.wall.test_refusals import in_words, not_opened, opening, read, refused, session_of

TODAY = "(now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date"

# --------------------------------------------------------------------------------------------------------- an opening


def test_an_opening_says_why_in_words_and_the_database_keeps_them(
    raw: psycopg.Connection, ground: Ground
) -> None:
    head = ground.people["chutich.lb"]
    context, sealed = in_words()
    for words in (
        (None, None), (context, None), (None, sealed), (context, b""), (context, b"x" * 200), (context, sealed[:101]),
        (in_words("identity-grant")[0], sealed), ("identity-opening:Kín", sealed), (context, b"\x02" + b"\xff" * 200),
    ):  # fmt: skip
        not_opened(raw, head, ground.petition, words=words)
    opening(
        raw, head, ground.petition, purpose="meeting", detail={"purpose": "meeting"}, words=(context, sealed)
    )
    kept = raw.execute(
        "SELECT sealed_identity_id, person_id, purpose, context, ciphertext FROM identity_openings ORDER BY id DESC LIMIT 1"
    ).fetchone()
    assert kept == (ground.sealed, head, "meeting", context, sealed)


def test_no_line_of_an_opening_is_written_past_the_function(raw: psycopg.Connection, ground: Ground) -> None:
    context, sealed = in_words()
    opening(raw, ground.people["chutich.lb"], ground.petition)
    refused(
        raw,
        "INSERT INTO identity_openings (sealed_identity_id, person_id, purpose, context, ciphertext, opened_at) "
        "VALUES (%s, %s, 'check', %s, %s, now())",
        [ground.sealed, ground.people["chutich.lb"], context, sealed],
    )
    for statement in ("UPDATE identity_openings SET person_id = 1", "DELETE FROM identity_openings"):
        refused(raw, statement)


def test_the_purposes_are_those_of_the_list(owner: psycopg.Connection) -> None:
    known = [purpose.value for purpose in OpeningPurpose]
    for purpose in (*known, "look", "receipt", "Check", "", None):
        found = owner.execute("SELECT seal_purpose(%s)", [purpose]).fetchone()
        assert found == (purpose in known,)


def test_an_opening_asks_for_a_session_of_ones_own_that_is_fresh(
    raw: psycopg.Connection, owner: psycopg.Connection, ground: Ground
) -> None:
    """Within the hour that the settings allow at the most; with the second factor of whoever has one."""
    head, clerk = ground.people["chutich.lb"], ground.people["donthu.lb"]
    for session_id in (None, "", "x", "0", session_of(raw, clerk)):
        not_opened(raw, head, ground.petition, session_id=session_id)
        not_opened(raw, head, ground.measure, "protection_measure", session_id=session_id)
    raw.rollback()
    for change, back in (
        ("fresh_at = now() - interval '61 minutes'", "fresh_at = now()"),
        ("fresh_at = now() + interval '1 hour'", "fresh_at = now()"),
        ("ended_at = now()", "ended_at = NULL"),
        ("epoch = epoch - 1", "epoch = epoch + 1"),
    ):
        owner.execute(f"UPDATE sign_in_sessions SET {change} WHERE person_id = %s", [head])  # type: ignore[arg-type]
        owner.commit()
        not_opened(raw, head, ground.petition)
        raw.rollback()
        owner.execute(f"UPDATE sign_in_sessions SET {back} WHERE person_id = %s", [head])  # type: ignore[arg-type]
        owner.commit()
        opening(raw, head, ground.petition)
        raw.rollback()
    owner.execute(
        "INSERT INTO passkeys (person_id, credential_id, public_key, sign_count, transports, name, created_at) "
        "VALUES (%s, 'k', 'k', 0, '{}', 'k', now())",
        [head],
    )
    owner.commit()
    not_opened(raw, head, ground.petition)
    raw.rollback()
    owner.execute("UPDATE sign_in_sessions SET second_factor = true WHERE person_id = %s", [head])
    owner.commit()
    opening(raw, head, ground.petition)
    raw.rollback()
    owner.execute("DELETE FROM passkeys")
    owner.execute("UPDATE sign_in_sessions SET second_factor = false")
    owner.commit()


# ------------------------------------------------------------------------------------------------------- who is let in


def test_who_stands_in_for_the_head_with_the_seal_is_let_in_while_it_lasts(
    raw: psycopg.Connection, owner: psycopg.Connection, ground: Ground
) -> None:
    deputy, head = ground.people["truongphong.lb"], ground.people["chutich.lb"]

    def stand_in(**other: Any) -> None:
        values = {"seal": True, "first": f"{TODAY}", "last": f"{TODAY} + 2", "ended": "NULL"} | other
        owner.execute("SET LOCAL session_replication_role = replica")
        owner.execute("DELETE FROM delegations")
        owner.execute(
            "INSERT INTO delegations (from_person_id, to_person_id, permissions, with_seal, valid_from, valid_to, "
            "document_no, given_by_id, given_at, ended_on) VALUES (%s, %s, '{case:decide}', %s, "
            f"{values['first']}, {values['last']}, '1/UQ', %s, now(), {values['ended']})",
            [head, deputy, values["seal"], head],
        )
        owner.commit()

    def closed() -> None:
        not_opened(raw, deputy, ground.petition)
        not_opened(raw, deputy, ground.measure, "protection_measure")
        raw.rollback()

    def everywhere(column: str, value: str) -> None:
        for table in ("petitions", "cases"):
            owner.execute(f"UPDATE {table} SET {column} = {value}")  # type: ignore[arg-type]
        owner.commit()

    for other in (
        {"seal": False}, {"first": f"{TODAY} + 1"}, {"first": f"{TODAY} - 2", "last": TODAY},
        {"first": f"{TODAY} - 2", "ended": TODAY},
    ):  # fmt: skip
        stand_in(**other)
        closed()
    stand_in()
    for kind, record in (("petition", ground.petition), ("protection_measure", ground.measure)):
        ticket = opening(raw, deputy, record, kind)
        raw.commit()
        assert read(raw, ticket, deputy)
        raw.commit()
    not_opened(raw, deputy, ground.other)
    raw.rollback()
    for who in (deputy, head):  # what is closed to either of the two
        everywhere("barred_ids", f"ARRAY[{who}]")
        closed()
    everywhere("barred_ids", "'{}'")
    owner.execute("UPDATE memberships SET valid_to = now()::date - 1 WHERE person_id = %s", [head])
    owner.commit()
    closed()
    owner.execute("UPDATE memberships SET valid_to = NULL WHERE person_id = %s", [head])
    owner.execute("SET LOCAL session_replication_role = replica")
    owner.execute("DELETE FROM delegations")
    owner.commit()


def test_who_may_know_nothing_of_the_file_opens_nothing(
    raw: psycopg.Connection, owner: psycopg.Connection, ground: Ground
) -> None:
    """The denounced, their unit, whoever has a conflict: also having registered it, also with a grant."""
    clerk, head, handler = (ground.people[name] for name in ("donthu.lb", "chutich.lb", "thuly.lb"))
    unit = "(SELECT unit_id FROM memberships WHERE person_id = {})"
    let_in(raw, ground)
    raw.commit()
    for who in (clerk, head, handler):
        opening(raw, who, ground.petition)
        raw.rollback()
        for column, value in (("barred_ids", f"{{{who}}}"), ("closed_unit_ids", None)):
            chosen = f"ARRAY[{unit.format(who)}]" if value is None else f"'{value}'"
            owner.execute(f"UPDATE petitions SET {column} = {chosen}")  # type: ignore[arg-type]
            owner.commit()
            not_opened(raw, who, ground.petition)
            raw.rollback()
            owner.execute(f"UPDATE petitions SET {column} = '{{}}'")  # type: ignore[arg-type]
            owner.commit()
    raw.execute("UPDATE identity_grants SET revoked_at = now()")
    raw.commit()


# ------------------------------------------------------------------------------------------------------------- a grant


def let_in(raw: psycopg.Connection, ground: Ground, **other: Any) -> None:
    """Write a grant as the application's role does: the head of Long Biên lets the handler in for three days."""
    context, words = in_words("identity-grant")
    values = {
        "sealed": ground.sealed, "person": ground.people["thuly.lb"], "by": ground.people["chutich.lb"],
        "purpose": "meeting", "context": context, "words": words, "at": "0 days", "until": "3 days", "revoked": None,
    } | other  # fmt: skip
    raw.execute(
        "INSERT INTO identity_grants (sealed_identity_id, person_id, granted_by_id, purpose, reason, context, ciphertext, "
        "may_download, granted_at, expires_at, revoked_at) VALUES (%(sealed)s, %(person)s, %(by)s, %(purpose)s, '', "
        "%(context)s, %(words)s, false, now() + %(at)s::interval, now() + %(until)s::interval, %(revoked)s)",
        values,
    )


def test_a_grant_is_given_by_the_competent_head_to_somebody_else_for_a_purpose_in_words_and_ends(
    raw: psycopg.Connection, ground: Ground
) -> None:
    people = ground.people
    wrong: list[dict[str, Any]] = [
        {"by": people[name]}
        for name in (
            "thuly.lb",
            "truongphong.lb",
            "donthu.lb",
            "chutich.bd",
            "chutich.hn",
            "thanhtra",
            "quantri",
        )
    ]
    wrong += [
        {"person": people["chutich.lb"]}, {"purpose": None}, {"purpose": "look"}, {"words": None}, {"context": None},
        {"words": b"why not"}, {"context": in_words()[0]}, {"until": "31 days"}, {"at": "-1 day"}, {"at": "1 day"},
        {"sealed": 0}, {"revoked": "2026-11-16 09:00+07"},
    ]  # fmt: skip
    for other in wrong:
        with pytest.raises(InsufficientPrivilege), raw.transaction():
            let_in(raw, ground, **other)
    not_opened(raw, people["thuly.lb"], ground.petition)
    let_in(raw, ground)
    opening(raw, people["thuly.lb"], ground.petition)


def test_a_grant_that_was_taken_back_is_not_given_back(raw: psycopg.Connection, ground: Ground) -> None:
    let_in(raw, ground)
    raw.execute(
        "UPDATE identity_grants SET revoked_at = now(), revoked_by_id = granted_by_id WHERE revoked_at IS NULL"
    )
    for statement in (
        "UPDATE identity_grants SET revoked_at = NULL",
        "UPDATE identity_grants SET revoked_by_id = NULL",
    ):
        with pytest.raises(RestrictViolation), raw.transaction():
            raw.execute(statement)
    for statement in (
        "UPDATE identity_grants SET expires_at = now() + interval '9 days'",
        "UPDATE identity_grants SET person_id = granted_by_id",
        "UPDATE identity_grants SET may_download = true",
        "DELETE FROM identity_grants",
    ):
        refused(raw, statement)


def test_nobody_decides_on_their_own_request(raw: psycopg.Connection, ground: Ground) -> None:
    context, words = in_words("identity-request")
    handler = ground.people["thuly.lb"]
    raw.execute(
        "INSERT INTO identity_requests (sealed_identity_id, person_id, purpose, days, context, ciphertext, requested_at) "
        "VALUES (%s, %s, 'check', 3, %s, %s, now())",
        [ground.sealed, handler, context, words],
    )
    with pytest.raises(CheckViolation), raw.transaction():
        raw.execute("UPDATE identity_requests SET decided_at = now(), decided_by_id = %s", [handler])
    head = ground.people["chutich.lb"]
    raw.execute("UPDATE identity_requests SET decided_at = now(), decided_by_id = %s", [head])
    with pytest.raises(RestrictViolation), raw.transaction():
        raw.execute("UPDATE identity_requests SET decided_at = NULL")
    refused(raw, "UPDATE identity_requests SET person_id = 1")


# ----------------------------------------------------------------------------------------------------------- rotation


@pytest.mark.parametrize(
    ("table", "column"),
    [
        *((table, column) for table, column in grants.SEALED.items() if table not in grants.SEALED_LATER),
        ("sealed_identities", "hashed_under"),
        ("identity_grants", "ciphertext"),
        ("identity_requests", "ciphertext"),
        ("identity_openings", "ciphertext"),
        ("identity_hashes", "digest"),
    ],
)
def test_what_is_sealed_is_not_wrapped_anew_by_the_application(
    raw: psycopg.Connection, table: str, column: str
) -> None:
    refused(raw, f"UPDATE {table} SET {column} = 'x'")


def test_a_file_is_sealed_once_by_the_application_and_wrapped_anew_by_the_owner_alone(
    raw: psycopg.Connection, owner: psycopg.Connection, walled: Settings, ground: Ground
) -> None:
    new = b"\x01" + bytes(68) + b"body"
    row = raw.execute(
        "INSERT INTO stored_files (storage_key, sha256, size, media_type, extension, name, sealed, uploaded_by_id, "
        "uploaded_at) VALUES ('a', 'a', 1, 'x', 'pdf', 'x.pdf', false, %s, now()) RETURNING id",
        [ground.people["donthu.lb"]],
    ).fetchone()
    assert row is not None
    [file] = row
    raw.execute(
        "UPDATE stored_files SET sealed = true, name = '', sealed_name = %s, seal_header = 'h', storage_key = 'b' "
        "WHERE id = %s",
        [new, file],
    )
    raw.commit()
    for change in ("sealed = false", "sealed_name = NULL", "seal_header = 'x'", "storage_key = 'c'"):
        refused(raw, f"UPDATE stored_files SET {change} WHERE id = %s", [file])
    raw.rollback()
    engine = create_engine(walled.owner_url, poolclass=NullPool)
    change = text("UPDATE stored_files SET sealed_name = :name, seal_header = 'new' WHERE id = :id")
    with engine.begin() as connection:
        connection.execute(change, {"name": b"\x01" + b"k" * 68 + b"body", "id": file})
    with engine.connect() as connection, pytest.raises(Exception, match="only wrapped anew"):
        connection.execute(change, {"name": b"\x01" + b"k" * 68 + b"BODY", "id": file})
    raw.execute("DELETE FROM stored_files WHERE id = %s", [file])
    raw.commit()
