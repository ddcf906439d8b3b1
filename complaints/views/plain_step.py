"""The page of a step that nobody prepares for another: a visit, an online session, a measure of protection."""

from collections.abc import Callable
from typing import Any, Protocol

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core.db import db, unit_of_work
from app.core.errors import DomainError, NotFound
from app.web.forms import AppForm
from complaints.forms import step_data
from complaints.views.words import said
from complaints.workflow.base import Facts, Transition


class Moved(Protocol):
    """What a table moves, guarded against stale forms."""

    @property
    def version(self) -> int:
        """Return how often it was changed."""


def plain_step(
    row: Moved, transition: Transition, form: AppForm, *, facts: Callable[[], Facts],
    take: Callable[[dict[str, Any], int | None], object], lead: str, back: str,
) -> ResponseReturnValue:  # fmt: skip
    """Show the form of a step, or take it and go `back`; a refusal keeps what was typed.

    `facts` say why it cannot be taken now, when the form is first shown; `take` gets what was typed and the version
    that the form was made from; `lead` stands under the title.
    """
    if request.method == "GET":
        form.version.data = str(row.version)
    elif form.validate():
        try:
            with unit_of_work():
                take(step_data(form, transition), form.version_number)
            flash(_("Đã thực hiện: %(a)s.", a=said(transition)), "success")
            return redirect(back)
        except NotFound:
            raise
        except DomainError as error:
            form.show(error)
            db.session.refresh(row)
            # Whoever has read that it changed, and sends once more, means it as it stands now.
            form.version.data = str(row.version)
    refusal = transition.refusal(facts(), {}) if request.method == "GET" else None
    page = render_template(
        "complaints/plain_step.html", transition=transition, form=form, refusal=refusal, said=said, lead=lead, back=back
    )  # fmt: skip
    return page, 422 if request.method == "POST" else 200
