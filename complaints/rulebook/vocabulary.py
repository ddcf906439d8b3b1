"""The words that rules use by code: events that start and stop clocks, responsible roles, and sources (events.toml)."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "events.toml"


@dataclass(frozen=True)
class Word:
    """One code with its words."""

    code: str
    vi: str
    en: str


@dataclass(frozen=True)
class Vocabulary:
    """The three lists, each by code."""

    events: Mapping[str, Word]
    roles: Mapping[str, Word]
    sources: Mapping[str, Word]


def read_vocabulary(folder: Path) -> tuple[Vocabulary, list[str]]:
    """Return the vocabulary of a folder (the installed one where it has none) and what is wrong with it."""
    path = folder / FILE.name
    path = path if path.is_file() else FILE
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        return Vocabulary({}, {}, {}), [f"{path.name}: {error}"]
    findings: list[str] = []
    lists = [_read(found, kind, findings) for kind in ("event", "role", "source")]
    findings += [f"{kind} is no list of words" for kind in found if kind not in {"event", "role", "source"}]
    return Vocabulary(*lists), [f"{path.name}: {finding}" for finding in findings]


def _read(found: Mapping[str, Any], kind: str, findings: list[str]) -> Mapping[str, Word]:
    words: dict[str, Word] = {}
    rows = found.get(kind, [])
    for row in rows if isinstance(rows, list) else []:
        wanted = {field.name for field in fields(Word)}
        if not isinstance(row, dict) or set(row) != wanted or not all(_text(v) for v in row.values()):
            findings.append(f"{kind} {row!r} is not code, vi and en")
        elif row["code"] in words:
            findings.append(f"{kind} {row['code']} stands twice")
        else:
            words[row["code"]] = Word(**row)
    if not words:
        findings.append(f"holds no [[{kind}]]")
    return words


def _text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())
