"""What must hold for every clock, every day and every pause."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.calendar import Adjustment, WorkCalendar
from complaints.clocks import ClockError, ClockEvent, ClockState, Verb, latest_allowed, read_clock
from complaints.ladder import DEFAULT, alert_days, due_alerts, next_alert
from complaints.rulebook.loader import Rule, Unit, load_rulebook

CALENDAR = WorkCalendar(
    [Adjustment(date(2026, 1, 2), False, "hoán đổi"), Adjustment(date(2026, 1, 10), True, "làm bù")]
)
DAYS = st.dates(date(2026, 7, 1), date(2029, 12, 1))
FORWARD = [rule for rule in load_rulebook().rules() if not rule.backward and rule.valid_to is None]
ROLLING = [rule for rule in FORWARD if rule.roll_end]
CALENDAR_RULES = [rule for rule in ROLLING if rule.unit is Unit.CALENDAR]
ONE_DAY = timedelta(days=1)


def due(rule: Rule, *events: ClockEvent) -> date:
    """Return the due date of running events."""
    reading = read_clock(rule, events, CALENDAR)
    assert reading.due_on is not None
    return reading.due_on


def start(day: date, *, remote: bool = False) -> ClockEvent:
    """Return a start."""
    return ClockEvent(Verb.START, day, remote=remote)


@given(st.sampled_from(ROLLING), DAYS, st.booleans())
def test_a_limit_never_ends_on_a_day_off(rule: Rule, day: date, remote: bool) -> None:
    """T04."""
    assert CALENDAR.is_working(due(rule, start(day, remote=remote)))


@given(st.sampled_from(FORWARD), DAYS)
def test_starting_a_day_later_never_ends_earlier(rule: Rule, day: date) -> None:
    """One more day never takes a day away."""
    assert due(rule, start(day + ONE_DAY)) >= due(rule, start(day))


@given(st.sampled_from(CALENDAR_RULES), DAYS, st.integers(0, 6), st.integers(0, 90))
def test_pausing_n_days_moves_a_calendar_period_by_n(rule: Rule, day: date, used: int, n: int) -> None:
    """T10: before any roll at the end."""
    pause = ClockEvent(Verb.PAUSE, day + used * ONE_DAY)
    resume = ClockEvent(Verb.RESUME, day + (used + n) * ONE_DAY)
    unrolled = day + timedelta(days=rule.number + n)
    assert due(rule, start(day), pause, resume) == CALENDAR.roll_forward(unrolled)


@given(DAYS, st.integers(1, 60))
def test_working_days_agree_with_counting_them_one_by_one(day: date, n: int) -> None:
    """A naive oracle, and the inverse."""
    end, counted = day, 0
    while counted < n:
        end += ONE_DAY
        counted += CALENDAR.is_working(end)
    assert CALENDAR.add_working_days(day, n) == end
    assert CALENDAR.working_days_between(day, end) == n
    assert CALENDAR.working_days_between(end, day) == -n


@given(st.sampled_from(FORWARD), DAYS, st.booleans())
def test_the_explanation_ends_at_the_due_date(rule: Rule, day: date, remote: bool) -> None:
    """The last sentence names the day that is shown."""
    reading = read_clock(rule, [start(day, remote=remote)], CALENDAR)
    assert reading.steps[0].on == day
    assert reading.steps[-1].on == reading.due_on
    assert f"{reading.due_on:%d/%m/%Y}" in reading.steps[-1].what


@given(st.sampled_from(FORWARD), DAYS, st.integers(0, 120))
def test_stopping_is_late_exactly_after_the_due_date(rule: Rule, day: date, after: int) -> None:
    """The last day counts to its end (T03)."""
    stopped = day + after * ONE_DAY
    reading = read_clock(rule, [start(day), ClockEvent(Verb.STOP, stopped)], CALENDAR)
    assert reading.state is ClockState.MET
    assert reading.late is (stopped > due(rule, start(day)))


@given(st.lists(st.sampled_from(list(Verb)), max_size=6), DAYS)
@settings(max_examples=300)
def test_any_order_of_events_is_read_or_refused_with_a_reason(verbs: list[Verb], day: date) -> None:
    """Never an unexpected error."""
    rule = load_rulebook().rule("TC_RESOLVE", day)
    events = [ClockEvent(verb, day + n * ONE_DAY) for n, verb in enumerate(verbs)]
    try:
        reading = read_clock(rule, events, CALENDAR)
    except ClockError as error:
        assert error.reason_vi
    else:
        assert events[0].verb is Verb.START
        assert (reading.due_on is None) is (reading.state is ClockState.PAUSED)


@pytest.mark.parametrize("events, reason", [
    ((), "bắt đầu"),
    ((start(date(2026, 11, 2)), start(date(2026, 11, 3))), "đã bắt đầu"),
    ((start(date(2026, 11, 2)), ClockEvent(Verb.RESUME, date(2026, 11, 3))), "không tạm dừng"),
    ((start(date(2026, 11, 2)), ClockEvent(Verb.EXTEND, date(2026, 12, 3))), "trước khi hết"),
    ((start(date(2026, 11, 2)), ClockEvent(Verb.EXTEND, date(2026, 11, 3), days=31)), "từ 1 đến 30"),
    ((start(date(2026, 11, 2)), ClockEvent(Verb.STOP, date(2026, 11, 3)), ClockEvent(Verb.PAUSE, date(2026, 11, 4))),
     "kết thúc"),
])  # fmt: skip
def test_what_the_law_does_not_allow_is_refused(events: tuple[ClockEvent, ...], reason: str) -> None:
    """With a sentence for the person at the screen."""
    with pytest.raises(ClockError) as caught:
        read_clock(load_rulebook().rule("TC_RESOLVE", date(2026, 11, 2)), events, CALENDAR)
    assert reason in caught.value.reason_vi


@given(DAYS)
def test_a_backward_limit_leaves_its_days_before_the_plan(planned: date) -> None:
    """C20: at least five calendar days before, on a working day."""
    rule = load_rulebook().rule("KN_DIALOGUE_NOTICE", planned)
    latest = latest_allowed(rule, planned, CALENDAR)
    assert (planned - latest).days >= rule.number
    assert CALENDAR.is_working(latest)


@given(st.sampled_from(ROLLING), DAYS)
def test_alerts_climb_in_order_on_working_days_and_each_is_reached(rule: Rule, day: date) -> None:
    """The ladder has no hole and no repetition."""
    end = due(rule, start(day))
    days = alert_days(rule.code, day, end, CALENDAR)
    assert [on for _rung, on in days] == sorted(on for _rung, on in days)
    assert all(CALENDAR.is_working(on) for _rung, on in days)
    walked, after = [], None
    while (step := next_alert(rule.code, day, end, CALENDAR, after=after)) is not None:
        walked.append(step)
        after = step[0].key
    assert walked == days
    late = due_alerts(rule.code, day, end, CALENDAR, after=None, today=end + timedelta(days=60))
    assert late == days
    assert len(DEFAULT) == 8
