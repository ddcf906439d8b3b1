"""Numbers of the law that are no running clocks (figures.toml): quotas, thresholds, copies, lengths of publication."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

from complaints.rulebook.loader import (
    FOLDER,
    Confidence,
    RulebookError,
    bad_cites,
    bad_sources,
    gaps,
    mistyped,
)
from complaints.rulebook.vocabulary import Vocabulary, read_vocabulary

FILE = "figures.toml"


class Direction(StrEnum):
    """At least, at most, or exactly the number."""

    MIN = "min"
    MAX = "max"
    EXACT = "exact"

    @property
    def words_vi(self) -> str:
        """Return the direction in words."""
        return {"min": "ít nhất", "max": "nhiều nhất", "exact": "đúng"}[self.value]


@dataclass(frozen=True)
class Figure:
    """One version of one number, with what it counts and who has to keep it."""

    code: str
    name_vi: str
    name_en: str
    number: int
    counts_vi: str
    counts_en: str
    direction: Direction
    role: str
    responsible: str
    article: str
    cites: tuple[str, ...]
    source: tuple[str, ...]
    valid_from: date
    confidence: Confidence
    valid_to: date | None = None

    @property
    def version(self) -> str:
        """Return the name of this version: 'RECEP_DAYS_COMMUNE@2026-07-01'."""
        return f"{self.code}@{self.valid_from.isoformat()}"

    def covers(self, day: date) -> bool:
        """Tell whether this version holds on a day (valid_to is its first day of no more)."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


def figure(code: str, on: date) -> Figure:
    """Return the version of a number that holds on a day. Raises KeyError."""
    for row in load_figures():
        if row.code == code and row.covers(on):
            return row
    raise KeyError(f"{code} has no version for {on.isoformat()}")


def newest(code: str) -> Figure:
    """Return the newest version of a number: for limits of forms, which hold whatever the day. Raises KeyError."""
    versions = [row for row in load_figures() if row.code == code]
    if not versions:
        raise KeyError(code)
    return max(versions, key=lambda row: row.valid_from)


@lru_cache(maxsize=1)
def load_figures() -> tuple[Figure, ...]:
    """Return every version, by code and validity. Raises RulebookError with every finding."""
    figures, findings = read_figures()
    if findings:
        raise RulebookError(findings)
    return tuple(figures)


def read_figures(folder: Path = FOLDER) -> tuple[list[Figure], list[str]]:
    """Return the numbers of a folder and everything that is wrong with them."""
    vocabulary, _of_the_words = read_vocabulary(
        folder
    )  # the reading of the rules tells what is wrong with it
    try:
        rows = tomllib.loads((folder / FILE).read_text(encoding="utf-8")).get("figure", [])
    except (OSError, ValueError) as error:
        return [], [f"{FILE}: {error}"]
    if not (isinstance(rows, list) and rows and all(isinstance(row, dict) for row in rows)):
        return [], [f"{FILE}: holds no [[figure]]"]
    figures: list[Figure] = []
    findings: list[str] = []
    for row in rows:
        wrong = _misfits(row, vocabulary)
        findings += [f"{FILE}: {row.get('code', 'a row without a code')}: {finding}" for finding in wrong]
        if not wrong:
            figures.append(_figure(row, vocabulary))
    figures.sort(key=lambda f: (f.code, f.valid_from))
    return figures, findings + _check(figures)


_TYPES: Mapping[str, type] = {
    "code": str, "name_vi": str, "name_en": str, "number": int, "counts_vi": str, "counts_en": str, "direction": str,
    "role": str, "article": str, "cites": list, "source": list, "valid_from": date, "valid_to": date, "confidence": str,
}  # fmt: skip


def _misfits(row: Mapping[str, Any], vocabulary: Vocabulary) -> list[str]:
    findings = mistyped(row, _TYPES, frozenset({"valid_to"}))
    known: Mapping[str, frozenset[str]] = {
        "direction": frozenset(Direction),
        "confidence": frozenset(Confidence),
        "role": frozenset(vocabulary.roles),
    }
    findings += [
        f"unknown {word} {row[word]!r}"
        for word, words in known.items()
        if isinstance(row.get(word), str) and row[word] not in words
    ]
    return findings + bad_cites(row) + bad_sources(row, vocabulary)


def _figure(row: Mapping[str, Any], vocabulary: Vocabulary) -> Figure:
    typed = {
        **row,
        "direction": Direction(row["direction"]),
        "responsible": vocabulary.roles[row["role"]].vi,
        "cites": tuple(row["cites"]),
        "source": tuple(row["source"]),
        "confidence": Confidence(row["confidence"]),
    }
    return Figure(**typed)


def _check(figures: Sequence[Figure]) -> list[str]:
    findings = []
    for row in figures:
        words = ("code", "name_vi", "name_en", "counts_vi", "counts_en", "article")
        findings += [f"{row.version}: {word} is blank" for word in words if not getattr(row, word).strip()]
        wrong = {
            "a number is at least one": row.number < 1,
            "a number without its row in law.md": not row.cites,
            "a number without its source": not row.source,
            "validity ends before it begins": row.valid_to is not None and row.valid_to <= row.valid_from,
        }
        findings += [f"{row.version}: {finding}" for finding, found in wrong.items() if found]
    return findings + gaps(figures)
