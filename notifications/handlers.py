"""From events to words: who hears of what, in the transaction of the cause; names of citizens never appear."""

from collections import defaultdict
from collections.abc import Sequence

from flask import current_app
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import joinedload

from app.core.clock import now, today
from app.core.db import db
from app.core.permissions import Permission
from app.organisation.queries import contacts_for, principal_for
from complaints.access import may_act
from complaints.events import CaseAssigned, CaseHandedBack, IdentityGranted, ProposalSentBack, ProposalWaiting
from complaints.ladder import RUNGS
from complaints.models.cases import Case
from complaints.models.clocks import Clock, Escalation, EscalationTold
from complaints.models.parties import IdentityGrant
from complaints.models.petitions import Petition
from complaints.rulebook.loader import load_rulebook
from notifications.models import MessageState, Notice, OutboundMessage
from notifications.services import Telling, post, tell

LISTED = 20  # of many alerts the notice lists the most pressing; the worklist has them all
TELL_BATCH = 5000


def _link(path: str) -> str:
    settings = current_app.extensions["tiepdan.settings"]
    return f"{settings.base_url or f'http://{settings.host}:{settings.port}'}{path}"


def _telling(person_id: int, kind: str, number: str, *, text: str, path: str, key: str) -> Telling:
    body = f"{text}\n\nMở hồ sơ: {_link(path)}\n\nThư tự động của phần mềm Tiếp Dân; không trả lời thư này."
    return Telling(person_id, kind, {"number": number, "text": text}, path, key, f"[Tiếp Dân] {number}", body)


def case_assigned(event: CaseAssigned) -> None:
    """Tell the handler, or the heads of the unit when nobody is named."""
    case = db.session.get_one(Case, event.case_id)
    people: Sequence[int] = (event.handler_id,) if event.handler_id else ()
    if not people and event.unit_id is not None:
        people = contacts_for([event.unit_id], today())[event.unit_id].unit_heads
    text = (
        f"Vụ việc {case.number} được giao cho bạn."
        if event.handler_id
        else f"Vụ việc {case.number} chờ giao người thụ lý."
    )
    path, key = f"/cases/{case.id}", f"assigned:{case.id}:{case.version}"
    tell(
        _telling(person, "assigned", case.number, text=text, path=path, key=f"{key}:{person}")
        for person in people
        if person != event.actor_id
    )


def case_handed_back(event: CaseHandedBack) -> None:
    """Tell the heads that a handler returned a case."""
    case = db.session.get_one(Case, event.case_id)
    unit_id = case.assigned_unit_id or case.unit_id
    contacts = contacts_for([unit_id], today())[unit_id]
    text = f"Vụ việc {case.number} được trả lại, chờ giao người khác."
    path, key = f"/cases/{case.id}", f"handed_back:{case.id}:{case.version}"
    tell(
        _telling(p, "handed_back", case.number, text=text, path=path, key=f"{key}:{p}")
        for p in contacts.unit_heads or contacts.leaders
    )


def _subject(petition_id: int | None, case_id: int | None) -> tuple[Petition | Case, str]:
    if petition_id is not None:
        return db.session.get_one(Petition, petition_id), f"/petitions/{petition_id}"
    return db.session.get_one(Case, case_id), f"/cases/{case_id}"


def proposal_waiting(event: ProposalWaiting) -> None:
    """Tell those who may approve: unit heads and leaders of the body that hold the right on this very file."""
    subject, path = _subject(event.petition_id, event.case_id)
    permission = Permission.PETITION_DECIDE if event.petition_id is not None else Permission.CASE_DECIDE
    contacts = contacts_for([subject.unit_id], today())[subject.unit_id]
    text = f"Hồ sơ {subject.number} chờ bạn duyệt đề xuất xử lý."
    people = []
    for person in dict.fromkeys((*contacts.unit_heads, *contacts.leaders)):
        principal = principal_for(person, today())
        if principal is not None and may_act(principal, permission, subject):
            people.append(person)
    tell(
        _telling(
            p, "proposal", subject.number, text=text, path=path, key=f"proposal:{path}:{subject.version}:{p}"
        )
        for p in people
        if p != event.actor_id
    )


def proposal_sent_back(event: ProposalSentBack) -> None:
    """Tell whoever prepared a step that the head sent it back."""
    subject, path = _subject(event.petition_id, event.case_id)
    text = f"Đề xuất xử lý hồ sơ {subject.number} được trả lại kèm ý kiến."
    key = f"sent_back:{path}:{subject.version}:{event.prepared_by_id}"
    tell([_telling(event.prepared_by_id, "sent_back", subject.number, text=text, path=path, key=key)])


def identity_granted(event: IdentityGranted) -> None:
    """Tell a person that a head let them see a sealed identity; says neither whose nor what."""
    grant = db.session.get_one(IdentityGrant, event.grant_id)
    statement = select(Petition).where(Petition.sealed_identity_id == grant.sealed_identity_id).limit(1)
    petition = db.session.execute(statement).scalar_one()
    text = (
        f"Bạn được phép xem thông tin niêm phong của đơn {petition.number} đến {grant.expires_at:%d/%m/%Y}."
    )
    path = f"/petitions/{petition.id}"
    tell(
        [
            _telling(
                event.person_id, "identity", petition.number, text=text, path=path, key=f"identity:{grant.id}"
            )
        ]
    )


def tell_of_alerts() -> int:
    """Write one combined notice and mail a person for all alerts that nobody was told of yet; return how many people.

    The rows of escalation_told are the truth and are locked while they are told: two sweeps share them, a sweep that
    died left them for the next. What comes later on the same day joins the notice of that day.
    """
    waiting = (
        select(EscalationTold)
        .where(EscalationTold.told_at.is_(None))
        .order_by(EscalationTold.person_id, EscalationTold.id)
        .limit(TELL_BATCH)
        .with_for_update(skip_locked=True)
    )
    people: dict[int, list[int]] = defaultdict(list)
    rows = db.session.execute(waiting).scalars().all()
    for row in rows:
        people[row.person_id].append(row.escalation_id)
    if not people:
        return 0
    lines = _lines({escalation for ids in people.values() for escalation in ids})
    for person_id, ids in sorted(people.items()):
        _combine(person_id, [lines[i] for i in ids if i in lines])
    db.session.execute(
        update(EscalationTold).where(EscalationTold.id.in_([row.id for row in rows])).values(told_at=now())
    )
    db.session.flush()
    return len(people)


def _lines(escalation_ids: set[int]) -> dict[int, dict[str, str]]:
    """Return a line for each alert: number, clock, how pressing, where; without names or summaries."""
    statement = (
        select(Escalation, Clock.code, Clock.rule_version)
        .join(Clock)
        .where(Escalation.id.in_(escalation_ids))
        .order_by(Escalation.due_on)
    )
    found = db.session.execute(statement).all()
    petitions = _numbers(Petition, [e.petition_id for e, _c, _v in found if e.petition_id])
    cases = _numbers(Case, [e.case_id for e, _c, _v in found if e.case_id])
    rulebook, lines = load_rulebook(), {}
    for escalation, _code, version in found:
        of_case = escalation.case_id is not None
        number = cases.get(escalation.case_id or 0) if of_case else petitions.get(escalation.petition_id or 0)
        path = f"/cases/{escalation.case_id}" if of_case else f"/petitions/{escalation.petition_id}"
        lines[escalation.id] = {
            "number": number or "",
            "clock": rulebook.by_version(version).name_vi,
            "words": RUNGS[escalation.rung].label_vi,
            "due": f"{escalation.due_on:%d/%m/%Y}",
            "path": path,
        }
    return lines


def _numbers(table: type[Petition | Case], ids: list[int]) -> dict[int, str]:
    if not ids:
        return {}
    rows: Sequence[Petition | Case]
    if table is Petition:
        petitions = select(Petition).where(Petition.id.in_(set(ids))).options(joinedload(Petition.unit))
        rows = db.session.execute(petitions).scalars().all()
    else:
        cases = select(Case).where(Case.id.in_(set(ids))).options(joinedload(Case.unit))
        rows = db.session.execute(cases).scalars().all()
    return {row.id: row.number for row in rows}


def _combine(person_id: int, new: list[dict[str, str]]) -> None:
    """Put lines into the person's notice of today, and into their mail while it has not left."""
    key = f"alerts:{person_id}:{today().isoformat()}"
    notice = db.session.execute(
        select(Notice).where(Notice.dedupe_key == key).with_for_update()
    ).scalar_one_or_none()
    if notice is None:
        statement = insert(Notice).values(
            person_id=person_id, kind="alerts", facts={"lines": [], "count": 0}, target="/cases/?due=late",
            dedupe_key=key, created_at=now(),
        )  # fmt: skip
        db.session.execute(statement.on_conflict_do_nothing())
        notice = db.session.execute(
            select(Notice).where(Notice.dedupe_key == key).with_for_update()
        ).scalar_one()
    lines = [*notice.facts["lines"], *new]
    notice.facts = {"lines": lines[:LISTED], "count": notice.facts["count"] + len(new)}
    notice.read_at = None
    _mail(person_id, key, notice.facts["lines"], notice.facts["count"], new)


def _mail(
    person_id: int, key: str, lines: list[dict[str, str]], count: int, new: list[dict[str, str]]
) -> None:
    sent = select(func.count()).where(
        OutboundMessage.dedupe_key.like(f"mail:{key}%"), OutboundMessage.state == MessageState.SENT
    )
    before = db.session.execute(sent).scalar_one()
    mail_key = key if not before else f"{key}:{before + 1}"
    shown, total = (lines, count) if not before else (new[:LISTED], len(new))
    body = "\n".join(
        f"- {x['number']}: {x['clock']}, {x['words']} (hạn {x['due']}) {_link(x['path'])}" for x in shown
    )
    if total > len(shown):
        body += f"\n... và {total - len(shown)} mục khác, xem trong phần mềm."
    body = (
        f"{total} thời hạn cần chú ý:\n\n{body}\n\nThư tự động của phần mềm Tiếp Dân; không trả lời thư này."
    )
    changed = db.session.execute(
        update(OutboundMessage)
        .where(OutboundMessage.dedupe_key == f"mail:{mail_key}", OutboundMessage.state != MessageState.SENT)
        .values(body=body, subject=f"[Tiếp Dân] {total} thời hạn cần chú ý")
    )
    if not changed.rowcount:  # type: ignore[attr-defined]
        post(
            [
                Telling(
                    person_id,
                    "alerts",
                    {},
                    "/notifications/",
                    mail_key,
                    f"[Tiếp Dân] {total} thời hạn cần chú ý",
                    body,
                )
            ]
        )
