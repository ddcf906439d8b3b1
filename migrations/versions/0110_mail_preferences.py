"""The mails of the morning: whose day was looked at, and which mails people have switched off."""

import sqlalchemy as sa
from alembic import op

revision = "0110"
down_revision = "0081"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "agenda_days",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_agenda_days_person_id_persons")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_agenda_days")),
    )
    op.create_table(
        "mail_switched_off",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_mail_switched_off_person_id_persons")
        ),
        sa.PrimaryKeyConstraint("person_id", "kind", name=op.f("pk_mail_switched_off")),
    )


def downgrade() -> None:
    """Go back; everybody gets every mail again."""
    op.drop_table("mail_switched_off")
    op.drop_table("agenda_days")
