"""What the steps of a petition record: its classification, the case it opens, the petitions it splits."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select

from app.core.clock import now, today
from app.core.db import db
from app.core.errors import Invalid, NotFound
from app.core.events import publish
from app.core.permissions import Principal
from app.organisation.queries import authority_of
from complaints.access import case_for, shut_out
from complaints.clocks import Verb
from complaints.codes import Instance, PetitionKind, Source, statutory_field
from complaints.events import CaseOpened, SecondComplaintOpened
from complaints.models.cases import Case
from complaints.models.history import HistoryEntry
from complaints.models.petitions import Petition, PetitionAttachment
from complaints.services import conflicts, first_instance, numbering, protection
from complaints.services.clocks import append_event, refresh_due, running, start_clock
from complaints.services.consequences import keeping
from complaints.services.consequences.keeping import return_originals
from complaints.services.consequences.sealing import SEALED_KINDS, seal_case, seal_petition
from complaints.services.consequences.shared import PetitionConsequence, Typed
from complaints.services.jurisdiction import resolver_of
from complaints.services.pseudonyms import give_pseudonym
from complaints.workflow.catalogue import case_workflow
from complaints.workflow.intake import CLASSIFIED_CLOCKS, FORWARDED_CLOCKS, OVERDUE_CLOCKS

_BY_KIND = (CLASSIFIED_CLOCKS, FORWARDED_CLOCKS, OVERDUE_CLOCKS)
_ALL_CLASSIFIED = tuple(dict.fromkeys(c for table in _BY_KIND for codes in table.values() for c in codes))
_FORWARDED = frozenset(
    {Source.FORWARDED_PRESS.value, Source.FORWARDED_BODY.value, Source.FORWARDED_RECEPTION.value}
)
_OPENED_BY = {"complaint": "X4", "denunciation": "X8", "proposal": "X17", "admin_feedback": "F-6"}


def classify(petition: Petition, typed: Typed, _on: date, actor: Principal) -> None:
    """Record what a petition is, seal whom it concerns, and run the clocks of its kind from the day of receipt (X2)."""
    kind, field = typed["kind"], typed["field"]
    petition.kind, petition.field = kind, field
    petition.statutory_field = typed.get("statutory_field") or statutory_field(kind, field)
    petition.instance = typed.get("instance") or "first"
    petition.respondent_level = typed.get("respondent_level") or petition.respondent_level
    petition.has_evidence = typed["has_evidence"]
    petition.guided_before = typed["guided_before"]
    complaint = kind == PetitionKind.COMPLAINT.value
    petition.disciplinary = complaint and bool(typed.get("disciplinary"))
    petition.dismissal = petition.disciplinary and bool(typed.get("dismissal"))
    petition.in_jurisdiction = None  # competence is proposed and confirmed again for the new kind
    petition.conditions, petition.eligible = None, None  # each kind has its own conditions (P03)
    petition.overdue_claim = bool(typed.get("overdue_claim")) and kind in OVERDUE_CLOCKS
    if petition.overdue_claim:
        petition.instance = Instance.SECOND.value
    if kind in SEALED_KINDS:
        seal_petition(petition, actor)
    wanted = CLASSIFIED_CLOCKS.get(kind, ())
    if petition.source in _FORWARDED:
        wanted = (*wanted, *FORWARDED_CLOCKS.get(kind, ()))
    if petition.overdue_claim:
        wanted = (*wanted, *OVERDUE_CLOCKS[kind])
    for code in _ALL_CLASSIFIED:
        clocks = list(running(petition, code))
        if code in wanted and not clocks:
            start_clock(petition, code, on=petition.received_on, actor=actor)
        elif code not in wanted:
            for clock in clocks:
                append_event(clock, Verb.CANCEL, on=max(today(), clock.started_on), actor=actor)


def _open_case(petition: Petition, _typed: Typed, on: date, actor: Principal) -> None:
    """Open the case that the body competent to resolve will accept or refuse (X4, X8, X17)."""
    opened(petition, _OPENED_BY[petition.kind or "proposal"], on, actor)


def _open_second(petition: Petition, typed: Typed, on: date, actor: Principal) -> None:
    """Open the case of a second complaint, linked to the first, which follows (S-1, C-24). Raises Invalid."""
    words, first = typed.get("first_decision") or "", None
    if typed.get("first_case_id"):
        first = first_instance.first_case(petition, typed["first_case_id"], actor=actor)
    elif not words:
        raise Invalid("Chọn vụ việc lần đầu, hoặc ghi nơi đã giải quyết lần đầu.", field="first_case_id")
    case = opened(petition, "S-1", on, actor, earlier=first, words=words)
    if first is not None:
        publish(SecondComplaintOpened(case.id, first.id, on))


def opened(
    petition: Petition, transition: str, on: date, actor: Principal, *, earlier: Case | None = None, words: str = ""
) -> Case:  # fmt: skip
    """Open and return the case of a petition at the body competent to resolve it.

    One of another instance names the case before it, or says in words where that was.
    """
    body = resolver_of(petition)
    kind = petition.kind or PetitionKind.PROPOSAL.value
    instance, year = petition.instance or "first", today().year
    case = Case(
        unit=body,
        register_year=year,
        register_no=numbering.next_number(body.id, "case", year),
        kind=kind,
        instance=instance,
        first_case_id=earlier.id if earlier is not None else None,
        first_decision=words,
        disciplinary=petition.disciplinary,
        dismissal=petition.dismissal,
        field=petition.field or "other",
        statutory_field=petition.statutory_field or "other",
        summary=petition.summary,
        respondent=petition.respondent,
        respondent_level=petition.respondent_level,
        respondent_unit_id=petition.respondent_unit_id,
        remote=body.remote_area,
        received_on=petition.received_on,
        opened_at=now(),
        state=case_workflow(kind, instance, petition.disciplinary).initial,
        state_since=now(),
    )
    db.session.add(case)
    db.session.flush()
    petition.case, petition.in_jurisdiction, petition.eligible = case, True, True
    give_pseudonym(petition)
    db.session.add(
        HistoryEntry(case_id=case.id, at=now(), actor_id=actor.person_id, act="opened", transition=transition,
                     to_state=case.state, on=on, data={"petition_id": petition.id})
    )  # fmt: skip
    if case.is_denunciation:
        protection.open_secrecy(case, actor=actor)
    conflicts.refresh(case, actor)
    refresh_due(case)
    publish(CaseOpened(case.id, petition.id))
    return case


def _join_case(petition: Petition, typed: Typed, _on: date, actor: Principal) -> None:
    body = authority_of(petition.unit)
    found = db.session.get(Case, typed["case_id"])
    # A reception office is the desk of the authority: it joins papers to cases that it opens there but does not see.
    open_desk = found is not None and found.unit_id == body.id and not shut_out(actor, found)
    try:
        case = found if open_desk and found is not None else case_for(actor, typed["case_id"])
    except NotFound:
        raise Invalid("Không có vụ việc như vậy để nhập đơn vào.", field="case_id") from None
    if case.kind != petition.kind:
        raise Invalid("Vụ việc này thuộc loại khác với đơn.", field="case_id")
    if case.unit_id != body.id:
        raise Invalid("Vụ việc này thuộc cơ quan khác.", field="case_id")
    if not case.is_open:
        raise Invalid("Vụ việc này đã kết thúc.", field="case_id")
    petition.case, petition.in_jurisdiction, petition.eligible = case, True, True
    give_pseudonym(petition)
    db.session.add(
        HistoryEntry(case_id=case.id, at=now(), actor_id=actor.person_id, act="petition_joined", transition="X23",
                     data={"petition_id": petition.id})
    )  # fmt: skip
    conflicts.refresh(case, actor)
    refresh_due(case)


def _processed(petition: Petition, _typed: Typed, _on: date, _actor: Principal) -> None:
    petition.eligible = True
    petition.in_jurisdiction = False


def _with_originals(petition: Petition, typed: Typed, on: date, actor: Principal) -> None:
    """Record that original papers went back with the letter (P12)."""
    _processed(petition, typed, on, actor)
    return_originals(petition, typed, on, actor)


def _split(petition: Petition, typed: Typed, _on: date, actor: Principal) -> None:
    """Make one petition of each content, with the original day of receipt and the same senders (X19)."""
    kinds = [kind for kind in typed["kinds"] if kind != PetitionKind.MIXED.value]
    if len(kinds) < 2:
        raise Invalid("Chọn ít nhất hai nội dung để tách.", field="kinds")
    for kind in kinds:
        _split_one(petition, kind, actor)


def _split_one(petition: Petition, kind: str, actor: Principal) -> None:
    copied = {
        name: getattr(petition, name)
        for name in ("unit_id", "source", "forwarded_by", "in_person", "received_on", "letter_date", "anonymous",
                     "signer_count", "representatives_appointed", "summary", "request", "respondent",
                     "respondent_level", "respondent_unit_id", "earlier_body", "originals_attached", "has_evidence",
                     "origin_body", "handover_minutes", "flagged")
    }  # fmt: skip
    year = today().year
    item = Petition(
        **copied,
        unit=petition.unit,
        register_year=year,
        register_no=numbering.next_number(petition.unit_id, "petition", year),
        tracking_code=numbering.new_tracking_code(),
        registered_by_id=petition.registered_by_id,
        registered_at=now(),
        split_from_id=petition.id,
        # The seal stays on every item: a mixed petition holds a denunciation, and one name opens them all.
        sealed_identity_id=petition.sealed_identity_id,
        kind=kind,
        field=petition.field,
        statutory_field=statutory_field(kind, petition.field or "other"),
        instance="first",
        state="classified",
        state_since=now(),
        attachments=[
            PetitionAttachment(
                title=paper.title, pages=paper.pages, is_original=paper.is_original, file_id=paper.file_id
            )
            for paper in petition.attachments
        ],
    )
    db.session.add(item)
    db.session.flush()
    db.session.add(
        HistoryEntry(petition_id=item.id, at=now(), actor_id=actor.person_id, act="registered", transition="X19",
                     to_state=item.state, on=item.received_on, data={"split_from_id": petition.id})
    )  # fmt: skip
    for code in ("PETITION_DISCIPLINE", *CLASSIFIED_CLOCKS.get(kind, ())):
        start_clock(item, code, on=item.received_on, actor=actor)
    conflicts.refresh(item, actor)
    refresh_due(item)


def reclassify(case: Case, typed: Typed, _on: date, actor: Principal | None) -> None:
    """Send the petitions of a proposal back to the desk as what they are, with the original receipt date (F-4)."""
    if actor is None:
        raise TypeError("only a person reclassifies")
    # T-4 goes back as a denunciation: X12, X13. A complaint may be of another instance, or about discipline.
    if typed["kind"] == case.kind == PetitionKind.PROPOSAL.value:
        raise Invalid("Chọn loại khác với loại hiện nay của vụ việc.", field="kind")
    case.outcome = "reclassified"
    if typed["kind"] in SEALED_KINDS and case.kind != PetitionKind.DENUNCIATION.value:
        seal_case(case)
    for petition in db.session.execute(select(Petition).where(Petition.case_id == case.id)).scalars():
        conflicts.carry_over(case, petition)
        petition.case, petition.outcome, petition.processed_on = None, None, None
        petition.state, petition.is_open, petition.state_since = "classified", True, now()
        petition.version += 1
        db.session.add(
            HistoryEntry(petition_id=petition.id, at=now(), actor_id=actor.person_id, act="reclassified",
                         transition="F-4", from_state="with_case", to_state="classified", data={"kind": typed["kind"]})
        )  # fmt: skip
        start_clock(petition, "PETITION_DISCIPLINE", on=petition.received_on, actor=actor)
        _classify_as(petition, typed["kind"], actor)
        refresh_due(petition)


def _take_up(petition: Petition, typed: Typed, _on: date, actor: Principal) -> None:
    """Take back a petition that was stored, guided or sent away by mistake, as what it is (P02); its year ends."""
    petition.processed_on, petition.outcome, petition.resolved_before = None, None, False
    if petition.linked_to_id is not None:
        petition.linked_to_id, petition.guided_before = None, False
    _classify_as(petition, typed["kind"], actor, overdue_claim=petition.overdue_claim)


def _classify_as(petition: Petition, kind: str, actor: Principal, *, overdue_claim: bool = False) -> None:
    """Classify a petition anew, with what else was found before; its clocks run from the day of receipt.

    A case that goes back may have been no continued denunciation at all (T-4): the desk says that again.
    """
    data = {"kind": kind, "field": petition.field or "other", "has_evidence": petition.has_evidence,
            "guided_before": petition.guided_before, "instance": petition.instance, "overdue_claim": overdue_claim,
            "disciplinary": petition.disciplinary, "dismissal": petition.dismissal,
            "statutory_field": petition.statutory_field if kind == petition.kind else None}  # fmt: skip
    classify(petition, data, today(), actor)


CONSEQUENCES: Mapping[str, PetitionConsequence] = {
    "classify": classify,
    "take_up": _take_up,
    "open_case": _open_case,
    "open_second": _open_second,
    "join_case": _join_case,
    "store": keeping.store,
    "link": keeping.link,
    "tell_referrer": keeping.tell_referrer,
    "destroy": keeping.destroy,
    "guide": _with_originals,
    "transfer": _processed,
    "transfer_conduct": _processed,
    "return": _with_originals,
    "report_to_head": keeping.flag,
    "withdraw_some": keeping.withdraw_some,
    "split": _split,
}
