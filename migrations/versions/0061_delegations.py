"""Standing in for somebody who is away: from - to, by which paper, for which work."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None

_PEOPLE = ("from_person_id", "to_person_id", "given_by_id", "ended_by_id")


def upgrade() -> None:
    """Add the table; a change of it renews the chart, since it changes what people may do."""
    op.create_table(
        "delegations",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=name == "ended_by_id") for name in _PEOPLE),
        sa.Column("permissions", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("with_seal", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("document_no", sa.String(length=80), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.CheckConstraint("valid_to > valid_from", name=op.f("ck_delegations_validity")),
        sa.CheckConstraint("from_person_id <> to_person_id", name=op.f("ck_delegations_two_people")),
        *(
            sa.ForeignKeyConstraint([name], ["persons.id"], name=op.f(f"fk_delegations_{name}_persons"))
            for name in _PEOPLE
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegations")),
    )
    for name in ("from_person_id", "to_person_id"):
        op.create_index(op.f(f"ix_delegations_{name}"), "delegations", [name])
    op.execute(
        "CREATE TRIGGER delegations_append_only BEFORE DELETE OR UPDATE OF from_person_id, to_person_id, permissions, "
        "with_seal, valid_from, valid_to, document_no, given_by_id, given_at ON delegations "
        "FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()"
    )
    op.execute(
        "CREATE TRIGGER delegations_not_emptied BEFORE TRUNCATE ON delegations "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()"
    )
    op.execute(
        "CREATE TRIGGER delegations_renew_chart AFTER INSERT OR DELETE OR TRUNCATE OR UPDATE ON delegations "
        "FOR EACH STATEMENT EXECUTE FUNCTION renew_chart()"
    )


def downgrade() -> None:
    """Go back; who stood in for whom is forgotten."""
    op.drop_table("delegations")
