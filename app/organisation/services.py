"""The administrator's acts: units, people, memberships, calendar days; and changing the own password."""

import secrets
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import g
from sqlalchemy import select

from app.core import audit
from app.core.clock import now, today
from app.core.db import db
from app.core.errors import Invalid, NotAllowed, NotFound
from app.core.events import publish
from app.core.permissions import Permission, Principal, Role
from app.core.text import clean_line, nfc
from app.organisation.events import CalendarChanged
from app.organisation.login import PASSWORD_MIN, hash_password, password_matches
from app.organisation.models import CalendarDay, Membership, Person, Unit, UnitKind


def change_own_password(current: str, new: str, *, actor: Principal) -> Person:
    """Change the actor's password and end all other sessions. Raises Invalid beside the field."""
    person = db.session.get(Person, actor.person_id)
    if person is None or not password_matches(person.password_hash, current):
        raise Invalid("Mật khẩu hiện tại không đúng.", field="current")
    if len(new) < PASSWORD_MIN:
        raise Invalid(f"Mật khẩu có ít nhất {PASSWORD_MIN} ký tự.", field="new")
    person.password_hash = hash_password(new)
    person.session_epoch += 1
    audit.record("person.password_changed", actor=actor, subject=("person", person.id))
    db.session.flush()
    return person


def _administrator(actor: Principal) -> None:
    if not actor.may(Permission.ORGANISATION_MANAGE):
        raise NotAllowed("Chỉ người quản trị được sửa đơn vị và người dùng.")


def save_unit(unit: Unit | None, values: Mapping[str, Any], *, actor: Principal) -> Unit:
    """Create a unit (None) or change one. Raises Invalid for a taken code, a parent inside itself, or dates that cross."""
    _administrator(actor)
    code = clean_line(values["code"]).upper()
    taken = db.session.execute(select(Unit).where(Unit.code == code)).scalar_one_or_none()
    if taken is not None and taken is not unit:
        raise Invalid("Ký hiệu này đã dùng cho đơn vị khác.", field="code")
    parent = db.session.get(Unit, values["parent_id"]) if values.get("parent_id") else None
    if unit is not None and parent is not None and parent.path.startswith(unit.path):
        raise Invalid("Đơn vị không thể thuộc chính nó hoặc đơn vị cấp dưới của nó.", field="parent_id")
    if values.get("valid_to") and values["valid_to"] <= values["valid_from"]:
        raise Invalid("Ngày hết hiệu lực phải sau ngày bắt đầu.", field="valid_to")
    kind = UnitKind(values["kind"])
    if kind is UnitKind.DIVISION and parent is None:
        raise Invalid("Phòng, bộ phận phải thuộc một cơ quan.", field="parent_id")
    if unit is None:
        unit = Unit(code=code, valid_from=values["valid_from"], path="", kind=kind)
        db.session.add(unit)
    elif unit.kind != kind:
        raise Invalid("Không đổi loại của đơn vị đã có; hãy kết thúc và tạo đơn vị mới.", field="kind")
    unit.code, unit.parent = code, parent
    unit.name, unit.short_name = clean_line(values["name"]), clean_line(values["short_name"])
    unit.place = clean_line(values.get("place") or "")
    unit.remote_area = bool(values.get("remote_area"))
    unit.valid_from, unit.valid_to = values["valid_from"], values.get("valid_to")
    db.session.flush()
    _move(unit)
    audit.record("unit.saved", actor=actor, subject=("unit", unit.id))
    return unit


def _move(unit: Unit) -> None:
    """Write the paths and bodies of a unit and everything below it."""
    before = unit.path
    unit.path = f"{unit.parent.path if unit.parent else '/'}{unit.id}/"
    unit.body = unit if unit.is_body else (unit.parent.body if unit.parent else unit)
    db.session.flush()
    if before and before != unit.path:
        below = select(Unit).where(Unit.path.like(f"{before}%"), Unit.id != unit.id).order_by(Unit.path)
        for child in db.session.execute(below).scalars():
            child.path = unit.path + child.path.removeprefix(before)
            child.body = child if child.is_body else (child.parent.body if child.parent else child)
        db.session.flush()


def save_person(person: Person | None, values: Mapping[str, Any], *, actor: Principal) -> tuple[Person, str | None]:
    """Create an account (None) or change one; return it with the one-time password of a new one."""
    _administrator(actor)
    username = nfc(values["username"]).strip().lower()
    taken = db.session.execute(select(Person).where(Person.username == username)).scalar_one_or_none()
    if taken is not None and taken is not person:
        raise Invalid("Tên đăng nhập này đã có người dùng.", field="username")
    if any(c.isspace() for c in username) or not username.isascii():
        raise Invalid("Tên đăng nhập không có dấu và khoảng trắng.", field="username")
    password = None
    if person is None:
        password = secrets.token_urlsafe(9)
        person = Person(username=username, password_hash=hash_password(password), created_at=now())
        db.session.add(person)
    active = bool(values.get("is_active"))
    if person.id is not None and not active and _last_administrator(person.id):
        raise Invalid("Đây là người quản trị cuối cùng.", field="is_active")
    if person.id is not None and person.is_active and not active:
        person.session_epoch += 1
    person.username, person.full_name = username, clean_line(values["full_name"])
    person.position = clean_line(values.get("position") or "")
    person.email, person.phone = clean_line(values.get("email") or ""), clean_line(values.get("phone") or "")
    person.is_active = active
    db.session.flush()
    audit.record("person.saved", actor=actor, subject=("person", person.id))
    return person, password


def reset_password(person: Person, *, actor: Principal) -> str:
    """Give a person a new one-time password, end their sessions, and return it to be shown once."""
    _administrator(actor)
    password = secrets.token_urlsafe(9)
    person.password_hash = hash_password(password)
    person.session_epoch += 1
    audit.record("person.password_reset", actor=actor, subject=("person", person.id))
    db.session.flush()
    return password


def _last_administrator(person_id: int) -> bool:
    day = today()
    others = (
        select(Membership.id)
        .join(Person)
        .where(Membership.role == Role.ADMINISTRATOR, Person.is_active, Membership.person_id != person_id)
        .where(Membership.valid_from <= day, (Membership.valid_to.is_(None)) | (Membership.valid_to > day))
    )
    mine = select(Membership.id).where(Membership.person_id == person_id, Membership.role == Role.ADMINISTRATOR)
    return (
        db.session.execute(others.limit(1)).first() is None and db.session.execute(mine.limit(1)).first() is not None
    )


def add_membership(
    person: Person, *, unit_id: int, role: str, valid_from: date, valid_to: date | None, actor: Principal
) -> Membership:
    """Give a person a role in a unit from - to. Raises Invalid for dates that cross or a role held already."""
    _administrator(actor)
    if valid_to is not None and valid_to <= valid_from:
        raise Invalid("Ngày kết thúc phải sau ngày bắt đầu.", field="valid_to")
    if db.session.get(Unit, unit_id) is None:
        raise NotFound
    for held in person.memberships:
        same = held.unit_id == unit_id and held.role == role
        if same and (valid_to is None or held.valid_from < valid_to) and (
            held.valid_to is None or valid_from < held.valid_to
        ):
            raise Invalid("Người này đã giữ vai trò đó ở đơn vị này trong thời gian ấy.", field="role")
    row = Membership(person=person, unit_id=unit_id, role=Role(role), valid_from=valid_from, valid_to=valid_to)
    db.session.add(row)
    db.session.flush()
    audit.record("membership.added", actor=actor, subject=("person", person.id), detail={"unit_id": unit_id, "role": role})
    return row


def end_membership(membership: Membership, *, on: date, actor: Principal) -> None:
    """End a role on a day (its first day of no more). Raises Invalid for the last administrator."""
    _administrator(actor)
    if membership.role == Role.ADMINISTRATOR and _last_administrator(membership.person_id):
        raise Invalid("Đây là người quản trị cuối cùng.", field="valid_to")
    if on <= membership.valid_from:
        raise Invalid("Ngày kết thúc phải sau ngày bắt đầu.", field="valid_to")
    membership.valid_to = on
    audit.record("membership.ended", actor=actor, subject=("person", membership.person_id))
    db.session.flush()


def set_calendar_day(day: date, *, working: bool, reason: str, decision_no: str, actor: Principal) -> None:
    """Say that a day differs from the general calendar; clocks are derived again. Raises NotAllowed, Invalid."""
    if not actor.may(Permission.CALENDAR_MANAGE):
        raise NotAllowed("Chỉ người quản trị được sửa lịch.")
    if not clean_line(reason):
        raise Invalid("Hãy nhập lý do.", field="reason")
    row = db.session.execute(select(CalendarDay).where(CalendarDay.day == day)).scalar_one_or_none()
    if row is None:
        row = CalendarDay(day=day)
        db.session.add(row)
    row.working, row.reason = working, clean_line(reason)[:200]
    row.decision_no, row.entered_by_id = clean_line(decision_no)[:80], actor.person_id
    _calendar_changed(day, actor)


def forget_calendar_day(day: date, *, actor: Principal) -> None:
    """Let a day follow the general calendar again. Raises NotAllowed, NotFound."""
    if not actor.may(Permission.CALENDAR_MANAGE):
        raise NotAllowed("Chỉ người quản trị được sửa lịch.")
    row = db.session.execute(select(CalendarDay).where(CalendarDay.day == day)).scalar_one_or_none()
    if row is None:
        raise NotFound
    db.session.delete(row)
    _calendar_changed(day, actor)


def _calendar_changed(day: date, actor: Principal) -> None:
    audit.record("calendar.changed", actor=actor, subject=("calendar", None), detail={"day": day.isoformat()})
    db.session.flush()
    g.pop("work_calendar", None)
    publish(CalendarChanged(day.year))
