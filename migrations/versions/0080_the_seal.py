"""The seal can be rotated, and who is let in is decided by a second person, for a purpose, in words, for a time.

Headers of sealed values change where history does not, by the owner's hand alone.
"""

import sqlalchemy as sa
from alembic import op

revision = "0080"
down_revision = "0091"
branch_labels = None
depends_on = None

# Of a line of the file of protection only the wrapped key of its texts may change, never what is sealed.
_ONLY_THE_HEADER = """
CREATE FUNCTION sealed_body(sealed bytea) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE get_byte(sealed, 0)
        WHEN 1 THEN substring(sealed FROM 70)
        WHEN 2 THEN substring(sealed FROM 12 + get_byte(sealed, 9) * 256 + get_byte(sealed, 10))
    END
$$;
CREATE FUNCTION refuse_rewriting_but_rewrapping() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF to_jsonb(NEW) - 'ciphertext' = to_jsonb(OLD) - 'ciphertext'
            AND sealed_body(NEW.ciphertext) = sealed_body(OLD.ciphertext)
        THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'rows of % are appended, never changed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""
_BODY_CHANGES = "sealed_body(OLD.ciphertext) IS DISTINCT FROM sealed_body(NEW.ciphertext)"
_REFUSE = "EXECUTE FUNCTION refuse_rewriting()"
_GRANTED = "sealed_identity_id, person_id, granted_by_id, purpose, reason, context, may_download, granted_at, expires_at"
_ASKED = "sealed_identity_id, person_id, purpose, days, context, requested_at"
_DECIDED = "decided_at, decided_by_id, grant_id"
# By table and name: when, and for which rows, a change is refused (of openings all but the re-wrapping).
_GUARDS = (
    ("identity_grants", "append_only", f"BEFORE DELETE OR UPDATE OF {_GRANTED}", _REFUSE),
    ("identity_requests", "append_only", f"BEFORE DELETE OR UPDATE OF {_ASKED}", _REFUSE),
    (
        "identity_requests",
        "decided_once",
        f"BEFORE UPDATE OF {_DECIDED}",
        f"WHEN (OLD.decided_at IS NOT NULL) {_REFUSE}",
    ),
    ("identity_grants", "rewrapped", "BEFORE UPDATE OF ciphertext", f"WHEN ({_BODY_CHANGES}) {_REFUSE}"),
    ("identity_requests", "rewrapped", "BEFORE UPDATE OF ciphertext", f"WHEN ({_BODY_CHANGES}) {_REFUSE}"),
    (
        "identity_grants",
        "revoked_once",
        "BEFORE UPDATE OF revoked_at, revoked_by_id",
        f"WHEN (OLD.revoked_at IS NOT NULL) {_REFUSE}",
    ),
    (
        "identity_openings",
        "append_only",
        "BEFORE UPDATE OR DELETE",
        "EXECUTE FUNCTION refuse_rewriting_but_rewrapping()",
    ),
)

# What is sealed once is wrapped anew by the owner of the table alone, and never with another body.
_RESEALING = """
CREATE FUNCTION refuse_resealing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER')
        AND sealed_body(NEW.sealed_name) IS NOT DISTINCT FROM sealed_body(OLD.sealed_name) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'what is sealed is only wrapped anew, by the owner' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER stored_files_resealed BEFORE UPDATE OF sealed, sealed_name, seal_header, storage_key ON stored_files
FOR EACH ROW WHEN (OLD.sealed) EXECUTE FUNCTION refuse_resealing();
"""


def upgrade() -> None:
    """Keep the wrapped key of a sealed file in its row; let lines of the file of protection be re-wrapped."""
    op.add_column("stored_files", sa.Column("seal_header", sa.LargeBinary(), nullable=True))
    op.execute(_ONLY_THE_HEADER)
    op.execute("DROP TRIGGER protection_entries_append_only ON protection_entries")
    op.execute(
        "CREATE TRIGGER protection_entries_append_only BEFORE UPDATE OR DELETE ON protection_entries "
        "FOR EACH ROW EXECUTE FUNCTION refuse_rewriting_but_rewrapping()"
    )
    op.execute(_RESEALING)
    _let_in()
    _pseudonyms()
    op.add_column("sealed_identities", sa.Column("hashed_under", sa.LargeBinary(), nullable=True))
    op.create_table(
        "identity_hashes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sealed_identity_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sealed_identity_id"],
            ["sealed_identities.id"],
            name=op.f("fk_identity_hashes_sealed_identity_id_sealed_identities"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_hashes")),
    )
    op.create_index(op.f("ix_identity_hashes_sealed_identity_id"), "identity_hashes", ["sealed_identity_id"])
    op.create_index("ix_identity_hashes_found", "identity_hashes", ["digest"])


def _sealed_words(*, optional: bool = False) -> tuple[sa.Column, sa.Column]:
    return (
        sa.Column("context", sa.String(length=60), nullable=optional),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=optional),
    )


def _let_in() -> None:
    """Add requests to be let in, what was decided, each opening; words are sealed, and only re-wrapped afterwards."""
    op.execute("DROP TRIGGER identity_grants_append_only ON identity_grants")
    op.add_column("identity_grants", sa.Column("purpose", sa.String(length=20), nullable=True))
    for column in _sealed_words(optional=True):
        op.add_column("identity_grants", column)
    op.add_column(
        "identity_grants", sa.Column("may_download", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    # Whoever was let in before might take the papers along: until their end they still may.
    op.execute("UPDATE identity_grants SET may_download = true")
    op.alter_column("identity_grants", "may_download", server_default=None)
    op.add_column("identity_grants", sa.Column("revoked_by_id", sa.Integer(), nullable=True))
    op.create_unique_constraint(op.f("uq_identity_grants_context"), "identity_grants", ["context"])
    op.create_foreign_key(
        op.f("fk_identity_grants_revoked_by_id_persons"),
        "identity_grants",
        "persons",
        ["revoked_by_id"],
        ["id"],
    )
    op.create_table(
        "identity_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sealed_identity_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        *_sealed_words(),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("grant_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("decided_by_id <> person_id", name=op.f("ck_identity_requests_two_people")),
        *_keys("identity_requests", "person_id", "decided_by_id", grants=True),
    )
    op.create_index(
        "uq_identity_requests_waiting",
        "identity_requests",
        ["sealed_identity_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("decided_at IS NULL"),
    )
    op.create_table(
        "identity_openings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sealed_identity_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        *_sealed_words(),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        *_keys("identity_openings", "person_id"),
    )
    op.create_index(
        op.f("ix_identity_openings_sealed_identity_id"), "identity_openings", ["sealed_identity_id"]
    )
    for table, name, when, what in _GUARDS:
        op.execute(f"CREATE TRIGGER {table}_{name} {when} ON {table} FOR EACH ROW {what}")
    for table in ("identity_requests", "identity_openings"):
        op.execute(
            f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {_REFUSE}"
        )


def _keys(table: str, *people: str, grants: bool = False) -> list[sa.Constraint]:
    found: list[sa.Constraint] = [
        sa.ForeignKeyConstraint([name], ["persons.id"], name=op.f(f"fk_{table}_{name}_persons"))
        for name in people
    ]
    found += [
        sa.ForeignKeyConstraint(
            ["sealed_identity_id"],
            ["sealed_identities.id"],
            name=op.f(f"fk_{table}_sealed_identity_id_sealed_identities"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("context", name=op.f(f"uq_{table}_context")),
    ]
    if grants:
        found.append(
            sa.ForeignKeyConstraint(
                ["grant_id"], ["identity_grants.id"], name=op.f(f"fk_{table}_grant_id_identity_grants")
            )
        )
    return found


def _pseudonyms() -> None:
    """Give numbers to those who denounce in each case, in the order in which their petitions were registered."""
    op.add_column("petitions", sa.Column("pseudonym_no", sa.Integer(), nullable=True))
    op.execute(
        "UPDATE petitions SET pseudonym_no = numbered.first FROM (SELECT id, 1 + sum(signer_count) OVER (PARTITION BY "
        "case_id ORDER BY id) - signer_count AS first FROM petitions WHERE case_id IS NOT NULL AND "
        "sealed_identity_id IS NOT NULL) AS numbered WHERE numbered.id = petitions.id"
    )


def downgrade() -> None:
    """Forget the wrapped keys: files that were rotated open with the elder key alone afterwards."""
    op.drop_column("petitions", "pseudonym_no")
    op.drop_table("identity_hashes")
    op.drop_column("sealed_identities", "hashed_under")
    op.drop_table("identity_openings")
    op.drop_table("identity_requests")
    op.execute("DROP TRIGGER identity_grants_rewrapped ON identity_grants")
    op.execute("DROP TRIGGER identity_grants_revoked_once ON identity_grants")
    op.execute("DROP TRIGGER identity_grants_append_only ON identity_grants")
    for name in ("purpose", "context", "ciphertext", "may_download", "revoked_by_id"):
        op.drop_column("identity_grants", name)
    op.execute(
        "CREATE TRIGGER identity_grants_append_only BEFORE DELETE OR UPDATE OF sealed_identity_id, person_id, "
        "granted_by_id, reason, granted_at, expires_at ON identity_grants "
        "FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()"
    )
    op.execute("DROP TRIGGER protection_entries_append_only ON protection_entries")
    op.execute(
        "CREATE TRIGGER protection_entries_append_only BEFORE UPDATE OR DELETE ON protection_entries "
        "FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()"
    )
    op.execute("DROP TRIGGER stored_files_resealed ON stored_files")
    op.execute("DROP FUNCTION refuse_resealing()")
    op.execute("DROP FUNCTION refuse_rewriting_but_rewrapping()")
    op.execute("DROP FUNCTION sealed_body(bytea)")
    op.drop_column("stored_files", "seal_header")
