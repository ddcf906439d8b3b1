"""Forms of signing in, the own account, units, people and calendar days."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, PasswordField, SelectField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

from app.organisation.login import PASSWORD_MIN
from app.web.forms import AppForm, ViDateField


class SignInForm(AppForm):
    """Name and password."""

    username = StringField(_l("Tên đăng nhập"), [InputRequired(_l("Hãy nhập tên đăng nhập.")), Length(max=60)])
    password = PasswordField(_l("Mật khẩu"), [InputRequired(_l("Hãy nhập mật khẩu.")), Length(max=200)])


class PasswordForm(AppForm):
    """Changing the own password."""

    current = PasswordField(_l("Mật khẩu hiện tại"), [InputRequired(_l("Hãy nhập mật khẩu hiện tại."))])
    new = PasswordField(
        _l("Mật khẩu mới"),
        [Length(min=PASSWORD_MIN, max=200, message=_l("Mật khẩu có ít nhất 10 ký tự."))],
        description=_l("Ít nhất 10 ký tự."),
    )
    again = PasswordField(_l("Nhập lại mật khẩu mới"), [EqualTo("new", _l("Hai lần nhập không giống nhau."))])


class UnitForm(AppForm):
    """A unit in the tree."""

    name = StringField(_l("Tên đầy đủ"), [InputRequired(_l("Hãy nhập tên.")), Length(max=200)])
    short_name = StringField(_l("Tên gọi ngắn"), [InputRequired(_l("Hãy nhập tên ngắn.")), Length(max=80)])
    code = StringField(
        _l("Ký hiệu"), [InputRequired(_l("Hãy nhập ký hiệu.")), Length(max=20)],
        description=_l("Dùng trong số hồ sơ, ví dụ LB."),
    )  # fmt: skip
    kind = SelectField(_l("Loại đơn vị"))
    parent_id = SelectField(_l("Thuộc"), coerce=int)
    place = StringField(_l("Địa danh ghi trên văn bản"), [Length(max=80)])
    remote_area = BooleanField(_l("Vùng sâu, vùng xa đi lại khó khăn"))
    valid_from = ViDateField(_l("Có từ ngày"), [InputRequired(_l("Hãy nhập ngày."))])
    valid_to = ViDateField(_l("Hết hiệu lực từ ngày"), description=_l("Để trống nếu đang hoạt động."))


class PersonForm(AppForm):
    """An account."""

    full_name = StringField(_l("Họ và tên"), [InputRequired(_l("Hãy nhập họ tên.")), Length(max=120)])
    username = StringField(_l("Tên đăng nhập"), [InputRequired(_l("Hãy nhập tên đăng nhập.")), Length(min=3, max=60)])
    position = StringField(_l("Chức vụ"), [Length(max=120)])
    email = StringField(_l("Thư điện tử"), [Length(max=254)])
    phone = StringField(_l("Điện thoại"), [Length(max=20)])
    is_active = BooleanField(_l("Đang làm việc (được đăng nhập)"), default=True)


class MembershipForm(AppForm):
    """A role in a unit from - to."""

    unit_id = SelectField(_l("Đơn vị"), coerce=int)
    role = SelectField(_l("Vai trò"))
    valid_from = ViDateField(_l("Từ ngày"), [InputRequired(_l("Hãy nhập ngày."))])
    valid_to = ViDateField(_l("Đến hết trước ngày"), description=_l("Để trống nếu chưa biết."))


class CalendarDayForm(AppForm):
    """A day on which the office differs from the general calendar."""

    day = ViDateField(_l("Ngày"), [InputRequired(_l("Hãy nhập ngày."))])
    working = SelectField(_l("Là"), choices=[("no", _l("Ngày nghỉ")), ("yes", _l("Ngày làm việc (làm bù)"))])
    reason = StringField(_l("Lý do"), [InputRequired(_l("Hãy nhập lý do.")), Length(max=200)])
    decision_no = StringField(_l("Số quyết định"), [Length(max=80)])
