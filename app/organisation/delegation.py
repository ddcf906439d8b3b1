"""Standing in for somebody who is away (uỷ quyền): from - to, by which paper, for which work."""

from datetime import date, datetime, timedelta

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base
from app.core.permissions import Permission
from app.organisation.models import Person

_P = Permission
# The work that may be passed on; seeing what it is about goes with it. Rights over the organisation, the rules and the
# record of access are never passed on.
WORK: tuple[Permission, ...] = (
    _P.VISIT_RECORD, _P.PETITION_REGISTER, _P.PETITION_PROCESS, _P.PETITION_DECIDE, _P.CASE_ASSIGN, _P.CASE_HANDLE,
    _P.CASE_DECIDE, _P.CASE_CLOSE, _P.CASE_REVIEW, _P.SESSION_DECIDE, _P.SUPERVISION_VIEW,
)  # fmt: skip
SEES: frozenset[Permission] = frozenset({_P.VISIT_VIEW, _P.PETITION_VIEW, _P.CASE_VIEW})
SEAL: frozenset[Permission] = frozenset(
    {_P.IDENTITY_OPEN, _P.IDENTITY_GRANT, _P.PROTECTION_VIEW, _P.PROTECTION_DECIDE}
)


class Delegation(Base):
    """Whose work somebody does from - to (valid_to is the first day of no more); only its end is ever written again."""

    __tablename__ = "delegations"
    __table_args__ = (
        CheckConstraint("valid_to > valid_from", name="validity"),
        CheckConstraint("from_person_id <> to_person_id", name="two_people"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    from_person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    to_person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    permissions: Mapped[list[str]] = mapped_column(ARRAY(String))
    with_seal: Mapped[bool] = mapped_column(default=False)
    valid_from: Mapped[date]
    valid_to: Mapped[date]
    document_no: Mapped[str] = mapped_column(String(80))
    given_by_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    given_at: Mapped[datetime]
    ended_on: Mapped[date | None]  # before its time: the first day of no more
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))

    from_person: Mapped[Person] = relationship(foreign_keys=[from_person_id])
    to_person: Mapped[Person] = relationship(foreign_keys=[to_person_id])
    given_by: Mapped[Person] = relationship(foreign_keys=[given_by_id])

    @property
    def ends(self) -> date:
        """Return its first day of no more."""
        return min(self.valid_to, self.ended_on) if self.ended_on is not None else self.valid_to

    @property
    def last_day(self) -> date:
        """Return the last day on which it holds."""
        return self.ends - timedelta(days=1)

    def in_force(self, day: date) -> bool:
        """Tell whether it holds on a day."""
        return self.valid_from <= day < self.ends


def passed_on(permissions: list[str], *, with_seal: bool) -> frozenset[Permission]:
    """Return what a delegation passes on: the work it names, seeing what that is about, the seal if it says so."""
    known = {p.value: p for p in WORK}
    named = frozenset(known[code] for code in permissions if code in known)
    return named | SEES | (SEAL if with_seal else frozenset())
