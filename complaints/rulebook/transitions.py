"""Which version of the law governs a case: law sets by the day of receipt, and where later law takes over. Pure.

A case keeps the version it started under; a transition rule of law.md 0.4 may switch it from a day on, for what the
rule names (steps, clocks) and nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

from complaints.rulebook.loader import Confidence
from complaints.rulebook.rows import FOLDER, TableError, read_tables


class Effect(StrEnum):
    """What a transition rule does."""

    SWITCH = "switch"  # what is under way goes on by the new rules
    KEEP = "keep"  # what is under way goes on by the old rules
    BY_START = "by_start"  # the version of the day on which the clock started
    FAVOURABLE = "favourable"  # whichever is more favourable; a person decides
    LAPSE = "lapse"  # something is no longer valid from a day on


@dataclass(frozen=True)
class LawSet:
    """The laws and decrees that a kind of case starts under from a day on."""

    kind: str
    since: date
    name_vi: str
    name_en: str


@dataclass(frozen=True)
class TransitionRule:
    """One row of law.md 0.4."""

    code: str
    name_vi: str
    name_en: str
    effect: Effect
    kinds: tuple[str, ...]
    steps: tuple[str, ...]  # actions of the workflows that it governs
    rules: tuple[str, ...]  # codes of the clocks that it governs
    switch_on: date
    article: str
    cites: tuple[str, ...]
    confidence: Confidence
    accepted_before: date | None = None

    def switches(self, kind: str, *, accepted_on: date | None, decided_on: date | None, today: date) -> bool:
        """Tell whether a case goes over to the new rules: accepted before the day, undecided on it, it has come."""
        return (
            self.effect is Effect.SWITCH
            and kind in self.kinds
            and today >= self.switch_on
            and accepted_on is not None
            and (self.accepted_before is None or accepted_on < self.accepted_before)
            and (decided_on is None or decided_on >= self.switch_on)
        )


@dataclass(frozen=True)
class TransitionBook:
    """All law sets and transition rules."""

    law_sets: tuple[LawSet, ...]
    transitions: tuple[TransitionRule, ...]

    def law_set(self, kind: str, on: date) -> LawSet | None:
        """Return what a case of a kind starts under on a day; None for a kind or a time that has no law of its own."""
        found = [law for law in self.law_sets if law.kind == kind and law.since <= on]
        return max(found, key=lambda law: law.since, default=None)

    def transition(self, code: str) -> TransitionRule:
        """Return a transition rule by its code. Raises KeyError."""
        for rule in self.transitions:
            if rule.code == code:
                return rule
        raise KeyError(code)

    def switching(
        self, kind: str, *, accepted_on: date | None, decided_on: date | None, today: date
    ) -> TransitionRule | None:
        """Return the rule that switches a case, or None."""
        for rule in self.transitions:
            if rule.switches(kind, accepted_on=accepted_on, decided_on=decided_on, today=today):
                return rule
        return None


_LAW_SET: dict[str, type] = {"kind": str, "since": date, "name_vi": str, "name_en": str}
_TRANSITION: dict[str, type] = {
    "code": str, "name_vi": str, "name_en": str, "effect": str, "kinds": list, "steps": list, "rules": list,
    "accepted_before": date, "switch_on": date, "article": str, "cites": list, "confidence": str,
}  # fmt: skip


def read_transitions(text: str) -> tuple[list[LawSet], list[TransitionRule], list[str]]:
    """Return the rows of a TOML text, and what is wrong with it."""
    tables = {"law_set": _LAW_SET, "transition": _TRANSITION}
    rows, findings = read_tables(text, tables, {"transition": frozenset({"accepted_before"})})
    sets = [LawSet(**row) for row in rows.get("law_set", [])]
    transitions = []
    for row in rows.get("transition", []):
        unknown = [word for word, known in (("effect", set(Effect)), ("confidence", set(Confidence)))
                   if row[word] not in known]  # fmt: skip
        findings += [f"transition {row['code']}: unknown {word} {row[word]!r}" for word in unknown]
        if not unknown:
            lists = {word: tuple(row[word]) for word in ("kinds", "steps", "rules", "cites")}
            typed = {
                **row,
                **lists,
                "effect": Effect(row["effect"]),
                "confidence": Confidence(row["confidence"]),
            }
            transitions.append(TransitionRule(**typed))
    return sets, transitions, [*findings, *check_transitions(sets, transitions)]


def check_transitions(sets: Sequence[LawSet], transitions: Sequence[TransitionRule]) -> list[str]:
    """Return what does not hold together: a code or day twice, no article or cite, a switch without condition."""
    findings = []
    keys = [f"law_set {law.kind} {law.since}" for law in sets] + [f"transition {t.code}" for t in transitions]
    findings += [f"{key}: stands twice" for key in sorted({key for key in keys if keys.count(key) > 1})]
    for rule in transitions:
        wrong = {
            "has no article": not rule.article.strip(),
            "cites nothing": not rule.cites,
            "says nothing": not (rule.name_vi.strip() and rule.name_en.strip()),
            "switches cases accepted before no day": rule.effect is Effect.SWITCH
            and rule.accepted_before is None,
            "switches no kind": rule.effect is Effect.SWITCH and not rule.kinds,
        }
        findings += [f"transition {rule.code}: {finding}" for finding, found in wrong.items() if found]
    return findings


@lru_cache(maxsize=1)
def load_transitions() -> TransitionBook:
    """Return the transition rules of this installation. Raises TableError with every finding."""
    sets, transitions, findings = read_transitions((FOLDER / "transitions.toml").read_text(encoding="utf-8"))
    if findings:
        raise TableError(findings)
    return TransitionBook(tuple(sets), tuple(transitions))
