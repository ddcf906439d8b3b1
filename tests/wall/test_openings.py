"""The product goes through the wall: it keeps each opening first, the record proves it, and forged entries are named."""

from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
import pytest
from flask import Flask, g
from sqlalchemy import select

from app.core.audit import Origin
from app.core.audit_seals import seal_all
from app.core.audit_verify import verify
from app.core.clock import frozen, today
from app.core.db import db, unit_of_work
from app.core.errors import NotFound
from app.core.permissions import Principal, Role
from app.organisation.models import Person, Unit
from app.organisation.queries import principal_for
from app.organisation.signin.models import SignInSession
from complaints.access import may_act
from complaints.models.cases import Case
from complaints.models.petitions import Petition
from complaints.models.protection import ProtectionMeasure
from complaints.services import identity, protection
from tests.conftest import PASSWORD
from tests.wall.conftest import NAME, Ground
from tests.wall.test_refusals import opening

REASON = "Xác minh theo phân công"
WHY = {"purpose": "check", "reason": REASON}


@pytest.fixture
def at_work(wall_app: Flask, ground: Ground) -> Iterator[Ground]:
    """The application on the walled database, in the head's session, at the real time: the database has a clock."""
    with frozen(datetime.now(UTC)), wall_app.test_request_context():
        head = ground.people["chutich.lb"]
        session_id = db.session.scalar(
            select(SignInSession.id).where(SignInSession.person_id == head).limit(1)
        )
        g.audit_origin = Origin(session_id=str(session_id))
        yield ground
        db.session.remove()


def principal(ground: Ground, name: str) -> Principal:
    """Return who a person is now."""
    found = principal_for(ground.people[name], today())
    assert found is not None
    return found


def test_the_pages_open_the_identity_the_receipt_and_the_file(wall_app: Flask, ground: Ground) -> None:
    with frozen(datetime.now(UTC)):
        clerk, head = wall_app.test_client(), wall_app.test_client()
        for client, name in ((clerk, "donthu.lb"), (head, "chutich.lb")):
            client.post("/sign-in", data={"username": name, "password": PASSWORD})
        page = clerk.post(f"/petitions/{ground.petition}/identity", data=WHY)
        assert (page.status_code, NAME in page.text) == (200, True)
        assert clerk.get(f"/desk/petitions/{ground.petition}/receipt.pdf").status_code == 200
        with wall_app.app_context():
            case_id = db.session.get_one(ProtectionMeasure, ground.measure).case_id
        page = head.post(f"/cases/{case_id}/protection/{ground.measure}/file", data={"reason": REASON})
        assert (page.status_code, "Đàm Thị Kín Đáo" in page.text) == (200, True)
        assert head.post(f"/petitions/{ground.other}/identity", data=WHY).status_code == 404


def test_an_opening_that_is_not_committed_gives_nothing(at_work: Ground) -> None:
    petition = db.session.get_one(Petition, at_work.petition)
    with pytest.raises(NotFound), unit_of_work():
        identity.opened_senders(
            identity.open_identity(petition, actor=principal(at_work, "chutich.lb"), **WHY)
        )


def test_the_record_holds_after_openings_and_names_an_entry_that_somebody_forged_to_open(
    at_work: Ground, raw: psycopg.Connection
) -> None:
    petition = db.session.get_one(Petition, at_work.petition)
    before = verify().findings
    with unit_of_work():
        kept = identity.open_identity(petition, actor=principal(at_work, "chutich.lb"), **WHY)
    assert [sender.full_name for sender in identity.opened_senders(kept)] == [NAME]
    assert verify().findings == before
    opening(raw, at_work.people["chutich.lb"], at_work.petition, writer="00" * 16, number=1, mark="00" * 32)
    raw.commit()
    row = raw.execute("SELECT max(id) FROM audit_entries WHERE writer = %s", [bytes(16)]).fetchone()
    assert row is not None
    assert any(f"entry {row[0]} does not fit its mark" in one for one in verify().findings)
    seal_all()
    assert any(f"entry {row[0]} does not fit its mark" in one for one in verify().findings)


def test_database_and_policy_let_in_the_same_people_whatever_their_role(
    at_work: Ground, owner: psycopg.Connection
) -> None:
    petition = db.session.get_one(Petition, at_work.petition)
    measure = db.session.get_one(ProtectionMeasure, at_work.measure)
    assert petition.sealed_identity is not None
    registrar = petition.sealed_identity.registered_by_id
    units = db.session.scalars(select(Unit.id).where(Unit.code.in_(["LB", "LB-KT", "BD", "HN"]))).all()
    for role in Role:
        for unit_id in units:
            owner.execute(
                "UPDATE memberships SET role = %s, unit_id = %s WHERE person_id = %s",
                [role.value, unit_id, registrar],
            )
            for kind, record in (("petition", petition.id), ("protection_measure", measure.id)):
                found = owner.execute(
                    "SELECT seal_lets_in(%s, %s, %s, now())", [kind, record, registrar]
                ).fetchone()
                owner.commit()
                assert found == (allowed(kind, record, registrar),), (role, unit_id, kind)
    home = db.session.query(Person).filter_by(username="tiepdan.lb").one().memberships[0].unit_id
    owner.execute(
        "UPDATE memberships SET role = 'petition_officer', unit_id = %s WHERE person_id = %s",
        [home, registrar],
    )
    owner.commit()


def test_database_and_policy_let_in_the_same_people_when_they_stand_in_or_are_kept_out(
    at_work: Ground, owner: psycopg.Connection
) -> None:
    """Everybody, for either file, while the head of the unit stands in for the head, and one of them is kept out."""
    head, deputy, clerk = (at_work.people[name] for name in ("chutich.lb", "truongphong.lb", "donthu.lb"))
    for with_seal, barred in (
        (False, None), (True, None), (True, head), (True, deputy), (True, clerk), (False, head),
    ):  # fmt: skip
        owner.execute("SET LOCAL session_replication_role = replica")
        owner.execute("DELETE FROM delegations")
        owner.execute("SET LOCAL session_replication_role = origin")
        owner.execute(
            "INSERT INTO delegations (from_person_id, to_person_id, permissions, with_seal, valid_from, valid_to, "
            "document_no, given_by_id, given_at) VALUES (%s, %s, '{case:decide}', %s, current_date - 1, "
            "current_date + 5, '1/UQ', %s, now())",
            [head, deputy, with_seal, head],
        )
        for table in ("petitions", "cases"):
            owner.execute(f"UPDATE {table} SET barred_ids = %s", [[barred] if barred else []])  # type: ignore[arg-type]
        owner.commit()
        answers = {}
        for kind, record in (("petition", at_work.petition), ("protection_measure", at_work.measure)):
            for name, person in at_work.people.items():
                found = owner.execute(
                    "SELECT seal_lets_in(%s, %s, %s, now())", [kind, record, person]
                ).fetchone()
                owner.commit()
                assert found == (allowed(kind, record, person),), (kind, name, with_seal, barred)
                answers[kind, name] = found[0]
        assert answers["petition", "truongphong.lb"] is (with_seal and barred not in (head, deputy))
    owner.execute("SET LOCAL session_replication_role = replica")
    owner.execute("DELETE FROM delegations")
    for table in ("petitions", "cases"):
        owner.execute(f"UPDATE {table} SET barred_ids = '{{}}'")  # type: ignore[arg-type]
    owner.execute("SET LOCAL session_replication_role = origin")
    owner.execute("UPDATE chart_version SET version = gen_random_uuid()")
    owner.commit()


def allowed(kind: str, record: int, person: int) -> bool:
    """Return what the policy says of somebody and a sealed record, as the database has it now."""
    db.session.expire_all()
    db.session.commit()
    vars(g).pop("chart", None)
    actor = principal_for(person, today())
    if actor is None:
        return False
    if kind == "petition":
        return identity.may_open_identity(actor, db.session.get_one(Petition, record))
    case_id = db.session.get_one(ProtectionMeasure, record).case_id
    return may_act(actor, protection.Permission.PROTECTION_VIEW, db.session.get_one(Case, case_id))
