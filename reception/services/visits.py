"""The acts of the desk: a visit is written into the log book, a letter is registered, a receipt is given."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from app.core import audit
from app.core.clock import now, today
from app.core.db import db
from app.core.errors import Conflict, Invalid, NotFound
from app.core.events import publish
from app.core.permissions import Permission, Principal
from app.core.text import clean_line, clean_text
from app.core.wall import Opening
from app.organisation.models import Unit
from complaints.codes_identity import OpeningPurpose
from complaints.models.petitions import Petition
from complaints.services import numbering
from complaints.services.identity import (
    Sender,
    may_open_identity,
    open_identity,
    opened_senders,
    seal_senders,
)
from complaints.services.leak_marks import checker_of_identities, refuse_texts
from complaints.services.registration import NewPetition, party_of, register_petition, sealed_kind
from complaints.workflow.base import GuardRefused, NotInWorkflow, Transition
from reception.access import visible_visits
from reception.codes import GROUP_SIZE, visit_outcome
from reception.entries import NewLetter, NewVisit
from reception.events import VisitRecorded
from reception.models import Visit, VisitItem, VisitParty
from reception.rules import letter_problems, texts_of_entry, tidy_identity_number, visit_problems
from reception.services.contents import is_split, register_contents, store_papers
from reception.services.moving import facts_of_typed, hold, take, write_line
from reception.workflow.visit import RETURNABLE, WORKFLOW, steps_of

REGISTER = "visit"
RECEIPT_REASON = "In giấy biên nhận tại nơi tiếp"


def record_visit(new: NewVisit, *, actor: Principal) -> Visit:
    """Write a visit into the log book of a body and register the petition taken in, with its clocks.

    Numbers run per body and year of the visit, without gaps. The same `submission_key` again returns the visit of the
    first time. Raises NotFound when the actor may not record there, Invalid (with the field) when a rule of
    reception/rules.py is broken, Conflict when the key belongs to another desk's visit. (V1 to V15, R02, R21, R23, P06)
    """
    unit = _unit_for(new.unit_id, Permission.VISIT_RECORD, actor)
    if new.submission_key:
        numbering.only_one_at_a_time(f"{REGISTER}:{new.submission_key}")
        first = visit_of_submission(new.submission_key)
        if first is not None:
            if first.officer_id != actor.person_id:
                raise Conflict(_("Biểu mẫu này đã được người khác ghi. Hãy mở biểu mẫu mới."))
            return first
    for problem in visit_problems(new, today=today()):
        raise problem
    new = _tidy(new)
    steps = _checked_walk(new, unit, WORKFLOW.initial)
    visit = _row(new, unit, actor)
    db.session.add(visit)
    db.session.flush()
    write_line(visit, "arrive", actor, transition="V1", before=None, on=new.received_on, data={})
    _go(visit, new, steps, actor)
    detail = {"outcome": visit.outcome, "kind": visit.kind, "petition_id": visit.petition_id}
    audit.record("visit.recorded", actor=actor, subject=("visit", visit.id), detail=detail)
    publish(VisitRecorded(visit.id))
    return visit


def register_letter(new: NewLetter, *, actor: Principal) -> Petition:
    """Register a petition that came without its sender; the same `submission_key` again returns the first one.

    Raises NotFound when the actor may not register there, Invalid (with the field). (P01, P06, TC01)
    """
    _unit_for(new.unit_id, Permission.PETITION_REGISTER, actor)
    if new.submission_key:
        numbering.only_one_at_a_time(new.submission_key)
        first = petition_of_submission(new.submission_key)
        if first is not None:
            if first.registered_by_id != actor.person_id:
                raise Conflict(_("Biểu mẫu này đã được người khác ghi. Hãy mở biểu mẫu mới."))
            return first
    for problem in letter_problems(new, today=today()):
        raise problem
    senders = tuple(_tidy_sender(s) for s in new.senders if clean_line(s.full_name))
    return register_petition(
        NewPetition(
            unit_id=new.unit_id,
            source=new.source,
            received_on=new.received_on,
            summary=new.summary,
            senders=senders,
            kind=new.kind,
            letter_date=new.letter_date,
            request=new.request,
            respondent=new.respondent,
            respondent_level=new.respondent_level,
            respondent_unit_id=new.respondent_unit_id,
            field=new.field,
            signer_count=new.signer_count,
            anonymous=new.anonymous,
            earlier_body=new.earlier_body,
            forwarded_by=new.forwarded_by,
            origin_body=new.origin_body,
            handover_minutes=new.handover_minutes,
            papers=store_papers(new.papers, new.kind, actor),
            submission_key=new.submission_key,
        ),
        actor=actor,
    )


def continue_visit(visit: Visit, new: NewVisit, *, actor: Principal, version: int | None = None) -> Visit:
    """Go on with a visit that the head sent back or whose group has brought the paper, under the same number.

    `received_on` of the entry is the day on which it goes on: content is received then. Raises Conflict when the visit
    no longer waits or a newer form was sent, NotFound, Invalid (with the field). (V5, V7, R21)
    """
    unit = _unit_for(visit.unit_id, Permission.VISIT_RECORD, actor)
    hold(visit, version)
    if visit.state not in RETURNABLE:
        raise Conflict(_("Lượt tiếp này không chờ tiếp tục."))
    new = replace(new, unit_id=unit.id, same_matter_id=visit.same_matter_id)
    for problem in visit_problems(new, today=today()):
        raise problem
    refuse_texts(checker_of_identities([visit.sealed_identity_id]), texts_of_entry(new))
    if new.received_on < visit.received_on:
        raise Invalid(_("Ngày tiếp tục không thể trước ngày đã tiếp."), field="received_on")
    if visit.sealed_identity_id is not None and not sealed_kind(new.kind):
        raise Invalid(
            _(
                "Danh tính của lượt này đã niêm phong: giữ loại tố cáo hoặc nhiều nội dung; loại khác thì ghi lượt mới."
            ),
            field="kind",
        )
    new = _tidy(new)
    steps = _checked_walk(new, unit, visit.state)
    for row in visit.visitors:  # whoever is named now, perhaps under the seal, takes their place
        db.session.delete(row)
        db.session.delete(row.party)
    db.session.flush()
    db.session.expire(visit, ["visitors"])
    for name, value in _typed_columns(new).items():
        setattr(visit, name, value)
    _go(visit, new, steps, actor)
    return visit


def visit_of_submission(key: str) -> Visit | None:
    """Return the visit that a form's key has already written, or None."""
    return db.session.execute(select(Visit).where(Visit.submission_key == key)).scalar_one_or_none()


def petition_of_submission(key: str) -> Petition | None:
    """Return the petition that a form's key has already registered, or None."""
    return db.session.execute(select(Petition).where(Petition.submission_key == key)).scalar_one_or_none()


def show_numbers(visit: Visit, *, actor: Principal) -> None:
    """Keep that somebody has the visitors' numbers shown whole (R03). Raises NotFound for what is sealed."""
    if visit.is_sealed:
        raise NotFound
    audit.record("visit.numbers_shown", actor=actor, subject=("visit", visit.id))


def receipt_opens(petition: Petition, *, actor: Principal) -> bool:
    """Tell whether the receipt names a sealed giver, which is an opening: for whoever has registered the petition."""
    mine = petition.registered_by_id == actor.person_id
    return petition.is_denunciation and mine and may_open_identity(actor, petition)


def give_receipt(petition: Petition, visit: Visit | None, *, actor: Principal) -> Opening | None:
    """Note that Mẫu 02/TCD is printed; `givers` says who is named on it once this is committed.

    A sealed giver is named only to the officer who has just registered the petition, and that opening is audited;
    anybody else's copy says 'Người nộp đơn' (an empty list). (R07, I01)
    """
    if visit is not None and visit.receipt_given_at is None:
        visit.receipt_given_at = now()
    audit.record("receipt.printed", actor=actor, subject=("petition", petition.id))
    if receipt_opens(petition, actor=actor):
        return open_identity(petition, actor=actor, purpose=OpeningPurpose.LETTER, reason=RECEIPT_REASON)
    return None


def givers(petition: Petition, opening: Opening | None) -> list[Sender]:
    """Return whom the receipt of a petition names: for a denunciation whom the opening lets see, else nobody."""
    if petition.is_denunciation:
        return opened_senders(opening) if opening is not None else []
    parties = [row.party for row in petition.parties]
    return [Sender(p.full_name, p.identity_number, p.phone, p.address) for p in parties]


def _unit_for(unit_id: int, permission: Permission, actor: Principal) -> Unit:
    unit = db.session.get(Unit, unit_id)
    if unit is None or not unit.is_body or not unit.in_force(today()):
        raise NotFound
    if not actor.reach(permission).covers(path=unit.path, body_id=unit.body_id):
        raise NotFound
    return unit


def _tidy(new: NewVisit) -> NewVisit:
    return replace(new, visitors=tuple(_tidy_sender(v) for v in new.visitors if clean_line(v.full_name)))


def _tidy_sender(sender: Sender) -> Sender:
    return replace(sender.tidy(), identity_number=tidy_identity_number(sender.identity_number))


def _checked_walk(new: NewVisit, unit: Unit, start: str) -> Sequence[Transition]:
    """Return the steps that lead from `start` to what the desk chose. Raises Invalid when a row of 7.1 refuses."""
    actions = steps_of(new.outcome, new.refusal_ground, start=start, split=is_split(new))
    facts = facts_of_typed(new, unit.kind)
    steps, state = list[Transition](), start
    try:
        for action in actions:
            step = WORKFLOW.find(state, action, facts, _said(new, action) or _ASKED)
            steps.append(step)
            state = step.target or state
    except GuardRefused as refused:
        raise Invalid(refused.reason_vi, field="outcome") from None
    except NotInWorkflow:
        raise Invalid(
            _("Đoàn đang được chờ cử người đại diện: nhận văn bản cử người đại diện rồi chọn kết quả tiếp."),
            field="outcome",
        ) from None
    return steps


_ASKED = {"walked": True}  # a step without words of its own is still taken, not only asked for


def _said(new: NewVisit, action: str) -> dict[str, object]:
    """Return what the history of a step keeps of what was typed; the rest stands on the visit or its petitions."""
    words = clean_text(new.outcome_note)
    if action in ("refuse_oral", "refuse_written"):
        return {"ground": new.refusal_ground, "words": words}
    if action == "split_contents":
        return {"contents": len(new.contents)}
    if action in ("guide", "transfer", "explain", "propose_demand", "await_reps"):
        return {"directed_to": clean_line(new.directed_to) or None, "words": words or None}
    if action == "appoint_reps":
        return {"representatives": sum(person.is_representative for person in new.visitors)}
    return {}


def _go(visit: Visit, new: NewVisit, steps: Sequence[Transition], actor: Principal) -> None:
    """Register what was brought, keep who came, and take the steps one after the other."""
    ends_in = visit_outcome(steps[-1].target or "") if steps else None
    if ends_in is not None and ends_in.registers_petition:
        petitions = register_contents(new, actor=actor)
        visit.petition = petitions[0]
        # Names stand in one place: with the petition.
        if len(petitions) > 1:
            visit.items = [VisitItem(petition=petition) for petition in petitions]
    elif new.visitors:
        _attach_visitors(visit, new, actor)
    refused = ends_in is not None and ends_in.is_refusal
    visit.refusal_ground = new.refusal_ground if refused else None
    db.session.flush()
    for step in steps:
        take(visit, step, actor=actor, data=_said(new, step.action), on=new.received_on)


def _row(new: NewVisit, unit: Unit, actor: Principal) -> Visit:
    year = (
        new.received_on.year
    )  # a visit written down after New Year stands in the book of the year it took place
    return Visit(
        unit_id=unit.id,
        unit=unit,
        log_year=year,
        log_no=numbering.next_number(unit.id, REGISTER, year),
        submission_key=new.submission_key,
        received_on=new.received_on,
        recorded_at=now(),
        officer_id=actor.person_id,
        state=WORKFLOW.initial,
        version=1,
        same_matter_id=_same_matter(new, actor),
        **_typed_columns(new),
    )


def _typed_columns(new: NewVisit) -> dict[str, Any]:
    """Return the columns that hold what the form says, the first time and when the visit goes on."""
    return {
        "reception": new.reception,
        "people_count": new.people_count,
        "representatives_appointed": new.representatives_appointed
        if new.people_count >= GROUP_SIZE
        else None,
        "papers_not_shown": new.papers_not_shown,
        "kind": new.kind,
        "summary": clean_text(new.summary),
        "request": clean_text(new.request),
        "respondent": clean_line(new.respondent),
        "respondent_level": new.respondent_level,
        "respondent_unit_id": new.respondent_unit_id,
        "earlier_body": clean_line(new.earlier_body),
        "outcome_note": clean_text(new.outcome_note),
        "directed_to": clean_line(new.directed_to),
        "document_no": clean_line(new.document_no),
        "note": clean_text(new.note),
    }


def _same_matter(new: NewVisit, actor: Principal) -> int | None:
    """Return the first visit about the same matter. A denunciation is never tied to a visit that names people."""
    if new.same_matter_id is None or sealed_kind(new.kind):
        return None
    statement = select(Visit).where(Visit.id == new.same_matter_id, visible_visits(actor))
    earlier = db.session.execute(statement).scalar_one_or_none()
    if earlier is None or earlier.is_sealed:
        raise Invalid(_("Không tìm thấy lượt tiếp trước của cùng vụ việc."), field="same_matter_id")
    return earlier.same_matter_id or earlier.id


def _attach_visitors(visit: Visit, new: NewVisit, actor: Principal) -> None:
    """Keep who came: sealed for a denunciation, else in clear; a refused person may have given no name."""
    if not new.visitors:
        return
    if sealed_kind(new.kind):
        visit.sealed_identity = seal_senders(new.visitors, actor=actor)
        return
    visit.visitors = [
        VisitParty(party=party_of(v), is_representative=v.is_representative) for v in new.visitors
    ]
