"""Headers that keep pages to themselves: no foreign scripts, no frames, no sniffing, nothing sensitive in caches."""

from flask import Flask, Response, request
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


def init_app(app: Flask) -> None:
    """Set the headers on every answer."""
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
        if not request.path.startswith(("/static/", "/bootstrap/")) and current_user.is_authenticated:
            headers.setdefault("Cache-Control", "private, no-store")
        return response
