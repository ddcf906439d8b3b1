"""Finds a rule in its layer: the law from the rulebook; local rules and internal targets from the database."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby

from sqlalchemy import or_, select

from app.core.db import db
from app.organisation.chart import chart
from complaints.models.local_rules import LocalRule
from complaints.rulebook.loader import Confidence, EndRoll, Layer, Rule, Unit, load_rulebook

_NAMES = {
    Layer.LOCAL: ("quy định của địa phương", "local regulation"),
    Layer.INTERNAL: ("mục tiêu nội bộ", "internal target"),
}


def rule_by_version(version: str) -> Rule:
    """Return the rule that a clock runs under, of whatever layer. Raises KeyError."""
    code, is_local, number = version.partition("#")
    if not is_local:
        return load_rulebook().by_version(version)
    row = db.session.get(LocalRule, int(number))
    if row is None or row.code != code:
        raise KeyError(version)
    return as_rule(row)


def source_of(version: str) -> str:
    """Return the document that a rule which is no law rests on; '' for the law and for defaults."""
    code, is_local, number = version.partition("#")
    row = db.session.get(LocalRule, int(number)) if is_local else None
    return row.source if row is not None and row.code == code else ""


def as_rule(row: LocalRule) -> Rule:
    """Return a row as a rule: events, names and who is responsible are those of the clock that it stands beside.

    It has no extension of its own and no length of its own for remote or complex cases.
    """
    beside, layer = in_rulebook(row.code, row.valid_from), Layer(row.layer)
    vi, en = _NAMES[layer]
    name_vi, name_en = (name.partition(" (")[0] for name in (beside.name_vi, beside.name_en))
    return replace(
        beside, code=code_beside(row), name_vi=f"{name_vi} ({vi})", name_en=f"{name_en} ({en})", unit=Unit(row.unit),
        number=row.number, article="", cites=(), confidence=Confidence.HIGH, layer=layer, valid_from=row.valid_from,
        valid_to=row.valid_to, lengths={}, extension=None, form=None,
        end_roll=EndRoll.FORWARD, source=(),
    )  # fmt: skip


def in_rulebook(code: str, on: date) -> Rule:
    """Return the rulebook's version of a code on a day, or the nearest one in time. Raises KeyError."""
    versions = [rule for rule in load_rulebook().rules() if rule.code == code]
    if not versions:
        raise KeyError(code)
    return next(
        (rule for rule in versions if rule.covers(on)), min(versions, key=lambda r: abs(r.valid_from - on))
    )


def code_beside(row: LocalRule) -> str:
    """Return the code of the clock that a row starts: the rulebook's own where the law has no number."""
    if not in_rulebook(row.code, row.valid_from).is_law:
        return row.code
    return f"{row.code}.{row.layer}"


def instead_of_default(rule: Rule, unit_id: int, on: date) -> LocalRule | None:
    """Return the row that a unit has set in the place of a default that is no law, or None."""
    if rule.is_law:
        return None
    return next((row for row in rules_for(rule.code, unit_id, on) if row.layer == rule.layer), None)


def beside(rule: Rule, unit_id: int, on: date) -> Sequence[LocalRule]:
    """Return the rows under which clocks start beside a statutory one: of each layer the nearest unit's."""
    return rules_for(rule.code, unit_id, on) if rule.is_law else ()


def rules_for(code: str, unit_id: int, on: date) -> list[LocalRule]:
    """Return the rows that hold for a unit on a day: of each layer its own, else that of the nearest above."""
    unit = chart().units.get(unit_id) or chart(fresh=True).units[unit_id]
    around = [int(part) for part in unit.path.split("/") if part]
    statement = select(LocalRule).where(
        LocalRule.code == code,
        LocalRule.unit_id.in_(around),
        LocalRule.valid_from <= on,
        or_(LocalRule.valid_to.is_(None), LocalRule.valid_to > on),
    )
    rows = sorted(db.session.scalars(statement), key=lambda row: (row.layer, -around.index(row.unit_id)))
    return [next(of_layer) for _layer, of_layer in groupby(rows, key=lambda row: row.layer)]
