"""What an inspector or leader oversees: what is late and whose, and the figures per unit and per officer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Date, Integer, case, cast, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.core.clock import today
from app.core.db import db
from app.core.paging import Page, keyset_page
from app.organisation.models import Person, Unit
from complaints.models.cases import Case
from complaints.models.clocks import Escalation, EscalationTold
from complaints.models.duties import Duty
from complaints.models.petitions import Petition
from complaints.queries.worklists import Reached

SOON_DAYS = 7


@dataclass(frozen=True)
class Figures:
    """Open, due soon, late; and of what was decided in the period, how much on time."""

    id: int | None
    name: str
    open: int
    soon: int
    late: int
    decided: int
    on_time: int

    @property
    def on_time_rate(self) -> int | None:
        """Return the share of decisions on time in per cent, or None when nothing was decided."""
        return round(100 * self.on_time / self.decided) if self.decided else None


def late_cases(seen: Reached, *, unit_id: int | None = None, cursor: str | None = None) -> Page[Case]:
    """Return the cases whose nearest clock has ended, the oldest first."""
    units = seen.unit_ids if unit_id is None else tuple(u for u in seen.unit_ids if u == unit_id)
    statement = (
        select(Case)
        .where(Case.is_open, Case.next_due_on < today(), seen.known(Case))
        .where(or_(Case.unit_id.in_(units), Case.assigned_unit_id.in_(units)))
        .options(joinedload(Case.unit), joinedload(Case.handler), joinedload(Case.assigned_unit))
    )
    return keyset_page(statement, [Case.next_due_on, Case.id], cursor=cursor)


def late_petitions(seen: Reached, *, unit_id: int | None = None, cursor: str | None = None) -> Page[Petition]:
    """Return the petitions at the desk whose nearest clock has ended, the oldest first."""
    units = seen.unit_ids if unit_id is None else tuple(u for u in seen.unit_ids if u == unit_id)
    statement = (
        select(Petition)
        .where(Petition.is_open, Petition.next_due_on < today(), Petition.unit_id.in_(units))
        .where(seen.known(Petition))
        .options(joinedload(Petition.unit), joinedload(Petition.handler))
    )
    return keyset_page(statement, [Petition.next_due_on, Petition.id], cursor=cursor)


def late_duties(seen: Reached, *, unit_id: int | None = None, limit: int = 50) -> Sequence[Duty]:
    """Return what bodies owe besides petitions and cases (the written refusal, R12) and have let pass, oldest first."""
    units = seen.unit_ids if unit_id is None else tuple(u for u in seen.unit_ids if u == unit_id)
    statement = (
        select(Duty)
        .where(Duty.is_open, Duty.next_due_on < today(), Duty.unit_id.in_(units))
        .options(joinedload(Duty.unit))
    )
    return db.session.scalars(statement.order_by(Duty.next_due_on, Duty.id).limit(limit)).all()


def by_unit(seen: Reached, start: date, end: date) -> list[Figures]:
    """Return the figures of each resolving body for decisions issued from `start` to `end`, both days counted."""
    day = today()
    decided = Case.decided_on.between(start, end)
    statement = (
        select(
            Unit.id,
            Unit.short_name,
            func.count().filter(Case.is_open),
            func.count().filter(Case.is_open, Case.next_due_on.between(day, day + timedelta(days=SOON_DAYS))),
            func.count().filter(Case.is_open, Case.next_due_on < day),
            func.count().filter(decided),
            func.count().filter(decided, Case.on_time.is_(True)),
        )
        .join(Case, Case.unit_id == Unit.id)
        .where(Unit.id.in_(seen.unit_ids), or_(Case.is_open, decided), seen.known(Case))
        .group_by(Unit.id, Unit.short_name, Unit.path)
        .order_by(Unit.path)
    )
    return [Figures(*row) for row in db.session.execute(statement)]


def by_officer(seen: Reached, start: date, end: date, *, unit_id: int | None = None) -> list[Figures]:
    """Return the figures of each handler; cases without one stand under an empty name."""
    day = today()
    units = seen.unit_ids if unit_id is None else tuple(u for u in seen.unit_ids if u == unit_id)
    decided = Case.decided_on.between(start, end)
    statement = (
        select(
            Case.handler_id,
            func.coalesce(Person.full_name, ""),
            func.count().filter(Case.is_open),
            func.count().filter(Case.is_open, Case.next_due_on.between(day, day + timedelta(days=SOON_DAYS))),
            func.count().filter(Case.is_open, Case.next_due_on < day),
            func.count().filter(decided),
            func.count().filter(decided, Case.on_time.is_(True)),
        )
        .outerjoin(Person, Person.id == Case.handler_id)
        .where(or_(Case.unit_id.in_(units), Case.assigned_unit_id.in_(units)), or_(Case.is_open, decided))
        .where(seen.known(Case))
        .group_by(Case.handler_id, Person.full_name)
        .order_by(Person.full_name.nulls_first())
    )
    return [Figures(*row) for row in db.session.execute(statement)]


def last_escalations(ids: Sequence[int], of: str = "case") -> dict[int, Escalation]:
    """Return the newest alert of each 'case', 'petition' or 'duty' with who was told, in two queries."""
    if not ids:
        return {}
    name = f"{of}_id"
    column = getattr(Escalation, name)
    newest = select(func.max(Escalation.id)).where(column.in_(ids)).group_by(column)
    statement = (
        select(Escalation)
        .where(Escalation.id.in_(newest))
        .options(
            selectinload(Escalation.told).joinedload(EscalationTold.person), joinedload(Escalation.clock)
        )
    )
    rows = db.session.execute(statement).scalars()
    return {getattr(row, name): row for row in rows}


def decided_per_month(seen: Reached, start: date, end: date) -> list[tuple[date, int, int]]:
    """Return (first day of the month, decided, of them on time) for each month with decisions."""
    month = cast(func.date_trunc("month", Case.decided_on), Date)
    statement = (
        select(month, func.count(), func.sum(cast(case((Case.on_time.is_(True), 1), else_=0), Integer)))
        .where(Case.unit_id.in_(seen.unit_ids), Case.decided_on.between(start, end), seen.known(Case))
        .group_by(month)
        .order_by(month)
    )
    return [(first, decided, on_time or 0) for first, decided, on_time in db.session.execute(statement)]
