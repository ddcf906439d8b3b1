"""Extracts of a denunciation (bản trích, law.md I04), text and pictures, and the hashes by which a leak is known."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base
from app.files.models import StoredFile
from app.organisation.models import Person

CONFIRMED, RELEASED = "confirmed", "released"


def state_of(acts: "Sequence[ExtractAct] | Sequence[MaskedPictureAct]") -> str:
    """Return what acts make of what they are about: 'draft', 'confirmed' (by a second person) or 'released'."""
    done = {act.act for act in acts}
    return "released" if RELEASED in done else "confirmed" if CONFIRMED in done else "draft"


class Extract(Base):
    """One version of the text that verifiers read instead of the petition; appended, never edited.

    It has passed the leak check. What became of it stands in its acts.
    """

    __tablename__ = "extracts"
    __table_args__ = (UniqueConstraint("petition_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"))
    number: Mapped[int]  # 1, 2, ... of the petition
    text: Mapped[str] = mapped_column(Text)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    made_at: Mapped[datetime]

    made_by: Mapped[Person] = relationship()
    acts: Mapped[list["ExtractAct"]] = relationship(order_by="ExtractAct.id")

    @property
    def state(self) -> str:
        """Return 'draft', 'confirmed' (by a second person) or 'released'."""
        return state_of(self.acts)


class ExtractAct(Base):
    """A person's confirmation that an extract identifies nobody, or its release; appended, never edited."""

    __tablename__ = "extract_acts"
    __table_args__ = (UniqueConstraint("extract_id", "act"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    extract_id: Mapped[int] = mapped_column(ForeignKey("extracts.id"))
    act: Mapped[str] = mapped_column(String(20))
    by_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    at: Mapped[datetime]

    by: Mapped[Person] = relationship()


class LeakMarks(Base):
    """What a leak of a sealed identity looks like: hashes under a key that is sealed itself, so a dump says nothing."""

    __tablename__ = "leak_marks"

    sealed_identity_id: Mapped[int] = mapped_column(ForeignKey("sealed_identities.id"), primary_key=True)
    context: Mapped[str] = mapped_column(String(60), unique=True)
    ciphertext: Mapped[bytes] = mapped_column(LargeBinary)  # the key
    hashes: Mapped[list[Any]] = mapped_column(JSONB)


class MaskedPicture(Base):
    """One version of a paper as verifiers may see it, a new picture without what was masked; appended, never edited.

    The paper itself stays sealed. What became of the picture stands in its acts.
    """

    __tablename__ = "masked_pictures"
    __table_args__ = (UniqueConstraint("attachment_id", "page", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"), index=True)
    attachment_id: Mapped[int] = mapped_column(ForeignKey("petition_attachments.id"))
    page: Mapped[int]  # of a PDF; 1 for a picture
    number: Mapped[int]  # 1, 2, ... of the page
    boxes: Mapped[list[Any]] = mapped_column(JSONB)  # [left, top, width, height] in hundredths of the picture
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"))
    made_by_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    made_at: Mapped[datetime]

    file: Mapped[StoredFile] = relationship()
    made_by: Mapped[Person] = relationship()
    acts: Mapped[list["MaskedPictureAct"]] = relationship(order_by="MaskedPictureAct.id")

    @property
    def state(self) -> str:
        """Return 'draft', 'confirmed' (by a second person) or 'released'."""
        return state_of(self.acts)


class MaskedPictureAct(Base):
    """A person's confirmation that a masked picture identifies nobody, or its release; appended, never edited."""

    __tablename__ = "masked_picture_acts"
    __table_args__ = (UniqueConstraint("picture_id", "act"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    picture_id: Mapped[int] = mapped_column(ForeignKey("masked_pictures.id"))
    act: Mapped[str] = mapped_column(String(20))
    by_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    at: Mapped[datetime]

    by: Mapped[Person] = relationship()
