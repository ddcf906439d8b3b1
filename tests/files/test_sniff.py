"""Kinds by content, and names that are safe everywhere."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.files.sniff import KINDS, NAME_LENGTH, extension_of, holds_macros, real_extension, tidy_name
from tests.files.samples import DOCX, GOOD, OLE, PDF, PNG, archive, media

# A telephone's recording: sound in a film's wrapping.
COUSINS = {("jpg", "jpeg"), ("jpeg", "jpg"), ("mp4", "m4a"), ("pdf", "txt")}


def test_every_accepted_kind_has_a_sample() -> None:
    assert GOOD.keys() == KINDS.keys()


@pytest.mark.parametrize("extension", KINDS)
def test_a_file_that_is_what_it_says_fits(extension: str) -> None:
    assert KINDS[extension].fits(GOOD[extension])


@pytest.mark.parametrize("claimed", KINDS)
@pytest.mark.parametrize("real", KINDS)
def test_a_file_that_is_not_what_it_says_does_not(claimed: str, real: str) -> None:
    if claimed != real and (real, claimed) not in COUSINS:
        assert not KINDS[claimed].fits(GOOD[real])


@pytest.mark.parametrize("claimed", KINDS)
@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\0\x03\0\0\0\x04" + b"\0" * 64,
        b"\x7fELF\x02\x01\x01\0" + b"\0" * 64,
        archive("evil.exe"),
        archive("META-INF/MANIFEST.MF", "Main.class"),
        b"GIF89a" + b"\0" * 64,
        media(b"qt  "),
        OLE,
        b"PK\x03\x04 broken",
        b"\xff\xfe\xff",
    ],
    ids=["exe", "elf", "zip", "jar", "gif", "mov", "ole", "broken zip", "broken text"],
)
def test_what_is_not_accepted_fits_nothing(claimed: str, content: bytes) -> None:
    assert not KINDS[claimed].fits(content)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_text_of_notepad_is_text(encoding: str) -> None:
    assert KINDS["txt"].fits("Đơn tố cáo\r\n\tBM 12, cột A".encode(encoding))


@given(st.binary(max_size=400))
def test_no_content_makes_the_checks_fail_in_another_way(content: bytes) -> None:
    for head in (b"", b"PK\x03\x04", b"\0\0\0\x18ftyp", OLE, b"%PDF-", b"RIFF"):
        for kind in KINDS.values():
            assert kind.fits(head + content) in {True, False}
        assert isinstance(real_extension(head + content), str)


def test_programs_inside_office_files_are_found() -> None:
    assert holds_macros(archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"))
    assert holds_macros(OLE + "WordDocument".encode("utf-16-le") + "_VBA_PROJECT".encode("utf-16-le"))
    assert not any(holds_macros(content) for content in (DOCX, PDF, PNG))


@pytest.mark.parametrize(
    "typed, kept",
    [
        ("don.pdf", "don.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("..\\..\\windows\\system32\\don.pdf", "don.pdf"),
        ("/var/seal_key", "seal_key"),
        ("C:\\Users\\Sen\\Đơn.docx", "Đơn.docx"),
        ("..", ""),
        ("...pdf", "pdf"),
        ("don.pdf. . ", "don.pdf"),
        ('đơn "gửi": <UBND>|?*.pdf', "đơn _gửi__ _UBND____.pdf"),
        ("don\u202efdp.exe", "donfdp.exe"),
        ("a\r\nSet-Cookie b.pdf", "a Set-Cookie b.pdf"),
        ("con.pdf", "con_.pdf"),
        ("LPT1.txt", "LPT1_.txt"),
        ("ảnh 😀.jpg", "ảnh 😀.jpg"),
        ("", ""),
    ],
)
def test_names_become_safe(typed: str, kept: str) -> None:
    assert tidy_name(typed) == kept


def test_names_in_nfd_become_nfc() -> None:
    typed = unicodedata.normalize("NFD", "Đơn tố cáo của Nguyễn Thị Ưởng.pdf")
    assert tidy_name(typed) == "Đơn tố cáo của Nguyễn Thị Ưởng.pdf"


def test_a_long_name_keeps_its_extension() -> None:
    name = tidy_name("đơn " * 200 + ".docx")
    assert len(name) <= NAME_LENGTH
    assert extension_of(name) == "docx"


@given(st.text(max_size=300))
def test_no_name_leaves_its_folder(typed: str) -> None:
    name = tidy_name(typed)
    assert "/" not in name and "\\" not in name and "\n" not in name and "\0" not in name
    assert name not in {".", ".."}
    assert len(name) <= NAME_LENGTH
    assert unicodedata.is_normalized("NFC", name)
    assert tidy_name(name) == name
