"""Fixtures of the whole suite: real PostgreSQL and Redis (embedded), one database a worker, time that stands still."""

import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask, current_app, g, request_started
from flask.testing import FlaskClient
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright
from sqlalchemy import Connection, Engine, NullPool, create_engine, event, select, text
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from app.config import Settings
from app.core.audit import audit_keys
from app.core.clock import frozen
from app.core.db import Base, db
from app.embedded import ServerUrls, servers
from app.factory import create_app
from app.operations.roles import APP_ROLE
from app.operations.schema import upgrade_schema
from app.organisation.models import Person
from app.web.limits import limiter
from tests.factories import World, build_world

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PASSWORD = "mat-khau-thu-nghiem"
TODAY = date(2026, 11, 16)  # a Monday; the week after has the new holiday of 24 November
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
BROWSER_PATIENCE_MS = 20_000  # a busy machine is no failure; what comes at once is not waited for
HOW_TO_INSTALL = "no Chromium: install it with 'apt-get install chromium' (or set it on PATH)"


@pytest.fixture(scope="session")
def server_urls() -> Iterator[ServerUrls]:
    """Start this worker's own PostgreSQL and Redis, apart from those of `make run`."""
    home = Path(tempfile.mkdtemp(prefix="tiepdan-test-"))
    home.chmod(0o755)
    with servers(home, durable=False) as urls:
        yield urls
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def settings(server_urls: ServerUrls) -> Settings:
    """Settings as a test installation has them."""
    files = Path(tempfile.mkdtemp(prefix="tiepdan-files-"))
    return Settings.from_env(
        {
            "TIEPDAN_ENV": "test",
            "DATABASE_URL": server_urls.database_url,
            "DATABASE_OWNER_URL": server_urls.owner_url,
            "REDIS_URL": server_urls.redis_url,
            "SECRET_KEY": "test-secret-key-that-is-long-enough-for-anything",
            "TIEPDAN_SEAL_KEY": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
            "TIEPDAN_AUDIT_KEY": "YXVkaXQta2V5LW9mLXRoZS10ZXN0LXN1aXRlLTMyYnk=",
            "FILES_DIR": str(files),
            "TIEPDAN_VAR": str(files / "var"),
            # Tests travel in time while they are signed in; those of sessions set their own.
            "SESSION_IDLE_MINUTES": "1000000",
            "SESSION_HOURS": "20000",
            "FRESH_SIGN_IN_MINUTES": "1000000",
        }
    )


@pytest.fixture(scope="session")
def app(settings: Settings) -> Iterator[Flask]:
    """The application on a migrated, empty database, signed in as the role that owns nothing."""
    owner = create_app(settings.as_owner())
    with owner.app_context():
        upgrade_schema(settings.app_role)
        with db.engine.begin() as connection:
            let_tests_read_the_seal(connection)
        db.engine.dispose()
    application = create_app(settings)
    application.testing = True
    with request_started.connected_to(_forget_the_request_before, application):
        yield application
    with application.app_context():
        db.engine.dispose()


def _forget_the_request_before(_app: Flask, **_more: Any) -> None:
    """Give each request a clean `g`: inside the test's own context Flask would carry on the signed-in person."""
    vars(g).clear()


@pytest.fixture(autouse=True)
def _time_stands_still() -> Iterator[None]:
    """Every test lives on one morning unless it travels."""
    with frozen(TODAY):
        yield


@pytest.fixture(scope="session")
def owner_engine(app: Flask) -> Iterator[Engine]:
    """The database as its owner; its connection is kept from test to test."""
    engine = create_engine(app.extensions["tiepdan.settings"].owner_url)
    yield engine
    engine.dispose()


@pytest.fixture
def session(app: Flask, owner_engine: Engine) -> Iterator[Session]:
    """A session inside a transaction that is rolled back after the test; commits inside are savepoints.

    It begins as the owner and goes on as the application's role, so that `as_owner` can go back for a moment.
    Flask-SQLAlchemy keeps its engines in a private map; it is touched here and nowhere else.
    """
    with app.app_context():
        engine = db.engine
        connection = owner_engine.connect()
        transaction = connection.begin()
        connection.exec_driver_sql(f"SET LOCAL ROLE {APP_ROLE}")
        engines = db._app_engines[app]
        engines[None] = connection  # type: ignore[assignment]
        db.session.remove()
        db.session.configure(join_transaction_mode="create_savepoint")
        try:
            yield db.session()
        finally:
            db.session.remove()
            engines[None] = engine
            transaction.rollback()
            connection.close()


@pytest.fixture
def folder(app: Flask, tmp_path: Path) -> Iterator[Path]:
    """A store of files for this test alone."""
    before = app.config["FILES_DIR"]
    app.config["FILES_DIR"] = str(tmp_path / "files")
    yield tmp_path / "files"
    app.config["FILES_DIR"] = before


@pytest.fixture
def world(session: Session) -> World:
    """A small organisation: a city, its reception office and inspectorate, a department, two communes, a person a role."""
    world = build_world(PASSWORD)
    session.commit()
    return world


@pytest.fixture
def client(app: Flask, session: Session) -> FlaskClient:
    """A browserless client on the test's transaction."""
    return app.test_client()


@pytest.fixture
def login_as(client: FlaskClient) -> Callable[[Person], FlaskClient]:
    """Sign a person in through the front door and return the client."""

    def sign_in(person: Person) -> FlaskClient:
        client.post("/sign-in", data={"username": person.username, "password": PASSWORD})
        return client

    return sign_in


@pytest.fixture
def counting(app: Flask) -> Iterator[None]:
    """Rate limits count, from zero, for this test only."""
    with app.app_context():
        limiter.reset()
    app.config["RATELIMIT_ENABLED"] = True
    yield
    app.config["RATELIMIT_ENABLED"] = False
    with app.app_context():
        limiter.reset()


@pytest.fixture
def count_queries(app: Flask, session: Session) -> Iterator[list[str]]:
    """The SQL statements of the test so far, to be cleared and counted."""
    statements: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    connection = session.connection()
    event.listen(connection.engine, "before_cursor_execute", note)
    yield statements
    event.remove(connection.engine, "before_cursor_execute", note)


@contextmanager
def owner_connection() -> Iterator[Connection]:
    """A connection as the owner of the tables, in a transaction of its own."""
    engine = create_engine(current_app.extensions["tiepdan.settings"].owner_url, poolclass=NullPool)
    with engine.begin() as connection:
        yield connection


@contextmanager
def as_owner(session: Session) -> Iterator[None]:
    """Let the test's own transaction do for a moment what only the owner may, such as tampering with history."""
    session.execute(text("SET LOCAL ROLE NONE"))
    yield
    session.execute(text(f"SET LOCAL ROLE {APP_ROLE}"))


def sealed_bytes(row: Any, column: str) -> bytes:
    """Return what a sealed column of a row holds, which only the owner may read."""
    with as_owner(db.session()):
        table = type(row).__table__
        found = db.session.execute(select(table.c[column]).where(table.c.id == row.id)).scalar_one()
    return bytes(found)


def let_tests_read_the_seal(connection: Connection) -> None:
    """Replace three questions of the seal's functions in the suite's database (tests/wall asks them as they are).

    Tests stop the clock, what a test writes is one transaction that is never committed, and services have no session.
    """
    for signature, answer in (
        ("seal_moment(at timestamptz)", "at"),
        ("seal_committed(written_in bigint)", "true"),
        ("seal_fresh(session text, person integer, moment timestamptz)", "true"),
    ):
        kind = "timestamptz" if answer == "at" else "boolean"
        connection.exec_driver_sql(
            f"CREATE OR REPLACE FUNCTION public.{signature} RETURNS {kind} LANGUAGE sql AS 'SELECT {answer}'"
        )


def truncate_all() -> None:
    """Empty every table, also those that the database lets nobody empty: as its superuser, past its triggers.

    The note of the newest seal goes with the seals; the chart's own trigger still runs.
    """
    names = ", ".join(table.name for table in Base.metadata.sorted_tables)
    with owner_connection() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
        connection.execute(text("SET LOCAL session_replication_role = origin"))
        connection.execute(text("DELETE FROM units"))
    db.engine.dispose()  # connections number their audit entries: those of an emptied record begin anew
    anchor = audit_keys().anchor
    if anchor is not None:
        anchor.unlink(missing_ok=True)


@pytest.fixture
def real_database(app: Flask) -> Iterator[Flask]:
    """For tests that need real commits (threads, processes, browsers): the tables are emptied afterwards."""
    with app.app_context():
        try:
            yield app
        finally:
            db.session.remove()
            truncate_all()


@pytest.fixture
def live_world(real_database: Flask) -> World:
    """The small organisation, committed."""
    world = build_world(PASSWORD)
    db.session.commit()
    return world


def whole_answers(application: Flask) -> "WSGIApplication":
    """Return the application with each answer read to its end and closed before the first byte is sent.

    Werkzeug's server leaves an answer unclosed, and with it the file it sends, when the browser has gone meanwhile.
    """

    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> list[bytes]:
        parts = application(environ, start_response)
        try:
            return [b"".join(parts)]
        finally:
            getattr(parts, "close", lambda: None)()

    return answer


@pytest.fixture
def live_server(real_database: Flask) -> Iterator[str]:
    """The application behind a real socket, in a thread that shares the stopped clock; yields its address."""
    server = make_server("127.0.0.1", 0, whole_answers(real_database), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def _patient_hands() -> Iterator[None]:
    """Nobody types into a page that is still coming: Chromium may then put back what stood in the field before.

    A robot is quick enough to, after a form that comes back with what has to be put right.
    """
    with pytest.MonkeyPatch.context() as patch:
        expect.set_options(timeout=BROWSER_PATIENCE_MS)
        for act in ("fill", "check", "uncheck", "select_option", "set_input_files"):
            patch.setattr(Locator, act, _once_loaded(getattr(Locator, act)))
        yield


def _once_loaded(act: Callable[..., Any]) -> Callable[..., Any]:
    def patient(field: Locator, *values: Any, **options: Any) -> Any:
        field.page.wait_for_load_state("load")
        return act(field, *values, **options)

    return patient


@pytest.fixture(scope="session")
def chromium(_patient_hands: None) -> Iterator[Browser]:
    """Debian's Chromium; tests are skipped without it, unless TIEPDAN_REQUIRE_BROWSER says they must run."""
    if CHROMIUM is None:
        if os.environ.get("TIEPDAN_REQUIRE_BROWSER"):
            pytest.fail(HOW_TO_INSTALL)
        pytest.skip(HOW_TO_INSTALL)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
            ],
        )
        yield browser
        browser.close()


@pytest.fixture
def context(chromium: Browser, live_server: str) -> Iterator[BrowserContext]:
    """A fresh browser profile on the live server, speaking Vietnamese, at desktop size."""
    context = chromium.new_context(
        base_url=live_server, locale="vi-VN", viewport={"width": 1440, "height": 900}
    )
    context.set_default_timeout(BROWSER_PATIENCE_MS)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """An empty tab; any error in the page's own JavaScript fails the test."""
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(f"JavaScript error on {page.url}: {error}"))
    return page


@pytest.fixture
def sign_in(page: Page) -> Callable[[Person], Page]:
    """Sign a person in through the form, as they would."""

    def through_the_form(person: Person) -> Page:
        page.goto("/sign-in")
        page.get_by_label("Tên đăng nhập").fill(person.username)
        page.get_by_label("Mật khẩu").fill(PASSWORD)
        page.get_by_role("button", name="Đăng nhập").click()
        page.wait_for_url(lambda url: "/sign-in" not in url)
        return page

    return through_the_form


@pytest.fixture
def screenshot(page: Page) -> Callable[[str], None]:
    """Save the page for docs/screenshots at three widths when TIEPDAN_SCREENSHOTS is set; do nothing otherwise."""

    def take(name: str) -> None:
        if not os.environ.get("TIEPDAN_SCREENSHOTS"):
            return
        folder = Path(__file__).parent.parent / "docs" / "screenshots"
        folder.mkdir(parents=True, exist_ok=True)
        before = page.viewport_size
        page.wait_for_load_state("load")
        for width in (1440, 820, 390):
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=folder / f"{name}-{width}.png", full_page=True)
        if before:
            page.set_viewport_size(before)

    return take
