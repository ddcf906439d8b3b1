"""How a date came about: every clock unfolds into sentences a citizen could follow."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app.core.db import db
from app.core.errors import NotFound
from app.core.permissions import Permission
from app.web.access import access, current_principal
from app.web.locale import language
from complaints.access import case_for, duty_for, may_act, petition_for
from complaints.ladder import CONFIDENTIAL
from complaints.models.clocks import Clock
from complaints.services.clocks import reading_of, rule_of
from complaints.services.rule_layers import source_of

blueprint = Blueprint("clocks", __name__, url_prefix="/clocks", template_folder="../templates")


@blueprint.get("/<int:clock_id>")
@access(Permission.HOME_VIEW)
def explain(clock_id: int) -> ResponseReturnValue:
    """Explain one due date to whoever may see what it runs on; a fragment when asked for one."""
    clock = db.session.get(Clock, clock_id)
    if clock is None:
        raise NotFound
    if clock.case_id is not None:
        case = case_for(current_principal(), clock.case_id)
        if clock.code in CONFIDENTIAL and not may_act(current_principal(), Permission.PROTECTION_VIEW, case):
            raise NotFound
    elif clock.duty_id is not None:
        duty_for(current_principal(), clock.duty_id)
    else:
        petition_for(current_principal(), clock.petition_id or 0)
    template = "_clock_steps.html" if request.headers.get("X-Fragment") else "clock.html"
    rule = rule_of(clock)
    return render_template(
        f"complaints/{template}",
        clock=clock,
        rule=rule,
        reading=reading_of(clock, lang=language()),
        source=source_of(clock.rule_version),
    )
