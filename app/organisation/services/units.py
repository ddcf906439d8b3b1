"""Acts on units: found, create, change, move, end, revive."""

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import or_, select

from app.core import audit
from app.core.db import db
from app.core.errors import Conflict, Invalid
from app.core.events import publish
from app.core.permissions import Principal
from app.core.text import clean_line
from app.organisation.events import UnitEnds
from app.organisation.models import Unit, UnitKind
from app.organisation.services.guard import another_administrator, check_administrator, check_period, taken

# Bodies that belong to a province.
_BELOW_PROVINCE = frozenset(
    {UnitKind.RECEPTION_OFFICE, UnitKind.INSPECTORATE, UnitKind.DEPARTMENT, UnitKind.COMMUNE}
)


@dataclass(frozen=True)
class UnitDetails:
    """What an administrator says of a unit."""

    code: str
    name: str
    short_name: str
    kind: UnitKind
    valid_from: date
    parent_id: int | None = None
    place: str = ""
    remote_area: bool = False
    advisory_unit_id: int | None = None


def found(code: str, name: str, *, kind: UnitKind = UnitKind.PROVINCE, valid_from: date) -> Unit:
    """Create the first unit of an empty installation, for the command line. Raises Conflict when there is one."""
    if db.session.execute(select(Unit.id).limit(1)).first() is not None:
        raise Conflict(_("Đã có đơn vị: hãy dùng các trang quản trị."))
    unit = Unit(
        code=clean_line(code).upper(), name=clean_line(name), short_name=clean_line(name)[:80], kind=kind,
        valid_from=valid_from,
    )  # fmt: skip
    db.session.add(unit)
    place_in_tree(unit)
    audit.record("unit.founded", actor=None, subject=("unit", unit.id))
    return unit


def create_unit(details: UnitDetails, *, actor: Principal) -> Unit:
    """Create a unit. Raises Invalid beside the field, NotAllowed."""
    check_administrator(actor)
    unit = Unit(kind=details.kind, path="", valid_from=details.valid_from)
    _apply(unit, details)
    with taken(_("Ký hiệu này đã dùng cho đơn vị khác."), "code"):
        db.session.add(unit)
    place_in_tree(unit)
    audit.record("unit.created", actor=actor, subject=("unit", unit.id))
    return unit


def change_unit(unit: Unit, details: UnitDetails, *, actor: Principal) -> Unit:
    """Change a unit, or move it with all below it. Its kind stays. Raises Invalid beside the field, NotAllowed."""
    check_administrator(actor)
    if unit.kind != details.kind:
        raise Invalid(_("Không đổi loại của đơn vị đã có: hãy kết thúc và tạo đơn vị mới."), field="kind")
    _apply(unit, details)
    with taken(_("Ký hiệu này đã dùng cho đơn vị khác."), "code"):
        pass
    place_in_tree(unit)
    audit.record("unit.changed", actor=actor, subject=("unit", unit.id))
    return unit


def end_unit(unit: Unit, *, on: date, actor: Principal) -> None:
    """End a unit on a day, its first day of no more. What it did stays in the records.

    Raises Invalid (field 'ends_on') while a unit inside it or open work would be left behind, or no administrator.
    """
    check_administrator(actor)
    check_period(unit.valid_from, on, end_field="ends_on")
    inside = db.session.execute(
        select(Unit.short_name)
        .where(Unit.path.like(f"{unit.path}%"), Unit.id != unit.id, or_(Unit.valid_to.is_(None), Unit.valid_to > on))
        .order_by(Unit.path)
    ).scalars().all()  # fmt: skip
    if inside:
        names = ", ".join(inside[:4]) + (", …" if len(inside) > 4 else "")
        raise Invalid(
            _("Bên trong còn %(n)s đơn vị đang hoạt động (%(names)s). Kết thúc hoặc chuyển các đơn vị đó trước.",
              n=len(inside), names=names),
            field="ends_on",
        )  # fmt: skip
    if not another_administrator(on, outside_path=unit.path):
        raise Invalid(
            _("Người quản trị cuối cùng thuộc đơn vị này: giao quyền quản trị ở nơi khác trước."),
            field="ends_on",
        )
    publish(UnitEnds(unit.id, unit.path, on))
    unit.valid_to = on
    audit.record("unit.ended", actor=actor, subject=("unit", unit.id), detail={"on": on.isoformat()})
    db.session.flush()


def revive_unit(unit: Unit, *, actor: Principal) -> None:
    """Take the end of a unit back. Raises Invalid when the unit around it has ended."""
    check_administrator(actor)
    if unit.parent is not None and unit.parent.valid_to is not None:
        raise Invalid(_("Đơn vị cấp trên đã kết thúc: mở lại đơn vị đó trước."), field="ends_on")
    unit.valid_to = None
    audit.record("unit.revived", actor=actor, subject=("unit", unit.id))
    db.session.flush()


def _apply(unit: Unit, details: UnitDetails) -> None:
    code = clean_line(details.code).upper()
    if not code or not all(c.isalnum() or c in "-./" for c in code):
        raise Invalid(_("Ký hiệu chỉ gồm chữ, số và dấu - . /"), field="code")
    same_code = select(Unit.id).where(Unit.code == code)
    if unit.id is not None:
        same_code = same_code.where(Unit.id != unit.id)
    if db.session.execute(same_code).first() is not None:
        raise Invalid(_("Ký hiệu này đã dùng cho đơn vị khác."), field="code")
    check_period(details.valid_from, unit.valid_to, end_field="valid_from")
    parent = _parent(unit, details)
    unit.advisory_unit = _advisory(unit, details)
    unit.code, unit.parent = code, parent
    unit.name, unit.short_name = clean_line(details.name), clean_line(details.short_name)
    unit.place = clean_line(details.place)
    unit.remote_area, unit.valid_from = details.remote_area, details.valid_from


def _parent(unit: Unit, details: UnitDetails) -> Unit | None:
    parent = db.session.get(Unit, details.parent_id) if details.parent_id else None
    if details.parent_id and parent is None:
        raise Invalid(_("Không có đơn vị này."), field="parent_id")
    if details.kind is UnitKind.PROVINCE and parent is not None:
        raise Invalid(
            _("UBND tỉnh, thành phố đứng đầu cây tổ chức, không thuộc đơn vị nào."), field="parent_id"
        )
    if details.kind is UnitKind.DIVISION and parent is None:
        raise Invalid(_("Phòng, bộ phận phải thuộc một cơ quan."), field="parent_id")
    if details.kind in _BELOW_PROVINCE and parent is not None and parent.kind is not UnitKind.PROVINCE:
        raise Invalid(
            _("Cơ quan này thuộc UBND tỉnh, thành phố, không thuộc cơ quan khác."), field="parent_id"
        )
    if parent is None:
        return None
    if unit.kind is UnitKind.DIVISION and unit.body is not None and parent.body_id != unit.body_id:
        raise Invalid(
            _("Phòng, bộ phận chỉ chuyển trong cùng cơ quan; sang cơ quan khác thì kết thúc và tạo mới."),
            field="parent_id",
        )
    if unit.path and parent.path.startswith(unit.path):
        raise Invalid(_("Đơn vị không thể thuộc chính nó hoặc đơn vị bên trong nó."), field="parent_id")
    if parent.valid_to is not None and (unit.valid_to is None or unit.valid_to > parent.valid_to):
        raise Invalid(_("Đơn vị cấp trên này đã kết thúc."), field="parent_id")
    if details.valid_from < parent.valid_from:
        raise Invalid(
            _("Đơn vị cấp trên có từ %(day)s, sau ngày này.", day=f"{parent.valid_from:%d/%m/%Y}"),
            field="valid_from",
        )
    return parent


def _advisory(unit: Unit, details: UnitDetails) -> Unit | None:
    if not details.advisory_unit_id:
        return None
    advisory = db.session.get(Unit, details.advisory_unit_id)
    if advisory is None or not unit.path or not advisory.path.startswith(unit.path) or advisory is unit:
        raise Invalid(_("Đơn vị tham mưu phải ở bên trong cơ quan này."), field="advisory_unit_id")
    return advisory


def place_in_tree(unit: Unit) -> None:
    """Write the path and body of a unit, and of everything below it when it moved."""
    db.session.flush()
    before = unit.path
    unit.path = f"{unit.parent.path if unit.parent else '/'}{unit.id}/"
    unit.body = unit if unit.is_body or unit.parent is None else unit.parent.body
    db.session.flush()
    if not before or before == unit.path:
        return
    below = select(Unit).where(Unit.path.like(f"{before}%"), Unit.id != unit.id).order_by(Unit.path)
    for child in db.session.execute(below).scalars():
        child.path = unit.path + child.path.removeprefix(before)
        child.body = child if child.is_body or child.parent is None else child.parent.body
    db.session.flush()
