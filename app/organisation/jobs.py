"""What runs in a worker for the organisation. Repeatable."""

from app.core.db import unit_of_work
from app.organisation.signin import delays


def forget_old_delays() -> None:
    """Delete the counts of failed sign-ins that no longer matter."""
    with unit_of_work():
        delays.forget_old()
