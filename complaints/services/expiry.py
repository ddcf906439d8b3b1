"""What follows by law when a clock ends by itself: found by an index, taken once, whatever crashes (C-23, T-24)."""

from sqlalchemy import select

from app.core.clock import now, today
from app.core.db import db
from complaints.models.cases import Case
from complaints.models.clocks import Clock
from complaints.services.perform import perform_at_expiry
from complaints.workflow.catalogue import OF_CASES

BATCH = 200
CODES = frozenset(step.expiry_of for workflow in OF_CASES for step in workflow.transitions if step.expiry_of)


def act_on_ended_clocks(*, limit: int = BATCH) -> int:
    """Take the steps that follow from clocks of cases which have ended, in the caller's unit of work.

    Returns how many clocks were looked at; fewer than `limit` means that none is left. A clock is looked at once for
    each due date. Clocks and cases that somebody else holds are passed over, and stay for the next time.
    """
    statement = (
        select(Clock, Case)
        .join(Case, Case.id == Clock.case_id)
        .where(
            Clock.code.in_(CODES), Clock.state == "running", Clock.acted_at.is_(None), Clock.beside_id.is_(None),
            Clock.due_on < today(), Case.is_open,
        )
        .order_by(Clock.due_on, Clock.id)
        .limit(limit)
        .with_for_update(of=(Clock, Case), skip_locked=True)
    )  # fmt: skip
    found = db.session.execute(statement).all()
    for clock, case in found:
        clock.acted_at = now()
        if clock.due_on is not None:
            perform_at_expiry(case, clock.code, on=clock.due_on)
    db.session.flush()
    return len(found)
