"""What the organisation announces."""

from dataclasses import dataclass
from datetime import date

from app.core.events import Event


@dataclass(frozen=True)
class CalendarChanged(Event):
    """A day of a year was declared worked or off: due dates are to be derived again."""

    year: int


@dataclass(frozen=True)
class UnitEnds(Event):
    """A unit is about to end on a day; whoever has open work there refuses by raising Invalid (field 'ends_on')."""

    unit_id: int
    path: str
    ends_on: date
