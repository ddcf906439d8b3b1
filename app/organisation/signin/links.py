"""One-time links by which a person sets their password: an invitation, or after it was forgotten."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import delete, select

from app.core import audit
from app.core.clock import now
from app.core.db import db
from app.core.errors import NotFound
from app.core.events import publish
from app.core.permissions import Principal
from app.organisation import login
from app.organisation.events import OneTimeLinkMade, SecurityChanged
from app.organisation.models import Person
from app.organisation.services.guard import check_administrator
from app.organisation.signin.delays import tidy
from app.organisation.signin.models import LinkPurpose, OneTimeLink
from app.organisation.signin.sessions import token_hash

INVITATION_LASTS = timedelta(days=3)
HANDED_OUT_LASTS = timedelta(hours=24)  # a reset that an administrator made
_KEPT = timedelta(days=90)
ASKED_FOR_LASTS = timedelta(hours=1)  # a reset that somebody asked for at the door


class LinkOver(NotFound):
    """The link was used, replaced, has expired, or never was."""

    code = "link_over"


@dataclass(frozen=True)
class MadeLink:
    """A link just made: its path with the token, told once; until when it works; whether mail takes it along."""

    path: str
    expires_at: datetime
    purpose: LinkPurpose
    mailed: bool


def mail_leaves_for(person: Person) -> bool:
    """Tell whether a person can be reached by mail: there is a server, and an address."""
    return bool(current_app.extensions["tiepdan.settings"].smtp_host and person.email)


def hand_out(person: Person, *, actor: Principal) -> MadeLink:
    """Make a link for a person: an invitation for whoever never signed in, else a reset. For administrators."""
    check_administrator(actor)
    if not person.is_active:
        raise NotFound
    if person.last_sign_in_at is None:
        return _make(person, LinkPurpose.INVITATION, INVITATION_LASTS, actor=actor)
    return _make(person, LinkPurpose.RESET, HANDED_OUT_LASTS, actor=actor)


def hand_out_on_console(person: Person) -> MadeLink:
    """Make a link on the command line, for when no administrator can: the operator hands it over."""
    return _make(person, LinkPurpose.RESET, HANDED_OUT_LASTS, actor=None)


def ask_for_reset(username: str) -> None:
    """Mail a link to whoever has this user name and an address; who has none learns nothing from the silence."""
    person = db.session.scalar(select(Person).where(Person.username == tidy(username), Person.is_active))
    if person is not None and mail_leaves_for(person):
        _make(person, LinkPurpose.RESET, ASKED_FOR_LASTS, actor=None)


def _make(person: Person, purpose: LinkPurpose, lasts: timedelta, *, actor: Principal | None) -> MadeLink:
    token, at = secrets.token_urlsafe(32), now()
    login.close_links(person)
    row = OneTimeLink(
        person_id=person.id,
        purpose=purpose,
        token_hash=token_hash(token),
        created_at=at,
        created_by_id=actor.person_id if actor else None,
        expires_at=at + lasts,
    )
    db.session.add(row)
    db.session.flush()
    detail = {"purpose": purpose.value}
    audit.record("person.link_made", actor=actor, subject=("person", person.id), detail=detail)
    mailed = mail_leaves_for(person)
    if mailed:
        publish(OneTimeLinkMade(row.id, person.id, purpose.value, token))
    return MadeLink(path_of(token), row.expires_at, purpose, mailed)


def path_of(token: str) -> str:
    """Return the path of the page that a token opens."""
    return f"/sign-in/link/{token}"


def person_of(token: str) -> Person:
    """Return whose link a token is, without using it up: mail scanners open links too. Raises LinkOver."""
    return db.session.get_one(Person, _row(token).person_id)


def set_password(token: str, new: str) -> Person:
    """Set the password by a link, which is used up by that, and end all sessions. Raises LinkOver, Invalid."""
    row = _row(token, lock=True)
    person = db.session.get_one(Person, row.person_id)
    login.check_new_password(new, username=person.username, field="new")
    login.set_password(person, new)
    audit.record(
        "person.password_by_link", actor=None, subject=("person", person.id), detail={"link": row.id}
    )
    publish(SecurityChanged(person.id, "password_changed", f"link:{row.id}"))
    db.session.flush()
    return person


def forget_old() -> int:
    """Delete the links that expired long ago; the audit keeps that they were made. Return how many."""
    result: Any = db.session.execute(delete(OneTimeLink).where(OneTimeLink.expires_at < now() - _KEPT))
    return int(result.rowcount)


def _row(token: str, *, lock: bool = False) -> OneTimeLink:
    statement = select(OneTimeLink).where(OneTimeLink.token_hash == token_hash(token[:100]))
    row = db.session.scalar(statement.with_for_update() if lock else statement)
    over = row is None or row.closed_at is not None or row.expires_at <= now()
    if row is None or over or not db.session.get_one(Person, row.person_id).is_active:
        raise LinkOver(_("Liên kết này đã dùng, đã hết hạn hoặc không đúng. Xin liên kết mới."))
    return row
