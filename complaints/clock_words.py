"""The sentences that explain a date, in Vietnamese and, second, in English. Pure; the dates come from clocks.py."""

from dataclasses import dataclass
from datetime import date, timedelta

from app.core.calendar import WorkCalendar, in_words
from complaints.rulebook.loader import Layer, Rule, Unit

_ONE_DAY = timedelta(days=1)
_TET = "Tết"
_LONG = 3  # so many days off in a row, for one reason, are told as a span

# Every phrase: Vietnamese, English.
_PHRASES: dict[str, tuple[str, str]] = {
    "start": ("{what} {day}, không tính {which}", "{what}: the period begins with {day}, which is not counted"),
    "again": ("Tính lại từ đầu {day}, không tính ngày này", "Begun afresh on {day}, which is not counted"),
    "nothing": ("không còn ngày nào", "no day is left"),
    "running": ("{count} liên tục, tính cả ngày nghỉ", "{count} in a row, days off included"),
    "skipping": ("{count}, bỏ {off}", "{count}, skipping {off}"),
    "last_counted": ("{counted}; ngày cuối là {day}", "{counted}; the last day is {day}"),
    "far": ("vùng sâu, vùng xa đi lại khó khăn", "a remote area with difficult travel"),
    "complex": ("vụ việc phức tạp", "a complex case"),
    "civil_147": ("Bộ luật Dân sự Điều 147", "Civil Code Article 147"),
    "due": ("Hạn cuối: {day}", "Due: {day}"),
    "midnight": (
        "đến 24 giờ của ngày này, Bộ luật Dân sự Điều 148",
        "until 24:00 of this day, Civil Code Article 148",
    ),
    "rolled": (
        "ngày cuối rơi vào ngày nghỉ nên chuyển sang ngày làm việc tiếp theo, bỏ {off}",
        "the last day is a day off, so the period ends on the next working day, skipping {off}",
    ),
    "civil_148": ("Bộ luật Dân sự Điều 148 khoản 5", "Civil Code Article 148 clause 5"),
    "pause": ("Tạm dừng {day}, còn {left}", "Suspended on {day} with {left} left"),
    "pause_ended": (
        "Tạm dừng {day}, thời hạn đã hết từ {end}",
        "Suspended on {day}; the period had ended on {end}",
    ),
    "pause_why": (
        "thời gian tạm dừng không tính vào thời hạn",
        "the time of a suspension is not counted",
    ),
    "resume": ("Tiếp tục {day}", "Resumed on {day}"),
    "resume_counted": ("Tiếp tục {day}: {counted}", "Resumed on {day}: {counted}"),
    "resume_why": (
        "tính tiếp phần thời hạn còn lại từ ngày này",
        "what was left of the period goes on from this day",
    ),
    "resume_ended": (
        "thời hạn đã hết trước khi tạm dừng nên hạn cuối không thay đổi",
        "the period had ended before the suspension, so the due date stands",
    ),
    "extend": ("Gia hạn {day}: thêm {counted}", "Extended on {day} by {counted}"),
    "lengthen": (
        "Xác định vụ việc phức tạp {day}: thời hạn thành {count} tính từ ngày thụ lý",
        "Found to be complex on {day}: the period becomes {count} from acceptance",
    ),
    "local": (
        "quy định của địa phương, không phải thời hạn theo luật",
        "a local regulation, no time limit of the law",
    ),
    "internal": (
        "mục tiêu nội bộ, không phải thời hạn theo luật",
        "an internal target, no time limit of the law",
    ),
    # The joined sentence.
    "brief_due": ("hạn cuối {day}", "due {day}"),
    "brief_rolled": (
        "ngày cuối {end} là ngày nghỉ nên hạn cuối chuyển sang {day}",
        "the last day, {end}, is a day off, so it is due {day}",
    ),
    "met": ("hoàn thành {day}, đúng hạn", "done {day}, in time"),
    "met_late": ("hoàn thành {day}, quá hạn", "done {day}, late"),
    "cancelled": ("thôi tính từ {day}", "no longer counted from {day}"),
    "span": ("từ {first} đến {last}", "from {first} to {last}"),
    # Limits that run backwards.
    "planned": ("Ngày dự kiến {day}, không tính ngày này", "Planned for {day}, which is not counted"),
    "planned_hour": ("Dự kiến lúc {hour} {day}", "Planned for {hour} on {day}"),
    "back": ("Lùi {count}: chậm nhất {day}", "{count} back: {day} at the latest"),
    "back_rolled": (
        "Lùi {count} đến {end}, là ngày nghỉ: chậm nhất ngày làm việc liền trước, {day}",
        "{count} back is {end}, a day off: the working day before it at the latest, {day}",
    ),
    "back_hour": ("Lùi {count}: chậm nhất lúc {hour} {day}", "{count} back: {hour} on {day} at the latest"),
    "kept": ("Thực hiện {done}: đúng yêu cầu", "Done {done}: in time"),
    "missed": ("Thực hiện {done}: muộn", "Done {done}: too late"),
}  # fmt: skip

_UNITS_EN = {Unit.CALENDAR: "day", Unit.WORKING: "working day", Unit.YEAR: "year", Unit.HOUR: "hour"}

# The words of a citation; the number of an instrument is the same in every language. Longer ones come first.
_CITATIONS = (
    ("Luật Khiếu nại", "Law on Complaints"), ("Luật Tố cáo", "Law on Denunciations"),
    ("Luật Tiếp công dân", "Law on Citizen Reception"), ("Bộ luật Dân sự", "Civil Code"),
    ("Bộ luật Lao động", "Labour Code"), ("Luật", "Law"), ("Nghị định", "Decree"), ("NĐ", "Decree"),
    ("Thông tư", "Circular"), ("TT ", "Circular "), ("Quyết định", "Decision"), ("Nghị quyết", "Resolution"),
    ("sửa bởi", "as amended by"), ("bổ sung bởi", "as added by"), ("Điều", "Article"), ("khoản", "clause"),
    ("điểm", "point"), ("Suy ra từ", "Inferred from"), (" và ", " and "),
)  # fmt: skip


def english_citation(article: str) -> str:
    """Return an article as English cites it: 'Law on Complaints Article 27 clause 2'."""
    for vi, en in _CITATIONS:
        article = article.replace(vi, en)
    return article


@dataclass(frozen=True)
class Words:
    """Says things about one rule by one calendar, in 'vi' or 'en'."""

    rule: Rule
    calendar: WorkCalendar
    lang: str = "vi"

    def say(self, key: str, **parts: str) -> str:
        """Return a phrase in the reader's language with its parts in place."""
        return _PHRASES[key][1 if self.lang == "en" else 0].format(**parts)

    def day(self, day: date) -> str:
        """Return a day with its weekday."""
        return in_words(day, self.lang)

    def count(self, number: int, unit: Unit) -> str:
        """Return a number of a unit: '7 ngày làm việc', '1 working day'."""
        if self.lang != "en":
            return f"{number} {unit.words_vi}"
        return f"{number} {_UNITS_EN[unit]}{'' if number == 1 else 's'}"

    def citation(self, article: str) -> str:
        """Return an article as the reader's language cites it."""
        return english_citation(article) if self.lang == "en" else article

    @property
    def basis(self) -> str:
        """Return what the rule rests on: its article, or that it is no law."""
        if self.rule.is_law:
            return self.citation(self.rule.article)
        return self.say("local" if self.rule.layer is Layer.LOCAL else "internal")

    def started(self, on: date) -> str:
        """Say on which event the period begins, and that its day is not counted (Civil Code Art 147)."""
        if self.lang == "en":
            return self.say("start", what=self.rule.name_en, day=self.day(on))
        starts = self.rule.starts
        received = starts.startswith(("nhận", "tiếp nhận"))
        which = "ngày nhận" if received else "ngày này"
        return self.say("start", what=capital(starts), day=self.day(on), which=which)

    def counting(self, number: int, start: date, end: date, unit: Unit) -> str:
        """Say how days after `start` are counted up to `end`."""
        if number == 0:
            return self.say("nothing")
        count = self.count(number, unit)
        if unit is not Unit.WORKING:
            return self.say("running", count=count)
        off = self.days_off(start + _ONE_DAY, end)
        return self.say("skipping", count=count, off=off) if off else count

    def days_off(self, first: date, last: date) -> str:
        """Return the days off of a span in words; many in a row for one reason as 'từ ... đến ... (Tết)'."""
        runs: list[tuple[str, list[date]]] = []
        for n in range((last - first).days + 1):
            day = first + n * _ONE_DAY
            why = self.calendar.why_off(day)
            if why is None:
                continue
            kind = "" if self.calendar.is_rest_day(day) else _kind(why)
            if kind and runs and runs[-1][0] == kind and runs[-1][1][-1] == day - _ONE_DAY:
                runs[-1][1].append(day)
            else:
                runs.append((kind, [day]))
        return ", ".join(self._run(kind, days) for kind, days in runs)

    def _run(self, kind: str, days: list[date]) -> str:
        if len(days) >= _LONG:
            span = self.say("span", first=self._short(days[0]), last=self._short(days[-1]))
            return f"{span} ({kind if kind == _TET else self.calendar.why_off_in(days[0], self.lang)})"
        if not kind:
            return self._short(days[0])
        return ", ".join(f"{self._short(day)} ({self.calendar.why_off_in(day, self.lang)})" for day in days)

    def _short(self, day: date) -> str:
        return self.day(day)[:-5]  # without the year


def _kind(reason: str) -> str:
    """Return what a run of days off is called: the days of Tết have a name each, and are one holiday."""
    return _TET if reason.endswith(("Tết Nguyên Đán", " Tết")) else reason


def capital(text: str) -> str:
    """Return a text with a capital at its beginning, as a sentence has it."""
    return text[:1].upper() + text[1:]


def lower(text: str) -> str:
    """Return a text with a small letter at its beginning, as the middle of a sentence has it."""
    return text[:1].lower() + text[1:]
