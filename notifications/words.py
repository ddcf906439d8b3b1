"""What a notice says, in the reader's language, from its facts: numbers, codes, steps and days; never who sent what."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.web.locale import language, speaking
from complaints.ladder import RUNGS
from complaints.services.rule_layers import rule_by_version
from notifications.rules import FIXED, Kind


@dataclass(frozen=True)
class AlertWords:
    """One deadline of a digest as it is shown."""

    number: str
    clock: str
    words: str  # 'quá hạn 3 ngày làm việc'
    tone: str  # late, today, soon
    due_on: date
    path: str
    new: bool


@dataclass(frozen=True)
class MailText:
    """A mail in both its parts."""

    subject: str
    body: str
    html: str


_SENTENCES = {
    Kind.ASSIGNED: _l("Vụ việc %(number)s được giao cho bạn."),
    Kind.TO_ASSIGN: _l("Vụ việc %(number)s chờ giao người thụ lý."),
    Kind.HANDED_BACK: _l("Vụ việc %(number)s được trả lại, chờ giao người khác."),
    Kind.HANDED_OVER: _l("Hồ sơ %(number)s được cơ quan cũ chuyển giao đến, chờ giao người giải quyết."),
    Kind.PROPOSAL: _l("Hồ sơ %(number)s chờ bạn duyệt: %(step)s."),
    Kind.APPROVED: _l("Đề xuất của bạn với hồ sơ %(number)s đã được duyệt: %(step)s."),
    Kind.SENT_BACK: _l("Đề xuất xử lý hồ sơ %(number)s được trả lại kèm ý kiến."),
    Kind.MOVED: _l("Hồ sơ %(number)s vừa chuyển bước: %(step)s."),
    Kind.SIGN_IN_TROUBLE: _l(
        "%(failures)s lần đăng nhập sai vào tài khoản %(account)s trong 24 giờ. Nếu không phải người của tài khoản: "
        "đổi mật khẩu và xem các phiên đăng nhập."
    ),
    Kind.ONE_TIME_LINK: _l("Đặt mật khẩu cho tài khoản Tiếp Dân của bạn. Liên kết chỉ dùng được một lần."),
    Kind.IDENTITY: _l("Bạn được phép xem thông tin niêm phong của đơn %(number)s đến hết ngày %(until)s."),
    Kind.IDENTITY_ASKED: _l("Có người đề nghị được xem thông tin niêm phong của đơn %(number)s."),
    Kind.IDENTITY_REFUSED: _l(
        "Đề nghị được xem thông tin niêm phong của đơn %(number)s không được chấp nhận."
    ),
}

_MORNING = (Kind.DAILY, Kind.WEEKLY)
_SECURITY = {
    "factor_added": _l(
        "Đã thêm lớp xác thực thứ hai cho tài khoản của bạn. Không phải bạn? Báo ngay người quản trị."
    ),
    "factor_removed": _l(
        "Đã gỡ lớp xác thực thứ hai của tài khoản bạn. Không phải bạn? Báo ngay người quản trị."
    ),
    "recovery_used": _l("Một mã dự phòng của bạn vừa được dùng. Không phải bạn? Báo ngay người quản trị."),
    "password_changed": _l("Mật khẩu của bạn vừa được đổi. Không phải bạn? Báo ngay người quản trị."),
}
_BUTTONS = {
    Kind.DAILY: _l("Mở trang Hôm nay"),
    Kind.WEEKLY: _l("Mở trang Theo dõi, đôn đốc"),
    Kind.SIGN_IN_TROUBLE: _l("Mở trang tài khoản"),
    Kind.SECURITY: _l("Mở trang tài khoản"),
    Kind.ONE_TIME_LINK: _l("Đặt mật khẩu"),
}


def title(kind: str, facts: Mapping[str, Any]) -> str:
    """Return the sentence of a notice."""
    if kind == Kind.ALERTS:
        return str(ngettext("%(num)s thời hạn cần chú ý", "%(num)s thời hạn cần chú ý", facts["count"]))
    if kind == Kind.DATES_MOVED:
        words = ngettext(
            "%(num)s thời hạn của bạn đổi ngày vì lịch làm việc thay đổi",
            "%(num)s thời hạn của bạn đổi ngày vì lịch làm việc thay đổi",
            facts["count"],
        )
        return str(words)
    if kind in _MORNING:
        return _morning(Kind(kind), facts)
    until = f"{date.fromisoformat(facts['until']):%d/%m/%Y}" if "until" in facts else ""
    if kind == Kind.SECURITY:
        return str(_SECURITY[facts["what"]])
    values = {"number": facts.get("number", ""), "step": _either(facts, "step"), "until": until,
              "account": facts.get("account", ""), "failures": facts.get("failures", "")}  # fmt: skip
    return str(_SENTENCES[Kind(kind)]) % values


def _morning(kind: Kind, facts: Mapping[str, Any]) -> str:
    """Return what a morning's mail is headed by: numbers, the pressing first."""
    day = f"{date.fromisoformat(facts['day']):%d/%m/%Y}"
    parts = []
    if facts["late"]:
        parts.append(ngettext("%(num)s quá hạn", "%(num)s quá hạn", facts["late"]))
    if kind == Kind.DAILY and facts["due_today"]:
        parts.append(ngettext("%(num)s đến hạn hôm nay", "%(num)s đến hạn hôm nay", facts["due_today"]))
    if kind == Kind.WEEKLY and facts["soon"]:
        parts.append(ngettext("%(num)s đến hạn trong 7 ngày", "%(num)s đến hạn trong 7 ngày", facts["soon"]))
    words = _("Việc ngày %(day)s", day=day) if kind == Kind.DAILY else _("Tuần từ %(day)s", day=day)
    return f"{words}: {', '.join(parts)}" if parts else str(words)


def alert_words(line: Mapping[str, Any]) -> AlertWords:
    """Return a line of a digest in words."""
    rung, rule = RUNGS[line["rung"]], rule_by_version(line["version"])
    tone = "late" if rung.offset > 0 else "today" if rung.offset == 0 else "soon"
    words = rung.label_en if language() == "en" else rung.label_vi
    name = rule.name_en if language() == "en" else rule.name_vi
    due_on = date.fromisoformat(line["due"])
    return AlertWords(line["number"], name, words, tone, due_on, line["path"], bool(line.get("new")))


@dataclass(frozen=True)
class MoveWords:
    """One due date that a change of the calendar moved, as it is shown."""

    number: str
    clock: str
    old_due_on: date
    new_due_on: date
    path: str


def move_words(line: Mapping[str, Any]) -> MoveWords:
    """Return a moved date in words."""
    rule = rule_by_version(line["version"])
    name = rule.name_en if language() == "en" else rule.name_vi
    old, new = date.fromisoformat(line["old"]), date.fromisoformat(line["new"])
    return MoveWords(line["number"], name, old, new, line["path"])


def mail_text(kind: str, facts: Mapping[str, Any], target: str, locale: str) -> MailText:
    """Return the mail of a notice in its recipient's language, whoever is signed in while it is written."""
    with speaking(locale):
        sentence = title(kind, facts)
        lines = [alert_words(line) for line in facts.get("lines", ())]
        values = {
            "title": sentence,
            "lines": lines,
            "more": facts["count"] - len(lines) if kind == Kind.ALERTS else 0,
            "link": link(target or "/notifications/"),
            "link_to": link,
            "button": _BUTTONS.get(Kind(kind), ""),
            "facts": facts,
            "matters": [{**m, "due": date.fromisoformat(m["due"])} for m in facts.get("matters", ())],
            "choices": link("/notifications/mail") if Kind(kind) not in FIXED else "",
            "language": language(),
        }
        name = str(kind) if kind in (Kind.ALERTS, *_MORNING) else "notice"
        body, html = (
            current_app.jinja_env.get_template(f"notifications/mail/{name}.{part}").render(values)
            for part in ("txt", "html")
        )
    short = facts.get("number") or sentence
    return MailText(f"[Tiếp Dân] {sentence if kind == Kind.ALERTS else short}"[:200], body, html)


def link(path: str) -> str:
    """Return the full address of a page, for mail; it leads through sign-in."""
    settings = current_app.extensions["tiepdan.settings"]
    return f"{settings.base_url or f'http://{settings.host}:{settings.port}'}{path}"


def _either(facts: Mapping[str, Any], name: str) -> str:
    """Return a label that stands in the facts in both languages."""
    return str(facts.get(f"{name}_en" if language() == "en" else f"{name}_vi") or "")
