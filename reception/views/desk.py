"""Pages of the desk: home, a visit, a letter, the receipt, the log book."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core.clock import today
from app.core.db import unit_of_work
from app.core.permissions import Permission
from app.organisation.signin.fresh import confirm_first
from app.web.access import access, current_principal
from app.web.forms import record_id
from app.web.locale import language
from complaints.access import petition_for
from reception import queries
from reception.access import visit_for
from reception.forms import LetterForm, VisitForm
from reception.log_book import log_row
from reception.log_filter import LogBookForm, month_links
from reception.receipt import receipt_pdf
from reception.services import visits as services
from reception.views.shared import act, asks_for_help, form_page, offered, words

blueprint = Blueprint(
    "desk", __name__, url_prefix="/desk", template_folder="../templates", static_folder="../static"
)


blueprint.context_processor(words)


@blueprint.get("")
@access(Permission.VISIT_RECORD)
def home() -> ResponseReturnValue:
    """Show today at the desk: who came, what still waits for its receipt, what I registered last."""
    principal, day = current_principal(), today()
    return render_template(
        "desk/home.html",
        day=day,
        visits=queries.visits_of_day(principal, day),
        waiting=queries.waiting_receipts(principal, day),
        pending=[(v, queries.refusal_due(v)) for v in queries.waiting_visits(principal, day)],
        petitions=queries.registered_by(principal),
    )


@blueprint.get("/visits/new")
@access(Permission.VISIT_RECORD)
def new_visit() -> ResponseReturnValue:
    """Show an empty visit."""
    form = offered(VisitForm(formdata=None, received_on=today()), Permission.VISIT_RECORD)
    form.papers.append_entry()
    return form_page("desk/visit_form.html", form)


@blueprint.post("/visits/new")
@access(Permission.VISIT_RECORD)
def record_visit() -> ResponseReturnValue:
    """Write the visit, or help to fill the form where the browser has no JavaScript."""
    form = offered(VisitForm(), Permission.VISIT_RECORD)
    if asks_for_help(form):
        return form_page("desk/visit_form.html", form)
    before = services.visit_of_submission(form.key) if form.key else None
    visit = act(form, lambda: services.record_visit(form.entry(), actor=current_principal()))
    if visit is None:
        return form_page("desk/visit_form.html", form), 422
    if before is not None:
        flash(_("Lượt này đã được ghi trước đó, không ghi lại lần nữa."), "info")
    return redirect(url_for("desk.visit_done", visit_id=visit.id))


@blueprint.post("/earlier")
@access(Permission.PETITION_REGISTER)
def earlier() -> ResponseReturnValue:
    """Return a fragment with what is known of the person being typed. A POST: names stand in no address, no log."""
    typed = {name: request.form.get(name, "")[:300] for name in ("identity_number", "phone", "name")}
    unit_id = request.form.get("unit_id", type=record_id)
    found = queries.earlier(current_principal(), **typed, unit_id=unit_id)
    return render_template("desk/_earlier.html", earlier=found, choosing=request.form.get("choosing") == "1")


@blueprint.get("/visits/<int:visit_id>/done")
@access(Permission.VISIT_RECORD)
def visit_done(visit_id: int) -> ResponseReturnValue:
    """Show what was written, with the tracking code, the receipt, and the way to the next person."""
    visit = visit_for(current_principal(), visit_id, Permission.VISIT_RECORD)
    reply = queries.reply_due(visit.petition) if visit.petition is not None else None
    refusal = queries.refusal_due(visit)
    return render_template(
        "desk/done.html", visit=visit, petition=visit.petition, reply=reply, refusal=refusal
    )


@blueprint.get("/letters/new")
@access(Permission.PETITION_REGISTER)
def new_letter() -> ResponseReturnValue:
    """Show an empty letter."""
    form = offered(LetterForm(formdata=None, received_on=today()), Permission.PETITION_REGISTER)
    form.papers.append_entry()
    return form_page("desk/letter_form.html", form)


@blueprint.post("/letters/new")
@access(Permission.PETITION_REGISTER)
def register_letter() -> ResponseReturnValue:
    """Register the letter, or help to fill the form where the browser has no JavaScript."""
    form = offered(LetterForm(), Permission.PETITION_REGISTER)
    if asks_for_help(form):
        return form_page("desk/letter_form.html", form)
    before = services.petition_of_submission(form.key) if form.key else None
    petition = act(form, lambda: services.register_letter(form.entry(), actor=current_principal()))
    if petition is None:
        return form_page("desk/letter_form.html", form), 422
    if before is not None:
        flash(_("Đơn này đã được ghi trước đó, không ghi lại lần nữa."), "info")
    return redirect(url_for("desk.letter_done", petition_id=petition.id))


@blueprint.get("/letters/<int:petition_id>/done")
@access(Permission.PETITION_REGISTER)
def letter_done(petition_id: int) -> ResponseReturnValue:
    """Show the registered letter, with its tracking code and the way to the next one."""
    petition = petition_for(current_principal(), petition_id, Permission.PETITION_REGISTER)
    return render_template("desk/done.html", visit=None, petition=petition, reply=None, refusal=None)


@blueprint.get("/petitions/<int:petition_id>/receipt.pdf")
@access(Permission.PETITION_REGISTER)
def receipt(petition_id: int) -> ResponseReturnValue:
    """Return the receipt (Mẫu 02/TCD) for printing and note that it was given."""
    principal = current_principal()
    petition = petition_for(principal, petition_id, Permission.PETITION_REGISTER)
    opens = services.receipt_opens(petition, actor=principal)
    if opens and (confirming := confirm_first()) is not None:
        return confirming
    visit = queries.visit_of_petition(petition)
    with unit_of_work():
        opening = services.give_receipt(petition, visit, actor=principal)
    with unit_of_work():
        givers = services.givers(petition, opening)
    return receipt_pdf(petition, givers)


@blueprint.get("/log-book")
@access(Permission.VISIT_VIEW)
def log_book() -> ResponseReturnValue:
    """Show the log book by body and month; the filters live in the address."""
    principal = current_principal()
    form = LogBookForm(request.args, meta={"csrf": False})
    form.offer(queries.bodies_within(principal, Permission.VISIT_VIEW, today()))
    wanted = form.wanted(request.args.get("cursor"))
    found = queries.log_book(principal, wanted)
    rows = [
        log_row(v, found.documents.get(v.petition_id or 0, []), lang=language()) for v in found.page.items
    ]
    return render_template(
        "desk/log_book.html", form=form, wanted=wanted, rows=rows, page=found.page, months=month_links(wanted)
    )
