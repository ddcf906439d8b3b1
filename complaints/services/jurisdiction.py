"""Who is competent: the rules propose, a person confirms or changes it with a reason (design consequence 11)."""

from dataclasses import replace

from app.core import audit
from app.core.clock import now, today
from app.core.db import db
from app.core.errors import Conflict, Invalid, NotAllowed
from app.core.permissions import Permission, Principal
from app.core.text import clean_text
from app.organisation.models import Unit
from app.organisation.queries import authority_of
from complaints import competence
from complaints.access import may_act
from complaints.codes import PetitionKind
from complaints.eligibility import missing
from complaints.models.history import HistoryEntry
from complaints.models.petitions import Competence, Petition
from complaints.queries.matters import answered_for
from complaints.queries.successions import successor_of
from complaints.routing import body_facts, propose_competence
from complaints.services.eligibility import checklist_of
from complaints.services.leak_marks import refuse_words


def resolver_of(petition: Petition) -> Unit:
    """Return the body that is to resolve a petition: the one confirmed as competent, else the desk's authority."""
    return petition.competent_unit or authority_of(petition.unit)


def proposal_for(petition: Petition) -> competence.Competence | None:
    """Return the proposal of the rules for a classified petition, or None before it is classified."""
    if petition.kind is None:
        return None
    authority = authority_of(petition.unit)
    successor = _successor(petition, authority)
    ours = None
    if successor is not None:
        ours = successor.is_ours
    elif petition.respondent_unit is not None:
        ours = petition.respondent_unit.body_id == authority.id
    lacking = missing(checklist_of(petition))
    signs = competence.Signs(
        source=petition.source,
        in_person=petition.in_person,
        eligible=petition.eligible,
        anonymous=petition.anonymous,
        has_evidence=petition.has_evidence,
        guided_before=petition.guided_before,
        respondent_is_ours=ours,
        disciplinary=petition.disciplinary,
        overdue=petition.overdue_claim,
        answered_before=petition.kind == PetitionKind.PROPOSAL and bool(answered_for(petition)),
        missing_ground=lacking[0].ground if lacking else "",
        successor=successor,
    )
    proposal = propose_competence(
        petition.kind,
        petition.field or "other",
        petition.respondent_level,
        petition.instance or "first",
        receiving=body_facts(authority.kind.value),
        signs=signs,
    )
    if proposal.outcome == "open_case" and (petition.kind, petition.instance) == ("complaint", "second"):
        return replace(proposal, outcome="open_second")  # S-1: the case is opened with the first one named
    continued = petition.kind == PetitionKind.DENUNCIATION and proposal.as_superior
    if continued and proposal.outcome in (
        "open_case",
        "demand_subordinate",
    ):  # T-25, T-27: the earlier one named
        others = tuple({proposal.outcome} - {"open_case"})
        return replace(proposal, outcome="open_continued", alternatives=others)
    return proposal


def _successor(petition: Petition, authority: Unit) -> competence.Successor | None:
    """Return who took over from the respondent, or from the body it was sent to first, by the province's table."""
    for unit_id, name in ((petition.respondent_unit_id, petition.respondent), (None, petition.origin_body)):
        row = successor_of(
            unit_id=unit_id, name=name, kind=petition.kind or "", field=petition.field or "", on=today()
        )
        if row is not None:
            return competence.Successor(
                old_body=row.old_body,
                new_body=row.new_unit.name,
                level=body_facts(row.new_unit.kind.value).level,
                is_ours=row.new_unit_id == authority.id,
                legal_basis=row.legal_basis,
                since=f"{row.valid_from:%d/%m/%Y}",
            )
    return None


def confirm_competence(
    petition: Petition,
    *,
    own: bool,
    unit_id: int | None = None,
    reason: str = "",
    actor: Principal,
    version: int | None = None,
) -> None:
    """Record whether the receiving body is competent, and which body is otherwise.

    Raises NotAllowed, Conflict for a stale form or a petition that has left the desk, Invalid without a reason when the
    person decides otherwise than the rules proposed, or with one that gives a denouncer away.
    """
    db.session.refresh(petition, with_for_update={"of": Petition})
    if version is not None and petition.version != version:
        raise Conflict(
            "Đơn vừa được người khác cập nhật. Xem lại nội dung mới rồi thực hiện lại nếu vẫn cần."
        )
    if not may_act(actor, Permission.PETITION_PROCESS, petition):
        raise NotAllowed("Bạn không có quyền xác định thẩm quyền của đơn này.")
    proposal = proposal_for(petition)
    if petition.state != "classified" or proposal is None:
        raise Conflict("Chỉ xác định thẩm quyền khi đơn đã phân loại và chưa xử lý.")
    words = clean_text(reason)[:2000]
    if own != proposal.own and not words:
        raise Invalid("Khác với đề xuất: hãy ghi lý do.", field="reason")
    refuse_words(petition, reason=words)
    unit = db.session.get(Unit, unit_id) if unit_id and not own else None
    if unit_id and not own and (unit is None or not unit.is_body or not unit.in_force(today())):
        raise Invalid("Chọn một cơ quan trong danh sách.", field="unit_id")
    petition.in_jurisdiction = own
    petition.competent_body = proposal.body
    petition.competent_unit = authority_of(petition.unit) if own else unit
    petition.version += 1
    db.session.add(
        Competence(petition_id=petition.id, proposed_at=now(), proposal=proposal.as_dict(),
                   confirmed_by_id=actor.person_id, confirmed_at=now(), changed_reason=words)
    )  # fmt: skip
    data = {"own": own, "body": proposal.body, "words": words}
    db.session.add(
        HistoryEntry(petition_id=petition.id, at=now(), actor_id=actor.person_id, act="competence",
                     data={name: value for name, value in data.items() if value != ""})
    )  # fmt: skip
    audit.record("petition.competence", actor=actor, subject=("petition", petition.id), detail={"own": own})
    db.session.flush()
