"""The timeline of a page in words: a step is called as its own kind calls it, in the reader's language."""

from datetime import date

import pytest
from flask.testing import FlaskClient

from app.core.clock import frozen
from app.core.db import db, unit_of_work
from complaints.models.cases import Case
from complaints.services.assignment import assign
from complaints.services.perform import perform, propose
from notifications.sweep import run_sweep
from tests.access.test_every_route import sign_in
from tests.factories import World, build_petition


def opened(world: World, kind: str) -> Case:
    """Return a case of a kind, opened from a petition."""
    petition = build_petition(world, kind=kind, respondent_level="commune_officer", field="construction")
    with unit_of_work():
        perform(petition, "open_case", actor=world.principal("donthu.lb"), data={"on": "16/11/2026"})
    assert petition.case is not None
    return petition.case


@pytest.mark.parametrize(
    ("kind", "shown", "foreign"),
    [("complaint", "Thụ lý", "Thụ lý tố cáo"), ("denunciation", "Thụ lý tố cáo", None)],
)
def test_a_step_is_called_as_its_own_kind_calls_it(
    client: FlaskClient, world: World, kind: str, shown: str, foreign: str | None
) -> None:
    """Both kinds have an 'accept'; the page of one never speaks of the other's."""
    case = opened(world, kind)
    with unit_of_work():
        perform(case, "accept", actor=world.principal("chutich.lb"),
                data={"on": "16/11/2026", "document_no": "15/TB", "contested": "act"})  # fmt: skip
    sign_in(client, world, "chutich.lb")
    page = client.get(f"/cases/{case.id}").text
    assert f"<strong>{shown}</strong>" in page
    assert foreign is None or f"<strong>{foreign}</strong>" not in page
    assert "16/11/2026" in page


def test_what_was_prepared_is_named_and_shown_in_words(client: FlaskClient, world: World) -> None:
    """The head reads which step waits and what was typed: days as dd/mm/yyyy, never codes."""
    case = opened(world, "proposal")
    with unit_of_work():
        assign(case, unit_id=world.unit("LB-KT").id, handler_id=world.person("thuly.lb").id, note="",
               actor=world.principal("chutich.lb"))  # fmt: skip
    with unit_of_work():
        perform(case, "study", actor=world.principal("chutich.lb"), data={"on": "16/11/2026"})
    with unit_of_work():
        propose(case, "answer", actor=world.principal("thuly.lb"),
                data={"on": "16/11/2026", "words": "Đã dọn bãi rác."})  # fmt: skip
    db.session.expire_all()
    sign_in(client, world, "chutich.lb")
    page = client.get(f"/cases/{case.id}").text
    assert "<strong>Trình lãnh đạo duyệt: Trả lời</strong>" in page
    assert "Đã dọn bãi rác." in page
    assert "2026-11-16" not in page.replace('value="2026-11-16"', "")


def test_the_timeline_speaks_english(client: FlaskClient, world: World) -> None:
    """Labels that live in data have their English too."""
    case = opened(world, "complaint")
    sign_in(client, world, "chutich.lb")
    client.post("/locale", data={"locale": "en"})
    page = client.get(f"/cases/{case.id}").text
    assert "<strong>Case opened</strong>" in page
    assert "Mở vụ việc" not in page


def test_an_alert_is_told_in_words(client: FlaskClient, world: World) -> None:
    """The timeline names the time limit and how far it was, not their codes; what leads on stands out."""
    case = opened(world, "complaint")
    with frozen(date(2026, 11, 30)):
        run_sweep()
    with frozen(date(2026, 11, 30)):
        sign_in(client, world, "chutich.lb")
        page = client.get(f"/cases/{case.id}").text
    timeline = page[page.index('class="timeline"') :]
    assert "Thụ lý khiếu nại" in timeline
    assert "KN_ACCEPT" not in timeline
    assert "after_" not in timeline
    assert page.count("btn btn-primary") == 1  # the one foremost step: to accept it
