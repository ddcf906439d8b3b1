"""Tables of signing in: sessions, second factors, delays after failures, one-time links, identities elsewhere."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base


class SignInSession(Base):
    """One signed-in browser. The cookie carries a random token; only its hash is kept here.

    `epoch` is the person's `session_epoch` at sign-in: raising that ends all sessions of the person at once.
    """

    __tablename__ = "sign_in_sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    epoch: Mapped[int]
    method: Mapped[str] = mapped_column(String(20))  # how one came in: 'password', 'sso'
    second_factor: Mapped[bool]  # whether a second factor was proved in it
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]  # written at most once a minute
    fresh_at: Mapped[datetime]  # when the person last proved who they are
    address: Mapped[str] = mapped_column(String(45), default="")
    browser: Mapped[str] = mapped_column(String(30), default="")  # a name out of a short list, or empty
    system: Mapped[str] = mapped_column(String(30), default="")
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str] = mapped_column(String(20), default="")


class TotpSecret(Base):
    """The secret of an authenticator app, sealed; one waits to be confirmed, one is in use, at most.

    `last_step` is the newest half minute whose code was taken: that code and older ones are never taken again.
    """

    __tablename__ = "totp_secrets"
    __table_args__ = (
        Index(
            "uq_totp_secrets_used",
            "person_id",
            unique=True,
            postgresql_where=text("confirmed_at IS NOT NULL"),
        ),
        Index(
            "uq_totp_secrets_waiting", "person_id", unique=True, postgresql_where=text("confirmed_at IS NULL")
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    ciphertext: Mapped[bytes] = mapped_column(LargeBinary)  # sealed under the context 'totp:<person id>'
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)


class RecoveryCode(Base):
    """A code that stands in for a lost second factor, once; only its hash is kept."""

    __tablename__ = "recovery_codes"
    __table_args__ = (UniqueConstraint("person_id", "code_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    code_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Passkey(Base):
    """A passkey (WebAuthn): the public half of a key pair whose private half never leaves the person's device."""

    __tablename__ = "passkeys"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    credential_id: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    transports: Mapped[list[Any]] = mapped_column(JSONB, default=list)
    name: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]


class SignInDelay(Base):
    """How often a sign-in failed under one key, and from when on the next try is heard.

    Keys are hashes of what is counted (an account from an address, an address, an account): nothing typed is kept.
    """

    __tablename__ = "sign_in_delays"

    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    failures: Mapped[int]
    last_failed_at: Mapped[datetime]
    next_try_at: Mapped[datetime]


class LinkPurpose(StrEnum):
    """What a one-time link is for."""

    INVITATION = "invitation"  # a new account: the first password
    RESET = "reset"  # a forgotten password


class OneTimeLink(Base):
    """A link by which a person sets their password, once, for a while; only the hash of its token is kept."""

    __tablename__ = "one_time_links"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    purpose: Mapped[LinkPurpose]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("persons.id")
    )  # None: the person asked for it
    expires_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]  # used, replaced by a newer one, or the password was set another way


class ExternalIdentity(Base):
    """Who a person is at the province's single sign-on: the stable subject there, linked by an administrator."""

    __tablename__ = "external_identities"
    __table_args__ = (UniqueConstraint("issuer", "subject"), UniqueConstraint("person_id", "issuer"))

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    issuer: Mapped[str] = mapped_column(String(200))
    subject: Mapped[str] = mapped_column(String(255))
    linked_at: Mapped[datetime]
    linked_by_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
