"""Storing and reading attachments: size, kind by content, safe names, encryption for a denunciation's papers."""

import io
import logging
from collections.abc import Iterable
from datetime import timedelta
from hashlib import sha256
from typing import Any

from flask import Response, after_this_request, current_app, has_request_context, send_file
from flask_babel import gettext as _
from sqlalchemy import Row, select
from werkzeug.datastructures import FileStorage

from app.core import audit, seal
from app.core.clock import now
from app.core.db import after_commit, after_rollback, db, discard_unsaved, unit_of_work
from app.core.errors import Invalid
from app.core.permissions import Principal
from app.core.seal_rotation import Sealed
from app.files import antivirus
from app.files.hazards import Hazard, disarmed, hazard_of
from app.files.models import StoredFile
from app.files.sniff import KINDS, extension_of, holds_macros, real_extension, tidy_name
from app.files.storage import new_key, storage

ACCEPT = ",".join(f".{extension}" for extension in KINDS)
FIELD = "attachments"
log = logging.getLogger(__name__)
_BATCH = 500


class FileDamaged(Exception):
    """The bytes on disk are gone or are not those that were stored; names the row only."""


def store_upload(upload: FileStorage, *, actor: Principal, sealed: bool) -> StoredFile:
    """Check and keep an uploaded file; return its row, not yet attached to anything.

    `sealed` (a denunciation's papers, I01) encrypts the bytes and the name. The file is removed again when the unit of
    work is rolled back. Raises Invalid (field 'attachments') for an empty or too large file, a kind that is not
    accepted, content that is not what the name says, macros, or a disk that takes no more; for a sealed file the
    message does not quote the name.
    """
    name = disarmed(tidy_name(upload.filename or ""))
    content = upload.stream.read(int(current_app.config["MAX_FILE_BYTES"]) + 1)
    extension = extension_of(name)
    # A message may be kept in the session's cookie and shown on another page: a sealed name must not travel there.
    called = _("Tệp kèm theo") if sealed or not name else _("Tệp '%(name)s'", name=name)
    _check(called, extension, content)
    scanned = _scan(called, content, actor)
    row = _keep(content, extension, KINDS[extension].media_type, called=called, sealed=sealed, actor=actor)
    if sealed:
        row.sealed_name = seal.encrypt(name.encode(), context=_name_context(row.storage_key))
    else:
        row.name = name
    db.session.add(row)
    db.session.flush()
    if not scanned:
        audit.record("file.unscanned", actor=actor, subject=("file", row.id))
    return row


def store_made(content: bytes, *, extension: str, media_type: str, actor: Principal) -> StoredFile:
    """Keep a file that the product made of a sealed one, sealed as well; return its row, attached to nothing.

    Raises Invalid (field 'attachments') when the disk takes no more.
    """
    row = _keep(content, extension, media_type, called=_("Tệp kèm theo"), sealed=True, actor=actor)
    db.session.add(row)
    db.session.flush()
    return row


def _keep(
    content: bytes, extension: str, media_type: str, *, called: str, sealed: bool, actor: Principal
) -> StoredFile:
    """Write bytes under a new key, sealed or as they are, and return their row, which has no name yet."""
    key = new_key()
    body = seal.encrypt(content, context=_content_context(key)) if sealed else content
    _write(key, body, called)
    return StoredFile(
        storage_key=key, sha256=sha256(body).hexdigest(), size=len(content), media_type=media_type, extension=extension,
        name="", sealed=sealed, seal_header=seal.parts(body)[0] if sealed else None,
        uploaded_by_id=actor.person_id, uploaded_at=now(),
    )  # fmt: skip


def send_picture(content: bytes) -> Response:
    """Return a JPEG that the product made, to be seen inside a page and kept nowhere."""
    return _alone(send_file(io.BytesIO(content), mimetype="image/jpeg"))


def _scan(called: str, content: bytes, actor: Principal) -> bool:
    """Ask the virus scanner; return whether nothing was left unasked. Raises Invalid for what it finds or refuses."""
    clamd = antivirus.scanner()
    if clamd is None:
        return True
    try:
        found = clamd.signature_in(content)
    except antivirus.ScannerDown as error:
        log.error("the virus scanner does not answer: %s", error)  # noqa: TRY400 - the trace would say no more
        antivirus.note_state(antivirus.ScannerState.DOWN)
        if antivirus.accepts_unscanned():
            return False
        raise Invalid(
            _(
                "%(file)s chưa được nhận vì bộ quét virus không trả lời. Thử lại sau ít phút, "
                "hoặc ghi trước không kèm tệp rồi bổ sung tệp sau.",
                file=called,
            ),
            field=FIELD,
        ) from None
    antivirus.note_state(antivirus.ScannerState.UP)
    if found is None:
        return True
    _record_later(actor, {"signature": found, "size": len(content)})
    raise Invalid(
        _("%(file)s có virus (%(virus)s) nên không được nhận và không được lưu.", file=called, virus=found),
        field=FIELD,
    )


def _record_later(actor: Principal, detail: dict[str, object]) -> None:
    """Record an infected file once the request's own work is rolled back: the entry must outlive the refusal."""
    log.warning("an infected file was refused: %s", detail["signature"])
    if not has_request_context():
        return

    @after_this_request
    def _write_entry(response: Response) -> Response:
        discard_unsaved()
        with unit_of_work():
            audit.record("file.infected", actor=actor, subject=("file", None), detail=detail)
        return response


def _write(key: str, body: bytes, called: str) -> None:
    """Keep the bytes until the unit of work is rolled back. Raises Invalid when the disk takes no more."""
    after_rollback(lambda: _forget(key))
    try:
        storage().write(key, body)
    except OSError:
        log.exception("no attachment can be stored")
        raise Invalid(
            _("%(file)s chưa lưu được vì máy chủ không ghi được tệp. Hãy báo người quản trị.", file=called),
            field=FIELD,
        ) from None


def _forget(key: str) -> None:
    """Delete the bytes of a row that was never committed. What cannot be deleted now is an orphan for later."""
    try:
        storage().delete(key)
    except OSError:
        log.exception("a rolled-back attachment could not be deleted")


def _check(called: str, extension: str, content: bytes) -> None:
    limit = int(current_app.config["MAX_FILE_BYTES"])
    if not content:
        raise Invalid(_("%(file)s rỗng. Hãy chọn lại tệp.", file=called), field=FIELD)
    if len(content) > limit:
        raise Invalid(
            _(
                "%(file)s lớn quá %(size)s MB. Hãy chia nhỏ hoặc giảm dung lượng.",
                file=called,
                size=limit // 2**20,
            ),
            field=FIELD,
        )
    kind = KINDS.get(extension)
    if kind is None:
        raise Invalid(
            _(
                "%(file)s không thuộc loại được nhận. Nhận các loại: %(kinds)s.",
                file=called,
                kinds=", ".join(KINDS),
            ),
            field=FIELD,
        )
    if not kind.fits(content):
        real = real_extension(content)
        looks = _(" (có vẻ là .%(kind)s)", kind=real) if real and real != extension else ""
        raise Invalid(
            _(
                "%(file)s có đuôi .%(kind)s nhưng nội dung không phải như vậy%(looks)s. Hãy chọn đúng tệp.",
                file=called,
                kind=extension,
                looks=looks,
            ),
            field=FIELD,
        )
    if holds_macros(content):
        raise Invalid(
            _("%(file)s có chứa macro (mã chạy tự động). Hãy lưu lại thành PDF rồi gửi.", file=called),
            field=FIELD,
        )
    hazard = hazard_of(extension, content)
    if hazard is not None:
        raise Invalid(_hazard_words(hazard, called), field=FIELD)


def _hazard_words(hazard: Hazard, called: str) -> str:
    if hazard is Hazard.PIXELS:
        return _(
            "%(file)s là ảnh có kích thước quá lớn (quá 250 triệu điểm ảnh). Hãy thu nhỏ ảnh.", file=called
        )
    if hazard is Hazard.UNPACKED:
        return _("%(file)s nở ra quá lớn khi mở. Hãy lưu lại thành PDF rồi gửi.", file=called)
    if hazard is Hazard.LOCKED:
        return _("%(file)s được khoá bằng mật khẩu. Hãy bỏ mật khẩu rồi gửi.", file=called)
    if hazard is Hazard.HIDDEN_ARCHIVE:
        return _("%(file)s giấu một tệp nén bên trong. Hãy lưu lại thành PDF rồi gửi.", file=called)
    if hazard is Hazard.MACROS:
        return _("%(file)s có chứa macro (mã chạy tự động). Hãy lưu lại thành PDF rồi gửi.", file=called)
    return _("%(file)s bị hỏng hoặc có cấu tạo lạ. Hãy lưu lại thành PDF rồi gửi.", file=called)


def read_file(stored: StoredFile) -> bytes:
    """Return the content as it was handed in; whether the reader may have it was asked before.

    Raises FileDamaged when the bytes are gone or changed, SealError when the seal does not open.
    """
    try:
        body = storage().read(stored.storage_key)
    except FileNotFoundError:
        raise FileDamaged(f"stored file {stored.id}: no bytes") from None
    if sha256(body).hexdigest() != stored.sha256:
        raise FileDamaged(f"stored file {stored.id}: changed on disk")
    if not stored.sealed:
        return body
    header, content = seal.parts(body)
    # After a rotation the header of the row holds; the bytes on disk were not touched.
    return seal.decrypt(
        (stored.seal_header or header) + content, context=_content_context(stored.storage_key)
    )


def seal_stored(stored: StoredFile) -> None:
    """Encrypt a file that was handed in clear, bytes and name, once its petition turns out a denunciation (I01).

    The clear bytes are deleted after the commit. Nothing happens to a sealed one. Raises FileDamaged.
    """
    if stored.sealed:
        return
    content, clear_key, key = read_file(stored), stored.storage_key, new_key()
    body = seal.encrypt(content, context=_content_context(key))
    _write(key, body, _("Tệp kèm theo"))
    stored.sealed_name = seal.encrypt(stored.name.encode(), context=_name_context(key))
    stored.name, stored.sealed, stored.storage_key = "", True, key
    stored.sha256, stored.seal_header = sha256(body).hexdigest(), seal.parts(body)[0]
    db.session.flush()
    after_commit(lambda: _forget(clear_key))


def send_stored(stored: StoredFile, *, name: str) -> Response:
    """Return a download. `name` is neutral for sealed files; the type is the checked one and never sniffed again."""
    response = send_file(
        io.BytesIO(read_file(stored)),
        mimetype=stored.media_type,
        as_attachment=True,
        download_name=f"{name}.{stored.extension}" if stored.sealed else name,
    )
    return _alone(response)


def _alone(response: Response) -> Response:
    """Return an answer that is taken for what it says it is, runs nothing, and is kept in no cache."""
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def discard(stored: StoredFile) -> None:
    """Let go of a file for good: its row in this transaction, its bytes once that is committed."""
    key = stored.storage_key
    db.session.delete(stored)
    after_commit(lambda: storage().delete(key))


def remove_orphans(*, older_than: timedelta = timedelta(days=7)) -> int:
    """Delete the bytes that no row knows, left by a process killed before its commit; return how many.

    Bytes younger than `older_than` stay: their transaction may still be open. Not run by itself: after restoring an
    older database, the newer files are orphans too, and an operator may want them back.
    """
    before = (now() - older_than).timestamp()
    store = storage()
    old = [key for key, changed in store.listing() if changed < before]
    removed = 0
    for start in range(0, len(old), _BATCH):
        batch = set(old[start : start + _BATCH])
        known = set(
            db.session.scalars(select(StoredFile.storage_key).where(StoredFile.storage_key.in_(batch)))
        )
        removed += _delete(batch - known)
    return removed


def _delete(keys: Iterable[str]) -> int:
    store, count = storage(), 0
    for key in keys:
        store.delete(key)
        count += 1
    return count


def _content_context(key: str) -> str:
    return f"file:{key}"


def _name_context(key: str) -> str:
    return f"file-name:{key}"


def _header_on_disk(row: Row[Any]) -> bytes:
    """Return the header of a sealed file, from disk if the row has none yet. Raises FileNotFoundError."""
    return row.value if row.value is not None else seal.parts(storage().read(row.storage_key))[0]


SEALED = (
    Sealed(
        "file_names",
        StoredFile,
        StoredFile.sealed_name,
        lambda row: _name_context(row.storage_key),
        needs=(StoredFile.storage_key,),
    ),
    Sealed(
        "file_contents",
        StoredFile,
        StoredFile.seal_header,
        lambda row: _content_context(row.storage_key),
        needs=(StoredFile.storage_key,),
        where=StoredFile.sealed.is_(True),
        header=_header_on_disk,
        kept=lambda _row, header: header,
    ),
)
