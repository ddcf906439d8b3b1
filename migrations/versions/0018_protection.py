"""The file of protection of a denunciation: secrecy on from the opening of the case, requests and decisions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create both tables; the secrecy of the denunciations there are has been on since their case was opened."""
    json = postgresql.JSONB(astext_type=sa.Text())
    op.create_table(
        "protection_measures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("secrecy", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        *(sa.Column(name, json, nullable=False) for name in ("relations", "objects", "measures")),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("requested_on", sa.Date(), nullable=True),
        sa.Column("request_paper_owed", sa.Boolean(), nullable=False),
        sa.Column("referral_paper_owed", sa.Boolean(), nullable=False),
        sa.Column("decided_by", sa.String(length=40), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("end_ground", sa.String(length=40), nullable=True),
        sa.Column("clock_id", sa.Integer(), nullable=True),
        sa.Column("context", sa.String(length=60), nullable=True),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_protection_measures_case_id_cases")),
        sa.ForeignKeyConstraint(
            ["clock_id"], ["clocks.id"], name=op.f("fk_protection_measures_clock_id_clocks")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protection_measures")),
        sa.UniqueConstraint("context", name=op.f("uq_protection_measures_context")),
    )
    op.create_index(op.f("ix_protection_measures_case_id"), "protection_measures", ["case_id"])
    op.create_index(
        "uq_protection_measures_secrecy", "protection_measures", ["case_id"], unique=True,
        postgresql_where=sa.text("secrecy"),
    )  # fmt: skip
    op.create_table(
        "protection_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("measure_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("transition", sa.String(length=10), nullable=False),
        sa.Column("from_state", sa.String(length=40), nullable=True),
        sa.Column("to_state", sa.String(length=40), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("data", json, nullable=False),
        sa.Column("context", sa.String(length=60), nullable=True),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["persons.id"], name=op.f("fk_protection_entries_actor_id_persons")
        ),
        sa.ForeignKeyConstraint(
            ["measure_id"],
            ["protection_measures.id"],
            name=op.f("fk_protection_entries_measure_id_protection_measures"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protection_entries")),
        sa.UniqueConstraint("context", name=op.f("uq_protection_entries_context")),
    )
    op.create_index(op.f("ix_protection_entries_measure_id"), "protection_entries", ["measure_id"])
    op.execute(
        "INSERT INTO protection_measures (case_id, secrecy, state, relations, objects, measures, urgent, "
        "request_paper_owed, referral_paper_owed, created_at, version) "
        """SELECT id, true, 'secrecy_on', '["denouncer"]', '["information"]', '["secrecy"]', false, false, false, """
        "opened_at, 1 FROM cases WHERE kind = 'denunciation'"
    )
    op.execute(
        'INSERT INTO protection_entries (measure_id, at, act, transition, to_state, "on", data) '
        "SELECT m.id, m.created_at, 'secrecy', 'B-1', 'secrecy_on', c.received_on, '{}' "
        "FROM protection_measures m JOIN cases c ON c.id = m.case_id"
    )
    op.execute(
        "CREATE TRIGGER protection_entries_append_only BEFORE UPDATE OR DELETE ON protection_entries "
        "FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()"
    )


def downgrade() -> None:
    op.drop_table("protection_entries")
    op.drop_table("protection_measures")
