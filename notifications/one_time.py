"""The token of a one-time link on its way out: sealed in the outbox, in the clear only in the letter that leaves."""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, func

from app.core import seal
from app.core.seal_rotation import Sealed
from notifications.models import OutboundMessage

TOKEN_PLACE = "{token}"  # noqa: S105 - stands in the stored words where the token goes as they leave


def sealed(link_id: int, token: str) -> dict[str, Any]:
    """Return the facts that keep a token until its letter leaves."""
    return {
        "link_id": link_id,
        "sealed": b64encode(seal.encrypt(token.encode(), context=_context(link_id))).decode(),
    }


def filled(words: str, facts: Mapping[str, Any]) -> str:
    """Return the words of a letter with the token in its place; those of other letters as they are."""
    if "sealed" not in facts:
        return words
    token = seal.decrypt(b64decode(facts["sealed"]), context=_context(facts["link_id"])).decode()
    return words.replace(TOKEN_PLACE, token)


def _context(link_id: int) -> str:
    return f"one-time-link:{link_id}"


def _token_of(row: Row[Any]) -> bytes:
    return b64decode(row.value["sealed"])


def _with_header(row: Row[Any], header: bytes) -> dict[str, Any]:
    body = seal.parts(_token_of(row))[1]
    return {**row.value, "sealed": b64encode(header + body).decode()}


SEALED = (
    Sealed(
        "link_tokens",
        OutboundMessage,
        OutboundMessage.facts,
        lambda row: _context(row.value["link_id"]),
        where=OutboundMessage.facts.has_key("sealed"),
        header=lambda row: seal.parts(_token_of(row))[0],
        kept=_with_header,
        key_id=func.substring(func.decode(OutboundMessage.facts["sealed"].astext, "base64"), 2, seal.KEY_ID),
    ),
)
