"""Forms of petitions and cases. A step's form is built from the fields that its transition lists."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    FileField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    widgets,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from app.core.clock import today
from app.web.forms import TEXT_MAX, AppForm, at_most
from app.web.locale import language
from app.web.told import told
from complaints.codes import choices
from complaints.workflow.base import FieldKind, FieldSpec, Transition


def options(pairs: Iterable[tuple[Any, Any]]) -> list[SelectChoice]:
    """Return the options of a field from (value, label) pairs."""
    return [SelectChoice(value, label) for value, label in pairs]


class MultiCheckboxField(SelectMultipleField):
    """Several values of a list, as check boxes."""

    widget = widgets.ListWidget(prefix_label=False)
    option_widget = widgets.CheckboxInput()


def step_form(
    transition: Transition, *, cases: Sequence[tuple[int, str]] = (), parties: Sequence[tuple[int, str]] = (),
    petitions: Sequence[tuple[int, str]] = (), values: Mapping[str, Any] | None = None,
) -> AppForm:  # fmt: skip
    """Return the form of a step: what the transition asks for, today's date filled in, texts kept as typed.

    `cases`, `parties` and `petitions` are the (id, words) to choose from.
    """
    rows = {FieldKind.CASE: cases, FieldKind.PARTIES: parties, FieldKind.PETITION: petitions}
    attributes = {spec.name: _field(spec, rows.get(spec.kind, ())) for spec in transition.fields}
    attributes["basis_checked"] = _basis_checked()
    form_class = type("StepForm", (AppForm,), attributes)
    form: AppForm = form_class(data=dict(values or {}))
    return form


def step_data(form: AppForm, transition: Transition) -> dict[str, Any]:
    """Return what was typed, for the service to read."""
    return {spec.name: form[spec.name].data for spec in transition.fields}


def _field(spec: FieldSpec, rows: Sequence[tuple[int, str]]) -> Any:
    lang = language()
    label = spec.label_en if lang == "en" else spec.label_vi
    keywords: dict[str, Any] = {"description": told(spec.help_vi)}
    if spec.required:
        # The service checks; the mark shows in the label (macros/fields.html) and is read with the field.
        keywords["render_kw"] = {"aria-required": "true"}
    said = keywords.get("render_kw", {})
    if spec.kind is FieldKind.DATE:
        # A plain line: what was typed stays as typed beside the service's message.
        default = today().strftime("%d/%m/%Y") if spec.name == "on" else ""
        shape = {"inputmode": "numeric", "placeholder": "dd/mm/yyyy", "autocomplete": "off"}
        keywords["render_kw"] = {**said, **shape}
        return StringField(label, default=default, **keywords)
    if spec.kind is FieldKind.TEXT:
        return TextAreaField(label, [at_most(TEXT_MAX)], **{**keywords, "render_kw": {**said, "rows": 4}})
    if spec.kind in (FieldKind.CHOICE, FieldKind.CHOICES):
        assert spec.choices is not None
        pairs = choices(spec.choices, lang)  # type: ignore[arg-type]
        if spec.kind is FieldKind.CHOICES:
            return MultiCheckboxField(label, choices=options(pairs), validate_choice=False, **keywords)
        if len(pairs) <= 7 and spec.required:
            return RadioField(label, choices=options(pairs), validate_choice=False, **keywords)
        return SelectField(label, choices=options([("", "—"), *pairs]), validate_choice=False, **keywords)
    if spec.kind is FieldKind.YES_NO:
        return BooleanField(label, description=told(spec.help_vi))
    if spec.kind in (FieldKind.CASE, FieldKind.PARTIES, FieldKind.PETITION):
        several = spec.kind is FieldKind.PARTIES
        kind, none = (MultiCheckboxField, []) if several else (SelectField, [("", "—")])
        return kind(label, choices=options([*none, *rows]), validate_choice=False, **keywords)
    if spec.kind in (FieldKind.INTEGER, FieldKind.NUMBER):
        return StringField(label, **{**keywords, "render_kw": {**said, "inputmode": "decimal"}})
    return StringField(label, **keywords)


def _basis_checked() -> BooleanField:
    """Return the confirmation that a step on an uncertain basis asks for; the page shows it only then."""
    return BooleanField(_l("Tôi đã kiểm tra căn cứ này"))


class ApproveForm(AppForm):
    """Approving a prepared step."""

    basis_checked = _basis_checked()


class CompetenceForm(AppForm):
    """Confirming or changing who is competent."""

    own = RadioField(
        _l("Thẩm quyền"), choices=options([("yes", _l("Thuộc cơ quan mình")), ("no", _l("Không thuộc cơ quan mình"))]),
        validators=[InputRequired(_l("Chọn một."))],
    )  # fmt: skip
    unit_id = SelectField(_l("Cơ quan có thẩm quyền (nếu trong hệ thống)"), coerce=int, validate_choice=False)
    reason = TextAreaField(_l("Lý do (bắt buộc khi khác đề xuất)"), [at_most(2000)], render_kw={"rows": 2})


class AssignForm(AppForm):
    """Giving a case to a unit and a handler."""

    unit_id = SelectField(_l("Đơn vị"), coerce=int, validate_choice=False)
    handler_id = SelectField(_l("Người thụ lý"), coerce=int, validate_choice=False)
    note = TextAreaField(_l("Ý kiến chỉ đạo"), [at_most(500)], render_kw={"rows": 2})


class ReasonForm(AppForm):
    """A reason for sending something back or opening a seal."""

    reason = TextAreaField(_l("Lý do"), [at_most(2000)], render_kw={"rows": 2})


class NoteForm(AppForm):
    """A note, with a file when there is one."""

    text = TextAreaField(_l("Ghi chú"), [at_most(TEXT_MAX)], render_kw={"rows": 3})
    attachments = FileField(_l("Tệp đính kèm"))
