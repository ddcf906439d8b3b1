"""Seals over the record: at intervals the entries since the last one are put in order, hashed, chained and signed.

Writers are never waited for. An entry that commits late, with a lower id than others, goes into the next seal: each
seal names the ids that it holds, and the ids it left open are looked for again for a day.
"""

import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Index,
    LargeBinary,
    Select,
    String,
    cast,
    func,
    not_,
    select,
)
from sqlalchemy.dialects.postgresql import INT8MULTIRANGE, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.audit import AuditEntry, as_sealed, audit_keys, mark_of, written
from app.core.audit_check import NOTHING, entry_digest, seal_digest, sealed_bytes
from app.core.clock import now
from app.core.db import Base, db, unit_of_work

log = logging.getLogger(__name__)
ENTRIES_MAX = 5000  # of one seal
OPEN_FOR = timedelta(days=1)  # no transaction lives longer
_LOCK = 0x7469_6571  # two sealing jobs at once wait for each other


class AuditSeal(Base):
    """One seal. `header` is what is signed; the other columns are read from it or lie beside it."""

    __tablename__ = "audit_seals"
    __table_args__ = (Index("ix_audit_seals_at", "at"),)

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    key_id: Mapped[str] = mapped_column(String(16))
    previous: Mapped[str] = mapped_column(String(64))
    ids: Mapped[list[list[int]]] = mapped_column(JSONB)  # [first, last], both included, in order
    digests: Mapped[bytes] = mapped_column(LargeBinary)  # 32 bytes an entry
    faults: Mapped[list[list[Any]]] = mapped_column(JSONB)  # [id or null, what was wrong when it was sealed]
    signature: Mapped[bytes] = mapped_column(LargeBinary)

    def header(self) -> dict[str, Any]:
        """Return what is signed, as the checker reads it."""
        return {
            "number": self.number,
            "at": written(self.at),
            "key": self.key_id,
            "previous": self.previous,
            "ids": self.ids,
            "digests": sha256(self.digests.hex().encode()).hexdigest(),
            "faults": self.faults,
        }

    @property
    def digest(self) -> str:
        """Return the hash by which the next seal, the anchor and an inspector's note name this one."""
        return seal_digest(self.header())


@dataclass(frozen=True)
class Sealed:
    """What one run has sealed."""

    seals: int
    entries: int


def seal_record() -> None:
    """Seal what is not sealed yet; the job that the cron puts on a queue each minute. Doing it twice does no harm."""
    seal_all()


def seal_all() -> Sealed:
    """Seal what is committed and not sealed yet, each seal in a transaction of its own."""
    seals = entries = 0
    while True:
        with unit_of_work():
            seal = _seal_some()
        if seal is None:
            return Sealed(seals, entries)
        _note_anchor(seal)
        count = len(seal.digests) // 32
        seals, entries = seals + 1, entries + count
        if count < ENTRIES_MAX:
            return Sealed(seals, entries)


def newest_seal() -> AuditSeal | None:
    """Return the newest seal."""
    return db.session.execute(
        select(AuditSeal).order_by(AuditSeal.number.desc()).limit(1)
    ).scalar_one_or_none()


def _seal_some() -> AuditSeal | None:
    """Write one seal over at most ENTRIES_MAX entries, in the order of their ids; None when nothing is left."""
    db.session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    newest = newest_seal()
    entries = _unsealed()
    if not entries:
        return None
    keys = audit_keys()
    seal = AuditSeal(
        number=newest.number + 1 if newest else 1,
        at=now(),
        key_id=keys.present,
        previous=newest.digest if newest else NOTHING,
        ids=_ranges([entry.id for entry in entries]),
        digests=b"".join(entry_digest(as_sealed(entry)) for entry in entries),
        faults=[*lost_anchor(), *faults_of(entries, newest)],
    )
    seal.signature = keys.sign(sealed_bytes(seal.header()))
    db.session.add(seal)
    db.session.flush()
    for _id, what in seal.faults:
        log.error(
            "the record does not hold at seal %s: %s; tiepdan audit verify says more", seal.number, what
        )
    return seal


def _unsealed() -> Sequence[Any]:
    """Return the rows of the first entries that no seal holds, by id."""
    return db.session.execute(whole_entries(*_open()).limit(ENTRIES_MAX)).all()


def without_seal(ids: Sequence[int]) -> set[int]:
    """Return which of these entries no seal holds yet."""
    if not ids:
        return set()
    return set(db.session.scalars(select(AuditEntry.id).where(AuditEntry.id.in_(ids), *_open())))


def _open() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Return the conditions of entries that no seal holds: above the seals of a day ago, in none of the later ones."""
    since = now() - OPEN_FOR
    held = db.session.scalars(select(AuditSeal.ids).where(AuditSeal.at >= since))
    sealed = [pair for ids in held if are_ids(ids) for pair in ids]
    return AuditEntry.id > closed_before(since), not_(among(sealed))


def whole_entries(*conditions: ColumnElement[bool]) -> Select[Any]:
    """Select entries by id, with the columns that marks and seals are made of."""
    return select(*AuditEntry.__table__.columns).where(*conditions).order_by(AuditEntry.id)


def among(ranges: Sequence[Sequence[int]]) -> ColumnElement[bool]:
    """Return the condition that an entry's id lies in ranges [first, last]."""
    wanted = "{" + ",".join(f"[{first},{last}]" for first, last in ranges) + "}"
    return AuditEntry.id.bool_op("<@")(cast(wanted, INT8MULTIRANGE))


def closed_before(moment: datetime) -> int:
    """Return the id up to which the seals made before an instant leave nothing open any more; 0 when there is none.

    It is the highest of the last day on which some were made: what committed late may be alone in the last of them.
    """
    last = select(func.max(AuditSeal.at)).where(AuditSeal.at < moment).scalar_subquery()
    held = select(AuditSeal.ids).where(AuditSeal.at < moment, AuditSeal.at >= last - OPEN_FOR)
    return max((int(ids[-1][1]) for ids in db.session.scalars(held) if are_ids(ids)), default=0)


def are_ids(ids: Any) -> bool:
    """Tell whether a seal's ids are what a seal holds: whoever changed it may have written anything."""
    return (
        isinstance(ids, list)
        and bool(ids)
        and all(
            isinstance(pair, list)
            and [type(one) for one in pair] == [int, int]
            and 0 < pair[0] <= pair[1] < 2**62
            for pair in ids
        )
    )


def _ranges(ids: Sequence[int]) -> list[list[int]]:
    found: list[list[int]] = []
    for one in ids:
        if found and one == found[-1][1] + 1:
            found[-1][1] = one
        else:
            found.append([one, one])
    return found


def faults_of(entries: Sequence[Any], newest: AuditSeal | None) -> list[list[Any]]:
    """Return [id, what] of entries that the product did not write so.

    Entries from before the record was marked are taken over as they are found: those below the first marked one, in
    their order.
    """
    keys, found = audit_keys().mark_keys, []
    taken_over = _taken_over(newest) if any(entry.mark is None for entry in entries) else range(0)
    for entry in entries:
        if entry.mark is None:
            if entry.id not in taken_over:
                found.append([entry.id, f"entry {entry.id} carries no mark: it was inserted"])
        elif all(mark_of(entry, key) != entry.mark for key in keys):
            found.append([entry.id, f"entry {entry.id} does not fit its mark: it was changed or inserted"])
    return found


def _taken_over(newest: AuditSeal | None) -> range:
    """Return the ids of entries from before the record was marked that no seal has reached yet."""
    if newest is not None and not are_ids(newest.ids):
        return range(0)
    marked = select(AuditEntry.id).where(AuditEntry.mark.is_not(None)).order_by(AuditEntry.id).limit(1)
    first_marked = db.session.execute(marked).scalar_one_or_none()
    return range(newest.ids[-1][1] + 1 if newest else 1, 2**62 if first_marked is None else first_marked)


# ------------------------------------------------------------------------- the newest seal, noted outside the database


def seal_noted(note: str) -> tuple[AuditSeal | None, bool]:
    """Return the seal that a note 'number:digest' names, if there is one, and whether it still is as it was noted."""
    number, _colon, digest = note.strip().partition(":")
    seal = db.session.get(AuditSeal, int(number)) if number.isdecimal() and len(number) < 19 else None
    return seal, seal is not None and seal.digest == digest


def lost_anchor() -> list[list[Any]]:
    """Return a fault when the seal that was noted outside is not in the database as it was."""
    path = audit_keys().anchor
    if path is None or not path.is_file():
        return []
    note = path.read_text(encoding="ascii", errors="replace")
    if seal_noted(note)[1]:
        return []
    number = note.partition(":")[0][:19].strip() or "?"
    return [[None, f"seal {number}, noted outside the database, is not there any more or was changed"]]


def _note_anchor(seal: AuditSeal) -> None:
    """Note the newest seal outside the database. A note that was contradicted stays, as evidence."""
    path = audit_keys().anchor
    if path is None or any(one is None for one, _what in seal.faults):
        return
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(f"{seal.number}:{seal.digest}\n", encoding="ascii")
        fresh.replace(path)
    except OSError as error:
        log.warning("the newest seal could not be noted in %s: %s", path, error.strerror)
