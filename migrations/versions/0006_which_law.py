"""Which law a case started under and which transition rule has switched it; the version that a clock goes on under."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cases", sa.Column("law_since", sa.Date(), nullable=True))
    op.add_column("cases", sa.Column("switched_by", sa.String(length=40), nullable=True))
    op.add_column("cases", sa.Column("switched_on", sa.Date(), nullable=True))
    op.add_column("clocks", sa.Column("switched_to", sa.String(length=60), nullable=True))
    op.add_column("clocks", sa.Column("switched_on", sa.Date(), nullable=True))
    op.create_index(
        "ix_cases_law_unset", "cases", ["id"], postgresql_where=sa.text("is_open AND law_since IS NULL")
    )
    op.create_index(
        "ix_cases_unswitched",
        "cases",
        ["accepted_on", "id"],
        postgresql_where=sa.text("is_open AND switched_by IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_cases_unswitched", table_name="cases")
    op.drop_index("ix_cases_law_unset", table_name="cases")
    op.drop_column("clocks", "switched_on")
    op.drop_column("clocks", "switched_to")
    op.drop_column("cases", "switched_on")
    op.drop_column("cases", "switched_by")
    op.drop_column("cases", "law_since")
