"""The page 'Quy định': every rule by subject, its versions beside each other, as it stands on a day; for everyone."""

from datetime import date
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.core.clock import today
from app.core.permissions import Permission
from app.web.access import access, current_principal
from complaints.queries.running import running_by_code
from complaints.rulebook.loader import Rule, Unit, load_rulebook
from complaints.rulebook.overview import cards, counting_rules, matches
from complaints.rulebook.transitions import TransitionRule, load_transitions
from complaints.services import competing
from complaints.views import law
from complaints.views.words import words

blueprint = Blueprint(
    "rules", __name__, url_prefix="/rules", template_folder="../templates", static_folder="../static"
)
QUERY_MAX = 100


@blueprint.get("/")
@access(Permission.RULE_VIEW)
def index() -> ResponseReturnValue:
    """Show the rules that hold what is sought, as they stand on a day."""
    wanted = (request.args.get("q") or "").strip()[:QUERY_MAX]
    as_of, typed, wrong = _day(request.args.get("as_of"))
    found = cards(load_rulebook().rules(), as_of=as_of, wanted=wanted)
    page = render_template(
        "complaints/rules.html",
        subjects=found,
        total=sum(len(of_subject) for of_subject in found.values()),
        running=running_by_code(current_principal()),
        **_beside(wanted),
        wanted=wanted, as_of=as_of, typed=typed, wrong=wrong, subject_words=_subject_words(), number_words=number_words,
        extension_words=extension_words, standing_words=_standing_words(), effect_words=_effect_words(), **words(),
    )  # fmt: skip
    return page, 422 if wrong else 200


def _beside(wanted: str) -> dict[str, Any]:
    """Return what is no clock: how periods are counted, transition rules, competing rules, as far as sought."""
    return {
        "counting": [
            row for row in counting_rules() if matches(f"{row.code} {row.article} {_names(row)}", wanted)
        ],
        "transitions": [rule for rule in load_transitions().transitions if matches(_text(rule), wanted)],
        "competing": [r for r in competing.rules() if matches(f"{_names(r)} {' '.join(r.cites)}", wanted)],
    }


def _names(row: Any) -> str:
    return f"{row.name_vi} {row.name_en}"


def _day(typed: str | None) -> tuple[date, str, str]:
    """Return the day that was asked for (today for none or an unreadable one), what was typed, and what is wrong."""
    text = (typed or "").strip()[:20]
    if not text:
        return today(), "", ""
    try:
        if "/" in text:
            day, month, year = (int(part) for part in text.split("/"))
            return date(year, month, day), text, ""
        return date.fromisoformat(text), text, ""
    except ValueError:
        return today(), text, _("Ghi ngày theo dạng ngày/tháng/năm, ví dụ 05/11/2026.")


def _text(rule: TransitionRule) -> str:
    return " ".join((rule.code, rule.name_vi, rule.name_en, rule.article, *rule.cites, *rule.rules))


def _subject_words() -> dict[str, str]:
    return {
        "reception": _("Tiếp công dân"), "petitions": _("Xử lý đơn"), "complaints": _("Khiếu nại"),
        "denunciations": _("Tố cáo"), "feedback": _("Kiến nghị, phản ánh"), "other": _("Khác"),
    }  # fmt: skip


def _standing_words() -> dict[str, tuple[str, str, str]]:
    """Return words, tone and icon of how a version stands on the day."""
    return {
        "now": (_("đang áp dụng"), "fine", "check-circle"),
        "over": (_("đã hết hiệu lực"), "plain", "calendar-x"),
        "coming": (_("chưa bắt đầu"), "soon", "calendar-plus"),
    }


def _effect_words() -> dict[str, str]:
    return {
        "switch": _("chuyển sang quy định mới"), "keep": _("giữ quy định cũ"),
        "by_start": _("theo ngày bắt đầu"), "favourable": _("theo quy định có lợi hơn"),
        "lapse": _("hết hiệu lực"),
    }  # fmt: skip


def amount(unit: Unit, number: int) -> str:
    """Return a number with its unit in words."""
    if unit is Unit.WORKING:
        return str(ngettext("%(num)s ngày làm việc", "%(num)s ngày làm việc", number))
    if unit is Unit.YEAR:
        return str(ngettext("%(num)s năm", "%(num)s năm", number))
    if unit is Unit.HOUR:
        return str(ngettext("%(num)s giờ", "%(num)s giờ", number))
    return str(ngettext("%(num)s ngày", "%(num)s ngày", number))


def number_words(rule: Rule) -> list[str]:
    """Return the lengths of a rule in words: the plain one, then those of remote areas and complex cases."""
    plain = amount(rule.unit, rule.number)
    lines = [_("ít nhất %(n)s trước", n=plain) if rule.backward else plain]
    named = {"complex": _("vụ việc phức tạp"), "remote": _("vùng sâu, vùng xa đi lại khó khăn"),
             "remote_complex": _("vùng sâu, vùng xa và phức tạp")}  # fmt: skip
    lines += [f"{named[key]}: {amount(rule.unit, n)}" for key, n in rule.lengths.items() if key in named]
    return lines


def extension_words(rule: Rule) -> str:
    """Return how a rule may be extended, in words; '' when it may not."""
    extension = rule.extension
    if extension is None:
        return ""
    days = amount(rule.unit, extension.days)
    if extension.mode == "total":
        return str(
            _("gia hạn: tổng cộng không quá %(n)s (%(article)s)", n=days, article=law.cite(extension.article))
        )
    words = _("gia hạn: mỗi lần không quá %(n)s, nhiều nhất %(times)s lần (%(article)s)", n=days,
              times=extension.times, article=law.cite(extension.article))  # fmt: skip
    return str(words)
