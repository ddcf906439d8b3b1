"""Bodies that take over from others: the province's table, and handing a petition or case over by it (law.md 9)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from app.core import audit
from app.core.clock import now, today
from app.core.db import db
from app.core.errors import Conflict, Invalid, NotAllowed, NotFound
from app.core.events import publish
from app.core.permissions import Permission, Principal
from app.core.text import clean_line, clean_text, fold
from app.organisation.models import Unit
from complaints.access import may_act
from complaints.codes import Field, PetitionKind
from complaints.events import HandedOver
from complaints.models.cases import Assignment, Case
from complaints.models.history import HistoryEntry
from complaints.models.petitions import Petition
from complaints.models.successions import AuthoritySuccession, HandOver
from complaints.queries.successions import successions_from
from complaints.services import conflicts, numbering
from complaints.services.leak_marks import refuse_words
from complaints.services.perform import forget_proposal

LAST_DAY = date(2100, 12, 31)
_MAY = {Petition: Permission.PETITION_DECIDE, Case: Permission.CASE_DECIDE}


@dataclass(frozen=True)
class NewSuccession:
    """What an administrator enters from the hand-over minutes. Empty kind or field: for every one."""

    old_body: str
    old_unit_id: int | None
    kind: str
    field: str
    new_unit_id: int
    valid_from: date
    legal_basis: str
    note: str = ""


def enter_succession(new: NewSuccession, *, actor: Principal) -> AuthoritySuccession:
    """Enter a row of the table. Raises NotAllowed, Invalid beside the field, also for a row that is there already."""
    if not actor.may(Permission.ORGANISATION_MANAGE):
        raise NotAllowed(_("Chỉ người quản trị ghi bảng cơ quan kế tiếp."))
    old = db.session.get(Unit, new.old_unit_id) if new.old_unit_id else None
    if new.old_unit_id and old is None:
        raise Invalid(_("Chọn một cơ quan trong danh sách."), field="old_unit_id")
    name = clean_line(new.old_body)[:200] or (old.name if old is not None else "")
    basis = clean_line(new.legal_basis)[:300]
    taken_by = db.session.get(Unit, new.new_unit_id)
    _check(new, old, name, basis, taken_by)
    row = AuthoritySuccession(
        old_body=name, old_body_key=fold(name)[:200], old_unit_id=old.id if old is not None else None, kind=new.kind,
        field=new.field, new_unit_id=new.new_unit_id, valid_from=new.valid_from, legal_basis=basis,
        note=clean_text(new.note)[:500], entered_by_id=actor.person_id, entered_at=now(),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    audit.record("succession.entered", actor=actor, subject=("authority_succession", row.id),
                 detail={"to": row.new_unit_id})  # fmt: skip
    return row


def _check(new: NewSuccession, old: Unit | None, name: str, basis: str, taken_by: Unit | None) -> None:
    if not name:
        raise Invalid(_("Ghi tên cơ quan cũ, hoặc chọn một cơ quan trong danh sách."), field="old_body")
    if old is not None and old.body_id != old.id:
        raise Invalid(_("Chọn cơ quan, không chọn phòng bên trong."), field="old_unit_id")
    if taken_by is None or taken_by.body_id != taken_by.id or not taken_by.in_force(today()):
        raise Invalid(_("Chọn cơ quan kế tiếp đang hoạt động."), field="new_unit_id")
    if old is not None and old.id == taken_by.id:
        raise Invalid(_("Cơ quan kế tiếp phải khác cơ quan cũ."), field="new_unit_id")
    if new.kind and new.kind not in set(PetitionKind):
        raise Invalid(_("Chọn một giá trị trong danh sách."), field="kind")
    if new.field and new.field not in set(Field):
        raise Invalid(_("Chọn một giá trị trong danh sách."), field="field")
    if not new.valid_from <= LAST_DAY:
        raise Invalid(_("Ngày quá xa; hãy kiểm tra lại năm."), field="valid_from")
    if not basis:
        raise Invalid(_("Ghi văn bản làm căn cứ: số, ngày, cơ quan ban hành."), field="legal_basis")
    same = select(AuthoritySuccession.id).where(
        AuthoritySuccession.old_body_key == fold(name)[:200],
        AuthoritySuccession.kind == new.kind,
        AuthoritySuccession.field == new.field,
        AuthoritySuccession.valid_to.is_(None),
    )
    if db.session.execute(same.limit(1)).first() is not None:
        raise Invalid(
            _("Đã có dòng cho cơ quan cũ này với loại và lĩnh vực như vậy; hãy kết thúc dòng đó trước."),
            field="old_body",
        )


def succession_for(actor: Principal, row_id: int) -> AuthoritySuccession:
    """Return a row that the actor may end. Raises NotFound, alike when there is none."""
    row = db.session.get(AuthoritySuccession, row_id) if 0 < row_id < 2**31 else None
    if row is None or not actor.may(Permission.ORGANISATION_MANAGE):
        raise NotFound
    return row


def end_succession(row: AuthoritySuccession, *, on: date, reason: str, actor: Principal) -> None:
    """End a row from a day on; what was handed over by it stays. Raises Conflict, Invalid beside the field."""
    db.session.refresh(row, with_for_update={"of": AuthoritySuccession})
    if row.ended_at is not None:
        raise Conflict(_("Dòng này đã được kết thúc."))
    words = clean_text(reason)[:500]
    if not words:
        raise Invalid(_("Hãy nhập lý do."), field="reason")
    if not row.valid_from < on <= LAST_DAY:
        raise Invalid(_("Ngày kết thúc phải sau ngày bắt đầu."), field="ends_on")
    row.valid_to, row.end_reason, row.ended_by_id, row.ended_at = on, words, actor.person_id, now()
    audit.record("succession.ended", actor=actor, subject=("authority_succession", row.id),
                 detail={"on": on.isoformat()})  # fmt: skip
    db.session.flush()


def may_hand_over(actor: Principal, subject: Petition | Case) -> bool:
    """Tell whether the actor heads the body that has an open petition or case, and may give it away."""
    at_desk = isinstance(subject, Case) or subject.case_id is None
    return subject.is_open and at_desk and may_act(actor, _MAY[type(subject)], subject)


def hand_over(
    subject: Petition | Case, succession_id: int, *, on: date, minutes: str, words: str, actor: Principal,
    version: int | None = None,
) -> HandOver:  # fmt: skip
    """Give an open petition or case to the body that succeeded the one that has it (H03, H09, H10).

    It gets the next number of the new register and nobody's hands; the old number stays in the record of the hand-over.
    Its day of receipt and its clocks go on as they are: no suspension, no reset (H11). Raises NotAllowed, Conflict for
    a stale form, Invalid beside the field.
    """
    db.session.refresh(subject, with_for_update={"of": type(subject)})
    if version is not None and subject.version != version:
        raise Conflict(
            _("Hồ sơ vừa được người khác cập nhật. Xem lại nội dung mới rồi thực hiện lại nếu vẫn cần.")
        )
    if not may_hand_over(actor, subject):
        raise NotAllowed(_("Bạn không chuyển giao hồ sơ này được."))
    rows = successions_from(subject.unit, kind=subject.kind or "", field=subject.field or "", on=today())
    row = next((row for row in rows if row.id == succession_id), None)
    if row is None:
        raise Invalid(_("Chọn một dòng của bảng cơ quan kế tiếp."), field="succession_id")
    paper = clean_line(minutes)[:200]
    if not paper:
        raise Invalid(_("Ghi số, ngày biên bản bàn giao."), field="minutes")
    if not max(subject.received_on, row.valid_from) <= on <= today():
        raise Invalid(
            _("Ngày bàn giao không trước ngày nhận đơn và ngày bắt đầu kế tiếp, không sau hôm nay."),
            field="on",
        )
    if not row.new_unit.in_force(today()):
        raise Invalid(_("Cơ quan kế tiếp đã kết thúc hoạt động."), field="succession_id")
    refuse_words(subject, minutes=paper, words=words)
    return _move(subject, row, on, {"minutes": paper, "words": clean_text(words)[:2000]}, actor)


def _move(
    subject: Petition | Case, row: AuthoritySuccession, on: date, words: Mapping[str, str], actor: Principal
) -> HandOver:
    register = "petition" if isinstance(subject, Petition) else "case"
    old_number, old_unit, paper = subject.number, subject.unit, words["minutes"]
    year = today().year
    number = numbering.next_number(
        row.new_unit_id, register, year
    )  # asked first: the old number may be taken there
    subject.unit, subject.register_year, subject.register_no = row.new_unit, year, number
    subject.handler_id = None
    forget_proposal(subject)
    subject.version += 1
    ids = {"petition_id": None, "case_id": None} | {f"{register}_id": subject.id}
    if isinstance(subject, Case):
        subject.assigned_unit = None
        db.session.add(
            Assignment(case_id=subject.id, unit_id=None, handler_id=None, assigned_by_id=actor.person_id,
                       assigned_at=now(), note=paper)
        )  # fmt: skip
    else:
        subject.in_jurisdiction, subject.competent_body, subject.competent_unit = None, None, None
        subject.origin_body = subject.origin_body or row.old_body
        subject.handover_minutes = subject.handover_minutes or paper
    db.session.flush()
    done = HandOver(
        **ids, succession_id=row.id, from_unit_id=old_unit.id, to_unit_id=row.new_unit_id, old_number=old_number,
        new_number=subject.number, minutes=paper, on=on, old_body_reads=not subject.is_denunciation,
        by_id=actor.person_id, at=now(),
    )  # fmt: skip
    data = {"old_number": old_number, "old_body": row.old_body, "new_body": row.new_unit.name,
            "legal_basis": row.legal_basis, **words}  # fmt: skip
    db.session.add_all([
        done,
        HistoryEntry(**ids, at=now(), actor_id=actor.person_id, act="handed_over", on=on,
                     data={name: value for name, value in data.items() if value}),
    ])  # fmt: skip
    audit.record(f"{register}.handed_over", actor=actor, subject=(register, subject.id),
                 detail={"from": old_unit.id, "to": row.new_unit_id, "succession": row.id})  # fmt: skip
    db.session.flush()
    conflicts.refresh(subject, actor)  # other units are closed to the new body than were to the old
    publish(HandedOver(ids["petition_id"], ids["case_id"], old_unit.id, row.new_unit_id, actor.person_id))
    return done
