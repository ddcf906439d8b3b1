"""Who of a group withdrew, and until when a contested decision is suspended."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("petition_parties", sa.Column("withdrawn_on", sa.Date(), nullable=True))
    op.add_column("cases", sa.Column("emergency_until", sa.Date(), nullable=True))
    op.add_column(
        "cases", sa.Column("withdrawn_unnamed", sa.Integer(), nullable=False, server_default=sa.text("0"))
    )
    op.alter_column("cases", "withdrawn_unnamed", server_default=None)


def downgrade() -> None:
    op.drop_column("cases", "withdrawn_unnamed")
    op.drop_column("cases", "emergency_until")
    op.drop_column("petition_parties", "withdrawn_on")
