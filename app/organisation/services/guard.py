"""What the administrator's acts share: the right to act, dates that make sense, names that are taken."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.core.db import db
from app.core.errors import Invalid, NotAllowed
from app.core.permissions import Permission, Principal, Role
from app.organisation.models import Membership, Person, Unit
from app.organisation.queries import in_force

EARLIEST, LATEST = date(1945, 9, 2), date(2100, 12, 31)


def check_administrator(actor: Principal) -> None:
    """Raise NotAllowed unless the actor manages the organisation."""
    if not actor.may(Permission.ORGANISATION_MANAGE):
        raise NotAllowed(_("Chỉ người quản trị được sửa đơn vị và người dùng."))


def check_period(start: date, end: date | None, *, end_field: str = "valid_to") -> None:
    """Refuse an end that is not after the start, and years that are slips of the finger. Raises Invalid."""
    if not EARLIEST <= start <= LATEST:
        raise Invalid(_("Năm này không hợp lý."), field="valid_from")
    if end is not None and not EARLIEST <= end <= LATEST:
        raise Invalid(_("Năm này không hợp lý."), field=end_field)
    if end is not None and end <= start:
        raise Invalid(_("Ngày kết thúc phải sau ngày bắt đầu."), field=end_field)


def another_administrator(
    day: date, *, without_person: int | None = None, outside_path: str | None = None
) -> bool:
    """Tell whether an administrator remains on a day when a person, or everybody below a path, no longer counts."""
    statement = (
        select(Membership.id)
        .join(Person, Person.id == Membership.person_id)
        .join(Unit, Unit.id == Membership.unit_id)
        .where(
            Membership.role == Role.ADMINISTRATOR,
            Person.is_active,
            in_force(Membership, day),
            in_force(Unit, day),
        )
    )
    if without_person is not None:
        statement = statement.where(Membership.person_id != without_person)
    if outside_path is not None:
        statement = statement.where(~Unit.path.like(f"{outside_path}%"))
    return db.session.execute(statement.limit(1)).first() is not None


@contextmanager
def taken(message: str, field: str) -> Iterator[None]:
    """Flush what the block changed; raise Invalid beside the field when somebody else took the name in that moment."""
    try:
        yield
        db.session.flush()
    except IntegrityError:
        raise Invalid(message, field=field) from None
