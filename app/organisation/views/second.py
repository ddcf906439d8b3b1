"""The second step of signing in: a code of the app, a recovery code, or a passkey."""

from http import HTTPStatus

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core.db import db, unit_of_work
from app.organisation import login
from app.organisation.models import Person
from app.organisation.signin import delays, fresh
from app.organisation.signin.delays import Delayed
from app.organisation.signin.proof import keys, prove_second_factor
from app.organisation.signin.second_factor import factors_of
from app.organisation.views.known import remember_browser
from app.web.access import access

blueprint = Blueprint("second", __name__, url_prefix="/sign-in/second", template_folder="../templates")


@blueprint.get("")
@access.public
def show() -> ResponseReturnValue:
    """Ask for the second factor of whoever is half-way in."""
    half = login.who_is_half_way()
    return _page(half.person_id) if half is not None else _back_to_the_start()


@blueprint.post("")
@access.public
def check() -> ResponseReturnValue:
    """Check the second factor, and open the session."""
    half = login.who_is_half_way()
    if half is None:
        return _back_to_the_start()
    person = db.session.get_one(Person, half.person_id)
    offered = fresh.offered_proof(person)
    try:
        with unit_of_work():
            delays.begin(keys(person.id, offered))
        with unit_of_work():
            how = prove_second_factor(person, offered)
            if how is not None:
                login.sign_in(person, method=half.method, second_factor=True)
    except Delayed as delay:
        headers = {"Retry-After": str(delay.seconds)}
        return _page(half.person_id, fresh.wait_words(delay)), HTTPStatus.TOO_MANY_REQUESTS, headers
    if how is None:
        return _page(half.person_id, _("Mã không đúng hoặc đã dùng rồi.")), HTTPStatus.UNPROCESSABLE_ENTITY
    if how == "recovery":
        left = factors_of(person.id).codes_left
        flash(_("Đã dùng một mã dự phòng, còn %(n)s mã.", n=left), "warning")
    answer = make_response(redirect(login.safe_target(request.args.get("next")) or url_for("home.today")))
    return remember_browser(answer, person.username)


def _back_to_the_start() -> ResponseReturnValue:
    flash(_("Bước đăng nhập trước đã hết hạn. Đăng nhập lại từ đầu."), "info")
    return redirect(url_for("auth.sign_in", next=login.safe_target(request.args.get("next"))))


def _page(person_id: int, error: str = "") -> str:
    factors = factors_of(person_id)
    return render_template(
        "organisation/second_step.html",
        factors=factors,
        passkey_options=fresh.passkey_question(person_id, factors),
        error=error,
    )
