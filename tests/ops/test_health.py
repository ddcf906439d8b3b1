"""/healthz and /readyz answer without sign-in, and /readyz tells what is missing."""

from dataclasses import replace

from flask import Flask
from sqlalchemy import create_engine, text

from app.config import Settings
from app.core.db import db
from app.factory import create_app


def test_all_is_well(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/healthz").json == {"status": "ok"}
    answer = client.get("/readyz")
    assert answer.status_code == 200
    held = dict.fromkeys(("database", "migrations", "queue", "sweep", "mail"), True)
    assert answer.json == {"status": "ready", "checks": held}


def test_servers_that_are_away_make_it_alive_but_not_ready(settings: Settings) -> None:
    nowhere = replace(
        settings,
        database_url="postgresql+psycopg://postgres@/postgres?host=/nowhere",
        redis_url="unix:///nowhere/redis.sock",
    )
    client = create_app(nowhere).test_client()
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["checks"] == {"database": False, "migrations": False, "queue": False}
    assert "nowhere" not in answer.text


def test_a_database_without_the_newest_migration_is_not_ready(settings: Settings) -> None:
    engine = create_engine(settings.owner_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("CREATE DATABASE empty_one"))
    try:
        app = create_app(
            replace(settings, database_url=settings.database_url.replace("/postgres?", "/empty_one?"))
        )
        answer = app.test_client().get("/readyz")
        assert answer.status_code == 503
        assert answer.json is not None
        assert answer.json["checks"] == {"database": True, "migrations": False, "queue": True}
        with app.app_context():
            db.engine.dispose()
    finally:
        with engine.connect() as connection:
            connection.execute(text("DROP DATABASE empty_one"))
        engine.dispose()
