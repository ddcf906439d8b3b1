"""The acts of the desk: a visit is written into the log book, a letter is registered, a receipt is given."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from app.core import audit
from app.core.clock import now, today
from app.core.db import db
from app.core.errors import Conflict, Invalid, NotFound
from app.core.events import publish
from app.core.permissions import Permission, Principal
from app.core.text import clean_line, clean_text
from app.files.services import store_upload
from app.organisation.models import Unit
from complaints.codes import Source
from complaints.models.petitions import Petition
from complaints.services import numbering
from complaints.services.identity import Sender, may_open_identity, open_identity, seal_senders
from complaints.services.registration import NewPetition, Paper, party_of, register_petition, sealed_kind
from complaints.workflow.base import Facts, GuardRefused, NotInWorkflow
from reception.access import visible_visits
from reception.codes import GROUP_SIZE, VisitOutcome
from reception.entries import HandedPaper, NewLetter, NewVisit
from reception.events import VisitRecorded
from reception.models import Visit, VisitParty
from reception.rules import NUMBER_MAX, letter_problems, tidy_identity_number, visit_problems
from reception.workflow.visit import WORKFLOW, steps_of, walk

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
    outcome = _outcome(new)
    petition = _register(new, actor) if outcome.registers_petition else None
    visit = _row(new, unit, outcome, petition, actor)
    db.session.add(visit)
    if petition is None:
        _attach_visitors(visit, new, actor)
    db.session.flush()
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
            papers=_store(new.papers, new.kind, actor),
            submission_key=new.submission_key,
        ),
        actor=actor,
    )


def sign_refusal(visit: Visit, *, document_no: str, on: date, actor: Principal) -> None:
    """Note that the head has signed the written refusal (Mẫu 01/TCD) on a day (V4, R12).

    Raises NotFound unless the actor decides for the body, Conflict when no notice is owed, Invalid (with the field).
    """
    if not actor.reach(Permission.PETITION_DECIDE).covers(path=visit.unit.path, body_id=visit.unit.body_id):
        raise NotFound
    try:
        step = WORKFLOW.find(visit.outcome, "sign_refusal", Facts(today=today(), kind=visit.kind))
    except NotInWorkflow:
        raise Conflict(_("Lượt tiếp này không còn chờ thông báo từ chối.")) from None
    if not clean_line(document_no):
        raise Invalid(_("Ghi số văn bản."), field="document_no")
    if not visit.received_on <= on <= today():
        raise Invalid(_("Ngày ký từ ngày tiếp đến hôm nay."), field="signed_on")
    visit.outcome = step.target or visit.outcome
    visit.document_no = clean_line(document_no)[:NUMBER_MAX]
    visit.refusal_signed_on = on
    db.session.flush()
    audit.record("visit.refusal_signed", actor=actor, subject=("visit", visit.id))


def visit_of_submission(key: str) -> Visit | None:
    """Return the visit that a form's key has already written, or None."""
    return db.session.execute(select(Visit).where(Visit.submission_key == key)).scalar_one_or_none()


def petition_of_submission(key: str) -> Petition | None:
    """Return the petition that a form's key has already registered, or None."""
    return db.session.execute(select(Petition).where(Petition.submission_key == key)).scalar_one_or_none()


def give_receipt(petition: Petition, visit: Visit | None, *, actor: Principal) -> list[Sender]:
    """Note that Mẫu 02/TCD is printed and return the givers to be named on it.

    A sealed giver is named only to the officer who has just registered the petition, and that opening is audited;
    anybody else's copy says 'Người nộp đơn' (an empty list). (R07, I01)
    """
    if visit is not None and visit.receipt_given_at is None:
        visit.receipt_given_at = now()
    audit.record("receipt.printed", actor=actor, subject=("petition", petition.id))
    if petition.is_denunciation:
        sealed = petition.sealed_identity
        mine = petition.registered_by_id == actor.person_id
        if sealed is None or not mine or not may_open_identity(actor, petition):
            return []
        return open_identity(petition, actor=actor, reason=RECEIPT_REASON)
    parties = [row.party for row in petition.parties]
    return [Sender(p.full_name, p.identity_number, p.phone, p.address) for p in parties]


def _unit_for(unit_id: int, permission: Permission, actor: Principal) -> Unit:
    unit = db.session.get(Unit, unit_id)
    if unit is None or not unit.is_body or not unit.in_force(today()):
        raise NotFound
    if not actor.reach(permission).covers(path=unit.path, body_id=unit.body_id):
        raise NotFound
    return unit


def _store(papers: Sequence[HandedPaper], kind: str | None, actor: Principal) -> tuple[Paper, ...]:
    """Store the scans, sealed for a denunciation, and return the lines of the receipt."""
    kept = []
    for paper in papers:
        file = None
        if paper.upload is not None:
            try:
                file = store_upload(paper.upload, actor=actor, sealed=sealed_kind(kind))
            except Invalid as error:
                raise Invalid(error.message, field=f"papers-{paper.row}-file") from None
        kept.append(Paper(paper.title, paper.pages, paper.is_original, file))
    return tuple(kept)


def _tidy(new: NewVisit) -> NewVisit:
    return replace(new, visitors=tuple(_tidy_sender(v) for v in new.visitors if clean_line(v.full_name)))


def _tidy_sender(sender: Sender) -> Sender:
    return replace(sender.tidy(), identity_number=tidy_identity_number(sender.identity_number))


def _outcome(new: NewVisit) -> VisitOutcome:
    """Return the outcome as it is kept: where the table of 7.1 leads. Raises Invalid when a row refuses."""
    facts = Facts(
        today=today(),
        kind=new.kind,
        received_on=new.received_on,
        in_person=True,
        signer_count=new.people_count,
        representatives_appointed=bool(new.representatives_appointed),
    )
    try:
        ended = walk(steps_of(new.outcome, new.refusal_ground), facts, {"ground": new.refusal_ground})
    except GuardRefused as refused:
        raise Invalid(refused.reason_vi, field="outcome") from None
    return next(outcome for outcome in VisitOutcome if outcome == ended)


def _register(new: NewVisit, actor: Principal) -> Petition:
    return register_petition(
        NewPetition(
            unit_id=new.unit_id,
            source=Source.IN_PERSON,
            received_on=new.received_on,
            summary=new.summary,
            senders=new.visitors,
            kind=new.kind,
            letter_date=new.letter_date,
            request=new.request,
            respondent=new.respondent,
            respondent_level=new.respondent_level,
            respondent_unit_id=new.respondent_unit_id,
            field=new.field,
            signer_count=new.signer_count or new.people_count,
            representatives_appointed=bool(new.representatives_appointed),
            earlier_body=new.earlier_body,
            in_person=True,
            papers=_store(new.papers, new.kind, actor),
            submission_key=new.submission_key,
        ),
        actor=actor,
    )


def _row(
    new: NewVisit, unit: Unit, outcome: VisitOutcome, petition: Petition | None, actor: Principal
) -> Visit:
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
        reception=new.reception,
        people_count=new.people_count,
        representatives_appointed=new.representatives_appointed if new.people_count >= GROUP_SIZE else None,
        papers_not_shown=new.papers_not_shown,
        kind=new.kind,
        summary=clean_text(new.summary),
        request=clean_text(new.request),
        respondent=clean_line(new.respondent),
        respondent_level=new.respondent_level,
        respondent_unit_id=new.respondent_unit_id,
        earlier_body=clean_line(new.earlier_body),
        same_matter_id=_same_matter(new, actor),
        outcome=outcome.value,
        outcome_note=clean_text(new.outcome_note),
        directed_to=clean_line(new.directed_to),
        document_no=clean_line(new.document_no),
        refusal_ground=new.refusal_ground if outcome.is_refusal else None,
        petition=petition,
        note=clean_text(new.note),
    )


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
