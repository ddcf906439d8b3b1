"""A real `tiepdan run` in a folder of its own, and commands on the suite's database."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from app.config import ROOT, Settings

TIEPDAN = [sys.executable, "-m", "app.commands.main"]
START_SECONDS = 90  # a loaded machine


def clean_environment(**more: str) -> dict[str, str]:
    """Return this process's environment without settings of the product, and with the given ones."""
    ours = (
        "TIEPDAN_",
        "DATABASE_URL",
        "DATABASE_OWNER_URL",
        "REDIS_URL",
        "PORT",
        "HOST",
        "SECRET_KEY",
        "SMTP_",
        "BASE_URL",
        "FILES_DIR",
    )
    return {k: v for k, v in os.environ.items() if not k.startswith(ours)} | more


def called_with(process: psutil.Process) -> list[str]:
    """Return a process's command line; of one that has just ended, nothing."""
    try:
        return process.cmdline()
    except psutil.Error:
        return []


class Run:
    """A `tiepdan run` that was started for a test."""

    def __init__(self, var: Path, **env: str) -> None:
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            [*TIEPDAN, "run"],
            cwd=ROOT,
            env=clean_environment(TIEPDAN_VAR=str(var), **env),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.said = ""
        self.read_until("Ctrl-C")
        self.took = time.monotonic() - self.started_at
        found = re.search(r"http://127\.0\.0\.1:(\d+)", self.said)
        assert found, self.said
        self.address, self.port = found.group(), int(found.group(1))

    def read_until(self, words: str) -> str:
        """Read what it says until the words come, and return the line that holds them."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said += line
            if words in line:
                return line
        pytest.fail(f"ended without saying {words!r}: {self.said}")

    def family(self) -> list[psutil.Process]:
        """Return every process below it."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def children(self, module: str) -> set[int]:
        """Return the process numbers of the children that run a module."""
        # Where setproctitle is installed (mutmut brings it), a worker of RQ calls itself so and not by its module.
        names = (module, "rq:worker") if module == "app.worker" else (module,)
        return {
            p.pid
            for p in psutil.Process(self.process.pid).children()
            if any(word.startswith(names) for word in called_with(p))
        }

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """Send a signal and return the exit code."""
        self.process.send_signal(number)
        rest, _nothing = self.process.communicate(timeout=60)
        self.said += rest
        return self.process.returncode


@pytest.fixture(scope="module")
def start(request: pytest.FixtureRequest) -> Iterator[Callable[..., Run]]:
    """Start `tiepdan run` on a folder and wait until it says where it is; what still runs at the end is stopped."""
    started: list[Run] = []

    def run(var: Path, **env: str) -> Run:
        started.append(Run(var, PORT="0", **env))
        return started[-1]

    yield run
    for one in started:
        if one.process.poll() is None:
            one.stop()
        if one.process.stdout is not None:
            one.process.stdout.close()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for the data of one installation, kept from test to test."""
    return tmp_path_factory.mktemp("installation")


@pytest.fixture
def command_environment(settings: Settings, tmp_path: Path) -> dict[str, str]:
    """What a command needs to work on the suite's database."""
    return {
        "TIEPDAN_ENV": "test",
        "TIEPDAN_VAR": str(tmp_path),
        "DATABASE_URL": settings.database_url,
        "DATABASE_OWNER_URL": settings.owner_url,
        "REDIS_URL": settings.redis_url,
        "SECRET_KEY": settings.secret_key,
        "TIEPDAN_SEAL_KEY": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
        "TIEPDAN_AUDIT_KEY": "YXVkaXQta2V5LW9mLXRoZS10ZXN0LXN1aXRlLTMyYnk=",
        "FILES_DIR": str(tmp_path / "files"),
    }
