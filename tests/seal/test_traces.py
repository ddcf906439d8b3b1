"""What becomes a denunciation later takes its traces along: the log book, found persons, file names, notices, mails."""

from sqlalchemy import LargeBinary, String, Text, cast, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from app.core.db import Base, unit_of_work
from complaints.models.petitions import Petition
from complaints.services.identity import Sender
from complaints.services.perform import perform
from complaints.services.registration import Paper
from reception.models import Visit
from reception.queries import earlier
from reception.services.visits import record_visit
from tests.access.test_planted_name import NAME, NUMBER, PHONE, SECRETS, STREET
from tests.conftest import as_owner
from tests.factories import World, build_petition
from tests.files.test_services import store
from tests.reception.builders import ordinary_visit


def clear_places(session: Session) -> set[str]:
    """Return the columns outside the seal that hold a planted word, and sealed ones that hold the name as bytes."""
    with as_owner(session):
        return _clear_places(session)


def _clear_places(session: Session) -> set[str]:
    found = set()
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, LargeBinary):
                values = session.execute(select(column).where(column.is_not(None))).scalars()
                if any(NAME.encode() in bytes(value) for value in values):
                    found.add(f"{table.name}.{column.name}")
            elif isinstance(column.type, (String, Text, JSONB)):
                words = func.lower(cast(column, Text))
                for secret in SECRETS:
                    if session.scalar(select(func.count()).where(words.contains(secret.lower()))):
                        found.add(f"{table.name}.{column.name}")
    return found


def test_a_paper_in_clear_with_its_file_leaves_no_trace_once_it_is_a_denunciation(
    world: World, session: Session
) -> None:
    """The person, the name of the file, the line of the paper, and what was told of it meanwhile."""
    petition = build_petition(
        world, senders=(Sender(NAME, NUMBER, PHONE, STREET),), respondent_level="commune_officer", field="construction",
        papers=(Paper(f"Đơn của {NAME}", file=store(world, f"{NAME}.pdf")),),
    )  # fmt: skip
    assert {"parties.full_name", "stored_files.name", "petition_attachments.title"} <= clear_places(session)
    officer = world.principal("donthu.lb")
    with unit_of_work():
        perform(petition, "classify", actor=officer, data={"kind": "denunciation", "field": "construction"})
        perform(petition, "open_case", actor=officer, data={"on": "16/11/2026"})
    assert clear_places(session) == set()


def test_a_visit_in_the_log_book_goes_with_its_petition(world: World, session: Session) -> None:
    """Columns 3 and 4 of the log book, and the search for earlier visits of the person."""
    officer, desk = world.principal("donthu.lb"), world.principal("tiepdan.lb")
    who = (Sender(NAME, NUMBER, PHONE, STREET),)
    with unit_of_work():
        refused = ordinary_visit(
            world,
            visitors=who,
            outcome="refused",
            refusal_ground="L9.3",
            outcome_note="Đã giải thích ba lần.",
        )
        visit = record_visit(refused, actor=desk)
    petition = build_petition(world, senders=who, respondent_level="commune_officer", field="construction")
    with unit_of_work():
        session.get_one(Visit, visit.id).petition = session.get_one(Petition, petition.id)
    assert earlier(desk, identity_number=NUMBER).visits
    with unit_of_work():
        perform(petition, "classify", actor=officer, data={"kind": "denunciation", "field": "construction"})
    assert not earlier(desk, identity_number=NUMBER).visits
    assert not earlier(desk, name=NAME).visits and not earlier(desk, phone=PHONE).petitions
    session.expire_all()
    assert session.get_one(Visit, visit.id).is_sealed
    assert clear_places(session) == set()
