"""Sentences that the domain says in Vietnamese, told in the reader's language.

Tables, guards and services are pure and speak Vietnamese; the catalogue holds their English by the whole sentence, with
%(1)s, %(2)s ... where a day or a number stands. What has no English yet stays as it is: better read in Vietnamese than
not at all.
"""

import re
from functools import cache

from flask_babel import get_translations

from app.web.locale import gettext, language

_HOLE = re.compile(r"%\((\d)\)s")
_LENGTH = re.compile(r"(?P<number>\d+) (?P<unit>ngày làm việc|ngày|giờ|năm)")


def told(text: object) -> str:
    """Return a sentence of the domain in the language of this request; unchanged in Vietnamese."""
    vietnamese = str(text)
    if not vietnamese or language() != "en":
        return vietnamese
    english = _english(vietnamese)
    if english is not None:
        return english
    for pattern, sentence in _with_holes():
        found = pattern.fullmatch(vietnamese)
        if found:
            said = found.groupdict()
            filled = {name.removeprefix("hole"): _filling(value) for name, value in said.items()}
            return (_english(sentence) or sentence) % filled
    return vietnamese


def _english(text: str) -> str | None:
    said = gettext(text)
    return said if said != text else None


def _filling(text: str) -> str:
    """Return what stands in a hole: its English, a length of time in English ('7 working days'), or itself."""
    length = _LENGTH.fullmatch(text)
    unit = _english(length["unit"]) if length else None
    return f"{length['number']} {unit}" if length and unit else _english(text) or text


@cache
def _with_holes() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return the sentences with holes of the English catalogue, as patterns, the longest first."""
    known = vars(get_translations()).get("_catalog", {})
    sentences = sorted(
        (key for key in known if isinstance(key, str) and "%(1)s" in key), key=len, reverse=True
    )
    return tuple((_pattern(sentence), sentence) for sentence in sentences)


def _pattern(sentence: str) -> re.Pattern[str]:
    parts = _HOLE.split(sentence)
    words = [re.escape(part) if n % 2 == 0 else f"(?P<hole{part}>.+?)" for n, part in enumerate(parts)]
    return re.compile("".join(words), re.DOTALL)
