"""What holds for every form with files: how many at once, and what administrators must know of the virus scanner."""

from flask import Flask, request
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.exceptions import RequestEntityTooLarge

from app.core.permissions import Permission
from app.files import antivirus
from app.files.antivirus import ScannerState
from app.web import health
from app.web.access import current_principal

FILES_MAX = 40  # as many rows as the desk's list of papers has


def init_app(app: Flask) -> None:
    """Count the files of each request before any view runs; tell templates of a scanner that is away."""
    app.before_request(_count)
    app.context_processor(lambda: {"scanner_warning": _scanner_warning})
    health.tell(app, "antivirus", _scanner_state)


def _scanner_state() -> str | None:
    found = antivirus.state()
    return None if found is ScannerState.OFF else found.value


def _count() -> None:
    if request.method == "POST" and request.mimetype == "multipart/form-data":
        handed_in = sum(1 for name in request.files for file in request.files.getlist(name) if file.filename)
        if handed_in > FILES_MAX:
            raise RequestEntityTooLarge


def _scanner_warning() -> str:
    """Return what an administrator must be told of the virus scanner, or nothing."""
    if not current_user.is_authenticated or not current_principal().may(Permission.ORGANISATION_MANAGE):
        return ""
    if antivirus.state() is not ScannerState.DOWN:
        return ""
    if antivirus.accepts_unscanned():
        return _("Bộ quét virus không trả lời: tệp kèm theo đang được nhận mà không qua quét.")
    return _("Bộ quét virus không trả lời: tệp kèm theo chưa được nhận cho đến khi bộ quét chạy lại.")
