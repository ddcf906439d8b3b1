"""Guarded loaders: the only way a view gets a petition or a case. Missing and forbidden look alike."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.base import ExecutableOption

from app.core.db import db
from app.core.errors import NotFound
from app.core.permissions import Permission, Principal, Reach
from app.organisation.models import Unit
from complaints.models.cases import Case
from complaints.models.duties import Duty
from complaints.models.petitions import Petition
from complaints.models.successions import HandOver


def units_within(reach: Reach) -> Select[int]:
    """Return a select of the ids of the units that a reach covers."""
    parts: list[ColumnElement[bool]] = [Unit.path.like(f"{path}%") for path in reach.paths]
    if reach.body_ids:
        parts.append(Unit.body_id.in_(reach.body_ids))
    parts += [and_(Unit.path.like(f"{top}%"), Unit.body_id != body) for top, body in reach.below]
    return select(Unit.id).where(true() if reach.everything else or_(false(), *parts))


def _in_units(columns: Iterable[InstrumentedAttribute[Any]], reach: Reach) -> list[ColumnElement[bool]]:
    if not (reach.everything or reach.paths or reach.body_ids or reach.below):
        return []
    units = units_within(reach)
    return [column.in_(units) for column in columns]


def _handed_over(
    subject: InstrumentedAttribute[int], column: InstrumentedAttribute[int | None], reach: Reach
) -> list[ColumnElement[bool]]:
    """Return the condition under which a body still reads what it has handed over to its successor."""
    if reach.everything or not (reach.paths or reach.body_ids):
        return []
    theirs = HandOver.from_unit_id.in_(units_within(reach))
    return [subject.in_(select(column).where(HandOver.old_body_reads, theirs, column.is_not(None)))]


def visible_petitions(
    principal: Principal, permission: Permission = Permission.PETITION_VIEW
) -> ColumnElement[bool]:
    """Return the condition under which a petition may be seen (or acted on, for another permission)."""
    reach = principal.reach(permission)
    parts = _in_units((Petition.unit_id,), reach)
    if reach.own:
        mine = select(Case.id).where(Case.handler_id == principal.person_id)
        parts += [
            Petition.registered_by_id == principal.person_id,
            Petition.handler_id == principal.person_id,
            Petition.case_id.in_(mine),
        ]
    if permission is Permission.PETITION_VIEW and principal.may(Permission.CASE_VIEW):
        # Whoever resolves a case sees the petitions it answers, also when another body registered them.
        cases = select(Case.id).where(visible_cases(principal))
        parts.append(Petition.case_id.in_(cases))
    if permission is Permission.PETITION_VIEW:
        parts += _handed_over(Petition.id, HandOver.petition_id, reach)
    return or_(false(), *parts)


def visible_cases(principal: Principal, permission: Permission = Permission.CASE_VIEW) -> ColumnElement[bool]:
    """Return the condition under which a case may be seen (or acted on, for another permission)."""
    reach = principal.reach(permission)
    parts = _in_units((Case.unit_id, Case.assigned_unit_id), reach)
    if reach.own:
        parts.append(Case.handler_id == principal.person_id)
    if permission is Permission.CASE_VIEW:
        parts += _handed_over(Case.id, HandOver.case_id, reach)
    return or_(false(), *parts)


def visible_duties(principal: Principal) -> ColumnElement[bool]:
    """Return the condition under which a duty may be seen: by whoever sees the visits of the body that owes it."""
    return Duty.unit_id.in_(units_within(principal.reach(Permission.VISIT_VIEW)))


def duty_for(principal: Principal, duty_id: int) -> Duty:
    """Return a duty that the principal may see. Raises NotFound."""
    statement = select(Duty).where(Duty.id == duty_id, visible_duties(principal))
    duty = db.session.execute(statement).scalar_one_or_none()
    if duty is None:
        raise NotFound
    return duty


def petition_for(
    principal: Principal,
    petition_id: int,
    permission: Permission = Permission.PETITION_VIEW,
    *,
    load: Sequence[ExecutableOption] = (),
) -> Petition:
    """Return a petition on which the principal holds the permission, with what `load` names. Raises NotFound."""
    statement = select(Petition).where(Petition.id == petition_id, visible_petitions(principal, permission))
    petition = db.session.execute(statement.options(*load)).unique().scalar_one_or_none()
    if petition is None:
        raise NotFound
    return petition


def case_for(
    principal: Principal,
    case_id: int,
    permission: Permission = Permission.CASE_VIEW,
    *,
    load: Sequence[ExecutableOption] = (),
) -> Case:
    """Return a case on which the principal holds the permission, with what `load` names. Raises NotFound."""
    statement = select(Case).where(Case.id == case_id, visible_cases(principal, permission))
    case = db.session.execute(statement.options(*load)).unique().scalar_one_or_none()
    if case is None:
        raise NotFound
    return case


def may_act(principal: Principal, permission: Permission, subject: Petition | Case) -> bool:
    """Tell whether the principal holds the permission on this very petition or case; reads loaded rows only."""
    reach = principal.reach(permission)
    if reach.own and subject.handler_id == principal.person_id:
        return True
    units = [subject.unit]
    if isinstance(subject, Case) and subject.assigned_unit is not None:
        units.append(subject.assigned_unit)
    return any(reach.covers(path=unit.path, body_id=unit.body_id) for unit in units)
