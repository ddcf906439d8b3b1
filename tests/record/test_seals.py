"""Entries are marked and numbered without gaps, sealed in order, and nothing that is changed afterwards stays hidden."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit
from app.core.audit import AuditEntry, audit_keys
from app.core.audit_seals import AuditSeal, _seal_some, seal_all
from app.core.audit_verify import Report, verify
from app.core.clock import frozen, now
from app.core.db import db, unit_of_work
from tests.conftest import TODAY
from tests.factories import World
from tests.record.trail import leave_entries, tamper


@pytest.fixture(autouse=True)
def _no_note_from_elsewhere(session: Session) -> Iterator[None]:
    """The note of the newest seal lies outside the test's transaction."""
    anchor = audit_keys().anchor
    assert anchor is not None
    yield
    anchor.unlink(missing_ok=True)


def entries() -> list[AuditEntry]:
    """Return the entries in order."""
    return list(db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)))


def test_entries_of_a_connection_are_numbered_without_gaps_whatever_is_rolled_back(world: World) -> None:
    actor = world.principal("donthu.lb")
    leave_entries(world, 2)
    with pytest.raises(ZeroDivisionError), unit_of_work():
        audit.record("case.viewed", actor=actor, subject=("case", 1))
        raise ZeroDivisionError
    with unit_of_work():
        audit.record("case.viewed", actor=actor, subject=("case", 2))
        with pytest.raises(ZeroDivisionError), db.session.begin_nested():
            audit.record("case.viewed", actor=actor, subject=("case", 3))
            audit.record("case.viewed", actor=actor, subject=("case", 4))
            raise ZeroDivisionError
        with db.session.begin_nested():
            audit.record("case.viewed", actor=actor, subject=("case", 5))
    found = entries()
    assert [entry.number for entry in found] == [1, 2, 3, 4]
    assert [entry.subject_id for entry in found] == [0, 1, 2, 5]
    assert len({entry.writer for entry in found}) == 1
    assert verify().findings == []


def test_a_detail_that_json_would_give_back_differently_is_refused(world: World) -> None:
    for detail in ({"share": 0.5}, {"on": TODAY}, {"list": [{"deep": 1.5}]}, {1: "one"}):
        with pytest.raises(TypeError), unit_of_work():
            audit.record("case.viewed", actor=None, subject=("case", 1), detail=detail)  # type: ignore[arg-type]
    assert entries() == []


def test_a_record_that_nobody_touched_holds(world: World) -> None:
    leave_entries(world, 5)
    assert seal_all().entries == 5
    leave_entries(world, 3, together=3)
    report = verify()
    assert (report.findings, report.entries, report.seals, report.unsealed) == ([], 8, 1, 3)
    assert seal_all().entries == 3
    assert seal_all().seals == 0
    report = verify()
    assert (report.findings, report.unsealed, report.seals) == ([], 0, 2)
    assert report.newest.startswith("2:")


def test_many_entries_make_several_seals_and_follow_each_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.core.audit_seals.ENTRIES_MAX", 4)
    leave_entries(world, 10, together=5)
    assert seal_all().seals == 3
    first, second, third = db.session.scalars(select(AuditSeal).order_by(AuditSeal.number))
    assert (second.previous, third.previous) == (first.digest, second.digest)
    assert verify().findings == []


def test_what_commits_late_with_a_lower_id_goes_into_the_next_seal(world: World) -> None:
    ids = leave_entries(world, 5)
    late = {c.name: getattr(entries()[2], c.name) for c in AuditEntry.__table__.columns}
    tamper(f"DELETE FROM audit_entries WHERE id = {ids[2]}")  # as if its transaction were still open
    db.session.expire_all()
    seal_all()
    db.session.execute(AuditEntry.__table__.insert().values(late))
    assert verify().findings == []
    assert seal_all().entries == 1
    newest = db.session.scalars(select(AuditSeal).order_by(AuditSeal.number.desc())).first()
    assert newest is not None and newest.ids == [[ids[2], ids[2]]]
    assert verify().findings == []
    with frozen(now() + timedelta(days=3)):  # though the last seal ends below the one before it
        assert seal_all().entries == 0


@pytest.mark.parametrize("sealed", [True, False])
@pytest.mark.parametrize(
    "change",
    [
        "actor_id = 999",
        "action = 'case.nothing'",
        "subject_id = 12345",
        "at = at + interval '1 second'",
        'detail = \'{"page": "home.today"}\'',
        "address = '10.0.0.9'",
        "session_id = 'another'",
        "request_id = NULL",
        "number = number + 100",
        "writer = '\\x00'",
        "mark = '\\x00'",
    ],
)
def test_a_changed_entry_is_named_before_and_after_it_is_sealed(
    world: World, change: str, sealed: bool
) -> None:
    ids = leave_entries(world, 5)
    tamper(f"UPDATE audit_entries SET request_id = 'r' WHERE id = {ids[1]}")
    row = db.session.get_one(AuditEntry, ids[1], populate_existing=True)
    row_mark = audit.mark_of(row, audit_keys().mark_keys[0]).hex()
    tamper(f"UPDATE audit_entries SET mark = '\\x{row_mark}' WHERE id = {ids[1]}")
    assert verify().findings == []
    if sealed:
        seal_all()
    tamper(f"UPDATE audit_entries SET {change} WHERE id = {ids[1]}")
    assert f"entry {ids[1]} " in verify().findings[0]


@pytest.mark.parametrize("sealed", [True, False])
def test_a_removed_entry_is_named_before_and_after_it_is_sealed(world: World, sealed: bool) -> None:
    ids = leave_entries(world, 5)
    if sealed:
        seal_all()
    tamper(f"DELETE FROM audit_entries WHERE id = {ids[2]}")
    wanted = f"entry {ids[2]} was removed" if sealed else f"an entry was removed after entry {ids[1]}"
    assert verify().findings[0].startswith(wanted)


@pytest.mark.parametrize("place", [-5, 10**9])
def test_an_inserted_entry_is_named_wherever_it_stands(world: World, place: int) -> None:
    leave_entries(world, 3)
    seal_all()
    tamper(
        "INSERT INTO audit_entries (id, at, action, subject_kind, detail) "
        "OVERRIDING SYSTEM VALUE VALUES (:id, now(), 'case.viewed', 'case', '{}')",
        id=place,
    )
    assert verify().findings[0].startswith(f"entry {place} carries no mark: it was inserted")
    seal_all()  # a seal does not make it true
    assert any(f"entry {place} " in finding for finding in verify().findings)


def test_a_copy_of_a_true_entry_is_found(world: World) -> None:
    ids = leave_entries(world, 3)
    columns = "at, actor_id, action, subject_kind, subject_id, detail, request_id, address, session_id, writer, number, mark"
    tamper(f"INSERT INTO audit_entries ({columns}) SELECT {columns} FROM audit_entries WHERE id = {ids[1]}")
    assert "twice" in verify().findings[0]


@pytest.mark.parametrize(
    "change",
    [
        "at = at + interval '1 second'",
        "key_id = 'another'",
        "previous = repeat('1', 64)",
        "ids = '[[1, 1000000]]'",
        "ids = '\"x\"'",
        "ids = '[]'",
        "digests = overlay(digests placing '\\x00'::bytea from 3)",
        "faults = '[[1, \"entry 1 was changed\"]]'",
        "faults = '{}'",
        "signature = '\\x00'",
        "number = 7",
    ],
)
def test_a_changed_seal_is_named(world: World, change: str) -> None:
    for _ in range(3):
        leave_entries(world, 2)
        seal_all()
    tamper(f"UPDATE audit_seals SET {change} WHERE number = 2")
    assert "seal 2" in verify().findings[0]
    leave_entries(world, 1)
    seal_all()  # sealing goes on
    assert "seal 2" in verify().findings[0]


def test_a_removed_seal_is_named_also_the_last_one_by_its_note_outside(world: World) -> None:
    for _ in range(3):
        leave_entries(world, 2)
        seal_all()
    with db.session.begin_nested() as back:
        tamper("DELETE FROM audit_seals WHERE number = 2")
        assert "seal 2 was removed" in verify().findings[0]
        back.rollback()
    noted = verify().newest
    last = db.session.scalars(select(AuditSeal.ids).where(AuditSeal.number == 3)).one()
    tamper("DELETE FROM audit_seals WHERE number = 3", f"DELETE FROM audit_entries WHERE id >= {last[0][0]}")
    db.session.expire_all()
    assert verify().findings == ["seal 3, noted outside the database, is not there any more or was changed"]
    assert any("seal 3, which was noted" in finding for finding in verify(anchor=noted).findings)
    leave_entries(world, 1)
    seal_all()  # a new seal 3 does not wipe the note away, and says what was missing
    assert any("seal 3, noted outside" in finding for finding in verify().findings)


@pytest.mark.parametrize("note", [b"", b"seven:abc", b"\xff\xfe", b"9" * 40 + b":abc"])
def test_a_note_that_cannot_be_read_is_a_finding_and_does_not_stop_the_sealing(
    world: World, note: bytes
) -> None:
    leave_entries(world, 2)
    seal_all()
    anchor = audit_keys().anchor
    assert anchor is not None
    anchor.write_bytes(note)
    leave_entries(world, 1)
    assert seal_all().entries == 1
    assert any("noted outside the database" in finding for finding in verify().findings)
    assert anchor.read_bytes() == note  # it stays, as evidence


def test_an_entry_among_long_sealed_ones_is_found_though_its_mark_fits(world: World) -> None:
    ids = leave_entries(world, 3)
    late = {c.name: getattr(entries()[1], c.name) for c in AuditEntry.__table__.columns}
    tamper(f"DELETE FROM audit_entries WHERE id = {ids[1]}")
    db.session.expire_all()
    seal_all()
    with frozen(now() + timedelta(days=3)):
        db.session.execute(AuditEntry.__table__.insert().values(late))
        assert seal_all().entries == 0
        assert verify().findings == [f"entry {ids[1]} was inserted among sealed ones: no seal holds it"]


def test_entries_from_before_the_record_was_marked_are_taken_over_once(world: World) -> None:
    old = "INSERT INTO audit_entries (at, action, subject_kind, detail) VALUES (now(), 'sign_in', 'person', '{}')"
    tamper(old, old)
    leave_entries(world, 2)
    seal_all()
    report = verify()
    assert (report.findings, report.taken_over) == ([], 2)
    tamper(old)
    assert "carries no mark" in verify().findings[0]


def test_a_seal_of_an_elder_key_holds_while_the_key_is_known(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave_entries(world, 2)
    seal_all()
    elder = audit_keys()
    fresh = type(elder)((bytes(range(32)), *elder.seeds), elder.anchor)
    monkeypatch.setattr("app.core.audit_seals.audit_keys", lambda: fresh)
    monkeypatch.setattr("app.core.audit_verify.audit_keys", lambda: fresh)
    leave_entries(world, 2)  # a process that still has the elder key
    seal_all()
    keys = list(db.session.scalars(select(AuditSeal.key_id).order_by(AuditSeal.number)))
    assert keys == [elder.present, fresh.present]
    assert verify().findings == []
    alone = type(elder)((bytes(range(32)),), elder.anchor)
    monkeypatch.setattr("app.core.audit_verify.audit_keys", lambda: alone)
    assert "cannot be checked" in verify().findings[0]
    assert verify(elder.public).findings == []


_COLUMNS = st.sampled_from(
    ("actor_id", "subject_id", "number", "action", "address", "session_id", "request_id")
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True, database=None,
)  # fmt: skip
@given(
    act=st.sampled_from(("change", "remove", "insert", "swap")), place=st.integers(0, 8), other=st.integers(1, 8),
    column=_COLUMNS, sealed=st.integers(0, 2),
)  # fmt: skip
def test_any_single_change_removal_insertion_or_swap_is_found(
    world: World, act: str, place: int, other: int, column: str, sealed: int
) -> None:
    back = db.session.begin_nested()
    try:
        report = _tampered(world, act, place, (place + other) % 9, column, sealed)
        assert report.findings, (act, place, column, sealed)
    finally:
        back.rollback()
        anchor = audit_keys().anchor
        assert anchor is not None
        anchor.unlink(missing_ok=True)


def _tampered(world: World, act: str, place: int, other: int, column: str, sealed: int) -> Report:
    """Nine entries, the first three times `sealed` of them sealed, and one tampering; the last of all stays."""
    ids: list[int] = []
    actor = world.principal("donthu.lb")
    for number in range(10):
        audit.record("case.viewed", actor=actor, subject=("case", number))
        db.session.flush()
        ids += db.session.scalars(select(AuditEntry.id).order_by(AuditEntry.id.desc()).limit(1))
        if number + 1 in (3, 6)[:sealed]:
            _seal_some()  # inside the example's savepoint
    target, second = ids[place], ids[other]
    if act == "change":
        wanted = (
            "coalesce({0}, 0) + 1"
            if column in ("actor_id", "subject_id", "number")
            else "coalesce({0}, '') || 'x'"
        )
        tamper(f"UPDATE audit_entries SET {column} = {wanted.format(column)} WHERE id = {target}")
    elif act == "remove":
        tamper(f"DELETE FROM audit_entries WHERE id = {target}")
    elif act == "insert":
        columns = "at, actor_id, action, subject_kind, subject_id, detail, writer, number, mark"
        tamper(
            f"INSERT INTO audit_entries ({columns}) SELECT at, actor_id, action, subject_kind, subject_id + 1, detail, "
            f"writer, number, mark FROM audit_entries WHERE id = {target}"
        )
    else:
        says = ", ".join(f"{c} = o.{c}" for c in ("actor_id", "subject_id", "at", "action"))
        tamper(
            f"UPDATE audit_entries e SET {says} FROM audit_entries o "
            f"WHERE (e.id, o.id) IN (({target}, {second}), ({second}, {target}))"
        )
    db.session.expire_all()
    return verify()


def test_what_does_not_hold_is_known(world: World) -> None:
    """The last entries of a connection can be taken away before they are sealed; docs/operations.md says so."""
    ids = leave_entries(world, 3)
    tamper(f"DELETE FROM audit_entries WHERE id = {ids[2]}")
    assert verify().findings == []
