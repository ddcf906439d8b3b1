"""Which rows of the law a step rests on that are not certain, and that a person has confirmed the low ones."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from app.core.clock import today
from app.core.errors import Invalid
from complaints.clocks import Verb
from complaints.models.clocks import Clock
from complaints.rulebook.loader import Rule, load_rulebook
from complaints.rulebook.transitions import Effect, load_transitions
from complaints.rulebook.uncertain import UncertainRow, uncertain
from complaints.services.clocks import rule_of
from complaints.services.facts import Subject, relevant_clocks
from complaints.workflow.base import Transition

FIELD = "basis_checked"  # the check box, and the name under which the step is told of it
_OPEN = ("running", "paused")


def uncertain_rows(
    subject: Subject, transition: Transition, *, on: date | None = None, clocks: Sequence[Clock] | None = None
) -> list[UncertainRow]:
    """Return what a step rests on that is not certain: clocks that it moves, rules that its cites name.

    A clock that runs counts with the version it runs under, one that starts with that of the day `on` (today without).
    """
    running = [
        clock
        for clock in (relevant_clocks(subject) if clocks is None else clocks)
        if clock.state in _OPEN and clock.beside_id is None
    ]
    day = on or today()
    codes = {effect.clock for effect in transition.effects}
    rows = uncertain(_rules(transition, running, day))
    return [*rows, *_by_receipt(subject, codes, running)]


def _rules(transition: Transition, running: Sequence[Clock], day: date) -> Iterator[Rule]:
    started = {effect.clock for effect in transition.effects if effect.verb is Verb.START}
    moved = {effect.clock for effect in transition.effects} - started
    yield from (rule_of(clock) for clock in running if clock.code in moved)
    for rule in load_rulebook().rules():
        cited = bool(set(rule.cites) & set(transition.cites)) and rule.code not in moved
        if rule.covers(day) and (rule.code in started or cited):
            yield rule


def _by_receipt(subject: Subject, codes: set[str], running: Sequence[Clock]) -> Iterator[UncertainRow]:
    """Yield the transition rules that rest on an inference and govern a clock which this step moves (law.md 0.4-5)."""
    for rule in load_transitions().transitions:
        governed = codes & set(rule.rules) & {clock.code for clock in running}
        if rule.effect is Effect.BY_START and governed and subject.received_on < rule.switch_on <= today():
            yield UncertainRow(
                rule.code, rule.name_vi, rule.name_en, rule.article, rule.cites, rule.confidence,
                "Luật không có điều khoản chuyển tiếp cho thời hạn này; tính theo ngày nhận là cách hiểu an toàn nhất.",
                "The law has no transition clause for this limit; counting from the receipt is the safest reading.",
            )  # fmt: skip


def demand_confirmation(
    subject: Subject, transition: Transition, typed: Mapping[str, Any], *, confirmed: bool,
    clocks: Sequence[Clock] | None = None,
) -> list[str]:  # fmt: skip
    """Return the versions of the low rows that were confirmed, for the line of history; [] when all is certain.

    Raises Invalid beside the check box when a low row has not been confirmed; medium rows are a note only.
    Clocks already read may be given to spare a query.
    """
    on = typed.get("on") or typed.get("delivered_on")
    low = [row for row in uncertain_rows(subject, transition, on=on, clocks=clocks) if row.blocks]
    if low and not confirmed:
        names = "; ".join(f"{row.name_vi} ({row.article})" for row in low)
        raise Invalid(f"Hãy kiểm tra căn cứ chưa chắc chắn và xác nhận: {names}.", field=FIELD)
    return [row.version for row in low]
