"""Which step records what: one table a kind, and what holds for every step."""

from collections.abc import Mapping
from datetime import date

from app.core.db import db
from app.core.errors import Invalid
from app.core.permissions import Principal
from complaints.models.petitions import Petition
from complaints.services.consequences import complaints, continued, dates, denunciations, petitions, proposals
from complaints.services.consequences.shared import CaseConsequence, PetitionConsequence, Subject, Typed
from complaints.workflow.base import Transition
from complaints.workflow.results import PART_OF

OF_CASE: Mapping[str, Mapping[str, CaseConsequence]] = {
    "complaint": complaints.CONSEQUENCES,
    "denunciation": {**denunciations.CONSEQUENCES, **continued.OF_CASE},
    "proposal": proposals.CONSEQUENCES,
    "admin_feedback": proposals.FEEDBACK,
}


OF_PETITION: Mapping[str, PetitionConsequence] = {**petitions.CONSEQUENCES, **continued.OF_PETITION}


def check(typed: Typed) -> None:
    """Check what a table cannot say: the parts and wholes of the statutory forms. Raises Invalid with the field."""
    for part, whole in PART_OF:
        if (typed.get(part) or 0) > (typed.get(whole) or 0):
            raise Invalid("Số cán bộ, công chức không thể lớn hơn tổng số người.", field=part)


def follow(subject: Subject, transition: Transition, typed: Typed, on: date, actor: Principal | None) -> None:
    """Record what follows from a step that has just been taken, in the same transaction (no actor: by the system)."""
    if isinstance(subject, Petition):
        consequence = OF_PETITION.get(transition.action)
        if consequence is not None and actor is not None:
            consequence(subject, typed, on, actor)
        if not subject.is_open and subject.processed_on is None:
            subject.processed_on, subject.outcome = on, subject.state
    else:
        of_case = OF_CASE[subject.kind].get(transition.action)
        if of_case is not None:
            of_case(subject, typed, on, actor)
        dates.record(subject, transition, on, effective_on=typed.get("settled_on"))
        if not subject.is_open and subject.closed_on is None:
            subject.closed_on = on
    db.session.flush()
