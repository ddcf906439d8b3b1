"""How processes begin: the application, or one clear line when production must not start on this database."""

import logging
import sys

from flask import Flask
from sqlalchemy import exists, select
from sqlalchemy.exc import OperationalError, ProgrammingError

from app.config import Settings
from app.config_reading import ConfigError
from app.core.db import db
from app.factory import create_app
from app.operations.roles import refuse_powers
from app.organisation.models import Person


def application_or_exit(exit_code: int = 1) -> Flask:
    """Return the application of the environment; say why not, in one line, and exit when it must not start."""
    try:
        app = create_app(Settings.from_env())
        refuse_unsafe(app)
    except ConfigError as error:
        sys.stderr.write(f"tiepdan: {error}\n")
        sys.exit(exit_code)
    return app


def log_to_stderr() -> None:
    """Let warnings of ours be seen in a process that has no web server to do so."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")


def refuse_unsafe(app: Flask) -> None:
    """Raise ConfigError when this is production and its role has too many rights or the database holds the demo.

    A database that is away, or not migrated yet, is no reason: /readyz says so until it is there.
    """
    settings = app.extensions["tiepdan.settings"]
    if not settings.production:
        return
    with app.app_context():
        try:
            with db.engine.connect() as connection:
                refuse_powers(connection)
            demo = has_demo_accounts()
        except (OperationalError, ProgrammingError):
            return
        finally:
            db.session.remove()
            db.engine.dispose()
    settings.refuse_demo(demo)


def has_demo_accounts() -> bool:
    """Tell whether the database holds accounts of the demo, whose password everybody knows."""
    return bool(db.session.execute(select(exists().where(Person.is_demo))).scalar_one())
