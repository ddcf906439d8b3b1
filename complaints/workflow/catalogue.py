"""Which table moves what: petitions by the intake's, cases by their kind's."""

from collections.abc import Mapping

from complaints.codes import CaseKind
from complaints.workflow import complaint, denunciation, feedback, intake, proposal
from complaints.workflow.base import State, Workflow

INTAKE: Workflow = intake.WORKFLOW
BY_CASE_KIND: Mapping[str, Workflow] = {
    CaseKind.COMPLAINT.value: complaint.WORKFLOW,
    CaseKind.DENUNCIATION.value: denunciation.WORKFLOW,
    CaseKind.PROPOSAL.value: proposal.WORKFLOW,
    CaseKind.ADMIN_FEEDBACK.value: feedback.WORKFLOW,
}
ALL: tuple[Workflow, ...] = (INTAKE, *BY_CASE_KIND.values())
_STATES: Mapping[str, State] = {code: state for workflow in ALL for code, state in workflow.states.items()}


def state_label(code: str, lang: str = "vi") -> str:
    """Return the words for a state of any workflow, or the code when no table has it."""
    state = _STATES.get(code)
    if state is None:
        return code
    return state.label_en if lang == "en" else state.label_vi
