"""Proving who one is, at the second step of signing in and anew before a sensitive act."""

from dataclasses import dataclass

from app.core import audit
from app.core.db import db
from app.organisation.models import Person
from app.organisation.signin import delays, passkeys
from app.organisation.signin.delays import Growth
from app.organisation.signin.passkeys import Site
from app.organisation.signin.second_factor import check_totp, looks_like_recovery_code, use_recovery_code
from app.web.limits import secret_key


@dataclass(frozen=True)
class Offered:
    """What somebody offers as proof of a second factor, and from where."""

    code: str
    passkey: str  # the browser's answer as JSON, or empty
    asked: str | None  # the challenge that it must answer
    site: Site
    address: str
    known: bool  # whether the account signed in in this browser before


def keys(person_id: int, offered: Offered) -> dict[str, Growth]:
    """Return the keys under which a wrong proof counts."""
    here = {f"p:{secret_key(offered.address, str(person_id))}": delays.OF_ACCOUNT}
    # Codes have six digits: tries from many addresses at once are slowed too, but not in a browser that is known.
    return here if offered.known else {**here, f"f:{person_id}": delays.OF_FACTOR}


def prove_second_factor(person: Person, offered: Offered) -> str | None:
    """Return by what somebody proved to be a person ('totp', 'recovery', 'passkey'), or None.

    The try has begun before, in a transaction of its own: `delays.begin(keys(...))`.
    """
    how = _how(person.id, offered)
    if how is None:
        delays.failed_account(person.id, person.username)
        audit.record("sign_in.second_refused", actor=None, subject=("person", person.id))
    else:
        delays.succeeded(keys(person.id, offered))
    db.session.flush()
    return how


def _how(person_id: int, offered: Offered) -> str | None:
    if offered.passkey:
        right = passkeys.verify(person_id, offered.passkey, offered.site, offered.asked)
        return "passkey" if right else None
    if looks_like_recovery_code(offered.code):
        return "recovery" if use_recovery_code(person_id, offered.code) else None
    return "totp" if check_totp(person_id, offered.code) else None
