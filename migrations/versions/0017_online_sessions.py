"""Online reception sessions and their append-only history."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "online_sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=30), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("people_count", sa.Integer(), nullable=False),
        sa.Column("points", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("protection_requested", sa.Boolean(), nullable=False),
        sa.Column("ground", sa.String(length=20), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("notified_on", sa.Date(), nullable=True),
        sa.Column("tested_on", sa.Date(), nullable=True),
        sa.Column("connected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recording_place", sa.String(length=300), nullable=False),
        sa.Column("recording_sha256", sa.String(length=64), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submission_key", sa.String(length=64), nullable=True),
        sa.CheckConstraint("people_count >= 1", name=op.f("ck_online_sessions_people_count")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_online_sessions_unit_id_units")),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["persons.id"], name=op.f("fk_online_sessions_created_by_id_persons")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_online_sessions")),
        sa.UniqueConstraint("submission_key", name=op.f("uq_online_sessions_submission_key")),
    )
    op.create_index("ix_online_sessions_unit", "online_sessions", ["unit_id", "id"])
    op.create_table(
        "online_session_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("from_state", sa.String(length=30), nullable=True),
        sa.Column("to_state", sa.String(length=30), nullable=False),
        sa.Column("on", sa.Date(), nullable=True),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["online_sessions.id"],
            name=op.f("fk_online_session_entries_session_id_online_sessions"),
        ),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["persons.id"], name=op.f("fk_online_session_entries_actor_id_persons")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_online_session_entries")),
    )
    op.create_index(op.f("ix_online_session_entries_session_id"), "online_session_entries", ["session_id"])
    op.execute(
        "CREATE TRIGGER online_session_entries_append_only BEFORE UPDATE OR DELETE ON online_session_entries "
        "FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()"
    )


def downgrade() -> None:
    op.drop_table("online_session_entries")
    op.drop_table("online_sessions")
