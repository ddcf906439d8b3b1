"""What the application's database role may do with each table: one table of grants, and nothing by default.

Rights beyond reading and adding are named here only where the product uses them. History (`KEPT`) is read and added to,
nothing else; where the end of a row is written later, only those columns may change. Columns under the seal (`SEALED`)
are written once and read by nobody but the functions of migrations 0070 and 0080; the owner alone wraps their keys anew
(`tiepdan seal rotate`). A table that is not named has no rights at all, and a test fails until it is.
"""

from collections.abc import Iterator, Mapping

KEPT = frozenset({
    "assignments", "audit_entries", "audit_seals", "calendar_changes", "clock_events", "clock_moves", "conflicts",
    "extract_acts", "extracts", "hand_overs", "history", "identity_hashes", "leak_marks", "masked_picture_acts",
    "masked_pictures", "online_session_entries", "protection_entries", "sealed_identities", "visit_entries",
})  # fmt: skip

# Of these only the columns that say how a row ends, or what became of it, are ever written again.
ENDED: Mapping[str, tuple[str, ...]] = {
    "authority_successions": ("valid_to", "end_reason", "ended_by_id", "ended_at"),
    "delegations": ("ended_on", "ended_by_id"),
    "identity_grants": ("revoked_at", "revoked_by_id"),
    "identity_requests": ("decided_at", "decided_by_id", "grant_id"),
    "local_rules": ("valid_to", "end_reason", "ended_by_id", "ended_at"),
}

CHANGED = frozenset({
    "agenda_days", "calendar_days", "case_attachments", "case_results", "cases", "chart_version", "clocks",
    "competence_proposals", "documents", "duties", "escalation_told", "escalations", "external_identities",
    "job_runs", "mail_switched_off", "memberships", "notices", "one_time_links", "online_sessions",
    "outbound_messages", "parties", "passkeys", "persons", "petition_attachments", "petition_parties",
    "petitions", "protection_measures", "recalculations", "recovery_codes", "register_counters",
    "sign_in_delays", "sign_in_sessions", "stored_files", "totp_secrets", "units", "visit_items",
    "visit_parties", "visits",
})  # fmt: skip

# Rows that the product takes away again: what was entered by mistake, used up, or moved into the seal.
TAKEN_AWAY = frozenset({
    "calendar_days", "external_identities", "mail_switched_off", "memberships", "one_time_links", "parties", "passkeys",
    "petition_parties", "recovery_codes", "sign_in_delays", "sign_in_sessions", "stored_files", "totp_secrets",
    "visit_items", "visit_parties",
})  # fmt: skip

# Of openings only the seal's function writes a line.
READ = frozenset({"alembic_version", "identity_openings"})
CLOSED = frozenset({"seal_openings"})  # written and read by the seal's functions alone

SEALED: Mapping[str, str] = {
    "protection_entries": "ciphertext",
    "protection_measures": "ciphertext",
    "sealed_identities": "ciphertext",
    "stored_files": "sealed_name",
}

# What is handed in clear may have to be sealed later; once it is, a trigger lets only the owner wrap its key anew.
SEALED_LATER = frozenset({"stored_files"})

FUNCTIONS = (
    "seal_opening(text, integer, integer, text, jsonb, text, bytea)",
    "seal_read(bigint, integer, timestamptz)",
)


def declared() -> frozenset[str]:
    """Return every table that this module says something about."""
    return KEPT | frozenset(ENDED) | CHANGED | READ | CLOSED


def statements(role: str) -> Iterator[str]:
    """Yield the statements that leave a role (its quoted name) with exactly these rights, whatever it had before.

    Two at once would meet in the catalogue: `upgrade_schema` lets one wait for the other.
    """
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}, PUBLIC"
    yield f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {role}, PUBLIC"
    yield f"REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM {role}, PUBLIC"
    yield f"REVOKE ALL ON SCHEMA public FROM {role}, PUBLIC"
    yield f"GRANT USAGE ON SCHEMA public TO {role}"
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}"
    yield _without_temporary_tables(role)
    for table in sorted(declared() - CLOSED):
        yield from _of_table(table, role)
    for function in FUNCTIONS:
        yield f"GRANT EXECUTE ON FUNCTION public.{function} TO {role}"


def _of_table(table: str, role: str) -> Iterator[str]:
    rights = ["INSERT"] if table not in READ else []
    resealed = table in SEALED and table not in SEALED_LATER
    rights += ["UPDATE"] if table in CHANGED and not resealed else []
    rights += ["DELETE"] if table in TAKEN_AWAY else []
    if table in CHANGED and resealed:
        yield _all_columns_but(table, SEALED[table], role, "UPDATE")
    if table in ENDED:
        rights += [f"UPDATE ({', '.join(ENDED[table])})"]
    if table in SEALED:
        yield _all_columns_but(table, SEALED[table], role)
    else:
        rights.insert(0, "SELECT")
    yield f"GRANT {', '.join(rights)} ON public.{table} TO {role}"


def _all_columns_but(table: str, column: str, role: str, right: str = "SELECT") -> str:
    """Return a statement that gives a role a right to every column but one, also columns of later migrations."""
    columns = (
        "SELECT pg_catalog.string_agg(pg_catalog.quote_ident(attname), ', ') FROM pg_catalog.pg_attribute "  # noqa: S608
        f"WHERE attrelid = 'public.{table}'::pg_catalog.regclass AND attnum > 0 AND NOT attisdropped "
        f"AND attname <> '{column}'"
    )
    return f"DO $$ BEGIN EXECUTE 'GRANT {right} (' || ({columns}) || ') ON public.{table} TO {role}'; END $$"


def _without_temporary_tables(role: str) -> str:
    """Return a statement that lets neither a role nor everybody make temporary tables in this database."""
    database = "pg_catalog.quote_ident(pg_catalog.current_database())"
    revoke = f"'REVOKE TEMPORARY, CREATE ON DATABASE ' || {database} || ' FROM {role}, PUBLIC'"
    return f"DO $$ BEGIN EXECUTE {revoke}; END $$"
