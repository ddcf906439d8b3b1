"""Forms of opening a sealed identity: the look itself, asking to be let in, deciding on it, letting somebody in."""

from typing import Any, TypeVar

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, SelectField, StringField
from wtforms.validators import Optional

from app.web.forms import AppForm, at_most
from app.web.locale import language
from complaints.codes_identity import OpeningPurpose
from complaints.forms import options

Form = TypeVar("Form", bound=AppForm)


def purpose_choices() -> list[tuple[str, str]]:
    """Return the purposes with their articles, in the reader's language."""
    english = language() == "en"
    return [("", "—"), *((p.value, f"{p.en if english else p.vi} ({p.article})") for p in OpeningPurpose)]


def told_apart(form: Form, prefix: str) -> Form:
    """Give the fields ids of their own: several of these forms, with the same fields, stand on one page."""
    for field in form:
        field.id = f"{prefix}-{field.name}"
        field.label.field_id = field.id
    return form


class _WithPurpose(AppForm):
    prefix_of_ids = ""
    purpose = SelectField(_l("Mục đích"), validate_choice=False)
    reason = StringField(_l("Lý do mở"), [at_most(500)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.purpose.choices = options(purpose_choices())
        told_apart(self, self.prefix_of_ids)

    @property
    def asked(self) -> dict[str, str]:
        """Return the purpose and the words as typed."""
        return {"purpose": self.purpose.data or "", "reason": self.reason.data or ""}


class OpenForm(_WithPurpose):
    """One look at a sealed identity."""

    prefix_of_ids = "open"


class AskForm(_WithPurpose):
    """Asking to be let in."""

    prefix_of_ids = "ask"
    days = IntegerField(_l("Trong số ngày"), [Optional()], default=7)


class GrantForm(_WithPurpose):
    """Letting somebody see a sealed identity."""

    prefix_of_ids = "grant"
    person_id = SelectField(_l("Người được xem"), coerce=int)
    days = IntegerField(_l("Trong số ngày"), [Optional()], default=7)
    download = BooleanField(_l("Cho tải và in tài liệu niêm phong"))


class DecideForm(AppForm):
    """The head's answer to somebody who asks to be let in."""

    days = IntegerField(_l("Trong số ngày"), [Optional()], default=7)
    download = BooleanField(_l("Cho tải và in tài liệu niêm phong"))
