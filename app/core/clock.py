"""The only reader of the clock: instants are aware UTC, legal days are days in Hanoi."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


class _Hands:
    """The clock's hands: stopped in tests and rehearsals, else the machine's."""

    stopped_at: datetime | None = None


def now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return _Hands.stopped_at or datetime.now(UTC)


def today() -> date:
    """Return the present legal day: the date in Asia/Ho_Chi_Minh."""
    return local_day(now())


def local_day(instant: datetime) -> date:
    """Return the day in Asia/Ho_Chi_Minh on which an aware instant falls."""
    return instant.astimezone(HANOI).date()


def at_local(day: date, at: time = time(9, 0)) -> datetime:
    """Return the aware UTC instant of a local wall time on a day in Hanoi."""
    return datetime.combine(day, at, tzinfo=HANOI).astimezone(UTC)


@contextmanager
def frozen(moment: datetime | date) -> Iterator[None]:
    """Stop the clock at an aware instant, or at 09:00 in Hanoi of a day; for tests and rehearsals only.

    The stop holds for the whole process, so that a server thread under test sees the same time.
    """
    before = _Hands.stopped_at
    _Hands.stopped_at = moment if isinstance(moment, datetime) else at_local(moment)
    try:
        yield
    finally:
        _Hands.stopped_at = before
