"""Rate limits, counted in Redis so that all processes share them, and in memory while Redis is away.

Everybody has a number of requests a minute, writes, searches, files and identities opened a while; the kinds of routes
are a table of app/wiring.py. The numbers are far above an office's day: they stop a program, not a person.

A key that holds what somebody typed goes through `secret_key` first: the limiter logs its keys, and Redis keeps them.
"""

import warnings
from collections.abc import Callable, Mapping
from enum import Enum
from hashlib import sha256

from flask import Flask, current_app, request
from flask_limiter import ApplicationLimit, Limiter, RateLimitExceeded
from flask_limiter.util import get_remote_address
from flask_login import current_user

from app.core.clock import now

# Redis on the way out must not hold up a sign-in: after this many seconds the count goes on in memory.
STORAGE_TIMEOUT_SECONDS = 1

_ASSETS = ("/static/", "/bootstrap/")
_KINDS = "tiepdan.limits.kinds"


class Dear(Enum):
    """A kind of route that costs more than a page: how often a person may ask for it."""

    IDENTITY = "20 per 10 minutes; 100 per day"
    FILE = "60 per 10 minutes; 1000 per day"
    SEARCH = "60 per minute"
    FREE = "free"  # writes nothing of weight, or ends something: never refused


_WRITES = "60 per minute; 1500 per hour"
_PAGES_A_PERSON = "600 per minute"
_AN_ADDRESS = "6000 per minute"  # a whole city's office behind one address
_POSTS_OF_STRANGERS = "120 per minute"


def _person() -> str:
    return f"p:{current_user.person_id}"


def _address() -> str:
    return f"a:{secret_key(client_address())}"


def _is(kind: Dear) -> bool:
    table: Mapping[str, Dear] = current_app.extensions.get(_KINDS, {})
    return table.get(request.endpoint or "") is kind


def _asset() -> bool:
    return request.path.startswith(_ASSETS) or request.endpoint in (
        "health.healthz",
        "health.readyz",
        "metrics.show",
    )


def _of_person(numbers: str, scope: str, counts: Callable[[], bool]) -> ApplicationLimit:
    return ApplicationLimit(
        numbers,
        key_function=_person,
        scope=f"person-{scope}",
        exempt_when=lambda: _asset() or not current_user.is_authenticated or not counts(),
    )


def _of_address(numbers: str, scope: str, counts: Callable[[], bool]) -> ApplicationLimit:
    return ApplicationLimit(
        numbers,
        key_function=_address,
        scope=f"address-{scope}",
        exempt_when=lambda: _asset() or not counts(),
    )


def _searches() -> bool:
    return _is(Dear.SEARCH) and bool(request.args or request.method == "POST")


def _writes() -> bool:
    return request.method == "POST" and not _is(Dear.FREE) and not _is(Dear.SEARCH)


EVERYWHERE = (
    _of_address(_AN_ADDRESS, "all", lambda: True),
    _of_address(
        _POSTS_OF_STRANGERS, "posts", lambda: request.method == "POST" and not current_user.is_authenticated
    ),
    _of_person(_PAGES_A_PERSON, "all", lambda: not _is(Dear.FREE)),
    _of_person(_WRITES, "writes", _writes),
    _of_person(Dear.IDENTITY.value, "identity", lambda: _is(Dear.IDENTITY)),
    _of_person(Dear.FILE.value, "file", lambda: _is(Dear.FILE)),
    _of_person(Dear.SEARCH.value, "search", _searches),
)

limiter = Limiter(
    get_remote_address,
    default_limits=[],
    application_limits=[*EVERYWHERE],
    strategy="moving-window",  # no burst at the turn of a minute
    in_memory_fallback_enabled=True,
    storage_options={"socket_timeout": STORAGE_TIMEOUT_SECONDS},
)


def init_app(app: Flask, kinds: Mapping[str, Dear]) -> None:
    """Give the application its limiter; `kinds` is what is dear, by endpoint.

    RATELIMIT_ENABLED = False (tests) leaves it ready but counting nothing in this application.

    The limiter is one for all applications of a process and stays on; each says by its own setting whether it counts.
    """
    app.extensions[_KINDS] = dict(kinds)
    enabled = bool(app.config.get("RATELIMIT_ENABLED", True))
    app.config["RATELIMIT_ENABLED"] = True
    with warnings.catch_warnings():
        # The storage looks for valkey, which is not installed; another library's import hook warns about the search.
        warnings.simplefilter("ignore", ImportWarning)
        limiter.init_app(app)
    app.config["RATELIMIT_ENABLED"] = enabled


@limiter.request_filter
def _counts_nothing() -> bool:
    return not current_app.config["RATELIMIT_ENABLED"]


def seconds_to_wait(refused: Exception) -> int:
    """Return after how many seconds a refused request may come again: at least one, at most the limit's own while."""
    if not isinstance(refused, RateLimitExceeded) or refused.limit is None:
        return 60
    longest: int = refused.limit.limit.get_expiry()
    window = limiter.current_limit
    rest = int(window.reset_at - now().timestamp()) + 1 if window is not None else longest
    return max(1, min(rest, longest))


def client_address() -> str:
    """Return the address that the request came from."""
    return get_remote_address()


def secret_key(*parts: str) -> str:
    """Return a key that tells parts apart and keeps them to itself."""
    return sha256("\0".join(parts).encode()).hexdigest()[:40]
