"""What waits for the head at the desk, and what came back. Numbers only: a visit is called by its log book."""

from collections.abc import Mapping

from app.core.clock import today
from app.core.db import db
from app.organisation.queries import contacts_for, people_at_work, principal_for
from notifications import rules
from notifications.rules import Kind
from notifications.services import Telling, tell
from reception.events import VisitSentBack, VisitWaits
from reception.models import Visit
from reception.services.moving import may_move
from reception.workflow.visit import WORKFLOW


def visit_waits(event: VisitWaits) -> None:
    """Tell those heads and leaders of the body who may decide this very step that a visit waits for them."""
    visit = db.session.get_one(Visit, event.visit_id)
    step = next(step for step in WORKFLOW.leaving(visit.state) if step.action == event.action)
    contacts = contacts_for([visit.unit_id], today())[visit.unit_id]
    able = []
    for person in dict.fromkeys((*contacts.unit_heads, *contacts.leaders)):
        principal = principal_for(person, today())
        if principal is not None and may_move(principal, step, visit):
            able.append(person)
    facts = {"number": visit.number, "step_vi": step.label_vi, "step_en": step.label_en}
    _tell(visit, rules.of_proposal(able, event.actor_id), facts)


def visit_sent_back(event: VisitSentBack) -> None:
    """Tell the officer who received the person, if they still work here, that the head sent the visit back."""
    visit = db.session.get_one(Visit, event.visit_id)
    if visit.officer_id != event.actor_id and people_at_work([visit.officer_id], today()):
        _tell(visit, {visit.officer_id: Kind.SENT_BACK}, {"number": visit.number})


def _tell(visit: Visit, people: Mapping[int, Kind], facts: dict[str, str]) -> None:
    tell(
        Telling(
            person,
            kind,
            facts,
            f"/desk/visits/{visit.id}",
            f"{kind}:visit:{visit.id}:{visit.version}:{person}",
        )
        for person, kind in people.items()
    )
