"""The state machine that walks what has a table and a mover of its own: files of protection, online sessions."""

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any, ClassVar, Protocol

import pytest
from flask import Flask
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from sqlalchemy import func, select

from app.core.clock import at_local, frozen, today
from app.core.db import db, unit_of_work
from app.core.errors import DomainError
from complaints.models.clocks import Clock, ClockEventRow
from complaints.models.protection import ProtectionEntry
from complaints.services import protection
from complaints.workflow.base import Facts, Transition, Workflow
from reception.models import OnlineSession, OnlineSessionEntry
from reception.services.online import NewSession, facts_of_session, move_session, propose_session
from tests.factories import World
from tests.walks import ways
from tests.walks.answers import Typist, answered, found, reading
from tests.walks.matters import HEAD, LIVE, new_case
from tests.walks.paper_machine import DICE, FIRST_DAY
from tests.walks.peopled import world_again
from tests.walks.service_machine import LONG, PATIENCE, rolled_back

_WHAT = ("goal",) * 7 + ("step",) * 4 + ("refused", "refused", "outside", "stranger", "later")
_STRANGERS = ("chutich.bd", "quantri", "thuly.lb")


class File(Protocol):
    """Something with a table: where it is, what its guards know, how it is moved, its lines."""

    received: date

    @property
    def state(self) -> str: ...
    def facts(self) -> Facts: ...
    def act(self, action: str, typed: Mapping[str, Any], who: str) -> None: ...
    def lines(self) -> Sequence[tuple[str | None, str, str]]: ...
    def check(self) -> None: ...


class ProtectionFile:
    """The secrecy of a denunciation, or a request for protection beside it."""

    def __init__(self, world: World, rng: Random) -> None:
        self.world = world
        case = new_case(world, "denunciation", rng).subject
        self.case, self.measure = case, protection.measures_of(case)[0]
        self.received = case.received_on

    @property
    def state(self) -> str:
        """Return where it is."""
        return self.measure.state

    def facts(self) -> Facts:
        """Return what the guards know."""
        return protection.facts_of(self.measure)

    def act(self, action: str, typed: Mapping[str, Any], who: str) -> None:
        """Take a step; a request opens another file, which the walk then follows."""
        with unit_of_work():
            taken = protection.take(
                self.case, self.measure, action, actor=self.world.principal(who), data=typed
            )
        self.measure = taken

    def lines(self) -> Sequence[tuple[str | None, str, str]]:
        """Return its history: from where, by which act, to where."""
        wanted = select(ProtectionEntry).where(ProtectionEntry.measure_id == self.measure.id)
        rows = db.session.scalars(wanted.order_by(ProtectionEntry.id))
        return [(r.from_state, r.act, r.to_state) for r in rows]

    def check(self) -> None:
        """The target runs exactly while a request waits; the case is where it was."""
        clock = db.session.get(Clock, self.measure.clock_id) if self.measure.clock_id else None
        assert (clock is not None and clock.state in LIVE) is (self.state == "prot_requested")
        assert self.case.state == "tc_check"


class OnlineFile:
    """An online session."""

    def __init__(self, world: World, rng: Random) -> None:
        self.world, self.received = world, today()
        kind = rng.choice(("complaint", "complaint", "denunciation"))
        new = NewSession(world.unit("LB").id, kind, "Bồi thường đất", 3, ("UBND phường",), rng.random() < 0.2)
        with unit_of_work():
            self.session: OnlineSession = propose_session(new, actor=world.principal("tiepdan.lb"))

    @property
    def state(self) -> str:
        """Return where it is."""
        return self.session.state

    def facts(self) -> Facts:
        """Return what the guards know."""
        return facts_of_session(self.session)

    def act(self, action: str, typed: Mapping[str, Any], who: str) -> None:
        """Take a step."""
        with unit_of_work():
            move_session(self.session, action, actor=self.world.principal(who), data=typed)

    def lines(self) -> Sequence[tuple[str | None, str, str]]:
        """Return its history: from where, by which act, to where."""
        wanted = select(OnlineSessionEntry).where(OnlineSessionEntry.session_id == self.session.id)
        rows = db.session.scalars(wanted.order_by(OnlineSessionEntry.id))
        return [(r.from_state, r.act, r.to_state) for r in rows]

    def check(self) -> None:
        """No clock of the law runs on a session."""
        assert not db.session.scalar(select(func.count(Clock.id)))


FILES = {"protection": ProtectionFile, "online": OnlineFile}


class FileWalk(RuleBasedStateMachine):
    """Walks one such table. Each draw of Hypothesis throws the dice of one event."""

    app: ClassVar[Flask]
    workflow: ClassVar[Workflow]
    actions: ClassVar[tuple[str, ...]]
    tally: ClassVar[ways.Tally]

    def __init__(self) -> None:
        super().__init__()
        self.stack, self.ticks = ExitStack(), 0
        self.stack.enter_context(rolled_back(self.app))
        self.world = world_again()

    def teardown(self) -> None:
        """Roll everything back."""
        self.stack.close()

    def moment(self) -> datetime:
        """Return the present instant, later each time it is asked for."""
        self.ticks += 1
        return at_local(self.day, time(7)) + timedelta(seconds=self.ticks)

    @initialize(dice=DICE)
    def begin(self, dice: int) -> None:
        """Begin on some day of two years, with a row in mind."""
        rng = Random(dice)  # noqa: S311 — a walk, no secret
        self.day = FIRST_DAY + timedelta(days=rng.randint(3, 600))
        self.idle, self.events, self.spent = 0, 0, 0
        self.counts = Counter(self.tally.before.setdefault(dice, Counter(self.tally.rows)))
        self.goal = ways.rarest(self.workflow, self.counts, rng)
        self.tally.walks += 1
        with frozen(self.moment()):
            self.file: File = FILES[self.workflow.name](self.world, rng)

    @rule(what=st.sampled_from(_WHAT), dice=DICE)
    def go(self, what: str, dice: int) -> None:
        """Let one thing happen, then replay the history."""
        self.events += 1
        self.rng = Random(f"{dice} {self.events}")  # noqa: S311
        with frozen(self.moment()):
            rows = self.workflow.leaving(self.file.state)
            ends = not any(r.target is not None for r in rows) and self.file.state not in self.goal.sources
            if self.idle > PATIENCE or not rows or (ends and self.rng.random() < 0.5):
                self.file, self.idle = FILES[self.workflow.name](self.world, self.rng), 0
            taken = self.tally.taken
            getattr(self, f"_{what}")()
            self.idle = 0 if self.tally.taken > taken else self.idle + 1
            self._replay()
            self.file.check()

    def _replay(self) -> None:
        state: str | None = None
        for before, act, after in self.file.lines():
            if before is not None:
                rows = [r for r in self.workflow.leaving(before) if r.action == act]
                assert state in (None, before) and rows
                assert after in {r.target or before for r in rows}
            state = after
        assert state == self.file.state
        self.tally.states[self.file.state] += 1

    def _typist(self) -> Typist:
        return Typist(self.rng, self.day, self.file.received)

    def _mark(self) -> tuple[Any, ...]:
        db.session.expire_all()
        return (
            self.file.state,
            len(self.file.lines()),
            db.session.scalar(select(func.max(ClockEventRow.id))),
        )

    def _try(self, row: Transition) -> bool:
        answer = answered(self.workflow, self.file.state, row, self.file.facts(), self._typist())
        if answer is None:
            return False
        before = self._mark()
        try:
            self.file.act(row.action, answer[0], HEAD)
        except DomainError as error:
            self.tally.declined += 1
            self.tally.why[f"{row.action}: {error.message}"] += 1
            assert self._mark() == before
            return False
        self.tally.taken += 1
        self.tally.rows[ways.named(row, self.workflow)] += 1
        self.counts[ways.named(row, self.workflow)] += 1
        return True

    def _step(self) -> None:
        self._try(ways.some_row(self.workflow, self.file.state, self.rng))

    def _goal(self) -> None:
        row = ways.way_on(self.workflow, self.file.state, self.goal, self.rng)
        self.spent += 1
        taken = row is not None and self._try(row)
        if (taken and row is self.goal) or self.spent > LONG:
            self.goal, self.spent = ways.rarest(self.workflow, self.counts, self.rng), 0
        elif not taken and self.rng.random() < 0.4:
            self._later()  # a day that has not come yet
        elif not taken:
            self._step()

    def _must_refuse(self, action: str, typed: Mapping[str, Any], who: str) -> None:
        before = self._mark()
        with pytest.raises(DomainError):
            self.file.act(action, typed, who)
        assert self._mark() == before
        self.tally.refused += 1

    def _refused(self) -> None:
        row = self.rng.choice(self.workflow.leaving(self.file.state))
        typed = self._typist().spoilt(row)
        read = reading(row, typed)
        if read is None or found(self.workflow, self.file.state, row.action, self.file.facts(), read) is None:
            self._must_refuse(row.action, typed, HEAD)

    def _outside(self) -> None:
        listed = {r.action for r in self.workflow.leaving(self.file.state)}
        for action in self.rng.sample([a for a in self.actions if a not in listed], 2):
            self._must_refuse(action, {"on": self.day, "words": "x"}, HEAD)

    def _stranger(self) -> None:
        row = self.rng.choice(self.workflow.leaving(self.file.state))
        self._must_refuse(row.action, self._typist().data(row), self.rng.choice(_STRANGERS))

    def _later(self) -> None:
        self.day += timedelta(days=self.rng.randint(1, 6))
        self.tally.other += 1
