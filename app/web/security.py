"""Headers that keep pages to themselves: no foreign scripts, no frames, no sniffing, nothing sensitive in caches."""

from flask import Flask, Response, abort, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from werkzeug.routing import IntegerConverter, ValidationError

POLICY = "; ".join(  # noqa: FLY002 - one rule a line is how a policy is read
    (
        "default-src 'self'",
        "img-src 'self' data:",
        "style-src 'self'",
        "script-src 'self'",
        "connect-src 'self'",
        "frame-src 'none'",
        "worker-src 'none'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)

# Nothing of the machine is asked for: neither by us, nor by whatever might get into a page.
_DEVICES = (
    "accelerometer", "autoplay", "bluetooth", "camera", "display-capture", "fullscreen", "geolocation", "gyroscope",
    "hid", "idle-detection", "local-fonts", "magnetometer", "microphone", "midi", "payment", "picture-in-picture",
    "screen-wake-lock", "serial", "usb", "web-share", "xr-spatial-tracking",
)  # fmt: skip
PERMISSIONS = ", ".join(f"{device}=()" for device in _DEVICES)

_NUMBER_MAX = 2**31 - 1  # of PostgreSQL's integer, which all ids are
_LOOPBACK = ("localhost", "127.0.0.1")
_ASSETS = ("/static/", "/bootstrap/")


class PageSessions(SecureCookieSessionInterface):
    """Pages renew the session's cookie, style sheets and pictures do not: a late one must not bring back who left."""

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        """Tell whether an answer carries the cookie."""
        if request.path.startswith(_ASSETS) and not session.modified:
            return False
        return super().should_set_cookie(app, session)


class RecordNumber(IntegerConverter):
    """A number in an address: one that no record can have leads to no page, and never to the database."""

    def to_python(self, value: str) -> int:
        """Return the number. Raises ValidationError, which means: no such address."""
        if len(value) > len(str(_NUMBER_MAX)) or int(value) > _NUMBER_MAX:
            raise ValidationError
        return int(super().to_python(value))


def init_app(app: Flask) -> None:
    """Set the headers on every answer, and what addresses may look like; called before any route is added."""
    app.url_map.converters["int"] = RecordNumber
    app.session_interface = PageSessions()
    # Against forged Host headers: links in mail and passkeys are about our own address. The machine itself may ask too.
    if hosts := app.config.get("OWN_HOSTS"):
        app.config["TRUSTED_HOSTS"] = [*hosts, *_LOOPBACK]
    https = bool(app.config["SESSION_COOKIE_SECURE"])

    @app.before_request
    def _no_nul() -> None:
        # No keyboard types it, and PostgreSQL takes it in no text. (Forms drop it: app/core/text.py.)
        if "\0" in request.path or any(
            "\0" in part for pair in request.args.items(multi=True) for part in pair
        ):
            abort(400)

    @app.after_request
    def _headers(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", POLICY)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("X-Frame-Options", "DENY")
        # Within the product the address before is needed (cross-site posts are told by it); it never leaves the site.
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", PERMISSIONS)
        headers.setdefault("X-Robots-Tag", "noindex, nofollow")
        if https:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        if not request.path.startswith(_ASSETS):  # of strangers too: a page of sign-in holds tokens
            headers.setdefault("Cache-Control", "private, no-store")
        return response
