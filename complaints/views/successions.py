"""The province's table of bodies that took over from others: its rows, new ones, their end; and handing over by it."""

from http import HTTPStatus
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired

from app.core.clock import today
from app.core.db import unit_of_work
from app.core.errors import DomainError
from app.core.permissions import Permission, Principal
from app.organisation.queries import bodies
from app.web.access import access, current_principal
from app.web.forms import AppForm, ViDateField, at_most
from app.web.locale import language
from complaints.codes import Field, PetitionKind, choices
from complaints.forms import options
from complaints.queries.successions import all_successions, successions_from
from complaints.services import succession
from complaints.services.facts import Subject
from complaints.views.words import url_of, words

blueprint = Blueprint(
    "successions", __name__, url_prefix="/admin/successions", template_folder="../templates"
)


class SuccessionForm(AppForm):
    """A row of the table, as the hand-over minutes say it."""

    old_body = StringField(
        _l("Cơ quan cũ"), [at_most(200)], description=_l("Ví dụ: UBND quận Long Biên."), render_kw={"maxlength": 200}
    )  # fmt: skip
    old_unit_id = SelectField(_l("Cơ quan cũ có trong hệ thống"), coerce=int, validate_choice=False,
                              description=_l("Chọn khi cơ quan cũ đang giữ hồ sơ ở đây."))  # fmt: skip
    kind = SelectField(_l("Cho loại đơn"))
    field = SelectField(_l("Cho lĩnh vực"))
    new_unit_id = SelectField(_l("Cơ quan kế tiếp"), coerce=int, validate_choice=False)
    valid_from = ViDateField(_l("Kế tiếp từ ngày"), [InputRequired(_l("Hãy nhập ngày."))])
    legal_basis = StringField(
        _l("Căn cứ"), [at_most(300)], description=_l("Văn bản, biên bản: số, ngày, cơ quan.")
    )
    note = TextAreaField(_l("Ghi chú"), [at_most(500)], render_kw={"rows": 2})

    def offer(self) -> None:
        """Fill the lists."""
        lang, known = language(), [(unit.id, unit.name) for unit in bodies(today())]
        self.old_unit_id.choices = options([(0, "—"), *known])
        self.new_unit_id.choices = options([(0, "—"), *known])
        self.kind.choices = options([("", _("Mọi loại")), *choices(PetitionKind, lang)])
        self.field.choices = options([("", _("Mọi lĩnh vực")), *choices(Field, lang)])

    def entered(self) -> succession.NewSuccession:
        """Return what was typed, once the form is valid."""
        return succession.NewSuccession(
            old_body=self.old_body.data or "", old_unit_id=self.old_unit_id.data or None, kind=self.kind.data or "",
            field=self.field.data or "", new_unit_id=self.new_unit_id.data or 0, valid_from=self.valid_from.data,
            legal_basis=self.legal_basis.data or "", note=self.note.data or "",
        )  # fmt: skip


class EndForm(AppForm):
    """The end of a row, with the reason."""

    ends_on = ViDateField(_l("Kết thúc từ ngày"), [InputRequired(_l("Hãy nhập ngày."))])
    reason = StringField(_l("Lý do"), [InputRequired(_l("Hãy nhập lý do.")), at_most(500)])


class HandOverForm(AppForm):
    """Handing a petition or case over to the body that succeeds the one that has it."""

    succession_id = SelectField(_l("Chuyển giao cho"), coerce=int, validate_choice=False)
    on = ViDateField(_l("Ngày bàn giao"), [InputRequired(_l("Hãy nhập ngày."))])
    minutes = StringField(_l("Biên bản bàn giao"), [at_most(200)], description=_l("Số, ngày biên bản."))
    words = TextAreaField(_l("Ghi chú"), [at_most(2000)], render_kw={"rows": 3})


@blueprint.get("/")
@access(Permission.ORGANISATION_MANAGE)
def index() -> ResponseReturnValue:
    """Show the table and the form of a new row."""
    return _page(SuccessionForm(formdata=None))


@blueprint.post("/")
@access(Permission.ORGANISATION_MANAGE)
def create() -> ResponseReturnValue:
    """Enter a row."""
    form = SuccessionForm()
    form.offer()
    if form.validate():
        try:
            with unit_of_work():
                succession.enter_succession(form.entered(), actor=current_principal())
            flash(_("Đã ghi vào bảng cơ quan kế tiếp."), "success")
            return redirect(url_for("successions.index"))
        except DomainError as error:
            form.show(error)
    return _page(form), HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.post("/<int:row_id>/end")
@access(Permission.ORGANISATION_MANAGE)
def end(row_id: int) -> ResponseReturnValue:
    """End a row on a day, with a reason."""
    row, form = succession.succession_for(current_principal(), row_id), EndForm()
    if form.validate():
        try:
            with unit_of_work():
                succession.end_succession(
                    row, on=form.ends_on.data, reason=form.reason.data or "", actor=current_principal()
                )
            flash(_("Đã kết thúc dòng này. Hồ sơ đã chuyển giao không đổi."), "success")
            return redirect(url_for("successions.index"))
        except DomainError as error:
            form.show(error)
    return _page(SuccessionForm(formdata=None), ending=(row_id, form)), HTTPStatus.UNPROCESSABLE_ENTITY


def _page(form: SuccessionForm, ending: tuple[int, EndForm] | None = None) -> str:
    form.offer()
    shared: dict[str, Any] = words()
    return render_template(
        "complaints/successions.html",
        form=form,
        rows=all_successions(),
        today=today(),
        ending=ending,
        **shared,
    )


def may_go_to(subject: Subject, principal: Principal) -> bool:
    """Tell whether a person may hand a petition or case over now, and the table names somebody to take it."""
    return succession.may_hand_over(principal, subject) and bool(
        successions_from(subject.unit, kind=subject.kind or "", field=subject.field or "", on=today())
    )


def hand_over_page(subject: Subject) -> ResponseReturnValue:
    """Show the form of a hand-over, or do it and return to the subject's page, or home where that is closed now."""
    rows = successions_from(subject.unit, kind=subject.kind or "", field=subject.field or "", on=today())
    form = HandOverForm()
    form.succession_id.choices = options((row.id, f"{row.new_unit.name} ({row.legal_basis})") for row in rows)
    if not form.is_submitted():
        form.on.data, form.version.data = today(), str(subject.version)
    elif form.validate():
        try:
            with unit_of_work():
                done = succession.hand_over(
                    subject, form.succession_id.data or 0, on=form.on.data, minutes=form.minutes.data or "",
                    words=form.words.data or "", actor=current_principal(), version=form.version_number,
                )  # fmt: skip
            flash(_("Đã chuyển giao %(old)s cho %(to)s, số mới %(new)s.", old=done.old_number, to=done.to_unit.name,
                    new=done.new_number), "success")  # fmt: skip
            return redirect(url_of(subject) if done.old_body_reads else url_for("home.today"))
        except DomainError as error:
            form.show(error)
    may = succession.may_hand_over(current_principal(), subject)
    page = render_template(
        "complaints/hand_over.html", subject=subject, form=form, rows=rows, may=may, **words()
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK
