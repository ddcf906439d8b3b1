"""The installation on this machine: its folder, its lock, and how a command reaches the database wherever it is."""

import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any

from app.config import Launch
from app.embedded import servers

FREE_MIB = 300  # what a start needs on the disk
PATIENCE_SECONDS = 60
_LOCK = ".tiepdan.lock"


class InstallationError(Exception):
    """The installation's folder cannot be used; the message is one line for the operator."""


class AlreadyInUse(InstallationError):
    """Another `tiepdan` holds the folder; `holder` is what it wrote about itself."""

    def __init__(self, var: Path, holder: Mapping[str, Any]) -> None:
        self.holder = holder
        who = f" (process {holder['pid']})" if "pid" in holder else ""
        where = f" at {holder['address']}" if holder.get("address") else ""
        super().__init__(
            f"already running{where}{who} with the data in {var}: stop it first, with Ctrl-C in its window"
        )


def prepare_folder(var: Path, need_mib: int = FREE_MIB) -> None:
    """Make the folder of the data. Raises InstallationError when it cannot be written or the disk is full."""
    try:
        var.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(var).free // 2**20
    except OSError as error:
        raise InstallationError(f"{var} cannot be used: {error.strerror}") from None
    if not os.access(var, os.W_OK | os.X_OK):
        raise InstallationError(f"{var} cannot be written by this user: it belongs to another one")
    if free < need_mib:
        raise InstallationError(f"the disk is full: {free} MiB are free for {var}, {need_mib} MiB are needed")


class Lock:
    """The folder's lock, dropped by the system however we end; its file says who holds it and where the servers are."""

    def __init__(self, file: IO[str], what: str) -> None:
        self._file = file
        self._facts: dict[str, Any] = {"pid": os.getpid(), "what": what}
        self.tell()

    def tell(self, **facts: str) -> None:
        """Write facts for others: the address, the URLs of the servers."""
        self._facts |= facts
        self._file.seek(0)
        self._file.truncate()
        json.dump(self._facts, self._file)
        self._file.flush()


@contextmanager
def lock_folder(var: Path, what: str) -> Iterator[Lock]:
    """Hold the lock of a folder as `what` ('run' or 'command'). Raises AlreadyInUse."""
    prepare_folder(var, need_mib=0)
    try:
        handle = os.open(var / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise InstallationError(f"{var / _LOCK} cannot be opened: {error.strerror}") from None
    with os.fdopen(handle, "r+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyInUse(var, _read(file)) from None
        try:
            yield Lock(file, what)
        finally:
            file.seek(0)
            file.truncate()


def _read(file: IO[str]) -> dict[str, Any]:
    try:
        facts = json.load(file)
    except ValueError:  # the holder is writing at this moment
        return {}
    return facts if isinstance(facts, dict) else {}


@contextmanager
def reachable(env: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Yield the environment with the addresses of database and queue, for one command.

    They are those of the environment; else of the `tiepdan run` that is running; else servers started for this command
    and stopped after it. Raises InstallationError, EmbeddedError or ConfigError with one line.
    """
    launch = Launch.from_env(env)
    if launch.database_url and launch.redis_url:
        yield dict(env)
        return
    with ExitStack() as stack:
        yield {**env, **(_borrowed(launch) or _own(launch, stack))}


def _borrowed(launch: Launch) -> dict[str, str] | None:
    """Return the servers of the `tiepdan run` that holds the folder, once it has them; None when nobody holds it."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            with lock_folder(launch.var_dir, "command"):
                return None
        except AlreadyInUse as busy:
            holder = busy.holder
        if holder.get("what") == "run" and "database_url" in holder:
            return server_environment(
                launch,
                str(holder["database_url"]),
                str(holder["redis_url"]),
                str(holder.get("owner_url", "")),
            )
        time.sleep(0.2)
    raise InstallationError(f"{launch.var_dir} is busy: another tiepdan command is at work")


def _own(launch: Launch, stack: ExitStack) -> dict[str, str]:
    """Start servers that live as long as the stack."""
    stack.enter_context(lock_folder(launch.var_dir, "command"))
    urls = stack.enter_context(
        servers(launch.var_dir, postgres=not launch.database_url, redis=not launch.redis_url)
    )
    return server_environment(launch, urls.database_url, urls.redis_url, urls.owner_url)


def server_environment(
    launch: Launch, database_url: str, redis_url: str, owner_url: str = ""
) -> dict[str, str]:
    """Return the variables that name the servers: those of the operator, else ours.

    With the operator's own database the owner's address is theirs too, or none.
    """
    return {
        "DATABASE_OWNER_URL": launch.owner_url or ("" if launch.database_url else owner_url),
        "DATABASE_URL": launch.database_url or database_url,
        "REDIS_URL": launch.redis_url or redis_url,
        "TIEPDAN_VAR": str(launch.var_dir),
    }
