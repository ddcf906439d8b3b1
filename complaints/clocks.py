"""Due dates: events + rule + calendar -> when a clock ends, what state it is in, and the steps that explain it. Pure.

Counting follows the Civil Code, Arts 147 and 148 (law.md T02 to T06): the day of the event is not counted, a calendar
period that ends on a day off ends on the next working day, days off inside a calendar period count.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from app.core.calendar import WorkCalendar, in_words
from complaints.rulebook.loader import Layer, Rule, Unit


class Verb(StrEnum):
    """What can happen to a clock."""

    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    EXTEND = "extend"
    RESTART = "restart"
    STOP = "stop"
    CANCEL = "cancel"


class ClockState(StrEnum):
    """Where a clock is."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class ClockEvent:
    """Something that happened to a clock on a day, by a document."""

    verb: Verb
    on: date
    days: int | None = None
    remote: bool = False
    complex: bool = False
    document: str = ""


@dataclass(frozen=True)
class Step:
    """One step of the explanation: a day, what it is, and why."""

    on: date
    what: str
    why: str


@dataclass(frozen=True)
class Reading:
    """What a clock shows. `late` is true once it stopped after its due date.

    `due_on` is None while it is paused, and for good when it ended while paused: no day was its last then.
    """

    state: ClockState
    started_on: date
    due_on: date | None
    stopped_on: date | None
    late: bool
    length: str
    steps: tuple[Step, ...]


class ClockError(Exception):
    """The law does not allow this event now; `reason_vi` says why."""

    def __init__(self, reason_vi: str) -> None:
        super().__init__(reason_vi)
        self.reason_vi = reason_vi


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


def read_clock(rule: Rule, events: Sequence[ClockEvent], calendar: WorkCalendar) -> Reading:
    """Return the reading of a clock from its events, in their order.

    Raises ClockError when the first event is no start, when an event is dated before the one that precedes it or does
    not fit the state, or when an extension comes after the old end or exceeds what the rule allows.
    """
    if not events or events[0].verb is not Verb.START:
        raise ClockError("Thời hạn phải bắt đầu bằng sự kiện khởi đầu.")
    for earlier, later in pairwise(events):
        if later.on < earlier.on:
            raise ClockError(f"Ngày {later.on:%d/%m/%Y} trước sự kiện liền trước của thời hạn này, "
                             f"ngày {earlier.on:%d/%m/%Y}.")  # fmt: skip
    run, steps = _start(rule, events[0], calendar)
    for event in events[1:]:
        if event.verb is Verb.START:
            raise ClockError("Thời hạn đã bắt đầu.")
        if run.state in (ClockState.MET, ClockState.CANCELLED):
            raise ClockError("Thời hạn đã kết thúc.")
        run, step = _APPLY[event.verb](rule, run, event, calendar)
        steps += step
    due_on = _shown_due(rule, run, calendar)
    if due_on is not None:
        steps.append(_last_step(rule, run, due_on, calendar))
    length = f"{run.total} {rule.unit.words_vi}"
    return Reading(run.state, run.started_on, due_on, run.stopped_on, run.late, length, tuple(steps))


def days_left(due_on: date, today: date, calendar: WorkCalendar) -> tuple[int, int]:
    """Return the calendar days and the working days from today (not counted) to a due date; negative past it."""
    return (due_on - today).days, calendar.working_days_between(today, due_on)


def latest_allowed(rule: Rule, planned: date, calendar: WorkCalendar) -> date:
    """Return the last day on which a backward limit before a planned day can still be kept.

    The planned day is not counted; an end on a day off rolls earlier (law.md T09, our reading: low confidence).
    """
    if rule.unit is Unit.WORKING:
        return calendar.add_working_days(planned, -rule.number)
    if rule.unit is Unit.HOUR:
        return planned
    return calendar.roll_back(planned - timedelta(days=rule.number))


def _add(rule: Rule, day: date, number: int, calendar: WorkCalendar) -> date:
    """Return the unrolled day `number` days of the rule's unit after a day, which is not counted."""
    if rule.unit is Unit.WORKING:
        return calendar.add_working_days(day, number) if number > 0 else day
    if rule.unit is Unit.YEAR:
        return _same_day_of(day.year + number, day)
    return day + timedelta(days=number)


def _same_day_of(year: int, day: date) -> date:
    """Return the same day of another year; 29 February becomes the last day of that month (Civil Code Art 148)."""
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 2, 28)


def _due(rule: Rule, run: _Run, calendar: WorkCalendar) -> date:
    return calendar.roll_forward(run.end) if rule.roll_end else run.end


def _ran_out(rule: Rule, run: _Run, calendar: WorkCalendar) -> bool:
    """Tell whether a paused clock had already passed its due date: no pause gives such days back."""
    return run.paused_on is not None and run.paused_on > _due(rule, run, calendar)


def _shown_due(rule: Rule, run: _Run, calendar: WorkCalendar) -> date | None:
    if run.paused_on is None:
        return _due(rule, run, calendar)
    ended_late = run.state is not ClockState.PAUSED and _ran_out(rule, run, calendar)
    return _due(rule, run, calendar) if ended_late else None


def _days_off(start: date, end: date, calendar: WorkCalendar) -> str:
    """Return the days off after `start` up to `end` in words: 'thứ Bảy 14/11, thứ Ba 24/11 (Ngày Văn hóa Việt Nam)'."""
    words = []
    for n in range(1, (end - start).days + 1):
        day = start + timedelta(days=n)
        why = calendar.why_off(day)
        if why is not None:
            named = "" if why in ("Thứ Bảy", "Chủ nhật") else f" ({why})"
            words.append(f"{in_words(day)[:-5]}{named}")
    return ", ".join(words)


def _counted(rule: Rule, number: int, start: date, end: date, calendar: WorkCalendar) -> str:
    """Say how days were counted."""
    if number == 0:
        return f"không còn ngày nào; ngày cuối là {in_words(end)}"
    if rule.unit is not Unit.WORKING:
        return f"{number} {rule.unit.words_vi} liên tục, tính cả ngày nghỉ; ngày cuối là {in_words(end)}"
    off = _days_off(start, end, calendar)
    skipped = f", bỏ {off}" if off else ""
    return f"{number} ngày làm việc{skipped}; ngày cuối là {in_words(end)}"


def _start(rule: Rule, event: ClockEvent, calendar: WorkCalendar) -> tuple[_Run, list[Step]]:
    number = rule.length(remote=event.remote, complex_=event.complex)
    end = _add(rule, event.on, number, calendar)
    run = _Run(ClockState.RUNNING, event.on, end, number, event.remote, event.complex)
    what = f"{rule.starts[:1].upper()}{rule.starts[1:]}"
    far = "vùng sâu, vùng xa đi lại khó khăn" if event.remote and "remote" in rule.lengths else ""
    steps = [
        Step(event.on, _not_counted(what, event.on), "Bộ luật Dân sự Điều 147" if rule.is_law else ""),
        Step(end, _counted(rule, number, event.on, end, calendar), _join(_why(rule), far)),
    ]
    return run, steps


def _not_counted(what: str, on: date) -> str:
    return f"{what} {in_words(on)}, không tính ngày này"


def _join(*reasons: str) -> str:
    return "; ".join(reason for reason in reasons if reason)


def _why(rule: Rule) -> str:
    if rule.is_law:
        return rule.article
    whose = "quy định của địa phương" if rule.layer is Layer.LOCAL else "mục tiêu nội bộ"
    return f"{whose}, không phải thời hạn theo luật"


def _last_step(rule: Rule, run: _Run, due_on: date, calendar: WorkCalendar) -> Step:
    what = f"Hạn cuối: {in_words(due_on)}"
    if due_on == run.end:
        return Step(
            due_on, what, "đến 24 giờ của ngày này, Bộ luật Dân sự Điều 148" if rule.is_law else _why(rule)
        )
    off = _days_off(run.end - timedelta(days=1), due_on, calendar)
    rolled = f"ngày cuối rơi vào ngày nghỉ nên chuyển sang ngày làm việc tiếp theo, bỏ {off}"
    return Step(due_on, what, _join(rolled, "Bộ luật Dân sự Điều 148 khoản 5" if rule.is_law else _why(rule)))


def _pause(rule: Rule, run: _Run, event: ClockEvent, calendar: WorkCalendar) -> tuple[_Run, list[Step]]:
    if run.state is not ClockState.RUNNING:
        raise ClockError("Thời hạn đang tạm dừng.")
    # The day of the suspension counts as used up (law.md T10, the safer reading).
    if rule.unit is Unit.WORKING:
        left = max(0, calendar.working_days_between(event.on, run.end))
    else:
        left = max(0, (run.end - event.on).days)
    paused = replace(run, state=ClockState.PAUSED, paused_on=event.on, left=left)
    words = f"còn {left} {rule.unit.words_vi}"
    if _ran_out(rule, paused, calendar):
        words = f"thời hạn đã hết từ {in_words(_due(rule, run, calendar))}"
    step = Step(event.on, f"Tạm dừng {in_words(event.on)}, {words}",
                event.document or "thời gian tạm dừng không tính vào thời hạn")  # fmt: skip
    return paused, [step]


def _resume(rule: Rule, run: _Run, event: ClockEvent, calendar: WorkCalendar) -> tuple[_Run, list[Step]]:
    if run.state is not ClockState.PAUSED:
        raise ClockError("Thời hạn không tạm dừng.")
    running = replace(run, state=ClockState.RUNNING, paused_on=None, left=0)
    what = f"Tiếp tục {in_words(event.on)}"
    if _ran_out(rule, run, calendar):
        # Suspended time is not counted (T10), but a limit that had run out before stays missed.
        why = "thời hạn đã hết trước khi tạm dừng nên hạn cuối không thay đổi"
        return running, [Step(event.on, what, _join(event.document, why))]
    end = _add(rule, event.on, run.left, calendar)
    step = Step(event.on, f"{what}: {_counted(rule, run.left, event.on, end, calendar)}",
                event.document or "tính tiếp phần thời hạn còn lại từ ngày này")  # fmt: skip
    return replace(running, end=end), [step]


def _extend(rule: Rule, run: _Run, event: ClockEvent, calendar: WorkCalendar) -> tuple[_Run, list[Step]]:
    if run.state is not ClockState.RUNNING:
        raise ClockError("Không gia hạn khi thời hạn đang tạm dừng.")
    if event.on > _due(rule, run, calendar):
        raise ClockError("Phải gia hạn trước khi hết thời hạn đang chạy.")
    if "complex" in rule.lengths:
        return _lengthen(rule, run, event, calendar)
    extension = rule.extension
    if extension is None:
        raise ClockError("Thời hạn này không được gia hạn.")
    if run.extensions >= extension.times:
        raise ClockError(f"Đã gia hạn {run.extensions} lần, không gia hạn thêm được.")
    asked, unit = extension.days if event.days is None else event.days, rule.unit.words_vi
    if extension.mode == "total":
        if not run.total < asked <= extension.days:
            raise ClockError(f"Thời hạn gia hạn từ {run.total + 1} đến {extension.days} {unit} tính từ đầu.")
        days = asked - run.total
    elif 1 <= asked <= extension.days:
        days = asked
    else:
        raise ClockError(f"Mỗi lần gia hạn từ 1 đến {extension.days} {unit}.")
    end = _add(rule, run.end, days, calendar)
    step = Step(event.on, f"Gia hạn {in_words(event.on)}: thêm {_counted(rule, days, run.end, end, calendar)}",
                _join(event.document, extension.article))  # fmt: skip
    return replace(run, end=end, total=run.total + days, extensions=run.extensions + 1), [step]


def _lengthen(rule: Rule, run: _Run, event: ClockEvent, calendar: WorkCalendar) -> tuple[_Run, list[Step]]:
    """Apply the longer total of a complex case: counted from acceptance, not added (C08, C10)."""
    if run.complex:
        raise ClockError("Vụ việc đã được xác định là phức tạp.")
    if not event.complex:
        raise ClockError("Chỉ kéo dài thời hạn khi có văn bản xác định vụ việc phức tạp.")
    total = rule.length(remote=run.remote, complex_=True)
    end = _add(rule, run.end, total - run.total, calendar)
    step = Step(event.on, f"Xác định vụ việc phức tạp {in_words(event.on)}: thời hạn thành {total} "
                f"{rule.unit.words_vi} tính từ ngày thụ lý; ngày cuối là {in_words(end)}",
                _join(event.document, rule.article))  # fmt: skip
    return replace(run, end=end, total=total, complex=True, extensions=run.extensions + 1), [step]


def _restart(rule: Rule, run: _Run, event: ClockEvent, calendar: WorkCalendar) -> tuple[_Run, list[Step]]:
    fresh, steps = _start(rule, replace(event, remote=run.remote), calendar)
    return fresh, [replace(steps[0], what=_not_counted("Tính lại từ đầu", event.on)), steps[1]]


def _stop(rule: Rule, run: _Run, event: ClockEvent, calendar: WorkCalendar) -> tuple[_Run, list[Step]]:
    judged_on = run.paused_on or event.on  # what ends in a pause is as late as it was when the pause began
    late = judged_on > _due(rule, run, calendar)
    return replace(run, state=ClockState.MET, stopped_on=event.on, late=late), []


def _cancel(_rule: Rule, run: _Run, event: ClockEvent, _calendar: WorkCalendar) -> tuple[_Run, list[Step]]:
    return replace(run, state=ClockState.CANCELLED, stopped_on=event.on), []


_APPLY = {
    Verb.PAUSE: _pause,
    Verb.RESUME: _resume,
    Verb.EXTEND: _extend,
    Verb.RESTART: _restart,
    Verb.STOP: _stop,
    Verb.CANCEL: _cancel,
}
