"""Pages of one-time links: choosing a password by one, asking for one, and handing one out."""

from datetime import timedelta
from http import HTTPStatus

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core.db import unit_of_work
from app.core.errors import DomainError
from app.core.permissions import Permission
from app.organisation.access import person_for
from app.organisation.forms import ForgottenForm, NewPasswordForm
from app.organisation.models import Person
from app.organisation.signin import delays, fresh, links
from app.organisation.signin.delays import Delayed, Growth
from app.organisation.signin.fresh import fresh_sign_in
from app.organisation.signin.links import LinkOver, MadeLink
from app.web.access import access, current_principal
from app.web.limits import client_address, secret_key

blueprint = Blueprint("links", __name__, template_folder="../templates")
# Asking is counted, whether or not there is such an account: nobody's mailbox is filled from here.
_ASKS_AN_ADDRESS = Growth(10, timedelta(minutes=1), timedelta(hours=1))
_ASKS_A_NAME = Growth(3, timedelta(minutes=10), timedelta(hours=12))


@blueprint.get("/sign-in/link/<token>")
@access.public
def show(token: str) -> ResponseReturnValue:
    """Show the form of the new password; the link is used up only by sending it."""
    try:
        return _password_page(links.person_of(token), NewPasswordForm())
    except LinkOver as error:
        return _over_page(error)


@blueprint.post("/sign-in/link/<token>")
@access.public
def set_password(token: str) -> ResponseReturnValue:
    """Set the password, and lead to the sign-in."""
    form = NewPasswordForm()
    try:
        person = links.person_of(token)
        if form.validate():
            with unit_of_work():
                links.set_password(token, form.new.data or "")
            flash(_("Đã đặt mật khẩu. Hãy đăng nhập bằng mật khẩu mới."), "success")
            return redirect(url_for("auth.sign_in"))
    except LinkOver as error:
        return _over_page(error)
    except DomainError as error:
        form.show(error)
    return _password_page(person, form), HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.get("/sign-in/forgotten")
@access.public
def forgotten() -> ResponseReturnValue:
    """Ask for the user name, or say whom to ask where there is no mail."""
    return _forgotten_page(ForgottenForm())


@blueprint.post("/sign-in/forgotten")
@access.public
def ask() -> ResponseReturnValue:
    """Mail a link to whoever has that name; the answer is the same for a name that nobody has."""
    form = ForgottenForm()
    if not form.validate():
        return _forgotten_page(form), HTTPStatus.UNPROCESSABLE_ENTITY
    here = {f"r:{secret_key(client_address())}": _ASKS_AN_ADDRESS}
    name = {f"m:{secret_key(delays.tidy(form.username.data or ''))}": _ASKS_A_NAME}
    try:
        with unit_of_work():
            delays.begin(here)
    except Delayed as delay:
        form.form_errors = [fresh.wait_words(delay)]
        headers = {"Retry-After": str(delay.seconds)}
        return _forgotten_page(form), HTTPStatus.TOO_MANY_REQUESTS, headers
    try:
        with unit_of_work():
            delays.begin(name)
            links.ask_for_reset(form.username.data or "")
    except Delayed:
        pass  # enough mail has gone to that account; whoever asks is told the same
    return render_template("organisation/forgotten.html", form=None, mail=True)


@blueprint.post("/admin/people/<int:person_id>/link")
@access(Permission.ORGANISATION_MANAGE)
@fresh_sign_in()
def hand_out(person_id: int) -> ResponseReturnValue:
    """Make a link for a person; it is mailed, or shown to be copied where no mail reaches them."""
    person = person_for(current_principal(), person_id)
    with unit_of_work():
        made = links.hand_out(person, actor=current_principal())
    return handed_out(person, made)


def handed_out(person: Person, made: MadeLink) -> str:
    """Return the page that tells what became of a link."""
    base = current_app.extensions["tiepdan.settings"].base_url or request.host_url.rstrip("/")
    return render_template(
        "organisation/one_time_link.html", person=person, made=made, address=f"{base}{made.path}"
    )


def _password_page(person: Person, form: NewPasswordForm) -> str:
    return render_template("organisation/link_password.html", person=person, form=form)


def _over_page(error: LinkOver) -> ResponseReturnValue:
    return render_template("organisation/link_over.html", words=error.message), HTTPStatus.NOT_FOUND


def _forgotten_page(form: ForgottenForm) -> str:
    mail = bool(current_app.extensions["tiepdan.settings"].smtp_host)
    return render_template("organisation/forgotten.html", form=form, mail=mail)
