"""The case (vụ việc): the matter that one or more petitions are about; what a unit resolves."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, Numeric, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base
from app.files.models import StoredFile
from app.organisation.models import Person, Unit
from complaints.models.shared import MovedByWorkflow


def case_number(register_no: int, register_year: int, unit_code: str) -> str:
    """Return a case number as people say it: 'VV-5/2026/LB'."""
    return f"VV-{register_no}/{register_year}/{unit_code}"


class Case(MovedByWorkflow, Base):
    """One matter under resolution by one competent body."""

    __tablename__ = "cases"
    __table_args__ = (
        UniqueConstraint("unit_id", "register_year", "register_no"),
        Index("ix_cases_worklist", "unit_id", "next_due_on", "id", postgresql_where=text("is_open")),
        Index(
            "ix_cases_worklist_state",
            "unit_id",
            "state",
            "next_due_on",
            "id",
            postgresql_where=text("is_open"),
        ),
        Index("ix_cases_assigned", "assigned_unit_id", "next_due_on", "id", postgresql_where=text("is_open")),
        Index("ix_cases_handler", "handler_id", "next_due_on", "id", postgresql_where=text("is_open")),
        Index("ix_cases_due", "next_due_on", "id", postgresql_where=text("is_open")),
        Index("ix_cases_register", "unit_id", "id"),
        Index("ix_cases_law_unset", "id", postgresql_where=text("is_open AND law_since IS NULL")),
        Index(
            "ix_cases_unswitched",
            "accepted_on",
            "id",
            postgresql_where=text("is_open AND switched_by IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))  # the body competent to resolve
    register_year: Mapped[int]
    register_no: Mapped[int]
    kind: Mapped[str] = mapped_column(String(30))  # codes.CaseKind
    instance: Mapped[str] = mapped_column(String(20), default="first")  # codes.Instance
    first_case_id: Mapped[int | None] = mapped_column(
        ForeignKey("cases.id"), index=True
    )  # of a second complaint, or a continued denunciation
    first_decision: Mapped[str] = mapped_column(
        Text, default=""
    )  # in words, when the first body is not in the system
    disciplinary: Mapped[bool] = mapped_column(default=False)  # about a decision of discipline (K01-K10)
    dismissal: Mapped[bool] = mapped_column(
        default=False
    )  # and that is dismissal: the window is longer (K02)
    field: Mapped[str] = mapped_column(String(40))
    statutory_field: Mapped[str] = mapped_column(String(40))
    summary: Mapped[str] = mapped_column(Text)
    respondent: Mapped[str] = mapped_column(String(300), default="")
    respondent_level: Mapped[str] = mapped_column(String(40), default="")
    respondent_unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    assigned_unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    remote: Mapped[bool] = mapped_column(default=False)
    complex: Mapped[bool] = mapped_column(default=False)
    extension_count: Mapped[int] = mapped_column(default=0)
    emergency_until: Mapped[date | None]  # the contested decision is suspended to the end of this day (C23)
    withdrawn_unnamed: Mapped[int] = mapped_column(
        default=0
    )  # signers without a name here who withdrew (C28)
    overdue: Mapped[bool] = mapped_column(default=False)  # set when the resolution limit ends unresolved
    received_on: Mapped[date]
    opened_at: Mapped[datetime]
    accepted_on: Mapped[date | None]
    decided_on: Mapped[date | None]  # decision, conclusion or answer issued
    dispatched_on: Mapped[date | None]
    delivered_on: Mapped[date | None]  # received by the complainant: the second window counts from here
    published_on: Mapped[date | None]
    effective_on: Mapped[date | None]  # counted from the issue
    closed_on: Mapped[date | None]
    sealed_at: Mapped[
        datetime | None
    ]  # it turned out a denunciation: what was written before may name who sent it
    outcome: Mapped[str | None] = mapped_column(String(40))
    # The law that the case started under, and the rule of law.md 0.4 that has switched it since, with its day.
    law_since: Mapped[date | None]
    switched_by: Mapped[str | None] = mapped_column(String(40))
    switched_on: Mapped[date | None]
    on_time: Mapped[bool | None]  # whether it was decided before its resolution clock ended

    unit: Mapped[Unit] = relationship(foreign_keys=[unit_id])
    assigned_unit: Mapped[Unit | None] = relationship(foreign_keys=[assigned_unit_id])
    respondent_unit: Mapped[Unit | None] = relationship(foreign_keys=[respondent_unit_id])
    handler: Mapped[Person | None] = relationship(foreign_keys="Case.handler_id")
    attachments: Mapped[list["CaseAttachment"]] = relationship(order_by="CaseAttachment.id")

    @property
    def number(self) -> str:
        """Return the case number as people say it: 'VV-5/2026/LB'."""
        return case_number(self.register_no, self.register_year, self.unit.code)

    @property
    def is_denunciation(self) -> bool:
        """Tell whether the case resolves a denunciation, whose sender is sealed."""
        return self.kind == "denunciation"


class CaseResult(Base):
    """What a decision or conclusion asks for and what was done: the columns of 03/GQKN, 04/GQTC and 05/KQTH.

    Money in million đồng, land in square metres.
    """

    __tablename__ = "case_results"
    __table_args__ = (UniqueConstraint("case_id", "stage"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    stage: Mapped[str] = mapped_column(String(20))  # 'decided' (to be done) or 'executed' (done)
    recover_money: Mapped[Decimal] = mapped_column(Numeric(16, 3), default=Decimal(0))
    recover_land: Mapped[Decimal] = mapped_column(Numeric(16, 2), default=Decimal(0))
    return_money: Mapped[Decimal] = mapped_column(Numeric(16, 3), default=Decimal(0))
    return_land: Mapped[Decimal] = mapped_column(Numeric(16, 2), default=Decimal(0))
    return_organisations: Mapped[int] = mapped_column(default=0)
    return_individuals: Mapped[int] = mapped_column(default=0)
    handled_organisations: Mapped[int] = mapped_column(default=0)
    handled_people: Mapped[int] = mapped_column(default=0)
    handled_officials: Mapped[int] = mapped_column(default=0)
    investigated_matters: Mapped[int] = mapped_column(default=0)
    investigated_people: Mapped[int] = mapped_column(default=0)
    investigated_officials: Mapped[int] = mapped_column(default=0)
    prosecuted_matters: Mapped[int] = mapped_column(default=0)
    prosecuted_people: Mapped[int] = mapped_column(default=0)
    prosecuted_officials: Mapped[int] = mapped_column(default=0)


class CaseAttachment(Base):
    """A file added while the case was worked on, other than what the sender handed in."""

    __tablename__ = "case_attachments"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"))
    title: Mapped[str] = mapped_column(String(200))
    added_by_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    added_at: Mapped[datetime]

    file: Mapped[StoredFile] = relationship()


class Assignment(Base):
    """Who held a case and when: one row each time it is given to a unit and a handler, or given back."""

    __tablename__ = "assignments"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    assigned_by_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    assigned_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(String(500), default="")
