"""What a walk on the services has around it: time, the jobs, the calendar, other matters."""

from collections import Counter
from datetime import date, datetime, time, timedelta
from random import Random
from typing import ClassVar

from flask import Flask
from hypothesis.stateful import RuleBasedStateMachine

from app.core.clock import at_local, frozen
from app.core.db import unit_of_work
from app.core.errors import DomainError
from complaints.models.cases import Case
from complaints.models.petitions import Petition
from complaints.services.perform import perform
from complaints.workflow.base import Facts, Transition, Workflow
from tests.factories import World
from tests.walks import outside_world, ways
from tests.walks.checks import Watch
from tests.walks.matters import HEAD, Matter, complain_above, give, join_another
from tests.walks.steering import continue_above, resolve, tell_referrer


class Surroundings(RuleBasedStateMachine):
    """The part of a walk that is not the table: what happens beside the matter, and what the system does by itself."""

    app: ClassVar[Flask]
    workflow: ClassVar[Workflow]
    actions: ClassVar[tuple[str, ...]]
    tally: ClassVar[ways.Tally]

    world: World
    matter: Matter
    watch: Watch
    rng: Random
    day: date
    late: list[int]  # changes of the calendar whose job is still to come
    counts: Counter[ways.RowKey]
    known: Facts | None = None  # what the guards know, while nothing is done
    ticks = 0

    def moment(self) -> datetime:
        """Return the present instant: later each time it is asked for, so that nothing falls together with another."""
        self.ticks += 1
        return at_local(self.day, time(7)) + timedelta(seconds=10 * self.ticks)

    def _count(self, row: Transition) -> None:
        self.tally.taken += 1
        self.tally.rows[ways.named(row, self.workflow)] += 1
        self.counts[ways.named(row, self.workflow)] += 1
        self.tally.states[self.matter.state] += 1

    def _by_itself(self, row: Transition) -> bool:
        """Let the day come after the end of the clock, or the other matter, after which the system takes a row."""
        lines = self.watch.last
        if row.expiry_of:
            ends = [c.due_on for c in self.watch.seen if c.code == row.expiry_of and c.state == "running"]
            if not ends or ends[-1] is None:
                return False
            self.day = max(self.day, ends[-1] + timedelta(days=1))
            with frozen(self.moment()):
                outside_world.sweep()
        elif not self._above(row.follows):
            return False
        return any(
            line.act == row.action and line.from_state is not None for line in self.matter.lines(lines)
        )

    def _above(self, act: str) -> bool:
        case = self.matter.subject
        if isinstance(case, Petition):
            return case.case is not None and resolve(self.world, case.case, self.rng, self.day)
        if case.instance != "first":
            return False
        try:
            if case.kind == "complaint":
                complain_above(self.world, case)
            else:
                self._overdue()
                with frozen(self.moment()):
                    continue_above(self.world, case, act)
        except DomainError:
            self.tally.declined += 1
            return False
        return True

    def _overdue(self) -> None:
        """Let the day come after the limit of resolving: the system marks the case."""
        ends = [
            c.due_on for c in self.watch.seen if c.code == "TC_RESOLVE" and c.state == "running" and c.due_on
        ]
        self.day = max([self.day, *(end + timedelta(days=1) for end in ends)])
        with frozen(self.moment()):
            outside_world.sweep()

    def _later(self) -> None:
        ends = [c.due_on for c in self.watch.seen if c.state == "running" and c.due_on is not None]
        end = self.rng.choice(ends) + timedelta(days=1) if ends and self.rng.random() < 0.4 else self.day
        self.day = max(end, self.day + timedelta(days=self.rng.randint(1, 15)))
        self.tally.other += 1

    def _jobs(self) -> None:
        """Let every job that could move something run, twice: the second time nothing is left to do."""
        outside_world.run_jobs()
        self.watch.look()
        for row in self.watch.taken:
            self._count(row)
        before = self.matter.mark()
        outside_world.run_jobs()
        assert self.matter.mark() == before
        self.tally.other += 1

    def _calendar(self) -> None:
        """The offices close on a day, or open after all; the job that counts again comes at once, or later, or twice."""
        near: list[date] = [
            c.due_on for c in self.watch.seen if c.due_on is not None and c.due_on >= self.day
        ]
        day = self.rng.choice(near or [self.day]) - timedelta(days=self.rng.randint(0, 2))
        if self.rng.random() < 0.8:
            outside_world.catch_up(self.late)
        self.late += outside_world.close_or_open(self.world, max(day, self.day))
        if self.rng.random() < 0.8:
            outside_world.catch_up(self.late)
        self.tally.other += 1

    def _beside(self) -> None:
        """Something happens beside the table: another petition is joined, someone is answered, the case is given away."""
        case = self.matter.subject
        if not isinstance(case, Case) or not case.is_open:
            return
        what = self.rng.choice(("join", "join", "reply", "give", "tell"))
        try:
            if what == "join":
                petition = join_another(self.world, case, self.rng)
                self.watch.expected += Matter(self.world, petition).live()
            elif what == "give":
                with unit_of_work():
                    give(self.world, case)
            elif what == "tell":
                for petition in self.matter.petitions():
                    tell_referrer(self.world, petition)
            else:
                self._reply(case)
            self.tally.other += 1
        except DomainError:
            self.tally.declined += 1

    def _reply(self, case: Case) -> None:
        for petition in self.matter.petitions():
            if Matter(self.world, petition).live()["RECEP_REPLY"]:
                with unit_of_work():
                    perform(petition, "reply", actor=self.world.principal(HEAD),
                            data={"on": self.day, "reply": "more_time", "basis_checked": True})  # fmt: skip
                self.watch.expected -= {"RECEP_REPLY": 1}  # type: ignore[arg-type]
                return
