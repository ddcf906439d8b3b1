"""Loads the forms of papers that the law admits for a time (wordings.toml); refuses a faulty row."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from complaints.rulebook.loader import Confidence

FILE = Path(__file__).parent / "wordings.toml"


@dataclass(frozen=True)
class Wording:
    """One form of a paper, with its article and the days on which such a paper may be made."""

    code: str
    name_vi: str
    name_en: str
    article: str
    cites: tuple[str, ...]
    valid_from: date
    confidence: Confidence
    valid_to: date | None = None


@lru_cache(maxsize=1)
def load_wordings() -> dict[str, Wording]:
    """Return the forms of papers by code. Raises TypeError or ValueError for a row that cannot be read."""
    rows = tomllib.loads(FILE.read_text(encoding="utf-8"))["wording"]
    typed = [
        Wording(**{**row, "cites": tuple(row["cites"]), "confidence": Confidence(row["confidence"])})
        for row in rows
    ]
    return {wording.code: wording for wording in typed}
