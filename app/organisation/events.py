"""What the organisation announces."""

from dataclasses import dataclass

from app.core.events import Event


@dataclass(frozen=True)
class CalendarChanged(Event):
    """A day of a year was declared worked or off: due dates are to be derived again."""

    year: int
