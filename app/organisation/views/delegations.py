"""Standing in for who is away: the page of heads and administrators, and the line that says for whom one works."""

from datetime import date
from http import HTTPStatus
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import BooleanField, SelectMultipleField, StringField, widgets
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from app.core.clock import today
from app.core.db import unit_of_work
from app.core.errors import DomainError
from app.core.permissions import Permission
from app.organisation.delegation import WORK
from app.organisation.queries import standing_in
from app.organisation.roles import permission_words
from app.organisation.services import delegations
from app.web.access import access, current_principal
from app.web.forms import AppForm, ViDateField, at_most
from app.web.locale import language

blueprint = Blueprint("delegations", __name__, url_prefix="/delegations", template_folder="../templates")
_DAY = (InputRequired(_l("Hãy nhập ngày.")),)


class WorkField(SelectMultipleField):
    """The work that is passed on, as check boxes."""

    widget = widgets.ListWidget(prefix_label=False)
    option_widget = widgets.CheckboxInput()


class DelegationForm(AppForm):
    """Who is away, who stands in, for what, from - to, by which paper."""

    from_name = StringField(
        _l("Người vắng mặt"), [at_most(120)], description=_l("Tên đăng nhập hoặc họ tên; có thể là chính bạn.")
    )  # fmt: skip
    to_name = StringField(
        _l("Người nhận uỷ quyền"), [at_most(120)], description=_l("Người cùng cơ quan; tên đăng nhập hoặc họ tên.")
    )  # fmt: skip
    first = ViDateField(_l("Từ ngày"), _DAY)
    last = ViDateField(_l("Đến hết ngày"), _DAY)
    document_no = StringField(_l("Văn bản uỷ quyền"), [at_most(80)], description=_l("Số, ngày văn bản."))
    permissions = WorkField(_l("Việc được làm thay"), validate_choice=False)
    with_seal = BooleanField(
        _l("Cả việc mở danh tính người tố cáo và hồ sơ bảo vệ"),
        description=_l("Chỉ chọn khi văn bản uỷ quyền nói rõ."),
    )  # fmt: skip

    def offer(self) -> None:
        """Fill the list of work."""
        self.permissions.choices = [
            SelectChoice(p.value, permission_words(p).speak(language())) for p in WORK
        ]

    def entered(self) -> delegations.NewDelegation:
        """Return what was typed, once the form is valid."""
        return delegations.NewDelegation(
            self.from_name.data or "", self.to_name.data or "", tuple(self.permissions.data or ()),
            bool(self.with_seal.data), self.first.data, self.last.data, self.document_no.data or "",
        )  # fmt: skip


@blueprint.app_context_processor
def _standing_in() -> dict[str, Any]:
    """Give templates for whom the signed-in person stands in today."""

    def told() -> list[tuple[str, date, str]]:
        return standing_in(current_user.person_id, today()) if current_user.is_authenticated else []

    return {"standing_in": told}


@blueprint.get("/")
@access(Permission.DELEGATION_MANAGE)
def index() -> ResponseReturnValue:
    """Show who stands in for whom, and the form."""
    start = {"from_name": current_user.username, "first": today()}
    return _page(DelegationForm(formdata=None, data=start))


@blueprint.post("/")
@access(Permission.DELEGATION_MANAGE)
def create() -> ResponseReturnValue:
    """Have somebody stand in."""
    form = DelegationForm()
    form.offer()
    if form.validate():
        try:
            with unit_of_work():
                delegations.give(form.entered(), actor=current_principal())
            flash(_("Đã ghi uỷ quyền."), "success")
            return redirect(url_for("delegations.index"))
        except DomainError as error:
            form.show(error)
    return _page(form), HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.post("/<int:delegation_id>/end")
@access(Permission.DELEGATION_MANAGE)
def end(delegation_id: int) -> ResponseReturnValue:
    """End one today, before its time."""
    row = delegations.delegation_for(current_principal(), delegation_id)
    try:
        with unit_of_work():
            delegations.end(row, actor=current_principal())
        flash(_("Uỷ quyền kết thúc từ hôm nay."), "success")
    except DomainError as error:
        flash(error.message, "danger")
    return redirect(url_for("delegations.index"))


def _page(form: DelegationForm) -> str:
    form.offer()
    rows = delegations.seen_by(current_principal())
    names = {p.value: permission_words(p).speak(language()) for p in WORK}
    return render_template("organisation/delegations.html", form=form, rows=rows, names=names, today=today())
