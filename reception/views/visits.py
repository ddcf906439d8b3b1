"""Pages of one visit: what it is, what can be done now and why not, its history, and going on with it."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core.clock import today
from app.core.db import db, unit_of_work
from app.core.errors import Conflict, Invalid, NotFound
from app.core.permissions import Permission
from app.web.access import access, current_principal
from app.web.locale import language
from complaints.codes import RefusalGround, label
from complaints.codes_protection import HarmMeasure
from complaints.forms import step_form
from complaints.views.plain_step import plain_step
from complaints.views.words import said
from complaints.workflow.base import Transition
from reception import queries
from reception.access import visit_for
from reception.codes import CitedPoint
from reception.forms import VisitForm
from reception.log_book import log_row
from reception.models import Visit, VisitEntry
from reception.services import moving
from reception.services import visits as services
from reception.views.shared import asks_for_help, form_page, offered, words
from reception.workflow.visit import POINTS, RETURNABLE, WORKFLOW

blueprint = Blueprint("visits", __name__, url_prefix="/desk", template_folder="../templates")
blueprint.context_processor(words)
_BY_ACTION = {step.action: step for step in WORKFLOW.transitions}


@blueprint.get("/visits/<int:visit_id>")
@access(Permission.VISIT_VIEW)
def show(visit_id: int) -> ResponseReturnValue:
    """Show one visit."""
    return _show(visit_for(current_principal(), visit_id))


@blueprint.post("/visits/<int:visit_id>/numbers")
@access(Permission.VISIT_VIEW)
def numbers(visit_id: int) -> ResponseReturnValue:
    """Show the visitors' identity and telephone numbers whole, once, and keep who looked (R03)."""
    found = visit_for(current_principal(), visit_id)
    with unit_of_work():
        services.show_numbers(found, actor=current_principal())
    return _show(found, numbers=True)


def _show(found: Visit, *, numbers: bool = False) -> str:
    principal = current_principal()
    documents = queries.documents_of([found.petition_id]).get(found.petition_id or 0, [])
    records = principal.reach(Permission.VISIT_RECORD).covers(
        path=found.unit.path, body_id=found.unit.body_id
    )
    return render_template(
        "desk/visit.html",
        visit=found,
        numbers=numbers,
        row=log_row(found, documents, lang=language()),
        same_matter=queries.visits_of_matter(principal, found),
        refusal=queries.refusal_due(found),
        steps=moving.page_steps(found, principal),
        goes_on=records and found.state in RETURNABLE,
        entries=[(line, _act_words(line), _entry_words(line, found)) for line in reversed(found.entries)],
        escalations=queries.escalations_of(found),
        said=said,
        visit_state=said(WORKFLOW.states[found.state]),
    )


@blueprint.get("/duties/<int:duty_id>")
@access(Permission.VISIT_VIEW)
def duty(duty_id: int) -> ResponseReturnValue:
    """Lead from what a body owes to the visit that it is about: alerts and digests know only the duty."""
    visit = queries.visit_of_duty(current_principal(), duty_id)
    if visit is None:
        raise NotFound
    return redirect(url_for("visits.show", visit_id=visit.id))


@blueprint.route("/visits/<int:visit_id>/do/<action>", methods=["GET", "POST"])
@access(Permission.VISIT_VIEW)
def step(visit_id: int, action: str) -> ResponseReturnValue:
    """Show the form of a step that the page offers, or take it."""
    visit, principal = visit_for(current_principal(), visit_id), current_principal()
    transition = _BY_ACTION.get(action)
    if (
        transition is None
        or action not in moving.ON_THE_PAGE
        or not moving.may_move(principal, transition, visit)
    ):
        raise NotFound
    if transition not in WORKFLOW.leaving(visit.state):
        flash(_("Bước này không còn thực hiện được ở trạng thái hiện tại của lượt tiếp."), "danger")
        return redirect(url_for("visits.show", visit_id=visit.id))
    return plain_step(
        visit, transition, step_form(transition, values=_proposed(visit, transition)),
        facts=lambda: moving.facts_of_visit(visit),
        take=lambda data, version: moving.move_visit(visit, action, actor=principal, data=data, version=version),
        lead=f"{visit.number} · {visit.summary[:90]}", back=url_for("visits.show", visit_id=visit.id),
    )  # fmt: skip


@blueprint.route("/visits/<int:visit_id>/continue", methods=["GET", "POST"])
@access(Permission.VISIT_RECORD)
def go_on(visit_id: int) -> ResponseReturnValue:
    """Go on with a visit that waited, on the form of the desk, with what is known filled in."""
    visit = visit_for(current_principal(), visit_id, Permission.VISIT_RECORD)
    if visit.state not in RETURNABLE:
        flash(_("Lượt tiếp này không chờ tiếp tục."), "info")
        return redirect(url_for("visits.show", visit_id=visit.id))
    if request.method == "GET":
        form = offered(_known(visit), Permission.VISIT_RECORD)
        form.version.data = str(visit.version)
        return form_page("desk/visit_form.html", form, going_on=visit)
    form = offered(VisitForm(), Permission.VISIT_RECORD)
    if asks_for_help(form):
        return form_page("desk/visit_form.html", form, going_on=visit)
    if form.validate():
        try:
            with unit_of_work():
                services.continue_visit(
                    visit, form.entry(), actor=current_principal(), version=form.version_number
                )
            return redirect(url_for("desk.visit_done", visit_id=visit_id))
        except (Invalid, Conflict) as refused:
            form.show(refused)
            db.session.refresh(visit)
    return form_page("desk/visit_form.html", form, going_on=visit), 422


def _known(visit: Visit) -> VisitForm:
    """Return the form of the desk with what the visit already says; who came is typed again where it is sealed."""
    people = [] if visit.is_sealed else visit.visitors
    rows = [
        {"full_name": who.party.full_name, "identity_number": who.party.identity_number, "phone": who.party.phone,
         "address": who.party.address, "is_representative": who.is_representative}
        for who in people
    ]  # fmt: skip
    kept = ("people_count", "papers_not_shown", "kind", "summary", "request", "respondent", "respondent_level",
            "respondent_unit_id", "earlier_body", "reception", "note")  # fmt: skip
    values: dict[str, Any] = {name: getattr(visit, name) for name in kept}
    form = VisitForm(
        formdata=None, data={**values, "visitors": rows or [{}]}, received_on=today(), unit_id=visit.unit_id
    )
    form.papers.append_entry()
    return form


def _proposed(visit: Visit, transition: Transition) -> dict[str, Any]:
    """Return what a step's form starts with: what was prepared, and the point that the law itself names."""
    point = next(iter(sorted(POINTS.get(visit.refusal_ground or "", ()), reverse=True)), "")
    known = {"directed_to": visit.directed_to, "point": point}
    return {field.name: known[field.name] for field in transition.fields if known.get(field.name)}


def _act_words(line: VisitEntry) -> str:
    transition = _BY_ACTION.get(line.act)
    return said(transition) if transition is not None else _("Ghi vào sổ")


def _entry_words(line: VisitEntry, visit: Visit) -> str:
    """Return what a line of the history says, as words; what was written before the seal may name the denouncer."""
    lang, data = language(), line.data
    seal = visit.sealed_identity or (visit.petition.sealed_identity if visit.petition is not None else None)
    if seal is not None and line.at < seal.created_at and (data.get("words") or data.get("told")):
        return _("Nội dung ghi trước khi niêm phong danh tính: không hiện ở đây.")
    parts = [
        label(RefusalGround, data["ground"], lang) if data.get("ground") else "",
        label(CitedPoint, data["point"], lang) if data.get("point") else "",
        _("số %(number)s", number=data["document_no"]) if data.get("document_no") else "",
        data.get("directed_to") or "",
        _("%(n)s nội dung", n=data["contents"]) if data.get("contents") else "",
        _("%(n)s người đại diện", n=data["representatives"]) if data.get("representatives") else "",
        ", ".join(label(HarmMeasure, code, lang) for code in data.get("measures", ())),
        data.get("told") or "",
        data.get("words") or "",
    ]
    return " · ".join(part for part in parts if part)
