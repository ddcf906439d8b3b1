"""Steps that rest on uncertain rows of the law ask for a confirmation; the head decides between two days of effect."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.clock import frozen
from app.core.db import db, unit_of_work
from app.core.errors import Invalid, NotAllowed
from app.organisation.models import Person
from complaints.models.cases import Case
from complaints.models.clocks import Clock
from complaints.models.history import HistoryEntry
from complaints.rulebook.loader import load_rulebook
from complaints.rulebook.uncertain import read_reasons, reasons, uncertain
from complaints.services.assignment import assign
from complaints.services.confirmation import uncertain_rows
from complaints.services.expiry import act_on_ended_clocks
from complaints.services.facts import workflow_of
from complaints.services.perform import approve, perform, propose
from complaints.workflow.base import Transition
from tests.factories import World, build_petition

D = date
LOGIN = Callable[[Person], FlaskClient]
DECIDE = {"on": "20/11/2026", "document_no": "99/QĐ", "outcome": "partly", "words": "Chấp nhận một phần."}


def do(world: World, case: Case, action: str, **data: object) -> HistoryEntry:
    with unit_of_work():
        return perform(case, action, actor=world.principal("chutich.lb"), data=data)


def drafted(world: World) -> Case:
    """Return a complaint accepted on 16 November 2026 whose decision is being drafted, with its handler."""
    petition = build_petition(world, kind="complaint")
    with unit_of_work():
        perform(petition, "open_case", actor=world.principal("donthu.lb"), data={"on": "16/11/2026"})
    case = petition.case
    assert case is not None
    with unit_of_work():
        assign(case, unit_id=world.unit("LB-KT").id, handler_id=world.person("thuly.lb").id,
               actor=world.principal("chutich.lb"))  # fmt: skip
    do(world, case, "accept", contested="act", on="16/11/2026")
    do(world, case, "draft_at_once", on="16/11/2026", words="Rõ ràng trái pháp luật.")
    return case


def decided(world: World) -> Case:
    """Return a complaint decided on 20 November and delivered on 26 November 2026."""
    case = drafted(world)
    with frozen(D(2026, 11, 26)):
        do(world, case, "decide", **DECIDE, basis_checked=True)
        do(world, case, "deliver", delivered_on="26/11/2026")
    return case


def step_of(case: Case, action: str) -> Transition:
    return next(t for t in workflow_of(case).leaving(case.state) if t.action == action)


def clock(case: Case, code: str) -> Clock:
    return db.session.scalars(select(Clock).where(Clock.case_id == case.id, Clock.code == code)).one()


# ------------------------------------------------------------------------------------------------------- uncertain rows


def test_every_uncertain_rule_of_the_law_has_its_reason_in_plain_words():
    rows = uncertain(load_rulebook().rules())
    assert {row.version.partition("@")[0] for row in rows} <= set(reasons())
    assert set(reasons()) <= set(load_rulebook().codes())
    assert all(row.article and row.cites and row.reason_vi and row.reason_en for row in rows)
    lows = [row.blocks for row in rows]
    assert lows == sorted(lows, reverse=True), "the least certain first"


@pytest.mark.parametrize(
    "text, finding",
    [
        (
            '[[reason]]\nrule = "A"\nreason_vi = " "\nreason_en = "a"\ncites = ["C01"]',
            "says or cites nothing",
        ),
        ('[[reason]]\nrule = "A"\nreason_vi = "a"\nreason_en = "a"\ncites = []', "says or cites nothing"),
        ('[[reason]]\nrule = "A"\nreason_vi = "a"\nreason_en = "a"\ncites = ["C01"]\n' * 2, "stands twice"),
        ("[[reason]]\nrule = 1", "rule is no str"),
    ],
)
def test_reasons_that_do_not_hold_together_say_why(text: str, finding: str):
    assert any(finding in one for one in read_reasons(text)[1])


def test_a_decision_rests_on_its_effect_which_is_low_and_its_publication_which_is_a_note(world: World):
    case = drafted(world)
    rows = {row.version: row.blocks for row in uncertain_rows(case, step_of(case, "decide"))}
    assert rows["KN_EFFECT@2012-07-01"] is True
    published = [t for t in workflow_of(case).leaving(case.state) if t.action == "decide"][1]
    noted = {row.version: row.blocks for row in uncertain_rows(case, published)}
    assert noted == {"KN_EFFECT@2012-07-01": True, "KN_PUBLISH@2012-07-01": False}
    assert uncertain_rows(case, step_of(case, "declare_complex")) == [], "nothing uncertain there"


def test_a_medium_row_is_a_note_and_asks_for_nothing(world: World):
    case = drafted(world)
    with unit_of_work():
        line = perform(case, "terminate", actor=world.principal("chutich.lb"),
                       data={"on": "16/11/2026", "ground": "withdrawn", "words": "Rút đơn."})  # fmt: skip
    assert (case.state, line.data.get("basis")) == ("terminated", None)


def test_a_complaint_received_before_the_switch_rests_on_an_inference(world: World):
    with frozen(D(2026, 6, 25)):
        petition = build_petition(world, kind="complaint")
        with unit_of_work():
            perform(petition, "open_case", actor=world.principal("donthu.lb"), data={"on": "25/06/2026"})
    case = petition.case
    assert case is not None
    with frozen(D(2026, 7, 2)):
        (row,) = uncertain_rows(case, step_of(case, "accept"))
        assert (row.version, row.blocks) == ("ACCEPTANCE_BY_RECEIPT", True)
        with pytest.raises(Invalid):
            do(world, case, "accept", contested="act", on="02/07/2026")


# -------------------------------------------------------------------------------------------------------- the service


def test_the_step_is_refused_beside_the_box_until_the_row_is_confirmed_and_history_keeps_which(world: World):
    case = drafted(world)
    before = case.version
    with frozen(D(2026, 11, 20)):
        with pytest.raises(Invalid) as refusal:
            do(world, case, "decide", **DECIDE)
        db.session.expire_all()
        assert refusal.value.field == "basis_checked"
        assert "Luật Khiếu nại Điều 44" in refusal.value.message
        assert (case.state, case.version) == ("decision_draft", before)
        line = do(world, case, "decide", **DECIDE, basis_checked=True)
    assert line.data["basis"] == ["KN_EFFECT@2012-07-01"]
    assert (line.actor_id, line.at.date()) == (world.person("chutich.lb").id, D(2026, 11, 20))


def test_whoever_prepares_need_not_confirm_and_cannot_for_the_head(world: World):
    case = drafted(world)
    with frozen(D(2026, 11, 20)):
        with unit_of_work():
            propose(case, "decide", actor=world.principal("thuly.lb"), data={**DECIDE, "basis_checked": True})
        assert "basis_checked" not in (case.pending_data or {})
        with pytest.raises(Invalid) as refusal, unit_of_work():
            approve(case, actor=world.principal("chutich.lb"))
        assert refusal.value.field == "basis_checked"
        db.session.expire_all()
        with unit_of_work():
            line = approve(case, actor=world.principal("chutich.lb"), basis_checked=True)
    assert (case.state, line.data["basis"]) == ("decided_1", ["KN_EFFECT@2012-07-01"])


def test_the_system_is_never_asked(world: World):
    case = drafted(world)
    with frozen(D(2027, 1, 20)), unit_of_work():
        act_on_ended_clocks()
    assert case.state == "decision_draft"


# -------------------------------------------------------------------------------------------------------- the pages


def test_the_page_of_the_step_shows_the_row_with_article_and_reason_and_asks(world: World, login_as: LOGIN):
    case = drafted(world)
    with frozen(D(2026, 11, 20)):
        client = login_as(world.person("chutich.lb"))
        address = f"/cases/{case.id}/do/decide"
        page = client.get(address).text
        assert "Căn cứ chưa chắc chắn" in page and "Luật Khiếu nại Điều 44" in page
        assert "Chưa rõ ngày cuối rơi vào ngày nghỉ" in page
        refused = client.post(address, data=DECIDE)
        assert refused.status_code == 422
        assert re.search(r'id="basis_checked"[^>]*aria-describedby="basis_checked-error"', refused.text)
        assert "Chấp nhận một phần." in refused.text, "what was typed stays"
        assert client.post(address, data={**DECIDE, "basis_checked": "y"}).status_code == 302
        assert "Đã kiểm tra căn cứ chưa chắc chắn" in client.get(f"/cases/{case.id}").text
    db.session.refresh(case)
    assert case.state == "decided_1"


def test_a_certain_step_asks_for_nothing(world: World, login_as: LOGIN):
    case = drafted(world)
    page = login_as(world.person("chutich.lb")).get(f"/cases/{case.id}/do/declare_complex").text
    assert "basis_checked" not in page


def test_the_preparer_reads_the_row_and_the_approver_confirms_on_the_case_page(world: World, login_as: LOGIN):
    case = drafted(world)
    with frozen(D(2026, 11, 20)):
        client = login_as(world.person("thuly.lb"))
        page = client.get(f"/cases/{case.id}/do/decide").text
        assert "Lãnh đạo phải xác nhận đã kiểm tra căn cứ này khi duyệt." in page
        assert 'name="basis_checked"' not in page
        assert client.post(f"/cases/{case.id}/do/decide", data=DECIDE).status_code == 302
        client.post("/sign-out")
        client = login_as(world.person("chutich.lb"))
        assert 'name="basis_checked"' in client.get(f"/cases/{case.id}").text
        refused = client.post(f"/cases/{case.id}/approve")
        assert refused.status_code == 422
        assert "Hãy kiểm tra căn cứ chưa chắc chắn và xác nhận" in refused.text
        assert client.post(f"/cases/{case.id}/approve", data={"basis_checked": "y"}).status_code == 302
    db.session.refresh(case)
    assert case.state == "decided_1"


# --------------------------------------------------------------------------------------------- two days of one effect


def test_the_head_chooses_the_day_from_which_the_execution_counts(world: World):
    case = decided(world)
    assert (clock(case, "KN_EFFECT").due_on, clock(case, "KN_WINDOW2").due_on) == (
        D(2026, 12, 20),
        D(2026, 12, 28),
    )
    with frozen(D(2026, 12, 29)):
        with pytest.raises(Invalid) as refusal:
            do(world, case, "confirm_effect", on="29/12/2026", basis_checked=True)
        assert refusal.value.field == "effective_by"
        line = do(world, case, "confirm_effect", on="29/12/2026", effective_by="receipt", basis_checked=True)
    assert case.effective_on == D(2026, 12, 28)
    assert line.data["effective_on"] == "2026-12-28"
    execute = clock(case, "KN_EXECUTE")
    assert (execute.started_on, execute.due_on) == (D(2026, 12, 28), D(2027, 1, 5))


def test_a_day_other_than_the_proposed_one_needs_words(world: World):
    case = decided(world)
    choice = {"on": "29/12/2026", "effective_by": "issue", "basis_checked": True}
    with frozen(D(2026, 12, 29)):
        with pytest.raises(Invalid) as refusal:
            do(world, case, "confirm_effect", **choice)
        assert refusal.value.field == "words"
        db.session.expire_all()
        do(world, case, "confirm_effect", **choice, words="Điều 44 tính từ ngày ban hành.")
    assert case.effective_on == clock(case, "KN_EXECUTE").started_on == D(2026, 12, 20)


def test_without_the_delivery_the_second_day_is_not_known_and_nothing_can_be_confirmed(
    world: World, login_as: LOGIN
):
    case = drafted(world)
    with frozen(D(2026, 11, 20)):
        do(world, case, "decide", **DECIDE, basis_checked=True)
    with frozen(D(2027, 2, 1)):
        with pytest.raises(NotAllowed):
            do(world, case, "confirm_effect", on="01/02/2027", effective_by="issue", basis_checked=True)
        page = login_as(world.person("chutich.lb")).get(f"/cases/{case.id}").text
    assert "Ngày quyết định giải quyết lần đầu có hiệu lực" in page
    assert "chưa biết" in page


def test_the_case_page_and_the_step_show_both_days_with_their_articles(
    world: World, login_as: LOGIN, session: Session
):
    case = decided(world)
    with frozen(D(2026, 12, 29)):
        client = login_as(world.person("chutich.lb"))
        for page in (
            client.get(f"/cases/{case.id}").text,
            client.get(f"/cases/{case.id}/do/confirm_effect").text,
        ):
            assert "20/12/2026" in page and "28/12/2026" in page
            assert "Luật Khiếu nại Điều 44" in page and "Luật Khiếu nại Điều 33" in page
        assert re.search(r'checked[^>]*value="receipt"', page), "the later day is put forward"
        answer = client.post(f"/cases/{case.id}/do/confirm_effect",
                             data={"on": "29/12/2026", "effective_by": "receipt", "basis_checked": "y"})  # fmt: skip
        assert answer.status_code == 302
        assert "Có hiệu lực từ" in client.get(f"/cases/{case.id}").text
