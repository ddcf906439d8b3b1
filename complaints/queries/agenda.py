"""What a person's morning holds: what is theirs and due today or late, and what is late around them. Numbers only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.core.clock import today
from app.core.permissions import Permission, Principal
from complaints.queries import supervision, worklists
from complaints.queries.lines import CaseLine, PetitionLine
from complaints.queries.supervision import Figures
from complaints.queries.worklists import WorkFilter

LISTED = 10


@dataclass(frozen=True)
class AgendaLine:
    """One matter of a person's own: its number, when it is or was due, and the path of its page."""

    number: str
    due_on: date
    path: str


@dataclass(frozen=True)
class Agenda:
    """A morning. `around` is what is late in the person's reach besides their own; counts stop where lists' do."""

    due_today: int
    late: int
    around: int
    lines: Sequence[AgendaLine]

    @property
    def empty(self) -> bool:
        """Tell whether nothing needs this person today."""
        return not (self.due_today or self.late or self.around)


def agenda_of(principal: Principal) -> Agenda:
    """Return a person's morning, from the same lists that their pages show (access.py, I12)."""
    due_today = late = around = 0
    lines: list[AgendaLine] = []
    mine = WorkFilter(mine=True)
    if principal.may(Permission.PETITION_VIEW):
        seen = worklists.reached(principal, Permission.PETITION_VIEW)
        own, every = worklists.petition_counts(seen, mine), worklists.petition_counts(seen)
        due_today, late, around = own.due_today, own.late, every.late - own.late
        lines += _lines(worklists.inbox(mine, seen).items, "petitions")
    if principal.may(Permission.CASE_VIEW):
        seen = worklists.reached(principal, Permission.CASE_VIEW)
        own, every = worklists.case_counts(seen, mine), worklists.case_counts(seen)
        due_today, late, around = due_today + own.due_today, late + own.late, around + every.late - own.late
        lines += _lines(worklists.worklist(mine, seen).items, "cases")
    lines.sort(key=lambda line: (line.due_on, line.number))
    return Agenda(due_today, late, max(0, around), lines[:LISTED])


def week_of(principal: Principal) -> Sequence[Figures]:
    """Return what is open, due within seven days and late in each body that a person oversees, the latest first."""
    if not principal.may(Permission.SUPERVISION_VIEW):
        return ()
    seen = worklists.reached(principal, Permission.SUPERVISION_VIEW)
    rows = [row for row in supervision.by_unit(seen, today(), today()) if row.open]
    return sorted(rows, key=lambda row: (-row.late, -row.soon, row.name))


def _lines(items: Sequence[PetitionLine] | Sequence[CaseLine], name: str) -> list[AgendaLine]:
    day = today()
    return [AgendaLine(i.number, i.next_due_on, f"/{name}/{i.id}") for i in items if i.next_due_on <= day]
