"""The organisation chart in memory: units, people and their roles, read again whenever any of them has changed.

Every request asks who is signed in and which units that person sees. Units and roles change a few times a week, so each
process keeps them, and a request only asks PostgreSQL whether its copy is still the newest: triggers on the tables
give the chart a new version in the transaction that changes it, whoever writes it.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from uuid import UUID

from flask import current_app, g, has_request_context
from sqlalchemy import Select, func, select

from app.core.db import db
from app.core.permissions import Permission, Reach, Role
from app.organisation.delegation import Delegation, passed_on
from app.organisation.models import ChartVersion, Membership, Person, Unit, UnitKind

_EXTENSION = "tiepdan.chart"


@dataclass(frozen=True, slots=True)
class UnitPlace:
    """A unit as the chart has it; `path` holds the ids from the root down."""

    id: int
    code: str
    short_name: str
    kind: UnitKind
    path: str
    parent_id: int | None
    body_id: int | None
    valid_from: date
    valid_to: date | None

    def in_force(self, day: date) -> bool:
        """Tell whether the unit exists on a day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, slots=True)
class Held:
    """A role held in a unit from - to (valid_to is the first day on which it is held no more)."""

    person_id: int
    role: Role
    unit_id: int
    valid_from: date
    valid_to: date | None

    def in_force(self, day: date) -> bool:
        """Tell whether the role is held on a day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, slots=True)
class StandIn:
    """Whose work somebody does from - to, which, and by which paper (valid_to is the first day of no more)."""

    from_person_id: int
    only: frozenset[Permission]
    valid_from: date
    valid_to: date
    document_no: str

    def in_force(self, day: date) -> bool:
        """Tell whether it holds on a day."""
        return self.valid_from <= day < self.valid_to


@dataclass(frozen=True, slots=True)
class PersonPlace:
    """An active person as every request needs them; no password, no contacts."""

    id: int
    full_name: str
    username: str
    locale: str
    session_epoch: int
    must_change_password: bool


@dataclass(frozen=True)
class Chart:
    """All units in tree order, the active people, and who holds what."""

    version: UUID | None
    units: Mapping[int, UnitPlace]
    people: Mapping[int, PersonPlace]
    held: Mapping[int, tuple[Held, ...]]  # by person, in the order in which roles were given
    stand_ins: Mapping[int, tuple[StandIn, ...]]  # by who stands in

    def within(self, reach: Reach) -> tuple[int, ...]:
        """Return the ids of the units that a reach covers, ended ones too, in tree order."""
        return tuple(u.id for u in self.units.values() if reach.covers(path=u.path, body_id=u.body_id))


def chart(*, fresh: bool = False) -> Chart:
    """Return the chart as the database has it now: one small query, and none for the rest of a request.

    `fresh` asks again within a request, for whoever has just changed what the chart shows.
    """
    kept: Chart | None = g.get("chart")
    if kept is not None and not fresh:
        return kept
    return chart_at(db.session.execute(_version()).scalar_one_or_none())


def chart_at(version: UUID | None) -> Chart:
    """Return the chart of the version that the database has now, for whoever has just read that version."""
    kept: Chart | None = current_app.extensions.get(_EXTENSION)
    if kept is None or version is None or kept.version != version:
        kept = current_app.extensions[_EXTENSION] = _read(version)
    if has_request_context():
        g.chart = kept
    return kept


@cache
def _version() -> Select[UUID]:
    return select(ChartVersion.version)


def _read(version: UUID | None) -> Chart:
    """Read the chart in four queries. The version was read before: what changes meanwhile is seen by the next look."""
    units = db.session.execute(
        select(
            Unit.id, Unit.code, Unit.short_name, Unit.kind, Unit.path, Unit.parent_id, Unit.body_id, Unit.valid_from,
            Unit.valid_to,
        ).order_by(Unit.path)
    )  # fmt: skip
    people = db.session.execute(
        select(
            Person.id, Person.full_name, Person.username, Person.locale, Person.session_epoch,
            Person.must_change_password,
        ).where(Person.is_active)
    )  # fmt: skip
    roles = db.session.execute(
        select(
            Membership.person_id,
            Membership.role,
            Membership.unit_id,
            Membership.valid_from,
            Membership.valid_to,
        ).order_by(Membership.id)
    )
    stand_ins: dict[int, list[StandIn]] = defaultdict(list)
    for row in db.session.execute(
        select(
            Delegation.to_person_id, Delegation.from_person_id, Delegation.permissions, Delegation.with_seal,
            Delegation.valid_from, func.least(Delegation.valid_to, Delegation.ended_on), Delegation.document_no,
        ).order_by(Delegation.id)
    ):  # fmt: skip
        to_person, from_person, permissions, with_seal, *period_and_paper = row
        only = passed_on(permissions, with_seal=with_seal)
        stand_ins[to_person].append(StandIn(from_person, only, *period_and_paper))
    held: dict[int, list[Held]] = defaultdict(list)
    for row in roles:
        held[row.person_id].append(Held(*row))
    return Chart(
        version,
        {row.id: UnitPlace(*row) for row in units},
        {row.id: PersonPlace(*row) for row in people},
        {person_id: tuple(roles_held) for person_id, roles_held in held.items()},
        {person_id: tuple(rows) for person_id, rows in stand_ins.items()},
    )
