"""The transition rules of law.md 0.4: the table, what a case starts under, and what switches it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.clock import frozen
from app.core.db import unit_of_work
from app.organisation.models import Person
from complaints.clocks import Verb
from complaints.jobs import sweep_which_law
from complaints.models.cases import Case
from complaints.models.clocks import Clock
from complaints.models.history import HistoryEntry
from complaints.rulebook.loader import Rulebook, load_rulebook
from complaints.rulebook.transitions import Effect, load_transitions, read_transitions
from complaints.rulebook.wordings.loader import load_wordings
from complaints.services import rule_layers, which_law
from complaints.services.clocks import append_event, reading_of, rule_of
from complaints.services.perform import perform
from complaints.services.which_law import settle_law, settle_open_cases
from complaints.workflow.catalogue import BY_CASE_KIND
from tests.factories import World, build_petition

D = date
BOOK = load_transitions()
BEFORE, SWITCH = D(2026, 6, 15), D(2026, 7, 1)


def open_case(world: World, kind: str = "complaint", **changes: object) -> Case:
    petition = build_petition(world, kind=kind, **changes)
    with unit_of_work():
        perform(
            petition,
            "open_case",
            actor=world.principal("donthu.lb"),
            data={"on": petition.received_on.isoformat()},
        )
    assert petition.case is not None
    return petition.case


def accept(world: World, case: Case) -> None:
    with unit_of_work():
        perform(
            case,
            "accept",
            actor=world.principal("chutich.lb"),
            data={
                "on": D(2026, 6, 20).isoformat(),
                "document_no": "1",
                "contested": "act",
                "basis_checked": True,
            },
        )


# ------------------------------------------------------------------------------------------------------------ the table


def test_every_effect_stands_for_a_row():
    assert {t.effect for t in BOOK.transitions} == set(Effect)


def test_every_row_of_the_transitional_rules_is_there_with_its_article():
    assert [t.cites[0] for t in BOOK.transitions] == ["0.4-1", "0.4-2", "0.4-3", "0.4-4", "0.4-5", "0.4-6"]
    assert [t.confidence for t in BOOK.transitions] == ["medium", "medium", "high", "high", "low", "medium"]
    assert "C03" in BOOK.transition("NOTARISED_AUTHORISATION").cites
    assert BOOK.transition("NOTARISED_AUTHORISATION").switch_on == D(2027, 1, 1)
    with pytest.raises(KeyError):
        BOOK.transition("NO_SUCH")


def test_the_notarised_authorisation_lapses_on_the_day_that_acceptance_checks():
    assert (
        load_wordings()["KN_ATTORNEY_NOTARISED"].valid_to
        == BOOK.transition("NOTARISED_AUTHORISATION").switch_on
    )


def test_transition_rules_name_clocks_of_the_rulebook_and_kinds_of_the_product():
    for rule in BOOK.transitions:
        assert set(rule.rules) <= set(load_rulebook().codes()), rule.code
        assert set(rule.kinds) <= set(BY_CASE_KIND), rule.code


@pytest.mark.parametrize(
    "kind, on, since",
    [
        ("complaint", D(2020, 12, 9), D(2012, 7, 1)),
        ("complaint", D(2020, 12, 10), D(2020, 12, 10)),
        ("complaint", D(2026, 6, 30), D(2020, 12, 10)),
        ("complaint", D(2026, 7, 1), D(2026, 7, 1)),
        ("denunciation", D(2026, 6, 30), D(2019, 1, 1)),
        ("denunciation", D(2026, 7, 1), D(2026, 7, 1)),
        ("proposal", D(2026, 7, 1), D(2026, 7, 1)),
    ],
)
def test_a_case_starts_under_the_law_of_its_day_of_receipt(kind: str, on: date, since: date):
    law = BOOK.law_set(kind, on)
    assert law is not None and law.since == since


def test_a_kind_or_a_time_without_law_has_no_law_set():
    assert BOOK.law_set("complaint", D(2012, 6, 30)) is None
    assert BOOK.law_set("no_such", D(2026, 7, 1)) is None


@pytest.mark.parametrize(
    "kind, accepted_on, decided_on, today, code",
    [
        ("complaint", D(2026, 6, 30), None, SWITCH, "COMPLAINT_UNDER_WAY"),
        ("complaint", D(2026, 6, 30), None, D(2026, 6, 30), None),
        ("complaint", D(2026, 7, 1), None, D(2026, 8, 1), None),
        ("complaint", None, None, SWITCH, None),
        ("complaint", D(2026, 6, 1), D(2026, 6, 30), SWITCH, None),
        ("complaint", D(2026, 6, 1), D(2026, 7, 1), D(2026, 7, 2), "COMPLAINT_UNDER_WAY"),
        ("denunciation", D(2026, 6, 30), None, SWITCH, "DENUNCIATION_UNDER_WAY"),
        ("proposal", D(2026, 6, 30), None, SWITCH, None),
    ],
)
def test_what_is_accepted_before_and_undecided_on_the_day_goes_on_by_the_new_rules(
    kind: str, accepted_on: date | None, decided_on: date | None, today: date, code: str | None
):
    rule = BOOK.switching(kind, accepted_on=accepted_on, decided_on=decided_on, today=today)
    assert (rule.code if rule else None) == code


ROW = """
[[transition]]
code = "X"
name_vi = "a"
name_en = "a"
effect = "switch"
kinds = ["complaint"]
steps = []
rules = []
accepted_before = 2026-07-01
switch_on = 2026-07-01
article = "a"
cites = ["0.4-1"]
confidence = "low"
"""


@pytest.mark.parametrize(
    "text, finding",
    [
        (ROW.replace('"switch"', '"toss"'), "unknown effect"),
        (ROW.replace('"low"', '"none"'), "unknown confidence"),
        (ROW.replace('article = "a"', 'article = " "'), "has no article"),
        (ROW.replace('["0.4-1"]', "[]"), "cites nothing"),
        (ROW.replace('name_en = "a"', 'name_en = ""'), "says nothing"),
        (ROW.replace("accepted_before = 2026-07-01", ""), "before no day"),
        (ROW.replace('["complaint"]', "[]"), "switches no kind"),
        (ROW.replace("switch_on = 2026-07-01", "switch_on = 1"), "switch_on is no date"),
        (ROW + ROW, "stands twice"),
        ("[[", "at end of document"),
    ],
)
def test_a_table_that_does_not_hold_together_says_why(text: str, finding: str):
    _sets, _transitions, findings = read_transitions(text)
    assert any(finding in one for one in findings), findings


# ------------------------------------------------------------------------------------------------------------ on a case


def test_a_case_is_given_its_law_when_it_is_opened_and_keeps_it(world: World):
    with frozen(BEFORE):
        case = open_case(world)
        assert (case.law_since, case.switched_by) == (D(2020, 12, 10), None)
    with frozen(D(2026, 11, 16)):
        assert settle_law(case) is False
        assert (case.law_since, case.switched_by) == (D(2020, 12, 10), None), "never accepted before the day"


def test_the_job_switches_open_cases_on_the_day_once_and_says_so(world: World, session: Session):
    with frozen(BEFORE):
        untouched = open_case(world, kind="proposal")
        case = open_case(world)
    with frozen(D(2026, 6, 20)):
        accept(world, case)
        with unit_of_work():
            assert settle_open_cases() is None
    with frozen(SWITCH):
        for _ in range(2):
            with unit_of_work():
                after: int | None = 0
                while after is not None:
                    after = settle_open_cases(after=after, limit=1)
    assert (case.law_since, case.switched_by, case.switched_on) == (
        D(2020, 12, 10),
        "COMPLAINT_UNDER_WAY",
        SWITCH,
    )
    assert untouched.switched_by is None
    (line,) = session.scalars(select(HistoryEntry).where(HistoryEntry.act == "law_switched")).all()
    assert (line.case_id, line.on, line.actor_id, line.from_state) == (case.id, SWITCH, None, None)
    assert line.data["article"] == "Nghị định 155/2026 Điều 22 khoản 1"


def test_an_acceptance_entered_late_switches_at_once(world: World):
    with frozen(BEFORE):
        case = open_case(world)
    with frozen(D(2026, 7, 2)):
        accept(world, case)
    assert case.switched_by == "COMPLAINT_UNDER_WAY"


def test_cases_of_before_this_version_get_their_law_from_the_job(world: World, session: Session):
    case = open_case(world)
    case.law_since = None
    session.flush()
    with unit_of_work():
        settle_open_cases()
    assert case.law_since == SWITCH


def test_the_periodic_job_settles_every_open_case_and_ends(world: World, session: Session):
    cases = [open_case(world) for _ in range(3)]
    for case in cases:
        case.law_since = None
    session.flush()
    sweep_which_law()
    sweep_which_law()
    assert [case.law_since for case in cases] == [SWITCH] * 3


def test_a_closed_case_is_left_as_it_was(world: World):
    case = open_case(world)
    case.is_open, case.law_since = False, None
    assert settle_law(case) is False


def with_new_version(monkeypatch: pytest.MonkeyPatch, **changes: object) -> None:
    """Put a version of KN1_RESOLVE of 1 July 2026 into the rulebook, and let the transition rule name that clock."""
    old = load_rulebook().rule("KN1_RESOLVE", BEFORE)
    new = replace(old, valid_from=SWITCH, article="Luật mới Điều 1", **changes)  # type: ignore[arg-type]
    rules = [rule for rule in load_rulebook().rules() if rule.code != "KN1_RESOLVE"]
    book = Rulebook([*rules, replace(old, valid_to=SWITCH), new])
    for module in (which_law, rule_layers):
        monkeypatch.setattr(module, "load_rulebook", lambda: book)
    switch = BOOK.transition("COMPLAINT_UNDER_WAY")
    ours = replace(BOOK, transitions=(replace(switch, rules=("KN1_RESOLVE",)),))
    monkeypatch.setattr(which_law, "load_transitions", lambda: ours)


def test_a_clock_that_a_transition_rule_names_goes_on_by_its_second_pointer(
    world: World, session: Session, monkeypatch: pytest.MonkeyPatch
):
    with frozen(BEFORE):
        case = open_case(world)
    with frozen(D(2026, 6, 20)):
        accept(world, case)
    clock = session.scalars(select(Clock).where(Clock.case_id == case.id, Clock.code == "KN1_RESOLVE")).one()
    assert clock.due_on == D(2026, 7, 20)
    with_new_version(monkeypatch, number=40, lengths={})
    with frozen(D(2026, 7, 3)):
        with unit_of_work():
            settle_open_cases()
        assert (clock.rule_version, clock.switched_to, clock.switched_on) == (
            "KN1_RESOLVE@2012-07-01", "KN1_RESOLVE@2026-07-01", SWITCH,
        )  # fmt: skip
        assert clock.due_on == case.next_due_on == D(2026, 7, 30)
        assert rule_of(clock).article == "Luật mới Điều 1"
        said = " ".join(f"{step.what} {step.why}" for step in reading_of(clock).steps)
        assert "tính theo quy định mới" in said and "trước đó theo Luật Khiếu nại Điều 28" in said
        append_event(clock, Verb.STOP, on=D(2026, 7, 3), actor=None)
        assert clock.state == "met"
    (line,) = session.scalars(select(HistoryEntry).where(HistoryEntry.act == "law_switched")).all()
    assert line.data["moved"] == [
        {"clock": "KN1_RESOLVE", "from": "KN1_RESOLVE@2012-07-01", "to": "KN1_RESOLVE@2026-07-01",
         "old_due_on": "2026-07-20", "new_due_on": "2026-07-30"}
    ]  # fmt: skip


def test_a_clock_whose_past_the_new_version_does_not_allow_stays_as_it_is(
    world: World, session: Session, monkeypatch: pytest.MonkeyPatch
):
    with frozen(BEFORE):
        case = open_case(world)
    with frozen(D(2026, 6, 20)):
        accept(world, case)
    clock = session.scalars(select(Clock).where(Clock.case_id == case.id, Clock.code == "KN1_RESOLVE")).one()
    append_event(clock, Verb.EXTEND, on=D(2026, 6, 25), actor=None, complex_=True)
    with_new_version(monkeypatch, number=40, lengths={})
    with frozen(D(2026, 7, 3)), unit_of_work():
        settle_open_cases()
    assert (clock.switched_to, clock.due_on, case.switched_by) == (None, D(2026, 8, 4), "COMPLAINT_UNDER_WAY")


def test_the_page_of_a_case_says_under_which_law_it_goes(
    world: World, login_as: Callable[[Person], FlaskClient]
):
    with frozen(BEFORE):
        case = open_case(world)
    with frozen(D(2026, 7, 2)):
        accept(world, case)
        page = login_as(world.person("chutich.lb")).get(f"/cases/{case.id}").text
    assert "Luật Khiếu nại 2011, Nghị định 124/2020 (theo ngày nhận đơn 15/06/2026)" in page
    assert "Từ 01/07/2026: Khiếu nại đã thụ lý, chưa có quyết định" in page
    assert "Chuyển sang quy định mới theo điều khoản chuyển tiếp" in page
    assert "không có thời hạn nào thay đổi" in page
