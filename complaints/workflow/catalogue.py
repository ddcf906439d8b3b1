"""Which table moves what: petitions by the intake's, cases by their kind's."""

from collections.abc import Mapping

from complaints.codes import CaseKind, Instance
from complaints.workflow import (
    complaint,
    complaint_second,
    continued,
    denunciation,
    discipline,
    feedback,
    intake,
    proposal,
    protection,
)
from complaints.workflow.base import State, Workflow

INTAKE: Workflow = intake.WORKFLOW
BY_CASE_KIND: Mapping[str, Workflow] = {
    CaseKind.COMPLAINT.value: complaint.WORKFLOW,
    CaseKind.DENUNCIATION.value: denunciation.WORKFLOW,
    CaseKind.PROPOSAL.value: proposal.WORKFLOW,
    CaseKind.ADMIN_FEEDBACK.value: feedback.WORKFLOW,
}
# A complaint has a table for its instance, and one of its own when it is about discipline (law.md 7.3, 7.4).
_COMPLAINTS: Mapping[tuple[bool, bool], Workflow] = {  # (second instance, disciplinary)
    (False, False): complaint.WORKFLOW,
    (True, False): complaint_second.WORKFLOW,
    (False, True): discipline.FIRST,
    (True, True): discipline.SECOND,
}
OF_CASES: tuple[Workflow, ...] = (
    *_COMPLAINTS.values(),
    BY_CASE_KIND[CaseKind.DENUNCIATION],
    continued.WORKFLOW,
    BY_CASE_KIND[CaseKind.PROPOSAL],
    BY_CASE_KIND[CaseKind.ADMIN_FEEDBACK],
)
ALL: tuple[Workflow, ...] = (INTAKE, *OF_CASES)
# Tables that run beside a case and move a record of their own.
PARALLEL: tuple[Workflow, ...] = (protection.WORKFLOW,)
_STATES: Mapping[str, State] = {
    code: state for workflow in (*ALL, *PARALLEL) for code, state in workflow.states.items()
}


def case_workflow(kind: str, instance: str = "first", disciplinary: bool = False) -> Workflow:
    """Return the table that moves a case of a kind (codes.CaseKind), instance and, for complaints, subject."""
    if kind == CaseKind.COMPLAINT:
        return _COMPLAINTS[instance == Instance.SECOND, disciplinary]
    if kind == CaseKind.DENUNCIATION and instance == Instance.SECOND:
        return continued.WORKFLOW
    return BY_CASE_KIND[kind]


def state_label(code: str, lang: str = "vi") -> str:
    """Return the words for a state of any workflow, or the code when no table has it."""
    state = _STATES.get(code)
    if state is None:
        return code
    return state.label_en if lang == "en" else state.label_vi
