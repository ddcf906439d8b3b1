"""Writers at once on connections of their own, while the record is sealed: no gap, nothing left out, nobody waits."""

import threading

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from app.core import audit
from app.core.audit import AuditEntry
from app.core.audit_seals import AuditSeal, seal_all
from app.core.audit_verify import verify
from app.core.db import db, unit_of_work
from tests.conftest import owner_connection
from tests.factories import World

WRITERS, ACTS = 8, 25


@pytest.fixture
def app_of(real_database: Flask) -> Flask:
    """The application on real commits."""
    return real_database


def act(number: int) -> None:
    """Leave one or two entries; every fifth act is rolled back."""
    with unit_of_work():
        audit.record("case.viewed", actor=None, subject=("case", number))
        db.session.flush()
        if number % 3 == 0:
            audit.record("case.noted", actor=None, subject=("case", number))
        if number % 5 == 0:
            raise ZeroDivisionError


def write(app: Flask, first: int) -> None:
    """Be one writer."""
    with app.app_context():
        for number in range(first, first + ACTS):
            try:
                act(number)
            except ZeroDivisionError:
                continue
        db.session.remove()


def test_eight_writers_and_a_sealing_job_leave_no_gap_and_nothing_unsealed(app_of: Flask) -> None:
    over = threading.Event()

    def keep_sealing() -> None:
        with app_of.app_context():
            while not over.is_set():
                seal_all()
            db.session.remove()

    sealing = threading.Thread(target=keep_sealing)
    writers = [threading.Thread(target=write, args=(app_of, n * ACTS)) for n in range(WRITERS)]
    for thread in (sealing, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    over.set()
    sealing.join()
    seal_all()
    report = verify()
    committed = [n for n in range(WRITERS * ACTS) if n % 5]
    assert report.findings == []
    assert report.unsealed == 0
    assert report.entries == len(committed) + sum(n % 3 == 0 for n in committed)
    sealed = sum(len(digests) // 32 for digests in db.session.scalars(select(AuditSeal.digests)))
    assert sealed == report.entries
    assert db.session.scalar(select(func.count(AuditEntry.writer.distinct()))) > 1


def test_a_writer_that_stays_open_holds_up_neither_others_nor_the_sealing(app_of: Flask) -> None:
    """The open one has the lowest id; it is sealed by itself once it commits."""
    written, go = threading.Event(), threading.Event()

    def slow() -> None:
        with app_of.app_context():
            with unit_of_work():
                audit.record("case.slow", actor=None, subject=("case", 1))
                db.session.flush()
                written.set()
                assert go.wait(30)
            db.session.remove()

    thread = threading.Thread(target=slow)
    thread.start()
    assert written.wait(30)
    for number in range(3):
        with unit_of_work():
            audit.record("case.fast", actor=None, subject=("case", number))
    assert seal_all().entries == 3
    go.set()
    thread.join()
    assert verify().findings == []
    assert seal_all().entries == 1
    actions = [
        db.session.get_one(AuditEntry, ids[0][0]).action
        for ids in db.session.scalars(select(AuditSeal.ids).order_by(AuditSeal.number))
    ]
    assert actions == ["case.fast", "case.slow"]
    assert verify().findings == []


def test_a_commit_that_fails_begins_a_new_writer_and_leaves_no_gap(live_world: World) -> None:
    def leave() -> bytes | None:
        with unit_of_work():
            audit.record("case.viewed", actor=None, subject=("case", 1))
        return db.session.scalars(select(AuditEntry.writer).order_by(AuditEntry.id.desc())).first()

    first = leave()
    with owner_connection() as owner:
        owner.execute(text("CREATE TABLE once (n int UNIQUE DEFERRABLE INITIALLY DEFERRED)"))
        owner.execute(text("GRANT INSERT ON once TO PUBLIC"))
    with pytest.raises(IntegrityError), unit_of_work() as session:
        audit.record("case.lost", actor=None, subject=("case", 2))
        session.execute(text("INSERT INTO once VALUES (1), (1)"))
    second = leave()
    assert first != second
    db.session.rollback()
    with owner_connection() as owner:
        owner.execute(text("DROP TABLE once"))
    seal_all()
    assert verify().findings == []
    assert {entry.action for entry in db.session.scalars(select(AuditEntry))} == {"case.viewed"}
