"""The clock of the jobs: RQ's cron puts the periodic jobs of app/wiring.py on their queues, again and again."""

import logging
import time

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.cron import CronJob, CronScheduler
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.utils import import_attribute

from app import wiring
from app.core.jobs import redis_connection
from app.operations.entry import application_or_exit, log_to_stderr

log = logging.getLogger(__name__)
RETRY_SECONDS = 5


class JsonCronJob(CronJob):
    """A periodic job that goes on the queue as all our jobs do, as JSON: RQ's own would pickle it."""

    def enqueue(self, connection: Redis) -> Job:
        """Put the job on its queue. It expires there when the next one comes: workers that were away find no heap."""
        assert self.func is not None
        queue = Queue(self.queue_name, connection=connection, serializer=JSONSerializer)
        return queue.enqueue(self.func, ttl=self.interval, result_ttl=0, failure_ttl=86400)


def scheduler(connection: Redis) -> CronScheduler:
    """Return RQ's cron with every job of the wiring's table, each due at once."""
    cron = CronScheduler(connection=connection, logging_level=logging.WARNING)
    for job in wiring.PERIODIC_JOBS:
        function = import_attribute(job.function)
        cron.get_jobs().append(
            JsonCronJob(queue_name=job.queue.value, func=function, interval=job.every_seconds)
        )
    return cron


def main() -> None:
    """Run until SIGTERM. A queue that is away is waited for: two crons, or none for an hour, do no harm."""
    log_to_stderr()
    app = application_or_exit()
    with app.app_context():
        while True:
            try:
                scheduler(redis_connection()).start()
            except RedisError as error:
                log.warning("the queue is away (%s); trying again", type(error).__name__)
                time.sleep(RETRY_SECONDS)
            else:
                return


if __name__ == "__main__":
    main()
