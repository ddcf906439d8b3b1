"""What somebody types into the fields of a step: drawn by a walk's own dice, sensible or spoilt. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Any

from complaints.workflow.base import (
    Facts,
    FieldKind,
    FieldSpec,
    GuardRefused,
    NotInWorkflow,
    Transition,
    Workflow,
)
from complaints.workflow.fields import FieldError, clean

Offer = Callable[[FieldSpec], Any]  # what a field that names something may name
_ACT = ("on", "delivered_on", "discovered_on")
_AHEAD = ("dialogue_on", "until", "starts_on")
_MOSTLY = frozenset({"everyone", "no_conflict", "recording", "secrecy_ensured", "originals_returned"})
_LINES = {"starts_at": "08:30", "starts_time": "09:00", "sha256": "a" * 64}
_NUMBERS = {
    "days": (1, 30),
    "team_size": (2, 5),
    "remaining": (1, 2),
    "obstacle_days": (0, 3),
    "others": (0, 1),
}
TRIES = 10


@dataclass(frozen=True)
class Typist:
    """Draws answers on a day, for a matter that came in on another."""

    rng: Random
    today: date
    received: date
    offer: Offer = lambda _field: None

    def value(self, field: FieldSpec) -> Any:
        """Return something for one field; optional ones are left empty now and then."""
        rng = self.rng
        if not field.required and rng.random() < (0.8 if field.kind is FieldKind.NUMBER else 0.45):
            return None
        if field.choices is not None:
            values = [choice.value for choice in field.choices]
            if field.kind is FieldKind.CHOICES:
                return rng.sample(values, min(len(values), rng.randint(1, 3)))
            return rng.choice(values)
        if field.kind is FieldKind.DATE:
            return self._day(field.name)
        if field.kind is FieldKind.YES_NO:
            return rng.random() < (0.85 if field.name in _MOSTLY else 0.5)
        if field.kind in (FieldKind.INTEGER, FieldKind.NUMBER):
            part = field.name.endswith("_officials")  # a part of the people in the field before
            return 0 if part else rng.randint(*_NUMBERS.get(field.name, (0, 9)))
        if field.kind in (FieldKind.LINE, FieldKind.TEXT):
            return _LINES.get(field.name) or rng.choice(
                ("Theo hồ sơ", "12/QĐ-UBND", "Đã xem xét, có căn cứ.")
            )
        return self.offer(field)

    def data(self, row: Transition) -> dict[str, Any]:
        """Return what is typed into the form of a row."""
        typed = {field.name: self.value(field) for field in row.fields}
        return self._published(typed) if "posted_from" in typed and self.rng.random() < 0.85 else typed

    def _published(self, typed: dict[str, Any]) -> dict[str, Any]:
        """Return a publication whose days and times belong to its forms, for longer than the law wants (C31, TC31)."""
        forms, on = typed["forms"] or [], typed["on"] or self.today
        of_form: dict[str, dict[str, Any]] = {
            "posting": {"posted_from": on, "posted_to": on + timedelta(days=40)},
            "website": {"web_from": on, "web_to": on + timedelta(days=40)},
            "media": {"print_issues": 5, "broadcasts": 5},
            "meeting": {"meeting_on": on, "meeting_told_on": on - timedelta(days=10)},
        }
        said = {
            name: value if form in forms else None
            for form, of in of_form.items()
            for name, value in of.items()
        }
        return typed | {name: value for name, value in said.items() if name in typed}

    def spoilt(self, row: Transition) -> dict[str, Any]:
        """Return a form in which something is wrong: empty, unreadable, a day that has not come, a word of no list."""
        typed = self.data(row)
        wrong: list[tuple[str, Any]] = [(f.name, None) for f in row.fields if f.required]
        wrong += [(f.name, "không-có") for f in row.fields if f.choices is not None]
        wrong += [(f.name, "31/02/2027") for f in row.fields if f.kind is FieldKind.DATE]
        wrong += [(f.name, self.today + timedelta(days=3)) for f in row.fields if f.name in _ACT[:2]]
        if wrong:
            name, value = self.rng.choice(wrong)
            typed[name] = value
        return typed

    def _day(self, name: str) -> date:
        rng = self.rng
        if name in _AHEAD:
            return self.today + timedelta(days=rng.randint(0, 25))
        back = 0 if name in _ACT and rng.random() < 0.85 else rng.randint(0, 12)
        day = self.today - timedelta(days=back)
        return max(day, self.received) if name in _ACT else day


def answered(
    workflow: Workflow, state: str, row: Transition, facts: Facts, typist: Typist
) -> tuple[dict[str, Any], Mapping[str, Any]] | None:
    """Return what to type, and what it is read as, so that the table takes this very row; None when no try led to it."""
    for _ in range(TRIES):
        typed = typist.data(row)
        read = reading(row, typed)
        if read is not None and found(workflow, state, row.action, facts, read) is row:
            return typed, read
    return None


_SAID = ("kind", "instance", "has_evidence", "guided_before", "overdue_claim", "disciplinary", "dismissal")


def classified_for(
    workflow: Workflow, goal: Transition, facts: Facts, typist: Typist
) -> tuple[Transition, dict[str, Any]] | None:
    """Return the row that says anew what a petition is, and with what, so that a goal that refuses it as it is would not.

    None when nothing that is said of the petition helps: another one is wanted.
    """
    (row,) = (r for r in workflow.transitions if r.action == "classify")
    for _ in range(4 * TRIES):
        typed = typist.data(row)
        read = reading(row, typed)
        if read is None:
            continue
        said = {name: read.get(name) or getattr(Facts(), name) for name in _SAID}
        if said["overdue_claim"] and said["kind"] == "denunciation":
            said["instance"] = "second"
        supposed = replace(facts, **said, in_jurisdiction=None, eligible=None)
        if answered(workflow, "classified", goal, supposed, typist) is not None:
            return row, typed
    return None


def reading(row: Transition, typed: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return what was typed as a step reads it, or None when it cannot be read."""
    try:
        return clean(row.fields, typed)
    except FieldError:
        return None


def found(
    workflow: Workflow, state: str, action: str, facts: Facts, read: Mapping[str, Any]
) -> Transition | None:
    """Return the row that the table takes, or None when it refuses."""
    try:
        return workflow.find(state, action, facts, read)
    except (NotInWorkflow, GuardRefused):
        return None
