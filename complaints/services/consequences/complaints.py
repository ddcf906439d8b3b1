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


CONSEQUENCES: Mapping[str, CaseConsequence] = {
    "accept": accept,
    "declare_complex": _complex,
    "decide": decide,
    "deliver": _deliver,
    "close": close,
    "refuse": end("refused"),
    "terminate": end("terminated"),
    "reclassify": reclassify,
}
