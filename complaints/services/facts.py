"""What the guards of a workflow may know of a petition or case, read from its rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import func, select

from app.core.clock import today
from app.core.db import db
from app.organisation.models import UnitKind
from app.organisation.queries import work_calendar
from complaints.codes import Instance, PetitionKind, Source
from complaints.models.cases import Case
from complaints.models.clocks import Clock
from complaints.models.petitions import Petition, PetitionParty
from complaints.rulebook.loader import load_rulebook
from complaints.rulebook.wordings.loader import load_wordings
from complaints.services.clocks import with_petitions
from complaints.workflow.base import Facts, Workflow
from complaints.workflow.catalogue import INTAKE, case_workflow

Subject = Petition | Case
_FORWARDED = frozenset(
    {
        Source.FORWARDED_BODY,
        Source.FORWARDED_DEPUTY,
        Source.FORWARDED_LEADER,
        Source.FORWARDED_PRESS,
        Source.FORWARDED_RECEPTION,
    }
)
# R10: bodies and deputies of the National Assembly, councillors, and the reception offices.
_REFERRERS = frozenset({Source.FORWARDED_DEPUTY, Source.FORWARDED_RECEPTION})
_RESULT_KINDS = frozenset({PetitionKind.COMPLAINT.value, PetitionKind.DENUNCIATION.value})
_RESOLVE_CLOCKS = ("KN1_RESOLVE", "KN2_RESOLVE", "KNK_RESOLVE", "TC_RESOLVE")
_WINDOWS = ("KN_WINDOW2", "KNK_WINDOW2", "KNK_WINDOW2_DISMISSAL")


def workflow_of(subject: Subject) -> Workflow:
    """Return the table that moves a petition or case."""
    if isinstance(subject, Petition):
        return INTAKE
    return case_workflow(subject.kind, subject.instance, subject.disciplinary)


def relevant_clocks(subject: Subject) -> Sequence[Clock]:
    """Return the clocks that bear on a subject: a petition's own; a case's and its petitions'."""
    statement = select(Clock).where(with_petitions(subject)).order_by(Clock.id)
    return db.session.execute(statement).scalars().all()


def facts_of(
    subject: Subject, *, clocks: Sequence[Clock] | None = None, petitions: Sequence[Petition] = ()
) -> Facts:
    """Return the facts of a subject today. Clocks and petitions already read may be given to spare queries."""
    clocks = relevant_clocks(subject) if clocks is None else clocks
    running = frozenset(clock.code for clock in clocks if clock.state in ("running", "paused"))
    if isinstance(subject, Petition):
        return _petition_facts(subject, running, clocks)
    if not petitions:
        wanted = select(Petition).where(Petition.case_id == subject.id).order_by(Petition.id)
        petitions = db.session.execute(wanted).scalars().all()
    facts = _case_facts(subject, clocks, petitions, running)
    return _OF_KIND[subject.kind](subject, facts, clocks)


def _petition_facts(petition: Petition, running: frozenset[str], clocks: Sequence[Clock]) -> Facts:
    referred = (
        petition.source in _REFERRERS and petition.kind in _RESULT_KINDS and petition.referrer_told_on is None
    )
    return Facts(
        today=today(),
        kind=petition.kind or "",
        instance=petition.instance or "first",
        received_on=petition.received_on,
        signer_count=petition.signer_count,
        representatives_appointed=petition.representatives_appointed,
        in_person=petition.in_person,
        forwarded=petition.source in _FORWARDED,
        referred=referred,
        referrer_at_once=referred and _resolved_before(petition, clocks),
        we_refer=petition.unit.kind is UnitKind.RECEPTION_OFFICE,
        anonymous=petition.anonymous,
        outside_form=petition.source in (Source.ONLINE, Source.PHONE),
        has_evidence=petition.has_evidence,
        eligible=petition.eligible,
        in_jurisdiction=petition.in_jurisdiction,
        guided_before=petition.guided_before,
        has_handler=petition.handler_id is not None,
        disciplinary=petition.disciplinary,
        dismissal=petition.dismissal,
        written=_written(petition),
        running_clocks=running,
        originals_attached=petition.originals_attached and petition.originals_returned_on is None,
        overdue_claim=petition.overdue_claim,
        retention_ends_on=_due(clocks, "PETITION_RETENTION"),
    )


def _resolved_before(petition: Petition, clocks: Sequence[Clock]) -> bool:
    """Tell whether the matter was resolved without starting the clock of R10: then the referrer is told at once."""
    if any(clock.code == "REFERRER_RESULT" for clock in clocks):
        return False
    decided = petition.case is not None and petition.case.decided_on is not None
    return decided or (petition.resolved_before and petition.state == "stored")


def _written(petition: Petition) -> bool:
    """Tell whether a petition on paper was handed in, as far as the register shows (K03)."""
    if petition.source in (Source.ONLINE, Source.PHONE):
        return False
    return (
        not petition.disciplinary
        or not petition.in_person
        or petition.letter_date is not None
        or bool(petition.attachments)
    )


def _case_facts(
    case: Case, clocks: Sequence[Clock], petitions: Sequence[Petition], running: frozenset[str]
) -> Facts:
    return Facts(
        today=today(),
        kind=case.kind,
        instance=case.instance,
        received_on=case.received_on,
        signer_count=max((p.signer_count for p in petitions), default=1),
        representatives_appointed=all(p.representatives_appointed for p in petitions if p.signer_count > 1),
        anonymous=bool(petitions) and all(p.anonymous for p in petitions),
        overdue_claim=any(p.overdue_claim for p in petitions),
        has_handler=case.handler_id is not None,
        overdue=case.overdue,
        accepted_on=case.accepted_on,
        decided_on=case.decided_on,
        delivered_on=case.delivered_on,
        resolve_due_on=_due(clocks, *_RESOLVE_CLOCKS),
        running_clocks=running,
    )


def _complaint(case: Case, facts: Facts, clocks: Sequence[Clock]) -> Facts:
    timebar = load_rulebook().rule("KNK_TIMEBAR" if case.disciplinary else "KN_TIMEBAR", case.received_on)
    return replace(
        facts,
        signer_count=_staying(case) if facts.signer_count > 1 else 1,
        emergency_until=case.emergency_until,
        timebar_days=timebar.number,
        timebar_article=timebar.article,
        timely_from=_timely_from(case) if timebar.roll_end else case.received_on,
        notarised_until=load_wordings()["KN_ATTORNEY_NOTARISED"].valid_to,
        complex=case.complex,
        extension_count=case.extension_count,
        effect_on=_due(clocks, "KN_EFFECT", "KNK_EFFECT"),
        window_ends_on=_due(clocks, *_WINDOWS),
        disciplinary=case.disciplinary,
        dismissal=case.dismissal,
        resolver_kind=case.unit.kind,
        dialogue_notice_days=load_rulebook().rule("KN_DIALOGUE_NOTICE", today()).number,
    )


def _staying(case: Case) -> int:
    """Return how many complain still: those who signed without those who withdrew, by the largest petition (C28)."""
    withdrawn = (
        select(func.count())
        .where(PetitionParty.petition_id == Petition.id, PetitionParty.withdrawn_on.is_not(None))
        .scalar_subquery()
    )
    most = select(func.max(Petition.signer_count - withdrawn)).where(Petition.case_id == case.id)
    return max(1, (db.session.execute(most).scalar_one() or 1) - case.withdrawn_unnamed)


def _timely_from(case: Case) -> date:
    """Return the first day whose limit still reaches the receipt: an end on days off rolls to the next working day."""
    return work_calendar(case.unit_id).roll_back(case.received_on - timedelta(days=1)) + timedelta(days=1)


def _denunciation(case: Case, facts: Facts, clocks: Sequence[Clock]) -> Facts:
    book, since = load_rulebook(), case.accepted_on or case.received_on
    times = {
        code: rule.extension.times if rule.extension else 0
        for code, rule in (
            ("TC_RESOLVE", book.rule("TC_RESOLVE", since)),
            ("TC_INIT", book.rule("TC_INIT", since)),
        )
    }
    facts = replace(
        facts,
        extension_count=case.extension_count,
        extensions=times["TC_RESOLVE"],
        check_extensions=times["TC_INIT"],
    )
    if case.instance != Instance.SECOND:
        return facts
    demands = [c.stopped_on for c in clocks if c.code == "TC_OVERDUE_DEMAND" and c.state == "met"]
    return replace(facts, earlier=_earlier(case), demanded_on=demands[-1] if demands else None)


def _earlier(case: Case) -> str:
    """Return how the case that a continued denunciation follows stands now, "" when it is not in the system."""
    first = db.session.get(Case, case.first_case_id) if case.first_case_id is not None else None
    if first is None:
        return ""
    if first.decided_on is not None:
        return "concluded"
    return "open" if first.is_open else "ended"


def _proposal(_case: Case, facts: Facts, _clocks: Sequence[Clock]) -> Facts:
    return facts


def _due(clocks: Sequence[Clock], *codes: str) -> date | None:
    """Return the due date of the newest clock with one of the codes."""
    found = [clock for clock in clocks if clock.code in codes]
    return found[-1].due_on if found else None


_OF_KIND: Mapping[str, Callable[[Case, Facts, Sequence[Clock]], Facts]] = {
    "complaint": _complaint,
    "denunciation": _denunciation,
    "proposal": _proposal,
    "admin_feedback": _proposal,
}
