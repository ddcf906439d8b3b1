"""The sweep of clocks: raises what is due in batches, each with its notices a transaction of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.core.clock import today
from app.core.db import unit_of_work
from complaints.services.escalation import BATCH, PreviewRow, preview_alerts, raise_due_alerts
from notifications.digest import tell_alerts

BATCHES_MAX = 10_000  # a bound, so that a sweep always ends


@dataclass(frozen=True)
class SweepResult:
    """What a sweep did: clocks examined, alerts raised, people told; `preview` is what a dry run would have raised."""

    examined: int
    raised: int
    notified: int
    preview: Sequence[PreviewRow] = ()


def run_sweep(as_of: date | None = None, dry_run: bool = False, *, batch_size: int = BATCH) -> SweepResult:
    """Raise every alert that is due now (or by the end of a day) and tell who should know.

    Two sweeps at once share the work. A sweep that dies leaves whole batches, each with its notices; the next goes on.
    However many batches and sweeps a day takes, a person has one notice of that day's alerts.
    """
    if dry_run:
        alerts = preview_alerts(as_of or today())
        told = {person for alert in alerts for group in alert.people.values() for person in group}
        return SweepResult(len({alert.clock_id for alert in alerts}), len(alerts), len(told), alerts)
    examined, raised = 0, 0
    people: set[int] = set()
    for _batch in range(BATCHES_MAX):
        with unit_of_work():
            batch = raise_due_alerts(as_of=as_of, limit=batch_size)
        examined += batch.examined
        raised += batch.raised
        people |= batch.people
        if not batch.more:
            break
    people |= _tell_what_was_left()
    return SweepResult(examined, raised, len(people))


def _tell_what_was_left() -> set[int]:
    """Tell of alerts that were raised without notices, as by a program of the operator's own: there are seldom any."""
    people: set[int] = set()
    for _batch in range(BATCHES_MAX):
        with unit_of_work():
            told = tell_alerts()
        if not told:
            break
        people |= told
    return people


def sweep_clocks() -> None:
    """Do what `rq cron` asks for every minute; it may run twice, late or never."""
    run_sweep()
