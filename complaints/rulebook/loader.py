"""Loads the rulebook: every rule with article, number, unit, events, validity and confidence; refuses a faulty one."""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

from complaints.rulebook.rows import BESIDE
from complaints.rulebook.vocabulary import Vocabulary, read_vocabulary

FOLDER = Path(__file__).parent
# Files of the folder that hold no rules of a clock: coverage.py, vocabulary.py, figures.py; rows.py names more.
OTHER_FILES = frozenset({"rows.toml", "coverage.toml", "events.toml", "figures.toml"}) | BESIDE


class Unit(StrEnum):
    """Calendar days (ngày), working days (ngày làm việc), years or hours; never converted into one another."""

    CALENDAR = "cal"
    WORKING = "wd"
    YEAR = "year"
    HOUR = "hour"

    @property
    def words_vi(self) -> str:
        """Return the unit in words."""
        return {"cal": "ngày", "wd": "ngày làm việc", "year": "năm", "hour": "giờ"}[self.value]


class Layer(StrEnum):
    """Who sets the number. Only the statutory layer may be called law."""

    STATUTORY = "statutory"
    LOCAL = "local"
    INTERNAL = "internal"


class Confidence(StrEnum):
    """How sure law.md is of a row; low ones warn whoever rests a document on them."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class EndRoll(StrEnum):
    """Where an end on a day off goes: to the next working day, nowhere, or back to the one before (T04, T09)."""

    FORWARD = "forward"
    NONE = "none"
    BACKWARD = "backward"


@dataclass(frozen=True)
class Extension:
    """How a limit may be made longer: by at most `days` each time ('add'), or to `days` in all ('total')."""

    mode: str
    days: int
    times: int
    article: str


@dataclass(frozen=True)
class Rule:
    """One version of one rule."""

    code: str
    name_vi: str
    name_en: str
    unit: Unit
    number: int
    starts: str
    stops: str
    responsible: str
    article: str
    cites: tuple[str, ...]
    valid_from: date
    confidence: Confidence
    layer: Layer = Layer.STATUTORY
    valid_to: date | None = None
    lengths: Mapping[str, int] = field(default_factory=dict)
    extension: Extension | None = None
    end_roll: EndRoll = EndRoll.FORWARD
    backward: bool = False  # counted back from a planned day: clocks.latest_allowed
    form: str | None = None
    start_event: str = ""  # codes of events.toml; starts, stops and responsible are their Vietnamese words
    stop_event: str = ""
    role: str = ""
    starts_en: str = ""  # and their English ones
    stops_en: str = ""
    responsible_en: str = ""
    source: tuple[str, ...] = ()  # where the number was read, by the codes of law.md 0.3

    @property
    def version(self) -> str:
        """Return the name of this version: 'KN_ACCEPT@2026-07-01'."""
        return f"{self.code}@{self.valid_from.isoformat()}"

    @property
    def roll_end(self) -> bool:
        """Tell whether an end on a day off goes to the next working day (T04)."""
        return self.end_roll is EndRoll.FORWARD

    @property
    def is_law(self) -> bool:
        """Tell whether a date of this rule may be shown as 'theo luật'."""
        return self.layer is Layer.STATUTORY

    def length(self, *, remote: bool, complex_: bool) -> int:
        """Return the days from the start: the plain number, or the length for remote areas and complex cases.

        What the article does not lengthen is passed over: disciplinary complaints know no remote areas (K05).
        """
        asked = (("remote", remote), ("complex", complex_))
        key = "_".join(word for word, on in asked if on and word in self.lengths)
        return self.lengths[key] if key else self.number

    def covers(self, day: date) -> bool:
        """Tell whether this version governs a clock that starts on a day (valid_to is its first day of no more)."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


class RulebookError(Exception):
    """The rulebook does not hold together; the message lists every finding."""

    def __init__(self, findings: Sequence[str]) -> None:
        super().__init__("\n".join(findings))
        self.findings = tuple(findings)


class Rulebook:
    """All rules, found by code and start day or by version; refuses with every finding, of reading and of checking."""

    def __init__(self, rules: Sequence[Rule], unread: Sequence[str] = ()) -> None:
        findings = [*unread, *check(rules)]
        if findings:
            raise RulebookError(findings)
        self._by_code: dict[str, list[Rule]] = {}
        for rule in sorted(rules, key=lambda r: (r.code, r.valid_from)):
            self._by_code.setdefault(rule.code, []).append(rule)
        self._by_version = {rule.version: rule for rule in rules}

    def rule(self, code: str, on: date) -> Rule:
        """Return the version of a rule that governs a clock starting on a day. Raises KeyError."""
        for rule in self._by_code[code]:
            if rule.covers(on):
                return rule
        raise KeyError(f"{code} has no version for {on.isoformat()}")

    def by_version(self, version: str) -> Rule:
        """Return a version by its name. Raises KeyError."""
        return self._by_version[version]

    def rules(self) -> list[Rule]:
        """Return every version, by code and then by validity."""
        return [rule for rules in self._by_code.values() for rule in rules]

    def codes(self) -> list[str]:
        """Return the codes in order."""
        return list(self._by_code)


# What a row may say, and the TOML type of each word.
_TYPES: Mapping[str, type] = {
    "code": str, "name_vi": str, "name_en": str, "unit": str, "number": int, "lengths": dict, "extension": dict,
    "start_event": str, "stop_event": str, "role": str, "form": str, "article": str, "cites": list, "source": list,
    "layer": str, "valid_from": date, "valid_to": date, "confidence": str, "end_roll": str, "backward": bool,
}  # fmt: skip
_OPTIONAL = frozenset({"lengths", "extension", "form", "layer", "valid_to", "backward"})
_EXTENSION_TYPES: Mapping[str, type] = {"mode": str, "days": int, "times": int, "article": str}
_WORDS: Mapping[str, frozenset[str]] = {
    "unit": frozenset(Unit),
    "layer": frozenset(Layer),
    "confidence": frozenset(Confidence),
    "end_roll": frozenset(EndRoll),
}
_LENGTHS = ({"normal", "complex"}, {"normal", "remote"}, {"normal", "complex", "remote", "remote_complex"})
_CITE = re.compile(r"[A-Z]{1,2}\d{2}[a-z]?")  # the ID of a row in law.md: C04, TC12, F05a
_INTERNAL_VI = "mục tiêu nội bộ"  # what every name outside the law must say


def read_rules(folder: Path = FOLDER) -> tuple[list[Rule], list[str]]:
    """Return the rules of every TOML file in a folder, and what keeps the other rows from being read."""
    rules: list[Rule] = []
    vocabulary, findings = read_vocabulary(folder)
    for path in sorted(folder.glob("*.toml")):
        if path.name in OTHER_FILES:
            continue
        try:
            rows = tomllib.loads(path.read_text(encoding="utf-8")).get("rule", [])
        except ValueError as error:
            findings.append(f"{path.name}: {error}")
            continue
        if not (isinstance(rows, list) and rows and all(isinstance(row, dict) for row in rows)):
            findings.append(f"{path.name}: holds no [[rule]]")
            continue
        for row in rows:
            wrong = _misfits(row, vocabulary)
            findings += [
                f"{path.name}: {row.get('code', 'a row without a code')}: {finding}" for finding in wrong
            ]
            if not wrong:
                rules.append(_rule(row, vocabulary))
    return rules, findings


def _misfits(row: Mapping[str, Any], vocabulary: Vocabulary) -> list[str]:
    """Return the words of a row that are missing, unknown, of the wrong type or outside their list."""
    findings = mistyped(row, _TYPES, _OPTIONAL)
    events = vocabulary.events
    named = {"start_event": events, "stop_event": events, "role": vocabulary.roles}
    for word, known in (*_WORDS.items(), *named.items()):
        if isinstance(row.get(word), str) and row[word] not in known:
            findings.append(f"unknown {word} {row[word]!r}")
    if isinstance(row.get("end_roll"), str) and (row["end_roll"] == "backward") is not row.get(
        "backward", False
    ):
        findings.append("what is counted back, and nothing else, rolls backward")
    if isinstance(row.get("extension"), dict):
        findings += [f"extension: {finding}" for finding in mistyped(row["extension"], _EXTENSION_TYPES)]
    if isinstance(row.get("lengths"), dict):
        findings += [f"lengths: {word} is no whole number" for word, days in row["lengths"].items()
                     if type(days) is not int]  # fmt: skip
    return findings + bad_cites(row) + bad_sources(row, vocabulary)


def bad_cites(row: Mapping[str, Any]) -> list[str]:
    """Return what a row cites that is no ID of law.md."""
    cites = row.get("cites") if isinstance(row.get("cites"), list) else []
    return [f"cites: {cite!r} is no ID of law.md" for cite in cites or ()
            if not (isinstance(cite, str) and _CITE.fullmatch(cite))]  # fmt: skip


def bad_sources(row: Mapping[str, Any], vocabulary: Vocabulary) -> list[str]:
    """Return the sources of a row that the vocabulary does not list."""
    sources = row.get("source") if isinstance(row.get("source"), list) else []
    return [f"unknown source {code!r}" for code in sources or ()
            if not (isinstance(code, str) and code in vocabulary.sources)]  # fmt: skip


def mistyped(
    row: Mapping[str, Any], types: Mapping[str, type], optional: frozenset[str] = frozenset()
) -> list[str]:
    """Return the words of a row that are missing, unknown or of another type than the list says."""
    # The exact type: TOML's true would pass for a 1, and a date with a time for a date.
    return [
        *(f"{word} is missing" for word in types if word not in row and word not in optional),
        *(f"{word} is no word of a rule" for word in row if word not in types),
        *(
            f"{word} is no {types[word].__name__}"
            for word in row
            if word in types and type(row[word]) is not types[word]
        ),
    ]


def _rule(row: Mapping[str, Any], vocabulary: Vocabulary) -> Rule:
    extension = row.get("extension")
    typed = {
        **row,
        "unit": Unit(row["unit"]),
        "layer": Layer(row.get("layer", "statutory")),
        "confidence": Confidence(row["confidence"]),
        "cites": tuple(row["cites"]),
        "source": tuple(row["source"]),
        "end_roll": EndRoll(row["end_roll"]),
        "starts": vocabulary.events[row["start_event"]].vi,
        "stops": vocabulary.events[row["stop_event"]].vi,
        "responsible": vocabulary.roles[row["role"]].vi,
        "starts_en": vocabulary.events[row["start_event"]].en,
        "stops_en": vocabulary.events[row["stop_event"]].en,
        "responsible_en": vocabulary.roles[row["role"]].en,
        "extension": Extension(**extension) if extension is not None else None,
    }
    return Rule(**typed)


def check(rules: Sequence[Rule]) -> list[str]:
    """Return what is wrong with a set of rules: gaps and overlaps of validity, missing articles, odd lengths."""
    findings = [f"{rule.version}: {finding}" for rule in rules for finding in _check_one(rule)]
    return findings + gaps(rules)


class Dated(Protocol):
    """What has versions: a rule, a figure."""

    @property
    def code(self) -> str: ...  # noqa: D102
    @property
    def version(self) -> str: ...  # noqa: D102
    @property
    def valid_from(self) -> date: ...  # noqa: D102
    @property
    def valid_to(self) -> date | None: ...  # noqa: D102


def gaps(rows: Iterable[Dated]) -> list[str]:
    """Return where the versions of a code overlap or leave days between them."""
    findings = []
    by_code: dict[str, list[Dated]] = {}
    for row in sorted(rows, key=lambda r: (r.code, r.valid_from)):
        by_code.setdefault(row.code, []).append(row)
    for versions in by_code.values():
        for older, newer in pairwise(versions):
            if older.valid_to is None or older.valid_to > newer.valid_from:
                findings.append(f"{older.version}: overlaps {newer.version}")
            elif older.valid_to < newer.valid_from:
                findings.append(f"{older.version}: a gap before {newer.version}")
    return findings


def _check_one(rule: Rule) -> list[str]:
    blank = [word for word in ("code", "name_vi", "name_en", "starts", "stops", "responsible")
             if not getattr(rule, word).strip()]  # fmt: skip
    wrong = {
        "a limit is at least one day": rule.number < 1,
        "a statutory rule without its article": rule.is_law and not rule.article.strip(),
        "a statutory rule without its row in law.md": rule.is_law and not rule.cites,
        "a statutory rule without its source": rule.is_law and not rule.source,
        "only the statutory layer cites an article": not rule.is_law and bool(rule.article),
        f"a target of the office's own says '{_INTERNAL_VI}' in its name":
            rule.layer is Layer.INTERNAL and _INTERNAL_VI not in rule.name_vi,
        "validity ends before it begins": rule.valid_to is not None and rule.valid_to <= rule.valid_from,
        "a backward limit has one number": rule.backward and bool(rule.lengths or rule.extension),
    }  # fmt: skip
    findings = [f"{word} is blank" for word in blank] + [finding for finding, found in wrong.items() if found]
    return findings + _check_lengths(rule) + _check_extension(rule)


def _check_lengths(rule: Rule) -> list[str]:
    if not rule.lengths:
        return []
    findings = []
    if set(rule.lengths) not in _LENGTHS:
        findings.append("lengths are normal, and complex or remote, or both with remote_complex")
    if rule.lengths.get("normal") != rule.number:
        findings.append("the number is the normal length")
    if any(days < rule.number for days in rule.lengths.values()):
        findings.append("no length is shorter than the normal one")
    return findings


def _check_extension(rule: Rule) -> list[str]:
    extension = rule.extension
    if extension is None:
        return []
    wrong = {
        f"unknown extension mode {extension.mode!r}": extension.mode not in ("add", "total"),
        "an extension is at least one day, once": extension.days < 1 or extension.times < 1,
        "an extension cites its article": rule.is_law and not extension.article.strip(),
        "an extended total is longer than the number": extension.mode == "total"
        and extension.days <= rule.number,
        "either lengths of complex cases or an extension": "complex" in rule.lengths,
    }
    return [finding for finding, found in wrong.items() if found]


@lru_cache(maxsize=1)
def load_rulebook() -> Rulebook:
    """Return the rulebook of this installation. Raises RulebookError with every finding."""
    return Rulebook(*read_rules())
