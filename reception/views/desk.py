"""Pages of the desk: home, a visit, a letter, the receipt, the log book."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core.clock import today
from app.core.db import unit_of_work
from app.core.errors import Conflict, Invalid
from app.core.permissions import Permission
from app.files.services import ACCEPT
from app.organisation.queries import bodies
from app.web.access import access, current_principal
from app.web.locale import language
from complaints.access import petition_for
from complaints.codes import PetitionKind, RefusalGround, RespondentLevel, label
from complaints.workflow.catalogue import state_label
from reception import queries
from reception.access import visit_for
from reception.codes import Reception, VisitOutcome
from reception.forms import LetterForm, MatterForm, PaperRow, PersonRow, RefusalForm, VisitForm
from reception.log_book import log_row, people_line
from reception.log_filter import LogBookForm, month_links
from reception.models import SEALED_KINDS, Visit
from reception.receipt import receipt_pdf
from reception.services import visits as services

blueprint = Blueprint(
    "desk", __name__, url_prefix="/desk", template_folder="../templates", static_folder="../static"
)
ROWS_MAX = {"visitors": 50, "senders": 50, "papers": 40}
F = TypeVar("F", bound=MatterForm)


@blueprint.context_processor
def words() -> dict[str, Any]:
    """Give the desk's templates the words for stored codes, in the reader's language."""
    lang = language()
    return {
        "kind_words": lambda code: label(PetitionKind, code, lang),
        "outcome_words": lambda code: label(VisitOutcome, code, lang),
        "reception_words": lambda code: label(Reception, code, lang),
        "ground_words": lambda code: label(RefusalGround, code, lang),
        "level_words": lambda code: label(RespondentLevel, code, lang),
        "state_words": lambda code: state_label(code, lang),
        "people_line": people_line,
        "sealed_kinds": SEALED_KINDS,
    }


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
        refusals=[(v, queries.refusal_due(v)) for v in queries.pending_refusals(principal)],
        petitions=queries.registered_by(principal),
    )


@blueprint.get("/visits/new")
@access(Permission.VISIT_RECORD)
def new_visit() -> ResponseReturnValue:
    """Show an empty visit."""
    form = _offered(VisitForm(formdata=None, received_on=today()), Permission.VISIT_RECORD)
    form.papers.append_entry()
    return _visit_page(form)


@blueprint.post("/visits/new")
@access(Permission.VISIT_RECORD)
def record_visit() -> ResponseReturnValue:
    """Write the visit, or help to fill the form where the browser has no JavaScript."""
    form = _offered(VisitForm(), Permission.VISIT_RECORD)
    if _asks_for_help(form):
        return _visit_page(form)
    before = services.visit_of_submission(form.key) if form.key else None
    visit = _act(form, lambda: services.record_visit(form.entry(), actor=current_principal()))
    if visit is None:
        return _visit_page(form), 422
    if before is not None:
        flash(_("Lượt này đã được ghi trước đó, không ghi lại lần nữa."), "info")
    return redirect(url_for("desk.visit_done", visit_id=visit.id))


@blueprint.post("/earlier")
@access(Permission.PETITION_REGISTER)
def earlier() -> ResponseReturnValue:
    """Return a fragment with what is known of the person being typed. A POST: names stand in no address, no log."""
    typed = {name: request.form.get(name, "")[:300] for name in ("identity_number", "phone", "name")}
    found = queries.earlier(current_principal(), **typed)
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


@blueprint.get("/visits/<int:visit_id>")
@access(Permission.VISIT_VIEW)
def visit(visit_id: int) -> ResponseReturnValue:
    """Show one visit."""
    return _show_visit(
        visit_for(current_principal(), visit_id), RefusalForm(formdata=None, signed_on=today())
    )


@blueprint.post("/visits/<int:visit_id>/refusal")
@access(Permission.PETITION_DECIDE)
def sign_refusal(visit_id: int) -> ResponseReturnValue:
    """Note the written refusal that the head has signed."""
    found, form = visit_for(current_principal(), visit_id, Permission.PETITION_DECIDE), RefusalForm()
    number, day = form.document_no.data or "", form.signed_on.data or today()
    if form.validate():
        try:
            with unit_of_work():
                services.sign_refusal(found, document_no=number, on=day, actor=current_principal())
            return redirect(url_for("desk.visit", visit_id=found.id))
        except (Invalid, Conflict) as refused:
            form.show(refused)
    return _show_visit(found, form), 422


@blueprint.get("/letters/new")
@access(Permission.PETITION_REGISTER)
def new_letter() -> ResponseReturnValue:
    """Show an empty letter."""
    form = _offered(LetterForm(formdata=None, received_on=today()), Permission.PETITION_REGISTER)
    form.papers.append_entry()
    return _letter_page(form)


@blueprint.post("/letters/new")
@access(Permission.PETITION_REGISTER)
def register_letter() -> ResponseReturnValue:
    """Register the letter, or help to fill the form where the browser has no JavaScript."""
    form = _offered(LetterForm(), Permission.PETITION_REGISTER)
    if _asks_for_help(form):
        return _letter_page(form)
    before = services.petition_of_submission(form.key) if form.key else None
    petition = _act(form, lambda: services.register_letter(form.entry(), actor=current_principal()))
    if petition is None:
        return _letter_page(form), 422
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
    visit = queries.visit_of_petition(petition)
    with unit_of_work():
        givers = services.give_receipt(petition, visit, actor=principal)
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


def _show_visit(found: Visit, form: RefusalForm) -> str:
    principal = current_principal()
    documents = queries.documents_of([found.petition_id]).get(found.petition_id or 0, [])
    decides = principal.reach(Permission.PETITION_DECIDE).covers(
        path=found.unit.path, body_id=found.unit.body_id
    )
    return render_template(
        "desk/visit.html",
        visit=found,
        row=log_row(found, documents, lang=language()),
        same_matter=queries.visits_of_matter(principal, found),
        refusal=queries.refusal_due(found),
        form=form if decides else None,
    )


def _offered(form: F, permission: Permission) -> F:
    """Fill the form's lists with the books that the person may write in and the bodies there are."""
    form.offer(queries.bodies_within(current_principal(), permission, today()), bodies(today()))
    return form


def _act(form: MatterForm, act: Callable[[], Any]) -> Any:
    """Check the form and perform the act in one transaction; a refusal goes beside its field and returns None."""
    if not form.validate():
        return None
    try:
        with unit_of_work():
            return act()
    except (Invalid, Conflict) as refused:
        form.show(refused)
        return None


def _asks_for_help(form: MatterForm) -> bool:
    """Add or remove a row, or look for earlier matters, when a button without JavaScript asks for it."""
    add, remove = request.form.get("add", ""), request.form.get("remove", "")
    for name in (form.people_field, "papers"):
        rows = form[name]
        if add == name and len(rows) < ROWS_MAX[name]:
            rows.append_entry()
        rows.entries = [row for row in rows.entries if row.name != remove]
    return bool(add or remove) or "find" in request.form


def _visit_page(form: VisitForm) -> str:
    return _form_page("desk/visit_form.html", form)


def _letter_page(form: LetterForm) -> str:
    return _form_page("desk/letter_form.html", form)


def _form_page(template: str, form: MatterForm) -> str:
    first = form.people[0] if form.people else None
    found = queries.NOTHING_EARLIER
    if request.method == "POST" and first is not None and not form.is_sealed:
        found = queries.earlier(
            current_principal(),
            identity_number=first.identity_number,
            phone=first.phone,
            name=first.full_name,
        )
    return render_template(
        template,
        form=form,
        earlier=found,
        choosing=isinstance(form, VisitForm),
        chosen=form.same_matter_id.data if isinstance(form, VisitForm) else None,
        blank_person=PersonRow(prefix=f"{form.people_field}-__n__-"),
        blank_paper=PaperRow(prefix="papers-__n__-"),
        max_bytes=current_app.config["MAX_FILE_BYTES"],
        accept=ACCEPT,
    )
