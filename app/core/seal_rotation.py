"""Rotation of the seal: every sealed value comes under the newest key, in batches, while others go on working.

Who keeps sealed values says so by a `Sealed`; app/operations/sealed.py lists all of them. Only headers change: none of
what they seal is read. A batch is one transaction; what was interrupted goes on where it stood, for what is done names
the newest key.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, func, inspect, select, update
from sqlalchemy.orm import InstrumentedAttribute

from app.core import audit, seal
from app.core.db import Base, db, unit_of_work

BATCH = 200
_FIRST, _LENGTH = 2, seal.KEY_ID  # where the id of the key stands in a header, counted from 1


@dataclass(frozen=True)
class Sealed:
    """A column of sealed values: of its rows those that `where` names, each opened by `context` of the row.

    `header` reads the header of a row and `kept` turns the new header into what the column keeps, where the column is
    not simply the sealed value.
    """

    name: str
    model: type[Base]
    column: InstrumentedAttribute[Any]
    context: Callable[[Row[Any]], str]
    needs: tuple[InstrumentedAttribute[Any], ...] = ()
    where: ColumnElement[bool] | None = None
    header: Callable[[Row[Any]], bytes] | None = None
    kept: Callable[[Row[Any], bytes], Any] | None = None
    key_id: ColumnElement[Any] | None = None  # of a row, in SQL; None: NULL, or what only `header` can tell

    def row_id(self) -> Any:
        """Return the column that names a row: the primary key of the table."""
        [column] = inspect(self.model).primary_key
        return column

    def rows(self) -> Any:
        """Return the select of the rows: id, value, and what else the context needs."""
        wanted = select(self.row_id().label("id"), self.column.label("value"), *self.needs)
        return wanted.where(self.where if self.where is not None else self.column.is_not(None))

    def in_sql(self) -> ColumnElement[Any]:
        """Return the id of the key of a row, as SQL reads it."""
        return self.key_id if self.key_id is not None else func.substring(self.column, _FIRST, _LENGTH)

    def header_of(self, row: Row[Any]) -> bytes:
        """Return the header of a row. Raises SealError."""
        return self.header(row) if self.header is not None else seal.parts(row.value)[0]


@dataclass(frozen=True)
class Done:
    """What a run did with one kind: how many came under the newest key, how many did not open."""

    name: str
    rewrapped: int
    unopened: int


def rotate(kinds: Iterable[Sealed], *, batch: int = BATCH) -> list[Done]:
    """Bring every kind under the newest key; commit each batch. Rows that no key opens are counted and left."""
    done = []
    for kind in kinds:
        count = Counter[str]()
        last: int | None = 0
        while last is not None:
            with unit_of_work():
                last = _batch(kind, last, batch, count)
        done.append(Done(kind.name, count["rewrapped"], count["unopened"]))
    with unit_of_work():
        detail = {one.name: one.rewrapped for one in done if one.rewrapped}
        audit.record("seal.rotated", actor=None, subject=("seal", None), detail=detail)
    return done


def _batch(kind: Sealed, after: int, size: int, count: Counter[str]) -> int | None:
    """Re-wrap the next rows behind an id and return the last of them, None when there are no more."""
    newest = seal.keys()[0].key_id
    row_id = kind.row_id()
    wanted = kind.rows().where(row_id > after, kind.in_sql().is_distinct_from(newest))
    # The lock makes a writer of the same row wait for one batch, and never lets a newer value be overwritten.
    rows = db.session.execute(wanted.order_by(row_id).limit(size).with_for_update(of=kind.model)).all()
    for row in rows:
        try:
            header = kind.header_of(row)
            fresh = seal.rewrapped(header, context=kind.context(row))
        except (seal.SealError, FileNotFoundError):
            count["unopened"] += 1
            continue
        value = kind.kept(row, fresh) if kind.kept is not None else fresh + seal.parts(row.value)[1]
        change = update(row_id.table).where(row_id == row.id).values({kind.column.key: value})
        db.session.execute(change)
        count["rewrapped"] += 1
    return rows[-1].id if rows else None


@dataclass(frozen=True)
class Count:
    """How many values of a kind stand under a key, by its id; `lost`: their header cannot be read."""

    name: str
    by_key: Counter[bytes]
    lost: int


def status(kinds: Iterable[Sealed]) -> list[Count]:
    """Count sealed values by kind and key."""
    counts = []
    for kind in kinds:
        by_key = Counter[bytes]()
        lost = 0
        rows = kind.rows().subquery()
        key_id = kind.in_sql()
        ids = select(rows.c.id)
        counted = select(key_id, func.count()).where(kind.row_id().in_(ids)).group_by(key_id)
        for found, number in db.session.execute(counted):
            if found is not None:
                by_key[bytes(found)] += number
        for row in db.session.execute(kind.rows().where(key_id.is_(None))):
            try:
                by_key[seal.key_id_of(kind.header_of(row))] += 1
            except (seal.SealError, FileNotFoundError):
                lost += 1
        counts.append(Count(kind.name, by_key, lost))
    return counts


def droppable(counts: Sequence[Count]) -> list[bytes]:
    """Return the ids of the elder keys under which nothing stands any more."""
    used = Counter[bytes]()
    for count in counts:
        used.update(count.by_key)
    return [key.key_id for key in seal.keys()[1:] if not used[key.key_id]]
