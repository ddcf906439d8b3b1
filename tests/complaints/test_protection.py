"""Protecting those who denounce (law.md 7.6): the table by hand, the file of protection, its readers and its seal."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.core.audit import AuditEntry
from app.core.clock import HANOI, frozen
from app.core.db import unit_of_work
from app.core.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound
from complaints import codes_protection
from complaints.codes import Code
from complaints.models.cases import Case
from complaints.models.protection import ProtectionMeasure
from complaints.services.clocks import clocks_of
from complaints.services.perform import perform
from complaints.services.protection import measures_of, open_file, opened_file, take
from complaints.workflow.base import Facts, GuardRefused
from complaints.workflow.protection import WORKFLOW
from tests.access.test_every_route import sign_in
from tests.conftest import TODAY, sealed_bytes
from tests.factories import World, build_petition

WHERE = {
    "secrecy_on": "waive request", "secrecy_waived": "request",
    "prot_requested": "request_paper protect refer refuse_protection",
    "prot_active": "request_paper change end_protection",
    "prot_referred": "request_paper referral_paper", "prot_refused": "", "prot_ended": "",
}  # fmt: skip
LEADS = {
    "waive": "secrecy_waived", "request": "prot_requested", "protect": "prot_active", "refer": "prot_referred",
    "refuse_protection": "prot_refused", "end_protection": "prot_ended",
}  # fmt: skip
CODES = {
    "waive": "B-2", "request": "B-3", "request_paper": "B-3", "protect": "B-4", "refer": "B-5", "referral_paper": "B-5",
    "refuse_protection": "B-6", "change": "B-7", "end_protection": "B-8",
}  # fmt: skip
CLOCKS = {"request": "start", "protect": "stop", "refer": "stop", "refuse_protection": "stop"}
GUARDS: list[tuple[str, str, dict[str, Any], dict[str, Any], str | None]] = [
    ("secrecy_on", "request", {}, {"form": "written"}, "Điều 50"),
    ("secrecy_on", "request", {}, {"form": "written", "paper_on": TODAY}, None),
    ("secrecy_on", "request", {}, {"form": "by_phone"}, None),
    ("secrecy_on", "request", {}, {"form": "own_view"}, None),
    ("prot_active", "request_paper", {}, {}, "nộp sau"),
    ("prot_active", "request_paper", {"request_paper_owed": True}, {}, None),
    ("prot_requested", "refer", {}, {"to_kind": "police"}, "khẩn cấp"),
    ("prot_requested", "refer", {}, {"to_kind": "police", "document_no": "3"}, None),
    ("prot_requested", "refer", {"urgent": True}, {"to_kind": "police"}, None),
    ("prot_referred", "referral_paper", {}, {}, "đã được gửi"),
    ("prot_referred", "referral_paper", {"referral_paper_owed": True}, {}, None),
]
ON = TODAY.strftime("%d/%m/%Y")
PEOPLE = "Đàm Thị Kín Đáo, số 9 ngách Vông"
REQUEST = {
    "on": ON, "form": "written", "paper_on": ON, "relations": ["denouncer", "child"], "people": PEOPLE,
    "objects": ["life", "health"], "measures": ["life"], "words": "Bị nhắn tin đe doạ.",
}  # fmt: skip
DECISION = {"on": ON, "document_no": "7/QĐ", "decided_by": "resolver", "measures": ["life", "job"], "starts_on": ON,
            "starts_at": "8:30", "words": "Có căn cứ."}  # fmt: skip


@pytest.fixture
def case(world: World) -> Case:
    """A case of a denunciation at Long Biên, opened today."""
    return opened(world, "denunciation")


def opened(world: World, kind: str) -> Case:
    """Open a case of a kind through the real service."""
    petition = build_petition(world, kind=kind, respondent_level="commune_officer", field="construction")
    with unit_of_work():
        perform(petition, "open_case", actor=world.principal("donthu.lb"), data={"on": ON})
    assert petition.case is not None
    return petition.case


def act(world: World, case: Case, measure: ProtectionMeasure, action: str, data: Any) -> ProtectionMeasure:
    """Take a step as the head of Long Biên."""
    with unit_of_work():
        return take(case, measure, action, actor=world.principal("chutich.lb"), data=data)


def asked(world: World, case: Case, **changes: Any) -> ProtectionMeasure:
    """Record a request for protection."""
    return act(world, case, measures_of(case)[0], "request", {**REQUEST, **changes})


def targets(case: Case) -> list[str]:
    """Return the states of the targets on a case."""
    return [clock.state for clock in clocks_of(case) if clock.code == "PROTECTION_TARGET"]


# The table by hand.


def test_each_state_allows_what_the_law_says_and_nothing_else() -> None:
    found = {state: sorted({t.action for t in WORKFLOW.leaving(state)}) for state in WORKFLOW.states}
    assert found == {state: sorted(actions.split()) for state, actions in WHERE.items()}


def test_each_step_has_its_number_leads_where_the_law_says_and_drives_its_clock() -> None:
    assert {t.action: t.code for t in WORKFLOW.transitions} == CODES
    assert {t.action: t.target for t in WORKFLOW.transitions if t.target} == LEADS
    assert {t.action: e.verb.value for t in WORKFLOW.transitions for e in t.effects} == CLOCKS
    assert {e.clock for t in WORKFLOW.transitions for e in t.effects} == {"PROTECTION_TARGET"}


@pytest.mark.parametrize("state, action, facts, data, refusal", GUARDS)
def test_each_guard_both_ways(
    state: str, action: str, facts: dict[str, Any], data: dict[str, Any], refusal: str | None
) -> None:
    if refusal is None:
        assert WORKFLOW.find(state, action, Facts(**facts), data).action == action
        return
    with pytest.raises(GuardRefused) as refused:
        WORKFLOW.find(state, action, Facts(**facts), data)
    assert refusal in refused.value.reason_vi


@pytest.mark.parametrize("list_, count", [
    (codes_protection.Relation, 6), (codes_protection.Protected, 7), (codes_protection.Measure, 3),
    (codes_protection.RequestForm, 4), (codes_protection.ProtectionBody, 4), (codes_protection.ProtectionEnd, 4),
    (codes_protection.SecrecyWaiver, 2),
])  # fmt: skip
def test_a_list_has_as_many_values_as_the_law_each_with_its_article(list_: type[Code], count: int) -> None:
    assert len({member.vi for member in list_}) == len({member.en for member in list_}) == count
    assert all(member.article and len(member.value) <= 40 for member in list_)


# The file.


def test_secrecy_is_on_from_the_opening_of_a_denunciation_and_of_nothing_else(
    world: World, case: Case
) -> None:
    (secrecy,) = measures_of(case)
    assert (secrecy.state, secrecy.secrecy, secrecy.measures) == ("secrecy_on", True, ["secrecy"])
    (entry,) = secrecy.entries
    assert (entry.transition, entry.actor_id, entry.on) == ("B-1", None, case.received_on)
    assert measures_of(opened(world, "complaint")) == []


def test_only_a_paper_waives_secrecy_and_whoever_waived_it_may_still_ask_for_protection(
    world: World, case: Case
) -> None:
    (secrecy,) = measures_of(case)
    for missing in ("document_no", "paper_on", "ground"):
        data = {"on": ON, "ground": "declined", "document_no": "1", "paper_on": ON}
        with pytest.raises(Invalid) as refused:
            act(world, case, secrecy, "waive", {**data, missing: ""})
        assert refused.value.field == missing
    act(world, case, secrecy, "waive", {"on": ON, "ground": "revealed", "document_no": "1", "paper_on": ON})
    assert secrecy.state == "secrecy_waived"
    assert asked(world, case).state == "prot_requested"


def test_a_request_runs_the_internal_target_until_it_is_decided_and_its_end_leaves_secrecy_on(
    world: World, case: Case
) -> None:
    measure = asked(world, case)
    assert targets(case) == ["running"]
    act(world, case, measure, "protect", DECISION)
    assert targets(case) == ["met"]
    assert measure.state == "prot_active"
    assert measure.started_at == datetime(2026, 11, 16, 8, 30, tzinfo=HANOI)
    assert measure.measures == ["life", "job"]
    act(world, case, measure, "change", {"on": ON, "document_no": "8", "measures": ["job"], "words": "Đổi"})
    assert (measure.state, measure.measures) == ("prot_active", ["job"])
    end = {"on": ON, "document_no": "9", "ground": "breach", "words": "Cố ý không thực hiện"}
    act(world, case, measure, "end_protection", end)
    assert (measure.state, measure.end_ground, measure.ended_on) == ("prot_ended", "breach", TODAY)
    assert measures_of(case)[0].state == "secrecy_on"
    assert [e.transition for e in measure.entries] == ["B-3", "B-4", "B-7", "B-8"]


def test_two_requests_have_a_target_each(world: World, case: Case) -> None:
    first, second = asked(world, case), asked(world, case, form="own_view", paper_on="")
    act(world, case, second, "refuse_protection", {"on": ON, "document_no": "2", "words": "Không có căn cứ"})
    assert targets(case) == ["running", "met"]
    assert (first.state, second.state) == ("prot_requested", "prot_refused")


def test_a_refusal_needs_its_written_reasons(world: World, case: Case) -> None:
    measure = asked(world, case)
    for missing in ("words", "document_no"):
        data = {"on": ON, "document_no": "2", "words": "Không", missing: " "}
        with pytest.raises(Invalid) as refused:
            act(world, case, measure, "refuse_protection", data)
        assert refused.value.field == missing
    assert targets(case) == ["running"]


def test_what_is_urgent_is_referred_at_once_and_both_papers_follow(world: World, case: Case) -> None:
    measure = asked(world, case, form="by_phone", paper_on="")
    assert measure.urgent
    act(world, case, measure, "refer", {"on": ON, "to_kind": "police", "to_body": "Công an phường"})
    assert (measure.state, targets(case)) == ("prot_referred", ["met"])
    act(world, case, measure, "referral_paper", {"on": ON, "document_no": "5/CV"})
    act(world, case, measure, "request_paper", {"on": ON, "paper_on": ON})
    assert not measure.request_paper_owed
    assert not measure.referral_paper_owed
    with pytest.raises(NotAllowed):
        act(world, case, measure, "referral_paper", {"on": ON, "document_no": "6/CV"})
    slow = asked(world, case)
    with pytest.raises(NotAllowed, match="khẩn cấp"):
        act(world, case, slow, "refer", {"on": ON, "to_kind": "police", "to_body": "Công an phường"})


@pytest.mark.parametrize("change, field", [
    ({"on": "17/11/2026"}, "on"), ({"on": "01/01/2020"}, "on"), ({"on": "xx"}, "on"), ({"starts_on": "15/11/2026"}, "starts_on"),
    ({"starts_at": "25:00"}, "starts_at"), ({"starts_at": "sáng"}, "starts_at"), ({"measures": ["guard dog"]}, "measures"),
    ({"decided_by": ""}, "decided_by"),
])  # fmt: skip
def test_bad_days_hours_and_choices_are_told_beside_their_field_and_nothing_is_written(
    world: World, case: Case, change: dict[str, Any], field: str
) -> None:
    measure = asked(world, case)
    with pytest.raises(Invalid) as refused:
        act(world, case, measure, "protect", {**DECISION, **change})
    assert refused.value.field == field
    assert (measure.state, len(measure.entries), targets(case)) == ("prot_requested", 1, ["running"])


def test_protection_cannot_end_before_it_began(world: World, case: Case) -> None:
    measure = asked(world, case)
    with frozen(TODAY + timedelta(days=2)):
        later = date(2026, 11, 18).strftime("%d/%m/%Y")
        act(
            world, case, measure, "protect", {**DECISION, "on": later, "starts_on": later, "starts_at": "17h"}
        )
        end = {"on": ON, "document_no": "9", "ground": "own_request", "words": "Đề nghị"}
        with pytest.raises(Invalid, match="18/11/2026"):
            act(world, case, measure, "end_protection", end)


def test_a_form_made_before_somebody_else_moved_the_file_is_refused(world: World, case: Case) -> None:
    measure, chair = asked(world, case), world.principal("chutich.lb")
    stale = measure.version
    act(world, case, measure, "protect", DECISION)
    with pytest.raises(Conflict), unit_of_work():
        take(case, measure, "change", actor=chair, data=DECISION, version=stale)
    with pytest.raises(Conflict):
        act(world, case, measure, "protect", DECISION)


@pytest.mark.parametrize(
    "username", ["thuly.lb", "donthu.lb", "chutich.bd", "chutich.hn", "thanhtra", "quantri"]
)
def test_nobody_but_the_head_of_the_competent_body_opens_or_moves_it(
    world: World, case: Case, username: str
) -> None:
    measure, actor = asked(world, case), world.principal(username)
    with pytest.raises(NotFound), unit_of_work():
        take(case, measure, "protect", actor=actor, data=DECISION)
    with pytest.raises(NotFound), unit_of_work():
        open_file(case, measure, actor=actor, reason="muốn biết là ai")


def test_names_and_words_are_under_the_seal_and_each_opening_is_written(
    world: World, case: Case, session: Session
) -> None:
    measure, chair = asked(world, case), world.principal("chutich.lb")
    (entry,) = measure.entries
    assert "people" not in entry.data
    assert "words" not in entry.data
    assert PEOPLE.encode() not in sealed_bytes(measure, "ciphertext")
    with unit_of_work():
        opening = open_file(case, measure, actor=chair, reason="làm việc với công an")
    opened_ = opened_file(opening)
    assert opened_.people == PEOPLE
    assert opened_.texts[entry.id] == {"words": "Bị nhắn tin đe doạ."}
    with pytest.raises(DomainError), unit_of_work():
        open_file(case, measure, actor=chair, reason="x")
    session.expire_all()
    look = measure.entries[-1]
    assert (look.act, look.transition, look.actor_id) == ("opened", "B-1", chair.person_id)
    assert "công an".encode() not in sealed_bytes(look, "ciphertext")
    with unit_of_work():
        opening = open_file(case, measure, actor=chair, reason="ký quyết định")
    again = opened_file(opening)
    assert again.texts[look.id] == {"reason": "làm việc với công an"}
    acts = session.scalars(select(AuditEntry.action).where(AuditEntry.action.like("protection.%"))).all()
    assert sorted(acts) == [
        "protection.opened",
        "protection.opened",
        "protection.request",
        "protection.secrecy",
    ]


def test_the_database_refuses_to_rewrite_a_line_of_the_file(
    world: World, case: Case, session: Session
) -> None:
    asked(world, case)
    for statement in ("UPDATE protection_entries SET act = 'x'", "DELETE FROM protection_entries"):
        with pytest.raises(DBAPIError, match=r"appended|permission denied"), session.begin_nested():
            session.execute(text(statement))


# The pages.


def test_the_head_protects_through_the_pages_and_others_see_no_trace(
    client: FlaskClient, world: World, case: Case
) -> None:
    sign_in(client, world, "chutich.lb")
    secrecy = measures_of(case)[0].id
    assert f"/cases/{case.id}/protection" in client.get(f"/cases/{case.id}").get_data(as_text=True)
    path = f"/cases/{case.id}/protection/{secrecy}/do/request"
    assert "Họ tên, địa chỉ người cần bảo vệ" in client.get(path).get_data(as_text=True)
    refused = client.post(path, data={**REQUEST, "on": "32/13/2026"})
    assert refused.status_code == 422
    assert PEOPLE in refused.get_data(as_text=True)  # what was typed stays
    assert client.post(path, data=REQUEST).status_code == 302
    measure = measures_of(case)[1].id
    page = client.get(f"/cases/{case.id}/protection").get_data(as_text=True)
    assert "Đề nghị bảo vệ chờ quyết định" in page
    assert "Kín Đáo" not in page
    assert client.post(f"/cases/{case.id}/protection/{measure}/do/protect", data=DECISION).status_code == 302
    page = client.get(f"/cases/{case.id}/protection").get_data(as_text=True)
    assert "Đang áp dụng biện pháp bảo vệ" in page
    assert client.post(f"/cases/{case.id}/protection/{measure}/do/protect", data=DECISION).status_code == 422
    assert client.get(f"/cases/{case.id}/protection/{measure}/do/protect").status_code == 302
    assert client.get(f"/cases/{case.id}/protection/{measure}/do/dance").status_code == 404
    file = f"/cases/{case.id}/protection/{measure}/file"
    assert client.post(file, data={"reason": ""}).status_code == 422
    shown = client.post(file, data={"reason": "làm việc với công an"})
    assert PEOPLE in shown.get_data(as_text=True)
    assert shown.headers["Cache-Control"] == "private, no-store"
    client.post("/sign-out")
    sign_in(client, world, "chutich.hn")  # sees the case, not that anybody is protected
    assert "/protection" not in client.get(f"/cases/{case.id}").get_data(as_text=True)
    assert client.post(file, data={"reason": "làm việc với công an"}).status_code == 404


def test_a_case_that_is_no_denunciation_has_no_file(client: FlaskClient, world: World) -> None:
    other = opened(world, "complaint")
    sign_in(client, world, "chutich.lb")
    assert client.get(f"/cases/{other.id}/protection").status_code == 404
    assert "/protection" not in client.get(f"/cases/{other.id}").get_data(as_text=True)


def test_that_protection_was_asked_for_shows_to_nobody_but_the_head(
    world: World, case: Case, login_as: Callable[[Any], FlaskClient]
) -> None:
    before = case.next_due_on
    asked(world, case)
    target = next(clock for clock in clocks_of(case) if clock.code == "PROTECTION_TARGET")
    assert case.next_due_on == before and target.next_alert_at is None
    client = login_as(world.person("donthu.lb"))
    assert "mục tiêu nội bộ" not in client.get(f"/cases/{case.id}").text
    assert client.get(f"/clocks/{target.id}").status_code == 404
    client.post("/sign-out")
    assert login_as(world.person("chutich.lb")).get(f"/clocks/{target.id}").status_code == 200
