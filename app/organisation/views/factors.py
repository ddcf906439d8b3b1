"""The own second factor: an app, passkeys, recovery codes; each change needs a fresh sign-in."""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup

from app.core.db import unit_of_work
from app.core.errors import DomainError, NotFound
from app.core.permissions import Permission
from app.organisation.forms import CodeForm, PasskeyForm
from app.organisation.signin import fresh, passkeys, second_factor, sessions
from app.organisation.signin.fresh import fresh_sign_in
from app.web.access import access, current_principal

blueprint = Blueprint(
    "factors", __name__, url_prefix="/account/second-factor", template_folder="../templates"
)


@blueprint.get("")
@access(Permission.HOME_VIEW)
def show() -> ResponseReturnValue:
    """Show what is set up, and lead to setting up; whoever must have a second factor lands here first."""
    principal = current_principal()
    return render_template(
        "organisation/factors.html",
        factors=second_factor.factors_of(principal.person_id),
        passkeys=passkeys.passkeys_of(principal.person_id),
        possible=fresh.this_site().possible,
        waits=second_factor.is_demanded(principal) and not current_user.live.second_factor,
    )


# ---------------------------------------------------------------------------------------------- authenticator app


@blueprint.get("/app")
@access(Permission.HOME_VIEW)
@fresh_sign_in()
def new_app() -> ResponseReturnValue:
    """Show the code to be scanned, or the secret to be typed."""
    return _app_page(CodeForm())


@blueprint.post("/app")
@access(Permission.HOME_VIEW)
@fresh_sign_in()
def confirm_app() -> ResponseReturnValue:
    """Take the app into use once it shows the right code; the recovery codes are shown on the answer, once."""
    form = CodeForm()
    if form.validate():
        try:
            with unit_of_work():
                codes = second_factor.confirm_totp(form.code.data or "", actor=current_principal())
                _now_proved()
            return _codes_page(codes)
        except DomainError as error:
            form.show(error)
    return _app_page(form), HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.post("/app/remove")
@access(Permission.HOME_VIEW)
@fresh_sign_in()
def remove_app() -> ResponseReturnValue:
    """Forget the app."""
    try:
        with unit_of_work():
            second_factor.remove_totp(actor=current_principal())
        flash(_("Đã gỡ ứng dụng xác thực."), "success")
    except DomainError as error:
        flash(error.message, "danger")
    return redirect(url_for("factors.show"))


@blueprint.post("/codes")
@access(Permission.HOME_VIEW)
@fresh_sign_in()
def new_codes() -> ResponseReturnValue:
    """Make new recovery codes; those before are worth nothing any more."""
    if not second_factor.factors_of(current_user.person_id):
        raise NotFound
    with unit_of_work():
        codes = second_factor.renew_recovery_codes(actor=current_principal())
    return _codes_page(codes)


def _app_page(form: CodeForm) -> str:
    with unit_of_work():
        enrolment = second_factor.begin_totp(actor=current_principal())
    return render_template(
        "organisation/factor_app.html",
        form=form,
        enrolment=enrolment,
        qr=Markup(enrolment.svg()),  # noqa: S704 - made here, of paths alone
    )


def _codes_page(codes: list[str]) -> str:
    return render_template("organisation/recovery_codes.html", codes=codes)


def _now_proved() -> None:
    """Count the setting up as a proof in this session; whoever else is signed in as this person is out."""
    sessions.proved(current_user.live.id, second_factor=True)
    sessions.end_others(current_user.live.id, actor=current_principal())


# ------------------------------------------------------------------------------------------------------- passkeys


@blueprint.get("/passkeys/new")
@access(Permission.HOME_VIEW)
@fresh_sign_in()
def new_passkey() -> ResponseReturnValue:
    """Show the form in which the browser makes a passkey."""
    return _passkey_page(PasskeyForm())


@blueprint.post("/passkeys/new")
@access(Permission.HOME_VIEW)
@fresh_sign_in()
def register_passkey() -> ResponseReturnValue:
    """Keep the passkey that the browser made; with the first second factor come recovery codes, shown once."""
    form, asked = PasskeyForm(), fresh.taken_challenge()
    if form.validate():
        actor = current_principal()
        try:
            with unit_of_work():
                first = not second_factor.factors_of(actor.person_id)
                passkeys.register(
                    form.passkey.data or "",
                    form.name.data or "",
                    fresh.this_site(),
                    asked,
                    actor=actor,
                )
                codes = second_factor.renew_recovery_codes(actor=actor) if first else []
                _now_proved()
            if codes:
                return _codes_page(codes)
            flash(_("Đã thêm khoá truy cập."), "success")
            return redirect(url_for("factors.show"))
        except DomainError as error:
            form.show(error)
    return _passkey_page(form), HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.post("/passkeys/<int:passkey_id>/remove")
@access(Permission.HOME_VIEW)
@fresh_sign_in()
def remove_passkey(passkey_id: int) -> ResponseReturnValue:
    """Forget one of one's own passkeys."""
    try:
        with unit_of_work():
            passkeys.remove(passkey_id, actor=current_principal())
        flash(_("Đã xoá khoá truy cập."), "success")
    except NotFound:
        raise
    except DomainError as error:
        flash(error.message, "danger")
    return redirect(url_for("factors.show"))


def _passkey_page(form: PasskeyForm) -> str:
    site = fresh.this_site()
    if not site.possible:
        raise NotFound
    options = passkeys.creation_options(site, fresh.new_challenge(), actor=current_principal())
    return render_template("organisation/factor_passkey.html", form=form, options=options)
