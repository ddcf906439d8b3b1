"""Which cases are due by a target of the office's own and not by the law: no list may take one for the other."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from app.core.db import db
from complaints.models.cases import Case
from complaints.models.clocks import Clock
from complaints.models.petitions import Petition
from complaints.rulebook.loader import load_rulebook


def own_targets(cases: Iterable[Any]) -> frozenset[int]:
    """Return the ids of those cases (or lines of cases) whose nearest due date is no limit of the law.

    Only proposals can be: the law sets them no number (F01). One query, and none without a proposal.
    """
    proposals = [case.id for case in cases if case.kind == "proposal" and case.is_open]
    if not proposals:
        return frozenset()
    statement = (
        select(Case.id, Clock.code)
        .outerjoin(Petition, Petition.case_id == Case.id)
        .join(Clock, (Clock.case_id == Case.id) | (Clock.petition_id == Petition.id))
        .where(
            Case.id.in_(proposals), Clock.state == "running", Clock.beside_id.is_(None),
            Clock.due_on == Case.next_due_on,
        )
    )  # fmt: skip
    by_law = {rule.code for rule in load_rulebook().rules() if rule.is_law}
    ends = {(case_id, code in by_law) for case_id, code in db.session.execute(statement)}
    return frozenset(case_id for case_id, law in ends if not law and (case_id, True) not in ends)
