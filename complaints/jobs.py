"""What runs in a worker for this domain. Repeatable, plain ids in."""

import time

from app.core.db import unit_of_work
from app.core.jobs import enqueue_after_commit
from complaints.services import expiry, which_law
from complaints.services.recalculation import BATCH, forgotten, recalculate_batch

BUSY_TRIES, BUSY_SECONDS = 30, 1.0


def recalculate(change_id: int, limit: int = BATCH) -> None:
    """Derive open clocks again after a change of the calendar, batch by batch; killed, it goes on where it was.

    Clocks that somebody holds are tried again for half a minute, then left to the sweep.
    """
    busy = 0
    while busy < BUSY_TRIES:
        with unit_of_work():
            progress = recalculate_batch(change_id, limit=limit)
        if progress.finished:
            return
        if progress.busy:
            busy += 1
            time.sleep(BUSY_SECONDS)


def sweep_recalculations() -> None:
    """Put on the queue what a lost queue forgot or a killed worker left."""
    with unit_of_work():
        for change_id in forgotten():
            enqueue_after_commit(recalculate, change_id)


def sweep_ended_clocks() -> None:
    """Take what follows by law from clocks that have ended, batch by batch; it may run twice, late or never."""
    while True:
        with unit_of_work():
            examined = expiry.act_on_ended_clocks()
        if examined < expiry.BATCH:
            return


def sweep_which_law() -> None:
    """Give open cases their law and switch those that a transition rule names, batch by batch; repeatable."""
    after: int | None = 0
    while after is not None:
        with unit_of_work():
            after = which_law.settle_open_cases(after=after)
