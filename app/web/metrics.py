"""/metrics: figures for Prometheus, read from database and queue at each scrape: every process tells the same.

It opens with the token of METRICS_TOKEN (`Authorization: Bearer ...`); without the setting there is no such page. It
holds names of jobs and queues and figures, nothing of a case or a person.
"""

import hmac
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress

from flask import Blueprint, Flask, Response, current_app, request
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector
from redis.exceptions import RedisError

from app.core import runs
from app.core.errors import NotFound
from app.core.jobs import QueueName, queue
from app.web.access import access

blueprint = Blueprint("metrics", __name__)
_SOURCES = "tiepdan.metrics"
Source = Callable[[], Iterable[Metric]]


def init_app(app: Flask, sources: Sequence[Source]) -> None:
    """Tell also what these sources yield."""
    app.extensions[_SOURCES] = (_jobs, _queues, *sources)


@blueprint.get("/metrics")
@access.public
def show() -> Response:
    """Answer with all figures as text. Raises NotFound without the right token."""
    token: str = current_app.config["METRICS_TOKEN"]
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not token or not hmac.compare_digest(token.encode(), given.encode()):
        raise NotFound
    registry = CollectorRegistry()
    registry.register(_All())
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class _All(Collector):
    """What the sources of this application yield, asked at each scrape."""

    def collect(self) -> Iterator[Metric]:
        """Yield every figure."""
        for source in current_app.extensions[_SOURCES]:
            yield from source()


def _jobs() -> Iterator[Metric]:
    succeeded = GaugeMetricFamily(
        "tiepdan_job_last_success_timestamp_seconds", "When a periodic job last succeeded", labels=["job"]
    )
    seconds = GaugeMetricFamily("tiepdan_job_seconds", "How long its last success took", labels=["job"])
    failures = CounterMetricFamily("tiepdan_job_failures", "How often a job failed", labels=["job"])
    for run in runs.all_runs():
        if run.succeeded_at is not None:
            succeeded.add_metric([run.function], run.succeeded_at.timestamp())
            seconds.add_metric([run.function], run.seconds or 0.0)
        failures.add_metric([run.function], run.failures)
    return iter((succeeded, seconds, failures))


def _queues() -> Iterator[Metric]:
    """Yield how many jobs wait, and whether the queue answers at all."""
    depth = GaugeMetricFamily("tiepdan_queue_jobs", "Jobs that wait on a queue", labels=["queue"])
    failed = GaugeMetricFamily("tiepdan_queue_failed_jobs", "Failed jobs that are kept", labels=["queue"])
    up = 0
    with suppress(RedisError):
        for name in QueueName:
            waiting = queue(name)
            depth.add_metric([name.value], waiting.count)
            failed.add_metric([name.value], waiting.failed_job_registry.count)
        up = 1
    return iter((depth, failed, GaugeMetricFamily("tiepdan_queue_up", "Whether the queue answers", value=up)))
