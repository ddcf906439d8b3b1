"""The audit trail: who did, saw or tried what with which record, when and from where; appended, never edited.

Every entry carries a mark: a keyed hash of what it says and of its place among the entries of its database connection
(first, second, ...). Marks need no lock: writers never wait for each other. `audit_seals` puts the entries in order
afterwards and signs them, `audit_verify` finds what does not hold.
"""

import hmac
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from flask import Flask, current_app
from sqlalchemy import (
    BigInteger,
    Connection,
    Engine,
    ExceptionContext,
    Identity,
    Index,
    LargeBinary,
    String,
    event,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.audit_check import canonical
from app.core.audit_keys import AuditKeys
from app.core.clock import now
from app.core.db import Base, db
from app.core.permissions import Principal

_EXTENSION, _CHAIN = "tiepdan.audit", "tiepdan.audit.chain"
REFUSED = ".refused"


class AuditEntry(Base):
    """One act. It holds ids and codes, never a protected name."""

    __tablename__ = "audit_entries"
    __table_args__ = (Index("ix_audit_entries_subject", "subject_kind", "subject_id", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(BigInteger)
    action: Mapped[str] = mapped_column(String(80))
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int | None] = mapped_column(BigInteger)
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    request_id: Mapped[str | None] = mapped_column(String(36))  # of the request, or the job
    address: Mapped[str | None] = mapped_column(String(45))
    session_id: Mapped[str | None] = mapped_column(String(32))
    writer: Mapped[bytes | None] = mapped_column(LargeBinary)  # a database connection, by random bytes
    number: Mapped[int | None] = mapped_column(BigInteger)  # 1, 2, ... within the writer, without gaps
    mark: Mapped[bytes | None] = mapped_column(LargeBinary)


def said(entry: Any) -> dict[str, Any]:
    """Return what an entry (or a row with its columns) says, as its mark reads it; the instant in UTC."""
    return {
        "at": written(entry.at),
        "actor": entry.actor_id,
        "action": entry.action,
        "subject": [entry.subject_kind, entry.subject_id],
        "detail": entry.detail,
        "request": entry.request_id,
        "address": entry.address,
        "session": entry.session_id,
        "writer": entry.writer.hex() if entry.writer is not None else None,
        "number": entry.number,
    }


def as_sealed(entry: Any) -> dict[str, Any]:
    """Return an entry (or a row with its columns) whole, as a seal reads it and an export writes it."""
    return {"id": entry.id, **said(entry), "mark": entry.mark.hex() if entry.mark is not None else None}


@dataclass
class Origin:
    """Where acts come from: one request, job or command; and what it has left in the trail so far."""

    request_id: str | None = None
    address: str | None = None
    session_id: str | None = None
    noted: set[tuple[str, int | None]] = field(default_factory=set)
    refusal_noted: bool = False


@dataclass(frozen=True)
class _Trail:
    keys: AuditKeys
    origin: Callable[[], Origin]


def connect(app: Flask, keys: AuditKeys, origin: Callable[[], Origin]) -> None:
    """Give the application its keys and the way to tell where an act comes from; called once by the factory."""
    app.extensions[_EXTENSION] = _Trail(keys, origin)


def audit_keys() -> AuditKeys:
    """Return the application's keys of the record."""
    trail: _Trail = current_app.extensions[_EXTENSION]
    return trail.keys


def written(instant: datetime) -> str:
    """Return an instant as the record writes it: UTC, microseconds, the same on every machine."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def record(
    action: str,
    *,
    actor: Principal | None,
    subject: tuple[str, int | None],
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Append an audit entry to the open transaction. `detail` carries ids and codes only, no personal data.

    Raises TypeError for a detail that JSON would not give back as it was (a float, a date).
    """
    db.session.add(entry(action, actor=actor, subject=subject, detail=detail))


def entry(
    action: str,
    *,
    actor: Principal | None,
    subject: tuple[str, int | None],
    detail: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Return a marked entry that takes its place in the open transaction; whoever asks has to append it there."""
    trail: _Trail = current_app.extensions[_EXTENSION]
    origin = trail.origin()
    origin.noted.add(subject)
    origin.refusal_noted |= action.endswith(REFUSED)
    chain = _chain_of(db.session.connection())
    chain.last += 1
    made = AuditEntry(
        at=now(),
        actor_id=actor.person_id if actor else None,
        action=action,
        subject_kind=subject[0],
        subject_id=subject[1],
        detail={**(detail or {}), **_on_behalf(actor)},
        request_id=origin.request_id,
        address=origin.address,
        session_id=origin.session_id,
        writer=chain.writer,
        number=chain.last,
    )
    _refuse_what_changes(made.detail)
    made.mark = mark_of(made, trail.keys.mark_keys[0])
    return made


def as_columns(made: AuditEntry) -> dict[str, Any]:
    """Return an entry as the database's function takes it (app/core/wall.py): columns by name, bytes in hex."""
    return {
        "at": made.at.isoformat(),
        "actor_id": made.actor_id,
        "action": made.action,
        "subject_kind": made.subject_kind,
        "subject_id": made.subject_id,
        "detail": made.detail,
        "request_id": made.request_id,
        "address": made.address,
        "session_id": made.session_id,
        "writer": made.writer.hex() if made.writer else None,
        "number": made.number,
        "mark": made.mark.hex() if made.mark else None,
    }


def _on_behalf(actor: Principal | None) -> dict[str, int]:
    """Return on whose behalf somebody acts while that one is away; nothing for who acts in their own right."""
    return {} if actor is None or actor.acting_for is None else {"on_behalf_of": actor.acting_for}


def mark_of(entry: Any, key: bytes) -> bytes:
    """Return the keyed hash of an entry: whoever has only the database can neither make nor change one unnoticed."""
    return hmac.digest(key, canonical(said(entry)), sha256)


def _refuse_what_changes(value: object) -> None:
    """Raise TypeError for a value that PostgreSQL's JSON may give back differently."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if not isinstance(key, str):
                raise TypeError("keys of an audit detail are texts")
            _refuse_what_changes(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            _refuse_what_changes(inner)
    elif value is not None and not isinstance(value, (str, int)):
        raise TypeError(
            f"an audit detail holds texts, whole numbers and yes or no, not {type(value).__name__}"
        )


# ------------------------------------------------------------------------- the numbers of a connection, without gaps


@dataclass
class _Chain:
    """The numbers of one database connection. What is rolled back gives its numbers back; what commits keeps them."""

    writer: bytes
    last: int = 0
    committed: int = 0
    at_savepoints: list[int] = field(default_factory=list)  # of those that are open, the innermost last
    committing: bool = False


def _chain_of(connection: Connection) -> _Chain:
    """Return the chain of a connection to the database; it lives and ends with the connection."""
    chain: _Chain | None = connection.info.get(_CHAIN)
    if chain is None:
        chain = connection.info[_CHAIN] = _Chain(os.urandom(16))
    return chain


@event.listens_for(Engine, "begin")
def _begins(connection: Connection) -> None:
    chain: _Chain | None = connection.info.get(_CHAIN)
    if chain is not None:
        chain.last, chain.committing = chain.committed, False
        chain.at_savepoints.clear()


@event.listens_for(Engine, "savepoint")
def _savepoint(connection: Connection, _name: str) -> None:
    chain = _chain_of(connection)
    chain.at_savepoints.append(chain.last)


@event.listens_for(Engine, "release_savepoint")
def _released(connection: Connection, _name: str, _context: None) -> None:
    del _chain_of(connection).at_savepoints[-1:]


@event.listens_for(Engine, "rollback_savepoint")
def _rolled_back_to(connection: Connection, _name: str, _context: None) -> None:
    chain = _chain_of(connection)
    chain.last = chain.at_savepoints.pop() if chain.at_savepoints else chain.committed


@event.listens_for(Engine, "rollback")
def _rolled_back(connection: Connection) -> None:
    # A connection that was lost has no information any more, and its chain ends.
    with suppress(Exception):
        chain: _Chain | None = connection.info.get(_CHAIN)
        if chain is not None:
            chain.last = chain.committed


@event.listens_for(Engine, "commit")
def _commits(connection: Connection) -> None:
    chain: _Chain | None = connection.info.get(_CHAIN)
    if chain is not None:
        chain.committed, chain.committing = chain.last, True


@event.listens_for(Engine, "handle_error")
def _failed(context: ExceptionContext) -> None:
    """End the chain when a commit fails: whether it was done is not known, and a new chain leaves no gap."""
    connection = context.connection
    if connection is not None and not connection.invalidated and not connection.closed:
        chain: _Chain | None = connection.info.get(_CHAIN)
        if chain is not None and chain.committing:
            connection.info.pop(_CHAIN)
