"""Random walks of visits through the real services: whatever is done in whatever order, what must hold holds."""

import os
from collections import Counter
from datetime import timedelta
from random import Random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.core.clock import frozen
from app.core.db import db, unit_of_work
from app.core.errors import DomainError
from app.core.permissions import Role
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
from reception.workflow.visit import WORKFLOW
from tests.conftest import TODAY
from tests.factories import World, build_person
from tests.reception.builders import SEN, ordinary_visit

EXAMPLES = int(os.environ.get("WALK_EXAMPLES", "20"))
STEPS = int(os.environ.get("WALK_STEPS", "12"))
TAKEN: Counter[str] = Counter()
_PAGE = sorted(
    ON_THE_PAGE | {"hear", "identify", "refuse_written", "appoint_reps"}
)  # and some that it never offers
_TWO = (Content("complaint", "Mức bồi thường."), Content("proposal", "Đề nghị sửa đường."))


class Walk:
    """One visit at the city's reception office, which has bodies below it, moved at random by desk and head."""

    def __init__(self, world: World, chance: Random) -> None:
        self.world, self.chance, self.day = world, chance, TODAY
        self.desk, self.head = world.principal("tiepdan.hn"), world.principal("truongban")
        self.visit: Visit | None = None
        self.known = set(db.session.scalars(select(Party.id)))  # of the walks before, on the same database

    def typed(self) -> Any:
        """Draw what the desk might type."""
        pick = self.chance.choice
        outcomes = (
            "taken_in",
            "guided",
            "transferred",
            "explained",
            *("demand_proposed", "await_reps", "refused", "refused") * 5,
        )
        return ordinary_visit(
            self.world, unit="BTCD", received_on=self.day, outcome=pick(outcomes),
            kind=pick(("complaint", "denunciation", "proposal", "mixed")),
            contents=pick(((), (), _TWO, _TWO[:1])), people_count=12,
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
        with frozen(self.day):
            before, what = (
                self.count(),
                self.chance.choice(("page", "page", "page", "desk", "later")),
            )
            try:
                if self.visit is None or what == "desk":
                    self.at_the_desk()
                elif what == "page":
                    self.on_the_page()
                else:
                    self.day += timedelta(days=self.chance.randint(1, 10))
            except DomainError:
                db.session.expire_all()
                assert self.count() == before
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
        TAKEN["desk"] += 1

    def on_the_page(self) -> None:
        """Take a step of the page, one that it offers or one that it does not."""
        assert self.visit is not None
        offered = [step.action for step in WORKFLOW.leaving(self.visit.state)]
        likely = sorted(ON_THE_PAGE & set(offered)) or _PAGE
        action = self.chance.choice(likely * 3 + _PAGE)
        step = next(step for step in WORKFLOW.transitions if step.action == action)
        actor = self.chance.choice((self.desk, self.head, self.head))
        typed = {field.name: self.value(field) for field in step.fields}
        with unit_of_work():
            move_visit(self.visit, action, actor=actor, data=typed)
        assert action in ON_THE_PAGE and action in offered
        TAKEN[action] += 1

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
        db.session.refresh(visit)
        state = WORKFLOW.initial
        for line in visit.entries[1:]:
            rows = [t for t in WORKFLOW.leaving(state) if (t.code, t.action) == (line.transition, line.act)]
            assert line.from_state == state and rows
            state = rows[0].target or state
            assert line.to_state == state
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


@settings(max_examples=EXAMPLES, deadline=None, derandomize="WALK_EXAMPLES" not in os.environ,
          suppress_health_check=list(HealthCheck))  # fmt: skip
@given(seed=st.integers(0, 2**32))
def test_a_visit_walked_at_random_holds_every_invariant(world: World, seed: int) -> None:
    if "truongban" not in world.people:
        world.people["truongban"] = build_person(
            "truongban", "Trưởng Ban", "x", (world.unit("BTCD"), Role.LEADER)
        )
    walk = Walk(world, Random(seed))  # noqa: S311 - a walk, no secret
    for _ in range(STEPS):
        walk.step()


def test_the_walks_went_somewhere() -> None:
    """Last in the file: walks whose every step is refused would hold everything and show nothing."""
    if TAKEN:  # not when this test is run alone
        assert TAKEN["desk"] >= EXAMPLES
        assert {"sign_refusal", "refusal_back", "demand"} & set(TAKEN), TAKEN
