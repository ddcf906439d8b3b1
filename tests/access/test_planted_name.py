"""A denouncer's name is planted and looked for on every page, in every mail, log line, job and clear column."""

import logging
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import LargeBinary, String, Text, cast, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from app.core.clock import frozen
from app.core.db import Base, unit_of_work
from app.core.text import fold
from app.web.access import route_table
from complaints.models.petitions import Petition
from complaints.services.assignment import assign
from complaints.services.identity import Sender
from complaints.services.perform import perform
from complaints.services.protection import measures_of, take
from complaints.services.registration import Paper
from notifications.sweep import run_sweep
from tests.access.test_every_route import PEOPLE, address, sign_in
from tests.conftest import TODAY, as_owner
from tests.factories import World, build_petition

NAME, NUMBER, PHONE, STREET = "Quách Tường Vi Planted", "001299887766", "0987001122", "Ngách 77 Cây Trám"
PROTECTION = {
    "on": "16/11/2026", "form": "in_person", "relations": ["denouncer", "spouse"], "objects": ["life"],
    "measures": ["life"], "people": f"{NAME}, {NUMBER}, {PHONE}, {STREET}", "words": f"{NAME} bị đe doạ tại {STREET}",
}  # fmt: skip
SECRETS = (NAME, fold(NAME), NUMBER, PHONE, STREET, quote(NAME))


@pytest.fixture
def planted(world: World, session: Session) -> dict[str, int]:
    """A denunciation with a name to look for, reclassified from a petition in clear, with a case, assigned and late."""
    sender = (Sender(NAME, NUMBER, PHONE, STREET),)
    petition = build_petition(world, senders=sender, respondent_level="commune_officer", field="construction")
    officer, chair = world.principal("donthu.lb"), world.principal("chutich.lb")
    with unit_of_work():
        perform(petition, "classify", actor=officer, data={"kind": "denunciation", "field": "construction"})
        perform(petition, "open_case", actor=officer, data={"on": "16/11/2026"})
        case = petition.case
        assert case is not None
        assign(case, unit_id=world.unit("LB-KT").id, handler_id=world.person("thuly.lb").id, actor=chair)
        asked = take(case, measures_of(case)[0], "request", actor=chair, data=PROTECTION)
    with frozen(world_day(30)):
        run_sweep()
    return {"petition": petition.id, "case": case.id, "clock": 1, "measure": asked.id}


def world_day(days: int) -> date:
    """Return a day some days after the tests' today."""
    return TODAY + timedelta(days=days)


def holds(text: str) -> str | None:
    """Return the planted word that a text holds, or None."""
    return next((secret for secret in SECRETS if secret and secret.lower() in text.lower()), None)


def test_no_page_shows_the_name(
    app: Flask, client: FlaskClient, world: World, planted: dict[str, int], session: Session,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    """Every page of every person, as HTML; and whatever is logged on the way."""
    caplog.set_level(logging.DEBUG)
    for username in PEOPLE:
        client.post("/sign-out")
        sign_in(client, world, username)
        for row in route_table(app):
            if "GET" not in row.methods or row.endpoint.endswith("static"):
                continue
            answer = client.get(address(app, row, planted))
            found = holds(answer.data.decode("utf-8", "replace")) or holds(str(answer.headers))
            assert found is None, f"{username} finds {found!r} on {row.rule}"
        answer = client.get(f"/petitions/?q={quote(NAME)}")
        assert answer.status_code in (200, 404)
    assert holds(caplog.text) is None


def test_no_clear_column_holds_the_name(world: World, planted: dict[str, int], session: Session) -> None:
    """Every text and JSON column of every table, and the bytes of the sealed ones."""
    with as_owner(session):
        for table in Base.metadata.sorted_tables:
            for column in table.columns:
                _holds_no_name(session, table, column)


def _holds_no_name(session: Session, table: Any, column: Any) -> None:
    if isinstance(column.type, LargeBinary):
        for value in session.execute(select(column).where(column.is_not(None))).scalars():
            assert NAME.encode() not in bytes(value), f"{table.name}.{column.name}"
    elif isinstance(column.type, (String, Text, JSONB)):
        words = func.lower(cast(column, Text))
        for secret in SECRETS:
            wanted = select(func.count()).where(words.contains(secret.lower()))
            assert session.execute(wanted).scalar_one() == 0, f"{table.name}.{column.name}"


def test_the_error_page_and_the_refusal_do_not_show_it(
    app: Flask, client: FlaskClient, world: World, planted: dict[str, int]
) -> None:
    """Whoever is not let in sees a page like any that does not exist; whoever is let in leaves an audit entry."""
    sign_in(client, world, "thanhtra")
    answer = client.post(
        f"/petitions/{planted['petition']}/identity", data={"purpose": "meeting", "reason": "kiểm tra thử"}
    )
    assert answer.status_code == 404
    assert holds(answer.get_data(as_text=True)) is None
    client.post("/sign-out")
    sign_in(client, world, "chutich.lb")
    page = client.post(
        f"/petitions/{planted['petition']}/identity",
        data={"purpose": "meeting", "reason": "làm việc với người tố cáo"},
    )
    assert NAME in page.get_data(as_text=True)
    assert page.headers["Cache-Control"] == "private, no-store"


@pytest.mark.law("I12")
def test_a_grant_lets_one_person_in_for_a_time(
    app: Flask, client: FlaskClient, world: World, planted: dict[str, int], session: Session
) -> None:
    """The head lets the handler see; the grant ends by itself."""
    handler = world.person("thuly.lb").id
    path = f"/petitions/{planted['petition']}/identity"
    sign_in(client, world, "chutich.lb")
    client.post(
        f"{path}/grants",
        data={"person_id": handler, "days": "3", "purpose": "meeting", "reason": "làm việc trực tiếp"},
    )
    client.post("/sign-out")
    sign_in(client, world, "thuly.lb")
    assert NAME in client.post(path, data={"purpose": "meeting", "reason": "gặp người tố cáo"}).get_data(
        as_text=True
    )
    with frozen(world_day(4)):
        client.post("/sign-out")
        sign_in(client, world, "thuly.lb")
        assert client.post(path, data={"purpose": "meeting", "reason": "gặp người tố cáo"}).status_code == 404


def test_papers_of_a_denunciation_are_sealed_too(
    app: Flask, client: FlaskClient, world: World, session: Session
) -> None:
    """Titles of papers are neutral: they name people."""
    petition = build_petition(
        world,
        kind="denunciation",
        senders=(Sender(NAME, NUMBER, PHONE, STREET),),
        papers=(Paper(f"Đơn của {NAME}"),),
    )
    assert [paper.title for paper in session.get_one(Petition, petition.id).attachments] == ["Tài liệu 1"]
