"""Proves the record in the database, or names what does not hold: changed, removed and inserted entries and seals."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import func, not_, select

from app.core.audit import AuditEntry, as_sealed, audit_keys
from app.core.audit_check import NOTHING, BrokenRecord, entry_digest, ids_in, sealed_bytes, signature_holds
from app.core.audit_seals import (
    OPEN_FOR,
    AuditSeal,
    among,
    are_ids,
    closed_before,
    faults_of,
    lost_anchor,
    newest_seal,
    seal_noted,
    whole_entries,
)
from app.core.clock import now
from app.core.db import db

_BATCH = 50  # seals read at a time


@dataclass
class Report:
    """What was found, the first of it first; empty `findings` mean that the record holds."""

    findings: list[str] = field(default_factory=list)
    seals: int = 0
    entries: int = 0
    unsealed: int = 0
    waiting_since: datetime | None = None  # the oldest of them
    taken_over: int = 0  # entries from before the record was marked
    newest: str = ""  # number:digest of the newest seal, to be noted elsewhere


def verify(keys: Mapping[str, Ed25519PublicKey] | None = None, *, anchor: str = "") -> Report:
    """Check every seal, every entry that one holds, those that wait for theirs, and the numbers of every writer.

    `keys` are public keys beside those of the settings (of a private key that was given up); `anchor` is a
    'number:digest' that somebody noted earlier.
    """
    report = Report()
    known = {**audit_keys().public, **(keys or {})}
    covered: list[list[int]] = []
    previous: AuditSeal | None = None
    for seal in _seals():
        found = _seal_findings(seal, previous, known)
        report.findings += found
        if _holds_together(seal):
            rows = entries_in(seal.ids)
            report.findings += _entry_findings(seal, rows)
            report.taken_over += sum(row.mark is None for row in rows)
            covered += seal.ids
        if not found:
            report.findings += [
                f"{what} (found when seal {seal.number} was made)" for _id, what in seal.faults
            ]
        report.seals += 1
        previous = seal
    _check_open(report, _merged(covered), previous)
    report.findings += _gaps()
    report.findings += [what for _id, what in lost_anchor()]
    if previous is not None:
        report.newest = f"{previous.number}:{previous.digest}"
    report.findings += _note_findings(anchor)
    report.entries = db.session.execute(select(func.count()).select_from(AuditEntry)).scalar_one()
    return report


def _seals() -> Iterator[AuditSeal]:
    """Yield the seals in order, as the database has them now."""
    last = 0
    while True:
        wanted = (
            select(AuditSeal).where(AuditSeal.number > last).order_by(AuditSeal.number).limit(_BATCH)
        ).execution_options(populate_existing=True)
        batch = db.session.execute(wanted).scalars().all()
        yield from batch
        if len(batch) < _BATCH:
            return
        last = batch[-1].number


def _seal_findings(
    seal: AuditSeal, previous: AuditSeal | None, keys: Mapping[str, Ed25519PublicKey]
) -> list[str]:
    found, wanted = [], previous.number + 1 if previous else 1
    if seal.number != wanted:
        found.append(f"seal {wanted} was removed: seal {seal.number} follows")
    elif seal.previous != (previous.digest if previous else NOTHING):
        found.append(f"seal {seal.number} does not follow the one before it: one of them was changed")
    try:
        holds = signature_holds(keys, seal.key_id, seal.signature.hex(), sealed_bytes(seal.header()))
    except BrokenRecord as error:
        return [*found, f"seal {seal.number} cannot be checked: {error}"]
    if not holds:
        place = f" (from entry {seal.ids[0][0]})" if are_ids(seal.ids) else ""
        found.append(f"seal {seal.number}{place} was changed: its signature does not hold")
    return found


def entries_in(ids: Sequence[Sequence[int]]) -> Sequence[Any]:
    """Return the rows of the entries with these ids, by id."""
    near = AuditEntry.id.between(ids[0][0], ids[-1][1])  # by this the index is used
    return db.session.execute(whole_entries(near, among(ids))).all()


def _holds_together(seal: AuditSeal) -> bool:
    """Tell whether a seal names as many ids as it has hashes; of a changed one the ids may be anything."""
    held = len(seal.digests) // 32
    return are_ids(seal.ids) and sum(last - first + 1 for first, last in seal.ids) == held


def _entry_findings(seal: AuditSeal, rows: Sequence[Any]) -> list[str]:
    by_id, found = {row.id: row for row in rows}, []
    for place, wanted in enumerate(ids_in(seal.ids)):
        row = by_id.get(wanted)
        if row is None:
            found.append(f"entry {wanted} was removed: seal {seal.number} holds it")
        elif entry_digest(as_sealed(row)) != seal.digests[32 * place : 32 * place + 32]:
            found.append(f"entry {wanted} was changed after seal {seal.number} was made")
    return found


def _merged(ranges: Sequence[list[int]]) -> list[list[int]]:
    merged: list[list[int]] = []
    for first, last in sorted(ranges):
        if merged and first <= merged[-1][1] + 1:
            merged[-1][1] = max(merged[-1][1], last)
        else:
            merged.append([first, last])
    return merged


def _check_open(report: Report, covered: Sequence[Sequence[int]], newest: AuditSeal | None) -> None:
    """Check the entries that no seal holds: new ones by their marks; old ones must not be there."""
    rows = db.session.execute(whole_entries(not_(among(covered)))).all()
    report.unsealed, report.waiting_since = len(rows), min((row.at for row in rows), default=None)
    closed = closed_before(now() - OPEN_FOR)
    wrong = {one: what for one, what in faults_of(rows, newest)}
    for row in rows:
        if row.id in wrong:
            report.findings.append(wrong[row.id])
        elif row.id <= closed:
            report.findings.append(f"entry {row.id} was inserted among sealed ones: no seal holds it")


def _gaps() -> list[str]:
    """Return what is missing or twice among the numbers 1, 2, ... of each database connection."""
    writers = db.session.execute(
        select(AuditEntry.writer)
        .where(AuditEntry.writer.is_not(None))
        .group_by(AuditEntry.writer)
        .having(
            (func.count() != func.max(AuditEntry.number))
            | (func.min(AuditEntry.number) != 1)
            | (func.count(AuditEntry.number.distinct()) != func.count())
        )
        .order_by(func.min(AuditEntry.id))
    ).scalars()
    return [_gap_of(writer) for writer in writers if writer is not None]


def _gap_of(writer: bytes) -> str:
    wanted = select(AuditEntry.number, AuditEntry.id).where(AuditEntry.writer == writer)
    expected, before = 1, None
    for number, entry_id in db.session.execute(wanted.order_by(AuditEntry.number, AuditEntry.id)):
        if number is not None and number < expected:
            return f"entry {entry_id} stands there twice: it was inserted"
        if number != expected:
            place = f"after entry {before}" if before else f"before entry {entry_id}"
            return f"an entry was removed {place}: number {expected} of its writer ({writer.hex()[:8]}) is missing"
        expected, before = expected + 1, entry_id
    return f"the numbers of writer {writer.hex()[:8]} do not hold"


def _note_findings(anchor: str) -> list[str]:
    if not anchor:
        return []
    seal, holds = seal_noted(anchor)
    if holds:
        return []
    number = anchor.strip().partition(":")[0]
    if seal is None:
        newest = newest_seal()
        last = newest.number if newest else 0
        return [f"seal {number}, which was noted, is not in the record: it ends with seal {last}"]
    return [f"seal {number} is not the one that was noted"]
