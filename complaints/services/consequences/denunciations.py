"""What the steps of a denunciation record."""

from collections.abc import Mapping
from datetime import date

from app.core.permissions import Principal
from complaints.models.cases import Case
from complaints.services.consequences.petitions import reclassify
from complaints.services.consequences.shared import (
    CaseConsequence,
    Typed,
    accept,
    close,
    decide,
    end,
    extend,
)


def _overdue(case: Case, _typed: Typed, _on: date, _actor: Principal | None) -> None:
    case.overdue = True


CONSEQUENCES: Mapping[str, CaseConsequence] = {
    "lengthen_check": extend,
    "accept": accept,
    "extend": extend,
    "mark_overdue": _overdue,
    "conclude": decide,
    "close": close,
    "refuse": end("refused"),
    "terminate": end("terminated"),
    "to_investigation": end("to_investigation"),
    "reclassify": reclassify,
}
