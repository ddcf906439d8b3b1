"""What the pages of the desk share: words for codes, and the handling of their two long forms."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app, render_template, request
from flask_babel import gettext as _

from app.core.clock import today
from app.core.db import unit_of_work
from app.core.errors import Conflict, Invalid
from app.core.permissions import Permission
from app.files.services import ACCEPT
from app.organisation.queries import bodies
from app.web.access import current_principal
from app.web.locale import language
from complaints.codes import PetitionKind, RefusalGround, RespondentLevel, label
from complaints.workflow.catalogue import state_label
from reception import queries
from reception.codes import CitedPoint, Reception, VisitOutcome
from reception.forms import MatterForm, PaperRow, PersonRow, VisitForm
from reception.log_book import people_line
from reception.models import SEALED_KINDS

ROWS_MAX = {"visitors": 50, "senders": 50, "papers": 40}
F = TypeVar("F", bound=MatterForm)


def words() -> dict[str, Any]:
    """Give the templates of the desk the words for stored codes, in the reader's language."""
    lang = language()
    return {
        "kind_words": lambda code: label(PetitionKind, code, lang),
        "outcome_words": lambda code: label(VisitOutcome, code, lang) if code else _("Đang tiếp"),
        "reception_words": lambda code: label(Reception, code, lang),
        "ground_words": lambda code: label(RefusalGround, code, lang),
        "level_words": lambda code: label(RespondentLevel, code, lang),
        "point_words": lambda code: label(CitedPoint, code, lang),
        "state_words": lambda code: state_label(code, lang),
        "people_line": people_line,
        "sealed_kinds": SEALED_KINDS,
    }


def offered(form: F, permission: Permission) -> F:
    """Fill the form's lists with the books that the person may write in and the bodies there are."""
    form.offer(queries.bodies_within(current_principal(), permission, today()), bodies(today()))
    return form


def act(form: MatterForm, do: Callable[[], Any]) -> Any:
    """Check the form and perform the act in one transaction; a refusal goes beside its field and returns None."""
    if not form.validate():
        return None
    try:
        with unit_of_work():
            return do()
    except (Invalid, Conflict) as refused:
        form.show(refused)
        return None


def asks_for_help(form: MatterForm) -> bool:
    """Add or remove a row, or look for earlier matters, when a button without JavaScript asks for it."""
    add, remove = request.form.get("add", ""), request.form.get("remove", "")
    for name in (form.people_field, "papers"):
        rows = form[name]
        if add == name and len(rows) < ROWS_MAX[name]:
            rows.append_entry()
        rows.entries = [row for row in rows.entries if row.name != remove]
    return bool(add or remove) or "find" in request.form


def form_page(template: str, form: MatterForm, **more: Any) -> str:
    """Return the page of a form of the desk, with what is known of the person typed first."""
    first = form.people[0] if form.people else None
    found = queries.NOTHING_EARLIER
    if request.method == "POST" and first is not None and not form.is_sealed:
        found = queries.earlier(
            current_principal(),
            identity_number=first.identity_number,
            phone=first.phone,
            name=first.full_name,
            unit_id=form.unit_id.data,
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
        **{"going_on": None, **more},
    )
