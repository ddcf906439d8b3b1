"""Headers that keep pages to themselves: no foreign scripts, no frames, no sniffing, nothing sensitive in caches."""

from flask import Flask, Response, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_login import current_user

POLICY = "; ".join(  # noqa: FLY002 - one rule a line is how a policy is read
    (
        "default-src 'self'",
        "img-src 'self' data:",
        "style-src 'self'",
        "script-src 'self'",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)

_ASSETS = ("/static/", "/bootstrap/")


class PageSessions(SecureCookieSessionInterface):
    """Pages renew the session's cookie, style sheets and pictures do not: a late one must not bring back who left."""

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        """Tell whether an answer carries the cookie."""
        if request.path.startswith(_ASSETS) and not session.modified:
            return False
        return super().should_set_cookie(app, session)


def init_app(app: Flask) -> None:
    """Set the headers on every answer."""
    app.session_interface = PageSessions()
    https = bool(app.config["SESSION_COOKIE_SECURE"])

    @app.after_request
    def _headers(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", POLICY)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("X-Frame-Options", "DENY")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", "geolocation=(), camera=(), microphone=()")
        if https:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        if not request.path.startswith(_ASSETS) and current_user.is_authenticated:
            headers.setdefault("Cache-Control", "private, no-store")
        return response
