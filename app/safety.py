"""What production refuses once it sees the database: accounts of the demo."""

from flask import Flask
from sqlalchemy import exists, select
from sqlalchemy.exc import OperationalError, ProgrammingError

from app.core.db import db
from app.organisation.models import Person


def has_demo_accounts() -> bool:
    """Tell whether the database holds accounts of the demo, whose password everybody knows."""
    return bool(db.session.execute(select(exists().where(Person.is_demo))).scalar_one())


def refuse_unsafe(app: Flask) -> None:
    """Raise ConfigError when this is production and the database holds the demo.

    A database that is away, or not migrated yet, is no reason: /readyz says so until it is there.
    """
    settings = app.extensions["tiepdan.settings"]
    if not settings.production:
        return
    with app.app_context():
        try:
            demo = has_demo_accounts()
        except (OperationalError, ProgrammingError):
            return
        finally:
            db.session.remove()
            db.engine.dispose()
    settings.refuse_demo(demo)
