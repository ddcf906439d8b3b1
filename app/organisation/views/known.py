"""The cookie by which a browser is known again: what others do from the same office then delays nobody in it."""

from datetime import timedelta

from flask import Response, current_app

from app.organisation.signin.fresh import BROWSER_COOKIE, known_browser

_KEPT = timedelta(days=180)


def remember_browser(answer: Response, username: str) -> Response:
    """Note in the browser that an account signed in in it; holds no name, and opens nothing."""
    answer.set_cookie(
        BROWSER_COOKIE,
        known_browser().cookie_with(username),
        max_age=_KEPT,
        path="/",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
    return answer
