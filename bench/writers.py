"""Eight writers at once, with the record and without: what the marks and the sealing cost them.

Run as a process of its own (`python -m bench.writers 0`) it is one of the writers: it reads orders from its standard
input and answers with how many acts it has done a second.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from flask import Flask
from sqlalchemy import BigInteger, DateTime, Identity, Index, String, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from app.core import audit
from app.core.audit_seals import seal_all
from app.core.clock import now, today
from app.core.db import db, unit_of_work
from app.core.permissions import GRANTS, Permission, Principal
from app.factory import create_app
from app.organisation.models import Person
from app.organisation.queries import principal_for
from complaints.services.identity import Sender
from complaints.services.registration import NewPetition, register_petition

WRITERS, SECONDS, KEPT = 8, 40.0, 0.9
Rounds = tuple[list[float], list[float]]  # milliseconds an act, without the record and with it
Act = Callable[[], None]


class PlainBase(DeclarativeBase):
    """Base of a table that only this measurement has."""


class PlainEntry(PlainBase):
    """An entry as it was before the record was marked."""

    __tablename__ = "bench_plain_entries"
    __table_args__ = (Index("ix_bench_plain_entries", "subject_kind", "subject_id", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    actor_id: Mapped[int] = mapped_column(BigInteger)
    action: Mapped[str] = mapped_column(String(80))
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int] = mapped_column(BigInteger)
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB)


def measure(app: Flask, owner: Flask, env: Mapping[str, str], size: int) -> Iterator[dict[str, Any]]:
    """Yield the figures: whole acts with and without the record, and bare entries with and without marks.

    Each writer takes the two in turn, act by act: what else the machine does at the time slows both. What sealing costs
    is added to what the record costs: the time it takes for each entry that was written.
    """
    with owner.app_context():
        PlainBase.metadata.create_all(db.engine)
        with db.engine.begin() as connection:
            role = owner.extensions["tiepdan.settings"].app_role
            for table in PlainBase.metadata.sorted_tables:
                connection.execute(text(f"GRANT SELECT, INSERT ON {table.name} TO {role}"))
        db.engine.dispose()
    with _writers(env) as writers:
        for kind, name in (("register", "registering petitions"), ("append", "appending bare entries")):
            _at_once(writers, f"{kind} 3")  # warm
            _seal(app)
            taken = _at_once(writers, f"{kind} {SECONDS}")
            sealed, seconds = _seal(app)
            without, with_it = (_mean([ms for rounds in taken for ms in rounds[n]]) for n in (0, 1))
            entries = sealed / sum(len(rounds[1]) for rounds in taken)
            sealing = (
                1000 * seconds / sealed * entries
            )  # milliseconds of one process an act, all eight waiting for it
            yield {
                "name": f"{WRITERS} writers {name}",
                "cases": size,
                "without": round(1000 * WRITERS / without, 1),
                "with": round(1000 * WRITERS / (with_it + sealing), 1),
                "sealing": round(1000 * seconds / sealed, 3),
                "loss": round(100 * (1 - without / (with_it + sealing)), 1),
            }


def _mean(taken: list[float]) -> float:
    """Return the mean of all but the slowest tenth, where the machine did something else."""
    return statistics.fmean(sorted(taken)[: int(len(taken) * KEPT)])


def _seal(app: Flask) -> tuple[int, float]:
    """Seal everything; return how many entries and in how many seconds."""
    with app.app_context():
        start = time.perf_counter()
        sealed = seal_all().entries
        db.session.remove()
        return sealed, time.perf_counter() - start


@contextmanager
def _writers(env: Mapping[str, str]) -> Iterator[list["subprocess.Popen[str]"]]:
    command = [sys.executable, "-m", "bench.writers"]
    children = [
        subprocess.Popen(  # noqa: S603 - our own command
            [*command, str(n)], env={**os.environ, **env}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for n in range(WRITERS)
    ]  # fmt: skip
    try:
        for child in children:
            _answer(child)
        yield children
    finally:
        for child in children:
            child.terminate()
            child.wait(timeout=20)


def _at_once(writers: list["subprocess.Popen[str]"], order: str) -> list[Rounds]:
    """Let all writers work at once; return what each has measured."""
    for child in writers:
        assert child.stdin is not None
        child.stdin.write(order + "\n")
        child.stdin.flush()
    return [json.loads(_answer(child)) for child in writers]


def _answer(child: "subprocess.Popen[str]") -> str:
    assert child.stdout is not None
    line = child.stdout.readline()
    if not line:
        raise RuntimeError("a writer has ended")
    return line.strip()


def _writer(number: int) -> None:
    """Be one writer until the input ends."""
    app = create_app()
    with app.app_context():
        registrars = list(_registrars())
        acts = _acts(*registrars[number % len(registrars)])
        db.session.remove()
        print("ready", flush=True)
        for line in sys.stdin:
            kind, seconds = line.split()
            print(json.dumps(_work(*acts[kind], float(seconds))), flush=True)


def _registrars() -> Iterator[tuple[Principal, int]]:
    """Yield people who register petitions, each with their body: writers of different bodies share no register."""
    seen: set[int] = set()
    for person_id in db.session.scalars(select(Person.id).order_by(Person.id)):
        principal = principal_for(person_id, today())
        for held in (
            principal.memberships if principal and principal.may(Permission.PETITION_REGISTER) else ()
        ):
            if Permission.PETITION_REGISTER in GRANTS[held.role] and held.body_id not in seen:
                assert principal is not None
                seen.add(held.body_id)
                yield principal, held.body_id


def _nothing(*_words: object, **_more: object) -> None:
    """Leave no entry."""


def _work(without: Act, with_it: Act, seconds: float) -> Rounds:
    taken: Rounds = ([], [])
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        for rounds, act in zip(taken, (without, with_it), strict=True):
            start = time.perf_counter()
            act()
            rounds.append((time.perf_counter() - start) * 1000)
    return taken


def _acts(actor: Principal, unit_id: int) -> Mapping[str, tuple[Act, Act]]:
    """Return what is measured: each without the record and with it."""
    recording = audit.record

    def register() -> None:
        with unit_of_work():
            register_petition(
                NewPetition(
                    unit_id=unit_id, source="post", received_on=today(), summary="Khiếu nại quyết định thu hồi đất.",
                    senders=(Sender("Trần Thị Đo", "", "", "Hà Nội"),), respondent="Chủ tịch UBND phường",
                    respondent_level="commune_chair", field="land", kind="complaint",
                ),
                actor=actor,
            )  # fmt: skip

    def plain() -> None:
        with unit_of_work():
            db.session.add(
                PlainEntry(
                    at=now(),
                    actor_id=actor.person_id,
                    action="x",
                    subject_kind="case",
                    subject_id=1,
                    detail={},
                )
            )

    def marked() -> None:
        with unit_of_work():
            audit.record("x", actor=actor, subject=("case", 1))

    def register_unrecorded() -> None:
        audit.record = _nothing
        try:
            register()
        finally:
            audit.record = recording

    return {"register": (register_unrecorded, register), "append": (plain, marked)}


if __name__ == "__main__":
    _writer(int(sys.argv[1]))
