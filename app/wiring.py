"""Four tables that tie the house together: blueprints, who reacts to which event, periodic jobs, commands.

Read from top to bottom. Nothing registers itself by being imported.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint

from app.core.events import Event, Handler
from app.core.jobs import QueueName
from app.organisation.views import admin, auth, calendar
from app.web import health
from reception import views as desk

BLUEPRINTS: Sequence[Blueprint] = (
    health.blueprint,
    auth.blueprint,
    admin.blueprint,
    calendar.blueprint,
    desk.blueprint,
)

EVENT_HANDLERS: Mapping[type[Event], Sequence[Handler]] = {}


@dataclass(frozen=True)
class PeriodicJob:
    """A function that `rq cron` enqueues again and again; each is repeatable and may run twice, late or never."""

    function: str
    every_seconds: int
    queue: QueueName


PERIODIC_JOBS: Sequence[PeriodicJob] = (
    PeriodicJob("notifications.jobs.sweep_clocks", 60, QueueName.URGENT),
    PeriodicJob("notifications.jobs.sweep_outbox", 60, QueueName.MAIL),
)
