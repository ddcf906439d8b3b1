"""Calendars of provinces with official days and a record of changes; recalculations; local rules beside the law."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

APPEND_ONLY = ("calendar_changes", "clock_moves")
_KINDS = sa.Enum(
    "holiday", "compensatory", "swapped_off", "swapped_in", "closure", "ordinary",
    name="daykind", native_enum=False, length=40,
)  # fmt: skip


def upgrade() -> None:
    _days_of_provinces()
    _changes()
    _recalculations()
    _local_rules()
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()"
        )
    # Of a rule only the end is written later: a clock that runs under it must read what it started under.
    op.execute(
        "CREATE TRIGGER local_rules_append_only BEFORE DELETE OR UPDATE OF unit_id, layer, code, unit, number, valid_from, "
        "reason, source, entered_by_id, entered_at ON local_rules FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()"
    )


def _days_of_provinces() -> None:
    """Give what was entered for all to each calendar there is: a province's, and that of a tree without one."""
    op.add_column("calendar_days", sa.Column("unit_id", sa.Integer(), nullable=True))
    op.add_column("calendar_days", sa.Column("kind", _KINDS, nullable=True))
    op.add_column("calendar_days", sa.Column("decided_on", sa.Date(), nullable=True))
    op.drop_constraint(op.f("uq_calendar_days_day"), "calendar_days", type_="unique")
    op.execute(
        """
        UPDATE calendar_days SET kind = CASE
            WHEN working AND extract(isodow FROM day) >= 6 THEN 'swapped_in'
            WHEN working THEN 'ordinary'
            WHEN extract(isodow FROM day) >= 6 THEN 'holiday'
            ELSE 'swapped_off' END
        """
    )
    op.execute(
        "INSERT INTO calendar_days (unit_id, day, working, kind, reason, decision_no, entered_by_id) "
        "SELECT units.id, d.day, d.working, d.kind, d.reason, d.decision_no, d.entered_by_id "
        "FROM calendar_days d CROSS JOIN (SELECT id FROM units WHERE kind = 'province' OR parent_id IS NULL) units"
    )
    op.execute("DELETE FROM calendar_days WHERE unit_id IS NULL")
    op.alter_column("calendar_days", "unit_id", nullable=False)
    op.alter_column("calendar_days", "kind", nullable=False)
    op.drop_column("calendar_days", "working")
    op.create_foreign_key(
        op.f("fk_calendar_days_unit_id_units"), "calendar_days", "units", ["unit_id"], ["id"]
    )
    op.create_unique_constraint(op.f("uq_calendar_days_unit_id_day"), "calendar_days", ["unit_id", "day"])


def _changes() -> None:
    op.create_table(
        "calendar_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("how", sa.String(length=20), nullable=False),
        sa.Column("days", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_calendar_changes_unit_id_units")),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["persons.id"], name=op.f("fk_calendar_changes_actor_id_persons")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_changes")),
    )
    op.create_index(op.f("ix_calendar_changes_unit_id"), "calendar_changes", ["unit_id"])


def _recalculations() -> None:
    op.create_table(
        "recalculations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("moved", sa.Integer(), nullable=False),
        sa.Column("last_clock_id", sa.Integer(), nullable=False),
        sa.Column("passed_over", postgresql.JSONB(), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["change_id"], ["calendar_changes.id"], name=op.f("fk_recalculations_change_id_calendar_changes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recalculations")),
        sa.UniqueConstraint("change_id", name=op.f("uq_recalculations_change_id")),
    )
    op.create_index(
        "ix_recalculations_open",
        "recalculations",
        ["touched_at"],
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.create_table(
        "clock_moves",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("clock_id", sa.Integer(), nullable=False),
        sa.Column("petition_id", sa.Integer(), nullable=True),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("old_due_on", sa.Date(), nullable=False),
        sa.Column("new_due_on", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("num_nonnulls(petition_id, case_id) = 1", name=op.f("ck_clock_moves_one_subject")),
        sa.ForeignKeyConstraint(
            ["change_id"], ["calendar_changes.id"], name=op.f("fk_clock_moves_change_id_calendar_changes")
        ),
        sa.ForeignKeyConstraint(["clock_id"], ["clocks.id"], name=op.f("fk_clock_moves_clock_id_clocks")),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petitions.id"], name=op.f("fk_clock_moves_petition_id_petitions")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_clock_moves_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_moves")),
        sa.UniqueConstraint("change_id", "clock_id", name=op.f("uq_clock_moves_change_id_clock_id")),
    )
    op.create_index(op.f("ix_clock_moves_clock_id"), "clock_moves", ["clock_id"])


def _local_rules() -> None:
    op.create_table(
        "local_rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("layer", sa.String(length=12), nullable=False),
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("unit", sa.String(length=3), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("end_reason", sa.String(length=500), nullable=False),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_local_rules_validity")),
        sa.CheckConstraint("number BETWEEN 1 AND 365", name=op.f("ck_local_rules_number")),
        sa.CheckConstraint("layer IN ('local', 'internal')", name=op.f("ck_local_rules_not_law")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_local_rules_unit_id_units")),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["persons.id"], name=op.f("fk_local_rules_entered_by_id_persons")
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_id"], ["persons.id"], name=op.f("fk_local_rules_ended_by_id_persons")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_local_rules")),
    )
    op.create_index("ix_local_rules_code", "local_rules", ["code", "unit_id"])
    op.add_column("clocks", sa.Column("beside_id", sa.Integer(), nullable=True))
    op.create_foreign_key(op.f("fk_clocks_beside_id_clocks"), "clocks", "clocks", ["beside_id"], ["id"])
    op.create_index(
        "ix_clocks_beside_id", "clocks", ["beside_id"], postgresql_where=sa.text("beside_id IS NOT NULL")
    )


def downgrade() -> None:
    """Go back to one calendar for all: the days of the first one stay."""
    op.drop_index("ix_clocks_beside_id", table_name="clocks")
    op.drop_column("clocks", "beside_id")
    for table in ("local_rules", "clock_moves", "recalculations", "calendar_changes"):
        op.drop_table(table)
    op.execute("DELETE FROM calendar_days WHERE unit_id <> (SELECT min(unit_id) FROM calendar_days)")
    op.add_column("calendar_days", sa.Column("working", sa.Boolean(), nullable=True))
    op.execute(
        "UPDATE calendar_days SET working = kind = 'swapped_in' OR (kind = 'ordinary' AND extract(isodow FROM day) < 6)"
    )
    op.alter_column("calendar_days", "working", nullable=False)
    op.drop_constraint(op.f("uq_calendar_days_unit_id_day"), "calendar_days", type_="unique")
    op.create_unique_constraint(op.f("uq_calendar_days_day"), "calendar_days", ["day"])
    for column in ("unit_id", "kind", "decided_on"):
        op.drop_column("calendar_days", column)
