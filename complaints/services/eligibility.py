"""The conditions of a petition: what the record shows, and what a person found on the paper (P03)."""

from collections.abc import Mapping

from app.core import audit
from app.core.clock import now
from app.core.db import db
from app.core.errors import Conflict, NotAllowed
from app.core.permissions import Permission, Principal
from complaints.access import may_act
from complaints.eligibility import CONDITIONS, Finding, OnRecord, eligible, findings, missing
from complaints.models.history import HistoryEntry
from complaints.models.petitions import Petition


def checklist_of(petition: Petition) -> tuple[Finding, ...]:
    """Return the conditions of a classified petition's kind; empty for kinds that have none of their own."""
    return findings(petition.kind, _record(petition), petition.conditions)


def _record(petition: Petition) -> OnRecord:
    """Read the register. What is sealed is there or not, and never looked at here."""
    sealed = petition.sealed_identity_id is not None
    clear = [line.party for line in petition.parties]
    named = any(p.full_name for p in clear)
    addressed = any(p.address for p in clear)
    return OnRecord(
        dated=True if petition.letter_date is not None else None,
        named=None if sealed else named and (addressed or petition.kind == "admin_feedback"),
        reachable=None if sealed else any(p.phone or p.address for p in clear),
        respondent=bool(petition.respondent) or None,
        content=bool(petition.summary),
        request=True if petition.request else None,
    )


def confirm_conditions(
    petition: Petition, met: Mapping[str, bool], *, actor: Principal, version: int | None = None
) -> tuple[str, ...]:
    """Record which conditions a person found met on the paper; return the grounds that are missing.

    Raises NotAllowed, Conflict for a stale form, or a petition that is not (or no longer) to be sorted.
    """
    db.session.refresh(petition, with_for_update={"of": Petition})
    if version is not None and petition.version != version:
        raise Conflict(
            "Đơn vừa được người khác cập nhật. Xem lại nội dung mới rồi thực hiện lại nếu vẫn cần."
        )
    if not may_act(actor, Permission.PETITION_PROCESS, petition):
        raise NotAllowed("Bạn không có quyền kiểm tra điều kiện của đơn này.")
    conditions = CONDITIONS.get(petition.kind or "", ())
    if petition.state != "classified" or not conditions:
        raise Conflict("Chỉ kiểm tra điều kiện khi đơn đã phân loại và chưa xử lý.")
    found = {c.key: bool(met.get(c.key)) for c in conditions}
    petition.conditions = found
    petition.eligible = eligible(
        petition.kind or "", found, anonymous=petition.anonymous, has_evidence=petition.has_evidence
    )
    petition.version += 1
    lacking = missing(checklist_of(petition))
    db.session.add(
        HistoryEntry(petition_id=petition.id, at=now(), actor_id=actor.person_id, act="conditions",
                     data={"eligible": petition.eligible, "missing": [c.label_vi for c in lacking]})
    )  # fmt: skip
    audit.record("petition.conditions", actor=actor, subject=("petition", petition.id),
                 detail={"eligible": petition.eligible, "missing": [c.key for c in lacking]})  # fmt: skip
    db.session.flush()
    return tuple(c.ground for c in lacking)
