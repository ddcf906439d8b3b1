"""The state machine that walks a table on paper, and what must hold after each of its steps."""

from collections import Counter
from datetime import date, timedelta
from random import Random
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from complaints.workflow.base import PREVIOUS, NotInWorkflow, Transition, Workflow
from tests.walks import owned, ways
from tests.walks.answers import Typist, answered, classified_for, found, reading
from tests.walks.on_paper import LIVE, Paper

FIRST_DAY = date(2026, 7, 1)
DICE = st.integers(0, 2**48)
PATIENCE, LONG = 8, 60
_WHAT = ("step",) * 3 + ("goal",) * 9 + ("refused", "refused", "outside", "later", "calendar")


class TableWalk(RuleBasedStateMachine):
    """Walks one table. Each draw of Hypothesis throws the dice of one event."""

    workflow: ClassVar[Workflow]
    actions: ClassVar[tuple[str, ...]]
    tally: ClassVar[ways.Tally]

    @initialize(dice=DICE)
    def begin(self, dice: int) -> None:
        """Begin with a matter of its own, on some day of the next two years."""
        rng = Random(dice)  # noqa: S311 — a walk, no secret
        self.paper = Paper(self.workflow, rng, FIRST_DAY + timedelta(days=rng.randint(0, 700)))
        self.idle, self.spent, self.events = 0, 0, 0
        # replayed after a failure, a walk goes where it went
        self.counts = Counter(self.tally.before.setdefault(dice, Counter(self.tally.rows)))
        self._next_goal(rng)
        self.tally.walks += 1

    def _next_goal(self, rng: Random) -> None:
        self.goal, self.spent = ways.rarest(self.workflow, self.counts, rng), 0

    @rule(what=st.sampled_from(_WHAT), dice=DICE)
    def go(self, what: str, dice: int) -> None:
        """Let one thing happen."""
        self.events += 1
        paper, rng = self.paper, Random(f"{dice} {self.events}")  # noqa: S311
        paper.rng = rng
        self._perhaps_another(rng)
        taken = self.tally.taken
        if what == "step":
            self._try(ways.some_row(self.workflow, paper.state, rng))
        elif what == "goal":
            self._towards_the_goal(rng)
        elif what == "refused":
            self._refused(rng.choice(self.workflow.leaving(paper.state)))
        elif what == "outside":
            self._outside(rng.choice(self.actions))
        elif what == "later":
            self._later()
        else:
            self._close(paper.day + timedelta(days=rng.randint(0, 30)))
        self.idle = 0 if self.tally.taken > taken else self.idle + 1

    def _perhaps_another(self, rng: Random) -> None:
        """Begin with another matter where this one has ended, or where nothing has moved it for long."""
        rows = self.workflow.leaving(self.paper.state)
        state, goal = self.paper.state, self.goal
        waits = state in goal.sources
        ended = not self.workflow.states[state].open and not waits and rng.random() < 0.3
        stuck = not waits and not any(r.target is not None for r in rows)
        if ended or stuck or self.idle > PATIENCE:
            self.paper.begin()
            self.idle = 0

    def _towards_the_goal(self, rng: Random) -> None:
        """Take a step of a shortest way to the row in mind; once it is taken, or is long in coming, mind the next row."""
        goal = self.goal
        row = ways.way_on(self.workflow, self.paper.state, goal, rng, self.paper.previous)
        self.spent += 1
        if row is not None and self._try(row):
            if row is goal:
                self._next_goal(rng)
        elif row is not None and self.paper.state == "classified" and rng.random() < 0.8:
            self._say_what_it_is(row)
        elif row is goal and self.workflow.initial == "registered" and rng.random() < 0.2:
            self.paper.begin()  # who sent it, and to whom, is not to be changed
        elif self.spent > LONG:
            self._next_goal(rng)
        elif rng.random() < 0.3:
            self._later()
        else:
            self._try(ways.some_row(self.workflow, self.paper.state, rng))

    def _say_what_it_is(self, goal: Transition) -> None:
        """Classify a petition so that the row in mind does not refuse it; or else begin with another one."""
        wanted = classified_for(self.workflow, goal, self.paper.facts(), self._typist())
        read = reading(*wanted) if wanted is not None else None
        if wanted is None or read is None:
            self.paper.begin()
        else:
            self._take(wanted[0], read)

    def _later(self) -> None:
        """Let days pass, or all days until after the end of some clock."""
        paper = self.paper
        ends = [end for code in sorted(paper.live()) if (end := paper.soon_after(code)) is not None]
        day = paper.rng.choice(ends) if ends and paper.rng.random() < 0.5 else None
        paper.day = max(day or paper.day, paper.day + timedelta(days=paper.rng.randint(1, 20)))
        self.tally.other += 1

    def _typist(self) -> Typist:
        return Typist(self.paper.rng, self.paper.day, self.paper.received, lambda _field: 1)

    def _try(self, row: Transition) -> bool:
        """Take a row if it is allowed; one of the system when its clock has ended or the other matter came."""
        paper = self.paper
        if row.by_system:
            return self._by_itself(row)
        answer = answered(self.workflow, paper.state, row, paper.facts(), self._typist())
        return answer is not None and self._take(row, answer[1])

    def _by_itself(self, row: Transition) -> bool:
        paper = self.paper
        on = paper.day
        if row.expiry_of:
            after = paper.soon_after(row.expiry_of)
            if after is None:
                return False
            paper.day, on = max(paper.day, after), after - timedelta(days=1)
        facts = paper.facts()
        taken = (
            self.workflow.at_expiry(paper.state, row.expiry_of, facts) if row.expiry_of
            else self.workflow.following(paper.state, row.follows, facts)
        )  # fmt: skip
        assert found(self.workflow, paper.state, row.action, facts, {}) is not row  # no person takes it
        return taken is row and self._take(row, {"on": on})

    def _take(self, row: Transition, read: Any) -> bool:
        before = self.paper.state
        if not self.paper.take(row, read):
            self.tally.declined += 1
            return False
        assert before in row.sources
        self.tally.taken += 1
        self.tally.rows[ways.named(row, self.workflow)] += 1
        self.counts[ways.named(row, self.workflow)] += 1
        return True

    def _refused(self, row: Transition) -> None:
        """A form with something wrong in it, or a step whose guard says no: the table has no other answer either."""
        paper = self.paper
        read = reading(row, self._typist().spoilt(row))
        taken = None if read is None else found(self.workflow, paper.state, row.action, paper.facts(), read)
        if taken is None:
            self.tally.refused += 1
        else:
            assert paper.state in taken.sources and taken.action == row.action and not taken.by_system

    def _outside(self, action: str) -> None:
        """What the state does not list is found by nobody: no person, no ended clock, no other matter."""
        state, facts = self.paper.state, self.paper.facts()
        if action not in {r.action for r in self.workflow.leaving(state) if not r.by_system}:
            try:
                self.workflow.find(state, action, facts, {})
            except NotInWorkflow:
                self.tally.refused += 1
            else:
                raise AssertionError(f"{action} was found in {state}")
            assert action not in {r.action for r, _why in self.workflow.available(state, facts)}
        for other in self.workflow.transitions:
            if state not in other.sources and other.by_system:
                assert self.workflow.at_expiry(state, other.expiry_of or "-", facts) is not other
                assert self.workflow.following(state, other.follows or "-", facts) is not other

    def _close(self, day: date) -> None:
        """A day more or less in the calendar: what has ended keeps its dates, what runs moves by no other day."""
        paper = self.paper
        ended = [(c, c.read(paper.calendar)) for c in paper.clocks if c.ended_by is not None]
        paper.close_a_day(day)
        for clock, was in ended:
            assert clock.read(paper.calendar).due_on == was.due_on
        for clock in paper.clocks:
            clock.shown = (len(clock.events), clock.read(paper.calendar).due_on)
        self.tally.other += 1

    @invariant()
    def history_replays_to_the_present_state(self) -> None:
        """Fold the rows that were taken: each begins where the one before ended."""
        paper = getattr(self, "paper", None)
        if paper is None:
            return
        state, previous = self.workflow.initial, ""
        for before, row, after in paper.history:
            assert before == state and state in row.sources
            assert after == (previous if row.target == PREVIOUS else row.target or state)
            if after != state:
                previous, state = state, after
        assert state == paper.state
        self.tally.states[state] += 1

    @invariant()
    def a_state_has_exactly_its_clocks(self) -> None:
        """Hold the clocks to what the rows said, to what law.md gives the state, and at an end to what it can still stop."""
        paper = getattr(self, "paper", None)
        if paper is None:
            return
        live = paper.live()
        assert live == paper.expected
        assert live.keys() <= ways.may_run(self.workflow)[paper.state]
        law = owned.OWNED.get(self.workflow.name, {}).get(paper.state)
        if law is not None:
            assert law.must - owned.WITH_THE_CASE <= live.keys(), (paper.state, live)
            assert live.keys() <= law.must | law.may | owned.ON_THE_PETITION, (paper.state, live)
        if not self.workflow.states[paper.state].open:
            mine = live.keys() - owned.ON_THE_PETITION
            mine -= owned.WITH_THE_CASE if paper.state == "with_case" else frozenset()
            assert mine <= ways.stoppable(self.workflow, paper.state), (paper.state, mine)

    @invariant()
    def a_due_date_moves_with_an_event_only(self) -> None:
        """Read every clock again: the same events give the same last day."""
        paper = getattr(self, "paper", None)
        for clock in paper.clocks if paper is not None else ():
            now = (len(clock.events), clock.read(paper.calendar, again=len(clock.events) % 2 == 0).due_on)
            assert clock.shown[0] != now[0] or clock.shown[1] == now[1], (clock.code, clock.shown, now)
            clock.shown = now
            assert (clock.read(paper.calendar).state in LIVE) is (clock.ended_by is None)
