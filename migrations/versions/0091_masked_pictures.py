"""Papers of a denunciation masked as pictures, with their confirmations."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0091"
down_revision = "0100"
branch_labels = None
depends_on = None

APPEND_ONLY = ("masked_pictures", "masked_picture_acts")


def upgrade() -> None:
    """Make the tables; rows are only ever added."""
    op.create_table(
        "masked_pictures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("petition_id", sa.Integer(), nullable=False),
        sa.Column("attachment_id", sa.Integer(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("boxes", postgresql.JSONB(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petitions.id"], name=op.f("fk_masked_pictures_petition_id_petitions")
        ),
        sa.ForeignKeyConstraint(
            ["attachment_id"],
            ["petition_attachments.id"],
            name=op.f("fk_masked_pictures_attachment_id_petition_attachments"),
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_files.id"], name=op.f("fk_masked_pictures_file_id_stored_files")
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["persons.id"], name=op.f("fk_masked_pictures_made_by_id_persons")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_masked_pictures")),
        sa.UniqueConstraint(
            "attachment_id", "page", "number", name=op.f("uq_masked_pictures_attachment_id_page_number")
        ),
    )
    op.create_index(op.f("ix_masked_pictures_petition_id"), "masked_pictures", ["petition_id"])
    op.create_table(
        "masked_picture_acts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("picture_id", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["picture_id"],
            ["masked_pictures.id"],
            name=op.f("fk_masked_picture_acts_picture_id_masked_pictures"),
        ),
        sa.ForeignKeyConstraint(["by_id"], ["persons.id"], name=op.f("fk_masked_picture_acts_by_id_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_masked_picture_acts")),
        sa.UniqueConstraint("picture_id", "act", name=op.f("uq_masked_picture_acts_picture_id_act")),
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()"
        )


def downgrade() -> None:
    """Take the tables away."""
    for table in reversed(APPEND_ONLY):
        op.drop_table(table)
