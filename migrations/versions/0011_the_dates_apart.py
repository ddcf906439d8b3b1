"""The dates of a decision stand apart: dispatched, published, in effect, beside issued and delivered."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0006"
branch_labels = None
depends_on = None

# What was done before this version stands in the history and in the clocks.
_FROM_HISTORY = (
    ("dispatched_on", "'dispatch', 'send_conclusion'"),
    ("published_on", "'publish'"),
)


def upgrade() -> None:
    for name in ("dispatched_on", "effective_on", "published_on"):
        op.add_column("cases", sa.Column(name, sa.Date(), nullable=True))
    for name, acts in _FROM_HISTORY:
        op.execute(
            f'UPDATE cases SET {name} = (SELECT min(h."on") FROM history h '  # noqa: S608 — no value from outside
            f"WHERE h.case_id = cases.id AND h.act IN ({acts}))"
        )
    op.execute(
        "UPDATE cases SET effective_on = (SELECT max(c.stopped_on) FROM clocks c "
        "WHERE c.case_id = cases.id AND c.code = 'KN_EFFECT' AND c.state = 'met')"
    )


def downgrade() -> None:
    for name in ("published_on", "effective_on", "dispatched_on"):
        op.drop_column("cases", name)
