"""Due dates: events + rule + calendar -> when a clock ends, what state it is in, and the steps that explain it. Pure.

Counting follows the Civil Code, Arts 147 and 148 (law.md T02 to T06): the day of the event is not counted, a calendar
period that ends on a day off ends on the next working day, days off inside a calendar period count.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise

from app.core.calendar import WorkCalendar
from app.core.clock import HANOI
from complaints.clock_values import ClockError, ClockEvent, ClockState, Planned, Reading, Step, Verb
from complaints.clock_words import Words, lower
from complaints.rulebook.loader import Rule, Unit

# All that the others ask for of a clock stands here, wherever it is defined.
__all__ = [
    "ClockError", "ClockEvent", "ClockState", "Planned", "Reading", "Step", "Verb", "check_planned", "days_left",
    "latest_allowed", "read_clock",
]  # fmt: skip


@dataclass(frozen=True)
class _Terms:
    """What a clock is read by: its rule, the calendar, and the words for both."""

    rule: Rule
    calendar: WorkCalendar
    words: Words

    def ends(self, start: date, number: int) -> date:
        """Return the unrolled end of a period of so many of the rule's units; its first day is not counted."""
        if self.rule.unit is Unit.YEAR:
            return _same_day_of(start.year + number, start)
        return self.goes_on(start, number)

    def goes_on(self, day: date, left: int) -> date:
        """Return the unrolled end of what is left of a period: working days, else calendar days."""
        if self.rule.unit is Unit.WORKING:
            return self.calendar.add_working_days(day, left) if left > 0 else day
        return day + timedelta(days=left)

    @property
    def left_unit(self) -> Unit:
        """Return what the rest of a period is counted in: of a year, days are left."""
        return Unit.WORKING if self.rule.unit is Unit.WORKING else Unit.CALENDAR

    def counted(self, number: int, start: date, end: date, unit: Unit) -> str:
        """Say how days were counted, and which was the last."""
        counting = self.words.counting(number, start, end, unit)
        return self.words.say("last_counted", counted=counting, day=self.words.day(end))


@dataclass(frozen=True)
class _Run:
    """A clock between two events. `end` is the last day before any roll; `left` the days still due while paused.

    `end` stands still during a pause, and `paused_on` stays when the clock ends in it: both tell `_ran_out`.
    """

    state: ClockState
    started_on: date
    end: date
    total: int
    remote: bool
    complex: bool = False
    extensions: int = 0
    paused_on: date | None = None
    left: int = 0
    stopped_on: date | None = None
    late: bool = False


def read_clock(
    rule: Rule, events: Sequence[ClockEvent], calendar: WorkCalendar, *, lang: str = "vi"
) -> Reading:
    """Return the reading of a clock from its events, in their order; its sentences in 'vi' or 'en'.

    Raises ClockError when the first event is no start, when an event is dated before the one that precedes it or does
    not fit the state, when an extension comes after the old end or exceeds what the rule allows, and for a rule that
    runs backwards from a planned day (`check_planned` is for those).
    """
    if rule.backward or rule.unit is Unit.HOUR:
        raise ClockError("Thời hạn này tính lùi từ ngày dự kiến, không chạy từ một sự kiện.")
    if not events or events[0].verb is not Verb.START:
        raise ClockError("Thời hạn phải bắt đầu bằng sự kiện khởi đầu.")
    for earlier, later in pairwise(events):
        if later.on < earlier.on:
            raise ClockError(f"Ngày {later.on:%d/%m/%Y} trước sự kiện liền trước của thời hạn này, "
                             f"ngày {earlier.on:%d/%m/%Y}.")  # fmt: skip
    terms = _Terms(rule, calendar, Words(rule, calendar, lang))
    run, steps = _start(terms, events[0])
    for event in events[1:]:
        if event.verb is Verb.START:
            raise ClockError("Thời hạn đã bắt đầu.")
        if run.state in (ClockState.MET, ClockState.CANCELLED):
            raise ClockError("Thời hạn đã kết thúc.")
        run, step = _APPLY[event.verb](terms, run, event)
        steps += step
    due_on = _shown_due(terms, run)
    if due_on is not None:
        steps.append(_last_step(terms, run, due_on))
    length = terms.words.count(run.total, rule.unit)
    sentence = _sentence(terms, run, steps)
    return Reading(
        run.state, run.started_on, due_on, run.stopped_on, run.late, length, tuple(steps), sentence
    )


def days_left(due_on: date, today: date, calendar: WorkCalendar) -> tuple[int, int]:
    """Return the calendar days and the working days from today (not counted) to a due date; negative past it."""
    return (due_on - today).days, calendar.working_days_between(today, due_on)


def latest_allowed(rule: Rule, planned: date, calendar: WorkCalendar) -> date:
    """Return the last day on which a backward limit before a planned day can still be kept.

    The planned day is not counted; an end on a day off rolls earlier (law.md T09, our reading: low confidence). A limit
    in hours gives the hour when `planned` is a datetime, else the planned day itself.
    """
    if rule.unit is Unit.HOUR:
        return planned - timedelta(hours=rule.number)  # of a date, hours take nothing
    return calendar.roll_back(_counted_back(rule, _day(planned), calendar))


def check_planned(
    rule: Rule, planned: date, done_on: date, calendar: WorkCalendar, *, lang: str = "vi"
) -> Planned:
    """Tell whether something due before a planned day was done early enough, and the latest it could be (T09).

    A limit in hours needs datetimes (R26), both aware or both naive; one in days takes either, and looks at the days in
    Hanoi. Raises ClockError for a rule that does not run backwards, and for hours without datetimes.
    """
    if not rule.backward:
        raise ClockError("Thời hạn này không tính lùi từ ngày dự kiến.")
    words = Words(rule, calendar, lang)
    count = words.count(rule.number, rule.unit)
    if rule.unit is Unit.HOUR:
        if not (isinstance(planned, datetime) and isinstance(done_on, datetime)):
            raise ClockError("Hãy cho biết cả giờ, không chỉ ngày.")
        return _check_hours(words, _local(planned), _local(done_on))
    day, done = _day(planned), _day(done_on)
    end = _counted_back(rule, day, calendar)
    latest = calendar.roll_back(end)
    key = "back" if latest == end else "back_rolled"
    steps = (
        Step(day, words.say("planned", day=words.day(day)), ""),
        Step(latest, words.say(key, count=count, end=words.day(end), day=words.day(latest)), words.basis),
        Step(done, words.say("kept" if done <= latest else "missed", done=words.day(done)), ""),
    )
    return Planned(done <= latest, latest, steps)


def _check_hours(words: Words, planned: datetime, done: datetime) -> Planned:
    latest = planned - timedelta(hours=words.rule.number)
    count = words.count(words.rule.number, words.rule.unit)

    def at(moment: datetime) -> dict[str, str]:
        return {"hour": f"{moment:%H:%M}", "day": words.day(moment.date())}

    verdict = "kept" if done <= latest else "missed"
    steps = (
        Step(planned.date(), words.say("planned_hour", **at(planned)), ""),
        Step(latest.date(), words.say("back_hour", count=count, **at(latest)), words.basis),
        Step(done.date(), words.say(verdict, done=f"{done:%H:%M} {words.day(done.date())}"), ""),
    )
    return Planned(done <= latest, latest, steps)


def _counted_back(rule: Rule, planned: date, calendar: WorkCalendar) -> date:
    """Return the unrolled day of a backward limit in days."""
    if rule.unit is Unit.WORKING:
        return calendar.add_working_days(planned, -rule.number)
    return planned - timedelta(days=rule.number)


def _local(moment: datetime) -> datetime:
    return moment.astimezone(HANOI) if moment.tzinfo is not None else moment


def _day(day: date) -> date:
    return _local(day).date() if isinstance(day, datetime) else day


def _same_day_of(year: int, day: date) -> date:
    """Return the same day of another year; 29 February becomes the last day of that month (Civil Code Art 148)."""
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 2, 28)


def _due(terms: _Terms, run: _Run) -> date:
    return terms.calendar.roll_forward(run.end) if terms.rule.roll_end else run.end


def _ran_out(terms: _Terms, run: _Run) -> bool:
    """Tell whether a paused clock had already passed its due date: no pause gives such days back."""
    return run.paused_on is not None and run.paused_on > _due(terms, run)


def _shown_due(terms: _Terms, run: _Run) -> date | None:
    if run.paused_on is None:
        return _due(terms, run)
    ended_late = run.state is not ClockState.PAUSED and _ran_out(terms, run)
    return _due(terms, run) if ended_late else None


def _start(terms: _Terms, event: ClockEvent) -> tuple[_Run, list[Step]]:
    rule, words = terms.rule, terms.words
    number = rule.length(remote=event.remote, complex_=event.complex)
    end = terms.ends(event.on, number)
    run = _Run(ClockState.RUNNING, event.on, end, number, event.remote, event.complex)
    longer = [words.say("far")] if event.remote and "remote" in rule.lengths else []
    longer += [words.say("complex")] if event.complex and "complex" in rule.lengths else []
    began = words.started(event.on)
    counting = words.counting(number, event.on, end, rule.unit)
    steps = [
        Step(event.on, began, words.say("civil_147") if rule.is_law else "", began),
        Step(end, terms.counted(number, event.on, end, rule.unit), _join(words.basis, *longer),
             counting + (f" ({', '.join(longer)})" if longer else "")),
    ]  # fmt: skip
    return run, steps


def _join(*reasons: str) -> str:
    return "; ".join(reason for reason in reasons if reason)


def _last_step(terms: _Terms, run: _Run, due_on: date) -> Step:
    words, law = terms.words, terms.rule.is_law
    day = words.day(due_on)
    what = words.say("due", day=day)
    if due_on == run.end:
        return Step(
            due_on, what, words.say("midnight") if law else words.basis, words.say("brief_due", day=day)
        )
    rolled = words.say("rolled", off=words.days_off(run.end, due_on))
    why = _join(rolled, words.say("civil_148") if law else words.basis)
    return Step(due_on, what, why, words.say("brief_rolled", end=words.day(run.end), day=day))


def _sentence(terms: _Terms, run: _Run, steps: Sequence[Step]) -> str:
    """Return the whole explanation as one sentence, with what it rests on."""
    words, extension = terms.words, terms.rule.extension
    basis = words.basis
    if run.extensions and extension is not None:
        basis = _join(basis, words.citation(extension.article))
    parts = [steps[0].brief, *(lower(step.brief) for step in steps[1:])]
    told = f"{'; '.join(parts)} ({basis})"
    if run.stopped_on is not None:
        key = "cancelled" if run.state is ClockState.CANCELLED else "met_late" if run.late else "met"
        told = f"{told}; {words.say(key, day=words.day(run.stopped_on))}"
    return f"{told}."


def _pause(terms: _Terms, run: _Run, event: ClockEvent) -> tuple[_Run, list[Step]]:
    if run.state is not ClockState.RUNNING:
        raise ClockError("Thời hạn đang tạm dừng.")
    words, day = terms.words, terms.words.day(event.on)
    # The day of the suspension counts as used up (law.md T10, the safer reading).
    if terms.rule.unit is Unit.WORKING:
        left = max(0, terms.calendar.working_days_between(event.on, run.end))
    else:
        left = max(0, (run.end - event.on).days)
    paused = replace(run, state=ClockState.PAUSED, paused_on=event.on, left=left)
    if _ran_out(terms, paused):
        what = words.say("pause_ended", day=day, end=words.day(_due(terms, run)))
    else:
        what = words.say("pause", day=day, left=words.count(left, terms.left_unit))
    return paused, [Step(event.on, what, event.document or words.say("pause_why"), what)]


def _resume(terms: _Terms, run: _Run, event: ClockEvent) -> tuple[_Run, list[Step]]:
    if run.state is not ClockState.PAUSED:
        raise ClockError("Thời hạn không tạm dừng.")
    words, day = terms.words, terms.words.day(event.on)
    running = replace(run, state=ClockState.RUNNING, paused_on=None)
    if _ran_out(terms, run):
        # Suspended time is not counted (T10), but a limit that had run out before stays missed.
        what = words.say("resume", day=day)
        return running, [Step(event.on, what, _join(event.document, words.say("resume_ended")), what)]
    end = terms.goes_on(event.on, run.left)
    unit = terms.left_unit
    what = words.say("resume_counted", day=day, counted=terms.counted(run.left, event.on, end, unit))
    counting = words.counting(run.left, event.on, end, unit)
    brief = words.say("resume_counted", day=day, counted=counting)
    return replace(running, end=end), [Step(event.on, what, event.document or words.say("resume_why"), brief)]


def _extend(terms: _Terms, run: _Run, event: ClockEvent) -> tuple[_Run, list[Step]]:
    rule, words = terms.rule, terms.words
    if run.state is not ClockState.RUNNING:
        raise ClockError("Không gia hạn khi thời hạn đang tạm dừng.")
    if event.on > _due(terms, run):
        raise ClockError("Phải gia hạn trước khi hết thời hạn đang chạy.")
    if "complex" in rule.lengths:
        return _lengthen(terms, run, event)
    days, article = _extended_by(rule, run, event.days)
    end = terms.ends(run.end, days)
    day = words.day(event.on)
    what = words.say("extend", day=day, counted=terms.counted(days, run.end, end, rule.unit))
    brief = words.say("extend", day=day, counted=words.counting(days, run.end, end, rule.unit))
    step = Step(event.on, what, _join(event.document, words.citation(article)), brief)
    return replace(run, end=end, total=run.total + days, extensions=run.extensions + 1), [step]


def _extended_by(rule: Rule, run: _Run, asked: int | None) -> tuple[int, str]:
    """Return how much longer an extension makes a limit, and by which article."""
    extension = rule.extension
    if extension is None:
        raise ClockError("Thời hạn này không được gia hạn.")
    if run.extensions >= extension.times:
        raise ClockError(f"Đã gia hạn {run.extensions} lần, không gia hạn thêm được.")
    number, unit = extension.days if asked is None else asked, rule.unit.words_vi
    if extension.mode == "total":
        if not run.total < number <= extension.days:
            raise ClockError(f"Thời hạn gia hạn từ {run.total + 1} đến {extension.days} {unit} tính từ đầu.")
        return number - run.total, extension.article
    if not 1 <= number <= extension.days:
        raise ClockError(f"Mỗi lần gia hạn từ 1 đến {extension.days} {unit}.")
    return number, extension.article


def _lengthen(terms: _Terms, run: _Run, event: ClockEvent) -> tuple[_Run, list[Step]]:
    """Apply the longer total of a complex case: counted from acceptance, not added (C08, C10)."""
    rule, words = terms.rule, terms.words
    if run.complex:
        raise ClockError("Vụ việc đã được xác định là phức tạp.")
    if not event.complex:
        raise ClockError("Chỉ kéo dài thời hạn khi có văn bản xác định vụ việc phức tạp.")
    total = rule.length(remote=run.remote, complex_=True)
    end = terms.ends(run.end, total - run.total)
    brief = words.say("lengthen", day=words.day(event.on), count=words.count(total, rule.unit))
    what = words.say("last_counted", counted=brief, day=words.day(end))
    step = Step(event.on, what, _join(event.document, words.citation(rule.article)), brief)
    return replace(run, end=end, total=total, complex=True), [step]


def _restart(terms: _Terms, run: _Run, event: ClockEvent) -> tuple[_Run, list[Step]]:
    fresh, steps = _start(terms, replace(event, remote=run.remote))
    again = terms.words.say("again", day=terms.words.day(event.on))
    return fresh, [replace(steps[0], what=again, brief=again), steps[1]]


def _stop(terms: _Terms, run: _Run, event: ClockEvent) -> tuple[_Run, list[Step]]:
    judged_on = run.paused_on or event.on  # what ends in a pause is as late as it was when the pause began
    late = judged_on > _due(terms, run)
    return replace(run, state=ClockState.MET, stopped_on=event.on, late=late), []


def _cancel(_terms: _Terms, run: _Run, event: ClockEvent) -> tuple[_Run, list[Step]]:
    return replace(run, state=ClockState.CANCELLED, stopped_on=event.on), []


_APPLY = {
    Verb.PAUSE: _pause,
    Verb.RESUME: _resume,
    Verb.EXTEND: _extend,
    Verb.RESTART: _restart,
    Verb.STOP: _stop,
    Verb.CANCEL: _cancel,
}
