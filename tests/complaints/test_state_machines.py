"""Random walks of every workflow through the real services on the real database; what must always hold, holds.

Steps a run: WALK_EXAMPLES walks a kind of at most WALK_STEPS steps (`make walk` walks longer).
"""

import os
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.core.clock import frozen, today
from app.core.db import db, unit_of_work
from app.core.errors import DomainError
from app.organisation.models import Person
from complaints.clocks import Verb
from complaints.codes import PetitionKind
from complaints.models.cases import Case
from complaints.models.clocks import ClockEventRow
from complaints.models.history import HistoryEntry
from complaints.models.petitions import Petition
from complaints.services.assignment import assign
from complaints.services.clocks import refresh
from complaints.services.expiry import act_on_ended_clocks
from complaints.services.facts import Subject, facts_of, relevant_clocks, workflow_of
from complaints.services.perform import approve, perform, propose, send_back
from complaints.workflow.base import PREVIOUS, FieldKind, FieldSpec, Transition
from complaints.workflow.catalogue import ALL, OF_CASES
from tests.conftest import TODAY
from tests.factories import World, build_petition, posted

EXAMPLES = int(os.environ.get("WALK_EXAMPLES", "8"))
STEPS = int(os.environ.get("WALK_STEPS", "25"))
EVERY_ACTION = sorted({step.action for workflow in ALL for step in workflow.transitions})
_LIVE = ("running", "paused")
TAKEN: Counter[str] = Counter()  # steps really taken by table, and the states reached
REACHED: dict[str, set[str]] = {}


class Walk:
    """A petition or case that is moved at random, with what the tables say of its clocks so far."""

    def __init__(self, world: World, subject: Subject, data: st.DataObject, day: date) -> None:
        self.world, self.subject, self.data, self.day = world, subject, data, day
        self.preparer = world.principal("donthu.lb" if isinstance(subject, Petition) else "thuly.lb")
        self.leader = world.principal("chutich.lb")
        self.expected = self.live()
        started = {
            e.clock for t in workflow_of(subject).transitions for e in t.effects if e.verb is Verb.START
        }
        self.owned = started | set(self.expected)
        self.dues: dict[int, tuple[int, date | None]] = {}
        self.lines = self.count()[0]

    def live(self) -> Counter[str]:
        """Return how many clocks of each code run or rest, those set beside the law left out."""
        return Counter(
            c.code for c in relevant_clocks(self.subject) if c.state in _LIVE and c.beside_id is None
        )

    def count(self) -> tuple[int, int, str]:
        """Return the lines of history, the events of clocks and the state: what a refusal may not change."""
        mine = HistoryEntry.petition_id if isinstance(self.subject, Petition) else HistoryEntry.case_id
        lines = db.session.execute(select(func.count()).where(mine == self.subject.id)).scalar_one()
        events = db.session.execute(select(func.count(ClockEventRow.id))).scalar_one()
        return lines, events, self.subject.state

    def value(self, field: FieldSpec) -> Any:  # noqa: PLR0911 — one line a kind of field
        """Draw what somebody might type in a field, optional ones now and then left empty."""
        draw = self.data.draw
        if not field.required and draw(st.booleans()):
            return None
        if field.kind is FieldKind.DATE:
            if field.name in ("on", "delivered_on"):
                return self.day - timedelta(days=draw(st.integers(0, 3)))
            return self.day + timedelta(days=draw(st.integers(0, 12)))
        if field.kind in (FieldKind.CHOICE, FieldKind.CHOICES):
            assert field.choices is not None
            one = st.sampled_from([choice.value for choice in field.choices])
            return (
                draw(one) if field.kind is FieldKind.CHOICE else draw(st.lists(one, min_size=1, max_size=3))
            )
        if field.kind is FieldKind.YES_NO:
            return draw(st.booleans())
        if field.kind in (FieldKind.INTEGER, FieldKind.NUMBER):
            return draw(st.integers(0, 30))
        if field.kind is FieldKind.PERSON:
            return self.world.person("thuly.lb").id
        if field.kind is FieldKind.UNIT:
            return self.world.unit("LB-KT").id
        if field.kind is FieldKind.CASE:
            return db.session.execute(select(func.max(Case.id))).scalar_one() or 1
        return draw(st.sampled_from(["Theo hồ sơ", "12/QĐ-UBND", "Đã xem xét, có căn cứ."]))

    def step(self) -> None:
        """Do one thing: a step of the table, one outside it, a day or a month later, the job; then check."""
        what = self.data.draw(st.sampled_from(("take", "take", "take", "take", "outside", "later", "job")))
        with frozen(self.day):
            if what == "take":
                self.take()
            elif what == "outside":
                self.outside()
            elif what == "job":
                self.job()
            else:
                self.day += timedelta(days=self.data.draw(st.integers(1, 40)))
        with frozen(self.day):
            self.check()

    def take(self) -> None:
        """Take a step that the table lists, by the leader or prepared and then approved or sent back."""
        offered = [t for t in workflow_of(self.subject).leaving(self.subject.state) if not t.by_system]
        if not offered:
            return
        step = self.data.draw(st.sampled_from(offered))
        typed = {field.name: self.value(field) for field in step.fields}
        if step.action == "publish" and self.data.draw(st.booleans()):
            typed |= posted(typed["on"])
        typed["basis_checked"] = confirmed = self.data.draw(st.sampled_from((True, True, True, False)))
        before, way = self.count(), self.data.draw(st.sampled_from(("perform", "approve", "send back")))
        try:
            if way == "perform" or not step.proposable:
                with unit_of_work():
                    perform(self.subject, step.action, actor=self.leader, data=typed)
            else:
                with unit_of_work():
                    propose(self.subject, step.action, actor=self.preparer, data=typed)
                assert self.subject.state == before[2]
                before = self.count()
                with unit_of_work():
                    if way == "approve":
                        approve(self.subject, actor=self.leader, basis_checked=confirmed)
                    else:
                        send_back(self.subject, actor=self.leader, reason="Bổ sung.")
            TAKEN[workflow_of(self.subject).name] += 1
        except DomainError:
            db.session.expire_all()
            assert self.count() == before

    def outside(self) -> None:
        """Try a step that the table does not list here, in each way that there is; nothing may come of it."""
        listed = {t.action for t in workflow_of(self.subject).leaving(self.subject.state) if not t.by_system}
        action = self.data.draw(st.sampled_from([a for a in EVERY_ACTION if a not in listed]))
        before = self.count()
        for act, actor in ((perform, self.leader), (propose, self.preparer)):
            with pytest.raises(DomainError), unit_of_work():
                act(self.subject, action, actor=actor, data={"on": self.day, "words": "x"})
            db.session.expire_all()
            assert self.count() == before

    def job(self) -> None:
        """Let the system act; what it writes is a step that the table leaves to the system."""
        with unit_of_work():
            act_on_ended_clocks()
        db.session.expire_all()

    def check(self) -> None:
        """Hold what must hold after anything that happened."""
        REACHED.setdefault(workflow_of(self.subject).name, set()).add(self.subject.state)
        self.replay()
        clocks = [c for c in relevant_clocks(self.subject) if c.beside_id is None]
        if self.subject.state != "reclassified":  # there the petition has left, and its clocks with it
            live = Counter(c.code for c in clocks if c.state in _LIVE)
            kept = {code: n for code, n in live.items() if code in self.owned}
            assert kept == {code: n for code, n in self.expected.items() if n and code in self.owned}
        if isinstance(self.subject, Case) and not self.subject.is_open:
            assert not [c.code for c in clocks if c.case_id == self.subject.id and c.state == "paused"]
            ends = {
                e.clock
                for t in workflow_of(self.subject).leaving(self.subject.state)
                for e in t.effects
                if e.verb is Verb.STOP
            }
            assert {c.code for c in clocks if c.case_id == self.subject.id and c.state == "running"} <= ends
        for clock in clocks:
            assert refresh(clock) == []
            events = len(clock.events)
            known = self.dues.get(clock.id)
            assert known is None or known[0] != events or known[1] == clock.due_on
            self.dues[clock.id] = (events, clock.due_on)

    def replay(self) -> None:
        """Fold the lines of history through the table: they lead to the present state and drive the clocks expected."""
        workflow = workflow_of(self.subject)
        mine = HistoryEntry.petition_id if isinstance(self.subject, Petition) else HistoryEntry.case_id
        lines = db.session.execute(
            select(HistoryEntry).where(mine == self.subject.id).order_by(HistoryEntry.id)
        )
        state, previous = workflow.initial, ""
        for number, line in enumerate(lines.scalars().all()):
            if line.from_state is None:
                continue
            assert line.from_state == state
            rows = [t for t in workflow.leaving(state) if (t.code, t.action) == (line.transition, line.act)]
            assert rows
            targets = {previous if t.target == PREVIOUS else t.target or state for t in rows}
            assert line.to_state in targets
            assert (line.actor_id is None) is rows[0].by_system
            if line.to_state != state:
                previous, state = state, line.to_state or ""
            if number >= self.lines:
                self.drive(rows, line.data)
        self.lines = max(self.lines, self.count()[0])
        assert state == self.subject.state
        assert self.subject.is_open is workflow.states[state].open

    def drive(self, rows: list[Transition], typed: Mapping[str, Any]) -> None:
        """Move the clocks expected as the row says that the data chose."""
        row = rows[0]
        if len(rows) > 1:
            row = next(r for r in rows if r.refusal(facts_of(self.subject), typed) is None)
        for effect in row.effects:
            if effect.verb is Verb.START:
                self.expected[effect.clock] += 1
            elif effect.verb in (Verb.STOP, Verb.CANCEL):
                self.expected[effect.clock] = 0


def _knock(client: FlaskClient, world: World, walk: Walk) -> None:
    """Post steps that the table does not list to the real routes as the leader: refused, and nothing moves."""
    where = "petitions" if isinstance(walk.subject, Petition) else "cases"
    listed = {t.action for t in workflow_of(walk.subject).leaving(walk.subject.state) if not t.by_system}
    before = walk.count()
    for action in walk.data.draw(
        st.lists(st.sampled_from(EVERY_ACTION), min_size=3, max_size=3, unique=True)
    ):
        if action in listed:
            continue
        answer = client.post(
            f"/{where}/{walk.subject.id}/do/{action}", data={"on": walk.day.isoformat(), "words": "x"}
        )
        assert 400 <= answer.status_code < 500, (action, answer.status_code)
        db.session.expire_all()
        assert walk.count() == before


_PROFILE = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="WALK_EXAMPLES" not in os.environ,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("flow", [w.name for w in OF_CASES])
@_PROFILE
@given(data=st.data())
def test_a_case_walked_at_random_holds_every_invariant(
    world: World, login_as: Callable[[Person], FlaskClient], flow: str, data: st.DataObject
) -> None:
    with frozen(TODAY):
        of_own_kind = {
            "denunciation": "denunciation",
            "continued": "denunciation",
            "proposal": "proposal",
            "feedback": "admin_feedback",
        }
        kind = of_own_kind.get(flow, "complaint")
        second = flow.endswith("_second") or flow == "continued"
        opening = "open_continued" if flow == "continued" else "open_second" if second else "open_case"
        petition = build_petition(world, kind=kind, in_person=data.draw(st.booleans()), letter_date=TODAY)
        with unit_of_work():
            petition.instance = "second" if second else "first"
            petition.disciplinary = flow.startswith("discipline")
            petition.dismissal = petition.disciplinary and data.draw(st.booleans())
            if flow == "continued" and data.draw(st.booleans()):
                classified = {"kind": kind, "field": "land", "overdue_claim": True}
                perform(petition, "classify", actor=world.principal("donthu.lb"), data=classified)
            perform(petition, opening, actor=world.principal("donthu.lb"),
                    data={"on": today(), "first_decision": "Sở X, số 1/QĐ ngày 02/11/2026." if second else None})  # fmt: skip
        case = petition.case
        assert case is not None
        assert workflow_of(case).name == flow
        with unit_of_work():
            assign(case, unit_id=world.unit("LB-KT").id, handler_id=world.person("thuly.lb").id,
                   actor=world.principal("chutich.lb"))  # fmt: skip
    walk = Walk(world, case, data, TODAY)
    for _ in range(STEPS):
        walk.step()
    with frozen(walk.day):
        _knock(login_as(world.person("chutich.lb")), world, walk)


@_PROFILE
@given(data=st.data(), kind=st.sampled_from([kind.value for kind in PetitionKind]))
def test_a_petition_walked_at_random_holds_every_invariant(
    world: World, login_as: Callable[[Person], FlaskClient], data: st.DataObject, kind: str
) -> None:
    with frozen(TODAY):
        petition = build_petition(world, kind=kind, in_person=data.draw(st.booleans()))
    walk = Walk(world, petition, data, TODAY)
    walk.owned = (
        set()
    )  # its clocks start with its kind, which may change: the consequences say, not the table
    for _ in range(STEPS // 2):
        walk.step()
    with frozen(walk.day):
        _knock(login_as(world.person("chutich.lb")), world, walk)


def test_the_walks_went_somewhere() -> None:
    """Last in the file: walks whose every step is refused would hold everything and show nothing."""
    if TAKEN:  # not when this test is run alone
        reached = {name: len(states) for name, states in REACHED.items()}
        sys.stdout.write(f"steps {dict(TAKEN)}, states {reached}\n")
        for name, states in REACHED.items():
            assert TAKEN[name] >= EXAMPLES
            assert len(states) >= 3
