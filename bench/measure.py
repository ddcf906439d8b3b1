"""The measurements: pages over HTTP as a browser asks, the sweep, and three reference limits beside them."""

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import event, select, text

from app.config import Settings
from app.core.clock import today
from app.core.db import db, unit_of_work
from app.demo.accounts import DEMO_PASSWORD
from app.demo.organisation import load_organisation
from app.embedded import ServerUrls
from app.factory import create_app
from app.operations.schema import upgrade_schema
from app.organisation.models import Unit
from bench import seed, writers
from bench.http import Browser, serving, token
from complaints.models.cases import Case
from complaints.models.petitions import Petition
from notifications.sweep import run_sweep

ROUNDS, WARM_UP = 120, 15
DUE = 1000
Figure = dict[str, Any]


def run(urls: ServerUrls, home: Path, size: int) -> Iterator[Figure]:
    """Yield one figure a measurement at a size, on a database emptied and filled for it."""
    env = {
        "TIEPDAN_ENV": "development",
        "DATABASE_URL": urls.database_url,
        "DATABASE_OWNER_URL": urls.owner_url,
        "REDIS_URL": urls.redis_url,
        "TIEPDAN_VAR": str(home / "var"),
        "TIEPDAN_AUDIT_ANCHOR": str(home / f"audit-anchor-{size}"),  # each size has a database of its own
    }
    settings = Settings.from_env(env)
    app, owner = create_app(settings), create_app(settings.as_owner())
    case_id, petition_id = _fill(owner, size)  # by hand, past the product: as the owner
    bare_env = {"BENCH_DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"]}
    with serving("bench.bare:application", bare_env) as bare, serving("wsgi:application", env) as ours:
        yield from _pages(app, size, bare=Browser(bare), port=ours, case_id=case_id, petition_id=petition_id)
    yield _sweep(app, owner, size)
    yield from writers.measure(app, owner, env, size)


def _fill(app: Flask, size: int) -> tuple[int, int]:
    """Fill the database; return an open complaint and a petition at the desk of one ward."""
    with app.app_context():
        with db.engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE; CREATE SCHEMA public"))
        upgrade_schema(app.extensions["tiepdan.settings"].app_role)
        with unit_of_work():
            load_organisation()
        seed.fill(size, today())
        unit_id = select(Unit.id).where(Unit.code == "LB").scalar_subquery()
        cases = select(Case.id).where(Case.is_open, Case.kind == "complaint", Case.unit_id == unit_id)
        petitions = select(Petition.id).where(Petition.is_open, Petition.unit_id == unit_id)
        first = [db.session.execute(some.order_by("id").limit(1)).scalar_one() for some in (cases, petitions)]
        db.engine.dispose()
    return first[0], first[1]


def _pages(
    app: Flask, size: int, *, bare: Browser, port: int, case_id: int, petition_id: int
) -> Iterator[Figure]:
    def view() -> object:
        return bare.get("/view")

    def insert() -> object:
        return bare.post("/insert", {}, expect=200)

    for name, limit in (("view", view), ("insert", insert), ("empty", lambda: bare.get("/empty"))):
        yield _figure(f"reference: {name}", size, _time(limit)[0])
    officer, leader = Browser(port).sign_in("donthu.lb"), Browser(port).sign_in("chutich.lb")
    pages: tuple[tuple[str, Browser, str, str], ...] = (
        ("inbox", officer, "donthu.lb", "/petitions/"),
        ("worklist", leader, "chutich.lb", "/cases/"),
        ("petition page", officer, "donthu.lb", f"/petitions/{petition_id}"),
        ("case page", leader, "chutich.lb", f"/cases/{case_id}"),
        ("supervision", leader, "chutich.lb", "/supervision/"),
        ("closed petitions", officer, "donthu.lb", "/petitions/?closed=1"),
    )
    for name, browser, username, path in pages:
        taken = _time(partial(browser.get, path), beside=view)
        yield _figure(name, size, *taken, queries=_queries(app, username, path))
    yield _figure("register a petition", size, *_time(_registering(officer), beside=insert))


def _registering(browser: Browser) -> Callable[[], object]:
    """Register a letter through the form, CSRF and all; the form itself is fetched once."""
    csrf, counter = token(browser.get("/desk/letters/new")), iter(range(10**9))

    def post() -> None:
        number = next(counter)
        fields = {
            "csrf_token": csrf,
            "submission_key": f"bench-{time.monotonic_ns()}-{number}",
            "source": "post",
            "received_on": f"{today():%d/%m/%Y}",
            "senders-0-full_name": f"Trần Thị {number}",
            "kind": "complaint",
            "field": "land",
            "signer_count": "1",
            "respondent_level": "commune_chair",
            "respondent_unit_id": "0",
            "summary": "Khiếu nại quyết định thu hồi đất.",
        }
        browser.post("/desk/letters/new", fields)

    return post


def _queries(app: Flask, username: str, path: str) -> int:
    """Return how many statements a page asks of the database once the process is warm, sign-in included."""
    client, seen = app.test_client(), [0]
    csrf = token(client.get("/sign-in").get_data(as_text=True))
    client.post("/sign-in", data={"username": username, "password": DEMO_PASSWORD, "csrf_token": csrf})

    def count(*_: Any) -> None:
        seen[0] += 1

    client.get(path)
    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", count)
    client.get(path)
    event.remove(engine, "before_cursor_execute", count)
    engine.dispose()
    return seen[0]


def _time(
    act: Callable[[], object], *, beside: Callable[[], object] | None = None
) -> tuple[list[float], list[float]]:
    """Return the milliseconds of many rounds, and those of a reference limit taken in turn with them.

    What else the machine does at the time then slows both.
    """
    rounds: tuple[list[float], list[float]] = ([], [])
    for number in range(WARM_UP + ROUNDS):
        for taken, run in zip(rounds, (act, beside), strict=True):
            if run is None:
                continue
            start = time.perf_counter()
            run()
            if number >= WARM_UP:
                taken.append((time.perf_counter() - start) * 1000)
    return rounds


def _sweep(app: Flask, owner: Flask, size: int) -> Figure:
    """Time a sweep with DUE alerts due; the figure is milliseconds a raised alert, the ratio to a bare insert."""
    samples, limit = [], []
    with app.app_context():
        for _ in range(3):
            seed.make_due(DUE)
            with owner.app_context(), db.engine.begin() as connection:
                connection.execute(text("TRUNCATE escalations, escalation_told, notices, outbound_messages"))
            start = time.perf_counter()
            result = run_sweep()
            samples.append((time.perf_counter() - start) * 1000 / max(1, result.raised))
            db.session.remove()
        for number in range(ROUNDS):
            start = time.perf_counter()
            with db.engine.begin() as connection:
                row = {"r": f"s{number}"}
                connection.execute(
                    text("INSERT INTO register_counters SELECT id, :r, 1, 1 FROM units LIMIT 1"), row
                )
            limit.append((time.perf_counter() - start) * 1000)
        db.engine.dispose()
    return _figure(f"sweep, a raised alert ({result.raised} due)", size, samples, limit)


def _figure(
    name: str, size: int, rounds: list[float], limit: Sequence[float] = (), *, queries: int | None = None
) -> Figure:
    median = statistics.median(rounds)
    ratio = median / statistics.median(limit) if limit else 1.0
    ordered = sorted(rounds)
    return {
        "name": name,
        "cases": size,
        "median_ms": round(median, 3),
        "p95_ms": round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))], 3),
        "queries": queries,
        "ratio": round(ratio, 2),
    }


def day_of_measurement() -> date:
    """Return the day for the report."""
    return today()
