"""What commands share: the application on whatever database this installation has."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from app.config import Settings, environment
from app.core.db import db
from app.factory import create_app
from app.operations.installation import reachable


@contextmanager
def application(*, as_owner: bool = False) -> Iterator[Flask]:
    """Open an application context for one command; servers that had to be started for it are stopped after it.

    `as_owner` works on the database as the role of DATABASE_OWNER_URL. Raises ConfigError when production names none.
    """
    with reachable(environment()) as env:
        settings = Settings.from_env(env)
        app = create_app(settings.as_owner() if as_owner else settings)
        with app.app_context():
            try:
                yield app
            finally:
                db.session.remove()
                db.engine.dispose()
