"""Competing rules on a case: both days with their clocks, and the day that holds for a step (law.md C-25, Q10)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.core.errors import Invalid
from complaints.models.clocks import Clock
from complaints.rulebook.competing import Competing, Settlement, Strategy, load_competing, settle
from complaints.rulebook.loader import load_rulebook
from complaints.services.facts import Subject, relevant_clocks
from complaints.workflow.base import Transition

FIELD = "effective_by"  # which of the two rules the head follows: a choice of the rule


@dataclass(frozen=True)
class Contest:
    """A competing rule on a case: each clock in the order of the rule (None: not started), and how it stands."""

    rule: Competing
    clocks: Mapping[str, Clock | None]
    settlement: Settlement

    def day_of(self, code: str) -> date | None:
        """Return the end of one of the clocks, None while it is not known."""
        clock = self.clocks.get(code)
        return None if clock is None else clock.due_on

    def day_of_choice(self, choice: str) -> date | None:
        """Return the day that a choice of the rule stands for."""
        return self.day_of(dict(zip(self.rule.choices, self.rule.clocks, strict=True)).get(choice, ""))

    @property
    def known(self) -> int:
        """Return how many of the days are known."""
        return sum(day is not None for day in self.ends.values())

    @property
    def proposed_choice(self) -> str | None:
        """Return the choice that is put forward."""
        choices = dict(zip(self.rule.clocks, self.rule.choices, strict=True))
        return choices.get(self.settlement.proposed or "")

    @property
    def ends(self) -> Mapping[str, date | None]:
        """Return the end of each clock."""
        return {code: self.day_of(code) for code in self.clocks}


def rules() -> Sequence[Competing]:
    """Return the competing rules."""
    return load_competing(tuple(load_rulebook().codes()))


def contests_of(subject: Subject, clocks: Sequence[Clock] | None = None) -> list[Contest]:
    """Return the competing rules of which a clock has started on a subject, the newest clock of each code.

    Where several rules speak of one step it is the one of which most days are known: a dismissal has its own window.
    """
    newest = {
        clock.code: clock
        for clock in (relevant_clocks(subject) if clocks is None else clocks)
        if clock.state != "cancelled"
    }
    found: dict[str, Contest] = {}
    for rule in rules():
        if any(code in newest for code in rule.clocks):
            of_rule = {code: newest.get(code) for code in rule.clocks}
            ends = {code: clock.due_on if clock is not None else None for code, clock in of_rule.items()}
            contest = Contest(rule, of_rule, settle(rule, ends))
            known = found.get(rule.step)
            if known is None or contest.known > known.known:
                found[rule.step] = contest
    return list(found.values())


def contest_for(
    subject: Subject, transition: Transition, clocks: Sequence[Clock] | None = None
) -> Contest | None:
    """Return the contest that a step settles, or None."""
    if not any(rule.step == transition.code for rule in rules()):
        return None
    return next((c for c in contests_of(subject, clocks) if c.rule.step == transition.code), None)


def settled_day(subject: Subject, transition: Transition, typed: Mapping[str, Any]) -> date | None:
    """Return the day that holds for a step; None where nothing competes.

    Raises Invalid beside its field when a person must choose and has not, or chooses against the proposal without a
    reason in words.
    """
    contest = contest_for(subject, transition)
    if contest is None:
        return None
    chosen = typed.get(FIELD)
    settlement = settle(contest.rule, contest.ends, chosen)
    if settlement.decided is None:
        raise Invalid("Hãy chọn ngày có hiệu lực theo một trong hai căn cứ.", field=FIELD)
    manual = contest.rule.strategy is Strategy.MANUAL
    otherwise = contest.day_of(settlement.decided) != contest.day_of(settlement.proposed or "")
    if manual and otherwise and not typed.get("words"):
        raise Invalid("Chọn ngày khác với đề xuất thì phải ghi lý do.", field="words")
    return contest.day_of(settlement.decided)
