"""Signing in and out, the own account, the language."""

from http import HTTPStatus

from flask import Blueprint, Response, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import refresh
from flask_limiter import RateLimitExceeded
from flask_login import current_user

from app.core.clock import today
from app.core.db import unit_of_work
from app.core.errors import DomainError
from app.core.permissions import Permission
from app.organisation import login
from app.organisation.directory import roles_of
from app.organisation.forms import PasswordForm, SignInForm
from app.organisation.login import Refusal
from app.organisation.roles import ROLE_WORDS
from app.organisation.services import account as own_account
from app.web.access import access, current_principal
from app.web.limits import client_address, limiter, secret_key
from app.web.locale import LANGUAGES, language

blueprint = Blueprint("auth", __name__, template_folder="../templates")

TRIES_A_NAME, TRIES_AN_ADDRESS = "5 per minute", "20 per minute"
WAIT_SECONDS = 60


@blueprint.get("/sign-in")
@access.public
def sign_in() -> ResponseReturnValue:
    """Show the form, or go on when signed in."""
    if current_user.is_authenticated:
        return redirect(_target())
    return render_template("organisation/sign_in.html", form=SignInForm())


@blueprint.post("/sign-in")
@access.public
def sign_in_post() -> ResponseReturnValue:
    """Check name and password; the answer is the same whichever is wrong."""
    form, status, headers = SignInForm(), HTTPStatus.UNPROCESSABLE_ENTITY, {}
    if form.validate():
        try:
            refusal = _try(form)
            if refusal is None:
                return redirect(_target())
            form.form_errors = [_refusal_words(refusal)]
        except RateLimitExceeded:
            form.form_errors = [_("Đã thử quá nhiều lần. Chờ một phút rồi đăng nhập lại.")]
            status, headers = HTTPStatus.TOO_MANY_REQUESTS, {"Retry-After": str(WAIT_SECONDS)}
    return render_template("organisation/sign_in.html", form=form), status, headers


def _refused(response: Response) -> bool:
    """Count only what failed: an office behind one address signs in at eight o'clock without locking itself out."""
    return response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def _name_and_address() -> str:
    return secret_key(client_address(), request.form.get("username", "").strip().lower()[:60])


@limiter.limit(TRIES_A_NAME, key_func=_name_and_address, deduct_when=_refused)
@limiter.limit(TRIES_AN_ADDRESS, key_func=client_address, deduct_when=_refused)
def _try(form: SignInForm) -> Refusal | None:
    """Sign in, or return why not. Raises RateLimitExceeded."""
    with unit_of_work():
        found = login.authenticate(form.username.data or "", form.password.data or "")
        if isinstance(found, Refusal):
            return found
        login.sign_in(found)
    return None


def _refusal_words(refusal: Refusal) -> str:
    if refusal is Refusal.NO_ROLE:
        return _("Tài khoản này hiện không giữ vai trò nào. Liên hệ người quản trị của cơ quan.")
    return _("Tên đăng nhập hoặc mật khẩu không đúng.")


def _target() -> str:
    return login.safe_target(request.args.get("next")) or url_for("home.today")


@blueprint.post("/sign-out")
@access.public
def sign_out() -> ResponseReturnValue:
    """End the session."""
    login.sign_out()
    flash(_("Đã đăng xuất."), "success")
    return redirect(url_for("auth.sign_in"))


@blueprint.get("/account")
@access(Permission.HOME_VIEW)
def account() -> ResponseReturnValue:
    """Show the own account: who, which roles, the password."""
    return _account_page(PasswordForm())


def _person() -> str:
    return secret_key("password", str(current_user.person_id))


@blueprint.post("/account")
@access(Permission.HOME_VIEW)
@limiter.limit(TRIES_A_NAME, key_func=_person, deduct_when=_refused)
def change_password() -> ResponseReturnValue:
    """Change the own password; other sessions end."""
    form = PasswordForm()
    if form.validate():
        try:
            with unit_of_work():
                person = own_account.change_own_password(
                    form.current.data or "", form.new.data or "", actor=current_principal()
                )
                login.sign_in(person)
            flash(_("Đã đổi mật khẩu. Các phiên đăng nhập khác đã kết thúc."), "success")
            return redirect(url_for("home.today"))
        except DomainError as error:
            form.show(error)
    return _account_page(form), HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.post("/account/sign-out-everywhere")
@access(Permission.HOME_VIEW)
def sign_out_everywhere() -> ResponseReturnValue:
    """End all sessions of one's own but this one."""
    with unit_of_work():
        login.sign_in(own_account.end_own_sessions(actor=current_principal()))
    flash(_("Các phiên đăng nhập khác đã kết thúc."), "success")
    return redirect(url_for("auth.account"))


@blueprint.post("/locale")
@access.public
def locale() -> ResponseReturnValue:
    """Choose the language: for this session, and for good when signed in."""
    chosen = request.form.get("locale", "")
    if chosen in LANGUAGES:
        session["locale"] = chosen
        if current_user.is_authenticated:
            with unit_of_work():
                own_account.choose_language(chosen, actor=current_principal())
        refresh()
    return redirect(login.safe_target(request.form.get("next")) or url_for("home.today"))


def _account_page(form: PasswordForm) -> str:
    words = {role: words.speak(language()) for role, words in ROLE_WORDS.items()}
    held = roles_of(current_user.person_id, today())
    return render_template("organisation/account.html", form=form, held=held, role_words=words)
