"""The table of stored files."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base


class StoredFile(Base):
    """A file as handed in. A sealed one is encrypted on disk, and its name is kept only as ciphertext."""

    __tablename__ = "stored_files"

    id: Mapped[int] = mapped_column(primary_key=True)
    storage_key: Mapped[str] = mapped_column(String(80), unique=True)
    sha256: Mapped[str] = mapped_column(
        String(64)
    )  # of the bytes on disk: a sealed paper is not known by its hash
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str] = mapped_column(String(100))
    extension: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(200), default="")
    sealed: Mapped[bool] = mapped_column(default=False)
    # Written, and read by nobody: no page shows it, and the application's role may not (app/operations/grants.py).
    sealed_name: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True, deferred_raiseload=True)
    # The wrapped data key of a sealed file: what a rotation writes anew, while the bytes on disk stay as they are.
    seal_header: Mapped[bytes | None] = mapped_column(LargeBinary)
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    uploaded_at: Mapped[datetime]
