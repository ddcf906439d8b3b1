"""The RQ worker: each job runs in a process and an application context of its own; failures are logged without data."""

import logging
import sys
import time
import traceback
from types import FrameType, TracebackType
from typing import Any

from flask import Flask
from redis.exceptions import RedisError
from rq import Queue, Worker
from rq.exceptions import StopRequested
from rq.executions import Execution
from rq.job import Job
from rq.serializers import JSONSerializer
from sqlalchemy.exc import SQLAlchemyError

from app import wiring
from app.core import runs
from app.core.db import db, unit_of_work
from app.core.jobs import QueueName, redis_connection
from app.operations.entry import application_or_exit, log_to_stderr

log = logging.getLogger(__name__)
RETRY_SECONDS = 5
_PERIODIC = frozenset(job.function for job in wiring.PERIODIC_JOBS)


class AppWorker(Worker):
    """A worker whose jobs see the application as a request does."""

    flask_app: Flask
    log_result_lifespan = False
    told_to_stop = False
    _failed_with = ""

    def perform_job(self, job: Job, queue: Queue, execution: Execution) -> bool:
        """Run one job in an application context of its own."""
        with self.flask_app.app_context():
            # This process was forked: connections of the parent are not ours to use.
            db.engine.dispose(close=False)
            began = time.monotonic()
            try:
                done = bool(super().perform_job(job, queue, execution))
                self._note(job.func_name or "", done=done, seconds=time.monotonic() - began)
                return done
            finally:
                db.session.remove()

    def _note(self, function: str, *, done: bool, seconds: float) -> None:
        """Keep how a job went, for health and metrics; that it cannot be kept changes nothing about the job."""
        try:
            with unit_of_work():
                if not done:
                    runs.note_failure(function, self._failed_with)
                elif function in _PERIODIC:
                    runs.note_success(function, seconds)
        except SQLAlchemyError as error:
            log.warning("how %s went could not be kept (%s)", function, type(error).__name__)

    def handle_exception(self, job: Job, *exc_info: Any) -> None:
        """Log what failed and where. The error's own words may quote a record, so they are left out."""
        log.error("job %s (%s) failed: %s", job.func_name, job.id, _where(*exc_info))

    def handle_job_failure(
        self,
        job: Job,
        queue: Queue,
        started_job_registry: Any = None,
        exc_string: str = "",
        execution: Execution | None = None,
    ) -> None:
        """Keep the failure in the queue's register, likewise without the error's own words."""
        kind, _value, place = sys.exc_info()
        if kind is not None:
            self._failed_with = kind.__name__
            exc_string = "".join(traceback.format_tb(place)) + kind.__name__
        super().handle_job_failure(job, queue, started_job_registry, exc_string, execution)

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """Finish the job at hand, then end."""
        self.told_to_stop = True
        super().request_stop(signum, frame)


def _where(kind: type[BaseException] | None, _value: Any, place: TracebackType | None) -> str:
    frames = traceback.extract_tb(place)
    at = f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return f"{kind.__name__ if kind else 'error'}{at}"


def make_worker(app: Flask) -> AppWorker:
    """Return a worker for all queues, the urgent first, whose arguments travel as JSON."""
    connection = redis_connection()
    queues = [Queue(name.value, connection=connection, serializer=JSONSerializer) for name in QueueName]
    worker = AppWorker(queues, connection=connection, serializer=JSONSerializer, log_job_description=False)
    worker.flask_app = app
    return worker


def work(app: Flask | None = None, *, burst: bool = False) -> None:
    """Serve all queues until SIGTERM (or, with `burst`, until they are empty). A queue that is away is waited for."""
    app = app or application_or_exit()
    with app.app_context():
        while True:
            try:
                worker = make_worker(app)
                worker.work(with_scheduler=True, burst=burst, logging_level="WARNING")
                if burst or worker.told_to_stop:
                    return
                time.sleep(RETRY_SECONDS)  # RQ gave up on a queue that is away
            except StopRequested:
                return
            except RedisError as error:
                if burst:
                    raise
                log.warning("the queue is away (%s); trying again", type(error).__name__)
                time.sleep(RETRY_SECONDS)


if __name__ == "__main__":
    log_to_stderr()
    work()
