"""Sessions on the server: opened at sign-in under a fresh token, seen, listed, ended; found again in one query."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import bindparam, delete, select, true, update

from app.core import audit
from app.core.clock import now
from app.core.db import db
from app.core.permissions import Principal
from app.organisation.models import ChartVersion, Person
from app.organisation.signin.models import SignInSession

SEEN_EVERY = timedelta(minutes=1)
_KEPT_AFTER_END = timedelta(days=90)
# Looked for in this order: a browser built on another one names both.
_BROWSERS = (
    ("coc_coc", "Cốc Cốc"), ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LiveSession:
    """A session that goes on, as every request needs it."""

    id: int
    person_id: int
    epoch: int
    method: str
    second_factor: bool
    created_at: datetime
    last_seen_at: datetime
    fresh_at: datetime

    def is_fresh(self, within: timedelta) -> bool:
        """Tell whether the person proved who they are not longer ago than that."""
        return now() - self.fresh_at <= within


@dataclass(frozen=True)
class Found:
    """A session with the version of the organisation chart, read in the same breath."""

    session: LiveSession
    chart_version: UUID | None


@dataclass(frozen=True)
class Browser:
    """Where a request came from, as far as it is kept: address, and browser and system by name."""

    address: str
    user_agent: str

    @property
    def name(self) -> str:
        """Return the browser's name, or nothing for one that is not known."""
        return next((name for mark, name in _BROWSERS if mark in self.user_agent), "")

    @property
    def system(self) -> str:
        """Return the system's name, or nothing for one that is not known."""
        return next((name for mark, name in _SYSTEMS if mark in self.user_agent), "")


def token_hash(token: str) -> str:
    """Return what is kept of a token; tokens are random, so a plain hash is enough."""
    return sha256(token.encode()).hexdigest()


def open_session(person: Person, browser: Browser, *, method: str, second_factor: bool) -> str:
    """Open a session and return its token, which nothing else will ever tell again."""
    token, at = secrets.token_urlsafe(32), now()
    old = SignInSession.last_seen_at < at - _KEPT_AFTER_END
    db.session.execute(delete(SignInSession).where(SignInSession.person_id == person.id, old))
    db.session.add(
        SignInSession(
            person_id=person.id, token_hash=token_hash(token), epoch=person.session_epoch, method=method,
            second_factor=second_factor, created_at=at, last_seen_at=at, fresh_at=at, address=browser.address[:45],
            browser=browser.name, system=browser.system,
        )
    )  # fmt: skip
    db.session.flush()
    return token


def find(token: str) -> Found | None:
    """Return the session of a token if it goes on: not ended, not idle too long, not too old. One query."""
    row = db.session.execute(_by_token(), {"hash": token_hash(token)}).one_or_none()
    if row is None:
        return None
    *facts, version = row
    live = LiveSession(*facts)
    at = now()
    idle, absolute = current_app.config["SESSION_IDLE"], current_app.config["SESSION_ABSOLUTE"]
    if at - live.last_seen_at > idle or at - live.created_at > absolute:
        return None
    return Found(live, version)


@cache
def _by_token() -> Any:
    s = SignInSession
    return (
        select(
            s.id, s.person_id, s.epoch, s.method, s.second_factor, s.created_at, s.last_seen_at, s.fresh_at,
            ChartVersion.version,
        )
        .outerjoin(ChartVersion, true())
        .where(s.token_hash == bindparam("hash"), s.ended_at.is_(None))
    )  # fmt: skip


def seen(session_id: int) -> None:
    """Note that a session is in use."""
    db.session.execute(update(SignInSession).where(SignInSession.id == session_id).values(last_seen_at=now()))


def proved(session_id: int, *, second_factor: bool) -> None:
    """Note that the person proved anew who they are; a second factor once proved stays proved."""
    values: dict[str, Any] = {"fresh_at": now(), "last_seen_at": now()}
    if second_factor:
        values["second_factor"] = True
    db.session.execute(update(SignInSession).where(SignInSession.id == session_id).values(**values))


def end_token(token: str, reason: str) -> bool:
    """End the session of a token; tell whether it had not been ended before."""
    return _end(SignInSession.token_hash == token_hash(token), reason) > 0


def end_one(session_id: int, *, actor: Principal) -> bool:
    """End one of the actor's own sessions; tell whether there was such a one."""
    mine = (SignInSession.id == session_id) & (SignInSession.person_id == actor.person_id)
    ended = _end(mine, "revoked") > 0
    if ended:
        audit.record("session.revoked", actor=actor, subject=("session", session_id))
    return ended


def end_others(keep_id: int, *, actor: Principal) -> int:
    """End the actor's sessions but one; return how many."""
    others = (SignInSession.person_id == actor.person_id) & (SignInSession.id != keep_id)
    ended = _end(others, "revoked")
    audit.record("person.sessions_ended", actor=actor, subject=("person", actor.person_id))
    return ended


def _end(which: Any, reason: str) -> int:
    statement = update(SignInSession).where(which, SignInSession.ended_at.is_(None))
    result: Any = db.session.execute(statement.values(ended_at=now(), end_reason=reason))
    return int(result.rowcount)


def open_sessions(person_id: int, epoch: int) -> Sequence[SignInSession]:
    """Return the sessions of a person that go on, the last seen first."""
    at = now()
    return db.session.scalars(
        select(SignInSession)
        .where(
            SignInSession.person_id == person_id,
            SignInSession.epoch == epoch,
            SignInSession.ended_at.is_(None),
            SignInSession.last_seen_at >= at - current_app.config["SESSION_IDLE"],
            SignInSession.created_at >= at - current_app.config["SESSION_ABSOLUTE"],
        )
        .order_by(SignInSession.last_seen_at.desc(), SignInSession.id.desc())
    ).all()
