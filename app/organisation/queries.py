"""Reads of the organisation: who somebody is today, which units stand where, who is to be told, which days are worked."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import g
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import aliased

from app.core.calendar import Adjustment, WorkCalendar
from app.core.db import db
from app.core.permissions import MembershipFacts, Principal, Role
from app.organisation.models import CalendarDay, Membership, Person, Unit, UnitKind

# Units whose people look over the whole tree of their parent, or receive for it.
_FOR_PARENT = frozenset({UnitKind.INSPECTORATE, UnitKind.RECEPTION_OFFICE})


def in_force(table: type[Membership] | type[Unit], day: date):  # type: ignore[no-untyped-def]
    """Return the condition under which a membership or unit holds on a day."""
    return and_(table.valid_from <= day, or_(table.valid_to.is_(None), table.valid_to > day))


@dataclass(frozen=True)
class SignedInFacts:
    """What every request needs to know of whoever is signed in, from one query."""

    person: Person
    principal: Principal
    main_unit: str


def facts_of_person(person_id: int, day: date) -> SignedInFacts | None:
    """Return a person who may work on a day, with the memberships in force; None when unknown or inactive."""
    body, parent = aliased(Unit), aliased(Unit)
    statement = (
        select(Person, Membership.role, Unit, body, parent.path)
        .outerjoin(Membership, and_(Membership.person_id == Person.id, in_force(Membership, day)))
        .outerjoin(Unit, and_(Unit.id == Membership.unit_id, in_force(Unit, day)))
        .outerjoin(body, body.id == Unit.body_id)
        .outerjoin(parent, parent.id == body.parent_id)
        .where(Person.id == person_id, Person.is_active)
        .order_by(Membership.id)
    )
    rows = db.session.execute(statement).all()
    if not rows:
        return None
    person = rows[0][0]
    memberships = []
    for _person, role, unit, body_row, parent_path in rows:
        if unit is None or body_row is None:
            continue
        overseen = parent_path if body_row.kind in _FOR_PARENT and parent_path else body_row.path
        memberships.append(
            MembershipFacts(Role(role), unit.id, unit.path, body_row.id, body_row.path, overseen)
        )
    principal = Principal(person.id, person.full_name, tuple(memberships))
    main_unit = next((row[3].short_name for row in rows if row[3] is not None), "")
    return SignedInFacts(person, principal, main_unit)


def principal_for(person_id: int, day: date) -> Principal | None:
    """Return who a person is on a day, or None when unknown or inactive."""
    facts = facts_of_person(person_id, day)
    return facts.principal if facts else None


def unit_by_id(unit_id: int) -> Unit | None:
    """Return a unit, or None."""
    return db.session.get(Unit, unit_id)


def bodies(day: date) -> Sequence[Unit]:
    """Return the bodies in force on a day, by name."""
    statement = select(Unit).where(in_force(Unit, day), Unit.kind != UnitKind.DIVISION).order_by(Unit.name)
    return db.session.execute(statement).scalars().all()


def descendants(unit: Unit, day: date) -> Sequence[Unit]:
    """Return a unit and everything below it in force on a day, in tree order."""
    statement = select(Unit).where(Unit.path.like(f"{unit.path}%"), in_force(Unit, day)).order_by(Unit.path)
    return db.session.execute(statement).scalars().all()


def people_in(units: Iterable[int], roles: Collection[Role], day: date) -> Sequence[Person]:
    """Return the active people who hold one of the roles in one of the units on a day, by name."""
    statement = (
        select(Person)
        .join(Membership)
        .where(Membership.unit_id.in_(tuple(units)), Membership.role.in_(roles), in_force(Membership, day))
        .where(Person.is_active)
        .order_by(Person.full_name)
        .distinct()
    )
    return db.session.execute(statement).scalars().all()


def authority_of(unit: Unit) -> Unit:
    """Return the body whose head decides for a unit: a reception office or inspectorate acts for its parent's."""
    body = unit if unit.is_body or unit.body is None else unit.body
    if body.kind in _FOR_PARENT and body.parent is not None:
        return body.parent
    return body


def superior_of(body: Unit) -> Unit | None:
    """Return the body directly above (commune and department -> province), or None at the top."""
    return body.parent


def work_calendar() -> WorkCalendar:
    """Return the office's calendar: the general holidays with the office's own days over them; read once a request."""
    calendar: WorkCalendar | None = g.get("work_calendar")
    if calendar is None:
        rows = db.session.execute(select(CalendarDay)).scalars()
        calendar = WorkCalendar(Adjustment(row.day, row.working, row.reason) for row in rows)
        g.work_calendar = calendar
    return calendar


@dataclass(frozen=True)
class Contacts:
    """Who is to be told of what happens in a unit, by level; each may be empty."""

    unit_heads: tuple[int, ...] = ()
    officers: tuple[int, ...] = ()  # petition officers: they hold what has no handler yet
    leaders: tuple[int, ...] = ()
    leaders_above: tuple[int, ...] = ()
    oversight: tuple[int, ...] = ()


def contacts_for(unit_ids: Collection[int], day: date) -> Mapping[int, Contacts]:
    """Return the contacts of several units on a day, in two queries however many units there are.

    Oversight is the inspectors of the body's advisory unit, and those of an inspectorate beside or above the body.
    """
    units = {unit.id: unit for unit in db.session.execute(select(Unit)).scalars()}
    rows = db.session.execute(
        select(Membership.unit_id, Membership.role, Membership.person_id)
        .join(Person)
        .where(Person.is_active, in_force(Membership, day))
        .order_by(Membership.id)
    )
    held: dict[tuple[int, Role], list[int]] = {}
    for unit_id, role, person_id in rows:
        held.setdefault((unit_id, Role(role)), []).append(person_id)
    inspectorates = [unit for unit in units.values() if unit.kind is UnitKind.INSPECTORATE]
    return {unit_id: _contacts(units[unit_id], units, held, inspectorates) for unit_id in unit_ids if unit_id in units}


def _contacts(
    unit: Unit, units: Mapping[int, Unit], held: Mapping[tuple[int, Role], list[int]], inspectorates: Sequence[Unit]
) -> Contacts:
    body = units[unit.body_id or unit.id]
    above = units.get(body.parent_id or 0)
    divisions = [u for u in units.values() if u.body_id == body.id]

    def who(places: Iterable[Unit | None], role: Role) -> tuple[int, ...]:
        found = [p for place in places if place is not None for p in held.get((place.id, role), ())]
        return tuple(dict.fromkeys(found))

    over = [u for u in inspectorates if u.parent_id in (body.id, body.parent_id)]
    advisory = units.get(body.advisory_unit_id or 0)
    return Contacts(
        unit_heads=who([unit], Role.UNIT_HEAD),
        officers=who(divisions, Role.PETITION_OFFICER),
        leaders=who([body], Role.LEADER) or who([authority_of(body)], Role.LEADER),
        leaders_above=who([above], Role.LEADER),
        oversight=who([advisory, *over], Role.INSPECTOR),
    )
