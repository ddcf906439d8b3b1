"""Bodies that succeed others and what they took over; what the desk finds on a petition: conditions, flag, originals."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_ENDS_ONLY = """
CREATE FUNCTION refuse_rewriting_succession() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.ended_at IS NOT NULL
        OR (to_jsonb(OLD) - '{valid_to,end_reason,ended_by_id,ended_at}'::text[])
           <> (to_jsonb(NEW) - '{valid_to,end_reason,ended_by_id,ended_at}'::text[]) THEN
        RAISE EXCEPTION 'rows of % are entered and ended, never changed', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""


def _person_and_unit_keys(
    table: str, units: tuple[str, ...], persons: tuple[str, ...]
) -> list[sa.Constraint]:
    keys = [(column, "units") for column in units] + [(column, "persons") for column in persons]
    return [
        sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}"))
        for column, target in keys
    ]


def upgrade() -> None:
    """Add what the desk records, and the two tables of succession."""
    op.add_column("petitions", sa.Column("flagged", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.alter_column("petitions", "flagged", server_default=None)
    for name in ("origin_body", "handover_minutes"):
        op.add_column("petitions", sa.Column(name, sa.String(length=200), nullable=False, server_default=""))
        op.alter_column("petitions", name, server_default=None)
    op.add_column("petitions", sa.Column("originals_returned_on", sa.Date(), nullable=True))
    op.add_column(
        "petitions", sa.Column("conditions", postgresql.JSONB(astext_type=sa.Text()), nullable=True)
    )
    _successions()
    _hand_overs()


def _successions() -> None:
    op.create_table(
        "authority_successions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("old_body", sa.String(length=200), nullable=False),
        sa.Column("old_body_key", sa.String(length=200), nullable=False),
        sa.Column("old_unit_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("new_unit_id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("legal_basis", sa.String(length=300), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("end_reason", sa.String(length=500), nullable=False),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_authority_successions_validity")
        ),
        sa.CheckConstraint(
            "old_unit_id IS NULL OR old_unit_id <> new_unit_id",
            name=op.f("ck_authority_successions_two_bodies"),
        ),
        *_person_and_unit_keys(
            "authority_successions", ("old_unit_id", "new_unit_id"), ("entered_by_id", "ended_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authority_successions")),
    )
    op.create_index("ix_authority_successions_old_unit_id", "authority_successions", ["old_unit_id"])
    op.create_index("ix_authority_successions_old_body_key", "authority_successions", ["old_body_key"])
    op.execute(_ENDS_ONLY)
    op.execute(
        "CREATE TRIGGER authority_successions_ends_only BEFORE UPDATE OR DELETE ON authority_successions "
        "FOR EACH ROW EXECUTE FUNCTION refuse_rewriting_succession()"
    )


def _hand_overs() -> None:
    op.create_table(
        "hand_overs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("petition_id", sa.Integer(), nullable=True),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("succession_id", sa.Integer(), nullable=False),
        sa.Column("from_unit_id", sa.Integer(), nullable=False),
        sa.Column("to_unit_id", sa.Integer(), nullable=False),
        sa.Column("old_number", sa.String(length=40), nullable=False),
        sa.Column("new_number", sa.String(length=40), nullable=False),
        sa.Column("minutes", sa.String(length=200), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("old_body_reads", sa.Boolean(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("num_nonnulls(petition_id, case_id) = 1", name=op.f("ck_hand_overs_one_subject")),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petitions.id"], name=op.f("fk_hand_overs_petition_id_petitions")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_hand_overs_case_id_cases")),
        sa.ForeignKeyConstraint(
            ["succession_id"],
            ["authority_successions.id"],
            name=op.f("fk_hand_overs_succession_id_authority_successions"),
        ),
        *_person_and_unit_keys("hand_overs", ("from_unit_id", "to_unit_id"), ("by_id",)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_overs")),
    )
    for column in ("case_id", "petition_id", "from_unit_id"):
        op.create_index(f"ix_hand_overs_{column}", "hand_overs", [column])
    op.execute(
        "CREATE TRIGGER hand_overs_append_only BEFORE UPDATE OR DELETE ON hand_overs "
        "FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()"
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("hand_overs")
    op.drop_table("authority_successions")
    op.execute("DROP FUNCTION refuse_rewriting_succession()")
    for name in (
        "conditions",
        "originals_returned_on",
        "handover_minutes",
        "origin_body",
        "flagged",
    ):
        op.drop_column("petitions", name)
