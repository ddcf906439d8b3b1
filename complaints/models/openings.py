"""Opening a sealed identity: who asked to be let in and what became of it, and each opening with its reason, sealed."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base
from app.organisation.models import Person


class IdentityRequest(Base):
    """Somebody asks to be let in; the competent head decides, once. The words are sealed: they may name people."""

    __tablename__ = "identity_requests"
    __table_args__ = (
        Index(
            "uq_identity_requests_waiting",
            "sealed_identity_id",
            "person_id",
            unique=True,
            postgresql_where=text("decided_at IS NULL"),
        ),
        CheckConstraint("decided_by_id <> person_id", name="two_people"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sealed_identity_id: Mapped[int] = mapped_column(ForeignKey("sealed_identities.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    purpose: Mapped[str] = mapped_column(String(20))  # codes_identity.OpeningPurpose
    days: Mapped[int]
    context: Mapped[str] = mapped_column(String(60), unique=True)
    ciphertext: Mapped[bytes] = mapped_column(LargeBinary)
    requested_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    grant_id: Mapped[int | None] = mapped_column(
        ForeignKey("identity_grants.id")
    )  # None once decided: refused

    person: Mapped[Person] = relationship(foreign_keys=[person_id])


class IdentityOpening(Base):
    """One opening: who, when, for what purpose, and the words for it, sealed. Written by the database's function."""

    __tablename__ = "identity_openings"

    id: Mapped[int] = mapped_column(primary_key=True)
    sealed_identity_id: Mapped[int] = mapped_column(ForeignKey("sealed_identities.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    purpose: Mapped[str] = mapped_column(String(20))
    context: Mapped[str] = mapped_column(String(60), unique=True)
    ciphertext: Mapped[bytes] = mapped_column(LargeBinary)
    opened_at: Mapped[datetime]

    person: Mapped[Person] = relationship()
