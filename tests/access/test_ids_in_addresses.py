"""Every id in every address, tried with somebody else's: what one may not see answers like what is not there.

`TRUTH` of test_every_route says who may open what of the files; here stand the other routes that take an id, and the ids
that are swapped where an address has two. A new route with an id fails until it stands in one of the two.
"""

import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.clock import now
from app.core.db import db, unit_of_work
from app.organisation.models import Membership
from app.web.access import RouteAccess
from complaints.models.cases import CaseAttachment
from complaints.models.extracts import MaskedPicture, MaskedPictureAct
from complaints.services.conflicts import declare
from complaints.services.opening import ask_for_identity, grant_identity
from complaints.services.perform import perform
from complaints.services.protection import measures_of
from complaints.services.registration import Paper
from notifications.models import Notice, OutboundMessage
from reception.services.online import NewSession, propose_session
from tests.access.test_every_route import (
    ADMIN,
    PEOPLE,
    REFUSED,
    SEE_VISIT,
    TRUTH,
    address,
    objects,
    protected_routes,
    sign_in,
)
from tests.factories import World, build_petition
from tests.files.samples import PDF

__all__ = ["objects"]  # the fixture
NOBODYS = 987654321
REGISTER = {"donthu.lb", "chutich.lb"}  # of a denunciation the desk knows only what it registered itself
REST: dict[str, set[str]] = {
    **{f"organisation.{name}": ADMIN for name in (
        "person", "change_person", "close_account", "remove_factors", "reset_password", "reopen_account", "give_role",
        "end_sessions", "end_role", "unit", "change_unit", "end_unit", "revive_unit",
    )},
    "rights.show": ADMIN,
    "sso.show": set(),  # this installation has no single sign-on
    "sso.link": set(),
    "desk.letter_done": REGISTER,
    "desk.receipt": REGISTER,
    "desk.visit_done": {"tiepdan.lb", "chutich.lb"},
    "online.show": SEE_VISIT,
    "online.step": {"chutich.lb"},
    "notifications.open_notice": {"thuly.lb"},
    "notifications.read_one": {"thuly.lb"},
    "notifications.message": ADMIN,
    "notifications.retry": ADMIN,
}  # fmt: skip
# The second id of an address, by its name: which id of another file is tried in it.
SECOND = {"attachment_id": "attachment", "conflict_id": "other_conflict", "measure_id": "other_measure",
          "request_id": "other_request", "grant_id": "other_grant",
          "picture_id": "other_picture"}  # fmt: skip


@pytest.fixture
def known(world: World, session: Session, client: FlaskClient, objects: dict[str, int]) -> dict[str, int]:
    """What the routes of this table lead to, and what belongs to another file of the same body."""
    chair = world.principal("chutich.lb")
    other = build_petition(
        world,
        kind="denunciation",
        respondent_level="commune_officer",
        field="construction",
        papers=(Paper("Đơn"),),
    )
    with unit_of_work():
        perform(other, "open_case", actor=world.principal("donthu.lb"), data={"on": "16/11/2026"})
        assert other.case is not None
        kept = declare(other.case, reason="Là người thân", name="thuly.bd", actor=chair)
        online = propose_session(
            NewSession(world.unit("LB").id, "complaint", "Buổi tiếp", 1, ("UBND phường Bồ Đề",), False),
            actor=world.principal("tiepdan.lb"),
        )
        asked = ask_for_identity(
            other, purpose="check", reason="xem thử", days=2, actor=world.principal("truongphong.lb")
        )
        let_in = grant_identity(other, person_id=world.person("thuly.lb").id, purpose="meeting", reason="gặp người",
                                days=2, actor=chair)  # fmt: skip
    sign_in(client, world, "chutich.lb")
    upload = {"attachments": (io.BytesIO(PDF), "Biên bản.pdf")}
    assert client.post(f"/cases/{other.case.id}/notes", data=upload).status_code == 302
    client.post("/sign-out")
    attached = session.scalars(select(CaseAttachment)).one()
    picture = MaskedPicture(
        petition_id=other.id, attachment_id=other.attachments[0].id, page=1, number=1, boxes=[],
        file_id=attached.file_id, made_by_id=world.person("donthu.lb").id, made_at=now(),
    )  # fmt: skip
    session.add(picture)
    session.flush()
    session.add(
        MaskedPictureAct(picture_id=picture.id, act="released", by_id=world.person("chutich.lb").id, at=now())
    )
    session.commit()
    thuly, held = world.person("thuly.lb").id, world.person("thuly.bd").id
    return {
        **objects,
        "online": online.id,
        "other_conflict": kept.id,
        "other_request": asked.id,
        "other_grant": let_in.id,
        "other_measure": measures_of(other.case)[0].id,
        "attachment": attached.id,
        "other_picture": picture.id,
        "notice": session.scalars(select(Notice.id).where(Notice.person_id == thuly).limit(1)).one(),
        "message": session.scalars(select(OutboundMessage.id).limit(1)).one(),
        "membership": session.scalars(select(Membership.id).where(Membership.person_id == held)).one(),
        "unit": world.unit("BD-KT").id,
    }


def of_rest(app: Flask, row: RouteAccess, known: dict[str, int]) -> str:
    """Fill in a rule of the table above."""
    named = {
        "person_id": known["person"], "membership_id": known["membership"], "unit_id": known["unit"],
        "petition_id": known["petition"], "visit_id": known["visit"], "session_id": known["online"],
        "notice_id": known["notice"], "message_id": known["message"], "action": "schedule",
    }  # fmt: skip
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(named[found[1]]), row.rule)


def with_ids(app: Flask) -> list[RouteAccess]:
    """Return the routes behind the sign-in that take an id."""
    return [row for row in protected_routes(app) if "<int:" in row.rule]


def test_every_route_with_an_id_stands_in_a_truth_table(app: Flask) -> None:
    assert {row.endpoint for row in with_ids(app)} == set(TRUTH) | set(REST)
    assert not set(TRUTH) & set(REST)
    seconds = {
        re.findall(r"<int:(\w+)>", row.rule)[1] for row in with_ids(app) if row.rule.count("<int:") > 1
    }
    assert seconds == set(SECOND)


def test_the_rest_answers_only_those_of_the_table(
    app: Flask, client: FlaskClient, world: World, known: dict[str, int], session: Session
) -> None:
    """As every person: of its unit, of another unit, above and aside."""
    wrong = []
    connection = session.connection()
    for username in PEOPLE:
        client.post("/sign-out")
        sign_in(client, world, username)
        for row in (row for row in with_ids(app) if row.endpoint in REST):
            point = connection.begin_nested()
            answer = client.open(of_rest(app, row, known), method=row.methods[0])
            db.session.rollback()
            point.rollback()
            allowed = answer.status_code not in REFUSED
            if answer.status_code >= 500 or allowed is not (username in REST[row.endpoint]):
                wrong.append(f"{username}: {row.methods[0]} {row.rule} -> {answer.status_code}")
    assert not wrong, "\n".join(wrong)


def said(text: str, *ids: object) -> str:
    """Return what a page says, without the ids it was asked for and what is left to say of the page before."""
    main = text.partition("<main")[2].partition("</main>")[0] or text
    main = re.sub(r'<div class="alert[^>]*role="status">.*?</div>', "", main)
    return re.sub("|".join(rf"\b{one}\b" for one in ids), "", " ".join(main.split()))


@pytest.mark.parametrize("username", ["tiepdan.lb", "donthu.bd", "chutich.bd", "thanhtra", "quantri"])
def test_what_one_may_not_see_answers_like_what_is_not_there(
    app: Flask, client: FlaskClient, world: World, known: dict[str, int], username: str
) -> None:
    """The same status, the same words: nobody learns from an address that something exists."""
    sign_in(client, world, username)
    for row in with_ids(app):
        theirs = of_rest(app, row, known) if row.endpoint in REST else address(app, row, known)
        nothing = re.sub(r"(?<=/)\d+(?=/|$)", str(NOBODYS), theirs)
        for method in row.methods:
            answer = client.open(theirs, method=method)
            if answer.status_code in REFUSED:
                none = client.open(nothing, method=method)
                assert none.status_code == answer.status_code, f"{username}: {method} {theirs}"
                ids = (*re.findall(r"\d+", theirs), NOBODYS)
                assert said(none.text, *ids) == said(answer.text, *ids), f"{username}: {method} {theirs}"


def test_an_id_of_another_file_in_an_address_of_two_is_not_there(
    app: Flask, client: FlaskClient, world: World, known: dict[str, int]
) -> None:
    """The first id is one's own to see, the second belongs to another file: of a stranger's, or of one's own."""
    for username in ("chutich.lb", "truongphong.lb", "thanhtra"):
        client.post("/sign-out")
        sign_in(client, world, username)
        for row in with_ids(app):
            names = re.findall(r"<int:(\w+)>", row.rule)
            if len(names) < 2:
                continue
            own = address(app, row, known)
            first = re.findall(r"(?<=/)\d+(?=/|$)", own)[0]
            for wrong in (known[SECOND[names[1]]], NOBODYS):
                both = iter((first, str(wrong)))
                swapped = re.sub(r"(?<=/)\d+(?=/|$)", lambda _found, both=both: next(both), own)
                answer = client.open(swapped, method=row.methods[-1], data={"reason": "Xem thử một lần"})
                assert answer.status_code in REFUSED, f"{username}: {swapped} -> {answer.status_code}"
