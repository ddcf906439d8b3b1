"""The first case of a second complaint: which it may be, and whether the second one came in time (C32, C34, K02)."""

from collections.abc import Sequence

from sqlalchemy import Select, or_, select

from app.core.db import db
from app.core.errors import Invalid
from app.core.permissions import Principal
from app.organisation.models import Unit
from complaints.access import shut_out
from complaints.codes import CaseKind, Instance
from complaints.models.cases import Case
from complaints.models.parties import Party
from complaints.models.petitions import Petition, PetitionParty
from complaints.services.facts import facts_of
from complaints.services.jurisdiction import resolver_of

OFFERED = 50
_AFTER = ("decided_1", "appealed", "effective", "executing", "closed")


def first_case(petition: Petition, case_id: int, *, actor: Principal) -> Case:
    """Return the first case that a second complaint names. Raises Invalid with the reason beside its field.

    One that is closed to the actor is, like one that does not exist, none.
    """
    case = db.session.execute(_below(petition).where(Case.id == case_id)).scalar_one_or_none()
    if case is None or shut_out(actor, case):
        raise Invalid(
            "Không có vụ việc lần đầu như vậy ở cấp dưới của cơ quan giải quyết lần hai.",
            field="first_case_id",
        )
    refusal = refusal_of(case, petition)
    if refusal is not None:
        raise Invalid(refusal, field="first_case_id")
    return case


def refusal_of(case: Case, petition: Petition) -> str | None:
    """Return why a petition is no second complaint against a case now, with the date; None when it is.

    What counts is the day on which the petition was received, not the day on which somebody gets to it.
    """
    facts = facts_of(case)
    due, ends = facts.resolve_due_on, facts.window_ends_on
    if case.decided_on is None:
        if case.state not in _AFTER and not case.is_open:
            return "Vụ việc lần đầu đã kết thúc mà không có quyết định giải quyết."
        if due is None or petition.received_on <= due:
            until = f" đến hết ngày {due:%d/%m/%Y}" if due is not None else ""
            return f"Lần đầu chưa có quyết định và còn trong thời hạn giải quyết{until}."
    elif facts.delivered_on is None:
        return None  # the receipt is not recorded: nothing shows that the window has lapsed
    if ends is not None and petition.received_on > ends:
        return f"Đã hết thời hạn khiếu nại lần hai ngày {ends:%d/%m/%Y}."
    return None


def offered(petition: Petition) -> Sequence[Case]:
    """Return the first cases to choose from: those of the same sender first, then the newest of the bodies below."""
    names = [link.party.name_key for link in petition.parties]
    same = select(Petition.case_id).join(PetitionParty, PetitionParty.petition_id == Petition.id)
    same = same.join(Party, Party.id == PetitionParty.party_id).where(Party.name_key.in_(names))
    wanted = _below(petition).where(or_(Case.state.in_(_AFTER), Case.overdue))
    theirs = (
        db.session.execute(wanted.where(Case.id.in_(same)).limit(OFFERED)).scalars().all() if names else []
    )
    others = db.session.execute(wanted.limit(OFFERED)).scalars().all()
    return list(dict.fromkeys([*theirs, *others]))[:OFFERED]


def _below(petition: Petition) -> Select[Case]:
    """Return the query for first complaints at the bodies below the one to resolve, newest first."""
    body = resolver_of(petition)
    return (
        select(Case)
        .join(Unit, Unit.id == Case.unit_id)
        .where(
            Unit.path.like(f"{body.path}%"), Unit.id != body.id, Case.kind == CaseKind.COMPLAINT.value,
            Case.instance == Instance.FIRST.value, Case.disciplinary == petition.disciplinary,
        )
        .order_by(Case.id.desc())
    )  # fmt: skip
