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
EXAMPLES = [example for file in FILES for example in file.get("example", [])]
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


def counted_days(example: dict[str, Any]) -> list[date]:
    """Return the working days after the start up to the due date, one by one."""
    days = (example["due"] - example["start"]).days
    span = [example["start"] + timedelta(days=n) for n in range(1, days + 1)]
    return [day for day in span if WorkCalendar().is_working(day)]


def test_the_examples_of_law_md_6_1_pass_as_written_day_by_day() -> None:
    """Section 6.1 names the days that are counted, and the day of the roll: Saturday 21/02 to Monday 23/02/2026."""
    file = tomllib.loads((FOLDER / "law_6_1.toml").read_text(encoding="utf-8"))
    assert len(file["example"]) == 6
    named = [example for example in file["example"] if "counted" in example]
    assert len(named) == 4
    for example in named:
        assert counted_days(example) == example["counted"], example["why"]
    [rolled] = [
        example for example in file["example"] if "version" not in example and example["due"].month == 2
    ]
    old = load_rulebook().rule("KN_ACCEPT", rolled["start"])
    reading = read_clock(old, [ClockEvent(Verb.START, rolled["start"])], WorkCalendar())
    assert [step.on for step in reading.steps[1:]] == [date(2026, 2, 21), date(2026, 2, 23)]


# A limit of an hour does not span two years.
WITHOUT_A_YEAR_END = {"ONLINE_CONNECT"}


@pytest.mark.parametrize("year", [2026, 2027])
def test_every_clock_has_an_example_across_each_year_end(year: int) -> None:
    """31 December and the New Year: the holiday of 2027 is a Friday, that of 2028 a Saturday with a Monday in lieu."""
    across = {e["rule"] for e in EXAMPLES if e["start"].year == year < e["due"].year}
    across |= {e["rule"] for e in BACKWARD if e["latest"].year == year < e["planned"].year}
    in_force = {rule.code for rule in load_rulebook().rules() if rule.covers(date(year, 12, 31))}
    assert in_force - across == WITHOUT_A_YEAR_END


def test_every_rule_has_its_examples_and_no_example_stands_twice() -> None:
    """At least two hundred and fifty, and at least one for each rule; each says its reasoning."""
    assert len(EXAMPLES) + len(BACKWARD) >= 250
    assert all(len(example["why"]) >= 8 for example in (*EXAMPLES, *BACKWARD))
    rules = load_rulebook().rules()
    assert {example["rule"] for example in EXAMPLES} == {rule.code for rule in rules if not rule.backward}
    assert {example["rule"] for example in BACKWARD} == {rule.code for rule in rules if rule.backward}
    keys = [(e["rule"], e["start"], e.get("given"), e.get("version")) for e in EXAMPLES]
    assert len(set(keys)) == len(keys)
    planned = [(e["rule"], e["planned"]) for e in BACKWARD]
    assert len(set(planned)) == len(planned)


def test_the_examples_of_the_reference_stand_in_a_file_of_their_own() -> None:
    """law.md 6.1: the two complaints of November, that of February under both rules, and the two denunciations."""
    file = tomllib.loads((FOLDER / "law_6_1.toml").read_text(encoding="utf-8"))
    assert {(e["rule"], str(e["start"]), str(e["due"])) for e in file["example"]} == {
        ("KN_ACCEPT", "2026-11-12", "2026-11-23"),
        ("KN_ACCEPT", "2026-11-16", "2026-11-26"),
        ("KN_ACCEPT", "2026-02-11", "2026-02-23"),
        ("KN_ACCEPT", "2026-02-11", "2026-02-27"),
        ("TC_RESOLVE", "2026-10-27", "2026-11-26"),
        ("TC_INIT", "2026-11-18", "2026-11-30"),
    }
