"""What the jobs last did: when each periodic one succeeded, how long it took, how often a job failed.

It stands in the database and not in the queue: a queue that was emptied must not look like one where all is well.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import String, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.db import Base, db


class JobRun(Base):
    """One function that runs in workers. Failures are counted for every job, successes for the periodic ones alone."""

    __tablename__ = "job_runs"

    function: Mapped[str] = mapped_column(String(120), primary_key=True)
    succeeded_at: Mapped[datetime | None]
    seconds: Mapped[float | None]  # how long the last success took
    failures: Mapped[int] = mapped_column(default=0)
    failed_at: Mapped[datetime | None]
    failure: Mapped[str] = mapped_column(String(120), default="")  # the kind of error, never its words


def note_success(function: str, seconds: float) -> None:
    """Keep that a periodic job has just succeeded, and how many seconds it took."""
    at = now()
    statement = insert(JobRun).values(function=function, succeeded_at=at, seconds=seconds, failures=0)
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=[JobRun.function], set_={"succeeded_at": at, "seconds": seconds}
        )
    )


def note_failure(function: str, kind: str) -> None:
    """Count a job that failed, with the kind of its error."""
    at = now()
    statement = insert(JobRun).values(function=function, failures=1, failed_at=at, failure=kind[:120])
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=[JobRun.function],
            set_={"failures": JobRun.failures + 1, "failed_at": at, "failure": kind[:120]},
        )
    )


def last_success(function: str) -> datetime | None:
    """Return when a periodic job last succeeded (UTC); None when it never did."""
    return db.session.scalar(select(JobRun.succeeded_at).where(JobRun.function == function))


def all_runs() -> Sequence[JobRun]:
    """Return what is known of every job, by name."""
    return db.session.scalars(select(JobRun).order_by(JobRun.function)).all()
