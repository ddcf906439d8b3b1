"""Telling the referrer: the clock that starts when a case is resolved that a deputy or a reception office referred."""

from sqlalchemy import select

from app.core.db import db
from complaints.codes import CaseKind, Source
from complaints.models.cases import Case
from complaints.models.clocks import Clock
from complaints.models.petitions import Petition
from complaints.services.clocks import refresh_due, start_clock

REFERRED = (Source.FORWARDED_DEPUTY.value, Source.FORWARDED_RECEPTION.value)
_KINDS = (CaseKind.COMPLAINT.value, CaseKind.DENUNCIATION.value)
CLOCK = "REFERRER_RESULT"


def owe_referrers(case: Case) -> None:
    """Start the clock towards each referrer of a complaint or denunciation that has been resolved (V18, R10).

    Counted from the day of the decision or conclusion; once a petition, however often the case moves afterwards.
    """
    if case.decided_on is None or case.kind not in _KINDS:
        return
    started = select(Clock.petition_id).where(Clock.code == CLOCK, Clock.petition_id.is_not(None))
    wanted = select(Petition).where(
        Petition.case_id == case.id, Petition.source.in_(REFERRED), Petition.id.not_in(started)
    )
    for petition in db.session.scalars(wanted.order_by(Petition.id)).all():
        start_clock(petition, CLOCK, on=case.decided_on, actor=None)
        refresh_due(petition)
        refresh_due(case)
