"""Every route as every role, in its own unit, in another unit, and signed out.

Routes without an object follow the grants table. Routes to an object stand in a truth table below, by user name: a new
route that is in neither fails the test.
"""

from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.core.calendar import DayKind
from app.core.clock import now
from app.core.db import unit_of_work
from app.organisation.services.calendar import DayEntry, set_calendar_days
from app.organisation.services.delegations import NewDelegation, give
from app.organisation.signin.models import Passkey, SignInSession
from app.web.access import RouteAccess, route_table
from complaints.models.clocks import Clock
from complaints.rulebook.loader import Layer, Unit
from complaints.services.assignment import assign
from complaints.services.conflicts import declare
from complaints.services.local_rules import NewRule, set_local_rule
from complaints.services.opening import ask_for_identity, grant_identity
from complaints.services.perform import perform
from complaints.services.protection import measures_of
from complaints.services.succession import NewSuccession, enter_succession
from reception.services.visits import record_visit
from tests.conftest import PASSWORD
from tests.factories import World, build_person, build_petition
from tests.reception.builders import ordinary_visit

PEOPLE = (
    "tiepdan.lb", "donthu.lb", "thuly.lb", "truongphong.lb", "chutich.lb",
    "tiepdan.bd", "donthu.bd", "thuly.bd", "truongphong.bd", "chutich.bd",
    "chutich.hn", "giamdoc.sxd", "tiepdan.hn", "thanhtra", "quantri",
)  # fmt: skip
# Of the petition and the case of Long Biên, assigned to its division and its handler:
SEE_PETITION = {  # its registrar is the petition officer: another desk officer has no need to know of it
    "donthu.lb",
    "thuly.lb",
    "truongphong.lb",
    "chutich.lb",
    "chutich.hn",
    "thanhtra",
}
SEE_CASE = {"donthu.lb", "thuly.lb", "truongphong.lb", "chutich.lb", "chutich.hn", "thanhtra"}
SEE_VISIT = {"tiepdan.lb", "donthu.lb", "chutich.lb", "thanhtra"}
ADMIN = {"quantri"}
TRUTH: dict[str, set[str]] = {
    "petitions.show": SEE_PETITION,
    "petitions.step": {"donthu.lb", "chutich.lb"},
    "petitions.approve": {"chutich.lb"},
    "petitions.send_back": {"chutich.lb"},
    "petitions.competence": {"donthu.lb", "chutich.lb"},
    "petitions.conditions": {"donthu.lb", "chutich.lb"},
    "petitions.hand_over": {"chutich.lb"},
    "petitions.note": {"donthu.lb", "chutich.lb"},
    "petitions.open_identity": {"donthu.lb", "chutich.lb"},
    "petitions.grant_identity": {"chutich.lb"},
    "petitions.attachment": set(),
    "petitions.numbers": set(),  # a denunciation has none outside the seal
    "identities.ask": SEE_PETITION,
    "identities.decide": {"chutich.lb"},
    "identities.revoke": {"chutich.lb"},
    "cases.show": SEE_CASE,
    "cases.step": {"chutich.lb", "truongphong.lb", "thuly.lb"},
    "cases.approve": {"chutich.lb"},
    "cases.send_back": {"chutich.lb"},
    "cases.assign": {"truongphong.lb", "chutich.lb"},
    "cases.choose_handler": {"truongphong.lb", "chutich.lb"},
    "cases.hand_back": {"thuly.lb", "truongphong.lb", "chutich.lb"},
    "cases.hand_over": {"chutich.lb"},
    "cases.note": {"thuly.lb", "truongphong.lb", "chutich.lb"},
    "cases.attachment": set(),
    "conflicts.of_case": SEE_CASE,
    "conflicts.of_petition": SEE_PETITION,
    "conflicts.declare_in_case": SEE_CASE,
    "conflicts.declare_in_petition": SEE_PETITION,
    "conflicts.denounced_in_case": {"thuly.lb", "truongphong.lb", "chutich.lb"},
    "conflicts.denounced_in_petition": {"donthu.lb", "chutich.lb"},
    "conflicts.end_in_case": {"truongphong.lb", "chutich.lb"},
    "conflicts.end_in_petition": {"chutich.lb"},
    "delegations.end": {"truongphong.lb", "chutich.lb", "quantri"},
    "protection.show": {"chutich.lb"},
    "protection.step": {"chutich.lb"},
    "protection.open_file": {"chutich.lb"},
    "record.of_case": {"chutich.lb", "thanhtra"},
    "extracts.edit": {"donthu.lb", "chutich.lb"},
    "extracts.save": {"donthu.lb", "chutich.lb"},
    "extracts.confirm": {"donthu.lb", "chutich.lb"},
    "extracts.release": {"donthu.lb", "chutich.lb"},
    "pictures.edit": set(),
    "pictures.save": set(),
    "pictures.confirm": set(),
    "pictures.release": set(),
    "pictures.masked": set(),
    "clocks.explain": SEE_CASE,
    "recalculations.show": set(PEOPLE),
    "recalculations.progress": set(PEOPLE),
    "local_rules.end": ADMIN,
    "successions.end": ADMIN,
    "visits.show": SEE_VISIT,
    "visits.duty": SEE_VISIT,
    "visits.numbers": SEE_VISIT,
    "visits.step": {"chutich.lb"},  # signing a refusal is the head's
    "visits.go_on": {"tiepdan.lb", "chutich.lb"},
    # The administrator's own session, somebody else's passkey, and a link for somebody.
    "auth.end_session": ADMIN,
    "factors.remove_passkey": set(),
    "links.hand_out": ADMIN,
}
REFUSED = {403, 404}


@pytest.fixture
def objects(world: World, session: Session) -> dict[str, int]:
    """A denunciation of Long Biên with its case, assigned to a division and its handler."""
    petition = build_petition(
        world, kind="denunciation", respondent_level="commune_officer", field="construction"
    )
    with unit_of_work():
        perform(petition, "open_case", actor=world.principal("donthu.lb"), data={"on": "16/11/2026"})
        case = petition.case
        assert case is not None
        perform(
            case, "accept", actor=world.principal("chutich.lb"), data={"on": "16/11/2026", "document_no": "1"}
        )
        assign(case, unit_id=world.unit("LB-KT").id, handler_id=world.person("thuly.lb").id,
               actor=world.principal("chutich.lb"))  # fmt: skip
        kept = declare(case, reason="Là người thân", name="thuly.bd", actor=world.principal("chutich.lb"))
        away = give(
            NewDelegation(
                "thuly.lb", "truongphong.lb", ("case:handle",), False, date(2027, 3, 1), date(2027, 3, 9), "1"
            ),
            actor=world.principal("chutich.lb"),
        )
        admin, city = world.principal("quantri"), world.unit("HN").id
        closed = DayEntry(date(2026, 11, 20), DayKind.CLOSURE, "Bão", "1/QĐ", date(2026, 11, 16))
        change = set_calendar_days(city, [closed], actor=admin)
        assert change is not None
        target = NewRule(
            city, Layer.INTERNAL, "KN_ACCEPT", Unit.WORKING, 5, date(2026, 11, 16), None, "Sớm hơn", "KH 1"
        )
        rule = set_local_rule(target, actor=admin)
        row = enter_succession(
            NewSuccession(
                "UBND quận Long Biên", None, "", "", world.unit("LB").id, date(2025, 7, 1), "BB 1/2025"
            ),
            actor=admin,
        )
        refused = ordinary_visit(
            world, outcome="refused", refusal_ground="L9.3", outcome_note="Đã giải thích ba lần."
        )
        visit = record_visit(refused, actor=world.principal("tiepdan.lb"))
        at, mine = now(), world.person("quantri").id
        own = SignInSession(person_id=mine, token_hash="0" * 64, epoch=0, method="password", second_factor=False,
                            created_at=at, last_seen_at=at, fresh_at=at)  # fmt: skip
        other = build_person("nguoi.khac", "Người Khác", PASSWORD)
        key = Passkey(
            person_id=other.id, credential_id=b"1", public_key=b"1", sign_count=0, name="Khoá", created_at=at
        )
        session.add_all([own, key])
        asked = ask_for_identity(
            petition, purpose="check", reason="xem thử", days=2, actor=world.principal("truongphong.lb")
        )
        let_in = grant_identity(petition, person_id=world.person("donthu.bd").id, purpose="meeting",
                                reason="gặp người", days=2, actor=world.principal("chutich.lb"))  # fmt: skip
    clock = session.query(Clock).filter_by(case_id=case.id).first()
    return {"delegation": away.id, "conflict": kept.id, "petition": petition.id, "case": case.id, "clock": clock.id, "change": change.id, "rule": rule.id,
            "measure": measures_of(case)[0].id, "succession": row.id, "visit": visit.id,
            "duty": visit.refusal_duty_id or 0, "request": asked.id, "grant": let_in.id, "session": own.id, "passkey": key.id,
            "person": world.person("thuly.bd").id}  # fmt: skip


def sign_in(client: FlaskClient, world: World, username: str) -> None:
    """Sign in through the front door."""
    answer = client.post("/sign-in", data={"username": username, "password": PASSWORD})
    assert answer.status_code == 302, username


def address(app: Flask, row: RouteAccess, objects: dict[str, int]) -> str:
    """Fill a rule's arguments with the objects of the test."""
    arguments = {
        "subject_id": objects["petition"]
        if row.endpoint.startswith(("petitions.", "extracts.", "pictures.", "identities."))
        else objects["case"],
        "clock_id": objects["clock"],
        "delegation_id": objects.get("delegation", 1),
        "case_id": objects["case"],
        "petition_id": objects["petition"],
        "conflict_id": objects.get("conflict", 1),
        "change_id": objects.get("change", 1),
        "rule_id": objects.get("rule", 1),
        "measure_id": objects.get("measure", 1),
        "row_id": objects.get("succession", 1),
        "visit_id": objects.get("visit", 1),
        "duty_id": objects.get("duty", 1),
        "request_id": objects.get("request", 1),
        "grant_id": objects.get("grant", 1),
        "action": {"petitions": "reply", "protection": "request", "visits": "sign_refusal"}.get(
            row.endpoint.split(".")[0], "notify"
        ),
        "filename": "x",
        "session_id": objects.get("session", 1),
        "passkey_id": objects.get("passkey", 1),
        "person_id": objects.get("person", 1) if row.endpoint.startswith("links.") else 1,
    }
    rule = next(r for r in app.url_map.iter_rules() if r.endpoint == row.endpoint and r.rule == row.rule)
    values = {name: arguments.get(name, 1) for name in rule.arguments}
    with app.test_request_context():
        return app.url_for(row.endpoint, **values) if values else row.rule


def protected_routes(app: Flask) -> list[RouteAccess]:
    """Return the routes that ask for a permission."""
    return [row for row in route_table(app) if row.permission is not None]


def test_signed_out_every_route_leads_to_the_sign_in(
    app: Flask, client: FlaskClient, world: World, objects: dict[str, int]
) -> None:
    """No page, and no difference between what is there and what is not."""
    for row in protected_routes(app):
        for method in row.methods:
            answer = client.open(address(app, row, objects), method=method)
            expected = {401} if row.rule.endswith(".json") else {302}
            assert answer.status_code in expected, f"{method} {row.rule}"
            if answer.status_code == 302:
                assert "/sign-in" in answer.headers["Location"]


@pytest.mark.parametrize("username", PEOPLE)
def test_every_route_answers_only_those_who_hold_its_permission(
    app: Flask, client: FlaskClient, world: World, objects: dict[str, int], session: Session, username: str
) -> None:
    """Without the permission, the answer is that of a page that does not exist; nothing ever answers 500."""
    sign_in(client, world, username)
    principal = world.principal(username)
    for row in protected_routes(app):
        if row.endpoint == "auth.account":
            continue  # changes the session of this very test
        for method in row.methods:
            answer = client.open(address(app, row, objects), method=method)
            what = f"{username}: {method} {row.rule} -> {answer.status_code}"
            assert answer.status_code < 500, what
            assert row.permission is not None
            if not principal.may(row.permission):
                assert answer.status_code in REFUSED, what


@pytest.mark.parametrize("endpoint", sorted(TRUTH))
def test_an_object_answers_only_those_of_the_truth_table(
    app: Flask, client: FlaskClient, world: World, objects: dict[str, int], session: Session, endpoint: str
) -> None:
    """The same object as every person: of its unit, of another unit, above and aside."""
    rows = [row for row in protected_routes(app) if row.endpoint == endpoint]
    assert rows, f"{endpoint} is no route any more"
    for username in PEOPLE:
        client.post("/sign-out")
        sign_in(client, world, username)
        for row in rows:
            answer = client.open(address(app, row, objects), method=row.methods[0])
            allowed = answer.status_code not in REFUSED
            assert allowed is (username in TRUTH[endpoint]), f"{username}: {endpoint} -> {answer.status_code}"


def test_every_object_route_stands_in_the_truth_table(app: Flask) -> None:
    """Routes of petitions, cases, clocks and what moves them that take an id are all listed above."""
    ours = (
        "petitions.",
        "identities.",
        "cases.",
        "clocks.",
        "conflicts.",
        "delegations.",
        "recalculations.",
        "local_rules.",
        "protection.",
        "extracts.",
        "pictures.",
        "record.",
        "successions.",
        "visits.",
        "auth.",
        "factors.",
        "links.",
    )
    found = {
        row.endpoint for row in protected_routes(app) if "<" in row.rule and row.endpoint.startswith(ours)
    }
    assert found == set(TRUTH)
