"""Reads a file of official days, CSV or ICS, and says what an import would change; nothing is written here."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from icalendar import Calendar

from app.core.calendar import DayKind, WorkCalendar
from app.core.clock import local_day
from app.core.text import clean_line, fold
from app.organisation.services.calendar import DAYS_MAX, DayEntry, check_entry, entry_of, own_days

BYTES_MAX = 256 * 1024
PROBLEMS_SHOWN = 40

KIND_WORDS: Mapping[DayKind, Any] = {
    DayKind.HOLIDAY: _l("nghỉ lễ, tết"),
    DayKind.COMPENSATORY: _l("nghỉ bù"),
    DayKind.SWAPPED_OFF: _l("nghỉ hoán đổi"),
    DayKind.SWAPPED_IN: _l("làm bù"),
    DayKind.CLOSURE: _l("đóng cửa đột xuất"),
    DayKind.ORDINARY: _l("như ngày thường"),
}
# What a file may call each kind, folded; the codes themselves are understood too.
_KINDS = {
    "nghi le, tet": DayKind.HOLIDAY, "nghi le": DayKind.HOLIDAY, "nghi tet": DayKind.HOLIDAY, "le": DayKind.HOLIDAY,
    "nghi bu": DayKind.COMPENSATORY, "nghi hoan doi": DayKind.SWAPPED_OFF, "hoan doi": DayKind.SWAPPED_OFF,
    "lam bu": DayKind.SWAPPED_IN, "dong cua": DayKind.CLOSURE, "dong cua dot xuat": DayKind.CLOSURE,
    "ngay thuong": DayKind.ORDINARY, "nhu ngay thuong": DayKind.ORDINARY,
    **{kind.value: kind for kind in DayKind},
}  # fmt: skip
_COLUMNS = {
    "ngay": "day", "day": "day", "loai": "kind", "kind": "kind", "ly do": "reason", "reason": "reason",
    "so quyet dinh": "decision_no", "decision_no": "decision_no", "ngay quyet dinh": "decided_on",
    "decided_on": "decided_on",
}  # fmt: skip
_FORMS = ("%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y")


@dataclass
class ReadFile:
    """What a file holds: its days, and a message for every line that makes no sense."""

    entries: list[DayEntry] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def add(self, where: str, entry: DayEntry) -> None:
        """Take a day, or say why not."""
        entry = entry.tidied()
        refusal = check_entry(entry)
        if refusal is not None:
            self.problems.append(f"{where}: {refusal.message}")
        elif any(known.day == entry.day for known in self.entries):
            self.problems.append(
                f"{where}: " + _("ngày %(d)s có hai lần trong tệp.", d=f"{entry.day:%d/%m/%Y}")
            )
        else:
            self.entries.append(entry)


@dataclass(frozen=True)
class PlannedDay:
    """What an import would do to one day."""

    entry: DayEntry
    before: str  # what the calendar says now, in words
    was_worked: bool
    official_before: bool

    @property
    def moves(self) -> bool:
        """Tell whether the day goes from worked to off or back."""
        return self.was_worked is not self.entry.kind.is_worked(self.entry.day)


def read_file(data: bytes, *, decision_no: str = "", decided_on: date | None = None) -> ReadFile:
    """Return what a CSV or ICS file holds; a decision given stands for every day that names none."""
    found = ReadFile()
    if len(data) > BYTES_MAX:
        found.problems.append(_("Tệp quá lớn: nhiều nhất %(n)s KB.", n=BYTES_MAX // 1024))
        return found
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        found.problems.append(_("Tệp không phải UTF-8. Khi lưu từ Excel hãy chọn “CSV UTF-8”."))
        return found
    rows = _ics(text, found) if text.lstrip().upper().startswith("BEGIN:VCALENDAR") else _csv(text, found)
    for where, entry in rows:
        given = entry if entry.decision_no else replace(entry, decision_no=decision_no, decided_on=decided_on)
        found.add(where, given)
        if len(found.entries) > DAYS_MAX:
            found.problems.append(_("Tệp có quá %(n)s ngày.", n=DAYS_MAX))
            break
    if not found.entries and not found.problems:
        found.problems.append(_("Tệp không có ngày nào."))
    del found.problems[PROBLEMS_SHOWN:]
    return found


def _csv(text: str, found: ReadFile) -> Iterable[tuple[str, DayEntry]]:
    first = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text), delimiter=max(",;\t", key=first.count), strict=True)
    try:
        names = [
            _COLUMNS.get(fold(cell).replace("_", " "), _COLUMNS.get(fold(cell), ""))
            for cell in next(reader, [])
        ]
        missing = [name for name in ("day", "kind", "reason") if name not in names]
        if missing:
            found.problems.append(
                _("Dòng đầu phải ghi tên cột: ngày, loại, lý do (thêm được: số quyết định, ngày quyết định).")
            )
            return
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            where = _("Dòng %(n)s", n=reader.line_num)
            row = dict(zip(names, (clean_line(cell) for cell in cells), strict=False))
            entry = _row(where, row, found)
            if entry is not None:
                yield where, entry
    except csv.Error:
        found.problems.append(_("Dòng %(n)s", n=reader.line_num) + ": " + _("dấu ngoặc kép không khớp."))


def _row(where: str, row: Mapping[str, str], found: ReadFile) -> DayEntry | None:
    day, kind = _day(row.get("day", "")), _kind(row.get("kind", ""))
    typed = row.get("decided_on", "")
    decided_on = _day(typed)
    if day is None:
        found.problems.append(
            f"{where}: " + _("không đọc được ngày “%(d)s”; ghi dạng 05/11/2026.", d=row.get("day", "")[:30])
        )
    elif kind is None:
        known = ", ".join(str(words) for words in KIND_WORDS.values())
        found.problems.append(
            f"{where}: " + _("không biết loại “%(k)s”; dùng: %(all)s.", k=row.get("kind", "")[:30], all=known)
        )
    elif typed and decided_on is None:
        found.problems.append(f"{where}: " + _("không đọc được ngày quyết định “%(d)s”.", d=typed[:30]))
    else:
        return DayEntry(day, kind, row.get("reason", ""), row.get("decision_no", ""), decided_on)
    return None


def _kind(text: str) -> DayKind | None:
    """Return the kind that a file names, also in the words in which the page lists the kinds to its reader."""
    spoken = {fold(str(words)): kind for kind, words in KIND_WORDS.items()}
    return _KINDS.get(fold(text)) or spoken.get(fold(text))


def _day(text: str) -> date | None:
    for form in _FORMS:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return None


def _ics(text: str, found: ReadFile) -> Iterable[tuple[str, DayEntry]]:
    try:
        events = Calendar.from_ical(text).walk("VEVENT")
    except (ValueError, IndexError, KeyError):
        found.problems.append(_("Không đọc được tệp lịch ICS."))
        return
    for number, event in enumerate(events, start=1):
        summary = clean_line(str(event.get("SUMMARY", "")))
        where = _("Sự kiện %(n)s", n=number) + (f" ({summary[:40]})" if summary else "")
        if event.get("RRULE") is not None:
            found.problems.append(f"{where}: " + _("sự kiện lặp lại không dùng được: ghi từng ngày."))
            continue
        days = _days_of(event)
        if not days:
            found.problems.append(f"{where}: " + _("không đọc được ngày, hoặc kéo dài quá lâu."))
            continue
        kind = _kind_of(event, summary)
        for day in days:
            # A holiday that lasts over a weekend rests there anyway.
            if len(days) == 1 or day.weekday() < 5 or kind in (DayKind.HOLIDAY, DayKind.SWAPPED_IN):
                yield where, DayEntry(day, kind, summary)


def _days_of(event: Any) -> list[date]:
    """Return the days of an event; its end is the day after its last, as RFC 5545 has it for whole days."""
    try:
        start = event.decoded("DTSTART")
        end = event.decoded("DTEND") if event.get("DTEND") is not None else None
    except (KeyError, ValueError):
        return []
    first = local_day(start) if isinstance(start, datetime) and start.tzinfo else start
    if isinstance(start, datetime):
        return [first.date() if isinstance(first, datetime) else first]
    if not isinstance(end, date) or isinstance(end, datetime):
        end = first + timedelta(days=1)
    length = (end - first).days
    return [first + timedelta(days=n) for n in range(length)] if 1 <= length <= 31 else []


def _kind_of(event: Any, summary: str) -> DayKind:
    """Return the kind that an event's categories name, else its title, else a holiday."""
    named = event.get("CATEGORIES")
    for word in getattr(named, "cats", None) or ():
        if fold(str(word)) in _KINDS:
            return _KINDS[fold(str(word))]
    said = fold(summary)
    marks = (("lam bu", DayKind.SWAPPED_IN), ("nghi bu", DayKind.COMPENSATORY), ("hoan doi", DayKind.SWAPPED_OFF),
             ("dong cua", DayKind.CLOSURE))  # fmt: skip
    return next((kind for mark, kind in marks if mark in said), DayKind.HOLIDAY)


def with_rest_of_years(entries: Sequence[DayEntry]) -> list[DayEntry]:
    """Return the entries of a complete list: what was computed for its years, and is not in it, does not hold."""
    named, general = {entry.day for entry in entries}, WorkCalendar()
    decisions = {entry.day.year: (entry.decision_no, entry.decided_on) for entry in reversed(entries)}
    added = []
    for year in sorted(decisions):
        first = date(year, 1, 1)
        for day in (first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)):
            computed = general.is_working(day) is not (day.weekday() < 5)
            if computed and day not in named:
                added.append(
                    DayEntry(
                        day, DayKind.ORDINARY, _("không có trong danh sách chính thức"), *decisions[year]
                    )
                )
    return [*entries, *added]


def plan(unit_id: int, entries: Sequence[DayEntry], calendar: WorkCalendar) -> list[PlannedDay]:
    """Return what entering these days would change, in the order of days; what stands as it is is left out."""
    known = own_days(unit_id, [entry.day for entry in entries])
    planned = []
    for entry in sorted((e.tidied() for e in entries), key=lambda e: e.day):
        row = known.get(entry.day)
        if row is not None and entry_of(row) == entry:
            continue
        why = calendar.why_off(entry.day)
        if row is not None:
            before = f"{KIND_WORDS[row.kind]}: {row.reason}"
        elif why is None:
            before = str(_("làm việc"))
        else:
            before = why
        planned.append(PlannedDay(entry, before, why is None, row is not None))
    return planned
