"""Whether everybody is told in time: does the sweep of the clocks run, does mail leave, and how far behind are they."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from flask import current_app
from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy import func, select

from app.core import runs
from app.core.clock import now
from app.core.db import db
from complaints.queries.running import oldest_due_alert
from notifications import outbox
from notifications.models import MessageState, OutboundMessage

SWEEP = "notifications.sweep.sweep_clocks"
SWEEP_LATE = timedelta(minutes=5)


def sweep_runs(since: datetime) -> bool:
    """Tell whether a sweep of the clocks has succeeded in the last five minutes, counted from `since` at the earliest.

    `since` (UTC) is when this process began: whoever starts everything anew is given five minutes.
    """
    last = runs.last_success(SWEEP)
    return now() - max(last or since, since) <= SWEEP_LATE


def mail_leaves(_since: datetime) -> bool:
    """Tell whether mail leaves: no message waits longer than the limit of the settings while none was sent.

    A single address that is refused again and again does not stop the office: others are sent meanwhile.
    """
    limit: timedelta = current_app.config["OUTBOX_LIMIT"]
    if not outbox.mail_is_on() or (now() - (oldest_unsent() or now())) <= limit:
        return True
    lately = select(OutboundMessage.id).where(
        OutboundMessage.state == MessageState.SENT, OutboundMessage.sent_at > now() - limit
    )
    return db.session.scalar(lately.limit(1)) is not None


def oldest_unsent() -> datetime | None:
    """Return since when (UTC) the oldest message that should have left is waiting; None when none is."""
    waiting = select(func.min(OutboundMessage.leave_at)).where(
        OutboundMessage.state == MessageState.PENDING, OutboundMessage.leave_at <= now()
    )
    return db.session.scalar(waiting)


def metrics() -> Iterator[Metric]:
    """Yield how far behind telling is: the oldest alert that is due and not raised, the oldest message, the dead."""
    yield _age(
        "tiepdan_alert_overdue_seconds",
        "Age of the oldest alert that is due and not raised",
        oldest_due_alert(),
    )
    yield _age(
        "tiepdan_outbox_overdue_seconds", "Age of the oldest message that should have left", oldest_unsent()
    )
    for state, words in (
        (MessageState.PENDING, "Messages that wait, also for a later hour"),
        (MessageState.FAILED, "Messages that were given up"),
    ):
        counted = select(func.count()).where(OutboundMessage.state == state)
        name = f"tiepdan_outbox_{state.value}"
        yield GaugeMetricFamily(name, words, value=db.session.scalar(counted) or 0)


def _age(name: str, words: str, since: datetime | None) -> Metric:
    seconds = max(0.0, (now() - since).total_seconds()) if since is not None else 0.0
    return GaugeMetricFamily(name, words, value=seconds)
