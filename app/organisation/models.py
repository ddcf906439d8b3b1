"""Tables of the organisation: units in a tree with dates, people, memberships, and the office's own calendar days."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from app.core.calendar import DayKind
from app.core.db import Base
from app.core.permissions import Role
from app.core.text import fold


class UnitKind(StrEnum):
    """What a unit is (loại đơn vị)."""

    PROVINCE = "province"  # UBND tỉnh, thành phố
    RECEPTION_OFFICE = "reception_office"  # Ban tiếp công dân: receives for the province's chair
    INSPECTORATE = "inspectorate"  # Thanh tra tỉnh, thành phố
    DEPARTMENT = "department"  # sở and the like
    COMMUNE = "commune"  # UBND xã, phường, đặc khu
    DIVISION = "division"  # phòng, bộ phận of any of these


BODY_KINDS = frozenset(UnitKind) - {UnitKind.DIVISION}


class Unit(Base):
    """A body or one of its divisions. `path` holds the ids from the root down ('/1/5/') and serves subtree reads."""

    __tablename__ = "units"
    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="validity"),
        Index("ix_units_path", "path", postgresql_ops={"path": "text_pattern_ops"}),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    short_name: Mapped[str] = mapped_column(String(80))
    kind: Mapped[UnitKind]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    body_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    advisory_unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    path: Mapped[str] = mapped_column(String(200), default="")
    place: Mapped[str] = mapped_column(String(80), default="")
    remote_area: Mapped[bool] = mapped_column(default=False)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]

    parent: Mapped["Unit | None"] = relationship(remote_side=[id], foreign_keys=[parent_id])
    # A body is its own body: post_update lets a new row point at itself.
    body: Mapped["Unit | None"] = relationship(remote_side=[id], foreign_keys=[body_id], post_update=True)
    advisory_unit: Mapped["Unit | None"] = relationship(
        remote_side=[id], foreign_keys=[advisory_unit_id], post_update=True
    )

    @property
    def is_body(self) -> bool:
        """Tell whether the unit acts in its own name, with its own registers."""
        return self.kind in BODY_KINDS

    def in_force(self, day: date) -> bool:
        """Tell whether the unit exists on a day (valid_to is its first day of no more)."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


class Person(Base):
    """Someone who works here and signs in."""

    __tablename__ = "persons"
    __table_args__ = (Index("ix_persons_name_key", "name_key", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(60), unique=True)
    full_name: Mapped[str] = mapped_column(String(120))
    name_key: Mapped[str] = mapped_column(
        String(120), default=""
    )  # folded: found and sorted without diacritics
    position: Mapped[str] = mapped_column(String(120), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    phone: Mapped[str] = mapped_column(String(20), default="")
    locale: Mapped[str] = mapped_column(String(5), default="vi")
    password_hash: Mapped[str] = mapped_column(String(200))
    must_change_password: Mapped[bool] = mapped_column(
        default=False
    )  # somebody else knows it: it was handed out
    is_active: Mapped[bool] = mapped_column(default=True)
    is_demo: Mapped[bool] = mapped_column(default=False)
    session_epoch: Mapped[int] = mapped_column(default=0)  # raised to sign the person out everywhere
    created_at: Mapped[datetime]
    last_sign_in_at: Mapped[datetime | None]

    memberships: Mapped[list["Membership"]] = relationship(back_populates="person", order_by="Membership.id")

    @validates("full_name")
    def _keep_name_key(self, _attribute: str, name: str) -> str:
        self.name_key = fold(name)[:120]
        return name


class Membership(Base):
    """A role in a unit from - to (valid_to is the first day on which it holds no more)."""

    __tablename__ = "memberships"
    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="validity"),
        UniqueConstraint("person_id", "unit_id", "role", "valid_from"),
        Index("ix_memberships_unit_role", "unit_id", "role"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    role: Mapped[Role]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]

    person: Mapped[Person] = relationship(back_populates="memberships")
    unit: Mapped[Unit] = relationship()

    def in_force(self, day: date) -> bool:
        """Tell whether the role is held on a day (valid_to is its first day of no more)."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


class ChartVersion(Base):
    """The version of units, people and roles as one: one row, renewed by triggers in the transaction of each change."""

    __tablename__ = "chart_version"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[UUID]


class CalendarDay(Base):
    """An official day of the calendar of a province or city, over what is computed, with the decision that says so.

    `unit_id` is whose calendar it is: every unit below follows it (queries.calendar_unit).
    """

    __tablename__ = "calendar_days"
    __table_args__ = (UniqueConstraint("unit_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    day: Mapped[date]
    kind: Mapped[DayKind]
    reason: Mapped[str] = mapped_column(String(200))
    decision_no: Mapped[str] = mapped_column(String(80), default="")
    decided_on: Mapped[date | None]
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))

    @property
    def working(self) -> bool:
        """Tell whether the office works on this day."""
        return self.kind.is_worked(self.day)


class CalendarChange(Base):
    """A change of a calendar: who, how, and every day before and after; appended, never edited (the database refuses).

    A due date that moved without an event of its clock names one of these as its cause.
    """

    __tablename__ = "calendar_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    how: Mapped[str] = mapped_column(String(20))  # 'typed', 'imported', 'forgotten'
    days: Mapped[list[dict[str, Any]]] = mapped_column(
        JSONB
    )  # day, before, after (kinds or None), worked, was_worked

    unit: Mapped[Unit] = relationship()
    actor: Mapped[Person | None] = relationship()

    @property
    def moves_dates(self) -> bool:
        """Tell whether a day went from worked to off or back: nothing else can move a due date."""
        return any(day["worked"] != day["was_worked"] for day in self.days)
