"""The earlier case of a continued denunciation: which it may be, and how it stands (TC22, TC33)."""

from collections.abc import Sequence

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import aliased, joinedload

from app.core.db import db
from app.core.errors import Invalid
from app.core.permissions import Principal
from app.organisation.models import Unit
from complaints.access import shut_out
from complaints.codes import CaseKind, Instance
from complaints.models.cases import Case
from complaints.models.petitions import Petition
from complaints.services.facts import facts_of
from complaints.services.jurisdiction import resolver_of

OFFERED = 50


def earlier_case(petition: Petition, case_id: int, *, actor: Principal) -> Case:
    """Return the case that a continued denunciation names. Raises Invalid with the reason beside its field.

    One that is closed to the actor is, like one that does not exist, none.
    """
    case = db.session.execute(
        _below(petition).where(Case.id == case_id).with_for_update(of=Case)
    ).scalar_one_or_none()
    if case is None or shut_out(actor, case):
        raise Invalid("Không có vụ việc tố cáo như vậy ở cấp dưới trực tiếp.", field="first_case_id")
    refusal = _continued_already(case) or refusal_of(case, petition)
    if refusal is not None:
        raise Invalid(refusal, field="first_case_id")
    return case


def _continued_already(case: Case) -> str | None:
    """Return why a case is not continued once more while the superior still looks into it; None otherwise."""
    wanted = (
        select(Case)
        .where(Case.first_case_id == case.id, Case.is_open)
        .options(joinedload(Case.unit))
        .limit(1)
    )
    found = db.session.scalars(wanted).first()
    if found is None:
        return None
    return f"Vụ việc này đang được xem xét tố cáo tiếp ở {found.number}: nhập đơn vào vụ việc đó."


def refusal_of(case: Case, petition: Petition) -> str | None:
    """Return why a petition does not continue a case in the way that it was classified; None when it does.

    Overdue is what passed its limit before the receipt or has passed it since; a conclusion ends that claim.
    """
    if case.decided_on is not None:
        if not petition.overdue_claim:
            return None
        return (
            f"Vụ việc này đã có kết luận ngày {case.decided_on:%d/%m/%Y}, không còn quá hạn: phân loại lại đơn, bỏ "
            "chọn 'Tố cáo tiếp vì cấp dưới quá thời hạn', chọn lần 'tố cáo tiếp'."
        )
    if not case.is_open:
        return "Vụ việc này đã kết thúc mà không có kết luận nội dung tố cáo."
    due = facts_of(case).resolve_due_on
    if not case.overdue and (due is None or petition.received_on <= due):
        until = f", còn trong thời hạn đến hết ngày {due:%d/%m/%Y}" if due is not None else ""
        return f"Vụ việc này chưa có kết luận{until}."
    if not petition.overdue_claim:
        return "Vụ việc này quá hạn, chưa có kết luận: phân loại lại đơn, chọn 'Tố cáo tiếp vì cấp dưới quá thời hạn'."
    return None


def offered(petition: Petition) -> Sequence[Case]:
    """Return the earlier cases to choose from: about the same respondent first, then the newest directly below."""
    wanted = _below(petition).where(
        Case.overdue & Case.decided_on.is_(None) & Case.is_open
        if petition.overdue_claim
        else Case.decided_on.is_not(None)
    )
    alike = [Case.respondent == petition.respondent] if petition.respondent else []
    if petition.respondent_unit_id is not None:
        alike.append(Case.respondent_unit_id == petition.respondent_unit_id)
    first = db.session.execute(wanted.where(or_(*alike)).limit(OFFERED)).scalars().all() if alike else []
    others = db.session.execute(wanted.limit(OFFERED)).scalars().all()
    return list(dict.fromkeys([*first, *others]))[:OFFERED]


def _below(petition: Petition) -> Select[Case]:
    """Return the query for first denunciations at the bodies directly below the one to resolve, newest first."""
    body, above = resolver_of(petition), aliased(Unit)
    return (
        select(Case)
        .join(Unit, Unit.id == Case.unit_id)
        .join(above, above.id == Unit.parent_id)
        .where(
            above.body_id == body.id, Unit.id != body.id, Case.kind == CaseKind.DENUNCIATION.value,
            Case.instance == Instance.FIRST.value,
        )
        .options(joinedload(Case.unit))
        .order_by(Case.id.desc())
    )  # fmt: skip
