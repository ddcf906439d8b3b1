"""The way through the database's own wall to what is sealed: an opening that is kept first, then the sealed bytes.

The application's role cannot read sealed columns. `begin` has the database ask whether the person is let in and append
the audit entry; once that is committed, `read` is given the bytes (migrations 0070 and 0080, docs/decisions/0011).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.errors import InsufficientPrivilege
from sqlalchemy import BigInteger, ForeignKey, Identity, LargeBinary, String, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Mapped, mapped_column

from app.core import audit
from app.core.clock import now
from app.core.db import Base, db, in_unit_of_work
from app.core.errors import NotFound
from app.core.permissions import Principal

_BEGIN = text(
    "SELECT public.seal_opening(:kind, :record, :person, :purpose, :entry, :context, :words)"
).bindparams(bindparam("entry", type_=JSONB), bindparam("words", type_=LargeBinary))
_READ = text("SELECT source, row_id, context, ciphertext FROM public.seal_read(:ticket, :person, :at)")


class SealOpening(Base):
    """A ticket: who opened what is sealed of a record, and what for. Only the database's functions reach this table."""

    __tablename__ = "seal_openings"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    record_id: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    purpose: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
    audit_entry_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("audit_entries.id"))
    written_in: Mapped[int] = mapped_column(
        BigInteger
    )  # the transaction; it must be over before anything is read


@dataclass(frozen=True)
class Opening:
    """What `begin` gives and `read` takes, within a minute."""

    ticket: int
    person_id: int


@dataclass(frozen=True)
class Sealed:
    """Sealed bytes with the context that opens them, of one row of a table."""

    source: str
    row_id: int
    context: str
    ciphertext: bytes


def begin(
    action: str, *, actor: Principal, subject: tuple[str, int], purpose: str, detail: Mapping[str, Any] | None = None,
    words: tuple[str, bytes] | None = None,
) -> Opening:  # fmt: skip
    """Have the database keep that a person opens what is sealed of a record; it appends the audit entry itself.

    `purpose` is a code; `words`, sealed with their context, say why an identity is opened. Raises NotFound when the
    database does not let the person in: also without a fresh sign-in, or without words for an identity.
    """
    if not in_unit_of_work():
        raise RuntimeError("no unit of work is open: an opening is committed before anything is read")
    entry = audit.entry(action, actor=actor, subject=subject, detail={**(detail or {}), "purpose": purpose})
    values = {
        "kind": subject[0], "record": subject[1], "person": actor.person_id, "purpose": purpose,
        "entry": audit.as_columns(entry), "context": words[0] if words else None, "words": words[1] if words else None,
    }  # fmt: skip
    try:
        ticket = db.session.execute(_BEGIN, values).scalar_one()
    except ProgrammingError as error:
        raise _refusal(error) from None
    return Opening(ticket, actor.person_id)


def read(opening: Opening) -> list[Sealed]:
    """Return the sealed bytes of an opening that was committed before. Raises NotFound when the database refuses."""
    values = {"ticket": opening.ticket, "person": opening.person_id, "at": now()}
    try:
        rows = db.session.execute(_READ, values).all()
    except ProgrammingError as error:
        raise _refusal(error) from None
    return [Sealed(row.source, row.row_id, row.context, bytes(row.ciphertext)) for row in rows]


def _refusal(error: ProgrammingError) -> Exception:
    return NotFound() if isinstance(error.orig, InsufficientPrivilege) else error
