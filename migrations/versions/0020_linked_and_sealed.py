"""Petitions linked to an earlier one, denunciations continued because a limit was missed, cases sealed afterwards."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

# What was stored before gets its year of keeping; `tiepdan clocks rebuild` derives the exact end by the calendar.
_KEEP = """
WITH kept AS (
    INSERT INTO clocks (petition_id, code, rule_version, state, started_on, due_on, late)
    SELECT id, 'PETITION_RETENTION', 'PETITION_RETENTION@2021-11-15', 'running', processed_on,
           (processed_on + interval '1 year')::date, false
    FROM petitions p WHERE state = 'stored' AND processed_on >= '2021-11-15'
        AND NOT EXISTS (SELECT FROM clocks c WHERE c.petition_id = p.id AND c.code = 'PETITION_RETENTION')
    RETURNING id, started_on
)
INSERT INTO clock_events (clock_id, verb, "on", remote, complex, document, recorded_at)
SELECT id, 'start', started_on, false, false, '', now() FROM kept
"""


def upgrade() -> None:
    """Add the columns, and the year of keeping of what was stored before that clock existed (X22)."""
    op.add_column(
        "petitions", sa.Column("overdue_claim", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.alter_column("petitions", "overdue_claim", server_default=None)
    op.add_column("petitions", sa.Column("linked_to_id", sa.Integer(), nullable=True))
    op.create_index(op.f("ix_petitions_linked_to_id"), "petitions", ["linked_to_id"])
    op.create_foreign_key(
        op.f("fk_petitions_linked_to_id_petitions"), "petitions", "petitions", ["linked_to_id"], ["id"]
    )
    op.add_column("cases", sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(_KEEP)


def downgrade() -> None:
    """Go back; the clocks of keeping stay."""
    op.drop_column("cases", "sealed_at")
    op.drop_column("petitions", "linked_to_id")
    op.drop_column("petitions", "overdue_claim")
