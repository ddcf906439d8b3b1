"""Reads of the organisation: who somebody is today, where units stand, who is to be told, which days are worked."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import g
from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import aliased

from app.core.calendar import Adjustment, WorkCalendar
from app.core.db import db
from app.core.permissions import MembershipFacts, Principal, Role
from app.organisation.models import CalendarDay, Membership, Person, Unit, UnitKind

# Units whose people look over the whole tree of their parent, or receive for it.
FOR_PARENT = frozenset({UnitKind.INSPECTORATE, UnitKind.RECEPTION_OFFICE})


def in_force(table: Any, day: date) -> ColumnElement[bool]:
    """Return the condition under which a membership or unit (or an alias of one) holds on a day."""
    return and_(table.valid_from <= day, or_(table.valid_to.is_(None), table.valid_to > day))


# ------------------------------------------------------------------------------------------------ who somebody is


@dataclass(frozen=True)
class SignedInFacts:
    """What every request needs to know of whoever is signed in, from one query."""

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
    body, parent = aliased(Unit), aliased(Unit)
    places = (
        select(
            Membership.id, Membership.person_id, Membership.role, Unit.id.label("unit_id"), Unit.path,
            body.id.label("body_id"), body.path.label("body_path"), body.kind.label("body_kind"),
            body.short_name.label("body_name"), parent.path.label("parent_path"),
        )
        .join(Unit, Unit.id == Membership.unit_id)
        .join(body, body.id == Unit.body_id)
        .outerjoin(parent, parent.id == body.parent_id)
        .where(Membership.person_id == person_id, in_force(Membership, day), in_force(Unit, day), in_force(body, day))
        .subquery()
    )  # fmt: skip
    rows = db.session.execute(
        select(
            Person.full_name,
            Person.username,
            Person.locale,
            Person.session_epoch,
            Person.must_change_password,
            places,
        )
        .outerjoin(places, places.c.person_id == Person.id)
        .where(Person.id == person_id, Person.is_active)
        .order_by(places.c.id)
    ).all()
    if not rows:
        return None
    first = rows[0]
    memberships = tuple(
        MembershipFacts(Role(r.role), r.unit_id, r.path, r.body_id, r.body_path, _overseen(r))
        for r in rows
        if r.unit_id is not None
    )
    return SignedInFacts(
        principal=Principal(person_id, first.full_name, memberships),
        username=first.username,
        main_unit=first.body_name or "",
        locale=first.locale,
        session_epoch=first.session_epoch,
        must_change_password=first.must_change_password,
    )


def _overseen(row: Any) -> str:
    """Return the subtree that a role watches over: an inspectorate and a reception office stand for their parent."""
    return row.parent_path if row.body_kind in FOR_PARENT and row.parent_path else row.body_path


def principal_for(person_id: int, day: date) -> Principal | None:
    """Return who a person is on a day, or None when unknown or not active. One query."""
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
    body, above = aliased(Unit), aliased(Unit)
    places = db.session.execute(
        select(
            Unit.id, Unit.path, body.id.label("body_id"), body.kind.label("body_kind"),
            body.advisory_unit_id, above.id.label("above_id"),
        )
        .join(body, body.id == Unit.body_id)
        .outerjoin(above, above.id == body.parent_id)
        .where(Unit.id.in_(wanted))
    ).all()  # fmt: skip
    holders = _holders_around(places, day)
    return {place.id: _contacts(place, holders) for place in places}


@dataclass(frozen=True)
class _Holder:
    """One role held: by whom, where."""

    person_id: int
    role: Role
    unit_id: int
    body_id: int
    watches: int | None  # the body that an inspectorate stands for


def _holders_around(places: Sequence[Any], day: date) -> list[_Holder]:
    """Return who holds roles in the bodies of some places, in the bodies above, and in the inspectorates of both."""
    bodies_ = {place.body_id for place in places} | {place.above_id for place in places if place.above_id}
    body = aliased(Unit)
    rows = db.session.execute(
        select(Membership.person_id, Membership.role, Unit.id, body.id, body.kind, body.parent_id)
        .join(Unit, Unit.id == Membership.unit_id)
        .join(body, body.id == Unit.body_id)
        .join(Person, Person.id == Membership.person_id)
        .where(Person.is_active, in_force(Membership, day), in_force(Unit, day), in_force(body, day))
        .where(Membership.role.in_((Role.UNIT_HEAD, Role.PETITION_OFFICER, Role.LEADER, Role.INSPECTOR)))
        .where(
            or_(body.id.in_(bodies_), and_(body.kind == UnitKind.INSPECTORATE, body.parent_id.in_(bodies_)))
        )
        .order_by(Membership.id)
    ).all()
    return [
        _Holder(person, Role(role), unit, body_id, parent if kind is UnitKind.INSPECTORATE else None)
        for person, role, unit, body_id, kind, parent in rows
    ]


def _contacts(place: Any, holders: Sequence[_Holder]) -> Contacts:
    def who(role: Role, *, units: Collection[int | None] = (), body_id: int | None = None) -> tuple[int, ...]:
        found = [
            h.person_id for h in holders if h.role is role and (h.unit_id in units or h.body_id == body_id)
        ]
        return tuple(dict.fromkeys(found))

    around = [int(part) for part in place.path.split("/") if part]
    inside = around[around.index(place.body_id) :] if place.body_id in around else [place.id]
    nearest = (who(Role.UNIT_HEAD, units=[unit]) for unit in reversed(inside))
    heads = next((found for found in nearest if found), who(Role.UNIT_HEAD, units=[place.advisory_unit_id]))
    authority = place.above_id if place.body_kind in FOR_PARENT else place.body_id
    watched = {place.body_id, place.above_id} - {None}
    oversight = who(Role.INSPECTOR, units=[place.advisory_unit_id])
    inspectors = (h.person_id for h in holders if h.role is Role.INSPECTOR and h.watches in watched)
    return Contacts(
        unit_heads=heads,
        officers=who(Role.PETITION_OFFICER, body_id=place.body_id),
        leaders=who(Role.LEADER, units=[place.body_id]) or who(Role.LEADER, units=[authority]),
        leaders_above=who(Role.LEADER, units=[place.above_id]),
        oversight=tuple(dict.fromkeys((*oversight, *inspectors))),
    )


# ------------------------------------------------------------------------------------------------------- calendar


def work_calendar() -> WorkCalendar:
    """Return the office's calendar: the general holidays with the office's own days over them; read once a request."""
    calendar: WorkCalendar | None = g.get("work_calendar")
    if calendar is None:
        rows = db.session.execute(select(CalendarDay.day, CalendarDay.working, CalendarDay.reason))
        calendar = WorkCalendar(Adjustment(day, working, reason) for day, working, reason in rows)
        g.work_calendar = calendar
    return calendar
