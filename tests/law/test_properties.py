"""What must hold for every clock, every day and every pause."""

from datetime import date, timedelta

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
WORKING_RULES = [rule for rule in ROLLING if rule.unit is Unit.WORKING]
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


@given(st.sampled_from(WORKING_RULES), DAYS, st.integers(0, 20), st.integers(0, 60))
def test_a_pause_of_a_working_day_period_leaves_what_was_not_used(
    rule: Rule, day: date, used: int, n: int
) -> None:
    """T10: the days used, counted one by one, and those left after the resumption make the whole period."""
    paused, resumed = day + used * ONE_DAY, day + (used + n) * ONE_DAY
    end = due(rule, start(day), ClockEvent(Verb.PAUSE, paused), ClockEvent(Verb.RESUME, resumed))
    whole = due(rule, start(day))
    if paused > whole:
        assert end == whole
    else:
        spent = sum(CALENDAR.is_working(day + k * ONE_DAY) for k in range(1, used + 1))
        left = sum(CALENDAR.is_working(resumed + k * ONE_DAY) for k in range(1, (end - resumed).days + 1))
        assert spent + left in (
            rule.number,
            rule.number + 1,
        )  # one more only where nothing was left: it rolls
        assert spent + left == rule.number or (spent == rule.number and not CALENDAR.is_working(resumed))


@given(st.sampled_from(ROLLING), DAYS, st.integers(1, 30), st.integers(0, 60))
def test_no_pause_after_the_end_changes_it(rule: Rule, day: date, after: int, n: int) -> None:
    """A limit that was missed stays missed."""
    end = due(rule, start(day))
    pause = ClockEvent(Verb.PAUSE, end + after * ONE_DAY)
    resume = ClockEvent(Verb.RESUME, end + (after + n) * ONE_DAY)
    stop = ClockEvent(Verb.STOP, end + (after + n) * ONE_DAY)
    assert due(rule, start(day), pause, resume) == end
    assert read_clock(rule, [start(day), pause, resume, stop], CALENDAR).late
    assert read_clock(rule, [start(day), pause, stop], CALENDAR).late


@given(DAYS, st.integers(0, 30), st.integers(1, 30), st.integers(1, 30))
def test_extensions_of_a_denunciation_add_to_the_unrolled_end(
    day: date, when: int, first: int, second: int
) -> None:
    """TC13, TC14."""
    extensions = [ClockEvent(Verb.EXTEND, day + when * ONE_DAY, days=n) for n in (first, second)]
    rule = load_rulebook().rule("TC_RESOLVE", day)
    unrolled = day + timedelta(days=30 + first + second)
    assert due(rule, start(day), *extensions) == CALENDAR.roll_forward(unrolled)


@given(
    st.sampled_from(("KN1_RESOLVE", "KN2_RESOLVE", "KNK_RESOLVE")), DAYS, st.integers(0, 30), st.booleans()
)
def test_a_complex_complaint_counts_its_total_from_acceptance(
    code: str, day: date, when: int, remote: bool
) -> None:
    """C08, C10, C12, C14, K05: whenever it was determined."""
    rule = load_rulebook().rule(code, day)
    total = rule.length(remote=remote, complex_=True)
    extension = ClockEvent(Verb.EXTEND, day + when * ONE_DAY, complex=True)
    end = due(rule, start(day, remote=remote), extension)
    assert end == CALENDAR.roll_forward(day + timedelta(days=total))


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
        if reading.due_on is None:
            assert Verb.PAUSE in verbs and not reading.late
        else:
            assert reading.state is not ClockState.PAUSED
            assert reading.steps[-1].on == reading.due_on


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
