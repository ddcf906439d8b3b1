"""ClamAV, when an office has it: files go to its daemon clamd (INSTREAM) before anything is stored.

Without CLAMD_ADDRESS nothing is asked. With it, a file is stored only when clamd found it clean, unless the operator
has said that uploads go on while it is away (CLAMD_WHEN_DOWN=accept); such files are noted in the record.
"""

import logging
import re
import socket
import struct
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from flask import current_app

from app.core.clock import now

log = logging.getLogger(__name__)
_CHUNK = 2**16
_ANSWER_MAX = 4096
_STATE = "tiepdan.antivirus.state"
_ASK_AGAIN = timedelta(seconds=30)
_NAME = re.compile(r"[^A-Za-z0-9._:()/-]")


class ScannerState(Enum):
    """Whether files are looked at."""

    OFF = "off"
    UP = "up"
    DOWN = "down"


class ScannerDown(Exception):
    """clamd is away, too slow, or answers what it should not; the message holds no file's name."""


@dataclass(frozen=True)
class Clamd:
    """A client of clamd: one connection a question, each bounded in time."""

    address: str  # 'host:3310' or 'unix:/run/clamav/clamd.ctl'
    timeout_seconds: float = 60.0
    ping_seconds: float = 1.0

    def signature_in(self, content: bytes) -> str | None:
        """Return the name of what was found in a file ('Win.Test.EICAR_HDB-1'), or None. Raises ScannerDown."""
        answer = self._ask(b"zINSTREAM\0", _stream(content), seconds=self.timeout_seconds)
        if answer == "stream: OK":
            return None
        if answer.startswith("stream: ") and answer.endswith(" FOUND"):
            return _NAME.sub("_", answer[len("stream: ") : -len(" FOUND")])[:100] or "?"
        raise ScannerDown(f"clamd answered {_NAME.sub('_', answer)[:60]!r}")

    def ping(self) -> bool:
        """Tell whether clamd answers."""
        try:
            return self._ask(b"zPING\0", (), seconds=self.ping_seconds) == "PONG"
        except ScannerDown:
            return False

    def _ask(self, command: bytes, parts: "Iterator[bytes] | tuple[()]", *, seconds: float) -> str:
        try:
            with closing(self._connect(seconds)) as line:
                line.sendall(command)
                try:
                    for part in parts:
                        line.sendall(part)
                except (BrokenPipeError, ConnectionResetError):
                    pass  # clamd stops reading at its own limit (StreamMaxLength) and says so
                return _answer(line)
        except (OSError, ValueError) as error:
            raise ScannerDown(type(error).__name__) from None

    def _connect(self, seconds: float) -> socket.socket:
        if self.address.startswith("unix:"):
            line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            line.settimeout(seconds)
            try:
                line.connect(self.address.removeprefix("unix:"))
            except BaseException:
                line.close()
                raise
            return line
        host, _colon, port = self.address.rpartition(":")
        return socket.create_connection((host.strip("[]"), int(port)), timeout=seconds)


def _stream(content: bytes) -> Iterator[bytes]:
    for at in range(0, len(content), _CHUNK):
        part = content[at : at + _CHUNK]
        yield struct.pack(">I", len(part)) + part
    yield struct.pack(">I", 0)


def _answer(line: socket.socket) -> str:
    said = b""
    while b"\0" not in said and len(said) < _ANSWER_MAX:
        part = line.recv(_ANSWER_MAX)
        if not part:
            break
        said += part
    return said.partition(b"\0")[0].decode("utf-8", "replace").strip()


def scanner() -> Clamd | None:
    """Return this installation's scanner, or None when it has none."""
    address = current_app.config.get("CLAMD_ADDRESS", "")
    return Clamd(address) if address else None


def accepts_unscanned() -> bool:
    """Tell whether the operator lets files in while the scanner is away."""
    return bool(current_app.config.get("CLAMD_ACCEPT_WHEN_DOWN", False))


def state() -> ScannerState:
    """Return whether files are looked at, as of half a minute ago at most: asked on administrators' pages."""
    clamd = scanner()
    if clamd is None:
        return ScannerState.OFF
    kept: tuple[str, datetime, ScannerState] | None = current_app.extensions.get(_STATE)
    if kept is not None and kept[0] == clamd.address and timedelta(0) <= now() - kept[1] < _ASK_AGAIN:
        return kept[2]
    return note_state(ScannerState.UP if clamd.ping() else ScannerState.DOWN)


def note_state(found: ScannerState) -> ScannerState:
    """Keep what was just seen of the scanner, for the pages that tell of it."""
    current_app.extensions[_STATE] = (current_app.config.get("CLAMD_ADDRESS", ""), now(), found)
    return found
