"""What a request has written for good: tables and values of committed statements."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

# Kept whatever becomes of the request: the record, the counts of failed tries, and a second factor's secret that waits
# to be confirmed (the page that shows it makes it).
ALWAYS = {"audit_entries", "sign_in_delays", "sign_in_sessions", "totp_secrets"}


class Writes:
    """Statements of the open transaction, and those that were committed."""

    def __init__(self) -> None:
        self.open: list[tuple[str, Any]] = []
        self.done: list[tuple[str, Any]] = []

    def clear(self) -> None:
        """Forget what was before."""
        self.open, self.done = [], []

    def tables(self) -> set[str]:
        """Return the tables that were written for good, without those that always are."""
        return {table for table, _values in self.done} - ALWAYS

    def values(self) -> set[Any]:
        """Return the values that were written for good."""
        return {value for table, values in self.done if table not in ALWAYS for value in _flat(values)}


def _flat(values: Any) -> Iterator[Any]:
    if isinstance(values, dict):
        values = list(values.values())
    if isinstance(values, (list, tuple)):
        for value in values:
            yield from _flat(value)
    elif isinstance(values, (int, str)):
        yield values


@contextmanager
def written(connection: Connection) -> Iterator[Writes]:
    """Watch a connection and the sessions on it."""
    writes = Writes()

    def note(_c: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        words = statement.split(None, 3)
        if words[0] in ("INSERT", "UPDATE", "DELETE"):
            writes.open.append((words[1 if words[0] == "UPDATE" else 2].strip('"'), values))

    def commit(_session: Session) -> None:
        writes.done += writes.open
        writes.open = []

    def rollback(*_: Any) -> None:
        writes.open = []

    event.listen(connection, "before_cursor_execute", note)
    event.listen(Session, "after_commit", commit)
    event.listen(Session, "after_soft_rollback", rollback)  # of a savepoint too
    try:
        yield writes
    finally:
        event.remove(connection, "before_cursor_execute", note)
        event.remove(Session, "after_commit", commit)
        event.remove(Session, "after_soft_rollback", rollback)
