"""The administrator's pages: units as a tree, people with their roles, and who may do what."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import func, select

from app.core.clock import today
from app.core.db import db, unit_of_work
from app.core.errors import DomainError, NotFound
from app.core.paging import keyset_page
from app.core.permissions import Permission, Role
from app.organisation import services
from app.organisation.forms import MembershipForm, PersonForm, UnitForm
from app.organisation.models import Membership, Person, Unit, UnitKind
from app.organisation.roles import PERMISSION_VI, ROLE_VI, SCOPE_VI, grants_table
from app.web.access import access, current_principal

blueprint = Blueprint("organisation", __name__, url_prefix="/admin", template_folder="../templates")

KIND_VI = {
    UnitKind.PROVINCE: "UBND tỉnh, thành phố",
    UnitKind.RECEPTION_OFFICE: "Ban tiếp công dân",
    UnitKind.INSPECTORATE: "Thanh tra",
    UnitKind.DEPARTMENT: "Sở, ngành",
    UnitKind.COMMUNE: "UBND xã, phường",
    UnitKind.DIVISION: "Phòng, bộ phận",
}


@blueprint.get("/units")
@access(Permission.ORGANISATION_MANAGE)
def units() -> ResponseReturnValue:
    """Show all units as a tree."""
    rows = db.session.execute(select(Unit).order_by(Unit.path)).scalars().all()
    return render_template("organisation/units.html", units=rows, kinds=KIND_VI, today=today())


@blueprint.route("/units/new", methods=["GET", "POST"], defaults={"unit_id": None})
@blueprint.route("/units/<int:unit_id>", methods=["GET", "POST"])
@access(Permission.ORGANISATION_MANAGE)
def unit(unit_id: int | None) -> ResponseReturnValue:
    """Create or change a unit."""
    row = db.session.get(Unit, unit_id) if unit_id else None
    if unit_id and row is None:
        raise NotFound
    form = UnitForm(obj=row)
    form.kind.choices = [(kind.value, label) for kind, label in KIND_VI.items()]
    parents = db.session.execute(select(Unit).order_by(Unit.path)).scalars()
    form.parent_id.choices = [(0, _("(không thuộc đơn vị nào)"))] + [
        (u.id, "– " * (u.path.count("/") - 2) + u.short_name) for u in parents
    ]
    if request.method == "GET":
        form.parent_id.data = row.parent_id or 0 if row else 0
        form.kind.data = row.kind.value if row else UnitKind.DIVISION.value
    if form.validate_on_submit():
        try:
            with unit_of_work():
                services.save_unit(row, form.data, actor=current_principal())
            flash(_("Đã lưu đơn vị."), "success")
            return redirect(url_for("organisation.units"))
        except DomainError as error:
            form.show(error)
    status = 422 if form.is_submitted() else 200
    return render_template("organisation/unit.html", form=form, unit_id=unit_id), status


@blueprint.get("/people")
@access(Permission.ORGANISATION_MANAGE)
def people() -> ResponseReturnValue:
    """List the accounts; find them by name or user name."""
    wanted = request.args.get("q", "").strip()[:60]
    statement = select(Person)
    if wanted:
        pattern = f"%{wanted.lower()}%"
        statement = statement.where(func.lower(Person.full_name).like(pattern) | Person.username.like(pattern))
    page = keyset_page(statement, [Person.full_name, Person.id], cursor=request.args.get("cursor"))
    return render_template("organisation/people.html", page=page, q=wanted, roles=ROLE_VI, today=today())


@blueprint.route("/people/new", methods=["GET", "POST"], defaults={"person_id": None})
@blueprint.route("/people/<int:person_id>", methods=["GET", "POST"])
@access(Permission.ORGANISATION_MANAGE)
def person(person_id: int | None) -> ResponseReturnValue:
    """Create or change an account."""
    row = _person(person_id) if person_id else None
    form = PersonForm(obj=row)
    if form.validate_on_submit():
        try:
            with unit_of_work():
                saved, password = services.save_person(row, form.data, actor=current_principal())
                saved_id = saved.id
            if password:
                flash(_("Mật khẩu dùng lần đầu (chỉ hiện một lần): %(p)s", p=password), "warning")
            flash(_("Đã lưu người dùng."), "success")
            return redirect(url_for("organisation.person", person_id=saved_id))
        except DomainError as error:
            form.show(error)
    status = 422 if form.is_submitted() else 200
    return render_template(
        "organisation/person.html", form=form, person=row, membership=_membership_form(), roles=ROLE_VI, today=today()
    ), status


@blueprint.post("/people/<int:person_id>/password")
@access(Permission.ORGANISATION_MANAGE)
def reset_password(person_id: int) -> ResponseReturnValue:
    """Give a one-time password."""
    with unit_of_work():
        password = services.reset_password(_person(person_id), actor=current_principal())
    flash(_("Mật khẩu dùng lần đầu (chỉ hiện một lần): %(p)s", p=password), "warning")
    return redirect(url_for("organisation.person", person_id=person_id))


@blueprint.post("/people/<int:person_id>/memberships")
@access(Permission.ORGANISATION_MANAGE)
def add_membership(person_id: int) -> ResponseReturnValue:
    """Give a role in a unit."""
    row, form = _person(person_id), _membership_form()
    if form.validate():
        try:
            with unit_of_work():
                services.add_membership(
                    row, unit_id=form.unit_id.data, role=form.role.data, valid_from=form.valid_from.data,
                    valid_to=form.valid_to.data, actor=current_principal(),
                )  # fmt: skip
            flash(_("Đã giao vai trò."), "success")
            return redirect(url_for("organisation.person", person_id=person_id))
        except DomainError as error:
            form.show(error)
    return render_template(
        "organisation/person.html", form=PersonForm(None, obj=row), person=row, membership=form, roles=ROLE_VI,
        today=today(),
    ), 422  # fmt: skip


@blueprint.post("/memberships/<int:membership_id>/end")
@access(Permission.ORGANISATION_MANAGE)
def end_membership(membership_id: int) -> ResponseReturnValue:
    """End a role from today."""
    row = db.session.get(Membership, membership_id)
    if row is None:
        raise NotFound
    person_id = row.person_id
    try:
        with unit_of_work():
            services.end_membership(row, on=today(), actor=current_principal())
        flash(_("Đã kết thúc vai trò."), "success")
    except DomainError as error:
        flash(error.message, "danger")
    return redirect(url_for("organisation.person", person_id=person_id))


@blueprint.get("/roles")
@access(Permission.ORGANISATION_MANAGE)
def roles() -> ResponseReturnValue:
    """Show who may do what."""
    return render_template(
        "organisation/roles.html", rows=grants_table(), roles=ROLE_VI, scopes=SCOPE_VI, permissions=PERMISSION_VI
    )


def _person(person_id: int) -> Person:
    row = db.session.get(Person, person_id)
    if row is None:
        raise NotFound
    return row


def _membership_form() -> MembershipForm:
    form = MembershipForm(formdata=request.form if request.endpoint == "organisation.add_membership" else None)
    units = db.session.execute(select(Unit).order_by(Unit.path)).scalars()
    form.unit_id.choices = [(u.id, "– " * (u.path.count("/") - 2) + u.short_name) for u in units]
    form.role.choices = [(role.value, ROLE_VI[role]) for role in Role]
    if form.valid_from.data is None and not form.valid_from.raw_data:
        form.valid_from.data = today()
    return form
