"""Rotation: every sealed value comes under the newest key, opens as before, and others may write meanwhile."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import LargeBinary, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.core import seal, seal_rotation
from app.core.audit import AuditEntry
from app.core.clock import now
from app.core.db import Base, db, unit_of_work
from app.core.seal import SealError
from app.factory import create_app
from app.files.models import StoredFile
from app.files.services import read_file
from app.operations.sealed import SEALED
from app.organisation.signin import second_factor
from app.organisation.signin.models import OneTimeLink
from complaints.models.cases import Case
from complaints.models.parties import SealedIdentity
from complaints.models.petitions import Petition
from complaints.models.protection import ProtectionEntry
from complaints.services import identity
from complaints.services.identity import Sender
from complaints.services.opening import ask_for_identity, grant_identity
from complaints.services.perform import perform
from complaints.services.protection import measures_of, open_file, opened_file, take
from notifications.models import OutboundMessage
from notifications.one_time import TOKEN_PLACE, filled, sealed
from tests.access.test_planted_name import NAME, NUMBER, PHONE, PROTECTION, STREET
from tests.conftest import as_owner, owner_connection, sealed_bytes
from tests.factories import World, build_petition
from tests.files.test_services import store
from tests.seal.conftest import FRESH

Turn = Callable[..., None]
WHO = (Sender(NAME, NUMBER, PHONE, STREET),)
# Bytes that are no sealed value: hashes, marks, public keys, signatures.
NOT_SEALED = {
    "audit_entries.writer", "audit_entries.mark", "audit_seals.digests", "audit_seals.signature",
    "identity_hashes.digest", "sealed_identities.hashed_under", "passkeys.credential_id", "passkeys.public_key",
}  # fmt: skip


def lived(world: World) -> tuple[Petition, StoredFile, Case]:
    """Leave a value of every kind under the seal."""
    officer, chair = world.principal("donthu.lb"), world.principal("chutich.lb")
    petition = build_petition(world, senders=WHO, respondent_level="commune_officer", field="construction")
    paper = store(world, f"{NAME}.pdf", sealed=True)
    with unit_of_work() as session:
        perform(petition, "classify", actor=officer, data={"kind": "denunciation", "field": "construction"})
        perform(petition, "open_case", actor=officer, data={"on": "16/11/2026"})
        case = petition.case
        assert case is not None
        take(case, measures_of(case)[0], "request", actor=chair, data=PROTECTION)
        ask_for_identity(
            petition, purpose="check", reason="xem thử", days=2, actor=world.principal("tiepdan.lb")
        )
        grant_identity(
            petition,
            person_id=world.person("thuly.lb").id,
            purpose="meeting",
            reason="gặp người",
            days=3,
            actor=chair,
        )
        identity.open_identity(petition, actor=chair, purpose="meeting", reason="gặp người tố cáo")
        second_factor.begin_totp(actor=chair)
        session.add(
            OutboundMessage(
                kind="link",
                facts=sealed(7, "the-token"),
                address="a@b.vn",
                subject="x",
                body=TOKEN_PLACE,
                dedupe_key="seal-test",
                message_id="seal-test",
                leave_at=now(),
                next_try_at=now(),
                created_at=now(),
            )
        )
    return petition, paper, case


def rotate(batch: int = seal_rotation.BATCH) -> list[seal_rotation.Done]:
    """Rotate in the test's own transaction, as the owner that the command works as."""
    with as_owner(db.session()):
        return seal_rotation.rotate(SEALED, batch=batch)


def status() -> list[seal_rotation.Count]:
    with as_owner(db.session()):
        return seal_rotation.status(SEALED)


def keys_in_use() -> set[bytes]:
    return {key for count in status() for key, number in count.by_key.items() if number}


def kept_name(paper: StoredFile) -> str:
    """Return the name under which a sealed file was handed in; no page shows it."""
    return seal.decrypt(sealed_bytes(paper, "sealed_name"), context=f"file-name:{paper.storage_key}").decode()


def test_every_kind_comes_under_the_newest_key_and_opens_with_it_alone(
    world: World, session: Session, turn: Turn
) -> None:
    petition, paper, case = lived(world)
    old = seal.keys()[0]
    assert {count.name for count in status() if count.by_key} == {k.name for k in SEALED}
    turn(FRESH, old)
    assert seal_rotation.droppable(status()) == []
    done = rotate()
    assert all(one.rewrapped >= 1 and not one.unopened for one in done)
    assert keys_in_use() == {FRESH.key_id}
    assert seal_rotation.droppable(status()) == [old.key_id]
    assert [one.rewrapped for one in rotate()] == [0] * len(SEALED)
    turn(FRESH)
    session.expire_all()
    chair = world.principal("chutich.lb")
    with unit_of_work():
        kept = identity.open_identity(petition, actor=chair, purpose="meeting", reason="gặp người")
        file = open_file(case, measures_of(case)[1], actor=chair, reason="kiểm tra hồ sơ")
    assert identity.opened_senders(kept)[0].full_name == NAME and NAME in opened_file(file).people
    with unit_of_work():
        assert second_factor.begin_totp(actor=chair).secret
    assert read_file(paper).startswith(b"%PDF") and kept_name(paper) == f"{NAME}.pdf"
    message = session.scalars(select(OutboundMessage).where(OutboundMessage.dedupe_key == "seal-test")).one()
    assert filled(message.body, message.facts) == "the-token"
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "seal.rotated")).all()
    assert entries[0].detail["identities"] == 1


def test_a_file_sealed_before_its_row_kept_the_header_is_rotated_too(
    world: World, session: Session, turn: Turn
) -> None:
    paper = store(world, f"{NAME}.pdf", sealed=True)
    with as_owner(session):
        session.execute(update(StoredFile).values(seal_header=None))
    session.expire_all()
    assert read_file(paper).startswith(b"%PDF")
    old = seal.keys()[0]
    assert keys_in_use() == {old.key_id}
    turn(FRESH, old)
    rotate()
    turn(FRESH)
    session.expire_all()
    assert read_file(paper).startswith(b"%PDF")


def test_what_no_key_opens_is_counted_and_left(
    world: World, session: Session, turn: Turn, folder: Path
) -> None:
    lived(world)
    for file in folder.glob("*/*"):
        file.unlink()
    with as_owner(session):
        session.execute(update(StoredFile).values(seal_header=None))
        before = session.scalars(select(SealedIdentity.ciphertext)).all()
    turn(FRESH)
    done = {one.name: one for one in rotate()}
    assert (done["identities"].rewrapped, done["identities"].unopened) == (0, 1)
    assert done["file_contents"].unopened == 1
    session.expire_all()
    with as_owner(session):
        assert session.scalars(select(SealedIdentity.ciphertext)).all() == before
    assert {c.name: c.lost for c in status()}["file_contents"] == 1


def test_the_database_lets_a_line_of_protection_be_rewrapped_but_not_rewritten(
    world: World, session: Session
) -> None:
    lived(world)
    line = session.scalars(select(ProtectionEntry).where(ProtectionEntry.context.is_not(None))).first()
    assert line is not None
    sealed_text = sealed_bytes(line, "ciphertext")
    table = ProtectionEntry.__table__
    changes = [
        {"ciphertext": sealed_text[:-1] + bytes([sealed_text[-1] ^ 1])},
        {"ciphertext": None},
        {"to_state": "prot_ended"},
        {"ciphertext": sealed_text, "data": {"x": 1}},
    ]
    header, body = seal.parts(sealed_text)
    again = (
        update(table)
        .where(table.c.id == line.id)
        .values(ciphertext=seal.rewrapped(header, context=line.context or "") + body)
    )
    with as_owner(session):
        for change in changes:
            with pytest.raises(DBAPIError, match="appended, never changed"), session.begin_nested():
                session.execute(update(table).where(table.c.id == line.id).values(change))
        with pytest.raises(DBAPIError), session.begin_nested():
            session.execute(text("DELETE FROM protection_entries"))
        session.execute(again)
    with pytest.raises(DBAPIError, match="permission denied"), session.begin_nested():
        session.execute(again)


def test_every_column_of_bytes_is_rotated_or_known_to_be_none_of_the_seal() -> None:
    """A new sealed column that nobody registers would be lost with the next key."""
    columns = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
    rotated = {f"{kind.model.__tablename__}.{kind.column.key}" for kind in SEALED}
    assert columns - rotated == NOT_SEALED & columns
    assert OneTimeLink.__tablename__ not in {kind.model.__tablename__ for kind in SEALED}, "hashes alone"


def test_a_run_that_was_stopped_goes_on_where_it_stood(
    world: World, session: Session, turn: Turn, monkeypatch: pytest.MonkeyPatch
) -> None:
    with unit_of_work():
        for _n in range(5):
            identity.seal_senders(WHO, actor=world.principal("donthu.lb"))
    old, calls = seal.keys()[0], 0
    turn(FRESH, old)
    real = seal.rewrapped

    def stops_at_the_fourth(header: bytes, *, context: str) -> bytes:
        nonlocal calls
        calls += 1
        if calls == 4:
            raise KeyboardInterrupt
        return real(header, context=context)

    monkeypatch.setattr(seal, "rewrapped", stops_at_the_fourth)
    with pytest.raises(KeyboardInterrupt):
        rotate(batch=2)
    counts = {count.name: count.by_key for count in status()}
    assert counts["identities"] == {FRESH.key_id: 2, old.key_id: 3}
    monkeypatch.setattr(seal, "rewrapped", real)
    assert rotate(batch=2)[0].rewrapped == 3


def test_others_write_while_the_key_is_turned(live_world: World, real_database: Flask, turn: Turn) -> None:
    """Writers under both keys, and readers, on connections of their own; nothing is lost and all ends as new."""
    old = seal.keys()[0]
    actor = live_world.principal("donthu.lb")
    with unit_of_work():
        for _n in range(40):
            identity.seal_senders(WHO, actor=actor)
    turn(FRESH, old)
    failures: list[BaseException] = []
    table = SealedIdentity.__table__
    some = select(table.c.context, table.c.ciphertext).limit(10)
    owner = create_app(real_database.extensions["tiepdan.settings"].as_owner())

    def work() -> None:
        try:
            with real_database.app_context():
                for _n in range(15):
                    with unit_of_work():
                        identity.seal_senders(WHO, actor=actor)
                    with owner_connection() as connection:
                        for row in connection.execute(some):
                            opened = seal.decrypt_json(bytes(row.ciphertext), context=row.context)
                            assert opened[0]["full_name"] == NAME
        except BaseException as error:  # noqa: BLE001 - told by the test's own thread
            failures.append(error)

    threads = [threading.Thread(target=work) for _n in range(3)]
    for thread in threads:
        thread.start()
    with owner.app_context():
        seal.connect(owner, (FRESH, old))
        seal_rotation.rotate(SEALED, batch=5)
        for thread in threads:
            thread.join()
        assert not failures
        counts = {count.name: count.by_key for count in seal_rotation.status(SEALED)}
        db.session.remove()
        db.engine.dispose()
    assert counts["identities"] == {FRESH.key_id: 85}


@pytest.mark.parametrize("damaged", [b"", b"\x07abc", b"\x01short", b"\x02" + bytes(8) + b"\xff\xffshort"])
def test_what_is_no_seal_is_refused_without_a_traceback_of_its_own(app: Flask, damaged: bytes) -> None:
    with app.app_context(), pytest.raises(SealError):
        seal.decrypt(damaged, context="identity:x")


def test_a_header_of_another_record_does_not_open(app: Flask) -> None:
    with app.app_context():
        one, two = seal.encrypt(b"one", context="a"), seal.encrypt(b"two", context="b")
        with pytest.raises(SealError):
            seal.decrypt(seal.parts(one)[0] + seal.parts(two)[1], context="b")
        with pytest.raises(SealError):
            seal.rewrapped(seal.parts(one)[0], context="b")
