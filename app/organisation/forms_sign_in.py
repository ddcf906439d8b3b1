"""Forms of the second factor, one-time links and the identity at a single sign-on."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

from app.organisation.login import PASSWORD_MAX, PASSWORD_MIN
from app.web.forms import AppForm

_TOO_LONG = _l("Dài nhất %(max)d ký tự.")


class CodeForm(AppForm):
    """The code that an app shows."""

    code = StringField(
        _l("Mã 6 số ứng dụng đang hiện"), [InputRequired(_l("Hãy nhập mã.")), Length(max=40, message=_TOO_LONG)],
        render_kw={"inputmode": "numeric", "autocomplete": "one-time-code", "spellcheck": "false"},
    )  # fmt: skip


class PasskeyForm(AppForm):
    """The name of a new passkey, and what the browser made."""

    name = StringField(
        _l("Đặt tên cho khoá"),
        [InputRequired(_l("Hãy đặt tên cho khoá.")), Length(max=60, message=_TOO_LONG)],
        description=_l("Để sau này nhận ra, ví dụ: Máy ở cơ quan, Điện thoại."),
        render_kw={"autocomplete": "off"},
    )
    passkey = HiddenField()


class NewPasswordForm(AppForm):
    """A password chosen by way of a one-time link."""

    new = PasswordField(
        _l("Mật khẩu mới"),
        [
            InputRequired(_l("Hãy nhập mật khẩu mới.")),
            Length(min=PASSWORD_MIN, message=_l("Mật khẩu có ít nhất %(min)d ký tự.")),
            Length(max=PASSWORD_MAX, message=_TOO_LONG),
        ],
        description=_l("Ít nhất 10 ký tự; một câu dài dễ nhớ là tốt nhất."),
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        _l("Nhập lại mật khẩu mới"), [EqualTo("new", _l("Hai lần nhập không giống nhau."))],
        render_kw={"autocomplete": "new-password"},
    )  # fmt: skip


class ForgottenForm(AppForm):
    """Whose password was forgotten."""

    username = StringField(
        _l("Tên đăng nhập"), [InputRequired(_l("Hãy nhập tên đăng nhập.")), Length(max=60, message=_TOO_LONG)],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )  # fmt: skip


class SubjectForm(AppForm):
    """Who a person is at the single sign-on."""

    subject = StringField(
        _l("Mã định danh ở hệ thống đăng nhập chung (sub)"), [Length(max=255, message=_TOO_LONG)],
        description=_l("Không phải tên hay thư điện tử: mã không đổi mà hệ thống đó cấp. Để trống để bỏ liên kết."),
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )  # fmt: skip
