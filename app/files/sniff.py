"""What may be handed in, and whether a file's content is what its name says. Pure: names and bytes in, answers out."""

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

import filetype

from app.core.text import clean_line

NAME_LENGTH = 150
_UNSAFE = re.compile(r'[<>:"/\\|?*]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])", re.IGNORECASE)  # devices on Windows

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PICTURE_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"})
_SOUND_BRANDS = frozenset({b"M4A ", b"M4B "})
_FILM_BRANDS = (b"iso", b"mp4", b"3gp", b"M4V", b"avc1", b"MSNV", b"mmp4", b"dash")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")


@dataclass(frozen=True)
class Kind:
    """A kind of file that is accepted: the type it is sent back as, and how its content is known."""

    media_type: str
    fits: Callable[[bytes], bool]


def _guessed(*extensions: str) -> Callable[[bytes], bool]:
    return lambda content: real_extension(content) in extensions


def _pdf(content: bytes) -> bool:
    return content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"%PDF-")


def _office(part: str) -> Callable[[bytes], bool]:
    """Know a Word or Excel file by the part it must hold; the archive is listed, never unpacked."""

    def fits(content: bytes) -> bool:
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                names = set(archive.namelist())
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
            return False
        return "[Content_Types].xml" in names and part in names

    return fits


def _old_office(*streams: str) -> Callable[[bytes], bool]:
    wanted = tuple(stream.encode("utf-16-le") for stream in streams)
    return lambda content: content.startswith(_OLE) and any(stream in content for stream in wanted)


def _brand(content: bytes) -> bytes:
    """Return the major brand of an ISO media file (MP4 and its relatives), or nothing."""
    return content[8:12] if content[4:8] == b"ftyp" else b""


def _picture(content: bytes) -> bool:
    return _brand(content) in _PICTURE_BRANDS


def _film(content: bytes) -> bool:
    return _brand(content).startswith(_FILM_BRANDS)


def _sound(content: bytes) -> bool:
    # Telephones write recordings as .m4a with a film's brand as often as with their own.
    return _brand(content) in _SOUND_BRANDS or _film(content)


def _text(content: bytes) -> bool:
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
    try:
        return _CONTROL.search(content.decode(encoding)) is None
    except UnicodeDecodeError:
        return False


_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

KINDS: dict[str, Kind] = {
    "pdf": Kind("application/pdf", _pdf),
    "jpg": Kind("image/jpeg", _guessed("jpg")),
    "jpeg": Kind("image/jpeg", _guessed("jpg")),
    "png": Kind("image/png", _guessed("png", "apng")),
    "webp": Kind("image/webp", _guessed("webp")),
    "heic": Kind("image/heic", _picture),
    "docx": Kind(_WORD, _office("word/document.xml")),
    "xlsx": Kind(_EXCEL, _office("xl/workbook.xml")),
    "doc": Kind("application/msword", _old_office("WordDocument")),
    "xls": Kind("application/vnd.ms-excel", _old_office("Workbook", "Book")),
    "mp3": Kind("audio/mpeg", _guessed("mp3")),
    "m4a": Kind("audio/mp4", _sound),
    "wav": Kind("audio/wav", _guessed("wav")),
    "mp4": Kind("video/mp4", _film),
    "txt": Kind("text/plain", _text),
}


def real_extension(content: bytes) -> str:
    """Return the extension that content would deserve ('png'), or nothing when it is not known."""
    guess = filetype.guess(content)
    return guess.extension if guess is not None else ""


def holds_macros(content: bytes) -> bool:
    """Tell whether a Word or Excel file carries a program (VBA), which nobody may send to an office."""
    if content.startswith(_OLE):
        return "_VBA_PROJECT".encode("utf-16-le") in content
    return content.startswith(b"PK") and b"vbaProject.bin" in content


def extension_of(name: str) -> str:
    """Return a name's extension in lower case, without the dot."""
    return name.rpartition(".")[2].lower() if "." in name else ""


def tidy_name(name: str) -> str:
    """Return a file name that is safe everywhere: NFC, no folders, nothing Windows refuses, 150 characters at most.

    The extension is kept when a long name is cut; a name of which nothing is left becomes empty.
    """
    name = clean_line(name.replace("\\", "/").rpartition("/")[2])
    name = _UNSAFE.sub("_", name).strip(". ")
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > 10:
        stem, dot, extension = name, "", ""
    if _RESERVED.fullmatch(stem):
        stem = f"{stem}_"
    room = NAME_LENGTH - len(dot) - len(extension)
    return f"{stem[:room].rstrip()}{dot}{extension}"
