"""The base of all forms: clean text, Vietnamese dates, friendly messages; the rules themselves live in services."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from uuid import uuid4

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, StringField, ValidationError
from wtforms.fields import DateField

from app.core.clock import today
from app.core.errors import DomainError
from app.core.text import clean_text, digits, nfc
from app.web.told import told

LINE_MAX, TEXT_MAX = 300, 20_000
ID_MAX = 2**31 - 1  # of PostgreSQL's integer


# What WTForms itself says; it knows no Vietnamese.
_ONE_OF_THE_LIST = _l("Chọn một giá trị trong danh sách.")
_SAID = {
    "Not a valid choice.": _ONE_OF_THE_LIST,
    "Invalid Choice: could not coerce.": _ONE_OF_THE_LIST,
    "Invalid choice(s): one or more data inputs could not be coerced.": _ONE_OF_THE_LIST,
    "'%(value)s' is not a valid choice for this field.": _ONE_OF_THE_LIST,
    "Not a valid integer value.": _l("Ghi bằng chữ số, ví dụ 12."),
    "This field is required.": _l("Hãy điền ô này."),
}


class _Words:
    """The sentences of WTForms in the reader's language."""

    def gettext(self, string: str) -> str:
        """Return our words for a sentence."""
        return str(_SAID.get(string, string))

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """Return our words for a sentence that counts."""
        return self.gettext(singular) if singular in _SAID else singular if n == 1 else plural


def record_id(text: Any) -> int:
    """Return the id that was sent. Raises ValueError for what no record can have: the database refuses it."""
    number = int(text)
    if not 0 <= number <= ID_MAX:
        raise ValueError(text)
    return number


class ViDateField(DateField):
    """A day typed as dd/mm/yyyy (yyyy-mm-dd is read too) and shown as dd/mm/yyyy."""

    data: Any  # a date, or None when nothing readable was typed
    raw_data: Any

    def __init__(self, label: Any = None, validators: Sequence[Any] = (), **kwargs: Any) -> None:
        super().__init__(label, validators, format=["%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y"], **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the typed day; keep what was typed when it is none."""
        if not valuelist or not valuelist[0].strip():
            self.data, self.raw_data = None, [""]  # spaces alone are nothing typed, also to InputRequired
            return
        try:
            super().process_formdata([valuelist[0].strip()])
        except ValueError:
            raise ValueError(_l("Ghi ngày theo dạng ngày/tháng/năm, ví dụ 05/11/2026.")) from None


class AppForm(FlaskForm):
    """A form with CSRF, cleaned text, a key against double sending, and the version of what it edits."""

    submission_key = HiddenField(default=lambda: uuid4().hex)
    version = HiddenField()

    class Meta(FlaskForm.Meta):
        """Clean every text as it comes in; say what is wrong in the reader's language."""

        def get_translations(self, _form: Any) -> _Words:
            """Return our words for what WTForms says."""
            return _Words()

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Field:
            """Add the cleaning of text to each text field, and to each id the bounds of an id."""
            if issubclass(unbound_field.field_class, StringField):
                filters = [_tidy, *unbound_field.kwargs.get("filters", ())]
                return unbound_field.bind(form=form, filters=filters, **options)
            if unbound_field.kwargs.get("coerce") is int:
                return unbound_field.bind(form=form, **options, coerce=record_id)
            return unbound_field.bind(form=form, **options)

    @property
    def key(self) -> str | None:
        """Return the submission's key, or None when somebody tampered with its length."""
        value = self.submission_key.data or ""
        return value if 8 <= len(value) <= 64 else None

    @property
    def version_number(self) -> int | None:
        """Return the version that the form was made from."""
        value = self.version.data or ""
        return int(value) if value.isdigit() and len(value) < 10 else None

    def show(self, error: DomainError) -> None:
        """Put a refusal of the domain beside its field, or at the top of the form."""
        field = self._fields.get(error.field or "")
        if field is None:
            self.form_errors: list[Any] = [*self.form_errors, told(error.message)]
        else:
            field.errors = [*field.errors, told(error.message)]


def _tidy(value: Any) -> Any:
    return clean_text(value) if isinstance(value, str) else value


def not_future(_form: Any, field: Field) -> None:
    """Refuse a day after today in Hanoi."""
    if isinstance(field.data, date) and field.data > today():
        raise ValidationError(_l("Ngày không thể ở tương lai."))


def at_most(length: int) -> Callable[[Any, Field], None]:
    """Refuse text longer than a number of characters, saying what to do instead."""

    def check(_form: Any, field: Field) -> None:
        if field.data and len(field.data) > length:
            raise ValidationError(
                _l(
                    "Dài quá %(n)s ký tự (đang có %(has)s). Hãy tóm tắt và đính kèm tệp.",
                    n=length,
                    has=len(field.data),
                )
            )

    return check


def identity_number(_form: Any, field: Field) -> None:
    """Refuse what is neither a citizen number (12 digits), an old one (9 digits), nor a passport number."""
    value = (field.data or "").replace(" ", "").upper()
    if not value:
        return
    is_number = value.isdigit() and len(value) in (9, 12)
    is_passport = 7 <= len(value) <= 9 and value[0].isalpha() and value[1:].isalnum() and value.isascii()
    if not (is_number or is_passport):
        raise ValidationError(
            _l("Số giấy tờ gồm 12 số (căn cước), 9 số (CMND cũ), hoặc số hộ chiếu như C1234567.")
        )


def phone_number(_form: Any, field: Field) -> None:
    """Refuse what is no Vietnamese telephone number."""
    value = digits(nfc(field.data or ""))
    if field.data and not (9 <= len(value) <= 12):
        raise ValidationError(_l("Số điện thoại gồm 10 hoặc 11 số, ví dụ 0912 345 678."))
