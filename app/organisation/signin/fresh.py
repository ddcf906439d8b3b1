"""A fresh sign-in for sensitive acts: whoever has not proved for a while who they are is asked again, in place.

What was typed travels along in the page that asks, and is sent on with the proof: nothing has to be typed again.
"""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from flask import Response, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app.core import audit
from app.core.db import db, unit_of_work
from app.organisation.login import password_matches, safe_target
from app.organisation.models import Person
from app.organisation.signin import delays, passkeys, sessions
from app.organisation.signin.delays import Delayed, Growth, KnownBrowser
from app.organisation.signin.passkeys import Site
from app.organisation.signin.proof import Offered, keys, prove_second_factor
from app.organisation.signin.second_factor import Factors, factors_of
from app.web.access import current_principal
from app.web.limits import client_address

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])
BROWSER_COOKIE = "tiepdan-browser"
_PREFIX = "proof_"
_CHALLENGE = "passkey_asked"


def is_fresh() -> bool:
    """Tell whether the session's sign-in is fresh enough for a sensitive act."""
    return bool(current_user.live.is_fresh(current_app.config["FRESH_FOR"]))


def confirm_first() -> Response | None:
    """Return the way to a fresh sign-in and back to this page, or None when the sign-in is fresh; for a GET."""
    if is_fresh():
        return None
    return cast("Response", redirect(url_for("auth.confirm", next=request.full_path.rstrip("?"))))


def fresh_sign_in(keep: bool = True) -> Callable[[View], View]:
    """Let a view run only within some minutes of a proof (FRESH_SIGN_IN_MINUTES); else ask for one first.

    `keep=False` for forms with passwords, which must not travel through a page: they are typed again.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
            if not is_fresh():
                if request.method == "GET":
                    return confirm_first() or view(*args, **kwargs)
                refusal = ask(keep=keep)
                if refusal is not None:
                    return refusal
                if not keep:
                    flash(_("Đã xác nhận. Nhập lại rồi gửi lần nữa."), "info")
                    return redirect(url_for("auth.account"))
            return view(*args, **kwargs)

        return cast("View", guarded)

    return guard


def ask(*, keep: bool = True) -> ResponseReturnValue | None:
    """Return the page that asks for a proof, or None once the request brings one along."""
    person = db.session.get_one(Person, current_principal().person_id)
    error, status = "", HTTPStatus.UNAUTHORIZED
    if any(name.startswith(_PREFIX) for name in request.form):
        try:
            if _proved(person):
                return None
            error = _("Chưa đúng. Thử lại.")
        except Delayed as delay:
            error, status = wait_words(delay), HTTPStatus.TOO_MANY_REQUESTS
    factors = factors_of(person.id)
    typed = [(k, v) for k, v in request.form.items(multi=True) if _travels(k)] if keep else []
    page = render_template(
        "organisation/fresh.html",
        factors=factors,
        passkey_options=passkey_question(person.id, factors),
        typed=typed,
        error=error,
        action=request.full_path.rstrip("?"),
        back=_back(),
    )
    return page, status


def _back() -> str:
    """Return where to go without a proof: where one wanted, else the page that one came from."""
    came = urlsplit(request.referrer or "")
    before = safe_target(came.path) if came.netloc == request.host else None
    return safe_target(request.args.get("next")) or before or url_for("home.today")


def _travels(name: str) -> bool:
    return not name.startswith(_PREFIX) and name != "csrf_token"


def _proved(person: Person) -> bool:
    """Check the proof that came along: the second factor of whoever has one, else the password. Raises Delayed."""
    offered = offered_proof(person)
    counted = keys(person.id, offered)
    with unit_of_work():
        delays.begin(counted)
    with unit_of_work():
        second = bool(factors_of(person.id))
        proved = bool(prove_second_factor(person, offered)) if second else _by_password(person, counted)
        if proved:
            sessions.proved(current_user.live.id, second_factor=second)
            actor = current_principal()
            audit.record("sign_in.confirmed", actor=actor, subject=("person", person.id))
    return proved


def _by_password(person: Person, counted: dict[str, Growth]) -> bool:
    if password_matches(person.password_hash, request.form.get("proof_password", "")):
        delays.succeeded(counted)
        return True
    audit.record("sign_in.refused", actor=current_principal(), subject=("person", person.id))
    return False


def offered_proof(person: Person) -> Offered:
    """Return the proof that the request brings along; the challenge it answers is used up."""
    return Offered(
        code=request.form.get("proof_code", "")[:40],
        passkey=request.form.get("proof_passkey", "")[:10_000],
        asked=taken_challenge(),
        site=this_site(),
        address=client_address(),
        known=known_browser().knows(person.username),
    )


def this_site() -> Site:
    """Return the site that the request was sent to."""
    return Site.of(request.host_url)


def passkey_question(person_id: int, factors: Factors) -> str:
    """Return what a browser needs to answer with a passkey, as JSON; nothing where there is none, or none can be."""
    site = this_site()
    if not (factors.passkeys and site.possible):
        return ""
    return passkeys.request_options(person_id, site, new_challenge())


def new_challenge() -> str:
    """Return a fresh challenge for a passkey, kept in the session until it is answered."""
    session[_CHALLENGE] = asked = passkeys.challenge()
    return asked


def taken_challenge() -> str | None:
    """Return the challenge kept in the session, once."""
    asked: str | None = session.pop(_CHALLENGE, None)
    return asked


def known_browser() -> KnownBrowser:
    """Return what the request's browser remembers of who signed in in it."""
    return KnownBrowser.read(request.cookies.get(BROWSER_COOKIE))


def wait_words(delay: Delayed) -> str:
    """Say how long to wait."""
    if delay.seconds <= 90:
        return str(_("Đã sai nhiều lần. Chờ %(n)s giây rồi thử lại.", n=delay.seconds))
    return str(_("Đã sai nhiều lần. Chờ %(n)s phút rồi thử lại.", n=-(-delay.seconds // 60)))
