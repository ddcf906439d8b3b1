"""Who succeeds whom: the rows of the table that fit a body and a matter (law.md 9)."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from app.core.db import db
from app.core.text import fold
from app.organisation.models import Unit
from complaints.models.cases import Case
from complaints.models.petitions import Petition
from complaints.models.successions import AuthoritySuccession, HandOver

SHOWN = 500


def all_successions() -> Sequence[AuthoritySuccession]:
    """Return the table as its page lists it: what is in force first, then by the old body's name."""
    statement = (
        select(AuthoritySuccession)
        .options(
            joinedload(AuthoritySuccession.new_unit),
            joinedload(AuthoritySuccession.entered_by),
            joinedload(AuthoritySuccession.ended_by),
        )
        .order_by(
            AuthoritySuccession.valid_to.desc().nulls_first(),
            AuthoritySuccession.old_body_key,
            AuthoritySuccession.id,
        )
        .limit(SHOWN)
    )
    return db.session.scalars(statement).all()


def successor_of(
    *, unit_id: int | None, name: str, kind: str, field: str, on: date
) -> AuthoritySuccession | None:
    """Return the row that says who took over from a body, by its unit or its name, or None.

    A row for the very kind and field goes before one for all; of two alike the later one counts.
    """
    who = []
    if unit_id is not None:
        who.append(AuthoritySuccession.old_unit_id == unit_id)
    key = fold(name)
    if key:
        who.append(AuthoritySuccession.old_body_key == key)
    if not who:
        return None
    statement = select(AuthoritySuccession).where(
        or_(*who),
        AuthoritySuccession.valid_from <= on,
        or_(AuthoritySuccession.valid_to.is_(None), AuthoritySuccession.valid_to > on),
        AuthoritySuccession.kind.in_(("", kind)),
        AuthoritySuccession.field.in_(("", field)),
    )
    found = db.session.scalars(statement.options(joinedload(AuthoritySuccession.new_unit))).all()
    return max(found, key=lambda row: (bool(row.kind), bool(row.field), row.valid_from, row.id), default=None)


def successions_from(unit: Unit, *, kind: str, field: str, on: date) -> Sequence[AuthoritySuccession]:
    """Return the rows by which a body of ours may hand a matter over: those that name it as the old body."""
    statement = select(AuthoritySuccession).where(
        AuthoritySuccession.old_unit_id == (unit.body_id or unit.id),
        AuthoritySuccession.valid_from <= on,
        or_(AuthoritySuccession.valid_to.is_(None), AuthoritySuccession.valid_to > on),
        AuthoritySuccession.kind.in_(("", kind)),
        AuthoritySuccession.field.in_(("", field)),
    )
    statement = statement.options(joinedload(AuthoritySuccession.new_unit)).order_by(AuthoritySuccession.id)
    return db.session.scalars(statement).all()


def hand_overs_of(subject: Petition | Case) -> Sequence[HandOver]:
    """Return how a petition or case came from body to body, in order."""
    column = HandOver.petition_id if isinstance(subject, Petition) else HandOver.case_id
    statement = (
        select(HandOver)
        .where(column == subject.id)
        .options(
            joinedload(HandOver.from_unit), joinedload(HandOver.to_unit), joinedload(HandOver.succession)
        )
        .order_by(HandOver.id)
    )
    return db.session.scalars(statement).all()
