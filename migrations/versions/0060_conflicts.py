"""Conflicts of interest and the denounced: who is kept from a petition or case, and the cache of it on the file."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0060"
down_revision = "0070"
branch_labels = None
depends_on = None

_KEYS = {"petition_id": "petitions", "case_id": "cases", "person_id": "persons", "unit_id": "units",
         "declared_by_id": "persons", "ends_id": "conflicts"}  # fmt: skip


def upgrade() -> None:
    """Add the table and the two columns; nobody is kept from anything yet."""
    op.create_table(
        "conflicts",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=name != "declared_by_id") for name in _KEYS),
        sa.Column("ground", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("num_nonnulls(petition_id, case_id) = 1", name=op.f("ck_conflicts_one_subject")),
        sa.CheckConstraint(
            "num_nonnulls(person_id, unit_id, ends_id) >= 1", name=op.f("ck_conflicts_somebody")
        ),
        *(
            sa.ForeignKeyConstraint([name], [f"{table}.id"], name=op.f(f"fk_conflicts_{name}_{table}"))
            for name, table in _KEYS.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflicts")),
        sa.UniqueConstraint("ends_id", name=op.f("uq_conflicts_ends_id")),
    )
    for name in ("petition", "case"):
        where = sa.text(f"{name}_id IS NOT NULL")
        op.create_index(f"ix_conflicts_{name}", "conflicts", [f"{name}_id"], postgresql_where=where)
    op.execute(
        "CREATE TRIGGER conflicts_append_only BEFORE UPDATE OR DELETE ON conflicts "
        "FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()"
    )
    op.execute(
        "CREATE TRIGGER conflicts_not_emptied BEFORE TRUNCATE ON conflicts "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()"
    )
    for table in ("petitions", "cases"):
        for name in ("barred_ids", "closed_unit_ids"):
            empty = sa.text("'{}'")
            op.add_column(
                table,
                sa.Column(name, postgresql.ARRAY(sa.Integer()), nullable=False, server_default=empty),
            )


def downgrade() -> None:
    """Go back; who was kept from what is forgotten."""
    for table in ("cases", "petitions"):
        op.drop_column(table, "closed_unit_ids")
        op.drop_column(table, "barred_ids")
    op.drop_table("conflicts")
