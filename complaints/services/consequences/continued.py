"""What opening a continued denunciation and the steps of the superior record (T-25 to T-30)."""

from collections.abc import Mapping
from datetime import date

from app.core.errors import Invalid
from app.core.events import publish
from app.core.permissions import Principal
from complaints.events import ContinuedDenunciationOpened, SuperiorActed
from complaints.models.cases import Case
from complaints.models.petitions import Petition
from complaints.services import continued
from complaints.services.consequences.petitions import opened
from complaints.services.consequences.shared import CaseConsequence, PetitionConsequence, Typed, accept, end
from complaints.workflow.continued import DEMANDED, TAKEN_OVER


def _open(petition: Petition, typed: Typed, on: date, actor: Principal) -> None:
    """Open the superior's case, linked to the earlier one (T-25, T-27). Raises Invalid beside the field."""
    words, earlier = typed.get("first_decision") or "", None
    if typed.get("first_case_id"):
        earlier = continued.earlier_case(petition, typed["first_case_id"], actor=actor)
    elif not words:
        raise Invalid("Chọn vụ việc trước, hoặc ghi nơi đã giải quyết trước đó.", field="first_case_id")
    code = "T-25" if petition.overdue_claim else "T-27"
    case = opened(petition, code, on, actor, earlier=earlier, words=words)
    publish(ContinuedDenunciationOpened(case.id, on))


def _on_earlier(act: str) -> CaseConsequence:
    """Return the consequence by which the earlier case follows, when it stands in the system."""

    def tell(case: Case, _typed: Typed, on: date, _actor: Principal | None) -> None:
        if case.first_case_id is not None:
            publish(SuperiorActed(case.id, case.first_case_id, act, on))

    return tell


OF_PETITION: Mapping[str, PetitionConsequence] = {"open_continued": _open}
OF_CASE: Mapping[str, CaseConsequence] = {
    "demand": _on_earlier(DEMANDED),
    "take_over": _on_earlier(TAKEN_OVER),
    "be_taken_over": end("taken_over"),
    "resolve_again": accept,
    "reject": end("continued_rejected"),
    "transfer": end("transferred"),
    "end_demand": end("left_to_resolver"),
}
