"""The second factor: codes of an authenticator app (TOTP), and recovery codes for when the app is lost."""

import hmac
import io
import logging
import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

import pyotp
import segno
from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from app.core import audit, seal
from app.core.clock import now
from app.core.db import db
from app.core.errors import Conflict, Invalid
from app.core.events import publish
from app.core.permissions import Permission, Principal
from app.core.seal import SealError
from app.core.seal_rotation import Sealed
from app.core.text import random_code
from app.organisation.events import SecurityChanged
from app.organisation.models import Person
from app.organisation.services.guard import check_administrator
from app.organisation.signin.models import Passkey, RecoveryCode, TotpSecret

log = logging.getLogger(__name__)

ISSUER = "Tiếp Dân"
STEP_SECONDS = 30
WAITS = timedelta(minutes=30)
RECOVERY_CODES = 10


@dataclass(frozen=True)
class Factors:
    """What a person has set up."""

    totp: bool
    passkeys: int
    codes_left: int

    def __bool__(self) -> bool:
        return self.totp or self.passkeys > 0


@dataclass(frozen=True)
class Enrolment:
    """What an authenticator app has to be told: to be scanned, or typed by hand."""

    secret: str
    uri: str

    @property
    def spaced(self) -> str:
        """Return the secret in groups of four, as one types it."""
        return " ".join(self.secret[at : at + 4] for at in range(0, len(self.secret), 4))

    def svg(self) -> str:
        """Return the QR code as an SVG that needs no style and no script."""
        out = io.BytesIO()
        code = segno.make(self.uri, error="m", micro=False)
        code.save(out, kind="svg", scale=5, border=4, xmldecl=False, svgns=True, svgclass="qr", lineclass=None,
                  light="#fff", dark="#000", omitsize=True)  # fmt: skip
        return out.getvalue().decode()


def factors_of(person_id: int) -> Factors:
    """Return what a person has set up. One query."""
    totp = select(func.count()).where(TotpSecret.person_id == person_id, TotpSecret.confirmed_at.is_not(None))
    keys = select(func.count()).where(Passkey.person_id == person_id)
    codes = select(func.count()).where(RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))
    row = db.session.execute(
        select(totp.scalar_subquery(), keys.scalar_subquery(), codes.scalar_subquery())
    ).one()
    return Factors(bool(row[0]), row[1], row[2])


def is_demanded(principal: Principal) -> bool:
    """Tell whether a person must have a second factor, where the settings demand one.

    Whoever may open what is sealed, and whoever manages accounts: they could take the factor from one who may.
    """
    opens = (Permission.IDENTITY_OPEN, Permission.PROTECTION_VIEW, Permission.ORGANISATION_MANAGE)
    return bool(current_app.config["SECOND_FACTOR_REQUIRED"]) and any(map(principal.may, opens))


# ---------------------------------------------------------------------------------------------- authenticator app


def begin_totp(*, actor: Principal) -> Enrolment:
    """Make a secret that waits to be confirmed, or return the one that waits already: a page may be opened twice.

    What waited for half an hour is made anew: who has seen it is long forgotten.
    """
    person_id = actor.person_id
    old = TotpSecret.confirmed_at.is_(None) & (TotpSecret.created_at < now() - WAITS)
    db.session.execute(delete(TotpSecret).where(TotpSecret.person_id == person_id, old))
    ciphertext = seal.encrypt(pyotp.random_base32().encode(), context=_context(person_id))
    fresh = insert(TotpSecret).values(
        person_id=person_id, ciphertext=ciphertext, created_at=now(), last_step=0
    )
    db.session.execute(fresh.on_conflict_do_nothing())
    waiting = _waiting(person_id)
    assert waiting is not None
    try:
        secret = _opened(waiting)
    except SealError:  # sealed under a key that is gone: nobody has scanned it yet
        waiting.ciphertext = ciphertext
        secret = _opened(waiting)
    name = db.session.get_one(Person, actor.person_id).username
    return Enrolment(secret, pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER))


def confirm_totp(code: str, *, actor: Principal) -> list[str]:
    """Take the waiting secret into use once a code of it is right; return new recovery codes, to be shown once.

    The secret in use before is forgotten. Raises Invalid beside the code, Conflict when nothing waits.
    """
    waiting = _waiting(actor.person_id, lock=True)
    if waiting is None or now() - waiting.created_at > WAITS:
        raise Conflict(_("Trang này đã cũ. Mở lại trang thiết lập và quét mã mới."))
    if not _takes(waiting, code):
        raise Invalid(_("Mã chưa đúng. Kiểm tra giờ của điện thoại rồi nhập mã đang hiện."), field="code")
    used = (TotpSecret.person_id == actor.person_id) & TotpSecret.confirmed_at.is_not(None)
    db.session.execute(delete(TotpSecret).where(used))
    waiting.confirmed_at = now()
    db.session.flush()
    note_change(actor.person_id, "factor_added", actor=actor, detail={"factor": "totp"})
    return renew_recovery_codes(actor=actor)


def check_totp(person_id: int, code: str) -> bool:
    """Tell whether a code is that of the person's app now, a step before or after; no code is taken twice."""
    row = db.session.scalar(
        select(TotpSecret)
        .where(TotpSecret.person_id == person_id, TotpSecret.confirmed_at.is_not(None))
        .with_for_update()
    )
    try:
        return row is not None and _takes(row, code)
    except SealError:
        log.warning("a second factor cannot be opened: is an elder seal key missing? person %s", person_id)
        return False


def _takes(row: TotpSecret, code: str) -> bool:
    digits = re.sub(r"\s", "", code)
    if not re.fullmatch(r"[0-9]{6}", digits):
        return False
    totp = pyotp.TOTP(_opened(row))
    here = int(now().timestamp()) // STEP_SECONDS
    right = [
        step for step in (here - 1, here, here + 1) if hmac.compare_digest(totp.generate_otp(step), digits)
    ]
    fresh = [step for step in right if step > row.last_step]
    if not fresh:
        return False
    row.last_step = fresh[0]
    db.session.flush()
    return True


def remove_totp(*, actor: Principal) -> None:
    """Forget the actor's app. Raises Conflict when the work demands a second factor and nothing else is left."""
    if is_demanded(actor) and not factors_of(actor.person_id).passkeys:
        raise Conflict(
            _("Công việc của bạn cần lớp xác thực thứ hai: thêm khoá truy cập trước khi gỡ ứng dụng.")
        )
    db.session.execute(delete(TotpSecret).where(TotpSecret.person_id == actor.person_id))
    note_change(actor.person_id, "factor_removed", actor=actor, detail={"factor": "totp"})
    forget_codes_without_factor(actor.person_id)


def remove_all(person: Person, *, actor: Principal | None) -> None:
    """Take every second factor from a person who lost theirs, and end their sessions.

    For administrators, and for the operator (no actor) when an administrator lost theirs.
    """
    if actor is not None:
        check_administrator(actor)
    for table in (TotpSecret, Passkey, RecoveryCode):
        db.session.execute(delete(table).where(table.person_id == person.id))
    person.session_epoch += 1
    note_change(person.id, "factor_removed", actor=actor, detail={"factor": "all"})
    db.session.flush()


def _waiting(person_id: int, *, lock: bool = False) -> TotpSecret | None:
    statement = select(TotpSecret).where(TotpSecret.person_id == person_id, TotpSecret.confirmed_at.is_(None))
    return db.session.scalar(statement.with_for_update() if lock else statement)


def _context(person_id: int) -> str:
    return f"totp:{person_id}"


def _opened(row: TotpSecret) -> str:
    return seal.decrypt(row.ciphertext, context=_context(row.person_id)).decode()


SEALED = (
    Sealed(
        "authenticator_secrets",
        TotpSecret,
        TotpSecret.ciphertext,
        lambda row: _context(row.person_id),
        (TotpSecret.person_id,),
    ),
)


# ------------------------------------------------------------------------------------------------- recovery codes


def renew_recovery_codes(*, actor: Principal) -> list[str]:
    """Make ten new codes in place of all before, and return them, to be shown once."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == actor.person_id))
    codes = [random_code(4) for _n in range(RECOVERY_CODES)]
    at = now()
    db.session.add_all(
        RecoveryCode(person_id=actor.person_id, code_hash=_hash(actor.person_id, code), created_at=at)
        for code in codes
    )
    db.session.flush()
    audit.record("person.recovery_codes", actor=actor, subject=("person", actor.person_id))
    return codes


def use_recovery_code(person_id: int, code: str) -> bool:
    """Tell whether a recovery code is one of the person's; it is used up by that."""
    statement = (
        update(RecoveryCode)
        .where(
            RecoveryCode.person_id == person_id,
            RecoveryCode.code_hash == _hash(person_id, code),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now())
        .returning(RecoveryCode.id)
    )
    used = db.session.execute(statement).scalar_one_or_none()
    if used is None:
        return False
    note_change(person_id, "recovery_used", actor=None, detail={"code": used})
    return True


def forget_codes_without_factor(person_id: int) -> None:
    """Forget the recovery codes of whoever has no factor left that they could stand in for."""
    if not factors_of(person_id):
        db.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))


def looks_like_recovery_code(code: str) -> bool:
    """Tell a recovery code from one of an app: it has letters."""
    return len(_bare(code)) == 16


def _bare(code: str) -> str:
    return re.sub(r"[^a-z0-9]", "", code.lower())


def _hash(person_id: int, code: str) -> str:
    # 79 random bits: nobody tries them all, so that a plain hash keeps them.
    return sha256(f"{person_id}:{_bare(code)}".encode()).hexdigest()


def note_change(person_id: int, what: str, *, actor: Principal | None, detail: dict[str, object]) -> None:
    """Write into the record what changed of a person's factors, and announce it."""
    audit.record(f"person.{what}", actor=actor, subject=("person", person_id), detail=detail)
    publish(SecurityChanged(person_id, what, f"{what}:{secrets.token_hex(8)}"))
