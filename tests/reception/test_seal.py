"""A denouncer has no name outside the seal: tables, pages, panel, audit, files and receipts are searched for one."""

import io
import logging
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select, text

from app.core.audit import AuditEntry
from app.core.db import db, unit_of_work
from app.core.text import fold
from app.organisation.models import Person
from complaints.models.petitions import Petition
from complaints.services.identity import Sender
from complaints.services.perform import perform
from reception.models import Visit, VisitParty
from reception.services.visits import record_visit, register_letter
from tests.conftest import as_owner
from tests.factories import World
from tests.reception.builders import ordinary_letter, ordinary_visit
from tests.reception.test_pages import PDF, typed

LoginAs = Callable[[Person], FlaskClient]
PLANTED = Sender("Đinh Thị Hoa Gạo", "999188007007", "0977007007", "Ngách 77 Hẻm Kín")
TRACES = ("Hoa Gạo", "hoa gao", "999188007007", "0977007007", "Hẻm Kín")
DENOUNCES: dict[str, Any] = {
    "kind": "denunciation",
    "summary": "Tố cáo hiệu trưởng thu các khoản ngoài quy định.",
    "visitors": (PLANTED,),
}


def everything_stored() -> str:
    """Return all rows of all tables as one text, also what only the owner may read."""
    with as_owner(db.session()):
        names = db.session.execute(
            text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        ).scalars()
        rows = [db.session.execute(text(f'SELECT t::text FROM "{name}" t')).scalars().all() for name in names]  # noqa: S608
    return "\n".join(row for table in rows for row in table)


def traces_in(content: str) -> list[str]:
    """Return what of the planted identity stands in a text, whatever its form."""
    folded = fold(content)
    return [trace for trace in TRACES if trace in content or fold(trace) in folded]


def pdf_text(content: bytes) -> str:
    """Return the words of a PDF."""
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


@pytest.fixture
def denunciation(world: World) -> Visit:
    """A denunciation handed in at the desk of Long Biên."""
    with unit_of_work():
        return record_visit(ordinary_visit(world, **DENOUNCES), actor=world.principal("tiepdan.lb"))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"kind": "mixed"},
        {"outcome": "guided", "directed_to": "Chủ tịch UBND thành phố"},
        {"outcome": "refused", "refusal_ground": "L9.2", "outcome_note": "Đã nhắc nội quy ba lần."},
    ],
)
@pytest.mark.law("R03", "I01", "I03")
def test_a_denouncer_at_the_desk_is_stored_nowhere_in_clear(world: World, changes: dict[str, Any]) -> None:
    with unit_of_work():
        visit = record_visit(
            ordinary_visit(world, **{**DENOUNCES, **changes}), actor=world.principal("tiepdan.lb")
        )
    assert visit.is_sealed and visit.people == []
    assert traces_in(everything_stored()) == []
    sealed = visit.petition.sealed_identity_id if visit.petition else visit.sealed_identity_id
    assert sealed is not None


def test_a_denouncing_letter_is_stored_nowhere_in_clear(world: World) -> None:
    new = ordinary_letter(
        world, kind="denunciation", senders=(PLANTED,), summary="Tố cáo thu tiền sai quy định."
    )
    with unit_of_work():
        register_letter(new, actor=world.principal("donthu.lb"))
    assert traces_in(everything_stored()) == []


@pytest.mark.parametrize("username", ["tiepdan.lb", "donthu.lb", "chutich.lb", "thanhtra"])
def test_no_page_of_the_desk_shows_a_denouncer(
    world: World, denunciation: Visit, login_as: LoginAs, username: str
) -> None:
    client = login_as(world.person(username))
    assert denunciation.petition is not None
    for page in (
        "/desk",
        "/desk/log-book",
        f"/desk/visits/{denunciation.id}",
        f"/desk/visits/{denunciation.id}/done",
    ):
        assert traces_in(client.get(page).text) == [], page
    for typed_in in (
        {"name": PLANTED.full_name},
        {"identity_number": PLANTED.identity_number},
        {"phone": PLANTED.phone},
    ):
        answer = client.post("/desk/earlier", data=typed_in)
        assert traces_in(answer.text) == [] and denunciation.number not in answer.text


def test_the_log_book_says_secret_in_place_of_the_name(
    world: World, denunciation: Visit, login_as: LoginAs
) -> None:
    page = login_as(world.person("tiepdan.lb")).get("/desk/log-book").text
    assert page.count("Người tố cáo (bí mật)") == 2  # columns 3 and 4


def test_only_the_officer_who_registered_names_the_giver_on_the_receipt(
    world: World, denunciation: Visit, login_as: LoginAs
) -> None:
    assert denunciation.petition is not None
    address = f"/desk/petitions/{denunciation.petition.id}/receipt.pdf"
    mine = login_as(world.person("tiepdan.lb")).get(address)
    assert PLANTED.full_name in pdf_text(mine.data)
    assert (
        mine.headers["Content-Disposition"]
        == f"inline; filename=bien-nhan-{denunciation.petition.tracking_code}.pdf"
    )
    opened = select(AuditEntry).where(AuditEntry.action == "identity.opened")
    assert len(db.session.execute(opened).scalars().all()) == 1


@pytest.mark.parametrize("username", ["donthu.lb", "chutich.lb"])
def test_anybody_elses_receipt_names_nobody(
    world: World, denunciation: Visit, login_as: LoginAs, username: str
) -> None:
    assert denunciation.petition is not None
    answer = login_as(world.person(username)).get(f"/desk/petitions/{denunciation.petition.id}/receipt.pdf")
    words = pdf_text(answer.data)
    assert "Người nộp đơn" in words and traces_in(words) == []
    # The code is set wide: what reads the paper back may see a blank between two letters.
    assert denunciation.petition.tracking_code in words.replace(" ", "")
    opened = select(AuditEntry).where(AuditEntry.action == "identity.opened")
    assert db.session.execute(opened).scalars().all() == []


def test_another_body_gets_no_receipt(world: World, denunciation: Visit, login_as: LoginAs) -> None:
    assert denunciation.petition is not None
    client = login_as(world.person("tiepdan.bd"))
    assert client.get(f"/desk/petitions/{denunciation.petition.id}/receipt.pdf").status_code == 404


def test_an_ordinary_receipt_lists_what_was_handed_over(world: World, login_as: LoginAs) -> None:
    client = login_as(world.person("tiepdan.lb"))
    papers = {"papers-0-title": "Quyết định thu hồi đất", "papers-0-pages": "4", "papers-0-is_original": "y"}
    client.post("/desk/visits/new", data=typed(world, **papers))
    petition = db.session.execute(select(Petition)).scalar_one()
    words = pdf_text(client.get(f"/desk/petitions/{petition.id}/receipt.pdf").data)
    assert petition.tracking_code in words.replace(" ", "")  # set wide
    for part in ("Lê Thị Sen", "Quyết định thu hồi đất", "bản chính"):
        assert part in words


def test_papers_of_a_denunciation_keep_neither_title_nor_file_name(
    world: World, login_as: LoginAs, caplog: Any
) -> None:
    client = login_as(world.person("tiepdan.lb"))
    data = typed(
        world,
        kind="denunciation",
        summary="Tố cáo thu tiền sai quy định.",
        **{
            "visitors-0-full_name": PLANTED.full_name,
            "papers-0-title": f"Đơn của {PLANTED.full_name}",
            "papers-0-file": (io.BytesIO(PDF), f"{PLANTED.full_name}.pdf"),
        },
    )
    with caplog.at_level(logging.DEBUG):
        answer = client.post("/desk/visits/new", data=data)
    assert answer.status_code == 302
    assert traces_in(everything_stored()) == [] and traces_in(caplog.text) == []
    assert db.session.execute(select(Petition)).scalar_one().attachments[0].title == "Tài liệu 1"


def test_a_visit_found_to_be_a_denunciation_later_is_sealed_with_its_petition(
    world: World, login_as: LoginAs
) -> None:
    with unit_of_work():
        new = ordinary_visit(world, kind="other", visitors=(PLANTED,), summary="Nội dung chưa rõ.")
        visit = record_visit(new, actor=world.principal("tiepdan.lb"))
    assert visit.petition is not None
    with unit_of_work():
        perform(
            visit.petition,
            "classify",
            actor=world.principal("donthu.lb"),
            data={"kind": "denunciation", "field": "education", "words": "Nội dung là tố cáo."},
        )
    assert visit.is_sealed and visit.people == []
    assert db.session.execute(select(VisitParty)).scalars().all() == []
    assert traces_in(everything_stored()) == []
    assert traces_in(login_as(world.person("tiepdan.lb")).get("/desk/log-book").text) == []
