"""A key in parts: any that suffice give it back, fewer tell nothing, and a wrong one is refused."""

import itertools
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.errors import Invalid
from app.core.seal import SealKey
from app.core.seal_split import Part, inverse, join, part_from, split, times

byte = st.integers(0, 255)


@given(byte, byte, byte)
def test_the_field_is_a_field(a: int, b: int, c: int) -> None:
    assert times(a, b) == times(b, a)
    assert times(a, times(b, c)) == times(times(a, b), c)
    assert times(a, b ^ c) == times(a, b) ^ times(a, c)
    assert times(a, 1) == a and times(a, 0) == 0


def test_every_number_but_nought_has_its_inverse() -> None:
    """FIPS 197 gives the product and the inverse that AES itself uses."""
    assert all(times(a, inverse(a)) == 1 for a in range(1, 256))
    assert times(0x57, 0x83) == 0xC1 and times(0x57, 0x13) == 0xFE and inverse(0x53) == 0xCA
    with pytest.raises(ZeroDivisionError):
        inverse(0)


@settings(max_examples=30, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.integers(2, 6), st.integers(0, 4), st.randoms())
def test_any_parts_that_suffice_give_the_key_back(
    raw: bytes, needed: int, spare: int, chance: object
) -> None:
    made = split(SealKey(raw), parts=needed + spare, needed=needed)
    chosen = chance.sample(made, needed)  # type: ignore[attr-defined]
    assert join([part_from(part.written()) for part in chosen]).key == raw


def test_every_three_of_five_give_the_key_back_and_no_two_do() -> None:
    key = SealKey(bytes(range(32)))
    made = split(key, parts=5, needed=3)
    assert all(join(three) == key for three in itertools.combinations(made, 3))
    for two in itertools.combinations(made, 2):
        with pytest.raises(Invalid, match="3 different parts are needed, not 2"):
            join([*two, two[0]])


def test_two_parts_of_three_fit_every_key_equally_well() -> None:
    """For each value of the byte there is one third part that completes the two: they tell nothing."""
    made = split(SealKey(bytes([7]) * 32), parts=3, needed=3)
    found = Counter[int]()
    for guess in range(256):
        points = [(1, made[0].values[0]), (2, made[1].values[0]), (3, guess)]
        total = 0
        for x, y in points:
            weight = 1
            for other, _y in points:
                if other != x:
                    weight = times(weight, times(other, inverse(other ^ x)))
            total ^= times(y, weight)
        found[total] += 1
    assert found == dict.fromkeys(range(256), 1)


def test_parts_of_different_keys_and_changed_parts_are_refused() -> None:
    one, two = (split(SealKey(bytes([n]) * 32), parts=3, needed=2) for n in (1, 2))
    with pytest.raises(Invalid, match="do not belong to one key"):
        join([one[0], two[1]])
    with pytest.raises(Invalid, match="do not belong to one key"):
        join([])
    changed = Part(one[1].x, one[1].needed, one[1].key_id, bytes(32))
    with pytest.raises(Invalid, match="do not fit together"):
        join([one[0], changed])
    line = one[0].written()
    assert part_from(f"  {line.upper()[:40]} {line.upper()[40:]}\n") == one[0]
    for wrong in ("", "part", line[:-1], line.replace("part-1", "part-2"), line + "0"):
        with pytest.raises(Invalid, match="mistyped"):
            part_from(wrong)


@pytest.mark.parametrize(("parts", "needed"), [(1, 1), (3, 1), (2, 3), (21, 3), (0, 0), (5, -1)])
def test_a_split_that_keeps_nothing_or_cannot_be_joined_is_refused(parts: int, needed: int) -> None:
    with pytest.raises(Invalid):
        split(SealKey(bytes(32)), parts=parts, needed=needed)
