"""What the steps of a complaint record."""

from collections.abc import Mapping
from datetime import date

from app.core.permissions import Principal
from complaints.models.cases import Case
from complaints.services.consequences.petitions import reclassify
from complaints.services.consequences.shared import CaseConsequence, Typed, accept, close, decide, end


def _complex(case: Case, _typed: Typed, _on: date, _actor: Principal | None) -> None:
    case.complex = True
    case.extension_count += 1


def _deliver(case: Case, typed: Typed, _on: date, _actor: Principal | None) -> None:
    case.delivered_on = typed["delivered_on"]


def _overdue(case: Case, _typed: Typed, _on: date, _actor: Principal | None) -> None:
    """C-23, S-8: the limit ended with no decision; the case stays where it is."""
    case.overdue = True


CONSEQUENCES: Mapping[str, CaseConsequence] = {
    "accept": accept,
    "declare_complex": _complex,
    "mark_overdue": _overdue,
    "decide": decide,
    "deliver": _deliver,
    "close": close,
    "refuse": end("refused"),
    "terminate": end("terminated"),
    "reclassify": reclassify,
}
