"""How days, instants and numbers are shown: dd/mm/yyyy, in Hanoi, in words."""

from datetime import date, datetime

from flask import Flask
from markupsafe import Markup, escape

from app.core.clock import HANOI, today
from app.core.text import masked
from app.web.locale import gettext as _
from app.web.locale import ngettext
from app.web.told import told


def day(value: date | None) -> str:
    """Return a day as dd/mm/yyyy, or a dash."""
    return f"{value.day:02}/{value.month:02}/{value.year}" if value else "–"


def instant(value: datetime | None) -> str:
    """Return an instant as dd/mm/yyyy hh:mm in Hanoi, or a dash."""
    return value.astimezone(HANOI).strftime("%d/%m/%Y %H:%M") if value else "–"


def time_left(due_on: date | None) -> str:
    """Return how long it is until a day, in calendar days and words: 'còn 3 ngày', 'hôm nay', 'quá hạn 2 ngày'."""
    if due_on is None or due_on.year == 9999:
        return ""
    days = (due_on - today()).days
    if days == 0:
        return _("hôm nay là hạn cuối")
    if days > 0:
        return ngettext("còn %(num)s ngày", "còn %(num)s ngày", days)
    return ngettext("quá hạn %(num)s ngày", "quá hạn %(num)s ngày", -days)


def urgency(due_on: date | None) -> str:
    """Return how pressing a day is: 'late', 'today', 'soon' (within five days), 'fine', or '' without a day."""
    if due_on is None or due_on.year == 9999:
        return ""
    days = (due_on - today()).days
    return "late" if days < 0 else "today" if days == 0 else "soon" if days <= 5 else "fine"


def number(value: float | int | None) -> str:
    """Return a number as Vietnamese writes it: 1.234.567,5."""
    if value is None:
        return "–"
    text = f"{value:,.1f}" if isinstance(value, float) else f"{value:,}"
    return text.replace(",", " ").replace(".", ",").replace(" ", ".")


def paragraphs(text: str | None) -> Markup:
    """Return text with its line breaks, everything else escaped."""
    return Markup("<br>").join(escape(line) for line in (text or "").split("\n"))


def init_app(app: Flask) -> None:
    """Give templates these filters."""
    for function in (day, instant, time_left, urgency, number, paragraphs, told, masked):
        app.add_template_filter(function)
