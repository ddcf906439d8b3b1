"""What the desk announces. Each event carries ids; app/wiring.py lists who reacts."""

from dataclasses import dataclass

from app.core.events import Event


@dataclass(frozen=True)
class VisitRecorded(Event):
    """A visit stands in the log book."""

    visit_id: int
