"""Extracts of denunciations with their confirmations, and the hashes by which a leak is known."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0090"
down_revision = "0061"
branch_labels = None
depends_on = None

APPEND_ONLY = ("extracts", "extract_acts")


def upgrade() -> None:
    """Make the tables. Identities sealed before get their hashes from `tiepdan db upgrade`, which is the owner's."""
    op.create_table(
        "extracts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("petition_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["petition_id"], ["petitions.id"], name=op.f("fk_extracts_petition_id_petitions")),
        sa.ForeignKeyConstraint(["made_by_id"], ["persons.id"], name=op.f("fk_extracts_made_by_id_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extracts")),
        sa.UniqueConstraint("petition_id", "number", name=op.f("uq_extracts_petition_id_number")),
    )  # fmt: skip
    op.create_table(
        "extract_acts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("extract_id", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["extract_id"], ["extracts.id"], name=op.f("fk_extract_acts_extract_id_extracts")),
        sa.ForeignKeyConstraint(["by_id"], ["persons.id"], name=op.f("fk_extract_acts_by_id_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extract_acts")),
        sa.UniqueConstraint("extract_id", "act", name=op.f("uq_extract_acts_extract_id_act")),
    )  # fmt: skip
    op.create_table(
        "leak_marks",
        sa.Column("sealed_identity_id", sa.Integer(), nullable=False),
        sa.Column("context", sa.String(length=60), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.Column("hashes", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sealed_identity_id"],
            ["sealed_identities.id"],
            name=op.f("fk_leak_marks_sealed_identity_id_sealed_identities"),
        ),
        sa.PrimaryKeyConstraint("sealed_identity_id", name=op.f("pk_leak_marks")),
        sa.UniqueConstraint("context", name=op.f("uq_leak_marks_context")),
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()"
        )


def downgrade() -> None:
    """Take the tables away."""
    for table in ("leak_marks", "extract_acts", "extracts"):
        op.drop_table(table)
