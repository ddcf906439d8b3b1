"""What the tables of second and disciplinary complaints share: rows of 7.3 taken over, and rows of their own. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from app.core.permissions import Permission
from complaints import codes
from complaints.clocks import Verb
from complaints.workflow import complaint
from complaints.workflow.base import ClockEffect, Data, Facts, FieldKind, Guard, State, Transition
from complaints.workflow.fields import DOCUMENT_NO, NOTE, ON, WORDS, spec
from complaints.workflow.results import TO_DO

REMOTE = spec("remote", FieldKind.YES_NO, "Vùng sâu, vùng xa đi lại khó khăn", "Remote area",
              help_vi="Thời hạn giải quyết dài hơn (Luật Khiếu nại Điều 37).")  # fmt: skip
BEFORE_DECISION = frozenset({"verifying", "verified", "dialogue_set", "dialogue_done"})
# The same in every instance: law.md 7.4 S-9 ("as 7.3"), the handling and what follows the decision.
SHARED_ACTIONS = (
    "refuse", "verify", "report", "hold_dialogue", "dialogue_without", "postpone_dialogue", "suspend", "resume",
    "send_suspension", "terminate", "terminate_ended", "terminate_no_object", "withdraw_part", "withdraw_some",
    "order_emergency", "lift_emergency", "reclassify", "publish", "dispatch", "execute", "close", "review", "end_review",
)  # fmt: skip
_AS_IN_FIRST = frozenset(
    {
        "suspend", "resume", "send_suspension", "terminate", "terminate_ended", "terminate_no_object", "withdraw_part",
        "withdraw_some", "order_emergency", "lift_emergency",
    }
)  # fmt: skip


def states_of(*own: State, without: Collection[str]) -> dict[str, State]:
    """Return the states of a table: its own, then those of the first instance without some, in their order."""
    shared = {code: state for code, state in complaint.WORKFLOW.states.items() if code not in without}
    return {state.code: state for state in own} | shared


def taken_over(
    actions: Iterable[str], *, states: Mapping[str, State], renamed: Mapping[str, str], clocks: Mapping[str, str]
) -> tuple[Transition, ...]:  # fmt: skip
    """Return rows of the first instance's table for another one: states renamed or left out, clocks renamed."""
    wanted = set(actions)
    return tuple(
        adapted(row, states=states, renamed=renamed, clocks=clocks)
        for row in complaint.WORKFLOW.transitions
        if row.action in wanted
    )


def adapted(
    row: Transition, *, states: Mapping[str, State], renamed: Mapping[str, str], clocks: Mapping[str, str]
) -> Transition:  # fmt: skip
    """Return one row for another table, leading to a state that both have. A clock mapped to nothing is not driven there."""
    effects = tuple(
        replace(effect, clock=clocks.get(effect.clock, effect.clock))
        for effect in row.effects
        if clocks.get(effect.clock) != ""
    )
    sources = frozenset(renamed.get(s, s) for s in row.sources) & set(states)
    if "decided_2" in sources and row.action == "dispatch":  # S-7 comes by itself, sent or not
        sources |= {"effective", "executing"}
    second = "decided_2" in states
    return replace(
        row,
        code="S-2" if second and row.action == "refuse" else row.code,
        cites=(*row.cites, "S-9") if second and row.action in _AS_IN_FIRST else row.cites,
        sources=sources,
        effects=tuple(dict.fromkeys(effects)),
    )


def rows_of_first(action: str) -> tuple[Transition, ...]:
    """Return the rows of the first instance's table that share an action."""
    return tuple(row for row in complaint.WORKFLOW.transitions if row.action == action)


def guard_of_first(action: str) -> Guard:
    """Return the guard of a step of the first instance that holds here as well."""
    guard = rows_of_first(action)[0].guard
    if guard is None:
        raise ValueError(f"{action} has no guard")
    return guard


def _asked(facts: Facts, _data: Data) -> str | None:
    return (
        None
        if "KN_INFO_REQUEST" in facts.running_clocks
        else "Không có yêu cầu cung cấp thông tin nào đang chờ."
    )


def information(*accepted: str) -> tuple[Transition, ...]:
    """Return the rows of asking others for papers, which have seven days (C16), and of receiving them."""
    working = frozenset(accepted) | BEFORE_DECISION
    to_body = spec("to_body", FieldKind.LINE, "Gửi", "To", required=True)
    start = (ClockEffect(Verb.START, "KN_INFO_REQUEST"),)
    return (
        Transition("C-5", "request_information", frozenset({accepted[0], "verifying"}), None, Permission.CASE_HANDLE,
                   "Yêu cầu cung cấp thông tin", "Request information",
                   "Nơi được yêu cầu có thời hạn riêng để cung cấp thông tin, tài liệu.", document="letter",
                   effects=start, fields=(ON, to_body, DOCUMENT_NO, WORDS), cites=("C16",)),
        Transition("C-5", "record_information", working, None, Permission.CASE_HANDLE,
                   "Đã nhận thông tin, tài liệu", "Information received",
                   "Nơi được yêu cầu đã cung cấp thông tin, tài liệu.",
                   effects=(ClockEffect(Verb.STOP, "KN_INFO_REQUEST"),), fields=(ON, NOTE), guard=_asked,
                   cites=("C16",)),
    )  # fmt: skip


FILE_REQUEST = Transition(
    "S-3", "request_file", frozenset({"accepted_2", "verifying"}), None, Permission.CASE_HANDLE,
    "Yêu cầu hồ sơ giải quyết lần đầu", "Request the first file",
    "Người giải quyết lần đầu cung cấp hồ sơ vụ việc trong thời hạn của yêu cầu.", document="letter",
    effects=(ClockEffect(Verb.START, "KN_INFO_REQUEST"),),
    fields=(ON, spec("to_body", FieldKind.LINE, "Người giải quyết lần đầu", "First resolver", required=True),
            DOCUMENT_NO, NOTE),
    cites=("C16", "C40", "Art 14(2)đ, 15(1)a"),
)  # fmt: skip


def decided_second(*, ends: str, effect: str) -> Transition:
    """Return the second decision (S-6): always published (Art 41(2)), sent in KN2_SEND; no third complaint."""
    fields = (
        ON,
        spec("document_no", FieldKind.LINE, "Số quyết định", "Decision number", required=True),
        spec("outcome", FieldKind.CHOICE, "Kết quả", "Outcome", required=True, choices=codes.SecondOutcome),
        WORDS,
        *TO_DO,
    )
    effects = (
        ClockEffect(Verb.STOP, ends), ClockEffect(Verb.CANCEL, "KN_INFO_REQUEST"),
        *(ClockEffect(Verb.START, code) for code in ("KN2_SEND", "KN_PUBLISH", effect)),
    )  # fmt: skip
    return Transition(
        "S-6", "decide", frozenset({"dialogue_done"}), "decided_2", Permission.CASE_DECIDE, "Ký quyết định giải quyết",
        "Sign the decision", "Ban hành quyết định giải quyết khiếu nại lần hai, gửi và công khai.", document="letter",
        effects=effects, fields=fields, cites=("C30", "C31", "C36", "K07"), proposable=True,
    )  # fmt: skip


def second_delivered() -> Transition:
    """Return the row of the day on which the second decision was received: it opens no further window."""
    row = rows_of_first("deliver")[0]
    return replace(
        row, code="S-6", sources=frozenset({"decided_2", "effective", "executing"}), help_vi="Ghi ngày người khiếu nại nhận quyết định lần hai.",
        effects=(ClockEffect(Verb.STOP, "KN2_SEND", "delivered_on"),), cites=("C30",),
    )  # fmt: skip


def takes_effect(clock: str) -> Transition:
    """Return S-7: at the end of the clock the second decision is in effect; nobody has to confirm it."""
    effects = (ClockEffect(Verb.STOP, clock, "effect_on"), ClockEffect(Verb.START, "KN_EXECUTE", "effect_on"))
    return Transition(
        "S-7", "take_effect", frozenset({"decided_2"}), "effective", Permission.CASE_DECIDE, "Quyết định có hiệu lực",
        "In effect", "Hết thời hạn từ ngày ban hành thì quyết định lần hai có hiệu lực.", effects=effects,
        cites=("C36", "C37", "C38", "K08"), expiry_of=clock,
    )  # fmt: skip


def overdue(clock: str, accepted: str, code: str, help_vi: str, cites: tuple[str, ...]) -> Transition:
    """Return the row by which the system says that the limit ended with no decision; no window follows from it."""
    row = rows_of_first("mark_overdue")[0]
    return replace(
        row, code=code, sources=frozenset({accepted}) | BEFORE_DECISION, label_vi="Quá hạn giải quyết",
        help_vi=help_vi, effects=(), cites=cites, expiry_of=clock,
    )  # fmt: skip
