"""Petitions that somebody sent on: whether the matter had been resolved before, and when the referrer was told (R10)."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    op.add_column(
        "petitions", sa.Column("resolved_before", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.alter_column("petitions", "resolved_before", server_default=None)
    op.add_column("petitions", sa.Column("referrer_told_on", sa.Date(), nullable=True))


def downgrade() -> None:
    """Go back."""
    op.drop_column("petitions", "referrer_told_on")
    op.drop_column("petitions", "resolved_before")
