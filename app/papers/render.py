"""Rendering: a form's typst source and its data become a PDF. User text is data and never becomes typst code."""

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst

from app.core.clock import now
from app.core.text import clean_text

# Sources import the shared layout by its address from here: #import "/app/papers/layouts/official.typ"
ROOT = Path(__file__).resolve().parent.parent.parent
# What the fonts inside the typst wheel can print, as ranges of hexadecimal code points; held to it by a test.
COVERAGE = Path(__file__).resolve().parent / "coverage.txt"
UNPRINTABLE = "□"


class PaperError(Exception):
    """A form cannot be set: its source is wrong or its data lack a key. Says nothing of the data's values."""


def render_pdf(template: Path, data: Mapping[str, Any], *, lang: str = "vi") -> bytes:
    """Return the PDF of a form.

    `template` is the form's .typ source inside the product (domains own theirs: reception/papers/...). `data` holds
    what the head of the source documents: text, whole numbers, booleans, None, lists and mappings of these; days and
    instants come as words (app/papers/words.py), so that every format says them alike. Text is brought to NFC, and
    a character that no font of ours has is printed as □. `lang` is the language the PDF declares. The same data at
    the same instant give the same bytes. Raises PaperError; TypeError for other kinds of data.
    """
    inputs = {"data": json.dumps(_printable(data), ensure_ascii=False), "lang": lang}
    # A compiler a paper: it costs half a millisecond, and one shared by threads would refuse the second.
    try:
        compiler = typst.Compiler(
            template, root=ROOT, font_paths=_fonts(), ignore_system_fonts=True, sys_inputs=inputs
        )
        pdf = compiler.compile(format="pdf", timestamp=int(now().timestamp()))
    except RuntimeError as error:  # typst.TypstError is one; a source outside the product is a plain one
        raise PaperError(f"{template.name}: {error}") from None
    if not isinstance(pdf, bytes):
        raise PaperError(f"{template.name}: nothing was set")
    return pdf


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    """Return the wheel's fonts, read once a process; the machine's would make papers differ from place to place."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)


@lru_cache(maxsize=1)
def _covered() -> frozenset[int]:
    """Return the characters that our fonts can print."""
    covered: set[int] = {ord("\n")}
    for line in COVERAGE.read_text(encoding="ascii").split():
        first, _, last = line.partition("-")
        covered.update(range(int(first, 16), int(last or first, 16) + 1))
    return frozenset(covered)


def _printable(value: Any) -> Any:
    if isinstance(value, str):
        return "".join(
            c if ord(c) in _covered() else UNPRINTABLE for c in clean_text(value.replace("\t", " "))
        )
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, Mapping):
        return {str(key): _printable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_printable(item) for item in value]
    raise TypeError(f"a paper's data cannot hold a {type(value).__name__}")
