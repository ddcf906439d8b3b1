"""Signing in and out, the own account, the language."""

from http import HTTPStatus

from flask import (
    Blueprint,
    Response,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import refresh
from flask_login import current_user

from app.core.clock import today
from app.core.db import unit_of_work
from app.core.errors import DomainError, NotFound
from app.core.permissions import Permission
from app.organisation import login
from app.organisation.directory import roles_of
from app.organisation.forms import PasswordForm, SignInForm
from app.organisation.login import Refusal, Step
from app.organisation.roles import ROLE_WORDS
from app.organisation.services import account as own_account
from app.organisation.signin import delays, fresh, sessions, sso
from app.organisation.signin.delays import Delayed, Try
from app.organisation.signin.fresh import fresh_sign_in
from app.organisation.signin.second_factor import factors_of
from app.organisation.views.known import remember_browser
from app.web.access import access, current_principal
from app.web.limits import client_address, limiter, secret_key
from app.web.locale import LANGUAGES, language

blueprint = Blueprint("auth", __name__, template_folder="../templates")

TRIES_A_PERSON = "5 per minute"


@blueprint.get("/sign-in")
@access.public
def sign_in() -> ResponseReturnValue:
    """Show the form, or go on when signed in."""
    if current_user.is_authenticated:
        return redirect(_target())
    return _sign_in_page(SignInForm())


@blueprint.post("/sign-in")
@access.public
def sign_in_post() -> ResponseReturnValue:
    """Check name and password; the answer is the same whichever is wrong."""
    form, status, headers = SignInForm(), HTTPStatus.UNPROCESSABLE_ENTITY, {}
    if form.validate():
        username = form.username.data or ""
        try:
            outcome = _try(username, form.password.data or "")
            if outcome is Step.HALF_WAY:
                return redirect(url_for("second.show", next=login.safe_target(request.args.get("next"))))
            if outcome is Step.IN:
                return remember_browser(make_response(redirect(_target())), username)
            form.form_errors = [login.refusal_words(outcome)]
        except Delayed as delay:
            form.form_errors = [fresh.wait_words(delay)]
            status, headers = HTTPStatus.TOO_MANY_REQUESTS, {"Retry-After": str(delay.seconds)}
    return _sign_in_page(form), status, headers


def _sign_in_page(form: SignInForm) -> str:
    return render_template("organisation/sign_in.html", form=form, sso_name=sso.name() if sso.is_on() else "")


def _try(username: str, password: str) -> Step | Refusal:
    """Sign in, or go half-way, or return why not. Raises Delayed while too many tries have failed."""
    keys = Try(username, client_address(), fresh.known_browser()).keys()
    with unit_of_work():
        delays.begin(keys)
    with unit_of_work():
        person = login.authenticate(username, password)
        if person is None:
            delays.failed(keys)
            return Refusal.WRONG
        delays.succeeded(keys)
        return login.enter(person)


def _target() -> str:
    return login.safe_target(request.args.get("next")) or url_for("home.today")


@blueprint.post("/sign-out")
@access.public
def sign_out() -> ResponseReturnValue:
    """End the session."""
    with unit_of_work():
        login.sign_out()
    flash(_("Đã đăng xuất."), "success")
    return redirect(url_for("auth.sign_in"))


@blueprint.get("/account")
@access(Permission.HOME_VIEW)
def account() -> ResponseReturnValue:
    """Show the own account: who, which roles, the password, the sessions."""
    return _account_page(PasswordForm())


def _refused(response: Response) -> bool:
    """Count only what failed."""
    return response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def _person() -> str:
    return secret_key("password", str(current_user.person_id))


@blueprint.post("/account")
@access(Permission.HOME_VIEW)
@limiter.limit(TRIES_A_PERSON, key_func=_person, deduct_when=_refused)
@fresh_sign_in(keep=False)
def change_password() -> ResponseReturnValue:
    """Change the own password; other sessions end."""
    form = PasswordForm()
    if form.validate():
        try:
            with unit_of_work():
                person = own_account.change_own_password(
                    form.current.data or "", form.new.data or "", actor=current_principal()
                )
                live = current_user.live
                login.sign_in(person, method=live.method, second_factor=live.second_factor)
            flash(_("Đã đổi mật khẩu. Các phiên đăng nhập khác đã kết thúc."), "success")
            return redirect(url_for("home.today"))
        except DomainError as error:
            form.show(error)
    return _account_page(form), HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.route("/account/confirm", methods=["GET", "POST"])
@access(Permission.HOME_VIEW)
def confirm() -> ResponseReturnValue:
    """Ask anew who it is, and go on to where one wanted."""
    if not fresh.is_fresh() or request.method == "POST":
        page = fresh.ask()
        if page is not None:
            return page
    return redirect(_target())


@blueprint.post("/account/sign-out-everywhere")
@access(Permission.HOME_VIEW)
def sign_out_everywhere() -> ResponseReturnValue:
    """End all sessions of one's own but this one."""
    with unit_of_work():
        sessions.end_others(current_user.live.id, actor=current_principal())
    flash(_("Các phiên đăng nhập khác đã kết thúc."), "success")
    return redirect(url_for("auth.account"))


@blueprint.post("/account/sessions/<int:session_id>/end")
@access(Permission.HOME_VIEW)
def end_session(session_id: int) -> ResponseReturnValue:
    """End one session of one's own elsewhere; this one is left by signing out."""
    if session_id == current_user.live.id:
        flash(_("Đây là phiên đang dùng: bấm Đăng xuất để kết thúc."), "info")
        return redirect(url_for("auth.account"))
    with unit_of_work():
        if not (0 < session_id < 2**31 and sessions.end_one(session_id, actor=current_principal())):
            raise NotFound
    flash(_("Phiên đăng nhập đó đã kết thúc."), "success")
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
    person_id, live = current_user.person_id, current_user.live
    return render_template(
        "organisation/account.html",
        form=form,
        held=roles_of(person_id, today()),
        role_words=words,
        sessions=sessions.open_sessions(person_id, live.epoch),
        factors=factors_of(person_id),
        fresh=fresh.is_fresh(),
    )
