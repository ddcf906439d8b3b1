"""The organisation chart has a version, renewed by the database whenever a unit, a person or a role changes."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# A sign-in writes to persons too; only what the chart shows renews it.
_SHOWN = {
    "units": "",
    "memberships": "",
    "persons": "OF full_name, username, locale, session_epoch, must_change_password, is_active",
}


def upgrade() -> None:
    """Make the version and the triggers that renew it, once a statement."""
    op.create_table(
        "chart_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chart_version")),
    )
    op.execute(
        """
        CREATE FUNCTION renew_chart() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO chart_version (id, version) VALUES (1, gen_random_uuid())
            ON CONFLICT (id) DO UPDATE SET version = excluded.version;
            RETURN NULL;
        END $$
        """
    )
    for table, columns in _SHOWN.items():
        op.execute(
            f"CREATE TRIGGER {table}_renew_chart AFTER INSERT OR DELETE OR TRUNCATE OR UPDATE {columns} ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION renew_chart()"
        )
    op.execute("INSERT INTO chart_version (id, version) VALUES (1, gen_random_uuid())")


def downgrade() -> None:
    """Drop both."""
    for table in _SHOWN:
        op.execute(f"DROP TRIGGER {table}_renew_chart ON {table}")
    op.execute("DROP FUNCTION renew_chart()")
    op.drop_table("chart_version")
