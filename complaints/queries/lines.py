"""A line of a list: what one row shows of a petition or a case, read as columns rather than as whole objects."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Self

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import aliased

from app.organisation.models import Person, Unit
from complaints.models.cases import Case, case_number
from complaints.models.parties import Party
from complaints.models.petitions import GROUP_FROM, Petition, PetitionParty, petition_number

SENDERS_SHOWN = 2
SUMMARY_SHOWN = 200


@dataclass(frozen=True, slots=True)
class PetitionLine:
    """A petition in a list. `senders` holds up to SENDERS_SHOWN names, none of a denouncer."""

    id: int
    number: str
    received_on: date
    summary: str
    kind: str | None
    is_denunciation: bool
    anonymous: bool
    signer_count: int
    senders: tuple[str, ...]
    state: str
    is_open: bool
    next_due_on: date
    pending_action: str | None
    flagged: bool

    @property
    def is_group(self) -> bool:
        """Tell whether it is a large group's."""
        return self.signer_count >= GROUP_FROM

    @classmethod
    def of(cls, row: Row[Any]) -> Self:
        """Return the line of a row of `petition_lines()`."""
        sealed = row.sealed_identity_id is not None or row.kind == "denunciation"
        return cls(
            row.id, petition_number(row.register_no, row.register_year, row.unit_code), row.received_on, row.summary,
            row.kind, sealed, row.anonymous, row.signer_count, () if sealed else tuple(row.senders or ()), row.state,
            row.is_open, row.next_due_on, row.pending_action, row.flagged,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case in a list, with whoever holds it."""

    id: int
    number: str
    received_on: date
    summary: str
    kind: str
    complex: bool
    handler: str | None
    unit: str
    state: str
    is_open: bool
    next_due_on: date
    pending_action: str | None

    @classmethod
    def of(cls, row: Row[Any]) -> Self:
        """Return the line of a row of `case_lines()`."""
        return cls(
            row.id, case_number(row.register_no, row.register_year, row.unit_code), row.received_on, row.summary,
            row.kind, row.complex, row.handler_name, row.unit_name, row.state, row.is_open, row.next_due_on,
            row.pending_action,
        )  # fmt: skip


@cache
def petition_lines() -> Select[Any]:
    """Return the select of petition lines, to be narrowed and ordered; built once."""
    senders = (
        select(Party.full_name)
        .join(PetitionParty, PetitionParty.party_id == Party.id)
        .where(PetitionParty.petition_id == Petition.id)
        .order_by(PetitionParty.id)
        .limit(SENDERS_SHOWN)
        .scalar_subquery()
    )
    return select(
        Petition.id, Petition.register_no, Petition.register_year, Unit.code.label("unit_code"), Petition.received_on,
        func.left(Petition.summary, SUMMARY_SHOWN).label("summary"), Petition.kind, Petition.sealed_identity_id,
        Petition.anonymous, Petition.signer_count, func.array(senders).label("senders"), Petition.state,
        Petition.is_open, Petition.next_due_on, Petition.pending_action, Petition.flagged,
    ).join(Unit, Unit.id == Petition.unit_id)  # fmt: skip


@cache
def case_lines() -> Select[Any]:
    """Return the select of case lines, to be narrowed and ordered; built once."""
    assigned = aliased(Unit)
    return (
        select(
            Case.id, Case.register_no, Case.register_year, Unit.code.label("unit_code"), Case.received_on,
            func.left(Case.summary, SUMMARY_SHOWN).label("summary"), Case.kind, Case.complex,
            Person.full_name.label("handler_name"),
            func.coalesce(assigned.short_name, Unit.short_name).label("unit_name"), Case.state, Case.is_open,
            Case.next_due_on, Case.pending_action,
        )
        .join(Unit, Unit.id == Case.unit_id)
        .outerjoin(assigned, assigned.id == Case.assigned_unit_id)
        .outerjoin(Person, Person.id == Case.handler_id)
    )  # fmt: skip
