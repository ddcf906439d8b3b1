"""Every id that a form or a filter carries, tried with somebody else's: an id one may not see is a wrong id, no more.

`tests/access/ids.py` finds the fields; a new one without a row here fails. A row says who fills in which form, and with
which ids of others: the answer is the same as with an id that nothing has, beside the field, and nothing is written.
"""

import html
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from difflib import unified_diff
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app.core.clock import today
from app.core.db import db, unit_of_work
from app.core.permissions import Role
from complaints.models.cases import Case
from complaints.models.petitions import Petition, PetitionParty
from complaints.services.assignment import assign
from complaints.services.identity import Sender
from complaints.services.perform import perform
from complaints.services.succession import NewSuccession, enter_succession
from reception.services.visits import record_visit
from tests.access import ids
from tests.access.test_every_route import objects, sign_in  # noqa: F401 - a fixture
from tests.complaints.test_complaint_second import decided, first_case, second_petition
from tests.conftest import PASSWORD
from tests.factories import World, build_person, build_petition
from tests.reception.builders import ordinary_visit
from tests.security.forms import read
from tests.security.writes import Writes, written

NOBODYS = ("987654321", "2147483648", "9" * 30, "-5")  # what no record has, is or could be
_ERROR = re.compile('error">([^<]+)')
RUBBISH = ("không-có", "1e9", "[]")


@dataclass(frozen=True)
class Row:
    """A form with an id: on which page who finds it, what else to fill in, a good id, and the ids of others."""

    page: str
    who: str
    name: str
    others: tuple[str, ...] = ()  # keys of the fixture `known`
    good: str | None = None  # a key too; None: the form is not sent with a good one
    more: Mapping[str, str | None] = field(default_factory=dict)
    action: str = ""  # where the form goes when that is not its page


_PAPER = {"own": "no", "reason": "Không thuộc thẩm quyền của phường."}
_SECOND = {"basis_checked": "y", "words": "Không đồng ý.", "first_decision": ""}
_PERSON = {
    "full_name": "Người Mới",
    "username": "nguoi.moi",
    "valid_from": "16/11/2026",
    "role": "handler",
    "invite": None,
    "email": "",
    "valid_to": "",
}
_UNIT = {"kind": "division", "name": "Phòng Mới", "short_name": "Phòng Mới", "code": "PM", "valid_from": "16/11/2026"}  # fmt: skip
_RULE = {
    "code": "KN_ACCEPT", "number": "4", "days": "wd", "layer": "internal", "valid_from": "16/11/2026",
    "valid_to": "", "reason": "Sớm hơn", "source": "KH 2",
}  # fmt: skip
_ROW = {
    "old_body": "UBND quận Gia Lâm", "old_unit_id": "0", "valid_from": "01/07/2025", "kind": "", "field": "",
    "legal_basis": "BB 2/2025",
}  # fmt: skip
_LETTER = {
    "source": "post", "received_on": "16/11/2026", "senders-0-full_name": "Trần Văn Bàng", "kind": "complaint",
    "summary": "Khiếu nại quyết định xử phạt.", "field": "construction", "respondent_level": "", "anonymous": None,
    "add": None, "remove": None, "find": None, "senders-0-is_representative": None, "papers-0-is_original": None,
}  # fmt: skip
_VISIT = {
    "received_on": "16/11/2026", "visitors-0-full_name": "Trần Văn Bàng", "kind": "complaint", "outcome": "taken_in",
    "summary": "Khiếu nại quyết định xử phạt.", "field": "construction", "respondent_level": "", "people_count": "1",
    "papers_not_shown": "y", "representatives_appointed": None, "visitors-0-is_representative": None,
    "papers-0-is_original": None, "add": None, "remove": None, "find": None, "refusal_ground": "",
    "visitors-0-address": "Long Biên",
}  # fmt: skip
_SESSION = {"kind": "complaint", "summary": "Buổi tiếp.", "people_count": "2", "points": "UBND phường Bồ Đề",
            "protection_requested": None}  # fmt: skip
_STEP = {"basis_checked": "y", "words": "Lý do."}

ROWS: dict[str, Row] = {
    "AssignForm.unit_id": Row("/cases/{case}/assign", "chutich.lb", "unit_id", ("BD-KT", "BD", "HN"), "LB-KT", {"handler_id": "0"}),
    "AssignForm.handler_id": Row("/cases/{case}/assign", "chutich.lb", "handler_id", ("thuly.bd", "quantri", "tiepdan.lb"), "thuly.lb",
                                 {"unit_id": "LB-KT"}),
    "CompetenceForm.unit_id": Row("/petitions/{paper}", "chutich.lb", "unit_id", ("LB-KT", "BD-KT"), "BD", _PAPER,
                                  "/petitions/{paper}/competence"),
    "DenouncedForm.unit_id": Row("/cases/{case}/conflicts", "chutich.lb", "unit_id", ("BD-KT",), "BD", {"name": ""},
                                 "/cases/{case}/conflicts/denounced"),
    "GrantForm.person_id": Row("/petitions/{petition}", "chutich.lb", "person_id", ("thuly.bd", "quantri", "thanhtra", "tiepdan.lb"), "thuly.lb",
                               {"days": "3", "purpose": "meeting", "reason": "Làm việc trực tiếp", "download": None}, "/petitions/{petition}/identity/grants"),
    "HandOverForm.succession_id": Row("/petitions/{paper}/hand-over", "chutich.lb", "succession_id", ("succession",), "to_bd",
                                      {"minutes": "BB 3", "on": "16/11/2026", "words": ""}),
    "LocalRuleForm.unit_id": Row("/admin/rules/", "quantri.bd", "unit_id", ("LB", "HN", "LB-KT"), "BD", _RULE),
    "MatterForm.unit_id": Row("/desk/letters/new", "donthu.lb", "unit_id", ("BD", "HN", "LB-KT"), "LB", _LETTER),
    "MatterForm.respondent_unit_id": Row("/desk/letters/new", "donthu.lb", "respondent_unit_id", ("BD-KT",), "BD", _LETTER),
    "VisitForm.same_matter_id": Row("/desk/visits/new", "tiepdan.lb", "same_matter_id", ("visit_bd",), "visit", _VISIT),
    "OnlineSessionForm.unit_id": Row("/online/new", "tiepdan.lb", "unit_id", ("BD", "HN", "LB-KT"), "LB", _SESSION),
    # An administrator sees every unit: only what there is not, or what may not hold it, is wrong.
    "RoleForm.unit_id": Row("/admin/people/new", "quantri", "unit_id", (), "LB", _PERSON),
    "UnitForm.parent_id": Row("/admin/units/new", "quantri", "parent_id", (), "LB", {**_UNIT, "advisory_unit_id": "0"}),
    "UnitForm.advisory_unit_id": Row("/admin/units/{LB}", "quantri", "advisory_unit_id", ("BD-VP", "HN"), "LB-KT", {"remote_area": None}),
    "SuccessionForm.new_unit_id": Row("/admin/successions/", "quantri", "new_unit_id", ("LB-KT",), "BD", _ROW),
    "SuccessionForm.old_unit_id": Row("/admin/successions/", "quantri", "old_unit_id", (), "SXD", {**_ROW, "new_unit_id": "BD"}),
    "intake.join_case.case_id": Row("/petitions/{paper}/do/join_case", "donthu.lb", "case_id", ("case_bd", "shut"), "case_lb", _STEP),
    "intake.link.petition_id": Row("/petitions/{paper}/do/link", "chutich.lb", "petition_id", ("stored_bd", "stored_shut", "paper_bd"), "stored",
                                   _STEP),
    "intake.open_second.first_case_id": Row("/petitions/{second}/do/open_second", "donthu.hn", "first_case_id", ("decided_shut",), "decided",
                                            _SECOND),
    "intake.open_continued.first_case_id": Row("/petitions/{continued}/do/open_continued", "donthu.hn", "first_case_id", ("case",), None,
                                               _SECOND),
    "complaint.withdraw_some.parties": Row("/cases/{case_lb}/do/withdraw_some", "thuly.lb", "parties", ("party_bd",), "party",
                                           {**_STEP, "form": "letter", "others": ""}),
}  # fmt: skip
# The same field by the same service in other tables.
LIKE = {
    **{f"{table}.withdraw_some.parties": "complaint.withdraw_some.parties" for table in ("complaint_second", "discipline", "discipline_second")},
}  # fmt: skip


@dataclass(frozen=True)
class Filter:
    """An id in an address: what one may not see narrows to the same nothing as an id that nothing has."""

    path: str
    who: str
    name: str
    others: tuple[str, ...] = ()


FILTERS: dict[str, Filter] = {
    "LogBookForm.unit_id": Filter("/desk/log-book", "tiepdan.lb", "unit", ("BD", "HN")),
    "PeopleFilterForm.unit": Filter("/admin/people", "quantri", "unit"),
    "admin.args.parent": Filter("/admin/units/new", "quantri", "parent"),
    "admin.args.unit": Filter("/admin/people/new", "quantri", "unit"),
    "calendar.args.unit": Filter("/calendar/", "chutich.lb", "unit", ("BD", "SXD")),
    "petitions.args.unit": Filter("/petitions/", "chutich.lb", "unit", ("BD", "HN", "BD-KT")),
    "record.args.person": Filter("/cases/{case}/record", "chutich.lb", "person", ("thuly.bd", "quantri")),
    "supervision.args.unit": Filter("/supervision/", "chutich.lb", "unit", ("BD", "HN")),
}
NO_IDS = {"calendar.args.year", "rehearsal.form.page"}  # numbers that name nothing
ALSO = {"desk.form.unit_id"}  # in the test below: a POST that answers with a fragment and writes nothing
BY_HAND = {"_earlier: same_matter_id", "unit: advisory_unit_id"}  # inputs of the forms above


def test_every_field_with_an_id_has_its_row(app: Flask) -> None:
    """A new form with an id fails until it is tried here with somebody else's."""
    assert (
        ids.of_forms() | ids.of_steps() | ids.of_views()
        == set(ROWS) | set(LIKE) | set(FILTERS) | NO_IDS | ALSO
    )
    assert ids.of_templates() == BY_HAND


@pytest.fixture
def known(world: World, session: Session, objects: dict[str, int]) -> dict[str, int]:  # noqa: F811
    """Ids by name: those of the test of every route, with papers and cases of others, and some that are closed."""
    found = {**objects, **{code: unit.id for code, unit in world.units.items()}}
    found |= {name: person.id for name, person in world.people.items()}
    found["quantri.bd"] = build_person(
        "quantri.bd", "Quản trị", PASSWORD, (world.unit("BD"), Role.ADMINISTRATOR)
    ).id
    two = tuple(Sender(name, "", "", "Long Biên") for name in ("Lê Một", "Lê Hai"))
    for body, low in (("LB", "lb"), ("BD", "bd")):
        mark = "" if low == "lb" else "_bd"
        paper, stored = (_paper(world, low, body) for _ in range(2))
        matter = _case(world, low, body, senders=two, signer_count=2, representatives_appointed=True)
        with unit_of_work():
            perform(stored, "store", actor=world.principal(f"chutich.{low}"),
                    data={"on": today(), "ground": "no_signature", "words": "Thiếu.", "basis_checked": True})  # fmt: skip
            visit = record_visit(ordinary_visit(world, body), actor=world.principal(f"tiepdan.{low}"))
        parties = session.scalars(
            select(PetitionParty.id).join(Petition).where(Petition.case_id == matter.id)
        )
        found |= {f"paper{mark}": paper.id, f"stored{mark}": stored.id, f"case{mark or '_lb'}": matter.id,
                  f"visit{mark}": visit.id, f"party{mark}": next(iter(parties))}  # fmt: skip
    with unit_of_work():
        assign(session.get_one(Case, found["case_lb"]), unit_id=world.unit("LB-KT").id,
               handler_id=world.person("thuly.lb").id, actor=world.principal("chutich.lb"))  # fmt: skip
        row = NewSuccession(
            "UBND phường Long Biên", world.unit("LB").id, "", "", world.unit("BD").id, date(2025, 7, 1), "BB"
        )
        found["to_bd"] = enter_succession(row, actor=world.principal("quantri")).id
    return found | _of_the_city(world) | _closed(world)


def _paper(world: World, low: str, body: str, **more: Any) -> Petition:
    return build_petition(world, by=f"donthu.{low}", unit=body, kind="complaint", **more)


def _case(world: World, low: str, body: str, **more: Any) -> Case:
    """A complaint that was accepted."""
    paper = _paper(world, low, body, **more)
    with unit_of_work():
        perform(paper, "open_case", actor=world.principal(f"donthu.{low}"), data={"on": today()})
        assert paper.case is not None
        perform(paper.case, "accept", actor=world.principal(f"chutich.{low}"),
                data={"on": today(), "contested": "act", "basis_checked": True})  # fmt: skip
    return paper.case


def _of_the_city(world: World) -> dict[str, int]:
    """A second complaint and a continued denunciation at the city's desk, and a first case that was decided."""
    first = first_case(world)
    decided(world, first)
    second = second_petition(world, today())
    letter = build_petition(
        world, by="donthu.hn", unit="BTCD", kind="denunciation", respondent_level="commune_officer"
    )
    with unit_of_work():
        perform(letter, "classify", actor=world.principal("donthu.hn"),
                data={"kind": "denunciation", "field": "construction", "instance": "second"})  # fmt: skip
    return {
        "decided": first.id,
        "second": second.id,
        "continued": letter.id,
        "donthu.hn": world.person("donthu.hn").id,
    }


def _closed(world: World) -> dict[str, int]:
    """What somebody may know nothing of, by a conflict of interest of theirs."""
    case, first, stored = _case(world, "lb", "LB"), first_case(world), _paper(world, "lb", "LB")
    decided(world, first)
    chair = world.principal("chutich.lb")
    with unit_of_work():
        perform(stored, "store", actor=chair,
                data={"on": today(), "ground": "no_signature", "words": "Thiếu.", "basis_checked": True})  # fmt: skip
    denounced = session_case(world)
    for one, who in (
        (case, "donthu.lb"),
        (first, "donthu.hn"),
        (stored, "chutich.lb"),
        (denounced, "donthu.hn"),
    ):
        one.barred_ids = [*one.barred_ids, world.person(who).id]
    db.session.commit()
    return {"shut": case.id, "decided_shut": first.id, "stored_shut": stored.id}


def session_case(world: World) -> Case:
    """Return the denunciation's case of the test of every route."""
    return db.session.scalars(
        select(Case).where(Case.kind == "denunciation").order_by(Case.id).limit(1)
    ).one()


@contextmanager
def undone(connection: Connection) -> Iterator[Writes]:
    """Watch what requests write, and undo it: the next form finds everything as it was."""
    db.session.remove()
    point = connection.begin_nested()
    try:
        with written(connection) as seen:
            yield seen
    finally:
        db.session.remove()
        point.rollback()


def fill(client: FlaskClient, row: Row, known: Mapping[str, int]) -> tuple[str, dict[str, Any]]:
    """Return where a form goes and what a person would send, the id left out."""
    places = {name.replace("-", "_"): number for name, number in known.items()}
    page, action = row.page.format(**places), (row.action or row.page).format(**places)
    shown = client.get(page)
    assert shown.status_code == 200, (row, shown.status_code)
    forms = [form for form in read(page, shown.text)[0] if form.action == action]
    assert forms, f"{row.who} is shown no form to {action} on {page}"
    typed: dict[str, Any] = {name: values[0] for name, values in forms[0].fields.items() if values}
    typed.pop(row.name, None)
    for name, value in row.more.items():
        if value is None:
            typed.pop(name, None)
        else:
            typed[name] = str(known.get(value, value))
    return action, typed


def beside(text: str, name: str) -> str | None:
    """Return what stands beside a field, or None."""
    found = re.search(rf'id="[^"]*{re.escape(name)}-error"[^>]*>([^<]+)<', text)
    return html.unescape(found[1]).strip() if found else None


def test_an_id_of_others_in_a_form_is_a_wrong_id_beside_its_field_and_writes_nothing(
    client: FlaskClient, world: World, known: dict[str, int], session: Session
) -> None:
    """And one that is good is taken, so that nothing else in the form was wrong."""
    connection, wrong = session.connection(), []
    for key, row in sorted(ROWS.items()):
        with undone(connection) as writes:
            client.post("/sign-out")
            sign_in(client, world, row.who)
            wrong += [f"{key}: {what}" for what in tried(client, row, known, writes)]
    assert not wrong, "\n".join(wrong)


def tried(client: FlaskClient, row: Row, known: Mapping[str, int], writes: Writes) -> Iterator[str]:
    """Send a form with each wrong id and a good one; yield what was not as it must be."""
    action, typed = fill(client, row, known)
    said: dict[str, str | None] = {}
    for one in (*NOBODYS, *(str(known[other]) for other in row.others), *RUBBISH):
        writes.clear()
        answer = client.post(action, data={**typed, row.name: one})
        said[one] = beside(answer.text, row.name)
        if answer.status_code != 422 or said[one] is None or writes.tables():
            yield f"{one}: {answer.status_code}, beside the field {said[one]!r}, written {writes.tables()}"
    for other in row.others:
        if said[str(known[other])] != said[NOBODYS[0]]:
            yield f"{other} is told from an id that nothing has: {said[str(known[other])]} / {said[NOBODYS[0]]}"
    if row.good is not None:
        answer = client.post(action, data={**typed, row.name: str(known[row.good])})
        if answer.status_code not in {200, 302}:
            yield f"a good id: {answer.status_code} {_ERROR.findall(answer.text)}"


def test_an_id_of_others_in_a_filter_shows_what_an_id_that_nothing_has_shows(
    client: FlaskClient, world: World, known: dict[str, int]
) -> None:
    for key, row in sorted(FILTERS.items()):
        client.post("/sign-out")
        sign_in(client, world, row.who)
        nothing = shown(client, row, known, NOBODYS[0])
        for other in row.others:
            theirs = shown(client, row, known, str(known[other]))
            assert theirs[0] == nothing[0], f"{key}: {other}"
            told_apart = list(unified_diff(nothing[1].splitlines(), theirs[1].splitlines(), n=0))
            assert not told_apart, f"{key}: {other}"
        for wrong in (*NOBODYS, *RUBBISH, "2147483647", "0"):
            shown(client, row, known, wrong)


def shown(client: FlaskClient, row: Filter, known: Mapping[str, int], wanted: str) -> tuple[int, str]:
    """Return what a page shows for an id in its filter, the id itself and tokens left out."""
    path = row.path.format(**{name.replace("-", "_"): number for name, number in known.items()})
    answer = client.get(path, query_string={row.name: wanted})
    assert answer.status_code in {200, 404}, f"{path}?{row.name}={wanted}: {answer.status_code}"
    return answer.status_code, re.sub(r'\b(unit|person|parent)=-?\d+|value="[^"]{32,}"', "", answer.text)


def test_the_search_for_earlier_matters_shows_nothing_of_another_commune(
    client: FlaskClient, world: World, known: dict[str, int]
) -> None:
    """It names a unit in its form, and the same person has been to both communes."""
    sign_in(client, world, "tiepdan.lb")
    person = {"name": "Lê Thị Sen", "identity_number": "999190000001", "phone": "0912345678"}

    def found(unit: object) -> str:
        answer = client.post("/desk/earlier", data={**person, "unit_id": str(unit)})
        assert answer.status_code == 200
        return answer.text

    assert "LB" in found(known["LB"])
    for wrong in (known["BD"], known["HN"], *NOBODYS, *RUBBISH):
        assert "/BD" not in found(wrong)
