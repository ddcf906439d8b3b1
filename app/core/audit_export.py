"""Writes the record of some days into a file that proves itself without the system (see audit_check)."""

from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import IO, Any

from sqlalchemy import exists, func, select

from app.core.audit import AuditEntry, as_sealed, audit_keys, written
from app.core.audit_check import FORMAT, canonical, head_bytes
from app.core.audit_seals import OPEN_FOR, AuditSeal
from app.core.audit_verify import entries_in
from app.core.clock import at_local, now
from app.core.db import db
from app.core.errors import Invalid


def export(first_day: date, last_day: date, out: IO[bytes]) -> None:
    """Write the seals that hold the entries of these days (both included), each whole, and their entries.

    Seals are exported whole: then nothing of them can be left out. Raises Invalid when the days hold no entry.
    """
    numbers = _seals_of(first_day, last_day)
    if numbers is None:
        raise Invalid("no sealed entry lies in these days")
    first, last = numbers
    newest = db.session.get_one(AuditSeal, last)
    head = {
        "format": FORMAT,
        "from": first_day.isoformat(),
        "to": last_day.isoformat(),
        "made": written(now()),
        "key": audit_keys().present,
        "seals": [first, last],
        "entries": _count(first, last),
        "last": newest.digest,
    }
    _line(out, {"export": head, "signature": audit_keys().sign(head_bytes(head)).hex()})
    for line in _lines(first, last):
        _line(out, line)


def _line(out: IO[bytes], value: dict[str, Any]) -> None:
    out.write(canonical(value) + b"\n")


def _lines(first: int, last: int) -> Iterator[dict[str, Any]]:
    for number in range(first, last + 1):
        seal = db.session.get_one(AuditSeal, number, populate_existing=True)
        yield {"seal": seal.header(), "digests": seal.digests.hex(), "signature": seal.signature.hex()}
        for row in entries_in(seal.ids):
            yield as_sealed(row)


def _count(first: int, last: int) -> int:
    bytes_of = func.sum(func.octet_length(AuditSeal.digests))
    found = db.session.execute(select(bytes_of).where(AuditSeal.number.between(first, last))).scalar_one()
    return int(found or 0) // 32


def _seals_of(first_day: date, last_day: date) -> tuple[int, int] | None:
    """Return the first and last seal that may hold entries of the days: one that commits late lies in a later seal."""
    begin = at_local(first_day, time(0))
    end = at_local(last_day + timedelta(days=1), time(0))
    since = select(AuditSeal.number).where(AuditSeal.at >= begin).order_by(AuditSeal.number).limit(1)
    first = db.session.execute(since).scalar_one_or_none()
    if first is None or not db.session.execute(select(exists().where(_within(begin, end)))).scalar_one():
        return None
    later = select(func.min(AuditSeal.number)).where(AuditSeal.at >= end + OPEN_FOR).scalar_subquery()
    newest = select(func.max(AuditSeal.number)).scalar_subquery()
    last = int(db.session.execute(select(func.coalesce(later, newest))).scalar_one())
    while last > first and not any(begin <= row.at < end for row in _entries_of(last)):
        last -= 1
    return first, last


def _within(begin: Any, end: Any) -> Any:
    return (AuditEntry.at >= begin) & (AuditEntry.at < end)


def _entries_of(number: int) -> Any:
    return entries_in(db.session.get_one(AuditSeal, number).ids)
