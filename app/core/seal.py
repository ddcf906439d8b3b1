"""The seal: envelope encryption for what identifies a denouncer (AES-256-GCM, a data key a record).

What is sealed is a header (version, id of the wrapping key, the wrapped data key) and a body. Rotation writes the
header anew and leaves the body as it is. Version 1 wraps by a key of ours, always 60 bytes; version 2 carries what a
KMS gave, with its length before it.
"""

import hmac
import json
import os
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import Flask, current_app

_EXTENSION = "tiepdan.seal"
_VERSION, _VERSION_KMS = b"\x01", b"\x02"
_NONCE, KEY_ID = 12, 8
_WRAPPED = _NONCE + 32 + 16
_WRAPPED_MAX = 2**16 - 1


class SealError(Exception):
    """The seal cannot be opened: wrong key, wrong record or damaged bytes. Says nothing of what is inside."""


class WrappingKey(Protocol):
    """What wraps data keys: a key from the settings, or one that never leaves a KMS."""

    @property
    def key_id(self) -> bytes:
        """Return eight bytes that name the key without revealing it."""

    def wrap(self, data_key: bytes, context: str) -> bytes:
        """Return the data key wrapped for a context. Raises SealError."""

    def unwrap(self, wrapped: bytes, context: str) -> bytes:
        """Return the data key. Raises SealError for another context, another key or damage."""

    def derive(self, label: str) -> bytes:
        """Return 32 bytes that are always the same for this key and label, and tell nothing of the key."""


@dataclass(frozen=True)
class SealKey:
    """A key-encrypting key of 32 bytes; its id is derived from it, so that rotated keys are told apart."""

    key: bytes

    @property
    def key_id(self) -> bytes:
        """Return eight bytes that name the key without revealing it."""
        return sha256(b"tiepdan-seal-key" + self.key).digest()[:KEY_ID]

    def written(self) -> str:
        """Return the key as the settings hold it, for its keeper alone."""
        return b64encode(self.key).decode()

    def wrap(self, data_key: bytes, context: str) -> bytes:
        """Return a nonce and the data key encrypted with the context as associated data."""
        nonce = os.urandom(_NONCE)
        return nonce + AESGCM(self.key).encrypt(nonce, data_key, context.encode())

    def unwrap(self, wrapped: bytes, context: str) -> bytes:
        """Return the data key. Raises SealError."""
        try:
            return AESGCM(self.key).decrypt(wrapped[:_NONCE], wrapped[_NONCE:], context.encode())
        except (InvalidTag, ValueError):
            raise SealError("the seal does not open") from None

    def derive(self, label: str) -> bytes:
        """Return a key of its own for a label (HMAC-SHA256)."""
        return hmac.digest(self.key, b"tiepdan-derive:" + label.encode(), "sha256")


def connect(app: Flask, keys: Sequence[WrappingKey]) -> None:
    """Give the application its keys, the first for sealing, all for opening; called once by the factory."""
    app.extensions[_EXTENSION] = tuple(keys)


def keys() -> tuple[WrappingKey, ...]:
    """Return the application's keys, the newest first."""
    known: tuple[WrappingKey, ...] = current_app.extensions[_EXTENSION]
    return known


def encrypt(plaintext: bytes, *, context: str) -> bytes:
    """Seal bytes under a fresh data key. `context` (such as 'petition:<uuid>') must be given again to open."""
    data_key, nonce = os.urandom(32), os.urandom(_NONCE)
    body = nonce + AESGCM(data_key).encrypt(nonce, plaintext, context.encode())
    return _header(keys()[0], data_key, context) + body


def decrypt(sealed: bytes, *, context: str) -> bytes:
    """Open what `encrypt` sealed under the same context. Raises SealError."""
    header, body = parts(sealed)
    try:
        return AESGCM(_data_key(header, context)).decrypt(body[:_NONCE], body[_NONCE:], context.encode())
    except (InvalidTag, ValueError):
        raise SealError("the seal does not open") from None


def parts(sealed: bytes) -> tuple[bytes, bytes]:
    """Return the header and the body of what is sealed. Raises SealError for what is no seal."""
    end = 1 + KEY_ID
    if sealed[:1] == _VERSION:
        end += _WRAPPED
    elif sealed[:1] == _VERSION_KMS:
        end += 2 + int.from_bytes(sealed[end : end + 2])
    else:
        raise SealError("unknown seal version")
    if len(sealed) < end:
        raise SealError("the seal is cut off")
    return sealed[:end], sealed[end:]


def key_id_of(sealed: bytes) -> bytes:
    """Return the id of the key that wraps a sealed value, or its header."""
    return sealed[1 : 1 + KEY_ID]


def rewrapped(header: bytes, *, context: str) -> bytes:
    """Return the header with the same data key under the newest key; the body stays as it is. Raises SealError."""
    return _header(keys()[0], _data_key(header, context), context)


def _header(key: WrappingKey, data_key: bytes, context: str) -> bytes:
    wrapped = key.wrap(data_key, context)
    if isinstance(key, SealKey):
        return _VERSION + key.key_id + wrapped
    if not 0 < len(wrapped) <= _WRAPPED_MAX:
        raise SealError("the wrapped key is too long")
    return _VERSION_KMS + key.key_id + len(wrapped).to_bytes(2) + wrapped


def _data_key(header: bytes, context: str) -> bytes:
    key_id = key_id_of(header)
    wrapped = header[1 + KEY_ID + (0 if header[:1] == _VERSION else 2) :]
    for key in keys():
        if key.key_id == key_id:
            return key.unwrap(wrapped, context)
    raise SealError("no key opens this seal")


def encrypt_json(value: Mapping[str, Any] | list[Any], *, context: str) -> bytes:
    """Seal a JSON value."""
    return encrypt(json.dumps(value, ensure_ascii=False).encode(), context=context)


def decrypt_json(sealed: bytes, *, context: str) -> Any:
    """Open a sealed JSON value. Raises SealError."""
    return json.loads(decrypt(sealed, context=context))
