"""Random walks of visits through the real services: whatever is done in whatever order, what must hold holds."""

import os
import sys
from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, seed, settings
from sqlalchemy import func, select

from app.core.clock import frozen
from app.core.db import db, unit_of_work
from app.core.errors import DomainError
from complaints.models.clocks import Clock
from complaints.models.parties import Party
from complaints.models.petitions import Petition
from complaints.services.clocks import refresh
from complaints.workflow.base import FieldKind, FieldSpec
from reception.codes import visit_outcome
from reception.entries import Content
from reception.models import Visit
from reception.services.moving import ON_THE_PAGE, move_visit
from reception.services.visits import continue_visit, record_visit
from reception.workflow.visit import RETURNABLE, WORKFLOW
from tests.conftest import TODAY
from tests.factories import World
from tests.reception.builders import SEN, ordinary_visit
from tests.walks import ways
from tests.walks.matters import OFFICE_HEAD, fresh
from tests.walks.paper_machine import DICE
from tests.walks.peopled import peopled, world_again
from tests.walks.service_machine import rolled_back

WALKS = int(os.environ.get("WALKS", "20"))
STEPS = int(os.environ.get("STEPS", "12"))
TAKEN = int(os.environ.get("TAKEN", "0"))
SEED = int(os.environ.get("SEED", "20261125"))
SETTINGS = settings(max_examples=WALKS, deadline=None, database=None, phases=[Phase.generate],
                    suppress_health_check=list(HealthCheck))  # fmt: skip
_PAGE = sorted(
    ON_THE_PAGE | {"hear", "identify", "refuse_written", "appoint_reps"}
)  # and some that it never offers
_TWO = (Content("complaint", "Mức bồi thường."), Content("proposal", "Đề nghị sửa đường."))


class Walk:
    """Visits at the city's reception office, which has bodies below it, moved at random by desk and head."""

    def __init__(self, world: World, chance: Random, tally: ways.Tally) -> None:
        self.world, self.chance, self.day, self.tally = world, chance, TODAY, tally
        self.desk, self.head = world.principal("tiepdan.hn"), world.principal(OFFICE_HEAD)
        self.visit: Visit | None = None
        self.known: set[int] = set()  # who came before this visit
        self.counted = 0
        tally.walks += 1

    def typed(self) -> Any:
        """Draw what the desk might type."""
        pick = self.chance.choice
        outcomes = (
            "taken_in",
            "guided",
            "transferred",
            "explained",
            *("demand_proposed", "await_reps", "refused", "refused") * 2,
        )
        return ordinary_visit(
            self.world, unit="BTCD", received_on=self.day, outcome=pick(outcomes),
            kind=pick(("complaint", "denunciation", "proposal", "mixed")),
            contents=pick(((), (), _TWO, _TWO[:1])), people_count=pick((1, 12)),
            representatives_appointed=pick((True, False, False)),
            visitors=(type(SEN)(**{**SEN.__dict__, "is_representative": True}),),
            refusal_ground=pick(("L9.3", "D4.h", "L9.3", "D4.h", "L9.1", "D4.e")),
            directed_to="UBND phường Bồ Đề", outcome_note="Đã giải thích đầy đủ cho người đến.",
        )  # fmt: skip

    def value(self, field: FieldSpec) -> Any:
        """Draw what might be typed in a field of a step."""
        pick = self.chance.choice
        if field.kind is FieldKind.DATE:
            return self.day - timedelta(days=pick((0, 0, 0, 2)))
        if field.choices is not None:
            one = pick([choice.value for choice in field.choices])
            return one if field.kind is FieldKind.CHOICE else [one]
        return pick(["12/TB", "12/TB", "12/TB", ""])

    def step(self) -> None:
        """Do one thing; nothing may come of what is refused; then check."""
        if (
            self.visit is not None
            and not WORKFLOW.states[self.visit.state].open
            and self.chance.random() < 0.4
        ):
            self.visit, self.counted = None, 0  # what has ended makes room for another
            self.known = set(db.session.scalars(select(Party.id)))
        with frozen(self.day):
            at_desk = self.visit is None or self.visit.state in RETURNABLE
            before = self.count()
            what = self.chance.choice(
                ("desk",) * 4 + ("page", "later") if at_desk else ("page",) * 6 + ("desk", "later")
            )
            try:
                if self.visit is None or what == "desk":
                    self.at_the_desk()
                elif what == "page":
                    self.on_the_page()
                else:
                    self.day += timedelta(days=self.chance.randint(1, 10))
                    self.tally.other += 1
            except DomainError:
                fresh()
                assert self.count() == before
                self.tally.refused += 1
        with frozen(self.day):
            self.check()

    def at_the_desk(self) -> None:
        """Record the visit, or go on with it."""
        new = self.typed()
        with unit_of_work():
            if self.visit is None:
                self.visit = record_visit(new, actor=self.desk)
            else:
                assert continue_visit(self.visit, new, actor=self.desk).state not in ("identified", "arrived")

    def on_the_page(self) -> None:
        """Take a step of the page, one that it offers or one that it does not."""
        assert self.visit is not None
        offered = [step.action for step in WORKFLOW.leaving(self.visit.state)]
        likely = sorted(ON_THE_PAGE & set(offered)) or _PAGE
        action = self.chance.choice(likely * 10 + _PAGE)
        step = next(step for step in WORKFLOW.transitions if step.action == action)
        actor = self.chance.choice((self.desk, self.head, self.head))
        typed = {field.name: self.value(field) for field in step.fields}
        with unit_of_work():
            move_visit(self.visit, action, actor=actor, data=typed)
        assert action in ON_THE_PAGE and action in offered

    def count(self) -> tuple[Any, ...]:
        """Return what a refusal may not change."""
        tables = (Visit, Petition, Clock, Party)
        rows = [db.session.scalar(select(func.count()).select_from(table)) for table in tables]
        return (*rows, self.visit and (self.visit.state, self.visit.version, len(self.visit.entries)))

    def check(self) -> None:
        """Hold what must hold after anything that happened."""
        visit = self.visit
        if visit is None:
            return
        fresh()
        state = WORKFLOW.initial
        for at, line in enumerate(visit.entries[1:]):
            rows = [t for t in WORKFLOW.leaving(state) if (t.code, t.action) == (line.transition, line.act)]
            assert line.from_state == state and rows
            state = rows[0].target or state
            assert line.to_state == state
            if at >= self.counted:
                self.counted = at + 1
                self.tally.taken += 1
                self.tally.rows[ways.named(rows[0], WORKFLOW)] += 1
                self.tally.states[state] += 1
        assert state == visit.state
        ended = visit_outcome(state)
        assert visit.outcome == (ended.value if ended else None)
        assert state != "identified"
        duty = visit.refusal_duty
        running = []
        if duty is not None:
            clocks = db.session.scalars(select(Clock).where(Clock.duty_id == duty.id)).all()
            assert all(refresh(clock) == [] for clock in clocks)
            running = [clock.code for clock in clocks if clock.state == "running"]
            assert duty.is_open is (state == "refusal_pending")
        assert running == (["RECEP_REFUSE"] if state == "refusal_pending" else [])
        if state == "refused_written":
            assert (
                visit.refusal_ground
                and visit.refusal_point
                and visit.document_no
                and visit.refusal_signed_by_id
            )
        takes_in = state in ("taken_in", "transferred", "demand_proposed", "demand_subordinate", "heard")
        assert (visit.petition_id is not None) is takes_in
        named = set(db.session.scalars(select(Party.id))) - self.known
        assert not visit.is_sealed or not (visit.visitors or named)
        assert len(visit.items) != 1 and (not visit.items or visit.items[0].petition_id == visit.petition_id)


@pytest.fixture(scope="module", name="desks")
def _desks(app: Flask) -> Iterator[Flask]:
    with peopled(app) as walked:
        yield walked


def test_a_visit_walked_at_random_holds_every_invariant(desks: Flask) -> None:
    """Each walk is a transaction of its own; a walk whose every step is refused would hold everything and show nothing."""
    tally = ways.Tally()

    @SETTINGS
    @given(dice=DICE)
    def walked(dice: int) -> None:
        with rolled_back(desks):
            walk = Walk(world_again(), Random(dice), tally)  # noqa: S311 - a walk, no secret
            for _ in range(STEPS):
                walk.step()

    seed(SEED)(walked)()
    while tally.taken < TAKEN:
        seed(SEED + tally.walks)(walked)()
    missing = ways.never(WORKFLOW, tally)
    sys.stdout.write(f"\n{tally.line(WORKFLOW, missing)}\n    {ways.rows_listing(tally)}\n")
    assert tally.taken >= tally.walks * STEPS // 4
    assert {"sign_refusal", "refusal_back", "demand"} & {action for _, action, _ in tally.rows}
    assert not (TAKEN and missing)
