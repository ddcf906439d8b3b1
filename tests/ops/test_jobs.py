"""The worker and the cron: JSON on the queues, no words of records in logs and registers."""

import json
import subprocess
import sys

import pytest
from flask import Flask
from rq import Queue
from rq.job import Job
from rq.serializers import JSONSerializer

from app import wiring
from app.config import ROOT
from app.core import runs
from app.core.jobs import QueueName, queue, redis_connection
from app.cron import scheduler
from tests.ops.conftest import clean_environment
from tests.ops.jobs import fail_with

PLANTED = "Trần Thị Bí Mật"


def work_off(environment: dict[str, str]) -> str:
    """Have a real worker empty the queues, then end; return what it said."""
    code = "from app.worker import work; work(burst=True)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT, env=clean_environment(**environment), capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout + done.stderr


@pytest.mark.crash
def test_a_worker_keeps_when_a_sweep_succeeded_and_how_often_a_job_failed(
    real_database: Flask, command_environment: dict[str, str]
) -> None:
    sweep, failing = "notifications.sweep.sweep_clocks", f"{fail_with.__module__}.{fail_with.__name__}"
    jobs = [queue(QueueName.DEFAULT).enqueue(fail_with, PLANTED) for _ in range(2)]
    queue(QueueName.URGENT).enqueue(sweep, result_ttl=0)
    work_off(command_environment)
    known = {run.function: run for run in runs.all_runs()}
    assert known[sweep].succeeded_at is not None
    assert (known[sweep].seconds or 0) > 0
    assert known[sweep].failures == 0
    assert (known[failing].failures, known[failing].failure) == (2, "ValueError")
    assert known[failing].succeeded_at is None
    for job in jobs:
        job.delete()


@pytest.mark.crash
def test_a_failed_job_is_logged_and_kept_without_its_words(
    app: Flask, command_environment: dict[str, str]
) -> None:
    with app.app_context():
        job = queue(QueueName.DEFAULT).enqueue(fail_with, PLANTED)
        said = work_off(command_environment)
        assert "ValueError at" in said
        assert "tests/ops/jobs.py" in said
        assert PLANTED not in said
        kept = Job.fetch(job.id, connection=redis_connection(), serializer=JSONSerializer).latest_result()
        assert kept is not None
        assert kept.exc_string is not None
        assert kept.exc_string.endswith("ValueError")
        assert PLANTED not in kept.exc_string
        job.delete()


def test_the_cron_puts_every_periodic_job_on_its_queue_as_json(app: Flask) -> None:
    with app.app_context():
        connection = redis_connection()
        scheduler(connection).enqueue_jobs()
        for periodic in wiring.PERIODIC_JOBS:
            waiting = Queue(periodic.queue.value, connection=connection, serializer=JSONSerializer)
            jobs = [job for job in waiting.jobs if job.func_name == periodic.function]
            assert len(jobs) == 1
            assert json.loads(jobs[0].data)[0] == periodic.function
            # A worker that was away for an hour finds one sweep, not sixty.
            assert jobs[0].ttl == periodic.every_seconds
            jobs[0].delete()
