"""The token of a one-time link on its way out: sealed in the outbox, in the clear only in the letter that leaves."""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any

from app.core import seal

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
