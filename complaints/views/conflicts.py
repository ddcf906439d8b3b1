"""Keeping people from a file: declaring a conflict of interest, saying who is denounced, and ending either."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField, TextAreaField

from app.core.clock import today
from app.core.db import unit_of_work
from app.core.errors import DomainError, NotFound
from app.core.permissions import Permission
from app.organisation.queries import bodies, descendants
from app.web.access import access, current_principal
from app.web.forms import AppForm, at_most
from complaints.access import case_for, petition_for, shut_out
from complaints.forms import options
from complaints.models.petitions import Petition
from complaints.services import conflicts
from complaints.services.facts import Subject
from complaints.views.words import words

blueprint = Blueprint("conflicts", __name__, template_folder="../templates")
_P = Permission


class DeclareForm(AppForm):
    """A conflict of interest in words; the head may name somebody else."""

    reason = TextAreaField(
        _l("Lý do"), [at_most(conflicts.REASON_MAX)], id="declare-reason",
        render_kw={"rows": 3, "aria-required": "true"},
        description=_l("Ví dụ: là người thân của một bên; đã làm việc liên quan đến nội dung này."),
    )  # fmt: skip
    name = StringField(
        _l("Người có xung đột lợi ích"), [at_most(120)], id="declare-name",
        description=_l("Tên đăng nhập hoặc họ tên; để trống nếu là chính bạn."),
    )  # fmt: skip


class DenouncedForm(AppForm):
    """Who of ours a denunciation is about: a person, a unit, or both."""

    name = StringField(
        _l("Người bị tố cáo"), [at_most(120)],
        description=_l("Tên đăng nhập hoặc họ tên, khi người đó làm việc trong hệ thống này."),
    )  # fmt: skip
    unit_id = SelectField(
        _l("Đơn vị của người bị tố cáo"), coerce=int, validate_choice=False,
        description=_l("Để trống: các đơn vị mà người đó đang có vai trò."),
    )  # fmt: skip

    def offer(self, subject: Subject) -> None:
        """Fill the list: the units of the body that has the file, then every body."""
        own = [(unit.id, unit.name) for unit in descendants(subject.unit, today())]
        others = [(unit.id, unit.name) for unit in bodies(today())]
        self.unit_id.choices = options([(0, "—"), *dict.fromkeys([*own, *others])])


class EndForm(AppForm):
    """Why somebody is let back to a file."""

    reason = StringField(_l("Lý do"), [at_most(conflicts.REASON_MAX)])


def _case(case_id: int, permission: Permission) -> Subject:
    return case_for(current_principal(), case_id, permission)


def _petition(petition_id: int, permission: Permission) -> Subject:
    return petition_for(current_principal(), petition_id, permission)


@blueprint.get("/cases/<int:case_id>/conflicts")
@access(_P.CASE_VIEW)
def of_case(case_id: int) -> ResponseReturnValue:
    """Show who is kept from a case, and the forms."""
    return _page(_case(case_id, _P.CASE_VIEW))


@blueprint.get("/petitions/<int:petition_id>/conflicts")
@access(_P.PETITION_VIEW)
def of_petition(petition_id: int) -> ResponseReturnValue:
    """Show who is kept from a petition, and the forms."""
    return _page(_petition(petition_id, _P.PETITION_VIEW))


@blueprint.post("/cases/<int:case_id>/conflicts/declare")
@access(_P.CASE_VIEW)
def declare_in_case(case_id: int) -> ResponseReturnValue:
    """Declare a conflict of interest in a case."""
    return _declare(_case(case_id, _P.CASE_VIEW))


@blueprint.post("/petitions/<int:petition_id>/conflicts/declare")
@access(_P.PETITION_VIEW)
def declare_in_petition(petition_id: int) -> ResponseReturnValue:
    """Declare a conflict of interest in a petition."""
    return _declare(_petition(petition_id, _P.PETITION_VIEW))


@blueprint.post("/cases/<int:case_id>/conflicts/denounced")
@access(_P.CASE_HANDLE)
def denounced_in_case(case_id: int) -> ResponseReturnValue:
    """Say which of our people the denunciation of a case is about."""
    return _denounced(_case(case_id, _P.CASE_HANDLE))


@blueprint.post("/petitions/<int:petition_id>/conflicts/denounced")
@access(_P.PETITION_PROCESS)
def denounced_in_petition(petition_id: int) -> ResponseReturnValue:
    """Say which of our people a denunciation at the desk is about."""
    return _denounced(_petition(petition_id, _P.PETITION_PROCESS))


@blueprint.post("/cases/<int:case_id>/conflicts/<int:conflict_id>/end")
@access(_P.CASE_ASSIGN)
def end_in_case(case_id: int, conflict_id: int) -> ResponseReturnValue:
    """Let somebody back to a case."""
    return _end(_case(case_id, _P.CASE_ASSIGN), conflict_id)


@blueprint.post("/petitions/<int:petition_id>/conflicts/<int:conflict_id>/end")
@access(_P.PETITION_DECIDE)
def end_in_petition(petition_id: int, conflict_id: int) -> ResponseReturnValue:
    """Let somebody back to a petition."""
    return _end(_petition(petition_id, _P.PETITION_DECIDE), conflict_id)


def _declare(subject: Subject) -> ResponseReturnValue:
    form = DeclareForm()

    def act() -> None:
        conflicts.declare(
            subject, reason=form.reason.data or "", name=form.name.data or "", actor=current_principal()
        )

    told = _("Đã ghi. Người có xung đột lợi ích không còn thấy hồ sơ này.")
    return _done(subject, form, act, told=told, name="declare")


def _denounced(subject: Subject) -> ResponseReturnValue:
    form = DenouncedForm()

    def act() -> None:
        conflicts.record_denounced(
            subject, name=form.name.data or "", unit_id=form.unit_id.data or None, actor=current_principal()
        )

    told = _("Đã ghi. Người bị tố cáo không thấy hồ sơ này.")
    return _done(subject, form, act, told=told, name="denounced")


def _end(subject: Subject, conflict_id: int) -> ResponseReturnValue:
    form = EndForm()

    def act() -> None:
        conflicts.end(subject, conflict_id, reason=form.reason.data or "", actor=current_principal())

    told = _("Đã kết thúc: người này lại thấy hồ sơ theo quyền của mình.")
    return _done(subject, form, act, told=told, name="end", row_id=conflict_id)


def _done(
    subject: Subject, form: AppForm, act: Callable[[], None], *, told: str, name: str, row_id: int = 0
) -> ResponseReturnValue:
    """Take an act and go back to where the person still may look, or show its form again with what was refused."""
    if form.validate():
        try:
            with unit_of_work():
                act()
            flash(told, "success")
            if shut_out(current_principal(), subject):
                return redirect(url_for("home.today"))
            return redirect(url_in(subject))
        except NotFound:
            raise
        except DomainError as error:
            form.show(error)
    return _page(subject, row_id=row_id, **{name: form}), HTTPStatus.UNPROCESSABLE_ENTITY


def _page(subject: Subject, *, row_id: int = 0, **refused: AppForm) -> str:
    principal = current_principal()
    keeps = conflicts.may_keep_out(principal, subject)
    records = conflicts.may_record_denounced(principal, subject)
    denounced = refused.get("denounced") or DenouncedForm(formdata=None)
    if records and isinstance(denounced, DenouncedForm):
        denounced.offer(subject)
    return render_template(
        "complaints/conflicts.html",
        subject=subject,
        rows=conflicts.rows_of(subject) if keeps or records else [],
        keeps=keeps,
        declare=refused.get("declare") or DeclareForm(formdata=None),
        denounced=denounced if records else None,
        ending=refused.get("end"),
        ending_id=row_id,
        url_in=url_in,
        **words(),
    )


def url_in(subject: Subject, act: str = "of", **arguments: Any) -> str:
    """Return the address of a page or act of this blueprint for a petition or case."""
    kind = "petition" if isinstance(subject, Petition) else "case"
    endpoint = f"conflicts.of_{kind}" if act == "of" else f"conflicts.{act}_in_{kind}"
    arguments[f"{kind}_id"] = subject.id
    return url_for(endpoint, **arguments)
