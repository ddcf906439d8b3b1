"""The sweep of clocks: raises what is due in batches, each a transaction of its own, and tells each person once."""

from dataclasses import dataclass, field
from datetime import date

from app.core.clock import today
from app.core.db import unit_of_work
from complaints.services.escalation import BATCH, DueAlert, preview_alerts, raise_due_alerts
from notifications.handlers import tell_of_alerts

BATCHES_MAX = 1000  # a bound, so that a sweep always ends


@dataclass(frozen=True)
class SweepResult:
    """What a sweep did; `preview` is what a dry run would have raised."""

    examined: int
    raised: int
    notified: int
    preview: list[DueAlert] = field(default_factory=list)


def run_sweep(as_of: date | None = None, *, dry_run: bool = False, batch_size: int = BATCH) -> SweepResult:
    """Raise every alert that is due now (or by the end of a day) and tell who should know.

    Two sweeps at once share the work; a sweep that dies leaves whole batches, and the next goes on; people are told
    from what stands in escalation_told and was not told yet, so nobody is told twice and nobody is forgotten.
    """
    if dry_run:
        alerts = preview_alerts(as_of or today())
        people = {person for alert in alerts for person in alert.told}
        return SweepResult(len({a.clock_id for a in alerts}), len(alerts), len(people), alerts)
    examined = raised = 0
    for _batch in range(BATCHES_MAX):
        with unit_of_work():
            batch = raise_due_alerts(as_of=as_of, limit=batch_size)
        examined += batch.examined
        raised += len(batch.escalation_ids)
        if not batch.more:
            break
    with unit_of_work():
        notified = tell_of_alerts()
    return SweepResult(examined, raised, notified)


def sweep_clocks() -> None:
    """Do what `rq cron` asks for every minute; it may run twice, late or never."""
    run_sweep()
