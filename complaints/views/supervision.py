"""Supervision: across the units overseen, what is late, by how much, whose, who was told, and the figures."""

import re
from datetime import date

import pygal
from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from pygal.style import Style

from app.core.clock import today
from app.core.permissions import Permission
from app.web.access import access, current_principal
from app.web.forms import record_id
from complaints.queries import pages, supervision, worklists
from complaints.views.words import words

blueprint = Blueprint("supervision", __name__, url_prefix="/supervision", template_folder="../templates")
_SCRIPT = re.compile(r"<script\b.*?(?:/>|</script>)", re.DOTALL)
_STYLE = Style(background="transparent", plot_background="transparent", colors=("#0f4c5c", "#f2b84b"),
               font_family="system-ui, sans-serif", label_font_size=14, legend_font_size=15)  # fmt: skip


def _period() -> tuple[date, date]:
    """Return the period of the address, by default this year up to today."""
    day = today()

    def read(name: str, default: date) -> date:
        try:
            text = request.args.get(name, "")
            if "/" in text:
                d, m, y = (int(part) for part in text.split("/"))
                return date(y, m, d)
            return date.fromisoformat(text)
        except ValueError:
            return default

    start, end = read("from", date(day.year, 1, 1)), read("to", day)
    return (start, end) if start <= end else (end, start)


@blueprint.get("/")
@access(Permission.SUPERVISION_VIEW)
def overview() -> ResponseReturnValue:
    """Show late work and the figures per unit and officer."""
    principal, (start, end) = current_principal(), _period()
    seen = worklists.reached(principal, Permission.SUPERVISION_VIEW)
    unit_id = request.args.get("unit", type=record_id)
    late = supervision.late_cases(seen, unit_id=unit_id, cursor=request.args.get("cursor"))
    petitions = supervision.late_petitions(seen, unit_id=unit_id)
    duties = supervision.late_duties(seen, unit_id=unit_id)
    return render_template(
        "complaints/supervision.html",
        late=late,
        late_petitions=petitions,
        told=supervision.last_escalations([case.id for case in late.items]),
        told_petitions=supervision.last_escalations([p.id for p in petitions.items], of="petition"),
        late_duties=duties,
        told_duties=supervision.last_escalations([duty.id for duty in duties], of="duty"),
        visits_seen=worklists.reached(principal, Permission.VISIT_VIEW).unit_ids,
        units=supervision.by_unit(seen, start, end),
        officers=supervision.by_officer(seen, start, end, unit_id=unit_id),
        months=supervision.decided_per_month(seen, start, end),
        start=start,
        end=end,
        unit_id=unit_id,
        overdue=pages.days_overdue,
        **words(),
    )


@blueprint.get("/on-time.svg")
@access(Permission.SUPERVISION_VIEW)
def chart() -> Response:
    """Draw decisions per month and how many were on time; the same figures stand in a table on the page."""
    start, end = _period()
    seen = worklists.reached(current_principal(), Permission.SUPERVISION_VIEW)
    months = supervision.decided_per_month(seen, start, end)
    drawing = pygal.Bar(style=_STYLE, height=300, width=900, js=[], disable_xml_declaration=False, show_legend=True,
                        legend_at_bottom=True, no_data_text=str(_("Chưa có quyết định nào")))  # fmt: skip
    drawing.x_labels = [first.strftime("%m/%Y") for first, _decided, _on_time in months]
    drawing.add(str(_("Đã quyết định")), [decided for _first, decided, _on_time in months])
    drawing.add(str(_("Đúng hạn")), [on_time for _first, _decided, on_time in months])
    # The drawing comes with a script for its tooltips, which our policy would refuse to run.
    picture = _SCRIPT.sub("", drawing.render(is_unicode=True))
    response = Response(picture, mimetype="image/svg+xml")
    # The picture carries its own style sheet; it stands alone in an <img>, where no script runs.
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    return response
