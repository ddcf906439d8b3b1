"""Pages of online sessions: the list, a new one, one session with its allowed steps and deadlines."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app.core.clock import today
from app.core.db import unit_of_work
from app.core.errors import DomainError, NotFound
from app.core.paging import keyset_page
from app.core.permissions import Permission
from app.web.access import access, current_principal
from app.web.locale import language
from complaints.codes import PetitionKind, label
from complaints.forms import step_form
from complaints.views.plain_step import plain_step
from complaints.views.words import said
from reception import queries
from reception.access import session_for, visible_sessions
from reception.codes import OnlineGround
from reception.forms import OnlineSessionForm
from reception.models import OnlineSession
from reception.services import online as services
from reception.workflow.online import WORKFLOW

blueprint = Blueprint("online", __name__, url_prefix="/online", template_folder="../templates")


@blueprint.context_processor
def words() -> dict[str, Any]:
    """Give the templates the words for stored codes, in the reader's language."""
    lang = language()
    steps = {step.action: step for step in WORKFLOW.transitions}

    def act_words(action: str) -> str:
        step = steps.get(action)
        return said(step) if step else _("Đề xuất tiếp trực tuyến")

    return {
        "kind_words": lambda code: label(PetitionKind, code, lang),
        "ground_words": lambda code: label(OnlineGround, code, lang),
        "state_words": lambda code: said(WORKFLOW.states[code]),
        "act_words": act_words,
        "said": said,
    }


@blueprint.get("")
@access(Permission.VISIT_VIEW)
def index() -> ResponseReturnValue:
    """List online sessions, the newest first."""
    statement = select(OnlineSession).where(visible_sessions(current_principal()))
    page = keyset_page(statement, [OnlineSession.id], cursor=request.args.get("cursor"), descending=True)
    return render_template("online/index.html", page=page)


@blueprint.route("/new", methods=["GET", "POST"])
@access(Permission.VISIT_RECORD)
def new() -> ResponseReturnValue:
    """Propose a session."""
    form = OnlineSessionForm()
    form.offer(queries.bodies_within(current_principal(), Permission.VISIT_RECORD, today()))
    if form.validate_on_submit():
        try:
            with unit_of_work():
                session = services.propose_session(form.entry(), actor=current_principal())
                number = session.id
            flash(_("Đã trình người đứng đầu quyết định."), "success")
            return redirect(url_for("online.show", session_id=number))
        except DomainError as error:
            form.show(error)
    return render_template("online/new.html", form=form), 422 if request.method == "POST" else 200


@blueprint.get("/<int:session_id>")
@access(Permission.VISIT_VIEW)
def show(session_id: int) -> ResponseReturnValue:
    """Show one session: what it is, its deadlines, what can be done now and why not."""
    session, principal = session_for(current_principal(), session_id), current_principal()
    facts = services.facts_of_session(session)
    steps = [
        (step, refusal)
        for step, refusal in WORKFLOW.available(session.state, facts)
        if services.may_move(principal, step, session)
    ]
    return render_template("online/show.html", session=session, steps=steps, facts=facts)


@blueprint.route("/<int:session_id>/do/<action>", methods=["GET", "POST"])
@access(Permission.VISIT_VIEW)
def step(session_id: int, action: str) -> ResponseReturnValue:
    """Show the form of a step, or take it."""
    session, principal = session_for(current_principal(), session_id), current_principal()
    transition = next((s for s in WORKFLOW.transitions if s.action == action), None)
    if transition is None or not services.may_move(principal, transition, session):
        raise NotFound
    if transition not in WORKFLOW.leaving(session.state):
        flash(_("Bước này không còn thực hiện được ở trạng thái hiện tại của buổi tiếp."), "danger")
        return redirect(url_for("online.show", session_id=session.id))
    return plain_step(
        session, transition, step_form(transition),
        facts=lambda: services.facts_of_session(session),
        take=lambda data, version: services.move_session(session, action, actor=principal, data=data, version=version),
        lead=session.summary[:90], back=url_for("online.show", session_id=session.id),
    )  # fmt: skip
