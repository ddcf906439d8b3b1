"""Starting programs that do not outlive us, and stopping them politely, then firmly."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from app.operations.hostuser import KEEP, HostUser

LEASH = Path(__file__).with_name("leash.py")
STOP_SECONDS = 20
LOG_MAX = 5 * 2**20
PLAIN_ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
Process = subprocess.Popen[bytes]
_PR_SET_CHILD_SUBREAPER = 36


def leash(command: Sequence[str], on_orphaned: signal.Signals, user: HostUser = KEEP) -> list[str]:
    """Return the command with a leash: on Linux it gets the signal when this process dies, however it dies.

    The leash is tied to the thread that starts it: start from the main thread.
    """
    words = [sys.executable, "-I", "-S", LEASH, os.getpid(), int(on_orphaned), user.uid, user.gid, *command]
    return [str(word) for word in words]


def start(
    command: Sequence[str],
    *,
    log: Path,
    cwd: Path,
    user: HostUser = KEEP,
    on_orphaned: signal.Signals = signal.SIGTERM,
    env: Mapping[str, str] = PLAIN_ENVIRONMENT,
) -> Process:
    """Start a leashed program in a session of its own (Ctrl-C does not reach it), its output appended to a log."""
    with _log_file(log) as output:
        return subprocess.Popen(
            leash(command, on_orphaned, user),
            cwd=cwd,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def stop(process: Process, signals: Sequence[signal.Signals], seconds: float = STOP_SECONDS) -> None:
    """Send each signal in turn until the program ends, then kill it. Returns when it has ended."""
    for number in (*signals, signal.SIGKILL):
        if process.poll() is not None:
            return
        process.send_signal(number)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            continue
    process.wait()


def _log_file(log: Path) -> IO[bytes]:
    """Open a log for appending; one that grew too long is kept once under another name."""
    if log.exists() and log.stat().st_size > LOG_MAX:
        log.replace(log.with_name(log.name + ".1"))
    return log.open("ab")


def size_of(log: Path) -> int:
    """Return how long a log is before a program starts to write into it."""
    return log.stat().st_size if log.exists() else 0


def complaint(log: Path, since: int) -> str:
    """Return the line after a place in a log that says why a program gave up: its first error, else its last line."""
    with log.open("rb") as file:
        file.seek(min(since, size_of(log)))
        lines = [line.strip() for line in file.read().decode(errors="replace").splitlines() if line.strip()]
    errors = [
        line for line in lines if any(word in line for word in ("FATAL", "error", "ERROR", "could not"))
    ]
    return errors[0] if errors else (lines or ["no reason given"])[-1]


def wait_until(is_ready: Callable[[], bool], process: Process, seconds: float) -> bool:
    """Wait until a program is ready and return True; return False when it ends or takes too long."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        if is_ready():
            return True
        time.sleep(0.02)
    return False


def adopt_orphans() -> None:
    """Make this process the parent of whatever its children leave behind (Linux), so that it can be found and ended."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
