"""What stands before every page behind sign-in: the session is seen or ended, and what must come first comes first."""

from flask import Flask, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app.core.clock import now
from app.core.db import unit_of_work
from app.core.permissions import Permission
from app.organisation import login
from app.organisation.signin import second_factor, sessions
from app.web.access import declared

# What somebody may open while a password that was handed out waits to be changed.
_BEFORE_CHANGE = frozenset({"auth.account", "auth.change_password", "auth.confirm"})


def init_app(app: Flask) -> None:
    """Register the gate. It stands before the check of permissions."""
    app.before_request(_see_or_end)
    app.before_request(_change_password_first)
    app.before_request(_second_factor_first)


def _see_or_end() -> None:
    """Note that a session is in use, at most once a minute; end for good one that must not go on.

    What a page asks for by itself (the bell) is no use, unless it says that somebody typed: an empty chair must not
    keep a session alive, and an hour of writing at the desk must not end one.
    """
    endpoint = request.endpoint
    if endpoint is None or endpoint.endswith("static"):
        return
    if not login.session_token():
        return
    if not current_user.is_authenticated:
        with unit_of_work():
            ended = login.end_expired()
        if ended:
            flash(_("Phiên làm việc đã hết. Đăng nhập lại để tiếp tục."), "info")
        return
    by_itself = (
        request.accept_mimetypes.best == "application/json" and request.headers.get("X-In-Use") != "yes"
    )
    if not by_itself and now() - current_user.live.last_seen_at >= sessions.SEEN_EVERY:
        with unit_of_work():
            sessions.seen(current_user.live.id)


def _behind_sign_in() -> bool:
    endpoint = request.endpoint
    if endpoint is None or not isinstance(declared(current_app, endpoint), Permission):
        return False
    return bool(current_user.is_authenticated)


def _change_password_first() -> ResponseReturnValue | None:
    if request.endpoint in _BEFORE_CHANGE or not _behind_sign_in():
        return None
    # Whoever came by the single sign-on may not know the password that was handed out, and does not need it.
    if current_user.must_change_password and current_user.live.method != "sso":
        return redirect(url_for("auth.account"))
    return None


def _second_factor_first() -> ResponseReturnValue | None:
    """Lead whoever may open identities to setting up a second factor, where the settings demand one."""
    if not _behind_sign_in():
        return None
    if current_user.live.second_factor:
        return None
    endpoint = request.endpoint or ""
    if endpoint.startswith(("auth.", "factors.")) or not second_factor.is_demanded(current_user.principal):
        return None
    return redirect(url_for("factors.show"))
