"""The database is a second wall: what is sealed is read through two functions, and each opening is kept first.

`seal_opening` asks whether the person is let in, and appends the audit entry and a ticket. `seal_read` gives the sealed
bytes for a ticket that an earlier transaction has committed: whoever rolls back has read nothing. Both run as the owner
of the tables; app/operations/grants.py says what the application's role may do besides (docs/decisions/0011).
"""

import sqlalchemy as sa
from alembic import op

revision = "0070"
down_revision = "0040"
branch_labels = None
depends_on = None

# The present instant by the database's clock. What the application believes it to be stands in the entry, and may not
# be far from it.
_MOMENT = """
CREATE FUNCTION public.seal_moment(at timestamptz) RETURNS timestamptz
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF at IS NULL OR abs(extract(epoch FROM at - clock_timestamp())) > 300 THEN
        RAISE EXCEPTION 'the clocks of application and database differ' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN clock_timestamp();
END $$
"""

# A row that this transaction sees was written by itself or is committed.
_COMMITTED = """
CREATE FUNCTION public.seal_committed(written_in bigint) RETURNS boolean
LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
    SELECT written_in <> pg_current_xact_id()::text::bigint
$$
"""

# The same answer as complaints/services/identity.py and protection.py give; a test compares them.
_LETS_IN = """
CREATE FUNCTION public.seal_lets_in(kind text, record integer, person integer, moment timestamptz) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    WITH mine AS (
        SELECT m.role, u.body_id
        FROM public.memberships m
        JOIN public.persons p ON p.id = m.person_id AND p.is_active
        JOIN public.units u ON u.id = m.unit_id
        WHERE m.person_id = person
          AND m.valid_from <= (moment AT TIME ZONE 'Asia/Ho_Chi_Minh')::date
          AND (m.valid_to IS NULL OR m.valid_to > (moment AT TIME ZONE 'Asia/Ho_Chi_Minh')::date)
    )
    SELECT coalesce(CASE kind
        WHEN 'petition' THEN EXISTS (SELECT FROM mine WHERE role <> 'administrator') AND EXISTS (
            SELECT FROM public.petitions p
            JOIN public.sealed_identities s ON s.id = p.sealed_identity_id
            LEFT JOIN public.cases c ON c.id = p.case_id
            JOIN public.units u ON u.id = coalesce(c.unit_id, p.unit_id)
            WHERE p.id = record AND (
                s.registered_by_id = person
                OR EXISTS (SELECT FROM mine WHERE mine.role = 'leader' AND mine.body_id = u.body_id)
                OR EXISTS (
                    SELECT FROM public.identity_grants g
                    WHERE g.sealed_identity_id = s.id AND g.person_id = person
                      AND g.revoked_at IS NULL AND g.expires_at > moment
                )
            )
        )
        WHEN 'protection_measure' THEN EXISTS (
            SELECT FROM public.protection_measures m
            JOIN public.cases c ON c.id = m.case_id
            JOIN public.units u ON u.id IN (c.unit_id, c.assigned_unit_id)
            JOIN mine ON mine.role = 'leader' AND mine.body_id = u.body_id
            WHERE m.id = record
        )
    END, false)
$$
"""

_OPENING = """
CREATE FUNCTION public.seal_opening(kind text, record integer, person integer, purpose text, entry jsonb)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    moment timestamptz := public.seal_moment((entry->>'at')::timestamptz);
    entry_id bigint;
    ticket bigint;
BEGIN
    IF person IS NULL OR record IS NULL OR coalesce(purpose, '') !~ '^[a-z_]{3,40}$' THEN
        RAISE EXCEPTION 'an opening names a person, a record and a purpose' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NOT public.seal_lets_in(kind, record, person, moment) THEN
        RAISE EXCEPTION 'nobody let this person in' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF (entry->>'action', entry->>'actor_id', entry->>'subject_kind', entry->>'subject_id', entry->'detail'->>'purpose')
        IS DISTINCT FROM (
            CASE kind WHEN 'petition' THEN 'identity.opened' ELSE 'protection.opened' END,
            person::text, kind, record::text, purpose
        ) THEN
        RAISE EXCEPTION 'the audit entry is not that of this opening' USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO public.audit_entries
        (at, actor_id, action, subject_kind, subject_id, detail, request_id, address, session_id, writer, number, mark)
    VALUES (
        (entry->>'at')::timestamptz, person, entry->>'action', kind, record, entry->'detail', entry->>'request_id',
        entry->>'address', entry->>'session_id', decode(entry->>'writer', 'hex'), (entry->>'number')::bigint,
        decode(entry->>'mark', 'hex')
    ) RETURNING id INTO entry_id;
    INSERT INTO public.seal_openings (kind, record_id, person_id, purpose, at, audit_entry_id, written_in)
    VALUES (kind, record, person, purpose, moment, entry_id, pg_current_xact_id()::text::bigint)
    RETURNING id INTO ticket;
    RETURN ticket;
END $$
"""

# A ticket holds for a minute, for the person who opened, and only as long as they are let in.
_READ = """
CREATE FUNCTION public.seal_read(ticket bigint, person integer, at timestamptz)
RETURNS TABLE (source text, row_id integer, context text, ciphertext bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    opening public.seal_openings;
    moment timestamptz := public.seal_moment(at);
BEGIN
    SELECT * INTO opening FROM public.seal_openings o WHERE o.id = ticket AND o.person_id = person;
    IF opening.id IS NULL OR NOT public.seal_committed(opening.written_in)
        OR moment NOT BETWEEN opening.at AND opening.at + interval '1 minute'
        OR NOT public.seal_lets_in(opening.kind, opening.record_id, person, moment) THEN
        RAISE EXCEPTION 'no opening was kept for this person' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF opening.kind = 'petition' THEN
        RETURN QUERY
            SELECT 'sealed_identities', s.id, s.context::text, s.ciphertext
            FROM public.petitions p JOIN public.sealed_identities s ON s.id = p.sealed_identity_id
            WHERE p.id = opening.record_id;
    ELSE
        RETURN QUERY
            SELECT 'protection_measures', m.id, m.context::text, m.ciphertext
            FROM public.protection_measures m WHERE m.id = opening.record_id AND m.ciphertext IS NOT NULL
            UNION ALL
            SELECT 'protection_entries', e.id, e.context::text, e.ciphertext
            FROM public.protection_entries e WHERE e.measure_id = opening.record_id AND e.ciphertext IS NOT NULL;
    END IF;
END $$
"""

_FUNCTIONS = {
    "seal_moment(timestamptz)": _MOMENT,
    "seal_committed(bigint)": _COMMITTED,
    "seal_lets_in(text, integer, integer, timestamptz)": _LETS_IN,
    "seal_opening(text, integer, integer, text, jsonb)": _OPENING,
    "seal_read(bigint, integer, timestamptz)": _READ,
}


def upgrade() -> None:
    """Make the tickets and the functions; nobody but the owner may call them until they are granted."""
    op.create_table(
        "seal_openings",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audit_entry_id", sa.BigInteger(), nullable=False),
        sa.Column("written_in", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["audit_entry_id"],
            ["audit_entries.id"],
            name=op.f("fk_seal_openings_audit_entry_id_audit_entries"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_seal_openings_person_id_persons")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seal_openings")),
    )
    op.execute(
        "CREATE TRIGGER seal_openings_append_only BEFORE UPDATE OR DELETE ON seal_openings "
        "FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()"
    )
    op.execute(
        "CREATE TRIGGER seal_openings_not_emptied BEFORE TRUNCATE ON seal_openings "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()"
    )
    for name, body in _FUNCTIONS.items():
        op.execute(body)
        op.execute(f"REVOKE ALL ON FUNCTION public.{name} FROM PUBLIC")


def downgrade() -> None:
    """Take the functions and the tickets away."""
    for name in reversed(_FUNCTIONS):
        op.execute(f"DROP FUNCTION public.{name}")
    op.drop_table("seal_openings")
