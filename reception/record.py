"""Who looked at a case and why: the audit entries on it, its petitions, visits, clocks and file of protection."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, not_, or_, select
from sqlalchemy.orm import joinedload

from app.core.audit import REFUSED, AuditEntry
from app.core.audit_seals import without_seal
from app.core.clock import at_local
from app.core.db import db
from app.core.paging import Page, keyset_page
from app.core.permissions import Role
from app.organisation.models import Person, Unit
from complaints.models.cases import Assignment, Case
from complaints.models.clocks import Clock
from complaints.models.petitions import Petition
from complaints.models.protection import ProtectionMeasure
from reception.models import Visit

PAGE_LINES = 50
_LOOKS = ("extract.opened", "identity.opened", "protection.opened", "receipt.printed")


class What(StrEnum):
    """What the page may be narrowed to."""

    LOOKED = "looked"
    DID = "did"
    REFUSED = "refused"


@dataclass(frozen=True)
class RecordFilter:
    """What the address asks for; empty shows everything."""

    person_id: int | None = None
    day: date | None = None
    what: What | None = None
    cursor: str | None = None


@dataclass(frozen=True)
class RecordLine:
    """One entry as the page shows it: who, what, on which record, as what, and from where."""

    entry: AuditEntry
    person: str | None  # None: the system itself, or somebody who was not signed in
    about: str  # the number of the petition or visit; empty for the case itself
    roles: Sequence[tuple[Role, str]]  # with the unit in which the role is held
    handled: bool  # whether the person held the case at that moment
    sealed: bool

    @property
    def what(self) -> What:
        """Return whether this is a look, an act or a refusal."""
        action = self.entry.action
        if action.endswith(REFUSED):
            return What.REFUSED
        looked = action.endswith((".viewed", ".file_opened", ".numbers_shown")) or action in _LOOKS
        return What.LOOKED if looked else What.DID


@dataclass(frozen=True)
class RecordPage:
    """A page of lines, and the people that it may be narrowed to."""

    lines: Page[RecordLine]
    people: Sequence[tuple[int, str]]
    waiting: int = 0  # lines without a seal yet


@dataclass(frozen=True)
class _Belongs:
    """What belongs to a case, by kind of subject and id, with the number that people know it by."""

    numbers: Mapping[tuple[str, int], str] = field(default_factory=dict)

    def condition(self) -> ColumnElement[bool]:
        kinds: dict[str, list[int]] = {}
        for kind, subject_id in self.numbers:
            kinds.setdefault(kind, []).append(subject_id)
        return or_(
            *(and_(AuditEntry.subject_kind == k, AuditEntry.subject_id.in_(ids)) for k, ids in kinds.items())
        )


def record_of(case: Case, wanted: RecordFilter) -> RecordPage:
    """Return one page of the record of a case, newest first. Whether the reader may see it was asked before."""
    belongs = _belonging_to(case)
    mine = belongs.condition()
    statement = select(AuditEntry).where(mine, *_conditions(wanted))
    page = keyset_page(statement, (AuditEntry.id,), cursor=wanted.cursor, size=PAGE_LINES, descending=True)
    open_ids = without_seal([entry.id for entry in page.items])
    people = _people(mine)
    lines = _lines(case, page.items, belongs, dict(people), open_ids)
    return RecordPage(Page(lines, page.next_cursor, page.previous_cursor), people, len(open_ids))


def _belonging_to(case: Case) -> _Belongs:
    numbers: dict[tuple[str, int], str] = {("case", case.id): ""}
    petitions = (
        db.session.execute(select(Petition).where(Petition.case_id == case.id)).unique().scalars().all()
    )
    ids = [petition.id for petition in petitions]
    numbers |= {("petition", petition.id): petition.number for petition in petitions}
    visits = db.session.execute(
        select(Visit).where(Visit.petition_id.in_(ids)).options(joinedload(Visit.unit))
    )
    for visit in visits.unique().scalars():
        numbers[("visit", visit.id)] = visit.number
        if visit.refusal_duty_id is not None:
            numbers[("duty", visit.refusal_duty_id)] = visit.number
    for kind, table, mine in (
        ("clock", Clock, or_(Clock.case_id == case.id, Clock.petition_id.in_(ids))),
        ("protection_measure", ProtectionMeasure, ProtectionMeasure.case_id == case.id),
    ):
        numbers |= {(kind, one): "" for one in db.session.scalars(select(table.id).where(mine))}
    return _Belongs(numbers)


def _conditions(wanted: RecordFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.person_id is not None:
        found.append(AuditEntry.actor_id == wanted.person_id)
    if wanted.day is not None:
        first, after = at_local(wanted.day, time(0)), at_local(wanted.day + timedelta(days=1), time(0))
        found += [AuditEntry.at >= first, AuditEntry.at < after]
    refused = AuditEntry.action.like(f"%{REFUSED}")
    looked = or_(
        AuditEntry.action.like("%.viewed"), AuditEntry.action.like("%.file_opened"),
        AuditEntry.action.like("%.numbers_shown"), AuditEntry.action.in_(_LOOKS)
    )  # fmt: skip
    if wanted.what is What.LOOKED:
        found.append(looked)
    elif wanted.what is What.REFUSED:
        found.append(refused)
    elif wanted.what is What.DID:
        found.append(not_(or_(looked, refused)))
    return found


def _people(mine: ColumnElement[bool]) -> Sequence[tuple[int, str]]:
    acted = select(AuditEntry.actor_id).where(mine, AuditEntry.actor_id.is_not(None)).distinct()
    rows = db.session.execute(select(Person.id, Person.full_name).where(Person.id.in_(acted)))
    return sorted(((person_id, name) for person_id, name in rows), key=lambda row: (row[1], row[0]))


def _lines(
    case: Case, entries: Sequence[AuditEntry], belongs: _Belongs, names: Mapping[int, str], open_ids: set[int]
) -> list[RecordLine]:
    held = [_roles_in(entry.detail) for entry in entries]
    units = _unit_names({unit_id for roles in held for _role, unit_id in roles})
    holders = _holders(case)
    return [
        RecordLine(
            entry=entry,
            person=names.get(entry.actor_id) if entry.actor_id is not None else None,
            about=belongs.numbers.get((entry.subject_kind, entry.subject_id or 0), ""),
            roles=[(role, units.get(unit_id, "")) for role, unit_id in roles],
            handled=entry.actor_id is not None and _holder_at(holders, entry.at) == entry.actor_id,
            sealed=entry.id not in open_ids,
        )
        for entry, roles in zip(entries, held, strict=True)
    ]


def _roles_in(detail: Mapping[str, Any]) -> list[tuple[Role, int]]:
    """Return the roles that opened a page, as the entry keeps them: 'leader@12'."""
    found = []
    for word in detail.get("as", ()):
        role, _at, unit_id = str(word).partition("@")
        if role in set(Role) and unit_id.isdecimal():
            found.append((Role(role), int(unit_id)))
    return found


def _unit_names(ids: set[int]) -> Mapping[int, str]:
    rows = db.session.execute(select(Unit.id, Unit.short_name).where(Unit.id.in_(ids)))
    return {unit_id: name for unit_id, name in rows}


def _holders(case: Case) -> Sequence[tuple[datetime, int | None]]:
    held = select(Assignment.assigned_at, Assignment.handler_id).where(Assignment.case_id == case.id)
    return [(at, who) for at, who in db.session.execute(held.order_by(Assignment.id))]


def _holder_at(holders: Sequence[tuple[datetime, int | None]], moment: datetime) -> int | None:
    return next((who for at, who in reversed(holders) if at <= moment), None)
