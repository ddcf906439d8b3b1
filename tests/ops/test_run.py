"""`tiepdan run` for real: it says where it is, looks after its children, and leaves nothing behind."""

import json
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from urllib.request import urlopen

import psutil
import pytest

from app.config import ROOT
from app.demo.accounts import DEMO_ACCOUNTS, DEMO_PASSWORD
from tests.ops.conftest import TIEPDAN, Run, clean_environment
from tests.ops.test_settings import SEAL, SECRET

pytestmark = pytest.mark.crash
Start = Callable[..., Run]


@pytest.fixture(scope="module")
def running(start: Start, home: Path) -> Run:
    """The first start, on an empty folder."""
    return start(home)


def refused(**env: str) -> str:
    """Start another one that must not start; return its only line."""
    done = subprocess.run(
        [*TIEPDAN, "run"],
        cwd=ROOT,
        env=clean_environment(**env),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1
    return done.stderr


def test_it_says_where_it_is_who_can_sign_in_and_how_to_stop(running: Run) -> None:
    assert DEMO_PASSWORD in running.said
    for username, _what in DEMO_ACCOUNTS:
        assert username in running.said
    assert "Ctrl-C" in running.said
    with urlopen(f"{running.address}/healthz") as answer:
        assert answer.status == 200
    with urlopen(f"{running.address}/readyz") as answer:
        assert json.load(answer)["status"] == "ready"


def test_it_listens_on_one_address_of_this_machine_only(running: Run) -> None:
    listening = {
        (c.laddr.ip, c.laddr.port)
        for process in (psutil.Process(running.process.pid), *running.family())
        for c in process.net_connections(kind="inet")
        if c.status == psutil.CONN_LISTEN
    }
    assert listening == {("127.0.0.1", running.port)}


def test_a_start_while_it_runs_is_refused(running: Run, home: Path) -> None:
    line = refused(TIEPDAN_VAR=str(home), PORT="0")
    assert line.startswith(f"tiepdan: already running at {running.address}")


def test_a_taken_port_is_refused(running: Run, tmp_path: Path) -> None:
    line = refused(TIEPDAN_VAR=str(tmp_path), PORT=str(running.port))
    assert line.startswith(f"tiepdan: port {running.port} of 127.0.0.1 is taken")
    assert not (tmp_path / "postgres").exists()


def test_a_command_beside_it_works_on_the_same_database(running: Run, home: Path) -> None:
    done = subprocess.run(
        [*TIEPDAN, "clocks", "sweep"],
        cwd=ROOT, env=clean_environment(TIEPDAN_VAR=str(home)), capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert set(json.loads(done.stdout)) == {"examined", "raised", "notified"}


def test_the_record_has_a_key_is_sealed_by_itself_and_holds(running: Run, home: Path) -> None:
    """Made at the first run, readable by its owner only; the cron's first round seals what the demo left."""
    assert (home / "audit_key").stat().st_mode & 0o777 == 0o600
    deadline = time.monotonic() + 60
    while not (home / "audit_anchor").exists():
        assert time.monotonic() < deadline
        time.sleep(0.2)
    done = subprocess.run(
        [*TIEPDAN, "audit", "verify"],
        cwd=ROOT, env=clean_environment(TIEPDAN_VAR=str(home)), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert done.stdout.endswith("sound\n")
    assert " 0 seals" not in done.stdout


def test_a_child_that_is_killed_is_reported_and_started_again(running: Run) -> None:
    before = running.children("app.worker")
    assert len(before) == 2
    psutil.Process(min(before)).kill()
    assert running.read_until("ended unexpectedly").startswith("tiepdan: worker")
    deadline = time.monotonic() + 30
    while len(running.children("app.worker")) < 2 or min(before) in running.children("app.worker"):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_ctrl_c_leaves_no_process_and_no_open_port(running: Run) -> None:
    family = running.family()
    assert len(family) > 8
    assert running.stop(signal.SIGINT) == 0
    assert not [
        process for process in family if process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    ]
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", running.port)) != 0
    assert running.said.endswith("tiepdan: stopped\n")
    assert "Traceback" not in running.said


def test_production_refuses_the_demo_database(running: Run, home: Path) -> None:
    safe = {"SECRET_KEY": SECRET, "TIEPDAN_SEAL_KEY": SEAL, "TIEPDAN_AUDIT_KEY": SEAL,
            "BASE_URL": "https://tiepdan.example.vn"}  # fmt: skip
    line = refused(TIEPDAN_ENV="production", TIEPDAN_VAR=str(home), PORT="0", **safe)
    assert line.startswith("tiepdan: the database holds demo accounts")


def test_production_without_a_secret_starts_nothing(tmp_path: Path) -> None:
    line = refused(TIEPDAN_ENV="production", TIEPDAN_VAR=str(tmp_path), PORT="0")
    assert line.startswith("tiepdan: SECRET_KEY is not set")
    assert not list(tmp_path.iterdir())


def test_the_second_start_keeps_the_data_and_a_lost_server_ends_it_with_one_line(
    start: Start, home: Path
) -> None:
    second = start(home)
    assert "loading the demo" not in second.said
    family = second.family()
    next(process for process in family if process.name() == "postgres").kill()
    assert second.process.wait(60) == 1
    assert second.process.stdout is not None
    rest = second.process.stdout.read()
    assert "tiepdan: PostgreSQL ended unexpectedly" in rest
    assert "Traceback" not in rest
    assert not [
        process for process in family if process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    ]


def test_after_a_crash_it_starts_again_and_a_kill_9_leaves_nothing(start: Start, home: Path) -> None:
    third = start(home)
    family = third.family()
    third.process.kill()
    third.process.communicate()
    _gone, alive = psutil.wait_procs(family, 20)
    assert not alive
