"""What the steps of a proposal, and of feedback on regulations, record."""

from collections.abc import Mapping
from datetime import date

from app.core.permissions import Principal
from complaints.models.cases import Case
from complaints.services.consequences.petitions import reclassify
from complaints.services.consequences.shared import CaseConsequence, Typed, end, resolved_late


def _answer(case: Case, _typed: Typed, on: date, _actor: Principal | None) -> None:
    case.decided_on, case.outcome = on, "answered"
    case.on_time = not resolved_late(case)


def _publish_result(case: Case, typed: Typed, on: date, _actor: Principal | None) -> None:
    case.decided_on, case.published_on, case.outcome = on, on, typed["outcome"]


CONSEQUENCES: Mapping[str, CaseConsequence] = {
    "answer": _answer,
    "transfer": end("transferred"),
    "reclassify": reclassify,
}
FEEDBACK: Mapping[str, CaseConsequence] = {
    "publish_result": _publish_result,
    "transfer": end("transferred"),
    "reclassify": reclassify,
}
