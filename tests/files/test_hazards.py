"""Files that are what they say and yet harm whoever opens them: bombs, polyglots, disguised names."""

import io
import struct
import zipfile
from collections.abc import Callable

import pytest

from app.files.hazards import PARTS_MAX, PIXELS_MAX, UNPACKED_MAX, Hazard, disarmed, hazard_of, picture_sizes
from tests.files.samples import GOOD, JPG, PDF, PNG, archive


def office(*extra: tuple[str, bytes], types: bytes = b"<Types/>", main: str = "word/document.xml") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("[Content_Types].xml", types)
        zipped.writestr(main, b"<w:document/>")
        for name, content in extra:
            zipped.writestr(name, content)
    return out.getvalue()


def png(wide: int, high: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", wide, high) + b"\x08\x02\0\0\0" + b"\0" * 40


def jpg(wide: int, high: int) -> bytes:
    frame = b"\xff\xc2\x00\x11\x08" + struct.pack(">HH", high, wide) + b"\x03" + b"\0" * 9
    return b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\0" * 10 + frame


def webp(wide: int, high: int) -> bytes:
    size = (wide - 1).to_bytes(3, "little") + (high - 1).to_bytes(3, "little")
    return b"RIFF\x24\0\0\0WEBPVP8X\x0a\0\0\0" + b"\0" * 4 + size


def heic(wide: int, high: int) -> bytes:
    return b"\0\0\0\x18ftypheic\0\0\0\0heicmif1" + b"\0\0\0\x14ispe\0\0\0\0" + struct.pack(">II", wide, high)


@pytest.mark.parametrize("extension", GOOD)
def test_an_ordinary_file_of_every_kind_is_no_hazard(extension: str) -> None:
    assert hazard_of(extension, GOOD[extension]) is None


@pytest.mark.parametrize(("extension", "make"), [("png", png), ("jpg", jpg), ("webp", webp), ("heic", heic)])
def test_a_picture_that_claims_more_pixels_than_any_camera_takes_is_refused(
    extension: str, make: Callable[[int, int], bytes]
) -> None:
    assert list(picture_sizes(make(4000, 3000))) == [(4000, 3000)]
    assert hazard_of(extension, make(16320, 12240)) is None  # a telephone of 200 million pixels
    wide = 65_000 if extension == "jpg" else 16_000_000
    assert hazard_of(extension, make(wide, 65_000)) is Hazard.PIXELS
    assert wide * 65_000 > PIXELS_MAX


def test_the_older_forms_of_webp_are_measured_too() -> None:
    lossy = b"RIFF\x24\0\0\0WEBPVP8 \x0a\0\0\0" + b"\0" * 6 + struct.pack("<HH", 640, 480)
    lossless = b"RIFF\x24\0\0\0WEBPVP8L\x0a\0\0\0\x2f" + (639 | 479 << 14).to_bytes(4, "little") + b"\0" * 5
    assert list(picture_sizes(lossy)) == list(picture_sizes(lossless)) == [(640, 480)]


@pytest.mark.parametrize("content", [b"", PNG[:12], JPG[:3], b"RIFF\0\0\0\0WEBPVP8X", b"\xff\xd8\xff\xff\xff\xff", b"\0\0\0\0ftypheicispe\0\0\0\0\1"])  # fmt: skip
def test_a_broken_head_breaks_nothing(content: bytes) -> None:
    assert hazard_of("png", content) is None


def test_a_zip_bomb_in_an_office_file_is_refused_without_unpacking_it() -> None:
    bomb = office(("word/media/image1.png", b"\0" * (50 * 2**20)))
    assert len(bomb) < 2**20
    assert hazard_of("docx", bomb) is Hazard.UNPACKED


def test_many_parts_that_share_their_bytes_are_counted_as_often_as_they_are_unpacked() -> None:
    """Fifield's bomb points many names at one block: the sum of what they claim tells."""
    content = bytearray(office(("word/a.xml", b"x" * 100)))
    at = content.index(b"PK\x01\x02", content.index(b"PK\x01\x02") + 1)
    content[at + 24 : at + 28] = struct.pack("<I", UNPACKED_MAX + 1)
    assert hazard_of("docx", bytes(content)) is Hazard.UNPACKED


def test_too_many_parts_and_the_same_part_twice_are_refused() -> None:
    many = archive("[Content_Types].xml", "word/document.xml", *(f"word/{n}.xml" for n in range(PARTS_MAX)))
    assert hazard_of("docx", many) is Hazard.PARTS
    with pytest.warns(UserWarning, match="Duplicate"):
        twice = archive("[Content_Types].xml", "word/document.xml", "word/document.xml")
    assert hazard_of("docx", twice) is Hazard.PARTS


@pytest.mark.parametrize("name", ["../../etc/cron.d/x", "/etc/passwd", "..\\..\\x.dll", "C:\\Windows\\x.dll"])
def test_parts_that_would_be_unpacked_elsewhere_are_refused(name: str) -> None:
    assert hazard_of("xlsx", office((name, b"x"), main="xl/workbook.xml")) is Hazard.PATHS


def test_a_program_under_another_name_is_still_a_program() -> None:
    types = b'<Types><Override PartName="/word/pic.bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>'
    assert hazard_of("docx", office(("word/pic.bin", b"x"), types=types)) is Hazard.MACROS
    padded = types.replace(b"<Types>", b"<Types>" + b" " * 2**21)
    assert hazard_of("docx", office(types=padded)) is Hazard.MACROS


def test_a_locked_part_cannot_be_looked_at_and_is_refused() -> None:
    content = bytearray(office())
    at = content.index(b"PK\x01\x02")
    content[at + 8] |= 1
    assert hazard_of("docx", bytes(content)) is Hazard.LOCKED


@pytest.mark.parametrize("cut", [5, 40, 70, 90])
def test_a_damaged_office_file_is_refused_and_breaks_nothing(cut: int) -> None:
    content = bytearray(office())
    content[cut : cut + 20] = b"\xff" * 20
    assert hazard_of("docx", bytes(content)) in {None, Hazard.PARTS, Hazard.LOCKED, Hazard.UNPACKED}


@pytest.mark.parametrize(("extension", "head"), [("pdf", PDF), ("jpg", JPG), ("png", PNG), ("txt", b"Don\n")])
def test_a_picture_that_is_an_archive_as_well_is_refused(extension: str, head: bytes) -> None:
    """A polyglot: opened as a picture by one program and unpacked, or run as a jar, by another."""
    assert hazard_of(extension, head + archive("run.class", "META-INF/MANIFEST.MF")) is Hazard.HIDDEN_ARCHIVE
    assert hazard_of(extension, head + b"PK\x05\x06 is only a word here") is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Đơn.pdf.exe.pdf", "Đơn.pdf_exe.pdf"),
        ("hoa.don.JS.pdf", "hoa.don_JS.pdf"),
        ("ảnh.html .jpg", "ảnh_html .jpg"),
        ("Quyết định 12.3.2026.pdf", "Quyết định 12.3.2026.pdf"),
        ("Công ty ABC.com.vn.pdf", "Công ty ABC_com.vn.pdf"),
        ("don.pdf", "don.pdf"),
        ("don", "don"),
    ],
)
def test_no_program_hides_behind_the_last_extension(name: str, expected: str) -> None:
    assert disarmed(name) == expected


def test_a_name_written_backwards_is_shown_as_it_is() -> None:
    assert disarmed("anh\u202egpj.exe.pdf") == "anhgpj_exe.pdf"
