"""The database handle, the base of all models and the unit of work: the one place that commits."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, DateTime, Engine, Enum, MetaData, event
from sqlalchemy.orm import DeclarativeBase, Session, SessionTransaction

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Base of all models: named constraints, instants that keep their time zone, enums stored by readable value."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own protocol
        datetime: DateTime(timezone=True),
        StrEnum: Enum(StrEnum, native_enum=False, length=40, values_callable=lambda e: [m.value for m in e]),
    }


# Models subclass Base itself, not db.Model: a plain declarative base is what type checkers understand.
db = SQLAlchemy(metadata=Base.metadata)

_WROTE = "tiepdan.wrote"
Callback = Callable[[], None]
_UNIT = "tiepdan.unit_of_work"


def connect(app: Flask) -> None:
    """Tie the database to an application."""
    db.init_app(app)
    app.teardown_appcontext(_end_reading)  # runs before Flask-SQLAlchemy's own, which was registered first


def _end_reading(error: BaseException | None) -> None:
    """Close a transaction that has only read with COMMIT.

    A rollback, which is what closing a session means, makes psycopg forget every prepared statement: the next request
    would plan each of its queries anew. What was written outside a unit of work is rolled back as ever.
    """
    if error is not None or not db.session.registry.has():
        return
    session = db.session()
    if not session.in_transaction() or session.in_nested_transaction():
        return
    if not _unsaved(session):
        session.commit()


def discard_unsaved() -> None:
    """Roll back what a request has changed outside a unit of work, before something else is committed after it."""
    if not db.session.registry.has():
        return
    session = db.session()
    if not session.in_transaction() or _UNIT in session.info:
        return
    if _unsaved(session):
        session.rollback()


def _unsaved(session: Session) -> bool:
    """Tell whether anything was changed in the open transaction, or is about to be."""
    return bool(session.new or session.dirty or session.deleted or session.connection().info.get(_WROTE))


@event.listens_for(Engine, "begin")
def _nothing_written_yet(connection: Connection) -> None:
    connection.info.pop(_WROTE, None)


@event.listens_for(Engine, "before_cursor_execute")
def _note_what_writes(connection: Connection, _cursor: object, statement: str, *_more: object) -> None:
    if not statement.startswith("SELECT"):
        connection.info[_WROTE] = True


class _Unit:
    """The callbacks of one open unit of work, each with the savepoint in which it was registered."""

    def __init__(self) -> None:
        self.after_commit: list[tuple[SessionTransaction | None, Callback]] = []
        self.after_rollback: list[Callback] = []

    def drop(self, rolled_back: SessionTransaction) -> None:
        """Forget what was registered inside a savepoint that has been rolled back."""
        self.after_commit = [
            (savepoint, callback)
            for savepoint, callback in self.after_commit
            if not _inside(savepoint, rolled_back)
        ]


def _inside(savepoint: SessionTransaction | None, outer: SessionTransaction) -> bool:
    while savepoint is not None:
        if savepoint is outer:
            return True
        savepoint = savepoint.parent
    return False


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """Open the one transaction of a request, job or command; commit at the end, roll back on any error.

    Services inside only flush. Callbacks registered with `after_commit` run once the commit has succeeded and are
    forgotten on rollback. The list is ours because SQLAlchemy's own `after_commit` event also fires when a savepoint is
    released. Raises RuntimeError when units are nested: a second one would commit half of the first.
    """
    session = db.session()
    if _UNIT in session.info:
        raise RuntimeError("units of work do not nest")
    unit = session.info[_UNIT] = _Unit()
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        for callback in unit.after_rollback:
            callback()
        raise
    finally:
        session.info.pop(_UNIT, None)
    for _savepoint, callback in unit.after_commit:
        callback()


def in_unit_of_work() -> bool:
    """Tell whether the current session is inside a unit of work."""
    return _UNIT in db.session().info


def _open_unit() -> tuple[Session, _Unit]:
    session = db.session()
    unit = session.info.get(_UNIT)
    if unit is None:
        raise RuntimeError("no unit of work is open: nothing may leave before a commit")
    return session, unit


def after_commit(callback: Callback) -> None:
    """Run `callback` after the open unit of work has committed; never when it (or its savepoint) is rolled back."""
    session, unit = _open_unit()
    unit.after_commit.append((session.get_nested_transaction(), callback))


def after_rollback(callback: Callback) -> None:
    """Run `callback` when the open unit of work is rolled back, to undo what the database cannot (a written file)."""
    _session, unit = _open_unit()
    unit.after_rollback.append(callback)


@event.listens_for(Session, "after_soft_rollback")
def _forget_callbacks_of_savepoint(session: Session, previous_transaction: SessionTransaction) -> None:
    unit: Any = session.info.get(_UNIT)
    if unit is not None and previous_transaction.nested:
        unit.drop(previous_transaction)
