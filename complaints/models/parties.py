"""Who sends a petition: in clear for most kinds, sealed for a denunciation."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base


class Party(Base):
    """A person or organisation as recorded on one occasion; never a denouncer."""

    __tablename__ = "parties"
    __table_args__ = (
        Index("ix_parties_identity_number", "identity_number"),
        Index("ix_parties_phone", "phone"),
        Index("ix_parties_name_key", "name_key", postgresql_ops={"name_key": "text_pattern_ops"}),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    full_name: Mapped[str] = mapped_column(String(200))
    name_key: Mapped[str] = mapped_column(String(200))  # folded: lower case, no diacritics
    identity_number: Mapped[str] = mapped_column(String(20), default="")
    phone: Mapped[str] = mapped_column(String(20), default="")
    address: Mapped[str] = mapped_column(String(300), default="")

    @property
    def has_numbers(self) -> bool:
        """Tell whether there is a number that pages mask (R03)."""
        return bool(self.identity_number or self.phone)


class SealedIdentity(Base):
    """What identifies a denouncer, encrypted (law.md I01). `context` is the associated data that opens it."""

    __tablename__ = "sealed_identities"

    id: Mapped[int] = mapped_column(primary_key=True)
    context: Mapped[str] = mapped_column(String(60), unique=True)
    # Written here, read only through the database's functions (app/core/wall.py).
    ciphertext: Mapped[bytes] = mapped_column(LargeBinary, deferred=True, deferred_raiseload=True)
    registered_by_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    created_at: Mapped[datetime]
    hashed_under: Mapped[bytes | None] = mapped_column(
        LargeBinary
    )  # the seal key of its rows in identity_hashes


class IdentityHash(Base):
    """A keyed hash of one thing that tells a denouncer: finds the same person again, says nothing without the key."""

    __tablename__ = "identity_hashes"
    __table_args__ = (Index("ix_identity_hashes_found", "digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sealed_identity_id: Mapped[int] = mapped_column(
        ForeignKey("sealed_identities.id", ondelete="CASCADE"), index=True
    )
    digest: Mapped[bytes] = mapped_column(LargeBinary)


class IdentityGrant(Base):
    """A head's decision to let one person see one sealed identity, with the purpose, the words (sealed) and the end."""

    __tablename__ = "identity_grants"
    __table_args__ = (Index("ix_identity_grants_who", "sealed_identity_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sealed_identity_id: Mapped[int] = mapped_column(ForeignKey("sealed_identities.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    granted_by_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    purpose: Mapped[str | None] = mapped_column(
        String(20)
    )  # codes_identity.OpeningPurpose; older ones have none
    reason: Mapped[str] = mapped_column(String(500), default="")  # of older ones, in clear
    context: Mapped[str | None] = mapped_column(String(60), unique=True)
    ciphertext: Mapped[bytes | None] = mapped_column(LargeBinary)
    may_download: Mapped[bool] = mapped_column(default=False)
    granted_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
