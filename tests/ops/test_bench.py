"""`make bench` fills a database by statements of its own: they must know the columns there are."""

from flask import Flask
from sqlalchemy import func, select

from app.core.clock import today
from app.core.db import db, unit_of_work
from app.demo.organisation import load_organisation
from bench import report, seed
from complaints.models.cases import Case
from complaints.models.clocks import Clock
from complaints.models.petitions import Petition


def test_the_bench_fills_a_database_of_the_newest_migration(real_database: Flask) -> None:
    with unit_of_work():
        load_organisation()
    seed.fill(40, today())
    assert [db.session.scalar(select(func.count()).select_from(t)) for t in (Case, Petition, Clock)] == [
        40
    ] * 3


def test_the_report_says_what_the_record_costs_writers() -> None:
    page = {"name": "case page", "cases": 10, "median_ms": 1.0, "p95_ms": 2.0, "queries": 7, "ratio": 4.0}
    cost = {"name": "8 writers", "cases": 10, "without": 50.0, "with": 49.0, "sealing": 0.1, "loss": 2.0}
    text = report.markdown([page, cost], machine="x")
    assert "| case page | 10 | 1.0 | 2.0 | 7 | 4.0 |" in text
    assert "| 8 writers | 10 | 50.0 | 49.0 | 0.1 | 2.0 |" in text
