"""Reads of the organisation: who somebody is today, where units stand, who is to be told, which days are worked."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from flask import g
from sqlalchemy import ColumnElement, Date, Integer, Select, and_, bindparam, cast, extract, or_, select
from sqlalchemy.orm import aliased

from app.core.calendar import Adjustment, DayKind, WorkCalendar
from app.core.clock import today
from app.core.db import db
from app.core.permissions import GRANTS, MembershipFacts, Permission, Principal, Role
from app.organisation.chart import Chart, Held, PersonPlace, StandIn, UnitPlace, chart
from app.organisation.models import CalendarDay, Membership, Person, Unit, UnitKind

# Units whose people look over the whole tree of their parent, or receive for it.
FOR_PARENT = frozenset({UnitKind.INSPECTORATE, UnitKind.RECEPTION_OFFICE})


def in_force(table: Any, day: Any) -> ColumnElement[bool]:
    """Return the condition under which a membership or unit (or an alias of one) holds on a day or bound parameter."""
    return and_(table.valid_from <= day, or_(table.valid_to.is_(None), table.valid_to > day))


# ------------------------------------------------------------------------------------------------ who somebody is


@dataclass(frozen=True)
class SignedInFacts:
    """What every request needs to know of whoever is signed in."""

    principal: Principal
    username: str
    main_unit: str  # the body of the first role held
    locale: str
    session_epoch: int
    must_change_password: bool


def facts_of_person(person_id: int, day: date) -> SignedInFacts | None:
    """Return what a person is on a day, with the memberships in force; None when unknown or not active.

    A membership counts while its unit and the unit's body are in force: who sits in a unit that ended yesterday holds
    nothing today.
    """
    now_held = chart()
    person = now_held.people.get(person_id)
    if person is None:
        return None
    memberships = _memberships(person_id, now_held, day)
    # Whoever holds nothing here any more stands in for nobody either.
    behalf = _behalf(person_id, now_held, day) if memberships else ()
    return SignedInFacts(
        principal=Principal(person_id, person.full_name, memberships, behalf),
        username=person.username,
        main_unit=now_held.units[memberships[0].body_id].short_name if memberships else "",
        locale=person.locale,
        session_epoch=person.session_epoch,
        must_change_password=person.must_change_password,
    )


def _memberships(person_id: int, known: Chart, day: date) -> tuple[MembershipFacts, ...]:
    held = (_membership(role, known, day) for role in known.held.get(person_id, ()))
    return tuple(membership for membership in held if membership is not None)


def _behalf(person_id: int, known: Chart, day: date) -> tuple[Principal, ...]:
    """Return those for whom somebody stands in on a day, with what each still holds on it; what they hold themselves.

    Nothing is passed on twice: who stands in for somebody does not get what that one does for a third.
    """
    return tuple(
        Principal(away.id, away.full_name, _memberships(away.id, known, day), only=row.only)
        for away, row in _stood_in_for(person_id, known, day)
    )


def _stood_in_for(person_id: int, known: Chart, day: date) -> list[tuple[PersonPlace, StandIn]]:
    return [
        (known.people[row.from_person_id], row)
        for row in known.stand_ins.get(person_id, ())
        if row.from_person_id in known.people and row.in_force(day)
    ]


def standing_in(person_id: int, day: date) -> list[tuple[str, date, str]]:
    """Return for whom somebody stands in on a day, until which day and by which paper, the earliest end first."""
    rows = sorted(_stood_in_for(person_id, chart(), day), key=lambda pair: pair[1].valid_to)
    return [(away.full_name, row.valid_to - timedelta(days=1), row.document_no) for away, row in rows]


def _membership(held: Held, known: Chart, day: date) -> MembershipFacts | None:
    """Return a role as it stands on a day, or None when it, its unit or the unit's body is not in force."""
    unit = known.units[held.unit_id]
    body = known.units.get(unit.body_id or 0)
    if body is None or not (held.in_force(day) and unit.in_force(day) and body.in_force(day)):
        return None
    above = known.units.get(body.parent_id or 0)
    # An inspectorate and a reception office stand for their parent.
    overseen = above.path if above is not None and body.kind in FOR_PARENT else body.path
    return MembershipFacts(held.role, unit.id, unit.path, body.id, body.path, overseen)


def principal_for(person_id: int, day: date) -> Principal | None:
    """Return who a person is on a day, or None when unknown or not active."""
    facts = facts_of_person(person_id, day)
    return facts.principal if facts else None


# ---------------------------------------------------------------------------------------------------------- units


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


def authority_of(unit: Unit) -> Unit:
    """Return the body whose head decides for a unit: a reception office or inspectorate acts for its parent's."""
    body = unit if unit.is_body or unit.body is None else unit.body
    if body.kind in FOR_PARENT and body.parent is not None:
        return body.parent
    return body


def superior_of(body: Unit) -> Unit | None:
    """Return the body directly above (commune and department -> province), or None at the top."""
    return body.parent


# --------------------------------------------------------------------------------------------------------- people


def people_in(units: Iterable[int], roles: Collection[Role], day: date) -> Sequence[Person]:
    """Return the active people who hold one of the roles in one of the units on a day, by name."""
    held = select(Membership.person_id).where(
        Membership.unit_id.in_(tuple(units)), Membership.role.in_(roles), in_force(Membership, day)
    )
    statement = (
        select(Person).where(Person.id.in_(held), Person.is_active).order_by(Person.name_key, Person.id)
    )
    return db.session.execute(statement).scalars().all()


def people_at_work(people: Collection[int], day: date) -> set[int]:
    """Return those of some people who still work here on a day: active, with a role in force in a unit in force."""
    known = chart()
    return {person for person in people if person in known.people and _memberships(person, known, day)}


def people_who_may(permission: Permission, day: date) -> set[int]:
    """Return the active people whose own roles on a day grant a permission, however far it reaches."""
    known = chart()
    return {
        person
        for person in known.people
        if any(permission in GRANTS[held.role] for held in _memberships(person, known, day))
    }


@dataclass(frozen=True)
class Contacts:
    """Who is to be told of what happens in a unit, by level; each may be empty."""

    unit_heads: tuple[int, ...] = ()
    officers: tuple[int, ...] = ()  # petition officers: they hold what has no handler yet
    leaders: tuple[int, ...] = ()
    leaders_above: tuple[int, ...] = ()
    oversight: tuple[int, ...] = ()


def contacts_for(unit_ids: Collection[int], day: date) -> Mapping[int, Contacts]:
    """Return the contacts of several units on a day, in two queries however many units are asked for or exist.

    A unit head is that of the unit, else of the nearest unit around it in the same body; for a body without one it is
    the head of its advisory unit. Oversight is the inspectors of the body's advisory unit, and those of an inspectorate
    of the body or of the body above.
    """
    wanted = tuple(unit_ids)
    if not wanted:
        return {}
    places = db.session.execute(_places_statement(), {"unit_ids": wanted}).all()
    around = {place.body_id for place in places} | {place.above_id for place in places if place.above_id}
    rows = db.session.execute(_holders_statement(), {"body_ids": tuple(around), "day": day})
    holders = _Holders(rows)
    return {place.id: _contacts(place, holders) for place in places}


@cache
def _places_statement() -> Select[int, str, int, UnitKind, int | None, int]:
    """Return the query for some units with their bodies and the bodies above; built once."""
    body, above = aliased(Unit), aliased(Unit)
    return (
        select(
            Unit.id, Unit.path, body.id.label("body_id"), body.kind.label("body_kind"),
            body.advisory_unit_id, above.id.label("above_id"),
        )
        .join(body, body.id == Unit.body_id)
        .outerjoin(above, above.id == body.parent_id)
        .where(Unit.id.in_(bindparam("unit_ids", expanding=True)))
    )  # fmt: skip


@cache
def _holders_statement() -> Select[int, Role, int, int, UnitKind, int | None]:
    """Return the query for who holds roles in some bodies and in the inspectorates of those; built once."""
    body, day = aliased(Unit), bindparam("day", type_=Date)
    around: Any = bindparam("body_ids", expanding=True)
    return (
        select(
            Membership.person_id, Membership.role, Unit.id.label("unit_id"), body.id.label("body_id"), body.kind,
            body.parent_id,
        )
        .join(Unit, Unit.id == Membership.unit_id)
        .join(body, body.id == Unit.body_id)
        .join(Person, Person.id == Membership.person_id)
        .where(Person.is_active, in_force(Membership, day), in_force(Unit, day), in_force(body, day))
        .where(Membership.role.in_((Role.UNIT_HEAD, Role.PETITION_OFFICER, Role.LEADER, Role.INSPECTOR)))
        .where(or_(body.id.in_(around), and_(body.kind == UnitKind.INSPECTORATE, body.parent_id.in_(around))))
        .order_by(Membership.id)
    )  # fmt: skip


class _Holders:
    """Who holds which role where, by unit, by body, and by the body that an inspectorate stands for."""

    def __init__(self, rows: Iterable[Any]) -> None:
        self._in_unit: dict[tuple[Role, int], list[int]] = defaultdict(list)
        self._in_body: dict[tuple[Role, int], list[int]] = defaultdict(list)
        self._watching: dict[int, list[int]] = defaultdict(list)
        for row in rows:
            self._in_unit[row.role, row.unit_id].append(row.person_id)
            self._in_body[row.role, row.body_id].append(row.person_id)
            if row.kind is UnitKind.INSPECTORATE and row.role is Role.INSPECTOR and row.parent_id is not None:
                self._watching[row.parent_id].append(row.person_id)

    def in_unit(self, role: Role, unit_id: int | None) -> tuple[int, ...]:
        """Return who holds a role in a unit itself."""
        return tuple(self._in_unit.get((role, unit_id), ())) if unit_id is not None else ()

    def in_body(self, role: Role, body_id: int) -> tuple[int, ...]:
        """Return who holds a role anywhere in a body."""
        return tuple(dict.fromkeys(self._in_body.get((role, body_id), ())))

    def watching(self, body_id: int | None) -> tuple[int, ...]:
        """Return the inspectors of a body's inspectorate."""
        return tuple(self._watching.get(body_id, ())) if body_id is not None else ()


def _contacts(place: Any, holders: _Holders) -> Contacts:
    around = [int(part) for part in place.path.split("/") if part]
    inside = around[around.index(place.body_id) :] if place.body_id in around else [place.id]
    nearest = (holders.in_unit(Role.UNIT_HEAD, unit) for unit in (*reversed(inside), place.advisory_unit_id))
    authority = place.above_id if place.body_kind in FOR_PARENT else place.body_id
    advising = holders.in_unit(Role.INSPECTOR, place.advisory_unit_id)
    inspectors = (*holders.watching(place.body_id), *holders.watching(place.above_id))
    return Contacts(
        unit_heads=next((found for found in nearest if found), ()),
        officers=holders.in_body(Role.PETITION_OFFICER, place.body_id),
        leaders=holders.in_unit(Role.LEADER, place.body_id) or holders.in_unit(Role.LEADER, authority),
        leaders_above=holders.in_unit(Role.LEADER, place.above_id),
        oversight=tuple(dict.fromkeys((*advising, *inspectors))),
    )


# ------------------------------------------------------------------------------------------------------- calendar


def calendar_unit(unit_id: int) -> int | None:
    """Return whose calendar a unit follows: the nearest province or city around it, else the top of its tree.

    None for a unit that does not exist.
    """
    known = chart() if unit_id in chart().units else chart(fresh=True)
    return _followed(known, known.units[unit_id]) if unit_id in known.units else None


def _followed(known: Chart, unit: UnitPlace) -> int:
    around = [int(part) for part in unit.path.split("/") if part]
    provinces = (u for u in reversed(around) if known.units[u].kind is UnitKind.PROVINCE)
    return next(provinces, around[0])


def calendar_units(day: date) -> list[UnitPlace]:
    """Return the units in force on a day that have a calendar of their own, in tree order."""
    known = chart()
    return [u for u in known.units.values() if u.in_force(day) and _followed(known, u) == u.id]


def units_with_calendar_of(owner_id: int) -> list[int]:
    """Return the units that follow the calendar of a province, ended ones too."""
    known = chart()
    return [u.id for u in known.units.values() if _followed(known, u) == owner_id]


def work_calendar(unit_id: int | None = None) -> WorkCalendar:
    """Return the calendar that a unit follows: the general days with the official ones over them; read once a request.

    Without a unit it is the first province's: there is one in most installations.
    """
    kept: dict[int | None, WorkCalendar] = g.setdefault("work_calendars", {})
    if unit_id not in kept:
        owners = calendar_units(today()) if unit_id is None else ()
        owner = calendar_unit(unit_id) if unit_id is not None else owners[0].id if owners else None
        if owner not in kept:
            kept[owner] = _read_calendar(owner)
        kept[unit_id] = kept[owner]
    return kept[unit_id]


def _read_calendar(owner: int | None) -> WorkCalendar:
    rows = db.session.execute(
        select(CalendarDay.day, CalendarDay.kind, CalendarDay.reason).where(CalendarDay.unit_id == owner)
    )
    return WorkCalendar(Adjustment(day, kind.is_worked(day), reason) for day, kind, reason in rows)


def forget_calendars() -> None:
    """Have calendars read again within this request or job, after one of them has changed."""
    g.pop("work_calendars", None)


def years_without_official_days(day: date) -> list[tuple[UnitPlace, int]]:
    """Return each calendar with each year that nothing official is known of: this year, from 1 December also the next.

    A closure of one day says nothing about the year's holidays.
    """
    years = [day.year, day.year + 1] if day.month == 12 else [day.year]
    year = extract("year", CalendarDay.day)
    known = select(CalendarDay.unit_id, cast(year, Integer)).where(
        CalendarDay.kind != DayKind.CLOSURE, year.in_(years)
    )
    official = {(unit_id, number) for unit_id, number in db.session.execute(known.distinct())}
    return [
        (unit, number)
        for unit in calendar_units(day)
        for number in years
        if (unit.id, number) not in official
    ]
