"""What runs in a worker for this domain. Repeatable, plain ids in."""

from app.core.db import unit_of_work
from complaints.services.clocks import rebuild_all


def recompute_clocks() -> None:
    """Derive every open clock again, after the calendar has changed."""
    with unit_of_work():
        rebuild_all()
