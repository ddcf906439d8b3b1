"""Guarded loaders: the only way a view gets a petition or a case. Missing and forbidden look alike."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Select, all_, and_, false, literal, or_, select, true
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


# ---------------------------------------------------------------------------------- who may know nothing of a file


def open_to(principal: Principal, table: type[Petition] | type[Case]) -> ColumnElement[bool]:
    """Return the condition under which a file is not closed to somebody.

    Closed to the denounced and their unit, and to whoever has a conflict of interest (I12), whatever rights they have.
    """
    units = sorted(principal.unit_ids)
    mine = literal(principal.person_id) != all_(table.barred_ids)
    return and_(mine, ~table.closed_unit_ids.overlap(units)) if units else mine


def shut_out(principal: Principal, subject: Petition | Case) -> bool:
    """Tell whether a file is closed to somebody: the answer of `open_to` turned round, for a loaded row."""
    return is_shut_out(principal, subject.barred_ids or (), subject.closed_unit_ids or ())


def is_shut_out(principal: Principal, barred: Collection[int], closed_units: Iterable[int]) -> bool:
    """Tell whether somebody is among those who may know nothing of a file, by its two lists."""
    return principal.person_id in barred or not principal.unit_ids.isdisjoint(closed_units)


def _of_denunciation(table: type[Petition] | type[Case]) -> ColumnElement[bool]:
    """Return the condition under which a row is a denunciation, as `is_denunciation` says it of a loaded one."""
    if table is Petition:
        known = Petition.kind.is_not_distinct_from("denunciation")
        return or_(Petition.sealed_identity_id.is_not(None), known)
    return Case.kind == "denunciation"


def by_need(
    hat: Principal,
    permission: Permission,
    table: type[Petition] | type[Case],
    reached: Callable[[Reach], ColumnElement[bool]],
) -> ColumnElement[bool]:
    """Return a condition of reach, narrowed for denunciations to who needs to know of them (NEED_TO_KNOW)."""
    reach, needed = hat.own_reach(permission), hat.own_reach(permission, need=True)
    if reach == needed:
        return reached(reach)
    sealed = _of_denunciation(table)
    return or_(and_(~sealed, reached(reach)), and_(sealed, reached(needed)))


def under_any_hat(
    principal: Principal,
    table: type[Petition] | type[Case],
    condition: Callable[[Principal], ColumnElement[bool]],
) -> ColumnElement[bool]:
    """Return a condition that holds under somebody's own rights, or those of whom they stand in for meanwhile.

    What is closed to the one who stands in, or to the one who is away, stays closed.
    """
    others = (and_(open_to(hat, table), condition(hat)) for hat in principal.behalf)
    return and_(open_to(principal, table), or_(condition(principal), *others))


def visible_petitions(
    principal: Principal, permission: Permission = Permission.PETITION_VIEW
) -> ColumnElement[bool]:
    """Return the condition under which a petition may be seen (or acted on, for another permission)."""
    return under_any_hat(principal, Petition, lambda hat: _petitions_of(hat, permission))


def _petitions_of(hat: Principal, permission: Permission) -> ColumnElement[bool]:
    def reached(reach: Reach) -> ColumnElement[bool]:
        parts = _in_units((Petition.unit_id,), reach)
        if reach.own:
            mine = select(Case.id).where(Case.handler_id == hat.person_id)
            parts += [
                Petition.registered_by_id == hat.person_id,
                Petition.handler_id == hat.person_id,
                Petition.case_id.in_(mine),
            ]
        if permission is Permission.PETITION_VIEW:
            parts += _handed_over(Petition.id, HandOver.petition_id, reach)
        return or_(false(), *parts)

    seen = by_need(hat, permission, Petition, reached)
    if permission is Permission.PETITION_VIEW and Permission.CASE_VIEW in hat.own_permissions:
        # Whoever resolves a case sees the petitions it answers, also when another body registered them.
        cases = select(Case.id).where(open_to(hat, Case), _cases_of(hat, Permission.CASE_VIEW))
        seen = or_(seen, Petition.case_id.in_(cases))
    return seen


def visible_cases(principal: Principal, permission: Permission = Permission.CASE_VIEW) -> ColumnElement[bool]:
    """Return the condition under which a case may be seen (or acted on, for another permission)."""
    return under_any_hat(principal, Case, lambda hat: _cases_of(hat, permission))


def _cases_of(hat: Principal, permission: Permission) -> ColumnElement[bool]:
    def reached(reach: Reach) -> ColumnElement[bool]:
        parts = _in_units((Case.unit_id, Case.assigned_unit_id), reach)
        if reach.own:
            parts.append(Case.handler_id == hat.person_id)
        if permission is Permission.CASE_VIEW:
            parts += _handed_over(Case.id, HandOver.case_id, reach)
        return or_(false(), *parts)

    return by_need(hat, permission, Case, reached)


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
    """Tell whether the principal holds the permission on this very petition or case, as the conditions above would.

    Reads loaded rows; only who gets no yes from them costs a query, when a body may still read what it has handed over.
    """
    return hat_for(principal, permission, subject) is not None


def hat_for(principal: Principal, permission: Permission, subject: Petition | Case) -> Principal | None:
    """Return under whose rights the principal holds the permission here: their own first, else one who is away."""
    if shut_out(principal, subject):
        return None
    hats = (hat for hat in principal.hats if hat is principal or not shut_out(hat, subject))
    return next((hat for hat in hats if _may(hat, permission, subject)), None)


def acting(principal: Principal, permission: Permission, subject: Petition | Case) -> Principal | None:
    """Return the principal as who acts here: in their own right, else on behalf of one who is away; None without both.

    History and the record say on whose behalf (`acting_for`).
    """
    hat = hat_for(principal, permission, subject)
    if hat is None or hat is principal:
        return hat
    return replace(principal, acting_for=hat.person_id)


def _may(hat: Principal, permission: Permission, subject: Petition | Case) -> bool:
    reach = hat.own_reach(permission, need=subject.is_denunciation)
    if reach.own and _is_theirs(hat, subject):
        return True
    units = [subject.unit]
    if isinstance(subject, Case) and subject.assigned_unit is not None:
        units.append(subject.assigned_unit)
    if any(reach.covers(path=unit.path, body_id=unit.body_id) for unit in units):
        return True
    if permission not in (Permission.PETITION_VIEW, Permission.CASE_VIEW):
        return False
    if isinstance(subject, Petition) and permission is Permission.PETITION_VIEW and subject.case is not None:
        case = subject.case
        if not shut_out(hat, case) and _may(hat, Permission.CASE_VIEW, case):
            return True
    of: InstrumentedAttribute[int | None] = (
        HandOver.petition_id if isinstance(subject, Petition) else HandOver.case_id
    )
    parts = _handed_over(type(subject).id, of, reach)
    found = select(type(subject).id).where(type(subject).id == subject.id, or_(false(), *parts))
    return bool(parts) and db.session.execute(found).first() is not None


def _is_theirs(hat: Principal, subject: Petition | Case) -> bool:
    """Tell whether a file is somebody's own: they handle it, registered it, or handle the case that it is in."""
    if subject.handler_id == hat.person_id:
        return True
    if isinstance(subject, Case):
        return False
    case = subject.case
    return subject.registered_by_id == hat.person_id or (
        case is not None and case.handler_id == hat.person_id
    )
