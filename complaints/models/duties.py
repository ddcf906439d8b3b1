"""What a body owes that hangs on no petition and no case: today the written refusal of a visit (R12)."""

from datetime import date

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base
from app.organisation.models import Unit
from complaints.models.shared import NOT_DUE


class Duty(Base):
    """The third subject of a clock, besides petition and case.

    What it is about stands in a room above, which points here (visits.refusal_duty_id): foreign keys follow imports.
    `number` is what lists, digests and mails call it: the number of the log book, never a name. `next_due_on` is the
    cache that petitions and cases have too.
    """

    __tablename__ = "duties"
    __table_args__ = (Index("ix_duties_due", "next_due_on", "id", postgresql_where=text("is_open")),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)  # the body that owes it
    kind: Mapped[str] = mapped_column(String(30))  # 'refusal'
    number: Mapped[str] = mapped_column(String(60))
    is_open: Mapped[bool] = mapped_column(default=True)
    next_due_on: Mapped[date] = mapped_column(default=NOT_DUE)

    unit: Mapped[Unit] = relationship()
