"""Signing in: argon2 passwords, a session that can be ended everywhere, the same answer for unknown and wrong."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from urllib.parse import urlsplit

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import Flask, current_app, request, session
from flask_babel import gettext as _
from flask_login import LoginManager, UserMixin, login_user, logout_user
from sqlalchemy import select, update

from app.core import audit
from app.core.clock import now, today
from app.core.db import db
from app.core.errors import Invalid
from app.core.permissions import Principal
from app.core.text import nfc
from app.organisation.chart import chart, chart_at
from app.organisation.models import Person
from app.organisation.queries import SignedInFacts, facts_of_person
from app.organisation.signin import delays, sessions
from app.organisation.signin.models import OneTimeLink
from app.organisation.signin.second_factor import factors_of
from app.organisation.signin.sessions import Browser, LiveSession
from app.web import trail
from app.web.limits import client_address

PASSWORD_MIN, PASSWORD_MAX = 10, 200
_EXTENSION = "tiepdan.passwords"
_TOKEN = "_user_id"  # noqa: S105 - where Flask-Login keeps what names the session
_HALF = "half"
HALF_WAY_LASTS = timedelta(minutes=10)
_OUTSIDE = re.compile(r"[\x00-\x20\\\x7f]")


class Passwords:
    """How passwords are hashed in this application: argon2id, one of OWASP's recommended settings."""

    def __init__(self, *, cheap: bool = False) -> None:
        self.hasher = (
            PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
            if cheap
            else PasswordHasher(time_cost=1, memory_cost=46 * 1024, parallelism=1)
        )
        # Verified when the name is unknown, so that the answer takes as long as for a wrong password.
        self.nobody = self.hasher.hash("nobody has this password")


class SignedIn(UserMixin):
    """Who is signed in, as Flask-Login carries it; read from the chart at each request."""

    def __init__(self, facts: SignedInFacts, live: LiveSession, token: str) -> None:
        self.live = live
        self.principal: Principal = facts.principal
        self.person_id = facts.principal.person_id
        self.full_name = facts.principal.name
        self.username = facts.username
        self.locale = facts.locale
        self.main_unit = facts.main_unit
        self.must_change_password = facts.must_change_password
        self.id = token


class Refusal(Enum):
    """Why a sign-in was refused."""

    WRONG = "wrong"  # name unknown, password wrong, or account closed: never told apart
    NO_ROLE = "no_role"  # right, but nothing is held today: told only to whoever knows the password


def refusal_words(refusal: Refusal) -> str:
    """Say why a sign-in was refused, to whoever may know it."""
    if refusal is Refusal.NO_ROLE:
        return _("Tài khoản này hiện không giữ vai trò nào. Liên hệ người quản trị của cơ quan.")
    return _("Tên đăng nhập hoặc mật khẩu không đúng.")


class Step(Enum):
    """How far a right first step leads."""

    IN = "in"
    HALF_WAY = "half_way"  # a second factor is asked for


@dataclass(frozen=True)
class HalfWay:
    """Somebody whose first step (password, single sign-on) was right, and whose second is still to come."""

    person_id: int
    method: str


def init_app(app: Flask, manager: LoginManager) -> None:
    """Give the application its login manager."""
    # Tests sign in thousands of times; everywhere else a hash is meant to be dear.
    app.extensions[_EXTENSION] = Passwords(cheap=app.config["ENV_NAME"] == "test")
    manager.init_app(app)
    manager.session_protection = "basic"
    manager.user_loader(_load)


def _load(token: str) -> SignedIn | None:
    """Return who a session belongs to; None once it, the account, or all roles ended, or all sessions were ended."""
    found = sessions.find(token)
    if found is None:
        return None
    chart_at(found.chart_version)
    facts = facts_of_person(found.session.person_id, today())
    if facts is None or facts.session_epoch != found.session.epoch or not facts.principal.memberships:
        return None
    return SignedIn(facts, found.session, token)


def session_token() -> str | None:
    """Return the token that the request's cookie carries, whether or not its session goes on."""
    return session.get(_TOKEN)


def passwords() -> Passwords:
    """Return how this application hashes passwords."""
    kept: Passwords = current_app.extensions[_EXTENSION]
    return kept


def hash_password(password: str) -> str:
    """Return the argon2 hash of a password (in NFC, since keyboards differ)."""
    return passwords().hasher.hash(nfc(password))


def password_matches(password_hash: str, password: str) -> bool:
    """Tell whether a password is the one that was hashed."""
    try:
        return passwords().hasher.verify(password_hash, nfc(password))
    except (VerificationError, InvalidHashError):
        return False


def check_new_password(password: str, *, username: str, field: str) -> None:
    """Refuse a password that is too short, too long, one character repeated, or the user name. Raises Invalid."""
    if len(password) < PASSWORD_MIN:
        raise Invalid(_("Mật khẩu có ít nhất %(n)s ký tự.", n=PASSWORD_MIN), field=field)
    if len(password) > PASSWORD_MAX:
        raise Invalid(_("Mật khẩu có nhiều nhất %(n)s ký tự.", n=PASSWORD_MAX), field=field)
    if len(set(password)) < 3 or username.lower() in password.lower():
        raise Invalid(
            _("Mật khẩu này quá dễ đoán: không dùng tên đăng nhập hoặc một ký tự lặp lại."), field=field
        )


def set_password(person: Person, new: str, *, handed_out: bool = False) -> None:
    """Give a person a password, end all their sessions and close their open links.

    One that was handed out has to be changed first.
    """
    person.password_hash = hash_password(new)
    person.must_change_password = handed_out
    person.session_epoch += 1
    close_links(person)


def close_links(person: Person) -> None:
    """Close the one-time links of a person that are still open."""
    mine = update(OneTimeLink).where(OneTimeLink.person_id == person.id, OneTimeLink.closed_at.is_(None))
    db.session.execute(mine.values(closed_at=now()))


def authenticate(username: str, password: str) -> Person | None:
    """Return the person with this name and password, or None; every refusal costs one verified hash.

    Writes a refusal to the audit. The typed name is not kept: people type their password there.
    """
    person = db.session.scalar(select(Person).where(Person.username == delays.tidy(username)))
    matches = password_matches(person.password_hash if person else passwords().nobody, password)
    if person is None or not matches or not person.is_active:
        # Counted for names that nobody has, too: the answer takes as long.
        delays.failed_account(person.id if person and person.is_active else None, username)
        audit.record("sign_in.refused", actor=None, subject=("person", person.id if person else None))
        return None
    if passwords().hasher.check_needs_rehash(person.password_hash):
        person.password_hash = hash_password(password)
        db.session.flush()
    return person


def enter(person: Person, *, method: str = "password", second_factor: bool = False) -> Step | Refusal:
    """Let in whoever was found to be a person, or lead them to the second step they have set up; or return why not.

    Writes to the audit that somebody without a role came.
    """
    facts = facts_of_person(person.id, today())
    if facts is None or not facts.principal.memberships:
        audit.record("sign_in.no_role", actor=None, subject=("person", person.id))
        return Refusal.NO_ROLE
    if not second_factor and factors_of(person.id):
        _half_way(person, method)
        return Step.HALF_WAY
    sign_in(person, method=method, second_factor=second_factor)
    return Step.IN


def sign_in(person: Person, *, method: str = "password", second_factor: bool = False) -> None:
    """Open a fresh session for a person: nothing of the session before, but the language chosen in it, lives on."""
    db.session.flush()
    chart(fresh=True)  # the person may have changed in this very request
    facts = facts_of_person(person.id, today())
    if facts is None:
        raise Invalid(_("Tài khoản này không còn hoạt động."))
    _end_the_one_before("replaced")
    _only_the_language_stays()
    session.permanent = True
    token = sessions.open_session(person, browser(), method=method, second_factor=second_factor)
    found = sessions.find(token)
    assert found is not None
    trail.begin_session(str(found.session.id))
    login_user(SignedIn(facts, found.session, token))
    person.last_sign_in_at = now()
    detail = {} if method == "password" and not second_factor else {"method": method, "second": second_factor}
    audit.record("sign_in", actor=facts.principal, subject=("person", person.id), detail=detail)


def _half_way(person: Person, method: str) -> None:
    """Remember in the cookie that the first step was right; nothing is open before the second."""
    _end_the_one_before("replaced")
    _only_the_language_stays()
    session[_HALF] = [person.id, person.session_epoch, now().isoformat(), method]


def who_is_half_way() -> HalfWay | None:
    """Return whose second step is awaited: within ten minutes, and unless all sessions were ended meanwhile."""
    kept = session.get(_HALF)
    if not kept:
        return None
    person_id, epoch, at, method = kept
    facts = facts_of_person(person_id, today())
    in_time = now() - datetime.fromisoformat(at) <= HALF_WAY_LASTS
    if facts is None or facts.session_epoch != epoch or not facts.principal.memberships or not in_time:
        session.pop(_HALF)
        return None
    return HalfWay(person_id, method)


def sign_out() -> None:
    """Close the session; the language chosen in it stays."""
    _end_the_one_before("signed_out")
    logout_user()
    _only_the_language_stays()


def end_expired() -> bool:
    """End for good the session of a cookie that opens nothing any more; tell whether it had not been ended before."""
    ended = _end_the_one_before("expired")
    session.pop(_TOKEN)
    return ended


def browser() -> Browser:
    """Return where the request comes from."""
    return Browser(client_address(), request.user_agent.string)


def _end_the_one_before(reason: str) -> bool:
    token = session_token()
    return sessions.end_token(token, reason) if token else False


def _only_the_language_stays() -> None:
    language = session.get("locale")
    session.clear()
    if language:
        session["locale"] = language


def safe_target(target: str | None) -> str | None:
    """Return a path of our own to go to after signing in, or None for anything that leads elsewhere.

    Browsers read a backslash as a slash and drop tabs and line ends, so an address that holds one is not trusted.
    """
    if not target or not target.startswith("/") or target.startswith("//") or _OUTSIDE.search(target):
        return None
    parts = urlsplit(target)
    return None if parts.scheme or parts.netloc else target
