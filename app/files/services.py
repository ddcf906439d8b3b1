"""Storing and reading attachments: size, kind by content, safe names, encryption for a denunciation's papers."""

import io
import os
import uuid
from hashlib import sha256
from pathlib import Path

import filetype
from flask import Response, current_app, send_file
from werkzeug.datastructures import FileStorage

from app.core import seal
from app.core.clock import now
from app.core.db import after_rollback, db
from app.core.errors import Invalid
from app.core.permissions import Principal
from app.core.text import clean_line
from app.files.models import StoredFile

# What may be handed in: the extension, and what its content must look like (None: plain text, by decoding).
_ZIP, _OLE = "application/zip", "application/x-ole-storage"
KINDS: dict[str, tuple[str, frozenset[str] | None]] = {
    "pdf": ("application/pdf", frozenset({"application/pdf"})),
    "jpg": ("image/jpeg", frozenset({"image/jpeg"})),
    "jpeg": ("image/jpeg", frozenset({"image/jpeg"})),
    "png": ("image/png", frozenset({"image/png"})),
    "webp": ("image/webp", frozenset({"image/webp"})),
    "docx": (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        frozenset({_ZIP, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"}),
    ),
    "xlsx": (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        frozenset({_ZIP, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}),
    ),
    "mp3": ("audio/mpeg", frozenset({"audio/mpeg"})),
    "m4a": ("audio/mp4", frozenset({"audio/mp4", "video/mp4"})),
    "wav": ("audio/wav", frozenset({"audio/x-wav", "audio/wav"})),
    "mp4": ("video/mp4", frozenset({"video/mp4"})),
    "txt": ("text/plain", None),
}
ACCEPT = ",".join(f".{extension}" for extension in KINDS)
_EXECUTABLE_HINTS = (b"MZ", b"\x7fELF", b"#!")


def store_upload(upload: FileStorage, *, actor: Principal, sealed: bool) -> StoredFile:
    """Check and keep an uploaded file; return its row, not yet attached to anything.

    `sealed` encrypts the bytes and the name. The file is removed again when the unit of work is rolled back. Raises
    Invalid (field 'attachments') for an empty or too large file, a kind that is not accepted, or a lying extension.
    """
    name = clean_line(Path((upload.filename or "").replace("\\", "/")).name)[:200]
    content = upload.stream.read(current_app.config["MAX_FILE_BYTES"] + 1)
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    media_type = _check(name, extension, content)
    key = uuid.uuid4().hex
    body = seal.encrypt(content, context=f"file:{key}") if sealed else content
    path = _path(key)
    path.parent.mkdir(parents=True, exist_ok=True)
    after_rollback(lambda: path.unlink(missing_ok=True))
    temporary = path.with_suffix(".part")
    temporary.write_bytes(body)
    os.replace(temporary, path)
    row = StoredFile(
        storage_key=key,
        sha256=sha256(body).hexdigest(),
        size=len(content),
        media_type=media_type,
        extension=extension,
        name="" if sealed else name,
        sealed=sealed,
        sealed_name=seal.encrypt(name.encode(), context=f"file-name:{key}") if sealed else None,
        uploaded_by_id=actor.person_id,
        uploaded_at=now(),
    )
    db.session.add(row)
    db.session.flush()
    return row


def _check(name: str, extension: str, content: bytes) -> str:
    limit = current_app.config["MAX_FILE_BYTES"]
    if not content:
        raise Invalid(f"Tệp '{name}' rỗng.", field="attachments")
    if len(content) > limit:
        raise Invalid(f"Tệp '{name}' lớn quá {limit // 2**20} MB.", field="attachments")
    if extension not in KINDS:
        raise Invalid(f"Không nhận loại tệp '.{extension}'. Nhận: {', '.join(KINDS)}.", field="attachments")
    media_type, looks = KINDS[extension]
    if looks is None:
        honest = _is_text(content)
    else:
        guess = filetype.guess(content)
        honest = guess is not None and guess.mime in looks
    if not honest:
        raise Invalid(f"Nội dung tệp '{name}' không phải là .{extension}. Hãy chọn đúng tệp.", field="attachments")
    return media_type


def _is_text(content: bytes) -> bool:
    if content.startswith(_EXECUTABLE_HINTS) or b"\x00" in content or filetype.guess(content) is not None:
        return False
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _path(key: str) -> Path:
    return Path(current_app.config["FILES_DIR"]) / key[:2] / key


def read_file(stored: StoredFile) -> bytes:
    """Return the content as it was handed in. Raises FileNotFoundError, SealError."""
    body = _path(stored.storage_key).read_bytes()
    return seal.decrypt(body, context=f"file:{stored.storage_key}") if stored.sealed else body


def send_stored(stored: StoredFile, *, name: str) -> Response:
    """Return a download. `name` is neutral for sealed files; the type is the checked one and never sniffed again."""
    response = send_file(
        io.BytesIO(read_file(stored)),
        mimetype=stored.media_type,
        as_attachment=True,
        download_name=f"{name}.{stored.extension}" if stored.sealed else name,
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
