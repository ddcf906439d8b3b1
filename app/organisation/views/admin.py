"""The administrator's pages: units as a tree, people with their roles, and who may do what."""

from http import HTTPStatus
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core.clock import today
from app.core.db import unit_of_work
from app.core.errors import DomainError
from app.core.permissions import Permission, Role
from app.organisation import directory
from app.organisation import roles as words_of
from app.organisation.access import membership_for, person_for, unit_for
from app.organisation.forms import (
    EndForm,
    NewPersonForm,
    PeopleFilterForm,
    PersonForm,
    RoleForm,
    UnitForm,
    as_form_data,
)
from app.organisation.models import Person, Unit, UnitKind
from app.organisation.services import people as on_people
from app.organisation.services import units as on_units
from app.organisation.signin import links, second_factor, sso
from app.organisation.signin.fresh import fresh_sign_in
from app.organisation.views.links import handed_out
from app.web.access import access, current_principal
from app.web.forms import record_id
from app.web.locale import language

blueprint = Blueprint(
    "organisation", __name__, url_prefix="/admin", template_folder="../templates", static_folder="../static"
)
UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.app_context_processor
def _words() -> dict[str, Any]:
    """Give templates the words for roles, scopes and kinds of units, in the reader's language."""
    return {
        "role_name": lambda role: words_of.ROLE_WORDS[Role(role)].speak(language()),
        "unit_kind_name": lambda kind: words_of.UNIT_KIND_WORDS[UnitKind(kind)].speak(language()),
    }


# ---------------------------------------------------------------------------------------------------------- units


@blueprint.get("/units")
@access(Permission.ORGANISATION_MANAGE)
def units() -> ResponseReturnValue:
    """Show the units as a tree."""
    wanted, ended = request.args.get("q", "").strip()[:60], request.args.get("ended") == "y"
    tree = directory.unit_tree(today(), words=wanted, ended=ended)
    return render_template("organisation/units.html", tree=tree, q=wanted, ended=ended, today=today())


@blueprint.get("/units/new")
@access(Permission.ORGANISATION_MANAGE)
def new_unit() -> ResponseReturnValue:
    """Show the form of a new unit, inside another one when the address says so."""
    parent_id = request.args.get("parent", 0, type=record_id)
    start = {"kind": UnitKind.DIVISION.value, "parent_id": parent_id, "valid_from": today()}
    return _unit_page(None, UnitForm(formdata=None, data=start))


@blueprint.post("/units/new")
@access(Permission.ORGANISATION_MANAGE)
def create_unit() -> ResponseReturnValue:
    """Create a unit."""
    form = _offered(UnitForm(), None)
    if form.validate():
        try:
            with unit_of_work():
                unit_id = on_units.create_unit(form.details(), actor=current_principal()).id
            flash(_("Đã thêm đơn vị."), "success")
            return redirect(url_for("organisation.unit", unit_id=unit_id))
        except DomainError as error:
            form.show(error)
    return _unit_page(None, form), UNPROCESSABLE


@blueprint.get("/units/<int:unit_id>")
@access(Permission.ORGANISATION_MANAGE)
def unit(unit_id: int) -> ResponseReturnValue:
    """Show a unit: what it is, what is inside, who holds roles in it, and how it ends."""
    row = unit_for(current_principal(), unit_id)
    return _unit_page(row, UnitForm(formdata=None, data=as_form_data(row)))


@blueprint.post("/units/<int:unit_id>")
@access(Permission.ORGANISATION_MANAGE)
def change_unit(unit_id: int) -> ResponseReturnValue:
    """Change a unit."""
    form = _offered(UnitForm(), unit_for(current_principal(), unit_id))
    if form.validate():
        try:
            with unit_of_work():
                row = unit_for(current_principal(), unit_id)
                on_units.change_unit(row, form.details(), actor=current_principal())
            flash(_("Đã lưu đơn vị."), "success")
            return redirect(url_for("organisation.unit", unit_id=unit_id))
        except DomainError as error:
            form.show(error)
    return _unit_page(unit_for(current_principal(), unit_id), form), UNPROCESSABLE


@blueprint.post("/units/<int:unit_id>/end")
@access(Permission.ORGANISATION_MANAGE)
def end_unit(unit_id: int) -> ResponseReturnValue:
    """End a unit on a day."""
    form = EndForm()
    if form.validate():
        try:
            with unit_of_work():
                row = unit_for(current_principal(), unit_id)
                on_units.end_unit(row, on=form.ends_on.data, actor=current_principal())
            flash(_("Đã ghi ngày kết thúc của đơn vị."), "success")
            return redirect(url_for("organisation.unit", unit_id=unit_id))
        except DomainError as error:
            form.show(error)
    row = unit_for(current_principal(), unit_id)
    return _unit_page(row, UnitForm(formdata=None, data=as_form_data(row)), ending=form), UNPROCESSABLE


@blueprint.post("/units/<int:unit_id>/revive")
@access(Permission.ORGANISATION_MANAGE)
def revive_unit(unit_id: int) -> ResponseReturnValue:
    """Take the end of a unit back."""
    try:
        with unit_of_work():
            on_units.revive_unit(unit_for(current_principal(), unit_id), actor=current_principal())
        flash(_("Đơn vị hoạt động trở lại."), "success")
    except DomainError as error:
        flash(error.message, "danger")
    return redirect(url_for("organisation.unit", unit_id=unit_id))


def _offered(form: UnitForm, row: Unit | None) -> UnitForm:
    choices = directory.unit_choices(today())
    if row is not None:
        choices = [choice for choice in choices if not choice[0].path.startswith(row.path)]
    if row is not None and row.parent is not None and row.parent not in [unit for unit, _depth in choices]:
        choices.append((row.parent, 0))
    form.offer(choices, directory.units_inside(row) if row is not None else ())
    return form


def _unit_page(row: Unit | None, form: UnitForm, ending: EndForm | None = None) -> str:
    return render_template(
        "organisation/unit.html",
        unit=row,
        form=_offered(form, row),
        ending=ending or EndForm(formdata=None, data={"ends_on": today()}),
        inside=directory.units_inside(row) if row is not None else (),
        held=directory.roles_in(row, today()) if row is not None else (),
        today=today(),
    )


# --------------------------------------------------------------------------------------------------------- people


@blueprint.get("/people")
@access(Permission.ORGANISATION_MANAGE)
def people() -> ResponseReturnValue:
    """List the accounts; find them by name, unit and role."""
    form = PeopleFilterForm(request.args)
    form.offer(directory.unit_choices(today()))
    valid = form.validate()
    wanted = directory.PeopleFilter(
        words=(form.q.data or "")[:60],
        unit_id=form.unit.data or None if valid else None,
        role=Role(form.role.data) if valid and form.role.data else None,
        closed=bool(form.closed.data),
    )
    page = directory.people_page(wanted, today(), request.args.get("cursor"))
    kept = {
        key: value for key, value in request.args.items() if value and key in ("q", "unit", "role", "closed")
    }
    return render_template("organisation/people.html", page=page, form=form, kept=kept, today=today())


@blueprint.get("/people/new")
@access(Permission.ORGANISATION_MANAGE)
def new_person() -> ResponseReturnValue:
    """Show the form of a new account with its first role."""
    form = NewPersonForm(formdata=None, data={"unit_id": request.args.get("unit", 0, type=record_id)})
    form.offer(directory.unit_choices(today()), today())
    return render_template("organisation/new_person.html", form=form)


@blueprint.post("/people/new")
@access(Permission.ORGANISATION_MANAGE)
def create_person() -> ResponseReturnValue:
    """Create an account; its one-time password is shown on the answer and nowhere else."""
    form = NewPersonForm()
    form.offer(directory.unit_choices(today()), today())
    if form.validate():
        try:
            with unit_of_work():
                person, password = on_people.create_person(
                    form.details(), actor=current_principal(), first_role=form.new_role()
                )
                invited = (
                    links.hand_out(person, actor=current_principal()) if request.form.get("invite") else None
                )
            if invited is not None:
                return handed_out(person, invited)
            return render_template("organisation/one_time_password.html", person=person, password=password)
        except DomainError as error:
            form.show(error)
    return render_template("organisation/new_person.html", form=form), UNPROCESSABLE


@blueprint.get("/people/<int:person_id>")
@access(Permission.ORGANISATION_MANAGE)
def person(person_id: int) -> ResponseReturnValue:
    """Show an account: who it is, which roles, the password."""
    return _person_page(person_for(current_principal(), person_id))


@blueprint.post("/people/<int:person_id>")
@access(Permission.ORGANISATION_MANAGE)
def change_person(person_id: int) -> ResponseReturnValue:
    """Change who a person is."""
    form = PersonForm()
    if form.validate():
        try:
            with unit_of_work():
                row = person_for(current_principal(), person_id)
                on_people.change_person(row, form.details(), actor=current_principal())
            flash(_("Đã lưu người dùng."), "success")
            return redirect(url_for("organisation.person", person_id=person_id))
        except DomainError as error:
            form.show(error)
    return _person_page(person_for(current_principal(), person_id), form=form), UNPROCESSABLE


@blueprint.post("/people/<int:person_id>/password")
@access(Permission.ORGANISATION_MANAGE)
@fresh_sign_in()
def reset_password(person_id: int) -> ResponseReturnValue:
    """Give a one-time password, shown on the answer and nowhere else."""
    with unit_of_work():
        row = person_for(current_principal(), person_id)
        password = on_people.reset_password(row, actor=current_principal())
    return render_template("organisation/one_time_password.html", person=row, password=password)


@blueprint.post("/people/<int:person_id>/sessions/end")
@access(Permission.ORGANISATION_MANAGE)
def end_sessions(person_id: int) -> ResponseReturnValue:
    """Sign somebody out everywhere."""
    with unit_of_work():
        on_people.end_sessions(person_for(current_principal(), person_id), actor=current_principal())
    flash(_("Các phiên đăng nhập của người này đã kết thúc."), "success")
    return redirect(url_for("organisation.person", person_id=person_id))


@blueprint.post("/people/<int:person_id>/factors/remove")
@access(Permission.ORGANISATION_MANAGE)
@fresh_sign_in()
def remove_factors(person_id: int) -> ResponseReturnValue:
    """Take the second factor from somebody who lost theirs; their sessions end, and they are told."""
    with unit_of_work():
        second_factor.remove_all(person_for(current_principal(), person_id), actor=current_principal())
    flash(_("Đã gỡ xác thực hai lớp của người này; các phiên của họ đã kết thúc."), "success")
    return redirect(url_for("organisation.person", person_id=person_id))


@blueprint.post("/people/<int:person_id>/close")
@access(Permission.ORGANISATION_MANAGE)
def close_account(person_id: int) -> ResponseReturnValue:
    """Keep somebody from signing in."""
    try:
        with unit_of_work():
            on_people.close_account(person_for(current_principal(), person_id), actor=current_principal())
        flash(_("Đã khoá tài khoản."), "success")
    except DomainError as error:
        flash(error.message, "danger")
    return redirect(url_for("organisation.person", person_id=person_id))


@blueprint.post("/people/<int:person_id>/reopen")
@access(Permission.ORGANISATION_MANAGE)
def reopen_account(person_id: int) -> ResponseReturnValue:
    """Let somebody sign in again."""
    with unit_of_work():
        on_people.reopen_account(person_for(current_principal(), person_id), actor=current_principal())
    flash(_("Đã mở lại tài khoản."), "success")
    return redirect(url_for("organisation.person", person_id=person_id))


@blueprint.post("/people/<int:person_id>/roles")
@access(Permission.ORGANISATION_MANAGE)
def give_role(person_id: int) -> ResponseReturnValue:
    """Give a role in a unit."""
    form = RoleForm()
    form.offer(directory.unit_choices(today()), today())
    if form.validate():
        try:
            with unit_of_work():
                row = person_for(current_principal(), person_id)
                on_people.give_role(row, form.new_role(), actor=current_principal())
            flash(_("Đã giao vai trò."), "success")
            return redirect(url_for("organisation.person", person_id=person_id))
        except DomainError as error:
            form.show(error)
    return _person_page(person_for(current_principal(), person_id), giving=form), UNPROCESSABLE


@blueprint.post("/roles/<int:membership_id>/end")
@access(Permission.ORGANISATION_MANAGE)
def end_role(membership_id: int) -> ResponseReturnValue:
    """End a role on a day."""
    row = membership_for(current_principal(), membership_id)
    form, person_id = EndForm(), row.person_id
    if not form.validate():
        flash(_("Hãy nhập ngày kết thúc theo dạng ngày/tháng/năm."), "danger")
        return redirect(url_for("organisation.person", person_id=person_id))
    try:
        with unit_of_work():
            row = membership_for(current_principal(), membership_id)
            on_people.end_role(row, on=form.ends_on.data, actor=current_principal())
        flash(_("Đã kết thúc vai trò."), "success")
    except DomainError as error:
        flash(error.message, "danger")
    return redirect(url_for("organisation.person", person_id=person_id))


def _person_page(row: Person, *, form: PersonForm | None = None, giving: RoleForm | None = None) -> str:
    if giving is None:
        here = next((held.unit_id for held in row.memberships if held.in_force(today())), None)
        giving = RoleForm(formdata=None, data={"unit_id": here})
        giving.offer(directory.unit_choices(today()), today())
    return render_template(
        "organisation/person.html",
        person=row,
        form=form or PersonForm(formdata=None, obj=row),
        giving=giving,
        factors=second_factor.factors_of(row.id),
        sso_on=sso.is_on(),
        today=today(),
    )


# ---------------------------------------------------------------------------------------------------------- roles


@blueprint.get("/roles")
@access(Permission.ORGANISATION_MANAGE)
def roles() -> ResponseReturnValue:
    """Show who may do what, made from the table of grants."""
    lang = language()
    return render_template(
        "organisation/roles.html",
        groups=[
            (
                group.words.speak(lang),
                [(words_of.permission_words(row.permission).speak(lang), row.scopes) for row in group.rows],
            )
            for group in words_of.grants_table()
        ],
        roles=[
            (role, words_of.ROLE_WORDS[role].speak(lang), words_of.ROLE_TASKS[role].speak(lang))
            for role in Role
        ],
        scopes={scope: words.speak(lang) for scope, words in words_of.SCOPE_WORDS.items()},
        needs=[
            (
                words_of.ROLE_WORDS[role].speak(lang),
                words_of.permission_words(permission).speak(lang),
                words_of.SCOPE_WORDS[granted].speak(lang),
                words_of.SCOPE_WORDS[left].speak(lang),
            )
            for role, permission, granted, left in words_of.need_table()
        ],
        need_means=words_of.NEED_MEANS.speak(lang),
        closed_means=words_of.CLOSED_MEANS.speak(lang),
        meanings=[
            (words.speak(lang), words_of.SCOPE_MEANS[scope].speak(lang))
            for scope, words in words_of.SCOPE_WORDS.items()
        ],
    )
