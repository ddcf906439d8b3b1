"""Continued denunciations have a table of their own; those opened before go on in the table that they began in."""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

# The petition keeps that it was a continued one, for the forms of the reports.
_ORDINARY = "UPDATE cases SET instance = 'first' WHERE kind = 'denunciation' AND instance = 'second'"


def upgrade() -> None:
    op.execute(_ORDINARY)


def downgrade() -> None:
    """Leave every case where it is: its old instance stands on its petitions."""
