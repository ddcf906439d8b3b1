"""What goes into a clock and what comes out: events, readings and their steps. Pure; clocks.py works with them."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Verb(StrEnum):
    """What can happen to a clock."""

    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    EXTEND = "extend"
    RESTART = "restart"
    STOP = "stop"
    CANCEL = "cancel"


class ClockState(StrEnum):
    """Where a clock is."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class ClockEvent:
    """Something that happened to a clock on a day, by a document."""

    verb: Verb
    on: date
    days: int | None = None
    remote: bool = False
    complex: bool = False
    document: str = ""


@dataclass(frozen=True)
class Step:
    """One step of the explanation: a day, what it is, and why; `brief` is its part of the joined sentence."""

    on: date
    what: str
    why: str
    brief: str = ""


@dataclass(frozen=True)
class Reading:
    """What a clock shows. `late` is true once it stopped after its due date.

    `due_on` is None while it is paused, and for good when it ended while paused: no day was its last then.
    `sentence` tells the whole in one sentence, `steps` one by one.
    """

    state: ClockState
    started_on: date
    due_on: date | None
    stopped_on: date | None
    late: bool
    length: str
    steps: tuple[Step, ...]
    sentence: str = ""


@dataclass(frozen=True)
class Planned:
    """Whether something was done early enough before a planned day: `latest` is the last day, or hour, for it."""

    ok: bool
    latest: date
    steps: tuple[Step, ...]


class ClockError(Exception):
    """The law does not allow this event now; `reason_vi` says why."""

    def __init__(self, reason_vi: str) -> None:
        super().__init__(reason_vi)
        self.reason_vi = reason_vi
