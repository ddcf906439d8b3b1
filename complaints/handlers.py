"""How this domain reacts to what the organisation and its own services announce."""

from flask_babel import gettext as _
from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from app.core.db import db
from app.core.errors import Invalid
from app.core.jobs import enqueue_after_commit
from app.organisation.events import CalendarChanged, UnitEnds
from app.organisation.models import Unit
from complaints.events import SecondComplaintOpened
from complaints.jobs import recalculate
from complaints.models.cases import Case
from complaints.models.duties import Duty
from complaints.models.petitions import Petition
from complaints.services.perform import perform_following
from complaints.services.recalculation import open_recalculation


def calendar_changed(event: CalendarChanged) -> None:
    """Have due dates derived again in a worker."""
    open_recalculation(event.change_id)
    enqueue_after_commit(recalculate, event.change_id)


def second_complaint_opened(event: SecondComplaintOpened) -> None:
    """Let the first case follow: appealed, or overdue and complained of further (C-24). The system does it."""
    first = db.session.get(Case, event.first_case_id)
    if first is not None:
        perform_following(first, "second_complaint", on=event.on)


def unit_ends(event: UnitEnds) -> None:
    """Refuse that a unit ends while petitions or cases are open in it or inside it. Raises Invalid."""
    below, assigned = aliased(Unit), aliased(Unit)
    petitions = select(func.count(Petition.id)).join(below, below.id == Petition.unit_id)
    petitions = petitions.where(Petition.is_open, below.path.startswith(event.path))
    cases = (
        select(func.count(Case.id))
        .join(below, below.id == Case.unit_id)
        .outerjoin(assigned, assigned.id == Case.assigned_unit_id)
        .where(Case.is_open, or_(below.path.startswith(event.path), assigned.path.startswith(event.path)))
    )
    open_petitions = db.session.execute(petitions).scalar_one()
    open_cases = db.session.execute(cases).scalar_one()
    owing = aliased(Unit)
    duties = select(func.count(Duty.id)).join(owing, owing.id == Duty.unit_id)
    duties = duties.where(Duty.is_open, owing.path.startswith(event.path))
    if db.session.execute(duties).scalar_one():
        raise Invalid(
            _(
                "Đơn vị còn thông báo từ chối tiếp công dân chờ người đứng đầu: ký hoặc trả lại rồi mới kết thúc."
            ),
            field="ends_on",
        )
    if open_petitions or open_cases:
        raise Invalid(
            _("Đơn vị còn %(p)s đơn và %(c)s vụ việc đang mở: chuyển hoặc giải quyết xong rồi mới kết thúc.",
              p=open_petitions, c=open_cases),
            field="ends_on",
        )  # fmt: skip
