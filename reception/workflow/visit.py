"""A visit at the desk: law.md 7.1, the rows that the one-minute visit walks and the head's signature. Pure.

The state in which a walk ends is the visit's outcome (reception.codes.VisitOutcome). Who comes back with the paper that
appoints representatives (V7) is written down as a new visit, so awaiting them ends this one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.core.permissions import Permission
from complaints.codes import WRITTEN_REFUSALS, PetitionKind, RefusalGround
from complaints.workflow.base import Data, Facts, State, Transition, Workflow
from reception.codes import GROUP_SIZE, REFUSED, VisitOutcome

# Grounds that the law gives for some contents only (law.md 1.2): the kinds to which each does not apply.
NOT_FOR: Mapping[str, frozenset[str]] = {
    RefusalGround.D4_E.value: frozenset({PetitionKind.DENUNCIATION.value}),
}

_STATES = (
    State("arrived", "Đã đến", "Arrived"),
    State("identified", "Đã xác định nhân thân", "Identified"),
    State("heard", "Đã nghe, ghi nhận", "Heard"),
    State("refusal_pending", "Từ chối tiếp, chờ văn bản", "Refused, written notice owed"),
    *(
        State(outcome.value, outcome.vi, outcome.en, open=False)
        for outcome in VisitOutcome
        if outcome is not VisitOutcome.REFUSAL_PENDING
    ),
)


def ground_applies(ground: str | None, kind: str) -> bool:
    """Tell whether a ground may refuse a content of this kind (D154 Art 4(1)e: not a denunciation)."""
    return kind not in NOT_FOR.get(ground or "", frozenset())


@dataclass(frozen=True)
class _Refusal:
    """A refusal rests on a ground of the right way of telling, which the content allows."""

    written: bool

    def __call__(self, facts: Facts, data: Data) -> str | None:
        ground = data.get("ground")
        if not data:
            return None
        if ground not in set(RefusalGround):
            return "Từ chối tiếp phải có căn cứ."
        if (ground in WRITTEN_REFUSALS) is not self.written:
            return (
                "Căn cứ này được giải thích bằng lời, không ra thông báo bằng văn bản."
                if self.written
                else "Căn cứ này phải từ chối bằng văn bản do người đứng đầu ký."
            )
        return (
            None
            if ground_applies(ground, facts.kind)
            else "Căn cứ này không áp dụng với loại nội dung đã chọn."
        )


def _group_without_paper(facts: Facts, _data: Data) -> str | None:
    if facts.signer_count >= GROUP_SIZE and not facts.representatives_appointed:
        return None
    return f"Chỉ yêu cầu cử người đại diện khi từ {GROUP_SIZE} người trở lên và chưa cử."


_ARRIVED, _HEARD = frozenset({"arrived"}), frozenset({"heard"})
_DESK, _HEAD = Permission.VISIT_RECORD, Permission.PETITION_DECIDE

WORKFLOW = Workflow(
    name="visit",
    initial="arrived",
    states={state.code: state for state in _STATES},
    transitions=(
        Transition("V2", "refuse_oral", _ARRIVED, "refused_oral", _DESK, "Từ chối tiếp", "Refuse",
                   "Giải thích căn cứ bằng lời, ghi vào sổ.", guard=_Refusal(written=False), cites=("R12",)),
        Transition("V3", "refuse_written", _ARRIVED, "refusal_pending", _DESK, "Đề nghị từ chối bằng văn bản",
                   "Propose a written refusal", "Người đứng đầu ký thông báo từ chối.",
                   guard=_Refusal(written=True), cites=("R12", "F04", "F-5")),
        Transition("V4", "sign_refusal", frozenset({"refusal_pending"}), "refused_written", _HEAD,
                   "Ký thông báo từ chối", "Sign the refusal", "Thông báo từ chối tiếp công dân (Mẫu 01/TCD).",
                   cites=("R12",)),
        Transition("V6", "await_reps", _ARRIVED, "await_reps", _DESK, "Yêu cầu cử người đại diện",
                   "Ask for representatives", f"Từ {GROUP_SIZE} người trở lên, chưa có văn bản cử người đại diện.",
                   guard=_group_without_paper, cites=("R21",)),
        Transition("V8", "identify", _ARRIVED, "identified", _DESK, "Xác định nhân thân", "Identify",
                   "Ghi họ tên, địa chỉ, số giấy tờ; kiểm tra tư cách đại diện.", cites=("R02", "R04")),
        Transition("V9", "hear", frozenset({"identified"}), "heard", _DESK, "Nghe, nhận đơn", "Hear",
                   "Ghi nội dung hoặc nhận đơn, giấy tờ.", cites=("R05", "R07", "R09")),
        Transition("V11", "take_in", _HEARD, "taken_in", _DESK, "Nhận đơn, chuyển xử lý", "Take in",
                   "Đơn vào sổ xử lý đơn.", cites=("R08",)),
        Transition("V12", "guide", _HEARD, "guided", _DESK, "Hướng dẫn", "Guide",
                   "Hướng dẫn đến cơ quan có thẩm quyền.", cites=("R08",)),
        Transition("V13", "transfer", _HEARD, "transferred", _DESK, "Chuyển", "Transfer",
                   "Nhận đơn để chuyển cơ quan có thẩm quyền.", cites=("R08", "F02")),
        Transition("V15", "explain", _HEARD, "explained", _DESK, "Giải thích", "Explain",
                   "Đã giải quyết đúng: giải thích, ghi sổ.", cites=("R08",)),
    ),
)  # fmt: skip

_FROM_HEARD = {"taken_in": "take_in", "guided": "guide", "transferred": "transfer", "explained": "explain"}


def steps_of(outcome: str, ground: str | None) -> tuple[str, ...]:
    """Return the actions that lead from arrival to what the desk chose; empty when the list has no such outcome."""
    if outcome == REFUSED:
        return ("refuse_written" if ground in WRITTEN_REFUSALS else "refuse_oral",)
    if outcome == "await_reps":
        return ("await_reps",)
    last = _FROM_HEARD.get(outcome)
    return ("identify", "hear", last) if last else ()


def walk(steps: Sequence[str], facts: Facts, data: Data) -> str:
    """Return the state in which a walk from arrival ends. Raises NotInWorkflow or GuardRefused."""
    state = WORKFLOW.initial
    for action in steps:
        state = WORKFLOW.find(state, action, facts, data).target or state
    return state
