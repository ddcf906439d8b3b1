"""The measurements: pages through the whole application, the sweep, and three reference limits beside them."""

import re
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event, select, text

from app.config import Settings
from app.core.clock import today
from app.core.db import db, unit_of_work
from app.demo.accounts import DEMO_PASSWORD
from app.demo.organisation import load_organisation
from app.embedded import ServerUrls
from app.factory import create_app
from app.organisation.models import Unit
from bench import seed
from complaints.models.cases import Case
from complaints.models.petitions import Petition
from notifications.sweep import run_sweep

ROUNDS, WARM_UP = 120, 15
DUE = 1000
_ROWS = """<table>{% for row in rows %}<tr><td>{{ row.id }}</td><td>{{ row.summary }}</td><td>{{ row.state }}</td>
<td>{{ row.next_due_on }}</td></tr>{% endfor %}</table>"""
Figure = dict[str, Any]


def run(urls: ServerUrls, home: Path, size: int) -> Iterator[Figure]:
    """Yield one figure a measurement at a size, on a database emptied and filled for it."""
    app = _app(urls, home)
    with app.app_context():
        with db.engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE; CREATE SCHEMA public"))
        upgrade()
        with unit_of_work():
            load_organisation()
        seed.fill(size, today())
        unit_id = db.session.execute(select(Unit.id).where(Unit.code == "LB")).scalar_one()
        ours = select(Case.id).where(Case.is_open, Case.kind == "complaint", Case.unit_id == unit_id)
        case_id = db.session.execute(ours).scalars().first()
        at_desk = select(Petition.id).where(Petition.is_open, Petition.unit_id == unit_id)
        petition_id = db.session.execute(at_desk).scalars().first()
    bare = _bare_app(app, unit_id)
    client = _signed_in(app, "donthu.lb")
    limits = {
        "view": _time(app, lambda: bare.get("/view")),
        "insert": _time(app, lambda: bare.post("/insert")),
        "empty": _time(app, lambda: bare.get("/empty")),
    }
    for name, limit in limits.items():
        yield _figure(f"reference: {name}", size, limit, None)
    leader = _signed_in(app, "chutich.lb")
    pages: tuple[tuple[str, FlaskClient, str], ...] = (
        ("inbox", client, "/petitions/"),
        ("worklist", leader, "/cases/"),
        ("petition page", client, f"/petitions/{petition_id}"),
        ("case page", leader, f"/cases/{case_id}"),
        ("supervision", leader, "/supervision/"),
        ("here before", client, "/petitions/?closed=1"),
    )
    for name, who, path in pages:
        yield _figure(name, size, _time(app, _get(who, path)), limits["view"])
    yield _figure("register a petition", size, _time(app, _registering(client)), limits["insert"])
    yield _sweep(app, size, limits["insert"])


def _app(urls: ServerUrls, home: Path) -> Flask:
    settings = Settings.from_env(
        {
            "TIEPDAN_ENV": "development",
            "DATABASE_URL": urls.database_url,
            "REDIS_URL": urls.redis_url,
            "TIEPDAN_VAR": str(home / "var"),
        }
    )
    app = create_app(settings)
    app.config["RATELIMIT_ENABLED"] = False
    return app


def _bare_app(app: Flask, unit_id: int) -> FlaskClient:
    """Return a client of a Flask application with nothing of ours but the models: the reference limits."""
    bare = Flask("bare")
    bare.config["SQLALCHEMY_DATABASE_URI"] = app.config["SQLALCHEMY_DATABASE_URI"]
    reference = SQLAlchemy(bare)
    table = bare.jinja_env.from_string(_ROWS)
    wanted = select(Petition).where(Petition.unit_id == unit_id, Petition.is_open)

    def view() -> str:
        rows = reference.session.execute(
            wanted.order_by(Petition.next_due_on, Petition.id).limit(25)
        ).scalars()
        return table.render(rows=rows)

    def insert() -> str:
        row = {"r": str(time.monotonic_ns())}
        reference.session.execute(text("INSERT INTO register_counters VALUES (1, :r, 1, 1)"), row)
        reference.session.commit()
        return "done"

    bare.add_url_rule("/view", "view", view)
    bare.add_url_rule("/empty", "empty", lambda: "empty")
    bare.add_url_rule("/insert", "insert", insert, methods=["POST"])
    return bare.test_client()


def _signed_in(app: Flask, username: str) -> FlaskClient:
    client = app.test_client()
    token = _token(client.get("/sign-in").get_data(as_text=True))
    answer = client.post(
        "/sign-in", data={"username": username, "password": DEMO_PASSWORD, "csrf_token": token}
    )
    assert answer.status_code == 302, answer.get_data(as_text=True)
    return client


def _token(page: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found is not None
    return found[1]


def _get(client: FlaskClient, path: str) -> Callable[[], Any]:
    def get() -> None:
        answer = client.get(path)
        assert answer.status_code == 200, path

    return get


def _registering(client: FlaskClient) -> Callable[[], Any]:
    """Register a letter through the form, CSRF and all; the form itself is fetched once."""
    page = client.get("/desk/letters/new").get_data(as_text=True)
    token, counter = _token(page), iter(range(10**9))

    def post() -> None:
        number = next(counter)
        fields = {
            "csrf_token": token,
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
        answer = client.post("/desk/letters/new", data=fields)
        assert answer.status_code == 302, re.sub(r"<[^>]+>|\s+", " ", answer.get_data(as_text=True))[:1500]

    return post


@contextmanager
def _counting(app: Flask) -> Iterator[list[int]]:
    seen = [0]

    def count(*_: Any) -> None:
        seen[0] += 1

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", count)
    yield seen
    event.remove(engine, "before_cursor_execute", count)


def _time(app: Flask, act: Callable[[], Any]) -> tuple[list[float], int]:
    """Return the milliseconds of many rounds, and the queries of one."""
    for _ in range(WARM_UP):
        act()
    with _counting(app) as seen:
        act()
        queries = seen[0]
    rounds = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        act()
        rounds.append((time.perf_counter() - start) * 1000)
    return rounds, queries


def _sweep(app: Flask, size: int, limit: tuple[list[float], int]) -> Figure:
    """Time a sweep with DUE alerts due; the figure is milliseconds a raised alert."""
    samples = []
    with app.app_context():
        for _ in range(3):
            seed.make_due(DUE)
            with db.engine.begin() as connection:
                connection.execute(text("TRUNCATE escalations, escalation_told, notices, outbound_messages"))
            start = time.perf_counter()
            result = run_sweep()
            samples.append((time.perf_counter() - start) * 1000 / max(1, result.raised))
            db.session.remove()
    return _figure(f"sweep, a raised alert ({result.raised} due)", size, (samples, 0), limit)


def _figure(
    name: str, size: int, taken: tuple[list[float], int], limit: tuple[list[float], int] | None
) -> Figure:
    rounds, queries = taken
    median = statistics.median(rounds)
    ratio = median / statistics.median(limit[0]) if limit is not None else 1.0
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
