"""Acts on people: accounts, passwords that are handed out, roles from - to."""

import re
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from app.core import audit
from app.core.clock import now, today
from app.core.db import db
from app.core.errors import Invalid
from app.core.permissions import Principal, Role
from app.core.text import clean_line, nfc, random_code
from app.organisation.login import check_new_password, hash_password, set_password
from app.organisation.models import Membership, Person, Unit
from app.organisation.services.guard import another_administrator, check_administrator, check_period, taken

USERNAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{1,58})[a-z0-9]")


@dataclass(frozen=True)
class PersonDetails:
    """What an administrator says of a person."""

    full_name: str
    username: str
    position: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True)
class NewRole:
    """A role to be held in a unit from - to (valid_to: its first day of no more)."""

    unit_id: int
    role: Role
    valid_from: date
    valid_to: date | None = None


def create_person(
    details: PersonDetails, *, actor: Principal, first_role: NewRole | None = None
) -> tuple[Person, str]:
    """Create an account, with a first role when one is given; return it with its one-time password.

    The person changes the password at the first sign-in. Raises Invalid beside the field, NotAllowed.
    """
    check_administrator(actor)
    password = one_time_password()
    person = Person(
        password_hash=hash_password(password), must_change_password=True, created_at=now(), is_active=True
    )
    _apply(person, details)
    with taken(_("Tên đăng nhập này đã có người dùng."), "username"):
        db.session.add(person)
    audit.record("person.created", actor=actor, subject=("person", person.id))
    if first_role is not None:
        give_role(person, first_role, actor=actor)
    return person, password


def change_person(person: Person, details: PersonDetails, *, actor: Principal) -> Person:
    """Change who a person is. Raises Invalid beside the field, NotAllowed."""
    check_administrator(actor)
    _apply(person, details)
    with taken(_("Tên đăng nhập này đã có người dùng."), "username"):
        audit.record("person.changed", actor=actor, subject=("person", person.id))
    return person


def close_account(person: Person, *, actor: Principal) -> None:
    """Keep a person from signing in from now on; records go on naming them. Raises Invalid: the last administrator."""
    check_administrator(actor)
    if not another_administrator(today(), without_person=person.id):
        raise Invalid(_("Đây là người quản trị cuối cùng: giao quyền quản trị cho người khác trước."))
    person.is_active = False
    person.session_epoch += 1
    audit.record("person.closed", actor=actor, subject=("person", person.id))
    db.session.flush()


def reopen_account(person: Person, *, actor: Principal) -> None:
    """Let a person sign in again."""
    check_administrator(actor)
    person.is_active = True
    audit.record("person.reopened", actor=actor, subject=("person", person.id))
    db.session.flush()


def reset_password(person: Person, *, actor: Principal) -> str:
    """Give a person a one-time password, end their sessions, and return it to be shown once."""
    check_administrator(actor)
    password = one_time_password()
    set_password(person, password, handed_out=True)
    audit.record("person.password_reset", actor=actor, subject=("person", person.id))
    db.session.flush()
    return password


def end_sessions(person: Person, *, actor: Principal) -> None:
    """Sign a person out everywhere, as after a lost computer; they may sign in again. Raises NotAllowed."""
    check_administrator(actor)
    person.session_epoch += 1
    audit.record("person.sessions_ended", actor=actor, subject=("person", person.id))
    db.session.flush()


def add_from_console(
    details: PersonDetails, password: str, *, unit: Unit | None = None, role: Role | None = None
) -> Person:
    """Create an account on the command line, where there may be no administrator yet. Raises Invalid."""
    check_new_password(password, username=details.username, field="password")
    person = Person(password_hash=hash_password(password), created_at=now(), is_active=True)
    _apply(person, details)
    with taken(_("Tên đăng nhập này đã có người dùng."), "username"):
        db.session.add(person)
    if unit is not None and role is not None:
        db.session.add(
            Membership(person=person, unit=unit, role=role, valid_from=max(today(), unit.valid_from))
        )
    audit.record("person.created", actor=None, subject=("person", person.id))
    db.session.flush()
    return person


def give_role(person: Person, new: NewRole, *, actor: Principal) -> Membership:
    """Give a person a role in a unit from - to.

    Raises Invalid for dates that cross, a unit that is not there all that time, or the same role held already.
    """
    check_administrator(actor)
    check_period(new.valid_from, new.valid_to)
    unit = db.session.get(Unit, new.unit_id)
    if unit is None:
        raise Invalid(_("Không có đơn vị này."), field="unit_id")
    if new.valid_from < unit.valid_from:
        raise Invalid(_("Đơn vị này có từ %(day)s.", day=f"{unit.valid_from:%d/%m/%Y}"), field="valid_from")
    if not unit.in_force(new.valid_from):
        raise Invalid(_("Đơn vị này đã kết thúc."), field="unit_id")
    held = select(Membership).where(
        Membership.person_id == person.id, Membership.unit_id == unit.id, Membership.role == new.role
    )
    for other in db.session.execute(held).scalars():
        starts_before_its_end = other.valid_to is None or new.valid_from < other.valid_to
        if starts_before_its_end and (new.valid_to is None or other.valid_from < new.valid_to):
            raise Invalid(_("Người này đã giữ vai trò đó ở đơn vị này trong thời gian ấy."), field="role")
    row = Membership(
        person=person, unit=unit, role=new.role, valid_from=new.valid_from, valid_to=new.valid_to
    )
    with taken(_("Người này đã giữ vai trò đó ở đơn vị này trong thời gian ấy."), "role"):
        db.session.add(row)
    detail = {"unit_id": unit.id, "role": new.role.value}
    audit.record("role.given", actor=actor, subject=("person", person.id), detail=detail)
    return row


def end_role(membership: Membership, *, on: date, actor: Principal) -> None:
    """End a role on a day, its first day of no more; one that has not begun before that day is taken back altogether.

    Raises Invalid (field 'ends_on') for the last administrator, or a role that has ended before.
    """
    check_administrator(actor)
    if membership.valid_to is not None and membership.valid_to <= on:
        raise Invalid(_("Vai trò này đã kết thúc."), field="ends_on")
    is_administrator = membership.role == Role.ADMINISTRATOR
    if is_administrator and not another_administrator(on, without_person=membership.person_id):
        raise Invalid(
            _("Đây là người quản trị cuối cùng: giao quyền quản trị cho người khác trước."), field="ends_on"
        )
    detail = {"unit_id": membership.unit_id, "role": membership.role.value, "on": on.isoformat()}
    audit.record("role.ended", actor=actor, subject=("person", membership.person_id), detail=detail)
    if on <= membership.valid_from:
        db.session.delete(membership)
    else:
        membership.valid_to = on
    db.session.flush()


def one_time_password() -> str:
    """Return a password that is easy to read out and to type, with about 59 bits."""
    return random_code(3)


def _apply(person: Person, details: PersonDetails) -> None:
    full_name, username = clean_line(details.full_name), nfc(details.username).strip().lower()
    if not full_name:
        raise Invalid(_("Hãy nhập họ tên."), field="full_name")
    if not USERNAME.fullmatch(username):
        raise Invalid(
            _("Tên đăng nhập gồm 3 đến 60 chữ không dấu, số hoặc dấu . - _, ví dụ nguyen.lan."),
            field="username",
        )
    others = select(Person.id).where(Person.username == username)
    if person.id is not None:
        others = others.where(Person.id != person.id)
    if db.session.execute(others).first() is not None:
        raise Invalid(_("Tên đăng nhập này đã có người dùng."), field="username")
    email = clean_line(details.email)
    if email and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email):
        raise Invalid(_("Địa chỉ thư điện tử không đúng."), field="email")
    person.full_name, person.username = full_name[:120], username
    person.position, person.email = clean_line(details.position)[:120], email[:254]
    person.phone = clean_line(details.phone)[:20]
