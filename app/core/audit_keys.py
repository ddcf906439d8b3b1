"""The keys of the record: one signs its seals and marks its entries; those before it still prove what they signed."""

import hmac
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from app.core.audit_check import key_id


@dataclass(frozen=True)
class AuditKeys:
    """The private keys of 32 bytes, the first for signing; and where the newest seal is noted outside the database."""

    seeds: tuple[bytes, ...] = field(repr=False)
    anchor: Path | None = None

    @cached_property
    def mark_keys(self) -> Sequence[bytes]:
        """Return the keys of the entries' marks, the present one first; each comes from a signing key."""
        return [hmac.digest(seed, b"tiepdan-audit-mark", sha256) for seed in self.seeds]

    @cached_property
    def public(self) -> dict[str, Ed25519PublicKey]:
        """Return the public keys by their names, the present one first."""
        keys = [Ed25519PrivateKey.from_private_bytes(seed).public_key() for seed in self.seeds]
        return {key_id(key): key for key in keys}

    @cached_property
    def present(self) -> str:
        """Return the name of the key that signs now."""
        return next(iter(self.public))

    def sign(self, message: bytes) -> bytes:
        """Return the signature of the present key."""
        return Ed25519PrivateKey.from_private_bytes(self.seeds[0]).sign(message)


def public_text(key: Ed25519PublicKey) -> str:
    """Return a public key in base64, as it is handed to an inspector."""
    return b64encode(key.public_bytes_raw()).decode()
