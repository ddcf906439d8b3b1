"""What is opened, downloaded or refused leaves an entry; lists leave none; no entry, no page."""

import io
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import wiring
from app.core import audit
from app.core.audit import AuditEntry
from app.core.audit_verify import verify
from app.core.db import db, unit_of_work
from app.organisation.models import Person
from app.organisation.signin.models import SignInSession
from app.web.access import route_table
from complaints.models.cases import Case
from complaints.services.assignment import assign
from complaints.services.identity import petitions_of
from complaints.services.perform import perform
from reception.services.visits import record_visit
from tests.factories import World, build_petition
from tests.reception.builders import ordinary_visit
from tests.reception.test_pages import PDF

LoginAs = Callable[[Person], FlaskClient]
# Routes with an argument that are about no case, petition or visit: units, people and how they sign in, calendars, rules,
# notices, mail.
ABOUT_NO_MATTER = (
    "organisation.", "calendar.", "recalculations.", "local_rules.", "successions.", "notifications.", "rules.",
    "factors.", "links.", "sso.", "auth.", "rights.", "delegations.",
)  # fmt: skip


@pytest.fixture
def case(world: World) -> Case:
    """A denunciation of Long Biên with its case, assigned to its handler."""
    petition = build_petition(world, kind="denunciation", respondent_level="commune_officer")
    with unit_of_work():
        perform(petition, "open_case", actor=world.principal("donthu.lb"), data={"on": "16/11/2026"})
        assert petition.case is not None
        assign(petition.case, unit_id=world.unit("LB-KT").id, handler_id=world.person("thuly.lb").id,
               actor=world.principal("chutich.lb"))  # fmt: skip
    return petition.case


def left(action: str) -> list[AuditEntry]:
    """Return the entries of an action."""
    return list(
        db.session.scalars(select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id))
    )


def count() -> int:
    """Return how many entries there are."""
    return len(list(db.session.scalars(select(AuditEntry.id))))


def test_opening_a_case_says_who_as_what_from_where_and_in_which_session(
    world: World, login_as: LoginAs, case: Case
) -> None:
    client = login_as(world.person("thuly.lb"))
    assert client.get(f"/cases/{case.id}").status_code == 200
    entry = left("case.viewed")[-1]
    assert (entry.actor_id, entry.subject_kind, entry.subject_id) == (
        world.person("thuly.lb").id,
        "case",
        case.id,
    )
    opened = db.session.scalars(select(SignInSession.id).order_by(SignInSession.id.desc())).first()
    assert (entry.address, entry.session_id, len(entry.request_id or "")) == ("127.0.0.1", str(opened), 36)
    assert entry.detail == {
        "subject_id": case.id, "page": "cases.show", "method": "GET", "as": [f"handler@{world.unit('LB-KT').id}"],
    }  # fmt: skip
    signed_in = left("sign_in")[-1]
    assert signed_in.session_id == entry.session_id
    assert signed_in.request_id != entry.request_id
    client.post("/sign-out")
    login_as(world.person("chutich.lb")).get(f"/cases/{case.id}")
    assert left("case.viewed")[-1].session_id not in (None, entry.session_id)
    assert verify().findings == []


@pytest.mark.parametrize(
    "path, action, kind, status",
    [
        ("/cases/{case}", "case.viewed", "case", 200),
        ("/cases/{case}/protection", "case.viewed", "case", 200),
        ("/cases/{case}/record", "case.viewed", "case", 200),
        ("/cases/{case}/assign", "case.viewed", "case", 200),
        ("/cases/{case}/do/accept", "case.viewed", "case", 200),
        ("/petitions/{petition}", "petition.viewed", "petition", 200),
        (
            "/petitions/{petition}/do/reclassify",
            "petition.viewed",
            "petition",
            302,
        ),  # no step of theirs: shows nothing
    ],
)
def test_every_page_of_a_matter_leaves_an_entry(
    world: World, login_as: LoginAs, case: Case, path: str, action: str, kind: str, status: int
) -> None:
    client = login_as(world.person("chutich.lb"))
    ids = {"case": case.id, "petition": first_petition(case)}
    before, address = len(left(action)), path.format(**ids)
    assert client.get(address).status_code == status
    expected = 1 if status == 200 else 0
    assert len(left(action)) - before == expected
    if expected:
        assert left(action)[-1].subject_id == ids[kind]


def first_petition(case: Case) -> int:
    """Return the id of the petition that a case answers."""
    return petitions_of(case)[0].id


def test_a_form_that_comes_back_shows_the_case_again_and_says_so(
    world: World, login_as: LoginAs, case: Case
) -> None:
    client = login_as(world.person("chutich.lb"))
    before = len(left("case.viewed"))
    answer = client.post(f"/cases/{case.id}/do/accept", data={"on": "nothing"})
    assert answer.status_code == 422
    assert [e.detail["method"] for e in left("case.viewed")[before:]] == ["POST"]


def test_a_visit_leaves_an_entry_and_lists_and_the_home_page_leave_none(
    world: World, login_as: LoginAs, case: Case
) -> None:
    with unit_of_work():
        visit = record_visit(ordinary_visit(world), actor=world.principal("tiepdan.lb"))
    client = login_as(world.person("chutich.lb"))
    before = count()
    for path in (
        "/",
        "/cases/",
        "/petitions/",
        "/desk/log-book",
        "/supervision/",
        "/notifications/",
        "/healthz",
    ):
        assert client.get(path).status_code == 200, path
    assert count() == before
    assert client.get(f"/desk/visits/{visit.id}").status_code == 200
    assert [entry.subject_id for entry in left("visit.viewed")] == [visit.id]


def test_opening_an_identity_leaves_one_entry_and_not_a_second_for_its_page(
    world: World, login_as: LoginAs, case: Case
) -> None:
    client, petition_id = login_as(world.person("chutich.lb")), first_petition(case)
    before = count()
    assert (
        client.post(
            f"/petitions/{petition_id}/identity", data={"purpose": "meeting", "reason": "làm việc"}
        ).status_code
        == 200
    )
    assert count() == before + 2, "the opening, and the search for other denunciations of the same person"
    assert len(left("identity.compared")) == 1
    entry = left("identity.opened")[-1]
    assert (entry.subject_id, entry.address) == (petition_id, "127.0.0.1")


@pytest.mark.parametrize(
    "path", ["/cases/{case}", "/petitions/{petition}", "/cases/{case}/protection", "/cases/{case}/record"]
)
def test_what_is_out_of_reach_leaves_a_refusal(
    world: World, login_as: LoginAs, case: Case, path: str
) -> None:
    """Another unit's officer, and one without the permission at all."""
    ids = {"case": case.id, "petition": first_petition(case)}
    for username in ("truongphong.bd", "quantri"):
        client = login_as(world.person(username))
        before = len(left("access.refused"))
        assert client.get(path.format(**ids)).status_code == 404
        entry = left("access.refused")[before:][0]
        assert len(left("access.refused")) == before + 1
        assert entry.actor_id == world.person(username).id
        assert entry.subject_kind in ("case", "petition")
        assert entry.subject_id == ids[entry.subject_kind]
        client.post("/sign-out")
    assert verify().findings == []


def test_a_refused_identity_leaves_its_own_refusal_and_no_second(
    world: World, login_as: LoginAs, case: Case
) -> None:
    client = login_as(world.person("thanhtra"))
    before = count()
    answer = client.post(
        f"/petitions/{first_petition(case)}/identity", data={"purpose": "meeting", "reason": "xem thử"}
    )
    assert answer.status_code == 404
    assert [entry.action for entry in left("identity.refused")] == ["identity.refused"]
    assert count() == before + 1


def test_what_is_refused_keeps_no_word_that_was_typed(world: World, login_as: LoginAs, case: Case) -> None:
    client = login_as(world.person("chutich.lb"))
    assert client.get(f"/cases/{case.id}/do/Quách Tường Vi").status_code in (302, 404)
    assert client.post(f"/cases/{case.id}/do/Quách Tường Vi").status_code == 404
    entry = left("access.refused")[-1]
    assert "Quách" not in str(entry.detail)


def test_what_a_request_changed_outside_a_unit_of_work_is_not_saved_by_its_entry(
    app: Flask, world: World, login_as: LoginAs, case: Case, monkeypatch: pytest.MonkeyPatch, session: Session
) -> None:
    client = login_as(world.person("chutich.lb"))
    session.commit()
    shown = app.view_functions["cases.show"]

    def careless(**values: int) -> object:
        page = shown(**values)
        session.get_one(Case, values["subject_id"]).summary = "Sửa lén"
        return page

    careless.__dict__.update(shown.__dict__)
    monkeypatch.setitem(app.view_functions, "cases.show", careless)
    assert client.get(f"/cases/{case.id}").status_code == 200
    assert session.get_one(Case, case.id, populate_existing=True).summary != "Sửa lén"
    assert left("case.viewed")


def test_without_an_entry_there_is_no_page(
    world: World, login_as: LoginAs, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = login_as(world.person("chutich.lb"))

    def away(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(audit, "mark_of", away)
    client.application.testing = False
    try:
        answer = client.get(f"/cases/{case.id}")
    finally:
        client.application.testing = True
    assert answer.status_code == 500
    assert case.number not in answer.get_data(as_text=True)


def test_who_is_not_signed_in_leaves_nothing(client: FlaskClient, case: Case) -> None:
    before = count()
    assert client.get(f"/cases/{case.id}").status_code == 302
    assert client.get("/nowhere").status_code == 404
    assert count() == before


def test_every_route_about_a_matter_is_in_the_table_of_what_is_recorded(app: Flask) -> None:
    """A new page of a case, petition or visit is recorded, or says here that it is about none."""
    for row in route_table(app):
        if row.permission is None or "<" not in row.rule or row.endpoint.startswith(ABOUT_NO_MATTER):
            continue
        rule = next(r for r in app.url_map.iter_rules() if r.endpoint == row.endpoint)
        blueprint = row.endpoint.partition(".")[0]
        assert any((blueprint, name) in wiring.RECORDED_SUBJECTS for name in rule.arguments), row.endpoint
    for blueprint, name in wiring.RECORDED_SUBJECTS:
        assert any(
            rule.endpoint.startswith(f"{blueprint}.") and name in rule.arguments
            for rule in app.url_map.iter_rules()
        ), (blueprint, name)


def test_a_file_leaves_an_entry_when_it_is_put_in_and_each_time_it_is_taken_out(
    world: World, login_as: LoginAs
) -> None:
    petition = build_petition(world, kind="complaint")
    with unit_of_work():
        perform(petition, "open_case", actor=world.principal("donthu.lb"), data={"on": "16/11/2026"})
    case = petition.case
    assert case is not None
    client = login_as(world.person("chutich.lb"))
    upload = {"attachments": (io.BytesIO(PDF), "Biên bản.pdf")}
    assert client.post(f"/cases/{case.id}/notes", data=upload).status_code == 302
    added = left("case.attached")[-1]
    attachment_id = added.detail["attachment_id"]
    for _ in range(2):
        assert client.get(f"/cases/{case.id}/attachments/{attachment_id}").status_code == 200
    taken = left("case.file_opened")
    assert [(entry.subject_id, entry.detail["attachment_id"]) for entry in taken] == [
        (case.id, attachment_id)
    ] * 2
    part = client.get(f"/cases/{case.id}/attachments/{attachment_id}", headers={"Range": "bytes=0-"})
    assert (part.status_code, part.data) == (206, PDF)
    assert len(left("case.file_opened")) == 3
    assert client.get(f"/cases/{case.id}/attachments/999").status_code == 404
    assert left("access.refused")[-1].detail["attachment_id"] == 999


def test_an_export_leaves_an_entry(world: World, login_as: LoginAs) -> None:
    client = login_as(world.person("thanhtra"))
    asked = {
        "code": "KN_ACCEPT", "number": "5", "unit": "wd", "valid_from": "01/01/2027", "applies_to_open": "1", "csv": "1",
    }  # fmt: skip
    answer = client.post("/rules/rehearsal/", data=asked)
    assert answer.headers["Content-Disposition"].startswith("attachment"), answer.text
    entry = left("page.exported")[-1]
    assert (entry.detail["page"], entry.actor_id) == ("rehearsal.run", world.person("thanhtra").id)


def test_what_a_job_does_carries_its_id_and_no_address(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.web.trail.get_current_job", lambda: SimpleNamespace(id="job-7"))
    with unit_of_work():
        audit.record("case.viewed", actor=None, subject=("case", 1))
    entry = left("case.viewed")[-1]
    assert (entry.request_id, entry.address, entry.session_id) == ("job-7", None, None)
