"""What the tests of this folder build and read: overdue petitions, escalations, notices, a mail server that obeys."""

import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from sqlalchemy import func, select

from app.core.db import db, unit_of_work
from complaints.models.cases import Case
from complaints.models.clocks import Clock, Escalation, EscalationTold
from complaints.models.history import HistoryEntry
from complaints.models.petitions import Petition
from complaints.services.assignment import assign
from complaints.services.escalation import preview_alerts
from complaints.services.perform import perform
from notifications.models import Notice, OutboundMessage
from tests.conftest import TODAY
from tests.factories import World, build_petition

Key = tuple[int, str, date]


def petitions(world: World, number: int, received_on: date = TODAY) -> list[Petition]:
    """Register complaints that nobody then touches."""
    return [build_petition(world, kind="complaint", received_on=received_on) for _ in range(number)]


def case_of(world: World, petition: Petition) -> Case:
    """Open a case from a petition, by the petition officer."""
    with unit_of_work():
        perform(petition, "open_case", actor=world.principal("donthu.lb"), data={"on": TODAY})
    assert petition.case is not None
    return petition.case


def assigned_case(world: World, handler: str = "thuly.lb") -> Case:
    """Open a case and give it to a division and a handler, by the chair."""
    case = case_of(world, build_petition(world, kind="complaint"))
    with unit_of_work():
        assign(case, unit_id=world.unit("LB-KT").id, handler_id=world.person(handler).id,
               actor=world.principal("chutich.lb"))  # fmt: skip
    return case


def raised() -> list[Key]:
    """Return what stands in the table of escalations."""
    rows = db.session.execute(select(Escalation.clock_id, Escalation.rung, Escalation.due_on))
    return [(clock, rung, due_on) for clock, rung, due_on in rows]


def foretold(day: date) -> set[Key]:
    """Return what a rehearsal says a sweep on a day would raise."""
    return {(row.clock_id, row.rung.key, row.due_on) for row in preview_alerts(day)}


def alert_notices() -> list[Notice]:
    """Return the notices of alerts, oldest first."""
    return list(db.session.scalars(select(Notice).where(Notice.kind == "alerts").order_by(Notice.id)))


def counts() -> dict[int, int]:
    """Return how many deadlines each person's notices of alerts count."""
    found: Counter[int] = Counter()
    for notice in alert_notices():
        found[notice.person_id] += notice.facts["count"]
    return dict(found)


def deadlines_told() -> dict[int, int]:
    """Return on how many deadlines each person is to be told, from the truth: escalation_told."""
    statement = (
        select(EscalationTold.person_id, func.count(Escalation.clock_id.distinct()))
        .join(Escalation, Escalation.id == EscalationTold.escalation_id)
        .group_by(EscalationTold.person_id)
    )
    return {person: number for person, number in db.session.execute(statement)}


def heard(clock: Clock, world: World) -> dict[str, dict[str, str]]:
    """Return who heard of each rung of a clock, as what, by user name."""
    people = {person.id: name for name, person in world.people.items()}
    rows = db.session.scalars(select(Escalation).where(Escalation.clock_id == clock.id))
    return {row.rung: {people[told.person_id]: told.level for told in row.told} for row in rows}


def clock_of(code: str) -> Clock:
    """Return the only clock of a code."""
    return db.session.scalars(select(Clock).where(Clock.code == code)).one()


def check_once(expected: set[Key]) -> None:
    """Assert that each alert stands once with one line of history, and each person has one notice and one mail of all."""
    db.session.rollback()
    found = raised()
    assert len(found) == len(set(found))
    assert set(found) == expected
    lines = select(func.count()).where(HistoryEntry.act == "escalated")
    assert db.session.execute(lines).scalar_one() == len(expected)
    untold = select(func.count()).where(EscalationTold.told_at.is_(None))
    assert db.session.execute(untold).scalar_one() == 0
    assert counts() == deadlines_told()
    assert len(alert_notices()) == len(counts())
    mails = list(db.session.scalars(select(OutboundMessage)))
    assert {mail.person_id: mail.facts["count"] for mail in mails} == counts()
    assert len(mails) == len(counts())


@dataclass
class Mailbox:
    """A real SMTP server on loopback that keeps what it takes, and refuses when told to."""

    port: int
    letters: list[EmailMessage] = field(default_factory=list)
    refuse: bool = False
    on_data: Any = None  # called before the answer to a letter

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Take a letter, or refuse it for now."""
        if self.refuse:
            return "451 try again later"
        letter = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        if self.on_data is not None:
            self.on_data()
        return "250 OK"


@contextmanager
def mail_server() -> Iterator[Mailbox]:
    """Run a mail server on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    mailbox = Mailbox(port)
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()


def words_of(letter: EmailMessage) -> str:
    """Return everything that a letter says: headers, plain part, HTML part."""
    parts = [part.get_content() for part in letter.walk() if part.get_content_maintype() == "text"]
    return "\n".join([*(str(value) for value in letter.values()), *parts])
