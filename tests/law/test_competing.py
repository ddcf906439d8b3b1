"""Competing rules on one day (C-25): earlier, later, manual; also with a day that is not known yet."""

from dataclasses import replace
from datetime import date

import pytest

from complaints.codes import EffectBasis
from complaints.rulebook.competing import Settlement, Strategy, load_competing, read_competing, settle
from complaints.rulebook.loader import load_rulebook

CODES = tuple(load_rulebook().codes())
EFFECT, DISCIPLINE, DISMISSAL = load_competing(CODES)
ISSUE, RECEIPT = date(2026, 12, 24), date(2026, 12, 28)
BOTH = {"KN_EFFECT": ISSUE, "KN_WINDOW2": RECEIPT}
ONE = {"KN_EFFECT": ISSUE, "KN_WINDOW2": None}


def by(strategy: Strategy, proposal: Strategy = Strategy.LATER):
    return replace(EFFECT, strategy=strategy, proposal=proposal)


@pytest.mark.parametrize(
    "strategy, ends, expected",
    [
        (Strategy.EARLIER, BOTH, Settlement("KN_EFFECT", "KN_EFFECT", waits=False)),
        (Strategy.EARLIER, ONE, Settlement("KN_EFFECT", "KN_EFFECT", waits=False)),
        (Strategy.EARLIER, {}, Settlement(None, None, waits=True)),
        (Strategy.LATER, BOTH, Settlement("KN_WINDOW2", "KN_WINDOW2", waits=False)),
        (Strategy.LATER, ONE, Settlement(None, None, waits=True)),
        (Strategy.MANUAL, BOTH, Settlement(None, "KN_WINDOW2", waits=False)),
        (Strategy.MANUAL, ONE, Settlement(None, None, waits=True)),
    ],
)
def test_each_strategy_settles_or_waits(
    strategy: Strategy, ends: dict[str, date | None], expected: Settlement
):
    assert settle(by(strategy), ends) == expected


def test_only_a_person_decides_a_manual_contest_and_only_between_its_days():
    assert settle(EFFECT, BOTH, "issue").decided == "KN_EFFECT"
    assert settle(EFFECT, BOTH, "publication").decided is None
    assert settle(EFFECT, ONE, "issue").decided is None
    assert settle(by(Strategy.LATER), BOTH, "issue").decided == "KN_WINDOW2", (
        "no choice where the rule decides"
    )
    assert settle(by(Strategy.MANUAL, Strategy.EARLIER), BOTH).proposed == "KN_EFFECT"


def test_the_effect_of_a_first_decision_is_decided_by_the_head_and_the_later_day_is_proposed():
    assert (EFFECT.strategy, EFFECT.proposal, EFFECT.step) == ("manual", "later", "C-25")
    for rule in (EFFECT, DISCIPLINE, DISMISSAL):
        assert rule.choices == tuple(EffectBasis), "the choices of the step stand for the clocks that compete"


ROW = """
[[competing]]
code = "X"
name_vi = "a"
name_en = "a"
clocks = ["KN_EFFECT", "KN_WINDOW2"]
choices = ["issue", "receipt"]
step = "C-25"
strategy = "manual"
proposal = "later"
reason_vi = "a"
reason_en = "a"
cites = ["C35"]
"""


@pytest.mark.parametrize(
    "text, finding",
    [
        (ROW.replace('"manual"', '"toss"'), "unknown strategy"),
        (ROW.replace('"later"', '"manual"'), "unknown proposal"),
        (ROW.replace('"KN_WINDOW2"', '"KN_EFFECT"'), "fewer than two clocks"),
        (ROW.replace('"KN_WINDOW2"', '"NO_SUCH"'), "a clock is no rule"),
        (ROW.replace('["C35"]', "[]"), "cites nothing"),
        (ROW.replace('["issue", "receipt"]', '["issue"]'), "not one choice a clock"),
        (ROW.replace('step = "C-25"', "step = 25"), "step is no str"),
        (ROW.replace('name_en = "a"', ""), "name_en is missing"),
        (ROW + "color = 1", "color is no word of this row"),
        (ROW + ROW, "stands twice"),
        (ROW + "[[more]]", "unknown table 'more'"),
        ("competing = 3", "no list of"),
        ("[[", "at end of document"),
    ],
)
def test_a_table_that_does_not_hold_together_says_why(text: str, finding: str):
    _found, findings = read_competing(text, CODES)
    assert any(finding in one for one in findings), findings


def test_a_table_that_holds_together_is_read_whole():
    found, findings = read_competing(ROW, CODES)
    assert (len(found), findings) == (1, [])
