"""The inbox of petitions and the worklist of cases: what is due first, at the same cost at any size."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, false, func, literal, or_, select, union_all

from app.core.clock import today
from app.core.db import db
from app.core.paging import Page, keyset_page
from app.core.permissions import Permission, Principal, Reach
from app.organisation.chart import UnitPlace, chart
from complaints.access import by_need, open_to, under_any_hat
from complaints.ladder import KEEPING
from complaints.models.cases import Case
from complaints.models.clocks import Clock
from complaints.models.petitions import Petition
from complaints.queries.lines import CaseLine, PetitionLine, case_lines, petition_lines
from complaints.workflow.catalogue import INTAKE, OF_CASES

READ_MAX = 2000  # so many open rows are read to be counted at once
COUNT_MAX = 999  # counts stop here ('999+'): a count that scans would grow with the years
OPEN_PETITION_STATES = tuple(code for code, state in INTAKE.states.items() if state.open)
OPEN_CASE_STATES = tuple(
    dict.fromkeys(code for w in OF_CASES for code, state in w.states.items() if state.open)
)


@dataclass(frozen=True)
class WorkFilter:
    """What the address of a worklist asks for; empty shows what is open."""

    state: str = ""
    kind: str = ""
    due: str = ""  # late, today, soon; with `closed`: kept (stored, and the time of keeping has ended)
    unit_id: int | None = None
    mine: bool = False
    closed: bool = False
    cursor: str | None = None

    def arguments(self) -> dict[str, Any]:
        """Return the query arguments of this filter without the cursor."""
        values = {"state": self.state, "kind": self.kind, "due": self.due, "unit": self.unit_id,
                  "mine": "1" if self.mine else "", "closed": "1" if self.closed else ""}  # fmt: skip
        return {name: value for name, value in values.items() if value}


@dataclass(frozen=True)
class Reached:
    """The units whose work a person sees, whether their own assignments come besides, and under whose rights."""

    unit_ids: tuple[int, ...]
    own: bool
    principal: Principal
    permission: Permission

    def files(self, table: type[Petition] | type[Case], wanted: WorkFilter) -> ColumnElement[bool]:
        """Return the condition for the files of these units that the person may know of (access.py, I12)."""
        reached_of = _petitions_in if table is Petition else _cases_in

        def of(hat: Principal) -> ColumnElement[bool]:
            return by_need(hat, self.permission, table, lambda reach: reached_of(hat, reach, wanted))

        return under_any_hat(self.principal, table, of)

    def known(self, table: type[Petition] | type[Case]) -> ColumnElement[bool]:
        """Return the same condition for a statement that is narrowed to these units already."""
        if self.principal.behalf:
            return self.files(table, WorkFilter())
        return open_to(self.principal, table)


def reached(principal: Principal, permission: Permission) -> Reached:
    """Return the units within a permission's reach, as ids that an index can serve."""
    reach = principal.reach(permission)
    return Reached(_unit_ids(reach), reach.own, principal, permission)


def _unit_ids(reach: Reach) -> tuple[int, ...]:
    return chart().within(reach) if reach.everything or reach.paths or reach.body_ids else ()


def _due_condition(column: Any, due: str, day: date) -> ColumnElement[bool] | None:
    if due == "late":
        return column < day
    if due == "today":
        return column == day
    if due == "soon":
        return column.between(day, day + timedelta(days=7))
    return None


def _petitions_in(hat: Principal, reach: Reach, wanted: WorkFilter) -> ColumnElement[bool]:
    mine = Petition.handler_id == hat.person_id
    if wanted.mine:
        return mine
    units = tuple(u for u in _unit_ids(reach) if wanted.unit_id is None or u == wanted.unit_id)
    parts = (
        [Petition.unit_id == units[0] if len(units) == 1 else Petition.unit_id.in_(units)] if units else []
    )
    if reach.own and wanted.unit_id is None:
        parts += [mine, Petition.registered_by_id == hat.person_id] if not units else []
    return or_(false(), *parts)


def _kept_long_enough() -> ColumnElement[bool]:
    """Return the condition under which the head may decide to destroy a stored petition (X22)."""
    ended = select(Clock.petition_id).where(
        Clock.code == KEEPING, Clock.state == "running", Clock.due_on < today(), Clock.beside_id.is_(None)
    )
    return Petition.id.in_(ended)


def inbox(wanted: WorkFilter, seen: Reached) -> Page[PetitionLine]:
    """Return one page of petitions, due first; with `closed`, the newest of those that have left the desk."""
    statement = petition_lines().where(seen.files(Petition, wanted))
    if wanted.kind:
        statement = statement.where(Petition.kind == wanted.kind)
    if wanted.state:
        statement = statement.where(Petition.state == wanted.state)
    if wanted.closed:
        if wanted.due == "kept":
            statement = statement.where(_kept_long_enough())
        return keyset_page(
            statement.where(~Petition.is_open), [Petition.id], cursor=wanted.cursor, descending=True,
            line=PetitionLine.of,
        )  # fmt: skip
    statement = statement.where(Petition.is_open)
    due = _due_condition(Petition.next_due_on, wanted.due, today())
    if due is not None:
        statement = statement.where(due)
    return keyset_page(
        statement, [Petition.next_due_on, Petition.id], cursor=wanted.cursor, line=PetitionLine.of
    )


def _cases_in(hat: Principal, reach: Reach, wanted: WorkFilter) -> ColumnElement[bool]:
    mine = Case.handler_id == hat.person_id
    known = _unit_ids(reach)
    if wanted.mine or (reach.own and not known):
        return mine
    units = tuple(u for u in known if wanted.unit_id is None or u == wanted.unit_id)
    if not units:
        return false()
    return or_(Case.unit_id.in_(units), Case.assigned_unit_id.in_(units))


def worklist(wanted: WorkFilter, seen: Reached) -> Page[CaseLine]:
    """Return one page of cases, due first; with `closed`, the newest of those that have ended."""
    statement = case_lines().where(seen.files(Case, wanted))
    if wanted.kind:
        statement = statement.where(Case.kind == wanted.kind)
    if wanted.state:
        statement = statement.where(Case.state == wanted.state)
    if wanted.closed:
        return keyset_page(
            statement.where(~Case.is_open), [Case.id], cursor=wanted.cursor, descending=True, line=CaseLine.of
        )
    statement = statement.where(Case.is_open)
    due = _due_condition(Case.next_due_on, wanted.due, today())
    if due is not None:
        statement = statement.where(due)
    return keyset_page(statement, [Case.next_due_on, Case.id], cursor=wanted.cursor, line=CaseLine.of)


@dataclass(frozen=True)
class Counts:
    """How much is open, per state and by due date; each number stops at COUNT_MAX."""

    by_state: Mapping[str, int]
    late: int
    due_today: int
    total: int


def petition_counts(seen: Reached, wanted: WorkFilter = WorkFilter()) -> Counts:
    """Count the open petitions of the inbox, all or one's own, in one statement."""
    scope = seen.files(Petition, wanted)
    return _counts(Petition, scope, OPEN_PETITION_STATES)


def case_counts(seen: Reached, wanted: WorkFilter = WorkFilter()) -> Counts:
    """Count the open cases of the worklist, all or one's own, in one statement."""
    return _counts(Case, seen.files(Case, wanted), OPEN_CASE_STATES)


def _counts(table: type[Petition] | type[Case], scope: ColumnElement[bool], states: Sequence[str]) -> Counts:
    """Count what is open by reading it once while it is little, else up to COUNT_MAX a label through an index each."""
    day = today()
    late, due_today = table.next_due_on < day, table.next_due_on == day
    some = (
        select(table.state, late.label("late"), due_today.label("today"))
        .where(scope, table.is_open)
        .limit(READ_MAX + 1)
        .subquery()
    )
    grouped = select(
        some.c.state, func.count(), func.count().filter(some.c.late), func.count().filter(some.c.today)
    ).group_by(some.c.state)
    rows = db.session.execute(grouped).all()
    if sum(row[1] for row in rows) > READ_MAX:
        conditions = {state: table.state == state for state in states} | {"late": late, "today": due_today}
        return _bounded_counts(table, scope, conditions)
    found = {row[0]: row[1] for row in rows}
    by_state = {state: found[state] for state in states if state in found}
    return Counts(by_state, sum(row[2] for row in rows), sum(row[3] for row in rows), sum(found.values()))


def _bounded_counts(
    table: type[Petition] | type[Case],
    scope: ColumnElement[bool],
    conditions: Mapping[str, ColumnElement[bool]],
) -> Counts:
    """Count up to COUNT_MAX rows a label, each through an index, in one round trip."""
    parts: list[Select[str, int]] = []
    for label, condition in conditions.items():
        some = select(table.id).where(scope, table.is_open, condition).limit(COUNT_MAX + 1).subquery()
        parts.append(select(literal(label), func.count()).select_from(some))
    found: dict[str, int] = dict(db.session.execute(union_all(*parts)).all())
    late, due_today = found.pop("late", 0), found.pop("today", 0)
    by_state = {state: number for state, number in found.items() if number}
    return Counts(by_state, late, due_today, sum(by_state.values()))


def filter_units(seen: Reached) -> Sequence[UnitPlace]:
    """Return the units that a person may filter by, in tree order."""
    units = chart().units
    return [units[unit_id] for unit_id in seen.unit_ids] if len(seen.unit_ids) > 1 else []
