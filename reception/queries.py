"""Reads for the desk: today's visits, the log book, and who has been here before. All start from what one may see."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, bindparam, false, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from app.core.db import db
from app.core.paging import Page, keyset_page
from app.core.permissions import Permission, Principal
from app.core.text import clean_line, digits, fold
from app.organisation.models import Unit
from complaints.access import open_to, units_within
from complaints.models.cases import Case
from complaints.models.clocks import Escalation, EscalationTold
from complaints.models.history import Document
from complaints.models.parties import Party
from complaints.models.petitions import Petition, PetitionParty
from complaints.queries.matters import answered_before, earlier_petitions
from complaints.rulebook.loader import Rule
from complaints.services.clocks import clocks_of
from complaints.services.rule_layers import rule_by_version
from reception.access import visible_visits
from reception.models import SEALED_KINDS, WAITING, Visit, VisitItem, VisitParty
from reception.rules import tidy_identity_number

RECEIPT_DAYS = 30  # how long a receipt that nobody printed is asked for (calendar days)
EARLIER_MAX = 8
NAME_MIN, NUMBER_MIN, PHONE_MIN = 5, 8, 9  # shorter than this, what is typed would match half the town
_NO_WILDCARDS = str.maketrans("", "", "%_\\")


@dataclass(frozen=True)
class LogFilter:
    """Which rows of the log book are asked for; None means any."""

    first: date
    last: date
    unit_id: int | None = None
    kind: str | None = None
    outcome: str | None = None
    cursor: str | None = None


@dataclass(frozen=True)
class LogBookPage:
    """A page of the log book, with the documents issued on its petitions (columns 10 and 11)."""

    page: Page[Visit]
    documents: dict[int, list[Document]]


@dataclass(frozen=True)
class EarlierVisit:
    """An earlier visit of what seems to be the same person, and by what it was found."""

    visit: Visit
    matched_by: str  # 'identity_number', 'phone' or 'name', the strongest first


@dataclass(frozen=True)
class Earlier:
    """What is known of the person being typed. `looked` is False while too little is typed to look for."""

    looked: bool
    visits: tuple[EarlierVisit, ...] = ()
    petitions: tuple[Petition, ...] = ()
    answered: tuple[Petition, ...] = ()  # proposals that this body has already answered in writing (F04)


@dataclass(frozen=True)
class Promise:
    """A day that the desk can tell: until when, and by which rule."""

    due_on: date
    rule: Rule
    clock_id: int


NOTHING_EARLIER = Earlier(looked=False)


def bodies_within(principal: Principal, permission: Permission, day: date) -> Sequence[Unit]:
    """Return the bodies in force on a day on which the principal holds the permission, in the order of the tree."""
    statement = select(Unit).where(
        Unit.id.in_(units_within(principal.reach(permission))),
        Unit.id == Unit.body_id,
        Unit.valid_from <= day,
        or_(Unit.valid_to.is_(None), Unit.valid_to > day),
    )
    return db.session.execute(statement.order_by(Unit.path)).scalars().all()


def visits_of_day(principal: Principal, day: date, *, limit: int = 50) -> Sequence[Visit]:
    """Return the visits of a day that the principal may see, newest first."""
    statement = _with_people(select(Visit)).where(visible_visits(principal), Visit.received_on == day)
    return db.session.execute(statement.order_by(Visit.id.desc()).limit(limit)).scalars().all()


def waiting_receipts(principal: Principal, today: date) -> Sequence[Visit]:
    """Return the principal's own visits of late that took in a petition and whose receipt nobody has printed."""
    statement = _with_people(select(Visit)).where(
        visible_visits(principal),
        Visit.officer_id == principal.person_id,
        Visit.petition_id.is_not(None),
        Visit.receipt_given_at.is_(None),
        Visit.received_on >= today - timedelta(days=RECEIPT_DAYS),
    )
    return db.session.execute(statement.order_by(Visit.id.desc()).limit(20)).scalars().all()


def waiting_visits(principal: Principal, today: date) -> Sequence[Visit]:
    """Return the visits to which somebody has to come back, oldest first.

    The head with a written refusal or a demand; the desk with what the head sent back; a group with its paper, shown
    for RECEIPT_DAYS: nobody can say that they will come.
    """
    # Written out, not bound: so the planner sees that the small index of waiting visits holds them all.
    waits = Visit.state.in_(bindparam("waiting", WAITING, expanding=True, literal_execute=True))
    lately = or_(Visit.state != "await_reps", Visit.received_on >= today - timedelta(days=RECEIPT_DAYS))
    statement = _with_people(select(Visit)).where(visible_visits(principal), waits, lately)
    statement = statement.options(joinedload(Visit.refusal_duty))
    return db.session.execute(statement.order_by(Visit.id).limit(20)).scalars().all()


def visit_of_duty(principal: Principal, duty_id: int) -> Visit | None:
    """Return the visit that a duty is about, as far as the principal may see it."""
    statement = select(Visit).where(visible_visits(principal), Visit.refusal_duty_id == duty_id)
    return db.session.scalars(statement).one_or_none()


def escalations_of(visit: Visit) -> Sequence[Escalation]:
    """Return the alerts that were raised on the written refusal of a visit, newest first, with who was told."""
    if visit.refusal_duty_id is None:
        return []
    statement = (
        select(Escalation)
        .where(Escalation.duty_id == visit.refusal_duty_id)
        .options(selectinload(Escalation.told).joinedload(EscalationTold.person))
        .order_by(Escalation.id.desc())
    )
    return db.session.scalars(statement).all()


def registered_by(principal: Principal, *, limit: int = 8) -> Sequence[Petition]:
    """Return the petitions that the principal registered last, by letter or from a visit."""
    statement = (
        select(Petition)
        .where(Petition.registered_by_id == principal.person_id, open_to(principal, Petition))
        .options(
            joinedload(Petition.unit),
            joinedload(Petition.case),
            selectinload(Petition.parties).joinedload(PetitionParty.party),
        )
    )
    return db.session.execute(statement.order_by(Petition.id.desc()).limit(limit)).scalars().all()


def log_book(principal: Principal, wanted: LogFilter) -> LogBookPage:
    """Return a page of the log book (Mẫu 03/TCD), the latest visits first."""
    statement = _with_people(select(Visit)).where(
        visible_visits(principal), Visit.received_on.between(wanted.first, wanted.last)
    )
    if wanted.unit_id is not None:
        statement = statement.where(Visit.unit_id == wanted.unit_id)
    if wanted.kind is not None:
        statement = statement.where(Visit.kind == wanted.kind)
    if wanted.outcome is not None:
        statement = statement.where(Visit.outcome == wanted.outcome)
    page = keyset_page(statement, (Visit.received_on, Visit.id), cursor=wanted.cursor, descending=True)
    return LogBookPage(page, documents_of(visit.petition_id for visit in page.items))


def documents_of(petition_ids: Iterable[int | None]) -> dict[int, list[Document]]:
    """Return the documents issued on petitions, by petition."""
    ids = [petition_id for petition_id in petition_ids if petition_id is not None]
    found: dict[int, list[Document]] = {}
    if ids:
        statement = select(Document).where(Document.petition_id.in_(ids)).order_by(Document.id)
        for document in db.session.execute(statement).scalars():
            found.setdefault(document.petition_id or 0, []).append(document)
    return found


def visit_of_petition(petition: Petition) -> Visit | None:
    """Return the visit at which a petition was handed in, or None for a letter."""
    return db.session.execute(select(Visit).where(Visit.petition_id == petition.id)).scalar_one_or_none()


def reply_due(petition: Petition) -> Promise | None:
    """Return until when the person is to hear what becomes of the petition (R09), or None without that clock."""
    clock = next((c for c in clocks_of(petition) if c.code == "RECEP_REPLY" and c.due_on is not None), None)
    if clock is None or clock.due_on is None:
        return None
    return Promise(clock.due_on, rule_by_version(clock.rule_version), clock.id)


def refusal_due(visit: Visit) -> Promise | None:
    """Return until when the head owes the written refusal (R12), by the clock that runs; None when nothing is owed."""
    if visit.refusal_duty is None or not visit.refusal_duty.is_open:
        return None
    clock = next((c for c in clocks_of(visit.refusal_duty) if c.state == "running"), None)
    if clock is None or clock.due_on is None:
        return None
    return Promise(clock.due_on, rule_by_version(clock.rule_version), clock.id)


def visits_of_matter(principal: Principal, visit: Visit) -> Sequence[Visit]:
    """Return the other visits about the same matter that the principal may see, newest first."""
    first = visit.same_matter_id or visit.id
    statement = select(Visit).where(
        visible_visits(principal), or_(Visit.id == first, Visit.same_matter_id == first), Visit.id != visit.id
    )
    statement = statement.options(joinedload(Visit.unit)).order_by(Visit.received_on.desc(), Visit.id.desc())
    return db.session.execute(statement.limit(20)).scalars().all()


def earlier(
    principal: Principal,
    *,
    identity_number: str = "",
    phone: str = "",
    name: str = "",
    unit_id: int | None = None,
) -> Earlier:
    """Return earlier visits and petitions of the person; a petition handed in at a visit shows with the visit.

    `unit_id` is the body whose book is open: what it has answered in writing may be a ground to refuse (D4.h).
    """
    number, telephone, key = tidy_identity_number(identity_number), digits(phone), clean_line(name)
    if _same_person(number, telephone, fold(key)) is None:
        return NOTHING_EARLIER
    visits = earlier_visits(principal, identity_number=number, phone=telephone, name=key)
    shown = {found.visit.petition_id for found in visits}
    sent = earlier_petitions(principal, identity_number=number, phone=telephone, name=key)
    petitions = [p for p in sent if p.id not in shown and not p.is_denunciation]
    answered: Sequence[Petition] = ()
    if unit_id is not None and principal.may(Permission.PETITION_VIEW):
        answered = answered_before(unit_id, identity_number=number, phone=telephone)
        units = select(Unit.id).where(
            Unit.id == unit_id, Unit.id.in_(units_within(principal.reach(Permission.VISIT_RECORD)))
        )
        answered = answered if db.session.scalar(units) is not None else ()
    return Earlier(True, tuple(visits), tuple(petitions[:EARLIER_MAX]), tuple(answered))


def earlier_visits(
    principal: Principal, *, identity_number: str = "", phone: str = "", name: str = ""
) -> list[EarlierVisit]:
    """Return earlier visits of the person, newest first: by number and telephone exactly, by name from its beginning.

    Only visits that the principal may see; never a denunciation, whose visitor is named nowhere outside the seal.
    """
    number, telephone, key = tidy_identity_number(identity_number), digits(phone), fold(clean_line(name))
    same_person = _same_person(number, telephone, key)
    if same_person is None:
        return []
    came, sent = aliased(Party), aliased(Party)
    without = select(VisitParty.visit_id).join(came, VisitParty.party_id == came.id).where(same_person(came))
    with_petition = (
        select(PetitionParty.petition_id)
        .join(sent, PetitionParty.party_id == sent.id)
        .where(same_person(sent))
    )
    statement = _with_people(select(Visit)).where(
        visible_visits(principal),
        Visit.kind.not_in(SEALED_KINDS),
        Visit.sealed_identity_id.is_(None),
        or_(Visit.id.in_(without), Visit.petition_id.in_(with_petition)),
    )
    visits = db.session.execute(
        statement.order_by(Visit.received_on.desc(), Visit.id.desc()).limit(EARLIER_MAX)
    )
    return [EarlierVisit(v, _matched_by(v, number, telephone)) for v in visits.scalars() if not v.is_sealed]


def _same_person(
    number: str, telephone: str, key: str
) -> Callable[[type[Party]], ColumnElement[bool]] | None:
    """Return what makes the condition on a party, or None when too little is typed to look for."""
    has_number, has_phone = len(number) >= NUMBER_MIN, len(telephone) >= PHONE_MIN
    key = key.translate(_NO_WILDCARDS)
    has_name = len(key) >= NAME_MIN and " " in key
    if not (has_number or has_phone or has_name):
        return None

    def condition(party: type[Party]) -> ColumnElement[bool]:
        parts: list[ColumnElement[bool]] = [false()]
        if has_number:
            parts.append(party.identity_number == number)
        if has_phone:
            parts.append(party.phone == telephone)
        if has_name:
            parts.append(party.name_key.like(f"{key}%"))
        return or_(*parts)

    return condition


def _matched_by(visit: Visit, number: str, telephone: str) -> str:
    parties = [row.party for row in visit.people]
    if number and any(party.identity_number == number for party in parties):
        return "identity_number"
    return "phone" if telephone and any(party.phone == telephone for party in parties) else "name"


def _with_people(statement: Select[Visit]) -> Select[Visit]:
    """Load with the visits whatever a row of the log book shows, in a fixed number of queries."""
    return statement.options(
        joinedload(Visit.unit),
        joinedload(Visit.officer),
        joinedload(Visit.petition).joinedload(Petition.unit),
        joinedload(Visit.petition).joinedload(Petition.case).joinedload(Case.unit),
        joinedload(Visit.petition).selectinload(Petition.parties).joinedload(PetitionParty.party),
        selectinload(Visit.visitors).joinedload(VisitParty.party),
        selectinload(Visit.items)
        .joinedload(VisitItem.petition)
        .options(joinedload(Petition.unit), joinedload(Petition.case)),
    )
