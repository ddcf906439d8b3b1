"""Rate limits, counted in Redis so that all processes share them, and in memory while Redis is away.

A key that holds what somebody typed goes through `secret_key` first: the limiter logs its keys, and Redis keeps them.
"""

import warnings
from hashlib import sha256

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

# Redis on the way out must not hold up a sign-in: after this many seconds the count goes on in memory.
STORAGE_TIMEOUT_SECONDS = 1

limiter = Limiter(
    get_remote_address,
    default_limits=[],
    strategy="moving-window",  # no burst at the turn of a minute
    in_memory_fallback_enabled=True,
    storage_options={"socket_timeout": STORAGE_TIMEOUT_SECONDS},
)


def init_app(app: Flask) -> None:
    """Give the application its limiter. RATELIMIT_ENABLED = False (tests) leaves it ready but counting nothing."""
    enabled = bool(app.config.get("RATELIMIT_ENABLED", True))
    app.config["RATELIMIT_ENABLED"] = True
    with warnings.catch_warnings():
        # The storage looks for valkey, which is not installed; another library's import hook warns about the search.
        warnings.simplefilter("ignore", ImportWarning)
        limiter.init_app(app)
    app.config["RATELIMIT_ENABLED"] = limiter.enabled = enabled


def client_address() -> str:
    """Return the address that the request came from."""
    return get_remote_address()


def secret_key(*parts: str) -> str:
    """Return a key that tells parts apart and keeps them to itself."""
    return sha256("\0".join(parts).encode()).hexdigest()[:40]
