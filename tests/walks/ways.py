"""What a table says of ways and clocks: which row leads on, which clocks may and must run where. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from random import Random

from complaints.clocks import Verb
from complaints.workflow.base import PREVIOUS, Transition, Workflow

ENDS = (Verb.STOP, Verb.CANCEL)
RowKey = tuple[str, str, int]  # law.md's number, the action, and which of the rows that share both


_KEYS: dict[int, Mapping[int, RowKey]] = {}  # by the identity of a table: tables live as long as the process
_MAY: dict[int, Mapping[str, frozenset[str]]] = {}


def keys(workflow: Workflow) -> Mapping[int, RowKey]:
    """Return a name for each row of a table by its identity; rows may share number and action and differ by guard."""
    if id(workflow) not in _KEYS:
        _KEYS[id(workflow)] = _keys(workflow)
    return _KEYS[id(workflow)]


def _keys(workflow: Workflow) -> Mapping[int, RowKey]:
    seen: Counter[tuple[str, str]] = Counter()
    named: dict[int, RowKey] = {}
    for row in workflow.transitions:
        named[id(row)] = (row.code, row.action, seen[row.code, row.action])
        seen[row.code, row.action] += 1
    return named


def named(row: Transition, workflow: Workflow) -> RowKey:
    """Return the name of a row."""
    return keys(workflow)[id(row)]


def leads_to(workflow: Workflow, row: Transition, state: str) -> frozenset[str]:
    """Return the states that a row may lead to; whoever is suspended returns to where it was suspended from."""
    if row.target == PREVIOUS:
        return frozenset(
            s for s in workflow.states for t in workflow.leaving(s) if t.target in row.sources and s != state
        )
    return frozenset({row.target or state})


def way_on(
    workflow: Workflow, state: str, goal: Transition, rng: Random, previous: str = ""
) -> Transition | None:
    """Return the first row of a shortest way from a state to a goal, the goal itself where it can be taken; else None.

    Whoever is suspended now resumes in `previous`; a suspension on the way would only lead back to where it began.
    """
    if state in goal.sources:
        return goal
    known: dict[str, Transition | None] = {state: None}
    edge = [state]
    while edge:
        further: list[str] = []
        for here in edge:
            rows = list(workflow.leaving(here))
            rng.shuffle(rows)
            for row in rows:
                back = frozenset({previous} if here == state else ())
                for there in (back if row.target == PREVIOUS else {row.target or here}) - known.keys():
                    known[there] = known[here] or row
                    if there in goal.sources:
                        return known[there]
                    further.append(there)
        edge = further
    return None


def some_row(workflow: Workflow, state: str, rng: Random) -> Transition:
    """Return any row that a state lists; one that ends the matter seldom where others go on, so that walks are long."""
    rows = workflow.leaving(state)
    going_on = [row for row in rows if all(workflow.states[s].open for s in leads_to(workflow, row, state))]
    return rng.choice(
        going_on if going_on and rng.random() < (0.9 if 3 * len(going_on) > len(rows) else 0.3) else rows
    )


def drive(live: Counter[str], row: Transition) -> None:
    """Change a count of live clocks by code as a row says; a clock that does not run is passed over."""
    for effect in row.effects:
        if effect.verb is Verb.START:
            live[effect.clock] += 1
        elif effect.verb in ENDS:
            live.pop(effect.clock, None)


def stoppable(workflow: Workflow, state: str) -> frozenset[str]:
    """Return the clocks that a row still listed in a state brings to an end."""
    rows = workflow.leaving(state)
    return frozenset(e.clock for row in rows for e in row.effects if e.verb in ENDS)


def started(workflow: Workflow) -> frozenset[str]:
    """Return the clocks that a table starts itself."""
    return frozenset(e.clock for row in workflow.transitions for e in row.effects if e.verb is Verb.START)


def given(workflow: Workflow) -> tuple[str, ...]:
    """Return the clocks that a table moves but never starts: those that run when a walk begins."""
    moved = (e.clock for row in workflow.transitions for e in row.effects)
    codes = [code for code in moved if code not in started(workflow)]
    # registering starts it; a petition that is taken up again starts it anew
    return tuple(
        dict.fromkeys([*codes, *(["PETITION_DISCIPLINE"] if workflow.initial == "registered" else [])])
    )


def may_run(workflow: Workflow) -> Mapping[str, frozenset[str]]:
    """Return for each state the clocks that may run there at most, by following every row from the start."""
    if id(workflow) not in _MAY:
        _MAY[id(workflow)] = _may_run(workflow)
    return _MAY[id(workflow)]


def _may_run(workflow: Workflow) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {state: set() for state in workflow.states}
    found[workflow.initial] |= set(given(workflow))
    changed = True
    while changed:
        changed = False
        for state in workflow.states:
            for row in workflow.leaving(state):
                live = Counter(dict.fromkeys(found[state], 1))
                drive(live, row)
                for target in leads_to(workflow, row, state):
                    changed |= not live.keys() <= found[target]
                    found[target] |= live.keys()
    return {state: frozenset(codes) for state, codes in found.items()}


@dataclass
class Tally:
    """What the walks over one table did."""

    walks: int = 0
    taken: int = 0
    refused: int = 0
    declined: int = 0  # the table allowed it, the service found a day or a figure wrong
    other: int = 0  # time, jobs, the calendar, other matters
    why: Counter[str] = field(default_factory=Counter)  # what the services found wrong
    rows: Counter[RowKey] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    before: dict[int, Counter[RowKey]] = field(
        default_factory=dict
    )  # what was taken when a walk began, by its dice

    def line(self, workflow: Workflow, missing: Iterable[RowKey]) -> str:
        """Return the figures in one line, with the rows that were never taken."""
        left = sorted(" ".join((code, action, str(n))) for code, action, n in missing)
        rest = f"; never taken: {', '.join(left)}" if left else ""
        return (f"{workflow.name}: {self.walks} walks, {self.taken} steps taken, {self.refused} refused as they must be,"
                f" {self.declined} declined by a service, {self.other} other events;"
                f" rows {len(self.rows)} of {len(workflow.transitions)}, states {len(self.states)} of"
                f" {len(workflow.states)}{rest}")  # fmt: skip


def rarest(workflow: Workflow, taken: Mapping[RowKey, int], rng: Random) -> Transition:
    """Return a row to go for: mostly one of the five that were taken least, else any."""
    rows = list(workflow.transitions)
    rng.shuffle(rows)
    least = sorted(rows, key=lambda row: taken.get(named(row, workflow), 0))
    return rng.choice(least[:5] if rng.random() < 0.7 else rows)


def never(workflow: Workflow, tally: Tally, excused: Set[RowKey] = frozenset()) -> list[RowKey]:
    """Return the rows of a table that no walk took and nothing excuses."""
    return sorted(set(keys(workflow).values()) - set(tally.rows) - set(excused))


def rows_listing(tally: Tally) -> str:
    """Return how often each row was taken, the rarest first."""
    return ", ".join(f"{code} {action}{f' ({n + 1})' if n else ''}: {count}"
                     for (code, action, n), count in sorted(tally.rows.items(), key=lambda i: (i[1], i[0])))  # fmt: skip
