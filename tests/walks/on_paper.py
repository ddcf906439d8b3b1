"""A matter on paper: a table, its clocks as events, and what the guards ask for; no database. Moved at random."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from app.core.calendar import Adjustment, WorkCalendar
from complaints.clocks import ClockError, ClockEvent, ClockState, Reading, Verb, read_clock
from complaints.codes import PetitionKind
from complaints.rulebook.loader import Rule, load_rulebook
from complaints.workflow.base import PREVIOUS, Facts, Transition, Workflow
from complaints.workflow.intake import CLASSIFIED_CLOCKS, FORWARDED_CLOCKS
from reception.workflow.online import OnlineFacts
from reception.workflow.visit import VisitFacts
from tests.walks import ways

LIVE = (ClockState.RUNNING, ClockState.PAUSED)
_RESOLVES, _EFFECTS, _WINDOWS = ("_RESOLVE",), ("_EFFECT",), ("_WINDOW2", "_DISMISSAL")


@dataclass
class PaperClock:
    """A clock: its rule, its events, and the calendar that was known when it ended."""

    code: str
    rule: Rule
    events: list[ClockEvent]
    ended_by: WorkCalendar | None = None
    shown: tuple[int, date | None] = (0, None)  # how many events, and the due date that they gave
    _read: tuple[int, WorkCalendar, Reading] | None = None

    def read(self, calendar: WorkCalendar, *, again: bool = False) -> Reading:
        """Return what it shows now; what has ended keeps to the calendar of its end. `again`: count, do not remember."""
        calendar = self.ended_by or calendar
        if again or self._read is None or self._read[0] != len(self.events) or self._read[1] is not calendar:
            self._read = (len(self.events), calendar, read_clock(self.rule, self.events, calendar))
        return self._read[2]


@dataclass
class Paper:
    """A matter, its state and history, its clocks, and what its steps have told of it."""

    workflow: Workflow
    rng: Random
    day: date
    standing: dict[str, Any] = field(default_factory=dict)
    state: str = ""
    previous: str = ""
    received: date = date.min
    told: dict[str, Any] = field(default_factory=dict)
    clocks: list[PaperClock] = field(default_factory=list)
    closed: set[date] = field(default_factory=set)
    history: list[tuple[str, Transition, str]] = field(default_factory=list)
    expected: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.calendar = WorkCalendar()
        self.begin()

    def begin(self) -> None:
        """Start again at the first state with another matter, and the clocks that run there."""
        rng, signers = self.rng, self.rng.choice((1, 1, 3, 6))
        self.standing = {
            "signer_count": signers, "representatives_appointed": rng.random() < 0.8, "in_person": rng.random() < 0.5,
            "forwarded": rng.random() < 0.4, "referred": rng.random() < 0.4,
            "we_refer": rng.random() < 0.4, "written": rng.random() < 0.8, "has_handler": rng.random() < 0.95, "dismissal": rng.random() < 0.3,
            "anonymous": rng.random() < 0.1, "instance": rng.choice(("first", "second")),
            "resolver_kind": rng.choice(("commune", "department")), "originals_attached": rng.random() < 0.2,
            "overdue_claim": self.workflow.name == "continued" and rng.random() < 0.5,
            "dialogue_notice_days": load_rulebook().rule("KN_DIALOGUE_NOTICE", self.day).number,
        }  # fmt: skip
        self.state, self.previous, self.received = self.workflow.initial, "", self.day
        self.told, self.clocks, self.history = (
            {"kind": self.rng.choice([k.value for k in PetitionKind])},
            [],
            [],
        )
        given = ways.given(self.workflow)
        codes = [c for c in given if c in ("PETITION_DISCIPLINE", "KN_ACCEPT", "TC_INIT")]
        if self.workflow.name == "intake":
            codes = ["PETITION_DISCIPLINE"]
        if "RECEP_REPLY" in given and self.standing["in_person"]:
            codes.append("RECEP_REPLY")
        if self.standing["overdue_claim"]:
            codes.append("TC_OVERDUE_DEMAND")
        for code in codes:
            self.start(code, self.day)
        self.expected = Counter(codes)

    def facts(self) -> Facts:
        """Return what the guards may know."""
        due = {name: self._due(ends) for name, ends in
               (("resolve_due_on", _RESOLVES), ("effect_on", _EFFECTS), ("window_ends_on", _WINDOWS),
                ("retention_ends_on", ("_RETENTION",)))}  # fmt: skip
        known = {**self.standing, "today": self.day, "received_on": self.received, "timely_from": self.received,
                 "running_clocks": frozenset(self.live()), **due, **self.told}  # fmt: skip
        if self.workflow.name == "visit":
            return VisitFacts(**known)
        if self.workflow.name != "online":
            return Facts(**known)
        planned = self.told.get("starts", self.day + timedelta(days=30))
        moment = datetime.combine(self.day, datetime.min.time(), UTC)
        return OnlineFacts(**{k: v for k, v in known.items() if k != "starts"}, moment=moment,
                           latest_notice_on=planned - timedelta(days=7), latest_test_on=planned - timedelta(days=1),
                           connect_by=datetime.combine(planned, datetime.min.time(), UTC))  # fmt: skip

    def live(self) -> Counter[str]:
        """Return how many clocks of each code run or rest."""
        return Counter(c.code for c in self.clocks if c.ended_by is None)

    def start(self, code: str, on: date, remote: bool = False) -> None:
        """Start a clock on a day."""
        rule = load_rulebook().rule(code, on)
        self.clocks.append(PaperClock(code, rule, [ClockEvent(Verb.START, on, remote=remote)]))

    def take(self, row: Transition, typed: Mapping[str, Any]) -> bool:
        """Take a row with what was typed; False, and nothing changes, when a clock forbids it (a day out of order)."""
        on = typed.get("on") or typed.get("delivered_on") or self.day
        facts = self.facts()
        days = {"on": on, "received": self.received, "effect_on": facts.effect_on, "settled_on": facts.effect_on,
                "window_ends_on": facts.window_ends_on, "retention_ends_on": facts.retention_ends_on, **typed}  # fmt: skip
        before = [replace(c, events=list(c.events)) for c in self.clocks]
        try:
            for effect in row.effects:
                self._drive(effect.verb, effect.clock, days.get(effect.basis) or on, typed)
        except (ClockError, KeyError):
            self.clocks = before
            return False
        target = self.previous if row.target == PREVIOUS else row.target or self.state
        self.history.append((self.state, row, target))
        ways.drive(self.expected, row)
        if target != self.state:
            self.previous, self.state = self.state, target
        self._tell(row, typed, on)
        return True

    def _drive(self, verb: Verb, code: str, on: date, typed: Mapping[str, Any]) -> None:
        if verb is Verb.START:
            self.start(code, on, bool(typed.get("remote")))
            return
        for clock in [c for c in self.clocks if c.code == code and c.ended_by is None]:
            day = max(on, clock.events[0].on)
            event = ClockEvent(verb, day, typed.get("days"), complex=verb is Verb.EXTEND)
            clock.events.append(event)
            clock.read(self.calendar)
            if verb in ways.ENDS:
                clock.ended_by = self.calendar

    def soon_after(self, code: str) -> date | None:
        """Return the day after the last day of the newest live clock of a code."""
        waiting = [c for c in self.clocks if c.code == code and c.ended_by is None]
        due = waiting[-1].read(self.calendar).due_on if waiting else None
        return None if due is None else due + timedelta(days=1)

    def _due(self, endings: Sequence[str]) -> date | None:
        found = [c for c in self.clocks if c.code.endswith(tuple(endings))]
        return found[-1].read(self.calendar).due_on if found else None

    def _tell(self, row: Transition, typed: Mapping[str, Any], on: date) -> None:
        """Keep what a step records and later guards ask for, as the services do."""
        told, count = self.told, self.told.get("extension_count", 0)
        says: dict[str, dict[str, Any]] = {
            "accept": {"accepted_on": on, "extension_count": 0},
            "declare_complex": {"complex": True, "extension_count": count + 1},
            "extend": {"extension_count": count + 1}, "lengthen_check": {"extension_count": count + 1},
            "mark_overdue": {"overdue": True}, "decide": {"decided_on": on}, "deliver": {"delivered_on": on},
            "order_emergency": {"emergency_until": typed.get("until")}, "lift_emergency": {"emergency_until": None},
            "withdraw_some": {"signer_count": max(1, self.facts().signer_count - 1)},
            "request": {"urgent": typed.get("form") in ("in_person", "by_phone"), "request_paper_owed": True},
            "request_paper": {"request_paper_owed": False}, "referral_paper": {"referral_paper_owed": False},
            "refuse_written": {"ground": typed.get("ground")},
            "refer": {"referral_paper_owed": not typed.get("document_no")},
        }  # fmt: skip
        told.update(says.get(row.action, {}))
        if row.action == "classify":
            for name in ("has_evidence", "guided_before", "overdue_claim", "disciplinary", "dismissal"):
                told[name] = typed[name] or False
            told["instance"] = "second" if told["overdue_claim"] else typed["instance"] or "first"
        if row.action in ("classify", "take_up"):
            self._classify(typed["kind"])

    def _classify(self, kind: str) -> None:
        """Run the clocks of the kind found, always from the receipt (X2): this the table leaves to the service."""
        self.told["kind"] = kind
        wanted = CLASSIFIED_CLOCKS.get(kind, ())
        if self.standing["forwarded"]:
            wanted = (*wanted, *FORWARDED_CLOCKS.get(kind, ()))
        for codes in (*CLASSIFIED_CLOCKS.values(), *FORWARDED_CLOCKS.values()):
            for code in codes:
                if code in wanted and code not in self.live():
                    self.start(code, self.received)
                    self.expected[code] = 1
                elif code not in wanted and code in self.live():
                    self._drive(Verb.CANCEL, code, self.day, {})
                    self.expected.pop(code, None)

    def close_a_day(self, day: date) -> None:
        """Close the offices on a day, or open them again: the calendar of all clocks that have not ended."""
        self.closed ^= {day}
        self.calendar = WorkCalendar(Adjustment(d, False, "Bão") for d in sorted(self.closed))
