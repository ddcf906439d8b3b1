"""Reads for the administrator's pages: the tree of units, and the people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.core.db import db
from app.core.paging import Page, keyset_page
from app.core.permissions import Role
from app.core.text import fold
from app.organisation.models import Membership, Person, Unit, UnitKind
from app.organisation.queries import in_force

_KIND_ORDER = {kind: place for place, kind in enumerate(UnitKind)}


@dataclass
class UnitNode:
    """A unit in the tree, with what a line about it says."""

    id: int
    code: str
    name: str
    short_name: str
    kind: UnitKind
    remote_area: bool
    valid_from: date
    valid_to: date | None
    people: int  # who hold roles here or inside
    children: list["UnitNode"] = field(default_factory=list)

    @property
    def bodies(self) -> list["UnitNode"]:
        """Return the bodies directly below."""
        return [child for child in self.children if child.kind is not UnitKind.DIVISION]

    @property
    def divisions(self) -> list["UnitNode"]:
        """Return the divisions inside, also those inside others."""
        own = [child for child in self.children if child.kind is UnitKind.DIVISION]
        return [found for child in own for found in (child, *child.divisions)]

    def in_force(self, day: date) -> bool:
        """Tell whether the unit exists on a day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


def unit_tree(day: date, *, words: str = "", ended: bool = False) -> list[UnitNode]:
    """Return the units as trees, in two queries.

    With words: only units that match them, with or without diacritics, and what holds those. Units that have ended by
    the day are left out unless asked for.
    """
    held = _people_by_unit(day)
    statement = select(
        Unit.id, Unit.code, Unit.name, Unit.short_name, Unit.kind, Unit.remote_area, Unit.valid_from, Unit.valid_to,
        Unit.parent_id,
    )  # fmt: skip
    if not ended:
        statement = statement.where(or_(Unit.valid_to.is_(None), Unit.valid_to > day))
    rows = db.session.execute(statement).all()
    nodes = {row.id: UnitNode(*row[:8], people=held.get(row.id, 0)) for row in rows}
    parents = {row.id: row.parent_id for row in rows}
    wanted = _matching(nodes, parents, fold(words)) if words else set(nodes)
    roots: list[UnitNode] = []
    for unit_id, node in nodes.items():
        if unit_id not in wanted:
            continue
        above = nodes.get(parents[unit_id] or 0)
        (above.children if above is not None else roots).append(node)
    for node in nodes.values():
        node.children.sort(key=_place)
    return sorted(roots, key=_place)


def _people_by_unit(day: date) -> dict[int, int]:
    """Return how many people hold roles in each unit or inside it."""
    people: dict[int, set[int]] = {}
    rows = db.session.execute(
        select(Unit.path, Membership.person_id)
        .join(Membership, Membership.unit_id == Unit.id)
        .join(Person, Person.id == Membership.person_id)
        .where(Person.is_active, in_force(Membership, day), in_force(Unit, day))
    )
    for path, person_id in rows:
        for unit_id in path.split("/")[1:-1]:
            people.setdefault(int(unit_id), set()).add(person_id)
    return {unit_id: len(held) for unit_id, held in people.items()}


def _place(node: UnitNode) -> tuple[int, str]:
    return _KIND_ORDER[node.kind], fold(node.short_name)


def _matching(nodes: Mapping[int, UnitNode], parents: Mapping[int, int | None], words: str) -> set[int]:
    found: set[int] = set()
    for unit_id, node in nodes.items():
        text = fold(f"{node.code} {node.name} {node.short_name}")
        if not all(word in text for word in words.split()):
            continue
        step: int | None = unit_id
        while step is not None and step in nodes and step not in found:
            found.add(step)
            step = parents[step]
    return found


def unit_choices(day: date) -> list[tuple[Unit, int]]:
    """Return the units in force on a day in the order of the tree, each with its depth, for lists to choose from."""
    units = db.session.execute(select(Unit).where(in_force(Unit, day))).scalars().all()
    below: dict[int | None, list[Unit]] = {}
    ids = {unit.id for unit in units}
    for unit in units:
        below.setdefault(unit.parent_id if unit.parent_id in ids else None, []).append(unit)
    ordered: list[tuple[Unit, int]] = []

    def walk(parent_id: int | None, depth: int) -> None:
        for unit in sorted(below.get(parent_id, ()), key=lambda u: (_KIND_ORDER[u.kind], fold(u.short_name))):
            ordered.append((unit, depth))
            walk(unit.id, depth + 1)

    walk(None, 0)
    return ordered


def units_inside(unit: Unit) -> Sequence[Unit]:
    """Return the units directly inside a unit, also those that have ended, by name."""
    statement = select(Unit).where(Unit.parent_id == unit.id).order_by(Unit.valid_to.desc(), Unit.name)
    return db.session.execute(statement).scalars().all()


def roles_in(unit: Unit, day: date) -> Sequence[Membership]:
    """Return the roles held in a unit on a day by active people, with the people."""
    statement = (
        select(Membership)
        .join(Person)
        .options(joinedload(Membership.person))
        .where(Membership.unit_id == unit.id, Person.is_active, in_force(Membership, day))
        .order_by(Membership.role, Person.name_key)
    )
    return db.session.execute(statement).scalars().all()


def roles_of(person_id: int, day: date) -> Sequence[Membership]:
    """Return the roles that a person holds on a day, with their units."""
    statement = (
        select(Membership)
        .join(Unit)
        .options(joinedload(Membership.unit))
        .where(Membership.person_id == person_id, in_force(Membership, day), in_force(Unit, day))
        .order_by(Membership.id)
    )
    return db.session.execute(statement).scalars().all()


@dataclass(frozen=True)
class PeopleFilter:
    """What the list of people is narrowed to; lives in the address."""

    words: str = ""
    unit_id: int | None = None
    role: Role | None = None
    closed: bool = False


def people_page(wanted: PeopleFilter, day: date, cursor: str | None) -> Page[Person]:
    """Return a page of people by name, with their roles and units; names are found without diacritics."""
    statement = select(Person).where(Person.is_active.is_(not wanted.closed))
    for word in fold(wanted.words).split()[:6]:
        pattern = "%" + word.replace("\\", "").replace("%", "\\%").replace("_", "\\_") + "%"
        statement = statement.where(or_(Person.name_key.like(pattern), Person.username.like(pattern)))
    if wanted.unit_id is not None or wanted.role is not None:
        held = select(Membership.person_id).join(Unit).where(in_force(Membership, day))
        if wanted.unit_id is not None:
            path = select(Unit.path).where(Unit.id == wanted.unit_id).scalar_subquery()
            held = held.where(Unit.path.startswith(path))
        if wanted.role is not None:
            held = held.where(Membership.role == wanted.role)
        statement = statement.where(Person.id.in_(held))
    statement = statement.options(
        selectinload(Person.memberships).joinedload(Membership.unit).joinedload(Unit.body)
    )
    return keyset_page(statement, [Person.name_key, Person.id], cursor=cursor)
