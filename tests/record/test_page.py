"""The inspector's page: who looked at a case and why, by person and day, in both languages."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from app.core import audit
from app.core.audit import audit_keys
from app.core.audit_seals import seal_all
from app.core.clock import at_local, frozen
from app.core.db import db, unit_of_work
from app.organisation.models import Person
from complaints.models.cases import Case
from complaints.services.assignment import assign
from complaints.services.perform import perform
from complaints.workflow import catalogue
from reception.record import PAGE_LINES, RecordFilter, What, record_of
from reception.services.visits import record_visit
from reception.views.record import ACT_WORDS
from tests.architecture.source import modules
from tests.conftest import PASSWORD, TODAY
from tests.factories import World
from tests.reception.builders import ordinary_visit
from tests.record.trail import tamper

LoginAs = Callable[[Person], FlaskClient]


@pytest.fixture
def case(world: World) -> Case:
    """A complaint handed in at the desk, with its case, assigned to its handler."""
    with unit_of_work():
        visit = record_visit(ordinary_visit(world), actor=world.principal("tiepdan.lb"))
        petition = visit.petition
        assert petition is not None
        perform(petition, "open_case", actor=world.principal("donthu.lb"), data={"on": "16/11/2026"})
        assert petition.case is not None
        assign(petition.case, unit_id=world.unit("LB-KT").id, handler_id=world.person("thuly.lb").id,
               actor=world.principal("chutich.lb"))  # fmt: skip
    return petition.case


def look(client: FlaskClient, person: Person, *paths: str) -> None:
    """Sign in, open pages, sign out."""
    client.post("/sign-in", data={"username": person.username, "password": PASSWORD})
    for path in paths:
        client.get(path)
    client.post("/sign-out")


def test_the_page_says_who_looked_as_what_and_what_they_did(
    world: World, client: FlaskClient, login_as: LoginAs, case: Case
) -> None:
    look(client, world.person("thuly.lb"), f"/cases/{case.id}")
    look(client, world.person("chutich.hn"), f"/cases/{case.id}")
    look(client, world.person("thuly.bd"), f"/cases/{case.id}")  # has nothing to do with it
    page = login_as(world.person("thanhtra")).get(f"/cases/{case.id}/record").text
    for words in (
        "Cán bộ Thụ lý LB", "đang thụ lý vụ việc", "Người thụ lý, xác minh", "Chủ tịch thành phố",
        "Người đứng đầu cơ quan, UBND thành phố Hà Nội", "Cán bộ Thụ lý BD", "Tìm cách mở trang", "Bị từ chối",
        "Đã làm", "Giao việc", "Ghi lượt tiếp", "127.0.0.1", "phiên ", "chờ niêm phong",
    ):  # fmt: skip
        assert words in page, words
    handlers = [row for row in page.split("<tr>") if "Cán bộ Thụ lý BD" in row]
    assert all("đang thụ lý" not in row for row in handlers)


def test_the_lines_are_narrowed_by_person_day_and_kind(world: World, client: FlaskClient, case: Case) -> None:
    look(client, world.person("thuly.lb"), f"/cases/{case.id}")
    with frozen(TODAY + timedelta(days=1)):
        look(client, world.person("thuly.lb"), f"/cases/{case.id}")
        look(client, world.person("chutich.lb"), f"/cases/{case.id}")
    handler = world.person("thuly.lb").id

    def lines(**wanted: object) -> list[tuple[int | None, str]]:
        found = record_of(case, RecordFilter(**wanted)).lines.items  # type: ignore[arg-type]
        return [(line.entry.actor_id, line.what.value) for line in found]

    assert lines(person_id=handler) == [(handler, "looked")] * 2
    assert lines(person_id=handler, day=TODAY) == [(handler, "looked")]
    assert {who for who, _what in lines(day=TODAY + timedelta(days=1))} == {
        handler,
        world.person("chutich.lb").id,
    }
    assert {what for _who, what in lines(what=What.LOOKED)} == {"looked"}
    assert {what for _who, what in lines(what=What.DID)} == {"did"}
    assert lines(what=What.REFUSED) == []
    assert lines(day=TODAY - timedelta(days=1)) == []
    everything = lines()
    assert len(everything) == len(lines(what=What.LOOKED)) + len(lines(what=What.DID))


def test_the_day_begins_and_ends_in_hanoi(world: World, case: Case) -> None:
    midnight = at_local(TODAY + timedelta(days=1)).replace(hour=17, minute=0) - timedelta(days=1)
    for moment in (midnight - timedelta(microseconds=1), midnight):
        with frozen(moment), unit_of_work():
            audit.record("case.viewed", actor=world.principal("chutich.hn"), subject=("case", case.id))
    mine = world.person("chutich.hn").id
    for days in (0, 1):
        found = record_of(case, RecordFilter(person_id=mine, day=TODAY + timedelta(days=days)))
        assert len(found.lines.items) == 1, days


def test_a_day_that_is_none_is_said_beside_the_field_and_kept(
    world: World, login_as: LoginAs, case: Case
) -> None:
    client = login_as(world.person("thanhtra"))
    answer = client.get(f"/cases/{case.id}/record?day=32/13/2026&what=looked&person=abc&cursor=x")
    assert answer.status_code == 422
    assert 'value="32/13/2026"' in answer.text
    assert 'aria-describedby="day-error"' in answer.text
    assert client.get(f"/cases/{case.id}/record?what=nonsense&person=-1").status_code == 200


def test_many_lines_are_paged_and_seals_are_told(world: World, login_as: LoginAs, case: Case) -> None:
    actor = world.principal("chutich.lb")
    with unit_of_work():
        for _ in range(2 * PAGE_LINES):
            audit.record("case.viewed", actor=actor, subject=("case", case.id))
    seal_all()
    anchor = audit_keys().anchor
    assert anchor is not None
    anchor.unlink()
    first = record_of(case, RecordFilter())
    assert (len(first.lines.items), first.waiting) == (PAGE_LINES, 0)
    second = record_of(case, RecordFilter(cursor=first.lines.next_cursor))
    assert first.lines.items[-1].entry.id > second.lines.items[0].entry.id
    client = login_as(world.person("thanhtra"))
    page = client.get(f"/cases/{case.id}/record").text
    assert "chờ niêm phong" not in page
    assert "Trang sau" in page
    page = client.get(f"/cases/{case.id}/record?what=looked").text
    assert "1 dòng ở trang này chờ niêm phong." in page  # the first opening of this very page
    assert f"/cases/{case.id}/record?what=looked&amp;cursor=" in page


def test_the_empty_page_says_what_will_stand_there(world: World, login_as: LoginAs, case: Case) -> None:
    client = login_as(world.person("thanhtra"))
    page = client.get(f"/cases/{case.id}/record?day=01/01/2020").text
    assert "Không có dòng nào như vậy" in page
    assert "Bỏ lọc" in page
    tamper("DELETE FROM audit_entries")  # a case that was taken over from elsewhere
    page = client.get(f"/cases/{case.id}/record").text
    assert "Chưa ai xem vụ việc này" in page
    assert "Bỏ lọc" not in page


def test_the_page_speaks_english(world: World, login_as: LoginAs, case: Case) -> None:
    client = login_as(world.person("thanhtra"))
    client.post("/locale", data={"locale": "en"})
    client.get(f"/cases/{case.id}/record")
    page = client.get(f"/cases/{case.id}/record").text
    for words in (
        "Who looked at case",
        "As what",
        "Inspector",
        "this page",
        "Assign",
        "waits for its seal",
        "From where",
    ):
        assert words in page, words
    for words in ("Ai đã xem", "Thanh tra, theo dõi", "trang này", "chờ niêm phong"):
        assert words not in page, words


def test_the_case_page_leads_there_only_whom_it_may_show_it_to(
    world: World, client: FlaskClient, case: Case
) -> None:
    for username, may in (
        ("thanhtra", True),
        ("chutich.lb", True),
        ("thuly.lb", False),
        ("chutich.hn", False),
    ):
        client.post("/sign-in", data={"username": username, "password": PASSWORD})
        page = client.get(f"/cases/{case.id}").text
        assert (f"/cases/{case.id}/record" in page) is may, username
        client.post("/sign-out")


def test_the_page_costs_the_same_number_of_queries_however_many_lines(
    world: World, case: Case, count_queries: list[str]
) -> None:
    actor, costs = world.principal("chutich.lb"), []
    for _ in range(2):
        with unit_of_work():
            for _ in range(20):
                audit.record(
                    "case.viewed", actor=actor, subject=("case", case.id), detail={"as": ["leader@1"]}
                )
        db.session.expire_all()
        _ = case.id
        count_queries.clear()
        record_of(case, RecordFilter())
        costs.append(len(count_queries))
    assert costs[0] == costs[1]


def test_every_act_that_stands_on_the_page_has_words() -> None:
    """Whatever the code records of what belongs to a case is worded, by the page or by a workflow."""
    steps = {t.action for w in (*catalogue.ALL, *catalogue.PARALLEL) for t in w.transitions}
    kinds = "case|petition|visit|clock|identity|protection|receipt|access"
    recorded = re.compile(rf'audit\.record\(\s*"((?:{kinds})\.\w+)"')
    found = {action for module in modules() for action in recorded.findall(module.text)}
    assert len(found) > 10
    found |= {f"{kind}.{act}" for kind in ("extract", "picture") for act in ("confirmed", "released")}
    found |= {"extract.opened", "extract.saved", "picture.masked"}
    for action in found - {"identity.sealed"}:  # about the sealed identity, before there is a case
        assert action in ACT_WORDS or action.partition(".")[2] in steps, action
