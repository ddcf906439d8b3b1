"""The law as it is read: rules by subject, their versions beside each other and what changed between them. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise

from app.core.text import fold
from complaints.rulebook.loader import Confidence, Rule
from complaints.rulebook.rows import FOLDER, TableError, read_tables

# Which subject a code belongs to, by how it begins; the first that fits.
_SUBJECTS: Mapping[str, tuple[str, ...]] = {
    "reception": ("RECEP_", "SCHEDULE_", "ONLINE_"),
    "petitions": ("PETITION_", "REFERRER_"),
    "complaints": ("KN",),
    "denunciations": ("TC_", "PROTECTION"),
    "feedback": ("FB_", "PROPOSAL_"),
}
SUBJECTS = (*_SUBJECTS, "other")
# What may differ between two versions and matters to whoever keeps the rule.
COMPARED = ("number", "starts", "stops", "responsible", "form", "article")


@dataclass(frozen=True)
class CountingRule:
    """How periods are counted: a row of law.md 6.1, which is no clock."""

    code: str
    name_vi: str
    name_en: str
    article: str
    confidence: Confidence


@dataclass(frozen=True)
class Version:
    """One version of a rule on a day: in force then, over or to come, and what differs from the one before."""

    rule: Rule
    standing: str  # 'now', 'over', 'coming'
    changed: frozenset[str]  # words of COMPARED


@dataclass(frozen=True)
class RuleCard:
    """One rule with all its versions, the oldest first."""

    code: str
    versions: tuple[Version, ...]

    @property
    def shown(self) -> Rule:
        """Return the version that names the card: the one in force, else the newest."""
        return next((v.rule for v in self.versions if v.standing == "now"), self.versions[-1].rule)


def subject_of(code: str) -> str:
    """Return the subject of a rule by its code."""
    return next((name for name, starts in _SUBJECTS.items() if code.startswith(starts)), "other")


def cards(rules: Sequence[Rule], *, as_of: date, wanted: str = "") -> dict[str, list[RuleCard]]:
    """Return the rules by subject, as they stand on a day; `wanted` narrows them to those that hold all its words.

    Words are sought without diacritics in names, article, cites, events, who is responsible, and code.
    """
    by_code: dict[str, list[Rule]] = {}
    for rule in sorted(rules, key=lambda rule: rule.valid_from):
        by_code.setdefault(rule.code, []).append(rule)
    found: dict[str, list[RuleCard]] = {}
    for code, versions in by_code.items():
        if matches(" ".join(_text(rule) for rule in versions), wanted):
            card = RuleCard(code, tuple(_versions(versions, as_of)))
            found.setdefault(subject_of(code), []).append(card)
    return {subject: found[subject] for subject in SUBJECTS if subject in found}


def matches(text: str, wanted: str) -> bool:
    """Tell whether a text holds every word that is sought, whatever the diacritics."""
    folded = fold(text)
    return all(word in folded for word in fold(wanted).split())


def _text(rule: Rule) -> str:
    words = (rule.code, rule.name_vi, rule.name_en, rule.article, rule.starts, rule.stops, rule.responsible,
             rule.starts_en, rule.stops_en, rule.responsible_en,
             rule.form or "", *rule.cites)  # fmt: skip
    return " ".join(words)


def _versions(rules: Sequence[Rule], as_of: date) -> list[Version]:
    standings = ["now" if r.covers(as_of) else "coming" if r.valid_from > as_of else "over" for r in rules]
    changes = [frozenset[str](), *(_changed(older, newer) for older, newer in pairwise(rules))]
    return [Version(*each) for each in zip(rules, standings, changes, strict=True)]


def _changed(older: Rule, newer: Rule) -> frozenset[str]:
    """Return what a version says otherwise than the one before; number, unit, lengths and extension are one thing."""

    def said(rule: Rule, word: str) -> object:
        if word == "number":
            return (rule.number, rule.unit, dict(rule.lengths), rule.extension, rule.roll_end, rule.layer)
        return getattr(rule, word)

    return frozenset(word for word in COMPARED if said(older, word) != said(newer, word))


_TYPES: Mapping[str, type] = {"code": str, "name_vi": str, "name_en": str, "article": str, "confidence": str}


@lru_cache(maxsize=1)
def counting_rules() -> tuple[CountingRule, ...]:
    """Return how periods are counted, row by row of law.md 6.1. Raises TableError with every finding."""
    text = (FOLDER / "counting.toml").read_text(encoding="utf-8")
    rows, findings = read_tables(text, {"counting": _TYPES}, {})
    found = rows.get("counting", [])
    findings += [
        f"counting {row['code']}: unknown confidence"
        for row in found
        if row["confidence"] not in set(Confidence)
    ]
    if findings:
        raise TableError(findings)
    return tuple(CountingRule(**{**row, "confidence": Confidence(row["confidence"])}) for row in found)
