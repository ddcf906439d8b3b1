"""Delays that grow with each failure, instead of locks that a stranger could close on somebody.

What is counted is kept in PostgreSQL, one row a key. The key of a try is the account from this address; a browser in
which the account signed in before has a key of its own, so that whoever guesses from the same office delays only
themselves. All failures of an address count too: that delay stops a walk over many names, and spares known browsers.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import case, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from app.core.clock import now
from app.core.db import db
from app.core.events import publish
from app.core.text import nfc
from app.organisation.events import SignInTrouble
from app.organisation.signin.models import SignInDelay
from app.web.limits import secret_key

FORGET_AFTER = timedelta(hours=24)
ALERT_AT = (10, 100, 1000)  # failures of an account within the time above, from wherever they come
KNOWN_NAMES_MAX = 8


@dataclass(frozen=True)
class Growth:
    """How a delay grows: nothing for the first failures, then doubled with each, up to a longest one."""

    free: int
    first: timedelta
    longest: timedelta

    def after(self, failures: int) -> timedelta:
        """Return how long to wait after a number of failures."""
        beyond = failures - self.free
        if beyond <= 0:
            return timedelta(0)
        return min(self.first * 2 ** min(beyond - 1, 20), self.longest)


OF_ACCOUNT = Growth(4, timedelta(seconds=15), timedelta(minutes=15))
OF_ADDRESS = Growth(20, timedelta(seconds=15), timedelta(minutes=5))
OF_FACTOR = Growth(20, timedelta(seconds=15), timedelta(minutes=15))  # codes, over all addresses


class Delayed(Exception):
    """Too many failures: the next try is heard after this many seconds."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"wait {seconds} seconds")
        self.seconds = seconds


@dataclass(frozen=True)
class KnownBrowser:
    """What a browser remembers in a signed cookie: a random mark of its own, and who signed in there (hashed)."""

    mark: str
    names: tuple[str, ...] = ()

    @classmethod
    def read(cls, cookie: str | None) -> "KnownBrowser":
        """Return what a cookie says; a new browser for none or a forged one."""
        try:
            mark, names = _signer().loads(cookie or "")
            return cls(str(mark), tuple(str(name) for name in names))
        except (BadSignature, ValueError, TypeError):
            return cls(secrets.token_urlsafe(16))

    def knows(self, username: str) -> bool:
        """Tell whether this account signed in here before."""
        return self._name(username) in self.names

    def cookie_with(self, username: str) -> str:
        """Return the cookie once an account has signed in here."""
        name = self._name(username)
        names = [name, *(other for other in self.names if other != name)][:KNOWN_NAMES_MAX]
        return str(_signer().dumps([self.mark, names]))

    def _name(self, username: str) -> str:
        return secret_key("known", self.mark, tidy(username))[:16]


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="tiepdan.known-browser")


def tidy(username: str) -> str:
    """Return a user name as accounts have it, whatever the case and blanks around it."""
    return nfc(username).strip().lower()[:60]


@dataclass(frozen=True)
class Try:
    """One try to sign in: which account, from where, in which browser."""

    username: str
    address: str
    browser: KnownBrowser

    @property
    def known(self) -> bool:
        """Tell whether the account signed in in this browser before."""
        return self.browser.knows(self.username)

    def keys(self) -> dict[str, Growth]:
        """Return the keys under which a failure counts, with how their delays grow."""
        name = tidy(self.username)
        if self.known:
            return {f"b:{secret_key(self.browser.mark, name)}": OF_ACCOUNT}
        return {
            f"a:{secret_key(self.address, name)}": OF_ACCOUNT,
            f"i:{secret_key(self.address)}": OF_ADDRESS,
        }


def begin(keys: dict[str, Growth]) -> None:
    """Begin a try: raise Delayed while it is not heard yet, else count it, before anything is verified.

    In a transaction of its own: a hundred tries at once are counted one after the other, and all but a few wait.
    What is counted for an account is taken back by `succeeded`; an address counts only what `failed`.
    """
    shared = [key for key, growth in keys.items() if growth is OF_ADDRESS]
    if shared:
        _refuse_before(shared)
    for key in sorted(keys.keys() - set(shared)):
        if _count(key, keys[key]) is None:
            _refuse_before([key])


def failed(keys: dict[str, Growth]) -> None:
    """Count a failure for the address; that of the account was counted as the try began."""
    for key, growth in keys.items():
        if growth is OF_ADDRESS:
            _count(key, growth, anyway=True)


def failed_account(person_id: int | None, username: str) -> None:
    """Count a failure of an account, from wherever it came; at certain numbers those whose it is are told."""
    failures = _count_today(f"n:{secret_key(tidy(username))}")
    if person_id is not None and failures in ALERT_AT:
        publish(SignInTrouble(person_id, failures))


def succeeded(keys: dict[str, Growth]) -> None:
    """Forget the failures of an account here; those of the address go on counting."""
    mine = [key for key, growth in keys.items() if growth is not OF_ADDRESS]
    db.session.execute(delete(SignInDelay).where(SignInDelay.key.in_(mine)))


def _refuse_before(keys: list[str]) -> None:
    """Raise Delayed when the next try under one of these keys is still to wait."""
    wanted = select(SignInDelay.next_try_at).where(SignInDelay.key.in_(keys), SignInDelay.next_try_at > now())
    latest = db.session.scalars(wanted).all()
    if latest:
        raise Delayed(ceil((max(latest) - now()).total_seconds()))


def _count_today(key: str) -> int:
    """Count one of those within a day of the first, which stands in `next_try_at`: such a key delays nothing."""
    at = now()
    over: Any = SignInDelay.next_try_at < at - FORGET_AFTER
    first_at = case((over, at), else_=SignInDelay.next_try_at)
    return int(_add_one(key, at, over, next_try_at=first_at).scalar_one())


def _count(key: str, growth: Growth, *, anyway: bool = False) -> int | None:
    """Count one and return how many there are now; None, and nothing counted, while the key is to wait."""
    at = now()
    old = SignInDelay.last_failed_at < at - FORGET_AFTER
    heard = None if anyway else SignInDelay.next_try_at <= at
    failures = _add_one(key, at, old, only_if=heard).scalar_one_or_none()
    if failures is not None and (wait := growth.after(failures)):
        until = update(SignInDelay).where(SignInDelay.key == key).values(next_try_at=at + wait)
        db.session.execute(until)
    return failures


def _add_one(key: str, at: datetime, over: Any, *, only_if: Any = None, **also: Any) -> Any:
    """Add one to a key, or begin it anew at one where what was counted is over; the result holds how many there are."""
    statement = insert(SignInDelay).values(key=key, failures=1, last_failed_at=at, next_try_at=at)
    failures = case((over, 1), else_=SignInDelay.failures + 1)
    return db.session.execute(
        statement.on_conflict_do_update(
            index_elements=[SignInDelay.key],
            set_={"failures": failures, "last_failed_at": at, **also},
            where=only_if,
        ).returning(SignInDelay.failures)
    )


def forget_old() -> int:
    """Delete the rows that no longer count; return how many. For the periodic job."""
    result: Any = db.session.execute(
        delete(SignInDelay).where(SignInDelay.last_failed_at < now() - FORGET_AFTER)
    )
    return int(result.rowcount)
