"""What petitions and cases share: both are moved by a workflow, held by someone, and due."""

from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ForeignKey, Integer, String, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

NOT_DUE = date(9999, 12, 31)


class Shown(NamedTuple):
    """Where a clock, an alert or a moved date shows: exactly one of the three."""

    petition_id: int | None = None
    case_id: int | None = None
    duty_id: int | None = None

    @property
    def path(self) -> str:
        """Return the address of its page; that of a duty leads on to what it is about."""
        if self.case_id is not None:
            return f"/cases/{self.case_id}"
        return (
            f"/desk/duties/{self.duty_id}" if self.duty_id is not None else f"/petitions/{self.petition_id}"
        )


class MovedByWorkflow:
    """State, holder, nearest due date and the move that waits for a head's approval.

    Only complaints/services/perform.py writes `state`. `next_due_on` is a cache of the earliest running clock
    (NOT_DUE without one), rebuilt by complaints/services/clocks.py. `version` guards against stale forms.
    `barred_ids` and `closed_unit_ids` are who may know nothing of it (I12), a cache of the conflicts in force kept by
    complaints/services/conflicts.py: a list asks them of the rows that it reads anyway, however many there are.
    """

    state: Mapped[str] = mapped_column(String(40))
    previous_state: Mapped[str | None] = mapped_column(String(40))  # where a resumed case returns to
    is_open: Mapped[bool] = mapped_column(default=True)
    state_since: Mapped[datetime]
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"), index=True)
    next_due_on: Mapped[date] = mapped_column(default=NOT_DUE)
    pending_action: Mapped[str | None] = mapped_column(String(40))
    pending_data: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    pending_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    pending_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    barred_ids: Mapped[list[int]] = mapped_column(ARRAY(Integer), default=list, server_default=text("'{}'"))
    closed_unit_ids: Mapped[list[int]] = mapped_column(
        ARRAY(Integer), default=list, server_default=text("'{}'")
    )

    @property
    def due_on(self) -> date | None:
        """Return the earliest day on which a running clock ends, or None without one."""
        return None if self.next_due_on == NOT_DUE else self.next_due_on

    def is_late(self, today: date) -> bool:
        """Tell whether a running clock has ended before today."""
        return self.is_open and self.next_due_on < today
