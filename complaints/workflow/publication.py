"""How a decision on a complaint, or a conclusion on a denunciation, is made public, and for how long (C31, TC31). Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from complaints import codes
from complaints.rulebook.figures import newest
from complaints.workflow.base import Beside, Data, Facts, FieldKind, FieldSpec
from complaints.workflow.fields import spec
from complaints.workflow.least import at_least, day_of, too_few

_F = codes.PublicationForm


@dataclass(frozen=True)
class Lengths:
    """The figures of one law: days posted and on a website, issues, broadcasts, days before a meeting ('': none)."""

    posting: str
    website: str
    printed: str
    broadcast: str
    meeting: str = ""

    def fields(self) -> tuple[FieldSpec, ...]:
        """Return what the step asks for: the forms, and for each its days or times."""
        told = spec("meeting_told_on", FieldKind.DATE, "Ngày báo trước cuộc họp", "Day the meeting was announced",
                    help_vi=f"Trước cuộc họp ít nhất {newest(self.meeting).number} ngày.") if self.meeting else None  # fmt: skip
        return (
            spec("forms", FieldKind.CHOICES, "Hình thức công khai", "Form", required=True, choices=_F),
            spec("posted_from", FieldKind.DATE, "Niêm yết từ ngày", "Posted from"),
            spec("posted_to", FieldKind.DATE, "Niêm yết đến hết ngày", "Posted until", help_vi=_days(self.posting)),
            spec("web_from", FieldKind.DATE, "Đăng cổng, trang tin, báo điện tử từ ngày", "On the website from"),
            spec("web_to", FieldKind.DATE, "Đăng cổng, trang tin, báo điện tử đến hết ngày", "On the website until",
                 help_vi=_days(self.website)),
            spec("print_issues", FieldKind.INTEGER, "Số kỳ báo in", "Issues in print",
                 help_vi=f"Ít nhất {newest(self.printed).number} kỳ."),
            spec("broadcasts", FieldKind.INTEGER, "Số lần phát thanh, truyền hình", "Broadcasts",
                 help_vi=f"Ít nhất {newest(self.broadcast).number} lần."),
            spec("meeting_on", FieldKind.DATE, "Ngày họp công bố", "Day of the meeting"),
            *((told,) if told else ()),
        )  # fmt: skip

    def refusal(self, facts: Facts, data: Data) -> str | None:
        """Return why what was typed is no publication as the law wants it, or None. Nothing is said of an empty form."""
        forms = frozenset(data.get("forms") or ())
        if not forms:
            return None
        on = day_of(facts, data)
        return next(filter(None, self._findings(forms, data, on)), None) or _first_day(forms, data, on)

    def _findings(self, forms: frozenset[str], data: Data, on: date) -> Iterator[Beside | None]:
        yield from _chosen(forms, data)
        if _F.POSTING in forms:
            yield from _period(self.posting, data, "posted_from", "posted_to", on)
        if _F.WEBSITE in forms:
            yield from _period(self.website, data, "web_from", "web_to", on)
        if _F.MEDIA in forms:
            yield from self._times(data, on)
        if _F.MEETING in forms:
            yield self._meeting(data, on)

    def _times(self, data: Data, on: date) -> Iterator[Beside | None]:
        issues, broadcasts = data.get("print_issues"), data.get("broadcasts")
        if not issues and not broadcasts:
            yield Beside("print_issues", "Ghi số kỳ báo in, hoặc số lần phát thanh, truyền hình.")
        if issues:
            yield too_few(self.printed, issues, on, field="print_issues")
        if broadcasts:
            yield too_few(self.broadcast, broadcasts, on, field="broadcasts")

    def _meeting(self, data: Data, on: date) -> Beside | None:
        held, told = data.get("meeting_on"), data.get("meeting_told_on")
        if held is None:
            return Beside("meeting_on", "Ghi ngày họp công bố.")
        if not self.meeting:
            return None
        if told is None:
            return Beside("meeting_told_on", "Ghi ngày báo trước cuộc họp.")
        return too_few(
            self.meeting, (held - told).days, on, field="meeting_told_on", more=", không tính ngày họp"
        )


def _days(code: str) -> str:
    return f"Ít nhất {newest(code).number} ngày, không tính ngày bắt đầu; ghi được ngày sắp tới."


_OF_FORM = (
    (_F.POSTING, ("posted_from", "posted_to")), (_F.WEBSITE, ("web_from", "web_to")),
    (_F.MEDIA, ("print_issues", "broadcasts")), (_F.MEETING, ("meeting_on", "meeting_told_on")),
)  # fmt: skip


def _chosen(forms: frozenset[str], data: Data) -> Iterator[Beside]:
    """Yield what is told of a form that was not chosen: it would be recorded for nothing."""
    for form, names in _OF_FORM:
        if form not in forms and any(data.get(name) for name in names):
            yield Beside(
                "forms",
                f"Đã ghi ngày hoặc số lần của hình thức '{form.vi}': chọn cả hình thức này, hoặc xoá đi.",
            )


def _period(code: str, data: Data, from_: str, to: str, on: date) -> Iterator[Beside | None]:
    """C31, TC31: consecutive days; the first is not counted, as everywhere (T02)."""
    first, last, least = data.get(from_), data.get(to), at_least(code, on)
    if first is None or last is None:
        yield Beside(from_ if first is None else to, "Ghi cả ngày bắt đầu và ngày kết thúc.")
    elif least is not None:
        until = first + timedelta(days=least.number)
        more = f", không tính ngày bắt đầu: đến hết ngày {until:%d/%m/%Y}"
        yield too_few(code, (last - first).days, on, field=to, more=more)


def _first_day(forms: frozenset[str], data: Data, on: date) -> Beside | None:
    """Return why the day of the act is not the day on which it was first public, which keeps the limit, or None."""
    of = {_F.POSTING: "posted_from", _F.WEBSITE: "web_from", _F.MEETING: "meeting_on"}
    starts = [data[name] for form, name in of.items() if form in forms]
    first = min(starts, default=on)
    if first >= on if _F.MEDIA in forms else first == on:  # a broadcast or an issue in print may come before
        return None
    return Beside("on", f"Ngày thực hiện là ngày công khai đầu tiên: {first:%d/%m/%Y}.")


COMPLAINT = Lengths("KN_POSTING_DAYS", "KN_WEB_DAYS", "KN_PRINT_ISSUES", "KN_BROADCASTS", "KN_MEETING_NOTICE")
DENUNCIATION = Lengths("TC_POSTING_DAYS", "TC_WEB_DAYS", "TC_MEDIA_TIMES", "TC_MEDIA_TIMES")
