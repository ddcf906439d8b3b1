"""What several kinds of case record alike: acceptance, the outcome, the columns of the statutory forms."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from app.core.db import db
from app.core.events import publish
from app.core.permissions import Principal
from complaints.events import CaseResolved
from complaints.models.cases import Case, CaseResult
from complaints.models.petitions import Petition
from complaints.services.clocks import clocks_of
from complaints.workflow.results import RESULT_NAMES

Subject = Petition | Case
Typed = Mapping[str, Any]
CaseConsequence = Callable[[Case, Typed, date, Principal | None], None]
PetitionConsequence = Callable[[Petition, Typed, date, Principal], None]
_RESOLUTION = ("KN1_RESOLVE", "KN2_RESOLVE", "KNK_RESOLVE", "TC_RESOLVE", "PROPOSAL_TARGET")


def accept(case: Case, typed: Typed, on: date, _actor: Principal | None) -> None:
    """Record the day of acceptance, from which the resolution counts."""
    case.accepted_on = on
    case.remote = case.remote or bool(typed.get("remote"))
    case.extension_count = 0  # what lengthened the initial check does not count against the resolution


def extend(case: Case, _typed: Typed, _on: date, _actor: Principal | None) -> None:
    """Count an extension."""
    case.extension_count += 1


def decide(case: Case, typed: Typed, on: date, _actor: Principal | None) -> None:
    """Record the outcome of a decision or conclusion, and what it asks for."""
    case.decided_on, case.outcome = on, typed["outcome"]
    case.on_time = not resolved_late(case)
    record_result(case, "decided", typed)
    publish(CaseResolved(case.id, on))


def close(case: Case, typed: Typed, _on: date, _actor: Principal | None) -> None:
    """Record what was carried out."""
    record_result(case, "executed", typed)


def end(outcome: str) -> CaseConsequence:
    """Return the consequence of a step that ends a case with an outcome of its own."""

    def record(case: Case, _typed: Typed, _on: date, _actor: Principal | None) -> None:
        case.outcome = outcome

    return record


def resolved_late(case: Case) -> bool:
    """Tell whether a resolution clock of the case stopped after its due date."""
    return any(clock.late for clock in clocks_of(case) if clock.code in _RESOLUTION)


def record_result(case: Case, stage: str, typed: Typed) -> None:
    """Keep the columns of 03/GQKN, 04/GQTC and 05/KQTH that a step asked for."""
    values = {name: typed[name] for name in RESULT_NAMES if typed.get(name)}
    zero = {name: Decimal(0) for name in ("recover_money", "recover_land", "return_money", "return_land")}
    db.session.add(CaseResult(case_id=case.id, stage=stage, **{**zero, **values}))
