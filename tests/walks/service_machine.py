"""The state machine that walks petitions and cases on the real services; each walk is one transaction, rolled back."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any, ClassVar

import pytest
from flask import Flask
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from sqlalchemy import select

from app.core.clock import at_local, frozen
from app.core.db import db, unit_of_work
from app.core.errors import Conflict, DomainError
from app.organisation.models import Person, Unit
from complaints.models.cases import Case
from complaints.models.petitions import Petition
from complaints.services.clocks import rebuild_all
from complaints.services.perform import perform
from complaints.workflow.base import Transition, Workflow
from tests.conftest import PASSWORD
from tests.factories import World
from tests.walks import outside_world, ways
from tests.walks.answers import Typist, answered, classified_for, found, reading
from tests.walks.checks import Watch
from tests.walks.matters import (
    HEAD,
    STRANGERS,
    Matter,
    any_petition,
    complain_above,
    fresh,
    give,
    join_another,
    new_case,
)
from tests.walks.paper_machine import DICE, FIRST_DAY
from tests.walks.steering import resolve

PATIENCE, LONG = 6, 20
_WHAT = (("goal",) * 12 + ("step",) * 4 + ("prepare",) * 4 + ("refused",) * 3 + ("outside", "stranger", "later", "jobs")
         + ("calendar", "beside"))  # fmt: skip


@contextmanager
def rolled_back(app: Flask) -> Iterator[None]:
    """Open one transaction for all sessions and requests inside; their commits are savepoints, and all is rolled back."""
    with app.app_context(), app.test_request_context():  # within a request the chart of units is read once
        engine = db.engine
        connection = engine.connect()
        transaction = connection.begin()
        engines = db._app_engines[app]
        engines[None] = connection  # type: ignore[assignment]
        db.session.remove()
        db.session.configure(join_transaction_mode="create_savepoint", expire_on_commit=False)
        try:
            yield
        finally:
            db.session.remove()
            db.session.configure(expire_on_commit=True)
            engines[None] = engine
            transaction.rollback()
            connection.close()


class ServiceWalk(RuleBasedStateMachine):
    """Walks one table on the services. Each draw of Hypothesis throws the dice of one event."""

    app: ClassVar[Flask]
    workflow: ClassVar[Workflow]
    actions: ClassVar[tuple[str, ...]]
    tally: ClassVar[ways.Tally]

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.stack.enter_context(rolled_back(self.app))
        self.world = World({u.code: u for u in db.session.scalars(select(Unit))},
                           {p.username: p for p in db.session.scalars(select(Person))})  # fmt: skip

    def teardown(self) -> None:
        """Count all dates again, which finds nothing to put right; then roll everything back."""
        try:
            if hasattr(self, "day"):
                with frozen(self.moment()):
                    outside_world.catch_up(self.late)
                    db.session.expire_all()
                    different = rebuild_all()
                    assert not different, outside_world.explained(different)
        finally:
            self.stack.close()

    def moment(self) -> datetime:
        """Return the present instant: later each time it is asked for, so that nothing falls together with another."""
        self.ticks = getattr(self, "ticks", 0) + 1
        return at_local(self.day, time(7)) + timedelta(seconds=10 * self.ticks)

    @initialize(dice=DICE)
    def begin(self, dice: int) -> None:
        """Begin on some day of two years, with a row in mind."""
        rng = Random(dice)  # noqa: S311 — a walk, no secret
        self.day = FIRST_DAY + timedelta(days=rng.randint(3, 600))
        self.goal, self.spent, self.idle, self.events = rng.randrange(10**6), 0, 0, 0
        self.late: list[int] = []  # changes of the calendar whose job is still to come
        self.tally.walks += 1
        with frozen(self.moment()):
            self._another(rng)

    def _another(self, rng: Random) -> None:
        flow = self.workflow.name
        self.matter = any_petition(self.world, rng) if flow == "intake" else new_case(self.world, flow, rng)
        self.watch, self.idle = Watch(self.matter), 0
        self.watch.look()
        for row in self.watch.taken:
            self._count(row)

    @rule(what=st.sampled_from(_WHAT), dice=DICE)
    def go(self, what: str, dice: int) -> None:
        """Let one thing happen, then check everything."""
        self.events += 1
        self.rng = Random(f"{dice} {self.events}")  # noqa: S311
        with frozen(self.moment()):
            rows = self.workflow.leaving(self.matter.state)
            goal = self.workflow.transitions[self.goal % len(self.workflow.transitions)]
            waits = self.matter.state in goal.sources
            ended = not self.matter.subject.is_open and not waits and self.rng.random() < 0.3
            stuck = not waits and not any(r.target is not None for r in rows)
            if ended or stuck or self.idle > PATIENCE:
                self._another(self.rng)
        with frozen(self.moment()):
            taken = self.tally.taken
            getattr(self, f"_{what}")()
        with frozen(self.moment()):
            for row in self.watch.look():
                self._count(row)
            self.idle = 0 if self.tally.taken > taken else self.idle + 1

    def _count(self, row: Transition) -> None:
        self.tally.taken += 1
        self.tally.rows[ways.named(row, self.workflow)] += 1
        self.tally.states[self.matter.state] += 1

    # ------------------------------------------------------------------------------------------------- what is allowed

    def _step(self) -> None:
        self._try(ways.some_row(self.workflow, self.matter.state, self.rng))

    def _goal(self, act: Callable[..., None] | None = None) -> None:
        """Take a step of a shortest way to the row in mind; once it is taken, or is long in coming, mind the next row."""
        goal = self.workflow.transitions[self.goal % len(self.workflow.transitions)]
        row = ways.way_on(self.workflow, self.matter.state, goal, self.rng, self.watch.previous)
        self.spent += 1
        if row is not None and self._try(row, act):
            if row is goal:
                self.goal, self.spent = self.goal + 1, 0
        elif self.spent > LONG:
            self.goal, self.spent = self.goal + 1, 0
        elif row is not None and self.matter.state == "classified" and self.rng.random() < 0.8:
            self._say_what_it_is(row)
        elif row is goal and self.workflow.initial == "registered" and self.rng.random() < 0.2:
            self._leave()  # who sent it, and to whom, is not to be changed
        elif self.rng.random() < 0.25:
            self._later()
        else:
            self._step()

    def _say_what_it_is(self, goal: Transition) -> None:
        """Classify a petition so that the row in mind does not refuse it; or else begin with another one."""
        wanted = classified_for(self.workflow, goal, self.matter.facts(), self._typist())
        if wanted is None:
            self._leave()
            return
        self.watch.predicted = wanted[0]
        with suppress(DomainError):
            self.matter.act(wanted[0], {**wanted[1], "basis_checked": True})

    def _leave(self) -> None:
        """Look once more at the matter, then go on with another."""
        for row in self.watch.look():
            self._count(row)
        self._another(self.rng)

    def _prepare(self) -> None:
        """Take the way on by preparing a step, which the head then approves, sends back or leaves."""
        self._goal(self._by_the_head)

    def _by_the_head(self, row: Transition, typed: dict[str, Any], read: Any) -> None:
        matter = self.matter
        before = matter.state
        matter.prepare(row, typed)
        assert matter.state == before and matter.subject.pending_action == row.action
        word = self.rng.choice(("approve", "approve", "approve", "send back", "leave"))
        if word == "send back":
            matter.send_back()
        elif word == "approve":
            matter.approve()
        assert (matter.subject.pending_action is None) is (word != "leave")
        assert word == "approve" or matter.state == before

    def _try(self, row: Transition, act: Callable[..., None] | None = None) -> bool:
        """Take a row when the table allows it; the services may still find a day wrong, and then nothing has changed."""
        matter = self.matter
        if row.by_system:
            return self._by_itself(row)
        answer = answered(self.workflow, matter.state, row, matter.facts(), self._typist())
        if answer is None:
            return False
        typed = {**answer[0], "basis_checked": True}
        self.watch.predicted = row
        # a step prepared in this event may have left its own line
        subject, lines = (
            matter.subject,
            max([self.watch.last, *(x.id for x in matter.lines(self.watch.last))]),
        )
        before = (subject.state, subject.version, subject.pending_action)
        try:
            if act is not None and row.proposable:
                act(row, typed, answer[1])
            else:
                matter.act(row, typed)
        except DomainError as error:
            self.tally.declined += 1
            self.tally.why[f"{row.action}: {error.message}"] += 1
            if act is None:
                fresh()  # what the clocks show is held to the same when everything is checked
                assert (subject.state, subject.version, subject.pending_action) == before
                assert not matter.lines(lines)
            return False
        return act is None or any(line.act == row.action and line.from_state for line in matter.lines(lines))

    def _typist(self) -> Typist:
        return Typist(self.rng, self.day, self.matter.received, self.matter.offer)

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
        elif not self._above():
            return False
        return any(
            line.act == row.action and line.from_state is not None for line in self.matter.lines(lines)
        )

    def _above(self) -> bool:
        case = self.matter.subject
        if isinstance(case, Petition):
            return case.case is not None and resolve(self.world, case.case, self.rng, self.day)
        if not isinstance(case, Case) or case.kind != "complaint" or case.instance != "first":
            return False
        try:
            complain_above(self.world, case)
        except DomainError:
            self.tally.declined += 1
            return False
        return True

    # ----------------------------------------------------------------------------------------------- what is forbidden

    def _must_refuse(self, *attempts: Callable[[], Any]) -> None:
        """Nobody gets anything by any of these, and nothing changes."""
        before = self.matter.mark()
        for attempt in attempts:
            with pytest.raises(DomainError), unit_of_work():
                attempt()
            assert self.matter.mark() == before
            self.tally.refused += 1

    def _refused(self) -> None:
        """A step that is listed here, with a form that its fields or guards do not accept, or from an old page."""
        matter = self.matter
        rows = [r for r in self.workflow.leaving(matter.state) if not r.by_system]
        if not rows:
            return
        row = self.rng.choice(rows)
        typed = {**self._typist().spoilt(row), "basis_checked": True}
        read = reading(row, typed)
        actor = matter.actor(row)
        if self.rng.random() < 0.2:
            stale = matter.subject.version - 1
            with pytest.raises(Conflict):
                matter.act(row, typed, version=stale)
            self._must_refuse()
        elif read is None or found(self.workflow, matter.state, row.action, matter.facts(), read) is None:
            self._must_refuse(
                lambda: perform(matter.subject, row.action, actor=actor, data=typed),
                *matter.attempts(matter.preparer, row.action, typed)[1:],
            )

    def _outside(self) -> None:
        """A step that the table does not list here, in every way there is: the services, and now and then the routes."""
        matter = self.matter
        listed = {r.action for r in self.workflow.leaving(matter.state) if not r.by_system}
        for action in self.rng.sample([a for a in self.actions if a not in listed], 2):
            typed = {"on": self.day, "words": "x", "basis_checked": True}
            self._must_refuse(matter.attempts(HEAD, action, typed)[0],
                              matter.attempts(matter.preparer, action, typed)[1])  # fmt: skip
            if self.rng.random() < 0.25:
                self._knock(action)

    def _knock(self, action: str) -> None:
        before, client = self.matter.mark(), self.app.test_client()
        client.post("/sign-in", data={"username": HEAD, "password": PASSWORD})
        for url in self.matter.urls(action):
            answer = client.post(url, data={"on": self.day.isoformat(), "words": "x", "reason": "x"})
            assert 400 <= answer.status_code < 500, (url, answer.status_code)
            assert self.matter.mark() == before
            self.tally.refused += 1

    def _stranger(self) -> None:
        """A step that is allowed now, by somebody who may not take it."""
        matter = self.matter
        rows = [r for r in self.workflow.leaving(matter.state) if not r.by_system]
        for row in self.rng.sample(rows, min(2, len(rows))):
            typed = {**self._typist().data(row), "basis_checked": True}
            self._must_refuse(*matter.attempts(self.rng.choice(STRANGERS), row.action, typed))

    # ---------------------------------------------------------------------------------------------- what happens beside

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
        what = self.rng.choice(("join", "join", "reply", "give"))
        try:
            if what == "join":
                petition = join_another(self.world, case, self.rng)
                self.watch.expected += Matter(self.world, petition).live()
            elif what == "give":
                with unit_of_work():
                    give(self.world, case)
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
