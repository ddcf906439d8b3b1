"""Giving a case to a unit and a handler, and giving it back."""

from app.core import audit
from app.core.clock import now, today
from app.core.db import db
from app.core.errors import Conflict, Invalid, NotAllowed
from app.core.events import publish
from app.core.permissions import Permission, Principal, Role
from app.core.text import clean_text
from app.organisation.models import Unit
from app.organisation.queries import people_in
from complaints.access import acting
from complaints.events import CaseAssigned, CaseHandedBack
from complaints.models.cases import Assignment, Case
from complaints.models.history import HistoryEntry
from complaints.services import conflicts
from complaints.services.leak_marks import refuse_words

WORKERS = frozenset({Role.HANDLER, Role.UNIT_HEAD, Role.PETITION_OFFICER})


def assign(
    case: Case,
    *,
    unit_id: int,
    handler_id: int | None,
    actor: Principal,
    note: str = "",
    version: int | None = None,
) -> None:
    """Give a case to a unit of the resolving body and, when named, to one of its people.

    Raises NotAllowed, Conflict for a stale form or a closed case, Invalid for a unit elsewhere, a person who does not
    work there, one who is in conflict or denounced, or a note that gives a denouncer away.
    """
    _hold(case, version)
    who = acting(actor, Permission.CASE_ASSIGN, case)
    if who is None:
        raise NotAllowed("Bạn không có quyền giao vụ việc này.")
    unit = db.session.get(Unit, unit_id)
    if unit is None or unit.body_id != case.unit.body_id or not unit.in_force(today()):
        raise Invalid("Chọn một đơn vị của cơ quan giải quyết.", field="unit_id")
    if handler_id is not None and handler_id not in {p.id for p in people_in([unit.id], WORKERS, today())}:
        raise Invalid("Người này không làm việc ở đơn vị đã chọn.", field="handler_id")
    conflicts.check_free(case, unit.id, handler_id)
    refuse_words(case, note=note)  # I05: the assignment names the denounced, not the denouncer
    case.assigned_unit_id, case.handler_id = unit.id, handler_id
    _record(case, unit.id, handler_id, actor=who, note=note, act="assigned")
    publish(CaseAssigned(case.id, unit.id, handler_id, actor.person_id))


def hand_back(case: Case, *, actor: Principal, reason: str, version: int | None = None) -> None:
    """Return a case from its handler to the head who assigns. Raises NotAllowed, Conflict, Invalid without a reason."""
    _hold(case, version)
    if case.handler_id != actor.person_id:
        raise NotAllowed("Chỉ người đang thụ lý mới trả lại vụ việc.")
    if not clean_text(reason):
        raise Invalid("Hãy ghi lý do trả lại.", field="reason")
    refuse_words(case, reason=reason)
    case.handler_id = None
    _record(case, case.assigned_unit_id, None, actor=actor, note=reason, act="handed_back")
    publish(CaseHandedBack(case.id, actor.person_id))


def _hold(case: Case, version: int | None) -> None:
    db.session.refresh(case, with_for_update={"of": Case})
    if version is not None and case.version != version:
        raise Conflict(
            "Vụ việc vừa được người khác cập nhật. Xem lại nội dung mới rồi thực hiện lại nếu vẫn cần."
        )
    if not case.is_open:
        raise Conflict("Vụ việc đã kết thúc.")


def _record(
    case: Case, unit_id: int | None, handler_id: int | None, *, actor: Principal, note: str, act: str
) -> None:
    case.version += 1
    words = clean_text(note)[:500]
    db.session.add(
        Assignment(case_id=case.id, unit_id=unit_id, handler_id=handler_id, assigned_by_id=actor.person_id,
                   assigned_at=now(), note=words)
    )  # fmt: skip
    data = {"unit_id": unit_id, "handler_id": handler_id, "words": words, "on_behalf_of": actor.acting_for}
    db.session.add(
        HistoryEntry(case_id=case.id, at=now(), actor_id=actor.person_id, act=act,
                     data={name: value for name, value in data.items() if value})
    )  # fmt: skip
    audit.record(f"case.{act}", actor=actor, subject=("case", case.id), detail={"handler_id": handler_id})
    db.session.flush()
