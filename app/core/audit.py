"""The audit trail: who did what to which record and when; appended, never edited (the database refuses)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Identity, Index, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.db import Base, db
from app.core.permissions import Principal


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


def record(
    action: str,
    *,
    actor: Principal | None,
    subject: tuple[str, int | None],
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Append an audit entry to the open transaction. `detail` carries ids and codes only, no personal data."""
    db.session.add(
        AuditEntry(
            at=now(),
            actor_id=actor.person_id if actor else None,
            action=action,
            subject_kind=subject[0],
            subject_id=subject[1],
            detail=dict(detail or {}),
        )
    )
