"""What requests leave in the audit trail: where they come from, which record was opened, and what was refused.

Opening a page of a case, a petition, a visit leaves an entry before the page is sent: no entry, no page. Which routes
are about which kind of record is the table RECORDED_SUBJECTS of app/wiring.py.
"""

from collections.abc import Mapping
from uuid import uuid4

from flask import Flask, Response, current_app, g, has_request_context, request, session
from flask_login import current_user
from rq import get_current_job
from sqlalchemy import text

from app.core import audit
from app.core.db import discard_unsaved, unit_of_work
from app.core.permissions import GRANTS, Permission
from app.web.access import current_principal, declared
from app.web.limits import client_address

_EXTENSION, _SESSION = "tiepdan.trail", "trail"
SESSION_NAME_MAX = 32
ADDRESS_MAX = 45  # the longest written form of an address; what a proxy hands on may be anything
Subject = tuple[str, int | None]
OK, PART, REFUSED_FORM = 200, 206, 422
_EXPORT: Subject = ("page", None)  # a file made of what somebody may see, about no single record
_SOON = text("SET LOCAL synchronous_commit TO off")
# A part of a file is the file; a form that comes back with errors shows the record again.
_SHOWN = (OK, PART, REFUSED_FORM)


def init_app(app: Flask, subjects: Mapping[tuple[str, str], str]) -> None:
    """Record what is opened or sent as a file; `subjects` is a kind of record by (blueprint, argument of the route)."""
    app.extensions[_EXTENSION] = dict(subjects)
    app.after_request(_record_opening)


def begin_session(name: str) -> None:
    """Name the session that begins now: entries carry the name, which opens nothing."""
    session[_SESSION] = name[:SESSION_NAME_MAX]
    origin().session_id = session[_SESSION]


def origin() -> audit.Origin:
    """Return where the present act comes from: one and the same for a whole request; a job is named by its id."""
    if not has_request_context():
        job = get_current_job()
        return audit.Origin(request_id=job.id[:36] if job is not None else None)
    known: audit.Origin | None = g.get("audit_origin")
    if known is None:
        known = g.audit_origin = audit.Origin(
            str(uuid4()), client_address()[:ADDRESS_MAX], session.get(_SESSION)
        )
    return known


def note_refusal() -> None:
    """Record that whoever is signed in asked for what they may not see or do, or what does not exist.

    Which of the two it was is not told apart, here as on the page.
    """
    if request.endpoint is None or not current_user.is_authenticated or origin().refusal_noted:
        return
    discard_unsaved()
    with unit_of_work():
        audit.record(
            f"access{audit.REFUSED}",
            actor=current_principal(),
            subject=_subject() or _EXPORT,
            detail=_way(),
        )


def _record_opening(response: Response) -> Response:
    """Leave an entry for a record or an export that this answer shows, unless the act itself has left one."""
    if response.status_code not in _SHOWN or request.method == "HEAD" or not current_user.is_authenticated:
        return response
    sent_as_file = response.headers.get("Content-Disposition", "").startswith("attachment")
    subject = _subject() or (_EXPORT if sent_as_file else None)
    # What an act has noted may have been rolled back where a form comes back.
    if subject is None or (response.status_code != REFUSED_FORM and subject in origin().noted):
        return response
    discard_unsaved()
    what = "exported" if subject == _EXPORT else "file_opened" if sent_as_file else "viewed"
    with unit_of_work() as open_session:
        if what == "viewed":
            # A page must not wait for the disk: of what was merely looked at, a crash of the database server may take
            # the last half second. Acts, files and refusals wait.
            open_session.execute(_SOON)
        audit.record(f"{subject[0]}.{what}", actor=current_principal(), subject=subject, detail=_way())
    return response


def _subject() -> Subject | None:
    """Return the record that the present route is about, or None."""
    kinds: Mapping[tuple[str, str], str] = current_app.extensions[_EXTENSION]
    for name, value in (request.view_args or {}).items():
        kind = kinds.get((request.blueprint or "", name))
        if kind is not None:
            return kind, value
    return None


def _way() -> dict[str, object]:
    """Return how a record was reached: the page, its numbers, and the roles that opened it. No word that was typed."""
    numbers = {name: value for name, value in (request.view_args or {}).items() if isinstance(value, int)}
    permission = declared(current_app, request.endpoint or "")
    held = current_principal().memberships if isinstance(permission, Permission) else ()
    roles = [f"{one.role.value}@{one.unit_id}" for one in held if permission in GRANTS[one.role]]
    return {**numbers, "page": request.endpoint, "method": request.method, "as": roles}
