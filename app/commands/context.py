"""What commands share: the application on whatever database this installation has."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from app.config import Settings, environment
from app.core.db import db
from app.factory import create_app
from app.operations.installation import reachable


@contextmanager
def application() -> Iterator[Flask]:
    """Open an application context for one command; servers that had to be started for it are stopped after it."""
    with reachable(environment()) as env:
        app = create_app(Settings.from_env(env))
        with app.app_context():
            try:
                yield app
            finally:
                db.session.remove()
                db.engine.dispose()
