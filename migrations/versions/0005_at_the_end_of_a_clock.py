"""What the system does by itself at the end of a clock, once: a case is overdue, a clock was acted on."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cases", sa.Column("overdue", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.alter_column("cases", "overdue", server_default=None)
    op.add_column("clocks", sa.Column("acted_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_clocks_ended",
        "clocks",
        ["due_on", "id"],
        postgresql_where=sa.text("state = 'running' AND acted_at IS NULL AND beside_id IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_clocks_ended", table_name="clocks")
    op.drop_column("clocks", "acted_at")
    op.drop_column("cases", "overdue")
