"""What a workflow table is made of: states, transitions, guards, the fields a step asks for. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Self

from app.core.permissions import Permission
from complaints.clocks import Verb

PREVIOUS = "@previous"  # a target: the state from which the subject was suspended


@dataclass(frozen=True)
class Facts:
    """What a guard may know of a petition or case. Everything has a default, so that a test states what matters."""

    today: date = date(2026, 7, 1)
    kind: str = ""
    instance: str = "first"
    received_on: date | None = None
    signer_count: int = 1
    representatives_appointed: bool = False
    in_person: bool = False
    forwarded: bool = False
    referred: bool = (
        False  # a complaint or denunciation that those of R10 sent on, who are not told the result yet
    )
    referrer_at_once: bool = False  # and it was resolved before it came, or before this clock was kept
    we_refer: bool = False  # received by a Ban tiếp công dân, which is itself such a referrer (R11)
    anonymous: bool = False
    outside_form: bool = False  # by e-mail, portal or telephone: no form of denunciation (TC01)
    has_evidence: bool = False
    eligible: bool | None = None
    in_jurisdiction: bool | None = None
    guided_before: bool = False
    has_handler: bool = False
    overdue: bool = False  # the resolution limit ended before the case was resolved (C-23, T-24)
    complex: bool = False
    extension_count: int = 0
    extensions: int = 2  # how often TC_RESOLVE of the rulebook may be made longer
    check_extensions: int = 1  # and TC_INIT
    accepted_on: date | None = None
    decided_on: date | None = None
    delivered_on: date | None = None
    resolve_due_on: date | None = None  # end of the running resolution clock
    effect_on: date | None = None  # end of KN_EFFECT (KNK_EFFECT)
    window_ends_on: date | None = None  # end of KN_WINDOW2 (KNK_WINDOW2, KNK_WINDOW2_DISMISSAL)
    disciplinary: bool = False  # about a decision of discipline (Luật Khiếu nại Chương IV)
    dismissal: bool = False  # and that decision is dismissal (K02)
    written: bool = True  # there is a signed petition, not only spoken words or a message (K03)
    resolver_kind: str = ""  # the kind of unit that resolves: who may chair a dialogue depends on it (C19)
    dialogue_notice_days: int = 5  # KN_DIALOGUE_NOTICE of the rulebook, calendar days
    timebar_days: int = 90  # KN_TIMEBAR (KNK_TIMEBAR) of the rulebook, calendar days
    timebar_article: str = "Luật Khiếu nại Điều 9"
    timely_from: date | None = None  # a limit that ends on this day or later still reaches the day of receipt
    notarised_until: date | None = (
        None  # powers of attorney made from this day on are no longer notarised (C03)
    )
    emergency_until: date | None = None  # the contested decision is suspended to the end of this day (C23)
    running_clocks: frozenset[str] = frozenset()
    originals_attached: bool = False  # papers that go back with the letter (P12)
    overdue_claim: bool = (
        False  # a denunciation continued because a subordinate let the limit pass (TC22, X16)
    )
    earlier: str = ""  # the case that a continued denunciation follows: open, concluded, ended; "": elsewhere
    demanded_on: date | None = None  # the superior demanded a report of the overdue resolver (TC22)
    retention_ends_on: date | None = None  # end of PETITION_RETENTION
    urgent: bool = False  # protection asked for in person or by telephone (B03)
    request_paper_owed: bool = False
    referral_paper_owed: bool = False


Data = Mapping[str, Any]
Guard = Callable[[Facts, Data], str | None]
"""Returns None when the step is allowed, else the Vietnamese reason why not. `data` is empty when only asked."""


class FieldKind(StrEnum):
    """How a field is asked for."""

    DATE = "date"
    LINE = "line"
    TEXT = "text"
    CHOICE = "choice"
    CHOICES = "choices"
    INTEGER = "integer"
    NUMBER = "number"
    YES_NO = "yes_no"
    UNIT = "unit"
    PERSON = "person"
    CASE = "case"
    PETITION = "petition"
    PARTIES = "parties"  # some of those who sent the petitions of a case


class Beside(str):
    """A guard's reason that belongs beside one field of the form, and is shown there."""

    __slots__ = ("field",)
    field: str

    def __new__(cls, field: str, reason_vi: str) -> Self:
        """Make the reason for a field, named as in the row's fields."""
        reason = super().__new__(cls, reason_vi)
        reason.field = field
        return reason


@dataclass(frozen=True)
class FieldSpec:
    """One thing a step asks for. `choices` is an enum class of complaints/codes.py."""

    name: str
    kind: FieldKind
    label_vi: str
    label_en: str
    required: bool = False
    choices: type[StrEnum] | None = None
    help_vi: str = ""


@dataclass(frozen=True)
class ClockEffect:
    """What a transition does to a clock. `basis` names the day: 'on' (of the act), 'received', or a date field."""

    verb: Verb
    clock: str
    basis: str = "on"


@dataclass(frozen=True)
class State:
    """A state and how it is shown. `open` is False at an end; `kept`: an end that one later act may still leave."""

    code: str
    label_vi: str
    label_en: str
    open: bool = True
    kept: bool = False


@dataclass(frozen=True)
class Transition:
    """One allowed move, with who may do it, what it issues and what it does to the clocks."""

    code: str  # law.md's number: 'C-1'
    action: str
    sources: frozenset[str]
    target: str | None  # None: the state stays
    permission: Permission
    label_vi: str
    label_en: str
    help_vi: str = ""
    document: str | None = None
    effects: tuple[ClockEffect, ...] = ()
    fields: tuple[FieldSpec, ...] = ()
    guard: Guard | None = None
    cites: tuple[str, ...] = ()
    proposable: bool = False  # an officer may prepare it, the head approves
    expiry_of: str = ""  # the clock at whose end the system takes this step by itself; no person ever does
    follows: str = ""  # an act on another matter after which the system takes this step; no person ever does

    @property
    def by_system(self) -> bool:
        """Tell whether the system takes this step: at the end of a clock, or when it follows from another matter."""
        return bool(self.expiry_of or self.follows)

    def refusal(self, facts: Facts, data: Data) -> str | None:
        """Return the reason why the step is not allowed now, or None."""
        return self.guard(facts, data) if self.guard else None


class NotInWorkflow(Exception):
    """The state has no such transition."""

    def __init__(self, state: str, action: str) -> None:
        super().__init__(f"no '{action}' from '{state}'")
        self.reason_vi = "Bước này không thực hiện được ở trạng thái hiện tại."


class GuardRefused(Exception):
    """The transition exists, but the facts do not allow it."""

    def __init__(self, transition: Transition, reason_vi: str) -> None:
        super().__init__(f"{transition.code}: {reason_vi}")
        self.reason_vi = reason_vi


@dataclass(frozen=True)
class Workflow:
    """The table of one kind."""

    name: str
    initial: str
    states: Mapping[str, State]
    transitions: tuple[Transition, ...]
    _by_state: Mapping[str, tuple[Transition, ...]] = field(init=False)

    def __post_init__(self) -> None:
        by_state = {state: tuple(t for t in self.transitions if state in t.sources) for state in self.states}
        object.__setattr__(self, "_by_state", by_state)
        found = self.findings()
        if found:
            raise ValueError(f"workflow {self.name}: " + "; ".join(found))

    def findings(self) -> list[str]:
        """Return what does not hold together: unknown states, dead ends, ends that are left, missing words."""
        found = [] if self.initial in self.states else [f"unknown initial state {self.initial}"]
        for transition in self.transitions:
            named = {*transition.sources, transition.target} - {None, PREVIOUS}
            unknown = sorted(str(state) for state in named - set(self.states))
            found += [f"{transition.code} {transition.action}: unknown state {state}" for state in unknown]
            if not (
                transition.sources and transition.label_vi and transition.label_en and transition.help_vi
            ):
                found.append(f"{transition.code} {transition.action}: no sources or no words")
        for code, state in self.states.items():
            leaves = any(t.target not in (None, code) for t in self.leaving(code))
            if state.open and not leaves:
                found.append(f"open state {code} has no way out")
            if not state.open and leaves and not state.kept:
                found.append(f"end {code} is left")
        return found

    def leaving(self, state: str) -> tuple[Transition, ...]:
        """Return the transitions that the table lists from a state, whatever the guards say."""
        return self._by_state.get(state, ())

    def available(self, state: str, facts: Facts) -> list[tuple[Transition, str | None]]:
        """Return each action of people from a state once, with the reason why it is not allowed now (None: allowed).

        Rows that share an action and differ by guard stand as one: the first allowed one, else the first.
        """
        offered: dict[str, tuple[Transition, str | None]] = {}
        for transition in self.leaving(state):
            if transition.by_system:
                continue
            refused = transition.refusal(facts, {})
            known = offered.get(transition.action)
            if known is None or (known[1] is not None and refused is None):
                offered[transition.action] = (transition, refused)
        return list(offered.values())

    def at_expiry(self, state: str, clock: str, facts: Facts) -> Transition | None:
        """Return the step that the system takes from a state when a clock has ended, or None."""
        rows = (t for t in self.leaving(state) if t.expiry_of == clock)
        return next((t for t in rows if t.refusal(facts, {}) is None), None)

    def following(self, state: str, act: str, facts: Facts) -> Transition | None:
        """Return the step that the system takes from a state after an act on another matter, or None."""
        rows = (t for t in self.leaving(state) if t.follows == act)
        return next((t for t in rows if t.refusal(facts, {}) is None), None)

    def find(self, state: str, action: str, facts: Facts, data: Data | None = None) -> Transition:
        """Return the allowed transition. Raises NotInWorkflow or GuardRefused.

        Several transitions may share an action and differ by guard (X5, X6): the first allowed one is taken.
        """
        candidates = [t for t in self.leaving(state) if t.action == action and not t.by_system]
        if not candidates:
            raise NotInWorkflow(state, action)
        reasons = []
        for transition in candidates:
            refused = transition.refusal(facts, data or {})
            if refused is None:
                return transition
            reasons.append(refused)
        raise GuardRefused(candidates[0], reasons[0])
