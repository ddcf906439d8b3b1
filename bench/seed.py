"""Fills a database with very many closed and some open cases, by statements that write thousands of rows each."""

from sqlalchemy import text

from app.core.clock import today
from app.core.db import db
from app.organisation.queries import work_calendar

# Two in a hundred cases are open, as in an office that keeps up, yet enough for a sweep of a thousand; units share
# them evenly.
_CASES = """
INSERT INTO cases (unit_id, register_year, register_no, kind, instance, field, statutory_field, summary, respondent,
  respondent_level, assigned_unit_id, remote, complex, extension_count, received_on, opened_at, state, is_open,
  state_since, handler_id, next_due_on, version, accepted_on, overdue, first_decision, disciplinary, dismissal,
  withdrawn_unnamed)
SELECT u.id, 2020 + n % 6, 1000000 + n, (ARRAY['complaint','denunciation','proposal'])[1 + n % 3], 'first', 'land',
  'land', 'Không đồng ý mức bồi thường khi thu hồi đất, vụ số ' || n, 'Chủ tịch UBND phường', 'commune_chair', d.id,
  false, false, 0, :day - (n % 900), now(), CASE WHEN n / 4 % :every = 0 THEN
    (ARRAY['verifying','tc_verifying','studying'])[1 + n % 3]
    ELSE (ARRAY['closed','tc_closed','answered'])[1 + n % 3] END,
  n / 4 % :every = 0, now(), p.id,
  CASE WHEN n / 4 % :every = 0 THEN :day + (n / 4 / :every % 60) - 10 ELSE DATE '9999-12-31' END, 1, :day - (n % 900),
  false, '', false, false, 0
FROM generate_series(1, :size) AS n
JOIN LATERAL (SELECT id FROM units WHERE kind = 'commune' ORDER BY id OFFSET n % 4 LIMIT 1) u ON true
JOIN LATERAL (SELECT id FROM units WHERE parent_id = u.id ORDER BY id OFFSET 1 LIMIT 1) d ON true
JOIN LATERAL (SELECT id FROM persons ORDER BY id OFFSET n % 5 LIMIT 1) p ON true
"""
_PETITIONS = """
INSERT INTO petitions (unit_id, register_year, register_no, tracking_code, registered_by_id, registered_at, received_on,
  source, forwarded_by, in_person, anonymous, signer_count, representatives_appointed, summary, request, respondent,
  respondent_level, earlier_body, originals_attached, kind, field, statutory_field, instance, has_evidence,
  guided_before, case_id, state, is_open, state_since, next_due_on, version, disciplinary, dismissal, origin_body,
  handover_minutes, overdue_claim, flagged, resolved_before)
SELECT c.unit_id, c.register_year, c.register_no, 'B' || c.id,
  (SELECT min(id) FROM persons), now(), c.received_on, 'post', '', false, false, 1,
  false, c.summary, '', c.respondent, c.respondent_level, '', false, c.kind, 'land', 'land', 'first', false, false,
  c.id,
  CASE WHEN c.id / 4 % :every = 7 THEN 'classified' ELSE 'with_case' END, c.id / 4 % :every = 7, now(),
  CASE WHEN c.id / 4 % :every = 7 THEN :day + (c.id / 4 / :every % 30)::int - 5 ELSE DATE '9999-12-31' END, 1,
  false, false, '', '', false, false, false
FROM cases c WHERE c.register_no > 1000000
"""
_PARTIES = """
WITH made AS (
  INSERT INTO parties (full_name, name_key, identity_number, phone, address)
  SELECT 'Nguyễn Văn ' || p.id, 'nguyen van ' || p.id, lpad(p.id::text, 12, '0'),
    '09' || lpad(p.id::text, 8, '0'), 'Hà Nội'
  FROM petitions p WHERE p.kind <> 'denunciation' AND p.tracking_code LIKE 'B%' RETURNING id, identity_number)
INSERT INTO petition_parties (petition_id, party_id, is_representative)
SELECT identity_number::int, id, false FROM made
"""
_CLOCKS = """
INSERT INTO clocks (case_id, code, rule_version, state, started_on, due_on, late, next_alert_at)
SELECT id, 'KN1_RESOLVE', 'KN1_RESOLVE@2012-07-01', CASE WHEN is_open THEN 'running' ELSE 'met' END, received_on,
  CASE WHEN is_open THEN next_due_on ELSE received_on + 30 END, false,
  CASE WHEN is_open THEN now() + interval '30 days' END
FROM cases WHERE register_no > 1000000
"""
_EVENTS = """
INSERT INTO clock_events (clock_id, verb, "on", remote, complex, document, recorded_at)
SELECT id, 'start', started_on, false, false, '', now() FROM clocks WHERE id NOT IN (SELECT clock_id FROM clock_events)
"""
_HISTORY = """
INSERT INTO history (case_id, at, actor_id, act, transition, to_state, data)
SELECT c.id, now(), (SELECT min(id) FROM persons), 'note', '', NULL, '{"words": "ghi chú"}'
FROM cases c, generate_series(1, 3)
WHERE c.register_no > 1000000
"""


def fill(size: int, day: object) -> None:
    """Write `size` cases, each with a petition, a sender, a clock and lines of history, then VACUUM ANALYZE."""
    every = min(50, max(8, size // 1250))
    with db.engine.begin() as connection:
        connection.execute(text(_CASES), {"size": size, "day": day, "every": every})
        connection.execute(text(_PETITIONS), {"day": day, "every": every})
        for statement in (_PARTIES, _CLOCKS, _EVENTS, _HISTORY):
            connection.execute(text(statement))
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def make_due(number: int) -> None:
    """Make the alerts of `number` open clocks due now, as a morning after silence does."""
    statement = text(
        "UPDATE clocks SET next_alert_at = now() - interval '1 minute', due_on = :day, last_rung = 'after_5' "
        "WHERE id IN "
        "(SELECT id FROM clocks WHERE state = 'running' AND case_id IS NOT NULL ORDER BY id LIMIT :number)"
    )
    with db.engine.begin() as connection:
        connection.execute(statement, {"number": number, "day": _long_enough_ago()})


def _long_enough_ago() -> object:
    return work_calendar().add_working_days(today(), -12)
