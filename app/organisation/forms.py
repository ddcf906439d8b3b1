"""Forms of signing in, the second factor, the own account, units, people, roles and calendar days."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FileField, HiddenField, PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import EqualTo, InputRequired, Length, Optional, ValidationError

from app.core.calendar import DayKind
from app.core.permissions import Role
from app.organisation.calendar_file import KIND_WORDS
from app.organisation.login import PASSWORD_MAX, PASSWORD_MIN
from app.organisation.models import Unit, UnitKind
from app.organisation.roles import ROLE_WORDS, UNIT_KIND_WORDS
from app.organisation.services.calendar import DAYS_MAX, DayEntry
from app.organisation.services.people import NewRole, PersonDetails
from app.organisation.services.units import UnitDetails
from app.web.forms import AppForm, ViDateField
from app.web.locale import language

_TOO_LONG = _l("Dài nhất %(max)d ký tự.")
_PLAIN = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}


def _at_most(length: int) -> Length:
    return Length(max=length, message=_TOO_LONG)


def _options(pairs: Iterable[tuple[Any, Any]]) -> list[SelectChoice]:
    return [SelectChoice(value, words) for value, words in pairs]


def _role_options() -> list[SelectChoice]:
    return _options((role.value, words.speak(language())) for role, words in ROLE_WORDS.items())


def _tree_options(choices: Iterable[tuple[Unit, int]]) -> list[SelectChoice]:
    """Return units to choose from, indented as in the tree; figure spaces, since browsers fold ordinary ones."""
    return _options((unit.id, "\u2007\u2007" * depth + unit.short_name) for unit, depth in choices)


class SignInForm(AppForm):
    """Name and password."""

    username = StringField(
        _l("Tên đăng nhập"), [InputRequired(_l("Hãy nhập tên đăng nhập.")), _at_most(60)],
        render_kw={**_PLAIN, "autocomplete": "username"},
    )  # fmt: skip
    password = PasswordField(
        _l("Mật khẩu"), [InputRequired(_l("Hãy nhập mật khẩu.")), _at_most(PASSWORD_MAX)],
        render_kw={"autocomplete": "current-password"},
    )  # fmt: skip


class PasswordForm(AppForm):
    """Changing the own password."""

    current = PasswordField(
        _l("Mật khẩu hiện tại"), [InputRequired(_l("Hãy nhập mật khẩu hiện tại.")), _at_most(PASSWORD_MAX)],
        render_kw={"autocomplete": "current-password"},
    )  # fmt: skip
    new = PasswordField(
        _l("Mật khẩu mới"),
        [
            InputRequired(_l("Hãy nhập mật khẩu mới.")),
            Length(min=PASSWORD_MIN, message=_l("Mật khẩu có ít nhất %(min)d ký tự.")),
            _at_most(PASSWORD_MAX),
        ],
        description=_l("Ít nhất 10 ký tự; một câu dài dễ nhớ là tốt nhất."),
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        _l("Nhập lại mật khẩu mới"), [EqualTo("new", _l("Hai lần nhập không giống nhau."))],
        render_kw={"autocomplete": "new-password"},
    )  # fmt: skip


class NewPasswordForm(PasswordForm):
    """A password chosen by way of a one-time link."""

    current = None


class ForgottenForm(SignInForm):
    """Whose password was forgotten."""

    password = None


class CodeForm(AppForm):
    """The code that an app shows."""

    code = StringField(
        _l("Mã 6 số ứng dụng đang hiện"), [InputRequired(_l("Hãy nhập mã.")), _at_most(40)],
        render_kw={"inputmode": "numeric", "autocomplete": "one-time-code", "spellcheck": "false"},
    )  # fmt: skip


class PasskeyForm(AppForm):
    """The name of a new passkey, and what the browser made."""

    name = StringField(
        _l("Đặt tên cho khoá"), [InputRequired(_l("Hãy đặt tên cho khoá.")), _at_most(60)],
        description=_l("Để sau này nhận ra, ví dụ: Máy ở cơ quan, Điện thoại."),
        render_kw={"autocomplete": "off"},
    )  # fmt: skip
    passkey = HiddenField()


class SubjectForm(AppForm):
    """Who a person is at the single sign-on."""

    subject = StringField(
        _l("Mã định danh ở hệ thống đăng nhập chung (sub)"), [_at_most(255)],
        description=_l("Không phải tên hay thư điện tử: mã không đổi mà hệ thống đó cấp. Để trống để bỏ liên kết."),
        render_kw=_PLAIN,
    )  # fmt: skip


class UnitForm(AppForm):
    """A unit in the tree."""

    kind = SelectField(_l("Loại"), [InputRequired()])
    parent_id = SelectField(_l("Thuộc"), coerce=int)
    name = StringField(_l("Tên đầy đủ"), [InputRequired(_l("Hãy nhập tên.")), _at_most(200)])
    short_name = StringField(
        _l("Tên gọi ngắn"), [InputRequired(_l("Hãy nhập tên ngắn.")), _at_most(80)],
        description=_l("Hiện trong danh sách, ví dụ Phường Long Biên."),
    )  # fmt: skip
    code = StringField(
        _l("Ký hiệu"), [InputRequired(_l("Hãy nhập ký hiệu.")), _at_most(20)],
        description=_l("Ghi trong số hồ sơ, ví dụ LB trong Đ-12/2026/LB."), render_kw=_PLAIN,
    )  # fmt: skip
    place = StringField(
        _l("Địa danh"), [_at_most(80)], description=_l("Ghi đầu văn bản, ví dụ Long Biên, ngày…")
    )
    valid_from = ViDateField(_l("Hoạt động từ ngày"), [InputRequired(_l("Hãy nhập ngày."))])
    remote_area = BooleanField(
        _l("Vùng sâu, vùng xa, đi lại khó khăn"),
        description=_l("Thời hạn giải quyết khiếu nại được dài hơn."),
    )
    advisory_unit_id = SelectField(
        _l("Đơn vị tham mưu tiếp công dân, xử lý đơn"), coerce=int,
        description=_l("Người theo dõi ở đơn vị này nhận báo cáo vụ việc quá hạn của cơ quan."),
    )  # fmt: skip

    def offer(self, parents: Iterable[tuple[Unit, int]], inside: Iterable[Unit]) -> None:
        """Fill the lists: where the unit may belong, and what inside it may advise."""
        kinds = ((kind.value, words.speak(language())) for kind, words in UNIT_KIND_WORDS.items())
        self.kind.choices = _options(kinds)
        self.parent_id.choices = [SelectChoice(0, _("(không thuộc đơn vị nào)")), *_tree_options(parents)]
        self.advisory_unit_id.choices = [
            (0, _("(chưa chọn)")),
            *((unit.id, unit.short_name) for unit in inside),
        ]

    def details(self) -> UnitDetails:
        """Return what was entered, once the form is valid."""
        return UnitDetails(
            code=self.code.data or "",
            name=self.name.data or "",
            short_name=self.short_name.data or "",
            kind=UnitKind(self.kind.data),
            valid_from=self.valid_from.data,
            parent_id=self.parent_id.data or None,
            place=self.place.data or "",
            remote_area=bool(self.remote_area.data),
            advisory_unit_id=self.advisory_unit_id.data or None,
        )


class EndForm(AppForm):
    """The day on which a unit or a role ends."""

    ends_on = ViDateField(
        _l("Kết thúc từ ngày"), [InputRequired(_l("Hãy nhập ngày."))],
        description=_l("Ngày đầu tiên không còn hiệu lực."),
    )  # fmt: skip


class PersonForm(AppForm):
    """Who somebody is."""

    full_name = StringField(_l("Họ và tên"), [InputRequired(_l("Hãy nhập họ tên.")), _at_most(120)])
    username = StringField(
        _l("Tên đăng nhập"), [InputRequired(_l("Hãy nhập tên đăng nhập.")), _at_most(60)],
        description=_l("Chữ không dấu, số và dấu . - _, ví dụ nguyen.lan."), render_kw=_PLAIN,
    )  # fmt: skip
    position = StringField(_l("Chức vụ"), [_at_most(120)])
    email = StringField(_l("Thư điện tử"), [_at_most(254)], render_kw={"inputmode": "email"})
    phone = StringField(_l("Điện thoại"), [_at_most(20)], render_kw={"inputmode": "tel"})

    def details(self) -> PersonDetails:
        """Return what was entered, once the form is valid."""
        return PersonDetails(
            full_name=self.full_name.data or "",
            username=self.username.data or "",
            position=self.position.data or "",
            email=self.email.data or "",
            phone=self.phone.data or "",
        )


class RoleForm(AppForm):
    """A role in a unit from - to."""

    unit_id = SelectField(_l("Đơn vị"), coerce=int)
    role = SelectField(_l("Vai trò"))
    valid_from = ViDateField(_l("Từ ngày"), [InputRequired(_l("Hãy nhập ngày."))])
    valid_to = ViDateField(
        _l("Đến trước ngày"), [Optional()], description=_l("Để trống nếu chưa biết khi nào thôi.")
    )

    def offer(self, units: Iterable[tuple[Unit, int]], today: date) -> None:
        """Fill the lists; the role begins today unless said otherwise."""
        self.unit_id.choices = _tree_options(units)
        self.role.choices = _role_options()
        if self.valid_from.data is None and not self.valid_from.raw_data:
            self.valid_from.data = today

    def new_role(self) -> NewRole:
        """Return what was entered, once the form is valid."""
        return NewRole(self.unit_id.data, Role(self.role.data), self.valid_from.data, self.valid_to.data)


class NewPersonForm(PersonForm, RoleForm):
    """A new account with its first role, in one go."""


class PeopleFilterForm(AppForm):
    """What the list of people is narrowed to; lives in the address, so it needs no token."""

    class Meta(AppForm.Meta):
        """No token in an address."""

        csrf = False

    q = StringField(_l("Tên hoặc tên đăng nhập"), [_at_most(60)])
    unit = SelectField(_l("Cơ quan, đơn vị"), coerce=int, default=0)
    role = SelectField(_l("Vai trò"), default="")
    closed = BooleanField(_l("Tài khoản đã khoá"))

    def offer(self, units: Iterable[tuple[Unit, int]]) -> None:
        """Fill the lists."""
        self.unit.choices = [SelectChoice(0, _("Tất cả")), *_tree_options(units)]
        self.role.choices = [SelectChoice("", _("Tất cả")), *_role_options()]


class CalendarDayForm(AppForm):
    """Official days: one, or several on end, by one decision."""

    day = ViDateField(_l("Ngày"), [InputRequired(_l("Hãy nhập ngày."))])
    until = ViDateField(_l("Đến hết ngày"), [Optional()], description=_l("Để trống nếu chỉ một ngày."))
    kind = SelectField(
        _l("Ngày này"), choices=_options((kind.value, words) for kind, words in KIND_WORDS.items())
    )
    reason = StringField(
        _l("Lý do"), [InputRequired(_l("Hãy nhập lý do.")), _at_most(200)],
        description=_l("Ghi vào phần giải thích thời hạn, ví dụ Nghỉ hoán đổi dịp Tết."),
    )  # fmt: skip
    decision_no = StringField(_l("Số quyết định, thông báo"), [_at_most(80)])
    decided_on = ViDateField(_l("Ngày của quyết định, thông báo"), [Optional()])

    def validate_until(self, field: Any) -> None:
        """Refuse days on end that end before they begin, or never."""
        if field.data and self.day.data and not 0 <= (field.data - self.day.data).days < DAYS_MAX:
            raise ValidationError(_("Ngày kết thúc phải sau ngày bắt đầu."))

    def entries(self) -> list[DayEntry]:
        """Return the days entered, once the form is valid; days of rest inside a longer closure are left out."""
        first, last = self.day.data, self.until.data or self.day.data
        kind = DayKind(self.kind.data)
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        if len(days) > 1 and not kind.is_worked(days[-1]) and kind is not DayKind.HOLIDAY:
            days = [day for day in days if day.weekday() < 5] or days[:1]
        said = (self.reason.data or "", self.decision_no.data or "", self.decided_on.data)
        return [DayEntry(day, kind, *said) for day in days]


class CalendarImportForm(AppForm):
    """A file of official days, and the decision that stands for the days that name none."""

    file = FileField(
        _l("Tệp CSV hoặc ICS"),
        [InputRequired(_l("Hãy chọn tệp."))],
        render_kw={"accept": ".csv,.ics,text/csv,text/calendar"},
    )
    decision_no = StringField(_l("Số quyết định, thông báo"), [_at_most(80)])
    decided_on = ViDateField(_l("Ngày của quyết định, thông báo"), [Optional()])
    complete = BooleanField(
        _l("Tệp là danh sách đầy đủ của năm"),
        description=_l("Ngày tạm tính không có trong tệp sẽ thành ngày thường."),
    )


def as_form_data(unit: Unit) -> dict[str, Any]:
    """Return what the form of a unit starts from."""
    return {
        "kind": unit.kind.value,
        "parent_id": unit.parent_id or 0,
        "name": unit.name,
        "short_name": unit.short_name,
        "code": unit.code,
        "place": unit.place,
        "valid_from": unit.valid_from,
        "remote_area": unit.remote_area,
        "advisory_unit_id": unit.advisory_unit_id or 0,
    }
