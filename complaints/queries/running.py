"""How many clocks of each rule run now on what a person may see; and how far behind the sweep of all of them is."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, or_, select

from app.core.clock import now
from app.core.db import db
from app.core.permissions import Permission, Principal
from complaints.access import visible_cases, visible_duties, visible_petitions
from complaints.models.cases import Case
from complaints.models.clocks import Clock
from complaints.models.duties import Duty
from complaints.models.petitions import Petition

_OPEN = ("running", "paused")


def running_by_code(principal: Principal) -> Mapping[str, int]:
    """Return the number of open statutory clocks by code on what the principal sees."""
    if not any(
        principal.may(p) for p in (Permission.CASE_VIEW, Permission.PETITION_VIEW, Permission.VISIT_VIEW)
    ):
        return {}
    cases = select(Case.id).where(Case.is_open, visible_cases(principal))
    petitions = select(Petition.id).where(visible_petitions(principal))
    duties = select(Duty.id).where(Duty.is_open, visible_duties(principal))
    statement = (
        select(Clock.code, func.count())
        .where(
            Clock.state.in_(_OPEN), Clock.beside_id.is_(None),
            or_(Clock.case_id.in_(cases), Clock.petition_id.in_(petitions), Clock.duty_id.in_(duties)),
        )
        .group_by(Clock.code)
    )  # fmt: skip
    return dict(db.session.execute(statement).all())


def oldest_due_alert() -> datetime | None:
    """Return since when (UTC) the oldest alert that is due has not been raised; None when none is due."""
    due = select(Clock.next_alert_at).where(Clock.next_alert_at.is_not(None), Clock.next_alert_at <= now())
    return db.session.scalar(due.order_by(Clock.next_alert_at).limit(1))
