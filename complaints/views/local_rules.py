"""Local regulations and internal targets: what a unit has set beside the law, new ones, and their end."""

from collections.abc import Iterable
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from wtforms import IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional

from app.core.clock import today
from app.core.db import db, unit_of_work
from app.core.errors import DomainError
from app.core.permissions import Permission, Principal
from app.organisation.directory import unit_choices
from app.organisation.models import Unit
from app.web.access import access, current_principal
from app.web.forms import AppForm, ViDateField
from app.web.locale import language
from complaints.access import units_within
from complaints.models.local_rules import LocalRule
from complaints.rulebook.loader import Layer, Rule
from complaints.rulebook.loader import Unit as Days
from complaints.services import local_rules
from complaints.services.rule_layers import in_rulebook
from complaints.views.words import words

blueprint = Blueprint("local_rules", __name__, url_prefix="/admin/rules", template_folder="../templates")
DAYS_WORDS = {Days.WORKING: _l("ngày làm việc"), Days.CALENDAR: _l("ngày (tính cả ngày nghỉ)")}


class LocalRuleForm(AppForm):
    """A rule of the second or third layer."""

    unit_id = SelectField(_l("Cho đơn vị này và các đơn vị bên trong"), coerce=int)
    code = SelectField(_l("Thời hạn"))
    layer = SelectField(_l("Đây là"))
    number = IntegerField(
        _l("Số ngày"), [InputRequired(_l("Hãy nhập số ngày."))], render_kw={"inputmode": "numeric"}
    )
    days = SelectField(_l("Tính theo"))
    valid_from = ViDateField(_l("Có hiệu lực từ ngày"), [InputRequired(_l("Hãy nhập ngày."))])
    valid_to = ViDateField(
        _l("Đến trước ngày"), [Optional()], description=_l("Để trống nếu chưa biết khi nào thôi.")
    )
    source = StringField(
        _l("Văn bản làm căn cứ"), [InputRequired(_l("Hãy ghi văn bản làm căn cứ."))],
        description=_l("Số, ngày, cơ quan ban hành."),
    )  # fmt: skip
    reason = TextAreaField(_l("Lý do"), [InputRequired(_l("Hãy nhập lý do."))], render_kw={"rows": 2})

    def offer(self, units: Iterable[tuple[Unit, int]], rules: Iterable[Rule]) -> None:
        """Fill the lists; a new rule begins today unless said otherwise."""
        self.unit_id.choices = [
            SelectChoice(unit.id, "\u2007\u2007" * depth + unit.short_name) for unit, depth in units
        ]
        self.code.choices = [SelectChoice(rule.code, _rule_option(rule)) for rule in rules]
        self.layer.choices = [
            SelectChoice(Layer.INTERNAL.value, _("mục tiêu nội bộ")),
            SelectChoice(Layer.LOCAL.value, _("quy định của địa phương")),
        ]
        self.days.choices = [SelectChoice(days.value, text) for days, text in DAYS_WORDS.items()]
        if self.valid_from.data is None and not self.valid_from.raw_data:
            self.valid_from.data = today()

    def new_rule(self) -> local_rules.NewRule:
        """Return what was entered, once the form is valid."""
        return local_rules.NewRule(
            unit_id=self.unit_id.data, layer=Layer(self.layer.data), code=self.code.data, days=Days(self.days.data),
            number=self.number.data, valid_from=self.valid_from.data, valid_to=self.valid_to.data,
            reason=self.reason.data or "", source=self.source.data or "",
        )  # fmt: skip


class EndRuleForm(AppForm):
    """The end of a rule, with the reason."""

    ends_on = ViDateField(_l("Kết thúc từ ngày"), [InputRequired(_l("Hãy nhập ngày."))])
    reason = StringField(_l("Lý do"), [InputRequired(_l("Hãy nhập lý do."))])


def _rule_option(rule: Rule) -> str:
    name = rule.name_en if language() == "en" else rule.name_vi
    return f"{name}: {rule.number} {DAYS_WORDS[rule.unit]}" + (f" ({_('theo luật')})" if rule.is_law else "")


@blueprint.get("/")
@access(Permission.RULE_MANAGE)
def index() -> ResponseReturnValue:
    """Show what the units within reach have set beside the law, and the form of a new rule."""
    return _page(LocalRuleForm(formdata=None))


@blueprint.post("/")
@access(Permission.RULE_MANAGE)
def create() -> ResponseReturnValue:
    """Set a rule."""
    form = _offered(LocalRuleForm())
    if form.validate():
        try:
            with unit_of_work():
                local_rules.set_local_rule(form.new_rule(), actor=current_principal())
            flash(
                _("Đã đặt. Áp dụng cho thời hạn bắt đầu từ ngày có hiệu lực; thời hạn đang chạy không đổi."),
                "success",
            )
            return redirect(url_for("local_rules.index"))
        except DomainError as error:
            form.show(error)
    return _page(form), HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.post("/<int:rule_id>/end")
@access(Permission.RULE_MANAGE)
def end(rule_id: int) -> ResponseReturnValue:
    """End a rule on a day, with a reason."""
    row, form = local_rules.local_rule_for(current_principal(), rule_id), EndRuleForm()
    if form.validate():
        try:
            with unit_of_work():
                local_rules.end_local_rule(
                    row, on=form.ends_on.data, reason=form.reason.data or "", actor=current_principal()
                )
            flash(_("Đã kết thúc. Thời hạn đang chạy vẫn theo quy định lúc bắt đầu."), "success")
            return redirect(url_for("local_rules.index"))
        except DomainError as error:
            form.show(error)
    return _page(LocalRuleForm(formdata=None), ending=(rule_id, form)), HTTPStatus.UNPROCESSABLE_ENTITY


def _units(principal: Principal) -> list[tuple[Unit, int]]:
    reach = principal.reach(Permission.RULE_MANAGE)
    return [(u, depth) for u, depth in unit_choices(today()) if reach.covers(path=u.path, body_id=u.body_id)]


def _offered(form: LocalRuleForm) -> LocalRuleForm:
    form.offer(_units(current_principal()), local_rules.codes_to_set(today()))
    return form


def _page(form: LocalRuleForm, ending: tuple[int, EndRuleForm] | None = None) -> str:
    reach = current_principal().reach(Permission.RULE_MANAGE)
    statement = (
        select(LocalRule)
        .where(LocalRule.unit_id.in_(units_within(reach)))
        .options(
            joinedload(LocalRule.of_unit), joinedload(LocalRule.entered_by), joinedload(LocalRule.ended_by)
        )
        .order_by(LocalRule.valid_to.desc().nulls_first(), LocalRule.id.desc())
        .limit(200)
    )
    shared: dict[str, Any] = words()
    return render_template(
        "complaints/local_rules.html", form=_offered(form), rows=db.session.scalars(statement).all(), today=today(),
        first_end=lambda row: max(today(), row.valid_from + timedelta(days=1)),
        ending=ending, end_form=EndRuleForm(formdata=None), in_rulebook=in_rulebook, days_words=DAYS_WORDS,
        is_over=lambda row: row.valid_to is not None and row.valid_to <= today(), layers=Layer, **shared,
    )  # fmt: skip
