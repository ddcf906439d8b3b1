"""The system user that runs the first-run servers when we are root: PostgreSQL refuses root, Redis does not need it."""

import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

ACCOUNT = "tiepdan-db"
_PASS = stat.S_IXOTH
_READ = stat.S_IRGRP | stat.S_IROTH


@dataclass(frozen=True)
class HostUser:
    """A user and group by number; -1 means: whoever we are."""

    uid: int
    gid: int

    def own(self, path: Path) -> None:
        """Make the user the owner of a file or folder."""
        if self.uid >= 0:
            os.chown(path, self.uid, self.gid)

    def own_tree(self, folder: Path) -> None:
        """Make the user the owner of a folder and all in it, where it is not yet."""
        if self.uid < 0 or folder.stat().st_uid == self.uid:
            return
        for path in (folder, *folder.rglob("*")):
            os.chown(path, self.uid, self.gid, follow_symlinks=False)


KEEP = HostUser(-1, -1)


def unprivileged_user(owner_of: Path | None) -> HostUser:
    """Return the user for the servers: the owner of the data already there, else an account of ours, else 'nobody'."""
    if owner_of is not None and owner_of.stat().st_uid != 0:
        status = owner_of.stat()
        return HostUser(status.st_uid, status.st_gid)
    for name in (ACCOUNT, "nobody"):
        entry = _entry(name) or (_create(name) if name == ACCOUNT else None)
        if entry is not None:
            return HostUser(entry.pw_uid, entry.pw_gid)
    raise PermissionError("no unprivileged user to run the servers")


def _entry(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _create(name: str) -> pwd.struct_passwd | None:
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd is not None:
        command = [
            useradd,
            "--system",
            "--user-group",
            "--no-create-home",
            "--shell",
            "/usr/sbin/nologin",
            name,
        ]
        # Another process may be making the same account: what counts is that it is there afterwards.
        subprocess.run(command, check=False, capture_output=True)
    return _entry(name)


def let_through(path: Path) -> list[Path]:
    """Let every user pass (not read) the folders above a path, and return those that had to be changed."""
    changed = []
    for folder in path.resolve().parents:
        mode = folder.stat().st_mode
        if not mode & _PASS:
            folder.chmod(mode | _PASS)
            changed.append(folder)
    return changed


def open_to_read(folder: Path) -> None:
    """Let every user read and run what is in a folder of programs; an umask may have closed it."""
    for path in (folder, *folder.rglob("*")):
        if path.is_symlink():
            continue
        mode = path.stat().st_mode
        wanted = mode | _READ | (stat.S_IXGRP | _PASS if path.is_dir() or mode & stat.S_IXUSR else 0)
        if wanted != mode:
            path.chmod(wanted)
