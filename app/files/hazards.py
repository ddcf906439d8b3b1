"""What is dangerous in a file of an accepted kind: bombs, hidden archives, disguised names. Pure; nothing is unpacked.

The web process opens no attachment; a picture that is masked is opened in a process of its own (drawing.py). These
limits protect that one, whoever downloads a file, and the programs that will open it.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from enum import Enum

from app.core.text import clean_line

PIXELS_MAX = 250_000_000  # telephones take 200 million
PARTS_MAX = 5_000  # of an Office file
UNPACKED_MAX = 400 * 2**20
RATIO_MAX, RATIO_FROM = 250, 20 * 2**20  # XML shrinks well; below so many unpacked bytes nobody is hurt
_TYPES = "[Content_Types].xml"
_TYPES_MAX = 2**20
_MACRO_TYPES = (b"vbaproject", b"macroenabled")
_OFFICE = frozenset({"docx", "xlsx"})
_PICTURES = frozenset({"jpg", "jpeg", "png", "webp", "heic"})
_PROGRAMS = re.compile(
    r"\.(?=(?:exe|com|scr|pif|bat|cmd|ps1|vbs|vbe|js|jse|wsf|wsh|hta|msi|jar|lnk|reg|dll|cpl|chm|iso|html?|svg|php|sh|py)"
    r"(?:[.\s_]|$))",
    re.IGNORECASE,
)


class Hazard(Enum):
    """Why a file of an accepted kind is refused."""

    PIXELS = "pixels"
    UNPACKED = "unpacked"
    PARTS = "parts"
    LOCKED = "locked"
    PATHS = "paths"
    HIDDEN_ARCHIVE = "hidden_archive"
    MACROS = "macros"


def hazard_of(extension: str, content: bytes) -> Hazard | None:
    """Return what is dangerous in a file whose content fits its extension, or None."""
    if extension in _OFFICE:
        return _office_hazard(content)
    if extension in _PICTURES and any(wide * high > PIXELS_MAX for wide, high in picture_sizes(content)):
        return Hazard.PIXELS
    return Hazard.HIDDEN_ARCHIVE if _is_archive(content) else None


def _office_hazard(content: bytes) -> Hazard | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > PARTS_MAX or len({part.filename for part in parts}) < len(parts):
                return Hazard.PARTS
            if any(part.flag_bits & 0x1 for part in parts):
                return Hazard.LOCKED
            if any(_leads_out(part.filename) for part in parts):
                return Hazard.PATHS
            unpacked = sum(part.file_size for part in parts)
            if unpacked > UNPACKED_MAX or (
                unpacked > RATIO_FROM and unpacked > RATIO_MAX * max(len(content), 1)
            ):
                return Hazard.UNPACKED
            return Hazard.MACROS if _declares_macros(archive) else None
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError, zlib.error):
        return Hazard.PARTS


def _declares_macros(archive: zipfile.ZipFile) -> bool:
    """Look for a program under whatever name: its type must be declared for Office to run it."""
    with archive.open(_TYPES) as types:
        said = types.read(_TYPES_MAX + 1).lower()
    return len(said) > _TYPES_MAX or any(kind in said for kind in _MACRO_TYPES)


def _leads_out(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return name.startswith(("/", "\\")) or ".." in parts or ":" in parts[0]


def _is_archive(content: bytes) -> bool:
    """Tell whether a file can be opened as an archive as well (a polyglot): it ends with an archive's list of parts."""
    if b"PK\x05\x06" not in content[-(2**16 + 22) :]:
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return bool(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False


def picture_sizes(content: bytes) -> Iterator[tuple[int, int]]:
    """Yield the sizes in pixels that a picture's head claims; nothing where the head cannot be read."""
    for head, read in _HEADS:
        if content.startswith(head) or (not head and content[4:8] == b"ftyp"):
            yield from read(content)
            return


def _png(content: bytes) -> Iterator[tuple[int, int]]:
    if len(content) >= 24:
        yield struct.unpack(">II", content[16:24])


def _jpeg(content: bytes) -> Iterator[tuple[int, int]]:
    at = 2
    while at + 9 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            high, wide = struct.unpack(">HH", content[at + 5 : at + 9])
            yield wide, high
            return
        if marker == 0xDA:
            return
        at += 2 + struct.unpack(">H", content[at + 2 : at + 4])[0]


def _webp(content: bytes) -> Iterator[tuple[int, int]]:
    kind, data = content[12:16], content[20:30]
    if len(data) < 10:
        return
    if kind == b"VP8X":
        yield 1 + int.from_bytes(data[4:7], "little"), 1 + int.from_bytes(data[7:10], "little")
    elif kind == b"VP8L":
        bits = int.from_bytes(data[1:5], "little")
        yield 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    elif kind == b"VP8 ":
        wide, high = struct.unpack("<HH", data[6:10])
        yield wide & 0x3FFF, high & 0x3FFF


def _heic(content: bytes) -> Iterator[tuple[int, int]]:
    """Yield every size that a HEIC file names: the picture, its tiles, its thumbnail."""
    for found in re.finditer(rb"ispe\0\0\0\0", content[: 2**18]):
        place = content[found.end() : found.end() + 8]
        if len(place) == 8:
            yield struct.unpack(">II", place)


_HEADS: tuple[tuple[bytes, Callable[[bytes], Iterator[tuple[int, int]]]], ...] = (
    (b"\x89PNG", _png),
    (b"\xff\xd8", _jpeg),
    (b"RIFF", _webp),
    (b"", _heic),
)


def disarmed(name: str) -> str:
    """Return a name in which no program's extension hides before the last one: 'x.exe.pdf' -> 'x_exe.pdf'."""
    stem, dot, extension = clean_line(name).rpartition(".")
    return f"{_PROGRAMS.sub('_', stem)}{dot}{extension}" if dot else name
