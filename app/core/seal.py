"""The seal: envelope encryption for what identifies a denouncer (AES-256-GCM, a data key a record)."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import Flask, current_app

_EXTENSION = "tiepdan.seal"
_VERSION = b"\x01"
_NONCE, _KEY_ID, _WRAPPED = 12, 8, 32 + 16


class SealError(Exception):
    """The seal cannot be opened: wrong key, wrong record or damaged bytes. Says nothing of what is inside."""


@dataclass(frozen=True)
class SealKey:
    """A key-encrypting key of 32 bytes; its id is derived from it, so that rotated keys are told apart."""

    key: bytes

    @property
    def key_id(self) -> bytes:
        """Return eight bytes that name the key without revealing it."""
        return sha256(b"tiepdan-seal-key" + self.key).digest()[:_KEY_ID]


def connect(app: Flask, keys: tuple[SealKey, ...]) -> None:
    """Give the application its keys, the first for sealing, all for opening; called once by the factory."""
    app.extensions[_EXTENSION] = keys


def encrypt(plaintext: bytes, *, context: str) -> bytes:
    """Seal bytes under a fresh data key. `context` (such as 'petition:<uuid>') must be given again to open."""
    current: SealKey = current_app.extensions[_EXTENSION][0]
    data_key, nonce, wrap_nonce = os.urandom(32), os.urandom(_NONCE), os.urandom(_NONCE)
    wrapped = AESGCM(current.key).encrypt(wrap_nonce, data_key, context.encode())
    body = AESGCM(data_key).encrypt(nonce, plaintext, context.encode())
    return _VERSION + current.key_id + wrap_nonce + wrapped + nonce + body


def decrypt(sealed: bytes, *, context: str) -> bytes:
    """Open what `encrypt` sealed under the same context. Raises SealError."""
    if sealed[:1] != _VERSION:
        raise SealError("unknown seal version")
    at = 1 + _KEY_ID
    key_id, wrap_nonce = sealed[1:at], sealed[at : at + _NONCE]
    wrapped = sealed[at + _NONCE : at + _NONCE + _WRAPPED]
    at += _NONCE + _WRAPPED
    nonce, body = sealed[at : at + _NONCE], sealed[at + _NONCE :]
    for key in current_app.extensions[_EXTENSION]:
        if key.key_id == key_id:
            try:
                data_key = AESGCM(key.key).decrypt(wrap_nonce, wrapped, context.encode())
                return AESGCM(data_key).decrypt(nonce, body, context.encode())
            except InvalidTag:
                raise SealError("the seal does not open") from None
    raise SealError("no key opens this seal")


def encrypt_json(value: Mapping[str, Any] | list[Any], *, context: str) -> bytes:
    """Seal a JSON value."""
    return encrypt(json.dumps(value, ensure_ascii=False).encode(), context=context)


def decrypt_json(sealed: bytes, *, context: str) -> Any:
    """Open a sealed JSON value. Raises SealError."""
    return json.loads(decrypt(sealed, context=context))
