"""Attachments in the real store: refused with clear words, encrypted under the seal, gone after a rollback."""

import io
import os
import unicodedata
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.datastructures import FileStorage

from app.core import seal
from app.core.clock import now
from app.core.db import db, unit_of_work
from app.core.errors import Invalid
from app.core.seal import SealError
from app.files.models import StoredFile
from app.files.services import (
    FileDamaged,
    read_file,
    remove_orphans,
    send_stored,
    store_upload,
)
from app.files.sniff import KINDS
from app.files.storage import FolderStorage
from tests.conftest import sealed_bytes
from tests.factories import World
from tests.files.samples import DOCX, GOOD, PDF, PNG, archive

SECRET = "Đơn của Nguyễn Thị Mật, số 5 ngõ 12.pdf"


pytestmark = pytest.mark.usefixtures("folder")  # every test has a store of its own


def upload(name: str, content: bytes = PDF) -> FileStorage:
    return FileStorage(io.BytesIO(content), filename=name, content_type="text/html")


def store(world: World, name: str, content: bytes = PDF, *, sealed: bool = False) -> StoredFile:
    with unit_of_work():
        return store_upload(upload(name, content), actor=world.principal("tiepdan.lb"), sealed=sealed)


def refusal(world: World, name: str, content: bytes, *, sealed: bool = False) -> str:
    with pytest.raises(Invalid) as error:
        store(world, name, content, sealed=sealed)
    assert error.value.field == "attachments"
    return error.value.message


def on_disk(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_file_is_kept_and_comes_back_as_it_was(world: World, folder: Path) -> None:
    row = store(world, "Quyết định 1234.pdf")
    assert (row.name, row.extension, row.media_type, row.size) == (
        "Quyết định 1234.pdf",
        "pdf",
        "application/pdf",
        len(PDF),
    )
    assert row.uploaded_by_id == world.person("tiepdan.lb").id
    assert row.uploaded_at == now()
    assert row.sha256 == sha256(PDF).hexdigest()
    assert read_file(row) == PDF
    assert row.name == "Quyết định 1234.pdf"


@pytest.mark.parametrize("extension", KINDS)
def test_every_accepted_kind_is_stored_under_its_own_type(world: World, extension: str) -> None:
    row = store(world, f"tep.{extension.upper()}", GOOD[extension])
    assert row.extension == extension
    assert row.media_type == KINDS[extension].media_type


def test_a_lying_extension_is_refused_and_the_real_kind_is_named(world: World, folder: Path) -> None:
    message = refusal(world, "don.pdf", PNG)
    assert "'don.pdf'" in message
    assert ".png" in message
    assert "nội dung không phải" in message
    assert not on_disk(folder)


def test_an_archive_called_docx_is_refused(world: World) -> None:
    assert "nội dung không phải" in refusal(world, "don.docx", archive("evil.exe"))


def test_macros_are_refused(world: World) -> None:
    content = archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")
    assert "macro" in refusal(world, "don.docx", content)


@pytest.mark.parametrize("name", ["don.exe", "don.html", "don.svg", "don", ".pdf", "", "don.pdf.js"])
def test_other_kinds_are_refused_with_the_list_of_those_accepted(world: World, name: str) -> None:
    assert "Nhận các loại: pdf, jpg" in refusal(world, name, PDF)


def test_an_empty_file_is_refused(world: World) -> None:
    assert "rỗng" in refusal(world, "don.pdf", b"")


def test_a_file_over_the_limit_is_refused_and_one_at_the_limit_is_not(world: World, app: Flask) -> None:
    limit = app.config["MAX_FILE_BYTES"]
    assert f"lớn quá {limit // 2**20} MB" in refusal(world, "don.pdf", PDF.ljust(limit + 1))
    assert store(world, "don.pdf", PDF.ljust(limit)).size == limit


def test_a_huge_file_is_not_read_to_its_end(world: World, app: Flask) -> None:
    stream = io.BytesIO(PDF.ljust(4 * app.config["MAX_FILE_BYTES"]))
    with pytest.raises(Invalid), unit_of_work():
        store_upload(
            FileStorage(stream, filename="don.pdf"), actor=world.principal("tiepdan.lb"), sealed=False
        )
    assert stream.tell() == app.config["MAX_FILE_BYTES"] + 1


def test_a_name_in_nfd_is_kept_in_nfc(world: World) -> None:
    row = store(world, unicodedata.normalize("NFD", "Đơn khiếu nại của bà Ưởng.pdf"))
    assert row.name == "Đơn khiếu nại của bà Ưởng.pdf"


def test_no_name_chooses_where_a_file_lies(world: World, folder: Path) -> None:
    for name in ["../../../tmp/x.pdf", "..\\..\\x.pdf", "/etc/x.pdf", "x.pdf\x00.exe.pdf"]:
        row = store(world, name)
        assert row.name.endswith("x.pdf") or row.name == "x.pdf_exe.pdf"
        assert (folder / row.storage_key[:2] / row.storage_key).is_file()
    assert len(on_disk(folder)) == 4
    assert all(path.name.isalnum() for path in on_disk(folder))


def test_only_the_program_may_read_what_is_stored(world: World, folder: Path) -> None:
    store(world, "don.pdf")
    assert all(path.stat().st_mode & 0o077 == 0 for path in folder.rglob("*"))


def test_a_sealed_file_is_ciphertext_on_disk_and_its_name_is_nowhere(world: World, folder: Path) -> None:
    content = PDF + "Tôi là Nguyễn Thị Mật".encode()
    row = store(world, SECRET, content, sealed=True)
    (path,) = on_disk(folder)
    stored = path.read_bytes()
    assert b"%PDF" not in stored
    assert "Mật".encode() not in stored
    assert "Mật" not in str(path)
    db.session.expire_all()
    name = sealed_bytes(row, "sealed_name")
    values = {c.key: getattr(row, c.key) for c in StoredFile.__table__.columns if c.key != "sealed_name"}
    values["sealed_name"] = name
    assert not any(
        "Mật".encode() in (v if isinstance(v, bytes) else str(v).encode()) for v in values.values()
    )
    assert row.sha256 != sha256(content).hexdigest()  # a known paper could be recognised by its hash
    assert read_file(row) == content
    assert seal.decrypt(name, context=f"file-name:{row.storage_key}").decode() == SECRET


def test_the_same_sealed_file_twice_looks_different(world: World, folder: Path) -> None:
    store(world, SECRET, sealed=True)
    store(world, SECRET, sealed=True)
    first, second = (path.read_bytes() for path in on_disk(folder))
    assert first != second


def test_a_refused_sealed_file_is_not_called_by_its_name(world: World) -> None:
    for content in (b"", PNG):
        message = refusal(world, SECRET, content, sealed=True)
        assert "Mật" not in message
        assert message.startswith("Tệp kèm theo")


def test_sealed_bytes_open_only_under_their_own_key(world: World, folder: Path) -> None:
    one, two = store(world, "a.pdf", PDF, sealed=True), store(world, "b.docx", DOCX, sealed=True)
    (folder / one.storage_key[:2] / one.storage_key).write_bytes(
        (folder / two.storage_key[:2] / two.storage_key).read_bytes()
    )
    one.sha256 = two.sha256
    with pytest.raises(SealError):
        read_file(one)


def test_bytes_that_changed_or_went_are_noticed(world: World, folder: Path) -> None:
    row = store(world, "don.pdf")
    (path,) = on_disk(folder)
    path.write_bytes(PDF + b" ")
    with pytest.raises(FileDamaged, match="changed"):
        read_file(row)
    path.unlink()
    with pytest.raises(FileDamaged, match="no bytes"):
        read_file(row)


def test_a_rollback_takes_the_file_with_it(world: World, folder: Path) -> None:
    def goes_wrong_later() -> None:
        with unit_of_work():
            store_upload(upload("don.pdf"), actor=world.principal("tiepdan.lb"), sealed=False)
            assert len(on_disk(folder)) == 1
            raise RuntimeError("something went wrong later")

    with pytest.raises(RuntimeError, match="later"):
        goes_wrong_later()
    assert not on_disk(folder)


def test_a_disk_that_takes_no_more_is_said_in_one_line(world: World, app: Flask, folder: Path) -> None:
    folder.write_text("a file where the folder should be")
    assert "không ghi được tệp" in refusal(world, "don.pdf", PDF)


def test_orphans_of_a_killed_process_are_swept_when_old(world: World, folder: Path) -> None:
    kept = store(world, "don.pdf")
    store_of = FolderStorage(folder)
    for key in ("a" * 32, "b" * 32, "c" * 32):
        store_of.write(key, b"left behind")
    (folder / "bb" / ("b" * 32)).rename(folder / "bb" / ("b" * 32 + ".part"))
    old = (now() - timedelta(days=8)).timestamp()
    for path in on_disk(folder):
        os.utime(path, (old, old))
    young = (now() - timedelta(days=1)).timestamp()
    os.utime(folder / "cc" / ("c" * 32), (young, young))
    assert remove_orphans() == 2
    assert {path.name for path in on_disk(folder)} == {kept.storage_key, "c" * 32}
    assert remove_orphans() == 0


def test_a_key_is_never_a_path(folder: Path) -> None:
    with pytest.raises(ValueError, match="key"):
        FolderStorage(folder).read("../../seal_key")


def test_a_download_is_never_shown_sniffed_or_cached(world: World, app: Flask) -> None:
    row = store(world, "Ảnh hiện trường.png", PNG)
    with app.test_request_context():
        response = send_stored(row, name=row.name)
        response.direct_passthrough = False
        assert response.get_data() == PNG
    headers = response.headers
    assert response.mimetype == "image/png"
    assert headers["Content-Disposition"].startswith("attachment;")
    assert (
        "filename*=UTF-8''%E1%BA%A2nh%20hi%E1%BB%87n%20tr%C6%B0%E1%BB%9Dng.png"
        in headers["Content-Disposition"]
    )
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "private, no-store"
    assert "sandbox" in headers["Content-Security-Policy"]


def test_a_sealed_download_bears_a_neutral_name(world: World, app: Flask) -> None:
    row = store(world, SECRET, sealed=True)
    with app.test_request_context():
        response = send_stored(row, name="tai-lieu-1")
        response.direct_passthrough = False
        assert response.get_data() == PDF
    assert response.headers["Content-Disposition"] == "attachment; filename=tai-lieu-1.pdf"
    assert response.headers["Cache-Control"] == "private, no-store"
