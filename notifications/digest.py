"""The digest of alerts: from what stands in escalation_told and was not told yet, one notice and one mail a person.

A person's notice of the day grows with every batch of a sweep; so does the mail, until a worker has taken it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ARRAY, Integer, any_, literal, select, update
from sqlalchemy.dialects.postgresql import insert

from app.core.clock import now, today
from app.core.db import db
from complaints.ladder import RUNGS
from complaints.models.clocks import Clock, Escalation, EscalationTold
from complaints.models.shared import Shown
from complaints.queries.numbers import numbers_of
from notifications import outbox
from notifications.models import Notice
from notifications.outbox import Draft
from notifications.rules import Kind

LISTED = 20  # the notice lists the most pressing; the worklists have them all
LEFTOVERS = 2000
SETTLE = timedelta(minutes=2)  # a mail waits so long for further alerts of the same sweep ...
SETTLE_MAX = timedelta(minutes=15)  # ... but no longer than this

Line = dict[str, Any]


def tell_alerts(escalation_ids: Collection[int] | None = None) -> set[int]:
    """Tell everybody who is to hear of some alerts (None: of any that were left) and was not told; return who was.

    The rows of escalation_told are the truth: whoever takes them holds them, and marks them told in the same
    transaction. Two sweeps share them; a sweep that died left them as they were.
    """
    rows = db.session.execute(_waiting(escalation_ids)).all()
    if not rows:
        return set()
    numbers = numbers_of(_shown(row) for row in rows)
    fresh: dict[int, list[Line]] = defaultdict(list)
    for row in rows:
        fresh[row.person_id].append(_line(row, numbers[_shown(row)]))
    # In the order of people: two sweeps that meet at the same people then wait for, but never block, each other.
    notices = _todays_notices(sorted(fresh))
    mails = outbox.open_digests(n.facts["mail"] for n in notices.values() if n.facts.get("mail"))
    drafts = {}
    for person_id, notice in notices.items():
        lines = _newest_of_each_clock(fresh[person_id])
        mail = mails.get(notice.facts.get("mail") or 0)
        _grow(notice, lines)
        if mail is not None:
            outbox.rewrite(
                mail, _folded(mail.facts, lines), min(now() + SETTLE, mail.created_at + SETTLE_MAX)
            )
        else:
            drafts[person_id] = _draft(person_id, notice, lines)
    ids = outbox.write(drafts.values())
    for person_id, draft in drafts.items():
        if draft.dedupe_key in ids:
            mails_so_far = notices[person_id].facts.get("mails", 0)
            facts = {"mail": ids[draft.dedupe_key], "mails": mails_so_far + 1}
            notices[person_id].facts = {**notices[person_id].facts, **facts}
    told = literal([row.id for row in rows], ARRAY(Integer))
    db.session.execute(
        update(EscalationTold)
        .where(EscalationTold.id == any_(told))
        .values(told_at=now())
        .execution_options(synchronize_session=False)
    )
    db.session.flush()
    return set(fresh)


def _waiting(escalation_ids: Collection[int] | None) -> Any:
    statement = (
        select(
            EscalationTold.id,
            EscalationTold.person_id,
            Escalation.clock_id,
            Escalation.rung,
            Escalation.due_on,
            Escalation.petition_id,
            Escalation.case_id,
            Escalation.duty_id,
            Clock.rule_version,
        )
        .join(Escalation, Escalation.id == EscalationTold.escalation_id)
        .join(Clock, Clock.id == Escalation.clock_id)
        .where(EscalationTold.told_at.is_(None))
        .with_for_update(of=EscalationTold, skip_locked=True)
    )
    if escalation_ids is None:
        return statement.order_by(EscalationTold.person_id, EscalationTold.id).limit(LEFTOVERS)
    return statement.where(
        EscalationTold.escalation_id == any_(literal(list(escalation_ids), ARRAY(Integer)))
    )


def _shown(row: Any) -> Shown:
    return Shown(row.petition_id, row.case_id, row.duty_id)


def _line(row: Any, number: str) -> Line:
    """Return what a digest holds of one alert: numbers, codes and days."""
    path = _shown(row).path
    return {"clock": row.clock_id, "version": row.rule_version, "rung": row.rung, "due": row.due_on.isoformat(),
            "number": number, "path": path, "new": True}  # fmt: skip


def _newest_of_each_clock(lines: Iterable[Line]) -> list[Line]:
    """Return one line a clock, its last rung: what was missed on the way there says nothing more."""
    newest: dict[int, Line] = {}
    for line in lines:
        before = newest.get(line["clock"])
        if before is None or (line["due"], _offset(line)) > (before["due"], _offset(before)):
            newest[line["clock"]] = line
    return list(newest.values())


def _offset(line: Mapping[str, Any]) -> int:
    return RUNGS[line["rung"]].offset


def _todays_notices(people: Sequence[int]) -> dict[int, Notice]:
    """Return everybody's notice of today's alerts, made where there is none, each held until the transaction ends."""
    day, at = today(), now()
    rows = [
        {"person_id": person, "kind": Kind.ALERTS, "facts": {"count": 0, "lines": []}, "target": "",
         "dedupe_key": _key(person, day), "created_at": at, "changed_at": at}
        for person in people
    ]  # fmt: skip
    db.session.execute(insert(Notice).on_conflict_do_nothing(), rows)
    statement = (
        select(Notice)
        .where(Notice.dedupe_key.in_([row["dedupe_key"] for row in rows]))
        .order_by(Notice.person_id)
        .with_for_update(of=Notice)
        .execution_options(populate_existing=True)
    )
    return {notice.person_id: notice for notice in db.session.scalars(statement)}


def _key(person_id: int, day: date) -> str:
    return f"alerts:{person_id}:{day.isoformat()}"


def _grow(notice: Notice, lines: Sequence[Line]) -> None:
    """Add alerts to a notice; one that was read opens again, with what has come since marked as new."""
    facts = dict(notice.facts)
    if notice.read_at is not None:
        facts["lines"] = [{**line, "new": False} for line in facts["lines"]]
    notice.facts = _folded(facts, lines)
    notice.changed_at, notice.read_at = now(), None


def _folded(facts: Mapping[str, Any], fresh: Sequence[Line]) -> dict[str, Any]:
    """Return facts with further lines: the count of all, the most pressing few, whatever the order they came in."""
    new_clocks = {line["clock"] for line in fresh}
    kept = [line for line in facts["lines"] if line["clock"] not in new_clocks]
    replaced = len(facts["lines"]) - len(kept)
    lines = sorted([*kept, *fresh], key=lambda x: (not x["new"], -_offset(x), x["due"], x["clock"]))
    return {**facts, "count": facts["count"] + len(fresh) - replaced, "lines": lines[:LISTED]}


def _draft(person_id: int, notice: Notice, lines: Sequence[Line]) -> Draft:
    """Return a new mail for what the notice has gained: the first of the day, or one after another has left."""
    number = notice.facts.get("mails", 0) + 1
    facts = _folded({"count": 0, "lines": []}, lines)
    return Draft(person_id, Kind.ALERTS, facts, "", f"{notice.dedupe_key}:{number}", _settled())


def _settled() -> datetime:
    return now() + SETTLE
