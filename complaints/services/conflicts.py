"""Keeping people from a file: the denounced and their unit, and whoever has a conflict of interest (law.md I12).

What is in force is cached on the file (`barred_ids`, `closed_unit_ids`), where every list and every step asks for it.
"""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import aliased, joinedload

from app.core import audit
from app.core.clock import now, today
from app.core.db import db
from app.core.errors import Conflict as Stale
from app.core.errors import Invalid, NotAllowed, NotFound
from app.core.events import publish
from app.core.permissions import Permission, Principal
from app.core.text import clean_line, clean_text, fold, nfc
from app.organisation.models import Membership, Person, Unit
from app.organisation.queries import in_force, principal_for
from complaints.access import is_shut_out, may_act, shut_out
from complaints.events import CaseHandedBack
from complaints.models.cases import Assignment, Case
from complaints.models.conflicts import Conflict, Ground
from complaints.models.history import HistoryEntry
from complaints.models.petitions import Petition
from complaints.services.leak_marks import refuse_words

Subject = Petition | Case
REASON_MIN, REASON_MAX = 5, 2000
_SEES = {Petition: Permission.PETITION_VIEW, Case: Permission.CASE_VIEW}
_HANDLES = {Petition: Permission.PETITION_PROCESS, Case: Permission.CASE_HANDLE}
_HEADS = {Petition: Permission.PETITION_DECIDE, Case: Permission.CASE_ASSIGN}


def may_record_denounced(actor: Principal, subject: Subject) -> bool:
    """Tell whether somebody may say whom a denunciation is about: the desk that has it, or whoever handles it."""
    return subject.is_denunciation and may_act(actor, _HANDLES[type(subject)], subject)


def may_keep_out(actor: Principal, subject: Subject) -> bool:
    """Tell whether somebody may name another's conflict, see who is kept out, and end it: the head who gives work."""
    return may_act(actor, _HEADS[type(subject)], subject)


def declare(subject: Subject, *, reason: str, actor: Principal, name: str = "") -> Conflict:
    """Keep the actor from a file that they have a conflict of interest in, or, as the head, somebody named.

    Raises NotAllowed, Conflict when it is declared already, Invalid (with the field) without words or for a
    name that nobody has.
    """
    _hold(subject)
    if not may_act(actor, _SEES[type(subject)], subject):
        raise NotAllowed(_("Bạn không có quyền thực hiện bước này với hồ sơ này."))
    person_id = actor.person_id
    if clean_line(name):
        if not may_keep_out(actor, subject):
            raise NotAllowed(_("Chỉ người giao việc mới khai xung đột lợi ích cho người khác."))
        person_id = _person(name, "name").id
    words = _words(reason)
    refuse_words(subject, reason=words)
    if any(row.person_id == person_id and row.ground == Ground.DECLARED for row in rows_of(subject)):
        raise Stale(_("Người này đã được khai xung đột lợi ích trong hồ sơ này."))
    row = _add(subject, Ground.DECLARED, words, actor, person_id=person_id)
    _note(subject, "conflict_declared", actor, {"person_id": person_id, "words": words})
    refresh(subject, actor)
    return row


def record_denounced(subject: Subject, *, name: str, unit_id: int | None, actor: Principal) -> list[Conflict]:
    """Say which of our people, or which of our units, a denunciation is about; they and their unit know nothing of it.

    A person's units are those of the roles held today. Raises NotAllowed, Invalid (with the field).
    """
    _hold(subject)
    if not may_record_denounced(actor, subject):
        raise NotAllowed(_("Bạn không có quyền thực hiện bước này với hồ sơ này."))
    person = _person(name, "name") if clean_line(name) else None
    unit = db.session.get(Unit, unit_id) if unit_id else None
    if unit_id and not _may_be_denounced(unit, subject):
        raise Invalid(_("Chọn một đơn vị trong danh sách."), field="unit_id")
    if person is None and unit is None:
        raise Invalid(_("Nhập người bị tố cáo, hoặc chọn đơn vị."), field="name")
    held = select(Membership.unit_id).where(Membership.person_id == person.id) if person is not None else None
    units: list[int] = [unit.id] if unit is not None else []
    if held is not None and not units:
        units = sorted(set(db.session.scalars(held.where(in_force(Membership, today())))))
    known = {(r.person_id, r.unit_id) for r in rows_of(subject) if r.ground == Ground.DENOUNCED}
    person_id = person.id if person is not None else None
    none: list[tuple[int | None, int | None]] = [(person_id, None)]
    wanted = [(person_id, one) for one in units] or none
    fresh = [pair for pair in wanted if pair not in known]
    if not fresh:
        raise Invalid(_("Đã ghi người hoặc đơn vị này là bị tố cáo."), field="name")
    made = [_add(subject, Ground.DENOUNCED, "", actor, person_id=p, unit_id=u) for p, u in fresh]
    _note(
        subject, "denounced_recorded", actor, {"person_id": person_id, "unit_id": unit.id if unit else None}
    )
    refresh(subject, actor)
    return made


def end(subject: Subject, row_id: int, *, reason: str, actor: Principal) -> None:
    """Let somebody back to a file, as the head, with the reason. Raises NotFound, NotAllowed, Invalid."""
    _hold(subject)
    if not may_keep_out(actor, subject):
        raise NotAllowed(_("Chỉ người giao việc mới kết thúc việc này."))
    row = next((row for row in rows_of(subject) if row.id == row_id), None)
    if row is None:
        raise NotFound
    words = _words(reason)
    refuse_words(subject, reason=words)
    _add(subject, Ground(row.ground), words, actor, ends_id=row.id)
    _note(
        subject, "conflict_ended", actor, {"person_id": row.person_id, "unit_id": row.unit_id, "words": words}
    )
    # It may have been said of the case before this one, or of the petition that this one was split from.
    said_of = (
        db.session.get(Petition, row.petition_id) if row.petition_id else db.session.get(Case, row.case_id)
    )
    refresh(said_of or subject, actor)


def rows_of(subject: Subject) -> Sequence[Conflict]:
    """Return the conflicts in force on a file: its own, and those of what belongs to the same matter, oldest first."""
    ending = aliased(Conflict)
    ended = select(ending.id).where(ending.ends_id == Conflict.id).exists()
    statement = select(Conflict).where(_of_matter(subject), Conflict.ends_id.is_(None), ~ended)
    people = (joinedload(Conflict.person), joinedload(Conflict.unit), joinedload(Conflict.declared_by))
    return db.session.execute(statement.options(*people).order_by(Conflict.id)).scalars().all()


def refresh(subject: Subject, actor: Principal | None) -> None:
    """Renew who is kept from a file and from what belongs to the same matter, and take it from a handler kept out.

    What follows from it is renewed too: the case of the next instance, the contents that a petition was split into.
    """
    case = subject if isinstance(subject, Case) else subject.case
    rows = rows_of(subject)
    following: Sequence[Subject]
    if case is None:
        _renew(subject, rows)
        following = db.session.scalars(select(Petition).where(Petition.split_from_id == subject.id)).all()
    else:
        _renew(case, rows)
        for petition in db.session.scalars(select(Petition).where(Petition.case_id == case.id)):
            _renew(petition, rows)
        _release(case, actor)
        following = db.session.scalars(select(Case).where(Case.first_case_id == case.id)).all()
    db.session.flush()
    for other in following:
        refresh(other, actor)


def carry_over(case: Case, petition: Petition) -> None:
    """Keep the same people from a petition that leaves its case as were kept from the case."""
    of_case = [row for row in rows_of(case) if row.case_id == case.id]
    for row in of_case:
        db.session.add(
            Conflict(petition_id=petition.id, person_id=row.person_id, unit_id=row.unit_id, ground=row.ground,
                     reason=row.reason, declared_by_id=row.declared_by_id, declared_at=row.declared_at)
        )  # fmt: skip
    if of_case:
        db.session.flush()


def check_free(case: Case, unit_id: int, handler_id: int | None) -> None:
    """Refuse to give a case to a unit or a person that is kept from it. Raises Invalid with the field."""
    if handler_id is not None:
        handler = principal_for(handler_id, today())
        if handler_id in case.barred_ids:
            raise Invalid(_refusal(case, handler_id), field="handler_id")
        if handler is not None and shut_out(handler, case):
            raise Invalid(
                _("Người này thuộc đơn vị của người bị tố cáo: không giao được."), field="handler_id"
            )
    unit = db.session.get_one(Unit, unit_id)
    if not {int(part) for part in unit.path.split("/") if part}.isdisjoint(case.closed_unit_ids):
        raise Invalid(_("Đơn vị này là đơn vị của người bị tố cáo: không giao được."), field="unit_id")


def free_people(people: Sequence[int], barred: Sequence[int], closed_units: Sequence[int]) -> list[int]:
    """Return those of some people who are not kept from a file, by its two lists: nobody else hears of it."""
    if not barred and not closed_units:
        return list(people)
    found = {person: principal_for(person, today()) for person in people}
    return [p for p, who in found.items() if who is not None and not is_shut_out(who, barred, closed_units)]


# ------------------------------------------------------------------------------------------------------------ helpers


def _may_be_denounced(unit: Unit | None, subject: Subject) -> bool:
    """Tell whether a unit may be named: a body, or a unit inside the body that has the file."""
    if unit is None or not unit.in_force(today()):
        return False
    return unit.is_body or unit.path.startswith(subject.unit.path)


def _refusal(case: Case, person_id: int) -> str:
    grounds = {row.ground for row in rows_of(case) if row.person_id == person_id}
    if Ground.DENOUNCED in grounds:
        return str(_("Người này là người bị tố cáo trong vụ việc: không giao được."))
    return str(_("Người này đã khai xung đột lợi ích trong vụ việc: không giao được."))


def _of_matter(subject: Subject) -> ColumnElement[bool]:
    """Return the condition for the rows of a case, of the case before it and of their petitions; or of one petition."""
    case = subject if isinstance(subject, Case) else subject.case
    if case is None:
        assert isinstance(subject, Petition)
        ids = [i for i in (subject.id, subject.split_from_id) if i is not None]
        return Conflict.petition_id.in_(ids)
    cases = [i for i in (case.id, case.first_case_id) if i is not None]
    petitions = select(Petition.id).where(Petition.case_id.in_(cases))
    split = select(Petition.split_from_id).where(
        Petition.case_id.in_(cases), Petition.split_from_id.is_not(None)
    )
    return or_(
        Conflict.case_id.in_(cases), Conflict.petition_id.in_(petitions), Conflict.petition_id.in_(split)
    )


def _renew(subject: Subject, rows: Sequence[Conflict]) -> None:
    units = {row.unit for row in rows if row.unit is not None}
    if isinstance(subject, Case) and subject.is_denunciation and subject.respondent_unit is not None:
        units.add(subject.respondent_unit)
    # The body that has it by law, and whatever is around that body, is not closed: there only the denounced are barred.
    closed = sorted(unit.id for unit in units if not subject.unit.path.startswith(unit.path))
    barred = sorted({row.person_id for row in rows if row.person_id is not None})
    if subject.barred_ids != barred:
        subject.barred_ids = barred
    if subject.closed_unit_ids != closed:
        subject.closed_unit_ids = closed


def _release(case: Case, actor: Principal | None) -> None:
    """Give a case back to its head when whoever handles it is kept from it now."""
    handler = principal_for(case.handler_id, today()) if case.is_open and case.handler_id else None
    if handler is None or actor is None or not shut_out(handler, case):
        return
    case.handler_id = None
    case.version += 1
    db.session.add(
        Assignment(case_id=case.id, unit_id=case.assigned_unit_id, handler_id=None, assigned_by_id=actor.person_id,
                   assigned_at=now(), note="")
    )  # fmt: skip
    db.session.flush()
    publish(CaseHandedBack(case.id, actor.person_id))


def _hold(subject: Subject) -> None:
    db.session.refresh(subject, with_for_update={"of": type(subject)})


def _words(reason: str) -> str:
    words = clean_text(reason)
    if len(words) < REASON_MIN:
        raise Invalid(_("Ghi lý do (ít nhất %(n)s ký tự).", n=REASON_MIN), field="reason")
    if len(words) > REASON_MAX:
        raise Invalid(_("Lý do dài quá %(n)s ký tự.", n=REASON_MAX), field="reason")
    return words


def _person(name: str, field: str) -> Person:
    """Return one of ours by user name, or by full name when only one bears it. Raises Invalid."""
    typed = nfc(clean_line(name))
    alike = or_(Person.username == typed.lower(), Person.name_key == fold(typed)[:120])
    found = db.session.scalars(select(Person).where(alike).order_by(Person.id).limit(6)).all()
    exact = [person for person in found if person.username == typed.lower()]
    if len(exact or found) == 1:
        return (exact or found)[0]
    if not found:
        raise Invalid(_("Không có người nào trong hệ thống với tên này."), field=field)
    names = ", ".join(person.username for person in found)
    raise Invalid(_("Nhiều người cùng tên; ghi tên đăng nhập: %(names)s.", names=names), field=field)


def _add(subject: Subject, ground: Ground, words: str, actor: Principal, **who: int | None) -> Conflict:
    of = {"petition_id": subject.id} if isinstance(subject, Petition) else {"case_id": subject.id}
    row = Conflict(
        **of, ground=ground.value, reason=words, declared_by_id=actor.person_id, declared_at=now(), **who
    )
    db.session.add(row)
    db.session.flush()
    return row


def _note(subject: Subject, act: str, actor: Principal, data: dict[str, int | str | None]) -> None:
    """Write a line of history (whom it concerns, and why) and of the audit (whom)."""
    kind = "petition" if isinstance(subject, Petition) else "case"
    of = {f"{kind}_id": subject.id}
    kept = {name: value for name, value in data.items() if value}
    db.session.add(HistoryEntry(**of, at=now(), actor_id=actor.person_id, act=act, data=kept))
    detail = {name: value for name, value in kept.items() if name != "words"}
    audit.record(f"{kind}.{act}", actor=actor, subject=(kind, subject.id), detail=detail)
    subject.version += 1
    db.session.flush()
