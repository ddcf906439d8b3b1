"""A small process manager: starts children, prints their lines, starts again what dies, and leaves nobody behind."""

import os
import selectors
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import psutil

from app.operations.processes import Process, adopt_orphans, leash

TICK_SECONDS = 0.2
STOP_SECONDS = 12  # a worker may finish the job it is at
KILL_SECONDS = 5
# A child that ends this often within this time is not started again.
DEATHS_MAX, DEATHS_SECONDS = 5, 60.0
FIRST_PAUSE = 0.25  # before it is started again; doubled each time
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class SupervisorError(Exception):
    """Everything had to be stopped; the message is one line for the operator."""


class StopRequested(Exception):
    """Somebody pressed Ctrl-C or sent a signal."""


@dataclass
class Child:
    """A program that is to run all the time."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    keep_open: Sequence[int] = ()  # file descriptors that it inherits
    process: Process | None = None
    deaths: deque[float] = field(default_factory=lambda: deque(maxlen=DEATHS_MAX))
    start_at: float = 0.0
    unfinished_line: bytes = b""


@contextmanager
def stop_signals() -> Iterator[None]:
    """Turn the first Ctrl-C, SIGTERM or SIGHUP into StopRequested; further ones are ignored while it is obeyed."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        raise StopRequested

    # Started with nohup, we are to live on when the terminal closes.
    wanted = [n for n in _SIGNALS if n != signal.SIGHUP or signal.getsignal(n) != signal.SIG_IGN]
    before = {number: signal.signal(number, stop) for number in wanted}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class Supervisor:
    """Runs children until told to stop. `servers` are processes of others that it watches and does not touch."""

    def __init__(self, cwd: Path, servers: Mapping[str, Process]) -> None:
        self._cwd = cwd
        self._servers = servers
        self._children: list[Child] = []
        self._selector = selectors.DefaultSelector()
        adopt_orphans()

    def run_once(self, command: Sequence[str], env: Mapping[str, str]) -> tuple[int, str]:
        """Run one program to its end and return its exit code and output; its standard error passes through."""
        arguments = leash(command, signal.SIGTERM)
        process = subprocess.Popen(
            arguments, cwd=self._cwd, env=dict(env), stdout=subprocess.PIPE, start_new_session=True
        )
        output, _nothing = process.communicate()
        return process.returncode, output.decode(errors="replace")

    def add(self, child: Child) -> None:
        """Start a child and keep it running."""
        self._children.append(child)
        self._start(child)

    def watch(self, until: Callable[[], bool] = lambda: False, seconds: float = float("inf")) -> bool:
        """Print lines and start again what dies, until a condition holds (True) or time is up (False).

        Raises StopRequested on a signal, SupervisorError when a server ended or a child keeps ending.
        """
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if until():
                return True
            for key, _events in self._selector.select(TICK_SECONDS):
                self._read(key.data)
            self._look_after()
        return False

    def stop(self) -> None:
        """End every child and all they started: ask, then ask the workers again, then insist."""
        self._signal_children(signal.SIGTERM)
        if not self._wait_for_children(STOP_SECONDS):
            self._signal_children(signal.SIGTERM)  # a second one makes an RQ worker drop its job
            self._wait_for_children(KILL_SECONDS)
        left = self._descendants()
        for process in left:
            with suppress(psutil.Error):
                process.kill()
        psutil.wait_procs(left, KILL_SECONDS)
        for child in self._children:
            if child.process is not None:
                child.process.wait()
                self._close(child)
        self._selector.close()

    # -- children

    def _start(self, child: Child) -> None:
        child.process = subprocess.Popen(
            leash(child.command, signal.SIGTERM),
            cwd=self._cwd,
            env=dict(child.env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C comes to us alone, and we end the children in order
            pass_fds=child.keep_open,
        )
        assert child.process.stdout is not None
        os.set_blocking(child.process.stdout.fileno(), False)
        self._selector.register(child.process.stdout, selectors.EVENT_READ, child)

    def _look_after(self) -> None:
        for name, server in self._servers.items():
            if server.poll() is not None:
                raise SupervisorError(
                    f"{name} ended unexpectedly (code {server.returncode}): everything is stopped"
                )
        now = time.monotonic()
        for child in self._children:
            if child.process is None:
                if now >= child.start_at:
                    self._start(child)
            elif child.process.poll() is not None:
                self._died(child, child.process, now)
        self._reap()

    def _died(self, child: Child, process: Process, now: float) -> None:
        """Report a death and plan the next start, later after each death. Raises SupervisorError when it is no use."""
        self._read(child)
        self._close(child)
        child.process = None
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)  # what it had started
        child.deaths.append(now)
        recent = sum(now - death < DEATHS_SECONDS for death in child.deaths)
        if recent == DEATHS_MAX:
            raise SupervisorError(
                f"{child.name} keeps ending (code {process.returncode}): everything is stopped"
            )
        child.start_at = now + FIRST_PAUSE * 2 ** (recent - 1)
        self._say(f"{child.name} ended unexpectedly (code {process.returncode}): it is started again")

    def _close(self, child: Child) -> None:
        process = child.process
        if process is None or process.stdout is None or process.stdout.closed:
            return
        self._selector.unregister(process.stdout)
        process.stdout.close()

    def _signal_children(self, number: signal.Signals) -> None:
        for child in self._children:
            if child.process is not None and child.process.poll() is None:
                child.process.send_signal(number)

    def _wait_for_children(self, seconds: float) -> bool:
        """Wait until all children have ended, passing on what they say last. Return whether they have."""
        deadline = time.monotonic() + seconds
        while any(child.process is not None and child.process.poll() is None for child in self._children):
            if time.monotonic() > deadline:
                return False
            for key, _events in self._selector.select(TICK_SECONDS / 4):
                self._read(key.data)
        return True

    # -- processes that are not our children, or no longer

    def _descendants(self) -> list[psutil.Process]:
        """Return every living process below this one that does not belong to the servers."""
        spared = {server.pid for server in self._servers.values()}
        found = []
        for process in psutil.Process().children():
            if process.pid in spared:
                continue
            with suppress(psutil.NoSuchProcess):
                found += [process, *process.children(recursive=True)]
        return found

    def _reap(self) -> None:
        """Let go of dead processes that were orphaned to us."""
        known = {child.process.pid for child in self._children if child.process is not None}
        known |= {server.pid for server in self._servers.values()}
        for process in psutil.Process().children():
            with suppress(psutil.Error, ChildProcessError):
                if process.pid not in known and process.status() == psutil.STATUS_ZOMBIE:
                    os.waitpid(process.pid, os.WNOHANG)

    # -- output

    def _read(self, child: Child) -> None:
        if child.process is None or child.process.stdout is None:
            return
        try:
            data = os.read(child.process.stdout.fileno(), 65536)
        except (BlockingIOError, ValueError):
            return
        if not data:
            self._close(child)
        *lines, child.unfinished_line = (child.unfinished_line + data).split(b"\n")
        if not data and child.unfinished_line:
            lines, child.unfinished_line = [child.unfinished_line], b""
        for line in lines:
            _print(f"{child.name} | {line.decode(errors='replace').rstrip()}")

    def _say(self, text: str) -> None:
        _print(f"tiepdan: {text}")


def _print(text: str) -> None:
    """Print a line; a terminal that has been closed is no reason to fall over."""
    with suppress(OSError, ValueError):
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
