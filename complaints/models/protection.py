"""The file of protection of a denunciation (hồ sơ bảo vệ, law.md B08): apart from the case, with readers of its own.

Ciphertexts are written here and read only through the database's functions (app/core/wall.py).
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base
from app.organisation.models import Person


class ProtectionMeasure(Base):
    """The secrecy of a case (one row, from its opening on), or one request for protection and what came of it.

    Who is protected stands in `ciphertext` alone. Only complaints/services/protection.py writes `state`.
    """

    __tablename__ = "protection_measures"
    __table_args__ = (
        Index("uq_protection_measures_secrecy", "case_id", unique=True, postgresql_where=text("secrecy")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    secrecy: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(40))
    relations: Mapped[list[Any]] = mapped_column(JSONB, default=list)  # codes_protection.Relation
    objects: Mapped[list[Any]] = mapped_column(JSONB, default=list)  # codes_protection.Protected
    measures: Mapped[list[Any]] = mapped_column(JSONB, default=list)  # codes_protection.Measure
    urgent: Mapped[bool] = mapped_column(default=False)
    requested_on: Mapped[date | None]
    request_paper_owed: Mapped[bool] = mapped_column(default=False)
    referral_paper_owed: Mapped[bool] = mapped_column(default=False)
    decided_by: Mapped[str | None] = mapped_column(String(40))  # codes_protection.ProtectionBody
    started_at: Mapped[datetime | None]  # the start moment of the decision (B06)
    ended_on: Mapped[date | None]
    end_ground: Mapped[str | None] = mapped_column(String(40))  # codes_protection.ProtectionEnd
    clock_id: Mapped[int | None] = mapped_column(ForeignKey("clocks.id"))
    context: Mapped[str | None] = mapped_column(String(60), unique=True)
    ciphertext: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True, deferred_raiseload=True)
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    entries: Mapped[list["ProtectionEntry"]] = relationship(order_by="ProtectionEntry.id")


class ProtectionEntry(Base):
    """One line of the file; appended, never edited (the database refuses).

    `data` holds codes and dates; every text that was typed is sealed, for a reason may name people.
    """

    __tablename__ = "protection_entries"

    id: Mapped[int] = mapped_column(primary_key=True)
    measure_id: Mapped[int] = mapped_column(ForeignKey("protection_measures.id"), index=True)
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    act: Mapped[str] = mapped_column(String(40))
    transition: Mapped[str] = mapped_column(String(10))  # law.md's number: 'B-4'
    from_state: Mapped[str | None] = mapped_column(String(40))
    to_state: Mapped[str] = mapped_column(String(40))
    on: Mapped[date]
    data: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    context: Mapped[str | None] = mapped_column(String(60), unique=True)
    ciphertext: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True, deferred_raiseload=True)

    actor: Mapped[Person | None] = relationship()
