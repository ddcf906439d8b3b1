"""How this domain reacts to what the organisation and its own services announce."""

from flask_babel import gettext as _
from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from app.core.db import db
from app.core.errors import Conflict, Invalid
from app.core.jobs import enqueue_after_commit
from app.organisation.events import CalendarChanged, UnitEnds
from app.organisation.models import Unit
from complaints.events import CaseResolved, ContinuedDenunciationOpened, SecondComplaintOpened, SuperiorActed
from complaints.jobs import recalculate
from complaints.models.cases import Case
from complaints.models.duties import Duty
from complaints.models.petitions import Petition
from complaints.services.perform import perform_following
from complaints.services.recalculation import open_recalculation
from complaints.workflow.continued import OPENED, TAKEN_OVER


def calendar_changed(event: CalendarChanged) -> None:
    """Have due dates derived again in a worker."""
    open_recalculation(event.change_id)
    enqueue_after_commit(recalculate, event.change_id)


def second_complaint_opened(event: SecondComplaintOpened) -> None:
    """Let the first case follow: appealed, or overdue and complained of further (C-24). The system does it."""
    first = db.session.get(Case, event.first_case_id)
    if first is not None:
        perform_following(first, "second_complaint", on=event.on)


def continued_denunciation_opened(event: ContinuedDenunciationOpened) -> None:
    """Send a continued denunciation on its way: demanding a report (T-25), or the review of twenty days (T-27)."""
    case = db.session.get(Case, event.case_id)
    if case is not None:
        perform_following(case, OPENED, on=event.on)


def superior_acted(event: SuperiorActed) -> None:
    """Let the earlier case follow: a report is demanded of it, or it is taken over and ends here (T-25, T-26).

    Raises Conflict when what is taken over has ended in the same moment: one matter is not resolved twice.
    """
    first = db.session.get(Case, event.first_case_id)
    line = perform_following(first, event.act, on=event.on) if first is not None else None
    if line is None and event.act == TAKEN_OVER:
        raise Conflict(_("Cấp dưới vừa kết luận hoặc kết thúc vụ việc; xem lại rồi quyết định."))


def case_resolved(event: CaseResolved) -> None:
    """Start what is owed to whoever sent a petition of the case on (R10, V18). The system does it.

    A superior who took a case over (T-26) resolves the matter of the petitions that stayed with that case too.
    """
    matters = [event.case_id]
    case = db.session.get(Case, event.case_id)
    first = db.session.get(Case, case.first_case_id) if case and case.first_case_id is not None else None
    if first is not None and first.outcome == "taken_over":
        matters.append(first.id)
    wanted = select(Petition).where(Petition.case_id.in_(matters)).order_by(Petition.id)
    for petition in db.session.execute(wanted).scalars().all():
        perform_following(petition, "case_resolved", on=event.on)


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
