"""What a change of the calendar did: its days, how far due dates have been derived again, and those that moved."""

from typing import Any

from flask import Blueprint, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from app.core.calendar import DayKind
from app.core.db import db
from app.core.errors import NotFound
from app.core.paging import Page, keyset_page
from app.core.permissions import Permission
from app.organisation.calendar_file import KIND_WORDS
from app.organisation.models import CalendarChange
from app.web.access import access, current_principal
from app.web.locale import language
from complaints.access import visible_cases, visible_duties, visible_petitions
from complaints.models.cases import Case
from complaints.models.duties import Duty
from complaints.models.petitions import Petition
from complaints.models.recalculations import ClockMove, Recalculation
from complaints.queries.numbers import numbers_of
from complaints.services.clocks import rule_of

blueprint = Blueprint(
    "recalculations",
    __name__,
    url_prefix="/calendar/changes",
    template_folder="../templates",
    static_folder="../static",
)


@blueprint.get("/<int:change_id>")
@access(Permission.CALENDAR_VIEW)
def show(change_id: int) -> ResponseReturnValue:
    """Show a change of the calendar with its progress and the dates that moved, as far as the person may see them."""
    change = db.session.get(CalendarChange, change_id) if change_id < 2**31 else None
    if change is None:
        raise NotFound
    page = _moves(change_id)
    moves = [(move, _clock_name(move)) for move in page.items]
    return render_template(
        "complaints/recalculation.html", change=change, run=_run(change_id), page=page,
        numbers=numbers_of(move.shown for move in page.items),
        moves=moves, days=_days(change),
        sees_all=current_principal().may(Permission.CALENDAR_MANAGE),
    )  # fmt: skip


@blueprint.get("/<int:change_id>/progress.json")
@access(Permission.CALENDAR_VIEW)
def progress(change_id: int) -> ResponseReturnValue:
    """Return how far the recomputing has come."""
    run = _run(change_id) if change_id < 2**31 else None
    if run is None:
        raise NotFound
    return jsonify(done=run.done, total=run.total, moved=run.moved, finished=run.is_finished)


def _run(change_id: int) -> Recalculation | None:
    return db.session.scalars(select(Recalculation).where(Recalculation.change_id == change_id)).one_or_none()


def _clock_name(move: ClockMove) -> str:
    rule = rule_of(move.clock)
    return rule.name_en if language() == "en" else rule.name_vi


def _moves(change_id: int) -> Page[ClockMove]:
    principal = current_principal()
    statement = select(ClockMove).where(ClockMove.change_id == change_id).options(joinedload(ClockMove.clock))
    if not principal.may(Permission.CALENDAR_MANAGE):
        petitions = select(Petition.id).where(visible_petitions(principal))
        cases = select(Case.id).where(visible_cases(principal))
        duties = select(Duty.id).where(visible_duties(principal))
        seen = (
            ClockMove.petition_id.in_(petitions),
            ClockMove.case_id.in_(cases),
            ClockMove.duty_id.in_(duties),
        )
        statement = statement.where(or_(*seen))
    return keyset_page(statement, [ClockMove.id], cursor=request.args.get("cursor"))


def _days(change: CalendarChange) -> list[dict[str, Any]]:
    """Return the days of a change with the kinds in words; None for what is computed."""
    named = {kind.value: words for kind, words in KIND_WORDS.items() if kind in DayKind}
    return [
        {**line, "before": named.get(line["before"] or ""), "after": named.get(line["after"] or "")}
        for line in change.days
    ]
