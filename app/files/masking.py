"""Pictures for an extract (bản trích, law.md I04): made anew from the pixels that may be seen, nothing else goes along.

A picture is decoded, what is masked is overwritten in the pixels, and those are encoded as a new file: no layer lies
over anything, and no EXIF, thumbnail, colour profile, comment or text of the old file is left. A page of a PDF becomes
a picture first, in a process of its own (`pdf_page.py`). The same file gives the same pixels each time: boxes that were
drawn on the shown picture lie where they were drawn.
"""

import io
import math
import struct
import subprocess
import sys
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps

from app.files.hazards import PIXELS_MAX, picture_sizes
from app.files.pdf_page import NO_PAGE

MASKABLE = ("jpg", "jpeg", "png", "webp", "pdf")
MEDIA_TYPE, EXTENSION = "image/jpeg", "jpg"
SIDE_MAX = 2400  # pixels of the long side: handwriting of an A4 page is well read
DECODED_MAX = 60_000_000  # pixels decoded at once; a larger JPEG is decoded at a half, a quarter or an eighth
PAGE_MAX = 999
_FORMATS = ("JPEG", "PNG", "WEBP")
_QUALITY = 88
_PDF_SECONDS = 30
_PDF_PAGE = Path(__file__).with_name("pdf_page.py")
# What decoders raise over a broken file. Their own warning about large pictures stays out: sizes are asked before.
_BROKEN = (
    OSError, ValueError, SyntaxError, TypeError, LookupError, ArithmeticError, EOFError, MemoryError, struct.error,
    zlib.error, AttributeError, Image.DecompressionBombError,
)  # fmt: skip
Image.MAX_IMAGE_PIXELS = PIXELS_MAX


class NotAPicture(Exception):
    """No picture can be made of a file; says why, nothing of what is inside."""


class TooLarge(NotAPicture):
    """More pixels than are decoded."""


class NoSuchPage(NotAPicture):
    """The PDF has fewer pages."""


@dataclass(frozen=True)
class Box:
    """What is masked: a rectangle in hundredths of the picture's width and height, from its top left corner."""

    left: float
    top: float
    width: float
    height: float


def shown_picture(extension: str, content: bytes, *, page: int = 1) -> bytes:
    """Return a file (or a page of it) as the JPEG on which boxes are drawn. Raises NotAPicture."""
    return _encoded(_pixels(extension, content, page))


def masked_picture(extension: str, content: bytes, boxes: Sequence[Box], *, page: int = 1) -> bytes:
    """Return a new JPEG in which the pixels under every box are black. Raises NotAPicture."""
    picture = _pixels(extension, content, page)
    for box in boxes:
        picture.paste((0, 0, 0), _in_pixels(box, picture.size))
    return _encoded(picture)


def _in_pixels(box: Box, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Return a box in whole pixels: a pixel that it touches is inside, and what lies over the edge is cut off."""
    wide, high = size
    left, right = box.left * wide / 100, (box.left + box.width) * wide / 100
    top, bottom = box.top * high / 100, (box.top + box.height) * high / 100
    return (
        max(0, math.floor(left)), max(0, math.floor(top)), min(wide, math.ceil(right)), min(high, math.ceil(bottom))
    )  # fmt: skip


def _pixels(extension: str, content: bytes, page: int) -> Image.Image:
    """Return nothing but the pixels of a picture, upright, on white, its long side at most SIDE_MAX."""
    if extension == "pdf":
        content = _page_of_pdf(content, page)
    if any(wide * high > PIXELS_MAX for wide, high in picture_sizes(content)):
        raise TooLarge
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as opened:
            opened.draft("RGB", (SIDE_MAX, SIDE_MAX))  # a JPEG is decoded no larger than needed
            if opened.width * opened.height > DECODED_MAX:
                raise TooLarge
            return _flat(opened)
    except _BROKEN as error:
        raise NotAPicture(type(error).__name__) from None


def _flat(opened: Image.Image) -> Image.Image:
    opened.load()
    upright = ImageOps.exif_transpose(opened)
    upright.thumbnail((SIDE_MAX, SIDE_MAX))
    clear = upright.convert("RGBA")
    flat = Image.new("RGB", clear.size, (255, 255, 255))
    flat.paste(clear, mask=clear.getchannel("A"))  # what lies under the transparent parts goes
    return flat


def _encoded(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    # A picture of its own that knows pixels only: whatever else a decoder keeps beside them stays behind.
    Image.frombytes("RGB", picture.size, picture.tobytes()).save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()


def _page_of_pdf(content: bytes, page: int) -> bytes:
    if not 1 <= page <= PAGE_MAX:
        raise NoSuchPage
    command = [sys.executable, "-I", str(_PDF_PAGE), str(page)]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=_PDF_SECONDS, check=False)  # noqa: S603
    except (subprocess.TimeoutExpired, OSError):
        raise NotAPicture("the page could not be drawn") from None
    if done.returncode == NO_PAGE:
        raise NoSuchPage
    if done.returncode != 0:
        raise NotAPicture("the page could not be drawn")
    return done.stdout
