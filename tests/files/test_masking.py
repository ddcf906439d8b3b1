"""Masked pictures: the pixels are gone, nothing of the old file is left, and broken files are refused."""

import io
import random
import struct
import sys
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, PngImagePlugin

from app.files import drawing, masking
from app.files.masking import Box, NoSuchPage, NotAPicture, TooLarge, masked_picture, shown_picture

SECRET = b"Dang Thi Bich Hoa"
WHITE, RED, BLACK = (255, 255, 255), (255, 0, 0), (0, 0, 0)
WHOLE_RIGHT = Box(50, 0, 50, 100)


def paper(size: tuple[int, int] = (400, 200)) -> Image.Image:
    """A sheet whose right half, red with a pattern, must not be seen."""
    picture = Image.new("RGB", size, WHITE)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((size[0] // 2, 0, *size), fill=RED)
    for x in range(size[0] // 2, size[0], 7):
        pen.line((x, 0, x, size[1]), fill=(0, 0, 255))
    return picture


def jpeg(picture: Image.Image | None = None, **more: object) -> bytes:
    """Encode with everything that tells of somebody: EXIF with a thumbnail, a comment, a colour profile."""
    exif = Image.Exif()
    exif[0x013B], exif[0x010E] = SECRET.decode(), SECRET.decode()
    for tag, value in more.items():
        exif[int(tag.removeprefix("tag"))] = value
    out = io.BytesIO()
    (picture or paper()).save(
        out, "JPEG", quality=95, exif=exif, comment=SECRET, icc_profile=b"ICC" + SECRET * 20, dpi=(301, 301)
    )
    return out.getvalue()


def png(picture: Image.Image | None = None) -> bytes:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Author", SECRET.decode())
    texts.add_itxt("Comment", SECRET.decode(), zip=True)
    out = io.BytesIO()
    (picture or paper()).save(out, "PNG", pnginfo=texts, icc_profile=b"ICC" + SECRET * 20)
    return out.getvalue()


def webp() -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x013B] = SECRET.decode()
    paper().save(out, "WEBP", lossless=True, exif=exif, xmp=SECRET, icc_profile=b"ICC" + SECRET * 20)
    return out.getvalue()


def scan() -> bytes:
    """A PDF of two scanned pages, with who wrote it in its head."""
    out = io.BytesIO()
    second = Image.new("RGB", (200, 400), (0, 128, 0))
    paper().save(
        out, "PDF", save_all=True, append_images=[second], author=SECRET.decode(), title=SECRET.decode()
    )
    return out.getvalue()


def opened(made: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(made))
    picture.load()
    return picture


def near(pixel: object, colour: tuple[int, int, int]) -> bool:
    return isinstance(pixel, tuple) and all(abs(a - b) < 24 for a, b in zip(pixel, colour, strict=True))


@pytest.mark.parametrize(
    ("extension", "make"), [("jpg", jpeg), ("jpeg", jpeg), ("png", png), ("webp", webp), ("pdf", scan)]
)
def test_pixels_under_a_box_are_gone_and_the_others_stay(extension: str, make: Callable[[], bytes]) -> None:
    made = opened(masked_picture(extension, make(), [WHOLE_RIGHT]))
    wide, high = made.size
    right = made.crop((wide // 2 + 8, 0, wide, high))
    assert max(highest for _lowest, highest in right.getextrema()) <= 2  # type: ignore[misc]
    assert near(made.getpixel((wide // 4, high // 2)), WHITE)
    shown = opened(shown_picture(extension, make()))
    assert shown.size == made.size
    assert not near(shown.getpixel((wide * 3 // 4 + 3, high // 2)), BLACK)


@pytest.mark.parametrize(("extension", "make"), [("jpg", jpeg), ("png", png), ("webp", webp), ("pdf", scan)])
@pytest.mark.parametrize("masked", [True, False])
def test_nothing_of_the_old_file_goes_along(
    extension: str, make: Callable[[], bytes], *, masked: bool
) -> None:
    content = make()
    made = masked_picture(extension, content, [WHOLE_RIGHT]) if masked else shown_picture(extension, content)
    picture = opened(made)
    assert picture.format == "JPEG"
    assert not dict(picture.getexif())
    assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive"}
    assert SECRET not in made
    assert SECRET[:6] not in made
    kinds = segments(made)
    assert kinds <= {0xD8, 0xE0, 0xDB, 0xC0, 0xC4, 0xDA}, [hex(kind) for kind in kinds]
    assert made.endswith(b"\xff\xd9")


def segments(made: bytes) -> set[int]:
    """Return the kinds of the parts of a JPEG before its pixels."""
    kinds, at = {made[1]}, 2
    while made[at + 1] != 0xDA:
        kinds.add(made[at + 1])
        at += 2 + struct.unpack(">H", made[at + 2 : at + 4])[0]
    return kinds | {0xDA}


def test_two_files_that_differ_only_under_the_box_give_the_same_bytes() -> None:
    """What stood there has no influence at all on what goes out: the strongest way to say that it is gone."""
    other = paper()
    ImageDraw.Draw(other).rectangle((200, 0, 400, 200), fill=(9, 200, 77))
    assert masked_picture("png", png(), [WHOLE_RIGHT]) == masked_picture("png", png(other), [WHOLE_RIGHT])


def test_a_picture_that_the_telephone_turned_is_masked_as_it_is_seen() -> None:
    turned = jpeg(tag274=6)  # held upright: shown turned to the right
    shown = opened(shown_picture("jpg", turned))
    assert shown.size == (200, 400)
    made = opened(masked_picture("jpg", turned, [Box(0, 50, 100, 50)]))
    assert max(highest for _l, highest in made.crop((0, 208, 200, 400)).getextrema()) <= 2  # type: ignore[misc]
    assert near(made.getpixel((100, 100)), WHITE)


def test_what_lies_under_transparent_parts_goes() -> None:
    hidden = Image.new("RGBA", (64, 64), (255, 0, 0, 0))
    made = opened(shown_picture("png", png(hidden)))
    assert near(made.getpixel((32, 32)), WHITE)


def test_a_box_over_the_edge_is_cut_and_one_that_touches_a_pixel_takes_it() -> None:
    made = opened(masked_picture("png", png(Image.new("RGB", (64, 64), WHITE)), [Box(90, 90, 50, 50)]))
    assert near(made.getpixel((60, 60)), BLACK)
    assert near(made.getpixel((20, 20)), WHITE)
    whole = opened(masked_picture("png", png(), [Box(0, 0, 100, 100)]))
    assert max(highest for _l, highest in whole.getextrema()) == 0  # type: ignore[misc]


def test_a_page_of_a_pdf_is_asked_for_by_number() -> None:
    second = opened(shown_picture("pdf", scan(), page=2))
    assert second.height > second.width
    assert near(second.getpixel((second.width // 2, second.height // 2)), (0, 128, 0))
    for page in (0, 3, 1000):
        with pytest.raises(NoSuchPage):
            shown_picture("pdf", scan(), page=page)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "CMYK", "I;16"])
def test_every_kind_of_picture_is_read(mode: str) -> None:
    picture = Image.new("I;16", (32, 32), 0) if mode == "I;16" else paper((32, 32)).convert(mode)
    out = io.BytesIO()
    picture.save(out, "JPEG" if mode == "CMYK" else "PNG")
    assert opened(shown_picture("png", out.getvalue())).size == (32, 32)


def test_a_large_picture_becomes_smaller_and_a_bomb_is_refused() -> None:
    large = io.BytesIO()
    Image.new("L", (9000, 8000), 255).save(large, "JPEG")
    assert max(opened(shown_picture("jpg", large.getvalue())).size) <= drawing.SIDE_MAX
    bomb = io.BytesIO()
    Image.new("1", (9000, 8000)).save(bomb, "PNG")
    with pytest.raises(TooLarge):
        shown_picture("png", bomb.getvalue())
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    claims = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + head + struct.pack(">I", zlib.crc32(b"IHDR" + head))
    with pytest.raises(TooLarge):
        shown_picture("png", claims)


@pytest.mark.parametrize("extension", ["jpg", "png", "webp", "pdf"])
def test_broken_files_are_refused(extension: str) -> None:
    whole = {"jpg": jpeg, "png": png, "webp": webp, "pdf": scan}[extension]()
    for content in (
        b"",
        b"x",
        whole[:40],
        b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF",
        b"GIF89a" + bytes(50),
    ):
        with pytest.raises(NotAPicture):
            shown_picture(extension, content)


@pytest.mark.filterwarnings("ignore::UserWarning")  # what Pillow says of broken EXIF is heard by nobody
@settings(max_examples=120, deadline=None)
@given(st.sampled_from(["jpg", "png", "webp"]), st.integers(0, 2**32))
def test_whatever_is_wrong_in_a_picture_it_is_read_or_refused(extension: str, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    content = bytearray({"jpg": jpeg, "png": png, "webp": webp}[extension]())
    for _ in range(chance.randint(1, 12)):
        content[chance.randrange(len(content))] = chance.randrange(256)
    try:
        made = drawing.drawn(extension, bytes(content), page=1, boxes=[(50, 0, 50, 100)])
    except drawing.Refused:
        return
    assert opened(made).format == "JPEG"


def test_what_hangs_or_dies_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    for program in ("import time; time.sleep(60)", "import os; os.abort()", "raise SystemExit(0)"):
        monkeypatch.setattr(masking, "_COMMAND", (sys.executable, "-c", program))
        monkeypatch.setattr(masking, "_SECONDS", 1)
        with pytest.raises(NotAPicture):
            shown_picture("png", png())


def test_what_draws_has_no_settings_and_bounded_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEAL_KEY", "secret")
    program = (
        "import os, sys, resource; from app.files import drawing; drawing._bound();"
        "held = [name for name in os.environ if name != 'LC_CTYPE'];"
        "sys.stdout.write(repr((held, resource.getrlimit(resource.RLIMIT_AS)[0] <= 2**31,"
        " resource.getrlimit(resource.RLIMIT_CORE)[0])))"
    )
    monkeypatch.setattr(masking, "_COMMAND", (sys.executable, "-I", "-c", program))
    assert shown_picture("png", png()) == b"([], True, 0)"
