"""Second complaints have a table of their own and know the first; complaints about discipline are told apart."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("cases", "petitions"):
        for name in ("disciplinary", "dismissal"):
            op.add_column(table, sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
            op.alter_column(table, name, server_default=None)
    op.add_column("cases", sa.Column("first_decision", sa.Text(), nullable=False, server_default=""))
    op.alter_column("cases", "first_decision", server_default=None)
    op.add_column("cases", sa.Column("first_case_id", sa.Integer(), nullable=True))
    op.create_foreign_key(op.f("fk_cases_first_case_id_cases"), "cases", "cases", ["first_case_id"], ["id"])
    op.create_index(op.f("ix_cases_first_case_id"), "cases", ["first_case_id"])
    # Second complaints could be opened but not accepted until now: they wait in the table of their own.
    op.execute(
        "UPDATE cases SET state = 'propose_accept_2' "
        "WHERE kind = 'complaint' AND instance = 'second' AND state = 'propose_accept'"
    )


def downgrade() -> None:
    op.execute("UPDATE cases SET state = 'propose_accept' WHERE state = 'propose_accept_2'")
    op.drop_index(op.f("ix_cases_first_case_id"), "cases")
    op.drop_constraint(op.f("fk_cases_first_case_id_cases"), "cases", type_="foreignkey")
    op.drop_column("cases", "first_case_id")
    op.drop_column("cases", "first_decision")
    for table in ("petitions", "cases"):
        for name in ("dismissal", "disciplinary"):
            op.drop_column(table, name)
