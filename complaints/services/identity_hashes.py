"""Keyed hashes of what tells a denouncer: the same person is found again without opening anybody.

Each of identity number, telephone, and name with address is hashed (HMAC-SHA256) under a key of its own that is derived
from the seal key. A dump of the database tells neither the numbers nor, without the key, whether a guess is right.
"""

import hmac
from collections.abc import Iterable, Mapping
from typing import Any

from app.core import seal
from app.core.db import db
from app.core.seal import WrappingKey
from app.core.text import digits, fold
from complaints.models.parties import IdentityHash

NUMBER_MIN, PHONE_MIN = 8, 9  # shorter ones tell nobody apart


Senders = Iterable[Mapping[str, Any]]  # identity.Sender as it is kept in the seal


def _told_by(senders: Senders) -> set[tuple[str, str]]:
    """Return what tells the senders, normalised: (kind, value)."""
    found = set()
    for sender in senders:
        number = "".join(c for c in sender["identity_number"].upper() if c.isalnum())
        phone = digits(sender["phone"])
        name, address = fold(sender["full_name"]), fold(sender["address"])
        if len(number) >= NUMBER_MIN:
            found.add(("number", number))
        if len(phone) >= PHONE_MIN:
            found.add(("phone", phone[-PHONE_MIN:]))  # with +84 or 0 before it
        if name and address:
            found.add(("name", f"{name}|{address}"))
    return found


def digests_of(senders: Senders, key: WrappingKey) -> set[bytes]:
    """Return the hashes of senders under a key. Raises SealError when a KMS does not answer."""
    return {
        hmac.digest(key.derive(f"identity-hash:{kind}"), value.encode(), "sha256")
        for kind, value in _told_by(senders)
    }


def note_hashes(sealed_id: int, senders: Senders) -> None:
    """Keep the hashes of a sealed identity under the newest key. Raises SealError."""
    for digest in sorted(digests_of(senders, seal.keys()[0])):
        db.session.add(IdentityHash(sealed_identity_id=sealed_id, digest=digest))
    db.session.flush()
