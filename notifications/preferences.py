"""Which mails a person has switched off; what concerns a deadline or the safety of an account cannot be."""

from collections.abc import Collection

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from app.core.clock import now
from app.core.db import db
from notifications.models import MailSwitchedOff
from notifications.rules import FIXED, MAILED, Kind

SWITCHABLE: tuple[Kind, ...] = tuple(kind for kind in Kind if kind in MAILED - FIXED)


def switched_off(person_id: int) -> frozenset[Kind]:
    """Return the kinds of mail that a person does not want."""
    rows = db.session.scalars(select(MailSwitchedOff.kind).where(MailSwitchedOff.person_id == person_id))
    return frozenset(Kind(kind) for kind in rows)


def unwanted(people: Collection[int]) -> frozenset[tuple[int, str]]:
    """Return the pairs of person and kind that are switched off among some people."""
    if not people:
        return frozenset()
    rows = select(MailSwitchedOff.person_id, MailSwitchedOff.kind).where(
        MailSwitchedOff.person_id.in_(people)
    )
    return frozenset((person_id, kind) for person_id, kind in db.session.execute(rows))


def choose(person_id: int, wanted: Collection[str]) -> None:
    """Keep which of the mails that may be switched off a person wants; what cannot be is left alone."""
    db.session.execute(delete(MailSwitchedOff).where(MailSwitchedOff.person_id == person_id))
    off = [
        {"person_id": person_id, "kind": kind.value, "since": now()}
        for kind in SWITCHABLE
        if kind.value not in wanted
    ]
    if off:
        db.session.execute(insert(MailSwitchedOff).on_conflict_do_nothing(), off)
