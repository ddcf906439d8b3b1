"""How this domain reacts to what the organisation announces."""

from app.core.jobs import enqueue_after_commit
from app.organisation.events import CalendarChanged
from complaints.jobs import recompute_clocks


def calendar_changed(_event: CalendarChanged) -> None:
    """Have due dates derived again in a worker."""
    enqueue_after_commit(recompute_clocks)
