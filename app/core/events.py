"""Events between domains: the publisher announces, app/wiring.py lists who reacts, all in one transaction."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Flask, current_app

_EXTENSION = "tiepdan.events"


class Event:
    """Base of the frozen dataclasses in each domain's events.py; they carry ids, never objects."""


Handler = Callable[[Any], None]


def connect(app: Flask, table: Mapping[type[Event], Sequence[Handler]]) -> None:
    """Give the application its table of handlers; called once by the factory."""
    app.extensions[_EXTENSION] = dict(table)


def publish(event: Event) -> None:
    """Call the handlers of the event's type in the table's order, in the caller's transaction.

    A failing handler fails the whole unit of work: nothing that follows from an act is lost silently.
    """
    for handler in current_app.extensions[_EXTENSION].get(type(event), ()):
        handler(event)
