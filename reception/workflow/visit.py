"""A visit at the desk: law.md 7.1, the rows that the one-minute visit walks and what the head decides later. Pure.

A visit rests where somebody has to come back to it: the head with a refusal or a demand, a group with the paper that
appoints its representatives, the desk with a refusal that the head sent back. Everything else is walked at once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.core.permissions import Permission
from complaints.clocks import Verb
from complaints.codes import WRITTEN_REFUSALS, PetitionKind, RefusalGround
from complaints.codes_protection import HarmMeasure
from complaints.workflow.base import ClockEffect, Data, Facts, FieldKind, State, Transition, Workflow
from complaints.workflow.fields import DOCUMENT_NO, NOTE, ON, WORDS, spec
from complaints.workflow.intake_guards import maybe_denouncer
from reception.codes import GROUP_SIZE, REFUSED, CitedPoint, VisitOutcome, max_representatives

# Grounds that the law gives for some contents only (law.md 1.2): the kinds to which each does not apply.
NOT_FOR: Mapping[str | None, frozenset[str]] = {
    RefusalGround.D4_E.value: frozenset({PetitionKind.DENUNCIATION.value}),
}
# What Mẫu 01/TCD may cite for each ground: the law and the printed form differ in the letter of one point (1.2).
POINTS: Mapping[str, frozenset[str]] = {
    RefusalGround.L9_3.value: frozenset({CitedPoint.LAW_9_3.value}),
    RefusalGround.D4_H.value: frozenset({CitedPoint.POINT_H.value, CitedPoint.POINT_G.value}),
}
_RESTING = (VisitOutcome.REFUSAL_PENDING, VisitOutcome.AWAIT_REPS, VisitOutcome.DEMAND_PROPOSED)

_STATES = (
    State("arrived", "Đã đến", "Arrived"),
    State("identified", "Đã xác định nhân thân", "Identified"),
    State("heard", "Đã nghe, ghi nhận", "Heard"),
    *(State(outcome.value, outcome.vi, outcome.en, open=outcome in _RESTING) for outcome in VisitOutcome),
)
RETURNABLE = frozenset({"arrived", "await_reps"})  # from here the desk goes on with the visit


@dataclass(frozen=True)
class VisitFacts(Facts):
    """What the guards may know besides: representatives, contents, the ground of a refusal, what is registered."""

    representative_count: int = 0
    content_count: int = 0
    ground: str = ""  # of the refusal that waits
    registered: bool = False  # a petition of this visit stands in the register
    has_subordinates: bool = True  # a commune has no administrative level below it


def _facts(facts: Facts) -> VisitFacts:
    return facts if isinstance(facts, VisitFacts) else VisitFacts()


def ground_applies(ground: str | None, kind: str) -> bool:
    """Tell whether a ground may refuse a content of this kind (D154 Art 4(1)e: not a denunciation)."""
    return kind not in NOT_FOR.get(ground, frozenset())


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


def _point_fits(facts: Facts, data: Data) -> str | None:
    """R12: what the notice cites belongs to the ground that was recorded."""
    ground = _facts(facts).ground
    if not data or data.get("point") in POINTS.get(ground, frozenset()):
        return None
    if ground == RefusalGround.L9_3:
        return "Căn cứ đã ghi là khoản 3 Điều 9 Luật Tiếp công dân: thông báo phải viện dẫn đúng khoản đó."
    return "Căn cứ đã ghi là kiến nghị, phản ánh đã trả lời: viện dẫn điểm h (theo Điều 4 khoản 3), hoặc điểm g như mẫu in sẵn."


def _group_without_paper(facts: Facts, _data: Data) -> str | None:
    if facts.signer_count >= GROUP_SIZE and not facts.representatives_appointed:
        return None
    return f"Chỉ yêu cầu cử người đại diện khi từ {GROUP_SIZE} người trở lên và chưa cử."


def _representatives_allowed(facts: Facts, data: Data) -> str | None:
    """V7, R21: the paper is signed by all, and as many represent the group as the law lets."""
    if not data:
        return None
    chosen, most = _facts(facts).representative_count, max_representatives(facts.signer_count)
    if not facts.representatives_appointed:
        return "Chỉ tiếp tục khi đã có văn bản cử người đại diện, có chữ ký của mọi người."
    if not 1 <= chosen <= most:
        return f"Đoàn {facts.signer_count} người cử từ 1 đến {most} người đại diện; đã ghi {chosen}."
    return None


def _several_contents(facts: Facts, data: Data) -> str | None:
    """V10, R06."""
    if facts.kind != PetitionKind.MIXED:
        return "Chỉ tách khi người đến trình bày nhiều loại nội dung."
    if data and _facts(facts).content_count < 2:
        return "Ghi ít nhất hai nội dung để tách; nếu chỉ có một, chọn đúng loại của nội dung đó."
    return None


def _not_registered(facts: Facts, _data: Data) -> str | None:
    if _facts(facts).registered:
        return "Đơn của lượt này đã vào sổ: hướng dẫn, giải thích ở trang của đơn."
    return None


def _has_subordinate(facts: Facts, _data: Data) -> str | None:
    if _facts(facts).has_subordinates:
        return None
    return "Cấp xã không có cơ quan hành chính cấp dưới; chọn hướng dẫn, chuyển hoặc nhận đơn."


_ARRIVED, _HEARD, _PENDING = frozenset({"arrived"}), frozenset({"heard"}), frozenset({"refusal_pending"})
_PROPOSED = frozenset({"demand_proposed"})
_DESK, _HEAD = Permission.VISIT_RECORD, Permission.PETITION_DECIDE
_NUMBER = spec(DOCUMENT_NO.name, FieldKind.LINE, DOCUMENT_NO.label_vi, DOCUMENT_NO.label_en, required=True)
_BODY = spec("directed_to", FieldKind.LINE, "Cơ quan cấp dưới", "Subordinate body", required=True)
_GROUND = spec("ground", FieldKind.CHOICE, "Căn cứ từ chối", "Ground", required=True, choices=RefusalGround)
_STOP_REFUSE = (ClockEffect(Verb.STOP, "RECEP_REFUSE"),)

WORKFLOW = Workflow(
    name="visit",
    initial="arrived",
    states={state.code: state for state in _STATES},
    transitions=(
        Transition("V2", "refuse_oral", _ARRIVED, "refused_oral", _DESK, "Từ chối tiếp", "Refuse",
                   "Giải thích căn cứ bằng lời, ghi vào sổ.", fields=(_GROUND, WORDS), guard=_Refusal(written=False),
                   cites=("R12",)),
        Transition("V3", "refuse_written", _ARRIVED, "refusal_pending", _DESK, "Đề nghị từ chối bằng văn bản",
                   "Propose a written refusal", "Người đứng đầu ký thông báo từ chối.",
                   effects=(ClockEffect(Verb.START, "RECEP_REFUSE"),), fields=(ON, _GROUND, WORDS),
                   guard=_Refusal(written=True), cites=("R12", "F04", "F-5")),
        Transition("V4", "sign_refusal", _PENDING, "refused_written", _HEAD, "Ký thông báo từ chối",
                   "Sign the refusal", "Thông báo từ chối tiếp công dân (Mẫu 01/TCD).", document="01/TCD",
                   effects=_STOP_REFUSE,
                   fields=(ON, _NUMBER, spec("point", FieldKind.CHOICE, "Thông báo viện dẫn", "The notice cites",
                                             required=True, choices=CitedPoint), NOTE),
                   guard=_point_fits, cites=("R12",)),
        Transition("V5", "refusal_back", _PENDING, "arrived", _HEAD, "Không đủ căn cứ từ chối, trả lại bàn tiếp",
                   "Grounds not met, back to the desk", "Người đến phải được tiếp: bàn tiếp công dân tiếp tục lượt này.",
                   effects=_STOP_REFUSE, fields=(WORDS,), cites=("R12",)),
        Transition("V6", "await_reps", _ARRIVED, "await_reps", _DESK, "Yêu cầu cử người đại diện",
                   "Ask for representatives", f"Từ {GROUP_SIZE} người trở lên, chưa có văn bản cử người đại diện.",
                   guard=_group_without_paper, cites=("R21",)),
        Transition("V7", "appoint_reps", frozenset({"await_reps"}), "identified", _DESK, "Nhận văn bản cử người đại diện",
                   "Representatives appointed", "Văn bản có chữ ký của mọi người, số người đại diện đúng luật.",
                   guard=_representatives_allowed, cites=("R21",)),
        Transition("V8", "identify", _ARRIVED, "identified", _DESK, "Xác định nhân thân", "Identify",
                   "Ghi họ tên, địa chỉ, số giấy tờ; kiểm tra tư cách đại diện.", cites=("R02", "R04")),
        Transition("V9", "hear", frozenset({"identified"}), "heard", _DESK, "Nghe, nhận đơn", "Hear",
                   "Ghi nội dung hoặc nhận đơn, giấy tờ.", cites=("R05", "R07", "R09")),
        Transition("V10", "split_contents", _HEARD, None, _DESK, "Tách riêng từng nội dung", "Split the contents",
                   "Mỗi nội dung thành một đơn, có thời hạn riêng.", guard=_several_contents, cites=("R06",)),
        Transition("V11", "take_in", _HEARD, "taken_in", _DESK, "Nhận đơn, chuyển xử lý", "Take in",
                   "Đơn vào sổ xử lý đơn.", cites=("R08",)),
        Transition("V12", "guide", _HEARD, "guided", _DESK, "Hướng dẫn", "Guide",
                   "Hướng dẫn đến cơ quan có thẩm quyền.", guard=_not_registered, cites=("R08",)),
        Transition("V13", "transfer", _HEARD, "transferred", _DESK, "Chuyển", "Transfer",
                   "Nhận đơn để chuyển cơ quan có thẩm quyền.",
                   fields=(spec("directed_to", FieldKind.LINE, "Cơ quan có thẩm quyền", "Competent body", required=True), NOTE),
                   cites=("R08", "F02")),
        Transition("V14", "propose_demand", _HEARD, "demand_proposed", _DESK, "Trình yêu cầu cấp dưới giải quyết",
                   "Prepare a demand on a subordinate", "Cấp dưới có thẩm quyền nhưng chưa giải quyết: trình người đứng đầu.",
                   fields=(_BODY, WORDS), guard=_has_subordinate, cites=("R08",)),
        Transition("V14", "demand", _PROPOSED, "demand_subordinate", _HEAD, "Ký văn bản yêu cầu cấp dưới giải quyết",
                   "Sign the demand", "Văn bản yêu cầu cơ quan cấp dưới giải quyết; đơn vẫn được trả lời đúng hạn.",
                   document="letter", fields=(ON, _NUMBER, _BODY, NOTE), cites=("R08",)),
        Transition("V14", "demand_back", _PROPOSED, "heard", _HEAD, "Chưa đủ căn cứ yêu cầu, trả lại bàn tiếp",
                   "No demand, back to the desk", "Bàn tiếp công dân chọn cách xử lý khác cho đơn đã nhận.", fields=(WORDS,),
                   cites=("R08",)),
        Transition("V15", "explain", _HEARD, "explained", _DESK, "Giải thích", "Explain",
                   "Đã giải quyết đúng: giải thích, ghi sổ.", guard=_not_registered, cites=("R08",)),
        Transition("TC09", "harm_told", frozenset(state.code for state in _STATES), None, _DESK,
                   "Có nguy hại với người tố cáo: đã xử lý ngay", "Harm or threat seen: acted at once",
                   "Thấy người tố cáo bị hại hoặc bị đe doạ: áp dụng biện pháp hoặc báo công an ngay, rồi ghi lại.",
                   fields=(ON, spec("measures", FieldKind.CHOICES, "Đã làm ngay", "Done at once", required=True,
                                    choices=HarmMeasure),
                           spec("told", FieldKind.LINE, "Đã báo ai, lúc nào", "Who was told, when", required=True), WORDS),
                   guard=maybe_denouncer, cites=("TC09",)),
    ),
)  # fmt: skip

_FROM_HEARD = {
    "taken_in": "take_in", "guided": "guide", "transferred": "transfer", "explained": "explain",
    "demand_proposed": "propose_demand",
}  # fmt: skip


def steps_of(
    outcome: str, ground: str | None, *, start: str = WORKFLOW.initial, split: bool = False
) -> tuple[str, ...]:
    """Return the actions that lead from arrival, or where the visit rested, to what the desk chose; empty: no such way.

    `split`: each content becomes a petition of its own on the way.
    """
    if outcome == REFUSED:
        return ("refuse_written" if ground in WRITTEN_REFUSALS else "refuse_oral",)
    if outcome == "await_reps":
        return ("await_reps",)
    last = _FROM_HEARD.get(outcome)
    if last is None:
        return ()
    first = "appoint_reps" if start == "await_reps" else "identify"
    return (first, "hear", "split_contents", last) if split else (first, "hear", last)


def walk(steps: Sequence[str], facts: Facts, data: Data, *, start: str = WORKFLOW.initial) -> str:
    """Return the state in which a walk ends. Raises NotInWorkflow or GuardRefused."""
    state = start
    for action in steps:
        state = WORKFLOW.find(state, action, facts, data).target or state
    return state
