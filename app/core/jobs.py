"""Queues: work leaves for RQ only after the commit, and a lost queue loses nothing."""

import logging
from collections.abc import Callable
from enum import StrEnum
from typing import Any

from flask import Flask, current_app
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, Retry
from rq.serializers import JSONSerializer

from app.core.db import after_commit

log = logging.getLogger(__name__)

_EXTENSION = "tiepdan.redis"
RETRY_SECONDS = [10, 60, 300]


class QueueName(StrEnum):
    """The queues, in the order in which workers serve them."""

    URGENT = "urgent"
    DEFAULT = "default"
    MAIL = "mail"


def connect(app: Flask, redis: Redis) -> None:
    """Give the application its Redis connection; called once by the factory."""
    app.extensions[_EXTENSION] = redis


def redis_connection() -> Redis:
    """Return the application's Redis connection."""
    connection: Redis = current_app.extensions[_EXTENSION]
    return connection


def queue(name: QueueName = QueueName.DEFAULT) -> Queue:
    """Return a queue whose arguments travel as JSON: ids, never objects."""
    return Queue(name.value, connection=redis_connection(), serializer=JSONSerializer)


def enqueue_after_commit(
    func: Callable[..., Any], *args: int | str, to: QueueName = QueueName.DEFAULT
) -> None:
    """Put a job on a queue once the open unit of work has committed.

    Redis being away is logged and forgiven: each job has a sweep that finds what the queue forgot.
    """
    target = queue(to)

    def put() -> None:
        try:
            target.enqueue(func, *args, retry=Retry(max=len(RETRY_SECONDS), interval=RETRY_SECONDS))
        except RedisError as error:
            log.warning("queue away, the sweep will find it: %s (%s)", func.__name__, type(error).__name__)

    after_commit(put)
