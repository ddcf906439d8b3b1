"""What the desk announces. Each event carries ids; app/wiring.py lists who reacts."""

from dataclasses import dataclass

from app.core.events import Event


@dataclass(frozen=True)
class VisitRecorded(Event):
    """A visit stands in the log book."""

    visit_id: int


@dataclass(frozen=True)
class VisitWaits(Event):
    """A visit waits for the head, with a written refusal or a demand; `action` is what the head then decides."""

    visit_id: int
    action: str
    actor_id: int


@dataclass(frozen=True)
class VisitSentBack(Event):
    """The head sent a visit back to the desk, with a note."""

    visit_id: int
    actor_id: int
