"""How many clocks of each rule run now on what a person may see."""

from collections.abc import Mapping

from sqlalchemy import func, or_, select

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
