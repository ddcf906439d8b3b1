"""What the steps of feedback on a regulation record."""

from collections.abc import Mapping
from datetime import date

from app.core.permissions import Principal
from complaints.models.cases import Case
from complaints.services.consequences.petitions import reclassify
from complaints.services.consequences.shared import CaseConsequence, Typed, end


def _publish(case: Case, _typed: Typed, on: date, _actor: Principal | None) -> None:
    """F-8: no limit of the law runs here, so nothing is on time or late."""
    case.decided_on, case.outcome = on, "published"


CONSEQUENCES: Mapping[str, CaseConsequence] = {
    "publish_result": _publish,
    "transfer": end("transferred"),
    "reclassify": reclassify,
}
