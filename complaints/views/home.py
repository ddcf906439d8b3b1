"""The first page of everybody: what needs me now."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.core.permissions import Permission
from app.web.access import access, current_principal
from complaints.queries import worklists
from complaints.queries.worklists import WorkFilter
from complaints.views.words import words

blueprint = Blueprint("home", __name__, template_folder="../templates")
SHOWN = 8


@blueprint.get("/")
@access(Permission.HOME_VIEW)
def today() -> ResponseReturnValue:
    """Show what is due first on my desk, and the ways on."""
    principal = current_principal()
    petitions = cases = petition_counts = case_counts = None
    if principal.may(Permission.PETITION_VIEW):
        seen = worklists.reached(principal, Permission.PETITION_VIEW)
        petitions = worklists.inbox(WorkFilter(), seen).items[:SHOWN]
        petition_counts = worklists.petition_counts(seen)
    if principal.may(Permission.CASE_VIEW):
        seen = worklists.reached(principal, Permission.CASE_VIEW)
        cases = worklists.worklist(WorkFilter(), seen).items[:SHOWN]
        case_counts = worklists.case_counts(seen)
    if petitions is None and cases is None and principal.may(Permission.ORGANISATION_MANAGE):
        return redirect(url_for("organisation.units"))
    return render_template(
        "complaints/home.html", petitions=petitions, cases=cases, petition_counts=petition_counts,
        case_counts=case_counts, **words(),
    )  # fmt: skip
