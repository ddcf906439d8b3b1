"""Where the bytes lie: a folder behind four verbs, so that another store (fsspec, S3) can take its place."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Protocol
from uuid import uuid4

from flask import current_app

_PART = ".part"


class Storage(Protocol):
    """A store of byte strings under keys that it never interprets."""

    def write(self, key: str, body: bytes) -> None:
        """Keep the bytes: all of them, or none."""

    def read(self, key: str) -> bytes:
        """Return the bytes. Raises FileNotFoundError."""

    def delete(self, key: str) -> None:
        """Forget the bytes; not an error when they are gone."""

    def listing(self) -> Iterator[tuple[str, float]]:
        """Yield every key, half-written ones too, with the time of its last change (seconds since the epoch)."""


class FolderStorage:
    """A folder with a file a key, spread over 256 sub-folders; only the program's own user may read it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _path(self, key: str) -> Path:
        # Keys are our own; this keeps a mistake elsewhere from becoming a path out of the folder.
        if not key.removesuffix(_PART).isalnum():
            raise ValueError("not a storage key")
        return self.folder / key[:2] / key

    def write(self, key: str, body: bytes) -> None:
        """Write beside, flush to disk, then rename: a crash leaves a '.part', never half a file."""
        path, part = self._path(key), self._path(key + _PART)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(body)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise

    def read(self, key: str) -> bytes:
        """Return the bytes. Raises FileNotFoundError."""
        return self._path(key).read_bytes()

    def delete(self, key: str) -> None:
        """Remove the file; its sub-folder stays, for another upload may be about to use it."""
        self._path(key).unlink(missing_ok=True)

    def listing(self) -> Iterator[tuple[str, float]]:
        """Yield every key with its time of change."""
        for path in self.folder.glob("*/*"):
            with suppress(FileNotFoundError):
                yield path.name, path.stat().st_mtime


def storage() -> Storage:
    """Return the store of this installation."""
    return FolderStorage(Path(current_app.config["FILES_DIR"]))


def new_key() -> str:
    """Return a fresh key: random, so that neither name nor content can be read from a path."""
    return uuid4().hex
