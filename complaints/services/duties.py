"""What a body owes besides petitions and cases: opened with its clock, closed when the clock is stopped (R12)."""

from datetime import date

from app.core.db import db
from app.core.permissions import Principal
from app.organisation.models import Unit
from complaints.clocks import Verb
from complaints.models.duties import Duty
from complaints.rulebook.loader import load_rulebook
from complaints.services.clocks import append_event, refresh_due, running, start_clock


def open_duty(
    unit: Unit, kind: str, number: str, clock: str, *, on: date, actor: Principal, again: Duty | None = None
) -> Duty | None:
    """Open a duty (or `again` one that was closed) with its clock from the event day `on`.

    Returns None where the law set no such limit on that day: nothing runs then, and nobody is late.
    """
    if not any(rule.code == clock and rule.covers(on) for rule in load_rulebook().rules()):
        return again
    duty = again or Duty(unit=unit, kind=kind, number=number)
    duty.is_open = True
    db.session.add(duty)
    db.session.flush()
    start_clock(duty, clock, on=on, actor=actor)
    refresh_due(duty)
    return duty


def close_duty(duty: Duty, clock: str, *, on: date, actor: Principal, document: str = "") -> None:
    """Stop the clock of a duty on a day, by a document when there is one; the duty is done."""
    for row in running(duty, clock):
        append_event(row, Verb.STOP, on=max(on, row.started_on), actor=actor, document=document)
    duty.is_open = False
    refresh_due(duty)
