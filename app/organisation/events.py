"""What the organisation announces."""

from dataclasses import dataclass
from datetime import date

from app.core.events import Event


@dataclass(frozen=True)
class CalendarChanged(Event):
    """Days of a calendar went from worked to off or back: due dates of the units that follow it are derived again."""

    change_id: int
    unit_id: int  # whose calendar it is


@dataclass(frozen=True)
class UnitEnds(Event):
    """A unit is about to end on a day; whoever has open work there refuses by raising Invalid (field 'ends_on')."""

    unit_id: int
    path: str
    ends_on: date
