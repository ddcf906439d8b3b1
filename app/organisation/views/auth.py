"""Signing in and out, the own password, the language."""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app.core.db import unit_of_work
from app.core.errors import DomainError
from app.core.permissions import Permission
from app.organisation import login, services
from app.organisation.forms import PasswordForm, SignInForm
from app.web.access import access, current_principal
from app.web.limits import limiter
from app.web.locale import LANGUAGES

blueprint = Blueprint("auth", __name__, template_folder="../templates")


@blueprint.get("/sign-in")
@access.public
def sign_in() -> ResponseReturnValue:
    """Show the form, or go home when signed in."""
    if current_user.is_authenticated:
        return redirect(url_for("home.today"))
    return render_template("organisation/sign_in.html", form=SignInForm())


@blueprint.post("/sign-in")
@access.public
@limiter.limit("20 per minute")
@limiter.limit("5 per minute", key_func=lambda: f"name:{request.form.get('username', '')[:60].lower()}")
def sign_in_post() -> ResponseReturnValue:
    """Check name and password; the answer is the same whichever is wrong."""
    form = SignInForm()
    if form.validate():
        with unit_of_work():
            person = login.authenticate(form.username.data or "", form.password.data or "")
            if person is not None:
                login.sign_in(person)
        if person is not None:
            return redirect(login.safe_target(request.args.get("next")) or url_for("home.today"))
        form.form_errors = [_("Tên đăng nhập hoặc mật khẩu không đúng.")]
    return render_template("organisation/sign_in.html", form=form), 422


@blueprint.post("/sign-out")
@access.public
def sign_out() -> ResponseReturnValue:
    """End the session."""
    login.sign_out()
    return redirect(url_for("auth.sign_in"))


@blueprint.route("/account", methods=["GET", "POST"])
@access(Permission.HOME_VIEW)
def account() -> ResponseReturnValue:
    """Show the own account; change the password."""
    form = PasswordForm()
    if form.validate_on_submit():
        try:
            with unit_of_work():
                person = services.change_own_password(form.current.data or "", form.new.data or "", actor=current_principal())
                login.sign_in(person)
            flash(_("Đã đổi mật khẩu. Các phiên đăng nhập khác đã kết thúc."), "success")
            return redirect(url_for("auth.account"))
        except DomainError as error:
            form.show(error)
    status = 422 if form.is_submitted() else 200
    return render_template("organisation/account.html", form=form), status


@blueprint.post("/locale")
@access.public
def locale() -> ResponseReturnValue:
    """Choose the language for this session."""
    chosen = request.form.get("locale")
    if chosen in LANGUAGES:
        session["locale"] = chosen
    return redirect(login.safe_target(request.form.get("next")) or url_for("home.today"))
