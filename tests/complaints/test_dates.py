"""The seven dates of a case: each is recorded by its own step and stands for no other."""

from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core.clock import frozen
from app.core.db import db, unit_of_work
from app.core.errors import Invalid
from app.organisation.models import Person
from complaints.models.cases import Case
from complaints.models.history import Document
from complaints.models.petitions import Petition
from complaints.services.assignment import assign
from complaints.services.perform import classify_on_registration, perform
from complaints.workflow.catalogue import BY_CASE_KIND
from complaints.workflow.milestones import names_of
from tests.factories import World, build_petition, posted

D = date


def _case(world: World, kind: str = "complaint") -> Case:
    petition = build_petition(world, kind=kind)
    with unit_of_work():
        if petition.state == "registered":
            classify_on_registration(
                petition, actor=world.principal("donthu.lb"), data={"kind": kind, "field": "land"}
            )
        perform(petition, "open_case", actor=world.principal("donthu.lb"), data={"on": D(2026, 11, 16)})
    case = petition.case
    assert case is not None
    with unit_of_work():
        assign(case, unit_id=world.unit("LB-KT").id, handler_id=world.person("thuly.lb").id,
               actor=world.principal("chutich.lb"))  # fmt: skip
    return case


def _step(world: World, case: Case, action: str, **data: object) -> None:
    with unit_of_work():
        perform(case, action, actor=world.principal("chutich.lb"), data=data)


def _decided(world: World) -> Case:
    case = _case(world)
    _step(world, case, "accept", contested="act", on=D(2026, 11, 16))
    _step(world, case, "draft_at_once", on=D(2026, 11, 16), words="Rõ ràng trái pháp luật.")
    _step(
        world,
        case,
        "decide",
        on=D(2026, 11, 16),
        document_no="12/QĐ",
        outcome="right",
        words="Nội dung.",
        publish=True,
        basis_checked=True,
    )
    return case


def test_each_step_records_its_own_day_and_the_effect_counts_from_the_issue(world: World) -> None:
    case = _decided(world)
    assert (case.decided_on, case.dispatched_on, case.delivered_on, case.published_on, case.effective_on) == (
        D(2026, 11, 16), None, None, None, None,
    )  # fmt: skip
    with frozen(D(2026, 11, 25)):
        _step(world, case, "dispatch", on=D(2026, 11, 18))
        _step(world, case, "deliver", delivered_on=D(2026, 11, 20))
        _step(world, case, "publish", on=D(2026, 11, 23), **posted(D(2026, 11, 23)))
    paper = db.session.execute(
        select(Document).where(Document.case_id == case.id, Document.form == "15/KN")
    ).scalar_one()
    assert (paper.issued_on, paper.dispatched_on, paper.delivered_on) == (
        D(2026, 11, 16),
        D(2026, 11, 18),
        D(2026, 11, 20),
    )
    with frozen(D(2027, 1, 20)):
        _step(world, case, "confirm_effect", on=D(2027, 1, 20), effective_by="issue",
              words="Theo Điều 44.", basis_checked=True)  # fmt: skip
    assert (case.decided_on, case.dispatched_on, case.delivered_on, case.published_on, case.effective_on) == (
        D(2026, 11, 16), D(2026, 11, 18), D(2026, 11, 20), D(2026, 11, 23), D(2026, 12, 16),
    )  # fmt: skip


def test_a_delivery_without_a_dispatch_leaves_the_dispatch_empty(world: World) -> None:
    case = _decided(world)
    with frozen(D(2026, 11, 25)):
        _step(world, case, "deliver", delivered_on=D(2026, 11, 20))
    assert (case.dispatched_on, case.delivered_on) == (None, D(2026, 11, 20))


@pytest.mark.parametrize(
    "action, name, extra", [("dispatch", "on", {}), ("publish", "on", posted(D(2026, 11, 13)))]
)
def test_a_day_before_the_issue_is_refused_beside_its_field(
    world: World, action: str, name: str, extra: dict[str, object]
) -> None:
    with frozen(D(2026, 11, 12)):
        case = _case_received_early(world)
    with pytest.raises(Invalid) as refused:
        _step(world, case, action, on=D(2026, 11, 13), **extra)
    assert refused.value.field == name
    assert "16/11/2026" in str(refused.value)
    assert (case.dispatched_on, case.published_on) == (None, None)


def _case_received_early(world: World) -> Case:
    petition = build_petition(world, kind="complaint", received_on=D(2026, 11, 12))
    with unit_of_work():
        perform(petition, "open_case", actor=world.principal("donthu.lb"), data={"on": D(2026, 11, 12)})
    case = petition.case
    assert case is not None
    with frozen(D(2026, 11, 16)):
        _step(world, case, "accept", contested="act", on=D(2026, 11, 12))
        _step(world, case, "draft_at_once", on=D(2026, 11, 13), words="Rõ ràng.")
        _step(
            world,
            case,
            "decide",
            on=D(2026, 11, 16),
            document_no="12/QĐ",
            outcome="right",
            words="Nội dung.",
            publish=True,
            basis_checked=True,
        )
    return case


def test_a_receipt_before_the_dispatch_is_refused(world: World) -> None:
    case = _decided(world)
    with frozen(D(2026, 11, 25)):
        _step(world, case, "dispatch", on=D(2026, 11, 20))
        with pytest.raises(Invalid) as refused:
            _step(world, case, "deliver", delivered_on=D(2026, 11, 19))
    assert refused.value.field == "delivered_on"
    assert case.delivered_on is None


def test_a_kind_shows_the_dates_that_its_table_has() -> None:
    every = (
        "received",
        "registered",
        "accepted",
        "issued",
        "dispatched",
        "delivered",
        "published",
        "effective",
    )
    assert names_of(BY_CASE_KIND["complaint"]) == every
    assert names_of(BY_CASE_KIND["denunciation"])[:5] == every[:5]
    assert "effective" not in names_of(BY_CASE_KIND["denunciation"])
    assert names_of(BY_CASE_KIND["proposal"]) == ("received", "registered", "issued")


def test_the_pages_show_the_dates_and_why_a_step_is_not_allowed(
    world: World, login_as: Callable[[Person], FlaskClient]
) -> None:
    case = _case(world)
    with unit_of_work():
        case.handler_id = None
    _step(world, case, "accept", contested="act", on=D(2026, 11, 16))
    client = login_as(world.person("chutich.lb"))
    text = client.get(f"/cases/{case.id}").get_data(as_text=True)
    assert "Các mốc ngày" in text
    assert text.count("<dd>chưa có</dd>") == 5
    reason = "Chưa giao vụ việc cho người thụ lý; hãy giao việc trước."
    assert 'aria-describedby="why-verify"' in text
    assert 'id="why-verify"' in text
    assert reason in text
    answer = client.post(
        f"/cases/{case.id}/do/verify", data={"on": "2026-11-16", "version": str(case.version)}
    )
    assert answer.status_code == 422
    assert reason in answer.get_data(as_text=True)
    assert case.state == "accepted_1"
    petition_id = db.session.execute(select(Petition.id).where(Petition.case_id == case.id)).scalar_one()
    assert "Ngày ghi trên đơn" in client.get(f"/petitions/{petition_id}").get_data(as_text=True)


@pytest.mark.law("C31")
def test_a_posting_shorter_than_the_law_wants_is_refused_beside_its_field_and_nothing_is_recorded(
    world: World,
) -> None:
    case = _decided(world)
    with frozen(D(2026, 11, 23)):
        short = {**posted(D(2026, 11, 23)), "posted_to": D(2026, 12, 7)}
        with pytest.raises(Invalid, match="đến hết ngày 08/12/2026") as refused:
            _step(world, case, "publish", on=D(2026, 11, 23), **short)
        assert refused.value.field == "posted_to"
        assert case.published_on is None
        _step(world, case, "publish", on=D(2026, 11, 23), **posted(D(2026, 11, 23)))
    assert case.published_on == D(2026, 11, 23)
