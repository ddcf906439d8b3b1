"""What runs in a worker for the organisation. Repeatable."""

from app.core.db import unit_of_work
from app.organisation.signin import delays, links


def forget_old_tries() -> None:
    """Delete the counts of failed sign-ins and the one-time links that no longer matter."""
    with unit_of_work():
        delays.forget_old()
        links.forget_old()
