"""Every dated example, worked by hand from the articles."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.core.calendar import Adjustment, WorkCalendar
from complaints.clocks import ClockEvent, Verb, read_clock
from complaints.rulebook.loader import load_rulebook

FOLDER = Path(__file__).parent / "examples"
EXAMPLES = [
    example
    for path in sorted(FOLDER.glob("*.toml"))
    for example in tomllib.loads(path.read_text(encoding="utf-8"))["example"]
]


def read_given(text: str) -> tuple[bool, list[ClockEvent], list[Adjustment]]:
    """Return what an example gives: remote area, events after the start, the office's own days."""
    remote, events, own = False, [], []
    for part in filter(None, (part.strip() for part in text.split(";"))):
        word, *rest = part.split()
        if word == "remote":
            remote = True
        elif word in ("off", "on"):
            own.append(Adjustment(date.fromisoformat(rest[0]), word == "on", "lịch của cơ quan"))
        else:
            days = int(rest[1]) if len(rest) > 1 else None
            events.append(
                ClockEvent(Verb(word), date.fromisoformat(rest[0]), days=days, complex=word == "extend")
            )
    return remote, events, own


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: f"{e['rule']}-{e['start']}-{e.get('given', '')}")
def test_the_due_date_is_the_one_worked_by_hand(example: dict[str, Any]) -> None:
    """The code agrees with the article."""
    remote, events, own = read_given(example.get("given", ""))
    rule = load_rulebook().rule(example["rule"], example["start"])
    reading = read_clock(
        rule, [ClockEvent(Verb.START, example["start"], remote=remote), *events], WorkCalendar(own)
    )
    assert reading.due_on == example["due"], example["why"]
    assert reading.steps[-1].on == example["due"]


def test_there_are_enough_examples_over_every_clock() -> None:
    """At least sixty, and at least one for each rule that counts forward."""
    assert len(EXAMPLES) >= 60
    forward = {rule.code for rule in load_rulebook().rules() if not rule.backward}
    assert {example["rule"] for example in EXAMPLES} == forward
