"""Complaints about decisions of discipline (khiếu nại quyết định kỷ luật): law.md 3.5 and the end of 7.4, K01 to K09.

The same machine with the clocks of chapter IV of the law: no remote areas (K05), the dialogue in both instances (K06),
the disciplinary council asked after verification (Art 52).
"""

from collections.abc import Mapping
from dataclasses import replace

from app.core.permissions import Permission
from complaints.clocks import Verb
from complaints.workflow import acceptance, complaint_second
from complaints.workflow import complaint_parts as parts
from complaints.workflow.base import ClockEffect, Data, Facts, Guard, State, Transition, Workflow
from complaints.workflow.fields import DOCUMENT_NO, ON, WORDS

_CONSULTED = State("council_heard", "Đã có ý kiến Hội đồng kỷ luật", "Disciplinary council heard")
_DECIDE = Permission.CASE_DECIDE
_WINDOWS = ("KNK_WINDOW2", "KNK_WINDOW2_DISMISSAL")

_FIRST_STATES = parts.states_of(_CONSULTED, without=("decision_draft",))
_SECOND_STATES = {**complaint_second.STATES, _CONSULTED.code: _CONSULTED}
_FIRST_CLOCKS = {"KN1_RESOLVE": "KNK_RESOLVE", "KN_EFFECT": "KNK_EFFECT", "KN_WINDOW2": ""}
_SECOND_CLOCKS = {**_FIRST_CLOCKS, "KN1_SEND": "KN2_SEND"}


_delivered = parts.guard_of_first("deliver")


def _not_dismissal(facts: Facts, data: Data) -> str | None:
    return _delivered(facts, data) or (
        "Kỷ luật buộc thôi việc có thời hạn khiếu nại lần hai riêng." if facts.dismissal else None
    )


def _dismissal(facts: Facts, data: Data) -> str | None:
    return _delivered(facts, data) or (None if facts.dismissal else "Không phải kỷ luật buộc thôi việc.")


def _own(accepted: str, proposed: str, code: str) -> tuple[Transition, ...]:
    """Return the rows that both instances have of their own: acceptance, complexity, the council, the dialogue."""
    working = frozenset({accepted, "council_heard"}) | parts.BEFORE_DECISION
    complex_row = parts.rows_of_first("declare_complex")[0]
    dialogue = parts.rows_of_first("set_dialogue")[0]
    postponed = parts.rows_of_first("postpone_dialogue")[0]
    first = proposed == "propose_accept"  # the time-bar is that of the first complaint; K02 is a window (S-1)
    return (
        Transition(code, "accept", frozenset({proposed}), accepted, _DECIDE, "Thụ lý", "Accept",
                   "Ra thông báo thụ lý; thời hạn giải quyết khiếu nại kỷ luật tính từ ngày thụ lý.", document="03/KN",
                   effects=(ClockEffect(Verb.STOP, "KN_ACCEPT"), ClockEffect(Verb.STOP, "RECEP_REPLY"),
                            ClockEffect(Verb.START, "KNK_RESOLVE")),
                   fields=(ON, DOCUMENT_NO, *(acceptance.DISCIPLINARY_FIELDS if first else ())),
                   guard=acceptance.check_disciplinary if first else acceptance.group,
                   cites=("K01", "K04", "K05") if first else ("K04", "K05"), proposable=True),
        *parts.information(accepted, "council_heard"),
        replace(complex_row, sources=working, effects=(ClockEffect(Verb.EXTEND, "KNK_RESOLVE"),),
                help_vi="Thời hạn kéo dài theo Điều 50, tính từ ngày thụ lý; không có thời hạn riêng cho vùng sâu, vùng xa.",
                cites=("K05", "C15")),
        Transition("K06", "consult_council", frozenset({"verified"}), "council_heard", _DECIDE,
                   "Ghi ý kiến Hội đồng kỷ luật", "Hear the disciplinary council",
                   "Sau khi xác minh phải xin ý kiến Hội đồng kỷ luật (Luật Khiếu nại Điều 52).", document="letter",
                   fields=(ON, DOCUMENT_NO, WORDS), cites=("Art 52", "K06"), proposable=True),
        replace(dialogue, sources=frozenset({"council_heard"}), cites=("K06", "C20"),
                help_vi="Khiếu nại quyết định kỷ luật phải đối thoại trước khi ra quyết định, cả hai lần."),
        replace(postponed, target="council_heard"),
    )  # fmt: skip


def _taken_over(
    *, states: Mapping[str, State], renamed: Mapping[str, str], clocks: Mapping[str, str]
) -> tuple[Transition, ...]:
    """Return the rows that are the same as in other complaints; what may be done in 'verified' may be done after it."""
    actions = [action for action in parts.SHARED_ACTIONS if action != "postpone_dialogue"]
    rows = parts.taken_over(actions, states=states, renamed=renamed, clocks=clocks)
    return tuple(
        replace(row, sources=row.sources | {"council_heard"}) if "verified" in row.sources else row
        for row in rows
    )


def _first_delivered() -> tuple[Transition, Transition]:
    """K02: the window of the second complaint counts from the receipt, and is longer for dismissal."""
    row = parts.rows_of_first("deliver")[0]

    def delivered(window: str, guard: Guard) -> Transition:
        stop = ClockEffect(Verb.STOP, "KN1_SEND", "delivered_on")
        opens = ClockEffect(Verb.START, window, "delivered_on")
        return replace(row, effects=(stop, opens), guard=guard, cites=("K02",))

    plain, dismissal = _WINDOWS
    return delivered(plain, _not_dismissal), delivered(dismissal, _dismissal)


def _first_only() -> tuple[Transition, ...]:
    """Return what the first instance has besides: the decision, its effect, the second complaint."""
    effect = parts.taken_over(("confirm_effect",), states=_FIRST_STATES, renamed={}, clocks=_FIRST_CLOCKS)[0]
    appeal = parts.taken_over(("appeal",), states=_FIRST_STATES, renamed={}, clocks=_FIRST_CLOCKS)[0]
    (overdue_appeal,) = parts.taken_over(
        ("appeal_overdue",), states=_FIRST_STATES, renamed={}, clocks=_FIRST_CLOCKS
    )
    lapsed = tuple(ClockEffect(Verb.STOP, window, "window_ends_on") for window in _WINDOWS)
    used = tuple(ClockEffect(Verb.STOP, window) for window in _WINDOWS)
    sources = overdue_appeal.sources | {"council_heard"}
    return (
        *_first_delivered(),
        replace(effect, effects=(*effect.effects, *lapsed), cites=("K08", "C37", "C38")),
        replace(appeal, effects=(*used, *appeal.effects), cites=("K02", "K08")),
        replace(overdue_appeal, sources=sources, cites=("C34",)),
        *(replace(row, cites=("K05", "K08", "C31"))
          for row in parts.taken_over(("decide",), states=_FIRST_STATES, renamed={}, clocks=_FIRST_CLOCKS)),
    )  # fmt: skip


def _overdue(accepted: str, code: str) -> Transition:
    row = parts.overdue("KNK_RESOLVE", accepted, code,
                        "Hết thời hạn giải quyết khiếu nại kỷ luật mà chưa có quyết định.", cites=("K05", "C34"))  # fmt: skip
    return replace(row, sources=row.sources | {"council_heard"})


FIRST = Workflow(
    name="discipline",
    initial="propose_accept",
    states=_FIRST_STATES,
    transitions=(
        *_own("accepted_1", "propose_accept", "C-1"),
        *_first_only(),
        _overdue("accepted_1", "C-23"),
        *_taken_over(states=_FIRST_STATES, renamed={}, clocks=_FIRST_CLOCKS),
    ),
)

SECOND = Workflow(
    name="discipline_second",
    initial="propose_accept_2",
    states=_SECOND_STATES,
    transitions=(
        *_own("accepted_2", "propose_accept_2", "S-2"),
        parts.FILE_REQUEST,
        parts.decided_second(ends="KNK_RESOLVE", effect="KNK_EFFECT"),
        parts.second_delivered(),
        parts.takes_effect("KNK_EFFECT"),
        _overdue("accepted_2", "S-8"),
        *_taken_over(states=_SECOND_STATES, renamed=complaint_second.RENAMED, clocks=_SECOND_CLOCKS),
    ),
)  # fmt: skip
