"""The second and third layer: local regulations and internal targets beside the law, never in its place."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.core.audit import AuditEntry
from app.core.clock import frozen
from app.core.db import unit_of_work
from app.core.errors import Conflict, Invalid, NotAllowed, NotFound
from app.core.permissions import Role
from app.organisation.chart import chart
from app.organisation.models import Person
from complaints.clocks import ClockState, Verb
from complaints.models.cases import Case
from complaints.models.clocks import Clock
from complaints.models.local_rules import LocalRule
from complaints.rulebook.loader import Layer, Unit
from complaints.services.assignment import assign
from complaints.services.clocks import append_event, reading_of
from complaints.services.local_rules import NewRule, end_local_rule, local_rule_for, set_local_rule
from complaints.services.perform import perform
from complaints.services.rule_layers import rule_by_version
from tests.conftest import PASSWORD, TODAY
from tests.factories import World, build_person, build_petition

ROOT = Path(__file__).resolve().parent.parent.parent


def target(world: World, unit: str = "LB", **changes: object) -> NewRule:
    """Return an internal target of five working days for accepting complaints (the law has seven)."""
    new = NewRule(
        world.unit(unit).id, Layer.INTERNAL, "KN_ACCEPT", Unit.WORKING, 5, TODAY, None, "Trả lời dân sớm hơn.",
        "Kế hoạch 12/KH-UBND ngày 01/11/2026",
    )  # fmt: skip
    return replace(new, **changes)  # type: ignore[arg-type]


def set_rule(world: World, new: NewRule) -> LocalRule:
    """Set a rule as the administrator of the city."""
    with unit_of_work():
        return set_local_rule(new, actor=world.principal("quantri"))


def clocks(session: Session) -> dict[str, Clock]:
    """Return the clocks by code."""
    return {clock.code: clock for clock in session.scalars(select(Clock).order_by(Clock.id))}


def test_a_target_runs_beside_the_statutory_clock_and_never_as_law(world: World, session: Session):
    row = set_rule(world, target(world))
    petition = build_petition(world, kind="complaint")
    law, own = clocks(session)["KN_ACCEPT"], clocks(session)["KN_ACCEPT.internal"]
    assert (law.due_on, own.due_on) == (date(2026, 11, 26), date(2026, 11, 23))
    assert (own.beside_id, own.rule_version) == (law.id, f"KN_ACCEPT#{row.id}")
    rule = rule_by_version(own.rule_version)
    assert (rule.is_law, rule.article, rule.name_vi) == (False, "", "Thụ lý khiếu nại (mục tiêu nội bộ)")
    said = " ".join(f"{step.what} {step.why}" for step in reading_of(own).steps)
    assert "mục tiêu nội bộ, không phải thời hạn theo luật" in said
    assert "Luật" not in said.replace("Bộ luật", "")
    assert petition.next_due_on == law.due_on, "what is late is late by law"


def test_both_layers_run_at_once_each_under_its_own_name(world: World, session: Session):
    set_rule(world, target(world))
    set_rule(world, target(world, layer=Layer.LOCAL, number=6))
    build_petition(world, kind="complaint")
    own = clocks(session)["KN_ACCEPT.local"]
    assert own.due_on == date(2026, 11, 25)
    said = " ".join(step.why for step in reading_of(own).steps)
    assert "quy định của địa phương, không phải thời hạn theo luật" in said
    assert "KN_ACCEPT.internal" in clocks(session)


def test_a_rule_holds_below_and_the_nearer_one_wins(world: World, session: Session):
    set_rule(world, target(world, "HN", number=6))
    set_rule(world, target(world, "LB", number=4))
    build_petition(world, kind="complaint")
    build_petition(world, by="donthu.bd", unit="BD", kind="complaint")
    found = session.scalars(
        select(Clock.due_on).where(Clock.code == "KN_ACCEPT.internal").order_by(Clock.id)
    ).all()
    assert found == [date(2026, 11, 20), date(2026, 11, 25)]


def test_a_running_clock_keeps_the_version_it_started_under(world: World, session: Session):
    first = set_rule(world, target(world))
    build_petition(world, kind="complaint")
    own = clocks(session)["KN_ACCEPT.internal"]
    with unit_of_work():
        end_local_rule(first, on=date(2026, 11, 17), reason="Đổi kế hoạch", actor=world.principal("quantri"))
    set_rule(world, target(world, number=3, valid_from=date(2026, 11, 17)))
    assert reading_of(own).due_on == own.due_on == date(2026, 11, 23)
    with frozen(date(2026, 11, 17)):
        build_petition(world, kind="complaint")
    newest = session.scalars(
        select(Clock).where(Clock.code == "KN_ACCEPT.internal").order_by(Clock.id.desc())
    ).first()
    assert newest is not None and newest.due_on == date(2026, 11, 20)


def test_the_default_target_of_proposals_gives_way_to_what_the_unit_has_set(world: World, session: Session):
    """The law has no number for proposals (F01): fifteen working days by default, ten here."""

    def study() -> Clock:
        petition = build_petition(world, kind="proposal")
        with unit_of_work():
            perform(petition, "open_case", actor=world.principal("donthu.lb"), data={"on": "16/11/2026"})
            case = petition.case
            assert case is not None
            assign(case, unit_id=world.unit("LB-KT").id, handler_id=world.person("thuly.lb").id,
                   actor=world.principal("chutich.lb"))  # fmt: skip
            perform(case, "study", actor=world.principal("chutich.lb"), data={"on": "16/11/2026"})
        return session.scalars(
            select(Clock).where(Clock.case_id == case.id, Clock.code == "PROPOSAL_TARGET")
        ).one()

    assert study().due_on == date(2026, 12, 8)
    set_rule(world, target(world, code="PROPOSAL_TARGET", number=10))
    clock = study()
    assert (clock.due_on, clock.beside_id) == (date(2026, 12, 1), None)
    case = session.get_one(Case, clock.case_id)
    assert case.next_due_on == date(2026, 12, 1)
    with unit_of_work():
        perform(case, "answer", actor=world.principal("chutich.lb"),
                data={"on": "16/11/2026", "document_no": "9", "words": "Đã trả lời."})  # fmt: skip
    assert (clock.state, case.on_time) == (ClockState.MET, True)


def test_the_clock_beside_goes_where_the_statutory_one_goes(world: World, session: Session):
    set_rule(world, target(world))
    petition = build_petition(world, kind="complaint")
    law, own = clocks(session)["KN_ACCEPT"], clocks(session)["KN_ACCEPT.internal"]
    actor = world.principal("donthu.lb")
    with unit_of_work():
        append_event(law, Verb.PAUSE, on=date(2026, 11, 17), actor=actor)
    assert (law.state, own.state) == ("paused", "paused")
    with unit_of_work():
        append_event(law, Verb.RESUME, on=date(2026, 11, 19), actor=actor)
    assert own.due_on == date(2026, 11, 26)  # four of five days left after the 19th: 20, 23, 25, 26
    with unit_of_work():
        append_event(law, Verb.STOP, on=date(2026, 11, 27), actor=actor)
    assert (own.state, own.late, law.late) == ("met", True, False)
    assert petition.is_open


def test_an_extension_by_law_ends_what_was_set_for_the_normal_length(world: World, session: Session):
    set_rule(world, target(world, code="TC_INIT"))
    petition = build_petition(world, kind="denunciation", respondent_level="commune_officer")
    law, own = clocks(session)["TC_INIT"], clocks(session)["TC_INIT.internal"]
    with unit_of_work():
        append_event(law, Verb.EXTEND, on=date(2026, 11, 17), actor=None, days=10)
    assert (law.state, own.state) == ("running", "cancelled")
    assert petition.sealed_identity_id is not None


@pytest.mark.parametrize(
    "changes, field",
    [
        ({"number": 8}, "number"),  # the law: seven working days
        ({"number": 0}, "number"),
        ({"number": 366, "code": "PROPOSAL_TARGET"}, "number"),
        (
            {"code": "KN1_RESOLVE", "number": 31},
            "number",
        ),  # the law: 30 calendar days; 31 working days are more
        ({"code": "KN_WINDOW2"}, "code"),  # the citizen's own time
        ({"code": "KN_DIALOGUE_NOTICE"}, "code"),
        ({"code": "NO_SUCH"}, "code"),
        ({"layer": Layer.STATUTORY}, "layer"),
        ({"layer": Layer.LOCAL, "code": "PROPOSAL_TARGET"}, "layer"),
        ({"valid_from": date(2026, 11, 15)}, "valid_from"),
        ({"valid_to": TODAY}, "valid_to"),
        ({"reason": " \n"}, "reason"),
        ({"source": ""}, "source"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(
    world: World, session: Session, changes: dict[str, object], field: str
):
    with pytest.raises(Invalid) as refusal:
        set_local_rule(target(world, **changes), actor=world.principal("quantri"))
    assert refusal.value.field == field
    assert session.scalars(select(LocalRule)).all() == []


def test_two_rules_of_one_unit_and_layer_never_hold_on_the_same_day(world: World):
    set_rule(world, target(world, valid_to=date(2027, 1, 1)))
    with pytest.raises(Invalid) as refusal:
        set_rule(world, target(world, valid_from=date(2026, 12, 31)))
    assert refusal.value.field == "valid_from"
    set_rule(world, target(world, valid_from=date(2027, 1, 1)))
    set_rule(world, target(world, layer=Layer.LOCAL))
    set_rule(world, target(world, "BD"))


def test_an_administrator_sets_rules_for_their_unit_and_those_below_alone(world: World):
    person = build_person("quantri.lb", "Quản trị LB", PASSWORD, (world.unit("LB"), Role.ADMINISTRATOR))
    world.people["quantri.lb"] = person
    chart(fresh=True)
    own = world.principal("quantri.lb")
    theirs = set_rule(world, target(world, "HN"))
    with unit_of_work():
        set_local_rule(target(world, "LB-KT"), actor=own)
    for unit in ("HN", "BD"):
        with pytest.raises(NotAllowed):
            set_local_rule(target(world, unit), actor=own)
    with pytest.raises(NotFound):
        local_rule_for(own, theirs.id)
    with pytest.raises(NotAllowed):
        end_local_rule(theirs, on=date(2026, 12, 1), reason="x", actor=own)
    with pytest.raises(NotAllowed):
        set_local_rule(target(world, "LB"), actor=world.principal("chutich.hn"))


def test_a_rule_ends_once_with_a_reason_and_its_number_is_never_rewritten(world: World, session: Session):
    row, actor = set_rule(world, target(world)), world.principal("quantri")
    for on, reason, field in ((TODAY, "x", "ends_on"), (date(2026, 12, 1), " ", "reason")):
        with pytest.raises(Invalid) as refusal:
            end_local_rule(row, on=on, reason=reason, actor=actor)
        assert refusal.value.field == field
    with unit_of_work():
        end_local_rule(row, on=date(2026, 12, 1), reason="Hết kế hoạch", actor=actor)
    with pytest.raises(Conflict):
        end_local_rule(row, on=date(2026, 12, 2), reason="lại", actor=actor)
    acts = select(AuditEntry.action).where(AuditEntry.subject_kind == "local_rule").order_by(AuditEntry.id)
    assert session.scalars(acts).all() == ["rule.set", "rule.ended"]
    for statement in ("UPDATE local_rules SET number = 9", "DELETE FROM local_rules"):
        with pytest.raises(DBAPIError, match=r"appended|permission denied"), session.begin_nested():
            session.execute(text(statement))


def test_the_page_sets_and_ends_a_rule(
    world: World, session: Session, login_as: Callable[[Person], FlaskClient]
):
    client = login_as(world.person("quantri"))
    assert "Chưa đặt quy định riêng nào" in client.get("/admin/rules/").text
    form = {"unit_id": str(world.unit("LB").id), "code": "KN_ACCEPT", "layer": "internal", "number": "9", "days": "wd",
            "valid_from": "16/11/2026", "source": "KH 12", "reason": "Sớm hơn"}  # fmt: skip
    refused = client.post("/admin/rules/", data=form)
    assert refused.status_code == 422
    assert "Không dài hơn thời hạn theo luật: 7 ngày làm việc." in refused.text
    assert client.post("/admin/rules/", data={**form, "number": "5"}).status_code == 302
    row = session.scalars(select(LocalRule)).one()
    assert "KH 12" in client.get("/admin/rules/").text
    bad = client.post(f"/admin/rules/{row.id}/end", data={"ends_on": "01/12/2026", "reason": ""})
    assert bad.status_code == 422
    done = {"ends_on": "01/12/2026", "reason": "Hết kế hoạch"}
    assert client.post(f"/admin/rules/{row.id}/end", data=done).status_code == 302
    assert "Hết kế hoạch" in client.get("/admin/rules/").text


def test_pages_call_a_target_a_target(
    world: World, session: Session, login_as: Callable[[Person], FlaskClient]
):
    set_rule(world, target(world))
    petition = build_petition(world, kind="complaint")
    own = clocks(session)["KN_ACCEPT.internal"]
    client = login_as(world.person("donthu.lb"))
    page = client.get(f"/petitions/{petition.id}").text
    assert "Thụ lý khiếu nại (mục tiêu nội bộ)" in page
    explained = client.get(f"/clocks/{own.id}").text
    assert "không phải thời hạn theo luật" in explained
    assert "Kế hoạch 12/KH-UBND" in explained


def test_only_the_statutory_layer_is_called_law_in_the_interface():
    """The words 'theo luật' stand where a rule was asked whether it is law, or say that something is not."""
    allowed = ("is_law", "không phải thời hạn theo luật", "Không dài hơn thời hạn theo luật", "Thời hạn theo luật chỉ có",
               "không có thời hạn theo luật", "bên cạnh thời hạn theo luật", "Mọi thời hạn đang theo luật",
               "STATUTORY", "Tính sẵn theo luật", "Cơ quan có thẩm quyền giải quyết theo luật")  # fmt: skip
    for path in [
        p
        for package in ("app", "complaints", "reception", "notifications")
        for p in (ROOT / package).rglob("*")
    ]:
        if path.suffix not in (".py", ".html", ".js"):
            continue
        for line in path.read_text(encoding="utf-8").splitlines():
            if re.search(r"_l?\(.*theo luật", line):
                assert any(word in line for word in allowed), f"{path}: {line.strip()}"
