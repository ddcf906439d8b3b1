"""Guarded loaders of the administrator's pages: who may not manage the organisation finds nothing there."""

from typing import TypeVar

from app.core.db import Base, db
from app.core.errors import NotFound
from app.core.permissions import Permission, Principal
from app.organisation.models import Membership, Person, Unit

Row = TypeVar("Row", bound=Base)


def unit_for(principal: Principal, unit_id: int) -> Unit:
    """Return a unit to manage. Raises NotFound when there is none or it may not be managed."""
    return _load(principal, Unit, unit_id)


def person_for(principal: Principal, person_id: int) -> Person:
    """Return a person to manage. Raises NotFound alike."""
    return _load(principal, Person, person_id)


def membership_for(principal: Principal, membership_id: int) -> Membership:
    """Return a role held, to manage. Raises NotFound alike."""
    return _load(principal, Membership, membership_id)


def _load(principal: Principal, table: type[Row], row_id: int) -> Row:
    # An id beyond the column's range is one that cannot exist.
    row = db.session.get(table, row_id) if 0 < row_id < 2**31 else None
    if row is None or not principal.may(Permission.ORGANISATION_MANAGE):
        raise NotFound
    return row
