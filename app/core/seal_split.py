"""A seal key in parts for keeping (escrow): Shamir's sharing over GF(256), the field and the polynomial of AES.

Each byte of the key is the constant term of a random polynomial of degree needed - 1; part n holds the values at x = n.
Fewer parts than needed tell nothing about the key. Random numbers come from `secrets`. Nothing in the running service
uses this: it serves `tiepdan seal split` and `join` alone, and its parts name the key they belong to, so that a wrong
or mixed set is refused rather than joined into something else.
"""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from hashlib import sha256

from app.core.errors import Invalid
from app.core.seal import SealKey

PARTS_MAX = 20
_WRITTEN = re.compile(
    r"tiepdan-seal-part-(?P<x>\d{1,3})-needs-(?P<needed>\d{1,3})-of-key-(?P<key>[0-9a-f]{16})"
    r"-(?P<values>[0-9a-f]{64})-(?P<check>[0-9a-f]{8})"
)


@dataclass(frozen=True)
class Part:
    """One part: the values of the 32 polynomials at `x`, how many parts are needed, and the id of the key."""

    x: int
    needed: int
    key_id: bytes
    values: bytes

    def written(self) -> str:
        """Return the part as one line for paper, with a check sum against mistyping."""
        text = (
            f"tiepdan-seal-part-{self.x}-needs-{self.needed}-of-key-{self.key_id.hex()}-{self.values.hex()}"
        )
        return f"{text}-{_check(text)}"


def _check(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:8]


def part_from(text: str) -> Part:
    """Read a line of `written`. Raises Invalid for what is not one, or was mistyped."""
    tidy = "".join(text.split()).lower()
    found = _WRITTEN.fullmatch(tidy)
    if found is None or _check(tidy.rsplit("-", 1)[0]) != found["check"]:
        raise Invalid("this is no part of a seal key, or it was mistyped")
    return Part(
        int(found["x"]), int(found["needed"]), bytes.fromhex(found["key"]), bytes.fromhex(found["values"])
    )


def split(key: SealKey, *, parts: int, needed: int) -> list[Part]:
    """Return the key in parts, any `needed` of which give it back. Raises Invalid unless 2 <= needed <= parts <= 20."""
    if not 2 <= needed <= parts <= PARTS_MAX:
        raise Invalid(f"2 <= needed <= parts <= {PARTS_MAX} must hold")
    polynomials = [[byte, *secrets.token_bytes(needed - 1)] for byte in key.key]
    return [
        Part(x, needed, key.key_id, bytes(_value(polynomial, x) for polynomial in polynomials))
        for x in range(1, parts + 1)
    ]


def join(given: Sequence[Part]) -> SealKey:
    """Return the key. Raises Invalid when parts are missing, belong to other keys or contradict each other."""
    distinct = {part.x: part for part in given}
    if not given or len({(part.key_id, part.needed) for part in given}) != 1:
        raise Invalid("the parts do not belong to one key")
    needed = given[0].needed
    if needed < 2 or len(distinct) < needed:
        raise Invalid(f"{needed} different parts are needed, not {len(distinct)}")
    chosen = list(distinct.values())[:needed]
    key = SealKey(bytes(_at_zero([(part.x, part.values[at]) for part in chosen]) for at in range(32)))
    if key.key_id != given[0].key_id:
        raise Invalid("the parts do not fit together: one of them was changed")
    return key


def times(a: int, b: int) -> int:
    """Multiply in GF(256) modulo x^8 + x^4 + x^3 + x + 1."""
    product = 0
    while b:
        if b & 1:
            product ^= a
        a = (a << 1) ^ (0x11B if a & 0x80 else 0)
        b >>= 1
    return product


def inverse(a: int) -> int:
    """Return the number whose product with `a` is 1: a to the power of 254. Raises ZeroDivisionError for 0."""
    if a == 0:
        raise ZeroDivisionError("0 has no inverse")
    return reduce(lambda power, _n: times(power, a), range(253), a)


def _value(polynomial: Sequence[int], x: int) -> int:
    """Return the value at x, by Horner's rule."""
    return reduce(lambda value, coefficient: times(value, x) ^ coefficient, reversed(polynomial), 0)


def _at_zero(points: Sequence[tuple[int, int]]) -> int:
    """Return the value at 0 of the polynomial through the points (Lagrange; minus is plus here)."""
    total = 0
    for x, y in points:
        weight = 1
        for other, _y in points:
            if other != x:
                weight = times(weight, times(other, inverse(other ^ x)))
        total ^= times(y, weight)
    return total
