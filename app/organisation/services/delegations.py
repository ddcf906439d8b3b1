"""Passing work on while somebody is away (uỷ quyền): given by the head, by oneself or by an administrator."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from app.core import audit
from app.core.clock import now, today
from app.core.db import db
from app.core.errors import Conflict, Invalid, NotFound
from app.core.permissions import Permission, Principal, Role
from app.core.text import clean_line, fold, nfc
from app.organisation.delegation import SEAL, WORK, Delegation
from app.organisation.models import Person
from app.organisation.queries import principal_for

DAYS_MAX = 366


@dataclass(frozen=True)
class NewDelegation:
    """Who is away and who stands in, as typed; `last` is the last day on which it holds."""

    from_name: str
    to_name: str
    permissions: Sequence[str]
    with_seal: bool
    first: date
    last: date
    document_no: str


def manages(actor: Principal, person: Principal) -> bool:
    """Tell whether somebody's work may be passed on by the actor: their own, or where every role of theirs is in reach.

    A head never passes on the rights of whoever stands above: a person with a role elsewhere is not in reach.
    """
    if actor.person_id == person.person_id:
        return True
    reach = actor.own_reach(Permission.DELEGATION_MANAGE)
    return bool(person.memberships) and all(
        reach.covers(path=m.unit_path, body_id=m.body_id) for m in person.memberships
    )


def give(new: NewDelegation, *, actor: Principal) -> Delegation:
    """Have somebody stand in for a person who is away. Raises NotFound without the right, Invalid with the field."""
    if Permission.DELEGATION_MANAGE not in actor.own_permissions:
        raise NotFound
    away, in_place = _person(new.from_name, "from_name"), _person(new.to_name, "to_name")
    if not manages(actor, away):
        raise Invalid(_("Bạn không uỷ quyền công việc của người này được."), field="from_name")
    if away.person_id == in_place.person_id:
        raise Invalid(_("Người nhận uỷ quyền phải là người khác."), field="to_name")
    if in_place.person_id == actor.person_id:
        raise Invalid(
            _("Không tự uỷ quyền cho chính mình; người nghỉ hoặc cấp trên làm việc này."), field="to_name"
        )
    if {m.body_id for m in away.memberships}.isdisjoint(m.body_id for m in in_place.memberships):
        raise Invalid(_("Người nhận uỷ quyền phải làm việc ở cùng cơ quan."), field="to_name")
    if any(m.role is Role.ADMINISTRATOR for m in in_place.memberships):
        raise Invalid(_("Người quản trị hệ thống không nhận uỷ quyền xử lý đơn thư."), field="to_name")
    _check_days(new)
    if not clean_line(new.document_no):
        raise Invalid(_("Ghi số, ngày văn bản uỷ quyền."), field="document_no")
    row = Delegation(
        from_person_id=away.person_id, to_person_id=in_place.person_id, permissions=_work(new, away),
        with_seal=_seal(new, away, actor), valid_from=new.first, valid_to=date.fromordinal(new.last.toordinal() + 1),
        document_no=clean_line(new.document_no)[:80], given_by_id=actor.person_id, given_at=now(),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    audit.record("delegation.given", actor=actor, subject=("delegation", row.id),
                 detail={"from": row.from_person_id, "to": row.to_person_id, "with_seal": row.with_seal})  # fmt: skip
    return row


def end(row: Delegation, *, actor: Principal) -> None:
    """End a delegation today, before its time. Raises Conflict when it is over."""
    db.session.refresh(row, with_for_update={"of": Delegation})
    if row.ends <= today():
        raise Conflict(_("Uỷ quyền này đã hết hiệu lực."))
    row.ended_on, row.ended_by_id = today(), actor.person_id
    db.session.flush()
    audit.record("delegation.ended", actor=actor, subject=("delegation", row.id))


def delegation_for(actor: Principal, row_id: int) -> Delegation:
    """Return a delegation that the actor may end: of their own work, or of whom they manage. Raises NotFound."""
    row = db.session.get(Delegation, row_id) if 0 < row_id < 2**31 else None
    if row is None or not _may_end(actor, row):
        raise NotFound
    return row


def seen_by(actor: Principal) -> list[Delegation]:
    """Return the delegations of whom the actor manages, and their own both ways, the newest first; the last hundred."""
    people = (
        joinedload(Delegation.from_person),
        joinedload(Delegation.to_person),
        joinedload(Delegation.given_by),
    )
    statement = select(Delegation).options(*people).order_by(Delegation.id.desc())
    mine = or_(Delegation.from_person_id == actor.person_id, Delegation.to_person_id == actor.person_id)
    own = db.session.scalars(statement.where(mine).limit(100)).all()
    others = db.session.scalars(statement.where(~mine).limit(1000)).all()
    return sorted([*own, *(row for row in others if _may_end(actor, row))], key=lambda row: -row.id)[:100]


def _may_end(actor: Principal, row: Delegation) -> bool:
    if actor.person_id in (row.from_person_id, row.given_by_id):
        return True
    away = principal_for(row.from_person_id, today())
    return away is not None and manages(actor, away)


def _person(name: str, field: str) -> Principal:
    typed = nfc(clean_line(name))
    if not typed:
        raise Invalid(_("Nhập tên đăng nhập hoặc họ tên."), field=field)
    alike = or_(Person.username == typed.lower(), Person.name_key == fold(typed)[:120])
    found: Sequence[Person] = db.session.scalars(select(Person).where(alike, Person.is_active).limit(6)).all()
    found = [p for p in found if p.username == typed.lower()] or found
    if len(found) > 1:
        names = ", ".join(sorted(person.username for person in found))
        raise Invalid(_("Nhiều người cùng tên; ghi tên đăng nhập: %(names)s.", names=names), field=field)
    who = principal_for(found[0].id, today()) if found else None
    if who is None or not who.memberships:
        raise Invalid(_("Không có người nào đang làm việc với tên này."), field=field)
    return who


def _check_days(new: NewDelegation) -> None:
    if new.first < today():
        raise Invalid(_("Ngày bắt đầu không thể trước hôm nay."), field="first")
    if new.last < new.first:
        raise Invalid(_("Ngày kết thúc không thể trước ngày bắt đầu."), field="last")
    if (new.last - new.first).days >= DAYS_MAX:
        raise Invalid(_("Uỷ quyền dài nhất một năm."), field="last")


def _work(new: NewDelegation, away: Principal) -> list[str]:
    """Return the work that is passed on, of what the one who is away may do. Raises Invalid."""
    wanted: Collection[str] = set(new.permissions)
    held = [p.value for p in WORK if p.value in wanted and p in away.own_permissions]
    if not wanted:
        raise Invalid(_("Chọn ít nhất một việc."), field="permissions")
    if len(held) != len(wanted):
        raise Invalid(_("Người nghỉ không có quyền làm một trong các việc đã chọn."), field="permissions")
    return held


def _seal(new: NewDelegation, away: Principal, actor: Principal) -> bool:
    """Return whether the seal is passed on: only the one who is away, or a head who lets people in, may say so."""
    if not new.with_seal:
        return False
    if not SEAL & away.own_permissions:
        raise Invalid(_("Người nghỉ không có quyền mở danh tính người tố cáo."), field="with_seal")
    if actor.person_id != away.person_id and Permission.IDENTITY_GRANT not in actor.own_permissions:
        raise Invalid(
            _("Chỉ người nghỉ hoặc người đứng đầu mới giao cả việc mở danh tính."), field="with_seal"
        )
    return True
