"""The leak check: whether a text names a denouncer, by name, number, telephone or house, however spelled (I01, I04).

Pure, in two halves that meet in strings. `marks_of` says which strings a sealed person is known by; `find_leaks` reads
a text, makes every string that it could be known by and asks for each whether it is one of them. The strings may be
compared as keyed hashes (complaints/services/leak_marks.py): the check needs nobody's name in clear.
What is found is told by kind and position; the value is never repeated.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Protocol

from app.core.text import fold

NAME_WORDS = 7  # the longest name that is looked for as a whole; of a longer one, its parts
_TURNED_WORDS = 4
TAIL, SHORT_TAIL = (
    6,
    4,
)  # last digits of a number: six anywhere, four where the text says that they are last digits
_WHOLE_MIN, _WHOLE_MAX = 8, 13
_JOINED_MIN = 6
_HOUSE_WORDS = 4
# A house is known by its number; a hamlet or a quarter is where everybody of the matter lives.
_AREAS = frozenset(
    ["thon", "to", "xom", "ap", "khu", "doi", "khoi", "ban", "buon", "tdp", "cum", "kp", "phuong", "xa"]
)
_TITLES = frozenset(["ong", "ba", "anh", "chi", "co", "chu", "bac", "em", "cu"])
_SEPARATOR = re.compile(r"[\s.\-/()_,·:+]{1,3}")
_SENTENCE_ENDS = re.compile(r"[.;:!?\n]")
_REST_OF_WORD, _REST_OF_ADDRESS = re.compile(r"[^\W_]*"), re.compile(r"[^,;.\n]{0,80}")
_LAST_DIGITS = re.compile(r"(?:[x*•#…]|(?:cuoi|duoi)(?: cung)?(?: la)?)[^a-z0-9]{0,3}$")


class LeakKind(StrEnum):
    """What of a denouncer a text gives away."""

    NAME = "name"
    PART = "part"
    NUMBER = "number"
    ADDRESS = "address"


class Named(Protocol):
    """Who is sealed, as far as the check needs it."""

    @property
    def full_name(self) -> str:
        """The name."""

    @property
    def identity_number(self) -> str:
        """The number of the identity paper or passport."""

    @property
    def phone(self) -> str:
        """The telephone number."""

    @property
    def address(self) -> str:
        """The address."""


@dataclass(frozen=True, order=True)
class Leak:
    """One place that gives somebody away: `start` and `end` in the text as it was given."""

    start: int
    end: int
    kind: LeakKind

    def line(self, text: str) -> int:
        """Return the number of the line it begins in, from 1."""
        return text.count("\n", 0, self.start) + 1


@dataclass(frozen=True)
class _Word:
    """A run of letters and digits: folded, and where it stands."""

    text: str
    start: int
    end: int


_KINDS = {
    "name": LeakKind.NAME, "joined": LeakKind.NAME, "part": LeakKind.PART, "start": LeakKind.PART,
    "turned": LeakKind.PART, "called": LeakKind.PART, "bare": LeakKind.PART, "any": LeakKind.PART,
    "digits": LeakKind.NUMBER, "tail": LeakKind.NUMBER, "last": LeakKind.NUMBER, "paper": LeakKind.NUMBER,
    "house": LeakKind.ADDRESS,
}  # fmt: skip


def marks_of(people: Iterable[Named]) -> frozenset[str]:
    """Return the strings by which sealed people are known, each as 'how:what'. They are as secret as the people."""
    found: set[str] = set()
    for person in people:
        found.update(_name_marks(person.full_name))
        found.update(_number_marks(person.identity_number))
        found.update(_number_marks(_significant(person.phone)))
        found.update(_house_marks(person.address))
    return frozenset(found)


def find_leaks(text: str, known: Callable[[str], bool]) -> list[Leak]:
    """Return what of the people in `known` (is a string one of their marks?) a text gives away, by position.

    Of two places one inside the other, the longer one.
    """
    folded, at = _folded(text)
    words = [
        _Word(m[0], at[m.start()], _past_marks(text, at[m.end() - 1] + 1))
        for m in re.finditer(r"[^\W_]+", folded)
    ]
    found: set[Leak] = set()
    for how, what, start, end in _candidates(text, folded, at, words):
        if known(f"{how}:{what}"):
            found.add(Leak(start, end, _KINDS[how]))
    return _outermost(found)


def leaks_of(people: Iterable[Named], text: str) -> list[Leak]:
    """Return what a text gives away of people whose names the caller has in clear."""
    return find_leaks(text, marks_of(people).__contains__)


def masked(text: str, leaks: Sequence[Leak], *, name: str, other: str) -> str:
    """Return the text with every leak replaced: names and their parts by `name`, the rest by `other`.

    Whole words go, and of an address all up to the next comma: a rest would say what stood there.
    """
    pieces, done = [], 0
    for leak in sorted(leaks):
        start, end = leak.start, leak.end
        while start > done and text[start - 1].isalnum():
            start -= 1
        rest = _REST_OF_ADDRESS if leak.kind is LeakKind.ADDRESS else _REST_OF_WORD
        end += len(rest.match(text[end:])[0])  # type: ignore[index]
        if start >= done:
            pieces += [text[done:start], name if leak.kind in (LeakKind.NAME, LeakKind.PART) else other]
        done = max(done, end)
    return "".join([*pieces, text[done:]])


def _words_of(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", _folded(text)[0])


def _significant(phone: str) -> str:
    """Return a telephone number without what is put before it at home or from abroad."""
    bare = "".join(c for c in phone if c.isdigit())
    return (bare[2:] if bare.startswith("84") and len(bare) >= 11 else bare).lstrip("0")


def _name_marks(full_name: str) -> Iterator[str]:
    words = _words_of(full_name)
    if not words:
        return
    yield from _called_marks(full_name)
    if len(words) < 2:
        return
    family, given, last = words[0], words[-1], len(words)
    for start in range(last - 1):
        for end in range(start + 2, min(last, start + NAME_WORDS) + 1):
            how = "start" if end < last else "part" if start else "name"
            yield f"{how}:{' '.join(words[start:end])}"
    yield f"part:{family} {given}"
    for turned in ([given, family], [given, *words[:-1]], words[::-1]):
        yield f"turned:{' '.join(turned)}"
    for joined in ("".join(words), family + given, given + family):
        if len(joined) >= _JOINED_MIN:
            yield f"joined:{joined}"


def _called_marks(full_name: str) -> Iterator[str]:
    """Yield how somebody is known after a title: 'bà Hà', and 'ba Ha' where a text has no diacritics at all."""
    given = re.findall(r"[^\W_]+", unicodedata.normalize("NFC", full_name))[-1]
    bare, spelled = _words_of(given)[0], _spelled(given)
    yield f"called:{spelled}"
    yield f"bare:{bare}"
    if spelled == bare:
        yield f"any:{bare}"  # registered without diacritics: which they are, nobody knows


def _number_marks(number: str) -> Iterator[str]:
    bare = fold(number)
    alone = re.sub(r"[^a-z0-9]", "", bare)
    figures = "".join(c for c in alone if c in "0123456789")
    if alone != figures and len(alone) >= 6:
        yield f"paper:{alone}"
    if len(figures) < TAIL:
        return
    yield f"{'digits' if len(figures) >= _WHOLE_MIN else 'tail'}:{figures}"
    for length in range(TAIL, min(len(figures), _WHOLE_MAX)):
        yield f"tail:{figures[-length:]}"
    for length in range(SHORT_TAIL, TAIL):
        yield f"last:{figures[-length:]}"


def _house_marks(address: str) -> Iterator[str]:
    for part in re.split(r"[,;]", address)[:2]:
        words = _words_of(part)
        while words and words[0] in ("so", "nha"):
            words = words[1:]
        if words and words[0] not in _AREAS and len(words) >= 3 and any(c.isdigit() for c in part):
            yield f"house:{' '.join(words[:_HOUSE_WORDS])}"
            return


def _folded(text: str) -> tuple[str, list[int]]:
    """Return the text in lower case without diacritics and invisible signs, and where each letter came from."""
    letters: list[str] = []
    at: list[int] = []
    for index, sign in enumerate(text):
        if sign.isascii():
            letters.append(sign.lower())
            at.append(index)
            continue
        if unicodedata.category(sign) == "Cf":
            continue
        for c in unicodedata.normalize("NFKD", sign.casefold().replace("đ", "d")):
            if not unicodedata.combining(c):
                letters.append(c)
                at.append(index)
    return "".join(letters), at


def _past_marks(text: str, end: int) -> int:
    """Return where a letter ends whose diacritics are signs of their own after it."""
    while end < len(text) and unicodedata.combining(text[end]):
        end += 1
    return end


def _spelled(word: str) -> str:
    """Return a syllable with its diacritics, the same wherever the tone stands: 'Hoà' and 'Hòa'."""
    signs = unicodedata.normalize("NFD", word.casefold().replace("đ", "d\u0335"))
    marks = sorted(c for c in signs if unicodedata.combining(c))
    return "".join(c for c in signs if not unicodedata.combining(c)) + "".join(marks)


_Candidate = tuple[str, str, int, int]


def _candidates(text: str, folded: str, at: Sequence[int], words: Sequence[_Word]) -> Iterator[_Candidate]:
    yield from _names_in(text, words)
    yield from _joined_in(words)
    yield from _called_in(text, words)
    yield from _numbers_in(folded, at)
    for word in words:
        if 6 <= len(word.text) <= 9 and not word.text.isdigit() and any(c.isdigit() for c in word.text):
            yield "paper", word.text, word.start, word.end
    for size in (3, _HOUSE_WORDS):
        for window in _windows(words, size):
            if any(c.isdigit() for word in window for c in word.text):
                yield "house", " ".join(w.text for w in window), window[0].start, window[-1].end


def _windows(words: Sequence[_Word], size: int) -> Iterator[Sequence[_Word]]:
    for start in range(len(words) - size + 1):
        yield words[start : start + size]


def _names_in(text: str, words: Sequence[_Word]) -> Iterator[_Candidate]:
    for size in range(2, NAME_WORDS + 1):
        for start in range(len(words) - size + 1):
            window = words[start : start + size]
            what, first, end = " ".join(w.text for w in window), window[0].start, window[-1].end
            yield "name", what, first, end
            yield "part", what, first, end
            if size < NAME_WORDS and not _goes_on(text, words, start + size):
                yield "start", what, first, end
            if size <= _TURNED_WORDS and not _SENTENCE_ENDS.search(text, first, end):
                yield "turned", what, first, end


def _goes_on(text: str, words: Sequence[_Word], following: int) -> bool:
    """Tell whether a capital follows: then 'Nguyễn Văn' is how somebody else's name begins."""
    if following >= len(words):
        return False
    before, after = words[following - 1].end, words[following].start
    return text[before:after] == " " and text[after].isupper()


def _joined_in(words: Sequence[_Word]) -> Iterator[_Candidate]:
    """Yield letters without gaps, as in an e-mail address, and letters spaced one by one."""
    for word in words:
        for run in re.finditer(r"[^\W\d_]{6,}", word.text):
            yield "joined", run[0], word.start, word.end
    index = 0
    while index < len(words):
        end = index
        while end < len(words) and len(words[end].text) == 1 and words[end].text.isalpha():
            end += 1
        if end - index >= _JOINED_MIN:
            yield "joined", "".join(w.text for w in words[index:end]), words[index].start, words[end - 1].end
        index = max(end, index + 1)


def _called_in(text: str, words: Sequence[_Word]) -> Iterator[_Candidate]:
    for title, word in pairwise(words):
        if title.text not in _TITLES or not text[word.start].isupper():
            continue
        spelled, start, end = _spelled(text[word.start : word.end]), title.start, word.end
        yield "called", spelled, start, end
        yield "any", word.text, start, end
        around = text[max(0, start - 40) : end + 40]
        if not any(
            unicodedata.combining(c) for c in _spelled(around)
        ):  # who writes without diacritics writes 'ba Ha' for 'bà Hà'
            yield "bare", word.text, start, end


def _numbers_in(folded: str, at: Sequence[int]) -> Iterator[_Candidate]:
    groups = [(m.start(), m.end()) for m in re.finditer(r"[0-9]+", folded)]
    index = 0
    while index < len(groups):
        end = index + 1
        while end < len(groups) and _SEPARATOR.fullmatch(folded, groups[end - 1][1], groups[end][0]):
            end += 1
        yield from _numbers_of_run(folded, at, groups[index:end])
        index = end


def _numbers_of_run(
    folded: str, at: Sequence[int], groups: Sequence[tuple[int, int]]
) -> Iterator[_Candidate]:
    """Yield the numbers that digits with blanks, dots and dashes between them may be."""
    places = [place for start, end in groups for place in range(start, end)]
    figures = "".join(folded[place] for place in places)
    begins, ends = {start for start, _ in groups}, {end - 1 for _, end in groups}
    for first in range(len(places)):
        whole_group = places[first] in begins
        last_digits = whole_group and _LAST_DIGITS.search(folded[max(0, places[first] - 24) : places[first]])
        for length in range(SHORT_TAIL, min(_WHOLE_MAX, len(places) - first) + 1):
            last = places[first + length - 1]
            what, start, end = figures[first : first + length], at[places[first]], at[last] + 1
            if length >= _WHOLE_MIN:
                yield "digits", what, start, end
            if whole_group and last in ends:
                if length >= TAIL:
                    yield "tail", what, start, end
                elif last_digits:
                    yield "last", what, start, end


def _outermost(found: Iterable[Leak]) -> list[Leak]:
    kept: list[Leak] = []
    for leak in sorted(found, key=lambda leak: (leak.start, -leak.end, leak.kind != LeakKind.NAME)):
        if not kept or leak.end > kept[-1].end:
            kept.append(leak)
    return kept
