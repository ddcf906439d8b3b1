"""Keyset paging: a page costs the same at the start and at the end of a million rows."""

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from app.core.db import db

T = TypeVar("T")
PAGE_SIZE = 25


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of rows, with the cursors of its neighbours (None where there is none)."""

    items: Sequence[T]
    next_cursor: str | None
    previous_cursor: str | None


def keyset_page(
    statement: Select[Any],
    keys: Sequence[InstrumentedAttribute[Any]],
    *,
    cursor: str | None = None,
    size: int = PAGE_SIZE,
    descending: bool = False,
    line: Callable[[Any], Any] | None = None,
) -> Page[Any]:
    """Return one page ordered by `keys`, all in one direction; the last key must be unique.

    The statement selects one entity; or, with `line`, columns (the keys among them), of which `line` makes an item.

    A cursor that cannot be read shows the first page: a mangled address is no error for the user.
    """
    backwards, position = _decode(cursor, keys)
    reverse = descending != backwards
    if position is not None:
        edge, mark = tuple_(*keys), tuple_(*position)
        statement = statement.where(edge < mark if reverse else edge > mark)
    order = [key.desc() if reverse else key.asc() for key in keys]
    found = db.session.execute(statement.order_by(*order).limit(size + 1))
    rows: list[Any] = list(found if line is not None else found.scalars())
    more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    has_next = backwards or more
    has_previous = more if backwards else position is not None
    return Page(
        rows if line is None else [line(row) for row in rows],
        _encode("n", rows[-1], keys) if rows and has_next else None,
        _encode("p", rows[0], keys) if rows and has_previous else None,
    )


def _encode(direction: str, row: Any, keys: Sequence[InstrumentedAttribute[Any]]) -> str:
    values = [getattr(row, key.key) for key in keys]
    plain = [v.isoformat() if isinstance(v, (date, datetime)) else v for v in values]
    return urlsafe_b64encode(json.dumps([direction, *plain]).encode()).decode().rstrip("=")


def _decode(cursor: str | None, keys: Sequence[InstrumentedAttribute[Any]]) -> tuple[bool, list[Any] | None]:
    if not cursor:
        return False, None
    try:
        direction, *plain = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        values = [_typed(key, value) for key, value in zip(keys, plain, strict=True)]
    except (ValueError, TypeError, binascii.Error, UnicodeDecodeError):
        return False, None
    return direction == "p", values


def _typed(key: InstrumentedAttribute[Any], value: Any) -> Any:
    wanted = key.type.python_type
    if wanted is datetime:
        return datetime.fromisoformat(value)
    if wanted is date:
        return date.fromisoformat(value)
    if not isinstance(value, wanted) or (wanted is int and abs(value) > 2**62):
        raise TypeError(f"cursor value of {key.key} has the wrong type")
    return value
