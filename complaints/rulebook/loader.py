"""Loads the rulebook: every rule with article, number, unit, events, validity and confidence; refuses a faulty one."""

import itertools
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


class Unit(StrEnum):
    """Calendar days (ngày) or working days (ngày làm việc); never converted into one another."""

    CALENDAR = "cal"
    WORKING = "wd"

    @property
    def words_vi(self) -> str:
        """Return the unit in words."""
        return "ngày" if self is Unit.CALENDAR else "ngày làm việc"


class Layer(StrEnum):
    """Who sets the number. Only the statutory layer may be called law."""

    STATUTORY = "statutory"
    LOCAL = "local"
    INTERNAL = "internal"


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
    confidence: str
    layer: Layer = Layer.STATUTORY
    valid_to: date | None = None
    lengths: Mapping[str, int] = field(default_factory=dict)
    extension: Extension | None = None
    roll_end: bool = True
    backward: bool = False
    form: str | None = None

    @property
    def version(self) -> str:
        """Return the name of this version: 'KN_ACCEPT@2026-07-01'."""
        return f"{self.code}@{self.valid_from.isoformat()}"

    @property
    def is_law(self) -> bool:
        """Tell whether a date of this rule may be shown as 'theo luật'."""
        return self.layer is Layer.STATUTORY

    def length(self, *, remote: bool, complex_: bool) -> int:
        """Return the days from the start: the plain number, or the length for remote areas and complex cases."""
        if not self.lengths:
            return self.number
        key = "_".join(word for word, on in (("remote", remote), ("complex", complex_)) if on) or "normal"
        return self.lengths[key]

    def covers(self, day: date) -> bool:
        """Tell whether this version governs a clock that starts on a day (valid_to is its first day of no more)."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


class RulebookError(Exception):
    """The rulebook does not hold together; the message lists every finding."""

    def __init__(self, findings: Sequence[str]) -> None:
        super().__init__("\n".join(findings))
        self.findings = tuple(findings)


class Rulebook:
    """All rules, found by code and start day or by version."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        findings = check(rules)
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


def read_rules(folder: Path = FOLDER) -> list[Rule]:
    """Read the rules of every TOML file in a folder. Raises RulebookError for rows that cannot be read."""
    rules, findings = [], []
    for path in sorted(folder.glob("*.toml")):
        for row in tomllib.loads(path.read_text(encoding="utf-8"))["rule"]:
            try:
                rules.append(_rule(row))
            except (KeyError, TypeError, ValueError) as error:
                findings.append(f"{path.name}: {row.get('code', '?')}: {type(error).__name__}: {error}")
    if findings:
        raise RulebookError(findings)
    return rules


def _rule(row: dict[str, Any]) -> Rule:
    row = dict(row)
    extension = row.pop("extension", None)
    return Rule(
        unit=Unit(row.pop("unit")),
        layer=Layer(row.pop("layer", "statutory")),
        cites=tuple(row.pop("cites")),
        extension=Extension(**extension) if extension else None,
        **row,
    )


def check(rules: Sequence[Rule]) -> list[str]:
    """Return what is wrong with a set of rules: gaps and overlaps of validity, missing articles, odd lengths."""
    findings = []
    by_code: dict[str, list[Rule]] = {}
    for rule in rules:
        by_code.setdefault(rule.code, []).append(rule)
        findings += [f"{rule.version}: {finding}" for finding in _check_one(rule)]
    for versions in by_code.values():
        versions.sort(key=lambda r: r.valid_from)
        for older, newer in itertools.pairwise(versions):
            if older.valid_to is None or older.valid_to > newer.valid_from:
                findings.append(f"{older.version}: overlaps {newer.version}")
            elif older.valid_to < newer.valid_from:
                findings.append(f"{older.version}: a gap before {newer.version}")
    return findings


def _check_one(rule: Rule) -> list[str]:
    findings = []
    if rule.is_law and not rule.article:
        findings.append("a statutory rule without its article")
    if not rule.is_law and rule.article:
        findings.append("only the statutory layer cites an article")
    if rule.number < 1:
        findings.append("a limit is at least one day")
    if rule.confidence not in {"high", "medium", "low"}:
        findings.append(f"unknown confidence {rule.confidence!r}")
    if rule.valid_to is not None and rule.valid_to <= rule.valid_from:
        findings.append("validity ends before it begins")
    if rule.lengths and set(rule.lengths) != {"normal", "complex", "remote", "remote_complex"}:
        findings.append("lengths are normal, complex, remote, remote_complex")
    if rule.lengths and rule.lengths.get("normal") != rule.number:
        findings.append("the number is the normal length")
    if rule.extension is not None and rule.extension.mode not in {"add", "total"}:
        findings.append(f"unknown extension mode {rule.extension.mode!r}")
    return findings


@lru_cache(maxsize=1)
def load_rulebook() -> Rulebook:
    """Return the rulebook of this installation. Raises RulebookError with every finding."""
    return Rulebook(read_rules())
