"""Signing in: argon2 passwords, a session that can be ended everywhere, the same answer for unknown and wrong."""

from urllib.parse import urlsplit

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import Flask, session
from flask_login import LoginManager, UserMixin, login_user, logout_user
from sqlalchemy import select

from app.core import audit
from app.core.clock import now, today
from app.core.db import db
from app.core.permissions import Principal
from app.core.text import nfc
from app.organisation.models import Person
from app.organisation.queries import facts_of_person

_hasher = PasswordHasher()
# Verified when the name is unknown, so that the answer takes as long as for a wrong password.
_NOBODY = _hasher.hash("nobody has this password")
PASSWORD_MIN = 10


class SignedIn(UserMixin):
    """Who is signed in, as Flask-Login carries it; loaded by one query a request."""

    def __init__(self, person: Person, principal: Principal, main_unit: str) -> None:
        self.id = f"{person.id}.{person.session_epoch}"
        self.person_id = person.id
        self.full_name = person.full_name
        self.locale = person.locale
        self.principal = principal
        self.main_unit = main_unit


def init_app(app: Flask, manager: LoginManager) -> None:
    """Give the application its login manager."""
    manager.init_app(app)
    manager.session_protection = "basic"
    manager.user_loader(_load)


def _load(user_id: str) -> SignedIn | None:
    person_id, _dot, epoch = user_id.partition(".")
    if not (person_id.isdigit() and epoch.isdigit()):
        return None
    facts = facts_of_person(int(person_id), today())
    if facts is None or facts.person.session_epoch != int(epoch):
        return None
    return SignedIn(facts.person, facts.principal, facts.main_unit)


def hash_password(password: str) -> str:
    """Return the argon2 hash of a password (in NFC, since keyboards differ)."""
    return _hasher.hash(nfc(password))


def password_matches(password_hash: str, password: str) -> bool:
    """Tell whether a password is the one that was hashed."""
    try:
        return _hasher.verify(password_hash, nfc(password))
    except (VerificationError, InvalidHashError):
        return False


def authenticate(username: str, password: str) -> Person | None:
    """Return the active person with this name and password, or None; both failures take the same time."""
    name = nfc(username).strip().lower()
    person = db.session.execute(select(Person).where(Person.username == name)).scalar_one_or_none()
    matches = password_matches(person.password_hash if person else _NOBODY, password)
    if person is None or not matches or not person.is_active:
        # The typed name is not kept: people type their password there.
        audit.record("sign_in.refused", actor=None, subject=("person", person.id if person else None))
        return None
    if _hasher.check_needs_rehash(person.password_hash):
        person.password_hash = hash_password(password)
    return person


def sign_in(person: Person) -> None:
    """Open a fresh session for a person."""
    facts = facts_of_person(person.id, today())
    assert facts is not None
    locale = session.get("locale")
    session.clear()
    if locale:
        session["locale"] = locale
    session.permanent = True
    login_user(SignedIn(facts.person, facts.principal, facts.main_unit))
    person.last_sign_in_at = now()
    audit.record("sign_in", actor=facts.principal, subject=("person", person.id))


def sign_out() -> None:
    """Close the session."""
    logout_user()
    session.clear()


def safe_target(target: str | None) -> str | None:
    """Return a path of our own to go to after signing in, or None for anything that leads elsewhere."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    parts = urlsplit(target)
    return None if parts.scheme or parts.netloc or "\\" in target else target
