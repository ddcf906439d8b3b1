"""Passkeys (WebAuthn): a key pair of the person's device, its public half kept here, as a second factor."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from ipaddress import ip_address
from secrets import token_bytes
from urllib.parse import urlsplit

import webauthn
from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from app.core.clock import now
from app.core.db import db
from app.core.errors import Conflict, Invalid, NotFound
from app.core.permissions import Principal
from app.core.text import clean_line
from app.organisation.models import Person
from app.organisation.signin.models import Passkey
from app.organisation.signin.second_factor import (
    factors_of,
    forget_codes_without_factor,
    is_demanded,
    note_change,
)

PASSKEYS_MAX = 10
NAME_MAX = 60
_CHALLENGE_BYTES = 32


@dataclass(frozen=True)
class Site:
    """Where passkeys hold: the name of the host, and the origin that the browser will state."""

    host: str
    origin: str

    @classmethod
    def of(cls, request_root: str) -> "Site":
        """Return the site of BASE_URL, else of the address that the request was sent to."""
        base = current_app.extensions["tiepdan.settings"].base_url or request_root
        parts = urlsplit(base)
        return cls(parts.hostname or "", f"{parts.scheme}://{parts.netloc}")

    @property
    def possible(self) -> bool:
        """Tell whether browsers allow passkeys here: on a host with a name, never on a bare address."""
        try:
            ip_address(self.host)
        except ValueError:
            return bool(self.host)
        return False


def challenge() -> str:
    """Return a fresh challenge, to be kept in the session until the answer comes."""
    return bytes_to_base64url(token_bytes(_CHALLENGE_BYTES))


def passkeys_of(person_id: int) -> Sequence[Passkey]:
    """Return a person's passkeys, the oldest first."""
    return db.session.scalars(
        select(Passkey).where(Passkey.person_id == person_id).order_by(Passkey.id)
    ).all()


def creation_options(site: Site, asked: str, *, actor: Principal) -> str:
    """Return what a browser needs to make a passkey, as JSON."""
    person = db.session.get_one(Person, actor.person_id)
    options = webauthn.generate_registration_options(
        rp_id=site.host,
        rp_name="Tiếp Dân",
        # Tells the account from others on the device, and nobody outside which one it is.
        user_id=sha256(f"tiepdan-person:{actor.person_id}".encode()).digest(),
        user_name=person.username,
        user_display_name=person.full_name,
        challenge=base64url_to_bytes(asked),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.PREFERRED,
        ),
        exclude_credentials=[_descriptor(key) for key in passkeys_of(actor.person_id)],
    )
    return webauthn.options_to_json(options)


def register(answer: str, name: str, site: Site, asked: str | None, *, actor: Principal) -> Passkey:
    """Keep the passkey that the browser made. Raises Invalid when the answer is not one to our question."""
    name = clean_line(name)[:NAME_MAX]
    if not name:
        raise Invalid(_("Hãy đặt tên để sau này nhận ra khoá, ví dụ 'Máy ở cơ quan'."), field="name")
    if len(passkeys_of(actor.person_id)) >= PASSKEYS_MAX:
        raise Invalid(_("Đã có %(n)s khoá truy cập: xoá bớt khoá không dùng.", n=PASSKEYS_MAX))
    try:
        made = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(asked or ""),
            expected_rp_id=site.host,
            expected_origin=site.origin,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        raise Invalid(_("Trình duyệt chưa tạo được khoá truy cập. Thử lại.")) from None
    taken = select(Passkey.id).where(Passkey.credential_id == made.credential_id)
    if db.session.scalar(taken) is not None:
        raise Invalid(_("Khoá này đã được đăng ký."))
    row = Passkey(
        person_id=actor.person_id,
        credential_id=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        transports=_transports(answer),
        name=name,
        created_at=now(),
    )
    db.session.add(row)
    db.session.flush()
    _note(row, "factor_added", actor)
    return row


def request_options(person_id: int, site: Site, asked: str) -> str:
    """Return what a browser needs to answer with one of the person's passkeys, as JSON."""
    options = webauthn.generate_authentication_options(
        rp_id=site.host,
        challenge=base64url_to_bytes(asked),
        allow_credentials=[_descriptor(key) for key in passkeys_of(person_id)],
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    return webauthn.options_to_json(options)


def verify(person_id: int, answer: str, site: Site, asked: str | None) -> bool:
    """Tell whether an answer was made with a passkey of the person, to our question, here."""
    try:
        wanted = base64url_to_bytes(str(json.loads(answer)["rawId"]))
        row = db.session.scalar(
            select(Passkey)
            .where(Passkey.person_id == person_id, Passkey.credential_id == wanted)
            .with_for_update()
        )
        if row is None or not asked:
            return False
        proved = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(asked),
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=row.public_key,
            credential_current_sign_count=row.sign_count,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        return False
    row.sign_count, row.last_used_at = proved.new_sign_count, now()
    db.session.flush()
    return True


def remove(passkey_id: int, *, actor: Principal) -> None:
    """Forget one of the actor's passkeys.

    Raises NotFound for somebody else's, Conflict when the work demands a second factor and nothing else is left.
    """
    row = db.session.get(Passkey, passkey_id) if 0 < passkey_id < 2**31 else None
    if row is None or row.person_id != actor.person_id:
        raise NotFound
    left = factors_of(actor.person_id)
    if is_demanded(actor) and not left.totp and left.passkeys == 1:
        raise Conflict(
            _("Công việc của bạn cần lớp xác thực thứ hai: thêm ứng dụng hoặc khoá khác trước khi xoá.")
        )
    db.session.delete(row)
    db.session.flush()
    _note(row, "factor_removed", actor)
    forget_codes_without_factor(actor.person_id)


def _descriptor(key: Passkey) -> PublicKeyCredentialDescriptor:
    return PublicKeyCredentialDescriptor(id=key.credential_id)


def _transports(answer: str) -> list[str]:
    told = json.loads(answer).get("response", {}).get("transports") or []
    return [str(way)[:20] for way in told][:5]


def _note(row: Passkey, what: str, actor: Principal) -> None:
    note_change(row.person_id, what, actor=actor, detail={"factor": "passkey", "passkey": row.id})
