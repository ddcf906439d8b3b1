"""Every dated example, worked by hand from the articles."""

import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.core.calendar import Adjustment, WorkCalendar
from complaints.clocks import ClockEvent, ClockState, Verb, latest_allowed, read_clock
from complaints.rulebook.loader import load_rulebook

FOLDER = Path(__file__).parent / "examples"
FILES = [tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.toml"))]
EXAMPLES = [example for file in FILES for example in file["example"]]
BACKWARD = [example for file in FILES for example in file.get("backward", [])]


def read_given(text: str) -> tuple[bool, list[ClockEvent], list[Adjustment]]:
    """Return what an example gives: remote area, events after the start, the office's own days."""
    remote, events, own = False, [], []
    for part in filter(None, (part.strip() for part in text.split(";"))):
        word, *rest = part.split()
        if word == "remote":
            remote = True
        elif word in ("off", "on"):
            first, _, last = rest[0].partition("..")
            day, end = date.fromisoformat(first), date.fromisoformat(last or first)
            while day <= end:
                own.append(Adjustment(day, word == "on", "lịch của cơ quan"))
                day += timedelta(days=1)
        else:
            days = int(rest[1]) if len(rest) > 1 else None
            day = date.fromisoformat(rest[0])
            events.append(ClockEvent(Verb(word), day, days=days, complex=word == "extend"))
    return remote, events, own


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: f"{e['rule']}-{e['start']}-{e.get('given', '')}")
def test_the_due_date_is_the_one_worked_by_hand(example: dict[str, Any]) -> None:
    """The code agrees with the article."""
    remote, events, own = read_given(example.get("given", ""))
    book = load_rulebook()
    version = example.get("version")
    rule = book.by_version(version) if version else book.rule(example["rule"], example["start"])
    assert rule.code == example["rule"]
    start = ClockEvent(Verb.START, example["start"], remote=remote)
    reading = read_clock(rule, [start, *events], WorkCalendar(own))
    assert reading.due_on == example["due"], example["why"]
    assert reading.steps[-1].on == example["due"]
    assert reading.late is example.get("late", False)
    assert (reading.state is ClockState.MET) is ("late" in example)


@pytest.mark.parametrize("example", BACKWARD, ids=lambda e: f"{e['rule']}-{e['planned']}")
@pytest.mark.law("T09")
def test_the_latest_day_before_a_planned_one_is_the_one_worked_by_hand(example: dict[str, Any]) -> None:
    """T09."""
    rule = load_rulebook().rule(example["rule"], example["planned"])
    assert latest_allowed(rule, example["planned"], WorkCalendar()) == example["latest"], example["why"]


def test_every_rule_has_its_examples_and_no_example_stands_twice() -> None:
    """At least eighty, and at least one for each rule."""
    assert len(EXAMPLES) >= 80
    rules = load_rulebook().rules()
    assert {example["rule"] for example in EXAMPLES} == {rule.code for rule in rules if not rule.backward}
    assert {example["rule"] for example in BACKWARD} == {rule.code for rule in rules if rule.backward}
    keys = [(e["rule"], e["start"], e.get("given"), e.get("version")) for e in EXAMPLES]
    assert len(set(keys)) == len(keys)
