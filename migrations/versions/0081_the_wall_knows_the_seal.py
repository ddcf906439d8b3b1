"""The second wall asks for all that the seal asks for: purpose, words, a fresh sign-in, a second person, an end.

At each opening a purpose of the list, words under the seal and a fresh sign-in; at each grant a competent head who lets
in somebody else for thirty days at the longest. Whoever stands in for a head with the seal is known here, and so is who
may know nothing of a file (docs/decisions/0014).
"""

import runpy
from pathlib import Path

from alembic import op

revision = "0081"
down_revision = "0080"
branch_labels = None
depends_on = None

# The duties for which the law lets somebody know: complaints/codes_identity.py (a test compares them).
_PURPOSE = """
CREATE FUNCTION public.seal_purpose(purpose text) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT purpose IS NOT NULL AND purpose IN
        ('check', 'meeting', 'resolving', 'extract', 'letter', 'transfer', 'protection', 'keeping')
$$
"""

# Words under the seal: nobody reads them here, but there are some (a nonce, five letters, a tag).
_WORDS = """
CREATE FUNCTION public.seal_worded(context text, words bytea, kind text) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN octet_length(words) > 100 AND context ~ ('^' || kind || ':[0-9a-f-]{36}$')
        THEN coalesce(octet_length(public.sealed_body(words)) >= 12 + 5 + 16, false) ELSE false END
$$
"""

# The session of the entry is the person's own, goes on, and they proved within the hour (the longest that the settings
# allow) who they are; with the second factor, if they have one.
_FRESH = """
CREATE FUNCTION public.seal_fresh(session text, person integer, moment timestamptz) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM public.sign_in_sessions s
        JOIN public.persons p ON p.id = s.person_id AND p.session_epoch = s.epoch
        WHERE s.id::text = session AND s.person_id = person AND s.ended_at IS NULL
          AND s.fresh_at BETWEEN moment - interval '1 hour' AND moment + interval '5 minutes'
          AND (s.second_factor OR NOT EXISTS (
              SELECT 1 FROM public.totp_secrets t WHERE t.person_id = person AND t.confirmed_at IS NOT NULL
              UNION ALL SELECT 1 FROM public.passkeys k WHERE k.person_id = person
          ))
    )
$$
"""

# What active people hold on the day of an instant.
_HELD = """
CREATE FUNCTION public.seal_held(who integer, moment timestamptz)
RETURNS TABLE (role text, body_id integer, path text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT m.role::text, u.body_id, u.path::text
    FROM public.memberships m
    JOIN public.persons p ON p.id = m.person_id AND p.is_active
    JOIN public.units u ON u.id = m.unit_id
    WHERE m.person_id = who
      AND m.valid_from <= (moment AT TIME ZONE 'Asia/Ho_Chi_Minh')::date
      AND (m.valid_to IS NULL OR m.valid_to > (moment AT TIME ZONE 'Asia/Ho_Chi_Minh')::date)
$$
"""

# Under whose rights somebody opens: their own, and those of whom they stand in for by a paper that gives the seal too.
_HATS = """
CREATE FUNCTION public.seal_hats(person integer, moment timestamptz) RETURNS SETOF integer
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT person WHERE EXISTS (SELECT FROM public.seal_held(person, moment))
    UNION
    SELECT d.from_person_id FROM public.delegations d
    WHERE d.to_person_id = person AND d.with_seal
      AND d.valid_from <= (moment AT TIME ZONE 'Asia/Ho_Chi_Minh')::date
      AND least(d.valid_to, d.ended_on) > (moment AT TIME ZONE 'Asia/Ho_Chi_Minh')::date
      AND EXISTS (SELECT FROM public.seal_held(person, moment))
$$
"""

# Who may know nothing of a file: the denounced, their unit, whoever has a conflict of interest (I12).
_CLOSED = """
CREATE FUNCTION public.seal_closed(who integer, barred integer[], closed integer[], moment timestamptz)
RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(who = ANY (barred), false) OR EXISTS (
        SELECT FROM public.seal_held(who, moment) h
        WHERE string_to_array(trim(BOTH '/' FROM h.path), '/')::integer[] && closed
    )
$$
"""

# The head who is competent, or who stands in for that one with the seal.
_HEADS = """
CREATE FUNCTION public.seal_heads(kind text, record integer, person integer, moment timestamptz) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    WITH files AS (
        SELECT coalesce(c.unit_id, p.unit_id) AS unit_id, p.barred_ids, p.closed_unit_ids
        FROM public.petitions p LEFT JOIN public.cases c ON c.id = p.case_id
        WHERE $1 = 'petition' AND p.id = record AND p.sealed_identity_id IS NOT NULL
        UNION ALL
        SELECT u, c.barred_ids, c.closed_unit_ids
        FROM public.protection_measures m
        JOIN public.cases c ON c.id = m.case_id
        CROSS JOIN LATERAL unnest(ARRAY[c.unit_id, c.assigned_unit_id]) AS u
        WHERE $1 = 'protection_measure' AND m.id = record
    )
    SELECT EXISTS (
        SELECT FROM files f
        JOIN public.units u ON u.id = f.unit_id
        CROSS JOIN public.seal_hats(person, moment) AS hat
        CROSS JOIN LATERAL public.seal_held(hat, moment) AS h
        WHERE h.role = 'leader' AND h.body_id = u.body_id
          AND NOT public.seal_closed(person, f.barred_ids, f.closed_unit_ids, moment)
          AND NOT public.seal_closed(hat, f.barred_ids, f.closed_unit_ids, moment)
    )
$$
"""

# The same answer as complaints/services/identity.py and protection.py give; a test compares them.
_LETS_IN = """
CREATE OR REPLACE FUNCTION public.seal_lets_in(kind text, record integer, person integer, moment timestamptz)
RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(CASE kind
        WHEN 'petition' THEN EXISTS (
            SELECT FROM public.seal_hats(person, moment) AS hat
            CROSS JOIN LATERAL public.seal_held(hat, moment) AS h WHERE h.role <> 'administrator'
        ) AND EXISTS (
            SELECT FROM public.petitions p
            JOIN public.sealed_identities s ON s.id = p.sealed_identity_id
            WHERE p.id = record AND NOT public.seal_closed(person, p.barred_ids, p.closed_unit_ids, moment) AND (
                s.registered_by_id = person
                OR public.seal_heads('petition', record, person, moment)
                OR EXISTS (
                    SELECT FROM public.identity_grants g
                    WHERE g.sealed_identity_id = s.id AND g.person_id = person AND g.granted_by_id <> person
                      AND g.revoked_at IS NULL AND g.expires_at > moment
                )
            )
        )
        WHEN 'protection_measure' THEN public.seal_heads(kind, record, person, moment)
    END, false)
$$
"""

# As in 0070, and besides: a fresh sign-in, for an identity a purpose of the list and words, which are kept here.
_OPENING = """
CREATE FUNCTION public.seal_opening(
    kind text, record integer, person integer, purpose text, entry jsonb, context text, words bytea
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    moment timestamptz := public.seal_moment((entry->>'at')::timestamptz);
    entry_id bigint;
    ticket bigint;
BEGIN
    IF person IS NULL OR record IS NULL OR coalesce(purpose, '') !~ '^[a-z_]{3,40}$'
        OR (kind = 'petition' AND NOT public.seal_purpose(purpose)) THEN
        RAISE EXCEPTION 'an opening names a person, a record and a purpose' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF kind = 'petition' AND NOT public.seal_worded(context, words, 'identity-opening') THEN
        RAISE EXCEPTION 'an opening says why in words' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NOT public.seal_fresh(entry->>'session_id', person, moment) THEN
        RAISE EXCEPTION 'an opening asks for a fresh sign-in' USING ERRCODE = 'insufficient_privilege';
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
    IF kind = 'petition' THEN
        INSERT INTO public.identity_openings (sealed_identity_id, person_id, purpose, context, ciphertext, opened_at)
        SELECT p.sealed_identity_id, person, seal_opening.purpose, seal_opening.context, words, moment
        FROM public.petitions p WHERE p.id = record;
    END IF;
    INSERT INTO public.seal_openings (kind, record_id, person_id, purpose, at, audit_entry_id, written_in)
    VALUES (kind, record, person, purpose, moment, entry_id, pg_current_xact_id()::text::bigint)
    RETURNING id INTO ticket;
    RETURN ticket;
END $$
"""

# Somebody is let in by the head who is competent at that moment, not by themselves, for a purpose, in words, for thirty
# days at the longest (complaints/services/opening.py asks the same, and for the days first).
_GRANTING = """
CREATE FUNCTION public.seal_granting() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM public.seal_moment(NEW.granted_at);
    IF NEW.person_id = NEW.granted_by_id OR NEW.revoked_at IS NOT NULL
        OR NEW.expires_at > NEW.granted_at + interval '30 days'
        OR NOT public.seal_purpose(NEW.purpose)
        OR NOT public.seal_worded(NEW.context, NEW.ciphertext, 'identity-grant')
        OR NOT EXISTS (
            SELECT FROM public.petitions p WHERE p.sealed_identity_id = NEW.sealed_identity_id
            AND public.seal_heads('petition', p.id, NEW.granted_by_id, NEW.granted_at)
        ) THEN
        RAISE EXCEPTION 'a second person who heads the competent body lets in, for a purpose, in words, for a time'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$
"""

_FUNCTIONS = {
    "seal_purpose(text)": _PURPOSE,
    "seal_worded(text, bytea, text)": _WORDS,
    "seal_fresh(text, integer, timestamptz)": _FRESH,
    "seal_held(integer, timestamptz)": _HELD,
    "seal_hats(integer, timestamptz)": _HATS,
    "seal_closed(integer, integer[], integer[], timestamptz)": _CLOSED,
    "seal_heads(text, integer, integer, timestamptz)": _HEADS,
    "seal_granting()": _GRANTING,
    "seal_opening(text, integer, integer, text, jsonb, text, bytea)": _OPENING,
}


def upgrade() -> None:
    """Make the functions; nobody but the owner may call them until they are granted."""
    for name, body in _FUNCTIONS.items():
        op.execute(body)
        op.execute(f"REVOKE ALL ON FUNCTION public.{name} FROM PUBLIC")
    op.execute(_LETS_IN)
    op.execute("DROP FUNCTION public.seal_opening(text, integer, integer, text, jsonb)")
    op.execute(
        "CREATE TRIGGER identity_grants_by_a_head BEFORE INSERT ON identity_grants "
        "FOR EACH ROW EXECUTE FUNCTION seal_granting()"
    )


def downgrade() -> None:
    """Go back to the functions of 0070."""
    before = runpy.run_path(str(Path(__file__).with_name("0070_second_wall.py")))
    op.execute("DROP TRIGGER identity_grants_by_a_head ON identity_grants")
    op.execute(before["_LETS_IN"].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"))
    op.execute(before["_OPENING"])
    op.execute("REVOKE ALL ON FUNCTION public.seal_opening(text, integer, integer, text, jsonb) FROM PUBLIC")
    for name in reversed(_FUNCTIONS):
        op.execute(f"DROP FUNCTION public.{name}")
