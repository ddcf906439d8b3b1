"""What must hold of a petition or case after whatever happened to it: history, clocks, due dates."""

from collections import Counter
from datetime import date

from sqlalchemy import select

from app.core.db import db
from complaints.clocks import ClockState
from complaints.ladder import NOT_OF_THE_CASE
from complaints.models.cases import Case
from complaints.models.clocks import Clock
from complaints.models.petitions import Petition
from complaints.models.recalculations import ClockMove
from complaints.models.shared import NOT_DUE
from complaints.workflow.base import PREVIOUS, Transition
from tests.walks import owned, ways
from tests.walks.matters import LIVE, Matter, count, fresh

_BACK = (
    "reclassified",
    "with_case",
    "classified",
)  # a case that turned out to be something else gives its petitions back
_NOT_ACCEPTED = ("propose_accept", "propose_accept_2", "tc_check")  # where accepting is still to come
_PROTECTION = "PROTECTION_TARGET"  # beside the case: a request for protection outlives it


class Watch:
    """Follows one matter: reads each new line of its history once, and every clock each time."""

    def __init__(self, matter: Matter) -> None:
        self.matter, self.last = matter, 0
        self.state, self.previous = matter.workflow.initial, ""
        self.predicted: Transition | None = None
        self.dues: dict[int, tuple[int, date | None, bool]] = {}
        self.expected: Counter[str] = Counter()
        self.settled = False
        self.resolved: frozenset[int] | None = None  # the petitions of the case when it was resolved
        self.case_seen = (0, 0)  # the case of a petition, and the last line of it that was read
        self.taken: list[Transition] = []
        self.seen: list[Clock] = []

    def look(self) -> list[Transition]:
        """Check all; return the rows that were taken since the last look."""
        fresh()
        self.taken, self.seen = [], self.matter.clocks()
        self.replay()
        self.clocks()
        self.due_dates()
        return self.taken

    def replay(self) -> None:
        """Fold the new lines through the table: they lead to the present state."""
        matter, workflow = self.matter, self.matter.workflow
        for line in matter.lines(self.last):
            self.last = line.id
            if line.from_state is None:
                if line.to_state is not None and not self.settled:
                    self.state = (
                        line.to_state
                    )  # the line of its beginning; an item of a split one begins later
                continue
            assert line.from_state == self.state
            if (line.act, line.from_state, line.to_state) == _BACK and isinstance(matter.subject, Petition):
                self.previous, self.state = self.state, "classified"
                self.expected = count(self.seen)
                continue
            rows = [
                t for t in workflow.leaving(self.state) if (t.code, t.action) == (line.transition, line.act)
            ]
            assert rows, (self.state, line.transition, line.act)
            row = self.predicted if len(rows) > 1 and self.predicted is not None else rows[0]
            assert row in rows
            assert (line.actor_id is None) is row.by_system
            assert line.to_state == (self.previous if row.target == PREVIOUS else row.target or self.state)
            if line.to_state != self.state:
                self.previous, self.state = self.state, line.to_state
            ways.drive(self.expected, row)
            if row.action in ("classify", "take_up"):
                self.expected = count(self.seen)  # held to the kind by hand below
            self.taken.append(row)
        assert self.state == matter.state
        assert matter.subject.is_open is workflow.states[self.state].open

    def clocks(self) -> None:
        """Hold the clocks to what the rows said, to what law.md gives the state, and at an end to what it can still stop."""
        matter = self.matter
        live = count(self.seen)
        if not self.settled:
            self.expected, self.settled = Counter(live), True
        if self.state == "reclassified":
            self.expected = Counter({c: n for c, n in self.expected.items() if c == _PROTECTION})
        targets = live.pop(_PROTECTION, 0), self.expected.pop(_PROTECTION, 0)
        assert targets[0] == 0 or isinstance(matter.subject, Case)
        self._met_by_the_case()
        if isinstance(matter.subject, Case):
            live.pop(owned.RESULT, None)  # the petitions' own; held to R10 by hand below
        assert live == self.expected, (self.state, live, self.expected)
        if isinstance(matter.subject, Petition):
            self._petition(matter.subject, live)
            return
        law = owned.OWNED.get(matter.workflow.name, {}).get(self.state)
        if law is not None:
            assert law.must <= live.keys(), (self.state, live)
            assert live.keys() <= law.must | law.may | owned.ON_THE_PETITION, (self.state, live)
            assert all(live[code] == 1 for code in law.must), (self.state, live)
        own = {c.code for c in self.seen if c.case_id is not None and c.state in LIVE} - {_PROTECTION}
        if not matter.subject.is_open:
            assert own <= ways.stoppable(matter.workflow, self.state), (self.state, own)
        petitions = matter.petitions()
        if self.resolved is None and matter.subject.decided_on is not None:
            self.resolved = frozenset(p.id for p in petitions)
        for petition in petitions:
            assert petition.state == "with_case"
            mine = count(c for c in self.seen if c.petition_id == petition.id)
            self._petition(petition, mine)
            owed = petition.source in owned.OWED_A_RESULT and petition.kind in ("complaint", "denunciation")
            owed = owed and petition.referrer_told_on is None and petition.id in (self.resolved or ())
            assert (owned.RESULT in mine) is owed, (self.state, petition.source, mine)

    def _met_by_the_case(self) -> None:
        """Take from a petition what a step of its case has ended since: accepting, a demand, a reply."""
        case = self.matter.subject.case if isinstance(self.matter.subject, Petition) else None
        if case is None:
            return
        other = Matter(self.matter.world, case)
        if self.case_seen[0] != case.id:  # what its case did before it came is not the petition's
            self.case_seen = (case.id, max((line.id for line in other.lines(0)), default=0))
        for line in other.lines(self.case_seen[1]):
            self.case_seen = (case.id, line.id)
            rows = [t for t in other.workflow.leaving(line.from_state or "")
                    if (t.code, t.action) == (line.transition, line.act)]  # fmt: skip
            for effect in rows[0].effects if rows else ():
                if effect.verb in ways.ENDS:
                    self.expected.pop(effect.clock, None)

    def _petition(self, petition: Petition, live: Counter[str]) -> None:
        case = petition.case
        waits = case is not None and bool(owned.WITH_THE_CASE & live.keys())
        if waits:
            assert case is not None and case.state in _NOT_ACCEPTED
        law = owned.of_petition(
            petition.state, petition.kind or "", case_waits=waits, demand_waits=petition.overdue_claim
        )
        may = law.may | ({"TC_OVERDUE_DEMAND"} if case is not None and case.instance == "second" else set())
        assert law.must <= live.keys() <= law.must | may, (petition.state, petition.kind, live)
        assert max(live.values(), default=1) == 1, live

    def due_dates(self) -> None:
        """A due date moves with an event of its clock or with a change of the calendar, which is on record; no other way."""
        matter = self.matter
        running: list[date] = []
        for clock in self.seen:
            ended = clock.state in (ClockState.MET, ClockState.CANCELLED)
            now = (len(clock.events), clock.due_on, ended)
            was = self.dues.get(clock.id)
            if was is not None and was[0] == now[0]:
                assert was[2] is ended
                if was[1] != now[1]:
                    assert not ended, clock.code
                    moves = (
                        select(ClockMove).where(ClockMove.clock_id == clock.id).order_by(ClockMove.id.desc())
                    )
                    move = db.session.scalars(moves).first()
                    assert move is not None and move.new_due_on == now[1], clock.code
            self.dues[clock.id] = now
            if clock.state == "running" and clock.due_on and clock.code not in NOT_OF_THE_CASE:
                running.append(clock.due_on)
        due = [(c.code, c.state, c.due_on) for c in self.seen if c.state in LIVE]
        assert matter.subject.next_due_on == min(running, default=NOT_DUE), (self.state, due)
        for petition in matter.petitions() if isinstance(matter.subject, Case) else ():
            own = [c.due_on for c in self.seen if c.petition_id == petition.id and c.state == "running"
                   and c.due_on and c.code not in NOT_OF_THE_CASE]  # fmt: skip
            assert petition.next_due_on == min(own, default=NOT_DUE), (self.state, due)
