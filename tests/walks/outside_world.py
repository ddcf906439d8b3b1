"""What happens around a matter: the jobs run, the calendar changes."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from app.core.calendar import DayKind
from app.core.clock import today
from app.core.db import db, unit_of_work
from app.organisation.models import CalendarChange, CalendarDay
from app.organisation.services.calendar import DayEntry, set_calendar_days
from complaints import jobs
from complaints.models.cases import Case
from complaints.models.clocks import Clock
from complaints.models.petitions import Petition
from complaints.models.recalculations import Recalculation
from complaints.services.clocks import Difference
from complaints.services.facts import relevant_clocks
from complaints.services.recalculation import recalculate_batch
from tests.factories import World


def sweep() -> None:
    """Let the job look for clocks that have ended."""
    jobs.sweep_ended_clocks()
    db.session.expire_all()


def run_jobs() -> None:
    """Run the jobs that move matters by themselves: ended clocks, the law of a case."""
    jobs.sweep_ended_clocks()
    jobs.sweep_which_law()
    db.session.expire_all()


def close_or_open(world: World, day: date) -> list[int]:
    """Close the city's offices on a day, or open them when they were closed; return the change that clocks follow.

    None when the day was off before (a holiday), so that nothing is counted again.
    """
    unit = world.unit("HN").id
    row = db.session.scalar(select(CalendarDay).where(CalendarDay.unit_id == unit, CalendarDay.day == day))
    weekend = day.weekday() >= 5
    if row is not None and row.kind is not DayKind.ORDINARY:
        entry = DayEntry(day, DayKind.ORDINARY, "Bão không vào")
    elif weekend:
        entry = DayEntry(day, DayKind.SWAPPED_IN, "Làm bù")
    else:
        entry = DayEntry(day, DayKind.CLOSURE, "Bão số 12", "12/QĐ-UBND", today())
    with unit_of_work():
        change = set_calendar_days(unit, [entry], actor=world.principal("quantri"))
    if change is None:
        return []
    wanted = select(Recalculation.change_id).where(Recalculation.change_id == change.id)
    return list(db.session.scalars(wanted))


def catch_up(changes: list[int]) -> None:
    """Let the job count open clocks again after changes of the calendar, and once more, which finds nothing to do."""
    while changes:
        change = changes.pop(0)
        jobs.recalculate(change)
        with unit_of_work():
            assert recalculate_batch(change).finished
    db.session.expire_all()


def explained(differences: Sequence[Difference]) -> list[str]:
    """Say of each date that was not what its events give what happened to the clock, and when the calendar changed."""
    said = []
    for found in differences:
        model = {"case": Case, "petition": Petition, "clock": Clock}[found.kind]
        thing = db.session.get_one(model, found.id)
        for clock in [thing] if isinstance(thing, Clock) else relevant_clocks(thing):
            events = [f"{e.verb} {e.on} @{e.recorded_at:%d %H:%M}" for e in clock.events]
            said.append(f"{found} {clock.code} {clock.state} {clock.due_on} {events}")
    changes = db.session.scalars(select(CalendarChange).order_by(CalendarChange.id))
    return [*said, *(f"change @{c.at:%d %H:%M} {c.days}" for c in changes)]
