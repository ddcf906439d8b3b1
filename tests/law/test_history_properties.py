"""What must hold for whole histories of a clock, whatever is suspended and whichever days are closed."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.calendar import Adjustment, WorkCalendar
from complaints.clocks import ClockError, ClockEvent, ClockState, Reading, Verb, read_clock
from complaints.rulebook.loader import Rule, Unit, load_rulebook

ONE_DAY = timedelta(days=1)
RULES = [rule for rule in load_rulebook().rules() if not rule.backward and rule.valid_to is None]
ROLLING = [rule for rule in RULES if rule.roll_end and rule.unit in (Unit.CALENDAR, Unit.WORKING)]
DAYS = st.dates(date(2026, 7, 1), date(2028, 12, 1))
VERBS = st.sampled_from([Verb.PAUSE, Verb.RESUME, Verb.EXTEND, Verb.RESTART, Verb.STOP, Verb.CANCEL])
LATER = st.lists(st.tuples(VERBS, st.integers(0, 25)), max_size=6)  # what happens, and how many days after
CLOSURES = st.sets(st.integers(1, 150), max_size=25)  # days after the start
LONG = settings(max_examples=300, deadline=None)


def calendar(*days: date) -> WorkCalendar:
    """Return the general calendar with days on which the office is closed."""
    return WorkCalendar(Adjustment(day, False, "đóng cửa") for day in days)


def history(rule: Rule, day: date, later: list[tuple[Verb, int]], known: WorkCalendar) -> list[ClockEvent]:
    """Return those of the events that the law allows, in their order."""
    events = [ClockEvent(Verb.START, day)]
    for verb, gap in later:
        day += gap * ONE_DAY
        more = [*events, ClockEvent(verb, day, complex=verb is Verb.EXTEND)]
        try:
            read_clock(rule, more, known)
        except ClockError:
            continue
        events = more
    return events


def what_counts(reading: Reading) -> tuple[ClockState, date | None, bool]:
    """Return state, due date and whether it is late."""
    return reading.state, reading.due_on, reading.late


@given(st.sampled_from(RULES), DAYS, LATER, CLOSURES)
@LONG
def test_a_due_date_never_moves_without_an_event_or_a_change_of_the_calendar(
    rule: Rule, day: date, later: list[tuple[Verb, int]], closed: set[int]
) -> None:
    """Read again, by a calendar read again, all is the same; stopping or ending does not move it either."""
    off = [day + n * ONE_DAY for n in closed]
    known = calendar(*off)
    events = history(rule, day, later, known)
    reading = read_clock(rule, events, known)
    assert read_clock(rule, tuple(events), calendar(*reversed(off))) == reading
    for n, event in enumerate(events):
        if event.verb in (Verb.STOP, Verb.CANCEL):
            before = read_clock(rule, events[:n], known)
            assert reading.due_on == before.due_on or before.state is ClockState.PAUSED


@given(st.sampled_from(RULES), DAYS, LATER, st.integers(1, 400))
@LONG
def test_a_closure_before_the_start_or_after_the_due_date_moves_nothing(
    rule: Rule, day: date, later: list[tuple[Verb, int]], away: int
) -> None:
    known = calendar()
    events = history(rule, day, later, known)
    reading = read_clock(rule, events, known)
    last = max(reading.due_on or day, events[-1].on)
    if reading.due_on is None:  # what is left of a suspended period is told, and may reach further
        last += 800 * ONE_DAY
    for other in (day - away * ONE_DAY, last + away * ONE_DAY):
        assert what_counts(read_clock(rule, events, calendar(other))) == what_counts(reading)


@given(st.sampled_from(RULES), DAYS, LATER, CLOSURES, st.integers(1, 150))
@LONG
def test_a_closure_more_never_moves_a_due_date_earlier(
    rule: Rule, day: date, later: list[tuple[Verb, int]], closed: set[int], extra: int
) -> None:
    """Whatever was suspended, extended or begun afresh; and what was in time stays in time."""
    off = [day + n * ONE_DAY for n in closed]
    known, fewer = calendar(*off), calendar(*off, day + extra * ONE_DAY)
    events = history(rule, day, later, known)
    before, after = read_clock(rule, events, known), read_clock(rule, events, fewer)
    if before.due_on is not None and after.due_on is not None:
        assert after.due_on >= before.due_on
    assert before.late or not after.late


def one_by_one(rule: Rule, day: date, pauses: list[tuple[date, date]], known: WorkCalendar) -> date:
    """Count a period day by day: the plain meaning of T02, T04, T05, T06 and T10, with nothing of the code's own.

    The day of a suspension is used up, that of the resumption is not counted. A suspension that begins when nothing
    is left, but on or before the last day, leaves the day of the resumption; one after the last day gives nothing.
    """
    left, waiting = rule.number, list(pauses)
    while True:
        if left == 0:
            last = day
            while known.why_off(last) is not None:
                last += ONE_DAY
            if not waiting or waiting[0][0] > last:
                return last
            day = waiting.pop(0)[1]
        elif waiting and waiting[0][0] == day:
            day = waiting.pop(0)[1]
        else:
            day += ONE_DAY
            if rule.unit is Unit.CALENDAR or known.why_off(day) is None:
                left -= 1


GAPS = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 40)), max_size=4)


@given(st.sampled_from(ROLLING), DAYS, GAPS, CLOSURES, st.integers(0, 200))
@LONG
def test_any_number_of_suspensions_agrees_with_counting_day_by_day(
    rule: Rule, day: date, gaps: list[tuple[int, int]], closed: set[int], stopped: int
) -> None:
    """T10, and lateness by it."""
    known = calendar(*(day + n * ONE_DAY for n in closed))
    at, pauses = day, []
    for run, still in gaps:
        paused = at + run * ONE_DAY
        at = paused + still * ONE_DAY
        pauses.append((paused, at))
    events = [ClockEvent(Verb.START, day)]
    for paused, resumed in pauses:
        events += [ClockEvent(Verb.PAUSE, paused), ClockEvent(Verb.RESUME, resumed)]
    due = one_by_one(rule, day, pauses, known)
    assert read_clock(rule, events, known).due_on == due
    stop = ClockEvent(Verb.STOP, at + stopped * ONE_DAY)
    assert read_clock(rule, [*events, stop], known).late is (stop.on > due)


@given(st.sampled_from(ROLLING), DAYS, CLOSURES, st.integers(-3, 6), st.integers(0, 40), st.integers(0, 60))
@LONG
def test_a_suspension_about_the_last_day_agrees_with_counting_day_by_day(
    rule: Rule, day: date, closed: set[int], about: int, still: int, stopped: int
) -> None:
    """T10 at its edge: with a few days left, with none, between the last day and its roll, and after it.

    What ends while it is suspended is late only where the limit had run out before.
    """
    known = calendar(*(day + n * ONE_DAY for n in closed))
    whole = one_by_one(rule, day, [], known)
    paused = max(day, whole + about * ONE_DAY)
    resumed = paused + still * ONE_DAY
    events = [ClockEvent(Verb.START, day), ClockEvent(Verb.PAUSE, paused)]
    due = one_by_one(rule, day, [(paused, resumed)], known)
    assert read_clock(rule, [*events, ClockEvent(Verb.RESUME, resumed)], known).due_on == due
    stop = ClockEvent(Verb.STOP, paused + stopped * ONE_DAY)
    assert read_clock(rule, [*events, stop], known).late is (paused > whole)


@pytest.mark.parametrize("code, start, pauses, due", [
    ("KN1_RESOLVE", "2026-11-02", [("2026-11-12", "2026-12-01")], "2026-12-21"),
    ("KN1_RESOLVE", "2026-11-02", [("2026-11-05", "2026-11-10"), ("2026-11-20", "2026-12-01")], "2026-12-18"),
    ("KN1_RESOLVE", "2026-10-23", [("2026-11-23", "2026-12-02")], "2026-12-02"),
    ("KN1_RESOLVE", "2026-10-23", [("2026-11-25", "2026-12-07")], "2026-11-23"),
    ("RECEP_REPLY", "2026-11-16", [("2026-11-18", "2026-11-30")], "2026-12-10"),
])  # fmt: skip
def test_the_day_by_day_count_itself_agrees_with_examples_worked_by_hand(
    code: str, start: str, pauses: list[tuple[str, str]], due: str
) -> None:
    """An oracle that errs proves nothing."""
    day = date.fromisoformat(start)
    spans = [(date.fromisoformat(paused), date.fromisoformat(resumed)) for paused, resumed in pauses]
    assert one_by_one(load_rulebook().rule(code, day), day, spans, calendar()) == date.fromisoformat(due)
