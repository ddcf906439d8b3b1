"""The written refusal as a running clock (duties), the visit's state apart from its outcome, its history and contents."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0023"
branch_labels = None
depends_on = None

_WITH_CLOCKS = ("clocks", "escalations", "clock_moves", "history")

# Refusals that were pending get their clock; `tiepdan clocks rebuild` derives the exact end and its alerts.
_PENDING = """
WITH pending AS (
    SELECT v.id AS visit_id, v.unit_id, v.received_on, v.log_no || '/' || v.log_year || '/' || u.code AS number
    FROM visits v JOIN units u ON u.id = v.unit_id
    WHERE v.outcome = 'refusal_pending' AND v.received_on >= '2026-07-01'
), opened AS (
    INSERT INTO duties (unit_id, kind, number, is_open, next_due_on)
    SELECT unit_id, 'refusal', number, true, received_on + 3 FROM pending
    RETURNING id, number
), linked AS (
    UPDATE visits v SET refusal_duty_id = opened.id
    FROM opened JOIN pending ON pending.number = opened.number WHERE v.id = pending.visit_id
    RETURNING opened.id AS duty_id, v.received_on
), ticking AS (
    INSERT INTO clocks (duty_id, code, rule_version, state, started_on, due_on, late)
    SELECT duty_id, 'RECEP_REFUSE', 'RECEP_REFUSE@2026-07-01', 'running', received_on, received_on + 3, false
    FROM linked RETURNING id, started_on
)
INSERT INTO clock_events (clock_id, verb, "on", remote, complex, document, recorded_at)
SELECT id, 'start', started_on, false, false, '', now() FROM ticking
"""
_FIRST_LINES = """
INSERT INTO visit_entries (visit_id, at, actor_id, act, transition, to_state, "on", data)
SELECT id, recorded_at, officer_id, 'arrive', 'V1', outcome, received_on, '{}' FROM visits
"""

_OF_DUTIES = "clock_id IN (SELECT id FROM clocks WHERE duty_id IS NOT NULL)"
_LOST = (
    f"DELETE FROM escalation_told WHERE escalation_id IN (SELECT id FROM escalations WHERE {_OF_DUTIES})",  # noqa: S608
    "DELETE FROM escalations WHERE duty_id IS NOT NULL",
    f"DELETE FROM clock_events WHERE {_OF_DUTIES}",  # noqa: S608 - a condition of ours
    "DELETE FROM history WHERE duty_id IS NOT NULL",
    "DELETE FROM clock_moves WHERE duty_id IS NOT NULL",
    "DELETE FROM clocks WHERE duty_id IS NOT NULL",
)


def _duties() -> None:
    op.create_table(
        "duties",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("next_due_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_duties_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duties")),
    )
    op.create_index(op.f("ix_duties_unit_id"), "duties", ["unit_id"])
    op.create_index("ix_duties_due", "duties", ["next_due_on", "id"], postgresql_where=sa.text("is_open"))
    for table in _WITH_CLOCKS:
        op.add_column(table, sa.Column("duty_id", sa.Integer(), nullable=True))
        op.create_foreign_key(op.f(f"fk_{table}_duty_id_duties"), table, "duties", ["duty_id"], ["id"])
        if table != "escalations":  # an alert copies its clock's subject, which is checked there
            op.drop_constraint(op.f(f"ck_{table}_one_subject"), table)
            op.create_check_constraint(
                op.f(f"ck_{table}_one_subject"), table, "num_nonnulls(petition_id, case_id, duty_id) = 1"
            )
    op.create_index(op.f("ix_clocks_duty_id"), "clocks", ["duty_id"])
    op.create_index(op.f("ix_escalations_duty_id"), "escalations", ["duty_id"])
    op.create_index(
        "ix_history_duty", "history", ["duty_id", "id"], postgresql_where=sa.text("duty_id IS NOT NULL")
    )


def _visits() -> None:
    op.add_column(
        "visits", sa.Column("state", sa.String(length=30), nullable=False, server_default="arrived")
    )
    op.add_column("visits", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.execute("UPDATE visits SET state = outcome")
    op.alter_column("visits", "state", server_default=None)
    op.alter_column("visits", "version", server_default=None)
    op.alter_column("visits", "outcome", nullable=True)
    op.add_column("visits", sa.Column("refusal_point", sa.String(length=10), nullable=True))
    for column, table in (("refusal_signed_by_id", "persons"), ("refusal_duty_id", "duties")):
        op.add_column("visits", sa.Column(column, sa.Integer(), nullable=True))
        op.create_foreign_key(op.f(f"fk_visits_{column}_{table}"), "visits", table, [column], ["id"])
    op.create_index(op.f("ix_visits_refusal_duty_id"), "visits", ["refusal_duty_id"])
    op.create_index(
        "ix_visits_waiting", "visits", ["unit_id", "id"],
        postgresql_where=sa.text("state IN ('arrived', 'await_reps', 'demand_proposed', 'heard', 'refusal_pending')"),
    )  # fmt: skip
    op.create_table(
        "visit_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("petition_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_visit_items_visit_id_visits")),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petitions.id"], name=op.f("fk_visit_items_petition_id_petitions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_items")),
        sa.UniqueConstraint("petition_id", name=op.f("uq_visit_items_petition_id")),
    )
    op.create_index(op.f("ix_visit_items_visit_id"), "visit_items", ["visit_id"])
    op.create_table(
        "visit_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("transition", sa.String(length=10), nullable=False),
        sa.Column("from_state", sa.String(length=30), nullable=True),
        sa.Column("to_state", sa.String(length=30), nullable=False),
        sa.Column("on", sa.Date(), nullable=True),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_visit_entries_visit_id_visits")),
        sa.ForeignKeyConstraint(["actor_id"], ["persons.id"], name=op.f("fk_visit_entries_actor_id_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_entries")),
    )
    op.create_index(op.f("ix_visit_entries_visit_id"), "visit_entries", ["visit_id"])


def upgrade() -> None:
    """Add the third subject of clocks and what the visit needs; every visit written before gets its first line."""
    _duties()
    _visits()
    op.execute(_PENDING)
    op.execute(_FIRST_LINES)
    op.execute(
        "CREATE TRIGGER visit_entries_append_only BEFORE UPDATE OR DELETE ON visit_entries "
        "FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()"
    )


def downgrade() -> None:
    """Go back; clocks of duties, and what hangs on them, are lost with the duties."""
    op.drop_table("visit_entries")
    op.drop_table("visit_items")
    op.execute("UPDATE visits SET outcome = 'explained' WHERE outcome IS NULL")
    op.alter_column("visits", "outcome", nullable=False)
    for column in ("refusal_duty_id", "refusal_signed_by_id", "refusal_point", "version", "state"):
        op.drop_column("visits", column)
    for table in ("history", "clock_moves", "clock_events"):
        op.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_append_only")
    for statement in _LOST:
        op.execute(statement)
    for table in ("history", "clock_moves", "clock_events"):
        op.execute(f"ALTER TABLE {table} ENABLE TRIGGER {table}_append_only")
    for table in _WITH_CLOCKS:
        if table != "escalations":
            op.drop_constraint(op.f(f"ck_{table}_one_subject"), table)
        op.drop_column(table, "duty_id")
        if table != "escalations":
            op.create_check_constraint(
                op.f(f"ck_{table}_one_subject"), table, "num_nonnulls(petition_id, case_id) = 1"
            )
    op.drop_table("duties")
