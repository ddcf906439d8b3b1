"""The virus scanner, spoken to over real sockets: clean, infected, away, and its state where people see it."""

import io
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from app.config import Settings
from app.config_reading import ConfigError
from app.core.audit import AuditEntry
from app.core.db import unit_of_work
from app.core.errors import Invalid
from app.files import antivirus
from app.files.antivirus import Clamd, ScannerDown, ScannerState
from app.files.models import StoredFile
from app.files.services import store_upload
from app.organisation.models import Person
from tests.access.test_every_route import objects  # noqa: F401 - a fixture
from tests.factories import World
from tests.files.clamd_server import EICAR, clamd_running
from tests.files.samples import PDF

INFECTED = PDF + EICAR


@pytest.fixture
def configure(app: Flask, tmp_path: Path) -> Iterator[Callable[..., None]]:
    """Set the scanner for one test, with a store of its own."""
    names = ("CLAMD_ADDRESS", "CLAMD_ACCEPT_WHEN_DOWN", "FILES_DIR")
    before = {name: app.config[name] for name in names}
    app.config["FILES_DIR"] = str(tmp_path / "files")

    def choose(address: str, *, accept: bool = False) -> None:
        app.config["CLAMD_ADDRESS"], app.config["CLAMD_ACCEPT_WHEN_DOWN"] = address, accept
        app.extensions.pop("tiepdan.antivirus.state", None)

    yield choose
    app.config.update(before)
    app.extensions.pop("tiepdan.antivirus.state", None)


def nobody_listens() -> str:
    """Return an address where nothing answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{free.getsockname()[1]}"


def store(world: World, content: bytes = PDF, *, sealed: bool = False) -> StoredFile:
    upload = FileStorage(io.BytesIO(content), filename="Đơn của bà Mật.pdf")
    with unit_of_work():
        return store_upload(upload, actor=world.principal("tiepdan.lb"), sealed=sealed)


def entries(session: Session, action: str) -> list[AuditEntry]:
    return list(session.scalars(select(AuditEntry).where(AuditEntry.action == action)))


@pytest.mark.parametrize("over", ["tcp", "unix"])
def test_clamd_is_asked_over_tcp_and_over_a_socket_file(over: str, tmp_path: Path) -> None:
    with clamd_running(str(tmp_path / "clamd.ctl") if over == "unix" else "") as address:
        clamd = Clamd(address)
        assert clamd.ping()
        assert clamd.signature_in(PDF.ljust(300_000)) is None
        assert clamd.signature_in(b"x" * 100_000 + EICAR) == "Win.Test.EICAR_HDB-1"
    assert not clamd.ping()
    with pytest.raises(ScannerDown):
        clamd.signature_in(PDF)


def test_a_file_beyond_clamds_own_limit_counts_as_not_looked_at() -> None:
    with clamd_running(limit=100_000) as address, pytest.raises(ScannerDown):
        Clamd(address).signature_in(b"x" * 1_000_000)


def test_a_server_that_says_nothing_or_nonsense_counts_as_away() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        clamd = Clamd(f"127.0.0.1:{silent.getsockname()[1]}", timeout_seconds=0.1, ping_seconds=0.1)
        assert not clamd.ping()
        with pytest.raises(ScannerDown):
            clamd.signature_in(PDF)


def test_a_clean_file_is_stored_and_an_infected_one_is_not(
    configure: Callable[..., None], world: World, session: Session
) -> None:
    with clamd_running() as address:
        configure(address)
        assert store(world).size == len(PDF)
        with pytest.raises(Invalid, match=r"Đơn của bà Mật.pdf.*virus \(Win.Test.EICAR_HDB-1\)"):
            store(world, INFECTED)
        with pytest.raises(Invalid) as sealed:
            store(world, INFECTED, sealed=True)
        assert "Mật" not in sealed.value.message
    assert session.query(StoredFile.id).count() == 1
    assert not entries(session, "file.unscanned")


def test_while_the_scanner_is_away_files_are_refused_with_what_to_do(
    configure: Callable[..., None], world: World, session: Session
) -> None:
    configure(nobody_listens())
    with pytest.raises(Invalid, match=r"bộ quét virus không trả lời.*bổ sung tệp sau"):
        store(world)
    assert session.query(StoredFile.id).count() == 0


def test_where_the_operator_says_so_files_come_in_unscanned_and_the_record_names_them(
    configure: Callable[..., None], world: World, session: Session
) -> None:
    configure(nobody_listens(), accept=True)
    row = store(world)
    (entry,) = entries(session, "file.unscanned")
    assert (entry.subject_kind, entry.subject_id) == ("file", row.id)
    assert entry.actor_id == world.person("tiepdan.lb").id


def test_an_infected_upload_is_refused_beside_its_field_and_stays_in_the_record(
    configure: Callable[..., None],
    world: World,
    session: Session,
    login_as: Callable[[Person], FlaskClient],
    objects: dict[str, int],  # noqa: F811
) -> None:
    """The refusal rolls the case's change back; the entry is written after that and outlives it."""
    client, before = login_as(world.person("chutich.lb")), session.query(StoredFile.id).count()
    with clamd_running() as address:
        configure(address)
        answer = client.post(
            f"/cases/{objects['case']}/notes",
            data={"text": "Kèm tệp", "attachments": (io.BytesIO(INFECTED), "bang-chung.pdf")},
        )
    assert answer.status_code == 422
    assert "Win.Test.EICAR_HDB-1" in answer.text
    assert "Kèm tệp" in answer.text
    (entry,) = entries(session, "file.infected")
    assert entry.detail == {"signature": "Win.Test.EICAR_HDB-1", "size": len(INFECTED)}
    assert entry.actor_id == world.person("chutich.lb").id
    assert session.query(StoredFile.id).count() == before


def test_administrators_are_told_on_their_pages(
    configure: Callable[..., None], world: World, login_as: Callable[[Person], FlaskClient]
) -> None:
    client = login_as(world.person("quantri"))
    words = "Bộ quét virus không trả lời"
    assert words not in client.get("/admin/units").text
    with clamd_running() as address:
        configure(address)
        assert words not in client.get("/admin/units").text
    configure(address)
    page = client.get("/admin/units").text
    assert words in page
    assert "chưa được nhận" in page
    configure(address, accept=True)
    assert "không qua quét" in client.get("/admin/units").text


def test_readyz_tells_of_the_scanner_and_sends_nobody_away_for_it(
    app: Flask, configure: Callable[..., None]
) -> None:
    client = app.test_client()
    assert "antivirus" not in (client.get("/readyz").json or {})
    with clamd_running() as address:
        configure(address)
        assert (client.get("/readyz").json or {})["antivirus"] == "up"
    configure(address)
    ready = client.get("/readyz")
    assert ready.status_code == 200  # the office goes on working
    assert (ready.json or {})["antivirus"] == "down"


def test_who_is_no_administrator_is_not_told(
    configure: Callable[..., None], world: World, login_as: Callable[[Person], FlaskClient]
) -> None:
    configure(nobody_listens())
    assert "Bộ quét virus" not in login_as(world.person("tiepdan.lb")).get("/").text


def test_the_state_is_asked_at_most_twice_a_minute(app: Flask, configure: Callable[..., None]) -> None:
    with app.app_context(), clamd_running() as address:
        configure("")
        assert antivirus.state() is ScannerState.OFF
        configure(address)
        assert antivirus.state() is ScannerState.UP
    with app.app_context():
        assert antivirus.state() is ScannerState.UP  # kept for half a minute


@pytest.mark.parametrize(
    ("more", "line"),
    [
        ({"CLAMD_WHEN_DOWN": "ignore"}, "CLAMD_WHEN_DOWN must be refuse or accept"),
        ({"CLAMD_ADDRESS": "clamd"}, "CLAMD_ADDRESS must be host:port or unix:/path of the socket"),
        ({"CLAMD_ADDRESS": "clamd:99999"}, "CLAMD_ADDRESS must be host:port or unix:/path of the socket"),
    ],
)
def test_an_unclear_setting_is_refused_in_one_line(more: dict[str, str], line: str, tmp_path: Path) -> None:
    env = {"DATABASE_URL": "postgresql:///x", "REDIS_URL": "unix:///x", "TIEPDAN_VAR": str(tmp_path)}
    with pytest.raises(ConfigError, match=line):
        Settings.from_env({**env, **more})
