"""The state machine that walks petitions and cases on the real services; each walk is one transaction, rolled back."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from flask import Flask
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from app.core.clock import frozen
from app.core.db import db, unit_of_work
from app.core.errors import Conflict, DomainError
from complaints.services.clocks import rebuild_all
from complaints.services.perform import perform
from complaints.workflow.base import Facts, Transition
from tests.conftest import PASSWORD
from tests.walks import outside_world, ways
from tests.walks.answers import Typist, answered, classified_for, found, reading
from tests.walks.checks import Watch
from tests.walks.matters import (
    STRANGERS,
    any_petition,
    fresh,
    new_case,
)
from tests.walks.paper_machine import DICE, FIRST_DAY
from tests.walks.peopled import world_again
from tests.walks.steering import BEFORE, OF_A_REFERRER, OF_AN_OFFICE, tell_referrer
from tests.walks.surroundings import Surroundings

PATIENCE, LONG, TRIED = 6, 20, 4
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


class ServiceWalk(Surroundings):
    """Walks one table on the services. Each draw of Hypothesis throws the dice of one event."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.stack.enter_context(rolled_back(self.app))
        self.world = world_again()

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

    @initialize(dice=DICE)
    def begin(self, dice: int) -> None:
        """Begin on some day of two years, with a row in mind."""
        rng = Random(dice)  # noqa: S311 — a walk, no secret
        self.day = FIRST_DAY + timedelta(days=rng.randint(3, 600))
        self.spent, self.idle, self.events = 0, 0, 0
        # replayed after a failure, a walk goes where it went
        self.counts = Counter(self.tally.before.setdefault(dice, Counter(self.tally.rows)))
        self.goal = ways.rarest(self.workflow, self.counts, rng)
        self.late: list[int] = []  # changes of the calendar whose job is still to come
        self.tally.walks += 1
        with frozen(self.moment()):
            self._another(rng)

    def _another(self, rng: Random) -> None:
        flow = self.workflow.name
        action = self.goal.action
        self.matter = (
            any_petition(self.world, rng, office=action in OF_AN_OFFICE, referred=action in OF_A_REFERRER)
            if flow == "intake"
            else new_case(self.world, flow, rng)
        )
        self.watch, self.idle = Watch(self.matter), 0
        self.watch.look()
        for row in self.watch.taken:
            self._count(row)

    @rule(what=st.sampled_from(_WHAT), dice=DICE)
    def go(self, what: str, dice: int) -> None:
        """Let one thing happen, then check everything."""
        self.events += 1
        self.rng, self.known = Random(f"{dice} {self.events}"), None  # noqa: S311
        with frozen(self.moment()):
            rows = self.workflow.leaving(self.matter.state)
            waits = self.matter.state in self.goal.sources
            ended = not self.matter.subject.is_open and not waits and self.rng.random() < 0.3
            stuck = not waits and not any(r.target is not None for r in rows)
            elsewhere = self.matter.office is not (self.goal.action in OF_AN_OFFICE)
            if ended or stuck or elsewhere or self.idle > PATIENCE:
                self._another(self.rng)
        with frozen(self.moment()):
            taken = self.tally.taken
            getattr(self, f"_{what}")()
        with frozen(self.moment()):
            for row in self.watch.look():
                self._count(row)
            self.idle = 0 if self.tally.taken > taken else self.idle + 1

    # ------------------------------------------------------------------------------------------------- what is allowed

    def _facts(self) -> Facts:
        """Return what the guards know, asked for once until something is done."""
        if self.known is None:
            self.known = self.matter.facts()
        return self.known

    def _step(self) -> None:
        """Take any row; of those drawn, the first that the table does not refuse."""
        for _ in range(TRIED):
            row = ways.some_row(self.workflow, self.matter.state, self.rng)
            if row in self.watch.taken:
                continue  # not again what was only just done
            if self._try(row) or row.by_system:
                return

    def _goal(self, act: Callable[..., None] | None = None) -> None:
        """Take a step of a shortest way to the row in mind; once it is taken, or is long in coming, mind the next row."""
        goal = self.goal
        row = ways.way_on(self.workflow, self.matter.state, goal, self.rng, self.watch.previous)
        self.spent += 1
        if row is not None and self._try(row, act):
            if row is goal:
                self._next_goal()
        elif self.spent > LONG:
            self._next_goal()
        elif row is goal and self._make_way():
            pass
        elif row is not None and self.matter.state == "classified" and self.rng.random() < 0.8:
            self._say_what_it_is(row)
        elif row is goal and self.workflow.initial == "registered" and self.rng.random() < 0.2:
            self._leave()  # who sent it, and to whom, is not to be changed
        elif self.rng.random() < 0.25:
            self._later()
        else:
            self._step()

    def _next_goal(self) -> None:
        self.goal, self.spent = ways.rarest(self.workflow, self.counts, self.rng), 0

    def _make_way(self) -> bool:
        """Take what the row in mind waits for, where something is known; tell whether anything was."""
        for action in BEFORE.get(self.goal.action, ()):
            rows = [
                r
                for r in self.workflow.leaving(self.matter.state)
                if r.action == action and r is not self.goal
            ]
            if any(self._try(row) for row in rows):
                return True
        if self.goal.action != "close":
            return False
        told = [tell_referrer(self.world, petition) for petition in self.matter.petitions()]
        return any(told)

    def _say_what_it_is(self, goal: Transition) -> None:
        """Classify a petition so that the row in mind does not refuse it; or else begin with another one."""
        wanted = classified_for(self.workflow, goal, self._facts(), self._typist())
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
            self.known = None
            return self._by_itself(row)
        answer = answered(self.workflow, matter.state, row, self._facts(), self._typist())
        if answer is None:
            return False
        self.known = None
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
        elif read is None or found(self.workflow, matter.state, row.action, self._facts(), read) is None:
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
            self._must_refuse(matter.attempts(matter.head, action, typed)[0],
                              matter.attempts(matter.preparer, action, typed)[1])  # fmt: skip
            if self.rng.random() < 0.25:
                self._knock(action)

    def _knock(self, action: str) -> None:
        before, client = self.matter.mark(), self.app.test_client()
        client.post("/sign-in", data={"username": self.matter.head, "password": PASSWORD})
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
