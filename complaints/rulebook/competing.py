"""Two rules of the law on one day: which day holds, by a strategy, and when a person has to decide. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

from complaints.rulebook.rows import FOLDER, TableError, read_tables


class Strategy(StrEnum):
    """How competing days are settled."""

    EARLIER = "earlier"
    LATER = "later"
    MANUAL = "manual"


@dataclass(frozen=True)
class Competing:
    """Clocks whose ends compete for one day, and the step that takes the day which holds."""

    code: str
    name_vi: str
    name_en: str
    clocks: tuple[str, ...]
    choices: tuple[str, ...]  # what a person chooses, clock by clock
    step: str  # law.md's number: 'C-25'
    strategy: Strategy
    proposal: Strategy  # the day put forward when a person decides; else the strategy itself
    reason_vi: str
    reason_en: str
    cites: tuple[str, ...]


@dataclass(frozen=True)
class Settlement:
    """What becomes of competing days: the clock whose day holds, or the one put forward while a person must decide.

    `waits` is true while a day that matters is not known yet.
    """

    decided: str | None
    proposed: str | None
    waits: bool


def settle(rule: Competing, ends: Mapping[str, date | None], chosen: str | None = None) -> Settlement:
    """Return which clock's end holds. `ends` gives the end of each competing clock, None while it is not known.

    'earlier' takes the first of the days known: once it has passed, none that is still unknown can come before it.
    'later' and 'manual' wait until every day is known. `chosen` is a person's choice, one of the
    rule's, and counts for 'manual' alone.
    """
    known = {code: day for code in rule.clocks if (day := ends.get(code)) is not None}
    first = min(known, key=lambda code: known[code], default=None)
    last = max(known, key=lambda code: known[code], default=None)
    complete = len(known) == len(rule.clocks)
    if rule.strategy is Strategy.EARLIER:
        return Settlement(first, first, waits=first is None)
    if not complete:
        return Settlement(None, None, waits=True)
    if rule.strategy is Strategy.LATER:
        return Settlement(last, last, waits=False)
    proposed = first if rule.proposal is Strategy.EARLIER else last
    return Settlement(
        dict(zip(rule.choices, rule.clocks, strict=True)).get(chosen or ""), proposed, waits=False
    )


_TYPES: dict[str, type] = {
    "code": str, "name_vi": str, "name_en": str, "clocks": list, "choices": list, "step": str, "strategy": str,
    "proposal": str, "reason_vi": str, "reason_en": str, "cites": list,
}  # fmt: skip


def read_competing(text: str, known_clocks: Sequence[str]) -> tuple[list[Competing], list[str]]:
    """Return the rows of a TOML text, and what is wrong with it; clocks must be codes of the rulebook."""
    rows, findings = read_tables(text, {"competing": _TYPES}, {})
    found = []
    for row in rows.get("competing", []):
        wrong = {
            "unknown strategy": row["strategy"] not in set(Strategy),
            "unknown proposal": row["proposal"] not in (Strategy.EARLIER, Strategy.LATER),
            "fewer than two clocks": len(set(row["clocks"])) < 2,
            "a clock is no rule": not set(row["clocks"]) <= set(known_clocks),
            "not one choice a clock": len(set(row["choices"])) != len(row["clocks"]),
            "cites nothing": not row["cites"],
        }
        misfit = [finding for finding, is_so in wrong.items() if is_so]
        findings += [f"competing {row['code']}: {finding}" for finding in misfit]
        if not misfit:
            found.append(Competing(**{
                **row, "clocks": tuple(row["clocks"]), "choices": tuple(row["choices"]), "cites": tuple(row["cites"]),
                "strategy": Strategy(row["strategy"]), "proposal": Strategy(row["proposal"]),
            }))  # fmt: skip
    codes = [row.code for row in found]
    findings += [
        f"competing {code}: stands twice" for code in sorted({c for c in codes if codes.count(c) > 1})
    ]
    return found, findings


@lru_cache(maxsize=1)
def load_competing(known_clocks: tuple[str, ...]) -> tuple[Competing, ...]:
    """Return the competing rules of this installation. Raises TableError with every finding."""
    text = (FOLDER / "competing.toml").read_text(encoding="utf-8")
    found, findings = read_competing(text, known_clocks)
    if findings:
        raise TableError(findings)
    return tuple(found)
