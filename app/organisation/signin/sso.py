"""The province's single sign-on (OpenID Connect): who came from there, and to whom an administrator linked them.

Nobody gets an account or a right by coming from there: accounts and roles are given here, and a person there is known
by the stable subject alone, never by a name or a mail address.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from flask import Flask, current_app
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from joserfc.errors import JoseError
from sqlalchemy import select

from app.core import audit
from app.core.clock import now
from app.core.db import db
from app.core.permissions import Principal
from app.core.text import clean_line
from app.organisation.models import Person
from app.organisation.services.guard import check_administrator, taken
from app.organisation.signin.models import ExternalIdentity

_EXTENSION = "tiepdan.sso"
TIMEOUT_SECONDS = 8


class SsoFailed(Exception):
    """The other side does not answer, or not as it should; says nothing of what it sent."""


@dataclass(frozen=True)
class Arrival:
    """Who came from the single sign-on."""

    issuer: str
    subject: str
    second_factor: bool  # whether a second factor was proved there, and the settings trust that

    @property
    def mark(self) -> str:
        """Return a short mark of the subject, for the audit."""
        return sha256(f"{self.issuer}\0{self.subject}".encode()).hexdigest()[:12]


def init_app(app: Flask) -> None:
    """Give the application its client, where the settings name a provider. Asks nothing of it yet."""
    settings = app.extensions["tiepdan.settings"].sign_in
    if not settings.oidc_issuer:
        return
    oauth = OAuth(app)
    oauth.register(
        "sso",
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret,
        server_metadata_url=f"{settings.oidc_issuer}/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid",
            "code_challenge_method": "S256",
            "default_timeout": TIMEOUT_SECONDS,
        },
    )
    app.extensions[_EXTENSION] = oauth


def is_on() -> bool:
    """Tell whether there is a single sign-on."""
    return _EXTENSION in current_app.extensions


def name() -> str:
    """Return what the single sign-on is called on the button."""
    return str(current_app.extensions["tiepdan.settings"].sign_in.oidc_name)


def departure(callback: str) -> ResponseReturnValue:
    """Return the way to the other side; state, nonce and code verifier wait in the session. Raises SsoFailed."""
    try:
        answer: ResponseReturnValue = _client().authorize_redirect(callback)
    except _FAILURES as error:
        raise SsoFailed(type(error).__name__) from None
    return answer


def arrival() -> Arrival:
    """Return who came back with the request, once code, state, nonce and signature are checked. Raises SsoFailed."""
    settings = current_app.extensions["tiepdan.settings"].sign_in
    try:
        claims = _client().authorize_access_token().get("userinfo") or {}
    except _FAILURES as error:
        raise SsoFailed(type(error).__name__) from None
    issuer, subject = str(claims.get("iss", "")).rstrip("/"), str(claims.get("sub", ""))
    if issuer != settings.oidc_issuer or not 0 < len(subject) <= 255:
        raise SsoFailed("claims")
    methods = claims.get("amr")
    proved = settings.oidc_second_factor and isinstance(methods, list) and "mfa" in methods
    return Arrival(issuer, subject, proved)


# What a provider, the network between, or somebody who made the answer up can cause.
_FAILURES = (
    AuthlibBaseError,
    JoseError,
    requests.RequestException,
    ValueError,
    KeyError,
    RuntimeError,
    TypeError,
)


def _client() -> Any:
    return current_app.extensions[_EXTENSION].sso


def person_of(came: Arrival) -> Person | None:
    """Return the active person linked to whoever came; None, and an entry in the audit, when there is none."""
    linked = (
        select(Person)
        .join(ExternalIdentity, ExternalIdentity.person_id == Person.id)
        .where(
            ExternalIdentity.issuer == came.issuer, ExternalIdentity.subject == came.subject, Person.is_active
        )
    )
    person = db.session.scalar(linked)
    if person is None:
        detail = {"subject": came.mark}
        audit.record("sign_in.sso_unknown", actor=None, subject=("person", None), detail=detail)
    return person


def subject_of(person: Person) -> str:
    """Return who a person is at the single sign-on, or nothing."""
    row = _link(person)
    return row.subject if row else ""


def link(person: Person, subject: str, *, actor: Principal) -> None:
    """Link a person to a subject of the single sign-on, or unlink them with an empty one, which ends their sessions.

    Raises Invalid (field 'subject') when somebody else is linked to it, NotAllowed.
    """
    check_administrator(actor)
    issuer = current_app.extensions["tiepdan.settings"].sign_in.oidc_issuer
    subject, row = clean_line(subject), _link(person)
    if (row.subject if row else "") == subject:
        return
    if row is not None:
        db.session.delete(row)
        person.session_epoch += 1
        db.session.flush()
    with taken(_("Mã này đã liên kết với người khác."), "subject"):
        if subject:
            db.session.add(
                ExternalIdentity(
                    person_id=person.id,
                    issuer=issuer,
                    subject=subject,
                    linked_at=now(),
                    linked_by_id=actor.person_id,
                )
            )
        act = "person.sso_linked" if subject else "person.sso_unlinked"
        audit.record(act, actor=actor, subject=("person", person.id))


def _link(person: Person) -> ExternalIdentity | None:
    issuer = current_app.extensions["tiepdan.settings"].sign_in.oidc_issuer
    wanted = select(ExternalIdentity).where(
        ExternalIdentity.person_id == person.id, ExternalIdentity.issuer == issuer
    )
    return db.session.scalar(wanted)
