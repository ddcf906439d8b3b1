"""What draws a masked picture, in a process of its own: a file that somebody sent may hang or break what opens it.

`masking.py` starts it as `python -I -m app.files.drawing`: a line of JSON ({"extension", "page", "boxes"}) and then the
file on standard input, a JPEG on standard output. It is given no settings, so it has no key and no way to the database.
Time and memory are bounded, nothing is written to a disk. Exit codes: 0 done, else one of those in `masking.py`.
"""

import io
import json
import math
import os
import resource
import struct
import sys
import zlib
from collections.abc import Sequence

import typst
from PIL import Image, ImageOps

from app.files.hazards import PIXELS_MAX, picture_sizes
from app.files.masking import NO_PAGE, TOO_LARGE, UNREADABLE

SIDE_MAX = 2400  # pixels of the long side: handwriting of an A4 page is well read
DECODED_MAX = 60_000_000  # pixels decoded at once; a larger JPEG is decoded at a half, a quarter or an eighth
_SECONDS, _MEMORY = 20, 2 * 2**30
_FORMATS = ("JPEG", "PNG", "WEBP")
_QUALITY = 88
_SIDE_PT, _PPI = 842, 200  # the long side of A4; 2,339 pixels
# What decoders raise over a broken file.
_BROKEN = (
    OSError, ValueError, SyntaxError, TypeError, LookupError, ArithmeticError, EOFError, MemoryError, struct.error,
    zlib.error, AttributeError, Image.DecompressionBombError,
)  # fmt: skip
# A page at its own proportions, its long side as long as that of A4.
_PAGE = """
#set page(width: auto, height: auto, margin: 0pt, fill: white)
#let shown(..size) = image("{path}", format: "pdf", page: {page}, ..size)
#context {{
  let own = measure(shown())
  let k = {side}pt / calc.max(own.width, own.height)
  shown(width: own.width * k, height: own.height * k)
}}
"""
Image.MAX_IMAGE_PIXELS = PIXELS_MAX  # sizes are asked below, before anything is decoded


class Refused(Exception):
    """No picture can be made of a file; `code` is what the process ends with."""

    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code = code


def drawn(extension: str, content: bytes, *, page: int, boxes: Sequence[Sequence[float]]) -> bytes:
    """Return a new JPEG of a file in which every pixel that a box touches is black. Raises Refused.

    Boxes are [left, top, width, height] in hundredths of the picture.
    """
    picture = _pixels(_page_of_pdf(content, page) if extension == "pdf" else content)
    for box in boxes:
        picture.paste((0, 0, 0), _in_pixels(box, picture.size))
    out = io.BytesIO()
    # A picture of its own that knows pixels only: whatever else a decoder keeps beside them stays behind.
    Image.frombytes("RGB", picture.size, picture.tobytes()).save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()


def _in_pixels(box: Sequence[float], size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Return a box in whole pixels: a pixel that it touches is inside, and what lies over the edge is cut off."""
    (left, top, width, height), (wide, high) = box, size
    right, bottom = (left + width) * wide / 100, (top + height) * high / 100
    return (
        max(0, math.floor(left * wide / 100)), max(0, math.floor(top * high / 100)),
        min(wide, math.ceil(right)), min(high, math.ceil(bottom)),
    )  # fmt: skip


def _pixels(content: bytes) -> Image.Image:
    """Return nothing but the pixels of a picture, upright, on white, its long side at most SIDE_MAX."""
    if any(wide * high > PIXELS_MAX for wide, high in picture_sizes(content)):
        raise Refused(TOO_LARGE)
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as opened:
            opened.draft("RGB", (SIDE_MAX, SIDE_MAX))  # a JPEG is decoded no larger than needed
            if opened.width * opened.height > DECODED_MAX:
                raise Refused(TOO_LARGE)
            return _flat(opened)
    except _BROKEN:
        raise Refused(UNREADABLE) from None


def _flat(opened: Image.Image) -> Image.Image:
    opened.load()
    opened.thumbnail((SIDE_MAX, SIDE_MAX))
    clear = ImageOps.exif_transpose(opened).convert("RGBA")
    flat = Image.new("RGB", clear.size, (255, 255, 255))
    flat.paste(clear, mask=clear.getchannel("A"))  # what lies under the transparent parts goes
    return flat


def _page_of_pdf(content: bytes, page: int) -> bytes:
    """Return a page of a PDF as PNG. The file is lent to typst as memory with a name, and as nothing else."""
    memory = os.memfd_create("page")
    try:
        with os.fdopen(memory, "wb", closefd=False) as held:
            held.write(content)
        source = _PAGE.format(path=f"/proc/self/fd/{memory}", page=page, side=_SIDE_PT)
        compiler = typst.Compiler(source.encode(), root="/", ignore_system_fonts=True)
        picture = compiler.compile(format="png", ppi=_PPI)
    except RuntimeError as error:  # typst.TypstError is one
        raise Refused(NO_PAGE if "does not exist" in str(error) else UNREADABLE) from None
    finally:
        os.close(memory)
    if not isinstance(picture, bytes):
        raise Refused(UNREADABLE)
    return picture


def _bound() -> None:
    for what, most in (
        (resource.RLIMIT_CPU, _SECONDS),
        (resource.RLIMIT_AS, _MEMORY),
        (resource.RLIMIT_CORE, 0),  # a crash must not leave the paper on the disk
    ):
        resource.setrlimit(what, (most, most))


def main() -> int:
    """Read, draw, write; return the exit code."""
    _bound()
    wanted = json.loads(sys.stdin.buffer.readline())
    content = sys.stdin.buffer.read()
    try:
        made = drawn(wanted["extension"], content, page=wanted["page"], boxes=wanted["boxes"])
    except Refused as refused:
        return refused.code
    sys.stdout.buffer.write(made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
