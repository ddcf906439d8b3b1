"""Pictures for an extract (bản trích, law.md I04): made anew from the pixels that may be seen, nothing else goes along.

A picture is decoded, what is masked is overwritten in the pixels, and those are encoded as a new file: no layer lies
over anything, and no EXIF, thumbnail, colour profile, comment or text of the old file is left. A page of a PDF becomes
a picture first. A process of its own does it (`drawing.py`). The same file gives the same pixels each time: boxes that
were drawn on the shown picture lie where they were drawn.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import astuple, dataclass

# What `drawing.py` ends with when it can make no picture. It takes them from here: nothing loads a decoder but it.
NO_PAGE, UNREADABLE, TOO_LARGE = 3, 4, 5
MASKABLE = ("jpg", "jpeg", "png", "webp", "pdf")
MEDIA_TYPE, EXTENSION = "image/jpeg", "jpg"
PAGE_MAX = 999
_SECONDS = 30
_COMMAND = (sys.executable, "-I", "-m", "app.files.drawing")


class NotAPicture(Exception):
    """No picture can be made of a file; says nothing of what is inside."""


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
    return masked_picture(extension, content, (), page=page)


def masked_picture(extension: str, content: bytes, boxes: Sequence[Box], *, page: int = 1) -> bytes:
    """Return a new JPEG in which every pixel that a box touches is black. Raises NotAPicture."""
    if not 1 <= page <= PAGE_MAX:
        raise NoSuchPage
    wanted = {"extension": extension, "page": page, "boxes": [astuple(box) for box in boxes]}
    try:
        done = subprocess.run(  # noqa: S603 - our own program; the file is its input
            _COMMAND, input=json.dumps(wanted).encode() + b"\n" + content, capture_output=True, timeout=_SECONDS,
            check=False, env={},
        )  # fmt: skip
    except (subprocess.TimeoutExpired, OSError):
        raise NotAPicture from None
    if done.returncode == 0 and done.stdout:
        return done.stdout
    raise {NO_PAGE: NoSuchPage, TOO_LARGE: TooLarge}.get(done.returncode, NotAPicture)
