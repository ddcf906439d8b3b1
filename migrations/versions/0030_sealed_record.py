"""The record is marked, sealed and signed; what is history can be neither rewritten nor emptied."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030"
down_revision = "0022"
branch_labels = None
depends_on = None

# Every table whose rows are only ever added (of some the end is written once): none of them is emptied either.
HISTORY = (
    "history", "clock_events", "audit_entries", "assignments", "calendar_changes", "clock_moves", "local_rules",
    "protection_entries", "online_session_entries", "authority_successions", "hand_overs", "audit_seals",
    "identity_grants", "visit_entries",
)  # fmt: skip
_ORIGIN = {
    "request_id": sa.String(length=36),
    "address": sa.String(length=45),
    "session_id": sa.String(length=32),
    "writer": sa.LargeBinary(),
    "number": sa.BigInteger(),
    "mark": sa.LargeBinary(),
}


def upgrade() -> None:
    """Entries say where they come from and carry marks; seals; triggers against TRUNCATE."""
    for name, kind in _ORIGIN.items():
        op.add_column("audit_entries", sa.Column(name, kind, nullable=True))
    op.create_table(
        "audit_seals",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("ids", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("digests", sa.LargeBinary(), nullable=False),
        sa.Column("faults", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_seals")),
    )
    op.create_index("ix_audit_seals_at", "audit_seals", ["at"])
    op.execute(
        "CREATE TRIGGER audit_seals_append_only BEFORE UPDATE OR DELETE ON audit_seals "
        "FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()"
    )
    # Who was let in to an identity, by whom and why: only the end of it is written later.
    op.execute(
        "CREATE TRIGGER identity_grants_append_only BEFORE DELETE OR UPDATE OF sealed_identity_id, person_id, "
        "granted_by_id, reason, granted_at, expires_at ON identity_grants "
        "FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()"
    )
    for table in HISTORY:
        op.execute(
            f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()"
        )


def downgrade() -> None:
    """Drop the seals and the marks."""
    for table in HISTORY:
        op.execute(f"DROP TRIGGER {table}_not_emptied ON {table}")
    op.execute("DROP TRIGGER identity_grants_append_only ON identity_grants")
    op.drop_table("audit_seals")
    for name in reversed(_ORIGIN):
        op.drop_column("audit_entries", name)
