"""What the jobs last did, and since when a message waits: what health and metrics are told from."""

import sqlalchemy as sa
from alembic import op

revision = "0100"
down_revision = "0090"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table; give each message the instant from which it was to leave."""
    op.create_table(
        "job_runs",
        sa.Column("function", sa.String(length=120), nullable=False),
        sa.Column("succeeded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.String(length=120), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("function", name=op.f("pk_job_runs")),
    )
    op.alter_column("job_runs", "failure", server_default=None)
    op.add_column("outbound_messages", sa.Column("leave_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE outbound_messages SET leave_at = created_at")
    op.alter_column("outbound_messages", "leave_at", nullable=False)
    op.create_index(
        "ix_outbound_messages_unsent",
        "outbound_messages",
        ["leave_at"],
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index(
        "ix_outbound_messages_sent",
        "outbound_messages",
        ["sent_at"],
        postgresql_where=sa.text("state = 'sent'"),
    )


def downgrade() -> None:
    """Go back; what the jobs did is forgotten."""
    op.drop_index("ix_outbound_messages_sent", "outbound_messages")
    op.drop_index("ix_outbound_messages_unsent", "outbound_messages")
    op.drop_column("outbound_messages", "leave_at")
    op.drop_table("job_runs")
