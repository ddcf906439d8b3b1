"""What the steps of a complaint record."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import select

from app.core.db import db
from app.core.errors import Invalid
from app.core.permissions import Principal
from complaints.models.cases import Case
from complaints.models.petitions import Petition, PetitionParty
from complaints.services.consequences.petitions import reclassify
from complaints.services.consequences.shared import CaseConsequence, Typed, accept, close, decide, end


def _complex(case: Case, _typed: Typed, _on: date, _actor: Principal | None) -> None:
    case.complex = True
    case.extension_count += 1


def _deliver(case: Case, typed: Typed, _on: date, _actor: Principal | None) -> None:
    case.delivered_on = typed["delivered_on"]


def _overdue(case: Case, _typed: Typed, _on: date, _actor: Principal | None) -> None:
    """C-23, S-8: the limit ended with no decision; the case stays where it is."""
    case.overdue = True


def _withdraw_some(case: Case, typed: Typed, on: date, _actor: Principal | None) -> None:
    """Mark those of a group who withdraw; their rows stay (C28). Raises Invalid with the field."""
    chosen, parties = set(typed.get("parties") or ()), _parties(case)
    leaving = [party for party in parties if party.id in chosen and party.withdrawn_on is None]
    if len(leaving) != len(chosen):
        raise Invalid("Có người đã rút hoặc không thuộc vụ việc này; hãy chọn lại.", field="parties")
    for party in leaving:
        party.withdrawn_on = on
    others, unnamed = typed.get("others") or 0, _unnamed(case, parties) - case.withdrawn_unnamed
    if others > unnamed:
        raise Invalid(f"Chỉ còn {unnamed} người ký không có tên trong hồ sơ.", field="others")
    case.withdrawn_unnamed += others


def _withdraw_all(case: Case, _typed: Typed, on: date, _actor: Principal | None) -> None:
    case.outcome = "terminated"
    for party in _parties(case):
        party.withdrawn_on = party.withdrawn_on or on


def _parties(case: Case) -> Sequence[PetitionParty]:
    wanted = select(PetitionParty).join(Petition).where(Petition.case_id == case.id)
    return db.session.execute(wanted.order_by(PetitionParty.id)).scalars().all()


def _unnamed(case: Case, parties: Sequence[PetitionParty]) -> int:
    """Return how many signed the largest petition without being named in it."""
    named = Counter(party.petition_id for party in parties)
    signed = db.session.execute(
        select(Petition.id, Petition.signer_count).where(Petition.case_id == case.id)
    ).all()
    return max((count - named[petition_id] for petition_id, count in signed), default=0)


def _order_emergency(case: Case, typed: Typed, _on: date, _actor: Principal | None) -> None:
    case.emergency_until = typed["until"]


def _lift_emergency(case: Case, _typed: Typed, _on: date, _actor: Principal | None) -> None:
    case.emergency_until = None


CONSEQUENCES: Mapping[str, CaseConsequence] = {
    "accept": accept,
    "declare_complex": _complex,
    "mark_overdue": _overdue,
    "decide": decide,
    "deliver": _deliver,
    "close": close,
    "refuse": end("refused"),
    "terminate": _withdraw_all,
    "terminate_ended": end("terminated"),
    "terminate_no_object": end("terminated"),
    "withdraw_some": _withdraw_some,
    "order_emergency": _order_emergency,
    "lift_emergency": _lift_emergency,
    "reclassify": reclassify,
}
