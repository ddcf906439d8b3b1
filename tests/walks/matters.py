"""Petitions and cases that are walked on the real services: how they begin, who acts, what may not change unseen."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from random import Random
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from app.core.clock import today
from app.core.db import db, unit_of_work
from app.core.permissions import Permission, Principal
from app.organisation.models import Membership, Person, Unit
from complaints.codes import CaseKind, PetitionKind, Source
from complaints.models.cases import Case
from complaints.models.clocks import Clock, ClockEventRow
from complaints.models.history import HistoryEntry
from complaints.models.petitions import Petition
from complaints.queries.parties import staying_in
from complaints.services.assignment import assign
from complaints.services.facts import Subject, facts_of, relevant_clocks, workflow_of
from complaints.services.identity import Sender
from complaints.services.perform import approve, classify_on_registration, perform, propose, send_back
from complaints.workflow.base import Facts, FieldKind, FieldSpec, Transition, Workflow
from complaints.workflow.catalogue import case_workflow
from tests.factories import World, build_petition

LIVE = ("running", "paused")
HEAD, ABOVE = "chutich.lb", "chutich.hn"
OFFICE, OFFICE_HEAD = "BTCD", "truongban"  # a reception office, which sends petitions on
STRANGERS = (
    "tiepdan.lb",
    "chutich.bd",
    "donthu.bd",
    "quantri",
    "truongphong.bd",
)  # none may move a thing of Long Biên
RECIPES: Mapping[str, tuple[str, bool, bool]] = {  # of which kind, a second complaint, about discipline
    case_workflow(kind, "second" if second else "first", about).name: (kind, second, about)
    for kind, second, about in (
        *((kind.value, False, False) for kind in CaseKind),
        ("complaint", True, False), ("complaint", False, True), ("complaint", True, True), ("denunciation", True, False),
    )
}  # fmt: skip


def fresh() -> None:
    """Have everything that a walk moves read again from the database; units and people stand still."""
    for thing in list(db.session):
        if not isinstance(thing, (Unit, Person, Membership)):
            db.session.expire(thing)


class Matter:
    """A petition or case in the database, with the lines of history and the clocks seen so far."""

    def __init__(self, world: World, subject: Subject) -> None:
        self.world, self.subject = world, subject
        self.office = isinstance(subject, Petition) and subject.unit_id == world.unit(OFFICE).id
        clerk = "donthu.hn" if self.office else "donthu.lb"
        self.head, self.preparer = (
            OFFICE_HEAD if self.office else HEAD,
            clerk if isinstance(subject, Petition) else "thuly.lb",
        )

    @property
    def workflow(self) -> Workflow:
        """Return the table that moves it."""
        return workflow_of(self.subject)

    @property
    def state(self) -> str:
        """Return where it is."""
        return self.subject.state

    @property
    def received(self) -> date:
        """Return the day on which it came in."""
        return self.subject.received_on

    def facts(self) -> Facts:
        """Return what the guards know of it today."""
        return facts_of(self.subject)

    def actor(self, row: Transition) -> Principal:
        """Return who may take a row: the head; a review is for the head of the body above."""
        return self.world.principal(ABOVE if row.permission is Permission.CASE_REVIEW else self.head)

    def act(self, row: Transition, typed: Mapping[str, Any], version: int | None = None) -> None:
        """Take a row as who may."""
        with unit_of_work():
            perform(self.subject, row.action, actor=self.actor(row), data=typed, version=version)

    def prepare(self, row: Transition, typed: Mapping[str, Any]) -> None:
        """Prepare a row for the head."""
        with unit_of_work():
            propose(self.subject, row.action, actor=self.world.principal(self.preparer), data=typed)

    def approve(self) -> None:
        """Approve what was prepared."""
        with unit_of_work():
            approve(self.subject, actor=self.world.principal(self.head), basis_checked=True)

    def send_back(self) -> None:
        """Send back what was prepared."""
        with unit_of_work():
            send_back(self.subject, actor=self.world.principal(self.head), reason="Bổ sung hồ sơ.")

    def attempts(self, who: str, action: str, typed: Mapping[str, Any]) -> Sequence[Any]:
        """Return the ways in which somebody may try an action: at once, prepared for the head."""
        actor = self.world.principal(who)
        return [lambda: perform(self.subject, action, actor=actor, data=typed),
                lambda: propose(self.subject, action, actor=actor, data=typed)]  # fmt: skip

    def urls(self, action: str) -> Sequence[str]:
        """Return the routes that could take an action: the step's own, and the head's word on what was prepared."""
        top = f"/{'petitions' if isinstance(self.subject, Petition) else 'cases'}/{self.subject.id}"
        answers = [] if self.subject.pending_action else [f"{top}/approve", f"{top}/send-back"]
        return [f"{top}/do/{action}", *answers]

    def mark(self) -> tuple[Any, ...]:
        """Return what a refusal may not change: state, version, lines, the events and dates of all clocks."""
        fresh()
        lines = db.session.scalar(select(func.max(HistoryEntry.id)))
        events = db.session.scalar(select(func.max(ClockEventRow.id)))
        subject = self.subject
        return (
            subject.state,
            subject.version,
            subject.is_open,
            subject.next_due_on,
            subject.pending_action,
            lines,
            events,
        )

    def lines(self, after: int) -> Sequence[HistoryEntry]:
        """Return the lines of its history behind one."""
        mine = HistoryEntry.petition_id if isinstance(self.subject, Petition) else HistoryEntry.case_id
        wanted = select(HistoryEntry).where(mine == self.subject.id, HistoryEntry.id > after)
        return db.session.scalars(wanted.order_by(HistoryEntry.id)).all()

    def clocks(self) -> list[Clock]:
        """Return the clocks that bear on it with their events, those set beside the law left out."""
        found = relevant_clocks(self.subject)
        events = selectinload(Clock.events)
        wanted = select(Clock).where(Clock.id.in_([c.id for c in found])).options(events)
        db.session.scalars(wanted.execution_options(populate_existing=True)).all()
        return [c for c in found if c.beside_id is None]

    def live(self) -> Counter[str]:
        """Return how many clocks of each code run or rest."""
        return count(self.clocks())

    def petitions(self) -> Sequence[Petition]:
        """Return the petitions of a case."""
        if isinstance(self.subject, Petition):
            return [self.subject]
        return db.session.scalars(select(Petition).where(Petition.case_id == self.subject.id)).all()

    def offer(self, field: FieldSpec) -> Any:
        """Return what a field may name: a person, a unit, a case to join, an earlier petition, those who withdraw."""
        if field.kind is FieldKind.PERSON:
            return self.world.person("thuly.lb").id
        if field.kind is FieldKind.UNIT:
            return self.world.unit("LB-KT").id
        if field.kind is FieldKind.PARTIES:
            return [id_ for id_, _name in staying_in(self.subject.id)][:1]
        if field.name == "first_case_id":
            return None
        if field.kind is FieldKind.CASE:
            return self._case_to_join()
        return self._earlier_petition() if field.kind is FieldKind.PETITION else None

    def _case_to_join(self) -> int | None:
        kind = self.subject.kind
        if kind not in set(CaseKind):
            return None
        unit = self.world.unit("LB").id
        known = select(Case.id).where(Case.kind == kind, Case.is_open, Case.unit_id == unit)
        found = db.session.scalar(known.order_by(Case.id.desc()).limit(1))
        return found or new_case(self.world, case_workflow(kind).name, Random(1)).subject.id  # noqa: S311

    def _earlier_petition(self) -> int | None:
        subject = self.subject
        wanted = select(Petition.id).where(
            Petition.kind == subject.kind,
            Petition.state == "stored",
            Petition.received_on <= subject.received_on,
        )
        found = db.session.scalar(wanted.limit(1))
        if found is not None or subject.kind is None:
            return found
        earlier = build_petition(self.world, kind=subject.kind, received_on=subject.received_on)
        with unit_of_work():
            data = {"on": today(), "ground": "no_signature", "words": "Thiếu.", "basis_checked": True}
            perform(earlier, "store", actor=self.world.principal(HEAD), data=data)
        return earlier.id


def count(clocks: Iterable[Clock]) -> Counter[str]:
    """Return how many of some clocks run or rest, by code."""
    return Counter(c.code for c in clocks if c.state in LIVE and c.beside_id is None)


def new_petition(world: World, rng: Random, kind: str | None, **changes: Any) -> Petition:
    """Register a petition of any source and size; None: not yet sorted."""
    source = rng.choice(list(Source)).value
    if kind == "denunciation" and source in (Source.ONLINE, Source.PHONE):
        source = Source.POST.value
    signers = rng.choice((1, 1, 2, 4))
    names = ("Nguyễn Văn Thử", "Trần Thị Kiểm")[: min(signers, 2)]
    values: dict[str, Any] = {
        "kind": kind, "source": source, "in_person": source == Source.IN_PERSON, "signer_count": signers,
        "senders": tuple(Sender(n, f"00109000000{i}", f"091234567{i}", "Long Biên") for i, n in enumerate(names)),
        "representatives_appointed": rng.random() < 0.85, "letter_date": today(),
    }  # fmt: skip
    return build_petition(world, **{**values, **changes})


def any_petition(world: World, rng: Random, *, office: bool = False, referred: bool = False) -> Matter:
    """Register a petition of any kind, sorted at once or not.

    `office`: at a reception office and not at a commune; `referred`: sent on by somebody who is owed the result (R10).
    """
    kinds = [kind.value for kind in PetitionKind]
    kind = rng.choice(["complaint", "denunciation"] if referred else [None, *kinds])
    where: dict[str, Any] = {"unit": OFFICE, "by": "donthu.hn"} if office else {}
    if referred:
        where["source"] = rng.choice([Source.FORWARDED_DEPUTY, Source.FORWARDED_RECEPTION]).value
    return Matter(
        world, new_petition(world, rng, kind, anonymous=rng.random() < 0.15 and not referred, **where)
    )


def new_case(world: World, flow: str, rng: Random) -> Matter:
    """Open a case that a table moves, through the desk, and mostly give it to somebody."""
    kind, second, about_discipline = RECIPES[flow]
    petition = new_petition(world, rng, kind)
    with unit_of_work():
        petition.instance = "second" if second else "first"
        petition.disciplinary = about_discipline
        petition.dismissal = about_discipline and rng.random() < 0.4
        if about_discipline and petition.source in (Source.ONLINE, Source.PHONE):
            petition.source = Source.POST.value
        db.session.flush()  # a step reads its matter from the database first
        words = "Sở X, số 1/QĐ ngày 02/06/2026." if second else None
        opening = ("open_continued" if kind == "denunciation" else "open_second") if second else "open_case"
        if opening == "open_continued":
            claim = {"kind": kind, "field": "land", "instance": "second", "overdue_claim": rng.random() < 0.5}
            perform(petition, "classify", actor=world.principal("donthu.lb"), data=claim)
        perform(petition, opening, actor=world.principal("donthu.lb"),
                data={"on": today(), "first_decision": words, "basis_checked": True})  # fmt: skip
        case = petition.case
        assert case is not None
        if rng.random() < 0.9:
            give(world, case)
    matter = Matter(world, case)
    assert matter.workflow.name == flow
    return matter


def give(world: World, case: Case) -> None:
    """Give a case to a handler, in the open unit of work."""
    assign(
        case,
        unit_id=world.unit("LB-KT").id,
        handler_id=world.person("thuly.lb").id,
        actor=world.principal(HEAD),
    )


def join_another(world: World, case: Case, rng: Random) -> Petition:
    """Join one more petition on the same content to a case."""
    petition = new_petition(world, rng, case.kind)
    with unit_of_work():
        perform(petition, "join_case", actor=world.principal("donthu.lb"),
                data={"case_id": case.id, "basis_checked": True})  # fmt: skip
    return petition


def complain_above(world: World, case: Case) -> None:
    """Send a second complaint against a first case to the city, which opens it; the first case follows."""
    clerk = world.principal("donthu.hn")
    letter = build_petition(
        world, by="donthu.hn", unit="BTCD", received_on=today(), kind="complaint", letter_date=today()
    )
    with unit_of_work():
        data = {"kind": "complaint", "field": "land", "instance": "second", "respondent_level": "commune_chair",
                "disciplinary": case.disciplinary, "dismissal": case.dismissal}  # fmt: skip
        classify_on_registration(letter, actor=clerk, data=data)
        perform(letter, "open_second", actor=clerk,
                data={"on": today(), "first_case_id": case.id, "basis_checked": True})  # fmt: skip
