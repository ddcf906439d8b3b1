"""Loading the demo on an empty database."""

from sqlalchemy import func, select

from app.core.db import db, unit_of_work
from app.demo.cases import load_cases
from app.demo.city import load_city
from app.demo.organisation import load_organisation
from app.demo.showcase import load_showcase
from app.organisation.models import Person


def is_empty() -> bool:
    """Tell whether nobody works here yet."""
    return db.session.execute(select(func.count()).select_from(Person)).scalar_one() == 0


def load_demo() -> int:
    """Load the demo's organisation, people and cases; return how many petitions were registered.

    Raises RuntimeError unless the database is empty: the demo never mixes with real records.
    """
    if not is_empty():
        raise RuntimeError("the database is not empty: the demo is only loaded on an empty one")
    with unit_of_work():
        world = load_organisation()
    return load_cases(world) + load_city(world) + load_showcase(world).petitions
