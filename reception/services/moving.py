"""The one mover of visits: state, outcome, the refusal's clock, a line of history and audit in one transaction."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _

from app.core import audit
from app.core.clock import now, today
from app.core.db import db
from app.core.errors import Conflict, Invalid, NotAllowed
from app.core.events import publish
from app.core.permissions import Principal
from complaints.clocks import Verb
from complaints.routing import Level, body_facts
from complaints.services.duties import close_duty, open_duty
from complaints.services.leak_marks import checker_of_identities, refuse_texts, texts_of
from complaints.services.steps import checked_step
from complaints.workflow.base import ClockEffect, Transition
from complaints.workflow.fields import to_json
from reception.codes import visit_outcome
from reception.entries import NewVisit
from reception.events import VisitSentBack, VisitWaits
from reception.models import Visit, VisitEntry
from reception.workflow.visit import WORKFLOW, VisitFacts

NUMBER_MAX, LINE_MAX = 60, 200
# What is done on the page of a visit; all else is walked by the form of the desk.
ON_THE_PAGE = frozenset({
    "sign_refusal", "refusal_back", "demand", "demand_back", "take_in", "transfer", "propose_demand", "guide",
    "explain", "harm_told",
})  # fmt: skip
_WAITS = {
    "refuse_written": "sign_refusal",
    "propose_demand": "demand",
}  # a step -> what the head then decides
_SENT_BACK = frozenset({"refusal_back", "demand_back"})


def move_visit(
    visit: Visit, action: str, *, actor: Principal, data: Mapping[str, Any], version: int | None = None
) -> None:
    """Move a visit by one step that its page offers, in the caller's unit of work.

    Raises Conflict for a stale form or a step that the state does not have, NotAllowed when the permission or a guard
    forbids it, Invalid beside the field. Nothing is written then. (V4, V5, V14, TC09)
    """
    hold(visit, version)
    step, typed = checked_step(
        WORKFLOW, visit.state, action, facts_of_visit(visit), data,
        gone=_("Bước này không còn thực hiện được ở trạng thái hiện tại của lượt tiếp."),
    )  # fmt: skip
    if action not in ON_THE_PAGE or not may_move(actor, step, visit):
        raise NotAllowed(_("Bạn không có quyền thực hiện bước này."))
    on = typed.get("on") or today()
    if not visit.received_on <= on <= today():
        raise Invalid(_("Ngày từ ngày tiếp đến hôm nay."), field="on")
    refuse_texts(checker_of_identities(_sealed(visit)), texts_of(step, typed))
    _record(visit, step.action, typed, actor)
    take(visit, step, actor=actor, data=typed, on=on)


def hold(visit: Visit, version: int | None) -> None:
    """Lock the visit and refuse a form that was made from an older version of it. Raises Conflict."""
    db.session.refresh(visit, with_for_update={"of": Visit})
    if version is not None and visit.version != version:
        raise Conflict(_("Lượt tiếp vừa được người khác cập nhật. Xem lại rồi thực hiện lại nếu vẫn cần."))


def take(visit: Visit, step: Transition, *, actor: Principal, data: Mapping[str, Any], on: date) -> None:
    """Take a step that was found and checked: the only place that writes `state` and `outcome` of a visit."""
    before, visit.state = visit.state, step.target or visit.state
    ended = visit_outcome(visit.state)
    visit.outcome = ended.value if ended is not None else None
    visit.version += 1
    for effect in step.effects:
        _drive(visit, effect, on, actor)
    write_line(visit, step.action, actor, transition=step.code, before=before, on=on, data=to_json(data))
    audit.record(f"visit.{step.action}", actor=actor, subject=("visit", visit.id),
                 detail={"transition": step.code, "from": before, "to": visit.state})  # fmt: skip
    db.session.flush()
    if step.action in _WAITS:
        publish(VisitWaits(visit.id, _WAITS[step.action], actor.person_id))
    if step.action in _SENT_BACK:
        publish(VisitSentBack(visit.id, actor.person_id))


def write_line(
    visit: Visit, act: str, actor: Principal, *, transition: str, before: str | None, on: date,
    data: Mapping[str, Any],
) -> None:  # fmt: skip
    """Append a line to the history of a visit."""
    db.session.add(
        VisitEntry(visit_id=visit.id, at=now(), actor_id=actor.person_id, act=act, transition=transition,
                   from_state=before, to_state=visit.state, on=on, data=dict(data))
    )  # fmt: skip


def may_move(actor: Principal, step: Transition, visit: Visit) -> bool:
    """Tell whether the actor holds the step's permission over the body whose book it is."""
    return actor.reach(step.permission).covers(path=visit.unit.path, body_id=visit.unit.body_id)


def page_steps(visit: Visit, actor: Principal) -> list[tuple[Transition, str | None]]:
    """Return the steps that the page of a visit offers this person, each with the reason why not now (None: allowed).

    What is done at once about harm to a denouncer is offered only where it can be: elsewhere it would be noise.
    """
    offered = WORKFLOW.available(visit.state, facts_of_visit(visit))
    mine = [line for line in offered if line[0].action in ON_THE_PAGE and may_move(actor, line[0], visit)]
    return [line for line in mine if line[0].action != "harm_told" or line[1] is None]


def facts_of_visit(visit: Visit) -> VisitFacts:
    """Return what the guards may know of a visit that was written down."""
    people = [] if visit.is_sealed else visit.people
    return VisitFacts(
        today=today(),
        kind=visit.kind,
        received_on=visit.received_on,
        in_person=True,
        signer_count=visit.people_count,
        representatives_appointed=bool(visit.representatives_appointed),
        representative_count=sum(who.is_representative for who in people),
        content_count=len(visit.items),
        ground=visit.refusal_ground or "",
        registered=visit.petition_id is not None,
        has_subordinates=has_subordinates(visit.unit.kind),
    )


def facts_of_typed(new: NewVisit, unit_kind: str, *, registered: bool = False) -> VisitFacts:
    """Return what the guards may know of a visit as it is being typed."""
    return VisitFacts(
        today=today(),
        kind=new.kind,
        received_on=new.received_on,
        in_person=True,
        signer_count=new.people_count,
        representatives_appointed=bool(new.representatives_appointed),
        representative_count=sum(person.is_representative for person in new.visitors),
        content_count=len(new.contents),
        registered=registered,
        has_subordinates=has_subordinates(unit_kind),
    )


def _sealed(visit: Visit) -> list[int | None]:
    """Return the sealed identities of those who came: the visit's own, and those of the petitions taken in."""
    petitions = [visit.petition, *(item.petition for item in visit.items)]
    return [visit.sealed_identity_id, *(petition.sealed_identity_id for petition in petitions if petition)]


def has_subordinates(unit_kind: str) -> bool:
    """Tell whether a body of this kind has administrative bodies below it: a commune has none."""
    return body_facts(unit_kind).level is not Level.COMMUNE


def _drive(visit: Visit, effect: ClockEffect, on: date, actor: Principal) -> None:
    """Start or stop the clock of a written refusal: it runs on the duty that the body then has (R12)."""
    if effect.verb is Verb.START:
        visit.refusal_duty = open_duty(
            visit.unit, "refusal", visit.number, effect.clock, on=on, actor=actor, again=visit.refusal_duty
        )
    elif visit.refusal_duty is not None:
        words = f"01/TCD số {visit.document_no}" if visit.refusal_signed_on is not None else ""
        close_duty(visit.refusal_duty, effect.clock, on=on, actor=actor, document=words)


def _record(visit: Visit, action: str, typed: Mapping[str, Any], actor: Principal) -> None:
    """Keep on the row what a step says, besides its line of history."""
    if typed.get("document_no"):
        visit.document_no = typed["document_no"][:NUMBER_MAX]
    if typed.get("directed_to"):
        visit.directed_to = typed["directed_to"][:LINE_MAX]
    if action == "sign_refusal":
        visit.refusal_signed_on, visit.refusal_point = typed["on"], typed["point"]
        visit.refusal_signed_by_id = actor.person_id
    elif action == "refusal_back":
        visit.refusal_ground = (
            None  # it stands in the history; the log book no longer says that anybody was refused
        )
