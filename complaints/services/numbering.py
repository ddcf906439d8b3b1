"""Register numbers: per unit, register and year, without gaps under concurrent desks."""

import secrets

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from app.core.db import db
from complaints.models.petitions import RegisterCounter

# No letters or digits that are mistaken for one another when read over a counter (0/O, 1/I/L, 2/Z, 5/S, 8/B).
_TRACKING_ALPHABET = "34679ACDEFGHJKMNPQRTUVWXY"
_TRACKING_LENGTH = 10


def next_number(unit_id: int, register: str, year: int) -> int:
    """Return the next number of a register ('petition', 'case', 'visit') and hold it until the commit.

    The counter's row stays locked, so a rollback gives the number back and no gap arises.
    """
    statement = insert(RegisterCounter).values(unit_id=unit_id, register=register, year=year, last_no=1)
    statement = statement.on_conflict_do_update(
        index_elements=["unit_id", "register", "year"], set_={"last_no": RegisterCounter.last_no + 1}
    )
    return int(db.session.execute(statement.returning(RegisterCounter.last_no)).scalar_one())


def new_tracking_code() -> str:
    """Return a code that a citizen can read out and nobody can guess (10 of 25 letters and digits: 46 bits)."""
    return "".join(secrets.choice(_TRACKING_ALPHABET) for _ in range(_TRACKING_LENGTH))


def only_one_at_a_time(key: str) -> None:
    """Hold a lock on a submission's key until the commit, so that a double click waits for the first click."""
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))
