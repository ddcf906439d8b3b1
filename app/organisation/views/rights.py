"""What one person may do today, how far, and why: for administrators, from the very objects that every request asks."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.core.clock import today
from app.core.permissions import Permission
from app.organisation.access import person_for
from app.organisation.queries import principal_for
from app.organisation.rights import rights_of
from app.organisation.roles import CLOSED_MEANS
from app.web.access import access, current_principal
from app.web.locale import language

blueprint = Blueprint("rights", __name__, url_prefix="/admin", template_folder="../templates")


@blueprint.get("/people/<int:person_id>/rights")
@access(Permission.ORGANISATION_MANAGE)
def show(person_id: int) -> ResponseReturnValue:
    """Show what a person may do today, by what each right comes from."""
    row = person_for(current_principal(), person_id)
    principal = principal_for(row.id, today())
    return render_template(
        "organisation/rights.html",
        person=row,
        groups=rights_of(principal, language()) if principal is not None else [],
        closed=CLOSED_MEANS.speak(language()),
        today=today(),
    )
