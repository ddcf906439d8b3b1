"""`tiepdan run`: one supervisor for servers, web, workers and cron; it starts all and stops all."""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from urllib.error import URLError
from urllib.request import urlopen

from flask_migrate import upgrade

from app.config import ROOT, Settings
from app.demo.accounts import DEMO_ACCOUNTS, DEMO_PASSWORD
from app.demo.load import is_empty, load_demo
from app.embedded import servers
from app.factory import create_app

FREE_MIB = 300
START_SECONDS = 60
STOP_SECONDS = 15
WORKERS = 2


class RunError(Exception):
    """The product cannot start (or go on); the message is one line."""


class _Stop(Exception):
    """Somebody asked for the end."""


def run_everything() -> None:
    """Start everything, print where it is, and stay until Ctrl-C or SIGTERM; then stop every child.

    Raises RunError, ConfigError or EmbeddedError, each with one clear line.
    """
    var = Path(os.environ.get("TIEPDAN_VAR", ROOT / "var"))
    host, port = os.environ.get("HOST", "127.0.0.1"), _port()
    _make(var)
    with _only_one(var), _signals():
        _check_port(host, port)
        own_db, own_redis = "DATABASE_URL" not in os.environ, "REDIS_URL" not in os.environ
        try:
            with servers(var, postgres=own_db, redis=own_redis) as urls:
                environment = dict(os.environ, TIEPDAN_VAR=str(var), PORT=str(port), HOST=host)
                if own_db:
                    environment["DATABASE_URL"] = urls.database_url
                if own_redis:
                    environment["REDIS_URL"] = urls.redis_url
                _prepare(environment)
                _supervise(environment, host, port)
        except _Stop:
            print("tiepdan: stopped", flush=True)


def _port() -> int:
    text = os.environ.get("PORT", "8000")
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise RunError(f"PORT must be a number from 1 to 65535, not {text!r}")
    return int(text)


def _make(var: Path) -> None:
    try:
        var.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(var).free // 2**20
    except OSError as error:
        raise RunError(f"cannot use {var}: {error.strerror}") from None
    if free < FREE_MIB:
        raise RunError(f"only {free} MiB are free on the disk of {var}; {FREE_MIB} MiB are needed")


@contextmanager
def _only_one(var: Path) -> Iterator[None]:
    """Hold the lock of a data folder; the system lets go of it even when we are killed."""
    with (var / ".running").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise RunError(f"already running with the data in {var}; stop it first (Ctrl-C in its window)") from None
        yield


@contextmanager
def _signals() -> Iterator[None]:
    def stop(_number: int, _frame: FrameType | None) -> None:
        raise _Stop

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _check_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise RunError(f"port {port} on {host} cannot be used ({error.strerror}); choose another with PORT=...") from None


def _prepare(environment: dict[str, str]) -> None:
    """Migrate, and load the demo on an empty database that is not in production."""
    settings = Settings.from_env(environment)
    app = create_app(settings)
    with app.app_context():
        upgrade()
        if not settings.production and environment.get("TIEPDAN_DEMO", "yes") == "yes" and is_empty():
            print("tiepdan: loading the demo (some seconds) ...", flush=True)
            load_demo()


def _supervise(environment: dict[str, str], host: str, port: int) -> None:
    python = sys.executable
    gunicorn = [
        python, "-m", "gunicorn", "--bind", f"{host}:{port}", "--workers", "2", "--worker-class", "gthread",
        "--threads", "4", "--log-level", "warning", "--limit-request-line", "8190", "--graceful-timeout", "10",
        "--timeout", "60", "wsgi:application",
    ]  # fmt: skip
    commands = {"web": gunicorn, "cron": [python, "-m", "app.worker", "cron"]}
    commands |= {f"worker {n}": [python, "-m", "app.worker"] for n in range(1, WORKERS + 1)}
    children: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, command in commands.items():
            # A session of its own: Ctrl-C comes to us alone, and we end the children in order.
            children[name] = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)
        _wait_until_ready(host, port, children)
        _announce(host, port)
        while True:
            _check(children)
            time.sleep(0.5)
    finally:
        _end(children)


def _check(children: dict[str, "subprocess.Popen[bytes]"]) -> None:
    for name, child in children.items():
        if child.poll() is not None:
            raise RunError(f"{name} ended with code {child.returncode}; everything is stopped")


def _wait_until_ready(host: str, port: int, children: dict[str, "subprocess.Popen[bytes]"]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        _check(children)
        try:
            with urlopen(f"http://{host}:{port}/readyz", timeout=2):  # noqa: S310 - our own address
                return
        except (URLError, OSError):
            time.sleep(0.2)
    raise RunError(f"the web server did not become ready within {START_SECONDS} seconds")


def _announce(host: str, port: int) -> None:
    print(f"\nTiếp Dân: http://{host}:{port}\n")
    if os.environ.get("TIEPDAN_ENV", "development") != "production":
        print(f"Demo log-ins (password of all: {DEMO_PASSWORD})")
        for username, what in DEMO_ACCOUNTS:
            print(f"  {username:<16}{what}")
    print("\nStop with Ctrl-C.", flush=True)


def _end(children: dict[str, "subprocess.Popen[bytes]"]) -> None:
    """End every child and whatever it started; ask first, then insist."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    for number, wait in ((signal.SIGTERM, STOP_SECONDS), (signal.SIGKILL, 5)):
        for child in children.values():
            _signal_group(child, number)
        deadline = time.monotonic() + wait
        for child in children.values():
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                continue


def _signal_group(child: "subprocess.Popen[bytes]", number: int) -> None:
    try:
        os.killpg(child.pid, number)
    except ProcessLookupError:
        return
