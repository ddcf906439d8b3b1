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
from app.core.jobs import QueueName, queue, redis_connection
from app.cron import scheduler
from tests.ops.conftest import clean_environment
from tests.ops.jobs import fail_with

PLANTED = "Trần Thị Bí Mật"


@pytest.mark.crash
def test_a_failed_job_is_logged_and_kept_without_its_words(
    app: Flask, command_environment: dict[str, str]
) -> None:
    with app.app_context():
        job = queue(QueueName.DEFAULT).enqueue(fail_with, PLANTED)
        code = "from app.worker import work; work(burst=True)"
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT, env=clean_environment(**command_environment), capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert "ValueError at" in done.stderr
        assert "tests/ops/jobs.py" in done.stderr
        assert PLANTED not in done.stdout + done.stderr
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
