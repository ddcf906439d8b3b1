"""The RQ worker and the cron: jobs run inside the application's context, with JSON arguments."""

import logging
import sys
from typing import Any

from flask import Flask
from redis import Redis
from rq import Queue, Worker
from rq.cron import CronJob, CronScheduler
from rq.executions import Execution
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.utils import import_attribute

from app import wiring
from app.core.db import db
from app.core.jobs import QueueName, redis_connection
from app.factory import create_app


class AppWorker(Worker):
    """A worker whose jobs see the application as a request does."""

    flask_app: Flask

    def perform_job(self, job: Job, queue: Queue, execution: Execution) -> bool:
        """Run one job in an application context of its own."""
        with self.flask_app.app_context():
            # This process was forked: connections of the parent are not ours to use.
            db.engine.dispose(close=False)
            try:
                return bool(super().perform_job(job, queue, execution))
            finally:
                db.session.remove()


class JsonCronJob(CronJob):
    """A periodic job that goes on the queue the way all our jobs do: as JSON. (rq's own takes its default serializer.)"""

    def enqueue(self, connection: "Redis[Any]") -> Job:
        """Put the job on its queue, unless the one before still waits there: a slow worker gets no heap of sweeps."""
        assert self.func is not None
        queue = Queue(self.queue_name, connection=connection, serializer=JSONSerializer)
        waiting = Job.exists(self.job_id, connection=connection) and queue.get_job_position(self.job_id) is not None
        if waiting:
            return queue.fetch_job(self.job_id)
        return queue.enqueue(self.func, job_id=self.job_id, result_ttl=0, failure_ttl=3600)

    @property
    def job_id(self) -> str:
        """Return the id under which the job waits."""
        return f"periodic-{self.func_name.replace('.', '-')}"


def work(app: Flask | None = None, *, burst: bool = False) -> None:
    """Serve all queues until told to stop (or until they are empty)."""
    app = app or create_app()
    with app.app_context():
        connection = redis_connection()
        worker = AppWorker(
            [Queue(name.value, connection=connection, serializer=JSONSerializer) for name in QueueName],
            connection=connection,
            serializer=JSONSerializer,
        )
        worker.flask_app = app
        worker.work(with_scheduler=not burst, burst=burst, logging_level="WARNING")


def cron(app: Flask | None = None) -> None:
    """Enqueue the periodic jobs of the wiring table for ever; two crons or none for an hour do no harm."""
    app = app or create_app()
    with app.app_context():
        scheduler = CronScheduler(connection=redis_connection(), logging_level=logging.WARNING)
        for job in wiring.PERIODIC_JOBS:
            scheduler.get_jobs().append(
                JsonCronJob(queue_name=job.queue.value, func=import_attribute(job.function), interval=job.every_seconds)
            )
        scheduler.start()


if __name__ == "__main__":
    (cron if sys.argv[1:] == ["cron"] else work)()
