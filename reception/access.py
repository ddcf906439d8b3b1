"""Guarded loaders of the desk: the only way a view gets a visit. Missing and forbidden look alike."""

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import joinedload

from app.core.db import db
from app.core.errors import NotFound
from app.core.permissions import Permission, Principal
from complaints.access import open_to, units_within
from complaints.models.petitions import Petition
from reception.models import OnlineSession, Visit


def visible_visits(
    principal: Principal, permission: Permission = Permission.VISIT_VIEW
) -> ColumnElement[bool]:
    """Return the condition under which a visit may be seen (or acted on, for another permission).

    A visit whose petition is closed to them is closed with it (I12).
    """
    closed = select(Petition.id).where(Petition.id == Visit.petition_id, ~open_to(principal, Petition))
    return and_(Visit.unit_id.in_(units_within(principal.reach(permission))), ~closed.exists())


def visit_for(principal: Principal, visit_id: int, permission: Permission = Permission.VISIT_VIEW) -> Visit:
    """Return a visit on which the principal holds the permission. Raises NotFound."""
    statement = (
        select(Visit)
        .where(Visit.id == visit_id, visible_visits(principal, permission))
        .options(
            joinedload(Visit.unit),
            joinedload(Visit.officer),
            joinedload(Visit.petition).joinedload(Petition.unit),
        )
    )
    visit = db.session.execute(statement).unique().scalar_one_or_none()
    if visit is None:
        raise NotFound
    return visit


def visible_sessions(
    principal: Principal, permission: Permission = Permission.VISIT_VIEW
) -> ColumnElement[bool]:
    """Return the condition under which an online session may be seen (or acted on, for another permission)."""
    return OnlineSession.unit_id.in_(units_within(principal.reach(permission)))


def session_for(principal: Principal, session_id: int) -> OnlineSession:
    """Return an online session that the principal may see. Raises NotFound."""
    statement = (
        select(OnlineSession)
        .where(OnlineSession.id == session_id, visible_sessions(principal))
        .options(joinedload(OnlineSession.unit))
    )
    session = db.session.execute(statement).scalar_one_or_none()
    if session is None:
        raise NotFound
    return session
