"""Which rows of the law a step rests on that are not certain, and why, in plain words. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from complaints.rulebook.loader import Confidence, Rule
from complaints.rulebook.rows import FOLDER, TableError, read_tables

_GENERAL_VI = "Căn cứ này cần người có chuyên môn pháp lý xác nhận."
_GENERAL_EN = "A legal officer should confirm what this rests on."
_TYPES: dict[str, type] = {"rule": str, "reason_vi": str, "reason_en": str, "cites": list}


@dataclass(frozen=True)
class UncertainRow:
    """A row of the law that is not certain: what it is, where it stands, why."""

    version: str  # 'KN_EFFECT@2012-07-01', or the code of a transition rule
    name_vi: str
    name_en: str
    article: str
    cites: tuple[str, ...]
    confidence: Confidence
    reason_vi: str
    reason_en: str

    @property
    def blocks(self) -> bool:
        """Tell whether a person must confirm it; medium rows are a note only."""
        return self.confidence is Confidence.LOW


def uncertain(rules: Iterable[Rule]) -> list[UncertainRow]:
    """Return the statutory rules among those given that are not certain, the least certain first, each once."""
    found = {}
    for rule in rules:
        if rule.is_law and rule.confidence is not Confidence.HIGH:
            reason_vi, reason_en = reasons().get(rule.code, (_GENERAL_VI, _GENERAL_EN))
            found[rule.version] = UncertainRow(
                rule.version,
                rule.name_vi,
                rule.name_en,
                rule.article,
                rule.cites,
                rule.confidence,
                reason_vi,
                reason_en,
            )
    return sorted(found.values(), key=lambda row: (not row.blocks, row.version))


def read_reasons(text: str) -> tuple[Mapping[str, tuple[str, str]], list[str]]:
    """Return (Vietnamese, English) reasons by code of rule of a TOML text, and what is wrong with it."""
    rows, findings = read_tables(text, {"reason": _TYPES}, {})
    found: dict[str, tuple[str, str]] = {}
    for row in rows.get("reason", []):
        if row["rule"] in found:
            findings.append(f"reason {row['rule']}: stands twice")
        if not (row["reason_vi"].strip() and row["reason_en"].strip() and row["cites"]):
            findings.append(f"reason {row['rule']}: says or cites nothing")
        found[row["rule"]] = (row["reason_vi"], row["reason_en"])
    return found, findings


@lru_cache(maxsize=1)
def reasons() -> Mapping[str, tuple[str, str]]:
    """Return the reasons of this installation. Raises TableError with every finding."""
    found, findings = read_reasons((FOLDER / "uncertain.toml").read_text(encoding="utf-8"))
    if findings:
        raise TableError(findings)
    return found
