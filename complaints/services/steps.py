"""One step of a table, asked for with what was typed: found, read and checked against its guards, for every mover."""

from collections.abc import Mapping
from typing import Any

from app.core.errors import Conflict, Invalid, NotAllowed
from complaints.workflow.base import Beside, Facts, GuardRefused, NotInWorkflow, Transition, Workflow
from complaints.workflow.fields import FieldError, clean


def checked_step(
    workflow: Workflow, state: str, action: str, facts: Facts, data: Mapping[str, Any], *, gone: str
) -> tuple[Transition, dict[str, Any]]:
    """Return the transition that the table and its guards allow, with the typed data.

    Raises Conflict when the state has no such step (with the words `gone`), Invalid beside the field for what cannot be
    read or for what a guard says of one field, NotAllowed with any other reason of a guard. Nothing is written.
    """
    known = [step for step in workflow.leaving(state) if step.action == action]
    if not known:
        raise Conflict(gone)
    try:
        typed = clean(known[0].fields, data)
        return workflow.find(state, action, facts, typed), typed
    except FieldError as error:
        raise Invalid(error.reason_vi, field=error.field) from None
    except GuardRefused as error:
        if isinstance(error.reason_vi, Beside):
            raise Invalid(str(error.reason_vi), field=error.reason_vi.field) from None
        raise NotAllowed(error.reason_vi, code="guard") from None
    except NotInWorkflow as error:
        raise Conflict(error.reason_vi) from None
